//! The workers that hear: each has its streams, and no stream has a worker of its own.

use std::fmt;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use super::cell::{Cell, Item};
use super::reads::ReadPool;
use super::voices::VoicePool;
use crate::fault::TalkError;

/// Streams that live by the clock of the process are looked at so often.
const TICK: Duration = Duration::from_millis(20);

/// What wakes a worker.
pub(super) enum Call {
    /// A stream has something to do.
    Cell(Arc<Cell>),
    /// A stream that lives by the clock.
    Clocked(Weak<Cell>),
    /// The process ends.
    Quit,
}

/// The workers.
pub(super) struct Ears {
    workers: Vec<Sender<Call>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Ears {
    pub(super) fn start(
        count: usize,
        reads: &Arc<ReadPool>,
        voices: &Arc<VoicePool>,
    ) -> Result<Self, TalkError> {
        let mut workers = Vec::with_capacity(count);
        let mut threads = Vec::with_capacity(count);
        for n in 0..count {
            let (sender, calls) = channel();
            let (reads, voices) = (Arc::clone(reads), Arc::clone(voices));
            let thread = std::thread::Builder::new()
                .name(format!("voice-ear-{n}"))
                .spawn(move || listen(&calls, &reads, &voices))
                .map_err(|error| TalkError::Thread {
                    cause: error.to_string(),
                })?;
            workers.push(sender);
            threads.push(thread);
        }
        Ok(Self {
            workers,
            threads: Mutex::new(threads),
        })
    }

    /// The worker of a stream.
    pub(super) fn of(&self, id: u64) -> Option<Sender<Call>> {
        let count = (self.workers.len() as u64).max(1);
        let at = usize::try_from(id % count).unwrap_or(0);
        self.workers.get(at).cloned()
    }
}

fn listen(calls: &Receiver<Call>, reads: &Arc<ReadPool>, voices: &Arc<VoicePool>) {
    let mut clocked: Vec<Weak<Cell>> = Vec::new();
    loop {
        let call = if clocked.is_empty() {
            calls.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            calls.recv_timeout(TICK)
        };
        match call {
            Ok(Call::Cell(cell)) => {
                cell.work(|cell, driven, item| driven.take(cell, item, reads, voices));
            }
            Ok(Call::Clocked(cell)) => clocked.push(cell),
            Err(RecvTimeoutError::Timeout) => {
                clocked.retain(|cell| {
                    let Some(cell) = cell.upgrade().filter(|cell| !cell.is_closed()) else {
                        return false;
                    };
                    cell.post(Item::Clock);
                    true
                });
            }
            Ok(Call::Quit) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl fmt::Debug for Ears {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ears({} workers)", self.workers.len())
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        for worker in &self.workers {
            // A worker that is gone needs no call.
            let _ = worker.send(Call::Quit);
        }
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            let _ = thread.join();
        }
    }
}
