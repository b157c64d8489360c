//! Spelling: words of a query that no product has, taken for the nearest word that products have.
//!
//! A deletes index: every word of the vocabulary is entered under each string that is left when one or two of its first
//! letters are struck out. Two words within that distance share such a string, so a look-up is a few binary searches.

use crate::limits::VOCABULARY_MAX;

/// Letters of a word that strings are struck out of.
const PREFIX: usize = 7;
/// Shortest word that is corrected: of shorter ones too many are near.
const SHORTEST: usize = 4;
/// From this length two slips are allowed.
const LONG: usize = 8;
/// Longest word that is in the vocabulary.
const LONGEST: usize = 24;

/// The words that products have, by how many products have them.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// Sorted.
    words: Vec<(Box<str>, u32)>,
    /// `(hash of a shortened prefix, word)`, sorted.
    shortened: Vec<(u32, u32)>,
}

impl Vocabulary {
    /// Takes the most frequent of the words.
    pub(crate) fn new(words: impl IntoIterator<Item = (String, u32)>) -> Self {
        let mut known: Vec<(Box<str>, u32)> = words
            .into_iter()
            .filter(|(word, _)| is_spellable(word))
            .map(|(word, count)| (word.into_boxed_str(), count))
            .collect();
        if known.len() > VOCABULARY_MAX {
            known.sort_unstable_by(|(a, na), (b, nb)| nb.cmp(na).then_with(|| a.cmp(b)));
            known.truncate(VOCABULARY_MAX);
        }
        known.sort_unstable();
        let mut shortened = Vec::new();
        for (id, (word, _)) in (0_u32..).zip(&known) {
            for hash in hashes(word) {
                shortened.push((hash, id));
            }
        }
        shortened.sort_unstable();
        shortened.dedup();
        shortened.shrink_to_fit();
        Self {
            words: known,
            shortened,
        }
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        self.at(word).is_some()
    }

    /// How many products have a word.
    pub(crate) fn count(&self, word: &str) -> u32 {
        self.at(word)
            .and_then(|at| self.words.get(at))
            .map_or(0, |(_, count)| *count)
    }

    fn at(&self, word: &str) -> Option<usize> {
        self.words
            .binary_search_by(|(known, _)| (**known).cmp(word))
            .ok()
    }

    /// The nearest word within the distance for its length: fewest slips, same first letter, most products, first by
    /// the alphabet.
    pub(crate) fn nearest(&self, word: &str) -> Option<&str> {
        if !is_spellable(word) || self.has(word) {
            return None;
        }
        let letters: Vec<char> = word.chars().collect();
        let slips_max = slips_max(letters.len());
        let mut best: Option<(usize, bool, std::cmp::Reverse<u32>, &str)> = None;
        for hash in hashes(word) {
            let from = self.shortened.partition_point(|(known, _)| *known < hash);
            let run = self.shortened.iter().skip(from);
            for (_, id) in run.take_while(|(known, _)| *known == hash) {
                let Some((known, count)) = self.words.get(*id as usize) else {
                    continue;
                };
                let other: Vec<char> = known.chars().collect();
                let allowed = slips_max.min(slips_max_of(&other));
                let Some(slips) = distance(&letters, &other, allowed) else {
                    continue;
                };
                let is_other_start = letters.first() != other.first();
                let found = (slips, is_other_start, std::cmp::Reverse(*count), &**known);
                if best.is_none_or(|best| found < best) {
                    best = Some(found);
                }
            }
        }
        best.map(|(_, _, _, known)| known)
    }

    /// The most frequent word that begins with as many of the letters as possible, at least three.
    pub(crate) fn beginning(&self, word: &str) -> Option<&str> {
        let starts: Vec<&str> = word
            .char_indices()
            .skip(3)
            .filter_map(|(at, _)| word.get(..at))
            .collect();
        let starts = std::iter::once(word).chain(starts.into_iter().rev());
        for start in starts.filter(|start| start.chars().count() >= 3) {
            let from = self.words.partition_point(|(known, _)| &**known < start);
            let run = self.words.iter().skip(from);
            let best = run
                .take_while(|(known, _)| known.starts_with(start))
                .max_by(|(a, na), (b, nb)| na.cmp(nb).then_with(|| b.cmp(a)));
            if let Some((known, _)) = best {
                return Some(known);
            }
        }
        None
    }

    /// Two words of the vocabulary that a word is written together from.
    pub(crate) fn split<'a>(&self, word: &'a str) -> Option<(&'a str, &'a str)> {
        if word.len() > LONGEST || word.len() < 6 {
            return None;
        }
        let cuts = word.char_indices().skip(3).map(|(at, _)| at);
        cuts.filter_map(|at| Some((word.get(..at)?, word.get(at..)?)))
            .filter(|(left, right)| {
                right.chars().count() >= 3 && self.has_short(left) && self.has_short(right)
            })
            .max_by_key(|(left, right)| self.count(left).min(self.count(right)))
    }

    fn has_short(&self, word: &str) -> bool {
        self.has(word) && self.count(word) > 1
    }
}

/// Words with letters only, neither too short nor too long. Three letters are known, but never corrected to.
fn is_spellable(word: &str) -> bool {
    let letters = word.chars().count();
    (3..=LONGEST).contains(&letters) && word.chars().all(char::is_alphabetic)
}

fn slips_max(letters: usize) -> usize {
    if letters < SHORTEST {
        0
    } else if letters < LONG {
        1
    } else {
        2
    }
}

fn slips_max_of(word: &[char]) -> usize {
    slips_max(word.len())
}

/// Hashes of the prefix and of what is left of it when up to two letters are struck out.
fn hashes(word: &str) -> Vec<u32> {
    let prefix: Vec<char> = word.chars().take(PREFIX).collect();
    let slips = slips_max(word.chars().count());
    let mut found = vec![hash(&prefix)];
    if slips == 0 {
        return found;
    }
    for at in 0..prefix.len() {
        let mut shorter = prefix.clone();
        shorter.remove(at);
        found.push(hash(&shorter));
        if slips > 1 {
            for second in at..shorter.len() {
                let mut shortest = shorter.clone();
                shortest.remove(second);
                found.push(hash(&shortest));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn hash(letters: &[char]) -> u32 {
    letters.iter().fold(0x811c_9dc5, |hash, letter| {
        (hash ^ u32::from(*letter)).wrapping_mul(0x0100_0193)
    })
}

/// Letters inserted, struck out, replaced or swapped with their neighbour, if not more than `most`.
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let cell =
                |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(usize::MAX / 2);
            let replaced = cell(&above, j) + usize::from(letter != other);
            let mut least = replaced.min(cell(&above, j + 1) + 1).min(cell(&row, j) + 1);
            let is_swap =
                i > 0 && j > 0 && a.get(i - 1) == Some(other) && b.get(j - 1) == Some(letter);
            if is_swap {
                least = least.min(cell(&before, j - 1) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let words = [
            ("keyboard", 90),
            ("notebook", 70),
            ("note", 20),
            ("book", 30),
            ("mouse", 40),
            ("house", 2),
            ("printer", 50),
            ("headphones", 12),
        ];
        Vocabulary::new(words.map(|(word, count)| (word.to_owned(), count)))
    }

    #[test]
    fn a_slip_is_forgiven_and_two_in_a_long_word() {
        let known = vocabulary();

        assert_eq!(known.nearest("keybord"), Some("keyboard"));
        assert_eq!(known.nearest("kyeboard"), Some("keyboard"));
        assert_eq!(known.nearest("hedphons"), Some("headphones"));
        assert_eq!(known.nearest("muose"), Some("mouse"));
        assert_eq!(known.nearest("prniter"), Some("printer"));
    }

    #[test]
    fn known_short_and_far_words_stay() {
        let known = vocabulary();

        assert_eq!(known.nearest("keyboard"), None);
        assert_eq!(known.nearest("mou"), None);
        assert_eq!(known.nearest("moxxe"), None);
        assert_eq!(known.nearest("k3yboard"), None);
        assert_eq!(known.nearest(&"x".repeat(10_000)), None);
    }

    #[test]
    fn the_same_first_letter_and_more_products_decide() {
        assert_eq!(vocabulary().nearest("nouse"), Some("mouse"));
        assert_eq!(vocabulary().nearest("hhouse"), Some("house"));
    }

    #[test]
    fn a_joined_word_is_split_where_both_parts_are_known() {
        assert_eq!(vocabulary().split("mousehouse"), Some(("mouse", "house")));
        assert_eq!(vocabulary().split("mousepad"), None);
    }

    #[test]
    fn a_word_is_completed_by_its_longest_beginning() {
        assert_eq!(vocabulary().beginning("notebq"), Some("notebook"));
        assert_eq!(vocabulary().beginning("zzz"), None);
    }

    #[test]
    fn distance_counts_slips_and_stops_at_the_most() {
        let count = |a: &str, b: &str, most| {
            let letters = |word: &str| word.chars().collect::<Vec<_>>();
            distance(&letters(a), &letters(b), most)
        };
        assert_eq!(count("abcd", "abdc", 2), Some(1));
        assert_eq!(count("abcd", "abcd", 0), Some(0));
        assert_eq!(count("abcd", "wxyz", 2), None);
        assert_eq!(count("", "ab", 2), Some(2));
    }
}
