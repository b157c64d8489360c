//! Policy: the rules of the house in Cedar, behind the port of the gate.
//!
//! Facts are computed elsewhere and come in typed; policies only read them and say yes, no, or "ask the person", with
//! text that a person wrote. Everything fails closed: a missing fact, a fact out of bounds, a request that does not fit
//! the schema, a policy that errs. A file that does not validate is refused whole.
//!
//! This crate must not know who asks, what happens next, amounts of money, shops or sessions.
//!
//! ```
//! use errand_gate::{Ask, ActionKind, Decide, Facts, Verdict};
//! use errand_types::{CallId, DecisionId};
//!
//! let gate = errand_policy::CedarGate::builtin().expect("the policies of this build");
//! let facts = Facts::of("scout", "usr_kim");
//! let (id, call) = (DecisionId::from_tail("1").expect("an id"), CallId::from_tail("1").expect("an id"));
//! let ask = Ask { id, call, action: ActionKind::Search, facts: &facts, epoch: 0, now: jiff::Timestamp::UNIX_EPOCH };
//! assert_eq!(gate.decide(&ask).verdict, Verdict::Allow);
//! ```
//!
//! Start reading at [`CedarGate`].

mod cedar_gate;
mod files;
mod hits;
mod lint;
mod load;
mod names;
mod purposes;
mod reasons;
mod request;
mod sample;
mod slots;
mod texts;
mod wrapper;

#[cfg(test)]
mod traps;

pub use cedar_gate::CedarGate;
pub use files::{POLICIES, SCHEMA};
pub use hits::{gate_hit, gate_hits};
pub use load::LoadError;
pub use purposes::{
    PURPOSES_TOML, PurposeInfo, PurposeStanding, PurposesError, class_name, purpose_name, purposes,
};
pub use sample::ordinary_calls;
pub use slots::books;
