//! The filters of Whisper's spectrum: triangles on the mel scale of M. Slaney (Auditory Toolbox, 1998), each of the same area, over the
//! bins of a window of 400 samples at 16 kHz.
//!
//! Only additions, multiplications and divisions are used: they are the same on every machine, which the logarithms and powers of
//! systems are not, and the model's digest is pinned.

/// Bins of the spectrum.
pub(super) const BINS: usize = 201;
const BIN_HZ: f64 = 40.0;
/// The scale is a line below 1,000 Hz, 15 mel, and has 27 mel for each factor of 6.4 above.
const LINE_HZ: f64 = 200.0 / 3.0;
const BEND_HZ: f64 = 1_000.0;
const BEND: f64 = 15.0;
/// Natural logarithms of 6.4 and of 8, which is the top, 8,000 Hz, over the bend.
const LN_6_4: f64 = 1.856_297_990_365_626_2;
const LN_8: f64 = 3.0 * std::f64::consts::LN_2;
const STEP: f64 = LN_6_4 / 27.0;

/// A row of [`BINS`] weights for each of so many bands, the lowest first.
pub(super) fn of(bands: usize) -> Vec<f32> {
    let top = BEND + LN_8 / STEP;
    let corner = |n: usize| hz(top * float(n) / float(bands + 1));
    let row = |band: usize| {
        let (low, middle, high) = (corner(band), corner(band + 1), corner(band + 2));
        (0..BINS).map(move |bin| weight(float(bin) * BIN_HZ, low, middle, high))
    };
    (0..bands).flat_map(row).collect()
}

fn weight(hz: f64, low: f64, middle: f64, high: f64) -> f32 {
    let rising = -(low - hz) / (middle - low);
    let falling = (high - hz) / (high - middle);
    let lower = if rising < falling { rising } else { falling };
    let height = if lower < 0.0 { 0.0 } else { lower };
    // Rounded twice, as the filters were that the models were trained with.
    narrow(f64::from(narrow(height)) * (2.0 / (high - low)))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "heights of filters, between 0 and 1"
)]
fn narrow(value: f64) -> f32 {
    value as f32
}

fn float(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

fn hz(mel: f64) -> f64 {
    if mel < BEND {
        LINE_HZ * mel
    } else {
        BEND_HZ * exp(STEP * (mel - BEND))
    }
}

/// e to a power from 0 to 3, by its series for a sixteenth of it.
fn exp(power: f64) -> f64 {
    let part = power / 16.0;
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..20 {
        term = term * part / f64::from(n);
        sum += term;
    }
    (0..4).fold(sum, |value, _| value * value)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_filters_are_bit_for_bit_those_that_the_models_were_trained_with() {
        let bytes: Vec<u8> = of(80).into_iter().flat_map(f32::to_le_bytes).collect();

        // Of `mel_80` in `mel_filters.npz` of openai-whisper.
        let hex = |text: String, byte: &u8| text + &format!("{byte:02x}");
        let digest = Sha256::digest(&bytes).iter().fold(String::new(), hex);
        assert_eq!(
            digest,
            "4f2701b1d287d74a0dc9871026e9519d98cb76426615f2539b0d151a0ae4ec2e"
        );
    }
}
