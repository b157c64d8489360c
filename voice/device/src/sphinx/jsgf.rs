//! Grammars in JSGF, from what may be said and from what the dictionary can pronounce. Pure.

use std::collections::BTreeSet;

use errand_voice_core::{Grammar, GrammarError, VOCABULARY_MAX};

use super::begun;
use super::dictionary::pick;

const SHOP: &str = include_str!("../../grammars/shop.en.jsgf");
const DIGITS: &str = "zero | oh | one | two | three | four | five | six | seven | eight | nine";
/// What may always be said while digits are asked for.
const ALWAYS: &str = "stop | cancel | no | wait | repeat | help";
/// What people say around an answer.
const FILLER: &str = "um | uh | er | please | okay";

/// What was heard without the filler around it, which is no part of an answer.
pub(crate) fn answer(grammar: &Grammar, heard: String) -> String {
    let words_of = |phrases: &[Box<str>]| {
        phrases
            .iter()
            .any(|phrase| phrase.split(' ').any(is_filler))
    };
    match grammar {
        Grammar::Open { .. } => heard,
        Grammar::Begun { phrases, whole } => begun::phrase(&heard, phrases, whole),
        // A filler that is a phrase as well is an answer.
        Grammar::Closed { phrases, .. } if words_of(phrases) => heard,
        Grammar::Closed { .. } | Grammar::Digits { .. } => {
            let words: Vec<&str> = heard.split(' ').filter(|word| !is_filler(word)).collect();
            words.join(" ")
        }
    }
}

fn is_filler(word: &str) -> bool {
    FILLER.split(" | ").any(|filler| filler == word)
}

/// The sounds of English as the acoustic model names them.
const PHONES: &str = "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH";

/// Any sounds in any order, each a word of its own: what fits this much better than a grammar is nothing of that grammar.
pub(crate) fn sounds() -> Made {
    let names: Vec<String> = PHONES
        .split(' ')
        .map(|phone| format!("sound{}", phone.to_lowercase()))
        .collect();
    let lines = names
        .iter()
        .zip(PHONES.split(' '))
        .map(|(name, phone)| format!("{name} {phone}\n"));
    Made {
        dictionary: lines.collect(),
        jsgf: header(&format!(
            "<sound> = {};\npublic <said> = <sound>+;\n",
            names.join(" | ")
        )),
        skipped: Vec::new(),
    }
}

/// A grammar with the pronunciations of its words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) jsgf: String,
    pub(crate) dictionary: String,
    /// Phrases that hold a word without a pronunciation: they can never be heard.
    pub(crate) skipped: Vec<String>,
}

/// Makes a grammar out of a dictionary's words.
pub(crate) fn make(grammar: &Grammar, dictionary: &str) -> Result<Made, GrammarError> {
    match grammar {
        Grammar::Open { vocabulary } => {
            let names: Vec<String> = vocabulary
                .iter()
                .take(VOCABULARY_MAX)
                .map(|name| plain(name))
                .collect();
            let (names, skipped) = speakable(names, dictionary);
            // Without a name the rule says what no dictionary is without.
            let names = if names.is_empty() {
                "it".to_owned()
            } else {
                names.join(" | ")
            };
            finish(&SHOP.replace("NAMES", &names), skipped, dictionary)
        }
        Grammar::Closed { phrases, longest } => {
            let phrases = phrases.iter().map(|phrase| plain(phrase)).collect();
            let (phrases, skipped) = speakable(phrases, dictionary);
            if phrases.is_empty() {
                return Err(GrammarError::Empty);
            }
            let said = sequence("<phrase>", 1, usize::from(*longest));
            let rules = format!(
                "<filler> = {FILLER};\n<phrase> = {};\npublic <said> = [ <filler> ] {said} [ <filler> ];\n",
                phrases.join(" | ")
            );
            finish(&header(&rules), skipped, dictionary)
        }
        Grammar::Begun { phrases, .. } => begun::make(phrases, dictionary),
        Grammar::Digits { count } => {
            let said = sequence(
                "<digit>",
                usize::from(*count.start()),
                usize::from(*count.end()),
            );
            let rules = format!(
                "<filler> = {FILLER};\n<digit> = {DIGITS};\npublic <said> = [ <filler> ] ( {said} | {ALWAYS} );\n"
            );
            finish(&header(&rules), Vec::new(), dictionary)
        }
    }
}

pub(crate) fn header(rules: &str) -> String {
    format!("#JSGF V1.0;\ngrammar said;\n{rules}")
}

/// `<x> <x> [ <x> ]` for two to three.
fn sequence(rule: &str, least: usize, most: usize) -> String {
    let mut said = vec![rule; least].join(" ");
    for _ in least..most {
        said.push_str(" [ ");
        said.push_str(rule);
    }
    said.push_str(&" ]".repeat(most.saturating_sub(least)));
    said
}

/// Lower case words of letters and apostrophes, divided by one space. What has a digit in it keeps it, and no dictionary has
/// such a word, so that the name is told as skipped instead of being half heard.
fn plain(phrase: &str) -> String {
    let lower = phrase.to_lowercase();
    let words = lower.split(|c: char| !(c.is_alphanumeric() || c == '\''));
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Divides phrases into those that can be pronounced and the others.
fn speakable(phrases: Vec<String>, dictionary: &str) -> (Vec<String>, Vec<String>) {
    let words: BTreeSet<&str> = phrases.iter().flat_map(|p| p.split(' ')).collect();
    let known: BTreeSet<String> = pick(dictionary, &words)
        .known
        .into_iter()
        .map(str::to_owned)
        .collect();
    let can = |phrase: &String| phrase.split(' ').all(|word| known.contains(word));
    phrases.into_iter().partition(can)
}

fn finish(jsgf: &str, skipped: Vec<String>, dictionary: &str) -> Result<Made, GrammarError> {
    let picked = pick(dictionary, &words(jsgf));
    if picked.lines.is_empty() {
        return Err(GrammarError::Empty);
    }
    Ok(Made {
        jsgf: jsgf.to_owned(),
        dictionary: picked.lines,
        skipped,
    })
}

/// The words that a grammar says, without rules, signs and comments.
fn words(jsgf: &str) -> BTreeSet<&str> {
    let rules = jsgf.lines().skip(2).filter(|line| !line.starts_with("//"));
    // At the beginning of a rule it is a sign of the grammar, elsewhere a word like others.
    let rules = rules.map(|line| line.strip_prefix("public ").unwrap_or(line));
    let tokens = rules.flat_map(|line| line.split(|c: char| c.is_whitespace() || c == ';'));
    tokens
        .filter(|token| !token.contains('<') && token.chars().any(char::is_alphabetic))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DICTIONARY: &str =
        "amber AE\nbread B\nit IH\nno N\noak OW\none W\nstop S\nstop(2) S\nzero Z\n";

    #[test]
    fn a_closed_grammar_has_its_phrases_and_no_more_than_so_many() {
        let grammar = Grammar::closed(["amber oak", "no", "xyzzy"], 2).unwrap();

        let made = make(&grammar, DICTIONARY).unwrap();

        assert!(made.jsgf.contains("<phrase> = amber oak | no;"));
        assert!(
            made.jsgf
                .contains("[ <filler> ] <phrase> [ <phrase> ] [ <filler> ]")
        );
        assert_eq!(made.skipped, ["xyzzy"]);
        assert_eq!(made.dictionary, "amber AE\nno N\noak OW\n");
    }

    #[test]
    fn filler_is_no_part_of_an_answer_unless_it_is_one() {
        let closed = |phrases: &[&str]| Grammar::closed(phrases.iter().copied(), 2).unwrap();
        let heard = || "um no please".to_owned();

        assert_eq!(answer(&closed(&["no"]), heard()), "no");
        assert_eq!(answer(&Grammar::digits(4..=4).unwrap(), heard()), "no");
        assert_eq!(answer(&closed(&["no", "please"]), heard()), "um no please");
        assert_eq!(answer(&Grammar::anything(), heard()), "um no please");
    }

    #[test]
    fn a_word_that_is_a_sign_of_the_grammar_elsewhere_is_a_word_all_the_same() {
        let grammar = Grammar::closed(["no", "public"], 2).unwrap();

        let made = make(&grammar, "no N\npublic P\n").unwrap();

        assert_eq!(made.dictionary, "no N\npublic P\n");
        assert!(made.jsgf.contains("<phrase> = no | public;"));
    }

    #[test]
    fn any_sounds_are_a_grammar_of_their_own_with_one_word_for_each() {
        let made = sounds();

        assert_eq!(made.dictionary.lines().count(), 39);
        assert!(made.dictionary.starts_with("soundaa AA\n"));
        assert!(made.jsgf.contains("public <said> = <sound>+;"));
    }

    #[test]
    fn digits_are_counted_and_may_be_refused() {
        let made = make(&Grammar::digits(2..=3).unwrap(), DICTIONARY).unwrap();

        assert!(
            made.jsgf
                .contains("( <digit> <digit> [ <digit> ] | stop | cancel")
        );
        assert_eq!(made.dictionary, "no N\none W\nstop S\nstop(2) S\nzero Z\n");
    }

    #[test]
    fn names_of_the_catalog_go_into_the_shopping_grammar() {
        let names = ["Bread", "Oak  Amber!", "Bread 2000"];

        let made = make(&Grammar::open(names).unwrap(), DICTIONARY).unwrap();

        assert!(made.jsgf.contains("<name> = bread | oak amber;"));
        assert_eq!(made.skipped, ["bread 2000"]);
    }

    #[test]
    fn a_grammar_of_which_nothing_can_be_said_is_an_error() {
        let grammar = Grammar::closed(["xyzzy"], 1).unwrap();

        assert_eq!(make(&grammar, DICTIONARY), Err(GrammarError::Empty));
        assert_eq!(make(&Grammar::anything(), ""), Err(GrammarError::Empty));
    }

    #[test]
    fn what_would_be_grammar_in_a_name_is_taken_out() {
        assert_eq!(plain("a | <b>; c{d} \u{7} Müsli's"), "a b c d müsli's");
    }
}
