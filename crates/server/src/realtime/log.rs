use std::collections::VecDeque;

use axum::extract::ws::Utf8Bytes;
use errand_protocol::envelope::{Envelope, EventId, OptIn, Payload, family};

/// Bounds of one session's log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogLimits {
    /// Events that are kept.
    pub(crate) events_max: usize,
    /// Bytes that are kept.
    pub(crate) bytes_max: usize,
}

/// One written event with who takes it.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// Family of one of our own events; none for the protocol's.
    family: Option<OptIn>,
    /// As sent.
    pub(crate) text: Utf8Bytes,
}

impl Written {
    /// Whether a connection with that choice gets it.
    pub(crate) fn is_for(&self, opt_in: OptIn) -> bool {
        self.family.is_none_or(|family| opt_in.intersects(family))
    }
}

/// Where a client that comes back stands.
#[derive(Debug)]
pub(crate) enum Since {
    /// These follow.
    Events(Vec<Written>),
    /// The log no longer reaches back that far.
    Gap,
    /// That event was never sent.
    Future,
}

/// The events of one session, numbered without a hole, the oldest dropped at the bounds.
#[derive(Debug)]
pub(crate) struct EventLog {
    entries: VecDeque<Written>,
    bytes: usize,
    last: u64,
    limits: LogLimits,
}

impl EventLog {
    /// An empty log whose next event is `last + 1`.
    pub(crate) fn new(last: u64, limits: LogLimits) -> Self {
        Self {
            entries: VecDeque::new(),
            bytes: 0,
            last,
            limits,
        }
    }

    /// Number of the last event; 0 for none.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Numbers an event, keeps `kept` of it (or the event itself), and gives back what the live connection gets.
    /// `None` when it cannot be written, which no type here allows.
    pub(crate) fn append(&mut self, live: &Payload, kept: Option<&Payload>) -> Option<Written> {
        let number = self.last.saturating_add(1);
        let sent = write(EventId::logged(number), live)?;
        let entry = match kept {
            Some(kept) => write(EventId::logged(number), kept)?,
            None => sent.clone(),
        };
        self.last = number;
        self.bytes = self.bytes.saturating_add(entry.text.len());
        self.entries.push_back(entry);
        while self.entries.len() > self.limits.events_max || self.bytes > self.limits.bytes_max {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.bytes = self.bytes.saturating_sub(oldest.text.len());
        }
        Some(sent)
    }

    /// What follows an event.
    pub(crate) fn since(&self, number: u64) -> Since {
        let Some(missed) = self.last.checked_sub(number) else {
            return Since::Future;
        };
        match usize::try_from(missed)
            .ok()
            .and_then(|missed| self.entries.len().checked_sub(missed))
        {
            Some(skip) => Since::Events(self.entries.iter().skip(skip).cloned().collect()),
            None => Since::Gap,
        }
    }
}

/// Writes an event; also one that is not part of a log.
pub(crate) fn write(event_id: EventId, payload: &Payload) -> Option<Written> {
    let family = match payload {
        Payload::Realtime(_) => None,
        Payload::Errand(event) => Some(family(event)),
    };
    match serde_json::to_string(&Envelope { event_id, payload }) {
        Ok(mut text) => {
            // It is kept long, and grew by doubling.
            text.shrink_to_fit();
            Some(Written {
                family,
                text: text.into(),
            })
        }
        Err(cause) => {
            tracing::error!(%cause, "an event could not be written and was not sent");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use errand_protocol::realtime::ServerEvent;

    use super::*;

    fn numbers(since: Since) -> Vec<u64> {
        let Since::Events(events) = since else {
            panic!("{since:?}")
        };
        let id = |event: &Written| {
            let value: serde_json::Value = serde_json::from_str(&event.text).unwrap();
            EventId::parse(value["event_id"].as_str().unwrap())
                .unwrap()
                .number()
        };
        events.iter().map(id).collect()
    }

    #[test]
    fn what_follows_an_event_comes_whole_or_is_called_a_gap() {
        let mut log = EventLog::new(
            10,
            LogLimits {
                events_max: 3,
                bytes_max: 10_000,
            },
        );
        for _ in 0..5 {
            log.append(&ServerEvent::AudioCleared {}.into(), None)
                .unwrap();
        }

        assert_eq!(log.last(), 15);
        assert_eq!(numbers(log.since(15)), Vec::<u64>::new());
        assert_eq!(numbers(log.since(12)), vec![13, 14, 15]);
        assert!(matches!(log.since(11), Since::Gap));
        assert!(matches!(log.since(16), Since::Future));
    }

    #[test]
    fn the_bytes_of_a_log_are_bounded() {
        let mut log = EventLog::new(
            0,
            LogLimits {
                events_max: 1_000,
                bytes_max: 200,
            },
        );
        for _ in 0..50 {
            log.append(&ServerEvent::AudioCleared {}.into(), None)
                .unwrap();
        }

        assert!(log.bytes <= 200 && log.entries.len() < 5);
        assert_eq!(log.last(), 50);
    }

    #[test]
    fn the_log_holds_the_kept_form_and_the_live_connection_gets_the_other() {
        let mut log = EventLog::new(
            0,
            LogLimits {
                events_max: 9,
                bytes_max: 10_000,
            },
        );
        let with = |text: &str| {
            Payload::from(ServerEvent::ItemDeleted {
                item_id: text.into(),
            })
        };

        let live = log
            .append(&with("amber violin"), Some(&with("two words")))
            .unwrap();

        assert!(live.text.contains("amber violin"));
        let Since::Events(kept) = log.since(0) else {
            panic!("one event")
        };
        assert!(kept[0].text.contains("two words") && !kept[0].text.contains("amber"));
    }
}
