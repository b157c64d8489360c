use std::time::Duration;

use errand_model::ModelError;

/// Why a request brought no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallError {
    #[error("no connection: {0}")]
    NotReached(&'static str),
    #[error("nothing came for {ms} ms")]
    Silent { ms: u64 },
    #[error("the time of the turn is over")]
    Late { ms: u64 },
    #[error("it is busy (429)")]
    Busy { wait: Option<Duration> },
    #[error("it failed ({status})")]
    Failed { status: u16, wait: Option<Duration> },
    #[error("the key is not accepted ({status})")]
    Key { status: u16 },
    #[error("there is no such address or model (404){}", said(.0))]
    NotFound(String),
    #[error("it refused the request ({status}){}", said(.text))]
    Rejected { status: u16, text: String },
    #[error("it answered with something else than a stream of events")]
    NoStream,
    #[error("the answer stopped in the middle")]
    Cut,
    #[error("it said in the middle of the answer that it failed")]
    Broken,
    #[error("the answer was larger than {0} bytes")]
    TooLarge(usize),
    #[error("the stream holds something that is no JSON")]
    Garbled,
    #[error("the answer holds more than {0} calls")]
    TooMany(usize),
}

/// Whether to send a request again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// It would end the same way.
    Never,
    /// After a wait of our choice.
    Soon,
    /// After the wait that the server asked for.
    After(Duration),
}

fn said(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(": {text}")
    }
}

impl CallError {
    /// Whether the same request may be sent again.
    pub(crate) fn again(&self) -> Again {
        match self {
            Self::Busy { wait } | Self::Failed { wait, .. } => {
                wait.map_or(Again::Soon, Again::After)
            }
            Self::NotReached(_) | Self::Cut | Self::Broken => Again::Soon,
            Self::Silent { .. }
            | Self::Late { .. }
            | Self::Key { .. }
            | Self::NotFound(_)
            | Self::Rejected { .. }
            | Self::NoStream
            | Self::TooLarge(_)
            | Self::Garbled
            | Self::TooMany(_) => Again::Never,
        }
    }

    /// As the port knows it, in our words: what the server wrote stays here.
    pub(crate) fn as_model(&self) -> ModelError {
        match self {
            Self::Silent { ms } | Self::Late { ms } => ModelError::TooSlow { ms: *ms },
            Self::Busy { wait } => ModelError::Busy {
                seconds: wait.map(|w| w.as_secs()),
            },
            Self::NotReached(why) => ModelError::Unreachable((*why).to_owned()),
            Self::Failed { status, .. } => {
                ModelError::Unreachable(format!("it failed with {status}"))
            }
            Self::Key { status } => {
                ModelError::Unreachable(format!("it does not accept the key ({status})"))
            }
            Self::NotFound(_) => {
                ModelError::Unreachable("it knows no such address or model".into())
            }
            Self::Rejected { status, .. } => {
                ModelError::Unreachable(format!("it refused the request ({status})"))
            }
            Self::NoStream | Self::TooLarge(_) | Self::Garbled | Self::TooMany(_) => {
                ModelError::Unreadable(self.to_string())
            }
            Self::Cut | Self::Broken => ModelError::Unreachable(self.to_string()),
        }
    }
}
