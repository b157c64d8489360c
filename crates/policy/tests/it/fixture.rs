use std::path::PathBuf;
use std::sync::LazyLock;

use errand_gate::{ActionKind, Ask, Decide, Decision, Facts};
use errand_policy::CedarGate;
use errand_types::{CallId, DecisionId};
use jiff::Timestamp;

static GATE: LazyLock<CedarGate> = LazyLock::new(|| CedarGate::builtin().unwrap());

pub(crate) fn gate() -> &'static CedarGate {
    &GATE
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn ask(action: ActionKind, facts: &Facts) -> Ask<'_> {
    Ask {
        id: DecisionId::from_tail("1").unwrap(),
        call: CallId::from_tail("1").unwrap(),
        action,
        facts,
        epoch: 3,
        now: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn decide(gate: &CedarGate, action: ActionKind, facts: &Facts) -> Decision {
    gate.decide(&ask(action, facts))
}

/// Names of the policies behind a decision, without the names of single rules, sorted.
pub(crate) fn policies(decision: &Decision) -> Vec<&str> {
    let mut names: Vec<&str> = decision
        .reasons
        .iter()
        .map(|r| r.rule.split_once('/').map_or(r.rule.as_str(), |(id, _)| id))
        .collect();
    names.sort_unstable();
    names
}

/// Facts of `policies/cases/base.toml`.
pub(crate) fn base(name: &str) -> toml::Value {
    let text = std::fs::read_to_string(root().join("policies/cases/base.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    table
        .get(name)
        .unwrap_or_else(|| panic!("no base `{name}`"))
        .clone()
}

pub(crate) fn facts(value: toml::Value) -> Facts {
    let mut value = value;
    value
        .as_table_mut()
        .unwrap()
        .entry("items")
        .or_insert_with(|| toml::Value::Array(Vec::new()));
    value.try_into().unwrap()
}

pub(crate) fn base_facts(name: &str) -> Facts {
    facts(base(name))
}
