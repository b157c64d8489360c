use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Minute of the local day, 0 to 1439.
pub type Minute = u16;

/// A stretch of time with `start < end`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Window {
    /// First moment.
    #[schemars(with = "String")]
    pub start: Timestamp,
    /// Moment after the last.
    #[schemars(with = "String")]
    pub end: Timestamp,
}

/// The end does not lie after the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a window must end after it starts")]
pub struct WindowError;

impl Window {
    /// A window, refused when it ends before it starts.
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, WindowError> {
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(WindowError)
        }
    }

    /// Whether the other window lies wholly in this one.
    pub fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share a moment.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}
