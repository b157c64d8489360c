use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::fault::{Exit, Fault};
use crate::place::Place;
use crate::scrub::scrub;

/// Longest event that is read, in bytes.
const EVENT_MAX: usize = 4 * 1024 * 1024;
/// How long a handshake may take.
const HANDSHAKE_TIME: Duration = Duration::from_secs(5);
/// The runtime pings every 20 s; silence for longer than this is a broken line.
const SILENCE: Duration = Duration::from_secs(65);

/// One event as it came and as it may be shown.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Verbatim.
    pub(crate) raw: String,
    /// Read, without what could steer a terminal.
    pub(crate) event: Value,
}

/// The line to the runtime.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// Connects; `resume` takes up a conversation, from after its event if that is known.
    pub(crate) async fn open(
        place: &Place,
        resume: Option<(&str, Option<&str>)>,
    ) -> Result<Self, Fault> {
        let mut query = Vec::new();
        if let Some((session, last)) = resume {
            query.push(("resume", session));
            query.extend(last.map(|l| ("last_event_id", l)));
        }
        let url = place.socket(&query)?;
        let mut request = url
            .as_str()
            .into_client_request()
            .map_err(|e| Fault::ours(e.to_string()))?;
        let mut bearer =
            HeaderValue::from_str(&place.bearer()).map_err(|_| Fault::unauthorised())?;
        bearer.set_sensitive(true);
        request.headers_mut().insert("authorization", bearer);
        let config = WebSocketConfig::default()
            .max_message_size(Some(EVENT_MAX))
            .max_frame_size(Some(EVENT_MAX));
        let connect = connect_async_with_config(request, Some(config), true);
        match tokio::time::timeout(HANDSHAKE_TIME, connect).await {
            Ok(Ok((stream, _))) => Ok(Self { stream }),
            Ok(Err(error)) => Err(refused(place, &error)),
            Err(_) => Err(Fault::unreachable(&place.shown, "no answer in time")),
        }
    }

    /// Sends an event. `false`: the line is broken.
    pub(crate) async fn send(&mut self, event: &Value) -> bool {
        self.stream
            .send(Message::text(event.to_string()))
            .await
            .is_ok()
    }

    /// The next event. `None`: the line is broken. May be dropped and called again.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        loop {
            match tokio::time::timeout(SILENCE, self.stream.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => {
                    let raw = text.as_str().to_owned();
                    // A frame that is no JSON says nothing to us.
                    let Ok(mut event) = serde_json::from_str(&raw) else {
                        continue;
                    };
                    scrub(&mut event);
                    return Some(Frame { raw, event });
                }
                Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => return None,
                Ok(Some(Ok(
                    Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_),
                ))) => {}
            }
        }
    }
}

fn refused(place: &Place, error: &Error) -> Fault {
    match error {
        Error::Http(response) => match response.status().as_u16() {
            401 | 403 => Fault::unauthorised(),
            404 => Fault::usage(
                "there is no such conversation".to_owned(),
                "see them with `errand session list`",
            ),
            410 => Fault::usage(
                "that conversation has ended".to_owned(),
                "start a new one with `errand chat`",
            ),
            409 => Fault::usage(
                "that conversation belongs to somebody else".to_owned(),
                "start a new one with `errand chat`",
            ),
            503 => Fault {
                exit: Exit::Fault,
                ..Fault::unreachable(&place.shown, "as many conversations as it can hold")
            },
            status => Fault::ours(format!(
                "the runtime answered the handshake with status {status}"
            )),
        },
        Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            Fault::unreachable(&place.shown, "connection refused")
        }
        other => Fault::unreachable(&place.shown, &other.to_string()),
    }
}
