//! The planner's port: what was said and what is on the table goes in, a proposal comes out.
//!
//! A planner is untrusted. It sees no secret, holds no authority and what it proposes is decided by the gate. This crate
//! must not know what tools mean or what policies say.
//!
//! Start reading at [`Model`].

mod proposal;
mod scene;
mod scripted;

pub use proposal::{Draft, DraftStep, Proposal, Question, Thought};
pub use scene::{CartItem, Open, OpenKind, OrderBrief, Scene, ShopName, Shown, Turn};
pub use scripted::ScriptedModel;

use std::future::Future;
use std::pin::Pin;

/// A future that can be stored.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A planner: the offline model, a language model, or a script in tests.
pub trait Model: Send + Sync + std::fmt::Debug {
    /// Name for the person and the log: `offline`, or the name of the language model.
    fn name(&self) -> &str;

    /// Reads one turn. May be dropped at any await.
    ///
    /// # Errors
    /// [`ModelError`] when nothing usable came; the caller falls back and says so.
    fn think<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Thought, ModelError>>;
}

/// Why a planner gave nothing usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It took too long.
    #[error("the model did not answer in {ms} ms")]
    TooSlow {
        /// How long was waited.
        ms: u64,
    },
    /// It could not be reached or refused.
    #[error("the model could not be reached: {0}")]
    Unreachable(String),
    /// What it said is no proposal.
    #[error("the model's answer cannot be read: {0}")]
    Unreadable(String),
}
