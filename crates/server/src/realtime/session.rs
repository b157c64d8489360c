//! One actor for each session: it owns the machine and the log, outlives its connections, and ends when nobody came
//! back in time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use errand_protocol::envelope::{EventId, OptIn, Payload};
use errand_protocol::errand::{ErrandEvent, Resumed};
use errand_protocol::realtime::{ClientFrame, FrameError, Modality, ServerEvent};
use errand_runtime::house::{Conversation, Emitted, HouseError, Principal, What};
use errand_types::Told;
use errand_voice_talk::{Note, VoiceEvent};
use jiff::tz::TimeZone;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::log::{EventLog, LogLimits, Since, Written, write};
use super::machine::{Effect, Input, SessionMachine, VoiceAct};
use super::voicing::{ItemWords, Next, Voices, Voicing};

/// Commands that wait for a session: a connection that sends faster is read more slowly.
const MAILBOX_MAX: usize = 16;
/// Events that wait for a connection; a slower reader is closed and may come back.
pub(crate) const OUTGOING_MAX: usize = 512;
/// Bytes that wait for a connection.
pub(crate) const OUTGOING_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Calls that wait for the house.
const CALLS_MAX: usize = 64;
/// How long a sentence that the house took may be without a turn before it counts as heard before.
const START_WAIT: Duration = Duration::from_secs(20);
/// How long the whole state of a session may take.
const VIEW_WAIT: Duration = Duration::from_secs(10);

/// Why the server closes a connection: code and words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Close {
    /// As in the protocol.
    pub(crate) code: u16,
    /// Code of ours and what happened.
    pub(crate) reason: &'static str,
}

impl Close {
    pub(crate) const TAKEN_OVER: Self = Self {
        code: 1008,
        reason: "WS-0002 another connection took this session over",
    };
    pub(crate) const TOO_SLOW: Self = Self {
        code: 1013,
        reason: "WS-0003 events were not read fast enough; the session is kept",
    };
    pub(crate) const DRAIN: Self = Self {
        code: 1012,
        reason: "WS-0001 the runtime is going down; the session is kept",
    };
    pub(crate) const TOO_LARGE: Self = Self {
        code: 1009,
        reason: "WS-0004 a frame has at most 16 MiB",
    };
    pub(crate) const SILENT: Self = Self {
        code: 1011,
        reason: "WS-0005 no answer to a ping; the session is kept",
    };
    pub(crate) const ENDED: Self = Self {
        code: 1011,
        reason: "WS-0006 the session ended here; it can be resumed",
    };
}

/// What a connection writes.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// One event.
    One(Utf8Bytes),
    /// Many at once: a replay.
    Many(Vec<Utf8Bytes>),
}

/// A connection, as its session sees it.
#[derive(Debug)]
pub(crate) struct Attach {
    /// Which.
    pub(crate) connection: u64,
    /// Which of our own events it asked for.
    pub(crate) opt_in: OptIn,
    /// Where events go.
    pub(crate) outgoing: mpsc::Sender<Outgoing>,
    /// Bytes that wait there.
    pub(crate) waiting: Arc<AtomicUsize>,
    /// How it is closed.
    pub(crate) close: oneshot::Sender<Close>,
    /// It comes back, and this is the last event that it had.
    pub(crate) resume: Option<Back>,
}

/// What a client that comes back says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Back {
    /// The last event that it had.
    pub(crate) last: Option<EventId>,
    /// The session is not the one that sent it: that was in another process.
    pub(crate) lost: bool,
}

/// What a session is told.
#[derive(Debug)]
pub(crate) enum Command {
    /// A connection begins, and takes over.
    Attach(Attach),
    /// A frame of a connection.
    Frame(u64, Box<Result<ClientFrame, FrameError>>),
    /// A connection is gone.
    Detach(u64),
    /// Whether an event was ever sent: answers true for one that was not.
    IsFuture(u64, oneshot::Sender<bool>),
}

/// How a session is reached.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    /// Whose it is.
    pub(crate) owner: Principal,
    /// Its mailbox. Closed: it has ended.
    pub(crate) mailbox: mpsc::Sender<Command>,
}

/// What a session is made with.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) conversation: Arc<dyn Conversation>,
    pub(crate) owner: Principal,
    pub(crate) model: String,
    pub(crate) start: u64,
    pub(crate) limits: LogLimits,
    pub(crate) idle: Duration,
    pub(crate) shutdown: CancellationToken,
    /// What hears and speaks, and where the person is.
    pub(crate) voices: Option<Voices>,
    pub(crate) zone: TimeZone,
    /// What the client asked to be answered with when it connected.
    pub(crate) asked: Option<Modality>,
}

/// What a call of the house came to.
#[derive(Debug)]
enum Called {
    Said {
        key: String,
        result: Result<(), HouseError>,
    },
    Waited {
        key: String,
    },
    Stopped,
    Read {
        item: String,
        words: Result<ItemWords, &'static str>,
    },
}

/// One session.
#[derive(Debug)]
pub(crate) struct SessionActor {
    conversation: Arc<dyn Conversation>,
    machine: SessionMachine,
    voicing: Voicing,
    log: EventLog,
    mailbox: mpsc::Receiver<Command>,
    events: Option<broadcast::Receiver<Arc<Emitted>>>,
    live: Option<Attach>,
    beside: u32,
    calls: JoinSet<Called>,
    queue: VecDeque<Effect>,
    is_calling: bool,
    idle: Duration,
    deadline: Instant,
    shutdown: CancellationToken,
}

impl SessionActor {
    /// A session and how to reach it.
    pub(crate) fn new(setup: Setup) -> (Self, Handle) {
        let (sender, mailbox) = mpsc::channel(MAILBOX_MAX);
        let events = Some(setup.conversation.events());
        let mut machine = SessionMachine::new(
            setup.conversation.id().as_str(),
            &setup.model,
            setup.start,
            setup.voices.as_ref().and_then(Voices::speech),
        );
        if let Some(asked) = setup.asked {
            machine.answer_in(asked);
        }
        let actor = Self {
            machine,
            voicing: Voicing::new(setup.voices, setup.zone),
            log: EventLog::new(setup.start, setup.limits),
            mailbox,
            events,
            live: None,
            beside: 0,
            calls: JoinSet::new(),
            queue: VecDeque::new(),
            is_calling: false,
            idle: setup.idle,
            deadline: Instant::now() + setup.idle,
            shutdown: setup.shutdown,
            conversation: setup.conversation,
        };
        (
            actor,
            Handle {
                owner: setup.owner,
                mailbox: sender,
            },
        )
    }

    /// Runs until the session has been alone for too long, or the runtime goes down.
    pub(crate) async fn run(mut self: Box<Self>) {
        loop {
            tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return self.close(Close::DRAIN),
                emitted = next(&mut self.events) => Box::pin(self.on_emitted(emitted)).await,
                Some(called) = self.calls.join_next() => self.on_called(called.ok()),
                next = self.voicing.next() => match next {
                    Next::Told(event) => self.on_voice(event.as_ref()),
                    Next::Room => self.voicing.make_room(),
                },
                command = self.mailbox.recv(), if self.voicing.has_room() => match command {
                    // Boxed while it lasts: most sessions are idle, and their tasks would keep its room.
                    Some(command) => Box::pin(self.on_command(command)).await,
                    None => return,
                },
                () = sleep_until(self.deadline), if self.live.is_none() => return,
            }
        }
    }

    async fn on_command(&mut self, command: Command) {
        match command {
            Command::Attach(attach) => self.attach(attach).await,
            Command::Frame(connection, frame) => {
                // What an older connection still had on the way no longer counts.
                if self.is_live(connection) {
                    let effects = self.machine.step(Input::Frame(*frame));
                    self.perform(effects);
                }
            }
            Command::Detach(connection) => {
                if self.is_live(connection) {
                    self.detach();
                }
            }
            Command::IsFuture(number, answer) => {
                let _ = answer.send(matches!(self.log.since(number), Since::Future));
            }
        }
    }

    fn is_live(&self, connection: u64) -> bool {
        self.live
            .as_ref()
            .is_some_and(|live| live.connection == connection)
    }

    fn detach(&mut self) {
        self.live = None;
        self.deadline = Instant::now() + self.idle;
        // Nobody is there to speak or to listen: what is under way is heard out by nobody.
        if self.voicing.is_open() {
            self.voicing.close();
            let effects = self.machine.step(Input::VoiceClosed { is_broken: false });
            self.perform(effects);
        }
    }

    fn close(&mut self, why: Close) {
        if let Some(live) = self.live.take() {
            // A connection that is gone already needs no closing.
            let _ = live.close.send(why);
        }
        self.deadline = Instant::now() + self.idle;
    }

    async fn attach(&mut self, attach: Attach) {
        self.close(Close::TAKEN_OVER);
        let back = attach.resume;
        self.live = Some(attach);
        let seen = back.and_then(|back| back.last).map_or(0, EventId::number);
        let position = if back.is_some() {
            seen
        } else {
            self.log.last()
        };
        self.beside_at(
            position,
            &ServerEvent::SessionCreated {
                session: self.machine.session().clone(),
            }
            .into(),
        );
        let Some(back) = back else { return };
        let (missed, gap) = match self.log.since(seen) {
            Since::Events(missed) if !back.lost => (missed, false),
            Since::Events(_) | Since::Gap | Since::Future => (Vec::new(), true),
        };
        let replayed = self.replay(missed);
        let resumed = Resumed {
            session_id: self.conversation.id().clone(),
            from_event_id: back.last.map(|id| id.to_string()),
            replayed,
            gap,
        };
        self.beside_at(self.log.last(), &ErrandEvent::Resumed(resumed).into());
        if gap {
            self.tell_state().await;
        }
        // Only now: what is asked anew has words that only a live connection is shown.
        let told = if self.machine.tells_aloud(None) {
            Told::Aloud
        } else {
            Told::Screen
        };
        self.conversation.taken_up(told);
    }

    /// Sends what was missed and says how much of it this connection takes.
    fn replay(&mut self, missed: Vec<Written>) -> u64 {
        let Some(live) = &self.live else { return 0 };
        let texts: Vec<Utf8Bytes> = missed
            .into_iter()
            .filter(|event| event.is_for(live.opt_in))
            .map(|event| event.text)
            .collect();
        let count = u64::try_from(texts.len()).unwrap_or(u64::MAX);
        if count > 0 {
            self.out(Outgoing::Many(texts));
        }
        count
    }

    /// Sends the whole state: what a face needs that lost track. Not part of the log: it would be stale there.
    async fn tell_state(&mut self) {
        if self.live.as_ref().is_none_or(|live| live.opt_in.is_empty()) {
            return;
        }
        match timeout(VIEW_WAIT, self.conversation.view()).await {
            Ok(Ok(view)) => {
                self.beside_at(self.log.last(), &ErrandEvent::State(Box::new(view)).into());
            }
            Ok(Err(cause)) => tracing::warn!(
                code = cause.code,
                "the state of a session could not be read"
            ),
            Err(_) => tracing::warn!("the state of a session did not come in time"),
        }
    }

    async fn on_emitted(&mut self, emitted: Result<Arc<Emitted>, broadcast::error::RecvError>) {
        match emitted {
            Ok(emitted) => {
                let effects = self.machine.step(Input::Emitted(&emitted));
                self.perform(effects);
                self.tell_voice(&emitted);
            }
            Err(broadcast::error::RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "a session fell behind its conversation");
                metrics::counter!(crate::metrics::LAGGED_TOTAL).increment(missed);
                self.tell_state().await;
            }
            // The conversation ended: nothing more comes, and frames are answered as far as they can be.
            Err(broadcast::error::RecvError::Closed) => {
                self.events = None;
                self.close(Close::ENDED);
            }
        }
    }

    /// The stream says what the house says, unless it is given in text; where a turn begins and ends it knows always.
    fn tell_voice(&self, emitted: &Emitted) {
        let key = match &emitted.what {
            What::TurnStarted { key } => self.machine.voice_key(key),
            What::TurnDone { .. } => "",
            What::Say { .. } | What::Errand { .. } if self.machine.tells_aloud(emitted.turn) => "",
            What::Say { .. } | What::Errand { .. } => return,
        };
        self.voicing.happened(emitted, key);
    }

    fn on_voice(&mut self, event: Option<&VoiceEvent>) {
        let Some(event) = event else {
            self.voicing.close();
            let effects = self.machine.step(Input::VoiceClosed { is_broken: false });
            return self.perform(effects);
        };
        if let VoiceEvent::Note(Note::Fallback { from, to, code, .. }) = event {
            tracing::warn!(
                from,
                to,
                code,
                "a speech engine failed and the next one took over"
            );
        }
        let effects = self.machine.step(Input::Voice(event));
        self.perform(effects);
    }

    fn act(&mut self, act: VoiceAct) {
        if let VoiceAct::Read { item, pcm, hz } = act {
            if let Some(reader) = self.voicing.reader(pcm, hz) {
                self.calls.spawn(async move {
                    let words = reader.read().await;
                    Called::Read { item, words }
                });
            }
            return;
        }
        let opens = matches!(act, VoiceAct::Open(_));
        let opt_in = self.live.as_ref().map_or(OptIn::NONE, |live| live.opt_in);
        let Err(cause) = self.voicing.act(act, opt_in) else {
            return;
        };
        tracing::warn!(code = cause.code(), "{cause}");
        if opens {
            let effects = self.machine.step(Input::VoiceClosed { is_broken: true });
            self.perform(effects);
        }
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { live, kept } => {
                    let Some(written) = self.log.append(&live, kept.as_ref()) else {
                        continue;
                    };
                    self.beside = 0;
                    if self
                        .live
                        .as_ref()
                        .is_some_and(|live| written.is_for(live.opt_in))
                    {
                        self.out(Outgoing::One(written.text));
                    }
                }
                call @ (Effect::Say { .. } | Effect::Stop) => {
                    if self.queue.len() < CALLS_MAX {
                        self.queue.push_back(call);
                    }
                }
                Effect::Voice(act) => self.act(act),
            }
        }
        self.call_next();
    }

    /// Calls of the house go one after another, so that a stop never overtakes the sentence that follows it.
    fn call_next(&mut self) {
        if self.is_calling {
            return;
        }
        let Some(call) = self.queue.pop_front() else {
            return;
        };
        let conversation = Arc::clone(&self.conversation);
        self.is_calling = true;
        match call {
            Effect::Say { text, key, way } => {
                self.calls.spawn(async move {
                    let result = conversation.say(&text, &key, way).await;
                    Called::Said { key, result }
                });
            }
            Effect::Stop | Effect::Send { .. } | Effect::Voice(_) => {
                self.calls.spawn(async move {
                    if let Err(cause) = conversation.stop().await {
                        tracing::warn!(code = cause.code, "a turn could not be stopped");
                    }
                    Called::Stopped
                });
            }
        }
    }

    fn on_called(&mut self, called: Option<Called>) {
        let effects = match called {
            Some(Called::Said {
                key,
                result: Ok(()),
            }) => {
                self.is_calling = false;
                self.calls.spawn(async move {
                    tokio::time::sleep(START_WAIT).await;
                    Called::Waited { key }
                });
                Vec::new()
            }
            Some(Called::Said {
                key,
                result: Err(error),
            }) => {
                self.is_calling = false;
                self.machine.step(Input::Refused {
                    key: &key,
                    error: &error,
                })
            }
            Some(Called::Read { item, words }) => self.machine.step(Input::ItemRead {
                item: &item,
                words: words
                    .as_ref()
                    .map(|(words, voice)| (words.as_str(), *voice))
                    .map_err(|code| *code),
            }),
            Some(Called::Waited { key }) => self.machine.step(Input::NeverStarted { key: &key }),
            Some(Called::Stopped) | None => {
                self.is_calling = false;
                Vec::new()
            }
        };
        self.perform(effects);
    }

    /// Sends what concerns this connection only: numbered after the event `position`, and not part of the log.
    fn beside_at(&mut self, position: u64, payload: &Payload) {
        let Some(live) = &self.live else { return };
        if !live.opt_in.takes(payload) {
            return;
        }
        let event_id = EventId::beside(position, self.beside);
        self.beside = self.beside.saturating_add(1);
        if let Some(written) = write(event_id, payload) {
            self.out(Outgoing::One(written.text));
        }
    }

    fn out(&mut self, outgoing: Outgoing) {
        let Some(live) = &self.live else { return };
        let bytes = match &outgoing {
            Outgoing::One(text) => text.len(),
            // A replay is bounded by the log, and counted when it is written.
            Outgoing::Many(_) => 0,
        };
        let waiting = live
            .waiting
            .fetch_add(bytes, Ordering::Relaxed)
            .saturating_add(bytes);
        let is_full = matches!(
            live.outgoing.try_send(outgoing),
            Err(mpsc::error::TrySendError::Full(_))
        );
        if is_full || waiting > OUTGOING_BYTES_MAX {
            metrics::counter!(crate::metrics::SLOW_READERS_TOTAL).increment(1);
            self.close(Close::TOO_SLOW);
        }
    }
}

/// The next event of the conversation; never, once it is over.
async fn next(
    events: &mut Option<broadcast::Receiver<Arc<Emitted>>>,
) -> Result<Arc<Emitted>, broadcast::error::RecvError> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}
