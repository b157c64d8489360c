//! What a voice stream does, by transcript of frames and events; and the workers behind it, with fake engines.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails says so"
)]

mod approvals;
mod barge;
mod driver;
mod golden;
mod kit;
mod laws;
mod looks;
mod real;
mod saying;
mod turns;
