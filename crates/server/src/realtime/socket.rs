use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use errand_protocol::envelope::OptIn;
use errand_protocol::realtime::{ErrorDetail, FRAME_BYTES_MAX, FrameError, code, read_frame};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};

use super::budget::Budget;
use super::session::{Attach, Back, Close, Command, Handle, OUTGOING_MAX, Outgoing};

/// Longest a closed connection may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// Unanswered pings after which a connection counts as gone.
const PINGS_MISSED_MAX: u32 = 2;

/// One connection of a session.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) number: u64,
    pub(crate) handle: Handle,
    pub(crate) opt_in: OptIn,
    pub(crate) resume: Option<Back>,
    pub(crate) ping: Duration,
}

/// Why the loop ended.
enum Ended {
    /// We close it.
    By(Close),
    /// It is gone.
    Gone,
}

struct Wires {
    outgoing: mpsc::Receiver<Outgoing>,
    waiting: Arc<AtomicUsize>,
    closed: oneshot::Receiver<Close>,
    pings: Interval,
    unanswered: u32,
    resume_at: Option<Instant>,
    budget: Budget,
}

impl Connection {
    /// Serves the connection until one side closes it.
    pub(crate) async fn run(self, mut socket: WebSocket) {
        let (sender, outgoing) = mpsc::channel(OUTGOING_MAX);
        let (close, closed) = oneshot::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let attach = Attach {
            connection: self.number,
            opt_in: self.opt_in,
            outgoing: sender,
            waiting: Arc::clone(&waiting),
            close,
            resume: self.resume,
        };
        let mut pings = interval(self.ping);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        let budget = Budget::new(Instant::now());
        let wires = Wires {
            outgoing,
            waiting,
            closed,
            pings,
            unanswered: 0,
            resume_at: None,
            budget,
        };
        let ended = if self
            .handle
            .mailbox
            .send(Command::Attach(attach))
            .await
            .is_ok()
        {
            self.serve(&mut socket, wires).await
        } else {
            Ended::By(Close::ENDED)
        };
        if self
            .handle
            .mailbox
            .send(Command::Detach(self.number))
            .await
            .is_err()
        {
            tracing::debug!("the session ended before its connection");
        }
        if let Ended::By(close) = ended {
            goodbye(&mut socket, close).await;
        }
    }

    async fn serve(&self, socket: &mut WebSocket, mut wires: Wires) -> Ended {
        loop {
            let held = wires.resume_at;
            let step = tokio::select! {
                biased;
                close = &mut wires.closed => return Ended::By(close.unwrap_or(Close::ENDED)),
                outgoing = wires.outgoing.recv() => match outgoing {
                    Some(outgoing) => wires.write(socket, outgoing, self.ping).await,
                    None => return Ended::By(wires.closed.await.unwrap_or(Close::ENDED)),
                },
                _ = wires.pings.tick() => wires.ping(socket, self.ping).await,
                () = until(held), if held.is_some() => { wires.resume_at = None; None }
                message = socket.recv(), if held.is_none() => self.on_message(message, &mut wires).await,
            };
            if let Some(ended) = step {
                return ended;
            }
        }
    }

    async fn on_message(
        &self,
        message: Option<Result<Message, axum::Error>>,
        wires: &mut Wires,
    ) -> Option<Ended> {
        wires.unanswered = 0;
        let frame = match message {
            None | Some(Ok(Message::Close(_))) => return Some(Ended::Gone),
            Some(Err(cause)) => return Some(broken(&cause)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return wires.spend(),
            Some(Ok(Message::Text(text))) if text.len() > FRAME_BYTES_MAX => {
                return Some(Ended::By(Close::TOO_LARGE));
            }
            Some(Ok(Message::Text(text))) => read_frame(text.as_str()),
            Some(Ok(Message::Binary(_))) => Err(FrameError(Box::new(ErrorDetail::request(
                code::NOT_TEXT,
                "frames are text, with sound as base64 in `input_audio_buffer.append`; this one was dropped",
            )))),
        };
        let ended = wires.spend();
        if self
            .handle
            .mailbox
            .send(Command::Frame(self.number, Box::new(frame)))
            .await
            .is_err()
        {
            return Some(Ended::By(Close::ENDED));
        }
        ended
    }
}

impl Wires {
    /// Counts a message; beyond the budget the connection is not read for a while.
    fn spend(&mut self) -> Option<Ended> {
        self.resume_at = self.budget.take(Instant::now());
        None
    }

    async fn write(
        &mut self,
        socket: &mut WebSocket,
        outgoing: Outgoing,
        wait: Duration,
    ) -> Option<Ended> {
        match outgoing {
            Outgoing::One(text) => {
                let bytes = text.len();
                let ended = self.send(socket, Message::Text(text), wait).await;
                self.waiting.fetch_sub(bytes, Ordering::Relaxed);
                ended
            }
            Outgoing::Many(texts) => {
                for text in texts {
                    if let Some(ended) = self.send(socket, Message::Text(text), wait).await {
                        return Some(ended);
                    }
                }
                None
            }
        }
    }

    async fn ping(&mut self, socket: &mut WebSocket, wait: Duration) -> Option<Ended> {
        if self.unanswered >= PINGS_MISSED_MAX {
            return Some(Ended::By(Close::SILENT));
        }
        self.unanswered = self.unanswered.saturating_add(1);
        self.send(socket, Message::Ping(Bytes::new()), wait).await
    }

    /// Writes one message; a session that closes the connection meanwhile is heard, and so is the clock.
    async fn send(
        &mut self,
        socket: &mut WebSocket,
        message: Message,
        wait: Duration,
    ) -> Option<Ended> {
        tokio::select! {
            biased;
            sent = timeout(wait, socket.send(message)) => match sent {
                Ok(Ok(())) => None,
                Ok(Err(_)) => Some(Ended::Gone),
                Err(_) => Some(Ended::By(Close::TOO_SLOW)),
            },
            close = &mut self.closed => Some(Ended::By(close.unwrap_or(Close::ENDED))),
        }
    }
}

async fn until(at: Option<Instant>) {
    if let Some(at) = at {
        sleep_until(at).await;
    }
}

/// The reader's error types are not ours to name; its words tell a frame beyond the hard bound from a broken line.
fn broken(cause: &axum::Error) -> Ended {
    if cause.to_string().contains("too long") {
        return Ended::By(Close::TOO_LARGE);
    }
    tracing::debug!(%cause, "a connection broke");
    Ended::Gone
}

/// Says why, and reads on for a moment, so that the reason is not lost with what the client still sends.
async fn goodbye(socket: &mut WebSocket, close: Close) {
    let frame = CloseFrame {
        code: close.code,
        reason: Utf8Bytes::from_static(close.reason),
    };
    let said = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    if timeout(GOODBYE, said).await.is_err() {
        tracing::debug!("a client did not say goodbye");
    }
}
