//! The face for speakers and for voice systems that speak Wyoming. TCP, no passwords: see [`Peers`].
//!
//! [`serve`] lets callers on this machine, and those that the operator named, use errand's recognisers and voices, and shop
//! for one person; nothing that comes this way confirms a purchase. [`dial`] keeps satellites connected: microphones and
//! loudspeakers in other rooms, each of which holds a conversation of its own.
//!
//! What is decided or done goes through the port [`House`](errand_runtime::house::House), what is heard and spoken through
//! [`errand_voice_talk`]. This crate must not know HTTP, Cedar, SQL, a tool, or which engine is behind a port.
//!
//! Start reading at [`serve`], then the pure machine behind it in `serve/caller`, and [`dial`].

mod fault;
mod happened;
mod info;
mod metrics;
mod peers;
mod satellite;
mod serve;
mod wire;

pub use peers::{Peers, PeersError};
pub use satellite::{
    Listen, Rooms, Satellite, SatelliteError, SatelliteState, Trouble, check, dial, states,
};
pub use serve::{ServeConfig, ServeError, serve};
