//! End-to-end tests of errand, and the programs behind `cargo xtask stories`, `schemas` and `eval`.
//!
//! The whole house runs in one process: three built-in shops on ports of the system's choice, the runtime with its
//! real socket, and one clock that only moves when told. [`harness`] starts it and talks to it as a client would;
//! [`stories`] reads story files and plays them. Nothing of the product may know this crate.

pub mod aloud;
pub mod bench;
pub mod crash;
pub mod foreign;
pub mod harness;
pub mod hostile;
pub mod stories;
pub mod talker;

/// Whether the long runs are wanted: the environment variable `ERRAND_DEEP` is set.
pub fn deep() -> bool {
    std::env::var_os("ERRAND_DEEP").is_some()
}
