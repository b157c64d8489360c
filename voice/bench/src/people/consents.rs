//! An open question that a yes answers: how often a yes is heard as one, and how often anything else is.

use std::collections::BTreeMap;

use errand_trust::word_list;
use errand_types::Language;
use errand_voice_core::{Answered, Care, ClosedGrammar, Decided, EarConfig, Listen, Pace};
use serde_json::{Value, json};

use super::codes::DISTANCES;
use super::{Effort, Set};
use crate::noise::Chance;
use crate::recognise::Recogniser;
use crate::score::{round, share};
use crate::sets::{ASIDES, REQUESTS};
use crate::sound::{add_noise, add_room, heed, silence};
use crate::voices::Talker;

/// What people say for yes.
const YES: &[&str] = &["yes", "yes please", "yeah", "okay", "sure"];
/// How fast: each makes another sound of the same words.
const PACES: [u8; 3] = [85, 100, 115];
/// Misreadings that are told.
const TOLD: usize = 40;

#[derive(Debug, Default)]
struct Counts {
    heard: u64,
    granted: u64,
    refused: u64,
    again: u64,
    words: u64,
    unheard: u64,
    misread: BTreeMap<String, u64>,
}

impl Counts {
    fn note(&mut self, decided: Option<&Decided>, said: &str, read: &str) {
        self.heard += 1;
        let slot = match decided {
            Some(Decided::BareYes) => &mut self.granted,
            Some(Decided::No | Decided::Cancel) => &mut self.refused,
            Some(Decided::Attempt(_)) => &mut self.words,
            Some(_) => &mut self.again,
            None => &mut self.unheard,
        };
        *slot += 1;
        if decided.is_some_and(|decided| *decided != Decided::BareYes) {
            *self.misread.entry(format!("{said} -> {read}")).or_default() += 1;
        }
    }

    fn json(&self) -> Value {
        let part = |count| round(share(count, self.heard));
        json!({
            "heard": self.heard, "taken_for_yes": part(self.granted), "asked_again": part(self.again), "taken_for_words": part(self.words),
            "taken_for_a_no": part(self.refused), "not_heard": part(self.unheard),
        })
    }
}

/// Yes by each voice in each condition, and everything else that is no yes: noise, digits, and sentences to somebody else.
pub(super) fn against(
    recogniser: &Recogniser,
    set: &Set,
    talkers: &[Talker],
    effort: Effort,
) -> anyhow::Result<Value> {
    let mut chance = Chance::new(67);
    let mut by_condition = BTreeMap::<String, Counts>::new();
    let mut by_voice = BTreeMap::<String, Counts>::new();
    let mut by_words = BTreeMap::<String, Counts>::new();
    for talker in talkers {
        for phrase in YES {
            for pace in PACES.iter().take(effort.paces) {
                let voice = talker.say(phrase, Pace::percent(*pace))?;
                for distance in DISTANCES {
                    let mut pcm = silence(1_200);
                    pcm.extend(&voice);
                    pcm.extend(silence(1_500));
                    if let Some((noise, db)) = chance.of(&set.noises).zip(distance) {
                        add_noise(&mut pcm, &noise.pcm, db, &mut chance);
                    }
                    add_room(&mut pcm, &mut chance);
                    let condition =
                        distance.map_or_else(|| "quiet".to_owned(), |db| format!("{db} dB"));
                    let kind = talker.name.split(':').next().unwrap_or_default();
                    for (decided, read) in hear(recogniser, &pcm)? {
                        let note = |counts: &mut BTreeMap<String, Counts>, key: String| {
                            counts
                                .entry(key)
                                .or_default()
                                .note(decided.as_ref(), phrase, &read);
                        };
                        note(&mut by_condition, format!("{kind} {condition}"));
                        if distance.is_none() {
                            note(&mut by_voice, talker.name.clone());
                            note(&mut by_words, format!("{kind} {phrase}"));
                        }
                    }
                }
            }
        }
    }
    let other = others(recogniser, set, talkers, effort, &mut chance)?;
    let told = |counts: &BTreeMap<String, Counts>| -> serde_json::Map<String, Value> {
        counts
            .iter()
            .map(|(name, counts)| (name.clone(), counts.json()))
            .collect()
    };
    let mut misread: Vec<(&String, &u64)> = by_voice
        .values()
        .flat_map(|counts| &counts.misread)
        .collect();
    misread.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let misread: Vec<String> = misread
        .into_iter()
        .take(TOLD)
        .map(|(pair, count)| format!("{pair} ({count})"))
        .collect();
    Ok(json!({
        "method": "an open question that a yes answers, read with the same list of words as an approval; each way to say yes at three paces by \
                   every voice, and noise, digits of people and sentences to somebody else, which are all no yes",
        "said_by_condition": told(&by_condition), "said_by_voice_in_quiet": told(&by_voice), "said_by_words_in_quiet": told(&by_words),
        "misread_in_quiet": misread, "no_yes": told(&other),
    }))
}

/// What is no yes: noise, digits of people, sentences.
fn others(
    recogniser: &Recogniser,
    set: &Set,
    talkers: &[Talker],
    effort: Effort,
    chance: &mut Chance,
) -> anyhow::Result<BTreeMap<String, Counts>> {
    let mut other = BTreeMap::<String, Counts>::new();
    let clips: Vec<_> = set.speakers.values().collect();
    let sentences = [REQUESTS, ASIDES].concat();
    for n in 0..effort.forced {
        let mut pcm = silence(800);
        let noise = set.noises.get(n / 3 % set.noises.len().max(1));
        let source = match (n % 3, noise, chance.of(&clips), chance.of(talkers)) {
            (0, Some(noise), ..) => {
                // As loud as somebody who speaks, for a quarter of a second to three.
                let mut stretch = vec![0.0; 4_000 + chance.below(44_000)];
                add_noise(&mut stretch, &noise.pcm, 0.0, chance);
                pcm.extend(stretch);
                "noise"
            }
            (1, _, Some(of_one), _) => {
                for _ in 0..=chance.below(3) {
                    let clip = chance.of(of_one);
                    pcm.extend(clip.iter().flat_map(|clip| clip.pcm.iter().copied()));
                }
                "digits"
            }
            (_, _, _, Some(talker)) => {
                let sentence = chance.of(&sentences).copied().unwrap_or_default();
                pcm.extend(talker.say(sentence, Pace::USUAL)?);
                "sentences"
            }
            _ => continue,
        };
        pcm.extend(silence(1_200));
        add_room(&mut pcm, chance);
        for (decided, read) in hear(recogniser, &pcm)? {
            let counts = other.entry(source.to_owned()).or_default();
            counts.note(decided.as_ref(), source, &read);
        }
    }
    Ok(other)
}

/// What is made of every turn in a sound; nothing, where none was heard.
fn hear(recogniser: &Recogniser, pcm: &[f32]) -> anyhow::Result<Vec<(Option<Decided>, String)>> {
    let listen = Listen {
        care: Care::Sealed,
        ..Listen::default()
    };
    let mut all = Vec::new();
    for turn in heed(pcm, listen, EarConfig::default()) {
        let mut grammar = ClosedGrammar::words(Language::English, word_list())?;
        let transcripts = recogniser.answer(&turn.utterance, grammar.hints())?;
        let decided = grammar.step(&Answered {
            utterance: &turn.utterance,
            transcripts: &transcripts,
            terms_end: None,
            is_ours_out: true,
        });
        let Some(heard) = transcripts.first() else {
            continue;
        };
        let best = heard
            .nbest
            .iter()
            .max_by(|a, b| a.score.total_cmp(&b.score));
        let is_filler = best.is_some_and(|best| best.text == "<unk>");
        let lead = super::approvals::lead(heard, &turn.utterance).unwrap_or(0.0);
        let mark = if is_filler { "filler before " } else { "" };
        all.push((Some(decided), format!("{mark}{} ({lead:.0})", heard.text)));
    }
    if all.is_empty() {
        all.push((None, String::new()));
    }
    Ok(all)
}
