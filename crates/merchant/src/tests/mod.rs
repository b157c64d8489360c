//! Tests that need what the crate keeps to itself: a wire that is scripted, and rules switched off.

mod fuzz;
#[path = "../bin/errand-ucp-drive/kit.rs"]
mod kit;
mod mutants;
#[path = "../bin/errand-ucp-drive/script.rs"]
mod script;
mod scripted;
mod timing;
