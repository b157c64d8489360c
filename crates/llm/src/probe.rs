//! What a server can do of what is needed: asked step by step, with what was seen and what to do about it.

use std::time::Duration;

use errand_model::{Model as _, Proposal, Scene, ShopName, Turn};
use errand_types::{Currency, MerchantId, Text, ToolCall};
use serde::Serialize;
use tokio::time::Instant;

use crate::LanguageModel;
use crate::config::Answers;
use crate::wire::{Answer, CallError, End, Message, Request, Role};

/// Tokens that the step about limits allows.
const FEW_TOKENS: u32 = 24;
/// What such an answer may hold at most, in characters: nobody's tokens are longer on average.
const FEW_CHARS: usize = 24 * 12;

/// One step of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it is about: `answers`, `streams`, `plans`, `limits`, `counts`, `small`.
    pub id: &'static str,
    /// What it is about, for people.
    pub title: &'static str,
    /// How it went.
    pub outcome: Outcome,
    /// What was seen.
    pub seen: String,
    /// What can be done, where something can.
    pub remedy: Option<String>,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it should.
    Ok,
    /// It works, with something lost.
    Poor,
    /// It does not work.
    Failed,
    /// Not tried, because an earlier step failed.
    Skipped,
}

/// Whether a server is good enough: nothing failed.
pub fn is_usable(steps: &[Step]) -> bool {
    steps
        .iter()
        .all(|s| matches!(s.outcome, Outcome::Ok | Outcome::Poor))
}

impl LanguageModel {
    /// Tries everything that errand needs of its server. Costs a handful of small requests.
    pub async fn probe(&self) -> Vec<Step> {
        let first = self
            .plain(&self.config.model, "Answer with the one word: ready", 200)
            .await;
        let mut steps = vec![self.answers(&first)];
        let Ok(first) = first else {
            let rest = [
                ("streams", "sends an answer in pieces"),
                ("tools", "calls a tool"),
                ("plans", "gives a plan"),
                ("limits", "keeps to a limit"),
                ("counts", "counts its tokens"),
            ];
            steps.extend(rest.map(|(id, title)| Step {
                id,
                title,
                outcome: Outcome::Skipped,
                seen: "not tried".to_owned(),
                remedy: None,
            }));
            return steps;
        };
        steps.push(self.streams().await);
        steps.push(self.calls_a_tool().await);
        steps.push(self.plans().await);
        steps.push(self.limits().await);
        steps.push(counts(&first));
        if let Some(small) = &self.config.small_model {
            let answer = self
                .plain(small, "Answer with the one word: ready", 200)
                .await;
            let mut step = self.answers(&answer);
            (step.id, step.title) = ("small", "the small model answers");
            steps.push(step);
        }
        steps
    }

    async fn plain(&self, model: &str, words: &str, tokens: u32) -> Result<Answer, CallError> {
        let request = Request {
            model: model.to_owned(),
            system:
                "You take part in a test of this connection. Do as you are asked, and nothing else."
                    .to_owned(),
            messages: vec![Message {
                role: Role::User,
                text: words.to_owned(),
            }],
            tools: Vec::new(),
            shape: None,
            answer_tokens: tokens,
        };
        let deadline = Instant::now() + Duration::from_millis(self.config.limits.turn_ms);
        self.wire.ask(&self.wire.body(&request), deadline).await
    }

    fn answers(&self, answer: &Result<Answer, CallError>) -> Step {
        let (id, title) = ("answers", "answers");
        match answer {
            Ok(answer) if answer.text.trim().is_empty() => Step {
                id,
                title,
                outcome: Outcome::Failed,
                seen: "an answer without words".to_owned(),
                remedy: Some(
                    "a model that thinks before it answers may need a larger `answer_tokens`"
                        .to_owned(),
                ),
            },
            Ok(answer) => Step {
                id,
                title,
                outcome: Outcome::Ok,
                seen: format!(
                    "“{}” after {} ms",
                    Text::<40>::clip(answer.text.trim()),
                    answer.ms
                ),
                remedy: None,
            },
            Err(error) => Step {
                id,
                title,
                outcome: Outcome::Failed,
                seen: error.to_string(),
                remedy: Some(self.remedy(error)),
            },
        }
    }

    async fn streams(&self) -> Step {
        let (id, title) = ("streams", "sends an answer in pieces");
        match self
            .plain(
                &self.config.model,
                "Count from one to twenty in words.",
                300,
            )
            .await
        {
            Ok(answer) if answer.pieces > 1 => Step {
                id,
                title,
                outcome: Outcome::Ok,
                seen: format!(
                    "{} pieces, the first after {} ms, the last after {} ms",
                    answer.pieces, answer.first_ms, answer.ms
                ),
                remedy: None,
            },
            Ok(answer) => Step {
                id,
                title,
                outcome: Outcome::Poor,
                seen: format!("all at once after {} ms", answer.ms),
                remedy: Some(
                    "a slow answer cannot be told from none; raise `first_ms` if it is cut off"
                        .to_owned(),
                ),
            },
            Err(error) => self.failed(id, title, &error),
        }
    }

    async fn calls_a_tool(&self) -> Step {
        let (id, title) = ("tools", "calls a tool");
        self.proposes(
            id,
            title,
            "Show me what is in my cart.",
            |proposal| match proposal {
                Proposal::Calls(calls)
                    if calls.iter().any(|c| matches!(c, ToolCall::CartShow(_))) =>
                {
                    Ok("it called `cart_show`".to_owned())
                }
                Proposal::Plan(draft)
                    if matches!(draft.steps.as_slice(), [one] if matches!(one.call, ToolCall::CartShow(_))) =>
                {
                    Ok("it called `cart_show`, as a plan of one step".to_owned())
                }
                other => Err(kind(other)),
            },
        )
        .await
    }

    async fn plans(&self) -> Step {
        let (id, title) = ("plans", "gives a plan");
        let words =
            "I need two bags of decaf coffee beans under 15 dollars each. Compare the best three.";
        self.proposes(id, title, words, |proposal| match proposal {
            Proposal::Plan(draft) => {
                let tools: Vec<&str> = draft.steps.iter().map(|s| s.call.name()).collect();
                if tools.contains(&"search") {
                    Ok(format!("a plan: {}", tools.join(", ")))
                } else {
                    Err(format!("a plan without a search: {}", tools.join(", ")))
                }
            }
            Proposal::Calls(calls) if calls.iter().any(|c| matches!(c, ToolCall::Search(_))) => {
                Ok("a search without a plan".to_owned())
            }
            other => Err(kind(other)),
        })
        .await
    }

    async fn proposes(
        &self,
        id: &'static str,
        title: &'static str,
        words: &str,
        fits: impl Fn(&Proposal) -> Result<String, String> + Send,
    ) -> Step {
        let turn = Turn {
            text: Text::clip(words),
            scene: scene(&self.agent()),
        };
        let remedy = match self.config.answers {
            Answers::Tools => {
                "try `answers = \"schema\"`, or a model that was made for calling tools"
            }
            Answers::Schema => "try `answers = \"tools\"`, or a server that enforces JSON schemas",
        };
        let (outcome, seen) = match self.think(&turn).await {
            Ok(thought) => match fits(&thought.proposal) {
                Ok(seen) => (Outcome::Ok, seen),
                Err(seen) => (Outcome::Failed, seen),
            },
            Err(error) => (Outcome::Failed, error.to_string()),
        };
        Step {
            id,
            title,
            remedy: (outcome != Outcome::Ok).then(|| remedy.to_owned()),
            outcome,
            seen,
        }
    }

    async fn limits(&self) -> Step {
        let (id, title) = ("limits", "keeps to a limit");
        let words = "Count from one to three hundred in words, without leaving any out.";
        match self.plain(&self.config.model, words, FEW_TOKENS).await {
            Ok(answer) => {
                let chars = answer.text.chars().count();
                let is_kept = answer.end == Some(End::Length) || chars <= FEW_CHARS;
                Step {
                    id,
                    title,
                    outcome: if is_kept { Outcome::Ok } else { Outcome::Failed },
                    seen: format!("{chars} characters for {FEW_TOKENS} tokens"),
                    remedy: (!is_kept).then(|| "this server ignores limits of tokens, so its answers may cost more than they should; choose another".to_owned()),
                }
            }
            Err(error) => self.failed(id, title, &error),
        }
    }

    fn failed(&self, id: &'static str, title: &'static str, error: &CallError) -> Step {
        Step {
            id,
            title,
            outcome: Outcome::Failed,
            seen: error.to_string(),
            remedy: Some(self.remedy(error)),
        }
    }

    fn remedy(&self, error: &CallError) -> String {
        let (host, path) = (self.config.host(), self.config.api.path());
        match error {
            CallError::NotReached(_) => {
                format!("start the server, or correct `base_url`: nothing answers at {host}")
            }
            CallError::Silent { .. } | CallError::Late { .. } => {
                "use a smaller model or a faster machine, or raise `first_ms` and `turn_ms`"
                    .to_owned()
            }
            CallError::Busy { .. } => "wait, or raise what the server allows this key".to_owned(),
            CallError::Failed { .. } | CallError::Broken | CallError::Cut => {
                format!("look into the log of the server at {host}")
            }
            CallError::Key { .. } => "correct the key: `key_env` or `key_file`".to_owned(),
            CallError::NotFound(_) => {
                format!(
                    "correct `model` or `base_url`; errand asks `{path}` below it, and `api` chooses which"
                )
            }
            CallError::Rejected { .. } => {
                "read what it says; the other `api` or `answers` may be what it knows".to_owned()
            }
            CallError::NoStream | CallError::Garbled => {
                "it must stream events (`text/event-stream`); look for a setting of the server"
                    .to_owned()
            }
            CallError::TooLarge(_) | CallError::TooMany(_) => {
                "choose another model; this one does not come to an end".to_owned()
            }
        }
    }
}

fn counts(answer: &Answer) -> Step {
    let is_counted = answer.usage.is_some_and(|(tokens_in, _)| tokens_in > 0);
    Step {
        id: "counts",
        title: "counts its tokens",
        outcome: if is_counted {
            Outcome::Ok
        } else {
            Outcome::Poor
        },
        seen: match answer.usage {
            Some((tokens_in, out)) => format!("{tokens_in} in, {out} out"),
            None => "nothing was counted".to_owned(),
        },
        remedy: (!is_counted).then(|| "budgets go by the size of texts instead".to_owned()),
    }
}

fn kind(proposal: &Proposal) -> String {
    match proposal {
        Proposal::Plan(draft) => {
            let names: Vec<&str> = draft.steps.iter().map(|s| s.call.name()).collect();
            format!("a plan instead: {}", names.join(", "))
        }
        Proposal::Calls(calls) => {
            let names: Vec<&str> = calls.iter().map(ToolCall::name).collect();
            format!("other calls: {}", names.join(", "))
        }
        Proposal::Ask(_) => "a question instead".to_owned(),
        Proposal::Say(_) => "words instead".to_owned(),
    }
}

/// An empty table in one shop.
fn scene(agent: &str) -> Scene {
    let shop = MerchantId::parse("example-shop").ok().map(|id| ShopName {
        id,
        name: Text::clip("Example Shop"),
    });
    Scene {
        agent: Text::clip(agent),
        tools: ToolCall::NAMES.iter().map(|t| Text::clip(t)).collect(),
        now: jiff::Timestamp::UNIX_EPOCH,
        language: errand_types::Language::English,
        assembly: None,
        zone: Text::clip("UTC"),
        currency: Currency::USD,
        shops: shop.into_iter().collect(),
        need: None,
        shown: Vec::new(),
        focus: None,
        configuring: None,
        cart: Vec::new(),
        wish: None,
        open: None,
        orders: Vec::new(),
        lost: 0,
    }
}
