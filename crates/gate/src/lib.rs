//! The gate: what may happen, decided from facts, explained in words.
//!
//! Whatever changes the world outside takes an [`Authorized`] by value. It has private fields and one maker,
//! [`authorize`], so a purchase that did not pass the gate does not compile. It is not `Deserialize`: after a crash the
//! gate is asked again. Verdicts are ordered, [`Verdict::Allow`] < [`Verdict::Ask`] < [`Verdict::Deny`], and several
//! deciders combine by the strictest.
//!
//! This crate must not know Cedar, models or any user interface. It is pure: the same facts give the same verdict.
//!
//! Start reading at [`authorize`].

mod act;
mod authorized;
mod decision;
mod facts;
mod grants;

pub use act::{
    Act, BookSlot, BuyerShare, CancelCheckout, CancelOrder, CompleteCheckout, HoldSlot,
    OpenCheckout, ReturnOrder, SearchShops, UpdateCheckout,
};
pub use authorized::{Ask, Authorized, Decide, Refusal, authorize};
pub use decision::{Decision, Reason, RuleSource, Verdict};
pub use facts::{
    ActionKind, ApprovalFacts, Channel, Facts, ItemFacts, MerchantFacts, MoneyFacts, RuleHit,
    ShareFacts, SpeechFacts,
};
pub use grants::Grants;
