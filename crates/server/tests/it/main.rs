//! The server with a scripted house behind it, over real sockets on loopback.

mod client;
mod fake;
mod handshake;
mod http;
mod resume;
mod talk;
