//! A set of small numbers.

/// A set of numbers below its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

fn place(at: usize) -> (usize, u64) {
    (at / 64, 1_u64 << (at % 64))
}

impl Bits {
    pub(crate) fn none(len: usize) -> Self {
        Self {
            words: vec![0; len.div_ceil(64)],
        }
    }

    pub(crate) fn all(len: usize) -> Self {
        let mut bits = Self::none(len);
        (0..len).for_each(|at| bits.insert(at));
        bits
    }

    pub(crate) fn only(at: usize, len: usize) -> Self {
        let mut bits = Self::none(len);
        bits.insert(at);
        bits
    }

    pub(crate) fn insert(&mut self, at: usize) {
        let (word, bit) = place(at);
        if let Some(w) = self.words.get_mut(word) {
            *w |= bit;
        }
    }

    pub(crate) fn remove(&mut self, at: usize) {
        let (word, bit) = place(at);
        if let Some(w) = self.words.get_mut(word) {
            *w &= !bit;
        }
    }

    pub(crate) fn contains(&self, at: usize) -> bool {
        let (word, bit) = place(at);
        self.words.get(word).is_some_and(|w| w & bit != 0)
    }

    pub(crate) fn count(&self) -> usize {
        let ones = self.words.iter().map(|w| w.count_ones());
        usize::try_from(ones.sum::<u32>()).unwrap_or(usize::MAX)
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        let mut pairs = self.words.iter().zip(&other.words);
        pairs.any(|(a, b)| a & b != 0)
    }

    /// In rising order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let low = usize::try_from(rest.trailing_zeros()).ok()?;
                if rest == 0 {
                    return None;
                }
                rest &= rest.wrapping_sub(1);
                Some(at * 64 + low)
            })
        })
    }
}
