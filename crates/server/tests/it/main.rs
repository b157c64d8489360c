//! The server with a scripted house behind it, over real sockets on loopback.

#[cfg(test)]
mod client;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod handshake;
#[cfg(test)]
mod http;
#[cfg(test)]
mod resume;
#[cfg(test)]
mod talk;
