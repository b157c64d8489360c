use std::time::Duration;

/// Whether asking again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// No: somebody has to change something.
    Never,
    /// At once.
    Now,
    /// After so long.
    After(Duration),
}

/// Why an engine gave nothing. None of these ever carries what was said or heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineFault {
    /// A library, a program, a model or a voice is not on this machine.
    #[error("`{engine}` cannot start: {missing} is missing")]
    Missing {
        /// Engine.
        engine: &'static str,
        /// What is missing, for example "libpocketsphinx".
        missing: String,
        /// What to type or to change.
        remedy: String,
    },
    /// A model or a voice is there and cannot be read, or is not the one that was promised.
    #[error("`{engine}` cannot read {what}: {cause}")]
    Broken {
        /// Engine.
        engine: &'static str,
        /// Which file, without its folder.
        what: String,
        /// Why.
        cause: String,
    },
    /// It was not done within the deadline.
    #[error("`{engine}` was not done within {within_ms} ms")]
    Late {
        /// Engine.
        engine: &'static str,
        /// The deadline, in milliseconds.
        within_ms: u64,
    },
    /// Somebody raised the stop.
    #[error("`{engine}` was stopped")]
    Stopped {
        /// Engine.
        engine: &'static str,
    },
    /// Every worker is busy and the queue is full.
    #[error("`{engine}` is busy")]
    Overloaded {
        /// Engine.
        engine: &'static str,
    },
    /// A service on another machine does not answer or refuses.
    #[error("`{engine}` does not answer: {cause}")]
    Unreachable {
        /// Engine.
        engine: &'static str,
        /// Why, without address, key or body.
        cause: String,
    },
    /// A microphone or a loudspeaker that was there is gone: unplugged, or its sound server ended.
    #[error("the {engine} is gone")]
    Gone {
        /// Which of the two.
        engine: &'static str,
    },
    /// It died or answered nonsense.
    #[error("`{engine}` failed: {cause}")]
    Failed {
        /// Engine.
        engine: &'static str,
        /// Why.
        cause: String,
    },
}

impl EngineFault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "VOICE-0001",
            Self::Broken { .. } => "VOICE-0002",
            Self::Late { .. } => "VOICE-0003",
            Self::Stopped { .. } => "VOICE-0004",
            Self::Overloaded { .. } => "VOICE-0005",
            Self::Unreachable { .. } => "VOICE-0006",
            Self::Failed { .. } => "VOICE-0007",
            Self::Gone { .. } => "VOICE-0018",
        }
    }

    /// Whether asking again makes sense.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Missing { .. } | Self::Broken { .. } | Self::Stopped { .. } => Retry::Never,
            Self::Late { .. } | Self::Failed { .. } | Self::Gone { .. } => Retry::Now,
            Self::Overloaded { .. } => Retry::After(Duration::from_millis(500)),
            Self::Unreachable { .. } => Retry::After(Duration::from_secs(30)),
        }
    }

    /// What can be done about it.
    pub fn hint(&self) -> &str {
        match self {
            Self::Missing { remedy, .. } => remedy,
            Self::Broken { .. } => "fetch the file again with `errand voice setup`",
            Self::Late { .. } => "say it again in fewer words, or choose a smaller model",
            Self::Stopped { .. } => "nothing is to be done",
            Self::Overloaded { .. } => "say it again in a moment",
            Self::Unreachable { .. } => {
                "check the address and the network; the engine of this machine stands in"
            }
            Self::Gone { .. } => "plug it in again; it is looked for, and text works without",
            Self::Failed { .. } => {
                "say it again; `errand voice doctor` tells the state of every engine"
            }
        }
    }
}
