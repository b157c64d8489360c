//! The wake word: what it costs, whether it is heard, and what else wakes it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use errand_meter::thread_cpu;
use errand_voice_core::{
    Ear, EarConfig, EarEffect, Earshot, Frame, Gate, Listener, Pace, Passthrough, SampleIdx,
    WakeModel, from_s16,
};
use serde_json::{Value, json};

use crate::noise::{Chance, Noise};
use crate::recognise::{Skipped, skip};
use crate::score::round;
use crate::sets::{ASIDES, CALLS, CONFUSERS, PROMPTS, REQUESTS};
use crate::sound::{add_noise, add_room, frames, silence};
use crate::voices::Talker;

/// Voices that the detector was trained with, as far as this machine has them under these names (voice/wake/speech.py).
const TRAINED: &[&str] = &[
    "flite:slt",
    "flite:rms",
    "flite:kal16",
    "flite:awb",
    "espeak-ng:en-us",
    "espeak-ng:en-gb",
    "espeak-ng:en-gb-scotland",
    "espeak-ng:en-gb-x-rp",
    "espeak-ng:en-029",
];
const PACES: [u8; 3] = [80, 100, 125];

/// The network, from the folder that a setting of the environment names or from where the tests have it.
pub(crate) fn model(skipped: &mut Skipped) -> Option<WakeModel> {
    let folder = std::env::var_os("ERRAND_WAKE_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/voice/wake"),
        PathBuf::from,
    );
    let read = |name: &str| std::fs::read(folder.join(name)).map_err(|e| e.kind().to_string());
    let files = read("melspectrogram.onnx").and_then(|a| Ok((a, read("embedding_model.onnx")?)));
    let model = files
        .and_then(|(a, b)| WakeModel::read(&a, &b).map_err(|fault| fault.to_string()))
        .map_err(|cause| {
            let remedy =
                "scripts/models.sh wake, or name the folder of its two files in ERRAND_WAKE_DIR";
            skip(skipped, "the wake word", &cause, remedy);
        });
    model.ok()
}

/// A listener behind the wake word, or the same without one.
fn listener(model: Option<&WakeModel>) -> Listener {
    let config = EarConfig {
        gate: Gate::Wake,
        ..EarConfig::default()
    };
    Listener::new(
        Box::new(Passthrough),
        Box::new(Earshot::default()),
        model.map(|model| Box::new(model.detector()) as Box<_>),
        Ear::new(config),
    )
}

/// Where a sound wakes it, and how sure it was.
pub(crate) fn wakes(model: &WakeModel, pcm: &[f32]) -> Vec<(SampleIdx, f32)> {
    let mut listener = listener(Some(model));
    let nothing = Frame::silence(SampleIdx::ZERO);
    let told = frames(pcm).flat_map(|frame| listener.hear(&frame, &nothing));
    told.filter_map(|effect| match effect {
        EarEffect::Woken { end, score, .. } => Some((end, score)),
        _ => None,
    })
    .collect()
}

/// Tells where a file of raw samples wakes it, one line of JSON each: for sets that are made elsewhere (voice/wake).
///
/// # Errors
/// When the network or the file is not there.
pub fn file(path: &Path, tell: &dyn Fn(&str)) -> anyhow::Result<()> {
    let mut skipped = Skipped::new();
    let model = model(&mut skipped);
    let model =
        model.with_context(|| skipped.iter().map(ToString::to_string).collect::<String>())?;
    let bytes = std::fs::read(path).with_context(|| format!("`{}`", path.display()))?;
    let samples = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|s| i16::from_le_bytes(*s));
    let pcm: Vec<f32> = samples.map(from_s16).collect();
    for (end, score) in wakes(&model, &pcm) {
        tell(&json!({ "end": end.get(), "score": score }).to_string());
    }
    Ok(())
}

/// V3: share of a core beyond what hearing costs anyway; talk for 30 % of the time, and talk without a pause.
pub(crate) fn cost(model: &WakeModel, talk: &[Vec<f32>]) -> Value {
    let mut chance = Chance::new(31);
    let mut told = serde_json::Map::new();
    for (name, share) in [("30_percent_speech", 0.3), ("speech_alone", 1.0)] {
        let mut pcm: Vec<f32> = Vec::new();
        for sentence in talk.iter().cycle().take(60) {
            pcm.extend(sentence);
            let pause = sentence.len() as f32 * (1.0 / share - 1.0);
            pcm.extend(std::iter::repeat_n(0.0, pause as usize));
        }
        add_room(&mut pcm, &mut chance);
        let spent = |model: Option<&WakeModel>| {
            let mut listener = listener(model);
            let nothing = Frame::silence(SampleIdx::ZERO);
            let began = thread_cpu();
            for frame in frames(&pcm) {
                listener.hear(&frame, &nothing);
            }
            thread_cpu().saturating_sub(began).as_secs_f64()
        };
        let (without, with) = (spent(None), spent(Some(model)));
        let seconds = pcm.len() as f64 / 16_000.0;
        told.insert(
            name.to_owned(),
            json!({
                "percent_of_a_core": round(100.0 * (with - without) / seconds), "seconds": round(seconds),
                "hearing_without_it": round(100.0 * without / seconds),
            }),
        );
    }
    Value::Object(told)
}

/// Calls and their neighbours by every voice, in a quiet room and 15 dB above noise: how many were heard, apart for voices that
/// were trained with and for those that were not.
pub(crate) fn heard(
    model: &WakeModel,
    talkers: &[Talker],
    noises: &[Noise],
) -> anyhow::Result<Value> {
    let mut chance = Chance::new(47);
    let mut told = serde_json::Map::new();
    let sets: [(&str, &[&str]); 2] = [("calls", CALLS), ("confusers", CONFUSERS)];
    for (set, texts) in sets {
        for is_trained in [true, false] {
            for is_noisy in [false, true] {
                let (mut woken, mut said) = (0, 0);
                let mut by = Vec::new();
                let voices = talkers
                    .iter()
                    .filter(|t| TRAINED.contains(&t.name.as_str()) == is_trained);
                for talker in voices {
                    for text in texts {
                        for pace in PACES {
                            let mut pcm = silence(1_200);
                            pcm.extend(talker.say(text, Pace::percent(pace))?);
                            pcm.extend(silence(900));
                            add_room(&mut pcm, &mut chance);
                            if is_noisy && let Some(noise) = chance.of(noises) {
                                add_noise(&mut pcm, &noise.pcm, 15.0, &mut chance);
                            }
                            let is_woken = !wakes(model, &pcm).is_empty();
                            said += 1;
                            woken += usize::from(is_woken);
                            if is_woken != (set == "calls") {
                                by.push(format!("{} {text} {pace}", talker.name));
                            }
                        }
                    }
                }
                let voices = if is_trained { "trained" } else { "unseen" };
                let room = if is_noisy { "15_db" } else { "quiet" };
                by.truncate(12);
                told.insert(
                    format!("{set}_{voices}_{room}"),
                    json!({ "woken": woken, "of": said, "wrong": by }),
                );
            }
        }
    }
    Ok(Value::Object(told))
}

/// What wakes it that is no call: requests, asides and our own prompts by every voice, and the noises of a house, for so many
/// minutes of each.
pub(crate) fn false_accepts(
    model: &WakeModel,
    talkers: &[Talker],
    noises: &[Noise],
    minutes: usize,
) -> anyhow::Result<Value> {
    let mut chance = Chance::new(53);
    let most = minutes * 60 * crate::sound::RATE;
    let mut told = serde_json::Map::new();
    let prompts: Vec<&str> = PROMPTS
        .iter()
        .flat_map(|p| p.split_inclusive(". "))
        .collect();
    let requests: Vec<&str> = REQUESTS.iter().chain(ASIDES).copied().collect();
    for (name, texts) in [("requests", requests), ("our_prompts", prompts)] {
        let mut pcm: Vec<f32> = Vec::new();
        'filling: loop {
            let before = pcm.len();
            for text in &texts {
                let Some(talker) = chance.of(talkers) else {
                    break 'filling;
                };
                let pace = Pace::percent(85 + chance.below(40) as u8);
                pcm.extend(talker.say(text, pace)?);
                pcm.extend(silence(200 + chance.below(800)));
                if pcm.len() >= most {
                    break 'filling;
                }
            }
            if pcm.len() == before {
                break;
            }
        }
        add_room(&mut pcm, &mut chance);
        told.insert(name.to_owned(), counted(model, &pcm));
    }
    for noise in noises {
        let mut pcm = vec![0.0; most.min(noise.pcm.len() * 4)];
        add_noise(&mut pcm, &noise.pcm, 0.0, &mut chance);
        told.insert(format!("noise_{}", noise.name), counted(model, &pcm));
    }
    Ok(Value::Object(told))
}

/// Sentences that somebody else wrote, each said once by a voice and at a pace by chance, some of them in each room: how often one
/// wakes it, in how many hours, and which. It takes hours of CPU, so how far it is is told on the way.
pub(crate) fn read_aloud(
    model: &WakeModel,
    talkers: &[Talker],
    texts: &[String],
    tell: &dyn Fn(&str),
) -> anyhow::Result<Value> {
    /// Sentences in one room.
    const IN_A_ROOM: usize = 100;
    /// Rooms between two lines that tell how far it is.
    const ROOMS_A_LINE: usize = 10;
    /// One sentence of so many may be lost.
    const UNSPOKEN_MAX: usize = 100;
    let hours = |samples: usize| samples as f64 / (crate::sound::RATE * 3_600) as f64;
    let mut chance = Chance::new(59);
    let (mut samples, mut woken, mut unspoken, mut by) = (0, 0, 0, Vec::new());
    for (room, some) in texts.chunks(IN_A_ROOM).enumerate() {
        let mut pcm: Vec<f32> = Vec::new();
        let mut ends = Vec::new();
        for text in some {
            let Some(talker) = chance.of(talkers) else {
                break;
            };
            let pace = Pace::percent(85 + chance.below(40) as u8);
            // A voice that fails at one sentence of thousands, or is late on a busy machine, does not end hours of work.
            let Ok(said) = talker.say(text, pace) else {
                unspoken += 1;
                anyhow::ensure!(
                    unspoken <= texts.len() / UNSPOKEN_MAX,
                    "{unspoken} of {} sentences could not be spoken",
                    texts.len()
                );
                continue;
            };
            pcm.extend(said);
            pcm.extend(silence(200 + chance.below(800)));
            ends.push((pcm.len() as u64, text, &talker.name));
        }
        add_room(&mut pcm, &mut chance);
        samples += pcm.len();
        for (end, _) in wakes(model, &pcm) {
            woken += 1;
            let at = ends.iter().find(|(until, ..)| *until >= end.get());
            if let Some((_, text, voice)) = at {
                tell(&format!("read aloud: woken by {voice}: {text}"));
                by.push(format!("{voice} {text}"));
            }
        }
        if (room + 1) % ROOMS_A_LINE == 0 {
            tell(&format!(
                "read aloud: {} of {} sentences, {:.1} h, woken {woken} times",
                (room + 1) * IN_A_ROOM,
                texts.len(),
                hours(samples)
            ));
        }
    }
    by.truncate(12);
    Ok(
        json!({ "woken": woken, "hours": round(hours(samples)), "sentences": texts.len() - unspoken, "unspoken": unspoken, "by": by }),
    )
}

fn counted(model: &WakeModel, pcm: &[f32]) -> Value {
    let found = wakes(model, pcm);
    json!({ "woken": found.len(), "minutes": round(pcm.len() as f64 / 960_000.0) })
}
