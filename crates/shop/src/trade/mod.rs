//! What the shop does with what it is asked: prices, delivery, payment, orders.

pub(crate) mod basket;
pub(crate) mod delivery;
pub(crate) mod life;
pub(crate) mod pricing;
pub(crate) mod slots;
pub(crate) mod terms;
