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

fn speech() -> Speech {
    Speech {
        voices: vec!["slt".into(), "en-us".into()],
    }
}

fn response() -> Response {
    let session = Session::new("sess_1", "errand", None);
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
    let session = Session::new("sess_1", "errand", Some(speech()));
    let call = Item::FunctionCall(CallItem {
        id: "item_4".into(),
        object: "realtime.item".into(),
        status: ItemStatus::Completed,
        name: "get_weather".into(),
        call_id: "call_5".into(),
        arguments: r#"{"city":"Berlin"}"#.into(),
    });
    let part = |kind| Part::new(kind, "Two bags");
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
        ServerEvent::TranscriptionDelta {
            item_id: item_id(),
            content_index: 0,
            delta: "two".into(),
        },
        ServerEvent::TranscriptionCompleted {
            item_id: item_id(),
            content_index: 0,
            transcript: "two bags".into(),
            usage: TranscriptionUsage::of_ms(1_250),
        },
        ServerEvent::SpeechStarted {
            audio_start_ms: 320,
            item_id: item_id(),
        },
        ServerEvent::SpeechStopped {
            audio_end_ms: 1_570,
            item_id: item_id(),
        },
        ServerEvent::AudioTimeout {
            audio_start_ms: 2_000,
            audio_end_ms: 8_000,
            item_id: item_id(),
        },
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
            part: part(Modality::Text),
        },
        ServerEvent::PartDone {
            response_id: response_id(),
            item_id: item_id(),
            output_index: 0,
            content_index: 0,
            part: part(Modality::Audio),
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
        ServerEvent::AudioDelta {
            response_id: response_id(),
            item_id: item_id(),
            output_index: 0,
            content_index: 0,
            delta: Audio::new(vec![0, 1, 255]),
        },
        ServerEvent::AudioDone {
            response_id: response_id(),
            item_id: item_id(),
            output_index: 0,
            content_index: 0,
        },
        ServerEvent::AudioTranscriptDelta {
            response_id: response_id(),
            item_id: item_id(),
            output_index: 0,
            content_index: 0,
            delta: "Two ".into(),
        },
        ServerEvent::AudioTranscriptDone {
            response_id: response_id(),
            item_id: item_id(),
            output_index: 0,
            content_index: 0,
            transcript: "Two bags".into(),
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
    for mut event in every_event() {
        let text = serde_json::to_string(&event).unwrap();
        // What the runtime can do is not on the wire; what follows from it is.
        if let ServerEvent::SessionCreated { session } | ServerEvent::SessionUpdated { session } =
            &mut event
        {
            session.speech = None;
        }
        assert_eq!(
            serde_json::from_str::<ServerEvent>(&text).unwrap(),
            event,
            "{text}"
        );
    }
}

fn update(session: &Value) -> Result<Session, String> {
    update_of(Session::new("sess_1", "errand", None), session)
}

/// A session of a runtime with ears and a voice after these updates, one after the other.
fn spoken(updates: &[Value]) -> Result<Session, String> {
    let first = Session::new("sess_1", "errand", Some(speech()));
    updates.iter().try_fold(first, update_of)
}

fn update_of(mut held: Session, session: &Value) -> Result<Session, String> {
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

#[test]
fn a_runtime_that_can_speak_does_so_unless_text_is_asked_for() {
    let session = spoken(&[]).unwrap();
    assert_eq!(session.output_modalities, vec![Modality::Audio]);
    assert_eq!(
        session.audio.input.turn_detection,
        Some(TurnDetection::server())
    );
    assert_eq!(session.audio.output.voice, "slt");

    let session = spoken(&[json!({ "output_modalities": ["text"] })]).unwrap();
    assert_eq!(session.output_modalities, vec![Modality::Text]);
    let session = spoken(&[json!({ "output_modalities": ["audio", "text"] })]).unwrap();
    assert_eq!(session.output_modalities, vec![Modality::Audio]);
}

#[test]
fn turn_detection_is_merged_within_its_kind_and_begins_anew_with_another() {
    let vad = |turns: &Value| json!({ "audio": { "input": { "turn_detection": turns } } });
    let turns = |updates: &[Value]| spoken(updates).unwrap().audio.input.turn_detection;
    let quick =
        vad(&json!({ "type": "server_vad", "silence_duration_ms": 250, "idle_timeout_ms": 6000 }));

    let merged = turns(&[quick.clone(), vad(&json!({ "threshold": 0.7 }))]);
    assert_eq!(
        merged,
        Some(TurnDetection::ServerVad {
            threshold: 0.7,
            prefix_padding_ms: 300,
            silence_duration_ms: 250,
            create_response: true,
            interrupt_response: true,
            idle_timeout_ms: Some(6_000),
        })
    );
    let semantic =
        vad(&json!({ "type": "semantic_vad", "eagerness": "high", "create_response": false }));
    assert_eq!(
        turns(&[quick.clone(), semantic.clone()]),
        Some(TurnDetection::SemanticVad {
            eagerness: Eagerness::High,
            create_response: false,
            interrupt_response: true,
        })
    );
    let server = vad(&json!({ "type": "server_vad" }));
    assert_eq!(
        turns(&[quick.clone(), semantic, server.clone()]),
        Some(TurnDetection::server())
    );
    assert_eq!(turns(&[quick.clone(), vad(&Value::Null)]), None);
    assert_eq!(
        turns(&[vad(&Value::Null), server]),
        Some(TurnDetection::server())
    );
    let never = vad(&json!({ "idle_timeout_ms": null }));
    assert_eq!(turns(&[quick, never]).unwrap().idle_ms(), None);
}

#[test]
fn sound_is_shown_as_it_is_carried_out() {
    let session = spoken(&[json!({ "audio": {
        "input": { "format": { "type": "audio/pcmu", "rate": 8000 }, "transcription": { "model": "gpt-4o-transcribe", "language": "en" },
            "noise_reduction": { "type": "near_field" } },
        "output": { "format": { "type": "audio/pcma" }, "voice": "alloy", "speed": 1.25 } } })])
    .unwrap();

    let input = &session.audio.input;
    assert_eq!(
        (input.format.coding(), input.format.rate),
        (Coding::Ulaw, None)
    );
    let told = input.transcription.as_ref().unwrap();
    assert_eq!(
        (told.model.as_str(), told.language.as_deref()),
        ("errand", Some("en"))
    );
    assert_eq!(input.noise_reduction, None);
    assert_eq!(session.audio.output.format.coding(), Coding::Alaw);
    assert_eq!(session.audio.output.voice, "slt");

    let other = json!({ "audio": { "input": { "transcription": null }, "output": { "voice": { "id": "en-us" } } } });
    let session = spoken(&[other]).unwrap();
    assert_eq!(session.audio.input.transcription, None);
    assert_eq!(session.audio.output.voice, "en-us");
}

#[test]
fn a_wrong_field_of_sound_changes_nothing() {
    for wrong in [
        json!({ "turn_detection": { "type": "server_vad", "threshold": 1.5 } }),
        json!({ "turn_detection": { "type": "server_vad", "prefix_padding_ms": 5000 } }),
        json!({ "turn_detection": { "type": "server_vad", "silence_duration_ms": 5 } }),
        json!({ "turn_detection": { "type": "server_vad", "idle_timeout_ms": 10 } }),
        json!({ "turn_detection": { "type": "telepathy" } }),
        json!({ "turn_detection": { "type": "semantic_vad", "eagerness": "now" } }),
        json!({ "format": { "type": "audio/pcmu", "rate": 16000 } }),
    ] {
        let update = json!({ "audio": { "input": wrong } });
        assert!(spoken(&[update]).is_err(), "{wrong}");
    }
}

#[test]
fn sound_in_an_item_is_read_and_never_shown() {
    let text =
        json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user",
        "content": [{ "type": "input_audio", "audio": "AAEC" }] } })
        .to_string();
    let ClientEvent::ItemCreate { item, .. } = read_frame(&text).unwrap().event else {
        panic!("an item is read as an item")
    };
    let part = &item.content.as_ref().unwrap()[0];

    assert_eq!(part.audio, Some(Audio::new(vec![0, 1, 2])));
    assert!(format!("{item:?}").contains("Audio(3 bytes)"));
    let wrong = text.replace("AAEC", "A*EC");
    assert_eq!(refused(&wrong).0, "invalid_value");
}

#[test]
fn words_of_sound_are_null_while_nobody_knows_them_and_text_has_none() {
    let json = |part: &Content| serde_json::to_value(part).unwrap();

    assert_eq!(
        json(&Content::input_audio(None)),
        json!({ "type": "input_audio", "transcript": null })
    );
    assert_eq!(
        json(&Content::output_text("Hello.")),
        json!({ "type": "output_text", "text": "Hello." })
    );
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
            audio: Audio::new(vec![0; EVENT_BYTES_MAX / 2 * 3])
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
