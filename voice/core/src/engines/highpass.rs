use crate::frame::Frame;

/// Lets through what lies above 100 Hz: hum and wind are no voice.
///
/// A Butterworth filter of second order; coefficients by the bilinear transform at 16 kHz with Q = 1/√2
/// (R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients").
#[derive(Debug, Clone, Default)]
pub struct HighPass {
    x1: f32,
    x2: f32,
    y1: f32,
    y2: f32,
}

// w0 = 2π · 100 / 16,000; α = sin(w0) / √2; divided by 1 + α.
const B0: f32 = 0.972_613_9;
const B1: f32 = -1.945_227_8;
const B2: f32 = 0.972_613_9;
const A1: f32 = -1.944_477_7;
const A2: f32 = 0.945_978;

impl HighPass {
    /// Filters 10 ms in place.
    pub fn filter(&mut self, frame: &mut Frame) {
        for sample in &mut frame.pcm {
            let x = if sample.is_finite() { *sample } else { 0.0 };
            let y = B0 * x + B1 * self.x1 + B2 * self.x2 - A1 * self.y1 - A2 * self.y2;
            self.x2 = self.x1;
            self.x1 = x;
            self.y2 = self.y1;
            // Numbers too small to matter are slow to reckon with.
            self.y1 = if y.abs() < 1e-15 { 0.0 } else { y };
            *sample = y.clamp(-1.0, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::SampleIdx;

    /// How loud a tone is behind the filter, in decibels against before.
    fn gain_at(hz: f32) -> f32 {
        let mut filter = HighPass::default();
        let (mut before, mut after) = (0.0, 0.0);
        for n in 0..100_u16 {
            let mut frame = Frame::silence(SampleIdx::ZERO);
            for (k, sample) in (0_u16..).zip(&mut frame.pcm) {
                let t = (f32::from(n) * 160.0 + f32::from(k)) / 16_000.0;
                *sample = 0.5 * (std::f32::consts::TAU * hz * t).sin();
            }
            let loud = frame.rms();
            filter.filter(&mut frame);
            if n > 50 {
                before += loud;
                after += frame.rms();
            }
        }
        20.0 * (after / before).log10()
    }

    #[test]
    fn hum_goes_and_voice_stays() {
        assert!(gain_at(20.0) < -25.0, "{}", gain_at(20.0));
        assert!((-3.3..-2.7).contains(&gain_at(100.0)), "{}", gain_at(100.0));
        assert!(gain_at(400.0) > -0.1, "{}", gain_at(400.0));
    }
}
