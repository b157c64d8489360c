//! The index as its users see it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that is not as expected fails"
)]

mod feeds;
mod finding;
mod hostile;
mod refresh;
mod shelf;
