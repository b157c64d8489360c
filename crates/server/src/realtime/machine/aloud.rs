//! The machine with ears and a voice, by transcripts of events. What the tests of its parts share.

mod cutting;
mod sounding;
mod turns;

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
