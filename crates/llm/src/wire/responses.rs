//! The Responses API.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::chat::set;
use super::{Answer, Assemble, CALLS_MAX, CallError, End, RawCall, Request, number_at, text_at};

pub(super) fn body(request: &Request) -> Value {
    let input: Vec<Value> = request
        .messages
        .iter()
        .map(|m| json!({ "role": m.role.word(), "content": m.text }))
        .collect();
    let mut body = json!({
        "model": request.model,
        "instructions": request.system,
        "input": input,
        "stream": true,
        // Nothing of the talk is to be kept there.
        "store": false,
        "max_output_tokens": request.answer_tokens,
    });
    let tools: Vec<Value> = request
        .tools
        .iter()
        .map(|tool| {
            json!({
                "type": "function", "name": tool.name, "description": tool.description,
                "parameters": tool.parameters, "strict": false,
            })
        })
        .collect();
    if !tools.is_empty() {
        set(&mut body, "tools", Value::Array(tools));
        set(&mut body, "tool_choice", json!("auto"));
    }
    if let Some(shape) = &request.shape {
        let format = json!({ "format": {
            "type": "json_schema", "name": shape.name, "strict": true, "schema": shape.schema,
        } });
        set(&mut body, "text", format);
    }
    body
}

/// Puts typed events together. What an item holds when it is done goes before its pieces.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    answer: Answer,
    calls: BTreeMap<u64, RawCall>,
}

impl Assemble for Assembler {
    fn take(&mut self, event: &Value) -> Result<bool, CallError> {
        let delta = text_at(event, "/delta").unwrap_or_default();
        let index = number_at(event, "/output_index").unwrap_or(0);
        match text_at(event, "/type").unwrap_or_default() {
            "response.output_text.delta" => {
                self.answer.text.push_str(delta);
                return Ok(!delta.is_empty());
            }
            "response.refusal.delta" | "response.refusal.done" => {
                self.answer.refused = true;
                return Ok(true);
            }
            "response.output_item.added" | "response.output_item.done" => {
                return self.item(index, event);
            }
            "response.function_call_arguments.delta" => {
                self.call(index)?.arguments.push_str(delta);
                return Ok(true);
            }
            "response.function_call_arguments.done" => {
                if let Some(whole) = text_at(event, "/arguments") {
                    whole.clone_into(&mut self.call(index)?.arguments);
                }
            }
            "response.completed" => self.end(event, End::Done),
            "response.incomplete" => {
                let reason = text_at(event, "/response/incomplete_details/reason");
                let end = if reason == Some("content_filter") {
                    End::Filtered
                } else {
                    End::Length
                };
                self.end(event, end);
            }
            "response.failed" | "error" => return Err(CallError::Broken),
            _ => {}
        }
        Ok(false)
    }

    fn finish(mut self) -> Answer {
        self.answer.calls = self.calls.into_values().collect();
        self.answer
    }
}

impl Assembler {
    fn call(&mut self, index: u64) -> Result<&mut RawCall, CallError> {
        if self.calls.len() >= CALLS_MAX && !self.calls.contains_key(&index) {
            return Err(CallError::TooMany(CALLS_MAX));
        }
        Ok(self.calls.entry(index).or_default())
    }

    fn item(&mut self, index: u64, event: &Value) -> Result<bool, CallError> {
        if text_at(event, "/item/type") != Some("function_call") {
            return Ok(false);
        }
        let call = self.call(index)?;
        if let Some(name) = text_at(event, "/item/name") {
            name.clone_into(&mut call.name);
        }
        if let Some(whole) = text_at(event, "/item/arguments").filter(|a| !a.is_empty()) {
            whole.clone_into(&mut call.arguments);
        }
        Ok(true)
    }

    fn end(&mut self, event: &Value, end: End) {
        self.answer.end = Some(end);
        let count = |name: &str| number_at(event, &format!("/response/usage/{name}"));
        if let (Some(tokens_in), Some(out)) = (count("input_tokens"), count("output_tokens")) {
            self.answer.usage = Some((tokens_in, out));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(events: &[Value]) -> Answer {
        let mut assembler = Assembler::default();
        for event in events {
            assembler.take(event).unwrap();
        }
        assembler.finish()
    }

    #[test]
    fn text_and_calls_are_put_together_from_typed_events() {
        let answer = heard(&[
            json!({ "type": "response.created" }),
            json!({ "type": "response.output_text.delta", "output_index": 0, "delta": "Good" }),
            json!({ "type": "response.output_text.delta", "output_index": 0, "delta": " day" }),
            json!({ "type": "response.output_item.added", "output_index": 1, "item": { "type": "function_call", "name": "help", "arguments": "" } }),
            json!({ "type": "response.function_call_arguments.delta", "output_index": 1, "delta": "{" }),
            json!({ "type": "response.function_call_arguments.delta", "output_index": 1, "delta": "}" }),
            json!({ "type": "response.function_call_arguments.done", "output_index": 1, "arguments": "{}" }),
            json!({ "type": "response.completed", "response": { "usage": { "input_tokens": 3, "output_tokens": 2 } } }),
        ]);

        assert_eq!(answer.text, "Good day");
        let call = RawCall {
            name: "help".into(),
            arguments: "{}".into(),
        };
        assert_eq!(answer.calls, [call]);
        assert_eq!((answer.end, answer.usage), (Some(End::Done), Some((3, 2))));
    }

    #[test]
    fn an_answer_that_was_held_back_or_failed_is_told_apart() {
        let incomplete = |reason: &str| {
            heard(&[json!({ "type": "response.incomplete", "response": { "incomplete_details": { "reason": reason } } })]).end
        };

        assert_eq!(incomplete("max_output_tokens"), Some(End::Length));
        assert_eq!(incomplete("content_filter"), Some(End::Filtered));
        let failed = json!({ "type": "response.failed" });
        assert_eq!(Assembler::default().take(&failed), Err(CallError::Broken));
        assert!(heard(&[json!({ "type": "response.refusal.delta", "delta": "no" })]).refused);
    }
}
