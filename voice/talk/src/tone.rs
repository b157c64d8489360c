//! Sounds that are not speech.

use std::f32::consts::TAU;

/// Length of the tone that tells waiting, in milliseconds.
const WAIT_MS: u32 = 180;

/// A soft rising tone, 180 ms, at a rate of samples a second.
pub(crate) fn waiting(rate_hz: u32) -> Vec<i16> {
    let count = rate_hz.saturating_mul(WAIT_MS) / 1_000;
    (0..count).map(|n| sample(n, count, rate_hz)).collect()
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "some thousand samples, a twentieth of full scale"
)]
fn sample(n: u32, count: u32, rate_hz: u32) -> i16 {
    let (at, whole) = (
        n as f32 / rate_hz.max(1) as f32,
        n as f32 / count.max(1) as f32,
    );
    // Up and down without a click, from 440 to 550 Hz.
    let level = 0.05 * (TAU / 2.0 * whole).sin();
    let phase = TAU * (440.0 * at + 55.0 * at * whole);
    (level * phase.sin() * 32_767.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tone_is_soft_and_begins_and_ends_in_silence() {
        let tone = waiting(16_000);

        assert_eq!(tone.len(), 2_880);
        assert!(tone.iter().all(|s| s.abs() < 1_700));
        assert!(tone.iter().any(|s| s.abs() > 1_000));
        assert!(tone[0].abs() < 20 && tone[2_879].abs() < 20);
    }
}
