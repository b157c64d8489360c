//! Who plans a turn: the language model where there is one, and the offline planner in the same turn wherever it does not.

use std::sync::Arc;
use std::time::Duration;

use errand_model::{Considered, Model, ModelError, Proposal, Spent, Talk, Thought, Turn};
use errand_protocol::errand::{PlannerFallback, PlannerView};
use tokio::time::Instant;

use crate::metrics;

/// The planners of a house.
#[derive(Debug)]
pub(crate) struct Planners {
    pub(crate) offline: Arc<dyn Model>,
    pub(crate) model: Option<Arc<dyn Model>>,
    /// Longest wait for the language model, whatever it promises by itself.
    pub(crate) limit: Duration,
}

/// A planned turn.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) thought: Result<Thought, ModelError>,
    /// What the person is told about how it came about.
    pub(crate) notice: Option<String>,
    /// The same for machines; `None` where there is no language model.
    pub(crate) planner: Option<PlannerView>,
}

impl Planners {
    /// Plans a turn within the limit. `talk` is what a language model reads; without it none is asked.
    ///
    /// # Cancel safety
    /// May be dropped at any await.
    pub(crate) async fn plan(&self, turn: &Turn, talk: Option<&Talk>) -> Planned {
        let Some((model, talk)) = self.model.as_ref().zip(talk) else {
            return Planned {
                thought: self.offline.think(turn).await,
                notice: None,
                planner: None,
            };
        };
        let began = Instant::now();
        let considered = match tokio::time::timeout(self.limit, model.consider(turn, talk)).await {
            Ok(considered) => considered,
            Err(_) => Considered {
                thought: Err(ModelError::TooSlow { ms: ms(self.limit) }),
                spent: Spent::default(),
            },
        };
        let waited_ms = ms(began.elapsed());
        let own = self.offline.think(turn).await;
        let thought = considered.thought.and_then(|thought| {
            if is_idle(&thought, own.as_ref()) {
                Err(ModelError::Idle)
            } else {
                Ok(thought)
            }
        });
        match thought {
            Ok(thought) => Planned {
                thought: Ok(thought),
                notice: None,
                planner: Some(view(model.name(), None, considered.spent, waited_ms)),
            },
            Err(error) => {
                ::metrics::counter!(metrics::FALLBACKS).increment(1);
                let planner = view(
                    self.offline.name(),
                    Some(&error),
                    considered.spent,
                    waited_ms,
                );
                Planned {
                    thought: own,
                    notice: error
                        .is_told()
                        .then(|| format!("{}, so I understood this by myself", capital(&error))),
                    planner: Some(planner),
                }
            }
        }
    }
}

/// Words where there is something to do: the offline planner, which plans only what it is sure of, has steps or calls for
/// what was said, and these words ask nothing back.
fn is_idle(thought: &Thought, own: Result<&Thought, &ModelError>) -> bool {
    let Proposal::Say(words) = &thought.proposal else {
        return false;
    };
    let has_work =
        own.is_ok_and(|own| matches!(own.proposal, Proposal::Plan(_) | Proposal::Calls(_)));
    has_work && !words.as_str().contains('?')
}

fn view(name: &str, error: Option<&ModelError>, spent: Spent, waited_ms: u64) -> PlannerView {
    PlannerView {
        planner: name.chars().take(120).collect(),
        fallback: error.map(|error| PlannerFallback {
            reason: error.code().to_owned(),
            text: error.to_string(),
        }),
        requests: spent.requests,
        tokens_in: spent.tokens_in,
        tokens_out: spent.tokens_out,
        cost_micros: spent.micros,
        waited_ms,
    }
}

fn capital(error: &ModelError) -> String {
    let text = error.to_string();
    match text.strip_prefix("the model") {
        Some(rest) => format!("The language model{rest}"),
        None => text,
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use errand_model::{BoxFuture, Private, ScriptedModel};
    use errand_types::{Currency, Text};

    use super::*;

    fn thought(words: &str) -> Thought {
        Thought {
            proposal: Proposal::Say(Text::clip(words)),
            understood: None,
            tainted: false,
        }
    }

    fn turn() -> Turn {
        let scene = errand_model::Scene {
            language: errand_types::Language::English,
            assembly: None,
            agent: Text::clip("concierge"),
            tools: vec![],
            now: jiff::Timestamp::UNIX_EPOCH,
            zone: Text::clip("UTC"),
            currency: Currency::USD,
            shops: vec![],
            need: None,
            shown: vec![],
            focus: None,
            configuring: None,
            cart: vec![],
            wish: None,
            open: None,
            orders: vec![],
            lost: 0,
        };
        Turn {
            text: Text::clip("hello"),
            scene,
        }
    }

    async fn planned(model: Option<Arc<dyn Model>>) -> Planned {
        let planners = Planners {
            offline: Arc::new(ScriptedModel::new("offline", [Ok(thought("by myself"))])),
            model,
            limit: Duration::from_secs(8),
        };
        let talk = Talk::new("e", "hello", std::iter::empty(), &Private::default());
        planners.plan(&turn(), Some(&talk)).await
    }

    #[derive(Debug)]
    struct Silent;

    impl Model for Silent {
        fn name(&self) -> &'static str {
            "silent"
        }

        fn think<'a>(&'a self, _: &'a Turn) -> BoxFuture<'a, Result<Thought, ModelError>> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_model_costs_its_limit_and_then_the_turn_goes_on() {
        let planned = planned(Some(Arc::new(Silent))).await;

        assert_eq!(planned.thought, Ok(thought("by myself")));
        assert_eq!(
            planned.notice.as_deref(),
            Some("The language model did not answer in 8000 ms, so I understood this by myself")
        );
        let planner = planned.planner.unwrap();
        assert_eq!(
            (planner.planner.as_str(), planner.waited_ms),
            ("offline", 8_000)
        );
        assert_eq!(planner.fallback.unwrap().reason, "too_slow");
    }

    #[tokio::test]
    async fn what_the_model_planned_is_taken_and_named() {
        let model = ScriptedModel::new("talker-1", [Ok(thought("hello to you"))]);

        let planned = planned(Some(Arc::new(model))).await;

        assert_eq!(
            (planned.thought, planned.notice),
            (Ok(thought("hello to you")), None)
        );
        let planner = planned.planner.unwrap();
        assert_eq!(
            (planner.planner.as_str(), planner.fallback),
            ("talker-1", None)
        );
    }

    #[tokio::test]
    async fn words_where_there_is_something_to_do_are_not_taken_and_a_question_is() {
        let call = || Thought {
            proposal: Proposal::Calls(vec![errand_types::ToolCall::CartShow(
                errand_types::NoArgs::default(),
            )]),
            ..thought("")
        };
        for (words, is_taken) in [("I sell shoes.", false), ("Which of them?", true)] {
            let planners = Planners {
                offline: Arc::new(ScriptedModel::new("offline", [Ok(call())])),
                model: Some(Arc::new(ScriptedModel::new(
                    "talker-1",
                    [Ok(thought(words))],
                ))),
                limit: Duration::from_secs(8),
            };
            let talk = Talk::new("e", "show my cart", std::iter::empty(), &Private::default());
            let planned = planners.plan(&turn(), Some(&talk)).await;

            let fallback = planned.planner.unwrap().fallback;
            if is_taken {
                assert_eq!((planned.thought, fallback), (Ok(thought(words)), None));
            } else {
                assert_eq!(planned.thought, Ok(call()));
                assert_eq!(fallback.unwrap().reason, "idle");
            }
        }
    }

    #[tokio::test]
    async fn a_rest_is_told_to_machines_each_turn_and_to_the_person_not_again() {
        let model = ScriptedModel::new("talker-1", [Err(ModelError::Resting { seconds: 40 })]);

        let planned = planned(Some(Arc::new(model))).await;

        assert_eq!(
            (planned.thought, planned.notice),
            (Ok(thought("by myself")), None)
        );
        assert_eq!(planned.planner.unwrap().fallback.unwrap().reason, "resting");
    }

    #[tokio::test]
    async fn without_a_model_nothing_is_said_about_one() {
        let planned = planned(None).await;

        assert_eq!(planned.thought, Ok(thought("by myself")));
        assert!(planned.notice.is_none() && planned.planner.is_none());
    }
}
