//! A scripted language model behind a real server: it reads the prompt as any model would, decides as the offline planner
//! decides about what the prompt says, and answers in the shape of the OpenAI API, in pieces. It shows that the whole way
//! through prompt, wire, reading and checks loses nothing that an errand needs.

mod answer;
mod front;
mod plain;
mod table;

pub use front::Front;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use errand_llm::ModelServer;
use errand_offline::OfflineModel;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Bytes of one packet of an answer: an odd number, so that nothing falls together with anything.
const PIECE: usize = 37;

/// See the module.
#[derive(Debug)]
pub struct Talker {
    address: SocketAddr,
    /// Through what it is asked, where that is not itself.
    front: Mutex<Option<ModelServer>>,
    mind: Arc<Mind>,
    task: JoinHandle<()>,
}

/// How a talker behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// As it should.
    #[default]
    Helpful,
    /// It takes the request and says nothing.
    Silent,
    /// It fails with 503.
    Failing,
    /// It wants to be left alone for ten minutes.
    Busy,
    /// It stops in the middle of its answer.
    Cut,
    /// It sends what is no JSON.
    Garbled,
    /// It calls tools that nobody has.
    Inventing,
    /// It puts products into the cart that nobody sells.
    MakingUp,
    /// It claims to have bought everything.
    Lying,
    /// It asks for the number of the card.
    Fishing,
    /// It talks without an end.
    Rambling,
    /// Whatever is said, it raises limits, cancels orders and buys.
    Grabbing,
}

/// What it thinks with.
#[derive(Debug, Default)]
struct Mind {
    manner: Manner,
    offline: Mutex<Option<Arc<OfflineModel>>>,
    asked: AtomicUsize,
    not_understood: Mutex<Vec<String>>,
    prompts: Mutex<Vec<String>>,
}

impl Drop for Talker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Talker {
    /// Starts on a port of the system's choice.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_as(Manner::Helpful).await
    }

    /// Starts one that behaves so.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start_as(manner: Manner) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mind = Arc::new(Mind {
            manner,
            ..Mind::default()
        });
        let own = Arc::clone(&mind);
        let task = tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(serve(line, Arc::clone(&own)));
            }
        });
        Ok(Self {
            address,
            front: Mutex::default(),
            mind,
            task,
        })
    }

    /// Where its API begins.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Houses that start from now on ask it through another server.
    pub fn ask_through(&self, front: ModelServer) {
        *lock(&self.front) = Some(front);
    }

    /// How a house is told of it.
    ///
    /// # Errors
    /// Never with an address of the system's.
    pub fn server(&self) -> anyhow::Result<ModelServer> {
        let front = lock(&self.front).clone();
        let mut server = match front {
            Some(front) => front,
            None => ModelServer::new(self.url().parse()?, "talker-1"),
        };
        if self.mind.manner != Manner::Helpful {
            (server.limits.first_ms, server.limits.gap_ms) = (400, 400);
            (server.limits.retry_ms, server.limits.turn_ms) = (5, 3_000);
        }
        // A story may be long, and its model is free.
        server.limits.errand_requests = 1_000;
        server.limits.errand_tokens = u64::MAX;
        Ok(server)
    }

    /// Lends it the words that a house knows.
    pub fn think_with(&self, offline: Arc<OfflineModel>) {
        *lock(&self.mind.offline) = Some(offline);
    }

    /// Requests that it answered.
    pub fn asked(&self) -> usize {
        self.mind.asked.load(Ordering::SeqCst)
    }

    /// Bodies of all requests, as they came.
    pub fn prompts(&self) -> Vec<String> {
        lock(&self.mind.prompts).clone()
    }

    /// Requests that it could not make anything of: faults of the script.
    pub fn not_understood(&self) -> Vec<String> {
        lock(&self.mind.not_understood).clone()
    }
}

async fn serve(mut line: TcpStream, mind: Arc<Mind>) {
    let Ok(body) = read(&mut line).await else {
        return;
    };
    mind.asked.fetch_add(1, Ordering::SeqCst);
    lock(&mind.prompts).push(body.to_string());
    let stream = "text/event-stream";
    let (status, kind, bytes) = match mind.manner {
        Manner::Helpful => match decide(&body, &mind) {
            Ok(bytes) => ("200 OK", stream, bytes),
            Err(error) => {
                lock(&mind.not_understood).push(format!("{error:#}"));
                ("400 Bad Request", "application/json", b"{}".to_vec())
            }
        },
        Manner::Silent => return std::future::pending().await,
        Manner::Failing => ("503 Unavailable", "application/json", b"{}".to_vec()),
        Manner::Busy => (
            "429 Busy",
            "application/json\r\nretry-after: 600",
            b"{}".to_vec(),
        ),
        bad => ("200 OK", stream, answer::bad(bad)),
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n");
    if line.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    for piece in bytes.chunks(PIECE) {
        if line.write_all(piece).await.is_err() {
            return;
        }
    }
    let _ = line.shutdown().await;
}

fn decide(body: &Value, mind: &Mind) -> anyhow::Result<Vec<u8>> {
    if let Some(answer) = plain::answer(body) {
        return Ok(answer);
    }
    let offline = lock(&mind.offline)
        .clone()
        .context("nobody lent it words")?;
    let table = table::read(body)?;
    let thought = offline.read(&table.text, &table.scene);
    answer::bytes(&thought.proposal)
}

async fn read(line: &mut TcpStream) -> anyhow::Result<Value> {
    let mut bytes = Vec::new();
    let mut piece = vec![0_u8; 64 * 1024];
    loop {
        let n = line.read(&mut piece).await?;
        anyhow::ensure!(n > 0, "the line was closed");
        bytes.extend_from_slice(piece.get(..n).unwrap_or_default());
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let head =
            String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|l| l.strip_prefix("content-length:")?.trim().parse().ok());
        let rest = bytes.get(end + 4..).unwrap_or_default();
        if rest.len() >= length.unwrap_or(0_usize) {
            return Ok(serde_json::from_slice(rest)?);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
