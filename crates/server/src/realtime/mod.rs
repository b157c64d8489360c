//! The Realtime protocol over WebSocket: a pure machine for each session, one actor around it, and connections that
//! come and go.

mod budget;
mod handshake;
mod log;
mod machine;
mod registry;
mod session;
mod socket;

pub(crate) use handshake::realtime;
pub(crate) use log::LogLimits;
pub(crate) use registry::Sessions;
