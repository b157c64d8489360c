use errand_voice_wyoming::{Event, FormError, FrameError};

/// Why a caller does not get what it asked for. It is told by an `error` event, and the connection ends with it: callers
/// that do not know the event would wait for ever.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub(crate) struct Fault {
    /// Stable code.
    pub(crate) code: &'static str,
    /// What happened. Never what was said or heard.
    pub(crate) text: String,
}

impl Fault {
    pub(crate) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }

    pub(crate) fn full(limit: usize) -> Self {
        Self::new(
            "WYO-0003",
            format!("all {limit} places are taken; come back in a moment"),
        )
    }

    pub(crate) fn waiting() -> Self {
        Self::new("WYO-0003", "too many requests wait on this connection")
    }

    pub(crate) fn silent() -> Self {
        Self::new("WYO-0004", "nothing came in time")
    }

    pub(crate) fn not_offered(what: &str) -> Self {
        Self::new("WYO-0008", format!("{what} is not offered here"))
    }

    pub(crate) fn event(&self) -> Event {
        Event::new("error")
            .with("text", self.text.as_str())
            .with("code", self.code)
    }
}

impl From<FrameError> for Fault {
    fn from(cause: FrameError) -> Self {
        Self::new("WYO-0002", format!("this cannot be read: {cause}"))
    }
}

impl From<FormError> for Fault {
    fn from(cause: FormError) -> Self {
        Self::new("WYO-0005", cause.to_string())
    }
}
