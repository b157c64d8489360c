use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// Bytes read at once.
const CHUNK: usize = 16 * 1024;

/// How the line is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Both ends lose the connection between two frames.
    Between,
    /// Both ends lose it when half of the next frame is through.
    Inside,
    /// The client is told to come back: close code 1012.
    Restart,
}

/// A wire between a client and a server. It is cut once, when the server has sent a piece of text a number of times.
#[derive(Debug)]
pub struct Line {
    /// Where the client connects.
    pub address: SocketAddr,
    connections: Arc<AtomicU64>,
    stop: CancellationToken,
}

/// What is looked for.
#[derive(Debug)]
struct Watch {
    text: Vec<u8>,
    cut: Cut,
    // How often it is still passed on; 0: the line is not cut any more.
    left: AtomicU64,
}

impl Line {
    /// A wire to `server` that is cut right behind the `nth` frame that holds `text`.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn to(server: SocketAddr, text: &str, nth: u64, cut: Cut) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let connections = Arc::new(AtomicU64::new(0));
        let watch = Arc::new(Watch {
            text: text.as_bytes().to_vec(),
            cut,
            left: AtomicU64::new(nth),
        });
        let (stopping, count) = (stop.clone(), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Some(Ok((client, _))) = stopping.run_until_cancelled(listener.accept()).await
            {
                count.fetch_add(1, Ordering::SeqCst);
                let (watch, stopping) = (Arc::clone(&watch), stopping.clone());
                tokio::spawn(async move {
                    // A wire that breaks by itself is what it is for.
                    let _ = stopping
                        .run_until_cancelled(carry(client, server, &watch))
                        .await;
                });
            }
        });
        Ok(Self {
            address,
            connections,
            stop,
        })
    }

    /// Connections that were made over it.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn carry(client: TcpStream, server: SocketAddr, watch: &Watch) -> anyhow::Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let up = async {
        tokio::io::copy(&mut from_client, &mut to_server)
            .await
            .map(|_| ())
            .context("the way up")
    };
    // Whichever way ends first ends both: dropping the halves closes the connections.
    tokio::select! {
        ended = up => ended,
        ended = down(from_server, to_client, watch) => ended,
    }
}

/// Passes frames on until the one behind which the line is cut.
async fn down(
    mut server: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    watch: &Watch,
) -> anyhow::Result<()> {
    let mut kept = Vec::new();
    let mut is_upgraded = false;
    let mut half = false;
    loop {
        let mut chunk = vec![0; CHUNK];
        let read = server.read(&mut chunk).await?;
        if read == 0 {
            return Ok(());
        }
        kept.extend(chunk.iter().take(read));
        loop {
            let whole = if is_upgraded {
                frame(&kept)
            } else {
                headers(&kept)
            };
            let Some(whole) = whole else { break };
            let rest = kept.split_off(whole);
            let unit = std::mem::replace(&mut kept, rest);
            if half {
                let part = unit.get(..unit.len() / 2).unwrap_or_default();
                client.write_all(part).await?;
                return Ok(());
            }
            client.write_all(&unit).await?;
            if is_upgraded && strikes(watch, &unit) {
                match watch.cut {
                    Cut::Between => return Ok(()),
                    Cut::Inside => half = true,
                    Cut::Restart => {
                        // FIN and close, two bytes: 1012.
                        client.write_all(&[0x88, 0x02, 0x03, 0xf4]).await?;
                        client.flush().await?;
                        // The client answers it and goes.
                        std::future::pending::<()>().await;
                    }
                }
            }
            is_upgraded = true;
        }
    }
}

fn strikes(watch: &Watch, unit: &[u8]) -> bool {
    let holds = unit
        .windows(watch.text.len().max(1))
        .any(|part| part == watch.text);
    // Counted down over all connections, and once at zero never again.
    holds
        && watch
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            })
            == Ok(1)
}

/// Length of the answer to the upgrade.
fn headers(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
    Some(end + 4)
}

/// Length of the first frame, unmasked as all frames of a server.
fn frame(bytes: &[u8]) -> Option<usize> {
    let short = usize::from(bytes.get(1)? & 0x7f);
    let (head, body) = match short {
        126 => {
            let long = bytes.get(2..4)?.try_into().ok()?;
            (4, usize::from(u16::from_be_bytes(long)))
        }
        127 => {
            let long = bytes.get(2..10)?.try_into().ok()?;
            (10, usize::try_from(u64::from_be_bytes(long)).ok()?)
        }
        short => (2, short),
    };
    let whole = head + body;
    (bytes.len() >= whole).then_some(whole)
}
