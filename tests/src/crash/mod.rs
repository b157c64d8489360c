//! Stopping a process in the middle of its journal, and starting it again.
//!
//! [`KillingJournal`] stands before the real journal of a house and ends its process before or behind the append that was
//! chosen. [`Node`] is such a house in a process of its own, the program `errand-node`; the shops stay with the test, so
//! that their books can judge.

mod errand;
mod journal;
mod node;
mod serve;

pub use errand::{Asked, buy, names_order, up_to_the_words, words_in};
pub use journal::{KillPoint, KillingJournal, When};
pub use node::{Node, NodeArgs, NodeClock};
pub use serve::serve;
