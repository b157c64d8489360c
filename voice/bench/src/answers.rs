//! From the end of speech to the first sound of an answer, for each row of the table of holds; and where turns end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use errand_meter::Spread;
use errand_types::Language;
use errand_voice_core::{Pace, Sentence, SpeechToText, TextToSpeech};
use errand_voice_talk::{StreamConfig, Times, VoiceEvent, Waiting};
use serde_json::{Value, json};

use crate::noise::{Chance, Noise};
use crate::score::{round, share};
use crate::sound::{add_noise, voiced};
use crate::voices::Talker;
use crate::world::{Setup, Voice, World};

/// What is answered to everything: one short sentence.
const REPLY: &str = "I found three that fit.";
/// What is said for each row: by itself, or to an open question.
const SAID: &[(&str, bool, &str)] = &[
    ("answer", true, "yes please"),
    ("answer", true, "no thanks"),
    ("answer", true, "the second one"),
    (
        "whole",
        false,
        "find me a desk lamp for less than forty dollars",
    ),
    ("whole", false, "what is in my cart"),
    ("whole", false, "add oat milk to my cart"),
    ("whole", false, "show me the cheaper ones"),
    ("usual", false, "olive oil"),
    ("usual", false, "the dark chocolate"),
    ("open", false, "i would like some"),
    ("open", false, "get me two"),
];

/// How many turns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Turns of each sentence.
    pub(crate) turns: usize,
}

impl Effort {
    /// What figures are published with.
    pub(crate) const WHOLE: Self = Self { turns: 6 };
    /// To see that it runs.
    pub(crate) const QUICK: Self = Self { turns: 1 };
}

/// How long a voice of this machine takes to its first sound, by the wall clock: the middle of five.
pub(crate) fn first_sound(voice: &dyn TextToSpeech) -> anyhow::Result<Duration> {
    let info = voice.info();
    let Some(named) = info.voice(Language::English).cloned() else {
        anyhow::bail!("`{}` speaks no English", info.engine)
    };
    let sentence = Sentence::new(REPLY)?;
    let mut all = Vec::new();
    for _ in 0..5 {
        let began = Instant::now();
        let chunk = voice.speak(&sentence, &named, Pace::USUAL)?.next();
        if let Some(Err(error)) = chunk {
            return Err(error.into());
        }
        all.push(began.elapsed());
    }
    all.sort();
    Ok(all.get(2).copied().unwrap_or_default())
}

struct Turn {
    row: String,
    /// Milliseconds from the last sample of the voice, and from the decision.
    from_end: f64,
    from_decision: f64,
    decided: f64,
    end_error: f64,
    reading: f64,
}

/// What is timed.
pub(crate) struct Hands<'a> {
    pub(crate) stt: Arc<dyn SpeechToText>,
    pub(crate) ours: &'a Talker,
    pub(crate) people: &'a [Talker],
    pub(crate) first: Duration,
    pub(crate) config: StreamConfig,
    /// Noise over everything, and how far below speech.
    pub(crate) noise: Option<(&'a Noise, f32)>,
}

/// Turns of every row; reading costs its CPU time, or nothing.
pub(crate) fn turns(
    hands: &Hands<'_>,
    effort: Effort,
    seed: u64,
    counts_reading: bool,
) -> anyhow::Result<Value> {
    let mut chance = Chance::new(seed);
    let mut voice = Voice::new(hands.ours.clone(), hands.first);
    let (mut turns, mut asked, mut cut) = (Vec::new(), 0_u64, 0_u64);
    for n in 0..effort.turns {
        for (_, is_answer, text) in SAID {
            let Some(person) = hands
                .people
                .get((n + asked as usize) % hands.people.len().max(1))
            else {
                continue;
            };
            asked += 1;
            let said = person.say(text, Pace::percent(95))?;
            let begin = if *is_answer { 5_000 } else { 1_500 } * 16;
            let (_, last) = voiced(&said);
            let end = begin + last;
            let mut near = vec![0.0; begin];
            near.extend(&said);
            near.extend(vec![0.0; 5 * 16_000]);
            if let Some((noise, db)) = hands.noise {
                add_noise(&mut near, &noise.pcm, db, &mut chance);
            }
            let mut world = World::new(Setup {
                config: StreamConfig {
                    waiting: Waiting::Nothing,
                    ..hands.config.clone()
                },
                stt: Some(Arc::clone(&hands.stt)),
                nods: Some(Arc::clone(&hands.stt)),
                voice: &mut voice,
                echo: None,
                near,
                reply: REPLY,
                counts_reading,
                follows_drift: false,
                seed: chance.bits(),
            });
            if *is_answer {
                world.said("Shall I take the first one?");
            }
            world.run_until(begin / 16 + last / 16 + 4_500, |seen| {
                let mut late = seen.events.iter().rev().take(12);
                late.any(
                    |(_, event)| matches!(event, VoiceEvent::Times(times) if times.out.is_some()),
                )
            });
            let seen = world.seen();
            let ends = seen
                .events
                .iter()
                .filter(|(_, event)| matches!(event, VoiceEvent::SpeechStopped { .. }))
                .count();
            cut += u64::from(ends > 1);
            let times = seen.events.iter().rev().find_map(|(_, event)| match event {
                VoiceEvent::Times(times) if times.out.is_some() => Some(*times),
                _ => None,
            });
            turns.extend(times.and_then(|times| turn(&times, end)));
        }
    }
    let mut rows = BTreeMap::<String, Vec<&Turn>>::new();
    for turn in &turns {
        rows.entry(turn.row.clone()).or_default().push(turn);
        rows.entry("all".to_owned()).or_default().push(turn);
    }
    let by_row: serde_json::Map<String, Value> = rows
        .into_iter()
        .map(|(row, turns)| (row, told(&turns)))
        .collect();
    Ok(
        json!({ "asked": asked, "answered": turns.len(), "ended_too_early": round(share(cut, asked)), "by_row": by_row }),
    )
}

fn turn(times: &Times, end: usize) -> Option<Turn> {
    let out = times.out?;
    let ms = |at: u64, from: f64| at as f64 / 16.0 - from;
    let true_end = end as f64 / 16.0;
    Some(Turn {
        row: format!("{:?}", times.row).to_lowercase(),
        from_end: ms(out.get(), true_end),
        from_decision: ms(out.get(), times.decided.get() as f64 / 16.0),
        decided: ms(times.decided.get(), true_end),
        end_error: ms(times.voice_end.get(), true_end),
        reading: times
            .reading
            .map_or(0.0, |reading| reading.as_secs_f64() * 1_000.0),
    })
}

fn told(turns: &[&Turn]) -> Value {
    let spread = |of: fn(&Turn) -> f64| Spread::of(turns.iter().map(|turn| of(turn)).collect());
    let both = |spread: Spread| json!({ "p50": round(spread.median()), "p95": round(spread.percentile(95.0)) });
    json!({
        "turns": turns.len(), "first_audio_from_end_ms": both(spread(|turn| turn.from_end)),
        "first_audio_from_decision_ms": both(spread(|turn| turn.from_decision)), "decided_ms": both(spread(|turn| turn.decided)),
        "end_error_ms": both(spread(|turn| turn.end_error)), "reading_cpu_ms": both(spread(|turn| turn.reading)),
    })
}
