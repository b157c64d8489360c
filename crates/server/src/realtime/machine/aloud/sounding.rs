//! What an answer is given in: words or sound, which format, whose voice.

use errand_protocol::realtime::Coding;

use super::*;
use crate::realtime::codec;

/// All sound that was sent.
fn sound_of(effects: &[Effect]) -> Vec<u8> {
    let deltas = live(effects).into_iter();
    let sound = |event: Value| Audio::from_base64(event["delta"].as_str()?);
    deltas
        .filter(|event| event["type"] == "response.output_audio.delta")
        .filter_map(sound)
        .flat_map(|audio| audio.bytes().to_vec())
        .collect()
}

/// Voices that the stream was told to speak with.
fn voices_of(effects: &[Effect]) -> Vec<String> {
    let voice = |effect: &Effect| match effect {
        Effect::Voice(VoiceAct::Open(opening)) => Some(opening.voice.clone()),
        Effect::Voice(VoiceAct::Control(Control::Settings(settings))) => {
            settings.voice.as_ref().map(|voice| voice.name.clone())
        }
        _ => None,
    };
    effects.iter().filter_map(voice).collect()
}

/// The client types a sentence and asks for an answer with these settings; it is spoken for so many milliseconds, as an
/// item of the stream with this number.
fn answered(machine: &mut SessionMachine, response: &Value, number: u64, ms: usize) -> Vec<Effect> {
    let user = json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user",
        "content": [{ "type": "input_text", "text": "find coffee" }] } });
    frame(machine, &user);
    let mut all = respond(machine, response);
    let Some((_, key, _)) = said(&all) else {
        return all;
    };
    emit(machine, What::TurnStarted { key });
    let told = [
        item(number, Cause::Answer),
        sentence(number, "Three fit.", false),
        play(number, ms),
    ];
    all.extend(voice(machine, &told));
    all.extend(house_done(machine));
    all.extend(voice(machine, &[sent(number)]));
    all
}

fn respond(machine: &mut SessionMachine, response: &Value) -> Vec<Effect> {
    frame(
        machine,
        &json!({ "type": "response.create", "response": response }),
    )
}

fn output(fields: &Value) -> Value {
    json!({ "audio": { "output": fields } })
}

fn refused(effects: &[Effect]) -> (Value, Value) {
    assert_eq!(types(effects), ["error"], "no response was created");
    let error = &live(effects)[0]["error"];
    (error["code"].clone(), error["param"].clone())
}

#[test]
fn sound_is_coded_as_the_session_says_and_kept_by_nobody() {
    for (format, bytes) in [
        ("audio/pcm", 24 * 2 * 20),
        ("audio/pcmu", 8 * 20),
        ("audio/pcma", 8 * 20),
    ] {
        let mut machine = machine();
        update(
            &mut machine,
            &json!({ "audio": { "output": { "format": { "type": format } } } }),
        );
        hears(&mut machine, 1, "find coffee");
        let mut effects = voice(&mut machine, &[item(1, Cause::Answer), play(1, 20)]);
        effects.extend(voice(&mut machine, &[sent(1)]));

        assert_eq!(sound_of(&effects).len(), bytes, "{format}");
        let kept = json_of(&effects, true);
        let kept = kept
            .iter()
            .find(|e| e["type"] == "response.output_audio.delta");
        assert_eq!(kept.unwrap()["delta"], "");
    }
}

#[test]
fn text_stays_text_where_it_is_asked_for_and_typed_words_are_answered_aloud_where_it_is_not() {
    let mut machine = machine();
    let user = json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user",
        "content": [{ "type": "input_text", "text": "find coffee" }] } });
    frame(&mut machine, &user);
    let aloud = frame(&mut machine, &json!({ "type": "response.create" }));
    assert!(
        aloud
            .iter()
            .any(|e| matches!(e, Effect::Voice(VoiceAct::Open(_))))
    );
    assert_eq!(
        said(&aloud).unwrap().2,
        Way {
            told: Told::Aloud,
            ..Way::TYPED
        }
    );
    frame(&mut machine, &json!({ "type": "response.cancel" }));

    frame(&mut machine, &user);
    let shown = frame(
        &mut machine,
        &json!({ "type": "response.create", "response": { "output_modalities": ["text"] } }),
    );
    let (_, key, way) = said(&shown).unwrap();
    assert_eq!(way, Way::TYPED);
    emit(&mut machine, What::TurnStarted { key });
    assert!(!machine.tells_aloud(Some(1)));
    let says = emit(
        &mut machine,
        What::Say {
            live: "Three.".into(),
            kept: "Three.".into(),
            is_private: false,
        },
    );
    assert_eq!(find(&says, "response.output_text.delta")["delta"], "Three.");
}

#[test]
fn a_stream_that_cannot_be_opened_leaves_a_session_of_text() {
    let mut machine = machine();
    append(&mut machine, 100);
    machine.step(Input::VoiceClosed { is_broken: true });
    let user = json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user",
        "content": [{ "type": "input_text", "text": "find coffee" }] } });
    frame(&mut machine, &user);
    let effects = frame(&mut machine, &json!({ "type": "response.create" }));

    assert_eq!(
        find(&effects, "response.created")["response"]["output_modalities"],
        json!(["text"])
    );
    append(&mut machine, 100);
    let commit = frame(
        &mut machine,
        &json!({ "type": "input_audio_buffer.commit" }),
    );
    assert_eq!(
        find(
            &commit,
            "conversation.item.input_audio_transcription.failed"
        )["error"]["code"],
        "speech_not_available"
    );
}

#[test]
fn the_voice_is_fixed_by_the_first_sound_and_half_a_sample_is_refused() {
    let mut machine = machine();
    let voice_of = |machine: &SessionMachine| machine.session().audio.output.voice.clone();
    update(
        &mut machine,
        &json!({ "audio": { "output": { "voice": "rms" } } }),
    );
    assert_eq!(voice_of(&machine), "rms");
    hears(&mut machine, 1, "find coffee");
    voice(&mut machine, &[item(1, Cause::Answer), play(1, 20)]);
    update(
        &mut machine,
        &json!({ "audio": { "output": { "voice": "slt" } } }),
    );
    assert_eq!(voice_of(&machine), "rms");

    let odd = frame(
        &mut machine,
        &json!({ "type": "input_audio_buffer.append", "audio": "AAEC" }),
    );
    assert_eq!(live(&odd)[0]["error"]["code"], "invalid_audio");
}

#[test]
fn a_format_is_for_the_one_response_that_asks_for_it() {
    let mut machine = machine();
    for (number, format, bytes) in [
        (1, Some("audio/pcmu"), 8 * 505),
        (2, None, 2 * 24 * 505),
        (3, Some("audio/pcma"), 8 * 505),
        (4, Some("audio/pcm"), 2 * 24 * 505),
    ] {
        let fields = format.map_or(json!({}), |kind| json!({ "format": { "type": kind } }));
        let all = answered(&mut machine, &output(&fields), number, 505);

        // To the sample: a client counts what was heard by what it was sent.
        assert_eq!(sound_of(&all).len(), bytes, "{format:?}");
        let shown = format.unwrap_or("audio/pcm");
        for event in ["response.created", "response.done"] {
            let told = find(&all, event);
            assert_eq!(told["response"]["audio"]["output"]["format"]["type"], shown);
        }
    }
    assert_eq!(machine.session().audio.output.format.kind, "audio/pcm");
}

#[test]
fn a_tone_is_the_same_tone_in_the_format_of_a_response() {
    let mut machine = machine();
    let fields = json!({ "format": { "type": "audio/pcmu" } });
    let all = answered(&mut machine, &output(&fields), 1, 500);

    let samples = codec::decode(Coding::Ulaw, &sound_of(&all)).unwrap();
    let inner = &samples[400..3_600];
    assert!(
        inner.iter().all(|sample| (95..=105).contains(sample)),
        "what was level stays level"
    );
}

#[test]
fn a_cut_counts_in_milliseconds_whatever_the_format_of_the_response() {
    let mut machine = machine();
    let fields = json!({ "format": { "type": "audio/pcmu" } });
    let all = answered(&mut machine, &output(&fields), 1, 500);
    let id = find(&all, "response.output_audio.done")["item_id"].clone();
    let cut = |end: u64| json!({ "type": "conversation.item.truncate", "item_id": id, "content_index": 0, "audio_end_ms": end });

    let far = frame(&mut machine, &cut(501));
    let near = frame(&mut machine, &cut(500));

    assert_eq!(
        live(&far)[0]["error"]["code"],
        "item_truncate_invalid_audio_end"
    );
    assert_eq!(types(&near), ["conversation.item.truncated"]);
}

#[test]
fn what_was_cut_off_is_not_sounded_to_its_end() {
    let mut machine = machine();
    let turns = json!({ "type": "server_vad", "interrupt_response": false });
    let format = json!({ "format": { "type": "audio/pcmu" } });
    update(
        &mut machine,
        &json!({ "audio": { "input": { "turn_detection": turns }, "output": format } }),
    );
    hears(&mut machine, 1, "find coffee");
    voice(&mut machine, &[item(1, Cause::Answer), play(1, 505)]);
    let over = frame(&mut machine, &json!({ "type": "response.cancel" }));

    assert_eq!(types(&over)[0], "response.output_audio.done");
}

#[test]
fn a_voice_is_for_the_one_response_that_asks_for_it() {
    let mut machine = machine();
    let asked = answered(&mut machine, &output(&json!({ "voice": "rms" })), 1, 20);
    let usual = answered(&mut machine, &json!({}), 2, 20);

    assert_eq!(voices_of(&asked), ["rms", "slt"]);
    for event in ["response.created", "response.done"] {
        assert_eq!(
            find(&asked, event)["response"]["audio"]["output"]["voice"],
            "rms"
        );
        assert_eq!(
            find(&usual, event)["response"]["audio"]["output"]["voice"],
            "slt"
        );
    }
    assert_eq!(voices_of(&usual), Vec::<String>::new());
    assert_eq!(machine.session().audio.output.voice, "slt");
}

#[test]
fn an_update_does_not_take_the_voice_and_format_of_the_response_under_way() {
    let mut machine = machine();
    let user = json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user",
        "content": [{ "type": "input_text", "text": "find coffee" }] } });
    frame(&mut machine, &user);
    let asked = json!({ "voice": "rms", "format": { "type": "audio/pcmu" } });
    respond(&mut machine, &output(&asked));
    let updated = update(
        &mut machine,
        &json!({ "audio": { "output": { "speed": 1.25, "format": { "type": "audio/pcma" } } } }),
    );
    let cancelled = frame(&mut machine, &json!({ "type": "response.cancel" }));

    assert_eq!(voices_of(&updated), ["rms"]);
    let done = &find(&cancelled, "response.done")["response"]["audio"]["output"];
    assert_eq!(
        done,
        &json!({ "voice": "rms", "format": { "type": "audio/pcmu" } })
    );
    assert_eq!(voices_of(&cancelled), ["slt"]);
}

#[test]
fn a_voice_that_is_not_there_makes_no_response_in_another() {
    let mut machine = machine();
    let all = answered(&mut machine, &output(&json!({ "voice": "marin" })), 1, 20);

    assert_eq!(
        refused(&all),
        (json!("invalid_value"), json!("response.audio.output.voice"))
    );
    assert!(live(&all)[0].to_string().contains("`slt`, `rms`"));
    let again = respond(&mut machine, &json!({}));
    assert_eq!(
        types(&again)[0],
        "response.created",
        "nothing was in its way"
    );
}

#[test]
fn once_sound_was_given_no_response_takes_a_third_voice() {
    let voices = ["slt", "rms", "awb"].map(ToOwned::to_owned).to_vec();
    let mut machine = SessionMachine::new("sess_1", "errand", 0, Some(Speech { voices }));
    answered(&mut machine, &output(&json!({ "voice": "rms" })), 1, 20);

    let third = answered(&mut machine, &output(&json!({ "voice": "awb" })), 2, 20);
    assert_eq!(
        refused(&third),
        (
            json!("cannot_update_voice"),
            json!("response.audio.output.voice")
        )
    );
    // That of the session and the one that was heard are no change.
    for known in ["slt", "rms"] {
        let fields = json!({ "voice": { "id": known } });
        let all = answered(&mut machine, &output(&fields), 3, 20);
        let done = find(&all, "response.done");
        assert_eq!(done["response"]["audio"]["output"]["voice"], known);
    }
}

#[test]
fn what_a_response_cannot_choose_of_sound_is_refused_and_not_left_out() {
    let mut machine = machine();
    for (audio, param) in [
        (
            json!({ "output": { "speed": 1.5 } }),
            "response.audio.output.speed",
        ),
        (
            json!({ "output": { "format": { "type": "audio/pcm", "rate": 16_000 } } }),
            "response.audio.output.format",
        ),
        (
            json!({ "output": { "format": { "type": "audio/opus" } } }),
            "response.audio.output.format",
        ),
        (
            json!({ "output": { "voice": 7 } }),
            "response.audio.output.voice",
        ),
        (
            json!({ "input": { "format": { "type": "audio/pcmu" } } }),
            "response.audio.input",
        ),
    ] {
        let effects = respond(&mut machine, &json!({ "audio": audio }));

        assert_eq!(refused(&effects), (json!("invalid_value"), json!(param)));
    }
    let nothing = json!({ "audio": { "input": null, "output": { "format": null, "voice": null, "speed": null } } });
    assert_eq!(
        types(&respond(&mut machine, &nothing))[0],
        "response.created"
    );
}

#[test]
fn a_session_of_text_gives_the_one_response_in_sound_that_asks_for_it() {
    let mut machine = machine();
    update(&mut machine, &json!({ "output_modalities": ["text"] }));
    let asked = json!({ "output_modalities": ["audio"], "audio": { "output": { "format": { "type": "audio/pcma" } } } });
    let all = answered(&mut machine, &asked, 1, 100);

    let done = &find(&all, "response.done")["response"];
    assert_eq!(done["output_modalities"], json!(["audio"]));
    assert_eq!(done["output"][0]["content"][0]["type"], "output_audio");
    assert_eq!(sound_of(&all).len(), 800);
    let next = respond(&mut machine, &json!({}));
    assert_eq!(
        find(&next, "response.created")["response"]["output_modalities"],
        json!(["text"])
    );
}
