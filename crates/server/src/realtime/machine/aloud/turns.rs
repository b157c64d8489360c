//! Turns of the person, and what is answered to them.

use super::*;

#[test]
fn a_spoken_turn_is_told_and_answered_in_the_order_of_the_protocol() {
    let mut machine = machine();
    let (mut all, key) = hears(&mut machine, 1, "find coffee");
    all.extend(voice(
        &mut machine,
        &[
            item(1, Cause::Answer),
            sentence(1, "I found three coffees.", false),
            play(1, 500),
            play(1, 300),
            sentence(1, "The second is rated highest.", false),
            play(1, 400),
        ],
    ));
    all.extend(house_done(&mut machine));
    assert!(!types(&all).contains(&"response.done".to_owned()));
    all.extend(voice(&mut machine, &[sent(1)]));

    assert_eq!(
        types(&all),
        [
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "conversation.item.input_audio_transcription.delta",
            "conversation.item.input_audio_transcription.completed",
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "response.content_part.added",
            "response.output_audio_transcript.delta",
            "response.output_audio.delta",
            "response.output_audio.delta",
            "response.output_audio_transcript.delta",
            "response.output_audio.delta",
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "response.output_item.done",
            "conversation.item.done",
            "response.done",
        ]
    );
    let begun = find(&all, "input_audio_buffer.speech_started");
    let over = find(&all, "input_audio_buffer.speech_stopped");
    assert_eq!(
        (&begun["audio_start_ms"], &over["audio_end_ms"]),
        (&json!(100), &json!(900))
    );
    let item = begun["item_id"].clone();
    assert_eq!(find(&all, "input_audio_buffer.committed")["item_id"], item);
    assert_eq!(find(&all, "conversation.item.added")["item"]["id"], item);
    let (text, _, way) = said(&all).unwrap();
    assert_eq!((text.as_str(), way), ("find coffee", Way::SPOKEN));
    assert_eq!(machine.voice_key(&key), "voice-1-1");
    let whole = find(&all, "response.done");
    assert_eq!(whole["response"]["output_modalities"], json!(["audio"]));
    assert_eq!(
        whole["response"]["output"][0]["content"][0],
        json!({ "type": "output_audio", "transcript": "I found three coffees. The second is rated highest." })
    );
}

#[test]
fn while_a_payment_is_under_way_nobody_is_told_that_somebody_speaks() {
    let mut machine = machine();
    hears(&mut machine, 1, "buy it");
    let mut over = voice(&mut machine, &started(2, 2_000, Floor::Queued));
    over.extend(voice(&mut machine, &[stopped(2, 2_700)]));
    assert_eq!(types(&over), Vec::<String>::new());

    let after = house_done(&mut machine);

    let kinds = types(&after);
    let at = |kind: &str| kinds.iter().position(|k| k == kind).unwrap_or(99);
    assert!(
        at("response.done") < at("input_audio_buffer.speech_started"),
        "{kinds:?}"
    );
    assert!(at("input_audio_buffer.speech_started") < at("input_audio_buffer.committed"));
}

#[test]
fn push_to_talk_is_committed_by_the_client_and_answered_when_it_asks() {
    let mut machine = machine();
    update(
        &mut machine,
        &json!({ "audio": { "input": { "turn_detection": null } } }),
    );
    let mut all = append(&mut machine, 500);
    let opened = all.iter().any(|effect| {
        matches!(effect, Effect::Voice(VoiceAct::Open(opening)) if opening.detection.kind == DetectionKind::Push)
    });
    assert!(opened);
    assert_eq!(controls(&all), [Control::Press]);
    all.extend(voice(&mut machine, &started(1, 0, Floor::New)));
    let commit = frame(
        &mut machine,
        &json!({ "type": "input_audio_buffer.commit" }),
    );
    assert_eq!(controls(&commit), [Control::Release]);
    all.extend(commit);
    // The client asks before anybody knows what was said.
    all.extend(frame(
        &mut machine,
        &json!({ "type": "response.create", "response": { "metadata": { "a": "b" } } }),
    ));
    assert!(said(&all).is_none());
    all.extend(voice(
        &mut machine,
        &[stopped(1, 400), transcript(1, "find coffee")],
    ));

    let (text, _, way) = said(&all).unwrap();
    assert_eq!((text.as_str(), way), ("find coffee", Way::SPOKEN));
    assert_eq!(
        types(&all),
        [
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "response.created",
            "conversation.item.input_audio_transcription.delta",
            "conversation.item.input_audio_transcription.completed",
        ]
    );
    let empty = frame(
        &mut machine,
        &json!({ "type": "input_audio_buffer.commit" }),
    );
    assert_eq!(
        live(&empty)[0]["error"]["code"],
        "input_audio_buffer_commit_empty"
    );
}

#[test]
fn a_commit_before_the_stream_told_the_turn_is_the_item_of_that_turn() {
    let mut machine = machine();
    update(
        &mut machine,
        &json!({ "audio": { "input": { "turn_detection": null } } }),
    );
    append(&mut machine, 500);
    let commit = frame(
        &mut machine,
        &json!({ "type": "input_audio_buffer.commit" }),
    );
    let id = find(&commit, "input_audio_buffer.committed")["item_id"].clone();
    voice(&mut machine, &started(1, 0, Floor::New));
    let told = voice(&mut machine, &[stopped(1, 400), transcript(1, "stop")]);

    let done = find(
        &told,
        "conversation.item.input_audio_transcription.completed",
    );
    assert_eq!(
        (&done["item_id"], &done["transcript"]),
        (&id, &json!("stop"))
    );
}

#[test]
fn sound_in_an_item_is_read_before_the_answer_and_nobody_keeps_it() {
    let mut machine = machine();
    let audio = Audio::new(vec![0; 48_000]).to_base64();
    let event = json!({ "type": "conversation.item.create", "item": { "id": "mine", "type": "message", "role": "user",
        "content": [{ "type": "input_audio", "audio": audio }] } });
    let mut all = frame(&mut machine, &event);
    let reads = |effect: &Effect| matches!(effect, Effect::Voice(VoiceAct::Read { item, hz: 24_000, .. }) if item == "mine");
    assert!(all.iter().any(reads));
    assert!(!live(&all)[0].to_string().contains(&audio[..64]));
    all.extend(frame(&mut machine, &json!({ "type": "response.create" })));
    assert!(said(&all).is_none());
    all.extend(machine.step(Input::ItemRead {
        item: "mine",
        words: Ok(("two bags of coffee", None)),
    }));

    let (text, key, _) = said(&all).unwrap();
    assert_eq!(
        (text.as_str(), key.as_str()),
        ("two bags of coffee", "mine")
    );
    let got = frame(
        &mut machine,
        &json!({ "type": "conversation.item.retrieve", "item_id": "mine" }),
    );
    assert_eq!(
        live(&got)[0]["item"]["content"][0]["transcript"],
        "two bags of coffee"
    );
}

#[test]
fn words_of_an_approval_are_spoken_live_and_never_kept() {
    let mut machine = machine();
    let (mut all, _) = hears(&mut machine, 1, "buy it");
    all.extend(voice(
        &mut machine,
        &[
            item(1, Cause::Approval),
            sentence(1, "To buy, say: amber violin.", true),
            play(1, 900),
        ],
    ));
    all.extend(house_done(&mut machine));
    all.extend(voice(&mut machine, &[sent(1)]));

    let has = |events: Vec<Value>| {
        events
            .iter()
            .filter(|e| e.to_string().contains("amber violin"))
            .count()
    };
    assert!(has(live(&all)) > 0);
    assert_eq!(has(json_of(&all, true)), 0);
    let id = find(&all, "response.done")["response"]["output"][0]["id"].clone();
    let got = frame(
        &mut machine,
        &json!({ "type": "conversation.item.retrieve", "item_id": id }),
    );
    assert!(!live(&got)[0].to_string().contains("amber violin"));
}

#[test]
fn an_answer_to_an_approval_goes_to_the_house_and_into_no_item() {
    let mut machine = machine();
    append(&mut machine, 500);
    voice(&mut machine, &started(1, 0, Floor::Answer));
    let mut all = voice(&mut machine, &[stopped(1, 400)]);
    all.extend(voice(
        &mut machine,
        &[VoiceEvent::Answer {
            approval: errand_types::ApprovalId::parse("apr_1").unwrap(),
            answer: SpokenAnswer::Words("amber violin".into()),
            how: how(),
        }],
    ));

    let (text, _, way) = said(&all).unwrap();
    assert_eq!((text.as_str(), way), ("amber violin", Way::SPOKEN));
    assert!(live(&all).iter().all(|e| !e.to_string().contains("amber")));
}

#[test]
fn silence_that_lasts_is_told_and_answered_by_the_clock_of_the_sound() {
    let mut machine = machine();
    let turns = json!({ "type": "server_vad", "idle_timeout_ms": 5_000 });
    update(
        &mut machine,
        &json!({ "audio": { "input": { "turn_detection": turns } } }),
    );
    hears(&mut machine, 1, "find coffee");
    voice(
        &mut machine,
        &[
            item(1, Cause::Answer),
            sentence(1, "Which one?", false),
            play(1, 2_000),
        ],
    );
    house_done(&mut machine);
    voice(&mut machine, &[sent(1)]);
    // One second was appended before; the answer is heard for two more.
    assert_eq!(types(&append(&mut machine, 6_900)), Vec::<String>::new());
    let idle = append(&mut machine, 200);

    let told = find(&idle, "input_audio_buffer.timeout_triggered");
    assert_eq!(
        (&told["audio_start_ms"], &told["audio_end_ms"]),
        (&json!(3_000), &json!(8_100))
    );
    assert!(types(&idle).contains(&"response.created".to_owned()));
    assert!(
        controls(&idle)
            .iter()
            .any(|c| matches!(c, Control::Speak { .. }))
    );
}

#[test]
fn going_on_right_after_the_end_withdraws_the_item_and_the_answer() {
    let mut machine = machine();
    let (all, _) = hears(&mut machine, 1, "find");
    let first = find(&all, "input_audio_buffer.speech_started")["item_id"].clone();
    // The transcript closed the turn; the stream opens it again under the same name.
    let again = voice(
        &mut machine,
        &[
            VoiceEvent::Rejoined { turn: TurnId(1) },
            VoiceEvent::StopTurn,
        ],
    );

    assert_eq!(find(&again, "conversation.item.deleted")["item_id"], first);
    let anew = find(&again, "input_audio_buffer.speech_started");
    assert_ne!(anew["item_id"], first);
    assert!(again.contains(&Effect::Stop));
    assert_eq!(
        find(&again, "response.done")["response"]["status_details"]["reason"],
        "turn_detected"
    );
}
