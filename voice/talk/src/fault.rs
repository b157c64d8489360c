/// Why a stream cannot be, or does not take something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TalkError {
    /// As many streams as this process may hold.
    #[error("all {limit} voice streams of this process are taken")]
    Full {
        /// The limit.
        limit: usize,
    },
    /// The stream is over.
    #[error("the voice stream is closed")]
    Closed,
    /// Too much waits to be heard: nothing of this was taken.
    #[error("too much waits in the voice stream; this was not taken")]
    Busy,
    /// A rate of sound that cannot be used.
    #[error("{hz} samples a second cannot be used: 8,000 to 192,000 can")]
    Rate {
        /// The rate.
        hz: u32,
    },
    /// There is no wake word in this process.
    #[error("a stream behind a wake word needs a wake word, and there is none here")]
    NoWake,
    /// The recogniser for approvals is on another machine.
    #[error("`{engine}` is on another machine: answers to approvals are read on this one")]
    ClosedIsRemote {
        /// The engine.
        engine: &'static str,
    },
    /// A thread cannot be started.
    #[error("a thread for voice cannot be started: {cause}")]
    Thread {
        /// Why.
        cause: String,
    },
}

impl TalkError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Full { .. } => "VOICE-0060",
            Self::Closed => "VOICE-0061",
            Self::Busy => "VOICE-0062",
            Self::Rate { .. } => "VOICE-0016",
            Self::NoWake => "VOICE-0063",
            Self::ClosedIsRemote { .. } => "VOICE-0064",
            Self::Thread { .. } => "VOICE-0065",
        }
    }

    /// What can be done about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Full { .. } => {
                "end another stream, or raise `voice.streams` in the configuration"
            }
            Self::Closed => "open a new one; the conversation is where it was",
            Self::Busy => "send less at once; nothing that was taken is lost",
            Self::Rate { .. } => "send 16,000, 24,000 or 48,000 samples a second",
            Self::NoWake => {
                "use push to talk, or fetch the wake word with `errand voice setup wake`"
            }
            Self::ClosedIsRemote { .. } => "configure a recogniser of this machine",
            Self::Thread { .. } => "close other programs, or raise the limit of threads",
        }
    }
}

/// Why an utterance was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// Stable code of the last engine's fault; `VOICE-0005` when every worker is busy.
    pub code: &'static str,
    /// No worker was free: the same again, later.
    pub is_busy: bool,
}
