use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use errand_voice_core::{
    Care, Deadline, EngineFault, Hints, Partial, SttError, SttStream, Transcript,
    UTTERANCE_SAMPLES_MAX,
};
use errand_voice_sphinx::Decoder;

use super::engine::{Clock, ENGINE, Inner, fault, transcript};

/// An utterance that is understood while it is spoken. The deadline counts for each call.
pub(crate) struct Listening {
    inner: Arc<Inner>,
    hints: Hints,
    deadline: Deadline,
    /// `None` after a failure: a decoder that failed is not used again.
    decoder: Option<Decoder>,
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
        let mut decoder = inner.take(&hints.grammar)?;
        decoder.start().map_err(fault)?;
        Ok(Self {
            inner,
            hints,
            deadline,
            decoder: Some(decoder),
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
        let mut decoder = self.decoder.take().ok_or_else(gone)?;
        for piece in pcm.chunks(1_600) {
            clock.check()?;
            decoder.feed(piece).map_err(fault)?;
        }
        self.decoder = Some(decoder);
        self.cpu += clock.cpu();
        Ok(())
    }

    fn partial(&mut self) -> Option<Partial> {
        if self.hints.care == Care::Sealed {
            return None;
        }
        let text = self.decoder.as_mut()?.so_far()?.text;
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
        let mut decoder = self.decoder.take().ok_or_else(gone)?;
        let heard = decoder.finish().map_err(fault)?;
        self.inner.put_back(&self.hints.grammar, decoder);
        let mut transcript = transcript(heard, &self.hints.grammar, self.heard);
        transcript.cpu = self.cpu + clock.cpu();
        Ok(transcript)
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listening({} samples)", self.heard)
    }
}
