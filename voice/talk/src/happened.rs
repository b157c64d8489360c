use errand_protocol::errand::ErrandEvent;
use errand_voice_core::Hidden;

/// What a conversation tells a stream. The face hands everything over in the order in which it happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// A sentence was heard and is being worked on.
    TurnStarted {
        /// The key it was sent with.
        key: String,
    },
    /// Whole sentences to the person, as shown on the live connection.
    Said {
        /// The text.
        text: Hidden,
        /// Not aloud where others than the person may hear it.
        is_private: bool,
    },
    /// State that faces draw.
    Errand(Box<ErrandEvent>),
    /// The turn is over.
    TurnDone {
        /// How.
        outcome: Outcome,
    },
    /// The conversation refused what was sent, or cannot be reached.
    Failed {
        /// What the person is told.
        text: Hidden,
    },
}

impl Happened {
    /// A text that anybody may hear.
    pub fn said(text: impl Into<Hidden>) -> Self {
        Self::Said {
            text: text.into(),
            is_private: false,
        }
    }
}

/// How a turn of the conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Answered.
    Completed,
    /// Stopped, or taken over by the next sentence.
    Cancelled,
    /// A fault; what was said says so.
    Failed,
}
