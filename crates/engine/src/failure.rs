use serde::{Deserialize, Serialize};

/// Why something at a shop did not happen, without the shop's protocol in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Kind, which decides what happens next.
    pub kind: FailureKind,
    /// Stable code: `SHOP-0003`.
    pub code: String,
    /// What happened, for the person; no full stop.
    pub text: String,
    /// Time that was spent, in milliseconds.
    pub after_ms: u64,
}

/// Kinds of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The request never left, or the shop refused it before doing anything: nothing changed.
    NotDone,
    /// No answer was seen: it may have been done.
    Unknown,
    /// The shop no longer has the thing, or not so many.
    OutOfStock,
    /// The payment was refused.
    PaymentRefused,
    /// What the shop says now is not what was asked for or approved.
    Changed,
    /// The shop wants the person to go on at its own page.
    NeedsBuyer,
    /// Too late for it.
    TooLate,
}
