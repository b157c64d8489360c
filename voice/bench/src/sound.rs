//! Sound as mono `f32` at 16 kHz: loudness, mixing at a distance in decibels, and what an ear makes of it.

use errand_voice_core::{
    Care, Ear, EarConfig, EarEffect, EarInput, Earshot, FRAME_SAMPLES, Frame, Heard, Listen,
    Listener, Passthrough, Row, SampleIdx, Utterance, to_s16,
};

use crate::noise::Chance;

/// Samples of a second.
pub(crate) const RATE: usize = 16_000;
/// How loud speech is made before anything is mixed with it, as root of the mean square of its voiced part.
pub(crate) const SPEECH_RMS: f32 = 0.08;
/// The noise of a quiet room.
pub(crate) const ROOM_RMS: f32 = 0.000_5;

/// Root of the mean square of everything.
pub(crate) fn rms(pcm: &[f32]) -> f32 {
    (pcm.iter().map(|s| s * s).sum::<f32>() / pcm.len().max(1) as f32).sqrt()
}

/// The first and the last sample of the voice: louder than a fortieth of the loudest.
pub(crate) fn voiced(pcm: &[f32]) -> (usize, usize) {
    let peak = pcm.iter().fold(0.0_f32, |most, s| most.max(s.abs()));
    let is_loud = |s: &f32| s.abs() > peak / 40.0;
    let first = pcm.iter().position(is_loud).unwrap_or(0);
    let last = pcm.iter().rposition(is_loud).unwrap_or(0);
    (first, last.max(first))
}

/// Cuts the silence around a voice, and makes it as loud as all others.
pub(crate) fn speech(pcm: &[f32]) -> Vec<f32> {
    let (first, last) = voiced(pcm);
    let part = pcm.get(first..=last).unwrap_or_default();
    let gain = SPEECH_RMS / rms(part).max(1e-6);
    part.iter().map(|s| (s * gain).clamp(-1.0, 1.0)).collect()
}

/// Silence of a length.
pub(crate) fn silence(ms: usize) -> Vec<f32> {
    vec![0.0; ms * RATE / 1_000]
}

/// Adds noise to a scene, `snr_db` below speech; `noise` has a mean power of one, is begun at a place by chance and repeated.
pub(crate) fn add_noise(pcm: &mut [f32], noise: &[f32], snr_db: f32, chance: &mut Chance) {
    if noise.is_empty() {
        return;
    }
    let level = SPEECH_RMS / 10_f32.powf(snr_db / 20.0);
    let start = chance.below(noise.len());
    for (slot, sample) in pcm.iter_mut().zip(noise.iter().cycle().skip(start)) {
        *slot = (*slot + level * sample).clamp(-1.0, 1.0);
    }
}

/// Adds the noise of a quiet room: no microphone hears nothing.
pub(crate) fn add_room(pcm: &mut [f32], chance: &mut Chance) {
    for slot in pcm {
        *slot = (*slot + ROOM_RMS * 1.73 * chance.sign()).clamp(-1.0, 1.0);
    }
}

/// Frames of 10 ms with their places; what is left over at the end is filled with silence.
pub(crate) fn frames(pcm: &[f32]) -> impl Iterator<Item = Frame> + '_ {
    pcm.chunks(FRAME_SAMPLES).zip(0_u64..).map(|(chunk, n)| {
        let mut frame = Frame::silence(SampleIdx::from_ms(n * 10));
        for (slot, sample) in frame.pcm.iter_mut().zip(chunk) {
            *slot = *sample;
        }
        frame
    })
}

/// All of a sound as one utterance.
pub(crate) fn utterance(pcm: &[f32], care: Care) -> Utterance {
    let pcm: Vec<i16> = pcm.iter().copied().map(to_s16).collect();
    let voiced = pcm.len() as u64;
    Utterance::new(SampleIdx::ZERO, pcm, voiced, care)
}

/// A turn as an ear took it.
#[derive(Debug)]
pub(crate) struct Heeded {
    /// What is to be read.
    pub(crate) utterance: Utterance,
    /// The place behind the last voice, as the ear has it.
    pub(crate) voice_end: usize,
    /// When it was decided.
    pub(crate) decided: usize,
    /// Why.
    pub(crate) row: Row,
}

/// Listens to a whole sound as the product does: high-pass, detector of voice, ear. What is still open at the end is taken as
/// it is (`Row::Released`).
pub(crate) fn heed(pcm: &[f32], listen: Listen, config: EarConfig) -> Vec<Heeded> {
    let mut listener = Listener::new(
        Box::new(Passthrough),
        Box::new(Earshot::default()),
        None,
        Ear::new(config),
    );
    listener.tell(EarInput::Listen(listen));
    let mut turns = Vec::new();
    let mut attempt = None;
    let nothing = Frame::silence(SampleIdx::ZERO);
    let mut at = 0;
    for frame in frames(pcm) {
        at = usize::try_from(frame.end().get()).unwrap_or(usize::MAX);
        for effect in listener.hear(&frame, &nothing) {
            take(effect, at, &mut attempt, &mut turns);
        }
    }
    for effect in listener.tell(EarInput::Release) {
        take(effect, at, &mut attempt, &mut turns);
    }
    turns
}

fn take(effect: EarEffect, at: usize, attempt: &mut Option<Utterance>, turns: &mut Vec<Heeded>) {
    match effect {
        EarEffect::Speculate { utterance, .. } => *attempt = Some(utterance),
        EarEffect::Rejoined { .. } => {
            // The turn of before goes on: what was read of it does not count.
            turns.pop();
        }
        EarEffect::Ended {
            voice_end,
            heard,
            row,
            ..
        } => {
            let utterance = match heard {
                Heard::Sound(utterance) => Some(utterance),
                Heard::Attempt(_) => attempt.take(),
            };
            turns.extend(utterance.map(|utterance| Heeded {
                utterance,
                voice_end: usize::try_from(voice_end.get()).unwrap_or(usize::MAX),
                decided: at,
                row,
            }));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_lies_as_far_below_speech_as_it_is_told() {
        let mut chance = Chance::new(1);
        let noise = crate::noise::generated("white", 16_000, 3);
        let mut pcm = vec![0.0; 16_000];

        add_noise(&mut pcm, &noise, 10.0, &mut chance);

        let db = 20.0 * (SPEECH_RMS / rms(&pcm)).log10();
        assert!((9.8..10.2).contains(&db), "{db}");
    }

    #[test]
    fn speech_is_cut_and_equally_loud() {
        let mut pcm = vec![0.0; 1_000];
        pcm.extend([0.5, -0.5].repeat(400));
        pcm.extend([0.0; 1_000]);

        let cut = speech(&pcm);

        assert_eq!(cut.len(), 800);
        assert!((rms(&cut) - SPEECH_RMS).abs() < 1e-4);
    }
}
