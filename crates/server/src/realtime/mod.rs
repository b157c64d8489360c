//! The Realtime protocol over WebSocket: a pure machine for each session, one actor around it, and connections that
//! come and go.

mod budget;
mod codec;
mod handshake;
mod log;
mod machine;
mod registry;
mod session;
mod socket;
mod voicing;

pub(crate) use handshake::realtime;
pub(crate) use log::LogLimits;
pub(crate) use registry::Sessions;
pub use voicing::Voices;
