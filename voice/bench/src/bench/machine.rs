//! CPU time and memory.

use anyhow::Context as _;
use errand_voice_core::Pace;
use errand_voice_talk::StreamConfig;
use jiff::civil::date;
use serde_json::{Map, Value, json};

use super::figure::Figure;
use super::{Effort, Hands, number, voices};
use crate::noise::Chance;
use crate::recognise::{Skipped, recognisers, skip};
use crate::score::round;
use crate::sets::{PROMPTS, REQUESTS};
use crate::sound::{add_room, silence};
use crate::voices::Talker;
use crate::{cost, household, wer};

pub(super) fn costs(
    hands: &mut Hands,
    effort: Effort,
    figures: &mut Vec<Figure>,
    details: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let Some((ours, people, _)) = voices(hands)? else {
        return Ok(());
    };
    let mut chance = Chance::new(5);
    let (mut talk, mut played) = (Vec::new(), Vec::new());
    for (n, text) in REQUESTS.iter().enumerate() {
        if let Some(person) = people.get(n % people.len()) {
            talk.extend(person.say(text, Pace::USUAL)?);
            talk.extend(silence(2_500));
        }
    }
    for prompt in PROMPTS {
        for sentence in prompt.split_inclusive(". ") {
            played.extend(ours.say(sentence, Pace::USUAL)?);
        }
        played.extend(silence(15_000));
    }
    add_room(&mut talk, &mut chance);
    let mut told = Map::new();
    let runs: Vec<Value> = (0..effort.runs)
        .map(|_| cost::hearing(&talk, &played, &[1, 50]))
        .collect();
    let of = |key: &str| -> Vec<f64> {
        runs.iter()
            .map(|run| number(run, &[key, "percent_of_a_core_per_stream"]))
            .collect()
    };
    figures.push(Figure {
        name: "V2 hearing, one stream",
        unit: "% of core",
        target: Some(2.0),
        is_floor: false,
        values: of("1_streams"),
    });
    figures.push(Figure {
        name: "V2 the same with canceller",
        unit: "% of core",
        target: Some(2.0),
        is_floor: false,
        values: of("1_streams_with_canceller"),
    });
    figures.push(Figure {
        name: "V2 50 streams, each, with canceller",
        unit: "% of core",
        target: Some(2.0),
        is_floor: false,
        values: of("50_streams_with_canceller"),
    });
    told.insert("hearing".to_owned(), json!(runs));
    let streams = cost::streams(&hands.config, &talk, &effort.streams)?;
    let most = effort
        .streams
        .iter()
        .max()
        .map_or_else(String::new, ToString::to_string);
    figures.push(Figure {
        name: "T4 memory of a stream",
        unit: "KB",
        target: Some(500.0),
        is_floor: false,
        values: vec![number(&streams, &[&most, "kb_per_stream"])],
    });
    told.insert("streams".to_owned(), streams);
    told.insert("memory".to_owned(), memory(figures)?);
    pipeline(hands, &people, effort, figures, &mut told)?;
    details.insert("cost".to_owned(), Value::Object(told));
    Ok(())
}

/// V5, in a process of its own: what was measured before lies in this one.
fn memory(figures: &mut Vec<Figure>) -> anyhow::Result<Value> {
    let output = std::process::Command::new(std::env::current_exe()?)
        .arg("memory")
        .output()?;
    let told: Value = serde_json::from_slice(&output.stdout)
        .context("the process whose memory is measured told nothing")?;
    figures.push(Figure {
        name: "V5 resident memory without models",
        unit: "MB",
        target: Some(60.0),
        is_floor: false,
        values: vec![number(&told, &["hearing_and_speaking_mb"])],
    });
    Ok(told)
}

/// What a process holds: the measurement behind `voice-bench memory`.
pub fn resident() -> anyhow::Result<Value> {
    let mb = || anyhow::Ok(round(cost::memory()? as f64 / 1e6));
    let started = mb()?;
    let config = StreamConfig::usual(date(2026, 11, 25));
    let noise = household::made();
    let talk: Vec<f32> = noise
        .first()
        .map(|noise| noise.pcm.iter().map(|s| s * 0.02).collect())
        .unwrap_or_default();
    cost::streams(&config, &talk, &[1])?;
    let hearing = mb()?;
    let mut skipped = Skipped::new();
    let mut after = Map::new();
    for recogniser in recognisers(&mut skipped) {
        recogniser.read(
            crate::sound::utterance(&talk, errand_voice_core::Care::Ordinary),
            &wer::hints()?,
        )?;
        after.insert(recogniser.name.to_owned(), json!(mb()?));
    }
    Ok(json!({
        "started_mb": started, "hearing_and_speaking_mb": hearing, "after_an_engine_read_mb": after,
        "method": "a process of its own with workers, a stream, detector, canceller, ear and mouth; the sound card's library is not in it; engines one after the other, models in them",
    }))
}

#[cfg(feature = "whisper")]
fn pipeline(
    hands: &mut Hands,
    people: &[Talker],
    effort: Effort,
    figures: &mut Vec<Figure>,
    told: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let model = std::env::var_os(crate::recognise::MODEL).map_or_else(
        || {
            std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../target/voice/errand-fixture.bin")
        },
        Into::into,
    );
    if !model.is_file() {
        skip(
            &mut hands.skipped,
            "V1",
            "no model, and the one of the tests is not composed",
            "cargo xtask voice-fixture",
        );
        return Ok(());
    }
    let said: anyhow::Result<Vec<Vec<f32>>> = REQUESTS
        .iter()
        .zip(people.iter().cycle())
        .map(|(text, person)| person.say(text, Pace::USUAL))
        .collect();
    let found = crate::pipeline::over_bare(&model, &said?, effort.utterances)?;
    figures.push(Figure {
        name: "V1 pipeline over bare whisper",
        unit: "%",
        target: Some(5.0),
        is_floor: false,
        values: vec![number(&found, &["over_bare_percent"])],
    });
    told.insert("pipeline".to_owned(), found);
    Ok(())
}

#[cfg(not(feature = "whisper"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same shape as where whisper.cpp is measured"
)]
fn pipeline(
    hands: &mut Hands,
    _: &[Talker],
    _: Effort,
    _: &mut Vec<Figure>,
    _: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    skip(
        &mut hands.skipped,
        "V1",
        "this program was built without whisper.cpp",
        "cmake and a C++ compiler, then make bench-voice",
    );
    Ok(())
}
