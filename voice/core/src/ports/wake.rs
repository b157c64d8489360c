use std::fmt;
use std::sync::Arc;

use crate::frame::{Frame, SampleIdx};

/// After a wake word none is told for so long.
pub const WAKE_REFRACTORY_MS: u64 = 1_500;

/// Somebody said the wake word.
#[derive(Debug, Clone, PartialEq)]
pub struct Wake {
    /// Which one.
    pub phrase: Arc<str>,
    /// How sure, 0 to 1. It goes to the metrics; the sound does not.
    pub score: f32,
    /// The place behind the word: what follows is for us.
    pub end: SampleIdx,
}

/// A detector of wake words with the state of one stream.
///
/// Contract: as for [`crate::VoiceActivity`]; `end` lies within what was pushed; two wakes stand at least
/// [`WAKE_REFRACTORY_MS`] apart.
pub trait WakeWord: Send + fmt::Debug {
    /// Name for the doctor and the metrics.
    fn name(&self) -> &'static str;

    /// The words that it listens for.
    fn phrases(&self) -> Vec<Arc<str>>;

    /// Takes 10 ms.
    fn push(&mut self, frame: &Frame) -> Option<Wake>;

    /// Forgets everything it heard.
    fn reset(&mut self);
}
