use errand_types::{CallId, DecisionId};
use jiff::Timestamp;

use crate::act::Act;
use crate::decision::{Decision, Verdict};
use crate::facts::{ActionKind, Facts};

/// A decider. Total: every error inside becomes a [`Verdict::Deny`] with its own reason.
pub trait Decide: Send + Sync + std::fmt::Debug {
    /// Decides one action from its facts. `id` and `call` name the record; `epoch` is the profile's; `now` its time.
    fn decide(&self, ask: &Ask<'_>) -> Decision;

    /// Decides each of several actions, as [`Decide::decide`] does and in the same order. A decider may work out once
    /// what is the same for several of them.
    fn decide_each(&self, asks: &[Ask<'_>]) -> Vec<Decision> {
        asks.iter().map(|ask| self.decide(ask)).collect()
    }
}

/// What a decider is asked.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// Name for the record.
    pub id: DecisionId,
    /// The call that is decided.
    pub call: CallId,
    /// What is to be done.
    pub action: ActionKind,
    /// What is known.
    pub facts: &'a Facts,
    /// Epoch of the profile.
    pub epoch: u64,
    /// When.
    pub now: Timestamp,
}

/// A permit for exactly one act. Made only by [`authorize`]; used once, by value.
#[must_use]
#[derive(Debug)]
pub struct Authorized<A> {
    act: A,
    decision: DecisionId,
}

impl<A: Act> Authorized<A> {
    /// What may be done.
    pub fn act(&self) -> &A {
        &self.act
    }

    /// The decision that allowed it.
    pub fn decision(&self) -> &DecisionId {
        &self.decision
    }

    /// Spends the permit.
    pub fn into_act(self) -> A {
        self.act
    }
}

/// Why there is no permit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The person can lift it.
    #[error("the person must be asked: decision `{}`", .0.id)]
    Ask(Box<Decision>),
    /// It does not happen.
    #[error("denied: decision `{}`", .0.id)]
    Deny(Box<Decision>),
}

impl Refusal {
    /// The record behind it.
    pub fn decision(&self) -> &Decision {
        match self {
            Self::Ask(decision) | Self::Deny(decision) => decision,
        }
    }
}

/// The only way to a permit. Returns the record beside it, so that allows are journalled too.
pub fn authorize<A: Act>(
    gate: &dyn Decide,
    ask: &Ask<'_>,
    act: A,
) -> Result<(Authorized<A>, Decision), Refusal> {
    // The kind is the act's own: a permit for one kind can never carry another.
    let ask = Ask {
        action: act.kind(),
        ..ask.clone()
    };
    let decision = gate.decide(&ask);
    match decision.verdict {
        Verdict::Allow => Ok((
            Authorized {
                act,
                decision: decision.id.clone(),
            },
            decision,
        )),
        Verdict::Ask => Err(Refusal::Ask(Box::new(decision))),
        Verdict::Deny => Err(Refusal::Deny(Box::new(decision))),
    }
}
