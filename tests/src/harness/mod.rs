//! Starts a whole house in this process and talks to it as a client does.
//!
//! Start reading at [`World::start`].

mod client;
mod ears;
mod shops;
mod time;
mod world;

pub use client::{Client, Turn};
pub use ears::ears;
pub use shops::{OrderEntry, Shops};
pub use time::HouseClock;
pub use world::{SetUp, World};
