use std::sync::Arc;

use errand_voice_core::{Duplex, ItemId, Pace, Sentence, Voice};

use crate::config::Detection;

/// What a face wants of a stream. Never dropped: a full queue refuses it.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    /// The key is pressed, or a client sends the first sound of a turn that it will commit.
    Press,
    /// The key is released, or the client commits. Without an open turn it begins and ends nothing.
    Release,
    /// What was heard so far is not meant for us.
    Clear,
    /// Our own sound stops; what was not heard was not said. The conversation is not touched.
    Cancel,
    /// A client tells what was really heard of an item. Nothing is changed when the item is not known any more.
    Truncate {
        /// The item.
        item: ItemId,
        /// Milliseconds of its sound that were heard. More than was sent counts as all of it.
        audio_end_ms: u64,
    },
    /// Speaks a text of the face's own, in our voice.
    Speak {
        /// The sentences, at most eight.
        sentences: Vec<Sentence>,
    },
    /// These names are likely to be said from now on: of products, shops, people. At most 300 are looked at; what is shown is
    /// added. Never a secret: a recogniser on another machine is told them.
    Expect {
        /// The names.
        names: Arc<[Box<str>]>,
    },
    /// Listens or speaks otherwise from now on.
    Settings(Settings),
}

/// What may change while a stream is open. `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// When the person may speak, and when they are done.
    pub detection: Option<Detection>,
    /// The voice.
    pub voice: Option<Voice>,
    /// How fast.
    pub pace: Option<Pace>,
    /// Whether both may speak at once.
    pub duplex: Option<Duplex>,
    /// Samples of a second of what is pushed in from now on.
    pub capture_hz: Option<u32>,
    /// Samples of a second of what is given out; taken when nothing is being said, else refused with an event.
    /// Samples are counted from 0 again then.
    pub playback_hz: Option<u32>,
}
