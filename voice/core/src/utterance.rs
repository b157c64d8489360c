use std::fmt;
use std::time::Duration;

use crate::frame::{SampleIdx, duration, from_s16};

/// Longest utterance that anything hands around: 30 s of samples and the half second that is carried over.
pub const UTTERANCE_SAMPLES_MAX: usize = 488_000;

/// Whether sound may be looked at like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Care {
    /// Ordinary talk.
    Ordinary,
    /// Recorded while an approval or a secret was open: only engines on this machine get it, nothing of it is logged or
    /// shown in parts, and its samples are overwritten when it is dropped.
    Sealed,
}

/// What somebody said, as sound: mono 16-bit samples at 16 kHz, with some silence around it.
///
/// `Debug` tells its place and length, never a sample.
#[derive(Clone, PartialEq, Eq)]
pub struct Utterance {
    first: SampleIdx,
    pcm: Vec<i16>,
    voiced: u64,
    care: Care,
}

impl Utterance {
    /// An utterance that begins at `first`. `voiced` is how many of its samples the detector of voice believed in, 0 to
    /// `pcm.len()`. What lies beyond [`UTTERANCE_SAMPLES_MAX`] is left out.
    pub fn new(first: SampleIdx, mut pcm: Vec<i16>, voiced: u64, care: Care) -> Self {
        pcm.truncate(UTTERANCE_SAMPLES_MAX);
        let voiced = voiced.min(pcm.len() as u64);
        Self {
            first,
            pcm,
            voiced,
            care,
        }
    }

    /// An utterance from a file or a test: all of it counts as voiced.
    pub fn from_pcm(pcm: Vec<i16>) -> Self {
        let voiced = pcm.len() as u64;
        Self::new(SampleIdx::ZERO, pcm, voiced, Care::Ordinary)
    }

    /// Where it begins in its stream.
    pub fn first(&self) -> SampleIdx {
        self.first
    }

    /// The place behind its last sample.
    pub fn end(&self) -> SampleIdx {
        self.first.plus(self.pcm.len() as u64)
    }

    /// Its samples.
    pub fn pcm(&self) -> &[i16] {
        &self.pcm
    }

    /// Its samples as floats in [-1, 1].
    pub fn to_f32(&self) -> Vec<f32> {
        self.pcm.iter().copied().map(from_s16).collect()
    }

    /// How long it lasts.
    pub fn length(&self) -> Duration {
        duration(self.pcm.len() as u64)
    }

    /// How much of it is voice.
    pub fn voiced(&self) -> Duration {
        duration(self.voiced)
    }

    /// How it is to be treated.
    pub fn care(&self) -> Care {
        self.care
    }
}

impl Drop for Utterance {
    fn drop(&mut self) {
        if self.care == Care::Sealed {
            wipe(&mut self.pcm);
        }
    }
}

impl fmt::Debug for Utterance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Utterance(at {}, {} ms, {:?})",
            self.first,
            self.length().as_millis(),
            self.care
        )
    }
}

/// Overwrites samples and hides from the compiler that nobody reads them again.
pub(crate) fn wipe<T: Default + Copy>(samples: &mut [T]) {
    samples.fill(T::default());
    std::hint::black_box(&*samples);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_utterance_has_an_end_and_tells_no_sample() {
        let utterance = Utterance::new(
            SampleIdx::from_ms(100),
            vec![4_321; 3_200],
            1_600,
            Care::Sealed,
        );

        assert_eq!(utterance.end(), SampleIdx::from_ms(300));
        assert_eq!(utterance.voiced(), Duration::from_millis(100));
        assert_eq!(
            format!("{utterance:?}"),
            "Utterance(at 100 ms, 200 ms, Sealed)"
        );
    }

    #[test]
    fn what_is_longer_than_anybody_may_speak_is_cut() {
        let utterance = Utterance::from_pcm(vec![1; UTTERANCE_SAMPLES_MAX + 1]);

        assert_eq!(utterance.pcm().len(), UTTERANCE_SAMPLES_MAX);
    }

    #[test]
    fn wiping_leaves_nothing() {
        let mut samples = vec![7_i16; 9];

        wipe(&mut samples);

        assert_eq!(samples, [0; 9]);
    }
}
