//! The runtime: one actor per session drives the engine and performs its effects.
//!
//! This crate must not know axum, Cedar or cpal.

pub mod house;
