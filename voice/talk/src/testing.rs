//! Engines without models, and a stream in virtual time, for tests of whoever builds on this crate.
//!
//! A [`Book`] knows which sound means which text: each text is a tone of its own pitch. [`FakeStt`] reads such sound, also
//! over silence, in order; [`FakeTts`] speaks a tone for each character; [`LoudVad`] takes for voice what is loud. [`Rig`] runs
//! a [`crate::Talker`] with them, 10 ms at a time, and keeps what happened when.

mod book;
mod engines;
mod rig;

pub use book::Book;
pub use engines::{FakeStt, FakeTts, LoudVad, ToneWake};
pub use rig::{Reads, Rig};
