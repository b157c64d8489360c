//! `cargo xtask eval voice`: spoken digits of people, noises, and what the machines of voice make of them.
//!
//! A set is a folder (archives in it are read, too) with `{digit}_{speaker}_{index}.wav`, and noises in a folder `noise`.
//! Nothing else of the names is used; what cannot be read is told.

mod approvals;
mod codes;
mod consents;
mod speakers;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::noise::{GENERATED, Noise, generated};
use crate::recognise::{Skipped, recognisers, skip, together};
use crate::sound::speech;
use crate::voices::talkers;
use crate::wav;

/// Shorter than this is no digit, longer neither, in samples.
const DIGIT: std::ops::RangeInclusive<usize> = 800..=80_000;

/// A digit that somebody said.
#[derive(Debug, Clone)]
pub(crate) struct Clip {
    pub(crate) digit: u8,
    /// As recorded, at 16 kHz.
    pub(crate) raw: Vec<f32>,
    /// Cut close and as loud as every other.
    pub(crate) pcm: Vec<f32>,
}

/// Digits by speaker, and noises.
#[derive(Debug, Default)]
pub(crate) struct Set {
    pub(crate) speakers: BTreeMap<String, Vec<Clip>>,
    pub(crate) noises: Vec<Noise>,
    pub(crate) problems: Vec<String>,
    recorded: usize,
}

impl Set {
    pub(crate) fn read(dir: &Path) -> anyhow::Result<Self> {
        let mut set = Self::default();
        for found in wav::all(dir, &mut set.problems)? {
            let file = found.name.rsplit('/').next().unwrap_or_default();
            let is_noise = found
                .name
                .split('/')
                .rev()
                .skip(1)
                .any(|folder| folder == "noise");
            let named = if is_noise { None } else { named(file) };
            let pcm = match wav::decode(&found.bytes) {
                Ok(pcm) => pcm,
                Err(error) => {
                    set.problems.push(format!("{}: {error:#}", found.name));
                    continue;
                }
            };
            let is_silent = pcm.iter().all(|s| s.abs() < 1e-4);
            match named {
                _ if is_silent => set.problems.push(format!("{}: it is silent", found.name)),
                Some(_) if !DIGIT.contains(&pcm.len()) => {
                    set.problems.push(format!("{}: its length is none of a digit", found.name));
                }
                Some((digit, speaker)) => {
                    let clip = Clip { digit, pcm: speech(&pcm), raw: pcm };
                    set.speakers.entry(speaker.to_owned()).or_default().push(clip);
                }
                None if is_noise => {
                    let name = file.trim_end_matches(".wav");
                    set.noises.push(Noise::new(name.rsplit("__").next().unwrap_or(name), pcm));
                    set.recorded += 1;
                }
                None => set.problems.push(format!(
                    "{}: its name is not {{digit}}_{{speaker}}_{{index}}.wav, and it lies in no folder `noise`",
                    found.name
                )),
            }
        }
        set.noises.extend(
            GENERATED
                .iter()
                .zip(0..)
                .map(|(kind, seed)| Noise::new(kind, generated(kind, 160_000, seed))),
        );
        Ok(set)
    }

    fn json(&self) -> Value {
        let counts: BTreeMap<&String, usize> = self
            .speakers
            .iter()
            .map(|(name, clips)| (name, clips.len()))
            .collect();
        let names: Vec<&String> = self.noises.iter().map(|noise| &noise.name).collect();
        let told: Vec<&String> = self.problems.iter().take(50).collect();
        json!({
            "digits": counts.values().sum::<usize>(), "speakers": counts, "noises": names,
            "recorded_noises": self.recorded, "bad_files": self.problems.len(), "bad_files_told": told,
        })
    }
}

/// `7_some_body_12.wav`.
fn named(file: &str) -> Option<(u8, &str)> {
    let (digit, rest) = file
        .strip_suffix(".wav")
        .or_else(|| file.strip_suffix(".WAV"))?
        .split_once('_')?;
    let (speaker, index) = rest.rsplit_once('_')?;
    index.parse::<u32>().ok()?;
    let digit = digit.parse().ok().filter(|digit| *digit < 10)?;
    (!speaker.is_empty()).then_some((digit, speaker))
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Utterances of each speaker and length against every print.
    pub trials: usize,
    /// Codes of each speaker in each condition.
    pub codes: usize,
    /// Single digits of each speaker.
    pub digits: usize,
    /// Pairs of words of each voice in each condition.
    pub pairs: usize,
    /// Stretches of noise and of digits against an open approval.
    pub forced: usize,
    /// Paces at which each voice says each yes.
    pub paces: usize,
}

impl Effort {
    /// What figures are published with.
    pub const WHOLE: Self = Self {
        trials: 60,
        codes: 12,
        digits: 150,
        pairs: 12,
        forced: 120,
        paces: 3,
    };
    /// To see that it runs.
    pub const QUICK: Self = Self {
        trials: 8,
        codes: 1,
        digits: 4,
        pairs: 1,
        forced: 12,
        paces: 1,
    };
}

/// Runs the evaluation. `only`: these recognisers, by name; all, where it is empty.
///
/// # Errors
/// When the folder cannot be read, or there is no recogniser of such a name. Bad files and engines that this machine lacks are told in the result.
pub fn run(dir: &Path, effort: Effort, only: &[String]) -> anyhow::Result<Value> {
    let set = Set::read(dir)?;
    let mut skipped = Skipped::new();
    let mut recognisers = recognisers(&mut skipped);
    recognisers.extend(together(&recognisers));
    let has = |name: &String| recognisers.iter().any(|one| one.name == *name);
    if let Some(unknown) = only.iter().find(|name| !has(name)) {
        let names: Vec<&str> = recognisers.iter().map(|one| one.name).collect();
        anyhow::bail!("there is no recogniser `{unknown}` here, only {names:?}");
    }
    recognisers.retain(|one| only.is_empty() || only.iter().any(|name| one.name == *name));
    let talkers = talkers(&mut skipped);
    if set.recorded == 0 {
        skip(
            &mut skipped,
            "recorded noises",
            "the set has none",
            "put them into a folder `noise`; white, pink and hum are generated",
        );
    }
    let mut result = json!({
        "set": "voice", "machine": errand_meter::machine(), "data": set.json(),
        "speaker_check": speakers::check(&set, effort, &mut skipped),
    });
    let mut by_engine = serde_json::Map::new();
    for recogniser in &recognisers {
        let approvals = approvals::against(recogniser, &set, &talkers, effort, &mut skipped)?;
        // A digit by itself is no answer to anything: it is read by one.
        let digits = if recogniser.others.is_empty() {
            codes::digits(recogniser, &set, effort)?
        } else {
            Value::Null
        };
        by_engine.insert(
            recogniser.name.to_owned(),
            json!({
                "digits": digits,
                "codes": codes::codes(recogniser, &set, effort)?,
                "approvals": approvals,
                "consents": consents::against(recogniser, &set, &talkers, effort)?,
            }),
        );
    }
    if let Some(object) = result.as_object_mut() {
        object.insert("end_points".to_owned(), codes::ends(&set, effort));
        object.insert("engines".to_owned(), Value::Object(by_engine));
        object.insert("skipped".to_owned(), Value::Array(skipped));
        object.insert("limits".to_owned(), json!([
            "whoever recorded the digits sat near a microphone; 8 kHz recordings meet models for 16 kHz",
            "word pairs come from synthetic voices: they say nothing about people",
            "nothing here says anything about replayed or synthetic voices as an attack",
        ]));
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_digit_and_speaker_and_nothing_else() {
        assert_eq!(named("7_some_body_12.wav"), Some((7, "some_body")));
        for wrong in [
            "77_x_1.wav",
            "x_x_1.wav",
            "7_x.wav",
            "7__1.wav",
            "7_x_one.wav",
            "7_x_1.mp3",
        ] {
            assert_eq!(named(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn bad_files_are_told_and_left_out() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("3_ann_0.wav"), b"RIFFxxxxWAVE").unwrap();
        std::fs::write(dir.path().join("strange.wav"), b"nothing").unwrap();

        let set = Set::read(dir.path()).unwrap();

        assert!(set.speakers.is_empty());
        assert_eq!(set.problems.len(), 2, "{:?}", set.problems);
        assert_eq!(set.noises.len(), GENERATED.len());
    }
}
