use std::fmt;

use serde_json::{Map, Value, json};

/// One event: its kind, its data, and the bytes behind them.
#[derive(Clone, PartialEq, Default)]
pub struct Event {
    kind: String,
    data: Map<String, Value>,
    payload: Vec<u8>,
}

impl Event {
    /// An event without data.
    pub fn new(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn of(kind: String, data: Map<String, Value>, payload: Vec<u8>) -> Self {
        Self {
            kind,
            data,
            payload,
        }
    }

    /// The event with one more entry in its data.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.data.insert(key.to_owned(), value.into());
        self
    }

    /// The event with one more entry, where there is something to tell.
    #[must_use]
    pub fn with_some(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// The event with these bytes behind it.
    #[must_use]
    pub fn carrying(mut self, payload: Vec<u8>) -> Self {
        self.payload = payload;
        self
    }

    /// What kind of event it is: `audio-chunk`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// An entry of its data; `None` where there is none or it is null.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.data.get(key).filter(|value| !value.is_null())
    }

    /// An entry that is a number, not below zero.
    pub fn number(&self, key: &str) -> Option<u64> {
        self.value(key).and_then(Value::as_u64)
    }

    /// An entry that is a text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value(key).and_then(Value::as_str)
    }

    /// The bytes behind it.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The frame as it is sent.
    ///
    /// No `version` is written: readers must not look at it, and it would name somebody else's library.
    pub fn encode(&self) -> Vec<u8> {
        let data = if self.data.is_empty() {
            Vec::new()
        } else {
            Value::Object(self.data.clone()).to_string().into_bytes()
        };
        let mut head = Map::new();
        head.insert("type".to_owned(), json!(self.kind));
        for (key, block) in [("data_length", &data), ("payload_length", &self.payload)] {
            if !block.is_empty() {
                head.insert(key.to_owned(), json!(block.len()));
            }
        }
        let mut bytes = Value::Object(head).to_string().into_bytes();
        bytes.reserve(1 + data.len() + self.payload.len());
        bytes.push(b'\n');
        bytes.extend(data);
        bytes.extend(&self.payload);
        bytes
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<&str> = self.data.keys().map(String::as_str).collect();
        // The kind is the other end's text as well: a name of the protocol is short and plain.
        let kind: String = self.kind.chars().take(40).collect();
        write!(
            f,
            "Event({kind:?}, {} entries, {} bytes)",
            keys.len(),
            self.payload.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_tells_its_kind_and_sizes_and_never_what_it_carries() {
        let event = Event::new("transcript")
            .with("text", "amber violin")
            .carrying(vec![1, 2, 3]);

        assert_eq!(
            format!("{event:?}"),
            "Event(\"transcript\", 1 entries, 3 bytes)"
        );
    }

    #[test]
    fn an_event_without_data_has_a_line_alone() {
        assert_eq!(
            Event::new("describe").encode(),
            b"{\"type\":\"describe\"}\n"
        );
    }

    #[test]
    fn null_counts_as_absent() {
        let event = Event::new("audio-stop").with("timestamp", Value::Null);

        assert_eq!(event.number("timestamp"), None);
        assert!(event.encode().ends_with(b"{\"timestamp\":null}"));
    }
}
