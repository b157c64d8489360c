use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use errand_voice_core::{
    Compared, Frame, Generation, Hints, ItemId, Pace, Partial, SampleIdx, Sentence, Transcript,
    TurnId, Utterance, Voice, WordAt,
};

use crate::control::Control;
use crate::event::{Note, VoiceEvent};
use crate::fault::Unread;
use crate::happened::Happened;

/// A reading that was asked for, counted in its stream from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// What a [`crate::Talker`] is told.
#[derive(Clone, PartialEq)]
pub enum TalkerInput<'a> {
    /// 10 ms of the microphone, and what was played at the same time. Frames come in order.
    Frame {
        /// Heard.
        capture: &'a Frame,
        /// Played; silence where nothing was.
        render: &'a Frame,
    },
    /// So many samples are missing before the next frame.
    Gap {
        /// How many.
        samples: u64,
    },
    /// The clock of the process stands here, in samples since the stream began. Only for [`crate::TimeFrom::Clock`].
    Clock(SampleIdx),
    /// What the face wants.
    Control(Control),
    /// What happened in the conversation.
    Happened(Happened),
    /// A reading is done.
    Read {
        /// Which.
        job: JobId,
        /// What came of it.
        outcome: Result<Reading, Unread>,
    },
    /// Words so far.
    Partial {
        /// Of which turn.
        turn: TurnId,
        /// The words.
        partial: Partial,
    },
    /// Sound of the voice, at the rate of the stream's playback.
    Sound {
        /// Its run.
        generation: Generation,
        /// Samples.
        pcm: &'a [i16],
        /// When words begin, where the voice tells.
        words: &'a [WordAt],
    },
    /// The voice is done with a sentence, or failed in it.
    SoundEnd {
        /// Its run.
        generation: Generation,
        /// Whether all of it was spoken.
        is_whole: bool,
    },
    /// How far a counted device is.
    Played {
        /// Samples taken.
        taken: u64,
        /// Samples heard.
        heard: u64,
    },
    /// The driver noticed something that the face is to know.
    Note(Note),
}

impl fmt::Debug for TalkerInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Frame { .. } => "Frame",
            Self::Gap { .. } => "Gap",
            Self::Clock(_) => "Clock",
            Self::Control(_) => "Control",
            Self::Happened(_) => "Happened",
            Self::Read { .. } => "Read",
            Self::Partial { .. } => "Partial",
            Self::Sound { .. } => "Sound",
            Self::SoundEnd { .. } => "SoundEnd",
            Self::Played { .. } => "Played",
            Self::Note(_) => "Note",
        })
    }
}

/// What came of a reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The words.
    pub transcript: Transcript,
    /// What further recognisers of this machine made of the answer to an approval, or the same one of [`ReadJob::otherwise`]; empty for
    /// anything else.
    pub others: Vec<Transcript>,
    /// How long it took, by the clock of the process.
    pub took: Duration,
    /// How the voice compared with the one that is known.
    pub voice: Compared,
}

/// An utterance to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadJob {
    /// Names it.
    pub job: JobId,
    /// The turn.
    pub turn: TurnId,
    /// For what.
    pub kind: ReadKind,
    /// The sound.
    pub utterance: Arc<Utterance>,
    /// The same with our echo only subtracted, to be read by the same recogniser as well; it goes to [`Reading::others`].
    pub otherwise: Option<Arc<Utterance>>,
    /// What is expected.
    pub hints: Hints,
}

/// What an utterance is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadKind {
    /// Finally, by the ladder of recognisers.
    Final,
    /// To know whether there are words at all.
    Quick,
    /// To know whether it is a nod, by the closed recogniser.
    Look,
    /// The answer to an approval, by the closed recognisers of this machine alone.
    Closed,
    /// The same, to know whether somebody says no over our own voice.
    ClosedQuick,
}

impl ReadKind {
    /// Whether only the closed recogniser has the sound.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Closed | Self::ClosedQuick | Self::Look)
    }

    /// Whether it was heard while an approval was open.
    pub fn is_sealed(self) -> bool {
        matches!(self, Self::Closed | Self::ClosedQuick)
    }
}

/// What a [`crate::Talker`] wants to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum TalkerEffect {
    /// Read this; answered by [`TalkerInput::Read`].
    Read(ReadJob),
    /// The reading is not wanted any more. It is not answered.
    StopRead {
        /// Which.
        job: JobId,
    },
    /// The reading is late beyond its deadline: give its worker up and let the next engine try. Answered like the reading.
    Overdue {
        /// Which.
        job: JobId,
    },
    /// New sound of a turn that is being spoken, for a reading of its words so far. Nothing is lost when it is skipped.
    PartialSound {
        /// The turn.
        turn: TurnId,
        /// The sound since the last time.
        pcm: Vec<i16>,
    },
    /// Nothing partial is wanted of this turn any more.
    PartialEnd {
        /// The turn.
        turn: TurnId,
    },
    /// Let the voice speak this; its sound is fetched while [`crate::Talker::wants_sound`].
    Speak {
        /// The answer it belongs to.
        item: ItemId,
        /// The run.
        generation: Generation,
        /// The sentence.
        sentence: Sentence,
        /// The voice, where one was chosen.
        voice: Option<Voice>,
        /// How fast.
        pace: Pace,
    },
    /// This run of the voice is not wanted any more.
    StopSpeak {
        /// The run.
        generation: Generation,
    },
    /// The face is to know.
    Tell(VoiceEvent),
}
