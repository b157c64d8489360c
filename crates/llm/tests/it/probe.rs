//! `errand model test`: what a server can do, step by step.

use errand_llm::{Outcome, Step, is_usable};
use serde_json::{Value, json};

use crate::server::{Act, Got, Server, calls, delta, end, event, says, status, stream_head};
use crate::world::{config, model};

fn good(got: &Got) -> Vec<Act> {
    let asked = got.body["messages"][1]["content"]
        .as_str()
        .unwrap_or_default();
    if asked.contains("in my cart") {
        calls(&[("cart_show", json!({}))])
    } else if asked.contains("coffee beans") {
        calls(&[(
            "plan",
            json!({ "steps": [{ "key": "s", "tool": "search", "arguments": { "what": "coffee beans" } }] }),
        )])
    } else if asked.contains("three hundred") && got.body["max_tokens"] == 24 {
        vec![
            stream_head(),
            Act::Send(event(&delta(json!({ "content": "one, two, three" })))),
            Act::Send(end("length")),
        ]
    } else {
        says("ready and more")
    }
}

fn outcomes(steps: &[Step]) -> Vec<(&str, Outcome)> {
    steps.iter().map(|s| (s.id, s.outcome)).collect()
}

#[tokio::test]
async fn a_good_server_passes_every_step() {
    let server = Server::start(|_, got| good(got)).await;
    let mut config = config(&server);
    config.small_model = Some("talker-mini".into());

    let steps = model(config).probe().await;

    let ids: Vec<&str> = steps.iter().map(|s| s.id).collect();
    assert_eq!(
        ids,
        [
            "answers", "streams", "tools", "plans", "limits", "counts", "small"
        ]
    );
    assert!(steps.iter().all(|s| s.outcome == Outcome::Ok), "{steps:#?}");
    assert!(is_usable(&steps));
}

#[tokio::test]
async fn each_thing_that_a_server_cannot_do_is_named_with_what_can_be_done() {
    let no_tools = Server::start(|_, got| {
        let asked = got.body["messages"][1]["content"]
            .as_str()
            .unwrap_or_default();
        if asked.contains("three hundred") {
            return says(&"one and another one ".repeat(100));
        }
        says("ready and more")
    })
    .await;

    let steps = model(config(&no_tools)).probe().await;

    let wanted = [
        ("answers", Outcome::Ok),
        ("streams", Outcome::Ok),
        ("tools", Outcome::Failed),
        ("plans", Outcome::Failed),
        ("limits", Outcome::Failed),
        ("counts", Outcome::Ok),
    ];
    assert_eq!(outcomes(&steps), wanted, "{steps:#?}");
    assert!(!is_usable(&steps));
    assert!(
        steps
            .iter()
            .filter(|s| s.outcome == Outcome::Failed)
            .all(|s| s.remedy.is_some())
    );
    assert_eq!(steps[2].seen, "words instead");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_asked_for_more() {
    for (code, remedy) in [
        (401, "correct the key: `key_env` or `key_file`"),
        (404, "correct `model` or `base_url`"),
    ] {
        let server = Server::start(move |_, _| {
            status(code, "", r#"{"error":{"message":"no k-very-secret here"}}"#)
        })
        .await;
        let mut config = config(&server);
        config.key = Some("k-very-secret".into());

        let steps = model(config).probe().await;

        assert_eq!(steps[0].outcome, Outcome::Failed);
        assert!(
            steps[0].remedy.as_ref().unwrap().starts_with(remedy),
            "{steps:?}"
        );
        assert!(steps[1..].iter().all(|s| s.outcome == Outcome::Skipped));
        assert!(!format!("{steps:?}").contains("very-secret"), "{steps:?}");
        assert_eq!(server.requests().len(), 1);
        let shape: Value = serde_json::to_value(&steps[0]).unwrap();
        assert_eq!(shape["outcome"], "failed");
    }
}
