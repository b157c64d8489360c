use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use errand_voice_core::ItemId;

use super::Inner;
use super::cell::{Cell, Counted, Item};
use crate::control::{Control, Settings};
use crate::fault::TalkError;
use crate::happened::Happened;

/// What a face does with its stream. Nothing here blocks but [`StreamHandle::wait_idle`]; everything is taken in the order
/// in which it is handed over. Dropping it ends the stream.
pub struct StreamHandle {
    cell: Arc<Cell>,
    inner: Arc<Inner>,
}

impl StreamHandle {
    pub(super) fn new(cell: Arc<Cell>, inner: Arc<Inner>) -> Self {
        Self { cell, inner }
    }

    /// Sound of the person: mono samples at the rate of the capture, any number of them.
    pub fn push(&self, pcm: &[i16]) -> Result<(), TalkError> {
        self.cell.hear(pcm)
    }

    /// Sound that was really played, mono, at a rate of its own: what our canceller takes out. In step with what is pushed.
    pub fn rendered(&self, pcm: &[i16], hz: u32) -> Result<(), TalkError> {
        self.cell.hand(Item::Rendered(pcm.to_vec(), hz))
    }

    /// Sound is missing before what is pushed next; so many samples at 16 kHz.
    pub fn gap(&self, samples: u64) -> Result<(), TalkError> {
        self.cell.hand(Item::Gap(samples))
    }

    /// The microphone gave so many frames at the rate of the capture by a moment, those that nobody read in time among them. With
    /// [`StreamHandle::given`] the two crystals are kept in step, and a hole that nobody told is found.
    pub fn captured(&self, frames: u64, at: Instant) -> Result<(), TalkError> {
        self.cell
            .hand(Item::Counted(Counted::Captured { frames, at }))
    }

    /// The loudspeaker took so many frames of its rate by a moment, silence too.
    pub fn given(&self, frames: u64, hz: u32, at: Instant) -> Result<(), TalkError> {
        self.cell
            .hand(Item::Counted(Counted::Given { frames, hz, at }))
    }

    /// The microphone or the loudspeaker was opened anew, or is another one: what was known of the echo between them is not true
    /// any more.
    pub fn anew(&self) -> Result<(), TalkError> {
        self.cell.hand(Item::Counted(Counted::Anew))
    }

    /// How far a counted device is in the samples that it was given: taken by it, and heard.
    pub fn played(&self, taken: u64, heard: u64) -> Result<(), TalkError> {
        self.cell.hand(Item::Played(taken, heard))
    }

    /// What happened in the conversation.
    pub fn happened(&self, happened: Happened) -> Result<(), TalkError> {
        self.cell.hand(Item::Happened(happened))
    }

    /// What the face wants.
    pub fn control(&self, control: Control) -> Result<(), TalkError> {
        if let Control::Settings(settings) = &control {
            self.check(settings)?;
        }
        self.cell.hand(Item::Control(control))
    }

    fn check(&self, settings: &Settings) -> Result<(), TalkError> {
        for hz in [settings.capture_hz, settings.playback_hz]
            .into_iter()
            .flatten()
        {
            errand_voice_core::Resampler::new(hz, 16_000).map_err(|_| TalkError::Rate { hz })?;
        }
        let kind = settings.detection.as_ref().map(|d| d.kind);
        if kind == Some(crate::DetectionKind::Wake) && !self.inner.engines.has_wake() {
            return Err(TalkError::NoWake);
        }
        Ok(())
    }

    /// The key is pressed, or the first sound of a turn that is committed is sent.
    pub fn press(&self) -> Result<(), TalkError> {
        self.control(Control::Press)
    }

    /// The key is released, or the client commits.
    pub fn release(&self) -> Result<(), TalkError> {
        self.control(Control::Release)
    }

    /// What was heard so far is not meant for us.
    pub fn clear(&self) -> Result<(), TalkError> {
        self.control(Control::Clear)
    }

    /// Our own sound stops.
    pub fn cancel(&self) -> Result<(), TalkError> {
        self.control(Control::Cancel)
    }

    /// A client tells how many milliseconds of an item were heard.
    pub fn truncate(&self, item: ItemId, audio_end_ms: u64) -> Result<(), TalkError> {
        self.control(Control::Truncate { item, audio_end_ms })
    }

    /// Listens or speaks otherwise from now on.
    pub fn settings(&self, settings: Settings) -> Result<(), TalkError> {
        self.control(Control::Settings(settings))
    }

    /// Whether the stream is over: its face did not read its events, or the process ends.
    pub fn is_closed(&self) -> bool {
        self.cell.is_closed()
    }

    /// Blocks until everything that was handed over is heard, read and spoken, as far as its sound is wanted. For files and
    /// tests, which have no clock of their own; `false` when it took longer.
    pub fn wait_idle(&self, within: Duration) -> bool {
        self.cell.wait_idle(within)
    }
}

impl fmt::Debug for StreamHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamHandle({:?})", self.cell)
    }
}

impl Drop for StreamHandle {
    fn drop(&mut self) {
        // The machine is dropped by its worker, with what is under way. An error means that it is over already.
        let _ = self.cell.hand(Item::Close);
        self.inner.closed();
    }
}
