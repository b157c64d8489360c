//! Clients that others wrote, each unmodified and in a process of its own.
//!
//! [`python`] and [`node`] find what the set-up scripts installed, or say what is missing; [`play`] runs a client and reads
//! its one line of JSON; [`Line`] is a wire between client and server that can be cut where a test wants it.

mod kitchen;
mod line;
mod order;
mod tools;

pub use kitchen::Kitchen;
pub use line::{Cut, Line};
pub use order::out_of_order;
pub use tools::{Missing, chromium, flite, node, play, python, root};
