//! A planner that wants harm, and a wire that remembers what a shop was told.
//!
//! [`HostileModel`] emits any call with any arguments, from a seed; [`Tap`] stands between the house and a shop and keeps
//! every byte on the way to it.

mod calls;
mod model;
mod tap;

pub use calls::Attack;
pub use model::{HostileModel, SpyModel};
pub use tap::{Tap, tapped_shops};
