use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use errand_voice_wyoming::Event;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::Shared;
use super::caller::{Answer, Caller, Effect, Input};
use super::voices::{Piece, Reading, busy};
use crate::fault::Fault;
use crate::wire::{End, Reader, Writer, split};

/// How long a caller may be silent while nothing is done for it.
const IDLE: Duration = Duration::from_secs(60);
/// How long a connection may be open.
const LIFE: Duration = Duration::from_secs(60 * 60);

/// What is under way for a caller.
enum Job {
    Nothing,
    Reading(Reading),
    Speaking(mpsc::Receiver<Piece>),
    Handling(Pin<Box<dyn Future<Output = Answer> + Send>>),
}

impl Job {
    /// What it comes to next; never, when there is none.
    async fn next(&mut self) -> Input {
        match self {
            Self::Nothing => std::future::pending().await,
            Self::Reading(reading) => Input::Read(reading.done().await),
            Self::Handling(answer) => Input::Handled(answer.await),
            Self::Speaking(pieces) => match pieces.recv().await {
                Some(Ok((rate_hz, pcm))) => Input::Sound { rate_hz, pcm },
                Some(Err(fault)) => Input::Spoken(Err(fault)),
                None => Input::Spoken(Ok(())),
            },
        }
    }
}

/// Serves a caller until one side closes.
pub(crate) async fn serve(stream: TcpStream, peer: IpAddr, shared: Arc<Shared>) {
    let (reader, writer) = split(stream);
    let mut connection = Connection {
        caller: Caller::new(shared.offer.clone(), shared.language),
        job: Job::Nothing,
        writer,
        peer,
        name: None,
        shared,
    };
    let mut reader = reader;
    let fault = connection.run(&mut reader).await;
    if let Some(fault) = &fault {
        metrics::counter!(crate::metrics::CLOSED_TOTAL, "code" => fault.code).increment(1);
        tracing::info!(code = fault.code, "a Wyoming caller was sent away");
        // It may be gone already.
        let _ = connection.writer.send(&fault.event()).await;
    }
    connection.writer.close().await;
    reader.drain().await;
}

struct Connection {
    caller: Caller,
    job: Job,
    writer: Writer,
    peer: IpAddr,
    /// Name of its conversation, when the caller gave none.
    name: Option<String>,
    shared: Arc<Shared>,
}

impl Connection {
    /// Why it ends, where the caller has not been told.
    async fn run(&mut self, reader: &mut Reader) -> Option<Fault> {
        let born = Instant::now();
        let mut heard = born;
        loop {
            let idle = if self.caller.is_busy() {
                born + LIFE
            } else {
                (heard + IDLE).min(born + LIFE)
            };
            let input = tokio::select! {
                biased;
                () = self.shared.shutdown.cancelled() => return None,
                input = self.job.next() => input,
                event = reader.next() => match event {
                    Ok(event) => {
                        heard = Instant::now();
                        Input::Event(event)
                    }
                    Err(End::Gone) => return None,
                    Err(End::Frame(cause)) => return Some(cause.into()),
                    Err(End::Slow) => return Some(Fault::silent()),
                },
                () = sleep_until(idle) => return Some(Fault::silent()),
            };
            if !matches!(input, Input::Event(_) | Input::Sound { .. }) {
                self.job = Job::Nothing;
                heard = Instant::now();
            }
            let effects = self.caller.step(input);
            for effect in effects {
                match self.perform(effect).await {
                    Ok(true) => {}
                    // It was told why, or is gone.
                    Ok(false) | Err(_) => return None,
                }
            }
        }
    }

    /// `Ok(false)`: the connection is over.
    async fn perform(&mut self, effect: Effect) -> Result<bool, End> {
        match effect {
            Effect::Send(event) => self.send(&event).await?,
            Effect::Read {
                pcm,
                rate_hz,
                language,
            } => self.job = Job::Reading(self.shared.voices.read(pcm, rate_hz, language)),
            Effect::Speak {
                sentence,
                voice,
                rate_hz,
            } => {
                let pieces = self.shared.voices.speak(sentence, voice, rate_hz);
                self.job = Job::Speaking(pieces.unwrap_or_else(refused));
            }
            Effect::Handle { text, context } => self.handle(text, context),
            Effect::Close => return Ok(false),
        }
        Ok(true)
    }

    async fn send(&mut self, event: &Event) -> Result<(), End> {
        if event.kind() == "error"
            && let Some(code) = event.text("code")
        {
            tracing::info!(code, "a Wyoming caller got an error");
        }
        self.writer.send(event).await
    }

    fn handle(&mut self, text: String, context: Option<String>) {
        let Some(talks) = self.shared.talks.clone() else {
            return;
        };
        let name = context.unwrap_or_else(|| self.name.get_or_insert_with(|| talks.name()).clone());
        let peer = self.peer;
        self.job = Job::Handling(Box::pin(
            async move { talks.handle(peer, name, &text).await },
        ));
    }
}

/// Every thread that speaks has too much to do.
fn refused() -> mpsc::Receiver<Piece> {
    let (pieces, receiver) = mpsc::channel(1);
    // There is room for the one.
    let _ = pieces.try_send(Err(busy()));
    receiver
}
