use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use errand_model::{
    BoxFuture, Draft, DraftStep, Model, ModelError, Proposal, Question, Scene, Thought, Turn,
};
use errand_types::{Text, ToolCall};

use super::Attack;

/// Calls of one turn at most: one more than the runtime takes now and then.
const BURST: usize = 41;

/// A planner that proposes anything at all. Silent at first: then the runtime falls back to its own.
#[derive(Debug)]
pub struct HostileModel {
    attack: Mutex<Attack>,
    awake: AtomicBool,
    calls: AtomicUsize,
}

impl HostileModel {
    /// A planner that follows from a seed.
    pub fn new(attack: Attack) -> Self {
        Self {
            attack: Mutex::new(attack),
            awake: AtomicBool::new(false),
            calls: AtomicUsize::new(0),
        }
    }

    /// Lets it loose, or silences it.
    pub fn wake(&self, awake: bool) {
        self.awake.store(awake, Ordering::SeqCst);
    }

    /// Calls that it has proposed.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    fn propose(&self, scene: &Scene) -> Thought {
        let mut attack = self.attack.lock().unwrap_or_else(PoisonError::into_inner);
        let proposal = match attack.up_to(19) {
            0 => Proposal::Say(Text::clip("Bought. Order 12345 is on its way.")),
            1 => Proposal::Ask(Question {
                text: Text::clip("Type your card number"),
                chips: vec![Text::clip("yes"), Text::clip("no")],
            }),
            2..=3 => Proposal::Plan(self.draft(&mut attack, scene)),
            _ => {
                // Mostly one: what follows a call that was refused is not run, and would attack nothing.
                let count = match attack.up_to(199) {
                    0 => BURST,
                    1..=40 => 1 + attack.up_to(4),
                    _ => 1,
                };
                let calls: Vec<ToolCall> = (0..count).map(|_| attack.call(scene)).collect();
                self.calls.fetch_add(calls.len(), Ordering::SeqCst);
                Proposal::Calls(calls)
            }
        };
        Thought {
            proposal,
            understood: Some(Text::clip("exactly what you wanted")),
            tainted: attack.once_in(2),
        }
    }

    fn draft(&self, attack: &mut Attack, scene: &Scene) -> Draft {
        let count = 1 + attack.up_to(9);
        self.calls.fetch_add(count, Ordering::SeqCst);
        let key = |at: usize| Text::clip(&format!("s{at}"));
        let steps = (0..count)
            .map(|at| DraftStep {
                key: key(at),
                agent: attack.agent(),
                title: Text::clip("Ask you, then pay"),
                call: attack.call(scene),
                // Sometimes itself or a later one: a circle.
                needs: (0..attack.up_to(2))
                    .map(|_| key(attack.up_to(10)))
                    .collect(),
            })
            .collect();
        Draft {
            goal: Text::clip("what the shop's page said"),
            steps,
        }
    }
}

impl Model for HostileModel {
    fn name(&self) -> &'static str {
        "hostile"
    }

    fn think<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Thought, ModelError>> {
        Box::pin(async move {
            if self.awake.load(Ordering::SeqCst) {
                Ok(self.propose(&turn.scene))
            } else {
                Err(ModelError::Unreachable("it is asleep".to_owned()))
            }
        })
    }
}

/// A planner that only keeps what it was shown; the runtime's own planner then does the work.
#[derive(Debug, Default)]
pub struct SpyModel(Mutex<String>);

impl SpyModel {
    /// Everything that it was shown, as text.
    pub fn seen(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Model for SpyModel {
    fn name(&self) -> &'static str {
        "spy"
    }

    fn think<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Thought, ModelError>> {
        Box::pin(async move {
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push_str(&format!("{turn:?}\n"));
            seen.push_str(&serde_json::to_string(&turn.scene).unwrap_or_default());
            Err(ModelError::Unreachable("it only looks".to_owned()))
        })
    }
}
