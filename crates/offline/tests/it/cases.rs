//! Cases as data: what is said on which scene, and what must be proposed.

use errand_model::{Proposal, Scene, Thought};
use errand_types::Language;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::scenes::{model, scene};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// One utterance, or several that mean the same.
    say: Vec<String>,
    on: String,
    /// `plan`, `calls`, `ask`, `say`.
    is: String,
    /// Calls in order; each a subset of the real one. For a plan: its steps' calls.
    #[serde(default)]
    calls: Vec<Value>,
    #[serde(default)]
    understood: Option<String>,
    /// Part of the question or the reply.
    #[serde(default)]
    text: Option<String>,
}

/// Whether everything in `wanted` is in `found`; arrays and plain values must be equal.
fn is_within(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.iter().all(|(key, value)| match found.get(key) {
                Some(other) => is_within(value, other),
                None => value == "absent",
            })
        }
        (Value::String(text), Value::Null) if text == "absent" => true,
        (Value::String(text), Value::Array(list)) if text == "absent" => list.is_empty(),
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(a, b)| is_within(a, b))
        }
        (a, b) => a == b,
    }
}

fn calls(thought: &Thought) -> Vec<Value> {
    match &thought.proposal {
        Proposal::Plan(draft) => draft
            .steps
            .iter()
            .map(|s| serde_json::to_value(&s.call).unwrap())
            .collect(),
        Proposal::Calls(calls) => calls
            .iter()
            .map(|c| serde_json::to_value(c).unwrap())
            .collect(),
        Proposal::Ask(_) | Proposal::Say(_) => Vec::new(),
    }
}

fn differs(case: &Case, thought: &Thought) -> Option<String> {
    let (kind, text) = match &thought.proposal {
        Proposal::Plan(_) => ("plan", String::new()),
        Proposal::Calls(_) => ("calls", String::new()),
        Proposal::Ask(question) => ("ask", question.text.to_string()),
        Proposal::Say(text) => ("say", text.to_string()),
    };
    let found = calls(thought);
    let wanted: Vec<Value> = case
        .calls
        .iter()
        .map(|call| {
            let mut call = call.clone();
            // `{ tool = "buy" }` says nothing about arguments.
            if call.get("arguments").is_none() {
                call["arguments"] = json!({});
            }
            call
        })
        .collect();
    let fits = kind == case.is
        && is_within(&Value::Array(wanted), &Value::Array(found.clone()))
        && case
            .understood
            .as_deref()
            .is_none_or(|u| thought.understood.as_ref().is_some_and(|t| t.as_str() == u))
        && case.text.as_deref().is_none_or(|t| text.contains(t));
    (!fits).then(|| {
        let calls: Vec<String> = found.iter().map(|c| format!("\n      {c}")).collect();
        format!(
            "{kind} {text} understood={:?}{}",
            thought.understood,
            calls.concat()
        )
    })
}

/// Plays all cases of a language; gives how many sentences there were.
fn play(cases: &str, language: Language) -> usize {
    let file: File = toml::from_str(cases).unwrap();
    let model = model();
    let mut count = 0;
    let mut wrong = Vec::new();
    for case in &file.case {
        for said in &case.say {
            count += 1;
            let scene = Scene {
                language,
                ..scene(&case.on)
            };
            let thought = model.read(said, &scene);
            if let Some(found) = differs(case, &thought) {
                wrong.push(format!(
                    "on {}: {said}\n    wanted {} {:?}\n    found  {found}",
                    case.on, case.is, case.calls
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    count
}

#[test]
fn every_case_is_understood_as_it_should_be() {
    let count = play(include_str!("../../lang/en/cases.toml"), Language::English);
    assert!(count >= 150, "only {count} cases");
}

#[test]
fn every_german_case_is_understood_as_it_should_be() {
    let count = play(include_str!("../../lang/de/cases.toml"), Language::German);
    assert!(count >= 100, "only {count} cases");
}

#[test]
fn the_main_sentence_is_a_plan_of_four_steps_that_wait_for_each_other() {
    let said = "I need fair-trade coffee beans under 15 dollars, two bags. Compare the best three and have them here Saturday morning.";
    let thought = model().read(said, &scene("start"));
    let Proposal::Plan(draft) = &thought.proposal else {
        panic!("{thought:?}")
    };
    let steps: Vec<(&str, &str, Vec<&str>)> = draft
        .steps
        .iter()
        .map(|s| {
            (
                s.key.as_str(),
                s.agent.as_str(),
                s.needs.iter().map(errand_types::Text::as_str).collect(),
            )
        })
        .collect();

    assert_eq!(
        steps,
        [
            ("search", "scout", vec![]),
            ("compare", "analyst", vec!["search"]),
            ("buy", "buyer", vec!["compare"]),
            ("deliver", "courier", vec!["buy"]),
        ]
    );
    let wish = json!({ "earliest": "2026-11-28T11:00:00Z", "latest": "2026-11-28T17:00:00Z", "said": "Saturday morning" });
    let found = calls(&thought);
    let need = &found[0]["arguments"];
    assert_eq!(need["what"], "coffee beans");
    assert_eq!(need["quantity"], 2);
    assert_eq!(
        need["price_max"],
        json!({ "minor": 1500, "currency": "USD" })
    );
    assert_eq!(need["labels"], json!(["cert:fairtrade-intl"]));
    assert_eq!(need["delivery"], wish);
    assert_eq!(need["compare"], 3);
    assert_eq!(need["must"], json!([]));
    assert_eq!(found[3]["arguments"]["wish"], wish);
    assert_eq!(
        thought.understood.unwrap().as_str(),
        "2 bags, fair trade, under $15.00 each, here Sat 28 Nov before 12:00"
    );
}
