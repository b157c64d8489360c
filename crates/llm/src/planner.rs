use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use errand_model::{
    BoxFuture, Considered, Model, ModelError, ModelState, OpenKind, Private, Proposal, Scene,
    Spent, Talk, Thought, Turn,
};
use errand_types::Clock;
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::time::Instant;

use crate::budget::{Ledger, Wanted, tokens_of};
use crate::check::{Claims, Knowledge, Licence, free_words};
use crate::circuit::{Circuit, Leave};
use crate::config::{ConfigError, ModelServer};
use crate::handles::Handles;
use crate::prompt::{self, AgentPrompt, LabelWord, Toolbox};
use crate::read::{Fault, Reader, understood};
use crate::wire::{Again, Answer, End, Request, Wire};

/// Words of a turn that counts as small.
const SMALL_WORDS: usize = 8;
/// Longest wait before a repeat that nobody asked for.
const RETRY_MAX: Duration = Duration::from_secs(4);

/// What a language model is put together from besides its server.
#[derive(Debug)]
pub struct PlannerParts {
    /// The agents with their prompts.
    pub agents: Vec<AgentPrompt>,
    /// The labels that wishes can name.
    pub labels: Vec<LabelWord>,
    /// The planner that needs nobody: a second opinion on what the person asked for. `None`: only words decide.
    pub offline: Option<Arc<dyn Model>>,
    /// The clock, for budgets and rests.
    pub clock: Arc<dyn Clock>,
    /// Where the jitter of repeats starts.
    pub jitter_seed: u64,
}

/// A language model behind the planner's port.
#[derive(Debug)]
pub struct LanguageModel {
    pub(crate) config: ModelServer,
    pub(crate) wire: Wire,
    pub(crate) toolbox: Toolbox,
    parts: PlannerParts,
    claims: Claims,
    licence: Licence,
    ledger: Mutex<Ledger>,
    circuit: Mutex<Circuit>,
    jitter: Mutex<SmallRng>,
}

impl LanguageModel {
    /// A model at this server. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ConfigError`] when the server cannot be used as configured.
    pub fn new(config: ModelServer, parts: PlannerParts) -> Result<Self, ConfigError> {
        let wire = Wire::new(&config, Arc::clone(&parts.clock))?;
        Ok(Self {
            wire,
            toolbox: Toolbox::new(),
            claims: Claims::new(&parts.labels).map_err(ConfigError::Client)?,
            licence: Licence::new().map_err(ConfigError::Client)?,
            ledger: Mutex::default(),
            circuit: Mutex::default(),
            jitter: Mutex::new(SmallRng::seed_from_u64(parts.jitter_seed)),
            config,
            parts,
        })
    }

    /// The agent that talks with the person.
    pub(crate) fn agent(&self) -> String {
        let is_front = |a: &&AgentPrompt| a.name == "concierge";
        let front = self
            .parts
            .agents
            .iter()
            .find(is_front)
            .or(self.parts.agents.first());
        front.map(|a| a.name.clone()).unwrap_or_default()
    }

    /// The turn within all bounds.
    async fn turn(
        &self,
        turn: &Turn,
        talk: &Talk,
        spent: &mut Spent,
    ) -> Result<Thought, ModelError> {
        let deadline = Instant::now() + Duration::from_millis(self.config.limits.turn_ms);
        let handles = Handles::of(&turn.scene);
        let mut request = self.request(turn, talk, &handles)?;
        let known = Knowledge::new(&self.claims, &turn.scene, talk, turn.text.as_str());
        let reader = Reader {
            scene: &turn.scene,
            handles: &handles,
            agents: &self.parts.agents,
            labels: &self.parts.labels,
            claims: &self.claims,
            known: &known,
            text: turn.text.as_str(),
        };
        let mut fault = None;
        for _ in 0..2 {
            let answer = self.ask(&request, talk, deadline, spent).await?;
            if answer.refused || answer.end == Some(End::Filtered) {
                return Err(ModelError::Refused);
            }
            match reader.proposal(&answer, self.config.answers) {
                Ok(proposal) => return self.checked(proposal, turn, talk, &known).await,
                Err(wrong) => {
                    // The one repair goes to the larger model.
                    request.model.clone_from(&self.config.model);
                    prompt::repair(&mut request.messages, &wrong.to_string());
                    fault = Some(wrong);
                }
            }
        }
        let why = fault.as_ref().map(told).unwrap_or_default();
        Err(ModelError::Unreadable(why.to_owned()))
    }

    fn request(&self, turn: &Turn, talk: &Talk, handles: &Handles) -> Result<Request, ModelError> {
        let scene = &turn.scene;
        let may = |name: &str| scene.tools.iter().any(|t| t.as_str() == name);
        let (tools, shape) = self.toolbox.offered(&may, handles, self.config.answers);
        let system = prompt::system(scene.agent.as_str(), &self.parts.agents, &self.parts.labels);
        let model = match &self.config.small_model {
            Some(small) if is_small(turn) => small,
            Some(_) | None => &self.config.model,
        };
        let message = prompt::message(scene, handles, talk, self.config.limits.prompt_bytes)?;
        Ok(Request {
            model: model.clone(),
            system,
            messages: vec![message],
            tools,
            shape,
            answer_tokens: self.config.limits.answer_tokens,
        })
    }

    /// One request, repeated where that may help and the bounds allow it.
    async fn ask(
        &self,
        request: &Request,
        talk: &Talk,
        deadline: Instant,
        spent: &mut Spent,
    ) -> Result<Answer, ModelError> {
        let limits = &self.config.limits;
        let prices = self.config.prices.as_ref();
        let body = self.wire.body(request);
        let wanted = Wanted {
            tokens_in: tokens_of(body.to_string().len()),
            tokens_out: u64::from(request.answer_tokens),
        };
        let errand = talk.errand.as_str();
        let mut tried = 0;
        loop {
            lock(&self.ledger).take(
                errand,
                spent,
                wanted,
                (limits, prices),
                self.parts.clock.now(),
            )?;
            let error = match self.wire.ask(&body, deadline).await {
                Ok(answer) => {
                    let took = took(&answer);
                    lock(&self.ledger).settle(errand, spent, wanted, took, prices);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            tracing::debug!(%error, tried, "the language model did not answer");
            let wait = match error.again() {
                Again::After(wait) => Some(wait),
                Again::Soon => Some(self.backoff(tried)),
                Again::Never => None,
            };
            match wait {
                Some(wait) if tried < limits.retries && Instant::now() + wait < deadline => {
                    tokio::time::sleep(wait).await;
                    tried = tried.saturating_add(1);
                }
                Some(_) | None => return Err(error.as_model()),
            }
        }
    }

    /// Doubling, with up to half of it more by chance, so that many do not come back at once.
    fn backoff(&self, tried: u32) -> Duration {
        let base = Duration::from_millis(self.config.limits.retry_ms)
            .saturating_mul(1 << tried.min(8))
            .min(RETRY_MAX);
        let more: f64 = lock(&self.jitter).random_range(0.0..0.5);
        base.mul_f64(1.0 + more)
    }

    async fn checked(
        &self,
        proposal: Proposal,
        turn: &Turn,
        talk: &Talk,
        known: &Knowledge,
    ) -> Result<Thought, ModelError> {
        for words in free_words(&proposal) {
            known
                .check(&self.claims, words)
                .map_err(|why| ModelError::Unfounded(format!("it held {why}")))?;
        }
        let own = match &self.parts.offline {
            Some(offline) => offline.think(turn).await.ok().map(|t| t.proposal),
            None => None,
        };
        let around = (&turn.scene, talk);
        let tainted = self
            .licence
            .is_tainted(&proposal, own.as_ref(), turn.text.as_str(), around);
        Ok(Thought {
            understood: understood(&proposal, &turn.scene),
            tainted,
            proposal,
        })
    }
}

impl Model for LanguageModel {
    fn name(&self) -> &str {
        &self.config.model
    }

    fn think<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Thought, ModelError>> {
        Box::pin(async move {
            let talk = Talk::new(
                "alone",
                turn.text.as_str(),
                std::iter::empty(),
                &Private::default(),
            );
            self.consider(turn, &talk).await.thought
        })
    }

    fn consider<'a>(&'a self, turn: &'a Turn, talk: &'a Talk) -> BoxFuture<'a, Considered> {
        Box::pin(async move {
            let mut spent = Spent::default();
            let thought = if is_private(&turn.scene) {
                Err(ModelError::Private)
            } else {
                self.guarded(turn, talk, &mut spent).await
            };
            Considered { thought, spent }
        })
    }

    fn state(&self) -> ModelState {
        lock(&self.circuit).state(self.parts.clock.now())
    }
}

impl LanguageModel {
    async fn guarded(
        &self,
        turn: &Turn,
        talk: &Talk,
        spent: &mut Spent,
    ) -> Result<Thought, ModelError> {
        let leave = lock(&self.circuit).ask(self.parts.clock.now())?;
        // A turn that is dropped half-way must not keep the one try to itself.
        let mut out = Out {
            circuit: &self.circuit,
            leave,
            is_over: false,
        };
        let thought = self.turn(turn, talk, spent).await;
        out.is_over = true;
        let mut circuit = lock(&self.circuit);
        match &thought {
            Ok(_) => circuit.worked(),
            Err(ModelError::OverBudget(_) | ModelError::Private) => circuit.let_go(leave),
            Err(error) => circuit.failed(leave, error, &self.config.limits, self.parts.clock.now()),
        }
        thought
    }
}

struct Out<'c> {
    circuit: &'c Mutex<Circuit>,
    leave: Leave,
    is_over: bool,
}

impl Drop for Out<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            lock(self.circuit).let_go(self.leave);
        }
    }
}

/// While the person is asked for a yes, a no or words, nobody else is asked anything.
fn is_private(scene: &Scene) -> bool {
    scene.open.as_ref().is_some_and(|open| match open.kind {
        OpenKind::Approval | OpenKind::Consent | OpenKind::YesNo => true,
        OpenKind::Choose | OpenKind::Planner => false,
    })
}

/// A few words about what is on the table.
fn is_small(turn: &Turn) -> bool {
    let scene = &turn.scene;
    let has_something = scene.open.is_some() || !scene.shown.is_empty() || !scene.cart.is_empty();
    has_something && turn.text.as_str().split_whitespace().count() <= SMALL_WORDS
}

fn took(answer: &Answer) -> Wanted {
    let bytes = answer.calls.iter().fold(answer.text.len(), |sum, call| {
        sum.saturating_add(call.name.len())
            .saturating_add(call.arguments.len())
    });
    let (tokens_in, tokens_out) = answer.usage.unwrap_or_default();
    Wanted {
        tokens_in,
        // A server that counts nothing is not believed to have sent nothing.
        tokens_out: tokens_out.max(if answer.usage.is_some() {
            1
        } else {
            tokens_of(bytes)
        }),
    }
}

/// A fault for the person: without names that the model made up.
fn told(fault: &Fault) -> &'static str {
    match fault {
        Fault::UnknownTool(..) => "it called a tool that does not exist",
        Fault::NoJson(_) | Fault::Shape => "it was no JSON of the right shape",
        Fault::Arguments { .. } => "its call did not fit",
        Fault::UnknownName(_) => "it named something that does not exist",
        Fault::UnknownLabel(_) => "it named a label that does not exist",
        Fault::NotSaid(_) => "it quoted you with something that you did not say",
        Fault::NotPlain(_) => "it put a claim into a search",
        Fault::Steps | Fault::Needs(_) => "its plan does not fit together",
        Fault::Calls => "it called too much",
        Fault::Empty => "it was empty",
        Fault::Length => "it was too long",
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
