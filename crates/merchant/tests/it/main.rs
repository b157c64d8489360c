//! The client against shops that answer over HTTP on loopback: every dialect, every quirk, every lie.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops loudly"
)]

#[path = "../../src/bin/errand-ucp-drive/kit.rs"]
mod kit;

mod agent_lane;
mod canary;
mod dialects;
mod fake;
mod faults;
mod feed;
mod hostile;
mod pages;
mod real;
mod registry;
mod rules;
mod world;
