//! What the tests share: engines or a word about why a test is left out, and speech made by them.

use errand_types::Language;
use errand_voice_core::{Pace, Sentence, TextToSpeech, Voice};

/// What is there, or a line that says how to get it.
pub(crate) fn or_skip<T>(found: Result<T, errand_voice_core::EngineFault>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(fault) => {
            eprintln!("SKIPPED {fault}; remedy: {}", fault.hint());
            None
        }
    }
}

/// The sound of a sentence and its rate.
pub(crate) fn say(engine: &dyn TextToSpeech, voice: &str, text: &str) -> (Vec<i16>, u32) {
    let voice = Voice {
        name: voice.to_owned(),
        language: Language::English,
    };
    let sentence = Sentence::new(text).unwrap();
    let mut pcm = Vec::new();
    let mut rate = 0;
    for chunk in engine.speak(&sentence, &voice, Pace::USUAL).unwrap() {
        let chunk = chunk.unwrap();
        rate = chunk.rate_hz;
        pcm.extend(chunk.pcm);
    }
    (pcm, rate)
}
