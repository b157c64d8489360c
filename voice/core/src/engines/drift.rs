use std::collections::VecDeque;
use std::time::Duration;

use crate::frame::RATE_HZ;

/// Points that are looked at: one a second.
const POINTS: std::ops::RangeInclusive<usize> = 10..=60;
/// The correction changes by at most this in a second, in millionths: nobody hears it, and the canceller keeps up.
const CHANGE_MAX_PPM: f64 = 200.0;
/// Larger differences are no crystals.
const DRIFT_MAX_PPM: f64 = 1_000.0;
/// What has run apart already is taken back within so many seconds.
const BACK_S: f64 = 20.0;
/// A jump of more than this from one second to the next is a hole that nobody told, in samples: 30 ms.
const JUMP: f64 = 480.0;

/// Finds out how much faster the crystal of the microphone is than the one of the loudspeaker, so that
/// [`crate::Resampler::set_drift`] on the microphone's side keeps both streams within some milliseconds of each other: an echo
/// canceller needs it.
///
/// Both devices count samples at 16 kHz and tell when a block came or went, by one monotonic clock of the caller; this reads none.
/// A counter is exact at the moment of its block and at no other, so the two are never compared directly: a line is laid
/// through each of them.
#[derive(Debug, Clone, Default)]
pub struct Drift {
    captured: Counter,
    played: Counter,
    /// What the corrected stream has by now, at the moments of `captured`.
    corrected: Counter,
    ppm: f64,
    until: Duration,
    /// Where both stood at the beginning: they need not begin together.
    start: Option<f64>,
    before: Option<f64>,
}

impl Drift {
    /// The microphone gave so many samples at a moment. Once a second: its crystal is faster by so many millionths (slower where
    /// negative), as far as it is to be followed now. `None` before the first ten seconds, and between the seconds.
    pub fn captured(&mut self, samples: u64, at: Duration) -> Option<f64> {
        let samples = float(samples);
        self.captured.add(samples, at);
        self.corrected.add(samples * (1.0 - self.ppm / 1e6), at);
        if at < self.until.saturating_add(Duration::from_secs(1)) {
            return None;
        }
        self.until = at;
        self.look()
    }

    /// The loudspeaker took so many samples at a moment.
    pub fn played(&mut self, samples: u64, at: Duration) {
        self.played.add(float(samples), at);
    }

    /// Sound is missing in one of the streams, or was filled in: the past says nothing any more, what was learned stays.
    pub fn gap(&mut self) {
        *self = Self {
            ppm: self.ppm,
            until: self.until,
            ..Self::default()
        };
    }

    /// What is followed at the moment, in millionths.
    pub fn ppm(&self) -> f64 {
        self.ppm
    }

    fn look(&mut self) -> Option<f64> {
        let (captured, played) = (self.captured.close()?, self.played.close()?);
        let corrected = self.corrected.close()?;
        let apart = captured - played;
        if self
            .before
            .is_some_and(|before| (apart - before).abs() > JUMP)
        {
            self.gap();
            return None;
        }
        self.before = Some(apart);
        let apart = corrected - played;
        let start = *self.start.get_or_insert(apart);
        let (fast, slow) = (self.captured.rate()?, self.played.rate()?);
        let found = (fast / slow - 1.0) * 1e6;
        let back = (apart - start) / (BACK_S * f64::from(RATE_HZ)) * 1e6;
        let wanted = (found + back).clamp(-DRIFT_MAX_PPM, DRIFT_MAX_PPM);
        self.ppm += (wanted - self.ppm).clamp(-CHANGE_MAX_PPM, CHANGE_MAX_PPM);
        Some(self.ppm)
    }
}

/// One device: its count, and the middles of its last seconds.
#[derive(Debug, Clone, Default)]
struct Counter {
    count: f64,
    /// Of the second under way: blocks, their moments and their counts, added up.
    blocks: u32,
    moments: f64,
    counts: f64,
    points: VecDeque<(f64, f64)>,
}

impl Counter {
    fn add(&mut self, samples: f64, at: Duration) {
        self.count += samples;
        self.blocks += 1;
        self.moments += at.as_secs_f64();
        self.counts += self.count;
    }

    /// Ends the second. How far the count lies before a crystal without an error, in samples.
    fn close(&mut self) -> Option<f64> {
        if self.blocks == 0 {
            return None;
        }
        let blocks = f64::from(self.blocks);
        let point = (self.moments / blocks, self.counts / blocks);
        (self.blocks, self.moments, self.counts) = (0, 0.0, 0.0);
        if self.points.len() == *POINTS.end() {
            self.points.pop_front();
        }
        self.points.push_back(point);
        Some(point.1 - point.0 * f64::from(RATE_HZ))
    }

    /// Samples of a second, by least squares.
    fn rate(&self) -> Option<f64> {
        if self.points.len() < *POINTS.start() {
            return None;
        }
        let number = float(self.points.len() as u64);
        let middle = |of: fn(&(f64, f64)) -> f64| self.points.iter().map(of).sum::<f64>() / number;
        let (moment, count) = (middle(|p| p.0), middle(|p| p.1));
        let (mut above, mut below) = (0.0, 0.0);
        for (at, counted) in &self.points {
            above += (at - moment) * (counted - count);
            below += (at - moment).powi(2);
        }
        (below > 0.0 && above > 0.0).then(|| above / below)
    }
}

#[expect(clippy::cast_precision_loss, reason = "samples of years fit")]
fn float(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "minutes of samples"
)]
mod tests {
    use super::*;

    /// Late by up to 2 ms, as threads are.
    fn late(n: u64) -> Duration {
        let bits = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 53;
        Duration::from_micros(bits)
    }

    /// Two devices with blocks of their own: the corrected stream against the loudspeaker's, in milliseconds, for each second.
    fn apart(ppm: f64, seconds: u64, drift: &mut Drift) -> Vec<f64> {
        let (mut heard, mut given, mut corrected) = (0_u64, 0_u64, 0.0);
        let mut apart = Vec::new();
        for ms in 1..=seconds * 1_000 {
            let at = Duration::from_millis(ms);
            // The microphone gives 20 ms at once, the loudspeaker takes 64.
            let new = (float(ms) * 16.0 * (1.0 + ppm / 1e6)) as u64 / 320 * 320 - heard;
            if new > 0 {
                heard += new;
                corrected += float(new) * (1.0 - drift.ppm() / 1e6);
                drift.captured(new, at + late(ms));
            }
            let taken = ms * 16 / 1_024 * 1_024 - given;
            if taken > 0 {
                given += taken;
                drift.played(taken, at + late(ms + 7));
            }
            if ms % 1_000 == 0 {
                apart.push((corrected - float(heard) / (1.0 + ppm / 1e6)) / 16.0);
            }
        }
        apart
    }

    #[test]
    fn two_crystals_stay_within_five_milliseconds_of_each_other() {
        for ppm in [-200.0, -100.0, -20.0, 0.0, 50.0, 100.0, 200.0] {
            let mut drift = Drift::default();
            let apart = apart(ppm, 600, &mut drift);

            let most = apart.iter().fold(0.0_f64, |most, ms| most.max(ms.abs()));
            assert!(most < 5.0, "{ppm}: {most} ms");
            // What is being taken back is in it as well.
            assert!((drift.ppm() - ppm).abs() < 30.0, "{ppm}: {}", drift.ppm());
        }
    }

    #[test]
    fn the_correction_never_leaps_and_a_hole_changes_nothing() {
        let mut drift = Drift::default();
        let mut before = 0.0;
        for n in 1..600 * 100 {
            let at = Duration::from_millis(n * 10);
            drift.played(160, at);
            if let Some(now) = drift.captured(161, at) {
                assert!((now - before).abs() <= CHANGE_MAX_PPM + 1e-9);
                before = now;
            }
        }
        assert!((0.0..=DRIFT_MAX_PPM).contains(&before), "{before}");

        let mut drift = Drift::default();
        apart(100.0, 120, &mut drift);
        let learned = drift.ppm();
        drift.captured(16_000, Duration::from_secs(121));
        drift.played(160, Duration::from_secs(121));
        for n in 1..200 {
            let at = Duration::from_secs(122) + Duration::from_millis(n * 10);
            drift.played(160, at);
            drift.captured(160, at);
        }
        assert!(
            (drift.ppm() - learned).abs() < 20.0,
            "{learned} {}",
            drift.ppm()
        );
    }
}
