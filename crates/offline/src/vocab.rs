//! What shops taught: kinds of goods, attribute values, brands, and words for spelling. Bounded, and never allowed to
//! change what closed words mean.

use std::collections::{HashMap, HashSet};

use errand_types::Product;

use crate::lang::Phrases;
use crate::lexicon::Lexicon;
use crate::spelling::{Index, delete_keys, distance, sound_key};
use crate::text::{stem, words_of};

const WORDS_MAX: usize = 20_000;
const PHRASES_MAX: usize = 6_000;
const WORD_LETTERS: std::ops::RangeInclusive<usize> = 3..=24;
/// Letters of words in a row that may be one word.
const JOINED_MIN: usize = 7;
/// Letters of a word that may be corrected.
const LETTERS_MIN: usize = 5;

/// Learned vocabulary.
#[derive(Debug, Default)]
pub(crate) struct Vocab {
    ids: HashMap<String, u32>,
    words: Vec<(String, u32)>,
    deletes: Index,
    sounds: Index,
    /// Stems of words that are kinds of goods.
    kinds: HashSet<String>,
    /// Stems of their last words: `beans` of coffee beans, and no `coffee`.
    heads: HashSet<String>,
    /// Which side of a thing a value is about: `navy` is a colour. By the value in lower case, and the name as shops write it.
    facets: HashMap<String, String>,
    attributes: Phrases<()>,
    attribute_set: HashSet<Vec<String>>,
    brands: Phrases<()>,
    brand_set: HashSet<Vec<String>>,
}

impl Vocab {
    pub(crate) fn new(lexicon: &Lexicon, closed: &HashSet<String>) -> Self {
        let mut vocab = Self::default();
        for category in &lexicon.categories {
            vocab.learn_kind(category, closed);
        }
        for brand in &lexicon.brands {
            vocab.learn_brand(brand, closed);
        }
        vocab.settle();
        vocab
    }

    /// Words of everyday goods, so that they can be misspelled before any shop taught them.
    pub(crate) fn learn_everyday<'a>(
        &mut self,
        goods: impl Iterator<Item = &'a str>,
        closed: &HashSet<String>,
    ) {
        for word in goods {
            self.learn_word(word, closed);
        }
        self.settle();
    }

    /// Whether any kind of goods was learned: before that, a name cannot be told from nonsense.
    pub(crate) fn has_kinds(&self) -> bool {
        !self.kinds.is_empty()
    }

    pub(crate) fn knows(&self, word: &str) -> bool {
        self.ids.contains_key(word) || self.kinds.contains(stem(word))
    }

    /// Whether any word of a name is a kind of goods.
    pub(crate) fn is_known_thing(&self, name: &str) -> bool {
        words_of(name, 8).iter().any(|word| self.is_kind(word))
    }

    pub(crate) fn is_kind(&self, word: &str) -> bool {
        self.kinds.contains(stem(word))
    }

    /// Whether things are called by this word: `tea`, and `beans` where coffee beans are sold.
    pub(crate) fn is_head(&self, word: &str) -> bool {
        self.heads.contains(stem(word))
    }

    /// What shops call the side of a thing that a value is about: `color`.
    pub(crate) fn facet_of(&self, value: &str) -> Option<&str> {
        self.facets.get(&value.to_lowercase()).map(String::as_str)
    }

    /// An attribute value that begins at a token.
    pub(crate) fn attribute_at<'a>(
        &'a self,
        at: usize,
        to: usize,
        word: impl Fn(usize) -> &'a str,
    ) -> Option<usize> {
        self.attributes.at(at, to, word).map(|(end, ())| end)
    }

    /// A brand that begins at a token.
    pub(crate) fn brand_at<'a>(
        &'a self,
        at: usize,
        to: usize,
        word: impl Fn(usize) -> &'a str,
    ) -> Option<usize> {
        self.brands.at(at, to, word).map(|(end, ())| end)
    }

    /// Takes up what shops show.
    pub(crate) fn learn(&mut self, products: &[Product], closed: &HashSet<String>) {
        for product in products {
            for word in words_of(product.title.as_str(), 24) {
                self.learn_word(&word, closed);
            }
            if let Some(brand) = &product.brand {
                self.learn_brand(brand.as_str(), closed);
            }
            if let Some(category) = product.categories.last() {
                self.learn_kind(category.as_str(), closed);
            }
            let options = product
                .variants
                .iter()
                .flat_map(|v| v.options.iter().map(|(_, value)| value.as_str()));
            let config = product.configuration.iter().flat_map(|c| c.options.iter());
            let config = config.flat_map(|o| o.values.iter().map(|v| v.label.as_str()));
            let attributes = product
                .attributes
                .iter()
                .filter(|a| {
                    matches!(
                        a.name.as_str(),
                        "colour" | "color" | "material" | "size" | "roast" | "flavour" | "grind"
                    )
                })
                .map(|a| a.value.as_str());
            // Names of options are words that people say: "waist" is no misspelled "wrist".
            let names = product.variants.iter().take(1).flat_map(|v| &v.options);
            for (name, _) in names {
                for word in words_of(name.as_str(), 4) {
                    self.learn_word(&word, closed);
                }
            }
            for value in options.chain(config).chain(attributes) {
                self.learn_attribute(value, closed);
            }
            self.learn_facets(product);
        }
        self.settle();
    }

    fn settle(&mut self) {
        self.deletes.settle();
        self.sounds.settle();
    }

    fn learn_kind(&mut self, name: &str, closed: &HashSet<String>) {
        let words = words_of(name, 6);
        for (at, word) in words.iter().enumerate() {
            if self.learn_word(word, closed) && self.kinds.len() < PHRASES_MAX {
                self.kinds.insert(stem(word).to_owned());
                if at + 1 == words.len() {
                    self.heads.insert(stem(word).to_owned());
                }
            }
        }
    }

    fn learn_facets(&mut self, product: &Product) {
        let options = product.variants.iter().flat_map(|v| {
            v.options
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
        });
        let attributes = product
            .attributes
            .iter()
            .map(|a| (a.name.as_str(), a.value.as_str()));
        for (name, value) in options.chain(attributes) {
            if self.facets.len() >= PHRASES_MAX {
                return;
            }
            // The first shop that says what it is holds.
            self.facets
                .entry(value.to_lowercase())
                .or_insert_with(|| name.to_lowercase());
        }
    }

    fn learn_brand(&mut self, name: &str, closed: &HashSet<String>) {
        let words = words_of(name, 6);
        // A shop may call a brand "Yes" or "Two": such names never shadow what people mean.
        let is_plain = words
            .iter()
            .all(|w| closed.contains(w) || w.chars().all(|c| c.is_ascii_digit()));
        if !is_plain && self.brand_set.len() < PHRASES_MAX {
            for word in &words {
                self.learn_word(word, closed);
            }
            if self.brand_set.insert(words.clone()) {
                self.brands.insert(words, ());
            }
        }
    }

    fn learn_attribute(&mut self, value: &str, closed: &HashSet<String>) {
        let words = words_of(value, 4);
        let is_plain = words
            .iter()
            .all(|w| closed.contains(w) || w.chars().all(|c| c.is_ascii_digit()));
        if !is_plain && words.len() <= 3 && self.attribute_set.len() < PHRASES_MAX {
            for word in &words {
                self.learn_word(word, closed);
            }
            if self.attribute_set.insert(words.clone()) {
                self.attributes.insert(words, ());
            }
        }
    }

    /// Whether the word may be known from now on.
    fn learn_word(&mut self, word: &str, closed: &HashSet<String>) -> bool {
        let letters = word.chars().count();
        if closed.contains(word)
            || !WORD_LETTERS.contains(&letters)
            || word.chars().any(|c| !c.is_alphabetic())
        {
            return false;
        }
        if let Some(id) = self.ids.get(word) {
            let known = usize::try_from(*id).ok();
            if let Some((_, count)) = known.and_then(|i| self.words.get_mut(i)) {
                *count = count.saturating_add(1);
            }
            return true;
        }
        let Ok(id) = u32::try_from(self.words.len()) else {
            return false;
        };
        if self.words.len() >= WORDS_MAX {
            return false;
        }
        self.words.push((word.to_owned(), 1));
        self.ids.insert(word.to_owned(), id);
        // A shorter word is never what a longer one was meant to be.
        if letters + 2 >= LETTERS_MIN {
            for key in delete_keys(word) {
                self.deletes.add(key, id);
            }
        }
        if let Some(key) = sound_key(word) {
            self.sounds.add(key, id);
        }
        true
    }

    /// The known word that a misspelled one most likely is: one edit away, two for eight letters and more.
    pub(crate) fn spell(&self, word: &str) -> Option<&str> {
        let letters = word.chars().count();
        // "lamp" is no misspelled "lamb": short words have too many neighbours, and people rarely miss the first letter.
        if letters < LETTERS_MIN || word.chars().any(|c| !c.is_alphabetic()) || self.knows(word) {
            return None;
        }
        let far = if letters >= 8 { 2 } else { 1 };
        let mut best: Option<(usize, std::cmp::Reverse<u32>, &str)> = None;
        for key in delete_keys(word) {
            for id in self.deletes.at(key) {
                let Some((known, count)) = self.at(id) else {
                    continue;
                };
                // A plural is no mistake.
                if stem(known) == stem(word) {
                    return None;
                }
                if known.chars().next() != word.chars().next() {
                    continue;
                }
                let Some(edits) = distance(word, known, far) else {
                    continue;
                };
                let rank = (edits, std::cmp::Reverse(*count), known.as_str());
                if best.is_none_or(|b| rank < b) {
                    best = Some(rank);
                }
            }
        }
        best.map(|(_, _, word)| word)
    }

    /// The known word that some words in a row were meant to be: "tooth paste" written apart, "tooth paced" heard
    /// wrongly. Only what joins to a known word, is near one, or sounds like one.
    pub(crate) fn joined(&self, parts: &[&str]) -> Option<&str> {
        let whole = parts.concat();
        let letters = whole.chars().count();
        if letters < JOINED_MIN || letters > *WORD_LETTERS.end() || self.words.is_empty() {
            return None;
        }
        if let Some(id) = self.ids.get(&whole) {
            return self.at(*id).map(|(word, _)| word.as_str());
        }
        let heard = sound_key(&whole)
            .into_iter()
            .flat_map(|key| self.sounds.at(key));
        let by_sound = heard
            .filter_map(|id| self.at(id))
            .filter_map(|(known, count)| {
                let edits = distance(&whole, known, letters / 3)?;
                let starts_alike = known.chars().next() == whole.chars().next();
                starts_alike.then_some((edits, std::cmp::Reverse(*count), known.as_str()))
            })
            .min();
        by_sound.map(|(_, _, word)| word)
    }

    fn at(&self, id: u32) -> Option<&(String, u32)> {
        self.words.get(usize::try_from(id).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocab() -> Vocab {
        let lexicon = Lexicon {
            categories: ["coffee beans", "toothpaste", "desk lamp", "chocolate"]
                .map(String::from)
                .to_vec(),
            ..Lexicon::default()
        };
        Vocab::new(&lexicon, &HashSet::new())
    }

    #[test]
    fn near_words_are_found_and_known_words_are_left_alone() {
        let vocab = vocab();
        for (said, meant) in [
            ("cofee", "coffee"),
            ("beens", "beans"),
            ("toothpatse", "toothpaste"),
            ("chocolatte", "chocolate"),
            ("chcolte", "chocolate"),
        ] {
            let found = vocab.spell(said);
            if said.chars().count() >= 8 || distance(said, meant, 1).is_some() {
                assert_eq!(found, Some(meant), "{said}");
            } else {
                assert_eq!(found, None, "{said}");
            }
        }
        for word in ["coffee", "lamps", "tea", "xylophone"] {
            assert_eq!(vocab.spell(word), None, "{word}");
        }
    }

    #[test]
    fn closed_words_cannot_be_taught() {
        let closed = HashSet::from(["yes".to_owned(), "cancel".to_owned()]);
        let lexicon = Lexicon {
            brands: vec!["Yes".into(), "Cancel".into()],
            ..Lexicon::default()
        };
        let vocab = Vocab::new(&lexicon, &closed);
        assert!(vocab.words.is_empty() && vocab.brand_set.is_empty());
    }
}
