//! What is heard while an approval or a secret is open: a closed grammar, and what counts as an answer.
//!
//! This machine decides whether something was heard plainly enough to be an answer. Whether it is the right one is decided
//! elsewhere, by a comparison that this crate does not have: it never knows which words are meant.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use errand_types::Language;

use crate::frame::{SampleIdx, samples};
use crate::hidden::Hidden;
use crate::lang::{Lang, words};
use crate::ports::{Grammar, GrammarError, Hints, Hypothesis, Transcript};
use crate::utterance::{Care, Utterance};

/// Words of an approval.
const WORDS: usize = 2;
/// A list with fewer words could be guessed by noise that is forced onto it.
const LIST_MIN: usize = 512;
/// The best hypothesis must lie so far before the next one that means something else; in logarithms of the likelihood for each
/// second of voice. Engines whose scores mean otherwise tell none. Chosen for whisper.cpp; docs/voice-figures.md has from what.
const MARGIN: f32 = 1.0;
/// And so far before the filler, in the same unit. For PocketSphinx: what noise and numbers are forced onto never comes so far, and
/// of words that were heard wrongly half does not; the curve is in docs/voice-figures.md.
const MARGIN_FILLER: f32 = 80.0;
/// An engine that knows how sure it is must be at least this sure.
const CONFIDENCE_MIN: f32 = 0.5;
/// Voice of two words, in milliseconds.
const WORDS_MS: std::ops::RangeInclusive<u128> = 300..=4_000;
/// Voice of one digit, in milliseconds.
const DIGIT_MS: std::ops::RangeInclusive<u128> = 60..=1_500;
/// Answers begin at least so long after our last word, in milliseconds: the room has to be silent.
const AFTER_US_MS: u64 = 100;
/// Questions asked again because nothing was understood. They cost no try.
pub const REASKS_MAX: u8 = 2;
/// How an engine writes what is no word.
const FILLER: &[&str] = &[
    "",
    "<unk>",
    "[unk]",
    "<sil>",
    "++noise++",
    "++breath++",
    "++smack++",
];

/// What is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Words,
    Digits(u8),
}

/// The grammar of one open approval or secret, and its re-asks.
pub struct ClosedGrammar {
    language: Language,
    expected: Expected,
    list: BTreeSet<String>,
    hints: Hints,
    reasks: u8,
    /// What was heard the last time, and not plainly.
    unsure: Vec<Hidden>,
}

/// What was heard, and how.
#[derive(Debug, Clone)]
pub struct Answered<'a> {
    /// The sound; it is to be dropped right after.
    pub utterance: &'a Utterance,
    /// What the recognisers of this machine made of it, one transcript each.
    pub transcripts: &'a [Transcript],
    /// Where our last spoken term was over, in the stream of the microphone; `None` when the terms were only shown.
    pub terms_end: Option<SampleIdx>,
    /// Our own sound was silent, or taken out by a canceller that is known to work.
    pub is_ours_out: bool,
}

/// What it is taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// Give the whole thing up. Wins over everything.
    Cancel,
    /// No. Wins over everything but that.
    No,
    /// Say the terms again.
    Repeat,
    /// An attempt: to be counted and judged where words, digits and counters are.
    Attempt(Hidden),
    /// Yes and nothing more: it buys nothing, and the person is told what to say. Costs no try.
    BareYes,
    /// Said before the terms were over: they are spoken again from the start. Costs no try.
    TooEarly,
    /// Not understood: ask again. Costs no try.
    AskAgain {
        /// How often that still happens.
        left: u8,
    },
    /// Not understood too often: the page or the keypad has to do.
    GiveUp,
}

/// Why there is no such grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClosedError {
    /// So short a list is guessed by noise.
    #[error("a list of {found} words is too short for an approval: {LIST_MIN} are needed")]
    ListTooShort {
        /// How many there are.
        found: usize,
    },
    /// The recogniser's grammar cannot be made.
    #[error(transparent)]
    Grammar(#[from] GrammarError),
}

impl ClosedError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ListTooShort { .. } => "VOICE-0017",
            Self::Grammar(error) => error.code(),
        }
    }
}

impl ClosedGrammar {
    /// For two words out of a list. The whole list is expected, in its own order: a recogniser forces what it hears onto
    /// what it has, and must not know which words are meant.
    pub fn words<'a>(
        language: Language,
        list: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ClosedError> {
        let list: BTreeSet<String> = list.into_iter().map(str::to_owned).collect();
        if list.len() < LIST_MIN {
            return Err(ClosedError::ListTooShort { found: list.len() });
        }
        let mut phrases: BTreeSet<String> = list.clone();
        phrases.extend(commands(language));
        let longest = u8::try_from(WORDS).unwrap_or(u8::MAX);
        Ok(Self {
            language,
            expected: Expected::Words,
            list,
            hints: hints(language, Grammar::closed(phrases, longest)?),
            reasks: 0,
            unsure: Vec::new(),
        })
    }

    /// For so many digits, one by one. Only where the person opted in; they are never spoken back.
    pub fn digits(language: Language, count: u8) -> Result<Self, ClosedError> {
        Ok(Self {
            language,
            expected: Expected::Digits(count),
            list: BTreeSet::new(),
            hints: hints(language, Grammar::digits(count..=count)?),
            reasks: 0,
            unsure: Vec::new(),
        })
    }

    /// What the recogniser is told: this grammar, sealed sound.
    pub fn hints(&self) -> &Hints {
        &self.hints
    }

    /// Takes what was heard for something.
    ///
    /// Where several recognisers heard it, a no of any of them is one; two that hear the same two words are believed even where
    /// neither is sure by itself, and two that are sure of different things are not. So are words that are heard again when they were
    /// asked for again.
    pub fn step(&mut self, answered: &Answered<'_>) -> Decided {
        let heard: Vec<Vec<Reading>> = answered.transcripts.iter().map(readings).collect();
        // INVARIANT: a no is easier than a yes. It needs no margin, no pause and no length, only more than the filler.
        let noes: Vec<Decided> = heard.iter().filter_map(|h| self.no_in(h)).collect();
        if let Some(no) = strongest(noes) {
            return no;
        }
        if !self.is_after_terms(answered) {
            return Decided::TooEarly;
        }
        let takes = answered.transcripts.iter().zip(&heard);
        let takes: Vec<Take> = takes
            .map(|(transcript, readings)| self.take(answered.utterance, transcript, readings))
            .collect();
        if let Some(decided) = agreed(&takes) {
            return decided;
        }
        let before = std::mem::take(&mut self.unsure);
        for take in takes {
            let Take::Words { words, .. } = take else {
                continue;
            };
            if before.iter().any(|heard| heard.as_str() == words) {
                return Decided::Attempt(words.into());
            }
            self.unsure.push(words.into());
        }
        self.ask_again()
    }

    /// What one recogniser heard. A part of an answer is none, and no rival of the whole.
    fn take(&self, utterance: &Utterance, transcript: &Transcript, readings: &[Reading]) -> Take {
        let meant: Vec<(Take, f32)> = readings
            .iter()
            .filter_map(|reading| Some((self.meaning(reading)?, reading.score)))
            .collect();
        let Some((best, score)) = meant.iter().find(|(take, _)| *take != Take::Nothing) else {
            return Take::Nothing;
        };
        let fillers = meant.iter().filter(|(take, _)| *take == Take::Nothing);
        let filler = fillers.map(|(_, score)| *score).reduce(f32::max);
        let is_above = filler.is_none_or(|filler| score > &filler);
        match best {
            Take::Words { words, is_plain } if self.is_as_long(utterance) => Take::Words {
                words: words.clone(),
                is_plain: *is_plain
                    && is_sure(transcript)
                    && is_ahead((best, *score), &meant, utterance.voiced()),
            },
            Take::Yes | Take::Repeat if is_above => best.clone(),
            Take::Words { .. } | Take::Yes | Take::Repeat | Take::Nothing => Take::Nothing,
        }
    }

    /// What a reading means: nothing where it is the filler, `None` where it is a part of an answer or something else.
    fn meaning(&self, reading: &Reading) -> Option<Take> {
        if reading.is_filler {
            return Some(Take::Nothing);
        }
        let lang = Lang::of(self.language);
        // "Um, yes" is a yes: a recogniser puts such words where somebody breathes or begins.
        let said = without_filler(&reading.words, lang);
        if said.is_empty() {
            return None;
        }
        if lang.repeat.covers(&said) {
            return Some(Take::Repeat);
        }
        if lang.yes.covers(&said) {
            return Some(Take::Yes);
        }
        let words = match self.expected {
            Expected::Words => self.two_words(&said),
            Expected::Digits(count) => digits(&said, count, lang),
        };
        // Numbers and noise become two words and a breath; docs/voice-figures.md has how often.
        let is_plain = said.len() == reading.words.len();
        words.map(|words| Take::Words { words, is_plain })
    }

    /// Only whether somebody wants out: cancel or no, heard above the filler. For a quick reading over our own voice; it costs
    /// neither a try nor a re-ask.
    pub fn wants_out(&self, transcript: &Transcript) -> Option<Decided> {
        self.no_in(&readings(transcript))
    }

    fn ask_again(&mut self) -> Decided {
        if self.reasks >= REASKS_MAX {
            return Decided::GiveUp;
        }
        self.reasks += 1;
        Decided::AskAgain {
            left: REASKS_MAX - self.reasks,
        }
    }

    fn no_in(&self, readings: &[Reading]) -> Option<Decided> {
        let lang = Lang::of(self.language);
        let filler = readings
            .iter()
            .filter(|r| r.is_filler)
            .map(|r| r.score)
            .reduce(f32::max);
        let heard = |phrases: &crate::lang::Phrases| {
            readings.iter().any(|reading| {
                phrases.is_in(&reading.words) && filler.is_none_or(|filler| reading.score > filler)
            })
        };
        // "Quiet" stops our voice, and may be one of the words as well: then it gives nothing up.
        let stops = readings.iter().any(|reading| {
            let is_above = filler.is_none_or(|filler| reading.score > filler);
            let others: Vec<String> = reading
                .words
                .iter()
                .filter(|word| !self.list.contains(*word))
                .cloned()
                .collect();
            is_above && lang.stop.is_in(&others)
        });
        if heard(&lang.cancel) || stops {
            return Some(Decided::Cancel);
        }
        heard(&lang.no).then_some(Decided::No)
    }

    fn is_after_terms(&self, answered: &Answered<'_>) -> bool {
        // The utterance begins with silence of the pre-roll: its voice is at most so long.
        let voiced = u64::try_from(answered.utterance.voiced().as_millis()).unwrap_or(u64::MAX);
        let voice_from = answered.utterance.end().minus(samples(voiced));
        let began = answered
            .utterance
            .first()
            .max(voice_from.min(answered.utterance.end()));
        answered.is_ours_out
            && answered
                .terms_end
                .is_none_or(|end| began >= end.plus_ms(AFTER_US_MS))
    }

    /// Two words, each of them on the list. Nothing is bent towards it.
    fn two_words(&self, said: &[String]) -> Option<String> {
        let is_known = said.len() == WORDS && said.iter().all(|word| self.list.contains(word));
        is_known.then(|| said.join(" "))
    }

    /// Its voice is as long as such a thing is.
    fn is_as_long(&self, utterance: &Utterance) -> bool {
        let (least, most) = match self.expected {
            Expected::Words => (*WORDS_MS.start(), *WORDS_MS.end()),
            Expected::Digits(count) => (
                DIGIT_MS.start() * u128::from(count),
                DIGIT_MS.end() * u128::from(count),
            ),
        };
        (least..=most).contains(&utterance.voiced().as_millis())
    }
}

/// What one recogniser heard.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Take {
    Words { words: String, is_plain: bool },
    Yes,
    Repeat,
    Nothing,
}

impl Take {
    /// Means the same, however plainly.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Words { words, .. }, Self::Words { words: others, .. }) => words == others,
            _ => self == other,
        }
    }
}

/// Clearly ahead of everything else.
fn is_ahead((best, score): (&Take, f32), meant: &[(Take, f32)], voiced: Duration) -> bool {
    let mut others = meant.iter().filter(|(take, _)| !take.is_same(best));
    others.all(|(take, other)| {
        let margin = match take {
            Take::Nothing => MARGIN_FILLER,
            Take::Words { .. } | Take::Yes | Take::Repeat => MARGIN,
        };
        score - other >= margin * voiced.as_secs_f32()
    })
}

fn is_sure(transcript: &Transcript) -> bool {
    transcript.confidence.is_none_or(|c| c >= CONFIDENCE_MIN)
}

/// Giving everything up wins over a no.
fn strongest(noes: Vec<Decided>) -> Option<Decided> {
    let is_cancel = |no: &Decided| *no == Decided::Cancel;
    let cancel = noes.iter().position(is_cancel).unwrap_or_default();
    noes.into_iter().nth(cancel)
}

/// What several recognisers heard, where they do not contradict each other.
fn agreed(takes: &[Take]) -> Option<Decided> {
    let mut plain: Option<&str> = None;
    let mut seen = Vec::new();
    let mut is_doubled = false;
    for take in takes {
        let Take::Words { words, is_plain } = take else {
            continue;
        };
        if *is_plain && plain.replace(words).is_some_and(|before| before != words) {
            return None;
        }
        if seen.contains(&words) {
            is_doubled = true;
            plain.get_or_insert(words);
        }
        seen.push(words);
    }
    let has = |take: &Take| takes.contains(take);
    let answer = match plain {
        // A recogniser that is held to words makes some of every yes.
        Some(_) if !is_doubled && (has(&Take::Yes) || has(&Take::Repeat)) => return None,
        Some(words) => Decided::Attempt(words.to_owned().into()),
        None if has(&Take::Repeat) => Decided::Repeat,
        None if has(&Take::Yes) => Decided::BareYes,
        None => return None,
    };
    Some(answer)
}

impl fmt::Debug for ClosedGrammar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ClosedGrammar({:?}, {:?})",
            self.expected, self.hints.grammar
        )
    }
}

/// One reading of the sound.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) words: Vec<String>,
    pub(crate) score: f32,
    pub(crate) is_filler: bool,
}

/// The readings, best first; where the engine tells one only, it stands alone.
pub(crate) fn readings(transcript: &Transcript) -> Vec<Reading> {
    let reading = |text: &str, score: f32| Reading {
        words: words(text),
        score,
        is_filler: FILLER.contains(&text.trim().to_lowercase().as_str()),
    };
    if transcript.nbest.is_empty() {
        return vec![reading(&transcript.text, 0.0)];
    }
    let mut all: Vec<&Hypothesis> = transcript
        .nbest
        .iter()
        .filter(|h| h.score.is_finite())
        .collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all.into_iter().map(|h| reading(&h.text, h.score)).collect()
}

fn without_filler(said: &[String], lang: &Lang) -> Vec<String> {
    let is_word = |word: &&String| !lang.filler.covers(std::slice::from_ref(*word));
    said.iter().filter(is_word).cloned().collect()
}

/// Exactly so many digits, as words or as figures.
fn digits(said: &[String], count: u8, lang: &Lang) -> Option<String> {
    let mut found = String::new();
    for word in said {
        if word.chars().all(|c| c.is_ascii_digit()) {
            found.push_str(word);
        } else {
            found.push_str(&lang.digits.get(word)?.to_string());
        }
    }
    (found.len() == usize::from(count)).then_some(found)
}

/// What may be said beside the words: it is in the grammar, so that it is not taken for them.
fn commands(language: Language) -> Vec<String> {
    let lang = Lang::of(language);
    [
        &lang.stop,
        &lang.cancel,
        &lang.no,
        &lang.yes,
        &lang.repeat,
        &lang.filler,
    ]
    .into_iter()
    .flat_map(crate::lang::Phrases::texts)
    .collect()
}

fn hints(language: Language, grammar: Grammar) -> Hints {
    Hints {
        language,
        grammar,
        care: Care::Sealed,
    }
}

#[cfg(test)]
mod tests;
