use std::ops::Range;

use crate::utterance::wipe;

/// Samples of a block: a quarter of a second.
const BLOCK: usize = 4_096;

/// The sound of a turn, in blocks of one size.
///
/// One buffer that grows would be copied to twice its size again and again, be half empty, and leave what it outgrew behind: sound
/// of a secret too, and holes into which nothing of any other stream fits.
#[derive(Default)]
pub(super) struct Blocks {
    blocks: Vec<Box<[i16]>>,
    length: usize,
}

impl Blocks {
    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn push(&mut self, pcm: impl Iterator<Item = i16>) {
        for sample in pcm {
            let at = self.length % BLOCK;
            if at == 0 {
                self.blocks.push(vec![0; BLOCK].into());
            }
            if let Some(slot) = self.blocks.last_mut().and_then(|block| block.get_mut(at)) {
                *slot = sample;
            }
            self.length += 1;
        }
    }

    /// The samples of a range, as far as there are any.
    pub(super) fn part(&self, range: Range<usize>) -> Vec<i16> {
        let end = range.end.min(self.length);
        let mut pcm = Vec::with_capacity(end.saturating_sub(range.start));
        for (block, begins) in self.blocks.iter().zip((0..).step_by(BLOCK)) {
            let from = range.start.saturating_sub(begins);
            let to = end.saturating_sub(begins).min(BLOCK);
            pcm.extend_from_slice(block.get(from..to).unwrap_or_default());
        }
        pcm
    }

    /// Forgets and overwrites everything.
    pub(super) fn wipe(&mut self) {
        for block in &mut self.blocks {
            wipe(block);
        }
        self.blocks.clear();
        self.length = 0;
    }
}

impl From<Vec<i16>> for Blocks {
    fn from(pcm: Vec<i16>) -> Self {
        let mut blocks = Self::default();
        blocks.push(pcm.into_iter());
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_part_of_what_was_pushed_comes_back_whole() {
        let pcm: Vec<i16> = (0..10_000).collect();
        let mut blocks = Blocks::from(pcm[..5].to_vec());
        blocks.push(pcm[5..4_096].iter().copied());
        blocks.push(pcm[4_096..].iter().copied());

        assert_eq!(blocks.len(), 10_000);
        for range in [
            0..10_000,
            0..4_096,
            4_096..8_192,
            4_095..4_097,
            100..9_999,
            8_192..usize::MAX,
        ] {
            let whole = &pcm[range.start..range.end.min(10_000)];
            assert_eq!(blocks.part(range.clone()), whole, "{range:?}");
        }
        assert_eq!(blocks.part(10_000..20_000), [0_i16; 0]);
    }

    #[test]
    fn wiping_leaves_nothing() {
        let mut blocks = Blocks::from(vec![7; 5_000]);

        blocks.wipe();

        assert_eq!((blocks.len(), blocks.part(0..9)), (0, vec![]));
    }
}
