//! What the shop answers to whom.

pub(crate) mod admin;
pub(crate) mod agent;
pub(crate) mod call;
pub(crate) mod care;
pub(crate) mod cart;
pub(crate) mod checkout;
pub(crate) mod complete;
pub(crate) mod desk;
pub(crate) mod order;
pub(crate) mod pages;
pub(crate) mod profile;
pub(crate) mod read;
pub(crate) mod route;
pub(crate) mod search;
mod shelf;
pub(crate) mod slots;
pub(crate) mod view;
pub(crate) mod wire;
pub(crate) mod work;
