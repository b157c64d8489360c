use std::fmt;
use std::sync::Arc;

use errand_types::Language;

use super::hold::{Expects, Holds, Meaning, Row};
use crate::frame::{Frame, SampleIdx};
use crate::ports::{SpeechProb, Wake};
use crate::utterance::{Care, Utterance};

/// A turn of the person, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TurnId(pub u32);

/// Who may speak when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Everybody, always.
    Open,
    /// After the wake word.
    Wake,
    /// While a key is held, or between the first sound and the client's commit. Silence ends nothing.
    Push,
}

/// How an [`crate::Ear`] listens. Times in milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct EarConfig {
    /// Who may speak when.
    pub gate: Gate,
    /// Speech begins at this probability, 0 to 1.
    pub on: f32,
    /// Held for so long.
    pub on_ms: u64,
    /// Speech is over below this probability.
    pub off: f32,
    /// Sound before the beginning that belongs to the turn.
    pub preroll_ms: u64,
    /// The table of holds.
    pub holds: Holds,
    /// The final reading starts after so much silence, and the hold decides whether it is used.
    pub speculate_ms: u64,
    /// Speech that goes on so soon after a turn ended still belongs to it.
    pub join_ms: u64,
    /// Longest turn.
    pub longest_ms: u64,
    /// Longest turn while an approval is open.
    pub longest_sealed_ms: u64,
    /// Silence after a question before it is asked again, once.
    pub patience_ms: u64,
    /// How long we stay awake after a wake word or a question of ours.
    pub awake_ms: u64,
    /// How long we stay awake after a turn or an answer; 0: only the wake word and questions of ours wake.
    pub follow_up_ms: u64,
    /// Less voice than this, without words, is no turn.
    pub least_ms: u64,
}

impl Default for EarConfig {
    fn default() -> Self {
        Self {
            gate: Gate::Open,
            on: 0.6,
            on_ms: 60,
            off: 0.35,
            preroll_ms: 300,
            holds: Holds::default(),
            speculate_ms: 200,
            join_ms: 600,
            longest_ms: 30_000,
            longest_sealed_ms: 15_000,
            patience_ms: 8_000,
            awake_ms: 8_000,
            follow_up_ms: 8_000,
            least_ms: 96,
        }
    }
}

/// What an [`crate::Ear`] is told.
#[derive(Clone, PartialEq)]
pub enum EarInput<'a> {
    /// 10 ms behind the echo canceller, and what the detector of voice said if it said something.
    Frame(&'a Frame, Option<SpeechProb>),
    /// Sound is missing before the next frame.
    Gap {
        /// How many samples.
        samples: u64,
    },
    /// Somebody said the wake word.
    Wake(Wake),
    /// What is understood of a turn so far.
    Partial {
        /// Which turn.
        turn: TurnId,
        /// All its words so far.
        text: &'a str,
        /// What the conversation makes of them.
        meaning: Meaning,
    },
    /// What we wait for from now on.
    Listen(Listen),
    /// What the last turn asked for has been authorised: it cannot be joined any more.
    Authorised,
    /// The key is pressed, or a client sends the first sound of a turn that it will commit.
    Press,
    /// The key is released, or the client commits.
    Release,
    /// Everything heard so far is not meant for us: a client's `clear`, or mute.
    Clear,
}

impl fmt::Debug for EarInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Frame(..) => "Frame",
            Self::Gap { .. } => "Gap",
            Self::Wake(_) => "Wake",
            Self::Partial { .. } => "Partial",
            Self::Listen(_) => "Listen",
            Self::Authorised => "Authorised",
            Self::Press => "Press",
            Self::Release => "Release",
            Self::Clear => "Clear",
        })
    }
}

/// What we wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// The language that is spoken.
    pub language: Language,
    /// What may come.
    pub expects: Expects,
    /// Whether a question is open and we are silent, so that the person is to speak.
    pub is_waiting: bool,
    /// Whether what the person said is being worked on or answered: until that is over nobody has to say the wake word again.
    pub is_engaged: bool,
    /// Sealed while an approval or a secret is open; answers to it need no wake word.
    pub care: Care,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            language: Language::English,
            expects: Expects::Anything,
            is_waiting: false,
            is_engaged: false,
            care: Care::Ordinary,
        }
    }
}

/// What an [`crate::Ear`] wants to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum EarEffect {
    /// The wake word was heard.
    Woken {
        /// Which one.
        phrase: Arc<str>,
        /// How sure, 0 to 1.
        score: f32,
        /// The place behind it.
        end: SampleIdx,
    },
    /// Somebody speaks.
    Started {
        /// The new turn.
        turn: TurnId,
        /// Where its sound begins, some time before the voice.
        at: SampleIdx,
        /// Where the voice begins.
        voice: SampleIdx,
    },
    /// Somebody goes on right after a turn ended: the answer to it is withdrawn unheard, and the turn is open again.
    Rejoined {
        /// The turn of before.
        turn: TurnId,
    },
    /// It is silent for a moment: read this finally, and begin whatever has no effect outside. The hold decides whether the
    /// result is used.
    Speculate {
        /// The turn.
        turn: TurnId,
        /// Which attempt in the turn, from 1.
        attempt: u32,
        /// Everything said so far.
        utterance: Utterance,
    },
    /// They went on speaking: forget the attempt.
    Withdraw {
        /// The turn.
        turn: TurnId,
        /// The attempt.
        attempt: u32,
    },
    /// The turn is over.
    Ended {
        /// The turn.
        turn: TurnId,
        /// The place behind the last voice.
        voice_end: SampleIdx,
        /// What to read.
        heard: Heard,
        /// Why now.
        row: Row,
    },
    /// It was no turn: too little voice and no words.
    Dropped {
        /// The turn.
        turn: TurnId,
    },
    /// A question is open and nobody answers: ask again, shortly.
    Reprompt,
    /// Still nobody: stop waiting.
    Idle,
}

/// What is to be read of an ended turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The attempt that is under way or done: nothing was said since.
    Attempt(u32),
    /// This, for there was no attempt.
    Sound(Utterance),
}
