use errand_protocol::envelope::Payload;
use errand_protocol::realtime::{FunctionTool, ToolChoice, read_frame};
use errand_runtime::house::{Emitted, TurnStatus, What};
use serde_json::{Value, json};

use super::tools::{Decision, decide};
use super::*;

fn machine() -> SessionMachine {
    SessionMachine::new("sess_1", "errand", 0, None)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a literal of json is a value"
)]
fn frame(machine: &mut SessionMachine, event: Value) -> Vec<Effect> {
    machine.step(Input::Frame(read_frame(&event.to_string())))
}

fn emit(machine: &mut SessionMachine, turn: Option<u64>, what: What) -> Vec<Effect> {
    machine.step(Input::Emitted(&Emitted { turn, what }))
}

fn say(machine: &mut SessionMachine, turn: Option<u64>, live: &str, kept: &str) -> Vec<Effect> {
    emit(
        machine,
        turn,
        What::Say {
            live: live.into(),
            kept: kept.into(),
            is_private: false,
        },
    )
}

fn user(text: &str) -> Value {
    json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user",
        "content": [{ "type": "input_text", "text": text }] } })
}

/// The events among effects, as JSON: live ones, and those of the log.
fn events(effects: &[Effect]) -> (Vec<Value>, Vec<Value>) {
    let json = |payload: &Payload| serde_json::to_value(payload).unwrap();
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send { live, kept } => Some((json(live), json(kept.as_ref().unwrap_or(live)))),
            Effect::Say { .. } | Effect::Stop | Effect::Voice(_) => None,
        })
        .unzip()
}

fn code_of(effects: &[Effect]) -> String {
    let (live, _) = events(effects);
    assert_eq!(live.len(), 1, "{live:?}");
    live[0]["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn items(effects: &[Effect]) -> Vec<String> {
    let (live, _) = events(effects);
    live.iter()
        .filter_map(|event| event["item"]["id"].as_str().map(ToOwned::to_owned))
        .collect()
}

#[test]
fn items_stand_where_the_client_puts_them() {
    let mut machine = machine();
    let at = |id: &str, previous: Value| {
        json!({ "type": "conversation.item.create", "previous_item_id": previous, "item": { "id": id, "type": "message",
            "role": "system", "content": [{ "type": "input_text", "text": id }] } })
    };

    frame(&mut machine, at("b", Value::Null));
    frame(&mut machine, at("a", json!("root")));
    let between = frame(&mut machine, at("ab", json!("a")));
    let unknown = frame(&mut machine, at("x", json!("nowhere")));

    assert_eq!(events(&between).0[0]["previous_item_id"], "a");
    assert_eq!(code_of(&unknown), "item_create_invalid_previous_item_id");
    let last = frame(&mut machine, at("c", Value::Null));
    assert_eq!(events(&last).0[0]["previous_item_id"], "b");
}

#[test]
fn ids_of_clients_are_kept_and_never_taken_twice_even_when_deleted() {
    let mut machine = machine();
    let item = || {
        let mut event = user("one");
        event["item"]["id"] = json!("mine");
        event
    };
    assert_eq!(items(&frame(&mut machine, item())), ["mine", "mine"]);

    assert_eq!(
        code_of(&frame(&mut machine, item())),
        "item_create_duplicate_item_id"
    );
    let deleted = frame(
        &mut machine,
        json!({ "type": "conversation.item.delete", "item_id": "mine" }),
    );
    assert_eq!(events(&deleted).0[0]["type"], "conversation.item.deleted");
    assert_eq!(
        code_of(&frame(&mut machine, item())),
        "item_create_duplicate_item_id"
    );
    let gone = frame(
        &mut machine,
        json!({ "type": "conversation.item.retrieve", "item_id": "mine" }),
    );
    assert_eq!(code_of(&gone), "item_retrieve_invalid_item_id");
}

#[test]
fn items_that_cannot_be_are_refused() {
    let mut machine = machine();
    let wrong = [
        json!({ "type": "message", "role": "user" }),
        json!({ "type": "message", "content": [] }),
        json!({ "type": "message", "role": "user", "content": [{ "type": "output_text", "text": "x" }] }),
        json!({ "type": "message", "role": "user", "content": [{ "type": "input_text" }] }),
        json!({ "type": "message", "role": "user", "id": "", "content": [] }),
        json!({ "type": "message", "role": "user", "id": "root", "content": [] }),
        json!({ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "x".repeat(70_000) }] }),
        json!({ "type": "mcp_call", "id": "x" }),
        json!({ "type": "function_call_output", "call_id": "nobody", "output": "x" }),
    ];

    for item in wrong {
        let effects = frame(
            &mut machine,
            json!({ "type": "conversation.item.create", "event_id": null, "item": item }),
        );
        assert!(!code_of(&effects).is_empty(), "{item}");
    }
    assert!(events(&frame(&mut machine, user("fine"))).0[0]["previous_item_id"].is_null());
}

#[test]
fn a_conversation_is_bounded_and_its_oldest_items_leave() {
    let mut machine = machine();
    for _ in 0..40 {
        frame(&mut machine, user(&"x".repeat(20_000)));
    }
    let first = frame(
        &mut machine,
        json!({ "type": "conversation.item.retrieve", "item_id": "item_1" }),
    );
    let last = frame(
        &mut machine,
        json!({ "type": "conversation.item.retrieve", "item_id": "item_40" }),
    );

    assert_eq!(code_of(&first), "item_retrieve_invalid_item_id");
    assert_eq!(events(&last).0[0]["type"], "conversation.item.retrieved");
}

#[test]
fn sound_is_counted_committed_and_honestly_not_understood() {
    let mut machine = machine();
    let append = json!({ "type": "input_audio_buffer.append", "audio": "AAAA".repeat(1_000) });

    let empty = frame(&mut machine, json!({ "type": "input_audio_buffer.commit" }));
    assert_eq!(code_of(&empty), "input_audio_buffer_commit_empty");
    assert_eq!(frame(&mut machine, append.clone()), vec![]);
    let (committed, _) = events(&frame(
        &mut machine,
        json!({ "type": "input_audio_buffer.commit" }),
    ));
    let (answered, _) = events(&frame(&mut machine, json!({ "type": "response.create" })));

    let kinds: Vec<&str> = committed
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "conversation.item.input_audio_transcription.failed",
        ]
    );
    assert_eq!(committed[3]["error"]["code"], "speech_not_available");
    assert!(
        answered
            .last()
            .unwrap()
            .to_string()
            .contains("I cannot hear or see in this runtime yet")
    );
    let mut full = String::new();
    for _ in 0..10_000 {
        let effects = frame(&mut machine, append.clone());
        if !effects.is_empty() {
            full = code_of(&effects);
            break;
        }
    }
    assert_eq!(full, "input_audio_buffer_full");
}

#[test]
fn nothing_of_errand_that_was_never_sound_is_cut() {
    let mut machine = machine();
    let item = |kind: &str| {
        json!({ "type": "conversation.item.create", "item": { "id": kind, "type": "message", "role": "assistant",
            "content": [{ "type": kind, "text": "Hello.", "transcript": "Hello." }] } })
    };
    frame(&mut machine, item("output_text"));
    frame(&mut machine, item("output_audio"));
    let mut cut = |id: &str, index: u32, end: u64| {
        let event = json!({ "type": "conversation.item.truncate", "item_id": id, "content_index": index, "audio_end_ms": end });
        events(&frame(&mut machine, event)).0[0].clone()
    };

    assert_eq!(
        cut("output_text", 0, 0)["error"]["code"],
        "item_truncate_invalid_audio_end"
    );
    assert_eq!(
        cut("output_audio", 0, 700)["error"]["code"],
        "item_truncate_invalid_audio_end"
    );
    assert_eq!(
        cut("output_audio", 9, 0)["error"]["code"],
        "item_truncate_invalid_audio_end"
    );
    assert_eq!(
        cut("nobody", 0, 0)["error"]["code"],
        "item_truncate_invalid_item_id"
    );
    assert_eq!(
        cut("output_audio", 0, 0)["type"],
        "conversation.item.truncated"
    );
}

#[test]
fn a_sentence_goes_to_the_house_once_with_the_key_of_its_item() {
    let mut machine = machine();
    let created = frame(&mut machine, user("two bags of coffee"));

    let effects = frame(&mut machine, json!({ "type": "response.create" }));

    assert_eq!(
        effects[1],
        Effect::Say {
            text: "two bags of coffee".into(),
            key: items(&created)[0].clone(),
            way: Way::TYPED
        }
    );
    let again = frame(&mut machine, json!({ "type": "response.create" }));
    assert_eq!(code_of(&again), "conversation_already_has_active_response");
}

#[test]
fn a_transcript_of_the_devices_own_ears_is_a_sentence_that_was_spoken() {
    let heard = json!({ "type": "input_audio", "transcript": "two bags of coffee" });
    let typed = json!({ "type": "input_text", "text": "of the big ones" });
    for content in [vec![heard.clone()], vec![typed, heard]] {
        let mut machine = machine();
        let item = json!({ "type": "message", "role": "user", "content": content });
        frame(
            &mut machine,
            json!({ "type": "conversation.item.create", "item": item }),
        );

        let effects = frame(&mut machine, json!({ "type": "response.create" }));

        assert!(
            matches!(&effects[1], Effect::Say { way, .. } if *way == Way::SPOKEN),
            "{effects:?}"
        );
    }
}

#[test]
fn live_and_kept_words_never_mix() {
    let mut machine = machine();
    let key = items(&frame(&mut machine, user("buy it")))[0].clone();
    let mut all = frame(&mut machine, json!({ "type": "response.create" }));
    all.extend(emit(&mut machine, Some(1), What::TurnStarted { key }));
    all.extend(say(
        &mut machine,
        Some(1),
        "To buy, say: amber violin.",
        "To buy, say the two words on your screen.",
    ));
    all.extend(say(
        &mut machine,
        Some(1),
        "It holds for two minutes.",
        "It holds for two minutes.",
    ));
    all.extend(emit(
        &mut machine,
        Some(1),
        What::TurnDone {
            status: TurnStatus::Completed,
        },
    ));

    let (live, kept) = events(&all);

    let has = |events: &[Value]| {
        events
            .iter()
            .filter(|event| event.to_string().contains("amber violin"))
            .count()
    };
    assert_eq!((has(&live), has(&kept)), (6, 0));
    let done = kept.last().unwrap()["response"]["output"][0]["content"][0]["text"].clone();
    assert_eq!(
        done,
        "To buy, say the two words on your screen.\nIt holds for two minutes."
    );
    insta::assert_json_snapshot!(live);
}

#[test]
fn a_response_beside_the_conversation_leaves_no_item_in_it() {
    let mut machine = machine();
    let effects = frame(
        &mut machine,
        json!({ "type": "response.create", "event_id": "oob", "response": {
        "conversation": "none", "metadata": { "purpose": "check" },
        "input": [{ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "hello" }] }] } }),
    );
    assert_eq!(
        effects[1],
        Effect::Say {
            text: "hello".into(),
            key: "oob".into(),
            way: Way::TYPED
        }
    );
    let mut all = effects;
    all.extend(emit(
        &mut machine,
        Some(1),
        What::TurnStarted { key: "oob".into() },
    ));
    all.extend(say(&mut machine, Some(1), "Hello.", "Hello."));
    all.extend(emit(
        &mut machine,
        Some(1),
        What::TurnDone {
            status: TurnStatus::Completed,
        },
    ));

    let (live, _) = events(&all);

    assert!(
        live.iter()
            .all(|event| !event["type"].as_str().unwrap().starts_with("conversation."))
    );
    let done = live.last().unwrap();
    assert_eq!(done["response"]["conversation_id"], Value::Null);
    assert_eq!(done["response"]["metadata"]["purpose"], "check");
    assert!(events(&frame(&mut machine, user("next"))).0[0]["previous_item_id"].is_null());
}

#[test]
fn a_reference_in_the_input_is_followed_and_an_unknown_one_begins_nothing() {
    let mut machine = machine();
    let id = items(&frame(&mut machine, user("hello")))[0].clone();
    let respond = |id: &str| json!({ "type": "response.create", "response": { "input": [{ "type": "item_reference", "id": id }] } });

    assert_eq!(
        code_of(&frame(&mut machine, respond("nowhere"))),
        "item_retrieve_invalid_item_id"
    );
    let effects = frame(&mut machine, respond(&id));

    assert!(matches!(&effects[1], Effect::Say { text, .. } if text == "hello"));
}

#[test]
fn a_sentence_that_was_heard_before_is_said_to_be_so_and_not_awaited() {
    let mut machine = machine();
    let key = items(&frame(&mut machine, user("buy it")))[0].clone();
    frame(&mut machine, json!({ "type": "response.create" }));

    let (live, _) = events(&machine.step(Input::NeverStarted { key: &key }));

    assert_eq!(live.last().unwrap()["response"]["status"], "completed");
    assert!(
        live.last()
            .unwrap()
            .to_string()
            .contains("heard that sentence before")
    );
    assert_eq!(machine.step(Input::NeverStarted { key: &key }), vec![]);
}

#[test]
fn a_cancelled_turn_is_stopped_and_its_late_words_come_by_themselves() {
    let mut machine = machine();
    let key = items(&frame(&mut machine, user("buy it")))[0].clone();
    frame(&mut machine, json!({ "type": "response.create" }));
    emit(&mut machine, Some(1), What::TurnStarted { key });

    let cancelled = frame(&mut machine, json!({ "type": "response.cancel" }));
    let late = say(
        &mut machine,
        Some(1),
        "The payment went through before that.",
        "The payment went through before that.",
    );
    let done = emit(
        &mut machine,
        Some(1),
        What::TurnDone {
            status: TurnStatus::Cancelled,
        },
    );

    assert_eq!(cancelled[0], Effect::Stop);
    assert_eq!(
        events(&cancelled).0.last().unwrap()["response"]["status"],
        "cancelled"
    );
    let (late, _) = events(&late);
    assert_eq!(
        (
            late[0]["type"].as_str(),
            late.last().unwrap()["type"].as_str()
        ),
        (Some("response.created"), Some("response.done"))
    );
    assert_eq!(done, vec![]);
}

fn tool(parameters: Value) -> FunctionTool {
    FunctionTool {
        kind: "function".into(),
        name: "get_weather".into(),
        description: None,
        parameters,
    }
}

fn weather() -> FunctionTool {
    tool(
        json!({ "type": "object", "required": ["city", "unit"], "properties": {
        "city": { "type": "string" }, "unit": { "enum": ["celsius", "fahrenheit"] }, "days": { "type": "integer" } } }),
    )
}

fn auto(tool: &FunctionTool, text: &str) -> Decision {
    decide(
        std::slice::from_ref(tool),
        &ToolChoice::Mode("auto".into()),
        text,
    )
}

fn call(arguments: &Value) -> Decision {
    Decision::Call {
        name: "get_weather".into(),
        arguments: arguments.to_string(),
    }
}

#[test]
fn a_tool_is_called_only_when_it_is_named_as_one() {
    let plain = tool(json!({}));

    for text in [
        "call get_weather",
        "Use the get_weather tool.",
        "get_weather",
        "please run GET_WEATHER",
    ] {
        assert_eq!(auto(&plain, text), call(&json!({})), "{text}");
    }
    for text in [
        "what does get_weather do",
        "call get_weather_now",
        "coffee",
        "do you know get_weather",
    ] {
        assert_eq!(auto(&plain, text), Decision::House, "{text}");
    }
    let none = ToolChoice::Mode("none".into());
    assert_eq!(
        decide(std::slice::from_ref(&plain), &none, "call get_weather"),
        Decision::House
    );
}

#[test]
fn arguments_come_from_the_words_or_the_tool_is_not_called() {
    let tool = weather();

    assert_eq!(
        auto(&tool, "call get_weather city=Berlin unit=celsius"),
        call(&json!({"city": "Berlin", "unit": "celsius"}))
    );
    assert_eq!(
        auto(&tool, "call get_weather in fahrenheit for New York"),
        call(&json!({"city": "New York", "unit": "fahrenheit"}))
    );
    assert_eq!(
        auto(
            &tool,
            r#"use get_weather {"city":"Rome","unit":"celsius","days":2}"#
        ),
        call(&json!({"city": "Rome", "unit": "celsius", "days": 2}))
    );
    for text in [
        "call get_weather for Berlin",
        "call get_weather celsius or fahrenheit in Berlin",
    ] {
        let Decision::Words(words) = auto(&tool, text) else {
            panic!("{text}")
        };
        assert!(
            words.contains("unit") && words.ends_with("Nothing was done."),
            "{words}"
        );
    }
}

#[test]
fn two_free_places_are_never_filled_by_guess() {
    let tool = tool(
        json!({ "required": ["from", "to"], "properties": { "from": {"type": "string"}, "to": {"type": "string"} } }),
    );

    assert!(matches!(
        auto(&tool, "call get_weather Berlin Rome"),
        Decision::Words(_)
    ));
    assert_eq!(
        auto(&tool, "call get_weather from=Berlin to=Rome"),
        call(&json!({"from": "Berlin", "to": "Rome"}))
    );
}

#[test]
fn a_forced_tool_takes_the_sentence_and_an_undeclared_one_is_refused_in_words() {
    let tool =
        tool(json!({ "required": ["city"], "properties": { "city": { "type": "string" } } }));
    let forced = |name: &str| ToolChoice::Function {
        kind: "function".into(),
        name: name.into(),
    };
    let tools = std::slice::from_ref(&tool);

    assert_eq!(
        decide(tools, &forced("get_weather"), "What is it like in Berlin?"),
        call(&json!({"city": "Berlin"}))
    );
    assert!(matches!(
        decide(tools, &forced("buy"), "anything"),
        Decision::Words(_)
    ));
    assert_eq!(
        decide(tools, &ToolChoice::Mode("required".into()), "Berlin"),
        call(&json!({"city": "Berlin"}))
    );
    assert!(matches!(
        decide(&[], &ToolChoice::Mode("required".into()), "Berlin"),
        Decision::Words(_)
    ));
}
