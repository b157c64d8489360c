//! Synthetic voices of this machine: they say nothing about people, and are the same in every run.

use std::sync::Arc;

use errand_voice_core::{Pace, Sentence, TextToSpeech, Voice, from_s16};
use errand_voice_device::{Espeak, Flite};

use crate::recognise::{Skipped, skip};
use crate::sound::speech;
use crate::wav::at_16k;

/// What is spoken with, the clearest first. Voices of espeak-ng are made by formulas and sound like it.
const FLITE: &[&str] = &["slt", "rms", "awb", "kal16"];
const ESPEAK: &[&str] = &["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029"];

/// A voice.
#[derive(Debug, Clone)]
pub(crate) struct Talker {
    engine: Arc<dyn TextToSpeech>,
    voice: Voice,
    /// `flite:slt`.
    pub(crate) name: String,
}

impl Talker {
    /// A sentence, cut close and as loud as every other.
    pub(crate) fn say(&self, text: &str, pace: Pace) -> anyhow::Result<Vec<f32>> {
        let mut pcm = Vec::new();
        for chunk in self
            .engine
            .speak(&Sentence::new(text)?, &self.voice, pace)?
        {
            let chunk = chunk?;
            // Pieces of one rate are joined before the rate is changed.
            pcm.push((chunk.rate_hz, chunk.pcm));
        }
        let rate = pcm.first().map_or(16_000, |(rate, _)| *rate);
        let whole: Vec<f32> = pcm
            .into_iter()
            .flat_map(|(_, pcm)| pcm)
            .map(from_s16)
            .collect();
        Ok(speech(&at_16k(&whole, rate)?))
    }

    /// Whether it is one of the clearer ones.
    pub(crate) fn is_natural(&self) -> bool {
        self.name.starts_with("flite:")
    }
}

/// The voices that are installed.
pub(crate) fn talkers(skipped: &mut Skipped) -> Vec<Talker> {
    let mut found = Vec::new();
    let mut take = |engine: Arc<dyn TextToSpeech>, wanted: &[&str]| {
        let info = engine.info();
        for name in wanted {
            found.extend(
                info.voices
                    .iter()
                    .find(|voice| voice.name == *name)
                    .map(|voice| Talker {
                        engine: Arc::clone(&engine),
                        voice: voice.clone(),
                        name: format!("{}:{name}", info.engine),
                    }),
            );
        }
    };
    match Flite::open() {
        Ok(flite) => take(Arc::new(flite), FLITE),
        Err(fault) => skip(skipped, "voices of flite", &fault.to_string(), fault.hint()),
    }
    match Espeak::open() {
        Ok(espeak) => take(Arc::new(espeak), ESPEAK),
        Err(fault) => skip(
            skipped,
            "voices of espeak-ng",
            &fault.to_string(),
            fault.hint(),
        ),
    }
    found
}
