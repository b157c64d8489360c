//! The spectrum that the embedding network was trained on: 32 mel bands every 10 ms, in decibels over its own scale.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::onnx::{OnnxError, Tensor};
use crate::frame::FRAME_SAMPLES;

/// Samples of a window.
const WINDOW: usize = 512;
const BINS: usize = WINDOW / 2 + 1;
/// Bands of a row.
pub(super) const BANDS: usize = 32;
/// The network knows samples of 16 bits, not of -1 to 1.
const SCALE: f32 = 32_768.0;
/// Nothing is quieter, in decibels on that scale. The reference cuts at 80 dB under the loudest of a whole recording, which a
/// stream does not know; this is about as far under a voice, and digital silence is then no stranger to the network.
pub(super) const FLOOR_DB: f32 = 0.0;
/// A file whose transform is off by more than this holds another transform.
const OFF_MAX: f32 = 1e-3;

/// What the file of the spectrum holds, made ready.
pub(super) struct MelWeights {
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    /// For each band its first bin and the weights from there on.
    bands: Vec<(usize, Vec<f32>)>,
}

impl MelWeights {
    pub(super) fn read(tensors: &BTreeMap<String, Tensor>) -> Result<Self, OnnxError> {
        let tensor = |name: &str| tensors.get(name).ok_or(OnnxError::Shape);
        let real = tensor("0.stft.conv_real.weight")?.shaped(&[BINS, 1, WINDOW])?;
        let imaginary = tensor("0.stft.conv_imag.weight")?.shaped(&[BINS, 1, WINDOW])?;
        let mel = tensor("1.melW")?.shaped(&[BINS, BANDS])?;
        // The file spells a Fourier transform out as 257 convolutions. Row 0 is the window; with it a fast transform gives
        // the same, if the other rows are what they should be.
        let window: Vec<f32> = real.iter().take(WINDOW).copied().collect();
        for (bin, (re, im)) in (0_u16..).zip(real.chunks(WINDOW).zip(imaginary.chunks(WINDOW))) {
            for (n, ((re, im), w)) in (0_u16..).zip(re.iter().zip(im).zip(&window)) {
                let turns = f32::from((bin.wrapping_mul(n)) % 512) / 512.0;
                let angle = std::f32::consts::TAU * turns;
                let off = (re - w * angle.cos()).abs() + (im.abs() - (w * angle.sin()).abs()).abs();
                if off > OFF_MAX {
                    return Err(OnnxError::Shape);
                }
            }
        }
        let bands = (0..BANDS).map(|band| {
            let column: Vec<f32> = mel.iter().skip(band).step_by(BANDS).copied().collect();
            let first = column.iter().position(|w| *w != 0.0).unwrap_or(0);
            let last = column.iter().rposition(|w| *w != 0.0).unwrap_or(0);
            let weights = column.get(first..=last).unwrap_or_default().to_vec();
            (first, weights)
        });
        Ok(Self {
            fft: FftPlanner::new().plan_fft_forward(WINDOW),
            window,
            bands: bands.collect(),
        })
    }
}

/// The last samples of a stream.
#[derive(Clone)]
pub(super) struct Mel {
    last: [f32; WINDOW],
    have: usize,
    buffer: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Mel {
    pub(super) fn new(weights: &MelWeights) -> Self {
        let zero = Complex::new(0.0, 0.0);
        Self {
            last: [0.0; WINDOW],
            have: 0,
            buffer: vec![zero; WINDOW],
            scratch: vec![zero; weights.fft.get_inplace_scratch_len()],
        }
    }

    /// Takes 10 ms; gives a row once there is a whole window.
    pub(super) fn push(
        &mut self,
        weights: &MelWeights,
        pcm: &[f32; FRAME_SAMPLES],
    ) -> Option<[f32; BANDS]> {
        self.last.copy_within(FRAME_SAMPLES.., 0);
        for (slot, sample) in self.last.iter_mut().rev().zip(pcm.iter().rev()) {
            let sample = if sample.is_finite() { *sample } else { 0.0 };
            *slot = sample.clamp(-1.0, 1.0) * SCALE;
        }
        self.have = (self.have + FRAME_SAMPLES).min(WINDOW);
        if self.have < WINDOW {
            return None;
        }
        let windowed = self.last.iter().zip(&weights.window);
        for (slot, (sample, weight)) in self.buffer.iter_mut().zip(windowed) {
            *slot = Complex::new(sample * weight, 0.0);
        }
        weights
            .fft
            .process_with_scratch(&mut self.buffer, &mut self.scratch);
        let mut row = [0.0; BANDS];
        for (slot, (first, band)) in row.iter_mut().zip(&weights.bands) {
            let bins = self.buffer.iter().skip(*first).zip(band);
            let power: f32 = bins.map(|(bin, weight)| bin.norm_sqr() * weight).sum();
            let db = 10.0 * power.max(1e-10).log10();
            *slot = db.max(FLOOR_DB) / 10.0 + 2.0;
        }
        Some(row)
    }
}
