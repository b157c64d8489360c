//! The closed grammar of answers to an open question: consent, yes or no, an approval.
//!
//! The whole turn must be made of known phrases. Nothing is spelled, learned, guessed or skipped, and what is not plainly
//! a yes is none. "Cancel" wins wherever it stands. A question alone is no yes.
//!
//! ```
//! use errand_offline::approve::{Answer, read_answer};
//!
//! assert_eq!(read_answer("Yes, please."), Answer::Yes);
//! assert_eq!(read_answer("yes but only two"), Answer::Change("yes but only two".into()));
//! assert_eq!(read_answer("amber violin"), Answer::Words("amber violin".into()));
//! ```

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::text::{Heard, Kind, Short};

/// An answer to an open question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Plainly yes, and nothing else than a question behind it.
    Yes,
    /// Plainly no.
    No,
    /// Drop the whole thing.
    Cancel,
    /// Wants to know why or what; the question stays open.
    Why,
    /// Wants to hear it again; the question stays open.
    Repeat,
    /// Wants something to be different: what was asked does not hold any more. The words as said.
    Change(String),
    /// Two words that are nothing else, as said: they may be the words of an approval.
    Words(String),
    /// None of these.
    Unclear,
}

/// Words of one answer at most; nobody says yes in more.
const WORDS_MAX: usize = 40;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    yes: Vec<String>,
    courtesy: Vec<String>,
    no: Vec<String>,
    cancel: Vec<String>,
    why: Vec<String>,
    repeat: Vec<String>,
    change: Vec<String>,
    time: Vec<String>,
    number: Vec<String>,
    strong: Vec<String>,
    ask_strong: Vec<String>,
    question: Vec<String>,
    ask: Vec<String>,
    frame: FrameFile,
    deed: DeedFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameFile {
    subject: Vec<String>,
    verb: Vec<String>,
    adverb: Vec<String>,
    word: Vec<String>,
    tail: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeedFile {
    verb: Vec<String>,
    object: Vec<String>,
}

/// "That all looks very good to me."
#[derive(Debug, Default)]
struct Frame {
    subject: Phrases,
    verb: Phrases,
    adverb: Phrases,
    word: Phrases,
    tail: Phrases,
}

/// "Go ahead and place the order."
#[derive(Debug, Default)]
struct Deed {
    verb: Phrases,
    object: Phrases,
}

#[derive(Debug, Default)]
struct Grammar {
    short: Short,
    yes: Phrases,
    courtesy: Phrases,
    no: Phrases,
    cancel: Phrases,
    why: Phrases,
    repeat: Phrases,
    change: Phrases,
    time: Phrases,
    number: Phrases,
    strong: Phrases,
    ask_strong: Phrases,
    question: Phrases,
    ask: Phrases,
    frame: Frame,
    deed: Deed,
}

impl Grammar {
    /// Ends of everything that makes a yes and begins here.
    fn yes_ends(&self, words: &[&str], at: usize) -> Vec<usize> {
        let mut ends: Vec<usize> = self.yes.ends(words, at).collect();
        ends.extend(self.frame.ends(words, at));
        ends.extend(
            self.deed
                .verb
                .ends(words, at)
                .flat_map(|mid| self.deed.object.ends(words, mid).collect::<Vec<_>>()),
        );
        ends
    }

    /// Whether the words are a yes with nothing but courtesy around it.
    fn is_yes(&self, words: &[&str]) -> bool {
        covers(words, &|at| self.yes_ends(words, at), &|at| {
            self.courtesy.ends(words, at).collect()
        })
    }
}

impl Frame {
    /// A subject and a verb, or one of them, then adverbs, then the word, then a tail. The word alone is a phrase of
    /// its own elsewhere, so that "it" or "the one" alone is no yes.
    fn ends(&self, words: &[&str], at: usize) -> Vec<usize> {
        let mut starts: Vec<usize> = Vec::new();
        for subject in self.subject.ends(words, at) {
            starts.extend(self.verb.ends(words, subject));
            // "that all very good", "your are right" leave the verb out or double it.
            starts.extend(
                self.verb
                    .ends(words, subject)
                    .flat_map(|v| self.verb.ends(words, v).collect::<Vec<_>>()),
            );
        }
        starts.extend(self.verb.ends(words, at));
        let mut ends = Vec::new();
        for start in starts {
            let mut here = vec![start];
            for _ in 0..4 {
                for from in here.clone() {
                    for word in self.word.ends(words, from) {
                        ends.push(word);
                        ends.extend(self.tail.ends(words, word));
                    }
                }
                here = here
                    .iter()
                    .flat_map(|from| self.adverb.ends(words, *from).collect::<Vec<_>>())
                    .collect();
            }
        }
        ends
    }
}

#[derive(Debug, Default)]
struct Phrases(HashMap<String, Vec<Vec<String>>>);

impl Phrases {
    fn new(list: &[String]) -> Self {
        let mut by_first: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for text in list {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            if let Some(first) = words.first() {
                by_first.entry(first.clone()).or_default().push(words);
            }
        }
        Self(by_first)
    }

    /// Ends of all phrases that begin here.
    fn ends<'a>(&'a self, words: &'a [&str], at: usize) -> impl Iterator<Item = usize> + 'a {
        let list = words
            .get(at)
            .and_then(|first| self.0.get(*first))
            .map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(move |phrase| {
            let run = words.get(at..at + phrase.len())?;
            (run.iter().zip(phrase).all(|(a, b)| a == b)).then_some(at + phrase.len())
        })
    }

    fn is_in(&self, words: &[&str]) -> bool {
        (0..words.len()).any(|at| self.ends(words, at).next().is_some())
    }
}

/// Without its data nothing is a yes: an unreadable file leaves every list empty. A test reads the file.
static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| read().unwrap_or_default());

#[derive(Debug, Deserialize)]
struct ShortFile {
    short: HashMap<String, String>,
    ending: HashMap<String, String>,
}

fn read() -> Result<Grammar, toml::de::Error> {
    let file: File = toml::from_str(include_str!("../lang/en/approve.toml"))?;
    let short: ShortFile = toml::from_str(include_str!("../lang/en/words.toml"))?;
    Ok(Grammar {
        short: Short {
            whole: short
                .short
                .into_iter()
                .map(|(k, v)| (k, v.split(' ').map(str::to_owned).collect()))
                .collect(),
            ending: short.ending,
        },
        yes: Phrases::new(&file.yes),
        courtesy: Phrases::new(&file.courtesy),
        no: Phrases::new(&file.no),
        cancel: Phrases::new(&file.cancel),
        why: Phrases::new(&file.why),
        repeat: Phrases::new(&file.repeat),
        change: Phrases::new(&file.change),
        time: Phrases::new(&file.time),
        number: Phrases::new(&file.number),
        strong: Phrases::new(&file.strong),
        ask_strong: Phrases::new(&file.ask_strong),
        question: Phrases::new(&file.question),
        ask: Phrases::new(&file.ask),
        frame: Frame {
            subject: Phrases::new(&file.frame.subject),
            verb: Phrases::new(&file.frame.verb),
            adverb: Phrases::new(&file.frame.adverb),
            word: Phrases::new(&file.frame.word),
            tail: Phrases::new(&file.frame.tail),
        },
        deed: Deed {
            verb: Phrases::new(&file.deed.verb),
            object: Phrases::new(&file.deed.object),
        },
    })
}

/// Reads an answer. Pure and bounded: the same words always give the same answer.
pub fn read_answer(text: &str) -> Answer {
    let grammar = &*GRAMMAR;
    let heard = Heard::new(text, &grammar.short);
    if heard.is_cut || heard.letters_foreign > 0 {
        return Answer::Unclear;
    }
    let said = heard.shown.trim();
    let words: Vec<&str> = heard
        .tokens
        .iter()
        .filter(|t| t.kind != Kind::Sign)
        .map(|t| t.text.as_str())
        .collect();
    if words.is_empty() || words.len() > WORDS_MAX {
        return Answer::Unclear;
    }
    let has_number = heard
        .tokens
        .iter()
        .any(|t| !matches!(t.kind, Kind::Word | Kind::Sign));
    let has_money = heard
        .tokens
        .iter()
        .any(|t| t.kind == Kind::Sign && "$€£%#+".contains(t.text.as_str()));

    // Words that end everything count wherever they stand, as long as nothing but courtesy and a no stands with them.
    if made_of(
        &words,
        &grammar.cancel,
        &[&grammar.courtesy, &grammar.no, &grammar.yes],
    ) {
        return Answer::Cancel;
    }
    if made_of(&words, &grammar.why, &[&grammar.courtesy]) {
        return Answer::Why;
    }
    if made_of(&words, &grammar.repeat, &[&grammar.courtesy]) {
        return Answer::Repeat;
    }
    if !has_number && !has_money {
        // A yes that says no as well is none.
        if grammar.is_yes(&words) && !is_question(&heard) {
            return Answer::Yes;
        }
        if made_of(&words, &grammar.no, &[&grammar.courtesy]) {
            return Answer::No;
        }
    }
    if is_yes_and_question(grammar, &heard) {
        return Answer::Yes;
    }
    let changes = has_number
        || has_money
        || grammar.change.is_in(&words)
        || grammar.time.is_in(&words)
        || grammar.number.is_in(&words);
    let is_assent =
        grammar.yes.is_in(&words) || grammar.no.is_in(&words) || grammar.cancel.is_in(&words);
    let plain = heard.tokens.iter().all(|t| t.kind == Kind::Word);
    if plain && words.len() == 2 && !grammar.change.is_in(&words) && !is_assent {
        return Answer::Words(said.to_owned());
    }
    if grammar.cancel.is_in(&words) && !changes {
        return Answer::Cancel;
    }
    if words.len() > 1 && changes {
        Answer::Change(said.to_owned())
    } else {
        Answer::Unclear
    }
}

/// Whether the words are of this list, one at least, with nothing but words of the others around.
fn made_of(words: &[&str], list: &Phrases, around: &[&Phrases]) -> bool {
    covers(words, &|at| list.ends(words, at).collect(), &|at| {
        around.iter().flat_map(|l| l.ends(words, at)).collect()
    })
}

/// Whether the words are made of phrases of `must` (one at least) and `may`, with nothing left over.
fn covers(
    words: &[&str],
    must: &dyn Fn(usize) -> Vec<usize>,
    may: &dyn Fn(usize) -> Vec<usize>,
) -> bool {
    // For each position whether it can be reached without and with a phrase of `must`.
    let mut plain = vec![false; words.len() + 1];
    let mut done = vec![false; words.len() + 1];
    if let Some(first) = plain.first_mut() {
        *first = true;
    }
    for at in 0..words.len() {
        let (is_plain, is_done) = (plain.get(at) == Some(&true), done.get(at) == Some(&true));
        if !is_plain && !is_done {
            continue;
        }
        for end in must(at) {
            if let Some(slot) = done.get_mut(end) {
                *slot = true;
            }
        }
        for end in may(at) {
            if is_plain && let Some(slot) = plain.get_mut(end) {
                *slot = true;
            }
            if is_done && let Some(slot) = done.get_mut(end) {
                *slot = true;
            }
        }
    }
    done.last() == Some(&true)
}

fn is_question(heard: &Heard) -> bool {
    heard.tokens.iter().any(|t| t.text == "?")
}

/// "Yes, that is right. What is their number?": a whole yes, and then a question that asks and changes nothing.
fn is_yes_and_question(grammar: &Grammar, heard: &Heard) -> bool {
    let is_sign = |at: usize| heard.tokens.get(at).is_some_and(|t| t.kind == Kind::Sign);
    let has_number = heard
        .tokens
        .iter()
        .any(|t| !matches!(t.kind, Kind::Word | Kind::Sign));
    if has_number {
        return false;
    }
    (1..heard.tokens.len()).any(|at| {
        let words = |from: usize, to: usize| -> Vec<&str> {
            (from..to)
                .filter_map(|i| heard.tokens.get(i))
                .filter(|t| t.kind != Kind::Sign)
                .map(|t| t.text.as_str())
                .collect()
        };
        let asks_already = (0..at).any(|i| heard.word(i) == "?");
        let (assent, tail) = (words(0, at), words(at, heard.tokens.len()));
        if asks_already || assent.is_empty() || tail.is_empty() || !grammar.is_yes(&assent) {
            return false;
        }
        // Courtesy may stand before the question: "and also can you tell me".
        let start = (0..tail.len())
            .find(|i| grammar.courtesy.ends(&tail, *i).next().is_none())
            .unwrap_or(0);
        let begins = |list: &Phrases| {
            list.ends(&tail, 0).next().is_some() || list.ends(&tail, start).next().is_some()
        };
        let only_asks = begins(&grammar.ask);
        let asks = only_asks || (is_sign(at) && begins(&grammar.question));
        let strong = if only_asks {
            &grammar.ask_strong
        } else {
            &grammar.strong
        };
        let changes = strong.is_in(&tail)
            || grammar.cancel.is_in(&tail)
            || (!only_asks && (grammar.time.is_in(&tail) || grammar.number.is_in(&tail)));
        asks && !changes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_file_reads_and_holds_every_list() {
        let grammar = read().unwrap();
        for list in [
            &grammar.yes,
            &grammar.courtesy,
            &grammar.no,
            &grammar.cancel,
            &grammar.why,
            &grammar.repeat,
            &grammar.change,
            &grammar.time,
            &grammar.number,
            &grammar.strong,
            &grammar.question,
            &grammar.ask,
            &grammar.frame.word,
            &grammar.deed.object,
        ] {
            assert!(!list.0.is_empty());
        }
    }

    #[test]
    fn only_a_whole_yes_is_a_yes() {
        for text in [
            "yes",
            "Yes, please.",
            "yep!",
            "go ahead",
            "that’s right",
            "Sure, thanks",
            "Ok. Go ahead, please.",
            "YES",
            "yes yes yes",
            "Yes, that is correct. What is their phone number?",
            "no problem",
        ] {
            assert_eq!(read_answer(text), Answer::Yes, "{text}");
        }
        for text in [
            "yes but only two",
            "yes, two of them",
            "yes if it is cheap",
            "how many days?",
            "yes?",
            "is that right?",
            "yesterday",
            "yes cancel",
            "not yes",
            "yes no",
            "eyes",
            "no yes",
            "I would say yes if I could",
            "yes, make it Saturday",
            "ok Saturday",
            "sure, can you make it three",
            "да",
            "",
        ] {
            assert_ne!(read_answer(text), Answer::Yes, "{text}");
        }
    }

    #[test]
    fn cancel_wins_wherever_it_stands() {
        for text in [
            "cancel",
            "Cancel!",
            "no, cancel it",
            "please stop",
            "oh never mind",
            "yes cancel",
            "ok stop",
        ] {
            assert_eq!(read_answer(text), Answer::Cancel, "{text}");
        }
    }

    #[test]
    fn questions_repeats_and_changes_keep_apart() {
        assert_eq!(read_answer("why?"), Answer::Why);
        assert_eq!(read_answer("what is this for"), Answer::Why);
        assert_eq!(read_answer("say that again please"), Answer::Repeat);
        assert_eq!(
            read_answer("yes but Saturday"),
            Answer::Change("yes but Saturday".into())
        );
        assert_eq!(
            read_answer("make it three"),
            Answer::Change("make it three".into())
        );
        assert_eq!(read_answer("no thanks"), Answer::No);
        assert_eq!(read_answer("I don't want it"), Answer::No);
    }

    #[test]
    fn two_words_are_kept_as_they_were_said() {
        assert_eq!(
            read_answer(" Amber violin "),
            Answer::Words("Amber violin".into())
        );
        for text in [
            "amber",
            "amber violin now",
            "amber 7",
            "yes violin",
            "cancel violin",
            "no violin",
        ] {
            assert!(!matches!(read_answer(text), Answer::Words(_)), "{text}");
        }
    }
}
