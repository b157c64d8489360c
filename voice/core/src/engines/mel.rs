use std::f32::consts::PI;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// Samples of a window: 25 ms.
const WINDOW: usize = 400;
/// Samples between two windows: 10 ms.
const HOP: usize = 160;
const FFT: usize = 512;
const FILTERS: usize = 26;
/// Lowest and highest frequency, in Hz: what a telephone carries as well, so that recordings at 8 kHz compare.
const LOW_HZ: f32 = 80.0;
const HIGH_HZ: f32 = 3_900.0;
/// Coefficients of a window, without the one that is only loudness.
pub(super) const COEFFICIENTS: usize = 19;
/// A window that is quieter than the loudest by more than this holds no voice, in decibels.
const GATE_DB: f32 = 30.0;

/// Mel-frequency cepstral coefficients (S. Davis and P. Mermelstein, 1980).
pub(super) struct Mel {
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    filters: Vec<Vec<(usize, f32)>>,
}

impl Mel {
    pub(super) fn new() -> Self {
        let angle = |n: usize| 2.0 * PI * float(n) / float(WINDOW - 1);
        Self {
            fft: FftPlanner::new().plan_fft_forward(FFT),
            window: (0..WINDOW).map(|n| 0.54 - 0.46 * angle(n).cos()).collect(),
            filters: filters(),
        }
    }

    /// The coefficients of every window that holds voice.
    pub(super) fn of(&self, pcm: &[f32]) -> Vec<[f32; COEFFICIENTS]> {
        let mut windows: Vec<(f32, [f32; COEFFICIENTS])> = pcm
            .windows(WINDOW)
            .step_by(HOP)
            .map(|window| self.window(window))
            .collect();
        let loudest = windows.iter().map(|(db, _)| *db).fold(-120.0, f32::max);
        windows.retain(|(db, _)| *db > loudest - GATE_DB && *db > -70.0);
        windows.into_iter().map(|(_, c)| c).collect()
    }

    fn window(&self, pcm: &[f32]) -> (f32, [f32; COEFFICIENTS]) {
        let mut buffer = vec![Complex::new(0.0, 0.0); FFT];
        let mut before = 0.0;
        let mut power = 1e-12;
        for ((slot, sample), weight) in buffer.iter_mut().zip(pcm).zip(&self.window) {
            // Speech falls towards high frequencies; this lifts them again.
            slot.re = (sample - 0.97 * before) * weight;
            before = *sample;
            power += sample * sample;
        }
        self.fft.process(&mut buffer);
        let logs: Vec<f32> = self
            .filters
            .iter()
            .map(|filter| {
                let sum: f32 = filter
                    .iter()
                    .filter_map(|(bin, weight)| Some(buffer.get(*bin)?.norm_sqr() * weight))
                    .sum();
                (sum + 1e-10).ln()
            })
            .collect();
        let mut coefficients = [0.0; COEFFICIENTS];
        for (k, slot) in (1..).zip(&mut coefficients) {
            *slot = logs
                .iter()
                .enumerate()
                .map(|(n, log)| log * (PI * float(k) * (float(n) + 0.5) / float(FILTERS)).cos())
                .sum();
        }
        (10.0 * (power / float(WINDOW)).log10(), coefficients)
    }
}

/// Triangles on the mel scale: for each the bins of the spectrum and their weights.
fn filters() -> Vec<Vec<(usize, f32)>> {
    let mel = |hz: f32| 2_595.0 * (1.0 + hz / 700.0).log10();
    let hz = |mel: f32| 700.0 * (10_f32.powf(mel / 2_595.0) - 1.0);
    let (low, high) = (mel(LOW_HZ), mel(HIGH_HZ));
    let edge = |n: usize| hz(low + (high - low) * float(n) / float(FILTERS + 1));
    (0..FILTERS)
        .map(|n| {
            let (from, middle, to) = (edge(n), edge(n + 1), edge(n + 2));
            (0..FFT / 2)
                .filter_map(|bin| {
                    let at = float(bin) * 16_000.0 / float(FFT);
                    let rising = (at - from) / (middle - from);
                    let falling = (to - at) / (to - middle);
                    let weight = rising.min(falling);
                    (weight > 0.0).then_some((bin, weight))
                })
                .collect()
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "numbers below a thousand")]
fn float(n: usize) -> f32 {
    n as f32
}
