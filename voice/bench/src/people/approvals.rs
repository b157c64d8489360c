//! An open approval with its whole list of words: what noise and digits do to it, and what is made of words that are said.

use std::collections::BTreeMap;

use errand_trust::word_list;
use errand_types::Language;
use errand_voice_core::{
    Answered, Care, ClosedGrammar, Decided, EarConfig, Listen, Pace, Transcript, Utterance,
};
use serde_json::{Value, json};

use super::codes::DISTANCES;
use super::{Effort, Set};
use crate::noise::{Chance, Noise};
use crate::recognise::{Recogniser, Skipped, skip};
use crate::score::{round, share};
use crate::sound::{add_noise, add_room, heed, silence};
use crate::voices::Talker;

/// One time that something was heard while an approval was open.
struct Event {
    /// `noise`, `digits`, or the voice that said two words.
    source: String,
    condition: String,
    /// Two words of the list were read.
    is_shaped: bool,
    is_right: bool,
    decided: Option<Decided>,
    /// How far the words lie before the filler, for each second of voice.
    lead: Option<f32>,
    cpu_s: f64,
    sound_s: f64,
}

pub(super) fn against(
    recogniser: &Recogniser,
    set: &Set,
    talkers: &[Talker],
    effort: Effort,
    skipped: &mut Skipped,
) -> anyhow::Result<Value> {
    let words: Vec<&str> = word_list().collect();
    let mut chance = Chance::new(53);
    let mut open = Open {
        recogniser,
        words: &words,
    };
    let forced = forced(&mut open, set, effort, &mut chance)?;
    if talkers.is_empty() {
        skip(
            skipped,
            "pairs of words",
            "no synthetic voice is installed",
            "scripts/setup.sh test",
        );
    }
    let said = said(&mut open, set, talkers, effort, &mut chance)?;
    let all: Vec<&Event> = forced.iter().chain(&said).collect();
    let sum = |of: fn(&Event) -> f64| all.iter().map(|event| of(event)).sum::<f64>();
    Ok(json!({
        "method": "an open approval with all words of the list; each time two other words are meant; through high-pass, detector of \
                   voice, ear, engine and closed grammar; every turn counts. lead: logarithm of the likelihood of the words over that \
                   of any sounds (set back by the engine's own handicap), for each second of voice",
        "forced": by(&forced, |event| event.source.clone()),
        "right_by_chance": forced.iter().filter(|event| event.is_right && matches!(event.decided, Some(Decided::Attempt(_)))).count(),
        "said_by_condition": by(&said, |event| event.condition.clone()),
        "said_by_voice_in_quiet": by(&said.iter().filter(|event| event.condition == "quiet").collect::<Vec<_>>(), |event| event.source.clone()),
        "curve": curve(&forced, &said),
        "rtf_cpu": round(sum(|event| event.cpu_s) / sum(|event| event.sound_s).max(1e-9)),
    }))
}

struct Open<'a> {
    recogniser: &'a Recogniser,
    words: &'a [&'a str],
}

impl Open<'_> {
    /// Everything that is heard in a sound, while these two words are meant.
    fn hear(
        &mut self,
        pcm: &[f32],
        meant: &str,
        source: &str,
        condition: &str,
    ) -> anyhow::Result<Vec<Event>> {
        let listen = Listen {
            care: Care::Sealed,
            ..Listen::default()
        };
        let mut events = Vec::new();
        for turn in heed(pcm, listen, EarConfig::default()) {
            // A grammar of its own for each: the re-asks of one approval are not what is measured.
            let mut grammar = ClosedGrammar::words(Language::English, self.words.iter().copied())?;
            let all = self.recogniser.answer(&turn.utterance, grammar.hints())?;
            let Some(heard) = all.first() else { continue };
            let decided = grammar.step(&Answered {
                utterance: &turn.utterance,
                transcripts: &all,
                terms_end: None,
                is_ours_out: true,
            });
            let said: Vec<&str> = heard.text.split_whitespace().collect();
            events.push(Event {
                source: source.to_owned(),
                condition: condition.to_owned(),
                is_shaped: said.len() == 2
                    && said
                        .iter()
                        .all(|word| self.words.binary_search(word).is_ok()),
                is_right: match &decided {
                    Decided::Attempt(words) => words.as_str() == meant,
                    _ => heard.text == meant,
                },
                lead: lead(heard, &turn.utterance),
                decided: Some(decided),
                cpu_s: all.iter().map(|heard| heard.cpu.as_secs_f64()).sum(),
                sound_s: turn.utterance.length().as_secs_f64(),
            });
        }
        if events.is_empty() {
            events.push(Event {
                source: source.to_owned(),
                condition: condition.to_owned(),
                is_shaped: false,
                is_right: false,
                decided: None,
                lead: None,
                cpu_s: 0.0,
                sound_s: 0.0,
            });
        }
        Ok(events)
    }

    fn meant(&self, chance: &mut Chance) -> String {
        let mut word = || chance.of(self.words).copied().unwrap_or_default();
        format!("{} {}", word(), word())
    }
}

pub(super) fn lead(heard: &Transcript, utterance: &Utterance) -> Option<f32> {
    let (best, rest) = heard.nbest.split_first()?;
    let filler = rest.iter().find(|other| other.text == "<unk>")?;
    Some((best.score - filler.score) / utterance.voiced().as_secs_f32().max(0.01))
}

/// Stretches of noise and of digits: nobody answers.
fn forced(
    open: &mut Open<'_>,
    set: &Set,
    effort: Effort,
    chance: &mut Chance,
) -> anyhow::Result<Vec<Event>> {
    let mut events = Vec::new();
    let clips: Vec<_> = set.speakers.values().collect();
    for n in 0..effort.forced {
        let meant = open.meant(chance);
        let mut pcm = silence(800);
        let noise = set.noises.get(n / 2 % set.noises.len().max(1));
        let is_digits = n % 2 == 0 && !clips.is_empty();
        if is_digits {
            let Some(of_one) = chance.of(&clips) else {
                continue;
            };
            for _ in 0..3 + chance.below(4) {
                pcm.extend(
                    chance
                        .of(of_one)
                        .iter()
                        .flat_map(|clip| clip.pcm.iter().copied()),
                );
                pcm.extend(silence(chance.below(300)));
            }
        } else if let Some(noise) = noise {
            // As loud as somebody who speaks, for half a second to four.
            let length = 8_000 + chance.below(56_000);
            let mut stretch = vec![0.0; length];
            add_noise(&mut stretch, &noise.pcm, 0.0, chance);
            pcm.extend(stretch);
        }
        pcm.extend(silence(1_200));
        add_room(&mut pcm, chance);
        let source = if is_digits { "digits" } else { "noise" };
        events.extend(
            open.hear(
                &pcm,
                &meant,
                source,
                noise
                    .filter(|_| !is_digits)
                    .map_or("quiet", |noise| noise.name.as_str()),
            )?,
        );
    }
    Ok(events)
}

/// Two words, as synthetic voices say them.
fn said(
    open: &mut Open<'_>,
    set: &Set,
    talkers: &[Talker],
    effort: Effort,
    chance: &mut Chance,
) -> anyhow::Result<Vec<Event>> {
    let mut events = Vec::new();
    for talker in talkers {
        for _ in 0..effort.pairs {
            let meant = open.meant(chance);
            let voice = talker.say(&meant, Pace::percent(90))?;
            for distance in DISTANCES {
                let mut pcm = silence(1_200);
                pcm.extend(&voice);
                pcm.extend(silence(1_500));
                let noise: Option<&Noise> = distance.and_then(|_| chance.of(&set.noises));
                if let Some((noise, db)) = noise.zip(distance) {
                    add_noise(&mut pcm, &noise.pcm, db, chance);
                }
                add_room(&mut pcm, chance);
                let condition =
                    distance.map_or_else(|| "quiet".to_owned(), |db| format!("{db} dB"));
                events.extend(open.hear(&pcm, &meant, &talker.name, &condition)?);
            }
        }
    }
    Ok(events)
}

fn by<'a>(
    events: impl IntoIterator<Item = &'a (impl std::borrow::Borrow<Event> + 'a)>,
    key: impl Fn(&Event) -> String,
) -> Value {
    let mut groups = BTreeMap::<String, Vec<&Event>>::new();
    for event in events {
        let event: &Event = event.borrow();
        groups.entry(key(event)).or_default().push(event);
    }
    let told = groups.into_iter().map(|(name, events)| {
        let count = |keep: &dyn Fn(&Event) -> bool| events.iter().filter(|event| keep(event)).count() as u64;
        let all = events.len() as u64;
        let part = |keep: &dyn Fn(&Event) -> bool| round(share(count(keep), all));
        let is_attempt = |event: &Event| matches!(event.decided, Some(Decided::Attempt(_)));
        let value = json!({
            "heard": all, "right_attempt": part(&|e| is_attempt(e) && e.is_right), "wrong_attempt": part(&|e| is_attempt(e) && !e.is_right),
            "taken_for_a_no": part(&|e| matches!(e.decided, Some(Decided::No | Decided::Cancel))),
            "asked_again": part(&|e| matches!(e.decided, Some(Decided::AskAgain { .. } | Decided::GiveUp | Decided::Repeat | Decided::BareYes | Decided::TooEarly))),
            "not_heard": part(&|e| e.decided.is_none()), "forced_onto_two_words": part(&|e| e.is_shaped),
        });
        (name, value)
    });
    told.collect::<serde_json::Map<_, _>>().into()
}

/// What each margin would let through; the built-in one was chosen from this.
fn curve(forced: &[Event], said: &[Event]) -> Value {
    let at = |events: &[Event], margin: f32, is_right: Option<bool>| {
        let heard: Vec<&Event> = events
            .iter()
            .filter(|event| event.decided.is_some())
            .collect();
        let through = heard.iter().filter(|event| {
            event.is_shaped
                && event.lead.is_some_and(|lead| lead >= margin)
                && is_right.is_none_or(|right| event.is_right == right)
        });
        round(share(through.count() as u64, heard.len() as u64))
    };
    if said.iter().all(|event| event.lead.is_none()) {
        return Value::Null;
    }
    let natural: Vec<&Event> = said
        .iter()
        .filter(|event| event.source.starts_with("flite:"))
        .collect();
    let natural_right = |margin: f32| {
        let through = natural.iter().filter(|event| {
            event.is_shaped && event.is_right && event.lead.is_some_and(|lead| lead >= margin)
        });
        round(share(through.count() as u64, natural.len() as u64))
    };
    (-24..=30)
        .map(|step: i8| {
            let margin = f32::from(step) * 10.0;
            json!({
                "margin": margin, "right": at(said, margin, Some(true)), "right_of_clearer_voices": natural_right(margin),
                "wrong": at(said, margin, Some(false)), "forced": at(forced, margin, None),
            })
        })
        .collect()
}
