use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use errand_gate::Grants;
use errand_types::{AgentName, Money, Text, ToolCall};
use serde::{Deserialize, Serialize};

/// The names of all tools.
static EVERY_TOOL: LazyLock<BTreeSet<Text<60>>> =
    LazyLock::new(|| ToolCall::NAMES.iter().map(|n| Text::clip(n)).collect());

/// One agent: data, run by one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its name: `scout`.
    pub name: AgentName,
    /// What it is for, one sentence.
    pub role: Text<400>,
    /// Tools that it asks for.
    pub tools: BTreeSet<Text<60>>,
    /// Agents that it may hand off to.
    pub handoff: BTreeSet<AgentName>,
    /// Its budgets.
    pub budgets: Budgets,
    /// It may spend, within the person's limits and approvals.
    pub may_spend: bool,
}

/// Bounds on one turn of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budgets {
    /// Tool calls.
    pub calls: u32,
    /// Steps of delegation below it.
    pub depth: u8,
    /// Seconds.
    pub seconds: u32,
}

/// All agents of an installation, checked when loaded.
#[derive(Debug, Clone, Default)]
pub struct Agents(BTreeMap<AgentName, Agent>);

impl Agents {
    /// The agents by name; a later one of the same name wins.
    pub fn new(agents: impl IntoIterator<Item = Agent>) -> Self {
        Self(agents.into_iter().map(|a| (a.name.clone(), a)).collect())
    }

    /// An agent by name.
    pub fn get(&self, name: &str) -> Option<&Agent> {
        self.0.values().find(|a| a.name.as_str() == name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Agent> {
        self.0.values()
    }

    /// Whether an agent asks for a tool.
    pub fn can(&self, agent: &AgentName, tool: &str) -> bool {
        self.0
            .get(agent)
            .is_some_and(|a| a.tools.iter().any(|t| t.as_str() == tool))
    }

    /// Who does a tool when the front agent does not: the first specialist that has it.
    pub fn owner_of(&self, tool: &str, front: &AgentName) -> Option<&Agent> {
        self.0
            .values()
            .filter(|a| a.name != *front)
            .find(|a| a.tools.iter().any(|t| t.as_str() == tool))
    }

    /// What the person grants to a turn: every tool there is, within the limit of one purchase. Agents get parts of it.
    pub fn root_grants(&self, limit: Money, calls: u32) -> Grants {
        Grants {
            tools: EVERY_TOOL.clone(),
            calls,
            spend: Some(limit),
            depth: errand_types::limits::HANDOFF_DEPTH_MAX,
        }
    }

    /// What an agent gets from its parent: the parent's grants intersected with what it asks for. `None`: no such
    /// agent, or the depth is used up.
    pub fn grants(&self, agent: &AgentName, parent: &Grants) -> Option<Grants> {
        let agent = self.0.get(agent)?;
        parent.narrow(&Grants {
            tools: agent.tools.clone(),
            calls: agent.budgets.calls,
            spend: if agent.may_spend { parent.spend } else { None },
            depth: agent.budgets.depth,
        })
    }
}
