//! Whether a voice is told from others.

use errand_voice_core::{Care, MfccSpeaker, SpeakerScore, Utterance};
use serde_json::{Value, json};

use super::{Clip, Effort, Set};
use crate::noise::Chance;
use crate::recognise::{Skipped, skip};
use crate::score::{errors, round};
use crate::sound::utterance;

/// Sound of an enrolment, in samples: 5 s.
const ENROLMENT: usize = 80_000;
/// Digits that are scored at once, as in a spoken code; and each alone.
const LENGTHS: &[usize] = &[1, 4];

/// The check of each engine: equal error rate over all prints and all trials.
pub(super) fn check(set: &Set, effort: Effort, skipped: &mut Skipped) -> Value {
    if set.speakers.len() < 2 {
        skip(
            skipped,
            "speaker check",
            "fewer than two speakers",
            "a set with more",
        );
        return Value::Null;
    }
    let engines: [Box<dyn SpeakerScore>; 1] = [Box::new(MfccSpeaker::default())];
    let mut by_engine = serde_json::Map::new();
    for engine in &engines {
        by_engine.insert(
            engine.info().engine.to_owned(),
            one(engine.as_ref(), set, effort.trials),
        );
    }
    json!({
        "method": "each speaker enrols with 5 s of digits that are used for nothing else; every trial is scored against every print",
        "engines": by_engine,
    })
}

fn one(engine: &dyn SpeakerScore, set: &Set, trials_each: usize) -> Value {
    let mut chance = Chance::new(11);
    let (mut prints, mut trials) = (Vec::new(), Vec::new());
    let mut failed = 0;
    for (speaker, clips) in &set.speakers {
        let mut clips: Vec<&Clip> = clips.iter().collect();
        shuffle(&mut clips, &mut chance);
        let mut length = 0;
        let enrolled = clips
            .iter()
            .take_while(|clip| {
                let is_needed = length < ENROLMENT;
                length += clip.raw.len();
                is_needed
            })
            .count();
        let (first, rest) = clips.split_at(enrolled);
        let first: Vec<Utterance> = first
            .iter()
            .map(|clip| utterance(&clip.raw, Care::Ordinary))
            .collect();
        match engine.enrol(&first) {
            Ok(print) => prints.push((speaker, print)),
            Err(_) => failed += 1,
        }
        for digits in LENGTHS {
            for _ in 0..trials_each {
                let said: Vec<f32> = (0..*digits)
                    .filter_map(|_| chance.of(rest))
                    .flat_map(|clip| clip.raw.clone())
                    .collect();
                if !said.is_empty() {
                    trials.push((speaker, *digits, utterance(&said, Care::Ordinary)));
                }
            }
        }
    }
    let mut lengths = serde_json::Map::new();
    for digits in LENGTHS {
        let (mut right, mut others, mut unscored) = (Vec::new(), Vec::new(), 0);
        for (speaker, _, said) in trials.iter().filter(|(_, length, _)| length == digits) {
            for (whose, print) in &prints {
                match engine.score(print, said) {
                    Ok(score) if whose == speaker => right.push(score.get()),
                    Ok(score) => others.push(score.get()),
                    Err(_) => unscored += 1,
                }
            }
        }
        let found = errors(&right, &others);
        lengths.insert(
            format!("{digits}_digits"),
            json!({
                "equal_error": round(found.equal), "false_reject_at_1_percent_false_accept": round(found.reject_at_one_percent),
                "threshold_there": found.threshold, "genuine": right.len(), "impostor": others.len(), "too_short": unscored,
            }),
        );
    }
    json!({ "prints": prints.len(), "not_enrolled": failed, "by_length": lengths })
}

fn shuffle<T>(all: &mut [T], chance: &mut Chance) {
    for at in (1..all.len()).rev() {
        all.swap(at, chance.below(at + 1));
    }
}
