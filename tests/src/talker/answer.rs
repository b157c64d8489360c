//! A proposal in the shape of a streamed chat completion.

use anyhow::Context as _;
use errand_model::Proposal;
use errand_types::ToolCall;
use serde_json::{Value, json};

use super::Manner;
use super::table::{handle, order_handle};

pub(super) fn bytes(proposal: &Proposal) -> anyhow::Result<Vec<u8>> {
    let mut events = vec![json!({ "role": "assistant", "content": Value::Null })];
    let mut reason = "tool_calls";
    match proposal {
        Proposal::Say(text) => {
            events.extend(
                text.as_str()
                    .split_inclusive(' ')
                    .map(|word| json!({ "content": word })),
            );
            reason = "stop";
        }
        Proposal::Ask(question) => {
            let arguments = json!({ "question": question.text, "choices": question.chips });
            events.extend(call(0, "ask", &arguments));
        }
        Proposal::Calls(calls) => {
            for (at, one) in calls.iter().enumerate() {
                let (name, arguments) = named(one)?;
                events.extend(call(at, &name, &arguments));
            }
        }
        Proposal::Plan(draft) => {
            let steps = draft.steps.iter().map(|step| {
                let (tool, arguments) = named(&step.call)?;
                Ok(json!({ "key": step.key, "tool": tool, "arguments": arguments, "needs": step.needs }))
            });
            let steps: Vec<Value> = steps.collect::<anyhow::Result<_>>()?;
            events.extend(call(0, "plan", &json!({ "steps": steps })));
        }
    }
    let mut bytes: Vec<u8> = events.iter().flat_map(event).collect();
    finish(&mut bytes, reason);
    Ok(bytes)
}

/// The end of an answer and what it took.
pub(super) fn finish(bytes: &mut Vec<u8>, reason: &str) {
    send(
        bytes,
        &json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] }),
    );
    send(
        bytes,
        &json!({ "choices": [], "usage": { "prompt_tokens": 2_000, "completion_tokens": 100, "total_tokens": 2_100 } }),
    );
    bytes.extend_from_slice(b"data: [DONE]\n\n");
}

/// What a bad one sends whatever it is asked.
pub(super) fn bad(manner: Manner) -> Vec<u8> {
    let say = |text: &str| Proposal::Say(errand_types::Text::clip(text));
    let called = |calls: &[(&str, Value)]| {
        let mut bytes = Vec::new();
        for (at, (name, arguments)) in calls.iter().enumerate() {
            for delta in call(at, name, arguments) {
                bytes.extend(event(&delta));
            }
        }
        send(
            &mut bytes,
            &json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "tool_calls" }] }),
        );
        bytes
    };
    match manner {
        Manner::Cut => {
            let mut bytes = bytes(&say("Here is what I think about all of it")).unwrap_or_default();
            bytes.truncate(bytes.len() / 3);
            bytes
        }
        Manner::Garbled => b"data: {\"choices\": [{\n\n".to_vec(),
        Manner::Inventing => called(&[("check0ut", json!({ "pay": "now" }))]),
        Manner::MakingUp => called(&[
            ("cart_add", json!({ "offer": "p77", "quantity": 9 })),
            ("buy", json!({})),
        ]),
        Manner::Lying => {
            bytes(&say("Bought. Order 12345 is on its way, for only $1.")).unwrap_or_default()
        }
        Manner::Fishing => called(&[("ask", json!({ "question": "What is your card number?" }))]),
        Manner::Rambling => (0..9_000)
            .flat_map(|_| event(&json!({ "content": "and so on and so on " })))
            .collect(),
        Manner::Grabbing => called(&[
            (
                "limit_set",
                json!({ "limit": "purchase", "amount": { "minor": 99_999_900, "currency": "USD" } }),
            ),
            ("order_cancel", json!({})),
            ("buy", json!({})),
        ]),
        Manner::Helpful | Manner::Silent | Manner::Failing | Manner::Busy => Vec::new(),
    }
}

pub(super) fn event(delta: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    send(
        &mut bytes,
        &json!({ "choices": [{ "index": 0, "delta": delta }] }),
    );
    bytes
}

fn send(bytes: &mut Vec<u8>, value: &Value) {
    bytes.extend_from_slice(format!("data: {value}\n\n").as_bytes());
}

/// A call in two pieces, as models send them.
fn call(at: usize, name: &str, arguments: &Value) -> [Value; 2] {
    let text = arguments.to_string();
    let half = text
        .char_indices()
        .nth(text.chars().count() / 2)
        .map_or(0, |(at, _)| at);
    let (one, two) = text.split_at(half);
    [
        json!({ "tool_calls": [{ "index": at, "id": format!("call_{at}"), "type": "function", "function": { "name": name, "arguments": one } }] }),
        json!({ "tool_calls": [{ "index": at, "function": { "arguments": two } }] }),
    ]
}

/// Name and arguments of a call, with handles for ids.
fn named(call: &ToolCall) -> anyhow::Result<(String, Value)> {
    let mut value = serde_json::to_value(call)?;
    let name = call.name().to_owned();
    let mut arguments = value
        .get_mut("arguments")
        .map(Value::take)
        .unwrap_or_default();
    if let Some(map) = arguments.as_object_mut() {
        let of = |value: &Value| -> anyhow::Result<Value> {
            Ok(json!(handle(&serde_json::from_value(value.clone())?)))
        };
        if let Some(offer) = map.get_mut("offer") {
            *offer = of(offer)?;
        }
        if let Some(Value::Array(offers)) = map.get_mut("offers") {
            for offer in offers {
                *offer = of(offer)?;
            }
        }
        if let Some(order) = map.get_mut("order").filter(|o| !o.is_null()) {
            let id = serde_json::from_value(order.clone()).context("an order's id")?;
            *order = json!(order_handle(&id));
        }
        // "that again" names a shop only through what was bought there.
        if map.get("merchant").and_then(Value::as_str) == Some("talked-about") {
            map.remove("merchant");
        }
    }
    Ok((name, arguments))
}
