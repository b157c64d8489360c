use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::engine::{Clock, ENGINE, Ears, Inner, fault};
use errand_voice_core::{
    Care, Deadline, EngineFault, Hints, Partial, SttError, SttStream, Transcript,
    UTTERANCE_SAMPLES_MAX,
};

/// An utterance that is understood while it is spoken. The deadline counts for each call.
pub(crate) struct Listening {
    inner: Arc<Inner>,
    hints: Hints,
    deadline: Deadline,
    /// `None` after a failure: a decoder that failed is not used again.
    ears: Option<Ears>,
    heard: usize,
    told: Partial,
    cpu: Duration,
}

impl Listening {
    pub(crate) fn new(
        inner: Arc<Inner>,
        hints: Hints,
        deadline: Deadline,
    ) -> Result<Self, SttError> {
        let mut ears = inner.take(&hints.grammar, true)?;
        ears.start().map_err(fault)?;
        Ok(Self {
            inner,
            hints,
            deadline,
            ears: Some(ears),
            heard: 0,
            told: Partial::default(),
            cpu: Duration::ZERO,
        })
    }
}

fn gone() -> EngineFault {
    EngineFault::Failed {
        engine: ENGINE,
        cause: "it failed before".to_owned(),
    }
}

impl SttStream for Listening {
    fn push(&mut self, pcm: &[i16]) -> Result<(), SttError> {
        let clock = Clock::start(&self.deadline);
        let room = UTTERANCE_SAMPLES_MAX.saturating_sub(self.heard);
        let pcm = pcm.get(..room.min(pcm.len())).unwrap_or_default();
        self.heard += pcm.len();
        // Taken out, and put back only when all went well.
        let mut ears = self.ears.take().ok_or_else(gone)?;
        for piece in pcm.chunks(1_600) {
            clock.check()?;
            ears.feed(piece).map_err(fault)?;
        }
        self.ears = Some(ears);
        self.cpu += clock.cpu();
        Ok(())
    }

    fn partial(&mut self) -> Option<Partial> {
        if self.hints.care == Care::Sealed {
            return None;
        }
        let text = self.ears.as_mut()?.so_far()?.text;
        let before = self.told.text.split(' ');
        let stable_words = text
            .split(' ')
            .zip(before)
            .take_while(|(now, before)| now == before)
            .count();
        if text == self.told.text {
            return None;
        }
        self.told = Partial { text, stable_words };
        Some(self.told.clone())
    }

    fn finish(mut self: Box<Self>) -> Result<Transcript, SttError> {
        let clock = Clock::start(&self.deadline);
        clock.check()?;
        let mut ears = self.ears.take().ok_or_else(gone)?;
        let heard = ears.finish(&self.hints.grammar, self.heard);
        let mut transcript = heard.map_err(fault)?;
        self.inner.put_back(&self.hints.grammar, ears);
        transcript.cpu = self.cpu + clock.cpu();
        Ok(transcript)
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listening({} samples)", self.heard)
    }
}
