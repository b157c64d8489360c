//! A language model behind the planner's port: any server that speaks the OpenAI API.
//!
//! It gets the agent's prompt, and as quoted data what is on the table; nothing of the person leaves unmasked. What comes
//! back is a proposal like any other planner's: calls of known tools with handles of known things, a plan, a question, or
//! words in which every claim is one that a tool made. Anything else gets one chance of repair, and then the offline planner
//! goes on. Time, tokens, requests and money are bounded for each turn and each errand.
//!
//! It holds no authority: the gate decides what it proposes, as it does for every planner. This crate must not know
//! sessions, the gate's rules, or how tools do their work; of `errand-tools` it reads names and schemas.
//!
//! Start reading at [`LanguageModel`], then `planner.rs`, `read`, `check`.

mod budget;
mod check;
mod circuit;
mod config;
mod handles;
mod planner;
mod probe;
mod prompt;
mod read;
mod wire;

pub use config::{Answers, Api, ConfigError, Limits, ModelServer, Prices};
pub use planner::{LanguageModel, PlannerParts};
pub use probe::{Outcome, Step, is_usable};
pub use prompt::{AgentPrompt, LabelWord};
