use std::collections::VecDeque;
use std::fmt;

use crate::frame::SampleIdx;
use crate::utterance::wipe;

/// The last two seconds as 16-bit samples.
pub(crate) struct Ring {
    pcm: VecDeque<i16>,
    end: SampleIdx,
    most: usize,
}

impl Ring {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            pcm: VecDeque::with_capacity(most),
            end: SampleIdx::ZERO,
            most,
        }
    }

    /// The place behind the newest sample.
    pub(crate) fn end(&self) -> SampleIdx {
        self.end
    }

    pub(crate) fn push(&mut self, pcm: impl ExactSizeIterator<Item = i16>) {
        self.end = self.end.plus(pcm.len() as u64);
        let surplus = (self.pcm.len() + pcm.len()).saturating_sub(self.most);
        self.pcm.drain(..surplus.min(self.pcm.len()));
        let skipped = pcm.len().saturating_sub(self.most);
        self.pcm.extend(pcm.skip(skipped));
    }

    /// Silence of a length; only what fits is stored.
    pub(crate) fn skip(&mut self, samples: u64) {
        let stored = usize::try_from(samples)
            .unwrap_or(usize::MAX)
            .min(self.most);
        self.push(std::iter::repeat_n(0, stored));
        self.end = self.end.plus(samples.saturating_sub(stored as u64));
    }

    /// Begins at another place without a sample.
    pub(crate) fn restart(&mut self, at: SampleIdx) {
        self.wipe();
        self.end = at;
    }

    /// Everything from a place on, as far as it is still there, and where that begins.
    pub(crate) fn since(&self, from: SampleIdx) -> (SampleIdx, Vec<i16>) {
        let wanted = usize::try_from(self.end.since(from)).unwrap_or(usize::MAX);
        let length = wanted.min(self.pcm.len());
        let pcm: Vec<i16> = self.pcm.range(self.pcm.len() - length..).copied().collect();
        (self.end.minus(length as u64), pcm)
    }

    /// Forgets and overwrites everything.
    pub(crate) fn wipe(&mut self) {
        wipe(self.pcm.make_contiguous());
        self.pcm.clear();
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ring({} samples up to {})", self.pcm.len(), self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_keeps_the_newest_and_knows_their_places() {
        let mut ring = Ring::new(4);
        ring.push([1, 2, 3].into_iter());
        ring.push([4, 5, 6].into_iter());

        assert_eq!(
            ring.since(SampleIdx::ZERO),
            (SampleIdx::new(2), vec![3, 4, 5, 6])
        );
        assert_eq!(ring.since(SampleIdx::new(5)), (SampleIdx::new(5), vec![6]));
        assert_eq!(ring.since(SampleIdx::new(9)), (SampleIdx::new(6), vec![]));
    }

    #[test]
    fn a_long_gap_is_silence_and_moves_the_end() {
        let mut ring = Ring::new(4);
        ring.push([1, 2].into_iter());
        ring.skip(1_000_000);

        assert_eq!(ring.end(), SampleIdx::new(1_000_002));
        assert_eq!(ring.since(SampleIdx::ZERO).1, [0, 0, 0, 0]);
    }
}
