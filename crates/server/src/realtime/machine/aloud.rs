//! The machine with ears and a voice, by transcripts of events.

use std::time::Duration;

use errand_protocol::envelope::Payload;
use errand_protocol::realtime::{Audio, Speech, read_frame};
use errand_runtime::house::{Emitted, TurnStatus, What};
use errand_types::Told;
use errand_voice_core::{Compared, Floor, ItemId, Pcm, Row, SampleIdx, TurnId};
use errand_voice_talk::{Cause, Control, DetectionKind, How, SpokenAnswer, VoiceEvent};
use serde_json::{Value, json};

use super::*;

fn machine() -> SessionMachine {
    let voices = vec!["slt".into(), "rms".into()];
    let mut machine = SessionMachine::new("sess_1", "errand", 0, Some(Speech { voices }));
    update(
        &mut machine,
        &json!({ "audio": { "input": { "transcription": { "model": "x" } } } }),
    );
    machine
}

fn frame(machine: &mut SessionMachine, event: &Value) -> Vec<Effect> {
    machine.step(Input::Frame(read_frame(&event.to_string())))
}

fn update(machine: &mut SessionMachine, session: &Value) -> Vec<Effect> {
    frame(
        machine,
        &json!({ "type": "session.update", "session": session }),
    )
}

fn emit(machine: &mut SessionMachine, what: What) -> Vec<Effect> {
    let turn = Some(1);
    machine.step(Input::Emitted(&Emitted { turn, what }))
}

fn voice(machine: &mut SessionMachine, events: &[VoiceEvent]) -> Vec<Effect> {
    events
        .iter()
        .flat_map(|event| machine.step(Input::Voice(event)))
        .collect()
}

/// So many milliseconds of silence at 24 kHz.
fn append(machine: &mut SessionMachine, ms: usize) -> Vec<Effect> {
    let audio = Audio::new(vec![0; ms * 48]).to_base64();
    frame(
        machine,
        &json!({ "type": "input_audio_buffer.append", "audio": audio }),
    )
}

fn how() -> How {
    How {
        engine: "test",
        confidence: None,
        audio: Duration::from_secs(1),
        voiced: Duration::from_secs(1),
        took: Duration::ZERO,
        voice: Compared::Not,
    }
}

const fn ms(ms: u64) -> SampleIdx {
    SampleIdx::new(ms * 16)
}

fn started(turn: u32, at: u64, floor: Floor) -> [VoiceEvent; 2] {
    let turn = TurnId(turn);
    let (at, voice) = (ms(at), ms(at + 300));
    [
        VoiceEvent::SpeechStarted { turn, at, voice },
        VoiceEvent::Taken { turn, floor },
    ]
}

fn stopped(turn: u32, at: u64) -> VoiceEvent {
    VoiceEvent::SpeechStopped {
        turn: TurnId(turn),
        voice_end: ms(at),
        decided: ms(at + 500),
        row: Row::Usual,
    }
}

fn transcript(turn: u32, text: &str) -> VoiceEvent {
    VoiceEvent::Transcript {
        turn: TurnId(turn),
        text: text.into(),
        how: how(),
    }
}

fn says(turn: u32, text: &str) -> VoiceEvent {
    VoiceEvent::Say {
        turn: TurnId(turn),
        key: format!("voice-{turn}-1"),
        text: text.into(),
        how: how(),
        amends: false,
    }
}

fn item(id: u64, cause: Cause) -> VoiceEvent {
    VoiceEvent::ItemStarted {
        item: ItemId(id),
        cause,
    }
}

fn sentence(id: u64, text: &str, is_secret: bool) -> VoiceEvent {
    VoiceEvent::Sentence {
        item: ItemId(id),
        text: text.into(),
        is_secret,
    }
}

fn play(id: u64, ms: usize) -> VoiceEvent {
    VoiceEvent::Play {
        item: Some(ItemId(id)),
        pcm: Pcm::from(vec![100; ms * 24]),
    }
}

fn sent(id: u64) -> VoiceEvent {
    VoiceEvent::ItemSent { item: ItemId(id) }
}

fn done(id: u64, heard_ms: u64, is_whole: bool) -> VoiceEvent {
    VoiceEvent::ItemDone {
        item: ItemId(id),
        text: "".into(),
        heard_ms,
        is_whole,
    }
}

fn json_of(effects: &[Effect], kept: bool) -> Vec<Value> {
    let json = |payload: &Payload| serde_json::to_value(payload).unwrap();
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send {
                live,
                kept: Some(other),
            } => Some(json(if kept { other } else { live })),
            Effect::Send { live, kept: None } => Some(json(live)),
            _ => None,
        })
        .collect()
}

fn live(effects: &[Effect]) -> Vec<Value> {
    json_of(effects, false)
}

fn types(effects: &[Effect]) -> Vec<String> {
    live(effects)
        .iter()
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect()
}

fn find(effects: &[Effect], kind: &str) -> Value {
    let found = live(effects).into_iter().find(|e| e["type"] == kind);
    found.unwrap_or_else(|| panic!("no {kind} in {:?}", types(effects)))
}

fn said(effects: &[Effect]) -> Option<(String, String, Way)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Say { text, key, way } => Some((text.clone(), key.clone(), *way)),
        _ => None,
    })
}

fn controls(effects: &[Effect]) -> Vec<Control> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Voice(VoiceAct::Control(control)) => Some(control.clone()),
            _ => None,
        })
        .collect()
}

/// A sentence of the person up to where the house works on it; gives everything that was sent, and the key.
fn hears(machine: &mut SessionMachine, turn: u32, text: &str) -> (Vec<Effect>, String) {
    let mut all = append(machine, 1_000);
    all.extend(voice(machine, &started(turn, 100, Floor::New)));
    all.extend(voice(
        machine,
        &[stopped(turn, 900), transcript(turn, text), says(turn, text)],
    ));
    let (_, key, _) = said(&all).unwrap();
    let started = What::TurnStarted { key: key.clone() };
    all.extend(emit(machine, started));
    (all, key)
}

fn house_done(machine: &mut SessionMachine) -> Vec<Effect> {
    let status = TurnStatus::Completed;
    let mut all = emit(machine, What::TurnDone { status });
    all.extend(voice(machine, &[VoiceEvent::TurnTold]));
    all
}

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
fn sound_is_coded_as_the_session_says_and_kept_by_nobody() {
    for (format, bytes) in [
        ("audio/pcm", 24 * 2 * 20),
        ("audio/pcmu", 24 * 20),
        ("audio/pcma", 24 * 20),
    ] {
        let mut machine = machine();
        update(
            &mut machine,
            &json!({ "audio": { "output": { "format": { "type": format } } } }),
        );
        hears(&mut machine, 1, "find coffee");
        let effects = voice(&mut machine, &[item(1, Cause::Answer), play(1, 20)]);

        let delta = find(&effects, "response.output_audio.delta");
        let sound = Audio::from_base64(delta["delta"].as_str().unwrap()).unwrap();
        assert_eq!(sound.bytes().len(), bytes, "{format}");
        let kept = json_of(&effects, true);
        let kept = kept
            .iter()
            .find(|e| e["type"] == "response.output_audio.delta");
        assert_eq!(kept.unwrap()["delta"], "");
    }
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
fn speech_over_an_answer_ends_it_and_a_cut_leaves_what_was_heard() {
    let mut machine = machine();
    let (mut all, _) = hears(&mut machine, 1, "find coffee");
    all.extend(voice(
        &mut machine,
        &[
            item(1, Cause::Answer),
            sentence(1, "I found three coffees.", false),
            play(1, 1_000),
            sentence(1, "The second is rated highest of them.", false),
            play(1, 2_000),
        ],
    ));
    all.extend(house_done(&mut machine));
    let id = find(&all, "response.output_audio.delta")["item_id"].clone();
    let over = voice(&mut machine, &started(2, 2_000, Floor::New));

    assert_eq!(types(&over)[0], "input_audio_buffer.speech_started");
    let done = find(&over, "response.done");
    assert_eq!(done["response"]["status"], "cancelled");
    assert_eq!(
        done["response"]["status_details"]["reason"],
        "turn_detected"
    );
    assert_eq!(done["response"]["output"][0]["status"], "incomplete");
    assert!(controls(&over).contains(&Control::Cancel));
    // Late sound of it is nobody's.
    assert_eq!(
        types(&voice(&mut machine, &[play(1, 20), sent(1)])),
        Vec::<String>::new()
    );

    let cut = |end: u64| json!({ "type": "conversation.item.truncate", "item_id": id, "content_index": 0, "audio_end_ms": end });
    let far = frame(&mut machine, &cut(3_001));
    assert_eq!(
        live(&far)[0]["error"]["code"],
        "item_truncate_invalid_audio_end"
    );
    let cut = frame(&mut machine, &cut(2_000));
    assert_eq!(live(&cut)[0]["type"], "conversation.item.truncated");
    assert_eq!(
        controls(&cut),
        [Control::Truncate {
            item: ItemId(1),
            audio_end_ms: 2_000
        }]
    );
    // What the stream reckons afterwards is less than what the client knows.
    voice(&mut machine, &[self::done(1, 2_900, false)]);
    let got = frame(
        &mut machine,
        &json!({ "type": "conversation.item.retrieve", "item_id": id }),
    );
    assert_eq!(
        live(&got)[0]["item"]["content"][0]["transcript"],
        "I found three coffees. The second is"
    );
}

#[test]
fn a_client_that_cancels_itself_may_cut_first_or_cancel_first() {
    for cut_first in [true, false] {
        let mut machine = machine();
        let turns = json!({ "type": "server_vad", "interrupt_response": false });
        update(
            &mut machine,
            &json!({ "audio": { "input": { "turn_detection": turns } } }),
        );
        let (mut all, _) = hears(&mut machine, 1, "find coffee");
        all.extend(voice(
            &mut machine,
            &[
                item(1, Cause::Answer),
                sentence(1, "One two three four five.", false),
                play(1, 1_000),
            ],
        ));
        let id = find(&all, "response.output_audio.delta")["item_id"].clone();
        let over = voice(&mut machine, &started(2, 2_000, Floor::New));
        assert_eq!(types(&over), ["input_audio_buffer.speech_started"]);

        let cut = json!({ "type": "conversation.item.truncate", "item_id": id, "content_index": 0, "audio_end_ms": 500 });
        let cancel = json!({ "type": "response.cancel" });
        let order = if cut_first {
            [&cut, &cancel]
        } else {
            [&cancel, &cut]
        };
        let both: Vec<Effect> = order
            .iter()
            .flat_map(|event| frame(&mut machine, event))
            .collect();

        assert!(types(&both).contains(&"conversation.item.truncated".to_owned()));
        assert_eq!(
            find(&both, "response.done")["response"]["status_details"]["reason"],
            "client_cancelled"
        );
        assert!(!types(&both).contains(&"error".to_owned()));
        assert!(both.contains(&Effect::Stop), "the house still worked on it");
        let got = frame(
            &mut machine,
            &json!({ "type": "conversation.item.retrieve", "item_id": id }),
        );
        assert_eq!(
            live(&got)[0]["item"]["content"][0]["transcript"],
            "One two",
            "{cut_first}"
        );
    }
}

#[test]
fn without_a_word_of_the_client_what_the_stream_reckons_was_heard_stands() {
    let mut machine = machine();
    let (mut all, _) = hears(&mut machine, 1, "find coffee");
    all.extend(voice(
        &mut machine,
        &[
            item(1, Cause::Answer),
            sentence(1, "One two three four five.", false),
            play(1, 1_000),
        ],
    ));
    let id = find(&all, "response.output_audio.delta")["item_id"].clone();
    voice(&mut machine, &started(2, 2_000, Floor::New));
    voice(&mut machine, &[done(1, 500, false)]);

    let got = frame(
        &mut machine,
        &json!({ "type": "conversation.item.retrieve", "item_id": id }),
    );
    assert_eq!(live(&got)[0]["item"]["content"][0]["transcript"], "One two");
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
        },
    );
    assert_eq!(find(&says, "response.output_text.delta")["delta"], "Three.");
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
