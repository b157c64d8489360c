//! What is heard while an approval or a secret is open: a closed grammar, and what counts as an answer.
//!
//! This machine decides whether something was heard plainly enough to be an answer. Whether it is the right one is decided
//! elsewhere, by a comparison that this crate does not have: it never knows which words are meant.

use std::collections::BTreeSet;
use std::fmt;

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
/// second of voice. Engines whose scores mean otherwise tell none. (No engine of ours tells a second hypothesis yet, so this
/// one is not measured.)
const MARGIN: f32 = 1.0;
/// And so far before the filler, in the same unit. Chosen from few so far: with PocketSphinx and the whole list, pairs of words by
/// flite lay at 75 to 190, dog, siren and talk that were forced onto two words at 20 to 60, digits of people below 0.
/// `cargo xtask eval voice` prints the curve.
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
}

/// What was heard, and how.
#[derive(Debug, Clone)]
pub struct Answered<'a> {
    /// The sound; it is to be dropped right after.
    pub utterance: &'a Utterance,
    /// What a recogniser of this machine made of it.
    pub transcript: &'a Transcript,
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
        })
    }

    /// What the recogniser is told: this grammar, sealed sound.
    pub fn hints(&self) -> &Hints {
        &self.hints
    }

    /// Takes what was heard for something.
    pub fn step(&mut self, answered: &Answered<'_>) -> Decided {
        let readings = readings(answered.transcript);
        // INVARIANT: a no is easier than a yes. It needs no margin, no pause and no length, only more than the filler.
        if let Some(no) = self.no_in(&readings) {
            return no;
        }
        if !self.is_after_terms(answered) {
            return Decided::TooEarly;
        }
        let best = readings
            .first()
            .map(|reading| reading.words.clone())
            .unwrap_or_default();
        let lang = Lang::of(self.language);
        // "Um, yes" is a yes: a recogniser puts such words where somebody breathes or begins.
        let said = without_filler(&best, lang);
        if lang.repeat.covers(&said) && !said.is_empty() {
            return Decided::Repeat;
        }
        if lang.yes.covers(&said) && !said.is_empty() {
            return Decided::BareYes;
        }
        let attempt = match self.expected {
            Expected::Words => self.two_words(&said),
            Expected::Digits(count) => digits(&said, count, lang),
        };
        match attempt.filter(|attempt| self.is_plain(answered, &readings, attempt)) {
            Some(attempt) => Decided::Attempt(attempt.into()),
            None => self.ask_again(),
        }
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

    /// Clearly ahead of everything else, sure, and as long as such a thing is.
    fn is_plain(&self, answered: &Answered<'_>, readings: &[Reading], attempt: &str) -> bool {
        let voiced = answered.utterance.voiced();
        let (least, most) = match self.expected {
            Expected::Words => (*WORDS_MS.start(), *WORDS_MS.end()),
            Expected::Digits(count) => (
                DIGIT_MS.start() * u128::from(count),
                DIGIT_MS.end() * u128::from(count),
            ),
        };
        let is_long = (least..=most).contains(&voiced.as_millis());
        let is_sure = answered
            .transcript
            .confidence
            .is_none_or(|c| c >= CONFIDENCE_MIN);
        let lang = Lang::of(self.language);
        let means = |reading: &Reading| match self.expected {
            Expected::Words => without_filler(&reading.words, lang).join(" "),
            Expected::Digits(count) => {
                digits(&without_filler(&reading.words, lang), count, lang).unwrap_or_default()
            }
        };
        let mut scored = readings.iter();
        let is_ahead = scored.next().is_none_or(|best| {
            let seconds = voiced.as_secs_f32();
            let mut others = scored.filter(|other| means(other) != attempt);
            others.all(|other| {
                let margin = if other.is_filler {
                    MARGIN_FILLER
                } else {
                    MARGIN
                };
                best.score - other.score >= margin * seconds
            })
        });
        is_long && is_sure && is_ahead
    }
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
mod tests {
    use std::time::Duration;

    use super::*;

    const LONG: u64 = 900;

    fn grammar() -> ClosedGrammar {
        ClosedGrammar::words(Language::English, errand_trust::word_list()).unwrap()
    }

    fn list() -> Vec<&'static str> {
        errand_trust::word_list().collect()
    }

    fn transcript(nbest: &[(&str, f32)]) -> Transcript {
        let mut transcript =
            Transcript::plain("test", nbest.first().map_or("", |n| n.0).to_owned());
        if nbest.len() > 1 {
            transcript.nbest = nbest
                .iter()
                .map(|(text, score)| Hypothesis {
                    text: (*text).to_owned(),
                    score: *score,
                })
                .collect();
        }
        transcript
    }

    fn utterance(from_ms: u64, voiced_ms: u64) -> Utterance {
        let count = usize::try_from(samples(voiced_ms)).unwrap();
        Utterance::new(
            SampleIdx::from_ms(from_ms),
            vec![1; count],
            samples(voiced_ms),
            Care::Sealed,
        )
    }

    fn hear(grammar: &mut ClosedGrammar, nbest: &[(&str, f32)]) -> Decided {
        grammar.step(&Answered {
            utterance: &utterance(5_000, LONG),
            transcript: &transcript(nbest),
            terms_end: Some(SampleIdx::from_ms(4_000)),
            is_ours_out: true,
        })
    }

    fn attempt(text: &str) -> Decided {
        Decided::Attempt(text.into())
    }

    #[test]
    fn the_whole_list_is_expected_and_nobody_is_told_which_words_are_meant() {
        let grammar = grammar();
        let Grammar::Closed { phrases, longest } = &grammar.hints().grammar else {
            panic!("{grammar:?}");
        };

        assert_eq!((*longest, grammar.hints().care), (2, Care::Sealed));
        assert!(
            list()
                .iter()
                .all(|word| phrases.iter().any(|p| **p == **word))
        );
        assert!(phrases.iter().any(|p| **p == *"cancel") && phrases.iter().any(|p| **p == *"no"));
        assert!(
            phrases.is_sorted(),
            "no word stands first because it is meant"
        );
        assert_eq!(
            ClosedGrammar::words(Language::English, ["copper", "meadow"]).err(),
            Some(ClosedError::ListTooShort { found: 2 })
        );
    }

    #[test]
    fn what_people_say_before_and_between_makes_no_yes_into_something_else() {
        for said in ["yes", "um yes", "yes mm please", "uh yes er"] {
            let heard = hear(&mut grammar(), &[(said, -50.0), ("<unk>", -90.0)]);
            assert_eq!(heard, Decided::BareYes, "{said}");
        }
        for said in ["uh say that again", "er repeat"] {
            let heard = hear(&mut grammar(), &[(said, -50.0), ("<unk>", -90.0)]);
            assert_eq!(heard, Decided::Repeat, "{said}");
        }
        // Filler alone is no answer, and a word of the list is no part of one.
        for said in ["um", "uh mm", "yes abacus"] {
            let heard = hear(&mut grammar(), &[(said, -50.0), ("<unk>", -90.0)]);
            assert_eq!(heard, Decided::AskAgain { left: 1 }, "{said}");
        }
    }

    #[test]
    fn no_word_of_the_list_is_a_command_or_a_filler() {
        let lang = Lang::of(Language::English);
        for word in list() {
            let word = [word.to_owned()];
            for phrases in [
                &lang.cancel,
                &lang.no,
                &lang.yes,
                &lang.filler,
                &lang.repeat,
            ] {
                assert!(!phrases.is_in(&word), "{word:?}");
            }
        }
    }

    #[test]
    fn a_word_that_stops_our_voice_and_is_on_the_list_gives_nothing_up() {
        let said = format!("quiet {}", list()[11]);

        assert!(list().contains(&"quiet"));
        assert_eq!(hear(&mut grammar(), &[(&said, 0.0)]), attempt(&said));
    }

    #[test]
    fn two_words_heard_plainly_are_an_attempt_right_or_wrong() {
        let (one, two) = (list()[10], list()[700]);
        for said in [
            format!("{one} {two}"),
            format!("Um, {one}... {two}!"),
            format!("{one} uh {two}").to_uppercase(),
        ] {
            assert_eq!(
                hear(&mut grammar(), &[(&said, 0.0)]),
                attempt(&format!("{one} {two}"))
            );
        }
    }

    #[test]
    fn anything_else_is_asked_again_twice_and_costs_nothing() {
        let one = list()[10];
        let mut grammar = grammar();
        for (said, left) in [(one.to_owned(), 1), (format!("{one} elephantine"), 0)] {
            assert_eq!(
                hear(&mut grammar, &[(&said, 0.0)]),
                Decided::AskAgain { left }
            );
        }
        assert_eq!(hear(&mut grammar, &[("", 0.0)]), Decided::GiveUp);
        // What is plain is still an attempt, and cancel always works.
        let said = format!("{one} {}", list()[11]);
        assert_eq!(hear(&mut grammar, &[(&said, 0.0)]), attempt(&said));
        assert_eq!(hear(&mut grammar, &[("cancel", 0.0)]), Decided::Cancel);
    }

    #[test]
    fn cancel_and_no_win_wherever_they_are_heard_above_the_filler() {
        let said = format!("{} {}", list()[10], list()[11]);
        let hear = |nbest: &[(&str, f32)]| hear(&mut grammar(), nbest);

        assert_eq!(hear(&[(&said, -10.0), ("cancel", -40.0)]), Decided::Cancel);
        assert_eq!(
            hear(&[(&said, -10.0), ("no", -40.0), ("<unk>", -60.0)]),
            Decided::No
        );
        assert_eq!(hear(&[(&format!("{said} no stop"), 0.0)]), Decided::Cancel);
        // Below the filler it is noise, and the words are far ahead.
        assert_eq!(
            hear(&[(&said, -10.0), ("<unk>", -900.0), ("no", -901.0)]),
            attempt(&said)
        );
    }

    #[test]
    fn who_cancels_over_our_own_voice_is_heard_and_who_agrees_is_not() {
        let said = format!("{} {}", list()[10], list()[11]);
        let early = |text: &str, is_ours_out| {
            grammar().step(&Answered {
                utterance: &utterance(3_000, LONG),
                transcript: &transcript(&[(text, 0.0)]),
                terms_end: Some(SampleIdx::from_ms(4_000)),
                is_ours_out,
            })
        };

        assert_eq!(early("cancel", false), Decided::Cancel);
        assert_eq!(early(&said, true), Decided::TooEarly);
        // Our own loudspeaker saying the words is no answer, whenever it is.
        let ours = grammar().step(&Answered {
            utterance: &utterance(9_000, LONG),
            transcript: &transcript(&[(&said, 0.0)]),
            terms_end: Some(SampleIdx::from_ms(4_000)),
            is_ours_out: false,
        });
        assert_eq!(ours, Decided::TooEarly);
    }

    #[test]
    fn a_narrow_lead_is_no_answer() {
        let (a, b, c) = (list()[10], list()[11], list()[12]);
        let (said, other) = (format!("{a} {b}"), format!("{a} {c}"));

        assert_eq!(
            hear(&mut grammar(), &[(&said, -10.0), (&other, -10.5)]),
            Decided::AskAgain { left: 1 }
        );
        assert_eq!(
            hear(&mut grammar(), &[(&said, -10.0), ("<unk>", -30.0)]),
            Decided::AskAgain { left: 1 }
        );
        assert_eq!(
            hear(&mut grammar(), &[(&said, -10.0), (&other, -20.0)]),
            attempt(&said)
        );
        // The same words with a filler are no rival.
        let again = format!("um {said}");
        assert_eq!(
            hear(&mut grammar(), &[(&said, -10.0), (&again, -10.1)]),
            attempt(&said)
        );
    }

    #[test]
    fn forced_noise_is_too_short_too_long_or_too_unsure() {
        let said = format!("{} {}", list()[10], list()[11]);
        for voiced_ms in [80, 6_000] {
            let decided = grammar().step(&Answered {
                utterance: &utterance(5_000, voiced_ms),
                transcript: &transcript(&[(&said, 0.0)]),
                terms_end: None,
                is_ours_out: true,
            });
            assert_eq!(decided, Decided::AskAgain { left: 1 }, "{voiced_ms}");
        }
        let mut unsure = transcript(&[(&said, 0.0)]);
        unsure.confidence = Some(0.2);
        unsure.cpu = Duration::ZERO;
        let decided = grammar().step(&Answered {
            utterance: &utterance(5_000, LONG),
            transcript: &unsure,
            terms_end: None,
            is_ours_out: true,
        });
        assert_eq!(decided, Decided::AskAgain { left: 1 });
    }

    #[test]
    fn a_bare_yes_buys_nothing_and_costs_nothing() {
        for said in ["yes", "Yes, okay", "okay", "sure"] {
            assert_eq!(
                hear(&mut grammar(), &[(said, 0.0)]),
                Decided::BareYes,
                "{said}"
            );
        }
        assert_eq!(
            hear(&mut grammar(), &[("say that again", 0.0)]),
            Decided::Repeat
        );
    }

    #[test]
    fn digits_are_read_exactly_or_not_at_all() {
        let mut pin = ClosedGrammar::digits(Language::English, 4).unwrap();
        assert_eq!(
            hear(&mut pin, &[("four seven one one", 0.0)]),
            attempt("4711")
        );
        assert_eq!(hear(&mut pin, &[("47 11", 0.0)]), attempt("4711"));
        assert_eq!(
            hear(&mut pin, &[("four seven one", 0.0)]),
            Decided::AskAgain { left: 1 }
        );
        assert_eq!(
            hear(&mut pin, &[("four seven one fun", 0.0)]),
            Decided::AskAgain { left: 0 }
        );
    }

    #[test]
    fn nothing_of_an_answer_shows_when_it_is_printed() {
        let said = format!("{} {}", list()[10], list()[11]);
        let decided = hear(&mut grammar(), &[(&said, 0.0)]);
        let shown = format!("{decided:?} {:?}", grammar());

        assert!(
            !shown.contains(list()[10]) && !shown.contains(list()[11]),
            "{shown}"
        );
    }
}
