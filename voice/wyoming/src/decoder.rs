use std::fmt;

use serde_json::{Map, Value};

use crate::event::Event;

/// Bytes of a line at most. The protocol bounds nothing, so we do.
pub const LINE_MAX: usize = 64 * 1024;
/// Bytes of a block at most: of the data, and of the payload.
pub const BLOCK_MAX: usize = 1024 * 1024;

/// Why a connection cannot be read any further. Nothing behind it can be trusted to be a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Longer than [`LINE_MAX`].
    #[error("a line of it is too long")]
    Line,
    /// Longer than [`BLOCK_MAX`].
    #[error("a block of it is too long")]
    Block,
    /// No frame.
    #[error("it does not speak Wyoming")]
    Foreign,
}

/// Cuts what arrives into events. It holds at most one frame and what was pushed behind it.
#[derive(Default)]
pub struct Decoder {
    arrived: Vec<u8>,
    /// How much of what arrived is known to hold no end of a line.
    searched: usize,
    head: Option<Head>,
}

/// A line that was read; its blocks follow.
struct Head {
    kind: String,
    data: Map<String, Value>,
    data_length: usize,
    payload_length: usize,
}

impl Decoder {
    /// Takes what arrived. The caller asks for events before it pushes more, or the bound is its own.
    pub fn push(&mut self, bytes: &[u8]) {
        self.arrived.extend_from_slice(bytes);
    }

    /// Bytes that wait: part of a frame, once no event is left.
    pub fn waiting(&self) -> usize {
        self.arrived.len()
    }

    /// Whether a frame has begun and is not whole yet.
    pub fn is_inside(&self) -> bool {
        self.head.is_some() || !self.arrived.is_empty()
    }

    /// The next event; `None`: not all of it is there.
    pub fn next_event(&mut self) -> Result<Option<Event>, FrameError> {
        let head = match self.head.take() {
            Some(head) => head,
            None => match self.line()? {
                Some(line) => read_head(&line)?,
                None => return Ok(None),
            },
        };
        let whole = head.data_length + head.payload_length;
        if self.arrived.len() < whole {
            self.head = Some(head);
            return Ok(None);
        }
        let mut data = head.data;
        let block = self.arrived.get(..head.data_length).unwrap_or_default();
        if !block.is_empty() {
            // Data may stand in the line, in its own block, or in both: then the block wins.
            let block: Map<String, Value> =
                serde_json::from_slice(block).map_err(|_| FrameError::Foreign)?;
            data.extend(block);
        }
        let payload = self.arrived.get(head.data_length..whole);
        let payload = payload.unwrap_or_default().to_vec();
        self.arrived.drain(..whole);
        Ok(Some(Event::of(head.kind, data, payload)))
    }

    fn line(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        let unseen = self.arrived.get(self.searched..).unwrap_or_default();
        let Some(end) = unseen.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.arrived.len();
            return if self.searched > LINE_MAX {
                Err(FrameError::Line)
            } else {
                Ok(None)
            };
        };
        let end = self.searched + end;
        if end > LINE_MAX {
            return Err(FrameError::Line);
        }
        self.searched = 0;
        let mut line: Vec<u8> = self.arrived.drain(..=end).collect();
        line.pop();
        Ok(Some(line))
    }
}

fn read_head(line: &[u8]) -> Result<Head, FrameError> {
    let mut head: Map<String, Value> =
        serde_json::from_slice(line).map_err(|_| FrameError::Foreign)?;
    let Some(Value::String(kind)) = head.remove("type") else {
        return Err(FrameError::Foreign);
    };
    let length = |value: Option<Value>| match value.as_ref().map(Value::as_u64) {
        None => Ok(0),
        Some(Some(length)) => usize::try_from(length)
            .ok()
            .filter(|length| *length <= BLOCK_MAX)
            .ok_or(FrameError::Block),
        Some(None) if value == Some(Value::Null) => Ok(0),
        Some(None) => Err(FrameError::Foreign),
    };
    let data_length = length(head.remove("data_length"))?;
    let payload_length = length(head.remove("payload_length"))?;
    let data = match head.remove("data") {
        Some(Value::Object(data)) => data,
        Some(_) | None => Map::new(),
    };
    Ok(Head {
        kind,
        data,
        data_length,
        payload_length,
    })
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decoder({} bytes)", self.arrived.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(decoder: &mut Decoder) -> Result<Vec<Event>, FrameError> {
        std::iter::from_fn(|| decoder.next_event().transpose()).collect()
    }

    fn read(bytes: &[u8]) -> Result<Vec<Event>, FrameError> {
        let mut decoder = Decoder::default();
        decoder.push(bytes);
        all(&mut decoder)
    }

    #[test]
    fn events_survive_the_wire_in_pieces_of_any_size() {
        let sent = [
            Event::new("audio-chunk")
                .with("rate", 16_000)
                .with("text", "ä\n")
                .carrying(vec![1, 2, b'\n', 3]),
            Event::new("audio-stop"),
            Event::new("x").carrying(b"\n\n".to_vec()),
        ];
        let bytes = sent.each_ref().map(Event::encode).concat();
        for size in 1..bytes.len() {
            let (mut decoder, mut events) = (Decoder::default(), Vec::new());
            for piece in bytes.chunks(size) {
                decoder.push(piece);
                events.extend(all(&mut decoder).unwrap());
            }
            assert_eq!(events, sent, "in pieces of {size}");
            assert!(!decoder.is_inside());
        }
    }

    #[test]
    fn data_of_the_line_and_of_the_block_are_joined_and_the_block_wins() {
        let events = read(b"{\"type\":\"info\",\"version\":\"1.2\",\"data\":{\"a\":1,\"b\":1},\"data_length\":7}\n{\"b\":2}").unwrap();

        assert_eq!(
            (events[0].number("a"), events[0].number("b")),
            (Some(1), Some(2))
        );
    }

    #[test]
    fn half_a_frame_is_no_event_and_no_error() {
        let bytes = Event::new("ping").with("text", "x").encode();
        for end in 0..bytes.len() {
            let mut decoder = Decoder::default();
            decoder.push(&bytes[..end]);
            assert_eq!(decoder.next_event(), Ok(None), "{end} bytes");
            assert_eq!(decoder.is_inside(), end > 0);
        }
    }

    #[test]
    fn what_is_too_long_or_no_wyoming_is_refused_by_name() {
        let block = BLOCK_MAX + 1;
        for (bytes, error) in [
            (
                "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned(),
                FrameError::Foreign,
            ),
            ("{\"type\":7}\n".to_owned(), FrameError::Foreign),
            ("{}\n".to_owned(), FrameError::Foreign),
            ("\n".to_owned(), FrameError::Foreign),
            (
                "{\"type\":\"x\",\"payload_length\":-1}\n".to_owned(),
                FrameError::Foreign,
            ),
            (
                "{\"type\":\"x\",\"data_length\":\"9\"}\n".to_owned(),
                FrameError::Foreign,
            ),
            (
                format!("{{\"type\":\"x\",\"payload_length\":{block}}}\n"),
                FrameError::Block,
            ),
            (
                format!("{{\"type\":\"x\",\"data_length\":{block}}}\n"),
                FrameError::Block,
            ),
            (
                "{\"type\":\"x\",\"data_length\":2}\n[]".to_owned(),
                FrameError::Foreign,
            ),
            ("x".repeat(LINE_MAX + 1), FrameError::Line),
            (format!("{}\n", " ".repeat(LINE_MAX + 1)), FrameError::Line),
        ] {
            assert_eq!(read(bytes.as_bytes()), Err(error), "{bytes:.40}");
        }
    }

    #[test]
    fn the_longest_frame_passes() {
        let line = format!("{{\"type\":\"x\",\"payload_length\":{BLOCK_MAX}");
        let line = format!("{line}{}}}\n", " ".repeat(LINE_MAX - line.len() - 1));
        let bytes = [line.as_bytes(), &vec![7; BLOCK_MAX]].concat();

        assert_eq!(read(&bytes).unwrap()[0].payload().len(), BLOCK_MAX);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_hold_more_than_it_was_given(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20)
        ) {
            let (mut decoder, mut given) = (Decoder::default(), 0);
            for piece in &pieces {
                given += piece.len();
                decoder.push(piece);
                if all(&mut decoder).is_err() {
                    break;
                }
                prop_assert!(decoder.waiting() <= given);
            }
        }
    }
}
