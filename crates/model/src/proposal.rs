use errand_types::{AgentName, Text, ToolCall};
use serde::{Deserialize, Serialize};

/// What a planner makes of one turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thought {
    /// What it proposes.
    pub proposal: Proposal,
    /// What it understood, for the first line of the route: `2 bags, fair trade, under $15.00, here Sat 28 Nov`.
    pub understood: Option<Text<200>>,
    /// The wish read from stranger's text and not from the person.
    pub tainted: bool,
}

/// What a planner proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposal {
    /// An errand in steps.
    Plan(Draft),
    /// Calls for the errand at hand, in this order.
    Calls(Vec<ToolCall>),
    /// One short question, because something decisive is missing.
    Ask(Question),
    /// Only words: an answer to thanks, to small talk, to what it cannot do.
    Say(Text<600>),
}

/// A plan before it is checked and named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What the whole is for, in the person's terms.
    pub goal: Text<400>,
    /// The steps.
    pub steps: Vec<DraftStep>,
}

/// One step of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftStep {
    /// Its name within the draft.
    pub key: Text<40>,
    /// Who does it.
    pub agent: AgentName,
    /// What it is, for showing.
    pub title: Text<120>,
    /// The call.
    pub call: ToolCall,
    /// Keys of steps whose results it needs.
    pub needs: Vec<Text<40>>,
}

/// One short question with at most three answers to tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The question.
    pub text: Text<200>,
    /// Answers that the person may tap or say.
    pub chips: Vec<Text<60>>,
}
