use std::fmt;

use crate::frame::Frame;

/// Whether our own sound comes back into the microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EchoPath {
    /// Nobody knows yet: too little was played since the beginning, or since a gap.
    #[default]
    Unknown,
    /// Enough was played, and nothing of it was heard: there is nothing to take out.
    Absent,
    /// It does.
    Present,
}

/// What a canceller knows of itself.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct EchoState {
    /// Delay from what is played to its echo, in milliseconds; `None` until it is known.
    pub delay_ms: Option<u32>,
    /// Whether there is an echo at all.
    pub path: EchoPath,
    /// Echo return loss enhancement, in decibels: how much quieter the echo is behind the canceller. `None` until it is
    /// known, while nothing is played, or where there is no echo.
    pub erle_db: Option<f32>,
}

/// Takes our own sound out of what the microphone hears.
///
/// Contract: for each 10 ms one `render` (what is played, silence too) and then one `capture`, both in the order of their
/// samples; `out` and [`EchoCanceller::subtracted`] keep the place of the captured frame and hold finite numbers in [-1, 1]; with nothing ever rendered,
/// speech passes unharmed but for a high-pass filter and a constant delay of at most 10 ms; nothing panics.
pub trait EchoCanceller: Send + fmt::Debug {
    /// Name for the doctor and the metrics.
    fn name(&self) -> &'static str;

    /// What is being played.
    fn render(&mut self, frame: &Frame);

    /// What the microphone heard; `out` gets it without our echo. It is overwritten whole.
    fn capture(&mut self, frame: &Frame, out: &mut Frame);

    /// What was captured last with our echo only subtracted, at the place of `out`: more of the echo is left in it, and less of a person who
    /// speaks at the same time is lost. `None`: there is nothing beside `out`, or nothing of ours was played of late.
    fn subtracted(&self) -> Option<&Frame> {
        None
    }

    /// What it knows of itself.
    fn state(&self) -> EchoState;

    /// Starts again: a gap in one of the two streams.
    fn reset(&mut self);
}

/// For clients that cancel their own echo, and for files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Passthrough;

impl EchoCanceller for Passthrough {
    fn name(&self) -> &'static str {
        "passthrough"
    }

    fn render(&mut self, _: &Frame) {}

    fn capture(&mut self, frame: &Frame, out: &mut Frame) {
        out.clone_from(frame);
    }

    fn state(&self) -> EchoState {
        EchoState::default()
    }

    fn reset(&mut self) {}
}
