//! A grammar of phrases that may be heard in their middle. Pure.

use std::collections::BTreeSet;

use errand_voice_core::GrammarError;

use super::dictionary::pronunciations;
use super::jsgf::{Made, header};

/// What the phrases are called in the grammar, with their numbers: each beginning is one more pronunciation of its phrase.
const BEGUN: &str = "begun";
const WHOLE: &str = "whole";

/// Makes the grammar. A phrase with a word that the dictionary lacks is left out.
pub(crate) fn make(
    phrases: &[Box<str>],
    whole: &[Box<str>],
    dictionary: &str,
) -> Result<Made, GrammarError> {
    let wanted: BTreeSet<&str> = phrases.iter().chain(whole).flat_map(|p| words(p)).collect();
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
    let (mut made, mut names, mut seen) = (Made::default(), Vec::new(), BTreeSet::new());
    for (n, phrase) in phrases.iter().enumerate() {
        let Some(ways) = said(phrase) else {
            made.skipped.push(phrase.to_string());
            continue;
        };
        let beginnings = ways
            .iter()
            .flat_map(|way| (1..=way.len()).filter_map(|k| way.get(..k)));
        // "oh" is the beginning of "oh okay" as well: once is enough.
        let fresh = beginnings.filter(|beginning| seen.insert(beginning.join(" ")));
        add(
            &format!("{BEGUN}{n}"),
            fresh,
            &mut made.dictionary,
            &mut names,
        );
    }
    for (n, phrase) in whole.iter().enumerate() {
        match said(phrase) {
            Some(ways) => {
                let ways = ways.iter().map(Vec::as_slice);
                add(
                    &format!("{WHOLE}{n}"),
                    ways,
                    &mut made.dictionary,
                    &mut names,
                );
            }
            None => made.skipped.push(phrase.to_string()),
        }
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

fn add<'a>(
    name: &str,
    ways: impl Iterator<Item = &'a [&'a str]>,
    dictionary: &mut String,
    names: &mut Vec<String>,
) {
    let mut count = 0;
    for way in ways {
        count += 1;
        let variant = if count == 1 {
            String::new()
        } else {
            format!("({count})")
        };
        dictionary.push_str(&format!("{name}{variant} {}\n", way.join(" ")));
    }
    if count > 0 {
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
        let (phrases, whole) = (list(&["oh", "oh okay", "right", "xyzzy"]), list(&["wait"]));

        let made = make(&phrases, &whole, DICTIONARY).unwrap();

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
                "whole0 W EY T",
            ]
        );
        assert!(
            made.jsgf
                .ends_with("public <said> = begun0 | begun1 | begun2 | whole0;\n")
        );
        assert_eq!(made.skipped, ["xyzzy"]);
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

        assert_eq!(make(&none, &none, DICTIONARY), Err(GrammarError::Empty));
    }
}
