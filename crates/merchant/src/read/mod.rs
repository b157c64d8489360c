//! Readers of answers, one per feature: what is there decides, not the version that was promised.

pub(crate) mod checkout;
pub(crate) mod delivery;
pub(crate) mod messages;
pub(crate) mod order;
pub(crate) mod payment;
pub(crate) mod product;
pub(crate) mod totals;
