/// How fast the loudness changes, in milliseconds from one end to the other.
const RAMP_MS: f32 = 10.0;

/// Loudness, changed without a click.
#[derive(Debug)]
pub(super) struct Gain {
    now: f32,
    aim: f32,
    step: f32,
}

impl Gain {
    /// As the voice speaks.
    pub(super) const FULL: f32 = 1.0;
    /// 18 dB quieter.
    pub(super) const DUCKED: f32 = 0.126;

    #[expect(clippy::cast_precision_loss, reason = "a rate of samples")]
    pub(super) fn new(rate_hz: u32) -> Self {
        Self {
            now: Self::FULL,
            aim: Self::FULL,
            step: 1_000.0 / (RAMP_MS * rate_hz.max(1) as f32),
        }
    }

    /// Aims at another loudness; tells the one of before when it differs.
    pub(super) fn turn_to(&mut self, level: f32) -> Option<f32> {
        let was = self.aim;
        self.aim = level;
        ((was - level).abs() > f32::EPSILON).then_some(was)
    }

    pub(super) fn apply(&mut self, pcm: &mut [i16]) {
        for sample in pcm {
            let way = self.aim - self.now;
            self.now += way.clamp(-self.step, self.step);
            *sample = scaled(*sample, self.now);
        }
    }

    /// Down to nothing over these samples.
    #[expect(clippy::cast_precision_loss, reason = "some hundred samples")]
    pub(super) fn fade_out(&mut self, pcm: &mut [i16]) {
        let count = pcm.len().max(1) as f32;
        for (n, sample) in pcm.iter_mut().enumerate() {
            *sample = scaled(*sample, self.now * (1.0 - (n as f32 + 1.0) / count));
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a gain of at most one keeps a sample within 16 bits"
)]
fn scaled(sample: i16, gain: f32) -> i16 {
    (f32::from(sample) * gain.clamp(0.0, 1.0)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ducking_is_eighteen_decibels_and_has_no_click() {
        let mut gain = Gain::new(16_000);
        gain.turn_to(Gain::DUCKED);
        let mut pcm = vec![10_000; 400];
        gain.apply(&mut pcm);

        let decibels = 20.0 * (f32::from(pcm[399]) / 10_000.0).log10();
        assert!((-18.1..-17.9).contains(&decibels), "{decibels}");
        assert!(pcm.windows(2).all(|pair| pair[0] - pair[1] <= 70));
    }

    #[test]
    fn a_fade_ends_in_silence() {
        let mut pcm = vec![10_000; 80];
        Gain::new(16_000).fade_out(&mut pcm);

        assert_eq!(pcm[79], 0);
        assert!(pcm.is_sorted_by(|a, b| a >= b));
    }
}
