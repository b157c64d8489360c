//! A language model over real HTTP on loopback, against servers that behave in every way that servers do.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what went wrong by stopping"
)]

mod answers;
mod founded;
mod limits;
mod nasty;
mod probe;
mod secrets;
mod server;
mod world;
