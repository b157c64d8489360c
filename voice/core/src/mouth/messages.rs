use std::fmt;

use crate::hidden::{Hidden, Pcm};
use crate::ports::{Pace, Sentence, WordAt};
use crate::turn::Again;

/// Something that is said: one answer of one or more sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub u64);

/// One run of the voice. Sound of another run than the latest ones is thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u32);

/// What a [`crate::Mouth`] is told.
#[derive(Clone, PartialEq)]
pub enum MouthInput<'a> {
    /// Say this after what is being said.
    Say {
        /// The answer that it belongs to.
        item: ItemId,
        /// The sentence.
        sentence: Sentence,
    },
    /// Sound of the voice, at the rate of the device.
    Sound {
        /// Its run.
        generation: Generation,
        /// Samples.
        pcm: &'a [i16],
        /// When words begin, where the voice tells; counted from the beginning of the run.
        words: &'a [WordAt],
    },
    /// The sentence has no more sound: it is complete, or the voice failed in it.
    SoundEnd {
        /// Its run.
        generation: Generation,
        /// Whether all of it was spoken.
        is_whole: bool,
    },
    /// How far the device is, counted in samples that we sent.
    Played {
        /// Taken out of the ring.
        taken: u64,
        /// Really heard: what was taken, less what is on its way to the loudspeaker.
        heard: u64,
    },
    /// Become quieter.
    Duck,
    /// Become as loud as before.
    Unduck,
    /// Stop for now.
    Hold,
    /// Go on.
    Resume(Again),
    /// Stop for good.
    Stop,
}

impl fmt::Debug for MouthInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Say { .. } => "Say",
            Self::Sound { .. } => "Sound",
            Self::SoundEnd { .. } => "SoundEnd",
            Self::Played { .. } => "Played",
            Self::Duck => "Duck",
            Self::Unduck => "Unduck",
            Self::Hold => "Hold",
            Self::Resume(_) => "Resume",
            Self::Stop => "Stop",
        })
    }
}

/// What a [`crate::Mouth`] wants to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum MouthEffect {
    /// Let the voice speak this. Its sound is fetched while [`crate::Mouth::wants_sound`].
    Speak {
        /// The answer that it belongs to.
        item: ItemId,
        /// The run.
        generation: Generation,
        /// The sentence.
        sentence: Sentence,
        /// How fast.
        pace: Pace,
    },
    /// Drop this run of the voice.
    Cancel {
        /// The run.
        generation: Generation,
    },
    /// Send this to the device behind what it has. All of it belongs to one run.
    Play {
        /// The answer.
        item: ItemId,
        /// The run.
        generation: Generation,
        /// Samples.
        pcm: Pcm,
    },
    /// Throw away what the device has not taken yet and give it this instead. It was at `from` when this was decided: leave
    /// out as many samples at the beginning as it has taken since.
    Replace {
        /// Count of samples taken.
        from: u64,
        /// Samples.
        pcm: Pcm,
    },
    /// The queue is full: say this again later. Nothing is lost.
    Full {
        /// The answer.
        item: ItemId,
        /// The sentence.
        sentence: Sentence,
    },
    /// This was heard: a whole sentence, or its beginning when we were stopped. Only what is told here was said.
    Heard {
        /// The answer.
        item: ItemId,
        /// The words.
        text: Hidden,
        /// Whether it is the whole sentence.
        is_whole: bool,
    },
    /// The voice failed in this sentence before its end: show it.
    Unspoken {
        /// The answer.
        item: ItemId,
        /// The sentence.
        sentence: Sentence,
    },
    /// Everything was heard, or we were stopped: it is silent.
    Silent,
}
