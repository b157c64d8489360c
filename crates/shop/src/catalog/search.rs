//! Search over one shop's shelves: an inverted index with weights per field.

use std::collections::{BTreeMap, HashMap};

use super::product::Product;

/// Longest query that is looked at, in words; the rest is ignored.
const QUERY_WORDS_MAX: usize = 16;

/// Words that say nothing about a product.
const STOP: [&str; 24] = [
    "a", "an", "the", "of", "for", "with", "and", "or", "in", "on", "to", "my", "me", "some", "i",
    "is", "by", "from", "at", "need", "want", "buy", "find", "please",
];

/// Pairs of words that buyers use for the same thing. Both stand after stemming.
const SAME: [(&str, &str); 20] = [
    ("notebook", "laptop"),
    ("couch", "sofa"),
    ("tee", "tshirt"),
    ("jumper", "sweater"),
    ("pullover", "sweater"),
    ("tv", "television"),
    ("bike", "bicycle"),
    ("cycle", "bicycle"),
    ("earphone", "headphone"),
    ("earbud", "headphone"),
    ("fridge", "refrigerator"),
    ("trainer", "sneaker"),
    ("trouser", "pant"),
    ("rucksack", "backpack"),
    ("handphone", "phone"),
    ("smartphone", "phone"),
    ("nappy", "diaper"),
    ("flower", "bouquet"),
    ("wifi", "wireless"),
    ("pc", "computer"),
];

#[derive(Debug)]
struct Posting {
    product: u32,
    weight: u32,
}

/// The index. Built once; read without locks.
#[derive(Debug)]
pub(super) struct SearchIndex {
    words: BTreeMap<String, Vec<Posting>>,
    products: usize,
}

/// How a product answers a query.
#[derive(Debug, Default)]
struct Hits {
    /// Words of the query found anywhere.
    words: u32,
    /// Words found in a title, a category, a brand, a tag or a fact.
    strong: u32,
    score: u64,
}

/// Field weights: what a word counts for by where it stands.
const TITLE: u32 = 10;
const CATEGORY: u32 = 8;
const BRAND: u32 = 6;
const TAG: u32 = 5;
const FACT: u32 = 3;
const TEXT: u32 = 1;

impl SearchIndex {
    pub(super) fn build(products: &[Product]) -> Self {
        let mut words: BTreeMap<String, BTreeMap<u32, u32>> = BTreeMap::new();
        for (at, product) in products.iter().enumerate() {
            let Ok(at) = u32::try_from(at) else { break };
            let mut add = |text: &str, weight: u32| {
                for word in tokens(text) {
                    let held = words.entry(word).or_default().entry(at).or_default();
                    *held = (*held).max(weight);
                }
            };
            add(&product.title, TITLE);
            product.category.iter().for_each(|part| add(part, CATEGORY));
            add(&product.metadata.brand, BRAND);
            product.tags.iter().for_each(|tag| add(tag, TAG));
            let facts = &product.metadata;
            facts.certificates.iter().for_each(|certificate| {
                let scheme = certificate
                    .scheme
                    .trim_end_matches("-intl")
                    .trim_start_matches("eu-");
                add(scheme, FACT);
            });
            facts
                .colour
                .iter()
                .chain(&facts.materials)
                .for_each(|fact| add(fact, FACT));
            for axis in &product.options {
                axis.values.iter().for_each(|value| add(value, FACT));
            }
            facts
                .ingredients
                .iter()
                .for_each(|ingredient| add(ingredient, TEXT));
            add(&product.description, TEXT);
        }
        let words = words.into_iter().map(|(word, hits)| {
            let postings = hits
                .into_iter()
                .map(|(product, weight)| Posting { product, weight });
            (word, postings.collect())
        });
        Self {
            words: words.collect(),
            products: products.len(),
        }
    }

    /// Product positions, best first. When a product holds every word of the query in more than
    /// its text, only products with every word come; otherwise those with at least half.
    pub(super) fn find(&self, query: &str) -> Vec<usize> {
        let mut asked: Vec<Vec<(&str, u32)>> = Vec::new();
        let words: Vec<String> = query_words(query, &self.words);
        for word in &words {
            asked.push(self.expand(word));
        }
        if asked.is_empty() {
            return Vec::new();
        }
        let mut found: HashMap<u32, Hits> = HashMap::new();
        for word in &asked {
            for (product, (strong, score)) in self.best(word) {
                let hits = found.entry(product).or_default();
                hits.words += 1;
                hits.strong += u32::from(strong);
                hits.score += score;
            }
        }
        let all = u32::try_from(asked.len()).unwrap_or(u32::MAX);
        let whole = found.values().any(|hits| hits.strong == all);
        let needed = if whole { all } else { all.div_ceil(2) };
        let mut ranked: Vec<(u32, Hits)> = found
            .into_iter()
            .filter(|(_, hits)| hits.words >= needed)
            .collect();
        ranked.sort_by(|(a, left), (b, right)| {
            let key = |hits: &Hits| (hits.strong, hits.words, hits.score);
            key(right).cmp(&key(left)).then(a.cmp(b))
        });
        ranked
            .into_iter()
            .filter_map(|(product, _)| usize::try_from(product).ok())
            .collect()
    }

    /// By product: whether the word stands in more than its text, and what it scores.
    fn best(&self, word: &[(&str, u32)]) -> HashMap<u32, (bool, u64)> {
        let mut best: HashMap<u32, (bool, u64)> = HashMap::new();
        for (known, share) in word {
            let Some(postings) = self.words.get(*known) else {
                continue;
            };
            let rarity = rarity(self.products, postings.len());
            for posting in postings {
                let score = u64::from(posting.weight) * rarity * u64::from(*share);
                let held = best.entry(posting.product).or_default();
                *held = (held.0 || posting.weight >= FACT, held.1.max(score));
            }
        }
        best
    }

    /// The known words that a query word may stand for, with their share of its weight.
    fn expand<'a>(&'a self, word: &str) -> Vec<(&'a str, u32)> {
        let mut known = Vec::new();
        let twin = SAME.iter().find_map(|(a, b)| {
            if *a == word {
                Some(*b)
            } else if *b == word {
                Some(*a)
            } else {
                None
            }
        });
        for (candidate, share) in std::iter::once((word, 10)).chain(twin.map(|twin| (twin, 9))) {
            if let Some((stored, _)) = self.words.get_key_value(candidate) {
                known.push((stored.as_str(), share));
            }
        }
        if known.is_empty() && word.len() >= 3 {
            let from = self.words.range(word.to_owned()..);
            let starts = from
                .take_while(|(stored, _)| stored.starts_with(word))
                .take(8);
            known.extend(starts.map(|(stored, _)| (stored.as_str(), 6)));
        }
        if known.is_empty() && word.len() >= 5 {
            let near = self
                .words
                .keys()
                .filter(|stored| one_apart(stored, word))
                .take(4);
            known.extend(near.map(|stored| (stored.as_str(), 4)));
        }
        known
    }
}

/// The words of a query: without fillers, and with neighbours joined where the shelves know
/// the joined word (`fair trade` finds `fairtrade`).
fn query_words(query: &str, known: &BTreeMap<String, Vec<Posting>>) -> Vec<String> {
    let split: Vec<String> = words_of(query)
        .filter(|word| !STOP.contains(&word.as_str()))
        .collect();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(word) = split.get(at) {
        at += 1;
        if let Some(next) = split.get(at) {
            let joined = stem(&format!("{word}{next}"));
            if known.contains_key(&joined) {
                words.push(joined);
                at += 1;
                continue;
            }
        }
        let stemmed = stem(word);
        if !words.contains(&stemmed) {
            words.push(stemmed);
        }
        if words.len() == QUERY_WORDS_MAX {
            break;
        }
    }
    words
}

/// Stemmed words of a field, hyphenated pairs also in one piece.
fn tokens(text: &str) -> Vec<String> {
    let mut all: Vec<String> = words_of(text).map(|word| stem(&word)).collect();
    for piece in text.split_whitespace() {
        if let Some((left, right)) = piece.split_once('-') {
            let joined: String = words_of(left).chain(words_of(right)).collect();
            all.push(stem(&joined));
        }
    }
    all
}

fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '\'')
        .map(|word| word.trim_end_matches("'s").replace('\'', "").to_lowercase())
        .filter(|word| !word.is_empty())
}

/// Takes the plural off, and nothing else; `scarves` and `scarf`, `knives` and `knife` meet.
fn stem(word: &str) -> String {
    let one = singular(word);
    if one.len() < 4 {
        return one;
    }
    match one.strip_suffix("ve").or_else(|| one.strip_suffix("fe")) {
        Some(root) => format!("{root}f"),
        None => one,
    }
}

fn singular(word: &str) -> String {
    let cut = |tail: usize| word.get(..word.len() - tail).unwrap_or(word);
    if word.len() > 4 && word.ends_with("ies") {
        return format!("{}y", cut(3));
    }
    let hissing = ["ches", "shes", "sses", "xes", "zes"];
    if word.len() > 4 && hissing.iter().any(|tail| word.ends_with(tail)) {
        return cut(2).to_owned();
    }
    let kept = ["ss", "us", "is", "ous"];
    if word.len() > 3 && word.ends_with('s') && !kept.iter().any(|tail| word.ends_with(tail)) {
        return cut(1).to_owned();
    }
    word.to_owned()
}

/// A whole number that grows as a word gets rarer: 1 for a word everywhere, more for few.
fn rarity(products: usize, hits: usize) -> u64 {
    let ratio = (products / hits.max(1)).max(1);
    u64::from(ratio.ilog2()) + 1
}

/// Whether one letter changed, more or less, or two swapped, turns one word into the other.
fn one_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let rest =
        |word: &[char], from: usize| word.get(from..).map(<[char]>::to_vec).unwrap_or_default();
    let swapped = a.len() == b.len()
        && a.get(same) == b.get(same + 1)
        && a.get(same + 1) == b.get(same)
        && rest(&a, same + 2) == rest(&b, same + 2);
    swapped
        || rest(&a, same + 1) == rest(&b, same + usize::from(a.len() == b.len()))
        || rest(&a, same) == rest(&b, same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_fall_off_and_other_endings_stay() {
        for (word, expected) in [
            ("beans", "bean"),
            ("berries", "berry"),
            ("glass", "glass"),
            ("boxes", "box"),
            ("bus", "bus"),
            ("coffee", "coffee"),
            ("dishes", "dish"),
        ] {
            assert_eq!(stem(word), expected);
        }
    }

    #[test]
    fn one_slip_of_the_finger_is_one_apart_and_two_are_not() {
        assert!(one_apart("coffee", "cofee"));
        assert!(one_apart("laptop", "latpop"));
        assert!(one_apart("laptop", "laptup"));
        assert!(!one_apart("laptop", "lipstop"));
        assert!(!one_apart("laptop", "teapot"));
    }

    #[test]
    fn a_hyphen_is_a_space_and_a_join() {
        assert_eq!(tokens("fair-trade"), ["fair", "trade", "fairtrade"]);
    }
}
