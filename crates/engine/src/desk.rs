//! A person at the desk: called in, waited for, answering, handing back. A state of the session that is written down with
//! it, so that it survives a restart.
//!
//! The desk is one more untrusted planner in front of the same gate. What it sees is made in one place, [`seen`].

mod acts;
mod log;
mod seen;
mod turns;
mod watch;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use errand_protocol::desk::{DeskFact, DeskReason};
use errand_types::{DeskId, Language, OrderId, SessionId, Text, ToolCall};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use log::desk_seen;

use crate::signals::Stuck;

/// Seconds without a word or an act of whoever holds an errand, after which it goes back into the queue.
pub(crate) const IDLE_S: i64 = 300;
/// How often a session looks whether its place has changed.
pub(crate) const LOOK_S: i64 = 20;
/// Reads within so many seconds are one.
pub(crate) const READ_SPAN_S: i64 = 60;
/// Notes of one errand.
pub(crate) const NOTES_MAX: usize = 50;
/// Things tried that are kept.
pub(crate) const TRIED_MAX: usize = 20;

/// Name under which the gate knows the desk.
pub const DESK_AGENT: &str = "desk";
/// Tools that the desk may ask for. None of them pays, and none reads or changes what the person declared.
pub const DESK_TOOLS: [&str; 18] = [
    "search",
    "compare",
    "details",
    "configure",
    "assemble",
    "assembly_take",
    "cart_add",
    "cart_set",
    "cart_clear",
    "cart_show",
    "cart_undo",
    "combine",
    "buy",
    "schedule",
    "order_status",
    "order_cancel",
    "order_return",
    "order_move",
];

/// Somebody at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskBy {
    /// Which.
    pub id: DeskId,
    /// The name that people are shown.
    pub name: Text<40>,
}

/// What somebody at the desk does.
#[derive(Debug, Clone)]
pub enum DeskAct {
    /// Takes the errand over.
    Take {
        /// Why; the person sees it.
        why: Text<200>,
    },
    /// Says something to the person.
    Say(Text<2000>),
    /// Asks for a tool, like any planner.
    Call(Box<ToolCall>),
    /// Asks the person to show something.
    See(BTreeSet<DeskFact>),
    /// Writes a note that only the desk sees.
    Note(Text<500>),
    /// Hands back, with one line of what was agreed.
    Back(Text<200>),
    /// Puts the errand back into the queue.
    Release,
}

/// Why the desk may not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeskFault {
    /// The errand is not, or no longer, in the queue.
    #[error("that errand is not in the queue any more")]
    Over,
    /// Somebody else has it.
    #[error("{0} holds that errand")]
    Held(Text<40>),
    /// It must be taken over first.
    #[error("you do not hold that errand")]
    NotYours,
}

/// How things are at the desk, as the runtime knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeskNow {
    /// Somebody was given access to it: there is a desk.
    pub exists: bool,
    /// Somebody is there.
    pub open: bool,
    /// The process began a moment ago: whoever was there has had no time to be heard again.
    pub settling: bool,
    /// Sessions that wait, in their order.
    pub waiting: Vec<SessionId>,
}

/// Something that happened between a person and the desk, for the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskEntry {
    /// When.
    pub at: Timestamp,
    /// In which conversation.
    pub session: SessionId,
    /// Who at the desk.
    pub by: Option<DeskBy>,
    /// What.
    pub deed: DeskDeed,
}

/// Kinds of it. Notes hold their text, because only the desk wrote it; nothing else holds words of anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskDeed {
    /// A conversation began while there is a desk: what the share of those without one is counted from.
    Began,
    /// The person came into the queue.
    Asked {
        /// Why.
        reason: DeskReason,
        /// In which language they speak.
        language: Language,
        /// What they are called at the desk.
        who: Text<40>,
    },
    /// The reason changed while they waited.
    Reason(DeskReason),
    /// They asked, or waited, and nobody was there.
    NobodyThere,
    /// They left the queue.
    Left,
    /// Somebody took it over, for this reason.
    Taken(Text<200>),
    /// Somebody read it.
    Read,
    /// Somebody wrote to the person.
    Said,
    /// Somebody asked for a tool.
    Called {
        /// Which.
        tool: Text<60>,
        /// The gate said no to it.
        refused: bool,
    },
    /// Somebody asked to see something.
    AskedToSee(Vec<DeskFact>),
    /// The person answered that.
    Shown {
        /// What.
        facts: Vec<DeskFact>,
        /// They agreed.
        yes: bool,
    },
    /// A note for the desk.
    Noted,
    /// Handed back with this line.
    Back(Text<200>),
    /// Put back into the queue by whoever held it.
    Released,
    /// Back in the queue, because nothing was done for too long.
    Idle,
    /// The person sent them away.
    SentAway,
    /// "Did that help?"; `None`: not answered.
    Helped(Option<bool>),
}

/// Where a session stands with the desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// With errand.
    #[default]
    Alone,
    /// In the queue.
    Waiting(Ticket),
    /// A person answers.
    Taken {
        /// Who.
        by: DeskBy,
        /// The place in the queue that it had.
        ticket: Ticket,
        /// When they last said or did something.
        last: Timestamp,
        /// The person was told that errand only listens.
        told: bool,
    },
}

/// A place in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: DeskReason,
    /// The place that the person was last told.
    pub place: u32,
}

/// Something that was tried and did not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tried {
    pub(crate) what: Text<120>,
    pub(crate) why: Text<200>,
    pub(crate) code: Option<Text<20>>,
    pub(crate) rules: Vec<String>,
    pub(crate) times: u32,
}

/// A note of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) by: Text<40>,
    pub(crate) at: Timestamp,
    pub(crate) text: Text<500>,
}

/// Everything of a session that has to do with the desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Desk {
    /// Where it stands.
    pub stage: Stage,
    /// Signs that the talk is stuck.
    pub stuck: Stuck,
    /// The first sentence was heard.
    pub(crate) began: bool,
    pub(crate) allowed: BTreeSet<DeskFact>,
    pub(crate) notes: Vec<Note>,
    pub(crate) tried: VecDeque<Tried>,
    /// Orders that were the matter of this conversation.
    pub(crate) orders: BTreeSet<OrderId>,
    /// Numbers of sentences, counted from the first, that tell of more than this errand: the desk does not see them.
    pub(crate) withheld: VecDeque<u64>,
    /// Sentences so far.
    pub(crate) uttered: u64,
    /// When somebody last read it, so that many reads are one entry.
    pub(crate) read: BTreeMap<DeskId, Timestamp>,
}
