//! How much the library may do for one utterance. Pure.

use std::time::Duration;

/// whisper.cpp gives nothing for less sound, so short utterances are filled up with silence.
pub(crate) const SAMPLES_MIN: usize = 8_000;
/// The window of every model for people, in positions of 20 ms.
pub(crate) const FULL_CONTEXT: u32 = 1_500;

/// Fewer positions than this cost words, however short the sound is: docs/voice-figures.md has what was measured.
const CONTEXT_MIN: u32 = 512;

/// How many positions of sound the encoder looks at: enough for the utterance and some, in steps of 64. The encoder's work
/// grows faster than this number, so it is what makes short answers quick.
pub(crate) fn audio_context(audio: Duration, of_model: u32) -> u32 {
    let positions = u32::try_from(audio.as_millis() / 20)
        .unwrap_or(u32::MAX)
        .min(FULL_CONTEXT);
    let steps = (positions + 32).div_ceil(64) * 64;
    steps.clamp(CONTEXT_MIN, FULL_CONTEXT).min(of_model)
}

/// How many tokens may be said. Nobody speaks faster; a decoder in a loop does.
pub(crate) fn tokens_max(audio: Duration) -> u32 {
    let whole = u32::try_from(audio.as_secs()).unwrap_or(224);
    (8 + 6 * (whole + 1)).min(220)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_grows_with_the_sound_and_never_beyond_the_model() {
        let context = |ms| audio_context(Duration::from_millis(ms), FULL_CONTEXT);

        assert_eq!(context(300), 512);
        assert_eq!(context(9_000), 512);
        assert_eq!(context(10_000), 576);
        assert_eq!(context(15_000), 832);
        assert_eq!(context(30_000), 1_500);
        assert_eq!(context(3_600_000), 1_500);
        assert_eq!(audio_context(Duration::from_secs(2), 180), 180);
    }

    #[test]
    fn words_are_bounded_by_the_length_of_the_sound() {
        assert_eq!(tokens_max(Duration::from_millis(400)), 14);
        assert_eq!(tokens_max(Duration::from_secs(5)), 44);
        assert_eq!(tokens_max(Duration::from_secs(3_600)), 220);
    }
}
