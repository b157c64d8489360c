//! How far from what was said: words, sentences, equal error.

use errand_types::Language;
use errand_voice_core::Speakable;
use serde_json::{Value, json};

/// Sums of many sentences.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    words: u64,
    wrong_words: u64,
    sentences: u64,
    wrong_sentences: u64,
    empty: u64,
    cpu_s: f64,
    sound_s: f64,
}

impl Tally {
    /// A sentence that was said and what was heard of it, with the CPU seconds of the reading and its length in seconds.
    pub fn note(&mut self, said: &str, heard: &str, cpu_s: f64, sound_s: f64) {
        let (said, heard) = (words(said), words(heard));
        let wrong = distance(&said, &heard) as u64;
        self.words += said.len() as u64;
        self.wrong_words += wrong;
        self.sentences += 1;
        self.wrong_sentences += u64::from(wrong > 0);
        self.empty += u64::from(heard.is_empty());
        self.cpu_s += cpu_s;
        self.sound_s += sound_s;
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            words: self.words + other.words,
            wrong_words: self.wrong_words + other.wrong_words,
            sentences: self.sentences + other.sentences,
            wrong_sentences: self.wrong_sentences + other.wrong_sentences,
            empty: self.empty + other.empty,
            cpu_s: self.cpu_s + other.cpu_s,
            sound_s: self.sound_s + other.sound_s,
        }
    }

    /// Wrong words among those that were said: replaced, left out or added. It can exceed 1.
    pub fn wer(&self) -> f64 {
        share(self.wrong_words, self.words)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "wer": round(self.wer()), "sentence_error": round(share(self.wrong_sentences, self.sentences)),
            "empty": round(share(self.empty, self.sentences)), "rtf_cpu": round(self.cpu_s / self.sound_s.max(1e-9)),
            "sentences": self.sentences, "words": self.words,
        })
    }
}

/// A part of a whole; 0 of nothing.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Four digits behind the point are more than any of this means.
pub(crate) fn round(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

/// Words without signs, in lower case. Figures count as the words that they are read as: some recognisers write `$15`.
pub(crate) fn words(text: &str) -> Vec<String> {
    let said = Speakable::of(Language::English).map(|say| say.text(text));
    said.unwrap_or_else(|| text.to_owned())
        .to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The least number of words to replace, leave out and add.
pub(crate) fn distance<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let mut before: Vec<usize> = (0..=b.len()).collect();
    for (n, one) in a.iter().enumerate() {
        let mut now = vec![n + 1];
        for ((m, other), pair) in b.iter().enumerate().zip(before.windows(2)) {
            let (diagonal, above) = (
                pair.first().copied().unwrap_or(0),
                pair.last().copied().unwrap_or(0),
            );
            let left = now.get(m).copied().unwrap_or(0);
            now.push(
                (diagonal + usize::from(one != other))
                    .min(above + 1)
                    .min(left + 1),
            );
        }
        before = now;
    }
    before.last().copied().unwrap_or(0)
}

/// Errors of a check by score at every threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Errors {
    /// Where as many of the others are let in as of the right ones are kept out.
    pub(crate) equal: f64,
    /// The right ones that are kept out where at most one of a hundred others is let in.
    pub(crate) reject_at_one_percent: f64,
    /// The threshold of that.
    pub(crate) threshold: f32,
}

/// Of scores of the right ones and of others; higher is more alike.
pub(crate) fn errors(right: &[f32], others: &[f32]) -> Errors {
    let mut found = Errors {
        equal: 1.0,
        reject_at_one_percent: 1.0,
        threshold: 1.0,
    };
    let mut least_gap = f64::MAX;
    let mut all: Vec<f32> = right.iter().chain(others).copied().collect();
    all.sort_by(f32::total_cmp);
    all.dedup();
    all.push(f32::MAX);
    let count = |scores: &[f32], keep: &dyn Fn(f32) -> bool| {
        scores.iter().filter(|s| keep(**s)).count() as u64
    };
    for threshold in all {
        let rejected = share(count(right, &|s| s < threshold), right.len() as u64);
        let accepted = share(count(others, &|s| s >= threshold), others.len() as u64);
        if (rejected - accepted).abs() < least_gap {
            least_gap = (rejected - accepted).abs();
            found.equal = f64::midpoint(rejected, accepted);
        }
        if accepted <= 0.01 && rejected < found.reject_at_one_percent {
            found.reject_at_one_percent = rejected;
            found.threshold = threshold;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_replaced_left_out_and_added_count() {
        let mut tally = Tally::default();
        tally.note(
            "add two bags of coffee",
            "add to bags coffee please",
            0.1,
            1.0,
        );
        tally.note("Stop!", "stop", 0.1, 1.0);

        assert!((tally.wer() - 0.5).abs() < 1e-9, "{}", tally.wer());
        assert_eq!(tally.json().get("sentence_error"), Some(&json!(0.5)));
        assert_eq!(distance(&["a"; 3], &["b"; 0]), 3);
    }

    #[test]
    fn figures_are_the_words_that_they_are_read_as() {
        let mut tally = Tally::default();
        for (said, heard) in [
            ("two bags under fifteen dollars", "2 bags under $15."),
            ("the second one", "The 2nd one."),
            ("twenty-five percent off", "25% off"),
        ] {
            tally.note(said, heard, 0.1, 1.0);
        }

        assert!(tally.wer() < 1e-9, "{}", tally.wer());
    }

    #[test]
    fn equal_error_of_what_is_apart_is_none_and_of_what_is_mixed_a_half() {
        assert!(errors(&[0.9, 0.8], &[0.1, 0.2]).equal < 1e-9);
        assert!((errors(&[0.5, 0.7], &[0.5, 0.7]).equal - 0.5).abs() < 0.26);
        let mixed = errors(&[0.9, 0.8, 0.3, 0.7], &[0.1, 0.2, 0.4, 0.05]);
        assert!((mixed.equal - 0.25).abs() < 1e-9 && mixed.reject_at_one_percent <= 0.25);
    }
}
