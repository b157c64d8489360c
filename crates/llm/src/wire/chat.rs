//! Chat completions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Assemble, CALLS_MAX, CallError, End, RawCall, Request, number_at, text_at};

pub(super) fn body(request: &Request) -> Value {
    let mut messages = vec![json!({ "role": "system", "content": request.system })];
    messages.extend(
        request
            .messages
            .iter()
            .map(|m| json!({ "role": m.role.word(), "content": m.text })),
    );
    let mut body = json!({
        "model": request.model,
        "messages": messages,
        "stream": true,
        "stream_options": { "include_usage": true },
        "max_tokens": request.answer_tokens,
    });
    let tools: Vec<Value> = request
        .tools
        .iter()
        .map(|tool| {
            json!({ "type": "function", "function": {
                "name": tool.name, "description": tool.description, "parameters": tool.parameters,
            } })
        })
        .collect();
    if !tools.is_empty() {
        set(&mut body, "tools", Value::Array(tools));
        set(&mut body, "tool_choice", json!("auto"));
    }
    if let Some(shape) = &request.shape {
        let format = json!({ "type": "json_schema", "json_schema": {
            "name": shape.name, "strict": true, "schema": shape.schema,
        } });
        set(&mut body, "response_format", format);
    }
    body
}

pub(super) fn set(body: &mut Value, key: &str, value: Value) {
    if let Some(body) = body.as_object_mut() {
        body.insert(key.to_owned(), value);
    }
}

/// Puts chunks together. Calls are told apart by index, and by name where a server numbers all of them alike.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    answer: Answer,
    /// Where the call of an index stands in the answer.
    places: BTreeMap<u64, usize>,
    ids: Vec<String>,
}

impl Assemble for Assembler {
    fn take(&mut self, chunk: &Value) -> Result<bool, CallError> {
        if chunk.get("error").is_some_and(|e| !e.is_null()) {
            return Err(CallError::Broken);
        }
        if let Some(usage) = chunk.get("usage").filter(|u| u.is_object()) {
            let count = |name: &str| number_at(usage, name).unwrap_or(0);
            self.answer.usage = Some((count("/prompt_tokens"), count("/completion_tokens")));
        }
        let Some(choice) = chunk.pointer("/choices/0") else {
            return Ok(false);
        };
        let mut carried = false;
        if let Some(text) = text_at(choice, "/delta/content") {
            self.answer.text.push_str(text);
            carried |= !text.is_empty();
        }
        if text_at(choice, "/delta/refusal").is_some_and(|t| !t.is_empty()) {
            self.answer.refused = true;
            carried = true;
        }
        let calls = choice
            .pointer("/delta/tool_calls")
            .and_then(Value::as_array);
        for (at, piece) in calls.into_iter().flatten().enumerate() {
            self.call(at as u64, piece)?;
            carried = true;
        }
        if let Some(reason) = text_at(choice, "/finish_reason") {
            self.answer.end = Some(match reason {
                "length" => End::Length,
                "content_filter" => End::Filtered,
                _ => End::Done,
            });
        }
        Ok(carried)
    }

    fn finish(self) -> Answer {
        self.answer
    }
}

impl Assembler {
    fn call(&mut self, at: u64, piece: &Value) -> Result<(), CallError> {
        let index = number_at(piece, "/index").unwrap_or(at);
        let id = text_at(piece, "/id").unwrap_or_default();
        let name = text_at(piece, "/function/name").unwrap_or_default();
        let known = self.places.get(&index).copied();
        // A new id with a name under an old index is another call.
        let is_other = known.is_some_and(|place| {
            !id.is_empty() && !name.is_empty() && self.ids.get(place).is_some_and(|old| old != id)
        });
        let place = match known {
            Some(place) if !is_other => place,
            Some(_) | None => {
                if self.answer.calls.len() >= CALLS_MAX {
                    return Err(CallError::TooMany(CALLS_MAX));
                }
                self.answer.calls.push(RawCall::default());
                self.ids.push(id.to_owned());
                self.places
                    .insert(index, self.answer.calls.len().saturating_sub(1));
                self.answer.calls.len().saturating_sub(1)
            }
        };
        if let Some(call) = self.answer.calls.get_mut(place) {
            if call.name.is_empty() {
                name.clone_into(&mut call.name);
            }
            match piece.pointer("/function/arguments") {
                Some(Value::String(text)) => call.arguments.push_str(text),
                // Some servers send the arguments as an object, at once.
                Some(whole @ Value::Object(_)) => call.arguments.push_str(&whole.to_string()),
                Some(_) | None => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(chunks: &[Value]) -> Answer {
        let mut assembler = Assembler::default();
        for chunk in chunks {
            assembler.take(chunk).unwrap();
        }
        assembler.finish()
    }

    fn delta(delta: Value) -> Value {
        json!({ "choices": [{ "index": 0, "delta": delta }] })
    }

    #[test]
    fn a_call_in_pieces_is_put_together() {
        let answer = heard(&[
            delta(json!({ "role": "assistant", "content": null })),
            delta(
                json!({ "tool_calls": [{ "index": 0, "id": "a", "function": { "name": "cart_show", "arguments": "" } }] }),
            ),
            delta(json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "{" } }] })),
            delta(json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "}" } }] })),
            json!({ "choices": [{ "delta": {}, "finish_reason": "tool_calls" }] }),
            json!({ "choices": [], "usage": { "prompt_tokens": 9, "completion_tokens": 4 } }),
        ]);

        let call = RawCall {
            name: "cart_show".into(),
            arguments: "{}".into(),
        };
        assert_eq!(answer.calls, [call]);
        assert_eq!((answer.end, answer.usage), (Some(End::Done), Some((9, 4))));
    }

    #[test]
    fn calls_that_all_have_the_same_number_are_told_apart_by_their_ids() {
        let whole = |id: &str, name: &str| {
            delta(
                json!({ "tool_calls": [{ "index": 0, "id": id, "function": { "name": name, "arguments": {} } }] }),
            )
        };

        let answer = heard(&[whole("a", "cart_show"), whole("b", "help")]);

        let names: Vec<&str> = answer.calls.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["cart_show", "help"]);
    }

    #[test]
    fn an_endless_row_of_calls_ends_at_its_bound() {
        let mut assembler = Assembler::default();
        let mut last = Ok(true);
        for n in 0..=CALLS_MAX {
            last = assembler.take(&delta(json!({ "tool_calls": [{ "index": n, "id": n.to_string(), "function": { "name": "help" } }] })));
        }

        assert_eq!(last, Err(CallError::TooMany(CALLS_MAX)));
    }

    #[test]
    fn whatever_json_comes_nothing_breaks() {
        for chunk in [
            json!(null),
            json!([]),
            json!({ "choices": {} }),
            json!({ "choices": [{ "delta": [1] }] }),
            json!(7),
        ] {
            assert_eq!(Assembler::default().take(&chunk), Ok(false));
        }
        let failed = json!({ "error": { "message": "overloaded" } });
        assert_eq!(Assembler::default().take(&failed), Err(CallError::Broken));
    }
}
