use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::envelope::{Envelope, EventId, Payload};

fn message() -> Item {
    Item::Message(MessageItem {
        id: "item_2".into(),
        object: "realtime.item".into(),
        status: ItemStatus::Completed,
        role: MessageRole::Assistant,
        content: vec![Content::output_text("Two bags are in your cart.")],
    })
}

fn response() -> Response {
    let session = Session::new("sess_1", "errand");
    Response {
        object: "realtime.response".into(),
        id: "resp_3".into(),
        status: ResponseStatus::Completed,
        status_details: Some(StatusDetails {
            kind: ResponseStatus::Completed,
            reason: None,
            error: None,
        }),
        output: vec![message()],
        conversation_id: Some("conv_1".into()),
        output_modalities: vec![Modality::Text],
        max_output_tokens: MaxTokens::inf(),
        metadata: Some(BTreeMap::from([(
            "client_event_id".to_owned(),
            "c1".to_owned(),
        )])),
        audio: ResponseAudio {
            output: ResponseAudioOutput {
                format: session.audio.output.format,
                voice: session.audio.output.voice,
            },
        },
        usage: Usage::default(),
    }
}

#[expect(clippy::too_many_lines, reason = "one of each")]
fn every_event() -> Vec<ServerEvent> {
    let session = Session::new("sess_1", "errand");
    let call = Item::FunctionCall(CallItem {
        id: "item_4".into(),
        object: "realtime.item".into(),
        status: ItemStatus::Completed,
        name: "get_weather".into(),
        call_id: "call_5".into(),
        arguments: r#"{"city":"Berlin"}"#.into(),
    });
    let part = || Part {
        kind: Modality::Text,
        text: "Two bags".into(),
    };
    let (response_id, item_id) = (|| "resp_3".to_owned(), || "item_2".to_owned());
    vec![
        ServerEvent::SessionCreated {
            session: session.clone(),
        },
        ServerEvent::SessionUpdated { session },
        ServerEvent::ItemAdded {
            previous_item_id: None,
            item: message(),
        },
        ServerEvent::ItemDone {
            previous_item_id: Some("item_1".into()),
            item: call.clone(),
        },
        ServerEvent::ItemRetrieved { item: message() },
        ServerEvent::ItemTruncated {
            item_id: item_id(),
            content_index: 0,
            audio_end_ms: 700,
        },
        ServerEvent::ItemDeleted { item_id: item_id() },
        ServerEvent::TranscriptionFailed {
            item_id: item_id(),
            content_index: 0,
            error: ErrorDetail::request(code::NO_SPEECH, "I cannot hear sound yet."),
        },
        ServerEvent::AudioCommitted {
            previous_item_id: None,
            item_id: item_id(),
        },
        ServerEvent::AudioCleared {},
        ServerEvent::ResponseCreated {
            response: Response {
                status: ResponseStatus::InProgress,
                status_details: None,
                output: vec![],
                ..response()
            },
        },
        ServerEvent::ResponseDone {
            response: response(),
        },
        ServerEvent::OutputItemAdded {
            response_id: response_id(),
            output_index: 0,
            item: call,
        },
        ServerEvent::OutputItemDone {
            response_id: response_id(),
            output_index: 0,
            item: message(),
        },
        ServerEvent::PartAdded {
            response_id: response_id(),
            item_id: item_id(),
            output_index: 0,
            content_index: 0,
            part: part(),
        },
        ServerEvent::PartDone {
            response_id: response_id(),
            item_id: item_id(),
            output_index: 0,
            content_index: 0,
            part: part(),
        },
        ServerEvent::TextDelta {
            response_id: response_id(),
            item_id: item_id(),
            output_index: 0,
            content_index: 0,
            delta: "Two".into(),
        },
        ServerEvent::TextDone {
            response_id: response_id(),
            item_id: item_id(),
            output_index: 0,
            content_index: 0,
            text: "Two bags".into(),
        },
        ServerEvent::ArgumentsDelta {
            response_id: response_id(),
            item_id: "item_4".into(),
            output_index: 0,
            call_id: "call_5".into(),
            delta: "{}".into(),
        },
        ServerEvent::ArgumentsDone {
            response_id: response_id(),
            item_id: "item_4".into(),
            output_index: 0,
            call_id: "call_5".into(),
            name: "get_weather".into(),
            arguments: "{}".into(),
        },
        ServerEvent::Error {
            error: ErrorDetail::request(code::CANCEL_NOT_ACTIVE, "Cancellation failed"),
        },
    ]
}

#[test]
fn every_event_that_is_sent_has_exactly_the_fields_that_strict_clients_ask_for() {
    let written: Vec<Value> = (1..)
        .zip(every_event())
        .map(|(number, event)| {
            let payload = Payload::from(event);
            serde_json::to_value(Envelope {
                event_id: EventId::logged(number),
                payload: &payload,
            })
            .unwrap()
        })
        .collect();

    insta::assert_json_snapshot!(written);
}

#[test]
fn events_are_read_back_as_written() {
    for event in every_event() {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(
            serde_json::from_str::<ServerEvent>(&text).unwrap(),
            event,
            "{text}"
        );
    }
}

fn update(session: &Value) -> Result<Session, String> {
    let mut held = Session::new("sess_1", "errand");
    held.instructions = "Be brief.".into();
    held.tools =
        session::read_tools(vec![json!({"type":"function","name":"a","parameters":{}})]).unwrap();
    let text = json!({ "type": "session.update", "session": session }).to_string();
    let ClientEvent::SessionUpdate(patch) = read_frame(&text).map_err(|e| e.to_string())?.event
    else {
        panic!("an update is read as an update")
    };
    held.merge(*patch).map_err(|e| e.to_string())?;
    Ok(held)
}

#[test]
fn an_update_changes_only_the_fields_that_are_present() {
    let session = update(&json!({ "audio": { "output": { "speed": 1.25 } } })).unwrap();

    assert_eq!(session.instructions, "Be brief.");
    assert_eq!(session.tools.len(), 1);
    assert!((session.audio.output.speed - 1.25).abs() < f64::EPSILON);
    assert_eq!(session.audio.output.voice, "marin");
    assert_eq!(session.audio.input.format, AudioFormat::pcm());
}

#[test]
fn null_and_empty_values_clear_and_absent_ones_do_not() {
    let session = update(&json!({ "instructions": "", "tools": [], "tool_choice": null })).unwrap();

    assert_eq!(
        (session.instructions.as_str(), session.tools.len()),
        ("", 0)
    );
    assert_eq!(session.tool_choice, ToolChoice::auto());
}

#[test]
fn what_is_not_carried_out_is_accepted_and_shown_as_null() {
    let session = update(&json!({
        "type": "realtime", "model": "gpt-realtime", "tracing": "auto", "prompt": {"id": "p"}, "unheard": [1],
        "output_modalities": ["audio"], "include": ["x"],
        "audio": { "input": {
            "turn_detection": {"type": "semantic_vad", "eagerness": "auto"},
            "noise_reduction": {"type": "near_field"}, "transcription": {"model": "whisper-1"}
        } }
    }))
    .unwrap();

    assert_eq!(session.output_modalities, vec![Modality::Text]);
    assert_eq!(
        (session.tracing, session.prompt, session.include),
        (None, None, None)
    );
    let input = session.audio.input;
    assert_eq!(
        (
            input.turn_detection,
            input.noise_reduction,
            input.transcription
        ),
        (None, None, None)
    );
    assert_eq!(session.model, "errand");
}

#[test]
fn a_change_with_one_wrong_field_changes_nothing() {
    for wrong in [
        json!({ "instructions": "x", "audio": { "input": { "format": { "type": "audio/pcm", "rate": 8000 } } } }),
        json!({ "instructions": "x", "tools": [{"type": "function"}] }),
        json!({ "instructions": "x", "tools": [{"type":"function","name":"a"},{"type":"function","name":"a"}] }),
        json!({ "instructions": "x", "tool_choice": "sometimes" }),
        json!({ "instructions": "x", "max_output_tokens": 0 }),
        json!({ "instructions": "x", "audio": { "output": { "speed": 9.0 } } }),
        json!({ "instructions": "x", "output_modalities": [] }),
    ] {
        assert!(update(&wrong).is_err(), "{wrong}");
    }
}

fn refused(text: &str) -> (String, Option<String>) {
    let FrameError(error) = read_frame(text).expect_err(text);
    (error.code.unwrap(), error.event_id)
}

#[test]
fn hostile_frames_are_typed_errors_that_name_the_request() {
    let deep = format!(
        "{{\"type\":\"response.create\",\"response\":{}{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let cases: [(&str, &str); 14] = [
        ("", "invalid_json"),
        ("{", "invalid_json"),
        ("[]", "invalid_value"),
        ("null", "invalid_value"),
        ("{}", "invalid_value"),
        (r#"{"type":7}"#, "invalid_value"),
        (r#"{"type":"a","type":"b"}"#, "invalid_value"),
        (r#"{"type":"approval.granted"}"#, "unknown_event_type"),
        (
            r#"{"type":"response.done","response":{}}"#,
            "unknown_event_type",
        ),
        (
            r#"{"type":"conversation.item.truncate","item_id":"a","content_index":NaN,"audio_end_ms":1}"#,
            "invalid_json",
        ),
        (
            r#"{"type":"conversation.item.truncate","item_id":"a","content_index":0,"audio_end_ms":1e400}"#,
            "invalid_value",
        ),
        (
            r#"{"type":"conversation.item.delete","item_id":"a","item_id":"b"}"#,
            "invalid_value",
        ),
        (
            r#"{"type":"input_audio_buffer.append","audio":"a*b="}"#,
            "invalid_audio",
        ),
        (&deep, "invalid_value"),
    ];
    for (text, wanted) in cases {
        assert_eq!(
            refused(text).0,
            wanted,
            "{}",
            text.chars().take(90).collect::<String>()
        );
    }
    let named = r#"{"type":"conversation.item.retrieve","event_id":"mine"}"#;
    assert_eq!(
        refused(named),
        ("invalid_value".to_owned(), Some("mine".to_owned()))
    );
}

#[test]
fn an_unknown_field_and_a_deep_one_beside_the_known_are_harmless() {
    let deep = format!(
        r#"{{"type":"response.cancel","x":{}{}}}"#,
        "[".repeat(10_000),
        "]".repeat(10_000)
    );

    assert!(read_frame(r#"{"type":"input_audio_buffer.clear","x":{"y":[1]}}"#).is_ok());
    assert!(read_frame(&deep).is_ok() || refused(&deep).0 == "invalid_json");
}

#[test]
fn only_sound_may_be_large() {
    let long = "x".repeat(EVENT_BYTES_MAX);
    let text =
        json!({ "type": "session.update", "event_id": "big", "session": { "instructions": long } })
            .to_string();
    assert_eq!(
        refused(&text),
        ("event_too_large".to_owned(), Some("big".to_owned()))
    );

    let sound = "AAAA".repeat(EVENT_BYTES_MAX / 2);
    let text = json!({ "type": "input_audio_buffer.append", "audio": sound }).to_string();
    assert_eq!(
        read_frame(&text).unwrap().event,
        ClientEvent::AudioAppend {
            bytes: EVENT_BYTES_MAX / 2 * 3
        }
    );
}

#[test]
fn metadata_is_bounded() {
    let long =
        json!({ "type": "response.create", "response": { "metadata": { "k": "v".repeat(600) } } })
            .to_string();
    assert_eq!(refused(&long).0, "invalid_value");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(text in "\\PC{0,200}") {
        let _ = read_frame(&text);
    }

    #[test]
    fn no_object_of_a_known_type_makes_the_reader_panic(
        at in 0..TYPES.len(), key in "[a-z_]{1,12}", value in "\\PC{0,40}"
    ) {
        let frame = json!({ "type": TYPES[at], key: value, "item": {"type": "message"}, "session": {} });
        let _ = read_frame(&frame.to_string());
    }
}
