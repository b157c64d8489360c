use errand_types::{CallId, DecisionId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Yes, ask the person, or no; ordered, so that the strictest of several is their maximum.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may happen.
    Allow,
    /// The person may lift this: by a consent or an approval, after which the whole is decided again.
    Ask,
    /// It does not happen.
    Deny,
}

/// Who made a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleSource {
    /// The person, in these words.
    You(String),
    /// errand itself: rules that hold for everybody.
    House,
    /// Whoever runs this installation.
    Operator,
    /// The law.
    Law,
}

/// One reason of a verdict, written for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// Stable code with a page of its own: `LIMIT-0001`. Never renumbered, never reused.
    pub code: String,
    /// Name of the rule: `money.day-limit`.
    pub rule: String,
    /// Who made it.
    pub source: RuleSource,
    /// Whether this reason allows, asks or denies.
    pub verdict: Verdict,
    /// What it is about, in words: the product, the shop, the amount.
    pub subject: String,
    /// What happened, one sentence without a full stop.
    pub text: String,
    /// What can be done, one sentence without a full stop; empty when there is nothing.
    pub remedy: String,
    /// How sure the fact behind it is, 0 (prose) to 4 (signed).
    pub evidence: Option<u8>,
}

/// What the gate decided about one call, with every reason. There is exactly one for each call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// Its name; `errand why` takes it.
    pub id: DecisionId,
    /// The call.
    pub call: CallId,
    /// Name of the action: `checkout.complete`.
    pub action: String,
    /// The strictest of all reasons.
    pub verdict: Verdict,
    /// All reasons, strictest first; for an allow the permits.
    pub reasons: Vec<Reason>,
    /// Epoch of the profile that it was made under.
    pub epoch: u64,
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

impl Decision {
    /// The reasons that made the verdict as strict as it is.
    pub fn deciding(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|r| r.verdict == self.verdict)
    }
}
