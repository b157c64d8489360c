//! Tools: what a planner may call, described for it, and the deeds behind them carried out at the shops.
//!
//! [`catalogue`] names every tool with its JSON schema. [`perform`] carries out a [`Deed`]; its permit travels inside
//! and is spent at the shop's port. This crate must not know turns or prompts.

mod catalogue;
mod failure;
mod perform;

pub use catalogue::{Described, catalogue};
pub use failure::{check_sentences, failure};
pub use perform::{Keeper, Report, Shops, perform};
