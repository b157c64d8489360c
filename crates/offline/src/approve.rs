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

mod grammar;
mod question;

use crate::Language;
use crate::text::{Heard, Kind};
use grammar::{Phrases, grammar};

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

/// Reads an answer in English. Pure and bounded: the same words always give the same answer.
pub fn read_answer(text: &str) -> Answer {
    read_answer_in(Language::English, text)
}

/// Reads an answer in a language; each has a grammar of its own.
pub fn read_answer_in(language: Language, text: &str) -> Answer {
    let grammar = grammar(language);
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
    if question::is_behind_a_yes(grammar, &heard) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_file_reads_and_holds_every_list() {
        for language in Language::ALL {
            let grammar = grammar::read(language).unwrap();
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
                &grammar.about,
                &grammar.fact,
                &grammar.frames[0].word,
                &grammar.deed.object,
            ] {
                assert!(!list.is_empty());
            }
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
    fn only_a_whole_yes_is_a_german_yes() {
        let read = |text: &str| read_answer_in(Language::German, text);
        for text in [
            "ja",
            "Ja, bitte.",
            "na klar",
            "einverstanden",
            "das passt so",
            "ja gerne, danke",
            "Ja, das ist richtig. Wie lange dauert das?",
        ] {
            assert_eq!(read(text), Answer::Yes, "{text}");
        }
        for text in [
            "ja aber nur zwei",
            "ja, zwei davon",
            "ja nein",
            "ja, lieber Samstag",
            "ja wenn es billig ist",
            "stimmt das?",
            "ja?",
            "wie lange dauert das?",
            "ja, nimm die andere",
            "ja, schick es ins Büro",
            "nicht ja",
            "jawohl abbrechen",
            "yes but only two",
        ] {
            assert_ne!(read(text), Answer::Yes, "{text}");
        }
        assert_eq!(read("nein danke"), Answer::No);
        assert_eq!(read("vergiss es"), Answer::Cancel);
        assert_eq!(read("warum?"), Answer::Why);
        assert!(matches!(read("ja aber nur zwei"), Answer::Change(_)));
        assert_eq!(read("Amber Violine"), Answer::Words("Amber Violine".into()));
    }

    #[test]
    fn a_question_behind_a_yes_may_ask_and_may_not_change() {
        for text in [
            "Yes. Their phone number?",
            "That sounds right, but how much does delivery cost?",
            "Yes, that is right. Was this made in 2012?",
            "Great. I want the address and the price too.",
            "You got everything right.",
        ] {
            assert_eq!(read_answer(text), Answer::Yes, "{text}");
        }
        for text in [
            "Yes. The blue one?",
            "Yes. Two?",
            "Yes, but how about Saturday?",
            "Yes. Is 5 pm possible?",
            "Yes. I want the other address.",
            "Yes. I need the price to be lower.",
            "I have it",
            "keep it",
            "Yes. What if I take three?",
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
