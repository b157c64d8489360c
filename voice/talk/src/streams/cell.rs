use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use errand_voice_core::{Generation, Partial, Pcm, SttStream, TurnId, WordAt};

use super::drive::Driven;
use super::ears::Call;
use super::voices::Going;
use crate::config::{Backlog, StreamConfig};
use crate::control::Control;
use crate::event::Note;
use crate::fault::{TalkError, Unread};
use crate::happened::Happened;
use crate::talker::{JobId, Reading};

/// Sound of a microphone that waits at most, and what is kept of it when it is more, in milliseconds.
const LIVE_MS: u64 = 2_000;
const LIVE_KEPT_MS: u64 = 500;
/// Sound of a file that waits at most, in milliseconds.
const WHOLE_MS: u64 = 30_000;
/// What waits beside sound.
const OTHERS_MAX: usize = 512;

/// What a stream is handed, in order.
pub(super) enum Item {
    Heard(Vec<i16>),
    Rendered(Vec<i16>, u32),
    Gap(u64),
    Counted(Counted),
    Played(u64, u64),
    Control(Control),
    Happened(Happened),
    Read(JobId, Result<Reading, Unread>),
    Partial(TurnId, Option<Partial>, Option<Box<dyn SttStream>>),
    Voiced(Generation, Pcm, Vec<WordAt>),
    VoiceParked(Going),
    VoiceEnd(Generation, bool),
    Note(Note),
    Clock,
    Close,
}

/// What is told of the devices themselves.
pub(super) enum Counted {
    /// The microphone gave so many frames by a moment.
    Captured { frames: u64, at: Instant },
    /// The loudspeaker took so many frames of a rate.
    Given { frames: u64, hz: u32, at: Instant },
    /// One of them was opened anew.
    Anew,
}

#[derive(Default)]
pub(super) struct Inbox {
    items: VecDeque<Item>,
    /// Samples of sound that wait, at the rate of the capture.
    waiting: u64,
    is_called: bool,
    is_busy: bool,
    is_closed: bool,
    in_flight: usize,
}

/// One stream as everybody sees it: its inbox, and behind a lock that only its worker takes, its machine.
pub(crate) struct Cell {
    pub(super) id: u64,
    hz: Mutex<u32>,
    backlog: Backlog,
    inbox: Mutex<Inbox>,
    quiet: Condvar,
    driven: Mutex<Option<Driven>>,
    worker: Sender<Call>,
}

/// A thread that panicked under a lock leaves what it had; nothing here is half done between two fields.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cell {
    pub(super) fn new(
        id: u64,
        config: &StreamConfig,
        driven: Driven,
        worker: Sender<Call>,
    ) -> Self {
        Self {
            id,
            hz: Mutex::new(config.capture_hz),
            backlog: config.backlog,
            inbox: Mutex::default(),
            quiet: Condvar::new(),
            driven: Mutex::new(Some(driven)),
            worker,
        }
    }

    /// Sound of the person.
    pub(super) fn hear(self: &Arc<Self>, pcm: &[i16]) -> Result<(), TalkError> {
        let hz = u64::from(*lock(&self.hz));
        let mut inbox = self.open()?;
        let most = |ms: u64| hz.saturating_mul(ms) / 1_000;
        let coming = inbox.waiting.saturating_add(pcm.len() as u64);
        match self.backlog {
            Backlog::Whole if coming > most(WHOLE_MS) && inbox.waiting > 0 => {
                return Err(TalkError::Busy);
            }
            Backlog::Live if coming > most(LIVE_MS) => drop_old(&mut inbox, most(LIVE_KEPT_MS), hz),
            Backlog::Whole | Backlog::Live => {}
        }
        inbox.waiting = inbox.waiting.saturating_add(pcm.len() as u64);
        match inbox.items.back_mut() {
            Some(Item::Heard(last)) => last.extend_from_slice(pcm),
            Some(_) | None => inbox.items.push_back(Item::Heard(pcm.to_vec())),
        }
        self.call(inbox);
        Ok(())
    }

    /// Anything else from the face.
    pub(super) fn hand(self: &Arc<Self>, item: Item) -> Result<(), TalkError> {
        let mut inbox = self.open()?;
        if inbox.items.len() >= OTHERS_MAX {
            return Err(TalkError::Busy);
        }
        if let Item::Control(Control::Settings(settings)) = &item
            && let Some(hz) = settings.capture_hz
        {
            *lock(&self.hz) = hz;
        }
        inbox.items.push_back(item);
        self.call(inbox);
        Ok(())
    }

    /// A worker of another pool is done with something of this stream.
    pub(super) fn post(self: &Arc<Self>, item: Item) {
        let mut inbox = lock(&self.inbox);
        inbox.items.push_back(item);
        self.call(inbox);
    }

    /// The same, and one thing less is under way.
    pub(super) fn finish(self: &Arc<Self>, item: Option<Item>) {
        let mut inbox = lock(&self.inbox);
        inbox.in_flight = inbox.in_flight.saturating_sub(1);
        inbox.items.extend(item);
        self.call(inbox);
    }

    pub(super) fn begin(&self) {
        lock(&self.inbox).in_flight += 1;
    }

    fn open(&self) -> Result<MutexGuard<'_, Inbox>, TalkError> {
        let inbox = lock(&self.inbox);
        if inbox.is_closed {
            return Err(TalkError::Closed);
        }
        Ok(inbox)
    }

    fn call(self: &Arc<Self>, mut inbox: MutexGuard<'_, Inbox>) {
        if std::mem::replace(&mut inbox.is_called, true) {
            return;
        }
        drop(inbox);
        if self.worker.send(Call::Cell(Arc::clone(self))).is_err() {
            // The workers are gone: so is the stream.
            self.shut();
        }
    }

    /// Nothing more is taken, and what waits is thrown away.
    pub(super) fn shut(&self) {
        let mut inbox = lock(&self.inbox);
        *inbox = Inbox {
            is_closed: true,
            ..Inbox::default()
        };
        drop(inbox);
        self.quiet.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        lock(&self.inbox).is_closed
    }

    /// Waits until everything that was handed over is done: heard, read, and spoken as far as sound is wanted. `false` when
    /// that took longer.
    pub(super) fn wait_idle(&self, within: Duration) -> bool {
        let until = Instant::now() + within;
        let mut inbox = lock(&self.inbox);
        loop {
            let is_idle = inbox.items.is_empty() && !inbox.is_busy && inbox.in_flight == 0;
            if is_idle || inbox.is_closed {
                return is_idle;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.quiet.wait_timeout(inbox, left);
            inbox = waited.map_or_else(|e| e.into_inner().0, |(inbox, _)| inbox);
        }
    }

    /// Hands everything that waits to the machine. Only called by the stream's worker.
    pub(super) fn work(
        self: &Arc<Self>,
        mut with: impl FnMut(&Arc<Self>, &mut Driven, Item) -> bool,
    ) {
        let mut driven = lock(&self.driven);
        loop {
            let mut inbox = lock(&self.inbox);
            let items = std::mem::take(&mut inbox.items);
            inbox.waiting = 0;
            inbox.is_busy = !items.is_empty();
            if items.is_empty() {
                inbox.is_called = false;
                drop(inbox);
                self.quiet.notify_all();
                return;
            }
            drop(inbox);
            for item in items {
                let is_over = match driven.as_mut() {
                    Some(driven) => !with(self, driven, item),
                    None => true,
                };
                if is_over {
                    *driven = None;
                    self.shut();
                    return;
                }
            }
        }
    }
}

/// Leaves the newest samples of what waits and tells how many are missing.
fn drop_old(inbox: &mut Inbox, keep: u64, hz: u64) {
    let mut surplus = inbox.waiting.saturating_sub(keep);
    let mut missing = 0;
    for item in &mut inbox.items {
        let Item::Heard(pcm) = item else { continue };
        let count = surplus.min(pcm.len() as u64);
        pcm.drain(..usize::try_from(count).unwrap_or(0));
        surplus -= count;
        missing += count;
    }
    inbox.waiting = inbox.waiting.saturating_sub(missing);
    let gap = missing.saturating_mul(16_000) / hz.max(1);
    inbox.items.push_front(Item::Gap(gap));
    inbox
        .items
        .retain(|item| !matches!(item, Item::Heard(pcm) if pcm.is_empty()));
    let ms = missing.saturating_mul(1_000) / hz.max(1);
    metrics::counter!(crate::metrics::DROPPED_SECONDS).increment(ms / 1_000);
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cell({})", self.id)
    }
}
