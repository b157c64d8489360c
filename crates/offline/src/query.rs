//! Which words of a long description matter for search: "I need a pair of brown leather boots in size 9" is
//! `brown leather boots size 9`.
//!
//! A small linear model says for each word how likely a person would type it into a search box, from the closed-class
//! words around it, its place and the length of the whole; the words that give the best expected overlap are kept. Only
//! closed-class and everyday words have weights, so names and new words never need learning.
//!
//! ```
//! use errand_offline::query::search_words;
//!
//! assert_eq!(search_words("please find me some wireless earbuds that are waterproof"), ["wireless", "earbuds", "waterproof"]);
//! ```

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::Deserialize;

/// Words of one description that are looked at.
const WORDS_MAX: usize = 120;
/// Passes over the rows when learning; the second half of them is averaged.
const EPOCHS: u32 = 8;
const RATE: f32 = 0.05;
const DECAY: f32 = 0.01;
/// A feature that fewer words had than this is not learned.
const SEEN_MIN: u32 = 3;
/// Weights smaller than this, in hundredths, are left out.
const HUNDREDTHS_MIN: i16 = 4;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    closed: Vec<String>,
    everyday: Vec<String>,
    weights: BTreeMap<String, i16>,
}

/// Learned weights, in hundredths, by the name of a feature.
#[derive(Debug, Clone, Default)]
pub struct QueryFormer {
    closed: HashSet<String>,
    everyday: HashSet<String>,
    weights: HashMap<String, i16>,
}

/// The weights of this version. An unreadable file keeps every word; a test reads it.
static ENGLISH: LazyLock<QueryFormer> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("../lang/en/query.toml")).map_or_else(
        |_| QueryFormer::default(),
        |file| QueryFormer {
            closed: file.closed.into_iter().collect(),
            everyday: file.everyday.into_iter().collect(),
            weights: file.weights.into_iter().collect(),
        },
    )
});

/// The words that matter for search, in their order and each once, in small letters. Never none where any word is.
pub fn search_words(text: &str) -> Vec<String> {
    ENGLISH.words(text)
}

/// Cuts a text into words as the former sees them: runs of letters and digits in small letters, apostrophes dropped.
pub fn words(text: &str) -> Vec<String> {
    cut(text).into_iter().map(|word| word.text).collect()
}

struct Word {
    text: String,
    /// A full stop before it.
    behind_stop: bool,
    behind_comma: bool,
}

fn cut(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut word, mut gap) = (String::new(), String::new());
    let plain = text
        .chars()
        .take(crate::text::CHARS_MAX)
        .filter(|c| !matches!(c, '\'' | '’' | '`'));
    for c in plain.chain(std::iter::once(' ')) {
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            words.push(Word {
                text: std::mem::take(&mut word),
                behind_stop: gap.contains('.') && gap.contains(char::is_whitespace),
                behind_comma: gap.contains(','),
            });
            gap.clear();
            if words.len() == WORDS_MAX {
                break;
            }
        }
        gap.push(c);
    }
    words
}

impl QueryFormer {
    /// The former of this version for English.
    pub fn english() -> &'static Self {
        &ENGLISH
    }

    /// Learns from descriptions and what people typed for them, with the closed words of this version. The same rows
    /// in the same order always give the same weights.
    pub fn train(rows: &[(&str, Vec<&str>)]) -> Self {
        let mut former = Self {
            closed: ENGLISH.closed.clone(),
            everyday: ENGLISH.everyday.clone(),
            weights: HashMap::new(),
        };
        let mut ids: HashMap<String, usize> = HashMap::new();
        let mut seen: Vec<u32> = Vec::new();
        let mut samples: Vec<Sample> = Vec::new();
        for (text, queries) in rows {
            let typed: Vec<HashSet<String>> = queries
                .iter()
                .map(|query| words(query).into_iter().collect())
                .collect();
            // One word more or less counts for more where people typed few.
            let typed_words: usize = typed.iter().map(HashSet::len).sum();
            let weight = (8.0 / ratio(typed_words, typed.len()).max(2.0)).sqrt();
            for (word, features) in former.features(text) {
                let kept = typed.iter().filter(|query| query.contains(&word)).count();
                let features = features.into_iter().map(|name| {
                    let next = ids.len();
                    let id = *ids.entry(name).or_insert(next);
                    seen.resize(seen.len().max(id + 1), 0);
                    if let Some(count) = seen.get_mut(id) {
                        *count += 1;
                    }
                    id
                });
                samples.push(Sample {
                    features: features.collect(),
                    kept: ratio(kept, typed.len()),
                    weight,
                });
            }
        }
        let learned = descend(&mut samples, ids.len());
        for (name, id) in ids {
            let weight = learned.get(id).map_or(0, |w| hundredths(*w));
            if seen.get(id).is_some_and(|n| *n >= SEEN_MIN) && weight.abs() >= HUNDREDTHS_MIN {
                former.weights.insert(name, weight);
            }
        }
        former
    }

    /// The weights as the file of the language keeps them.
    pub fn to_toml(&self) -> String {
        let sorted: BTreeMap<&String, &i16> = self.weights.iter().collect();
        let mut text = String::new();
        for (name, weight) in sorted {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\"{name}\" = {weight}");
        }
        text
    }

    /// See [`search_words`].
    pub fn words(&self, text: &str) -> Vec<String> {
        let mut likely: Vec<(String, f32)> = Vec::new();
        for (word, features) in self.features(text) {
            let sum: i32 = features
                .iter()
                .filter_map(|name| self.weights.get(name))
                .map(|w| i32::from(*w))
                .sum();
            if !likely.iter().any(|(known, _)| *known == word) {
                likely.push((word, chance(sum)));
            }
        }
        let keep = best_count(&likely);
        let mut ranked: Vec<usize> = (0..likely.len()).collect();
        let of = |at: usize| likely.get(at).map_or(0.0, |(_, p)| *p);
        ranked.sort_by(|a, b| of(*b).total_cmp(&of(*a)).then(a.cmp(b)));
        ranked.truncate(keep);
        ranked.sort_unstable();
        ranked
            .into_iter()
            .filter_map(|at| likely.get(at).map(|(word, _)| word.clone()))
            .collect()
    }

    fn class<'a>(&self, word: &'a str) -> &'a str {
        if self.closed.contains(word) {
            word
        } else if word.chars().any(|c| c.is_ascii_digit()) {
            "#"
        } else {
            "*"
        }
    }

    /// Names of what holds for each word.
    fn features(&self, text: &str) -> Vec<(String, Vec<String>)> {
        let cut = cut(text);
        let classes: Vec<&str> = cut.iter().map(|w| self.class(&w.text)).collect();
        let is_open = |class: &str| matches!(class, "*" | "#");
        let first_open = classes.iter().position(|c| is_open(c)).unwrap_or(cut.len());
        let open = classes.iter().filter(|c| is_open(c)).count();
        let (mut sentence, mut since, mut relation) = (0, 9, "");
        let mut seen: HashSet<&str> = HashSet::new();
        let mut out = Vec::with_capacity(cut.len());
        for (at, word) in cut.iter().enumerate() {
            if word.behind_stop {
                sentence = 1;
                since = 9;
            }
            let class = classes.get(at).copied().unwrap_or("*");
            if matches!(class, "that" | "which" | "for" | "with" | "and" | "to") {
                since = 0;
                relation = class;
            }
            let near = |offset: usize, back: bool| {
                let at = if back {
                    at.checked_sub(offset)
                } else {
                    at.checked_add(offset)
                };
                at.and_then(|i| classes.get(i)).copied()
            };
            let next_word = cut.get(at + 1);
            let before = if word.behind_stop {
                "."
            } else {
                near(1, true).unwrap_or("^")
            };
            let before_two = near(2, true).unwrap_or("^");
            let next = if next_word.is_some_and(|w| w.behind_stop) {
                "."
            } else {
                near(1, false).unwrap_or("$")
            };
            let kind = if is_open(class) { class } else { "f" };
            let own = if self.everyday.contains(&word.text) {
                word.text.as_str()
            } else {
                class
            };
            let stem = word.text.trim_end_matches('s');
            let mut names = vec![
                format!("k={own}"),
                format!("kk={class}"),
                format!("k|p={class}|{before}"),
                format!("k|q={class}|{next}"),
                format!("q={next}"),
                format!("p={before}"),
                format!("k|s={class}|{sentence}"),
                format!("lead={}|{class}", u8::from(at < first_open)),
                format!("n={}|{kind}", (cut.len() / 5).min(5)),
                format!("dup={}", u8::from(seen.contains(stem))),
                format!("open={}", open.min(14)),
            ];
            if since < 4 {
                names.push(format!("in={relation}|{since}|{kind}"));
            }
            if word.behind_comma {
                names.push(format!("comma|{class}"));
            }
            if next_word.is_some_and(|w| w.behind_comma) {
                names.push(format!("to_comma|{class}"));
            }
            if !(is_open(before) && is_open(before_two)) {
                names.push(format!("pp={before_two}|{before}"));
            }
            seen.insert(stem);
            since += 1;
            out.push((word.text.clone(), names));
        }
        out
    }
}

/// How many of the likeliest words give the best expected overlap with what somebody types.
fn best_count(likely: &[(String, f32)]) -> usize {
    let mut sorted: Vec<f32> = likely.iter().map(|(_, p)| *p).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let expected: f32 = sorted.iter().sum();
    let (mut best, mut count, mut sum, mut size) = (-1.0, 0, 0.0, 0.0);
    for (at, p) in sorted.iter().enumerate() {
        sum += p;
        size += 1.0;
        let overlap = 2.0 * sum / (size + expected);
        if overlap > best {
            (best, count) = (overlap, at + 1);
        }
    }
    count
}

/// One word of a row, for learning.
struct Sample {
    features: Vec<usize>,
    /// Share of people who typed it.
    kept: f32,
    weight: f32,
}

fn descend(samples: &mut [Sample], features: usize) -> Vec<f32> {
    let (mut weights, mut squares) = (vec![0.0_f32; features], vec![0.0_f32; features]);
    let mut sum = vec![0.0_f32; features];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for epoch in 0..EPOCHS {
        for at in (1..samples.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            samples.swap(at, usize::try_from(state % (at as u64 + 1)).unwrap_or(0));
        }
        for sample in samples.iter() {
            let score: f32 = sample
                .features
                .iter()
                .filter_map(|id| weights.get(*id))
                .sum();
            let error = sample.weight * (1.0 / (1.0 + (-score).exp()) - sample.kept);
            for id in &sample.features {
                let (Some(weight), Some(square)) = (weights.get_mut(*id), squares.get_mut(*id))
                else {
                    continue;
                };
                let gradient = error + DECAY * *weight;
                *square += gradient * gradient;
                *weight -= RATE * gradient / (square.sqrt() + 1e-3);
            }
        }
        if epoch >= EPOCHS / 2 {
            for (total, weight) in sum.iter_mut().zip(&weights) {
                *total += weight / 4.0;
            }
        }
    }
    sum
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of queries for one description"
)]
fn ratio(part: usize, of: usize) -> f32 {
    if of == 0 {
        0.0
    } else {
        part as f32 / of as f32
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "clamped to the range of the target just before"
)]
fn hundredths(weight: f32) -> i16 {
    (weight * 100.0).round().clamp(-9_999.0, 9_999.0) as i16
}

#[expect(clippy::cast_precision_loss, reason = "a sum of a dozen small weights")]
fn chance(hundredths: i32) -> f32 {
    1.0 / (1.0 + (-(hundredths as f32) / 100.0).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_and_has_weights_for_its_words() {
        let file: File = toml::from_str(include_str!("../lang/en/query.toml")).unwrap();
        assert!(file.closed.len() > 50 && file.weights.len() > 200);
    }

    #[test]
    fn what_leads_in_and_what_it_is_for_drop_out() {
        for (text, wanted) in [
            (
                "i need a pair of brown leather boots in size 9",
                "brown leather boots size 9",
            ),
            (
                "please find me some wireless earbuds that are waterproof",
                "wireless earbuds waterproof",
            ),
            ("oat milk", "oat milk"),
        ] {
            assert_eq!(search_words(text).join(" "), wanted, "{text}");
        }
    }

    #[test]
    fn any_text_gives_words_of_it_and_never_none() {
        for text in ["the", "for", "a b c", "x", &"wool ".repeat(50_000)] {
            let found = search_words(text);
            assert!(!found.is_empty() && found.len() <= WORDS_MAX, "{text:.20}");
        }
        assert!(search_words("… !!").is_empty());
    }
}
