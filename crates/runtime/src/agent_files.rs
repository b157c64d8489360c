//! Agents from files: checked when loaded, so that a slip is an error naming the place and the nearest known name.

use std::collections::BTreeSet;

use errand_engine::{Agent, Agents, Budgets};
use errand_types::{Text, ToolCall, nearest_name};
use serde::Deserialize;

/// One agent's file.
#[derive(Debug, Clone)]
pub struct AgentSource {
    /// Name of the folder, which must be the agent's name.
    pub folder: String,
    /// Where the file is, for error messages.
    pub path: String,
    /// Its text.
    pub toml: String,
}

/// A slip in an agent's file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {what}{}", nearest.as_ref().map(|n| format!("; the nearest known name is `{n}`")).unwrap_or_default())]
pub struct AgentFileError {
    path: String,
    line: usize,
    what: String,
    nearest: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    role: String,
    tools: Vec<String>,
    handoff: Vec<String>,
    may_spend: bool,
    budgets: FileBudgets,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileBudgets {
    calls: u32,
    depth: u8,
    seconds: u32,
}

/// Reads and checks all agents.
///
/// # Errors
/// The first slip: unreadable TOML, an unknown tool or hand-off target, a name that is not its folder's, a spender that
/// nobody allowed.
pub fn load_agents(sources: &[AgentSource]) -> Result<Agents, AgentFileError> {
    let names: BTreeSet<&str> = sources.iter().map(|s| s.folder.as_str()).collect();
    let mut agents = Vec::new();
    for source in sources {
        agents.push(read(source, &names)?);
    }
    if !names.contains("concierge") {
        return Err(AgentFileError {
            path: "agents".into(),
            line: 1,
            what: "there is no agent `concierge`, which talks with the person".into(),
            nearest: None,
        });
    }
    Ok(Agents::new(agents))
}

fn read(source: &AgentSource, names: &BTreeSet<&str>) -> Result<Agent, AgentFileError> {
    let fault = |line: usize, what: String, nearest: Option<String>| AgentFileError {
        path: source.path.clone(),
        line,
        what,
        nearest,
    };
    let file: File = toml::from_str(&source.toml).map_err(|e| {
        let line = e.span().map_or(1, |span| line_of(&source.toml, span.start));
        fault(line, e.message().to_owned(), None)
    })?;
    let line = |needle: &str| {
        source
            .toml
            .lines()
            .position(|l| l.contains(needle))
            .map_or(1, |at| at.saturating_add(1))
    };
    if file.name != source.folder {
        return Err(fault(
            line("name"),
            format!(
                "the agent is called `{}` but lies in `{}`",
                file.name, source.folder
            ),
            None,
        ));
    }
    for tool in &file.tools {
        if !ToolCall::NAMES.contains(&tool.as_str()) {
            let nearest = nearest_name(tool, ToolCall::NAMES.iter().copied());
            return Err(fault(
                line(&format!("\"{tool}\"")),
                format!("there is no tool `{tool}`"),
                nearest,
            ));
        }
    }
    for to in &file.handoff {
        if to != "human" && !names.contains(to.as_str()) {
            let nearest = nearest_name(to, names.iter().copied());
            return Err(fault(
                line(&format!("\"{to}\"")),
                format!("there is no agent `{to}` to hand off to"),
                nearest,
            ));
        }
    }
    if file.tools.iter().any(|t| t == "buy") && !file.may_spend {
        return Err(fault(
            line("may_spend"),
            "an agent with the tool `buy` must say `may_spend = true`".into(),
            None,
        ));
    }
    Ok(Agent {
        name: Text::clip(&file.name),
        role: Text::clip(&file.role),
        tools: file.tools.iter().map(|t| Text::clip(t)).collect(),
        handoff: file.handoff.iter().map(|t| Text::clip(t)).collect(),
        budgets: Budgets {
            calls: file.budgets.calls,
            depth: file.budgets.depth,
            seconds: file.budgets.seconds,
        },
        may_spend: file.may_spend,
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|b| *b == b'\n')
        .count()
        .saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(folder: &str, tools: &str, handoff: &str) -> AgentSource {
        AgentSource {
            folder: folder.into(),
            path: format!("agents/{folder}/agent.toml"),
            toml: format!(
                "name = \"{folder}\"\nrole = \"Does things.\"\ntools = [{tools}]\nhandoff = [{handoff}]\nmay_spend = false\n\n[budgets]\ncalls = 4\ndepth = 1\nseconds = 5\n"
            ),
        }
    }

    #[test]
    fn a_tool_that_does_not_exist_is_named_with_its_place_and_the_nearest_name() {
        let error = load_agents(&[source("concierge", "\"serch\"", "")]).unwrap_err();

        assert_eq!(
            error.to_string(),
            "agents/concierge/agent.toml:3: there is no tool `serch`; the nearest known name is `search`"
        );
    }

    #[test]
    fn a_hand_off_to_nobody_is_refused() {
        let error = load_agents(&[
            source("concierge", "", "\"scaut\""),
            source("scout", "\"search\"", ""),
        ])
        .unwrap_err();

        assert!(error.to_string().ends_with(
            "there is no agent `scaut` to hand off to; the nearest known name is `scout`"
        ));
    }

    #[test]
    fn an_agent_that_buys_must_be_allowed_to_spend() {
        assert!(load_agents(&[source("concierge", "\"buy\"", "")]).is_err());
    }
}
