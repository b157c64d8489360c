//! A connection: events in, events out, each within its time.

use std::time::Duration;

use errand_voice_wyoming::{Decoder, Event, FrameError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{Instant, timeout, timeout_at};

/// Longest that a frame may take from its first byte to its last, and one may take to be written.
pub(crate) const FRAME_WAIT: Duration = Duration::from_secs(10);
/// Longest that a closed connection may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// Bytes that are read at once.
const READ: usize = 16 * 1024;

/// Why nothing more comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The other side closed, or the connection broke.
    Gone,
    /// What it sends is no Wyoming, or too long.
    Frame(FrameError),
    /// Half of a frame came and not the other; or it does not read.
    Slow,
}

/// Both directions of a connection.
pub(crate) fn split(stream: TcpStream) -> (Reader, Writer) {
    let (from, to) = stream.into_split();
    let reader = Reader {
        from,
        decoder: Decoder::default(),
        begun: None,
        buffer: vec![0; READ],
    };
    (reader, Writer { to })
}

/// What comes.
#[derive(Debug)]
pub(crate) struct Reader {
    from: OwnedReadHalf,
    decoder: Decoder,
    /// When the frame began that is not whole.
    begun: Option<Instant>,
    buffer: Vec<u8>,
}

impl Reader {
    /// The next event. May be dropped at any point and called again: nothing that arrived is lost.
    pub(crate) async fn next(&mut self) -> Result<Event, End> {
        loop {
            if let Some(event) = self.decoder.next_event().map_err(End::Frame)? {
                self.begun = None;
                return Ok(event);
            }
            let read = self.from.read(&mut self.buffer);
            let read = if self.decoder.is_inside() {
                let begun = *self.begun.get_or_insert_with(Instant::now);
                let read = timeout_at(begun + FRAME_WAIT, read).await;
                read.map_err(|_| End::Slow)?
            } else {
                read.await
            };
            match read {
                Ok(0) | Err(_) => return Err(End::Gone),
                Ok(count) => {
                    let bytes = self.buffer.get(..count).unwrap_or_default();
                    self.decoder.push(bytes);
                }
            }
        }
    }
}

impl Reader {
    /// Reads on for a moment and drops it, so that what was sent last is not lost with what the other side still sends.
    pub(crate) async fn drain(mut self) {
        let all = async { while matches!(self.from.read(&mut self.buffer).await, Ok(1..)) {} };
        // Whoever goes on sending is cut off.
        let _ = timeout(GOODBYE, all).await;
    }
}

/// What goes.
#[derive(Debug)]
pub(crate) struct Writer {
    to: OwnedWriteHalf,
}

impl Writer {
    /// Sends an event, whole or not at all: after an error nothing may follow.
    pub(crate) async fn send(&mut self, event: &Event) -> Result<(), End> {
        match timeout(FRAME_WAIT, self.to.write_all(&event.encode())).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Slow),
        }
    }

    /// Ends it, so that what was sent last still arrives.
    pub(crate) async fn close(&mut self) {
        // A connection that is gone already needs no closing.
        let _ = timeout(FRAME_WAIT, self.to.shutdown()).await;
    }
}
