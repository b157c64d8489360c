//! Wyoming's frames: one JSON line, then a block of JSON, then a block of bytes, the lengths of both in the line.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use errand_voice_core::{Deadline, EngineFault, Stop};
use serde_json::{Map, Value, json};

/// The protocol bounds nothing, so we do.
const LINE_MAX: usize = 64 * 1024;
const BLOCK_MAX: usize = 1024 * 1024;
/// How often the stop is looked at.
const LOOK: Duration = Duration::from_millis(50);
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) data: Map<String, Value>,
    pub(crate) payload: Vec<u8>,
}

impl Event {
    pub(crate) fn new(kind: &str, data: Value) -> Self {
        let data = match data {
            Value::Object(data) => data,
            _ => Map::new(),
        };
        Self {
            kind: kind.to_owned(),
            data,
            payload: Vec::new(),
        }
    }

    pub(crate) fn number(&self, key: &str) -> Option<u64> {
        self.data.get(key).and_then(Value::as_u64)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.data.get(key).and_then(Value::as_str)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let data = Value::Object(self.data.clone()).to_string();
        let mut head = json!({ "type": self.kind });
        if let Some(head) = head.as_object_mut() {
            if !self.data.is_empty() {
                head.insert("data_length".to_owned(), json!(data.len()));
            }
            if !self.payload.is_empty() {
                head.insert("payload_length".to_owned(), json!(self.payload.len()));
            }
        }
        let mut bytes = head.to_string().into_bytes();
        bytes.push(b'\n');
        if !self.data.is_empty() {
            bytes.extend(data.into_bytes());
        }
        bytes.extend(&self.payload);
        bytes
    }
}

/// Takes the first event off the front of what has arrived. `Ok(None)`: not all of it is there.
pub(crate) fn decode(arrived: &mut Vec<u8>) -> Result<Option<Event>, &'static str> {
    let Some(end) = arrived.iter().position(|byte| *byte == b'\n') else {
        return if arrived.len() > LINE_MAX {
            Err("a line of it is too long")
        } else {
            Ok(None)
        };
    };
    if end > LINE_MAX {
        return Err("a line of it is too long");
    }
    let line = arrived.get(..end).unwrap_or_default();
    let head: Map<String, Value> =
        serde_json::from_slice(line).map_err(|_| "it does not speak Wyoming")?;
    let kind = head
        .get("type")
        .and_then(Value::as_str)
        .ok_or("it does not speak Wyoming")?;
    let length = |key| match head.get(key).map(Value::as_u64) {
        None => Ok(0),
        Some(Some(length)) => usize::try_from(length)
            .ok()
            .filter(|l| *l <= BLOCK_MAX)
            .ok_or("a block of it is too long"),
        Some(None) => Err("it does not speak Wyoming"),
    };
    let (data_length, payload_length) = (length("data_length")?, length("payload_length")?);
    let data_at = end + 1;
    let payload_at = data_at + data_length;
    let whole = payload_at + payload_length;
    if arrived.len() < whole {
        return Ok(None);
    }
    // Data may stand in the line, in its own block, or in both: then the block wins.
    let mut data = head
        .get("data")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    if data_length > 0 {
        let block = arrived.get(data_at..payload_at).unwrap_or_default();
        let block: Map<String, Value> =
            serde_json::from_slice(block).map_err(|_| "it does not speak Wyoming")?;
        data.extend(block);
    }
    let payload = arrived.get(payload_at..whole).unwrap_or_default().to_vec();
    let event = Event {
        kind: kind.to_owned(),
        data,
        payload,
    };
    arrived.drain(..whole);
    Ok(Some(event))
}

/// A connection to a Wyoming service.
#[derive(Debug)]
pub(crate) struct Line {
    engine: &'static str,
    stream: TcpStream,
    arrived: Vec<u8>,
    until: Instant,
    within: Duration,
    stop: Stop,
}

impl Line {
    /// Connects; a failure is tried once more.
    pub(crate) fn open(
        engine: &'static str,
        address: &str,
        deadline: &Deadline,
    ) -> Result<Self, EngineFault> {
        let unreachable = |cause: &str| EngineFault::Unreachable {
            engine,
            cause: cause.to_owned(),
        };
        let found = address
            .to_socket_addrs()
            .ok()
            .and_then(|mut found| found.next());
        let found = found.ok_or_else(|| unreachable("its name is not known"))?;
        let within = deadline.within.clamp(Duration::from_millis(1), CONNECT_MAX);
        let connect = || TcpStream::connect_timeout(&found, within);
        let stream = connect()
            .or_else(|_| connect())
            .map_err(|_| unreachable("no connection"))?;
        let ready = stream
            .set_read_timeout(Some(LOOK))
            .and_then(|()| stream.set_write_timeout(Some(CONNECT_MAX)));
        ready
            .and_then(|()| stream.set_nodelay(true))
            .map_err(|_| unreachable("no connection"))?;
        Ok(Self {
            engine,
            stream,
            arrived: Vec::new(),
            until: Instant::now() + deadline.within,
            within: deadline.within,
            stop: deadline.stop.clone(),
        })
    }

    pub(crate) fn send(&mut self, event: &Event) -> Result<(), EngineFault> {
        self.check()?;
        self.stream
            .write_all(&event.encode())
            .map_err(|_| self.unreachable("the connection broke"))
    }

    /// Waits for the next event.
    pub(crate) fn receive(&mut self) -> Result<Event, EngineFault> {
        let mut buffer = [0; 8 * 1024];
        loop {
            if let Some(event) =
                decode(&mut self.arrived).map_err(|cause| self.unreachable(cause))?
            {
                if event.kind == "error" {
                    return Err(self.unreachable("it answers with an error"));
                }
                return Ok(event);
            }
            self.check()?;
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(self.unreachable("the connection broke")),
                Ok(read) => self.arrived.extend(buffer.get(..read).unwrap_or_default()),
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) => {}
                Err(_) => return Err(self.unreachable("the connection broke")),
            }
        }
    }

    pub(crate) fn unreachable(&self, cause: &str) -> EngineFault {
        EngineFault::Unreachable {
            engine: self.engine,
            cause: cause.to_owned(),
        }
    }

    /// From now on it may take so long again.
    pub(crate) fn renew(&mut self, within: Duration) {
        (self.until, self.within) = (Instant::now() + within, within);
    }

    fn check(&self) -> Result<(), EngineFault> {
        if self.stop.is_up() {
            return Err(EngineFault::Stopped {
                engine: self.engine,
            });
        }
        if Instant::now() >= self.until {
            let within_ms = u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX);
            return Err(EngineFault::Late {
                engine: self.engine,
                within_ms,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_survives_the_wire_in_pieces_of_any_size() {
        let mut event = Event::new("audio-chunk", json!({ "rate": 16_000, "text": "ä\n" }));
        event.payload = vec![1, 2, b'\n', 3];
        let bytes = [
            event.encode(),
            Event::new("audio-stop", Value::Null).encode(),
        ]
        .concat();
        for size in [1, 7, 1_000] {
            let (mut arrived, mut events) = (Vec::new(), Vec::new());
            for piece in bytes.chunks(size) {
                arrived.extend(piece);
                while let Some(event) = decode(&mut arrived).unwrap() {
                    events.push(event);
                }
            }
            assert_eq!(
                events,
                [event.clone(), Event::new("audio-stop", Value::Null)]
            );
        }
    }

    #[test]
    fn data_of_the_line_and_of_the_block_are_joined_and_the_block_wins() {
        let mut arrived = b"{\"type\":\"info\",\"version\":\"1.2\",\"data\":{\"a\":1,\"b\":1},\"data_length\":7}\n{\"b\":2}".to_vec();

        let event = decode(&mut arrived).unwrap().unwrap();

        assert_eq!((event.number("a"), event.number("b")), (Some(1), Some(2)));
    }

    #[test]
    fn what_is_too_long_or_no_wyoming_is_refused() {
        for bytes in [
            "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned(),
            "{\"type\":7}\n".to_owned(),
            "{\"type\":\"x\",\"payload_length\":-1}\n".to_owned(),
            "{\"type\":\"x\",\"payload_length\":1048577}\n".to_owned(),
            "{\"type\":\"x\",\"data_length\":2}\n[]".to_owned(),
            "x".repeat(LINE_MAX + 1),
        ] {
            assert!(decode(&mut bytes.into_bytes()).is_err());
        }
    }
}
