//! Servers that fail, lie, stall and loop. Each turn ends within its bounds with a plain reason, so that the offline planner
//! goes on in the same turn.

use std::time::{Duration, Instant};

use errand_model::{Model as _, ModelError, ModelState};
use serde_json::json;

use crate::server::{Act, Server, call_bytes, calls, delta, end, event, says, status, stream_head};
use crate::world::{Hand, ask, config, empty, model, model_with, table, tools};

/// Longer than any of these turns may take.
const PATIENCE: Duration = Duration::from_secs(5);

async fn ends_as(
    code: &str,
    requests: usize,
    script: impl Fn(usize) -> Vec<Act> + Send + Sync + 'static,
) -> ModelError {
    let server = Server::start(move |n, _| script(n)).await;
    let mut config = config(&server);
    config.limits.first_ms = 300;
    config.limits.gap_ms = 300;
    config.limits.turn_ms = 2_000;
    config.limits.answer_bytes = 64 * 1024;
    let model = model(config);

    let began = Instant::now();
    let error = ask(&model, "show me my cart", table()).await.unwrap_err();

    assert!(began.elapsed() < PATIENCE, "{error}");
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(server.requests().len(), requests, "{error}");
    error
}

#[tokio::test]
async fn silence_before_and_within_an_answer_ends_at_its_deadline() {
    let error = ends_as("too_slow", 1, |_| vec![Act::Hang]).await;
    assert_eq!(error, ModelError::TooSlow { ms: 300 });
    ends_as("too_slow", 1, |_| vec![stream_head(), Act::Hang]).await;
    let begun = || {
        vec![
            stream_head(),
            Act::Send(event(&delta(json!({ "content": "Well" })))),
            Act::Hang,
        ]
    };
    ends_as("too_slow", 1, move |_| begun()).await;
}

#[tokio::test]
async fn one_word_now_and_then_for_ever_ends_with_the_turn() {
    let drip = |_| {
        let mut acts = vec![stream_head()];
        for _ in 0..200 {
            acts.push(Act::Send(event(&delta(json!({ "content": "well " })))));
            acts.push(Act::Wait(Duration::from_millis(50)));
        }
        acts
    };
    ends_as("too_slow", 1, drip).await;
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again_twice() {
    ends_as("unreachable", 3, |_| vec![]).await;
    ends_as("unreachable", 3, |_| {
        vec![
            stream_head(),
            Act::Send(event(&delta(json!({ "content": "Your ca" })))),
        ]
    })
    .await;
    let promised = || {
        vec![Act::Send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 900\r\n\r\ndata: {}".to_vec())]
    };
    ends_as("unreachable", 3, move |_| promised()).await;
    ends_as("unreachable", 3, |_| {
        vec![
            stream_head(),
            Act::Send(event(&json!({ "error": { "message": "overloaded" } }))),
        ]
    })
    .await;
}

#[tokio::test]
async fn a_server_that_recovers_within_the_turn_is_heard() {
    let server = Server::start(|n, _| match n {
        0 => status(503, "", "{}"),
        1 => status(429, "retry-after-ms: 5\r\n", "{}"),
        _ => calls(&[("cart_show", json!({}))]),
    })
    .await;

    let thought = ask(&model(config(&server)), "show me my cart", table())
        .await
        .unwrap();

    assert_eq!(tools(&thought.proposal), ["cart_show"]);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn who_asks_to_be_left_alone_for_longer_than_the_turn_is_left_alone() {
    let server = Server::start(|_, _| status(429, "retry-after: 120\r\n", "{}")).await;
    let clock = Hand::new();
    let model = model_with(config(&server), clock.clone());

    let first = ask(&model, "show me my cart", table()).await.unwrap_err();
    let second = ask(&model, "show me my cart", table()).await.unwrap_err();

    assert_eq!(first, ModelError::Busy { seconds: Some(120) });
    assert_eq!(second, ModelError::Resting { seconds: 120 });
    assert_eq!(server.requests().len(), 1);
    clock.move_on(121);
    assert_eq!(
        ask(&model, "show me my cart", table()).await.unwrap_err(),
        first
    );
}

#[tokio::test]
async fn refusals_of_the_request_are_not_repeated_and_say_nothing_of_the_servers_words() {
    let body = r#"{"error":{"message":"model `x` does not exist, ask ops@example.com"}}"#;
    for (code, word) in [
        (400, "refused the request"),
        (401, "key"),
        (403, "key"),
        (404, "no such"),
        (422, "refused"),
    ] {
        let error = ends_as("unreachable", 1, move |_| status(code, "", body)).await;
        assert!(error.to_string().contains(word), "{error}");
        assert!(!error.to_string().contains("ops@"), "{error}");
    }
    ends_as("unreachable", 3, |_| {
        status(302, "location: http://127.0.0.1:1/\r\n", "")
    })
    .await;
}

#[tokio::test]
async fn what_is_no_stream_and_no_json_is_told_apart_from_an_answer() {
    ends_as("unreadable", 1, |_| status(200, "", r#"{"choices":[]}"#)).await;
    ends_as("unreadable", 1, |_| {
        vec![
            stream_head(),
            Act::Send(b"data: {\"choices\": [\n\n".to_vec()),
        ]
    })
    .await;
    ends_as("unreadable", 1, |_| {
        vec![stream_head(), Act::Send(b"data: \xff\xfe\xfd\n\n".to_vec())]
    })
    .await;
    ends_as("unreachable", 3, |_| {
        vec![stream_head(), Act::Send(b"data: [DONE]\n\n".to_vec())]
    })
    .await;
    ends_as("unreachable", 3, |_| {
        vec![Act::Send(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())]
    })
    .await;
}

#[tokio::test]
async fn an_answer_without_an_end_ends_at_its_bytes() {
    let lines = |_| {
        let piece = event(&delta(json!({ "content": "more and more " })));
        let mut acts = vec![stream_head()];
        acts.extend(std::iter::repeat_n(Act::Send(piece.repeat(20)), 100));
        acts
    };
    ends_as("unreadable", 1, lines).await;
    let one_line = |_| {
        let mut acts = vec![stream_head(), Act::Send(b"data: ".to_vec())];
        acts.extend(std::iter::repeat_n(Act::Send(vec![b'a'; 8 * 1024]), 64));
        acts
    };
    ends_as("unreadable", 1, one_line).await;
    let calls = |_| {
        let call = |n: u32| {
            event(&delta(
                json!({ "tool_calls": [{ "index": n, "id": n.to_string(), "function": { "name": "help", "arguments": "{}" } }] }),
            ))
        };
        vec![stream_head(), Act::Send((0..200).flat_map(call).collect())]
    };
    ends_as("unreadable", 1, calls).await;
}

#[tokio::test]
async fn nonsense_gets_one_chance_and_then_the_turn_goes_on_without_it() {
    let cases: Vec<(&str, Vec<Act>)> = vec![
        ("unknown tool", calls(&[("check0ut", json!({}))])),
        (
            "a tool of another house",
            calls(&[("run_shell", json!({ "command": "curl example.com" }))]),
        ),
        (
            "broken arguments",
            calls(&[("cart_set", json!("{\"offer\": \"p1\", \"quantity\":"))]),
        ),
        ("no object", calls(&[("cart_set", json!("[1, 2]"))])),
        (
            "a made-up product",
            calls(&[("cart_add", json!({ "offer": "p9", "quantity": 1 }))]),
        ),
        (
            "a product by its id",
            calls(&[(
                "cart_add",
                json!({ "offer": { "merchant": "pantry-lane", "product": "x", "variant": "y" }, "quantity": 1 }),
            )]),
        ),
        (
            "a made-up order",
            calls(&[("order_cancel", json!({ "order": "ord_one" }))]),
        ),
        (
            "a made-up shop",
            calls(&[(
                "search",
                json!({ "what": "coffee", "merchants": ["evil-mart"] }),
            )]),
        ),
        (
            "a made-up label",
            calls(&[(
                "search",
                json!({ "what": "coffee", "labels": ["cert:trust-me"] }),
            )]),
        ),
        (
            "a made-up argument",
            calls(&[("cart_show", json!({ "labels": ["cert:fairtrade-intl"] }))]),
        ),
        (
            "a code that nobody gave",
            calls(&[("buy", json!({ "codes": ["SAVE90"] }))]),
        ),
        (
            "a limit that nobody named",
            calls(&[(
                "limit_set",
                json!({ "limit": "purchase", "amount": { "minor": 900_000, "currency": "USD" } }),
            )]),
        ),
        (
            "a price in a search",
            calls(&[(
                "search",
                json!({ "what": "coffee, only $1 at www.evil.example" }),
            )]),
        ),
        ("an empty plan", calls(&[("plan", json!({ "steps": [] }))])),
        (
            "a plan of nothing but needs",
            calls(&[(
                "plan",
                json!({ "steps": [{ "key": "a", "tool": "search", "arguments": { "what": "coffee" }, "needs": ["b"] }] }),
            )]),
        ),
        (
            "a plan without an end",
            calls(&[(
                "plan",
                json!({ "steps": vec![json!({ "key": "a", "tool": "cart_show", "arguments": {} }); 41] }),
            )]),
        ),
        ("nothing", says("")),
        ("too many words", says(&"word ".repeat(200))),
        ("too many calls", calls(&vec![("cart_show", json!({})); 20])),
        (
            "cut at its limit",
            vec![
                stream_head(),
                Act::Send(event(&delta(json!({ "content": "Your cart" })))),
                Act::Send(end("length")),
            ],
        ),
    ];
    for (what, acts) in cases {
        let error = ends_as("unreadable", 2, move |_| acts.clone()).await;
        assert!(
            !error.to_string().contains("evil") && !error.to_string().contains("check0ut"),
            "{what}: {error}"
        );
    }
}

#[tokio::test]
async fn what_was_wrong_is_told_once_and_a_repaired_answer_counts() {
    let server = Server::start(|n, _| match n {
        0 => calls(&[("cart_view", json!({}))]),
        _ => calls(&[("cart_show", json!({}))]),
    })
    .await;

    let thought = ask(&model(config(&server)), "show me my cart", table())
        .await
        .unwrap();

    assert_eq!(tools(&thought.proposal), ["cart_show"]);
    let got = server.requests();
    let messages = got[1].body["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 4);
    let told = messages[3]["content"].as_str().unwrap();
    assert!(
        told.contains("there is no tool `cart_view`; the nearest is `cart_add`"),
        "{told}"
    );
}

#[tokio::test]
async fn a_model_that_refuses_is_not_pressed() {
    ends_as("refused", 1, |_| {
        vec![
            stream_head(),
            Act::Send(event(&delta(
                json!({ "refusal": "I cannot help with that." }),
            ))),
            Act::Send(end("stop")),
        ]
    })
    .await;
    ends_as("refused", 1, |_| {
        vec![stream_head(), Act::Send(end("content_filter"))]
    })
    .await;
}

#[tokio::test]
async fn repeated_failure_leaves_the_server_alone_until_it_is_tried_again() {
    let server = Server::start(|n, _| {
        if n < 3 {
            status(400, "", "{}")
        } else {
            calls(&[("cart_show", json!({}))])
        }
    })
    .await;
    let clock = Hand::new();
    let model = model_with(config(&server), clock.clone());

    for _ in 0..3 {
        assert_eq!(
            ask(&model, "my cart", table()).await.unwrap_err().code(),
            "unreachable"
        );
    }
    for _ in 0..5 {
        assert_eq!(
            ask(&model, "my cart", table()).await.unwrap_err(),
            ModelError::Resting { seconds: 60 }
        );
    }
    assert_eq!(server.requests().len(), 3);
    assert!(matches!(model.state(), ModelState::Resting { .. }));
    clock.move_on(60);
    ask(&model, "my cart", table()).await.unwrap();
    ask(&model, "my cart", table()).await.unwrap();
    assert_eq!(model.state(), ModelState::Ready);
}

#[tokio::test]
async fn a_turn_that_is_dropped_half_way_closes_its_connection_and_is_paid_for() {
    let server = Server::start(|_, _| vec![stream_head(), Act::Hang]).await;
    let mut config = config(&server);
    config.limits.errand_requests = 1;
    let model = model(config);

    let stopped =
        tokio::time::timeout(Duration::from_millis(200), ask(&model, "my cart", table())).await;
    let next = ask(&model, "my cart", table()).await.unwrap_err();

    assert!(stopped.is_err());
    assert_eq!(next.code(), "over_budget", "{next}");
}

#[tokio::test]
async fn nobody_at_the_other_end_is_no_more_than_a_reason() {
    let server = Server::start(|_, _| vec![]).await;
    let config = config(&server);
    drop(server);

    let error = ask(&model(config), "hello", empty()).await.unwrap_err();

    assert_eq!(error.code(), "unreachable");
}

#[tokio::test]
async fn many_sessions_at_once_each_get_their_own_answer() {
    let server = Server::start(|_, got| {
        let text = got.body["messages"][1]["content"].as_str().unwrap();
        let n = text
            .rsplit("number ")
            .next()
            .unwrap()
            .trim_end_matches('"')
            .to_owned();
        vec![
            stream_head(),
            Act::Send(call_bytes(&[(
                "search",
                json!({ "what": format!("thing {n}") }),
            )])),
        ]
    })
    .await;
    let model = std::sync::Arc::new(model(config(&server)));
    let mut turns = tokio::task::JoinSet::new();
    for n in 0..40 {
        let model = std::sync::Arc::clone(&model);
        turns.spawn(async move {
            (
                n,
                ask(&model, &format!("find me thing number {n}"), empty()).await,
            )
        });
    }

    while let Some(done) = turns.join_next().await {
        let (n, thought) = done.unwrap();
        let thought = thought.unwrap();
        assert_eq!(
            thought.understood.unwrap_or_default().as_str(),
            "",
            "a search alone is no plan"
        );
        assert!(format!("{:?}", thought.proposal).contains(&format!("thing {n}\"")));
    }
}
