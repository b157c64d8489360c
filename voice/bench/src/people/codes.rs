//! Spoken codes of people: heard rightly, wrongly, or asked again; and where the ear believes that they end.

use std::collections::BTreeMap;

use errand_meter::Spread;
use errand_types::Language;
use errand_voice_core::{
    Answered, Care, ClosedGrammar, Decided, EarConfig, Expects, Grammar, Hints, Listen, Row,
    SampleIdx,
};
use serde_json::{Value, json};

use super::{Clip, Effort, Set};
use crate::noise::{Chance, Noise};
use crate::recognise::Recogniser;
use crate::score::{Tally, round, share, words};
use crate::sound::{add_noise, add_room, heed, silence, utterance, voiced};

const NAMES: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];
/// Distances between speech and noise, in decibels; `None` is a quiet room.
pub(super) const DISTANCES: [Option<f32>; 4] = [None, Some(20.0), Some(10.0), Some(5.0)];

/// A code as somebody says it: silence, digits with pauses, silence, and maybe a noise over all of it.
struct Scene {
    pcm: Vec<f32>,
    code: String,
    /// Behind the last voice.
    end: usize,
    condition: String,
}

fn scenes(set: &Set, effort: Effort) -> Vec<(String, Scene)> {
    let mut chance = Chance::new(23);
    let mut all = Vec::new();
    for (speaker, clips) in &set.speakers {
        for distance in DISTANCES {
            for n in 0..effort.codes {
                let noise = distance.and_then(|db| chance.of(&set.noises).map(|noise| (noise, db)));
                all.push((speaker.clone(), scene(clips, 4 + n % 3, noise, &mut chance)));
            }
        }
    }
    all
}

fn scene(
    clips: &[Clip],
    digits: usize,
    noise: Option<(&Noise, f32)>,
    chance: &mut Chance,
) -> Scene {
    // The ear gets used to the noise before anybody speaks.
    let mut pcm = silence(1_500);
    let mut code = String::new();
    let mut end = 0;
    for _ in 0..digits {
        let Some(clip) = chance.of(clips) else { break };
        code.push_str(&clip.digit.to_string());
        let (_, last) = voiced(&clip.pcm);
        end = pcm.len() + last;
        pcm.extend(&clip.pcm);
        pcm.extend(silence(150 + chance.below(250)));
    }
    pcm.extend(silence(2_500));
    if let Some((noise, db)) = noise {
        add_noise(&mut pcm, &noise.pcm, db, chance);
    }
    add_room(&mut pcm, chance);
    let condition = noise.map_or_else(|| "quiet".to_owned(), |(_, db)| format!("{db} dB"));
    Scene {
        pcm,
        code,
        end,
        condition,
    }
}

fn listen(digits: usize) -> Listen {
    Listen {
        expects: Expects::Digits(u8::try_from(digits).unwrap_or(u8::MAX)),
        care: Care::Sealed,
        ..Listen::default()
    }
}

/// Counts of one condition.
#[derive(Debug, Default)]
struct Counts {
    scenes: u64,
    right: u64,
    wrong: u64,
    refused: u64,
    again: u64,
    unheard: u64,
    digits: u64,
    in_place: u64,
    cpu_s: f64,
    sound_s: f64,
}

impl Counts {
    fn json(&self) -> Value {
        json!({
            "codes": self.scenes, "right": round(share(self.right, self.scenes)), "wrong_attempt": round(share(self.wrong, self.scenes)),
            "taken_for_a_no": round(share(self.refused, self.scenes)), "asked_again": round(share(self.again, self.scenes)),
            "not_heard": round(share(self.unheard, self.scenes)), "digits_in_place": round(share(self.in_place, self.digits)),
            "rtf_cpu": round(self.cpu_s / self.sound_s.max(1e-9)),
        })
    }
}

/// Codes of 4 to 6 digits, the whole way: ear, engine, closed grammar.
pub(super) fn codes(recogniser: &Recogniser, set: &Set, effort: Effort) -> anyhow::Result<Value> {
    let (mut by_condition, mut by_speaker) = (
        BTreeMap::<String, Counts>::new(),
        BTreeMap::<String, Counts>::new(),
    );
    for (speaker, scene) in scenes(set, effort) {
        let told = attempt(recogniser, &scene)?;
        let note = |counts: &mut Counts| {
            counts.scenes += 1;
            counts.digits += scene.code.len() as u64;
            counts.in_place += told.in_place;
            counts.cpu_s += told.cpu_s;
            counts.sound_s += told.sound_s;
            match &told.decided {
                Some(Decided::Attempt(code)) if code.as_str() == scene.code => counts.right += 1,
                Some(Decided::Attempt(_)) => counts.wrong += 1,
                Some(Decided::Cancel | Decided::No) => counts.refused += 1,
                Some(_) => counts.again += 1,
                None => counts.unheard += 1,
            }
        };
        note(by_condition.entry(scene.condition.clone()).or_default());
        if scene.condition == "quiet" {
            note(by_speaker.entry(speaker).or_default());
        }
    }
    let plain = |all: BTreeMap<String, Counts>| -> Value {
        all.into_iter()
            .map(|(name, counts)| (name, counts.json()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    Ok(json!({
        "method": "codes of 4, 5 and 6 digits out of single digits of one speaker, 150 to 400 ms between them; noise by chance out of the set; \
                   through high-pass, detector of voice, ear, engine and the closed grammar of digits, first turn only",
        "by_condition": plain(by_condition), "quiet_by_speaker": plain(by_speaker),
    }))
}

struct Told {
    decided: Option<Decided>,
    in_place: u64,
    cpu_s: f64,
    sound_s: f64,
}

fn attempt(recogniser: &Recogniser, scene: &Scene) -> anyhow::Result<Told> {
    let count = u8::try_from(scene.code.len())?;
    let mut told = Told {
        decided: None,
        in_place: 0,
        cpu_s: 0.0,
        sound_s: 0.0,
    };
    let Some(turn) = heed(&scene.pcm, listen(scene.code.len()), EarConfig::default())
        .into_iter()
        .next()
    else {
        return Ok(told);
    };
    let mut grammar = ClosedGrammar::digits(Language::English, count)?;
    let all = recogniser.answer(&turn.utterance, grammar.hints())?;
    let Some(heard) = all.first() else {
        return Ok(told);
    };
    told.cpu_s = all.iter().map(|heard| heard.cpu.as_secs_f64()).sum();
    told.sound_s = turn.utterance.length().as_secs_f64();
    let read = digits_of(&heard.text);
    told.in_place = scene
        .code
        .chars()
        .zip(read.chars())
        .filter(|(a, b)| a == b)
        .count() as u64;
    told.decided = Some(grammar.step(&Answered {
        utterance: &turn.utterance,
        transcripts: &all,
        terms_end: None,
        is_ours_out: true,
    }));
    Ok(told)
}

/// Figures of words and figures; what is neither is left out.
fn digits_of(text: &str) -> String {
    words(text)
        .iter()
        .filter_map(|word| match word.as_str() {
            "oh" => Some("0".to_owned()),
            figures if figures.chars().all(|c| c.is_ascii_digit()) => Some(figures.to_owned()),
            name => NAMES
                .iter()
                .position(|known| *known == name)
                .map(|at| at.to_string()),
        })
        .collect()
}

/// Single digits of each speaker, in a quiet room.
pub(super) fn digits(recogniser: &Recogniser, set: &Set, effort: Effort) -> anyhow::Result<Value> {
    let mut chance = Chance::new(31);
    let hints = Hints {
        grammar: Grammar::digits(1..=1)?,
        care: Care::Sealed,
        language: Language::English,
    };
    let (mut all, mut by_speaker) = (Tally::default(), serde_json::Map::new());
    for (speaker, clips) in &set.speakers {
        let mut tally = Tally::default();
        // Every so many of them, so that all digits and all indexes come up.
        let step = clips.len().div_ceil(effort.digits.max(1)).max(1);
        for clip in clips.iter().step_by(step) {
            let mut pcm = silence(250);
            pcm.extend(&clip.pcm);
            pcm.extend(silence(250));
            add_room(&mut pcm, &mut chance);
            let said = NAMES
                .get(usize::from(clip.digit))
                .copied()
                .unwrap_or_default();
            let heard = recogniser.read(utterance(&pcm, Care::Sealed), &hints)?;
            let read: Vec<&str> = digits_of(&heard.text)
                .chars()
                .filter_map(|c| NAMES.get(c.to_digit(10)? as usize).copied())
                .collect();
            tally.note(
                said,
                &read.join(" "),
                heard.cpu.as_secs_f64(),
                pcm.len() as f64 / 16_000.0,
            );
        }
        all = all.plus(tally);
        by_speaker.insert(speaker.clone(), tally.json());
    }
    Ok(json!({ "all": all.json(), "by_speaker": by_speaker }))
}

/// Where the ear believes that codes end, against where they do. No engine: the ear alone.
pub(super) fn ends(set: &Set, effort: Effort) -> Value {
    let mut by_condition = BTreeMap::<String, Ends>::new();
    let mut by_noise = BTreeMap::<String, Ends>::new();
    for (_, scene) in scenes(set, effort) {
        by_condition
            .entry(scene.condition.clone())
            .or_default()
            .note(&scene);
    }
    let mut chance = Chance::new(41);
    for noise in &set.noises {
        for clips in set.speakers.values() {
            let scene = scene(clips, 4, Some((noise, 10.0)), &mut chance);
            by_noise.entry(noise.name.clone()).or_default().note(&scene);
        }
    }
    let plain = |all: BTreeMap<String, Ends>| -> Value {
        all.into_iter()
            .map(|(name, ends)| (name, ends.json()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    json!({
        "method": "end of the last voice as the ear has it (milliseconds behind the last sample louder than a fortieth of the digit's loudest); \
                   decided: when it was; one_turn: codes that stayed one turn and ended by silence. Hold of digits: 1,500 ms",
        "by_condition": plain(by_condition), "by_noise_at_10_db": plain(by_noise),
    })
}

#[derive(Debug, Default)]
struct Ends {
    late_ms: Vec<f64>,
    decided_ms: Vec<f64>,
    scenes: u64,
    one_turn: u64,
    never: u64,
}

impl Ends {
    fn note(&mut self, scene: &Scene) {
        self.scenes += 1;
        let turns = heed(&scene.pcm, listen(scene.code.len()), EarConfig::default());
        self.one_turn += u64::from(
            turns.len() == 1 && turns.first().is_some_and(|turn| turn.row != Row::Released),
        );
        self.never += u64::from(turns.last().is_some_and(|turn| turn.row == Row::Released));
        // The turn in which the code ends.
        let last = turns
            .iter()
            .find(|turn| turn.utterance.end() >= SampleIdx::new(scene.end as u64));
        let ms = |at: usize| (at as f64 - scene.end as f64) / 16.0;
        if let Some(turn) = last.filter(|turn| turn.row != Row::Released) {
            self.late_ms.push(ms(turn.voice_end));
            self.decided_ms.push(ms(turn.decided));
        }
    }

    fn json(&self) -> Value {
        let size = Spread::of(self.late_ms.iter().map(|ms| ms.abs()).collect());
        let (late, decided) = (
            Spread::of(self.late_ms.clone()),
            Spread::of(self.decided_ms.clone()),
        );
        json!({
            "codes": self.scenes, "one_turn": round(share(self.one_turn, self.scenes)), "never_ended": round(share(self.never, self.scenes)),
            "error_ms_p50": late.median(), "error_ms_abs_p95": size.percentile(95.0), "decided_ms_p50": decided.median(), "decided_ms_p95": decided.percentile(95.0),
        })
    }
}
