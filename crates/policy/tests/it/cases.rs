//! `policies/cases/*.toml`: facts, and the verdict and policies that they must lead to.

use std::collections::BTreeSet;
use std::fs;

use errand_gate::ActionKind;
use serde::Deserialize;

use crate::fixture::{base, decide, facts, gate, policies, root};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    base: String,
    action: String,
    #[serde(default)]
    facts: Option<toml::Value>,
    #[serde(default)]
    item: Option<toml::Value>,
    #[serde(default)]
    without: Vec<String>,
    verdict: String,
    policies: Vec<String>,
    #[serde(default)]
    text: Option<String>,
}

fn merge(into: &mut toml::Value, change: toml::Value) {
    match (into, change) {
        (toml::Value::Table(into), toml::Value::Table(change)) => {
            for (key, value) in change {
                match into.get_mut(&key) {
                    Some(old) => merge(old, value),
                    None => panic!("the base has no `{key}` to change"),
                }
            }
        }
        (into, change) => *into = change,
    }
}

fn all() -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(root().join("policies/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.retain(|path| path.file_name().is_some_and(|name| name != "base.toml"));
    let read = |path| {
        toml::from_str::<File>(&fs::read_to_string(path).unwrap())
            .unwrap()
            .case
    };
    files.iter().flat_map(read).collect()
}

#[test]
fn cases_lead_to_their_verdict_and_their_policies_and_to_no_others() {
    let mut faults = Vec::new();
    for case in all() {
        let mut value = base(&case.base);
        if let Some(change) = case.facts.clone() {
            merge(&mut value, change);
        }
        if let Some(change) = case.item.clone() {
            merge(&mut value["items"][0], change);
        }
        for part in &case.without {
            value.as_table_mut().unwrap().remove(part).unwrap();
        }
        let action = ActionKind::parse(&case.action).unwrap();
        let decision = decide(gate(), action, &facts(value));
        let verdict = serde_json::to_value(decision.verdict).unwrap();
        let text_fits = case
            .text
            .as_ref()
            .is_none_or(|text| decision.reasons.iter().any(|r| r.text == *text));
        if verdict != case.verdict.as_str() || policies(&decision) != case.policies || !text_fits {
            faults.push(format!(
                "{}: {verdict} {:?} {:#?}",
                case.name,
                policies(&decision),
                decision.reasons
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn cases_reach_every_policy_and_a_fault_of_the_engine() {
    let reached: BTreeSet<String> = all().into_iter().flat_map(|case| case.policies).collect();
    let missed: Vec<&str> = gate()
        .policies()
        .map(|(id, _)| id)
        .filter(|id| !reached.contains(*id))
        .collect();
    assert!(missed.is_empty(), "no case reaches {missed:?}");
    assert!(reached.contains("gate.engine"));
    let known: BTreeSet<&str> = gate()
        .policies()
        .map(|(id, _)| id)
        .chain(["gate.engine"])
        .collect();
    assert!(
        reached.iter().all(|id| known.contains(id.as_str())),
        "a case names a policy that is not there"
    );
}

#[test]
fn cases_have_names_of_their_own() {
    let names: Vec<String> = all().into_iter().map(|case| case.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(names.len() > 90, "{} cases", names.len());
}
