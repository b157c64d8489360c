use std::fmt;

use crate::frame::{Frame, SampleIdx};

/// How sure a detector is that a block holds speech.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpeechProb {
    /// 0 (none) to 1 (sure).
    pub p: f32,
    /// The place behind the last sample of the block that it speaks of.
    pub end: SampleIdx,
}

/// A detector of voice with the state of one stream.
///
/// Contract: frames come in the order of their samples without holes (a hole is [`VoiceActivity::reset`] first); `p` is
/// always a number from 0 to 1, also for silence, clipping and noise; `end` grows strictly; a decision never lags more
/// than 64 ms behind what was pushed; nothing is allocated after the detector was made, and nothing panics.
pub trait VoiceActivity: Send + fmt::Debug {
    /// Name for the doctor and the metrics.
    fn name(&self) -> &'static str;

    /// Takes 10 ms. `Some` when a block was completed; detectors cut blocks of their own size.
    fn push(&mut self, frame: &Frame) -> Option<SpeechProb>;

    /// Forgets everything it heard: a gap, or another speaker's stream.
    fn reset(&mut self);
}
