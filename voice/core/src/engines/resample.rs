use std::fmt;

use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{
    Adjustable as _, Async, FixedAsync, Resampler as _, SincInterpolationParameters,
    SincInterpolationType, WindowFunction,
};

use crate::frame::{FRAME_SAMPLES, Frame, SampleIdx};

/// Rates that are taken, in samples of a second.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// Taps of the filter: about 2 ms of delay at 16 kHz, and what could be mistaken for other sound lies below hearing.
const TAPS: usize = 64;
/// Two crystals differ by at most this, in millionths.
const DRIFT_PPM_MAX: f64 = 1_000.0;

/// Why a rate cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// No rate of speech.
    #[error("{hz} samples a second cannot be used: 8,000 to 192,000 can")]
    Rate {
        /// The rate.
        hz: u32,
    },
}

impl RateError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "VOICE-0016"
    }
}

/// Changes the rate of a mono stream, and follows the drift between two crystals.
pub struct Resampler {
    inner: Option<Async<f32>>,
    /// Samples that wait until they fill a block of the filter.
    waiting: Vec<f32>,
    chunk: usize,
}

impl Resampler {
    /// From one rate to another. Equal rates pass sound on as it is until a drift is set.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self, RateError> {
        for hz in [from_hz, to_hz] {
            if !RATES.contains(&hz) {
                return Err(RateError::Rate { hz });
            }
        }
        let chunk = usize::try_from(from_hz / 100).unwrap_or(FRAME_SAMPLES);
        let inner = if from_hz == to_hz {
            None
        } else {
            Some(filter(from_hz, to_hz, chunk).ok_or(RateError::Rate { hz: from_hz })?)
        };
        Ok(Self {
            inner,
            waiting: Vec::new(),
            chunk,
        })
    }

    /// One that can follow a drift between equal rates, too.
    pub fn following(from_hz: u32, to_hz: u32) -> Result<Self, RateError> {
        let mut resampler = Self::new(from_hz, to_hz)?;
        if resampler.inner.is_none() {
            resampler.inner = filter(from_hz, to_hz, resampler.chunk);
        }
        Ok(resampler)
    }

    /// The input's crystal is faster by so many millionths (slower where negative). Beyond 1,000 it is held at the bound.
    pub fn set_drift(&mut self, ppm: f64) {
        let ppm = if ppm.is_finite() { ppm } else { 0.0 };
        let ratio = 1.0 - ppm.clamp(-DRIFT_PPM_MAX, DRIFT_PPM_MAX) / 1e6;
        if let Some(inner) = &mut self.inner {
            // The bound lies inside of what the filter was made for, so it cannot refuse.
            let _ = inner.set_resample_ratio_relative(ratio, true);
        }
    }

    /// Samples of the output by which it lies behind.
    pub fn delay(&self) -> usize {
        self.inner
            .as_ref()
            .map_or(0, rubato::Resampler::output_delay)
    }

    /// More of the stream, any number of samples; what of the output is complete.
    pub fn push(&mut self, pcm: &[f32]) -> Vec<f32> {
        let Some(inner) = &mut self.inner else {
            return pcm.to_vec();
        };
        self.waiting.extend_from_slice(pcm);
        let mut out = Vec::new();
        while self.waiting.len() >= self.chunk {
            let rest = self.waiting.split_off(self.chunk);
            let chunk = std::mem::replace(&mut self.waiting, rest);
            let frames = chunk.len();
            let room = inner.output_frames_max();
            let mut made = InterleavedOwned::new(0.0, 1, room);
            let done = InterleavedOwned::new_from(chunk, 1, frames)
                .ok()
                .and_then(|chunk| inner.process_into_buffer(&chunk, &mut made, None).ok());
            let mut made = made.take_data();
            made.truncate(done.map_or(0, |(_, count)| count));
            out.append(&mut made);
        }
        out
    }
}

fn filter(from_hz: u32, to_hz: u32, chunk: usize) -> Option<Async<f32>> {
    let parameters = SincInterpolationParameters::new(TAPS, WindowFunction::BlackmanHarris2)
        .oversampling_factor(128)
        .interpolation(SincInterpolationType::Linear);
    Async::new_sinc(
        f64::from(to_hz) / f64::from(from_hz),
        1.01,
        &parameters,
        chunk,
        1,
        FixedAsync::Input,
    )
    .ok()
}

impl fmt::Debug for Resampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resampler({} samples wait)", self.waiting.len())
    }
}

/// Cuts a stream at 16 kHz into frames with their places.
#[derive(Default)]
pub struct Framer {
    next: SampleIdx,
    waiting: Vec<f32>,
}

impl Framer {
    /// More of the stream; the frames that are complete.
    pub fn push(&mut self, pcm: &[f32]) -> Vec<Frame> {
        let mut frames = Vec::with_capacity((self.waiting.len() + pcm.len()) / FRAME_SAMPLES);
        let mut rest = pcm;
        // What is kept is never more than a frame, however much comes at once.
        while !rest.is_empty() {
            let missing = FRAME_SAMPLES.saturating_sub(self.waiting.len());
            let (part, behind) = rest.split_at(missing.min(rest.len()));
            self.waiting.extend_from_slice(part);
            rest = behind;
            if self.waiting.len() == FRAME_SAMPLES {
                let mut frame = Frame::silence(self.next);
                frame.pcm.copy_from_slice(&self.waiting);
                self.waiting.clear();
                self.next = frame.end();
                frames.push(frame);
            }
        }
        frames
    }

    /// Sound is missing: the next frame stands so many samples later.
    pub fn skip(&mut self, samples: u64) {
        self.next = self.next.plus(samples);
    }
}

impl fmt::Debug for Framer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Framer(at {})", self.next)
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "some seconds of tones"
)]
mod tests {
    use super::*;

    fn tone(hz: f32, rate: u32, seconds: f32) -> Vec<f32> {
        let count = (rate as f32 * seconds) as usize;
        (0..count)
            .map(|n| 0.5 * (std::f32::consts::TAU * hz * n as f32 / rate as f32).sin())
            .collect()
    }

    /// Loudness of a frequency in a stream, by Goertzel's algorithm.
    fn level(pcm: &[f32], hz: f32, rate: u32) -> f32 {
        let k = 2.0 * (std::f32::consts::TAU * hz / rate as f32).cos();
        let (mut a, mut b) = (0.0_f32, 0.0_f32);
        for sample in pcm {
            (a, b) = (sample + k * a - b, a);
        }
        (a * a + b * b - k * a * b).max(0.0).sqrt() * 2.0 / pcm.len() as f32
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_loudness_at_every_rate() {
        for from in [8_000, 16_000, 22_050, 24_000, 44_100, 48_000] {
            for to in [16_000, 24_000, 48_000] {
                let mut resampler = Resampler::new(from, to).unwrap();
                let mut out = Vec::new();
                for part in tone(1_000.0, from, 1.0).chunks(333) {
                    out.extend(resampler.push(part));
                }
                let expected = to as usize;
                assert!(
                    out.len().abs_diff(expected) < to as usize / 50,
                    "{from} {to} {}",
                    out.len()
                );
                let middle = &out[to as usize / 4..to as usize / 4 * 3];
                let level = level(middle, 1_000.0, to);
                assert!((0.49..0.51).contains(&level), "{from} {to} {level}");
            }
        }
    }

    #[test]
    fn what_the_new_rate_cannot_hold_is_filtered_out() {
        let mut resampler = Resampler::new(48_000, 16_000).unwrap();
        let out = resampler.push(&tone(11_000.0, 48_000, 1.0));

        assert!(level(&out[2_000..14_000], 5_000.0, 16_000) < 0.001);
    }

    #[test]
    fn a_drift_changes_the_count_of_samples_by_as_much() {
        let mut resampler = Resampler::following(16_000, 16_000).unwrap();
        resampler.set_drift(500.0);
        let count = resampler.push(&tone(500.0, 16_000, 20.0)).len();

        // 20 s of a crystal that is 500 millionths too fast: 160 samples too many.
        assert!((319_600..319_860).contains(&count), "{count}");
        resampler.set_drift(f64::NAN);
    }

    #[test]
    fn rates_that_are_none_are_refused() {
        for hz in [0, 7_999, 1_000_000] {
            assert_eq!(
                Resampler::new(hz, 16_000).err(),
                Some(RateError::Rate { hz })
            );
        }
    }

    #[test]
    fn frames_follow_one_another_whatever_the_pieces() {
        let mut framer = Framer::default();
        let frames: Vec<Frame> = [100, 1, 59, 320, 7]
            .into_iter()
            .flat_map(|n| framer.push(&vec![0.1; n]))
            .collect();

        let firsts: Vec<u64> = frames.iter().map(|f| f.first.get()).collect();
        assert_eq!(firsts, [0, 160, 320]);
        framer.skip(1_000);
        assert_eq!(framer.push(&[0.0; 153])[0].first, SampleIdx::new(1_480));
    }
}
