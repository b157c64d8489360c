//! Words, interruptions, first sounds.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use errand_voice_device::Flite;
use serde_json::{Map, Value, json};

use super::figure::Figure;
use super::{Effort, Hands, first, number, voices};
use crate::barge::Where;
use crate::plot::{Line, Plot};
use crate::{answers, barge, recognise, wer};

pub(super) fn words(
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

pub(super) fn interrupting(
    hands: &mut Hands,
    effort: Effort,
    tell: &dyn Fn(&str),
    figures: &mut Vec<Figure>,
    details: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let (Some(reader), Some((ours, people, first))) = (first(hands), voices(hands)?) else {
        return Ok(());
    };
    let with = barge::Hands {
        stt: Arc::clone(&reader.engine),
        nods: Arc::clone(&reader.engine),
        ours: &ours,
        people: &people,
        noises: &hands.noises,
        first,
        config: hands.config.clone(),
    };
    // A run with a model for people takes the better part of an hour: each is told when it is done.
    let in_the_room = |with: &barge::Hands<'_>| -> anyhow::Result<Vec<Value>> {
        let told = |seed| {
            let run = barge::overlaps(with, effort.barge, Where::InTheRoom, seed)?;
            tell(&format!(
                "spoken over in the room, read by {}, run {}: yield rate {}, backchannel selectivity {}, short requests {}, missed {}",
                with.stt.info().engine,
                seed - 99,
                number(&run, &["yield_rate"]),
                number(&run, &["backchannel_selectivity"]),
                number(&run, &["short_requests_given_way"]),
                run.get("missed").unwrap_or(&Value::Null),
            ));
            Ok(run)
        };
        (100..100 + effort.runs).map(told).collect()
    };
    let runs = in_the_room(&with)?;
    // The same where a model for people reads what was said, and the other still tells the nods.
    let second = hands.recognisers.iter().find(|one| one.name == "whisper");
    let read_better = match second {
        Some(whisper) => in_the_room(&barge::Hands {
            stt: Arc::clone(&whisper.engine),
            nods: Arc::clone(&reader.engine),
            noises: &hands.noises,
            config: hands.config.clone(),
            ..with
        })?,
        None => Vec::new(),
    };
    let apart = barge::overlaps(&with, effort.barge, Where::Apart, 150)?;
    let mut alone = Vec::new();
    for (follows, drifts) in [
        (false, &[0.0][..]),
        (false, &[100.0, -100.0][..]),
        (true, &[100.0, -100.0][..]),
    ] {
        alone.push(barge::alone(&with, effort.barge, 200, follows, drifts));
    }
    figures.extend(room_figures(&runs));
    figures.extend(better_figures(&read_better));
    figures.extend(apart_figures(&apart));
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
            target: Some(0.0),
            is_floor: false,
            values: vec![number(told, &["interruptions"]) + number(told, &["answers_cut_off"])],
        });
    }
    details.insert("overlaps".to_owned(), json!(runs));
    details.insert(
        "overlaps_read_by_a_model_for_people".to_owned(),
        json!(read_better),
    );
    details.insert("overlaps_apart".to_owned(), apart);
    details.insert("own_echo".to_owned(), json!(alone));
    Ok(())
}

/// Whoever speaks over us in the room of the loudspeaker.
fn room_figures(runs: &[Value]) -> Vec<Figure> {
    let mut figures = Vec::new();
    let of = |path: &[&str]| -> Vec<f64> { runs.iter().map(|run| number(run, path)).collect() };
    figures.push(Figure {
        name: "T6 yield after the sound that decided, p95",
        unit: "ms",
        target: Some(200.0),
        is_floor: false,
        values: of(&["yield_after_decided_ms", "p95"]),
    });
    for (name, part) in [
        ("   yield from the first sound, p50", "p50"),
        ("   yield from the first sound, p95", "p95"),
    ] {
        figures.push(Figure {
            name,
            unit: "ms",
            target: None,
            is_floor: false,
            values: of(&["yield_from_first_sound_ms", part]),
        });
    }
    figures.push(Figure {
        name: "T7 yield rate",
        unit: "share",
        target: Some(0.99),
        is_floor: true,
        values: of(&["yield_rate"]),
    });
    figures.push(Figure {
        name: "T7 backchannel selectivity",
        unit: "share",
        target: Some(0.9),
        is_floor: true,
        values: of(&["backchannel_selectivity"]),
    });
    figures.push(Figure {
        name: "   requests of a word or two given way",
        unit: "share",
        target: None,
        is_floor: true,
        values: of(&["short_requests_given_way"]),
    });
    figures
}

/// The same where a model for people reads what was said; nothing where there is none.
fn better_figures(runs: &[Value]) -> Vec<Figure> {
    if runs.is_empty() {
        return Vec::new();
    }
    let figure = |name, part, target| Figure {
        name,
        unit: "share",
        target: Some(target),
        is_floor: true,
        values: runs.iter().map(|run| number(run, &[part])).collect(),
    };
    vec![
        figure(
            "T7 yield rate, read by a model for people",
            "yield_rate",
            0.99,
        ),
        figure(
            "T7 selectivity, read by a model for people",
            "backchannel_selectivity",
            0.9,
        ),
    ]
}

/// Whoever speaks over us where nothing of our sound comes back.
fn apart_figures(apart: &Value) -> [Figure; 4] {
    [
        Figure {
            name: "T6 the same where nothing comes back, p95",
            unit: "ms",
            target: Some(200.0),
            is_floor: false,
            values: vec![number(apart, &["yield_after_decided_ms", "p95"])],
        },
        Figure {
            name: "T7 yield rate where nothing comes back",
            unit: "share",
            target: Some(0.99),
            is_floor: true,
            values: vec![number(apart, &["yield_rate"])],
        },
        Figure {
            name: "T7 backchannel selectivity where nothing comes back",
            unit: "share",
            target: Some(0.9),
            is_floor: true,
            values: vec![number(apart, &["backchannel_selectivity"])],
        },
        Figure {
            name: "   requests of a word or two where nothing comes back",
            unit: "share",
            target: None,
            is_floor: true,
            values: vec![number(apart, &["short_requests_given_way"])],
        },
    ]
}

pub(super) fn answering(
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
    // Who may go on is waited for on purpose: those rows have no target.
    let target = Some(500.0);
    for (name, row, target) in [
        ("V7 first audio, answers, p50", "answer", target),
        ("V7 first audio, whole requests, p50", "whole", target),
        ("   first audio, usual, p50", "usual", None),
        ("   first audio, open endings, p50", "open", None),
        ("V7 first audio, all rows, p50", "all", target),
    ] {
        let values = values("without_reading", row, "first_audio_from_end_ms", "p50");
        if !values.is_empty() {
            figures.push(Figure {
                name,
                unit: "ms",
                target,
                is_floor: false,
                values,
            });
        }
    }
    figures.push(Figure {
        name: "T8 first audio with reading, whole, p50",
        unit: "ms",
        target: Some(500.0),
        is_floor: false,
        values: values("with_reading", "whole", "first_audio_from_end_ms", "p50"),
    });
    figures.push(Figure {
        name: "T8 from the decision, whole, p50",
        unit: "ms",
        target: Some(500.0),
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
