//! How a sentence sounds: words from the language's own list, and how it is written.

use std::sync::PoisonError;

use errand_model::{Annoyed, Proposal, Scene, Tone};
use errand_types::{Currency, Language, Text, ToolCall};
use jiff::Timestamp;
use serde::Deserialize;

use crate::act::Verb;
use crate::lang::{Class, Rule, class, read};
use crate::pattern::NO_WORD;
use crate::text::Heard;
use crate::{OfflineError, OfflineModel};

/// Letters that a sentence needs before its capitals mean anything: "USB", "XXL" and "OK" are not shouted.
const LETTERS_MIN: usize = 9;
/// Words in capitals that make a shout.
const WORDS_MIN: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalsFile {
    mild: Vec<String>,
    strong: Vec<String>,
    corrects: Vec<String>,
    leaves: Vec<String>,
}

/// The signs of one language.
#[derive(Debug)]
pub(crate) struct Signals {
    mild: Class,
    strong: Class,
    corrects: Class,
    leaves: Class,
}

impl Signals {
    pub(crate) fn read(language: Language) -> Result<Self, OfflineError> {
        let (file, text) = match language {
            Language::English => ("en/signals.toml", include_str!("../lang/en/signals.toml")),
            Language::German => ("de/signals.toml", include_str!("../lang/de/signals.toml")),
        };
        let lists: SignalsFile = read(file, text)?;
        Ok(Self {
            mild: class(&lists.mild),
            strong: class(&lists.strong),
            corrects: class(&lists.corrects),
            leaves: class(&lists.leaves),
        })
    }
}

impl OfflineModel {
    /// How a sentence sounds, in the person's language. Reads the same bounded part of it as [`OfflineModel::read`].
    pub fn tone(&self, language: Language, text: &str) -> Tone {
        let heard = Heard::new(text, &self.lang(language).short);
        let signals = match language {
            Language::English => &self.english_signals,
            Language::German => &self.german_signals,
        };
        // Marks between words do not part a phrase: "no, I said two".
        let words: Vec<&str> = heard
            .tokens
            .iter()
            .map(|token| token.text.as_str())
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .collect();
        let annoyed = if has(&signals.strong, &words) {
            Some(Annoyed::Strongly)
        } else if has(&signals.mild, &words) {
            Some(Annoyed::Mildly)
        } else {
            None
        };
        Tone {
            annoyed,
            shouts: shouts(&heard.shown),
            corrects: has(&signals.corrects, &words),
            asks: self.may_ask(language, &words) && self.asks(language, text),
            leaves: end_of_phrase(&signals.leaves, &words, 0) == Some(words.len()),
        }
    }

    /// Whether the sentence has the words for that at all, some perhaps spelled wrongly; reading it whole is dear. German words
    /// are taken apart first, so there it is always read.
    fn may_ask(&self, language: Language, words: &[&str]) -> bool {
        let lang = self.lang(language);
        let vocab = self.vocab.read().unwrap_or_else(PoisonError::into_inner);
        let meant = |word: &&str| match lang.words.id(word) {
            NO_WORD if !vocab.knows(word) => {
                let known = lang.near.spell(word);
                known.map_or(NO_WORD, |known| lang.words.id(known))
            }
            id => id,
        };
        let ids: Vec<u16> = words.iter().map(meant).collect();
        let has = |id: u16| ids.contains(&id);
        let asks = |rule: &Rule| rule.act == Verb::Human && rule.pattern.may_match(has);
        language != Language::English || lang.rules.iter().any(asks)
    }

    /// Whether the sentence asks for a person and for nothing else.
    fn asks(&self, language: Language, text: &str) -> bool {
        match self.read(text, &bare(language)).proposal {
            Proposal::Calls(calls) => {
                matches!(calls.as_slice(), [ToolCall::Handoff(args)] if args.to.as_str() == "human")
            }
            Proposal::Plan(_) | Proposal::Ask(_) | Proposal::Say(_) => false,
        }
    }
}

fn end_of_phrase(class: &Class, words: &[&str], at: usize) -> Option<usize> {
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    class.at(at, words.len(), word).map(|(end, ())| end)
}

fn has(class: &Class, words: &[&str]) -> bool {
    (0..words.len()).any(|at| end_of_phrase(class, words, at).is_some())
}

fn shouts(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let words = text
        .split_whitespace()
        .filter(|w| w.chars().filter(|c| c.is_alphabetic()).count() >= 2)
        .count();
    let is_loud = letters >= LETTERS_MIN && words >= WORDS_MIN && capitals * 10 >= letters * 9;
    is_loud || text.contains("!!!") || text.contains("???") || text.contains("?!?")
}

/// Nothing on the table.
fn bare(language: Language) -> Scene {
    Scene {
        agent: Text::clip("concierge"),
        tools: Vec::new(),
        now: Timestamp::UNIX_EPOCH,
        zone: Text::clip("UTC"),
        currency: Currency::USD,
        language,
        shops: Vec::new(),
        need: None,
        shown: Vec::new(),
        focus: None,
        configuring: None,
        assembly: None,
        cart: Vec::new(),
        wish: None,
        open: None,
        orders: Vec::new(),
        lost: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lexicon;

    fn model() -> OfflineModel {
        OfflineModel::new(&Lexicon::default()).unwrap()
    }

    #[test]
    fn annoyance_is_heard_in_both_languages_and_not_in_ordinary_wishes() {
        let model = model();
        let of = |language, text| model.tone(language, text).annoyed;
        let (en, de) = (Language::English, Language::German);

        assert_eq!(of(en, "This is useless!"), Some(Annoyed::Strongly));
        assert_eq!(of(en, "you don't understand me"), Some(Annoyed::Strongly));
        assert_eq!(of(en, "no, I said two"), Some(Annoyed::Mildly));
        assert_eq!(of(de, "Das ist doch nutzlos"), Some(Annoyed::Strongly));
        assert_eq!(of(de, "schon wieder falsch"), Some(Annoyed::Mildly));
        for text in [
            "I need fair-trade coffee beans under 15 dollars, two bags",
            "the second one",
            "cheaper please",
            "no, two of them",
            "no thanks",
            "make it three",
            "where is my order",
        ] {
            assert_eq!(model.tone(en, text).annoyed, None, "{text}");
        }
        for text in [
            "Ich suche Kaffee unter 15 Euro",
            "das zweite",
            "nein, zwei davon",
        ] {
            assert_eq!(model.tone(de, text).annoyed, None, "{text}");
        }
    }

    #[test]
    fn capitals_are_a_shout_only_where_a_sentence_is_in_them() {
        let shouts = |text| model().tone(Language::English, text).shouts;

        assert!(shouts("I WANT TWO BAGS OF COFFEE"));
        assert!(shouts("hello???"));
        assert!(!shouts("a USB C cable in XXL"));
        assert!(!shouts("OK"));
        assert!(!shouts("USB TYPE C"));
    }

    #[test]
    fn whoever_asks_for_a_person_or_sends_one_away_is_heard_word_for_word() {
        let model = model();

        assert!(model.tone(Language::English, "a person please").asks);
        assert!(model.tone(Language::German, "einen Menschen bitte").asks);
        assert!(
            !model
                .tone(Language::English, "a present for a person who cooks")
                .asks
        );
        assert!(model.tone(Language::English, "Leave the queue.").leaves);
        assert!(model.tone(Language::German, "Weg!").leaves);
        assert!(!model.tone(Language::English, "leave out the towels").leaves);
        assert!(!model.tone(Language::English, "").leaves);
    }
}
