//! What good servers send, over both APIs and in both ways of asking, and what is sent to them.

use errand_llm::{Answers, Api};
use errand_model::Proposal;
use errand_types::{Money, ToolCall};
use serde_json::{Value, json};

use crate::server::{Act, Server, call_bytes, calls, event, says, stream_head};
use crate::world::{ask, config, empty, model, offer, table, tools};

const WISH: &str =
    "two bags of fair trade coffee beans under 15 dollars, compare three, here Saturday morning";

fn plan() -> Value {
    json!({ "steps": [
        { "key": "search", "tool": "search", "arguments": {
            "what": "coffee beans", "quantity": 2, "price_max": { "minor": 1500, "currency": "USD" }, "labels": ["cert:fairtrade-intl"],
            "delivery": { "earliest": "2026-11-28T06:00:00-05:00", "latest": "2026-11-28T12:00:00-05:00", "said": "Saturday morning" },
        }, "needs": [] },
        { "key": "compare", "tool": "compare", "arguments": { "count": 3 }, "needs": ["search"] },
        { "key": "buy", "tool": "buy", "arguments": {}, "needs": ["compare"] },
    ] })
}

fn is_the_plan(proposal: &Proposal) {
    let Proposal::Plan(draft) = proposal else {
        panic!("{proposal:?}");
    };
    assert_eq!(tools(proposal), ["search", "compare", "buy"]);
    let agents: Vec<&str> = draft.steps.iter().map(|s| s.agent.as_str()).collect();
    assert_eq!(agents, ["scout", "analyst", "buyer"]);
    assert_eq!(draft.goal.as_str(), WISH, "a goal is in the person's words");
    let ToolCall::Search(need) = &draft.steps[0].call else {
        panic!("no search");
    };
    assert_eq!(
        need.price_max,
        Money::parse("15.00", errand_types::Currency::USD).ok()
    );
    assert_eq!(
        need.delivery.as_ref().unwrap().said.as_str(),
        "Saturday morning"
    );
}

#[tokio::test]
async fn a_plan_by_tool_call_becomes_the_same_plan_as_everybody_elses() {
    let server = Server::start(|_, _| calls(&[("plan", plan())])).await;

    let thought = ask(&model(config(&server)), WISH, empty()).await.unwrap();

    is_the_plan(&thought.proposal);
    assert!(!thought.tainted);
    let understood = thought.understood.unwrap();
    assert_eq!(
        understood.as_str(),
        "2 coffee beans, fairtrade intl, under $15.00 each, here Sat 28 Nov 06:00 to 12:00"
    );
}

#[tokio::test]
async fn a_plan_by_schema_becomes_the_same_plan() {
    let server = Server::start(|_, got| {
        assert_eq!(got.body["response_format"]["type"], "json_schema");
        assert!(got.body.get("tools").is_none());
        let steps: Vec<Value> = plan()["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| json!({ "key": s["key"], "needs": s["needs"], "call": { "tool": s["tool"], "arguments": s["arguments"] } }))
            .collect();
        says(&json!({ "kind": "plan", "steps": steps, "ask": null, "say": null }).to_string())
    })
    .await;
    let mut config = config(&server);
    config.answers = Answers::Schema;

    let thought = ask(&model(config), WISH, empty()).await.unwrap();

    is_the_plan(&thought.proposal);
}

#[tokio::test]
async fn the_responses_api_gives_the_same_plan() {
    let server = Server::start(|_, got| {
        assert_eq!(got.path, "/v1/responses");
        assert_eq!(got.body["store"], false);
        let text = plan().to_string();
        let (one, two) = text.split_at(40);
        let mut acts = vec![stream_head()];
        for value in [
            json!({ "type": "response.created", "response": { "id": "r" } }),
            json!({ "type": "response.output_item.added", "output_index": 0, "item": { "type": "function_call", "name": "plan", "call_id": "c", "arguments": "" } }),
            json!({ "type": "response.function_call_arguments.delta", "output_index": 0, "delta": one }),
            json!({ "type": "response.function_call_arguments.delta", "output_index": 0, "delta": two }),
            json!({ "type": "response.something.new", "of": "tomorrow" }),
            json!({ "type": "response.completed", "response": { "usage": { "input_tokens": 700, "output_tokens": 60 } } }),
        ] {
            let name = value["type"].as_str().unwrap().to_owned();
            acts.push(Act::Send(format!("event: {name}\n").into_bytes()));
            acts.push(Act::Send(event(&value)));
        }
        acts
    })
    .await;
    let mut config = config(&server);
    config.api = Api::Responses;

    let thought = ask(&model(config), WISH, empty()).await.unwrap();

    is_the_plan(&thought.proposal);
}

#[tokio::test]
async fn an_answer_in_pieces_of_any_size_is_the_same_answer() {
    for size in [1, 2, 3, 7, 64] {
        let server = Server::start(move |_, _| {
            let mut bytes = b": a comment\r\n\r\n".to_vec();
            bytes.extend(call_bytes(&[("plan", plan()), ("help", json!({}))]));
            let mut acts = vec![stream_head()];
            acts.extend(bytes.chunks(size).map(|piece| Act::Send(piece.to_vec())));
            acts
        })
        .await;

        let thought = ask(&model(config(&server)), WISH, empty()).await.unwrap();

        is_the_plan(&thought.proposal);
    }
}

#[tokio::test]
async fn handles_become_what_they_stand_for() {
    let server = Server::start(|_, _| {
        calls(&[
            ("cart_set", json!({ "offer": "p2", "quantity": 3 })),
            ("order_status", json!({ "order": "o1" })),
            ("compare", json!({ "offers": ["p1", "p2"], "count": null, "by": ["price", "what they told me"] })),
        ])
    })
    .await;

    let thought = ask(&model(config(&server)), "three of the decaf", table())
        .await
        .unwrap();

    let Proposal::Calls(calls) = thought.proposal else {
        panic!()
    };
    let ToolCall::CartSet(args) = &calls[0] else {
        panic!()
    };
    assert_eq!((&args.offer, args.quantity), (&offer(2), 3));
    let ToolCall::OrderStatus(args) = &calls[1] else {
        panic!()
    };
    assert_eq!(args.order.as_ref().unwrap().as_str(), "ord_one");
    let ToolCall::Compare(args) = &calls[2] else {
        panic!()
    };
    assert_eq!(args.offers, [offer(1), offer(2)]);
    assert_eq!(args.by.len(), 1, "a criterion that nobody named is let go");
}

#[tokio::test]
async fn short_answers_to_what_is_on_the_table_go_to_the_small_model() {
    let server = Server::start(|_, _| calls(&[("cart_show", json!({}))])).await;
    let mut config = config(&server);
    config.small_model = Some("talker-mini".into());
    let model = model(config);

    ask(&model, "what's in my cart", table()).await.unwrap();
    ask(&model, "what's in my cart", empty()).await.unwrap();

    let used: Vec<Value> = server
        .requests()
        .iter()
        .map(|r| r.body["model"].clone())
        .collect();
    assert_eq!(used, ["talker-mini", "talker-1"]);
}

#[tokio::test]
async fn a_request_holds_prompt_tools_and_bounds_and_the_key_only_in_its_header() {
    let server = Server::start(|_, _| says("Good morning.")).await;
    let mut config = config(&server);
    config.key = Some("k-very-secret".into());

    ask(&model(config), "good morning", table()).await.unwrap();

    let got = &server.requests()[0];
    assert_eq!(got.path, "/v1/chat/completions");
    assert!(got.head.contains("authorization: Bearer k-very-secret"));
    assert!(!got.body.to_string().contains("k-very-secret"));
    let system = got.body["messages"][0]["content"].as_str().unwrap();
    assert!(system.starts_with("You are the concierge of errand."));
    assert!(system.contains("cert:fairtrade-intl"));
    assert_eq!(got.body["messages"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&got.body["stream"], &got.body["max_tokens"]),
        (&json!(true), &json!(1_200))
    );
    let names: Vec<&str> = got.body["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["function"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), ToolCall::NAMES.len() + 2);
}
