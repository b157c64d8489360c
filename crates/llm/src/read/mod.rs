//! From a server's answer to a proposal. Whatever is not exactly a call of the house is a [`Fault`].

mod args;
mod told;

use errand_model::{Draft, DraftStep, Proposal, Question, Scene};
use errand_types::limits::PLAN_STEPS_MAX;
use errand_types::{Text, ToolCall};
use serde::Deserialize;
use serde_json::Value;

use crate::check::{Claims, Knowledge};
use crate::config::Answers;
use crate::handles::Handles;
use crate::prompt::{AgentPrompt, LabelWord, plan_tool_names};
use crate::wire::{Answer, End};

pub(crate) use told::understood;

/// Calls of one turn.
const CALLS_MAX: usize = 16;

/// What is wrong with an answer. The text goes back to the model, once: it holds our words and the names it used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("there is no tool `{0}`{near}", near = nearest(.1.as_ref()))]
    UnknownTool(String, Option<String>),
    #[error("the arguments of `{0}` are no JSON")]
    NoJson(String),
    #[error("the arguments of `{tool}` do not fit: {why}")]
    Arguments { tool: String, why: String },
    #[error("`{0}` names nothing among the facts")]
    UnknownName(String),
    #[error("there is no label `{0}`")]
    UnknownLabel(String),
    #[error("the person did not say `{0}`")]
    NotSaid(String),
    #[error("`{0}` is not for searching")]
    NotPlain(String),
    #[error("a plan must have 1 to {PLAN_STEPS_MAX} steps")]
    Steps,
    #[error("step `{0}` needs a step that does not exist")]
    Needs(String),
    #[error("there are more than {CALLS_MAX} calls")]
    Calls,
    #[error("it holds neither a call nor words")]
    Empty,
    #[error("it is no JSON of the shape that was asked for")]
    Shape,
    #[error("it was longer than its limit")]
    Length,
}

fn nearest(name: Option<&String>) -> String {
    name.map(|n| format!("; the nearest is `{n}`"))
        .unwrap_or_default()
}

/// Everything that an answer is read against.
pub(crate) struct Reader<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) handles: &'a Handles,
    pub(crate) agents: &'a [AgentPrompt],
    pub(crate) labels: &'a [LabelWord],
    pub(crate) claims: &'a Claims,
    pub(crate) known: &'a Knowledge,
    /// What the person said now, for goals and reasons in their own words.
    pub(crate) text: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanArgs {
    steps: Vec<StepArgs>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepArgs {
    key: String,
    tool: String,
    #[serde(default)]
    arguments: Value,
    #[serde(default)]
    needs: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskArgs {
    question: String,
    #[serde(default)]
    choices: Vec<String>,
}

/// The one object of [`Answers::Schema`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    kind: Kind,
    #[serde(default)]
    steps: Vec<WholeStep>,
    #[serde(default)]
    ask: Option<AskArgs>,
    #[serde(default)]
    say: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plan,
    Calls,
    Ask,
    Say,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WholeStep {
    key: String,
    call: WholeCall,
    #[serde(default)]
    needs: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WholeCall {
    tool: String,
    #[serde(default)]
    arguments: Value,
}

impl Reader<'_> {
    /// The proposal in an answer.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub(crate) fn proposal(&self, answer: &Answer, answers: Answers) -> Result<Proposal, Fault> {
        if answer.end == Some(End::Length) {
            return Err(Fault::Length);
        }
        match answers {
            Answers::Tools => self.tools(answer),
            Answers::Schema => self.whole(&answer.text),
        }
    }

    fn tools(&self, answer: &Answer) -> Result<Proposal, Fault> {
        let [plan, ask] = plan_tool_names();
        if answer.calls.is_empty() {
            return say(&answer.text);
        }
        if answer.calls.len() > CALLS_MAX {
            return Err(Fault::Calls);
        }
        let mut calls = Vec::new();
        for raw in &answer.calls {
            let arguments = json_of(&raw.name, &raw.arguments)?;
            // A plan or a question stands for the whole turn.
            if raw.name == plan {
                let args: PlanArgs = fit(plan, arguments)?;
                return self.plan(args.steps);
            }
            if raw.name == ask {
                return question(fit(ask, arguments)?);
            }
            calls.push(self.call(&raw.name, arguments)?);
        }
        Ok(Proposal::Calls(calls))
    }

    fn whole(&self, text: &str) -> Result<Proposal, Fault> {
        let mut value: Value = serde_json::from_str(bare(text)).map_err(|_| Fault::Shape)?;
        args::without_nulls(&mut value);
        let whole: Whole = serde_json::from_value(value).map_err(|_| Fault::Shape)?;
        match whole.kind {
            Kind::Plan => self.plan(
                whole
                    .steps
                    .into_iter()
                    .map(|s| StepArgs {
                        key: s.key,
                        tool: s.call.tool,
                        arguments: s.call.arguments,
                        needs: s.needs,
                    })
                    .collect(),
            ),
            Kind::Calls if whole.steps.len() > CALLS_MAX => Err(Fault::Calls),
            Kind::Calls if whole.steps.is_empty() => Err(Fault::Empty),
            Kind::Calls => {
                let calls = whole
                    .steps
                    .into_iter()
                    .map(|s| self.call(&s.call.tool, s.call.arguments));
                Ok(Proposal::Calls(calls.collect::<Result<_, _>>()?))
            }
            Kind::Ask => question(whole.ask.ok_or(Fault::Empty)?),
            Kind::Say => say(&whole.say.unwrap_or_default()),
        }
    }

    fn plan(&self, steps: Vec<StepArgs>) -> Result<Proposal, Fault> {
        if steps.is_empty() || steps.len() > PLAN_STEPS_MAX {
            return Err(Fault::Steps);
        }
        let keys: Vec<String> = steps.iter().map(|s| s.key.clone()).collect();
        let mut read = Vec::new();
        for step in steps {
            if let Some(lost) = step.needs.iter().find(|need| !keys.contains(need)) {
                return Err(Fault::Needs(Text::<40>::clip(lost).to_string()));
            }
            let call = self.call(&step.tool, step.arguments)?;
            read.push(DraftStep {
                key: Text::clip(&step.key),
                agent: Text::clip(self.owner(call.name())),
                title: Text::clip(told::title(&call)),
                needs: step.needs.iter().map(|n| Text::clip(n)).collect(),
                call,
            });
        }
        Ok(Proposal::Plan(Draft {
            goal: Text::clip(self.text.trim()),
            steps: read,
        }))
    }

    /// The agent whose job a tool is: the one with the fewest others.
    fn owner(&self, tool: &str) -> &str {
        let has = |a: &&AgentPrompt| a.tools.iter().any(|t| t == tool);
        let fewest = self.agents.iter().filter(has).min_by_key(|a| a.tools.len());
        fewest.map_or(self.scene.agent.as_str(), |a| a.name.as_str())
    }

    fn call(&self, name: &str, arguments: Value) -> Result<ToolCall, Fault> {
        if !self.scene.tools.iter().any(|t| t.as_str() == name) {
            let short = Text::<40>::clip(name).to_string();
            return Err(Fault::UnknownTool(short, self.near(name)));
        }
        self.arguments(name, arguments)
    }

    fn near(&self, name: &str) -> Option<String> {
        let shares = |tool: &&str| {
            let parts = tool.split('_').filter(|p| p.len() > 3);
            parts.clone().any(|p| name.contains(p)) || (name.len() > 3 && tool.contains(name))
        };
        self.scene
            .tools
            .iter()
            .map(Text::as_str)
            .find(shares)
            .map(str::to_owned)
    }
}

fn say(text: &str) -> Result<Proposal, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    // Half a sentence is worse than none.
    if text.chars().count() > 600 {
        return Err(Fault::Length);
    }
    Ok(Proposal::Say(Text::clip(text)))
}

fn question(args: AskArgs) -> Result<Proposal, Fault> {
    let text = args.question.trim();
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    if text.chars().count() > 200 {
        return Err(Fault::Length);
    }
    let chips = args.choices.iter().filter(|c| !c.trim().is_empty());
    Ok(Proposal::Ask(Question {
        text: Text::clip(text),
        chips: chips.take(3).map(|c| Text::clip(c.trim())).collect(),
    }))
}

/// Models like to wrap JSON into a fence.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let inner = text
        .strip_prefix("```json")
        .or_else(|| text.strip_prefix("```"));
    inner
        .and_then(|t| t.strip_suffix("```"))
        .unwrap_or(text)
        .trim()
}

fn json_of(tool: &str, text: &str) -> Result<Value, Fault> {
    let text = bare(text);
    if text.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let mut value = serde_json::from_str(text)
        .map_err(|_| Fault::NoJson(Text::<40>::clip(tool).to_string()))?;
    args::without_nulls(&mut value);
    Ok(value)
}

fn fit<T: serde::de::DeserializeOwned>(tool: &str, value: Value) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(|e| Fault::Arguments {
        tool: tool.to_owned(),
        why: Text::<160>::clip(&e.to_string()).to_string(),
    })
}
