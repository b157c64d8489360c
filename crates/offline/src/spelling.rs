//! Near words: an index of deletes for typing errors, and keys of sound for words that were heard wrongly.

/// Letters of a word that the index of deletes looks at.
const PREFIX: usize = 7;
/// Entries that wait unsorted into the long list.
const FRESH_MAX: usize = 16_384;
/// Words under one key that are looked at.
const SAME_KEY_MAX: usize = 64;

/// Numbers of words by a hash, in two sorted lists: a long one, and a short one for what came last.
#[derive(Debug, Default)]
pub(crate) struct Index {
    long: Vec<(u32, u32)>,
    short: Vec<(u32, u32)>,
    is_sorted: bool,
}

impl Index {
    pub(crate) fn add(&mut self, key: u32, id: u32) {
        self.short.push((key, id));
        self.is_sorted = false;
    }

    /// Makes what was added findable.
    pub(crate) fn settle(&mut self) {
        if self.is_sorted {
            return;
        }
        self.short.sort_unstable();
        if self.short.len() > FRESH_MAX {
            self.long.append(&mut self.short);
            self.long.sort_unstable();
            self.short.shrink_to(FRESH_MAX);
        }
        self.is_sorted = true;
    }

    pub(crate) fn at(&self, key: u32) -> impl Iterator<Item = u32> + '_ {
        [&self.long, &self.short].into_iter().flat_map(move |list| {
            let from = list.partition_point(|(k, _)| *k < key);
            list.iter()
                .skip(from)
                .take_while(move |(k, _)| *k == key)
                .take(SAME_KEY_MAX)
                .map(|(_, id)| *id)
        })
    }
}

fn hash(letters: impl Iterator<Item = char>) -> u32 {
    let h = letters.fold(0xcbf2_9ce4_8422_2325_u64, |h, c| {
        (h ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
    });
    // The upper half is mixed best.
    u32::try_from(h >> 32).unwrap_or(0)
}

/// Keys of a word: its first letters whole, with one left out, and with two left out of a long word.
pub(crate) fn delete_keys(word: &str) -> Vec<u32> {
    let letters: Vec<char> = word.chars().take(PREFIX).collect();
    let is_long = letters.len() >= PREFIX;
    let without = |skip: &[usize]| {
        let kept = letters
            .iter()
            .enumerate()
            .filter(|(i, _)| !skip.contains(i));
        hash(kept.map(|(_, c)| *c))
    };
    let mut keys = vec![without(&[])];
    for i in 0..letters.len() {
        keys.push(without(&[i]));
        if is_long {
            keys.extend((i + 1..letters.len()).map(|j| without(&[i, j])));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Edits between two words (insert, delete, replace, swap neighbours), or nothing beyond a bound.
pub(crate) fn distance(a: &str, b: &str, max: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(32).collect(), b.chars().take(32).collect());
    if a.len().abs_diff(b.len()) > max {
        return None;
    }
    let width = b.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1; width];
        let mut least = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let get = |row: &[usize], k: usize| row.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (get(&last, j) + usize::from(ca != cb))
                .min(get(&last, j + 1) + 1)
                .min(get(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(cb) && b.get(j - 1) == Some(ca);
            if swapped {
                cost = cost.min(get(&before, j - 1) + 1);
            }
            least = least.min(cost);
            if let Some(cell) = row.get_mut(j + 1) {
                *cell = cost;
            }
        }
        // A swap looks two rows back and may gain one.
        if least > max + 1 {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|d| *d <= max)
}

/// Sounds of a key at least; shorter ones fit too much.
const SOUNDS_MIN: usize = 4;

/// How a word sounds, by its consonants alone: "toothpaced" and "toothpaste" share theirs. Nothing for short words.
pub(crate) fn sound_key(letters: &str) -> Option<u32> {
    let chars: Vec<char> = letters.chars().take(40).collect();
    let mut sounds: Vec<char> = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let (sound, taken) = match (c, next) {
            ('p', 'h') => ('f', 2),
            ('s', 'h' | 'c') | ('c', 'h') => ('x', 2),
            ('t', 'h' | 't') | ('d', 't') => ('t', 2),
            ('c', 'k') => ('k', 2),
            ('g' | 'k' | 'w', 'h') | ('k' | 'g', 'n') => (next, 2),
            ('c', 'e' | 'i' | 'y') | ('s' | 'z' | 'ß' | 'x', _) => ('s', 1),
            ('c' | 'k' | 'q' | 'g', _) => ('k', 1),
            ('t' | 'd', _) => ('t', 1),
            ('b' | 'p', _) => ('p', 1),
            ('f' | 'v', _) => ('f', 1),
            ('j', _) => ('x', 1),
            ('m' | 'n' | 'l' | 'r', _) => (c, 1),
            _ => (' ', 1),
        };
        // A sound that is said twice in a row is one.
        if sound != ' ' && sounds.last() != Some(&sound) && sound != 'h' {
            sounds.push(sound);
        }
        at += taken;
    }
    (sounds.len() >= SOUNDS_MIN).then(|| hash(sounds.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_sound_alike_share_a_key_and_others_do_not() {
        for (heard, meant) in [
            ("toothpaced", "toothpaste"),
            ("pairasetamole", "paracetamol"),
            ("dissinfectant", "disinfectant"),
            ("fotograf", "photograph"),
        ] {
            let (heard, meant) = (sound_key(heard), sound_key(meant));
            assert!(meant.is_some());
            // The last two sounds of "paced" and "paste" swap places with none: both end alike.
            assert_eq!(heard, meant);
        }
        assert_ne!(sound_key("toothpaste"), sound_key("toothbrush"));
        assert_eq!(sound_key("tea"), None);
    }

    #[test]
    fn an_index_finds_what_was_added_before_and_after_it_grew() {
        let mut index = Index::default();
        for id in 0..40_000 {
            index.add(id % 1_000, id);
            if id % 5_000 == 0 {
                index.settle();
            }
        }
        index.settle();
        assert!(
            index.at(7).any(|id| id == 7) && index.at(7).any(|id| id == 39_007 || id == 20_007)
        );
        assert_eq!(index.at(1_001).next(), None);
    }

    #[test]
    fn edits_are_counted_up_to_a_bound() {
        for (a, b, max, wanted) in [
            ("coffee", "cofee", 1, Some(1)),
            ("toothpatse", "toothpaste", 1, Some(1)),
            ("milk", "silk", 0, None),
            ("abcd", "dcba", 2, None),
            ("", "ab", 2, Some(2)),
        ] {
            assert_eq!(distance(a, b, max), wanted, "{a} {b}");
        }
    }
}
