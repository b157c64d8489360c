//! Tags over the tokens of one turn. Every tagger adds, none removes; who reads the tags decides.

use std::borrow::Cow;
use std::collections::HashMap;

use errand_model::Scene;
use errand_types::Language;

use crate::lang::{Lang, Phrases};
use crate::lexicon::Lexicon;
use crate::number::{Amount, amount_at, rank_at, whole_at};
use crate::pattern::{Input, SlotKind};
use crate::refer::{Refer, Way};
use crate::text::{Heard, Kind, stem, words_of};
use crate::time::{When, time_at};
use crate::vocab::Vocab;

/// Items of the scene that can be named in a turn; a bit each.
const ITEMS_MAX: usize = 128;

/// Label phrases as stems, with their ids; of two ids for one phrase the first holds.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    pub(crate) phrases: Phrases<String>,
}

/// Namespaces whose words describe a thing unless they are negated: a leather bag, oak, milk.
const PLAIN: [&str; 7] = [
    "contains:",
    "allergen:",
    "hazard:",
    "org:",
    "material:",
    "origin:",
    "food:",
];

/// Whether the label's words are plain words of a wish unless they are negated.
pub(crate) fn is_plain(label: &str) -> bool {
    PLAIN.iter().any(|space| label.starts_with(space))
}

impl Labels {
    pub(crate) fn new(lexicon: &Lexicon) -> Self {
        Self {
            phrases: Phrases::new(lexicon.labels.iter().map(|(text, id)| {
                (
                    words_of(text, 8)
                        .iter()
                        .map(|w| stem(w).to_owned())
                        .collect(),
                    id.clone(),
                )
            })),
        }
    }
}

/// What one turn says, with its tags by first token.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    pub(crate) lang: &'a Lang,
    pub(crate) vocab: &'a Vocab,
    pub(crate) scene: &'a Scene,
    pub(crate) heard: Heard,
    ids: Vec<u16>,
    present: Vec<u64>,
    pub(crate) nums: Vec<Option<(usize, i64)>>,
    ords: Vec<Option<(usize, u32)>>,
    pub(crate) times: Vec<Option<(usize, usize, When)>>,
    pub(crate) amounts: Vec<Option<(usize, Amount)>>,
    pub(crate) labels: Vec<Option<(usize, String)>>,
    pub(crate) shops: Vec<Option<(usize, usize)>>,
    pub(crate) refs: Vec<Vec<(usize, Refer)>>,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(
        lang: &'a Lang,
        vocab: &'a Vocab,
        labels: &Labels,
        scene: &'a Scene,
        mut heard: Heard,
    ) -> Self {
        heard.tokens.retain(|t| !lang.filler.contains(&t.text));
        let n = heard.tokens.len();
        let ids: Vec<u16> = heard
            .tokens
            .iter()
            .map(|t| lang.words.id(&t.text))
            .collect();
        let mut scan = Self {
            lang,
            vocab,
            scene,
            heard,
            present: Vec::new(),
            ids,
            nums: vec![None; n],
            ords: vec![None; n],
            times: vec![None; n],
            amounts: vec![None; n],
            labels: vec![None; n],
            shops: vec![None; n],
            refs: vec![Vec::new(); n],
        };
        scan.note_words();
        scan.tag(labels);
        scan
    }

    /// Puts words in place of tokens, as spelling does, and tags again.
    pub(crate) fn respell(&mut self, fixes: &[(usize, String)], labels: &Labels) {
        if fixes.is_empty() {
            return;
        }
        for (at, word) in fixes {
            if let Some(token) = self.heard.tokens.get_mut(*at) {
                token.text.clone_from(word);
            }
            if let Some(id) = self.ids.get_mut(*at) {
                *id = self.lang.words.id(word);
            }
        }
        self.note_words();
        self.tag(labels);
    }

    /// Puts one word in place of several: first token, how many, the word.
    pub(crate) fn join(&mut self, joins: &[(usize, usize, String)], labels: &Labels) {
        if joins.is_empty() {
            return;
        }
        for (at, count, word) in joins.iter().rev() {
            let end = self.heard.tokens.get(at + count - 1).map(|t| t.end);
            if let (Some(token), Some(end)) = (self.heard.tokens.get_mut(*at), end) {
                token.text.clone_from(word);
                token.end = end;
                self.heard.tokens.drain(at + 1..at + count);
            }
        }
        let n = self.heard.tokens.len();
        self.ids = self
            .heard
            .tokens
            .iter()
            .map(|t| self.lang.words.id(&t.text))
            .collect();
        self.nums.truncate(n);
        self.ords.truncate(n);
        self.times.truncate(n);
        self.amounts.truncate(n);
        self.labels.truncate(n);
        self.shops.truncate(n);
        self.refs.truncate(n);
        self.note_words();
        self.tag(labels);
    }

    /// Whether no tagger and no closed class knows a word.
    pub(crate) fn is_unexplained(&self, at: usize) -> bool {
        let Some(token) = self.heard.tokens.get(at) else {
            return false;
        };
        let from = at.saturating_sub(8);
        let covered = (from..=at).any(|i| {
            let label = self
                .labels
                .get(i)
                .and_then(Option::as_ref)
                .map_or(0, |(end, _)| *end);
            let shop = self
                .shops
                .get(i)
                .copied()
                .flatten()
                .map_or(0, |(end, _)| end);
            let refer = self
                .refs
                .get(i)
                .and_then(|refs| refs.first())
                .map_or(0, |(end, _)| *end);
            label > at || shop > at || refer > at
        });
        // What everybody shops for and what people call options is no misspelling of what a shop sells.
        let is_everyday = self.lang.goods.contains(stem(&token.text))
            || self
                .lang
                .option_words
                .iter()
                .any(|(said, _)| said.contains(&token.text));
        token.kind == Kind::Word
            && !covered
            && !is_everyday
            && !self.lang.closed.contains(&token.text)
            && self.class("attribute", at, at + 1).is_none()
            && self.class("person", at, at + 1).is_none()
    }

    fn note_words(&mut self) {
        let mut present = vec![0_u64; 64];
        for id in &self.ids {
            let (slot, bit) = (usize::from(*id) / 64, id % 64);
            if let Some(word) = present.get_mut(slot) {
                *word |= 1 << bit;
            }
        }
        self.present = present;
    }

    fn tag(&mut self, labels: &Labels) {
        let n = self.heard.tokens.len();
        let shops = self.shop_phrases();
        let names = self.names();
        for at in 0..n {
            let heard = &self.heard;
            let num = whole_at(self.lang, heard, at);
            let ord = rank_at(self.lang, heard, at);
            let time = time_at(self.lang, heard, at);
            let amount = amount_at(self.lang, heard, at, true);
            let label = labels
                .phrases
                .at(at, n, |i| stem(heard.word(i)))
                .map(|(end, id)| (end, id.clone()));
            let shop = shops
                .at(at, n, |i| heard.word(i))
                .map(|(end, shop)| (end, *shop));
            if let Some(slot) = self.nums.get_mut(at) {
                *slot = num;
            }
            if let Some(slot) = self.ords.get_mut(at) {
                *slot = ord;
            }
            if let Some(slot) = self.times.get_mut(at) {
                *slot = time;
            }
            if let Some(slot) = self.amounts.get_mut(at) {
                *slot = amount;
            }
            if let Some(slot) = self.labels.get_mut(at) {
                *slot = label;
            }
            if let Some(slot) = self.shops.get_mut(at) {
                *slot = shop;
            }
        }
        for at in 0..n {
            let found = self.refs_at(at, n, &names);
            if let Some(slot) = self.refs.get_mut(at) {
                *slot = found;
            }
        }
    }

    fn shop_phrases(&self) -> Phrases<usize> {
        let mut entries = Vec::new();
        for (i, shop) in self.scene.shops.iter().enumerate() {
            let words = words_of(shop.name.as_str(), 8);
            // The id spells out the name without "Ltd": either may be said.
            let plain = words_of(shop.id.as_str(), 8);
            if words != plain && !plain.is_empty() {
                entries.push((plain, i));
            }
            if !words.is_empty() {
                entries.push((words, i));
            }
        }
        Phrases::new(entries)
    }

    /// Which items carry a stem in title, brand or words.
    fn names(&self) -> HashMap<String, u128> {
        let mut names: HashMap<String, u128> = HashMap::new();
        let mut bit = 0_u32;
        let mut add = |texts: &mut dyn Iterator<Item = &str>| {
            if usize::try_from(bit).is_ok_and(|b| b < ITEMS_MAX) {
                for word in texts.flat_map(|t| words_of(t, 24)) {
                    *names.entry(stem(&word).to_owned()).or_default() |= 1 << bit;
                }
                bit += 1;
            }
        };
        for shown in &self.scene.shown {
            let words = shown.words.iter().map(errand_types::Text::as_str);
            let brand = shown.brand.iter().map(errand_types::Text::as_str);
            add(&mut std::iter::once(shown.title.as_str())
                .chain(brand)
                .chain(words));
        }
        for item in &self.scene.cart {
            add(&mut std::iter::once(item.title.as_str()));
        }
        names
    }

    fn refs_at(&self, at: usize, n: usize, names: &HashMap<String, u128>) -> Vec<(usize, Refer)> {
        let mut found = Vec::new();
        for (way, pattern) in &self.lang.references {
            let Some((captures, end)) = pattern.matches(self, at, n, false) else {
                continue;
            };
            let count = captures.iter().find_map(|c| match c.kind {
                SlotKind::Num => self.nums.get(c.from).copied().flatten().map(|(_, n)| n),
                SlotKind::Ord => self
                    .ords
                    .get(c.from)
                    .copied()
                    .flatten()
                    .map(|(_, n)| i64::from(n)),
                _ => None,
            });
            found.push((
                end,
                Refer {
                    way: *way,
                    count,
                    from: at,
                    to: end,
                },
            ));
        }
        if let Some((end, refer)) = self.named_at(at, n, names) {
            found.push((end, refer));
        }
        found.sort_by_key(|(end, _)| std::cmp::Reverse(*end));
        found
    }

    /// `the Marcala`, `the blue one`, `Marcala`: words that items on the table carry.
    fn named_at(
        &self,
        at: usize,
        n: usize,
        names: &HashMap<String, u128>,
    ) -> Option<(usize, Refer)> {
        if names.is_empty() {
            return None;
        }
        let has_article = matches!(
            self.heard.word(at),
            "the"
                | "that"
                | "this"
                | "those"
                | "these"
                | "my"
                | "der"
                | "die"
                | "das"
                | "den"
                | "dem"
                | "mein"
                | "meine"
                | "meinen"
        );
        let start = at + usize::from(has_article);
        let (mut end, mut all) = (start, u128::MAX);
        while end < n {
            let word = self.heard.word(end);
            let is_closed = self.lang.closed.contains(word)
                && self.class("attribute", end, end + 1).is_none()
                && self
                    .heard
                    .tokens
                    .get(end)
                    .is_none_or(|t| t.kind == Kind::Word);
            let mask = if is_closed {
                0
            } else {
                names.get(stem(word)).copied().unwrap_or(0)
            };
            if mask & all == 0 {
                break;
            }
            all &= mask;
            end += 1;
        }
        if end == start {
            return None;
        }
        let to = end;
        let has_one = matches!(self.heard.word(end), "one" | "ones");
        let end = end + usize::from(has_one);
        // A bare word of an item's title is its name only where a choice is waited for.
        let is_free = has_article
            || has_one
            || self
                .scene
                .open
                .as_ref()
                .is_some_and(|o| o.kind == errand_model::OpenKind::Choose);
        is_free.then_some((
            end,
            Refer {
                way: Way::Named,
                count: None,
                from: start,
                to,
            },
        ))
    }

    /// Whether a phrase of a word class begins at a token, and where it ends.
    pub(crate) fn class(&self, name: &str, at: usize, to: usize) -> Option<usize> {
        self.lang
            .class(name)?
            .at(at, to, |i| self.heard.word(i))
            .map(|(end, ())| end)
    }

    /// Tokens as a name to look up: as said, or in the words of shops where the language is another.
    pub(crate) fn name(&self, from: usize, to: usize) -> Cow<'_, str> {
        if self.lang.language == Language::English {
            return Cow::Borrowed(self.heard.said(from, to));
        }
        let words: Vec<&str> = (from..to).map(|at| self.heard.word(at)).collect();
        Cow::Owned(words.join(" "))
    }

    /// The reference tagged over exactly these tokens.
    pub(crate) fn refer(&self, from: usize, to: usize) -> Option<&Refer> {
        self.refs
            .get(from)?
            .iter()
            .find(|(end, _)| *end == to)
            .map(|(_, refer)| refer)
    }
}

impl Input for Scan<'_> {
    fn word(&self, at: usize) -> u16 {
        self.ids.get(at).copied().unwrap_or(crate::pattern::NO_WORD)
    }

    fn has(&self, word: u16) -> bool {
        self.present
            .get(usize::from(word) / 64)
            .is_some_and(|bits| bits & (1 << (word % 64)) != 0)
    }

    fn ends(&self, kind: SlotKind, at: usize) -> impl Iterator<Item = usize> {
        let one = match kind {
            SlotKind::Num => self.nums.get(at).copied().flatten().map(|(end, _)| end),
            SlotKind::Ord => self.ords.get(at).copied().flatten().map(|(end, _)| end),
            SlotKind::Time => self.times.get(at).copied().flatten().map(|(_, end, _)| end),
            SlotKind::Money => self
                .amounts
                .get(at)
                .and_then(Option::as_ref)
                .map(|(end, _)| *end),
            SlotKind::Label => self
                .labels
                .get(at)
                .and_then(Option::as_ref)
                .map(|(end, _)| *end),
            SlotKind::Shop => self.shops.get(at).copied().flatten().map(|(end, _)| end),
            SlotKind::Ref | SlotKind::Text | SlotKind::Item => None,
        };
        // "Two packs" counts like "two".
        let counted = one
            .filter(|_| kind == SlotKind::Num)
            .and_then(|end| self.class("container", end, self.heard.tokens.len()));
        let refs: &[(usize, Refer)] = if kind == SlotKind::Ref {
            self.refs.get(at).map_or(&[], Vec::as_slice)
        } else {
            &[]
        };
        counted
            .into_iter()
            .chain(one)
            .chain(refs.iter().map(|(end, _)| *end))
    }
}
