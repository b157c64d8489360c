//! A grammar of phrases that may be heard in their middle. Pure.

use std::collections::BTreeSet;

use errand_voice_core::GrammarError;

use super::dictionary::pronunciations;
use super::jsgf::{Made, header};

/// What the phrases are called in the grammar, with their numbers: each beginning is one more pronunciation of its phrase.
const BEGUN: &str = "begun";
const WHOLE: &str = "whole";

/// Makes the grammar of the phrases and of their beginnings. A phrase with a word that the dictionary lacks is left out.
pub(crate) fn make(phrases: &[Box<str>], dictionary: &str) -> Result<Made, GrammarError> {
    // "oh" is the beginning of "oh okay" as well: once is enough.
    let mut seen = BTreeSet::new();
    let beginnings = |way: &[&str]| {
        let lengths = 1..=way.len();
        let beginnings = lengths.filter_map(|k| Some(way.get(..k)?.join(" ")));
        beginnings
            .filter(|beginning| seen.insert(beginning.clone()))
            .collect()
    };
    made(BEGUN, phrases, dictionary, beginnings)
}

/// Makes the grammar of what is only heard whole.
pub(crate) fn make_whole(phrases: &[Box<str>], dictionary: &str) -> Result<Made, GrammarError> {
    made(WHOLE, phrases, dictionary, |way| vec![way.join(" ")])
}

fn made(
    name: &str,
    phrases: &[Box<str>],
    dictionary: &str,
    mut heard_as: impl FnMut(&[&str]) -> Vec<String>,
) -> Result<Made, GrammarError> {
    let wanted: BTreeSet<&str> = phrases.iter().flat_map(|phrase| words(phrase)).collect();
    let known = pronunciations(dictionary, &wanted);
    let said = |phrase: &str| {
        words(phrase).try_fold(vec![Vec::new()], |said: Vec<Vec<&str>>, word| {
            let ways = known.get(word)?;
            let mut longer = Vec::new();
            for before in &said {
                longer.extend(ways.iter().map(|way| [before.as_slice(), way].concat()));
            }
            Some(longer)
        })
    };
    let (mut made, mut names) = (Made::default(), Vec::new());
    for (n, phrase) in phrases.iter().enumerate() {
        let Some(ways) = said(phrase) else {
            made.skipped.push(phrase.to_string());
            continue;
        };
        let ways: Vec<String> = ways.iter().flat_map(|way| heard_as(way)).collect();
        add(
            &format!("{name}{n}"),
            &ways,
            &mut made.dictionary,
            &mut names,
        );
    }
    if names.is_empty() {
        return Err(GrammarError::Empty);
    }
    made.jsgf = header(&format!("public <said> = {};\n", names.join(" | ")));
    Ok(made)
}

fn words(phrase: &str) -> impl Iterator<Item = &str> {
    phrase.split(' ')
}

fn add(name: &str, ways: &[String], dictionary: &mut String, names: &mut Vec<String>) {
    for (n, way) in ways.iter().enumerate() {
        let variant = match n {
            0 => String::new(),
            n => format!("({})", n + 1),
        };
        dictionary.push_str(&format!("{name}{variant} {way}\n"));
    }
    if !ways.is_empty() {
        names.push(name.to_owned());
    }
}

/// The phrase that a name of the grammar stands for.
pub(crate) fn phrase(heard: &str, phrases: &[Box<str>], whole: &[Box<str>]) -> String {
    let of = |list: &[Box<str>], name: &str| {
        let n: usize = heard.strip_prefix(name)?.parse().ok()?;
        list.get(n).map(ToString::to_string)
    };
    let found = of(phrases, BEGUN).or_else(|| of(whole, WHOLE));
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DICTIONARY: &str = "oh OW\nokay OW K EY\nwait W EY T\nright R AY T\nright(2) R AY\n";

    fn list(of: &[&str]) -> Vec<Box<str>> {
        of.iter().map(|&phrase| phrase.into()).collect()
    }

    #[test]
    fn every_beginning_is_a_way_to_say_its_phrase() {
        let phrases = list(&["oh", "oh okay", "right", "xyzzy"]);

        let made = make(&phrases, DICTIONARY).unwrap();

        let lines: Vec<&str> = made.dictionary.lines().collect();
        assert_eq!(
            lines,
            [
                "begun0 OW",
                "begun1 OW OW",
                "begun1(2) OW OW K",
                "begun1(3) OW OW K EY",
                "begun2 R",
                "begun2(2) R AY",
                "begun2(3) R AY T",
            ]
        );
        assert!(
            made.jsgf
                .ends_with("public <said> = begun0 | begun1 | begun2;\n")
        );
        assert_eq!(made.skipped, ["xyzzy"]);
    }

    #[test]
    fn what_is_heard_whole_has_no_beginnings() {
        let made = make_whole(&list(&["wait", "right"]), DICTIONARY).unwrap();

        assert_eq!(
            made.dictionary,
            "whole0 W EY T\nwhole1 R AY T\nwhole1(2) R AY\n"
        );
        assert!(made.jsgf.ends_with("public <said> = whole0 | whole1;\n"));
    }

    #[test]
    fn what_is_heard_is_told_as_the_phrase() {
        let (phrases, whole) = (list(&["oh", "oh okay"]), list(&["wait"]));

        assert_eq!(phrase("begun1", &phrases, &whole), "oh okay");
        assert_eq!(phrase("whole0", &phrases, &whole), "wait");
        assert_eq!(phrase("", &phrases, &whole), "");
        assert_eq!(phrase("begun7", &phrases, &whole), "");
    }

    #[test]
    fn a_grammar_of_which_nothing_can_be_said_is_an_error() {
        let none = list(&["xyzzy"]);

        assert_eq!(make(&none, DICTIONARY), Err(GrammarError::Empty));
        assert_eq!(make_whole(&none, DICTIONARY), Err(GrammarError::Empty));
    }
}
