//! Word error rates over generated sets: by engine, voice, noise and distance.

use std::collections::BTreeMap;

use errand_types::Language;
use errand_voice_core::{Care, Grammar, Hints, Pace};
use serde_json::{Value, json};

use crate::noise::{Chance, Noise, babble};
use crate::recognise::Recogniser;
use crate::score::Tally;
use crate::sets::{GOODS, REQUESTS};
use crate::sound::{add_noise, add_room, silence, utterance};
use crate::voices::Talker;

/// Distances in decibels beside the quiet room.
const DISTANCES: [f32; 5] = [20.0, 15.0, 10.0, 5.0, 0.0];

/// One cell: engine, voice, condition.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Recogniser.
    pub(crate) engine: String,
    /// Voice of the set.
    pub(crate) voice: String,
    /// `quiet`, or a noise and its distance: `hum 10 dB`.
    pub(crate) condition: String,
    /// The figures.
    pub(crate) tally: Tally,
}

/// How much is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Sentences of each voice in the quiet room.
    pub(crate) quiet: usize,
    /// Sentences of each clearer voice in each noise at each distance.
    pub(crate) noisy: usize,
}

impl Effort {
    /// What figures are published with.
    pub(crate) const WHOLE: Self = Self {
        quiet: 16,
        noisy: 4,
    };
    /// Some voices in a quiet room and in few noises: the everyday test.
    pub(crate) const QUICK: Self = Self { quiet: 6, noisy: 0 };
}

/// The hints of the set: goods of the catalog, open speech.
pub(crate) fn hints() -> anyhow::Result<Hints> {
    Ok(Hints {
        grammar: Grammar::open(GOODS.iter().copied())?,
        ..Hints::open(Language::English)
    })
}

/// Every row; the same sentences by the same voices, whatever the engine.
pub(crate) fn rows(
    recognisers: &[Recogniser],
    talkers: &[Talker],
    noises: &[Noise],
    effort: Effort,
    seed: u64,
) -> anyhow::Result<Vec<Row>> {
    let mut rows = BTreeMap::<(String, String, String), Tally>::new();
    let hints = hints()?;
    let noises = with_babble(talkers, noises, seed)?;
    for talker in talkers {
        let mut chance = Chance::new(seed);
        let mut scenes = Vec::new();
        for (n, text) in REQUESTS.iter().enumerate().take(effort.quiet) {
            let voice = talker.say(text, Pace::percent(90 + u8::try_from(chance.below(20))?))?;
            scenes.push(("quiet".to_owned(), *text, scene(&voice, None, &mut chance)));
            // Voices that are not understood in a quiet room say nothing more in a noisy one.
            if !talker.is_natural() || n >= effort.noisy {
                continue;
            }
            for noise in &noises {
                for db in DISTANCES {
                    scenes.push((
                        format!("{} {db} dB", noise.name),
                        *text,
                        scene(&voice, Some((noise, db)), &mut chance),
                    ));
                }
            }
        }
        for recogniser in recognisers {
            for (condition, text, pcm) in &scenes {
                let heard = recogniser.read(utterance(pcm, Care::Ordinary), &hints)?;
                let key = (
                    recogniser.name.to_owned(),
                    talker.name.clone(),
                    condition.clone(),
                );
                rows.entry(key).or_default().note(
                    text,
                    &heard.text,
                    heard.cpu.as_secs_f64(),
                    pcm.len() as f64 / 16_000.0,
                );
            }
        }
    }
    Ok(rows
        .into_iter()
        .map(|((engine, voice, condition), tally)| Row {
            engine,
            voice,
            condition,
            tally,
        })
        .collect())
}

fn with_babble(talkers: &[Talker], noises: &[Noise], seed: u64) -> anyhow::Result<Vec<Noise>> {
    let mut all = noises.to_vec();
    let mut voices = Vec::new();
    for talker in talkers.iter().take(4) {
        for text in REQUESTS.iter().rev().take(3) {
            voices.push(talker.say(text, Pace::USUAL)?);
        }
    }
    if !voices.is_empty() {
        all.push(Noise::new("babble of 8", babble(&voices, 8, 160_000, seed)));
    }
    Ok(all)
}

fn scene(voice: &[f32], noise: Option<(&Noise, f32)>, chance: &mut Chance) -> Vec<f32> {
    let mut pcm = silence(300);
    pcm.extend(voice);
    pcm.extend(silence(300));
    if let Some((noise, db)) = noise {
        add_noise(&mut pcm, &noise.pcm, db, chance);
    }
    add_room(&mut pcm, chance);
    pcm
}

/// Rows put together by a key.
pub(crate) fn by(rows: &[Row], key: impl Fn(&Row) -> Option<String>) -> BTreeMap<String, Tally> {
    let mut sums = BTreeMap::<String, Tally>::new();
    for row in rows {
        if let Some(key) = key(row) {
            let sum = sums.entry(key).or_default();
            *sum = sum.plus(row.tally);
        }
    }
    sums
}

/// For programs: every row, and the sums that are looked at first.
pub(crate) fn json(rows: &[Row]) -> Value {
    let plain = |sums: BTreeMap<String, Tally>| -> Value {
        sums.into_iter()
            .map(|(key, tally)| (key, tally.json()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let all: Vec<Value> = rows
        .iter()
        .map(|row| {
            let mut value = row.tally.json();
            if let Some(object) = value.as_object_mut() {
                object.insert("engine".to_owned(), json!(row.engine));
                object.insert("voice".to_owned(), json!(row.voice));
                object.insert("condition".to_owned(), json!(row.condition));
            }
            value
        })
        .collect();
    json!({
        "quiet_by_engine": plain(by(rows, |row| (row.condition == "quiet").then(|| row.engine.clone()))),
        "quiet_by_engine_and_voice": plain(by(rows, |row| (row.condition == "quiet").then(|| format!("{} {}", row.engine, row.voice)))),
        "noise_by_engine_and_distance": plain(by(rows, |row| Some(format!("{} {}", row.engine, distance(&row.condition)?)))),
        "rows": all,
    })
}

/// `10 dB` of `hum 10 dB`.
pub(crate) fn distance(condition: &str) -> Option<String> {
    let mut words = condition.rsplit(' ');
    let (unit, db) = (words.next()?, words.next()?);
    (unit == "dB").then(|| format!("{db} dB"))
}
