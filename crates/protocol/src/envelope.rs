//! The envelope of server events: every event carries a number that grows within its session.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::errand::ErrandEvent;
use crate::realtime::ServerEvent;

/// Numbers up to here survive every JSON reader and leave room to count on.
const NUMBER_MAX: u64 = 1 << 52;

/// Number of a server event.
///
/// An event of the session's log is `event_7`. What concerns one connection only (`session.created`,
/// `errand.session.resumed`) is not in the log; its id says after which event it was sent: `event_7.1`. So a client
/// that resumes from either of them resumes at the right place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventId {
    number: u64,
    beside: Option<u32>,
}

impl EventId {
    /// The id of the `number`th event of the log, from 1.
    pub fn logged(number: u64) -> Self {
        Self {
            number,
            beside: None,
        }
    }

    /// The id of a connection's own event, sent after the event `number` of the log.
    pub fn beside(number: u64, nth: u32) -> Self {
        Self {
            number,
            beside: Some(nth),
        }
    }

    /// Reads what a client gives as its last event. `None` when it is no id of ours.
    pub fn parse(raw: &str) -> Option<Self> {
        let rest = raw.strip_prefix("event_")?;
        let (number, beside) = match rest.split_once('.') {
            Some((number, nth)) => (number, Some(plain::<u32>(nth)?)),
            None => (rest, None),
        };
        let number = plain::<u64>(number)?;
        (number <= NUMBER_MAX).then_some(Self { number, beside })
    }

    /// The number of the last event of the log that a holder of this id has seen; 0 for none.
    pub fn number(self) -> u64 {
        self.number
    }
}

/// Digits only: `parse` of the standard library would also take `+7`.
fn plain<N: std::str::FromStr>(raw: &str) -> Option<N> {
    raw.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| raw.parse().ok())
        .flatten()
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event_{}", self.number)?;
        match self.beside {
            Some(nth) => write!(f, ".{nth}"),
            None => Ok(()),
        }
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a server event says, without its number.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Payload {
    /// Of the Realtime protocol.
    Realtime(Box<ServerEvent>),
    /// Our own.
    Errand(Box<ErrandEvent>),
}

impl From<ServerEvent> for Payload {
    fn from(event: ServerEvent) -> Self {
        Self::Realtime(Box::new(event))
    }
}

impl From<ErrandEvent> for Payload {
    fn from(event: ErrandEvent) -> Self {
        Self::Errand(Box::new(event))
    }
}

/// A server event as it goes over the wire.
#[derive(Debug, Serialize)]
pub struct Envelope<'a> {
    /// Its number.
    pub event_id: EventId,
    /// What it says, with its `type`.
    #[serde(flatten)]
    pub payload: &'a Payload,
}

/// Families of our own events, as a client may ask for them: the word behind `errand.`.
pub const FAMILIES: [&str; 16] = [
    "session",
    "plan",
    "products",
    "comparison",
    "configuration",
    "cart",
    "approval",
    "receipt",
    "delivery",
    "orders",
    "handoff",
    "policy",
    "disclosure",
    "notice",
    "question",
    "planner",
];

/// Which of our own events a connection asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OptIn(u32);

impl OptIn {
    /// None: the default, because one client turns each unknown event into an error of its application.
    pub const NONE: Self = Self(0);

    /// Every family.
    pub const ALL: Self = Self((1 << FAMILIES.len()) - 1);

    /// Reads `all`, or a comma list of families; unknown words are ignored. Whoever asks for any family also gets
    /// `session`.
    pub fn parse(raw: &str) -> Self {
        let asked = raw.split(',').map(str::trim).fold(0_u32, |set, word| {
            let word = word.strip_prefix("errand.").unwrap_or(word);
            if word == "all" {
                Self::ALL.0
            } else {
                set | bit(word)
            }
        });
        Self(if asked == 0 {
            0
        } else {
            asked | bit("session")
        })
    }

    /// Whether a family was asked for, by its name: `approval`.
    pub fn has(self, family: &str) -> bool {
        self.0 & bit(family) != 0
    }

    /// No family.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this connection gets that payload.
    pub fn takes(self, payload: &Payload) -> bool {
        match payload {
            Payload::Realtime(_) => true,
            Payload::Errand(event) => self.0 & family(event).0 != 0,
        }
    }

    /// Whether one of those families was asked for.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

fn bit(word: &str) -> u32 {
    FAMILIES
        .iter()
        .position(|family| *family == word)
        .map_or(0, |at| 1 << at)
}

/// The one family of an event.
pub fn family(event: &ErrandEvent) -> OptIn {
    OptIn(bit(match event {
        ErrandEvent::Resumed(_) | ErrandEvent::State(_) => "session",
        ErrandEvent::Plan { .. } => "plan",
        ErrandEvent::Products(_) => "products",
        ErrandEvent::Comparison(_) => "comparison",
        ErrandEvent::Configuration(_) | ErrandEvent::Assembly(_) => "configuration",
        ErrandEvent::Cart { .. } => "cart",
        ErrandEvent::ApprovalRequired { .. } | ErrandEvent::ApprovalResolved(_) => "approval",
        ErrandEvent::Receipt { .. } => "receipt",
        ErrandEvent::Delivery { .. } => "delivery",
        ErrandEvent::Orders { .. } => "orders",
        ErrandEvent::Handoff(_) => "handoff",
        ErrandEvent::Policy(_) => "policy",
        ErrandEvent::Disclosure { .. } => "disclosure",
        ErrandEvent::Notice(_) => "notice",
        ErrandEvent::Question { .. } => "question",
        ErrandEvent::Planner(_) => "planner",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_ids_are_read_back_as_written_and_nothing_else_is() {
        for id in [
            EventId::logged(1),
            EventId::logged(NUMBER_MAX),
            EventId::beside(0, 0),
            EventId::beside(41, 7),
        ] {
            assert_eq!(EventId::parse(&id.to_string()), Some(id));
        }
        for raw in [
            "",
            "event_",
            "event_-1",
            "event_+1",
            "event_1.",
            "event_.1",
            "event_1.2.3",
            "Event_1",
            "event_1e3",
        ] {
            assert_eq!(EventId::parse(raw), None, "{raw}");
        }
        assert_eq!(EventId::parse("event_99999999999999999999"), None);
        assert_eq!(EventId::parse(&format!("event_{}", NUMBER_MAX + 1)), None);
    }

    #[test]
    fn who_asks_for_one_family_gets_that_one_and_the_session_events() {
        let question = Payload::from(ErrandEvent::Question {
            text: "Which one?".into(),
            chips: vec![],
        });
        let orders = Payload::from(ErrandEvent::Orders { orders: vec![] });

        let some = OptIn::parse("question, unheard-of");

        assert!(some.takes(&question) && !some.takes(&orders));
        assert!(some.intersects(OptIn::parse("session")));
        assert!(OptIn::parse("all").takes(&orders));
        assert!(OptIn::parse("unheard-of").is_empty() && !OptIn::NONE.takes(&question));
    }
}
