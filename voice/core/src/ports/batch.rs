use std::fmt;
use std::sync::Arc;

use crate::frame::{SampleIdx, samples};
use crate::ports::grammar::Hints;
use crate::ports::text::{Deadline, Partial, SpeechToText, SttError, SttStream, Transcript};
use crate::utterance::{Care, UTTERANCE_SAMPLES_MAX, Utterance, wipe};

/// New sound that is worth another reading.
const PARTIAL_EVERY: u64 = samples(700);

/// A stream made of an engine that reads whole utterances: reads everything so far again, each 700 ms of new sound.
///
/// Words that two readings in a row agree on are told as stable. Nothing partial is told of sealed sound. Each reading
/// blocks; the caller asks for one on the recogniser's thread and when it is idle, since skipping one loses nothing.
pub struct BatchStream {
    engine: Arc<dyn SpeechToText>,
    hints: Hints,
    deadline: Deadline,
    pcm: Vec<i16>,
    read: usize,
    told: Partial,
}

impl BatchStream {
    /// Begins an utterance.
    pub fn new(engine: Arc<dyn SpeechToText>, hints: Hints, deadline: Deadline) -> Self {
        Self {
            engine,
            hints,
            deadline,
            pcm: Vec::new(),
            read: 0,
            told: Partial::default(),
        }
    }

    /// The engine's own stream where it has one, else this.
    pub fn open(
        engine: &Arc<dyn SpeechToText>,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Box<dyn SttStream>, SttError> {
        if let Some(own) = engine.open(hints, deadline)? {
            return Ok(own);
        }
        let stream = Self::new(Arc::clone(engine), hints.clone(), deadline.clone());
        Ok(Box::new(stream))
    }

    fn transcribe(&self) -> Result<Transcript, SttError> {
        let voiced = self.pcm.len() as u64;
        let utterance = Utterance::new(SampleIdx::ZERO, self.pcm.clone(), voiced, self.hints.care);
        self.engine
            .transcribe(utterance, &self.hints, &self.deadline)
    }
}

impl SttStream for BatchStream {
    fn push(&mut self, pcm: &[i16]) -> Result<(), SttError> {
        let room = UTTERANCE_SAMPLES_MAX.saturating_sub(self.pcm.len());
        self.pcm
            .extend_from_slice(pcm.get(..room.min(pcm.len())).unwrap_or_default());
        Ok(())
    }

    /// A reading that fails tells nothing; the end of the utterance tells why.
    fn partial(&mut self) -> Option<Partial> {
        let new = self.pcm.len().saturating_sub(self.read) as u64;
        if self.hints.care == Care::Sealed || new < PARTIAL_EVERY {
            return None;
        }
        self.read = self.pcm.len();
        let text = self.transcribe().ok()?.text;
        let agreed = text
            .split_whitespace()
            .zip(self.told.text.split_whitespace())
            .take_while(|(now, before)| now == before)
            .count();
        let now = Partial {
            text,
            stable_words: agreed,
        };
        (now != self.told).then(|| {
            self.told = now.clone();
            now
        })
    }

    fn finish(self: Box<Self>) -> Result<Transcript, SttError> {
        self.transcribe()
    }
}

impl Drop for BatchStream {
    fn drop(&mut self) {
        if self.hints.care == Care::Sealed {
            wipe(&mut self.pcm);
        }
    }
}

impl fmt::Debug for BatchStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "BatchStream({:?}, {} samples)",
            self.engine,
            self.pcm.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use errand_types::Language;

    use super::*;
    use crate::ports::text::{Reach, SttInfo};

    /// Understands one word for each 700 ms; the last one is a guess until more sound came.
    #[derive(Debug)]
    struct Counter;

    impl SpeechToText for Counter {
        fn info(&self) -> SttInfo {
            SttInfo {
                engine: "counter",
                languages: vec![Language::English],
                streams: false,
                constrains: false,
                hears_beginnings: false,
                tells_nbest: false,
                reach: Reach::Local,
            }
        }

        fn transcribe(
            &self,
            utterance: Utterance,
            _: &Hints,
            _: &Deadline,
        ) -> Result<Transcript, SttError> {
            let words = utterance.pcm().len() / 11_200;
            let mut text = "word ".repeat(words.saturating_sub(1));
            text.push_str(&format!("guess{words}"));
            Ok(Transcript::plain("counter", text))
        }
    }

    fn stream(care: Care) -> BatchStream {
        let hints = Hints {
            care,
            ..Hints::open(Language::English)
        };
        BatchStream::new(
            Arc::new(Counter),
            hints,
            Deadline::usual(Duration::from_secs(1)),
        )
    }

    #[test]
    fn words_that_two_readings_agree_on_are_stable() {
        let mut stream = stream(Care::Ordinary);
        let mut told = Vec::new();
        for _ in 0..30 {
            stream.push(&[0; 1_600]).unwrap();
            told.extend(stream.partial().map(|p| (p.text, p.stable_words)));
        }

        assert_eq!(
            told,
            [
                ("guess1".to_owned(), 0),
                ("word guess2".to_owned(), 0),
                ("word word guess3".to_owned(), 1),
                ("word word word guess4".to_owned(), 2),
            ]
        );
        assert_eq!(
            Box::new(stream).finish().unwrap().text,
            "word word word guess4"
        );
    }

    #[test]
    fn nothing_partial_is_told_of_sealed_sound() {
        let mut stream = stream(Care::Sealed);
        stream.push(&vec![0; 32_000]).unwrap();

        assert_eq!(stream.partial(), None);
    }

    #[test]
    fn an_endless_utterance_is_bounded() {
        let mut stream = stream(Care::Ordinary);
        for _ in 0..100 {
            stream.push(&vec![0; 16_000]).unwrap();
        }

        assert_eq!(stream.pcm.len(), UTTERANCE_SAMPLES_MAX);
    }
}
