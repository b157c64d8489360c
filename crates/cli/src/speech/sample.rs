//! One sentence of our own, spoken and understood again: what says how quick an engine is on this machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use errand_types::Language;
use errand_voice_core::{
    Deadline, EngineFault, Grammar, Hints, Pace, RATE_HZ, Resampler, Sentence, SpeechToText,
    TextToSpeech, TtsError, Utterance, from_s16, to_s16,
};
use serde::Serialize;

/// What is said. It fits the grammar of shopping, and nothing in it is about anybody.
pub(super) const SENTENCE: &str = "add two bags of coffee to my cart";
/// Silence around a sentence, in samples: 200 ms.
const QUIET: usize = 3_200;
/// How long one reading may take.
const WITHIN: Duration = Duration::from_secs(60);

/// A sentence as sound at 16 kHz, and how long the first piece of it took.
#[derive(Debug)]
pub(super) struct Spoken {
    /// Which engine.
    #[cfg(feature = "native-voice")]
    pub(super) engine: &'static str,
    /// The sound.
    pub(super) pcm: Vec<i16>,
    /// Until the first piece.
    #[cfg(feature = "native-voice")]
    pub(super) first: Duration,
}

/// How well and how quickly a sentence was understood.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Heard {
    /// Which engine.
    pub(super) engine: &'static str,
    /// What was understood.
    pub(super) text: String,
    /// Seconds of sound.
    pub(super) audio_s: f64,
    /// Seconds that it took.
    pub(super) took_s: f64,
    /// Time that it took for each second of sound.
    pub(super) rtf: f64,
}

/// Speaks a sentence with the first voice for English.
pub(super) fn speak(
    voices: &[Arc<dyn TextToSpeech>],
    wanted: Option<&str>,
    text: &str,
) -> Result<Option<Spoken>, TtsError> {
    let Ok(sentence) = Sentence::new(text) else {
        return Ok(None);
    };
    let found = voices.iter().find_map(|engine| {
        let info = engine.info();
        let named = wanted.and_then(|name| info.voices.iter().find(|v| v.name == name));
        let voice = named.or_else(|| info.voice(Language::English))?.clone();
        Some((engine, info.engine, voice))
    });
    let Some((engine, name, voice)) = found else {
        return Ok(None);
    };
    let began = Instant::now();
    let (mut pcm, mut first, mut rate) = (Vec::new(), None, RATE_HZ);
    for chunk in engine.speak(&sentence, &voice, Pace::USUAL)? {
        let chunk = chunk?;
        first.get_or_insert_with(|| began.elapsed());
        rate = chunk.rate_hz;
        pcm.extend(chunk.pcm.into_iter().map(from_s16));
    }
    let mut resampler = Resampler::new(rate, RATE_HZ).map_err(|error| {
        TtsError::Engine(EngineFault::Failed {
            engine: name,
            cause: error.to_string(),
        })
    })?;
    let mut at_rate: Vec<i16> = vec![0; QUIET];
    at_rate.extend(resampler.push(&pcm).into_iter().map(to_s16));
    at_rate.resize(at_rate.len() + QUIET, 0);
    Ok(Some(Spoken {
        #[cfg(feature = "native-voice")]
        engine: name,
        pcm: at_rate,
        #[cfg(feature = "native-voice")]
        first: first.unwrap_or_default(),
    }))
}

/// Understands sound, after one reading that nobody counts: the first one makes room in memory.
pub(super) fn understand(
    engine: &dyn SpeechToText,
    pcm: &[i16],
    names: &[&str],
) -> Result<Heard, errand_voice_core::SttError> {
    let hints = Hints {
        grammar: Grammar::open(names.iter().copied()).unwrap_or_else(|_| Grammar::anything()),
        ..Hints::open(Language::English)
    };
    let within = Deadline {
        within: WITHIN,
        ..Deadline::usual(Duration::ZERO)
    };
    engine.transcribe(Utterance::from_pcm(pcm.to_vec()), &hints, &within)?;
    let began = Instant::now();
    let heard = engine.transcribe(Utterance::from_pcm(pcm.to_vec()), &hints, &within)?;
    let took_s = began.elapsed().as_secs_f64();
    let audio_s = errand_voice_core::duration(pcm.len() as u64).as_secs_f64();
    Ok(Heard {
        engine: heard.engine,
        text: heard.text,
        audio_s,
        took_s,
        rtf: if audio_s > 0.0 { took_s / audio_s } else { 0.0 },
    })
}
