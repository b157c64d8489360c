use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use errand_voice_core::{
    Deadline, EngineFault, Hints, SpeechToText, SttError, SttInfo, SttStream, Transcript, Utterance,
};

/// A recogniser on another machine with one of this machine behind it. Once the other one does not answer, the near one
/// takes over for the rest of the session; what must not leave the house it gets in any case.
#[derive(Debug)]
pub struct StandIn {
    far: Arc<dyn SpeechToText>,
    near: Arc<dyn SpeechToText>,
    has_taken_over: AtomicBool,
}

impl StandIn {
    /// `far` first, `near` when it does not answer.
    pub fn new(far: Arc<dyn SpeechToText>, near: Arc<dyn SpeechToText>) -> Self {
        Self {
            far,
            near,
            has_taken_over: AtomicBool::new(false),
        }
    }

    /// Whether the near one has taken over; the session tells its person so.
    pub fn has_taken_over(&self) -> bool {
        self.has_taken_over.load(Ordering::Acquire)
    }
}

impl SpeechToText for StandIn {
    /// What the one can that is asked next.
    fn info(&self) -> SttInfo {
        if self.has_taken_over() {
            self.near.info()
        } else {
            self.far.info()
        }
    }

    fn transcribe(
        &self,
        utterance: Utterance,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Transcript, SttError> {
        if self.has_taken_over() {
            return self.near.transcribe(utterance, hints, deadline);
        }
        match self.far.transcribe(utterance.clone(), hints, deadline) {
            Err(SttError::Sealed { .. } | SttError::Language { .. }) => {
                self.near.transcribe(utterance, hints, deadline)
            }
            Err(SttError::Engine(EngineFault::Unreachable { .. } | EngineFault::Late { .. })) => {
                self.has_taken_over.store(true, Ordering::Release);
                self.near.transcribe(utterance, hints, deadline)
            }
            done => done,
        }
    }

    fn open(
        &self,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Option<Box<dyn SttStream>>, SttError> {
        if self.has_taken_over() {
            return self.near.open(hints, deadline);
        }
        self.far.open(hints, deadline)
    }
}
