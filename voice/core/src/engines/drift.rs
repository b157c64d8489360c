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

/// Seconds after which a jump is one: devices begin with a burst of what they held, and the second after it looks like a hole.
const SETTLED: usize = 4;

/// What is to be done about two crystals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Correction {
    /// The microphone's crystal is faster by so many millionths (slower where negative), as far as it is to be followed now.
    Follow(f64),
    /// So many samples at 16 kHz are missing in the microphone's stream: silence of this length belongs there.
    Missing(u64),
    /// One of the streams has leapt and nothing is to be filled in: an echo lies elsewhere now.
    Leapt,
}

/// Finds out how much faster the crystal of the microphone is than the one of the loudspeaker, so that
/// [`crate::Resampler::set_drift`] on the microphone's side keeps both streams within some milliseconds of each other: an echo
/// canceller needs it. And finds holes that nobody told.
///
/// Both devices count samples and tell when a block came or went, by one monotonic clock of the caller; this reads none. A counter
/// is exact at the moment of its block and at no other, so the two are never compared directly: a line is laid through each of
/// them. Threads are late now and then and never early, so that of each second the block counts that came soonest.
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
    /// How far each lay before a crystal without an error, a second ago.
    before: Option<(f64, f64)>,
}

impl Drift {
    /// The microphone gave so many samples of a rate at a moment. What is to be done, once a second; nothing is followed before
    /// the first ten seconds.
    pub fn captured(&mut self, samples: u64, hz: u32, at: Duration) -> Option<Correction> {
        let samples = ours(samples, hz);
        self.captured.add(samples, at);
        self.corrected.add(samples * (1.0 - self.ppm / 1e6), at);
        if at < self.until.saturating_add(Duration::from_secs(1)) {
            return None;
        }
        self.until = at;
        self.look()
    }

    /// The loudspeaker took so many samples of a rate at a moment.
    pub fn played(&mut self, samples: u64, hz: u32, at: Duration) {
        self.played.add(ours(samples, hz), at);
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

    fn look(&mut self) -> Option<Correction> {
        let (captured, played) = (self.captured.close(), self.played.close());
        let (Some(captured), Some(played), Some(corrected)) =
            (captured, played, self.corrected.close())
        else {
            // A device that stood still for a second is looked at anew once it goes on.
            let has_begun = self.before.is_some();
            return has_begun.then(|| self.leap());
        };
        let before = self.before.replace((captured, played));
        if let Some((heard, given)) = before {
            let missing = heard - captured;
            if missing.abs() > JUMP || (given - played).abs() > JUMP {
                let has_settled = self.captured.points.len() > SETTLED;
                let correction = self.leap();
                return Some(if missing > JUMP && has_settled {
                    Correction::Missing(whole(missing))
                } else {
                    correction
                });
            }
        }
        let apart = corrected - played;
        let start = *self.start.get_or_insert(apart);
        let (fast, slow) = (self.captured.rate()?, self.played.rate()?);
        let found = (fast / slow - 1.0) * 1e6;
        let back = (apart - start) / (BACK_S * f64::from(RATE_HZ)) * 1e6;
        let wanted = (found + back).clamp(-DRIFT_MAX_PPM, DRIFT_MAX_PPM);
        self.ppm += (wanted - self.ppm).clamp(-CHANGE_MAX_PPM, CHANGE_MAX_PPM);
        Some(Correction::Follow(self.ppm))
    }

    fn leap(&mut self) -> Correction {
        self.gap();
        Correction::Leapt
    }
}

/// One device: its count, and of each of its last seconds the block that came soonest.
#[derive(Debug, Clone, Default)]
struct Counter {
    count: f64,
    /// Of the second under way: how far the count lay before a crystal without an error at most, in samples, and when.
    soonest: Option<(f64, f64)>,
    points: VecDeque<(f64, f64)>,
}

impl Counter {
    fn add(&mut self, samples: f64, at: Duration) {
        self.count += samples;
        let at = at.as_secs_f64();
        let before = self.count - at * f64::from(RATE_HZ);
        if self.soonest.is_none_or(|(_, most)| before > most) {
            self.soonest = Some((at, before));
        }
    }

    /// Ends the second. How far the count lies before a crystal without an error, in samples.
    fn close(&mut self) -> Option<f64> {
        let point = self.soonest.take()?;
        if self.points.len() == *POINTS.end() {
            self.points.pop_front();
        }
        self.points.push_back(point);
        Some(point.1)
    }

    /// Samples of a second, by least squares.
    fn rate(&self) -> Option<f64> {
        if self.points.len() < *POINTS.start() {
            return None;
        }
        let number = float(self.points.len() as u64);
        let middle = |of: fn(&(f64, f64)) -> f64| self.points.iter().map(of).sum::<f64>() / number;
        let (moment, ahead) = (middle(|p| p.0), middle(|p| p.1));
        let (mut above, mut below) = (0.0, 0.0);
        for (at, before) in &self.points {
            above += (at - moment) * (before - ahead);
            below += (at - moment).powi(2);
        }
        (below > 0.0).then(|| f64::from(RATE_HZ) + above / below)
    }
}

/// Samples of a rate at ours.
fn ours(samples: u64, hz: u32) -> f64 {
    float(samples) * f64::from(RATE_HZ) / f64::from(hz.max(1))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "more than the jump, and less than the samples of years"
)]
fn whole(samples: f64) -> u64 {
    samples.round() as u64
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
                drift.captured(new, 16_000, at + late(ms));
            }
            let taken = ms * 16 / 1_024 * 1_024 - given;
            if taken > 0 {
                given += taken;
                drift.played(taken, 16_000, at + late(ms + 7));
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
    fn the_correction_never_leaps_and_has_a_bound() {
        let mut drift = Drift::default();
        let mut before = 0.0;
        for n in 1..600 * 100 {
            let at = Duration::from_millis(n * 10);
            drift.played(160, 16_000, at);
            if let Some(Correction::Follow(now)) = drift.captured(161, 16_000, at) {
                assert!((now - before).abs() <= CHANGE_MAX_PPM + 1e-9);
                before = now;
            }
        }
        assert!((before - DRIFT_MAX_PPM).abs() < 1e-9, "{before}");
    }

    /// Two devices without a difference, in blocks of 10 ms, from a second on.
    fn steady(drift: &mut Drift, seconds: std::ops::Range<u64>) -> Vec<Correction> {
        let mut told = Vec::new();
        for n in seconds.start * 100 + 1..=seconds.end * 100 {
            let at = Duration::from_millis(n * 10);
            drift.played(160, 16_000, at);
            told.extend(drift.captured(160, 16_000, at));
        }
        told
    }

    #[test]
    fn a_hole_in_the_microphones_stream_is_told_with_its_length_and_what_was_learned_stays() {
        let mut drift = Drift::default();
        apart(100.0, 120, &mut drift);
        let learned = drift.ppm();
        drift.gap();
        steady(&mut drift, 121..128);

        // 200 ms are lost, and time goes on.
        for n in 1..=20 {
            drift.played(160, 16_000, Duration::from_millis(128_000 + n * 10));
        }
        let mut told = Vec::new();
        for n in 12_821..=13_000 {
            let at = Duration::from_millis(n * 10);
            drift.played(160, 16_000, at);
            told.extend(drift.captured(160, 16_000, at));
        }

        assert_eq!(told.first(), Some(&Correction::Missing(3_200)));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!((drift.ppm() - learned).abs() < 1e-9);
    }

    #[test]
    fn what_a_device_held_when_it_began_is_no_hole_afterwards() {
        let mut drift = Drift::default();
        // 100 ms of it at once, before the time that they took.
        drift.captured(1_600, 16_000, Duration::from_millis(5));
        let mut told = steady(&mut drift, 0..1);
        // Then it gives nothing until the clock has caught up.
        for n in 101..=110 {
            drift.played(160, 16_000, Duration::from_millis(n * 10));
        }
        for n in 111..=600 {
            let at = Duration::from_millis(n * 10);
            drift.played(160, 16_000, at);
            told.extend(drift.captured(160, 16_000, at));
        }

        assert!(
            !told.iter().any(|c| matches!(c, Correction::Missing(_))),
            "{told:?}"
        );
    }

    #[test]
    fn a_thread_that_was_late_lost_nothing() {
        let mut drift = Drift::default();
        steady(&mut drift, 0..20);
        // For 400 ms nobody looks; then everything is there at once.
        for _ in 0..40 {
            let at = Duration::from_millis(20_400);
            drift.played(160, 16_000, at);
            drift.captured(160, 16_000, at);
        }
        let mut told = Vec::new();
        for n in 2_041..=2_500 {
            let at = Duration::from_millis(n * 10);
            drift.played(160, 16_000, at);
            told.extend(drift.captured(160, 16_000, at));
        }

        assert!(!told.is_empty());
        for correction in told {
            assert!(
                matches!(correction, Correction::Follow(ppm) if ppm.abs() < 1.0),
                "{correction:?}"
            );
        }
    }

    #[test]
    fn a_loudspeaker_that_stood_still_fills_nothing_into_the_microphone() {
        let mut drift = Drift::default();
        steady(&mut drift, 0..20);
        let mut told = Vec::new();
        for n in 2_001..=2_200 {
            told.extend(drift.captured(160, 16_000, Duration::from_millis(n * 10)));
        }

        told.extend(steady(&mut drift, 22..40));

        assert!(told.contains(&Correction::Leapt), "{told:?}");
        assert!(
            !told.iter().any(|c| matches!(c, Correction::Missing(_))),
            "{told:?}"
        );
    }

    #[test]
    fn two_devices_of_different_rates_are_compared_at_one() {
        let mut drift = Drift::default();
        let mut last = None;
        for n in 1..60 * 50 {
            let at = Duration::from_millis(n * 20);
            drift.played(882, 44_100, at);
            last = drift.captured(960, 48_000, at).or(last);
        }

        assert!(
            matches!(last, Some(Correction::Follow(ppm)) if ppm.abs() < 1.0),
            "{last:?}"
        );
    }
}
