use std::sync::Arc;

use errand_engine::{Agents, MerchantCard};
use errand_gate::Decide;
use errand_journal::Journal;
use errand_merchant::Merchant;
use errand_model::{Model, Tone};
use errand_protocol::api::{Check, MerchantView};
use errand_types::{Clock, Ids, Language, MerchantId, Product, Profile};
use errand_values::Evaluator;

use crate::house::{BoxFuture, HouseError};

/// Reads an answer to an open question, in the language of the person.
pub type Grammar = Arc<dyn Fn(Language, &str) -> Heard + Send + Sync>;

/// Hears how a sentence sounds, in the language of the person.
pub type Listener = Arc<dyn Fn(Language, &str) -> Tone + Send + Sync>;

/// Is told what shops show.
pub type Learner = Arc<dyn Fn(&[Product]) + Send + Sync>;

/// Names of goods as people say them, learned from what shops show.
pub type Words = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// Everything a runtime is put together from. Made once, in the composition root.
pub struct Parts {
    /// Where everything lasts.
    pub journal: Arc<dyn Journal>,
    /// The gate.
    pub gate: Arc<dyn Decide>,
    /// The values evaluator.
    pub values: Arc<Evaluator>,
    /// The agents.
    pub agents: Arc<Agents>,
    /// The shops.
    pub shops: Arc<dyn Directory>,
    /// The planner that needs nobody.
    pub offline: Arc<dyn Model>,
    /// A language model, when one is configured. When it fails the offline planner goes on in the same turn.
    pub model: Option<Arc<dyn Model>>,
    /// The closed grammar for answers to open questions.
    pub grammar: Grammar,
    /// Hears how sentences sound.
    pub listener: Listener,
    /// Told what shops show, so that the offline planner knows their words.
    pub learn: Learner,
    /// Knows the names of goods, for whoever hears.
    pub words: Words,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids.
    pub ids: Arc<dyn Ids>,
    /// Profiles for people who have none in the journal yet.
    pub people: Vec<Profile>,
    /// Bounds.
    pub config: RuntimeConfig,
    /// Checks of the doctor that the composition root knows best: speech, model.
    pub checks: Vec<Check>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parts")
    }
}

/// Bounds of a runtime.
#[derive(Debug, Clone)]
pub struct RuntimeConfig {
    /// Sessions in memory at once.
    pub sessions_max: usize,
    /// Seconds after which an idle session leaves memory. It stays in the journal.
    pub idle_seconds: u64,
    /// Milliseconds that a language model may take for one turn.
    pub model_ms_max: u64,
}

impl Default for RuntimeConfig {
    fn default() -> Self {
        Self {
            sessions_max: 20_000,
            idle_seconds: 900,
            model_ms_max: 8_000,
        }
    }
}

/// What an answer to an open question is, by the closed grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Yes.
    Yes,
    /// No, cancel, stop.
    No,
    /// Why?
    Why,
    /// Again, please.
    Repeat,
    /// Perhaps the two words.
    Words(String),
    /// An ordinary sentence.
    Other,
}

/// How a shop is at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopStatus {
    /// The shop.
    pub id: MerchantId,
    /// Its name.
    pub name: String,
    /// It answered just now.
    pub alive: bool,
    /// Milliseconds that took.
    pub latency_ms: u32,
}

/// The connected shops.
pub trait Directory: Send + Sync + std::fmt::Debug {
    /// A shop.
    fn shop(&self, id: &MerchantId) -> Option<Arc<dyn Merchant>>;

    /// What the engine knows about each.
    fn cards(&self) -> Vec<MerchantCard>;

    /// What faces show about each.
    fn views(&self) -> Vec<MerchantView>;

    /// Connects a shop by its address and remembers it.
    fn add<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<MerchantView, HouseError>>;

    /// Disconnects a shop.
    fn remove<'a>(&'a self, id: &'a MerchantId) -> BoxFuture<'a, Result<(), HouseError>>;

    /// Asks each how it is.
    fn probe(&self) -> BoxFuture<'_, Vec<ShopStatus>>;
}
