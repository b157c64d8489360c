//! A scripted server that speaks the OpenAI API: what it sends is decided byte by byte.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a server does next on a connection.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Send(Vec<u8>),
    /// Lets time go by. Only where slowness itself is what is tested.
    Wait(Duration),
    /// Says nothing any more and keeps the line open.
    Hang,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) body: Value,
}

type Script = dyn Fn(usize, &Got) -> Vec<Act> + Send + Sync;

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Starts on a port of the system's choice. The script gets the number of the request, from 0.
    pub(crate) async fn start(
        script: impl Fn(usize, &Got) -> Vec<Act> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::new(Mutex::new(Vec::new()));
        let (seen, script) = (Arc::clone(&got), Arc::new(script) as Arc<Script>);
        let task = tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(serve(line, Arc::clone(&seen), Arc::clone(&script)));
            }
        });
        Self { address, got, task }
    }

    pub(crate) fn requests(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    pub(crate) fn url(&self) -> url::Url {
        format!("http://{}/v1", self.address).parse().unwrap()
    }
}

async fn serve(mut line: TcpStream, got: Arc<Mutex<Vec<Got>>>, script: Arc<Script>) {
    let Some(request) = read(&mut line).await else {
        return;
    };
    let number = {
        let mut got = got.lock().unwrap();
        got.push(request.clone());
        got.len() - 1
    };
    for act in script(number, &request) {
        match act {
            Act::Send(bytes) => {
                if line.write_all(&bytes).await.is_err() || line.flush().await.is_err() {
                    return;
                }
                // Each piece as a packet of its own, as far as the system allows.
                tokio::task::yield_now().await;
            }
            Act::Wait(time) => tokio::time::sleep(time).await,
            Act::Hang => std::future::pending::<()>().await,
        }
    }
    let _ = line.shutdown().await;
}

async fn read(line: &mut TcpStream) -> Option<Got> {
    let _ = line.set_nodelay(true);
    let mut bytes = Vec::new();
    let mut piece = vec![0_u8; 16 * 1024];
    loop {
        let n = line.read(&mut piece).await.ok()?;
        if n == 0 {
            return None;
        }
        bytes.extend_from_slice(&piece[..n]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length: usize = head
            .lines()
            .find_map(|l| {
                l.to_ascii_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        let from = end + 4;
        if bytes.len() < from + length {
            continue;
        }
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let body = serde_json::from_slice(&bytes[from..from + length]).unwrap_or(Value::Null);
        return Some(Got { path, head, body });
    }
}

/// The head of a stream of events that ends with the connection.
pub(crate) fn stream_head() -> Act {
    Act::Send(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n".to_vec(),
    )
}

/// A whole answer that is no stream.
pub(crate) fn status(code: u16, headers: &str, body: &str) -> Vec<Act> {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {code} Said\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    );
    vec![Act::Send(text.into_bytes())]
}

pub(crate) fn event(value: &Value) -> Vec<u8> {
    format!("data: {value}\n\n").into_bytes()
}

pub(crate) fn delta(delta: Value) -> Value {
    json!({ "id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{ "index": 0, "delta": delta }] })
}

pub(crate) fn end(reason: &str) -> Vec<u8> {
    let last = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] });
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 900, "completion_tokens": 40, "total_tokens": 940 } });
    [event(&last), event(&usage), b"data: [DONE]\n\n".to_vec()].concat()
}

/// Words over chat completions.
pub(crate) fn says(text: &str) -> Vec<Act> {
    let mut acts = vec![stream_head()];
    for word in text.split_inclusive(' ') {
        acts.push(Act::Send(event(&delta(json!({ "content": word })))));
    }
    acts.push(Act::Send(end("stop")));
    acts
}

/// Bytes of an answer with calls.
pub(crate) fn call_bytes(calls: &[(&str, Value)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, (name, arguments)) in calls.iter().enumerate() {
        let text = match arguments {
            Value::String(raw) => raw.clone(),
            other => other.to_string(),
        };
        let middle = text
            .char_indices()
            .nth(text.chars().count() / 2)
            .map_or(0, |(i, _)| i);
        let (one, two) = text.split_at(middle);
        let first = json!({ "tool_calls": [{ "index": at, "id": format!("call_{at}"), "type": "function", "function": { "name": name, "arguments": one } }] });
        let second = json!({ "tool_calls": [{ "index": at, "function": { "arguments": two } }] });
        bytes.extend(event(&delta(first)));
        bytes.extend(event(&delta(second)));
    }
    bytes.extend(end("tool_calls"));
    bytes
}

/// Calls over chat completions.
pub(crate) fn calls(calls: &[(&str, Value)]) -> Vec<Act> {
    vec![stream_head(), Act::Send(call_bytes(calls))]
}
