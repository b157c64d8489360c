//! Bounds, checked once, before anything reaches a journal.

use jiff::Timestamp;
use serde_json::Value;

use crate::error::{AppendError, TooLarge, Unavailable};
use crate::name::Seq;
use crate::port::{Record, Stored, Timer};

/// Longest kind of a record, in bytes.
pub const KIND_BYTES_MAX: usize = 64;
/// Longest body of a record or timer, as JSON text, in bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Deepest nesting of a body. Below the 128 levels that the JSON reader takes.
pub const BODY_DEPTH_MAX: usize = 100;
/// Most records of one append.
pub const APPEND_RECORDS_MAX: usize = 256;
/// Most bytes of all bodies of one append.
pub const APPEND_BYTES_MAX: usize = 1024 * 1024;
/// Longest id of a timer, in bytes.
pub const TIMER_ID_BYTES_MAX: usize = 160;
/// Most records, and most timers, of one read.
pub const READ_RECORDS_MAX: usize = 1_000;
/// A read ends with the record that passes this many bytes of bodies.
pub const READ_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Most names of one list.
pub const LIST_MAX: usize = 100_000;

/// Whether the bounds of these records hold.
pub(crate) fn check(records: &[Record]) -> Result<(), AppendError> {
    at_most("append (records)", records.len(), APPEND_RECORDS_MAX)?;
    let mut bytes = 0_usize;
    for record in records {
        at_most("record kind (bytes)", record.kind.len(), KIND_BYTES_MAX)?;
        let body = record.body.as_ref().ok_or(AppendError::NotJson)?;
        text(body)?;
        bytes = bytes.saturating_add(body.len());
        at_most("append (bytes)", bytes, APPEND_BYTES_MAX)?;
    }
    Ok(())
}

pub(crate) fn timer_id(id: &str) -> Result<(), TooLarge> {
    at_most("timer id (bytes)", id.len(), TIMER_ID_BYTES_MAX)
}

pub(crate) fn body_text(body: &Value) -> Result<String, TooLarge> {
    let body = body.to_string();
    text(&body)?;
    Ok(body)
}

fn text(json: &str) -> Result<(), TooLarge> {
    at_most("body (bytes)", json.len(), BODY_BYTES_MAX)?;
    at_most("body (levels)", levels(json), BODY_DEPTH_MAX)
}

/// To the microsecond, which brings every `Timestamp` into 64 bits. Only within the very last
/// second of the range is a fraction out of the reader's reach: there it is left out.
pub(crate) fn whole_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond())
        .or_else(|_| Timestamp::from_second(at.as_second()))
        .unwrap_or(at)
}

/// A stored line as it is kept: everything but its stream.
pub(crate) struct Line {
    pub(crate) seq: Seq,
    pub(crate) at_micros: i64,
    pub(crate) kind: String,
    pub(crate) body: String,
}

impl Line {
    pub(crate) fn open(self) -> Result<Stored, Unavailable> {
        let (at, body) = opened(self.at_micros, &self.body)
            .map_err(|cause| Unavailable::damaged(format!("record {}: {cause}", self.seq)))?;
        Ok(Stored {
            seq: self.seq,
            at,
            kind: self.kind,
            body,
        })
    }
}

/// A timer as it is kept.
pub(crate) struct TimerLine {
    pub(crate) id: String,
    pub(crate) due_micros: i64,
    pub(crate) body: String,
}

impl TimerLine {
    pub(crate) fn open(self) -> Result<Timer, Unavailable> {
        let (due, body) = opened(self.due_micros, &self.body)
            .map_err(|cause| Unavailable::damaged(format!("timer `{}`: {cause}", self.id)))?;
        Ok(Timer {
            id: self.id,
            due,
            body,
        })
    }
}

/// The causes say where a text broke and never show the text itself.
fn opened(micros: i64, body: &str) -> Result<(Timestamp, Value), String> {
    let at = Timestamp::from_microsecond(micros).map_err(|_| "its time is out of range")?;
    let body = serde_json::from_str(body)
        .map_err(|error| format!("its body is torn at byte {}", error.column()))?;
    Ok((at, body))
}

fn at_most(what: &'static str, found: usize, max: usize) -> Result<(), TooLarge> {
    if found > max {
        Err(TooLarge { what, max })
    } else {
        Ok(())
    }
}

/// How deep well-formed JSON text is nested: brackets within strings do not count.
fn levels(json: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    let mut rest = json.as_bytes();
    while let [byte, behind @ ..] = rest {
        rest = behind;
        match byte {
            b'[' | b'{' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b']' | b'}' => open = open.saturating_sub(1),
            b'"' => rest = behind_string(behind),
            _ => {}
        }
    }
    deepest
}

/// What stands behind the string that begins here. Most of a body is text: it is skipped, not read.
fn behind_string(mut rest: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let is_end = rest.get(at) == Some(&b'"');
        let skipped = if is_end { at + 1 } else { at + 2 };
        rest = rest.get(skipped..).unwrap_or_default();
        if is_end {
            break;
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_of_the_brackets_outside_of_strings() {
        assert_eq!(levels("12"), 0);
        assert_eq!(levels(r#"{"a":[1,{"b":[]}],"c":[]}"#), 4);
        assert_eq!(levels(r#"["[[[", "\"[[", "\\", {"{": "}"}]"#), 2);
    }
}
