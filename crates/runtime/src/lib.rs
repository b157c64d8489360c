//! The runtime: one actor per session drives the engine and performs its effects; what must last is in the journal
//! before anything else happens.
//!
//! A face talks to a [`Runtime`] through the port [`house::House`]. This crate must not know axum, Cedar or cpal.
//!
//! Start reading at [`Runtime::start`], then `actor.rs`.

mod actor;
mod agent_files;
mod approvals;
mod desk;
mod devices;
pub mod house;
mod impl_desk;
mod impl_house;
mod kept;
mod later;
mod metrics;
mod parts;
mod person;
mod planners;
mod records;
mod recovery;
mod runtime;
mod store;

pub use agent_files::{AgentFileError, AgentSource, load_agents};
pub use metrics::describe as describe_metrics;
pub use parts::{
    Directory, Grammar, Heard, Learner, Listener, Parts, RuntimeConfig, ShopStatus, Words,
};
pub use records::JournalIntents;
pub use runtime::{Runtime, StartError};
