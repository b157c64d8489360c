use std::fmt;

use errand_types::Language;

use crate::ports::fault::{EngineFault, Retry};

/// Characters of one sentence at most.
pub const SENTENCE_CHARS_MAX: usize = 400;

/// One sentence to be spoken: not empty, bounded, without control characters and without phoneme brackets, so that no
/// engine takes a part of it for an order.
#[derive(Clone, PartialEq, Eq)]
pub struct Sentence(String);

/// Why a text is no sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SentenceError {
    /// Nothing in it can be spoken.
    #[error("there is nothing to speak")]
    Empty,
    /// Too long.
    #[error("a sentence of {found} characters is too long: {SENTENCE_CHARS_MAX} is the most")]
    TooLong {
        /// How long it is.
        found: usize,
    },
}

impl SentenceError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "VOICE-0011"
    }
}

impl Sentence {
    /// A sentence from text. Control characters become spaces, spaces are joined, and the brackets of phonemes and markup
    /// (`[[`, `]]`, `<`, `>`) are taken out.
    pub fn new(text: &str) -> Result<Self, SentenceError> {
        let mut plain = String::with_capacity(text.len());
        for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
            let word = word
                .replace("[[", "")
                .replace("]]", "")
                .replace(['<', '>'], "");
            if word.is_empty() {
                continue;
            }
            if !plain.is_empty() {
                plain.push(' ');
            }
            plain.push_str(&word);
        }
        if !plain.chars().any(char::is_alphanumeric) {
            return Err(SentenceError::Empty);
        }
        let found = plain.chars().count();
        if found > SENTENCE_CHARS_MAX {
            return Err(SentenceError::TooLong { found });
        }
        Ok(Self(plain))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sentence({} characters)", self.0.chars().count())
    }
}

/// A voice by its name in the engine.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Voice {
    /// Name, for example `slt` or `en-us`. Only letters, digits, `-`, `_`, `+` and `.` are ever passed on.
    pub name: String,
    /// The language it speaks.
    pub language: Language,
}

/// How fast, in percent of the usual: 50 to 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pace(u8);

impl Pace {
    /// As the voice was made.
    pub const USUAL: Self = Self(100);

    /// A pace in percent; what lies outside of 50 to 200 is held at the bound.
    pub fn percent(percent: u8) -> Self {
        Self(percent.clamp(50, 200))
    }

    /// In percent.
    pub fn get(self) -> u8 {
        self.0
    }

    /// A step of 15 % slower.
    #[must_use]
    pub fn slower(self) -> Self {
        Self::percent(self.0.saturating_sub(15))
    }

    /// A step of 15 % faster.
    #[must_use]
    pub fn faster(self) -> Self {
        Self::percent(self.0.saturating_add(15))
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::USUAL
    }
}

/// When a word of a sentence sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordAt {
    /// Where the word begins in the sentence's text, in bytes.
    pub byte: usize,
    /// The sample of the sentence's sound at which it begins, at the rate of the chunk.
    pub first: u64,
}

/// A piece of the sound of one sentence. Mono, 16 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Samples of a second, 8,000 to 48,000; the same in all chunks of a sentence.
    pub rate_hz: u32,
    /// The samples: 20 ms at least, but for the last chunk, and one second at most.
    pub pcm: Vec<i16>,
    /// Words that begin in this chunk, where the engine knows; `first` counts from the beginning of the sentence.
    pub words: Vec<WordAt>,
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Chunk({} samples at {} Hz)",
            self.pcm.len(),
            self.rate_hz
        )
    }
}

/// What a speaking engine can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TtsInfo {
    /// Name for the doctor and the metrics.
    pub engine: &'static str,
    /// Its voices, the usual one of each language first.
    pub voices: Vec<Voice>,
    /// Whether it tells when each word sounds.
    pub tells_words: bool,
    /// Where it does its work.
    pub reach: crate::ports::text::Reach,
}

impl TtsInfo {
    /// The usual voice of a language; `None`: it is shown and not read in a wrong accent.
    pub fn voice(&self, language: Language) -> Option<&Voice> {
        self.voices.iter().find(|v| v.language == language)
    }
}

/// Why there is no sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TtsError {
    /// The engine gave nothing.
    #[error(transparent)]
    Engine(#[from] EngineFault),
    /// It has no such voice.
    #[error("`{engine}` has no voice `{voice}`")]
    Voice {
        /// Engine.
        engine: &'static str,
        /// The voice asked for.
        voice: String,
    },
}

impl TtsError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Engine(fault) => fault.code(),
            Self::Voice { .. } => "VOICE-0012",
        }
    }

    /// Whether asking the same engine again makes sense.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Engine(fault) => fault.retry(),
            Self::Voice { .. } => Retry::Never,
        }
    }
}

/// The sound of one sentence as it comes. Dropping it cancels the rest within 100 ms; after an error it ends.
pub type Chunks = Box<dyn Iterator<Item = Result<Chunk, TtsError>> + Send>;

/// A speaking engine.
///
/// Contract: the first chunk comes as soon as it exists; the text reaches programs by their standard input, never by a
/// command line or a shell; it is not logged; a sentence yields at least 20 ms of sound; nothing panics. Blocks while a
/// chunk is made: called on the mouth's thread.
pub trait TextToSpeech: Send + Sync + fmt::Debug {
    /// What it can do.
    fn info(&self) -> TtsInfo;

    /// Speaks one sentence.
    fn speak(&self, sentence: &Sentence, voice: &Voice, pace: Pace) -> Result<Chunks, TtsError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_holds_no_orders_to_an_engine() {
        let sentence = Sentence::new(" Two\u{7} bags [[h@lou]]\n<break/> now. ").unwrap();

        assert_eq!(sentence.as_str(), "Two bags h@lou break/ now.");
        assert_eq!(Sentence::new(" [[ ]] ... "), Err(SentenceError::Empty));
        assert_eq!(
            Sentence::new(&"a".repeat(401)),
            Err(SentenceError::TooLong { found: 401 })
        );
    }

    #[test]
    fn the_pace_keeps_its_bounds() {
        assert_eq!(Pace::percent(1).get(), 50);
        assert_eq!(Pace::percent(255).get(), 200);
        assert_eq!(Pace::USUAL.slower().faster(), Pace::USUAL);
    }
}
