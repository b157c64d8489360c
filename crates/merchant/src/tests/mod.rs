//! Tests that need what the crate keeps to itself: rules switched off, and a wire that is scripted.

#[path = "../bin/errand-ucp-drive/kit.rs"]
mod kit;
