use std::collections::VecDeque;
use std::fmt;

use crate::frame::SampleIdx;
use crate::utterance::wipe;

/// The last second or two as 16-bit samples.
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

    /// Keeps so many samples from now on, of those that are here the newest.
    pub(crate) fn resize(&mut self, most: usize) {
        if most == self.most || self.pcm.capacity() == 0 {
            self.most = most;
            return;
        }
        let mut other = Self::new(most);
        let surplus = self.pcm.len().saturating_sub(most);
        other.pcm.extend(self.pcm.range(surplus..));
        self.wipe();
        (self.pcm, self.most) = (other.pcm, most);
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

    /// Keeps nothing and needs no room until [`Ring::resume`].
    pub(crate) fn rest(&mut self) {
        self.wipe();
        self.pcm = VecDeque::new();
    }

    /// So many samples of which nothing is kept here.
    pub(crate) fn pass(&mut self, samples: u64) {
        self.end = self.end.plus(samples);
    }

    /// Keeps what follows again, and the newest of what was before it.
    pub(crate) fn resume(&mut self, before: &[i16]) {
        let surplus = before.len().saturating_sub(self.most);
        self.pcm = VecDeque::with_capacity(self.most);
        self.pcm.extend(before.iter().skip(surplus));
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
    fn another_size_keeps_the_newest_and_their_places() {
        let mut ring = Ring::new(4);
        ring.push([1, 2, 3, 4, 5].into_iter());

        ring.resize(3);
        assert_eq!(
            ring.since(SampleIdx::ZERO),
            (SampleIdx::new(2), vec![3, 4, 5])
        );
        ring.resize(5);
        ring.push([6, 7, 8].into_iter());
        assert_eq!(
            ring.since(SampleIdx::ZERO),
            (SampleIdx::new(3), vec![4, 5, 6, 7, 8])
        );
    }

    #[test]
    fn what_went_past_a_ring_that_rests_may_be_handed_back() {
        let mut ring = Ring::new(4);
        ring.push([1, 2].into_iter());
        ring.rest();
        ring.pass(5);
        assert_eq!(ring.since(SampleIdx::ZERO), (SampleIdx::new(7), vec![]));

        ring.resume(&[3, 4, 5, 6, 7]);
        ring.push([8].into_iter());
        assert_eq!(
            ring.since(SampleIdx::ZERO),
            (SampleIdx::new(4), vec![5, 6, 7, 8])
        );
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
