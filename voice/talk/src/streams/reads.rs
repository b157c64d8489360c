//! The workers that read: one utterance at a time each, with the ladder of recognisers behind them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use errand_voice_core::{
    BatchStream, Compared, Deadline, KnownVoice, Reach, SpeechToText, Stop, SttError,
    UTTERANCE_SAMPLES_MAX, Utterance, duration,
};

use super::cell::{Cell, Item};
use super::leave;
use super::tasks::{Ladder, PartialTask, ReadTask};
use crate::engines::Engines;
use crate::event::{Note, Stage};
use crate::fault::{TalkError, Unread};
use crate::metrics::{FALLBACKS, LOST_WORKERS, READ_SECONDS, READS};
use crate::talker::{JobId, ReadKind, Reading};

/// Utterances that wait, for each worker.
const WAITING_PER_WORKER: usize = 4;
/// Workers that may be replaced, in the life of a process.
const REPLACED_MAX: usize = 8;

#[derive(Default)]
struct Queue {
    reads: VecDeque<ReadTask>,
    partial: Option<PartialTask>,
    idle: usize,
    is_over: bool,
    slots: Vec<Arc<Slot>>,
    replaced: usize,
}

/// What a worker is doing.
#[derive(Default)]
struct Slot {
    current: Mutex<Option<ReadTask>>,
    is_lost: AtomicBool,
}

struct Shared {
    recognisers: Vec<Arc<dyn SpeechToText>>,
    closed: Vec<Arc<dyn SpeechToText>>,
    known: Option<KnownVoice>,
    queue: Mutex<Queue>,
    call: Condvar,
    most: usize,
    workers: usize,
}

/// The workers.
pub(super) struct ReadPool {
    shared: Arc<Shared>,
    threads: Mutex<Vec<(Arc<Slot>, JoinHandle<()>)>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ReadPool {
    pub(super) fn start(engines: &Engines, workers: usize) -> Result<Self, TalkError> {
        let pool = Self {
            shared: Arc::new(Shared {
                recognisers: engines.recognisers.clone(),
                closed: engines.closed.clone(),
                known: engines.known.clone(),
                queue: Mutex::default(),
                call: Condvar::new(),
                most: workers.saturating_mul(WAITING_PER_WORKER),
                workers,
            }),
            threads: Mutex::default(),
        };
        for n in 0..workers {
            pool.spawn(n)?;
        }
        Ok(pool)
    }

    fn spawn(&self, n: usize) -> Result<(), TalkError> {
        let slot = Arc::new(Slot::default());
        let (shared, own) = (Arc::clone(&self.shared), Arc::clone(&slot));
        let thread = std::thread::Builder::new()
            .name(format!("voice-read-{n}"))
            .spawn(move || work(&shared, &own))
            .map_err(|error| TalkError::Thread {
                cause: error.to_string(),
            })?;
        lock(&self.shared.queue).slots.push(Arc::clone(&slot));
        lock(&self.threads).push((slot, thread));
        Ok(())
    }

    /// Takes an utterance, or gives it back when too many wait.
    pub(super) fn submit(&self, task: ReadTask) -> Result<(), ReadTask> {
        let mut queue = lock(&self.shared.queue);
        if queue.reads.len() >= self.shared.most {
            return Err(task);
        }
        task.cell.begin();
        queue.reads.push_back(task);
        drop(queue);
        self.shared.call.notify_one();
        Ok(())
    }

    /// Takes a partial reading if a worker has nothing better to do.
    pub(super) fn try_partial(&self, task: PartialTask) -> Result<(), PartialTask> {
        let engine = self.shared.reads_along(&task.ladder);
        let streams = engine.is_some_and(|engine| engine.info().streams);
        let mut queue = lock(&self.shared.queue);
        // A recogniser of whole utterances would keep the only worker from the final reading.
        let is_worth = streams || self.shared.workers > 1;
        let is_free = queue.idle > queue.reads.len() && queue.partial.is_none();
        if !is_worth || !is_free || engine.is_none() {
            return Err(task);
        }
        task.cell.begin();
        queue.partial = Some(task);
        drop(queue);
        self.shared.call.notify_one();
        Ok(())
    }

    /// A reading that is not wanted: taken out of the queue; one that runs is stopped by its switch.
    pub(super) fn forget(&self, cell: &Arc<Cell>, job: JobId) {
        let mut queue = lock(&self.shared.queue);
        let before = queue.reads.len();
        queue.reads.retain(|task| !task.is(cell, job));
        let is_gone = queue.reads.len() < before;
        drop(queue);
        if is_gone {
            cell.finish(None);
        }
    }

    /// A reading does not come back: its worker is given up and replaced, and the next engine tries.
    pub(super) fn give_up(&self, cell: &Arc<Cell>, job: JobId) {
        let mut queue = lock(&self.shared.queue);
        if let Some(at) = queue.reads.iter().position(|task| task.is(cell, job)) {
            queue.reads.remove(at);
            drop(queue);
            cell.finish(Some(Item::Read(job, Err(unread("VOICE-0005")))));
            return;
        }
        let stuck = queue.slots.iter().find_map(|slot| {
            let current = lock(&slot.current);
            let task = current.as_ref().filter(|task| task.is(cell, job))?;
            Some((Arc::clone(slot), task.clone()))
        });
        let Some((slot, mut task)) = stuck else {
            return;
        };
        slot.is_lost.store(true, Ordering::Release);
        queue.slots.retain(|other| !Arc::ptr_eq(other, &slot));
        queue.replaced += 1;
        let (n, can_replace) = (queue.replaced, queue.replaced <= REPLACED_MAX);
        drop(queue);
        task.stop.raise();
        metrics::counter!(LOST_WORKERS).increment(1);
        if can_replace {
            // Without another thread there is one worker less, and the rest goes on.
            let _ = self.spawn(self.shared.workers + n);
        }
        task.skipped += 1;
        task.stop = Stop::default();
        if task.skipped >= self.shared.rungs(task.kind) {
            cell.finish(Some(Item::Read(job, Err(unread("VOICE-0003")))));
            return;
        }
        // It was under way already, and goes on being so.
        if self.submit(task).is_err() {
            cell.finish(Some(Item::Read(job, Err(unread("VOICE-0005")))));
        } else {
            cell.finish(None);
        }
    }
}

fn unread(code: &'static str) -> Unread {
    Unread {
        code,
        is_busy: false,
    }
}

enum Work {
    Read(ReadTask),
    Partial(PartialTask),
}

fn work(shared: &Shared, slot: &Slot) {
    while let Some(work) = next(shared) {
        match work {
            Work::Read(task) => {
                *lock(&slot.current) = Some(task.clone());
                let outcome = shared.read(&task);
                let was_mine = lock(&slot.current).take().is_some();
                if slot.is_lost.load(Ordering::Acquire) {
                    // Given up meanwhile: somebody else answered.
                    return;
                }
                if was_mine {
                    let item = outcome.map(|outcome| Item::Read(task.job, outcome));
                    task.cell.finish(item);
                }
            }
            Work::Partial(task) => shared.partial(task),
        }
    }
}

fn next(shared: &Shared) -> Option<Work> {
    let mut queue = lock(&shared.queue);
    loop {
        if queue.is_over {
            return None;
        }
        if let Some(task) = queue.reads.pop_front() {
            return Some(Work::Read(task));
        }
        if let Some(task) = queue.partial.take() {
            return Some(Work::Partial(task));
        }
        queue.idle += 1;
        queue = shared
            .call
            .wait(queue)
            .unwrap_or_else(PoisonError::into_inner);
        queue.idle = queue.idle.saturating_sub(1);
    }
}

impl Shared {
    /// Reads by the first engine that can. `None`: nobody wants it any more.
    fn read(&self, task: &ReadTask) -> Option<Result<Reading, Unread>> {
        if task.kind.is_closed() {
            return self.read_closed(task);
        }
        let mut last = "VOICE-0001";
        let mut failed: Option<(&'static str, &'static str)> = None;
        for (rung, engine) in self.recognisers.iter().enumerate().skip(task.skipped) {
            let is_last = rung + 1 == self.recognisers.len();
            if task.ladder.is_resting(rung) && !is_last {
                continue;
            }
            let name = engine.info().engine;
            if let Some((from, code)) = failed.take() {
                fell_back(task, from, Some(name), code);
            }
            match transcribe(engine, task, &task.utterance)? {
                Ok(reading) => {
                    task.ladder.note(rung, None);
                    return Some(Ok(self.compared(task, reading)));
                }
                Err(error) => {
                    task.ladder.note(rung, Some(error.retry()));
                    last = error.code();
                    failed = Some((name, last));
                }
            }
        }
        if let Some((from, code)) = failed {
            fell_back(task, from, None, code);
        }
        Some(Err(unread(last)))
    }

    /// INVARIANT: what was heard while an approval was open is read on this machine or not at all.
    ///
    /// An answer is read by everybody who can: what they agree on is surer than what each of them hears.
    fn read_closed(&self, task: &ReadTask) -> Option<Result<Reading, Unread>> {
        let (mut whole, mut failed) = (None::<Reading>, None);
        for engine in self.closed_for(task.kind).skip(task.skipped) {
            for utterance in std::iter::once(&task.utterance).chain(&task.otherwise) {
                match (transcribe(engine, task, utterance)?, &mut whole) {
                    (Ok(reading), Some(whole)) => {
                        whole.others.push(reading.transcript);
                        whole.took += reading.took;
                    }
                    (Ok(reading), None) => whole = Some(reading),
                    (Err(error), _) => failed = Some((engine.info().engine, error.code())),
                }
            }
        }
        if let Some((from, code)) = failed {
            let to = whole.as_ref().map(|reading| reading.transcript.engine);
            fell_back(task, from, to, code);
        }
        match (whole, failed) {
            (Some(reading), _) => Some(Ok(self.compared(task, reading))),
            (None, Some((_, code))) => Some(Err(unread(code))),
            (None, None) => None,
        }
    }

    /// Who reads such a thing, the first first. What is only looked at is read by whoever is made for beginnings, and by nobody else:
    /// the others take too long for that.
    fn closed_for(&self, kind: ReadKind) -> impl Iterator<Item = &Arc<dyn SpeechToText>> {
        let is_quick = |engine: &&Arc<dyn SpeechToText>| engine.info().hears_beginnings;
        let has_quick = self.closed.iter().any(|engine| is_quick(&engine));
        let wants_quick = match kind {
            ReadKind::Look => true,
            ReadKind::ClosedQuick => has_quick,
            ReadKind::Closed | ReadKind::Final | ReadKind::Quick => false,
        };
        let most = if kind == ReadKind::Closed {
            usize::MAX
        } else {
            1
        };
        self.closed
            .iter()
            .filter(move |engine| !wants_quick || is_quick(engine))
            .take(most)
    }

    /// How many engines may read such a thing.
    fn rungs(&self, kind: ReadKind) -> usize {
        if kind.is_closed() {
            self.closed_for(kind).count()
        } else {
            self.recognisers.len()
        }
    }

    /// Whose voice it was, where one is known and something was said. Quick looks decide nothing that it matters for.
    fn compared(&self, task: &ReadTask, reading: Reading) -> Reading {
        let is_last = matches!(task.kind, ReadKind::Final | ReadKind::Closed);
        let known = self.known.as_ref().filter(|_| is_last);
        Reading {
            voice: known.map_or(Compared::Not, |known| known.compare(&task.utterance)),
            ..reading
        }
    }

    /// The recogniser for words so far: the first that works, unless that is one of whole utterances on another machine.
    fn reads_along(&self, ladder: &Ladder) -> Option<&Arc<dyn SpeechToText>> {
        let mut working = self.recognisers.iter().enumerate();
        let (_, engine) = working.find(|(rung, _)| !ladder.is_resting(*rung))?;
        let info = engine.info();
        (info.streams || info.reach == Reach::Local).then_some(engine)
    }

    fn partial(&self, mut task: PartialTask) {
        let mut told = None;
        if !task.stop.is_up()
            && let Some(engine) = self.reads_along(&task.ladder)
        {
            let deadline = Deadline {
                within: Deadline::usual(duration(UTTERANCE_SAMPLES_MAX as u64)).within,
                stop: task.stop.clone(),
            };
            let stream = match task.stream.take() {
                Some(stream) => Some(stream),
                // Whoever cannot be opened tells why when the whole is read.
                None => BatchStream::open(engine, &task.hints, &deadline).ok(),
            };
            if let Some(mut stream) = stream
                && stream.push(&task.pcm).is_ok()
            {
                told = stream.partial();
                task.stream = Some(stream);
            }
        }
        let item = Item::Partial(task.turn, told, task.stream);
        task.cell.finish(Some(item));
    }
}

/// `None`: it was stopped.
fn transcribe(
    engine: &Arc<dyn SpeechToText>,
    task: &ReadTask,
    utterance: &Arc<Utterance>,
) -> Option<Result<Reading, SttError>> {
    if task.stop.is_up() {
        return None;
    }
    let name = engine.info().engine;
    let deadline = Deadline {
        within: Deadline::usual(utterance.length()).within,
        stop: task.stop.clone(),
    };
    let began = Instant::now();
    let outcome = engine.transcribe((**utterance).clone(), &task.hints, &deadline);
    let took: Duration = began.elapsed();
    if task.stop.is_up() {
        return None;
    }
    let label = if outcome.is_ok() { "read" } else { "failed" };
    metrics::counter!(READS, "engine" => name, "outcome" => label).increment(1);
    metrics::histogram!(READ_SECONDS, "engine" => name).record(took.as_secs_f64());
    Some(outcome.map(|transcript| Reading {
        transcript,
        others: Vec::new(),
        took,
        voice: Compared::Not,
    }))
}

fn fell_back(task: &ReadTask, from: &'static str, to: Option<&'static str>, code: &'static str) {
    metrics::counter!(FALLBACKS, "stage" => "reading", "engine" => from).increment(1);
    task.cell.post(Item::Note(Note::Fallback {
        stage: Stage::Reading,
        from,
        to,
        code,
    }));
}

impl fmt::Debug for ReadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadPool({} workers)", self.shared.workers)
    }
}

impl Drop for ReadPool {
    fn drop(&mut self) {
        let mut queue = lock(&self.shared.queue);
        queue.is_over = true;
        queue.reads.clear();
        queue.partial = None;
        for slot in &queue.slots {
            if let Some(task) = &*lock(&slot.current) {
                task.stop.raise();
            }
        }
        drop(queue);
        self.shared.call.notify_all();
        for (slot, thread) in lock(&self.threads).drain(..) {
            if !slot.is_lost.load(Ordering::Acquire) {
                leave(thread);
            }
        }
    }
}
