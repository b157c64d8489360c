use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use errand_types::Language;

use crate::frame::SampleIdx;
use crate::ports::fault::{EngineFault, Retry};
use crate::ports::grammar::{GrammarError, Hints};
use crate::utterance::Utterance;

/// Hypotheses of one transcript at most.
pub const NBEST_MAX: usize = 8;

/// Where an engine does its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On this machine: sound stays here.
    Local,
    /// On somebody else's machine. It must refuse sealed sound with [`SttError::Sealed`].
    Remote,
}

/// What a recogniser can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SttInfo {
    /// Name for the doctor, the metrics and [`Transcript::engine`].
    pub engine: &'static str,
    /// Languages it understands.
    pub languages: Vec<Language>,
    /// Whether [`SpeechToText::open`] gives a stream of its own.
    pub streams: bool,
    /// Whether [`Grammar::Closed`] constrains it; if not, the caller filters.
    pub constrains: bool,
    /// Whether [`Grammar::Begun`] constrains it as well, and quickly: it is asked while somebody speaks.
    pub hears_beginnings: bool,
    /// Whether it tells more than one hypothesis with scores.
    pub tells_nbest: bool,
    /// Where it does its work.
    pub reach: Reach,
}

/// A switch to stop work from outside. Clones share it; once up it stays up.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks whoever works under it to stop soon.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it is up.
    pub fn is_up(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// How long an engine may take. This crate has no clock: the engine looks at its own.
#[derive(Debug, Clone)]
pub struct Deadline {
    /// Longest time from the call on; then [`EngineFault::Late`].
    pub within: Duration,
    /// Looked at while working, at least every 100 ms; then [`EngineFault::Stopped`].
    pub stop: Stop,
}

impl Deadline {
    /// The usual one for so much sound: three times its length and two seconds.
    pub fn usual(audio: Duration) -> Self {
        Self {
            within: audio
                .saturating_mul(3)
                .saturating_add(Duration::from_secs(2)),
            stop: Stop::default(),
        }
    }
}

/// A word and when it was said.
#[derive(Clone, PartialEq)]
pub struct WordTime {
    /// The word.
    pub text: String,
    /// Where it begins in the stream of the utterance.
    pub first: SampleIdx,
    /// The place behind it.
    pub end: SampleIdx,
    /// 0 to 1, where the engine knows.
    pub confidence: Option<f32>,
}

/// One way to understand an utterance.
#[derive(Clone, PartialEq)]
pub struct Hypothesis {
    /// The words.
    pub text: String,
    /// Logarithm of a likelihood; larger is better. Comparable within one transcript only.
    pub score: f32,
}

/// What was understood. `Debug` tells sizes, never words.
#[derive(Clone, PartialEq)]
pub struct Transcript {
    /// The words; empty when there was no speech.
    pub text: String,
    /// Words with their times, in order; empty where the engine does not know.
    pub words: Vec<WordTime>,
    /// 0 to 1; `None` where the engine does not know. Never invented.
    pub confidence: Option<f32>,
    /// The likeliest readings, best first and `text` among them, at most [`NBEST_MAX`]; empty where the engine tells none.
    pub nbest: Vec<Hypothesis>,
    /// Which engine.
    pub engine: &'static str,
    /// CPU time that it took; zero where it cannot be known (another machine).
    pub cpu: Duration,
}

impl Transcript {
    /// No speech.
    pub fn empty(engine: &'static str) -> Self {
        Self::plain(engine, String::new())
    }

    /// Words and nothing else known about them.
    pub fn plain(engine: &'static str, text: String) -> Self {
        Self {
            text,
            words: Vec::new(),
            confidence: None,
            nbest: Vec::new(),
            engine,
            cpu: Duration::ZERO,
        }
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// What is understood so far.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Partial {
    /// All words so far.
    pub text: String,
    /// How many of them will probably stay, because two readings in a row agreed on them.
    pub stable_words: usize,
}

macro_rules! debug_by_size {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} characters)"), self.text.chars().count())
            }
        }
    )*};
}
debug_by_size!(WordTime, Hypothesis, Transcript, Partial);

/// Why nothing was understood. Never carries what was said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SttError {
    /// The engine gave nothing.
    #[error(transparent)]
    Engine(#[from] EngineFault),
    /// The engine does not understand this language.
    #[error("`{engine}` does not understand {language:?}")]
    Language {
        /// Engine.
        engine: &'static str,
        /// The language asked for.
        language: Language,
    },
    /// The engine cannot listen for this grammar at all.
    #[error("`{engine}` cannot listen for this: {cause}")]
    Grammar {
        /// Engine.
        engine: &'static str,
        /// Why.
        cause: GrammarError,
    },
    /// Sealed sound does not leave this machine.
    #[error("`{engine}` is on another machine and an approval is open: the sound stays here")]
    Sealed {
        /// Engine.
        engine: &'static str,
    },
}

impl SttError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Engine(fault) => fault.code(),
            Self::Language { .. } => "VOICE-0008",
            Self::Sealed { .. } => "VOICE-0009",
            Self::Grammar { cause, .. } => cause.code(),
        }
    }

    /// Whether asking the same engine again makes sense.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Engine(fault) => fault.retry(),
            Self::Language { .. } | Self::Grammar { .. } | Self::Sealed { .. } => Retry::Never,
        }
    }
}

/// A recogniser of speech. It may hold a model; what belongs to one utterance lives in the call.
///
/// Contract: an utterance without speech is `Ok` with an empty text; any length from zero samples on is taken; the text
/// has no control characters; the deadline holds (within 500 ms, or 10 %); a stop ends the call soon; nothing of the
/// sound or the text is logged; a remote engine refuses sealed sound; nothing panics. Blocks: called on a worker's thread.
pub trait SpeechToText: Send + Sync + fmt::Debug {
    /// What it can do.
    fn info(&self) -> SttInfo;

    /// Understands a whole utterance.
    fn transcribe(
        &self,
        utterance: Utterance,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Transcript, SttError>;

    /// Begins to listen while somebody speaks. `Ok(None)`: this engine reads whole utterances only, and
    /// [`crate::BatchStream`] makes a stream of it. `info().streams` tells the same.
    fn open(
        &self,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Option<Box<dyn SttStream>>, SttError> {
        let _ = (hints, deadline);
        Ok(None)
    }
}

/// One utterance being understood while it is spoken.
pub trait SttStream: Send + fmt::Debug {
    /// More sound: mono, 16 kHz.
    fn push(&mut self, pcm: &[i16]) -> Result<(), SttError>;

    /// What is understood so far, if that changed since the last call.
    fn partial(&mut self) -> Option<Partial>;

    /// The end of the utterance.
    fn finish(self: Box<Self>) -> Result<Transcript, SttError>;
}
