use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::StreamNameError;

/// Longest name of a stream, in bytes.
pub const STREAM_NAME_BYTES_MAX: usize = 160;

/// The name of a stream: parts of ASCII letters, digits, `_`, `-`, `.` or `:`, joined by `/`,
/// as in `session/sess_7` or `audit`. At most [`STREAM_NAME_BYTES_MAX`] bytes.
///
/// A name is an identifier and may show up in logs and errors, so it never carries what a
/// person said or where they live.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamName(Arc<str>);

impl StreamName {
    /// Reads a name, or says which rule it breaks.
    pub fn parse(raw: &str) -> Result<Self, StreamNameError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        let is_part = |part: &str| !part.is_empty() && part.chars().all(is_plain);
        if raw.len() <= STREAM_NAME_BYTES_MAX && raw.split('/').all(is_part) {
            return Ok(Self(raw.into()));
        }
        Err(StreamNameError::new(raw))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Equal names are equal texts, in the same order and with the same hash.
impl Borrow<str> for StreamName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for StreamName {
    type Err = StreamNameError;

    fn from_str(raw: &str) -> Result<Self, StreamNameError> {
        Self::parse(raw)
    }
}

impl Serialize for StreamName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for StreamName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(deserializer)?;
        Self::parse(&raw).map_err(serde::de::Error::custom)
    }
}

/// The place of a record in its stream, counted from 1; [`Seq::START`] is the place before the
/// first record. A number is never given out twice in one stream, not even after an erasure.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(u64);

impl Seq {
    /// Before the first record.
    pub const START: Self = Self(0);

    /// The place with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place that many records further on; stays at the largest number at the very end.
    #[must_use]
    pub const fn plus(self, records: u64) -> Self {
        Self(self.0.saturating_add(records))
    }

    pub(crate) fn to_sql(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    pub(crate) fn from_sql(number: i64) -> Self {
        Self(u64::try_from(number).unwrap_or(0))
    }
}

impl fmt::Debug for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
