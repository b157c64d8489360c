use std::sync::{Arc, Mutex, PoisonError};

use errand_voice_core::{Hints, Retry, Stop, SttStream, TurnId, Utterance};

use super::cell::Cell;
use crate::talker::{JobId, ReadJob, ReadKind};

/// An engine that failed so often in a row is not asked again in this stream.
const FAILURES_MAX: u8 = 2;

/// An utterance to be read.
#[derive(Clone)]
pub(super) struct ReadTask {
    pub(super) cell: Arc<Cell>,
    pub(super) job: JobId,
    pub(super) kind: ReadKind,
    pub(super) utterance: Arc<Utterance>,
    pub(super) otherwise: Option<Arc<Utterance>>,
    pub(super) hints: Hints,
    pub(super) stop: Stop,
    pub(super) ladder: Arc<Ladder>,
    /// Engines of the ladder that were given up for this utterance.
    pub(super) skipped: usize,
}

impl ReadTask {
    pub(super) fn new(cell: &Arc<Cell>, job: ReadJob, stop: Stop, ladder: &Arc<Ladder>) -> Self {
        Self {
            cell: Arc::clone(cell),
            job: job.job,
            kind: job.kind,
            utterance: job.utterance,
            otherwise: job.otherwise,
            hints: job.hints,
            stop,
            ladder: Arc::clone(ladder),
            skipped: 0,
        }
    }

    pub(super) fn is(&self, cell: &Cell, job: JobId) -> bool {
        self.cell.id == cell.id && self.job == job
    }
}

/// A look at a turn that is being spoken.
pub(super) struct PartialTask {
    pub(super) cell: Arc<Cell>,
    pub(super) turn: TurnId,
    pub(super) stream: Option<Box<dyn SttStream>>,
    pub(super) pcm: Vec<i16>,
    pub(super) hints: Hints,
    pub(super) stop: Stop,
    pub(super) ladder: Arc<Ladder>,
}

/// Which engines of the ladder failed in a stream, and how often in a row.
#[derive(Debug, Default)]
pub(super) struct Ladder {
    failures: Mutex<Vec<u8>>,
}

impl Ladder {
    pub(super) fn new(rungs: usize) -> Self {
        Self {
            failures: Mutex::new(vec![0; rungs]),
        }
    }

    pub(super) fn is_resting(&self, rung: usize) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.get(rung).is_some_and(|n| *n >= FAILURES_MAX)
    }

    pub(super) fn note(&self, rung: usize, failure: Option<Retry>) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = failures.get_mut(rung) {
            *count = match failure {
                None => 0,
                Some(Retry::Never) => FAILURES_MAX,
                Some(Retry::Now | Retry::After(_)) => count.saturating_add(1),
            };
        }
    }
}
