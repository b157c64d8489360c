//! A runtime that says what it is told to say, over a real socket: the other end for the tests of this face.

use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

/// What one connection does.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Speaks the socket: each turn is answered with the next list of events.
    Turns(Vec<Vec<Value>>),
    /// Speaks the socket and breaks the line after the first events of a turn.
    Break(Vec<Value>),
    /// Speaks the socket and says all this at once, as after a resume.
    Replay(Vec<Value>),
    /// Speaks the socket: tells this again as after a resume, then answers turns.
    Resume(Vec<Value>, Vec<Vec<Value>>),
    /// Answers one HTTP call.
    Answer(u16, Value),
}

/// A fake runtime and what it heard.
#[derive(Debug)]
pub(crate) struct Fake {
    /// Where it is.
    pub(crate) port: u16,
    /// Request lines and events, in order.
    pub(crate) heard: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Starts one that does these acts, one connection after the other, and then takes no more.
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        tokio::spawn(async move {
            for act in acts {
                let (stream, _) = listener.accept().await.unwrap();
                match act {
                    Act::Turns(turns) => socket(stream, &[], turns, &log).await,
                    Act::Break(events) => socket(stream, &[], vec![events], &log).await,
                    Act::Resume(replay, turns) => socket(stream, &replay, turns, &log).await,
                    Act::Replay(events) => socket(stream, &events, vec![vec![]], &log).await,
                    Act::Answer(status, body) => answer(stream, status, &body, &log).await,
                }
            }
        });
        Self { port, heard }
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// A turn as the runtime plays it, with these events in its middle.
pub(crate) fn turn(middle: &[Value], text: &str) -> Vec<Value> {
    let mut events = vec![
        json!({"type": "response.created", "event_id": "event_1", "response": {"id": "resp_1"}}),
    ];
    events.extend_from_slice(middle);
    events.push(json!({"type": "response.output_text.done", "event_id": "event_8", "text": text}));
    events.push(json!({
        "type": "response.done", "event_id": "event_9", "response": {"id": "resp_1", "status": "completed"}
    }));
    events
}

async fn socket(
    stream: TcpStream,
    replay: &[Value],
    turns: Vec<Vec<Value>>,
    log: &Mutex<Vec<String>>,
) {
    let note = |line: String| log.lock().unwrap().push(line);
    #[expect(
        clippy::result_large_err,
        reason = "the shape that the handshake callback must have"
    )]
    let look = |request: &Request, response: Response| {
        let bearer = request.headers().get("authorization").is_some();
        note(format!(
            "GET {} {}",
            request.uri(),
            if bearer {
                "with token"
            } else {
                "without token"
            }
        ));
        Ok(response)
    };
    let mut socket = accept_hdr_async(stream, look).await.unwrap();
    let hello = json!({"type": "session.created", "event_id": "event_0", "session": {"id": "sess_1", "model": "errand"}});
    socket.send(Message::text(hello.to_string())).await.unwrap();
    for event in replay {
        socket.send(Message::text(event.to_string())).await.unwrap();
    }
    for events in turns {
        loop {
            let Some(Ok(message)) = socket.next().await else {
                return;
            };
            let Ok(text) = message.to_text() else {
                continue;
            };
            let Ok(event) = serde_json::from_str::<Value>(text) else {
                continue;
            };
            let said = event
                .pointer("/item/content/0/text")
                .and_then(Value::as_str)
                .unwrap_or_default();
            note(
                format!("{} {said}", event["type"].as_str().unwrap())
                    .trim_end()
                    .to_owned(),
            );
            if event["type"] == "response.create" {
                break;
            }
        }
        for event in events {
            socket.send(Message::text(event.to_string())).await.unwrap();
        }
    }
}

async fn answer(mut stream: TcpStream, status: u16, body: &Value, log: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut chunk = [0_u8; 4096];
    let head = loop {
        let read = stream.read(&mut chunk).await.unwrap();
        assert!(read > 0, "the request ended early");
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, rest)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|l| {
                l.to_ascii_lowercase()
                    .strip_prefix("content-length:")
                    .map(|n| n.trim().parse::<usize>().unwrap())
            })
            .unwrap_or(0);
        if rest.len() >= length {
            break format!("{} {rest}", head.lines().next().unwrap());
        }
    };
    log.lock().unwrap().push(head.trim_end().to_owned());
    let body = body.to_string();
    let response = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(response.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
}
