//! Prompts: the agent's own text and the house's rules on one side, everything by strangers as quoted data on the other.

mod facts;
mod schema;

pub(crate) use facts::{facts, stars, window, zone};
pub(crate) use schema::{Toolbox, plan_tool_names};

use errand_model::{ModelError, Scene, Talk};
use serde_json::{Value, json};

use crate::handles::Handles;
use crate::wire::{Message, Role};

/// How an answer is to be given; see [`crate::config::Answers`].
static CONTRACT: &str = include_str!("../../data/contract.md");

/// An agent as prompts know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPrompt {
    /// Its name.
    pub name: String,
    /// Its `prompt.md`.
    pub prompt: String,
    /// Tools that it has.
    pub tools: Vec<String>,
}

/// A label that wishes can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelWord {
    /// What people call it.
    pub words: String,
    /// Its id: `cert:fairtrade-intl`.
    pub id: String,
}

/// Labels named in a prompt.
const LABELS_MAX: usize = 250;

/// The part of a prompt that is ours alone.
pub(crate) fn system(agent: &str, agents: &[AgentPrompt], labels: &[LabelWord]) -> String {
    let own = agents
        .iter()
        .find(|a| a.name == agent)
        .map(|a| a.prompt.trim())
        .unwrap_or_default();
    let mut ids: Vec<&str> = labels.iter().map(|l| l.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(LABELS_MAX);
    let mut text = format!("{own}\n\n{}", CONTRACT.trim());
    if !ids.is_empty() {
        text.push_str(&format!("\n- The labels there are: {}.", ids.join(", ")));
    }
    text
}

/// The part of a prompt that quotes: facts, earlier talk, and what the person says now. At most `bytes` long.
///
/// # Errors
/// [`ModelError::OverBudget`] when even the least of it is longer.
pub(crate) fn message(
    scene: &Scene,
    handles: &Handles,
    talk: &Talk,
    bytes: usize,
) -> Result<Message, ModelError> {
    // From everything to the least that still makes sense.
    for room in Room::ALL {
        let text = text(scene, handles, talk, room);
        if text.len() <= bytes {
            return Ok(Message {
                role: Role::User,
                text,
            });
        }
    }
    Err(ModelError::OverBudget("the bytes of a prompt".to_owned()))
}

/// How much of each list goes into a prompt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) said: usize,
    pub(crate) cart: usize,
    pub(crate) shops: usize,
    pub(crate) orders: usize,
    pub(crate) words: usize,
}

impl Room {
    const ALL: [Self; 3] = [
        Self {
            said: 8,
            cart: 100,
            shops: 200,
            orders: 20,
            words: 12,
        },
        Self {
            said: 4,
            cart: 30,
            shops: 40,
            orders: 6,
            words: 8,
        },
        Self {
            said: 1,
            cart: 10,
            shops: 12,
            orders: 2,
            words: 4,
        },
    ];
}

fn text(scene: &Scene, handles: &Handles, talk: &Talk, room: Room) -> String {
    let mut all = facts(scene, handles, room);
    let said: Vec<Value> = talk
        .recent
        .iter()
        .rev()
        .take(room.said)
        .rev()
        .map(|s| json!({ "by": s.by, "text": s.text }))
        .collect();
    if let Some(all) = all.as_object_mut() {
        if !talk.earlier.is_blank() && room.said > 1 {
            all.insert("the_person_said_earlier".into(), json!(talk.earlier));
        }
        if !said.is_empty() {
            all.insert("said_before".into(), Value::Array(said));
        }
    }
    let now = json!(talk.text);
    format!(
        "<facts>{}</facts>\nThe person says now: {}",
        quoted(&all),
        quoted(&now)
    )
}

/// JSON in which no text can end the quotation that it stands in.
fn quoted(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
}

/// What is said after an answer that could not be used. Nothing of that answer is repeated but what was wrong with it.
pub(crate) fn repair(messages: &mut Vec<Message>, why: &str) {
    messages.push(Message {
        role: Role::Assistant,
        text: "(an answer that could not be used)".to_owned(),
    });
    messages.push(Message {
        role: Role::User,
        text: format!("That answer could not be used: {why}. Answer once more."),
    });
}
