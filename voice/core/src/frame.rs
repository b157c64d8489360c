use std::fmt;
use std::ops::Range;
use std::time::Duration;

/// Samples of one second. Everything inside the voice pipeline is mono at this rate.
pub const RATE_HZ: u32 = 16_000;
/// Samples of one frame: 10 ms.
pub const FRAME_SAMPLES: usize = 160;
/// Samples of one millisecond.
const PER_MS: u64 = 16;

/// A place in a stream, in samples at [`RATE_HZ`] since the stream began. It is the only clock of this crate.
///
/// It never goes back: missing sound is filled with silence and told as a gap. One anchor (a monotonic instant and the
/// index it belongs to) turns it into time where somebody must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SampleIdx(u64);

impl SampleIdx {
    /// The first sample of a stream.
    pub const ZERO: Self = Self(0);

    /// A place by its number.
    pub const fn new(index: u64) -> Self {
        Self(index)
    }

    /// A place so many milliseconds from the beginning.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms.saturating_mul(PER_MS))
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Milliseconds from the beginning, rounded down.
    pub const fn ms(self) -> u64 {
        self.0 / PER_MS
    }

    /// The place so many samples later.
    #[must_use]
    pub const fn plus(self, samples: u64) -> Self {
        Self(self.0.saturating_add(samples))
    }

    /// The place so many milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, ms: u64) -> Self {
        self.plus(ms.saturating_mul(PER_MS))
    }

    /// The place so many samples earlier; the beginning at the earliest.
    #[must_use]
    pub const fn minus(self, samples: u64) -> Self {
        Self(self.0.saturating_sub(samples))
    }

    /// The place so many milliseconds earlier; the beginning at the earliest.
    #[must_use]
    pub const fn minus_ms(self, ms: u64) -> Self {
        self.minus(ms.saturating_mul(PER_MS))
    }

    /// Samples from an earlier place to this one; 0 where the other lies later.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Milliseconds from an earlier place to this one, rounded down; 0 where the other lies later.
    pub const fn ms_since(self, earlier: Self) -> u64 {
        self.since(earlier) / PER_MS
    }
}

impl fmt::Display for SampleIdx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.ms())
    }
}

/// Samples of a number of milliseconds.
pub const fn samples(ms: u64) -> u64 {
    ms.saturating_mul(PER_MS)
}

/// How long so many samples last.
pub fn duration(samples: u64) -> Duration {
    Duration::from_micros(samples.saturating_mul(1_000) / PER_MS)
}

/// 10 ms of sound: mono `f32` in [-1, 1] at [`RATE_HZ`].
#[derive(Clone, PartialEq)]
pub struct Frame {
    /// Where its first sample stands in the stream.
    pub first: SampleIdx,
    /// The samples. What lies outside of [-1, 1] is clipped by whoever plays or stores it.
    pub pcm: [f32; FRAME_SAMPLES],
}

impl Frame {
    /// A frame without sound.
    pub const fn silence(first: SampleIdx) -> Self {
        Self {
            first,
            pcm: [0.0; FRAME_SAMPLES],
        }
    }

    /// The place behind its last sample.
    pub const fn end(&self) -> SampleIdx {
        self.first.plus(FRAME_SAMPLES as u64)
    }

    /// The samples it covers.
    pub const fn span(&self) -> Range<SampleIdx> {
        self.first..self.end()
    }

    /// Root of the mean square, 0 to 1.
    pub fn rms(&self) -> f32 {
        let sum: f32 = self.pcm.iter().map(|s| s * s).sum();
        (sum / 160.0).sqrt()
    }
}

impl fmt::Debug for Frame {
    /// Tells where and how loud, never the sound.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({}, rms {:.4})", self.first, self.rms())
    }
}

/// A sample as 16 bits hold it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "clamped to the range of 16 bits on the same line"
)]
pub fn to_s16(sample: f32) -> i16 {
    (sample * 32_768.0).clamp(-32_768.0, 32_767.0) as i16
}

/// A 16-bit sample in [-1, 1].
pub fn from_s16(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_never_go_back_and_never_overflow() {
        assert_eq!(SampleIdx::ZERO.minus_ms(5), SampleIdx::ZERO);
        assert_eq!(SampleIdx::new(u64::MAX).plus(1), SampleIdx::new(u64::MAX));
        assert_eq!(SampleIdx::ZERO.since(SampleIdx::from_ms(1)), 0);
        assert_eq!(SampleIdx::from_ms(1_000).get(), u64::from(RATE_HZ));
        assert_eq!(duration(samples(1_500)), Duration::from_millis(1_500));
    }

    #[test]
    fn sixteen_bits_survive_the_way_through_floats() {
        for sample in [i16::MIN, -1, 0, 1, 12_345, i16::MAX] {
            assert_eq!(to_s16(from_s16(sample)), sample);
        }
        assert_eq!((to_s16(7.0), to_s16(-7.0)), (i16::MAX, i16::MIN));
        assert_eq!(to_s16(f32::NAN), 0);
    }

    #[test]
    fn a_frame_tells_its_place_and_never_its_sound() {
        let mut frame = Frame::silence(SampleIdx::from_ms(20));
        frame.pcm[3] = 0.123_456;

        assert_eq!(frame.end(), SampleIdx::from_ms(30));
        assert_eq!(format!("{frame:?}"), "Frame(20 ms, rms 0.0098)");
    }
}
