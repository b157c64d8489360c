//! A client and a server to talk to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use errand_server::{ServerConfig, serve};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;

use crate::fake::{FakeHouse, TOKEN};

/// Longer than anything here takes; a test that waits so long has failed.
const LONG: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) house: Arc<FakeHouse>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) task: JoinHandle<std::io::Result<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

pub(crate) async fn server() -> Server {
    server_with(ServerConfig::default()).await
}

pub(crate) async fn server_with(config: ServerConfig) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (house, shutdown) = (FakeHouse::new(), CancellationToken::new());
    let task = tokio::spawn(serve(listener, house.clone(), config, shutdown.clone()));
    Server {
        address,
        house,
        shutdown,
        task,
    }
}

impl Server {
    pub(crate) fn request(&self, query: &str) -> Request {
        let mut request = format!("ws://{}/v1/realtime?{query}", self.address)
            .into_client_request()
            .unwrap();
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {TOKEN}").parse().unwrap());
        request
    }

    /// A connection, with `session.created` read.
    pub(crate) async fn connect(&self, query: &str) -> Client {
        let (mut client, _) = open(self.request(query)).await.unwrap();
        let created = client.next().await;
        assert_eq!(created["type"], "session.created", "{created}");
        client.session = created["session"]["id"].as_str().unwrap().to_owned();
        client.created = created;
        client
    }
}

/// The status of a handshake that is refused.
pub(crate) async fn refusal(request: Request) -> (u16, Value) {
    match open(request).await {
        Ok(_) => panic!("the handshake was to be refused"),
        Err(Error::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            (
                response.status().as_u16(),
                serde_json::from_slice(&body).unwrap_or(Value::Null),
            )
        }
        Err(other) => panic!("{other}"),
    }
}

pub(crate) async fn open(request: Request) -> Result<(Client, Response), Error> {
    let (socket, response) = timeout(LONG, connect_async(request))
        .await
        .expect("a handshake in time")?;
    Ok((
        Client {
            socket,
            session: String::new(),
            created: Value::Null,
        },
        response,
    ))
}

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) session: String,
    pub(crate) created: Value,
}

impl Client {
    pub(crate) async fn send(&mut self, event: Value) {
        self.socket
            .send(Message::text(event.to_string()))
            .await
            .unwrap();
    }

    pub(crate) async fn send_raw(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            match timeout(LONG, self.socket.next())
                .await
                .expect("an event in time")
                .expect("an open socket")
                .unwrap()
            {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Everything up to an event of that type.
    pub(crate) async fn until(&mut self, kind: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            all.push(self.next().await);
            if all.last().unwrap()["type"] == kind {
                return all;
            }
        }
    }

    /// The code with which the server closes, whatever comes before.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            match timeout(LONG, self.socket.next())
                .await
                .expect("a close in time")
            {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Says a sentence and gives everything up to the end of its response.
    pub(crate) async fn say(&mut self, text: &str) -> Vec<Value> {
        self.send(user(None, text)).await;
        self.send(json!({ "type": "response.create" })).await;
        self.until("response.done").await
    }
}

pub(crate) fn user(id: Option<&str>, text: &str) -> Value {
    let mut item = json!({ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": text }] });
    if let Some(id) = id {
        item["id"] = id.into();
    }
    json!({ "type": "conversation.item.create", "item": item })
}

pub(crate) fn kinds(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}

/// The whole text of a response.
pub(crate) fn text(events: &[Value]) -> String {
    let done = events
        .iter()
        .rfind(|event| event["type"] == "response.done")
        .unwrap();
    done["response"]["output"][0]["content"][0]["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
