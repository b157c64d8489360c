//! The session protocol: what goes over the wire between errand and its faces.
//!
//! [`errand`] holds the payloads of our own events (`errand.*`), [`api`] the bodies of the HTTP calls. This crate must
//! not know how a command is carried out.

pub mod api;
pub mod errand;

/// Version of errand's own additions; a page that was loaded under another one reloads.
pub const PROTOCOL: u32 = 1;
