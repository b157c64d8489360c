use std::sync::Arc;
use std::time::Duration;

use errand_types::{ApprovalId, VoiceMatch};
use errand_voice_core::{
    Compared, Duplex, Floor, Hidden, ItemId, Nothing, Pace, Pcm, Row, SampleIdx, TurnId,
};

/// What a stream tells its face, in order. Places are samples at 16 kHz since the stream began.
#[derive(Debug, Clone, PartialEq)]
pub enum VoiceEvent {
    /// The wake word was heard: what follows it is for us.
    Woken {
        /// Which.
        phrase: Arc<str>,
        /// How sure, 0 to 1.
        score: f32,
        /// The place behind it.
        end: SampleIdx,
    },
    /// Somebody speaks, and it counts. Not told for "mhm" and noises over our own voice.
    SpeechStarted {
        /// Their turn.
        turn: TurnId,
        /// Where its sound begins, some time before the voice.
        at: SampleIdx,
        /// Where the voice begins.
        voice: SampleIdx,
    },
    /// What the turn counts as; follows [`VoiceEvent::SpeechStarted`], and again when that changes.
    Taken {
        /// The turn.
        turn: TurnId,
        /// As what.
        floor: Floor,
    },
    /// They stopped, and the turn is over.
    SpeechStopped {
        /// The turn.
        turn: TurnId,
        /// Behind the last voice.
        voice_end: SampleIdx,
        /// When that was decided.
        decided: SampleIdx,
        /// Why.
        row: Row,
    },
    /// They went on right after it: the turn is open again and its answer, of which nothing was heard, is withdrawn.
    Rejoined {
        /// The turn.
        turn: TurnId,
    },
    /// The turn counts as nothing. No further event of it follows.
    Dropped {
        /// The turn.
        turn: TurnId,
        /// Whether [`VoiceEvent::SpeechStarted`] was told of it.
        was_told: bool,
        /// Why; `None`: too little voice, or cleared.
        why: Option<Nothing>,
    },
    /// What is understood so far.
    Partial {
        /// Of which turn.
        turn: TurnId,
        /// All words so far.
        text: Hidden,
        /// How many of them will probably stay.
        stable_words: usize,
    },
    /// What was said. Never told of what was heard while an approval was open.
    Transcript {
        /// The turn.
        turn: TurnId,
        /// The words; empty when there were none.
        text: Hidden,
        /// How they were heard.
        how: How,
    },
    /// The turn belongs to an open approval: nothing of it is told but [`VoiceEvent::Answer`], where it is one.
    Sealed {
        /// The turn.
        turn: TurnId,
    },
    /// Nobody could read it: the person is asked to say it again.
    Unread {
        /// The turn.
        turn: TurnId,
        /// Stable code of the last engine's fault.
        code: &'static str,
    },
    /// Say this to the conversation.
    Say {
        /// The turn it comes from.
        turn: TurnId,
        /// Names it: the same key is heard once.
        key: String,
        /// The words.
        text: Hidden,
        /// How they were heard.
        how: How,
        /// It amends or takes the place of what is being worked on.
        amends: bool,
    },
    /// Stop the conversation's turn under way.
    StopTurn,
    /// An answer to the approval that is open. It goes to where words and tries are counted and judged, and nowhere else.
    Answer {
        /// Which approval.
        approval: ApprovalId,
        /// What.
        answer: SpokenAnswer,
        /// How it was heard.
        how: How,
    },
    /// We begin to say something.
    ItemStarted {
        /// Names it.
        item: ItemId,
        /// Why.
        cause: Cause,
    },
    /// A sentence of it is about to sound.
    Sentence {
        /// The item.
        item: ItemId,
        /// Its text as it is spoken, but for the words of an approval: they are in its sound alone.
        text: Hidden,
        /// Words of an approval were taken out of the text; its sound is never kept and never replayed.
        is_secret: bool,
    },
    /// All sound of an item was given out; it may still be heard for a while.
    ItemSent {
        /// The item.
        item: ItemId,
    },
    /// So much of it was heard, sentence by sentence; only what is told here was said.
    Heard {
        /// The item.
        item: ItemId,
        /// The words.
        text: Hidden,
        /// Whether it is a whole sentence.
        is_whole: bool,
    },
    /// The item is over.
    ItemDone {
        /// The item.
        item: ItemId,
        /// Everything that was heard of it.
        text: Hidden,
        /// Milliseconds of its sound that were heard.
        heard_ms: u64,
        /// Whether all of it was heard.
        is_whole: bool,
    },
    /// A client told what was really heard: this takes the place of what was said about the item.
    Truncated {
        /// The item.
        item: ItemId,
        /// Everything that was heard of it.
        text: Hidden,
        /// Milliseconds of its sound that were heard.
        heard_ms: u64,
    },
    /// No voice could speak this: show it.
    Unspoken {
        /// The item.
        item: ItemId,
        /// The sentence.
        text: Hidden,
    },
    /// Sound, to be played behind what was given before.
    Play {
        /// What it belongs to; `None`: a sound that is nothing said.
        item: Option<ItemId>,
        /// Samples at the rate of the stream's playback.
        pcm: Pcm,
    },
    /// Throw away what was not played yet and play this instead; leave out as many samples at its beginning as were taken
    /// since the count stood at `from`. Only for [`crate::Playback::Counted`].
    Replace {
        /// Count of samples taken.
        from: u64,
        /// Samples.
        pcm: Pcm,
    },
    /// Throw away what was not played yet. Only for [`crate::Playback::Client`].
    Flush {
        /// What was being said.
        item: Option<ItemId>,
    },
    /// The turn of the conversation is over, and everything that is said of it was begun: every
    /// [`VoiceEvent::ItemStarted`] of it was told before this.
    TurnTold,
    /// Nothing is being said any more.
    Silent,
    /// One step louder or quieter.
    Volume {
        /// Louder.
        up: bool,
    },
    /// The person wants it so from now on, here and later.
    Pace(Pace),
    /// Where the times of a turn are known: after the first sound of its answer was heard, or when it has none.
    Times(Times),
    /// Something to know about the stream itself.
    Note(Note),
}

/// What somebody said to an open approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpokenAnswer {
    /// An attempt at the two words, right or wrong.
    Words(Hidden),
    /// Yes, to what a yes may answer: a consent.
    Yes,
    /// No, or cancel.
    No,
}

impl SpokenAnswer {
    /// How the voice of an answer compared, where that matters. Words may buy something: what cannot be compared is another
    /// voice. A yes or a no is too short for anything to follow from its voice.
    pub fn voice(&self, how: &How) -> Option<VoiceMatch> {
        match self {
            Self::Words(_) => how.voice.for_answer(),
            Self::Yes | Self::No => None,
        }
    }
}

/// How words were heard. Travels with them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct How {
    /// The recogniser.
    pub engine: &'static str,
    /// 0 to 1, where it knows.
    pub confidence: Option<f32>,
    /// How long the sound was.
    pub audio: Duration,
    /// How much of it was voice.
    pub voiced: Duration,
    /// How long the reading took, by the clock of the process; zero where nobody measured.
    pub took: Duration,
    /// How the voice compared with the one that the person let errand know. It takes authority away and gives none.
    pub voice: Compared,
}

/// Why something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The conversation answers a turn.
    Answer,
    /// The conversation says something by itself.
    News,
    /// The terms of an approval, or what belongs to them.
    Approval,
    /// A voice command: repeat, next, slower.
    Command,
    /// Waiting is told.
    Waiting,
    /// Something about hearing: say it again, one moment, are you there.
    Hearing,
    /// The face wanted it.
    Face,
}

/// Something to know about a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// An engine failed and the next one took over.
    Fallback {
        /// What for.
        stage: Stage,
        /// Which failed.
        from: &'static str,
        /// Which took over; `None`: there is no other.
        to: Option<&'static str>,
        /// Stable code of its fault.
        code: &'static str,
    },
    /// All readers are busy; what was said is kept and read as soon as one is free.
    Overloaded,
    /// Whether both may speak at once changed.
    Duplex(Duplex),
    /// Sound is missing.
    Gap {
        /// How much, in milliseconds.
        ms: u64,
    },
    /// A question is open and nobody answered: it was asked again.
    Reprompted,
    /// Still nobody: nothing is waited for any more.
    Idle,
    /// A setting could not be taken.
    Refused {
        /// Stable code.
        code: &'static str,
    },
    /// There is no voice for the language: everything is shown.
    NoVoice,
    /// An approval is open that cannot be answered here: it is on the page.
    OnPage {
        /// Which.
        approval: ApprovalId,
    },
}

/// Where an engine stands in the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Reading speech.
    Reading,
    /// Speaking.
    Speaking,
}

/// The points of a turn, on the clock of the stream. A point that was not reached is `None`, never a guess.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// The turn.
    pub turn: TurnId,
    /// Behind the last voice, as the detector saw it.
    pub voice_end: SampleIdx,
    /// The turn was decided to be over.
    pub decided: SampleIdx,
    /// Why.
    pub row: Row,
    /// Its words were known; before `decided` where the reading was begun inside the silence.
    pub transcript: Option<SampleIdx>,
    /// How long the reading took, by the clock of the process.
    pub reading: Option<Duration>,
    /// They were given to the conversation.
    pub sent: Option<SampleIdx>,
    /// The first word of an answer came.
    pub answer: Option<SampleIdx>,
    /// Its first sound was made.
    pub ready: Option<SampleIdx>,
    /// And given out.
    pub out: Option<SampleIdx>,
    /// And heard.
    pub heard: Option<SampleIdx>,
}
