//! A linear classifier over hashed word and letter n-grams: which of some classes a sentence belongs to, or none.
//!
//! No word list is kept: features are hashed into a fixed number of buckets, so that names and new words change nothing.
//! It ranks and it rejects; it never answers an open question (see [`crate::approve`]) and fills no slot.
//!
//! ```
//! use errand_offline::linear::{Classifier, Settings};
//!
//! let rows = [("where is my parcel", 0), ("track my order", 0), ("put milk on the list", 1), ("add eggs to my list", 1)];
//! let model = Classifier::train(&rows, 2, &Settings::default());
//! assert_eq!(model.classify("where is the order").class, 0);
//! ```

use std::collections::HashSet;

use crate::text::{Heard, Kind, Short};

/// Buckets of one kind of feature; a power of two.
const BUCKETS: usize = 1 << 14;
/// Words of one sentence that are looked at.
const WORDS_MAX: usize = 64;
/// Features of one sentence at most.
const FEATURES_MAX: usize = 1_500;

/// How a classifier is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Passes over the rows; the weights of the second half of them are averaged.
    pub epochs: u16,
    /// First step; it gets smaller with each pass.
    pub rate: f32,
    /// Weight decay for each touched weight.
    pub decay: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            epochs: 30,
            rate: 2.0,
            decay: 1e-5,
        }
    }
}

/// What a classifier makes of a sentence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    /// The likeliest class.
    pub class: usize,
    /// Its probability, 0 to 1.
    pub probability: f32,
    /// Share of words that no row of the training held, 0 to 1.
    pub unseen: f32,
}

/// Weights of one classifier.
#[derive(Debug, Clone)]
pub struct Classifier {
    classes: usize,
    /// By feature, then by class.
    weights: Vec<f32>,
    bias: Vec<f32>,
    seen: HashSet<u64>,
}

impl Classifier {
    /// Learns from sentences and their classes (`0..classes`); rows of another class are left out. The same rows in
    /// the same order always give the same weights.
    pub fn train(rows: &[(&str, usize)], classes: usize, settings: &Settings) -> Self {
        let read: Vec<(Vec<(usize, f32)>, usize)> = rows
            .iter()
            .filter(|(_, class)| *class < classes)
            .map(|(text, class)| (features(text), *class))
            .collect();
        let mut model = Self {
            classes,
            weights: vec![0.0; 2 * BUCKETS * classes],
            bias: vec![0.0; classes],
            seen: rows
                .iter()
                .flat_map(|(text, _)| word_hashes(text))
                .collect(),
        };
        let mut sum = vec![0.0_f32; model.weights.len()];
        let mut order: Vec<usize> = (0..read.len()).collect();
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for epoch in 0..settings.epochs {
            shuffle(&mut order, &mut state);
            let rate = settings.rate / (1.0 + 0.1 * f32::from(epoch));
            for at in &order {
                if let Some((features, class)) = read.get(*at) {
                    model.step(features, *class, rate, settings.decay);
                }
            }
            if epoch >= settings.epochs / 2 {
                for (total, weight) in sum.iter_mut().zip(&model.weights) {
                    *total += weight;
                }
            }
        }
        let averaged = f32::from(settings.epochs - settings.epochs / 2).max(1.0);
        for (weight, total) in model.weights.iter_mut().zip(sum) {
            *weight = total / averaged;
        }
        model
    }

    fn step(&mut self, features: &[(usize, f32)], class: usize, rate: f32, decay: f32) {
        let mut errors = self.probabilities(features);
        if let Some(own) = errors.get_mut(class) {
            *own -= 1.0;
        }
        for (bias, error) in self.bias.iter_mut().zip(&errors) {
            *bias -= 0.01 * error;
        }
        for (feature, value) in features {
            let run = feature * self.classes..(feature + 1) * self.classes;
            for (weight, error) in self.weights.get_mut(run).into_iter().flatten().zip(&errors) {
                *weight -= rate * (error * value + decay * *weight);
            }
        }
    }

    fn probabilities(&self, features: &[(usize, f32)]) -> Vec<f32> {
        let mut scores = self.bias.clone();
        for (feature, value) in features {
            let run = feature * self.classes..(feature + 1) * self.classes;
            for (score, weight) in scores.iter_mut().zip(self.weights.get(run).unwrap_or(&[])) {
                *score += weight * value;
            }
        }
        let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for score in &mut scores {
            *score = (*score - top).exp();
            sum += *score;
        }
        for score in &mut scores {
            *score /= sum;
        }
        scores
    }

    /// The likeliest class of a sentence. With no classes at all it is class 0 with probability 0.
    pub fn classify(&self, text: &str) -> Guess {
        let all = self.all(text);
        let (class, probability) =
            all.iter()
                .copied()
                .enumerate()
                .fold(
                    (0, 0.0),
                    |best, (class, p)| {
                        if p > best.1 { (class, p) } else { best }
                    },
                );
        Guess {
            class,
            probability,
            unseen: self.unseen(text),
        }
    }

    /// Probabilities of all classes; they sum to 1.
    pub fn all(&self, text: &str) -> Vec<f32> {
        self.probabilities(&features(text))
    }

    fn unseen(&self, text: &str) -> f32 {
        let words = word_hashes(text);
        if words.is_empty() {
            return 1.0;
        }
        let new = words.iter().filter(|w| !self.seen.contains(w)).count();
        count(new) / count(words.len())
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of words of one sentence are far below what a float holds exactly"
)]
fn count(n: usize) -> f32 {
    n as f32
}

fn shuffle(order: &mut [usize], state: &mut u64) {
    for at in (1..order.len()).rev() {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        let other = usize::try_from(*state % (at as u64 + 1)).unwrap_or(0);
        order.swap(at, other);
    }
}

fn words(text: &str) -> Vec<String> {
    Heard::new(text, &Short::default())
        .tokens
        .into_iter()
        .filter(|t| t.kind != Kind::Sign || matches!(t.text.as_str(), "?" | "$" | "€"))
        .take(WORDS_MAX)
        .map(|t| {
            if t.kind == Kind::Number {
                "0".to_owned()
            } else {
                t.text
            }
        })
        .collect()
}

fn word_hashes(text: &str) -> Vec<u64> {
    words(text).iter().map(|w| hash(0, w.bytes())).collect()
}

/// Hashed features with their values: words and pairs of words in the lower half, runs of two to four letters in the
/// upper one; each half has length one.
fn features(text: &str) -> Vec<(usize, f32)> {
    let words = words(text);
    let mut of_words: Vec<usize> = Vec::new();
    let mut of_letters: Vec<usize> = Vec::new();
    for (i, word) in words.iter().enumerate() {
        of_words.push(bucket(hash(1, word.bytes())));
        let before = i.checked_sub(1).and_then(|k| words.get(k));
        let pair = before.map_or("^", String::as_str);
        of_words.push(bucket(hash(
            2,
            pair.bytes().chain([b' ']).chain(word.bytes()),
        )));
        let edged: Vec<char> = std::iter::once('<')
            .chain(word.chars())
            .chain(std::iter::once('>'))
            .collect();
        for n in 2..=4 {
            for run in edged.windows(n) {
                let letters = run.iter().flat_map(|c| u32::from(*c).to_le_bytes());
                of_letters.push(BUCKETS + bucket(hash(3, letters)));
            }
        }
    }
    let mut out = Vec::new();
    for mut half in [of_words, of_letters] {
        half.truncate(FEATURES_MAX);
        half.sort_unstable();
        half.dedup();
        let value = 1.0 / count(half.len().max(1)).sqrt();
        out.extend(half.into_iter().map(|feature| (feature, value)));
    }
    out
}

fn bucket(hash: u64) -> usize {
    usize::try_from(hash % BUCKETS as u64).unwrap_or(0)
}

fn hash(kind: u64, bytes: impl Iterator<Item = u8>) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325_u64 ^ kind.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in bytes {
        h = (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The low bits of a product of few bytes are poor.
    h ^ (h >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [(&str, usize); 6] = [
        ("where is my parcel", 0),
        ("track my order please", 0),
        ("put milk on the list", 1),
        ("add eggs to my list", 1),
        ("what is the weather like", 2),
        ("will it rain tomorrow", 2),
    ];

    #[test]
    fn rows_like_the_ones_it_learned_from_are_told_apart() {
        let model = Classifier::train(&ROWS, 3, &Settings::default());
        for (text, class) in [
            ("where's my ordr", 0),
            ("eggs on the list", 1),
            ("rain today?", 2),
        ] {
            assert_eq!(model.classify(text).class, class, "{text}");
        }
        assert!(model.classify("zyxw vutsr").unseen > 0.9);
    }

    #[test]
    fn the_same_rows_give_the_same_weights() {
        let first = Classifier::train(&ROWS, 3, &Settings::default());
        let again = Classifier::train(&ROWS, 3, &Settings::default());
        assert_eq!(first.weights, again.weights);
    }

    #[test]
    fn nothing_to_learn_from_and_nothing_said_are_no_trouble() {
        let model = Classifier::train(&[], 0, &Settings::default());
        assert_eq!(model.classify("").class, 0);
        let model = Classifier::train(&ROWS, 3, &Settings::default());
        let sum: f32 = model.all("").iter().sum();
        assert!((sum - 1.0).abs() < 1e-3);
    }
}
