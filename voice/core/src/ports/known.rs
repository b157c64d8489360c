use std::fmt;
use std::sync::Arc;

use errand_types::VoiceMatch;

use super::speaker::{Print, SpeakerError, SpeakerScore};
use crate::utterance::Utterance;

/// A print that is kept and cannot be read: it was changed, or its key is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the voice print that is kept cannot be read")]
pub struct UnreadablePrint;

/// Looks up the print that a person let errand know; asked for each utterance, so that a print that is forgotten is forgotten
/// at once.
pub type Prints = Arc<dyn Fn() -> Result<Option<Print>, UnreadablePrint> + Send + Sync>;

/// How a voice compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compared {
    /// Nobody let errand know their voice.
    #[default]
    Not,
    /// It was too short to say anything, or could not be compared.
    Cannot {
        /// How alike it would have to be, in hundredths.
        least: u8,
    },
    /// It was compared.
    With(VoiceMatch),
}

impl Compared {
    /// What follows for a sentence: nothing, where it could not be compared.
    pub fn for_sentence(self) -> Option<VoiceMatch> {
        match self {
            Self::With(voice) => Some(voice),
            Self::Not | Self::Cannot { .. } => None,
        }
    }

    /// What follows for an answer that could buy something: what cannot be compared is another voice.
    pub fn for_answer(self) -> Option<VoiceMatch> {
        match self {
            Self::Not => None,
            Self::Cannot { least } => Some(VoiceMatch { alike: 0, least }),
            Self::With(voice) => Some(voice),
        }
    }
}

/// The voice that a person let errand know, and what compares others with it.
#[derive(Clone)]
pub struct KnownVoice {
    engine: Arc<dyn SpeakerScore>,
    prints: Prints,
}

impl KnownVoice {
    /// A voice that is looked up each time.
    pub fn new(engine: Arc<dyn SpeakerScore>, prints: Prints) -> Self {
        Self { engine, prints }
    }

    /// Compares an utterance with it. A print that cannot be read, or is of another engine, is alike nobody.
    pub fn compare(&self, utterance: &Utterance) -> Compared {
        let info = self.engine.info();
        let least = info.least;
        let print = match (self.prints)() {
            Ok(Some(print)) => print,
            Ok(None) => return Compared::Not,
            Err(UnreadablePrint) => return Compared::With(VoiceMatch { alike: 0, least }),
        };
        if utterance.voiced().as_millis() < u128::from(info.judge_ms_min) {
            return Compared::Cannot { least };
        }
        match self.engine.score(&print, utterance) {
            Ok(score) => Compared::With(VoiceMatch {
                alike: score.hundredths(),
                least,
            }),
            Err(SpeakerError::OtherEngine) => Compared::With(VoiceMatch { alike: 0, least }),
            Err(SpeakerError::TooShort { .. } | SpeakerError::Engine(_)) => {
                Compared::Cannot { least }
            }
        }
    }
}

impl fmt::Debug for KnownVoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownVoice({})", self.engine.info().engine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{Score, SpeakerInfo};

    /// Says how alike all voices are.
    #[derive(Debug)]
    struct Says(Result<f32, SpeakerError>);

    impl SpeakerScore for Says {
        fn info(&self) -> SpeakerInfo {
            SpeakerInfo {
                engine: "says",
                version: 1,
                enrol_ms_min: 0,
                score_ms_min: 0,
                judge_ms_min: 500,
                least: 40,
            }
        }

        fn enrol(&self, _: &[Utterance]) -> Result<Print, SpeakerError> {
            Ok(Print::new("says", 1, Vec::new()))
        }

        fn score(&self, _: &Print, _: &Utterance) -> Result<Score, SpeakerError> {
            self.0.clone().map(Score::new)
        }
    }

    fn compared(
        score: Result<f32, SpeakerError>,
        print: Result<Option<Print>, UnreadablePrint>,
        ms: u64,
    ) -> Compared {
        let known = KnownVoice::new(Arc::new(Says(score)), Arc::new(move || print.clone()));
        let count = usize::try_from(crate::frame::samples(ms)).unwrap();
        known.compare(&Utterance::from_pcm(vec![1; count]))
    }

    fn print() -> Print {
        Print::new("says", 1, Vec::new())
    }

    #[test]
    fn a_voice_is_another_one_below_what_is_needed_and_at_no_other_score() {
        let alike = |score| compared(Ok(score), Ok(Some(print())), 900).for_answer();

        assert_eq!(
            alike(0.399),
            Some(VoiceMatch {
                alike: 39,
                least: 40
            })
        );
        assert!(alike(0.399).unwrap().is_other() && !alike(0.4).unwrap().is_other());
        assert_eq!(compared(Ok(0.0), Ok(None), 900), Compared::Not);
        assert_eq!(compared(Ok(0.0), Ok(None), 900).for_answer(), None);
    }

    #[test]
    fn what_cannot_be_compared_says_nothing_of_a_sentence_and_answers_no_approval() {
        let short = compared(Ok(0.9), Ok(Some(print())), 400);
        let failed = Err(SpeakerError::TooShort {
            found_ms: 1,
            needed_ms: 2,
        });

        for cannot in [short, compared(failed, Ok(Some(print())), 900)] {
            assert_eq!(cannot.for_sentence(), None);
            assert!(cannot.for_answer().unwrap().is_other());
        }
        // A print of another engine, or one that was changed, is nobody's.
        for nobody in [
            compared(Err(SpeakerError::OtherEngine), Ok(Some(print())), 900),
            compared(Ok(0.9), Err(UnreadablePrint), 400),
        ] {
            assert!(nobody.for_sentence().unwrap().is_other());
            assert!(nobody.for_answer().unwrap().is_other());
        }
    }
}
