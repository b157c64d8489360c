//! Who speaks over us: whether and when we give way, and to what we do not. And our own echo, to which we never do.

use std::sync::Arc;
use std::time::Duration;

use errand_meter::Spread;
use errand_voice_core::{Care, Deadline, Nods, Pace, SpeechToText};
use errand_voice_talk::{StreamConfig, VoiceEvent, Waiting};
use serde_json::{Value, json};

use crate::household;
use crate::noise::{Chance, Noise};
use crate::room::{Echo, Room};
use crate::score::{round, share};
use crate::sets::{ASIDES, BACKCHANNELS, INTERRUPTIONS, PROMPTS, SHORT_REQUESTS};
use crate::sound::{SPEECH_RMS, utterance};
use crate::voices::Talker;
use crate::world::{Seen, Setup, Voice, World};

/// Whoever speaks over us for the floor is given way within so long, in milliseconds.
const YIELD_MS: f64 = 2_000.0;
/// Whoever only listens aloud is not given way within so long.
const BACKCHANNEL_MS: f64 = 1_000.0;
/// Our sound has stopped when it is silent for so many frames of 10 ms.
const SILENT: usize = 20;

/// What is said over us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Interruption,
    Backchannel,
    Cough,
    Noise,
    Aside,
    Short,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Interruption,
        Self::Backchannel,
        Self::Cough,
        Self::Noise,
        Self::Aside,
        Self::Short,
    ];

    fn wants_the_floor(self) -> bool {
        matches!(self, Self::Interruption | Self::Short)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Interruption => "interruption",
            Self::Backchannel => "backchannel",
            Self::Cough => "cough",
            Self::Noise => "noise",
            Self::Aside => "aside",
            Self::Short => "short_request",
        }
    }
}

/// One time.
struct Overlap {
    kind: Kind,
    text: String,
    /// From the first sound over us to our last one, in milliseconds; `None`: we went on.
    yielded_ms: Option<f64>,
    /// From the end of the sound that it was decided on to our last one, in milliseconds.
    decided_ms: Option<f64>,
    /// And began again.
    resumed: bool,
}

/// How many of each kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Interruptions, backchannels, short requests, each.
    pub(crate) main: usize,
    /// Coughs, noises, asides, each.
    pub(crate) others: usize,
    /// Minutes of our own prompts.
    pub(crate) minutes: usize,
}

impl Effort {
    /// What figures are published with.
    pub(crate) const WHOLE: Self = Self {
        main: 100,
        others: 20,
        minutes: 10,
    };
    /// To see that it runs.
    pub(crate) const QUICK: Self = Self {
        main: 6,
        others: 2,
        minutes: 1,
    };
}

/// What the bench has in hand.
pub(crate) struct Hands<'a> {
    pub(crate) stt: Arc<dyn SpeechToText>,
    /// Who tells a nod in its middle.
    pub(crate) nods: Arc<dyn SpeechToText>,
    pub(crate) ours: &'a Talker,
    pub(crate) people: &'a [Talker],
    pub(crate) noises: &'a [Noise],
    pub(crate) first: Duration,
    pub(crate) config: StreamConfig,
}

fn quiet(config: &StreamConfig) -> StreamConfig {
    StreamConfig {
        waiting: Waiting::Nothing,
        ..config.clone()
    }
}

/// Where the microphone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    /// In the room of the loudspeaker.
    InTheRoom,
    /// Where nothing of the loudspeaker is heard: a head-set, a line of its own.
    Apart,
}

/// Overlaps of every kind in rooms by chance, one prompt each. T6 and T7 come from this one run.
pub(crate) fn overlaps(
    hands: &Hands<'_>,
    effort: Effort,
    place: Where,
    seed: u64,
) -> anyhow::Result<Value> {
    let mut chance = Chance::new(seed);
    let mut voice = Voice::new(hands.ours.clone(), hands.first);
    warm(hands)?;
    let mut all = Vec::new();
    for kind in Kind::ALL {
        let count = match kind {
            Kind::Interruption | Kind::Backchannel | Kind::Short => effort.main,
            Kind::Cough | Kind::Noise | Kind::Aside => effort.others,
        };
        for n in 0..count {
            all.push(overlap(hands, &mut voice, (kind, n), place, &mut chance)?);
        }
    }
    let of = |kind: Kind| -> Vec<&Overlap> {
        all.iter().filter(|overlap| overlap.kind == kind).collect()
    };
    let within = |kind: Kind, ms: f64| {
        let of = of(kind);
        let count = of
            .iter()
            .filter(|overlap| overlap.yielded_ms.is_some_and(|at| at <= ms))
            .count();
        share(count as u64, of.len() as u64)
    };
    let waits: Vec<f64> = of(Kind::Interruption)
        .iter()
        .filter_map(|overlap| overlap.yielded_ms)
        .collect();
    let waits_after: Vec<f64> = of(Kind::Interruption)
        .iter()
        .filter_map(|overlap| overlap.decided_ms)
        .collect();
    let by_kind: serde_json::Map<String, Value> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let (of, window) = (of(kind), if kind.wants_the_floor() { YIELD_MS } else { BACKCHANNEL_MS });
            let given: Vec<f64> = of.iter().filter_map(|overlap| overlap.yielded_ms).collect();
            let told = json!({
                "overlaps": of.len(), "gave_way": round(within(kind, window)),
                "gave_way_at_all": round(share(given.len() as u64, of.len() as u64)),
                "of_these_went_on": of.iter().filter(|overlap| overlap.yielded_ms.is_some() && overlap.resumed).count(),
                "after_ms": Spread::of(given).json(),
            });
            (kind.name().to_owned(), told)
        })
        .collect();
    Ok(json!({
        "yield_rate": round(within(Kind::Interruption, YIELD_MS)),
        "backchannel_selectivity": round(1.0 - within(Kind::Backchannel, BACKCHANNEL_MS)),
        "selectivity_with_coughs_and_noises": round(1.0 - (within(Kind::Backchannel, BACKCHANNEL_MS) + within(Kind::Cough, BACKCHANNEL_MS) + within(Kind::Noise, BACKCHANNEL_MS)) / 3.0),
        "yield_from_first_sound_ms": Spread::of(waits).json(),
        "yield_after_decided_ms": Spread::of(waits_after).json(),
        "by_kind": by_kind,
        "short_requests_given_way": round(within(Kind::Short, YIELD_MS)),
        "missed": tell(&of(Kind::Interruption), |overlap| overlap.yielded_ms.is_none_or(|at| at > YIELD_MS)),
        "slow": tell(&of(Kind::Interruption), |overlap| overlap.decided_ms.is_some_and(|ms| ms > 200.0)),
        "gave_way_to": tell(&of(Kind::Backchannel), |overlap| overlap.yielded_ms.is_some_and(|at| at <= BACKCHANNEL_MS)),
    }))
}

/// The decoder of nods is made at the start of a process, not by whoever speaks first.
fn warm(hands: &Hands<'_>) -> anyhow::Result<()> {
    let nods = Nods::new(hands.config.language)?;
    let sound = utterance(&hands.ours.say("okay", Pace::USUAL)?, Care::Ordinary);
    let within = Deadline::usual(Duration::from_secs(60));
    hands.nods.transcribe(sound, nods.hints(), &within)?;
    Ok(())
}

/// The texts of the set's own that went wrong, with how often.
fn tell(overlaps: &[&Overlap], is_wrong: impl Fn(&Overlap) -> bool) -> Value {
    let mut counts = std::collections::BTreeMap::<&str, u32>::new();
    for overlap in overlaps.iter().filter(|overlap| is_wrong(overlap)) {
        *counts.entry(&overlap.text).or_default() += 1;
    }
    json!(counts)
}

fn overlap(
    hands: &Hands<'_>,
    voice: &mut Voice,
    (kind, n): (Kind, usize),
    place: Where,
    chance: &mut Chance,
) -> anyhow::Result<Overlap> {
    let level_db = chance.within(-20.0, 0.0);
    let echo = Echo::new(Room::by(chance, level_db, 0.0), chance.bits());
    let echo = (place == Where::InTheRoom).then_some(echo);
    let texts = match kind {
        Kind::Interruption => INTERRUPTIONS,
        Kind::Backchannel => BACKCHANNELS,
        Kind::Aside => ASIDES,
        Kind::Short => SHORT_REQUESTS,
        Kind::Cough | Kind::Noise => &[],
    };
    let text = texts
        .get(n % texts.len().max(1))
        .copied()
        .unwrap_or(kind.name());
    let person = hands.people.get(n % hands.people.len().max(1));
    let sound = match kind {
        Kind::Cough => household::cough(chance),
        Kind::Noise => {
            let Some(noise) = chance.of(hands.noises) else {
                anyhow::bail!("there is no noise")
            };
            let start = chance.below(noise.pcm.len());
            noise
                .pcm
                .iter()
                .cycle()
                .skip(start)
                .take(12_800)
                .map(|s| s * SPEECH_RMS)
                .collect()
        }
        Kind::Interruption | Kind::Backchannel | Kind::Aside | Kind::Short => match person {
            Some(person) => person.say(text, Pace::USUAL)?,
            None => anyhow::bail!("nobody speaks"),
        },
    };
    // Somebody beside us is farther away.
    let gain = if kind == Kind::Aside { 0.5 } else { 1.0 };
    let onset = (4_000 + chance.below(2_500)) * 16;
    let mut near = vec![0.0; onset];
    near.extend(sound.iter().map(|s| s * gain));
    let mut world = World::new(Setup {
        config: quiet(&hands.config),
        stt: Some(Arc::clone(&hands.stt)),
        nods: Some(Arc::clone(&hands.nods)),
        voice,
        echo,
        near,
        reply: "Good.",
        counts_reading: true,
        follows_drift: false,
        seed: chance.bits(),
    });
    let Some(prompt) = PROMPTS.get(n % PROMPTS.len()) else {
        anyhow::bail!("there is no prompt")
    };
    world.speak_on(prompt);
    world.run(onset / 16 + 3_500);
    let seen = world.seen();
    let stopped = stopped(&seen, onset / 160);
    let decided = stopped.and_then(|at| seen.asked.iter().rev().find(|asked| **asked <= at * 160));
    Ok(Overlap {
        kind,
        text: text.to_owned(),
        yielded_ms: stopped.map(|at| (at * 160) as f64 / 16.0 - onset as f64 / 16.0),
        decided_ms: stopped
            .zip(decided)
            .map(|(at, asked)| (at * 160).saturating_sub(*asked) as f64 / 16.0),
        resumed: stopped.is_some_and(|at| seen.sounding.iter().skip(at + SILENT).any(|is| *is)),
    })
}

/// The first frame from a place on at which our sound stops: it is silent, or was cut off for an answer that may follow at once.
fn stopped(seen: &Seen, from: usize) -> Option<usize> {
    let silent = seen.sounding.get(from..)?;
    let silent = silent
        .windows(SILENT)
        .position(|window| window.iter().all(|is_sounding| !is_sounding));
    let cut = seen.events.iter().find(|(at, event)| {
        let is_cut = matches!(
            event,
            VoiceEvent::ItemDone {
                is_whole: false,
                ..
            }
        );
        is_cut && *at >= from * 160
    });
    let cut = cut.map(|(at, _)| at / 160);
    silent.map(|at| from + at).into_iter().chain(cut).min()
}

/// Minutes of our own prompts without anybody: what we take for somebody.
pub(crate) fn alone(
    hands: &Hands<'_>,
    effort: Effort,
    seed: u64,
    follows_drift: bool,
    drifts: &[f64],
) -> Value {
    let mut chance = Chance::new(seed);
    let mut voice = Voice::new(hands.ours.clone(), hands.first);
    let (mut interruptions, mut stops, mut turns, mut sounded) = (0, 0, 0, 0);
    for minute in 0..effort.minutes {
        let drift = drifts
            .get(minute % drifts.len().max(1))
            .copied()
            .unwrap_or(0.0);
        let echo = Echo::new(Room::by(&mut chance, 0.0, drift), chance.bits());
        let mut world = World::new(Setup {
            config: quiet(&hands.config),
            stt: Some(Arc::clone(&hands.stt)),
            nods: Some(Arc::clone(&hands.nods)),
            voice: &mut voice,
            echo: Some(echo),
            near: Vec::new(),
            reply: "Good.",
            counts_reading: true,
            follows_drift,
            seed: chance.bits(),
        });
        for n in 0..4 {
            if let Some(prompt) = PROMPTS.get((n + minute) % PROMPTS.len()) {
                world.speak_on(prompt);
                let before = world.now();
                world.run_until(40_000, |seen| {
                    seen.events
                        .iter()
                        .rev()
                        .take_while(|(at, _)| *at > before)
                        .any(|(_, event)| matches!(event, VoiceEvent::Silent))
                });
                world.run(400);
            }
            if world.now() > 60 * 16_000 {
                break;
            }
        }
        let seen = world.seen();
        sounded += seen.given;
        turns += seen
            .events
            .iter()
            .filter(|(_, event)| matches!(event, VoiceEvent::SpeechStarted { .. }))
            .count();
        interruptions += seen
            .events
            .iter()
            .filter(|(_, event)| matches!(event, VoiceEvent::Taken { .. } | VoiceEvent::Say { .. }))
            .count();
        stops += seen
            .events
            .iter()
            .filter(|(_, event)| {
                matches!(
                    event,
                    VoiceEvent::ItemDone {
                        is_whole: false,
                        ..
                    }
                )
            })
            .count();
    }
    json!({
        "minutes_of_our_sound": round(sounded as f64 / 960_000.0), "drift_ppm": drifts, "drift_followed": follows_drift,
        "interruptions": interruptions, "answers_cut_off": stops, "turns_told": turns,
        "method": "our own prompts at 0 dB echo in a new room each minute (delay 20-250 ms, reverberation 100-400 ms, a loudspeaker that bends), nobody speaks",
    })
}
