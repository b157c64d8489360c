//! CPU time and memory.

use std::io::{Read, Write as _};
use std::process::Stdio;

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
    told.insert("streams".to_owned(), many(effort, &talk, &played, figures)?);
    told.insert("memory".to_owned(), memory(figures)?);
    pipeline(hands, &people, effort, figures, &mut told)?;
    details.insert("cost".to_owned(), Value::Object(told));
    Ok(())
}

/// T4, each run in a process of its own: what another one gave back lies in its memory.
fn many(
    effort: Effort,
    talk: &[f32],
    played: &[f32],
    figures: &mut Vec<Figure>,
) -> anyhow::Result<Value> {
    let mut told = Map::new();
    for plays in [true, false] {
        for count in effort.streams {
            let runs: anyhow::Result<Vec<Value>> = (0..effort.runs)
                .map(|_| in_a_process(count, plays, talk, played))
                .collect();
            let name = if plays { "" } else { "_nothing_played" };
            told.insert(format!("{count}{name}"), json!(runs?));
        }
    }
    let most = effort.streams.iter().max().copied().unwrap_or(0);
    let of = |name: &str| -> Vec<f64> {
        let runs = told.get(&format!("{most}{name}")).and_then(Value::as_array);
        let runs = runs.into_iter().flatten();
        runs.map(|run| number(run, &["kb_per_stream"])).collect()
    };
    figures.push(Figure {
        name: "T4 memory of a stream that speaks and hears",
        unit: "KB",
        target: Some(500.0),
        is_floor: false,
        values: of(""),
    });
    figures.push(Figure {
        name: "T4 of one on which nothing was played yet",
        unit: "KB",
        target: Some(500.0),
        is_floor: false,
        values: of("_nothing_played"),
    });
    Ok(Value::Object(told))
}

fn in_a_process(count: usize, plays: bool, talk: &[f32], played: &[f32]) -> anyhow::Result<Value> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.args(["streams", "--count", &count.to_string()]);
    if plays {
        command.arg("--plays");
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut sound = Vec::new();
    for pcm in [talk, played] {
        let pcm = pcm.iter().copied().chain(std::iter::repeat(0.0));
        let pcm = pcm
            .take(cost::STREAMS_SAMPLES)
            .map(errand_voice_core::to_s16);
        sound.extend(pcm.flat_map(i16::to_le_bytes));
    }
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(&sound)?;
    }
    let output = child.wait_with_output()?;
    serde_json::from_slice(&output.stdout)
        .context("the process whose streams are measured told nothing")
}

/// What many streams hold and need: the measurement behind `voice-bench streams`. From `sound` come what each hears and what is played
/// to it, two seconds each, as 16-bit samples.
pub fn crowd(mut sound: impl Read, count: usize, plays: bool) -> anyhow::Result<Value> {
    let mut bytes = Vec::new();
    sound.read_to_end(&mut bytes)?;
    let pcm: Vec<i16> = bytes
        .as_chunks()
        .0
        .iter()
        .copied()
        .map(i16::from_le_bytes)
        .collect();
    let (talk, played) = pcm
        .split_at_checked(cost::STREAMS_SAMPLES)
        .context("too little sound to measure streams with")?;
    cost::streams(&config(), talk, plays.then_some(played), count)
}

fn config() -> StreamConfig {
    StreamConfig::usual(date(2026, 11, 25))
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
    let noise = household::made();
    let talk: Vec<f32> = noise
        .first()
        .map(|noise| noise.pcm.iter().map(|s| s * 0.02).collect())
        .unwrap_or_default();
    let pcm: Vec<i16> = talk
        .iter()
        .copied()
        .map(errand_voice_core::to_s16)
        .collect();
    cost::streams(&config(), &pcm, Some(&pcm), 1)?;
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
