//! The planner's port: what was said and what is on the table goes in, a proposal comes out.
//!
//! A planner is untrusted. It sees no secret, holds no authority and what it proposes is decided by the gate. This crate
//! must not know what tools mean or what policies say.
//!
//! Start reading at [`Model`].

mod mask;
mod proposal;
mod scene;
mod scripted;
mod talk;
mod tone;

pub use mask::{Private, mask};
pub use proposal::{Draft, DraftStep, Proposal, Question, Thought};
pub use scene::{CartItem, Open, OpenKind, OrderBrief, Scene, ShopName, Shown, Turn};
pub use scripted::ScriptedModel;
pub use talk::{RECENT_MAX, Said, Speaker, Talk};
pub use tone::{Annoyed, Tone};

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

    /// Reads one turn with the talk around it, and says what that took. Planners to whom the turn is enough keep this.
    fn consider<'a>(&'a self, turn: &'a Turn, _: &'a Talk) -> BoxFuture<'a, Considered> {
        Box::pin(async move {
            Considered {
                thought: self.think(turn).await,
                spent: Spent::default(),
            }
        })
    }

    /// How it is at the moment, for the doctor.
    fn state(&self) -> ModelState {
        ModelState::Ready
    }
}

/// What a planner made of a turn and what that took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// The thought, or why there is none.
    pub thought: Result<Thought, ModelError>,
    /// What it took, also where nothing came of it.
    pub spent: Spent,
}

/// What a turn took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Requests sent.
    pub requests: u32,
    /// Tokens of prompts.
    pub tokens_in: u64,
    /// Tokens of answers.
    pub tokens_out: u64,
    /// Money, in millionths of a unit of the currency that prices are configured in. 0 where none are.
    pub micros: u64,
}

/// How a planner is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelState {
    /// It would be asked.
    Ready,
    /// It failed too often and is not asked for a while.
    Resting {
        /// Seconds left.
        seconds: u64,
        /// What went wrong last.
        why: ModelError,
    },
}

/// Why a planner gave nothing usable. Texts are ours; nothing that a server wrote is in them.
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
    /// It has too much to do.
    #[error("the model is busy")]
    Busy {
        /// Seconds that it asked to be left alone, when it said so.
        seconds: Option<u64>,
    },
    /// What it said is no proposal.
    #[error("the model's answer cannot be read: {0}")]
    Unreadable(String),
    /// It did not want to answer.
    #[error("the model refused to answer")]
    Refused,
    /// Its words hold something that no tool result contains.
    #[error("the model's answer was not used: {0}")]
    Unfounded(String),
    /// It only talked where the person's words ask for something to be done.
    #[error("the model only talked about it")]
    Idle,
    /// A budget of time, requests, tokens or money is used up.
    #[error("the model was not asked any more: {0} for it are used up")]
    OverBudget(String),
    /// It failed too often and is not asked for a while.
    #[error("the model is not asked for {seconds} s, because it failed several times")]
    Resting {
        /// Seconds left.
        seconds: u64,
    },
    /// The question at hand is between the person and errand alone.
    #[error("no language model takes part in an approval")]
    Private,
}

impl ModelError {
    /// A stable word for it: `too_slow`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooSlow { .. } => "too_slow",
            Self::Unreachable(_) => "unreachable",
            Self::Busy { .. } => "busy",
            Self::Unreadable(_) => "unreadable",
            Self::Refused => "refused",
            Self::Unfounded(_) => "unfounded",
            Self::Idle => "idle",
            Self::OverBudget(_) => "over_budget",
            Self::Resting { .. } => "resting",
            Self::Private => "private",
        }
    }

    /// Whether the person is told in a notice. What was told when it began, and what is as it should be, is not said again
    /// each turn; the event tells it every time.
    pub fn is_told(&self) -> bool {
        match self {
            Self::Resting { .. } | Self::Private => false,
            Self::TooSlow { .. }
            | Self::Unreachable(_)
            | Self::Busy { .. }
            | Self::Unreadable(_)
            | Self::Refused
            | Self::Unfounded(_)
            | Self::Idle
            | Self::OverBudget(_) => true,
        }
    }
}
