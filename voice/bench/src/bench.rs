//! `make bench-voice`: everything that has a target, and what stands beside it.

mod figure;
mod house;
mod machine;
mod talk;

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use errand_meter::machine as this_machine;
use errand_voice_device::{Espeak, Flite};
use errand_voice_talk::StreamConfig;
use jiff::civil::date;
use serde_json::{Map, Value, json};

use crate::recognise::{Recogniser, Skipped, recognisers, skip};
use crate::voices::{Talker, talkers};
use crate::{answers, barge, household, wer};
pub use machine::{crowd, resident};

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

/// What everything is measured with.
struct Hands {
    recognisers: Vec<Recogniser>,
    talkers: Vec<Talker>,
    noises: Vec<crate::noise::Noise>,
    config: StreamConfig,
    skipped: Skipped,
    /// What the wake word is held against beside the bench's own sentences.
    texts: Vec<String>,
}

/// Measures these parts; each line for people is handed to `tell`. Plots are written to `plots`. `texts`: sentences of others, which
/// are read aloud to the wake word.
///
/// # Errors
/// When something does not start or does not answer: a figure that was not measured is not given.
pub fn run(
    parts: &[Part],
    effort: Effort,
    plots: &Path,
    texts: Vec<String>,
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
        texts,
    };
    let before = this_machine();
    tell(&format!("machine: {before}"));
    let mut details = Map::new();
    let mut figures = Vec::new();
    fs::create_dir_all(plots).with_context(|| format!("cannot write to `{}`", plots.display()))?;
    for part in parts {
        match part {
            Part::Words => talk::words(&mut hands, effort, plots, tell, &mut details)?,
            Part::Barge => {
                talk::interrupting(&mut hands, effort, tell, &mut figures, &mut details)?;
            }
            Part::Answers => talk::answering(&mut hands, effort, &mut figures, &mut details)?,
            Part::Cost => machine::costs(&mut hands, effort, &mut figures, &mut details)?,
            Part::Purchase => house::purchases(&mut hands, effort, &mut details)?,
            Part::Wake => house::wake(&mut hands, effort, tell, &mut figures, &mut details)?,
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
        "machine": before, "load_after": this_machine().get("load_average"), "figures": by_name, "details": details, "skipped": hands.skipped,
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
