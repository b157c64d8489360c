//! `make bench-voice`: everything that has a target, and what stands beside it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use errand_meter::{Spread, machine};
use errand_voice_core::Pace;
use errand_voice_device::{Espeak, Flite};
use errand_voice_talk::StreamConfig;
use jiff::civil::date;
use serde_json::{Map, Value, json};

use crate::noise::Chance;
use crate::plot::{Line, Plot};
use crate::recognise::{self, Recogniser, Skipped, recognisers, skip};
use crate::score::round;
use crate::sets::{PROMPTS, REQUESTS};
use crate::sound::{add_room, silence};
use crate::voices::{Talker, talkers};
use crate::{answers, barge, cost, household, purchase, waking, wer};

/// A part of the measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Word error rates.
    Words,
    /// Speech over ours, and our own echo.
    Barge,
    /// From the end of speech to the first sound of the answer.
    Answers,
    /// CPU time and memory.
    Cost,
    /// Requests over the noises of a house.
    Purchase,
    /// The wake word.
    Wake,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 6] = [
        Self::Words,
        Self::Barge,
        Self::Answers,
        Self::Cost,
        Self::Purchase,
        Self::Wake,
    ];
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    runs: u64,
    words: wer::Effort,
    barge: barge::Effort,
    answers: answers::Effort,
    streams: [usize; 2],
    #[cfg_attr(
        not(feature = "whisper"),
        expect(
            dead_code,
            reason = "only whisper.cpp is measured against a bare caller"
        )
    )]
    utterances: usize,
    requests: usize,
    wake_minutes: usize,
}

impl Effort {
    /// What figures are published with.
    pub const WHOLE: Self = Self {
        runs: 3,
        words: wer::Effort::WHOLE,
        barge: barge::Effort::WHOLE,
        answers: answers::Effort::WHOLE,
        streams: [100, 500],
        utterances: 120,
        requests: 16,
        wake_minutes: 30,
    };
    /// To see that it runs.
    pub const QUICK: Self = Self {
        runs: 1,
        words: wer::Effort::QUICK,
        barge: barge::Effort::QUICK,
        answers: answers::Effort::QUICK,
        streams: [10, 50],
        utterances: 10,
        requests: 4,
        wake_minutes: 2,
    };
}

/// Figures with a target.
struct Figure {
    name: &'static str,
    unit: &'static str,
    target: f64,
    /// Larger is better.
    is_floor: bool,
    values: Vec<f64>,
}

impl Figure {
    fn json(&self) -> Value {
        let spread = Spread::of(self.values.clone());
        let value = spread.median();
        let is_met = if self.is_floor {
            value >= self.target
        } else {
            value <= self.target
        };
        json!({
            "value": round(value), "unit": self.unit, "target": self.target, "target_is": if self.is_floor { "least" } else { "most" },
            "met": is_met, "runs": self.values.len(), "least": round(spread.percentile(0.0)), "most": round(spread.percentile(100.0)),
        })
    }

    fn text(&self) -> String {
        let json = self.json();
        let verdict = if json.get("met") == Some(&Value::Bool(true)) {
            "met"
        } else {
            "MISSED"
        };
        let spread = Spread::of(self.values.clone());
        format!(
            "{:<42} {:>9.3} {:<10} ({:.3} to {:.3} in {} runs)  target {} {}: {verdict}",
            self.name,
            spread.median(),
            self.unit,
            spread.percentile(0.0),
            spread.percentile(100.0),
            self.values.len(),
            if self.is_floor { "at least" } else { "at most" },
            self.target
        )
    }
}

/// What everything is measured with.
struct Hands {
    recognisers: Vec<Recogniser>,
    talkers: Vec<Talker>,
    noises: Vec<crate::noise::Noise>,
    config: StreamConfig,
    skipped: Skipped,
}

/// Measures these parts; each line for people is handed to `tell`. Plots are written to `plots`.
///
/// # Errors
/// When something does not start or does not answer: a figure that was not measured is not given.
pub fn run(
    parts: &[Part],
    effort: Effort,
    plots: &Path,
    tell: &dyn Fn(&str),
) -> anyhow::Result<Value> {
    let mut skipped = Skipped::new();
    let mut noises = household::made();
    noises.extend(household::recorded(&mut skipped));
    let mut hands = Hands {
        recognisers: recognisers(&mut skipped),
        talkers: talkers(&mut skipped),
        noises,
        config: StreamConfig::usual(date(2026, 11, 25)),
        skipped,
    };
    let before = machine();
    tell(&format!("machine: {before}"));
    let mut details = Map::new();
    let mut figures = Vec::new();
    fs::create_dir_all(plots).with_context(|| format!("cannot write to `{}`", plots.display()))?;
    for part in parts {
        match part {
            Part::Words => words(&mut hands, effort, plots, tell, &mut details)?,
            Part::Barge => interrupting(&mut hands, effort, &mut figures, &mut details)?,
            Part::Answers => answering(&mut hands, effort, &mut figures, &mut details)?,
            Part::Cost => costs(&mut hands, effort, &mut figures, &mut details)?,
            Part::Purchase => purchases(&mut hands, effort, &mut details)?,
            Part::Wake => wake(&mut hands, effort, &mut figures, &mut details)?,
        }
    }
    for figure in &figures {
        tell(&figure.text());
    }
    for skipped in &hands.skipped {
        tell(&format!("SKIPPED {skipped}"));
    }
    let by_name: Map<String, Value> = figures
        .iter()
        .map(|figure| (figure.name.to_owned(), figure.json()))
        .collect();
    Ok(json!({
        "machine": before, "load_after": machine().get("load_average"), "figures": by_name, "details": details, "skipped": hands.skipped,
        "limits": [
            "every voice is synthetic: nothing here is accuracy on people",
            "rooms are simulated: no loudspeaker and no microphone was heard",
            "the overlaps are a scripted set of ours in the definitions of tau-voice, and no score of its leaderboard",
        ],
    }))
}

fn first(hands: &mut Hands) -> Option<Recogniser> {
    let found = hands.recognisers.first().cloned();
    if found.is_none() {
        skip(
            &mut hands.skipped,
            "everything that reads words",
            "no recogniser is on this machine",
            "scripts/setup.sh test",
        );
    }
    found
}

fn words(
    hands: &mut Hands,
    effort: Effort,
    plots: &Path,
    tell: &dyn Fn(&str),
    details: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let mut rows = wer::rows(
        &hands.recognisers,
        &hands.talkers,
        &hands.noises,
        effort.words,
        77,
    )?;
    // What the shorter window of sound costs in words: in quiet alone, for it takes five times as long.
    let full = recognise::whisper_full();
    rows.extend(wer::rows(
        full.as_slice(),
        &hands.talkers,
        &[],
        wer::Effort {
            noisy: 0,
            ..effort.words
        },
        77,
    )?);
    tell(&format!(
        "{:<14} {:<26} {:<24} {:>7} {:>9} {:>7} {:>7}",
        "engine", "voice", "condition", "WER", "sentence", "empty", "RTF"
    ));
    for row in rows.iter().filter(|row| row.condition == "quiet") {
        tell(&line(
            &row.engine,
            &row.voice,
            &row.condition,
            &row.tally.json(),
        ));
    }
    for (key, tally) in wer::by(&rows, |row| {
        Some(format!("{} {}", row.engine, row.condition)).filter(|_| row.condition != "quiet")
    }) {
        let (engine, condition) = key.split_once(' ').unwrap_or((&key, ""));
        tell(&line(engine, "clearer voices", condition, &tally.json()));
    }
    let noises: std::collections::BTreeSet<String> = rows
        .iter()
        .filter_map(|row| {
            Some(
                row.condition
                    .strip_suffix(&wer::distance(&row.condition)?)?
                    .trim()
                    .to_owned(),
            )
        })
        .collect();
    for engine in &hands.recognisers {
        let mut lines = Vec::new();
        for noise in noises.iter().take(6) {
            let sums = wer::by(&rows, |row| {
                let db = row
                    .condition
                    .strip_prefix(noise.as_str())?
                    .trim()
                    .strip_suffix(" dB")?;
                (row.engine == engine.name).then(|| db.to_owned())
            });
            let mut points: Vec<(f64, f64)> = sums
                .iter()
                .filter_map(|(db, tally)| Some((db.parse().ok()?, 100.0 * tally.wer())))
                .collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            lines.push(Line {
                name: noise.clone(),
                points,
            });
        }
        let plot = Plot {
            title: format!("Word errors of {} in noise (synthetic voices)", engine.name),
            x: "speech above noise, dB".to_owned(),
            y: "word error rate, %".to_owned(),
            y_range: (0.0, 120.0),
            lines,
        };
        write(plots, &format!("wer-{}.svg", engine.name), &plot)?;
    }
    details.insert("words".to_owned(), wer::json(&rows));
    Ok(())
}

fn line(engine: &str, voice: &str, condition: &str, figures: &Value) -> String {
    let percent = |name: &str| figures.get(name).and_then(Value::as_f64).unwrap_or(0.0) * 100.0;
    format!(
        "{engine:<14} {voice:<26} {condition:<24} {:>6.1}% {:>8.1}% {:>6.1}% {:>7.3}",
        percent("wer"),
        percent("sentence_error"),
        percent("empty"),
        percent("rtf_cpu") / 100.0
    )
}

fn write(plots: &Path, name: &str, plot: &Plot) -> anyhow::Result<()> {
    let svg = plot.svg();
    if svg.is_empty() {
        return Ok(());
    }
    fs::write(plots.join(name), svg).with_context(|| format!("cannot write `{name}`"))
}

/// Our voice, people who are understood, and how long our voice takes to begin.
fn voices(hands: &mut Hands) -> anyhow::Result<Option<(Talker, Vec<Talker>, std::time::Duration)>> {
    let natural: Vec<Talker> = hands
        .talkers
        .iter()
        .filter(|talker| talker.is_natural())
        .cloned()
        .collect();
    // What we speak with is no voice that people have.
    let ours = hands
        .talkers
        .iter()
        .find(|talker| !talker.is_natural())
        .or_else(|| natural.last())
        .cloned();
    let first = match Espeak::open() {
        Ok(espeak) => answers::first_sound(&espeak)?,
        Err(_) => match Flite::open() {
            Ok(flite) => answers::first_sound(&flite)?,
            Err(_) => std::time::Duration::ZERO,
        },
    };
    let Some(ours) = ours.filter(|_| !natural.is_empty()) else {
        skip(
            &mut hands.skipped,
            "speech over speech",
            "no synthetic voices",
            "scripts/setup.sh test",
        );
        return Ok(None);
    };
    Ok(Some((ours, natural, first)))
}

fn number(value: &Value, path: &[&str]) -> f64 {
    path.iter()
        .try_fold(value, |value, key| value.get(key))
        .and_then(Value::as_f64)
        .unwrap_or(f64::NAN)
}

fn interrupting(
    hands: &mut Hands,
    effort: Effort,
    figures: &mut Vec<Figure>,
    details: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let (Some(reader), Some((ours, people, first))) = (first(hands), voices(hands)?) else {
        return Ok(());
    };
    let with = barge::Hands {
        stt: Arc::clone(&reader.engine),
        ours: &ours,
        people: &people,
        noises: &hands.noises,
        first,
        config: hands.config.clone(),
    };
    let (mut runs, mut alone) = (Vec::new(), Vec::new());
    for run in 0..effort.runs {
        runs.push(barge::overlaps(&with, effort.barge, 100 + run)?);
    }
    for (follows, drifts) in [
        (false, &[0.0][..]),
        (false, &[100.0, -100.0][..]),
        (true, &[100.0, -100.0][..]),
    ] {
        alone.push(barge::alone(&with, effort.barge, 200, follows, drifts));
    }
    let of = |path: &[&str]| -> Vec<f64> { runs.iter().map(|run| number(run, path)).collect() };
    let first_sound: Vec<f64> = of(&["yield_from_first_sound_ms", "p95"]);
    figures.push(Figure {
        name: "T6 yield after confirmed, p95",
        unit: "ms",
        target: 200.0,
        is_floor: false,
        values: of(&["yield_after_confirmed_ms", "p95"]),
    });
    figures.push(Figure {
        name: "   yield from the first sound, p95",
        unit: "ms",
        target: 450.0,
        is_floor: false,
        values: first_sound,
    });
    figures.push(Figure {
        name: "T7 yield rate",
        unit: "share",
        target: 0.99,
        is_floor: true,
        values: of(&["yield_rate"]),
    });
    figures.push(Figure {
        name: "T7 backchannel selectivity",
        unit: "share",
        target: 0.9,
        is_floor: true,
        values: of(&["backchannel_selectivity"]),
    });
    for (name, told) in [
        "V8 self-interruptions",
        "V8 with ±100 ppm, not followed",
        "V8 with ±100 ppm, followed",
    ]
    .into_iter()
    .zip(&alone)
    {
        figures.push(Figure {
            name,
            unit: "in all",
            target: 0.0,
            is_floor: false,
            values: vec![number(told, &["interruptions"]) + number(told, &["answers_cut_off"])],
        });
    }
    details.insert("overlaps".to_owned(), json!(runs));
    details.insert("own_echo".to_owned(), json!(alone));
    Ok(())
}

fn answering(
    hands: &mut Hands,
    effort: Effort,
    figures: &mut Vec<Figure>,
    details: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let (Some(reader), Some((ours, people, first))) = (first(hands), voices(hands)?) else {
        return Ok(());
    };
    let flite = Flite::open()
        .ok()
        .map(|flite| answers::first_sound(&flite))
        .transpose()?;
    let mut told = Map::new();
    let pink = hands.noises.iter().find(|noise| noise.name == "pink");
    for (name, counts, noise) in [
        ("without_reading", false, None),
        ("with_reading", true, None),
        (
            "with_reading_pink_10_db",
            true,
            pink.map(|noise| (noise, 10.0)),
        ),
    ] {
        let with = answers::Hands {
            stt: Arc::clone(&reader.engine),
            ours: &ours,
            people: &people,
            first,
            config: hands.config.clone(),
            noise,
        };
        let runs: anyhow::Result<Vec<Value>> = (0..effort.runs)
            .map(|run| answers::turns(&with, effort.answers, 300 + run, counts))
            .collect();
        told.insert(name.to_owned(), json!(runs?));
    }
    let values = |name: &str, row: &str, from: &str, part: &str| -> Vec<f64> {
        let runs = told
            .get(name)
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        runs.iter()
            .map(|run| number(run, &["by_row", row, from, part]))
            .filter(|value| value.is_finite())
            .collect()
    };
    for (name, row) in [
        ("V7 first audio, answers, p50", "answer"),
        ("V7 first audio, whole requests, p50", "whole"),
        ("   first audio, usual, p50", "usual"),
        ("   first audio, open endings, p50", "open"),
        ("V7 first audio, all rows, p50", "all"),
    ] {
        let values = values("without_reading", row, "first_audio_from_end_ms", "p50");
        if !values.is_empty() {
            figures.push(Figure {
                name,
                unit: "ms",
                target: 500.0,
                is_floor: false,
                values,
            });
        }
    }
    figures.push(Figure {
        name: "T8 first audio with reading, whole, p50",
        unit: "ms",
        target: 500.0,
        is_floor: false,
        values: values("with_reading", "whole", "first_audio_from_end_ms", "p50"),
    });
    figures.push(Figure {
        name: "T8 from the decision, whole, p50",
        unit: "ms",
        target: 500.0,
        is_floor: false,
        values: values(
            "without_reading",
            "whole",
            "first_audio_from_decision_ms",
            "p50",
        ),
    });
    told.insert("first_sound_ms".to_owned(), json!({ "used": first.as_secs_f64() * 1_000.0, "flite_slt": flite.map(|first| first.as_secs_f64() * 1_000.0) }));
    details.insert("answers".to_owned(), Value::Object(told));
    Ok(())
}

fn costs(
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
        target: 2.0,
        is_floor: false,
        values: of("1_streams"),
    });
    figures.push(Figure {
        name: "V2 the same with canceller",
        unit: "% of core",
        target: 2.0,
        is_floor: false,
        values: of("1_streams_with_canceller"),
    });
    figures.push(Figure {
        name: "V2 50 streams, each, with canceller",
        unit: "% of core",
        target: 2.0,
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
        target: 500.0,
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
        target: 60.0,
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
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/voice/errand-fixture.bin"),
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
        target: 5.0,
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

fn wake(
    hands: &mut Hands,
    effort: Effort,
    figures: &mut Vec<Figure>,
    details: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let Some(model) = waking::model(&mut hands.skipped) else {
        return Ok(());
    };
    let Some((_, people, _)) = voices(hands)? else {
        return Ok(());
    };
    let talk: anyhow::Result<Vec<Vec<f32>>> = REQUESTS
        .iter()
        .zip(people.iter().cycle())
        .map(|(text, person)| person.say(text, Pace::USUAL))
        .collect();
    let talk = talk?;
    let runs: Vec<Value> = (0..effort.runs)
        .map(|_| waking::cost(&model, &talk))
        .collect();
    for (name, key) in [
        ("V3 wake word, 30 % speech", "30_percent_speech"),
        ("   wake word, speech without a pause", "speech_alone"),
    ] {
        let of = |run| number(run, &[key, "percent_of_a_core"]);
        figures.push(Figure {
            name,
            unit: "% of core",
            target: 2.0,
            is_floor: false,
            values: runs.iter().map(of).collect(),
        });
    }
    details.insert(
        "wake".to_owned(),
        json!({
            "cost": runs, "heard": waking::heard(&model, &hands.talkers, &hands.noises)?,
            "false_accepts": waking::false_accepts(&model, &hands.talkers, &hands.noises, effort.wake_minutes)?,
            "says_nothing_of": "people: the detector was trained on synthetic speech and is measured on it",
        }),
    );
    Ok(())
}

fn purchases(
    hands: &mut Hands,
    effort: Effort,
    details: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let mut by_engine = Map::new();
    let recorded: Vec<_> = hands
        .noises
        .iter()
        .filter(|noise| !crate::noise::GENERATED.contains(&noise.name.as_str()))
        .cloned()
        .collect();
    for recogniser in &hands.recognisers {
        by_engine.insert(
            recogniser.name.to_owned(),
            purchase::requests(recogniser, &hands.talkers, &recorded, effort.requests, 9)?,
        );
    }
    details.insert("purchases".to_owned(), Value::Object(by_engine));
    Ok(())
}
