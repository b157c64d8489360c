//! V1: what our pipeline costs over a caller of whisper.cpp that does nothing else. Same file, same sound, same parameters, one
//! thread; one and the other in turn.

use std::path::Path;
use std::sync::Arc;

use errand_meter::process_cpu;
use errand_voice_core::{EarConfig, Hints, Listen, duration, from_s16};
use errand_voice_device::{AudioContext, Whisper, WhisperSettings};
use serde_json::{Value, json};
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters};

use crate::recognise::Recogniser;
use crate::score::round;
use crate::sound::{heed, silence};

/// Reads every sentence twice: through high-pass, detector of voice, ear and our engine; and bare, from the same utterance.
pub(crate) fn over_bare(
    model: &Path,
    said: &[Vec<f32>],
    utterances: usize,
) -> anyhow::Result<Value> {
    let is_test_model = std::fs::metadata(model)?.len() < 40_000_000;
    let ours = Whisper::open(
        model,
        WhisperSettings {
            is_test_model,
            ..WhisperSettings::default()
        },
    )?;
    let ours = Recogniser {
        name: "whisper",
        engine: Arc::new(ours),
        others: Vec::new(),
    };
    let mut parameters = WhisperContextParameters::default();
    parameters.use_gpu(false);
    let bare = WhisperContext::new_with_params(model, parameters)?;
    let mut state = bare.create_state()?;
    let hints = Hints::open(errand_types::Language::English);
    let of_model = if is_test_model { 180 } else { 1_500 };
    let (mut with, mut without, mut sound_s, mut count) = (0.0, 0.0, 0.0, 0_usize);
    for n in 0..utterances {
        let Some(said) = said.get(n % said.len().max(1)) else {
            break;
        };
        let mut pcm = silence(600);
        pcm.extend(said);
        pcm.extend(silence(900));
        let began = process_cpu();
        let turn = heed(&pcm, Listen::default(), EarConfig::default())
            .into_iter()
            .next();
        let Some(turn) = turn else { continue };
        let utterance = turn.utterance.clone();
        ours.read(turn.utterance, &hints)?;
        with += process_cpu().saturating_sub(began).as_secs_f64();
        let mut pcm: Vec<f32> = utterance.pcm().iter().copied().map(from_s16).collect();
        pcm.resize(pcm.len().max(8_000), 0.0);
        let seconds = pcm.len() / 16_000;
        let context = AudioContext::Auto.positions(duration(pcm.len() as u64), of_model);
        let began = process_cpu();
        let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        params.set_n_threads(1);
        params.set_no_context(true);
        params.set_no_timestamps(is_test_model);
        params.set_single_segment(true);
        params.set_temperature_inc(0.0);
        params.set_suppress_blank(false);
        params.set_print_progress(false);
        params.set_print_realtime(false);
        params.set_print_special(false);
        params.set_print_timestamps(false);
        params.set_audio_ctx(i32::try_from(context)?);
        params.set_max_tokens(i32::try_from(8 + 6 * (seconds + 1))?);
        state.full(params, &pcm)?;
        without += process_cpu().saturating_sub(began).as_secs_f64();
        sound_s += utterance.length().as_secs_f64();
        count += 1;
    }
    Ok(json!({
        "over_bare_percent": round(100.0 * (with / f64::max(without, 1e-9) - 1.0)), "utterances": count,
        "ours_cpu_s": round(with), "bare_cpu_s": round(without), "sound_s": round(sound_s), "ours_over_bare_ms_per_utterance": round(1_000.0 * (with - without) / count.max(1) as f64),
        "model": model.file_name().map(|name| name.to_string_lossy().into_owned()), "is_test_model": is_test_model,
        "method": "process CPU of high-pass, detector of voice, ear and engine, over that of a caller that only decodes the same utterance; \
                   the ear also hears the silence around it; the model of the tests is some thirty times cheaper than the smallest one for people, so the share is larger with it",
    }))
}
