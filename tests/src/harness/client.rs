use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use errand_types::{By, VoiceMatch};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// Longer than anything here takes; whoever waits so long has found a fault.
const LONG: Duration = Duration::from_secs(60);
/// A socket that is silent for so long has nothing to say now.
const QUIET: Duration = Duration::from_millis(150);

/// What came of one sentence.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Turn {
    /// Each message said, live: it may hold the two words.
    pub said: Vec<String>,
    /// Every event, in order.
    pub events: Vec<Value>,
}

impl Turn {
    /// All that was said, in one text.
    pub fn text(&self) -> String {
        self.said.join("\n")
    }

    /// Events of a type.
    pub fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.events
            .iter()
            .filter(move |event| event.get("type").and_then(Value::as_str) == Some(kind))
    }

    /// The last event of a type.
    pub fn last<'a>(&'a self, kind: &'a str) -> Option<&'a Value> {
        self.of(kind).last()
    }

    /// Takes in what came later.
    pub fn extend(&mut self, later: Self) {
        self.said.extend(later.said);
        self.events.extend(later.events);
    }

    fn take(&mut self, event: Value) {
        if event.get("type").and_then(Value::as_str) == Some("response.output_text.done")
            && let Some(text) = event.get("text").and_then(Value::as_str)
        {
            self.said.push(text.to_owned());
        }
        self.events.push(event);
    }
}

/// A connection to `/v1/realtime` with all of errand's own events.
#[derive(Debug)]
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Id of the session.
    pub session: String,
    /// Id of the last event that arrived.
    pub last_event: Option<String>,
    sent: u64,
}

impl Client {
    /// Opens a new session.
    ///
    /// # Errors
    /// When the handshake is refused.
    pub async fn connect(address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        Self::open(address, token, "errand_events=all&output_modalities=text").await
    }

    /// Takes up a session where a connection left it.
    ///
    /// # Errors
    /// When the handshake is refused.
    pub async fn resume(
        address: SocketAddr,
        token: &str,
        session: &str,
        last_event: Option<&str>,
    ) -> anyhow::Result<Self> {
        let last = last_event.map_or_else(String::new, |id| format!("&last_event_id={id}"));
        let query = format!("errand_events=all&output_modalities=text&resume={session}{last}");
        Self::open(address, token, &query).await
    }

    async fn open(address: SocketAddr, token: &str, query: &str) -> anyhow::Result<Self> {
        let mut request = format!("ws://{address}/v1/realtime?{query}").into_client_request()?;
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {token}").parse()?);
        let (socket, _) = timeout(LONG, connect_async_with_config(request, None, true))
            .await
            .context("no handshake in time")??;
        let mut client = Self {
            socket,
            session: String::new(),
            last_event: None,
            sent: 0,
        };
        let created = client.next().await?;
        if kind(&created) != "session.created" {
            bail!("the first event is not `session.created`: {created}");
        }
        let id = created.pointer("/session/id").and_then(Value::as_str);
        id.context("a session without an id")?
            .clone_into(&mut client.session);
        Ok(client)
    }

    /// Sends one event.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn send(&mut self, event: &Value) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::text(event.to_string())).await?)
    }

    /// Sends a frame as it is.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn send_raw(&mut self, frame: Message) -> anyhow::Result<()> {
        Ok(self.socket.send(frame).await?)
    }

    /// The next event.
    ///
    /// # Errors
    /// When the connection ends, or nothing comes for a minute.
    pub async fn next(&mut self) -> anyhow::Result<Value> {
        timeout(LONG, self.read())
            .await
            .context("no event for a minute")?
    }

    async fn read(&mut self) -> anyhow::Result<Value> {
        loop {
            match self
                .socket
                .next()
                .await
                .context("the connection is closed")??
            {
                Message::Text(text) => {
                    let event: Value = serde_json::from_str(&text)?;
                    if let Some(id) = event.get("event_id").and_then(Value::as_str) {
                        self.last_event = Some(id.to_owned());
                    }
                    return Ok(event);
                }
                Message::Ping(_) | Message::Pong(_) => {}
                other => bail!("not an event: {other:?}"),
            }
        }
    }

    /// Sends a sentence, typed or heard by the device's own ears, and asks for an answer, without waiting for it. The answer bears the mark that is returned.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn begin(&mut self, text: &str, by: By) -> anyhow::Result<String> {
        self.sent += 1;
        let content = match by {
            By::Typed => json!([{ "type": "input_text", "text": text }]),
            By::Spoken => json!([{ "type": "input_audio", "transcript": text }]),
        };
        self.send_content(content).await
    }

    async fn send_content(&mut self, content: Value) -> anyhow::Result<String> {
        let mark = format!("m{}", self.sent);
        let item = json!({ "type": "message", "role": "user", "content": content });
        self.send(&json!({ "type": "conversation.item.create", "item": item }))
            .await?;
        self.send(
            &json!({ "type": "response.create", "response": { "metadata": { "mark": mark } } }),
        )
        .await?;
        Ok(mark)
    }

    /// Everything up to the end of the answer with this mark.
    ///
    /// # Errors
    /// When the connection ends first, or the request was refused.
    pub async fn finish(&mut self, mark: &str) -> anyhow::Result<Turn> {
        let mut turn = Turn::default();
        loop {
            let event = self.next().await?;
            let is_end = kind(&event) == "response.done"
                && event.pointer("/response/metadata/mark") == Some(&json!(mark));
            let is_refused = kind(&event) == "error";
            turn.take(event);
            if is_end || is_refused {
                return Ok(turn);
            }
        }
    }

    /// Everything up to an event of a type.
    ///
    /// # Errors
    /// When the connection ends first.
    pub async fn until(&mut self, wanted: &str) -> anyhow::Result<Turn> {
        self.until_true(|event| kind(event) == wanted).await
    }

    /// Everything up to the first event for which this holds.
    ///
    /// # Errors
    /// When the connection ends first.
    pub async fn until_true(&mut self, holds: impl Fn(&Value) -> bool) -> anyhow::Result<Turn> {
        let mut turn = Turn::default();
        loop {
            let event = self.next().await?;
            let is_it = holds(&event);
            turn.take(event);
            if is_it {
                return Ok(turn);
            }
        }
    }

    /// Says a sentence and hears the whole answer.
    ///
    /// # Errors
    /// When the connection ends first.
    pub async fn say(&mut self, text: &str) -> anyhow::Result<Turn> {
        let mark = self.begin(text, By::Typed).await?;
        self.finish(&mark).await
    }

    /// Says a sentence aloud, which the device's own ears heard, and hears the whole answer.
    ///
    /// # Errors
    /// When the connection ends first.
    pub async fn speak(&mut self, text: &str) -> anyhow::Result<Turn> {
        let mark = self.begin(text, By::Spoken).await?;
        self.finish(&mark).await
    }

    /// The same, by a voice that the device compared with the one that it knows.
    ///
    /// # Errors
    /// When the connection ends first.
    pub async fn speak_as(&mut self, text: &str, voice: VoiceMatch) -> anyhow::Result<Turn> {
        self.sent += 1;
        let heard = json!([{ "type": "input_audio", "transcript": text, "errand_voice": voice }]);
        let mark = self.send_content(heard).await?;
        self.finish(&mark).await
    }

    /// What comes by itself until the socket is quiet.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn listen(&mut self) -> anyhow::Result<Turn> {
        let mut turn = Turn::default();
        while let Ok(event) = timeout(QUIET, self.read()).await {
            turn.take(event?);
        }
        Ok(turn)
    }

    /// Ends the connection without a word, as a lost network does.
    pub fn drop_line(self) {
        drop(self);
    }
}

fn kind(event: &Value) -> &str {
    event
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}
