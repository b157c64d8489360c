//! Words that the machines know, by language: data under `lang/`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use errand_types::Language;
use serde::Deserialize;

/// Words of one phrase of the lists at most.
const PHRASE_WORDS_MAX: usize = 4;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    stop: Vec<String>,
    cancel: Vec<String>,
    backchannel: Vec<String>,
    filler: Vec<String>,
    yes: Vec<String>,
    no: Vec<String>,
    repeat: Vec<String>,
    open_end: Vec<String>,
    number: Vec<String>,
    units: Vec<String>,
    joints: Vec<String>,
    before: String,
    digits: BTreeMap<String, u8>,
    text: TextFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextFile {
    abbreviations: Vec<String>,
    ordinal_point: bool,
}

/// The words of one language.
#[derive(Debug, Default)]
pub(crate) struct Lang {
    pub(crate) stop: Phrases,
    pub(crate) cancel: Phrases,
    pub(crate) backchannel: Phrases,
    pub(crate) filler: Phrases,
    pub(crate) yes: Phrases,
    pub(crate) no: Phrases,
    pub(crate) repeat: Phrases,
    pub(crate) open_end: Phrases,
    pub(crate) number: Phrases,
    pub(crate) units: BTreeSet<String>,
    pub(crate) joints: BTreeSet<String>,
    pub(crate) before: String,
    pub(crate) digits: BTreeMap<String, u8>,
    pub(crate) abbreviations: BTreeSet<String>,
    pub(crate) ordinal_point: bool,
}

impl Lang {
    /// The words of a language. They are built in and read once; a test reads every file.
    pub(crate) fn of(language: Language) -> &'static Self {
        static ENGLISH: LazyLock<Lang> = LazyLock::new(|| read(Language::English));
        static GERMAN: LazyLock<Lang> = LazyLock::new(|| read(Language::German));
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }
}

impl Lang {
    /// Whether a word in lower case is a number, also one with hyphens: `forty-two`.
    pub(crate) fn is_number(&self, word: &str) -> bool {
        !word.is_empty()
            && word.split('-').all(|part| {
                self.number
                    .0
                    .contains(std::slice::from_ref(&part.to_owned()))
            })
    }
}

fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../lang/en.toml"),
        Language::German => include_str!("../lang/de.toml"),
    }
}

/// A file that does not read gives no words; a test makes sure that both do.
fn read(language: Language) -> Lang {
    parse(source(language)).unwrap_or_default()
}

fn parse(text: &str) -> Result<Lang, toml::de::Error> {
    let file: File = toml::from_str(text)?;
    Ok(Lang {
        stop: Phrases::of(&file.stop),
        cancel: Phrases::of(&file.cancel),
        backchannel: Phrases::of(&file.backchannel),
        filler: Phrases::of(&file.filler),
        yes: Phrases::of(&file.yes),
        no: Phrases::of(&file.no),
        repeat: Phrases::of(&file.repeat),
        open_end: Phrases::of(&file.open_end),
        number: Phrases::of(&file.number),
        units: file.units.into_iter().collect(),
        joints: file.joints.into_iter().collect(),
        before: file.before,
        digits: file.digits,
        abbreviations: file.text.abbreviations.into_iter().collect(),
        ordinal_point: file.text.ordinal_point,
    })
}

/// The words of a text: lower case, without punctuation; hyphens divide, apostrophes stay.
pub(crate) fn words(text: &str) -> Vec<String> {
    let plain = text.to_lowercase().replace('\u{2019}', "'");
    plain
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A list of phrases.
#[derive(Debug, Default)]
pub(crate) struct Phrases(BTreeSet<Vec<String>>);

impl Phrases {
    fn of(phrases: &[String]) -> Self {
        Self(phrases.iter().map(|phrase| words(phrase)).collect())
    }

    /// Whether one of the phrases stands anywhere in the words.
    pub(crate) fn is_in(&self, words: &[String]) -> bool {
        (1..=PHRASE_WORDS_MAX).any(|n| words.windows(n).any(|part| self.0.contains(part)))
    }

    /// Whether the words end in one of the phrases.
    pub(crate) fn ends(&self, words: &[String]) -> bool {
        (1..=PHRASE_WORDS_MAX.min(words.len())).any(|n| {
            words
                .get(words.len() - n..)
                .is_some_and(|part| self.0.contains(part))
        })
    }

    /// The phrases as texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|phrase| phrase.join(" "))
    }

    /// Whether the words are made of the phrases and nothing else; no words are.
    pub(crate) fn covers(&self, words: &[String]) -> bool {
        words.is_empty()
            || (1..=PHRASE_WORDS_MAX.min(words.len())).any(|n| {
                words
                    .split_at_checked(n)
                    .is_some_and(|(head, rest)| self.0.contains(head) && self.covers(rest))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_list() {
        for language in Language::ALL {
            let lang = parse(source(language)).unwrap();
            for list in [
                &lang.stop,
                &lang.cancel,
                &lang.backchannel,
                &lang.filler,
                &lang.yes,
                &lang.no,
                &lang.repeat,
                &lang.open_end,
                &lang.number,
            ] {
                assert!(!list.0.is_empty(), "{language:?}");
                assert!(
                    list.0
                        .iter()
                        .all(|p| (1..=PHRASE_WORDS_MAX).contains(&p.len()))
                );
            }
            assert!(
                lang.cancel
                    .0
                    .iter()
                    .filter(|p| p.as_slice() != ["abort"])
                    .all(|p| lang.stop.0.contains(p))
            );
            let digits: BTreeSet<u8> = lang.digits.values().copied().collect();
            assert_eq!(digits, (0..=9).collect());
        }
    }

    #[test]
    fn no_word_that_stops_us_is_a_backchannel() {
        for language in Language::ALL {
            let lang = Lang::of(language);
            assert!(lang.stop.0.is_disjoint(&lang.backchannel.0), "{language:?}");
        }
    }

    #[test]
    fn phrases_are_found_anywhere_at_the_end_and_as_the_whole() {
        let lang = Lang::of(Language::English);

        assert!(lang.stop.is_in(&words("please HOLD on!")));
        assert!(lang.open_end.ends(&words("Coffee, and")));
        assert!(lang.backchannel.covers(&words("Uh-huh, okay.")));
        assert!(!lang.backchannel.covers(&words("okay the second")));
        assert_eq!(words("Don\u{2019}t 'stop'"), ["don't", "stop"]);
    }
}
