use std::path::Path;

use anyhow::Context as _;
use errand_types::Language;
use errand_voice_core::{
    Deadline, EngineFault, Grammar, Hints, Pace, RATE_HZ, Resampler, Sentence, SpeechToText as _,
    TextToSpeech, Utterance, from_s16, to_s16,
};
use errand_voice_device::{Espeak, Flite, Sphinx};

use crate::foreign::Missing;

/// A voice that speaks English.
#[derive(Debug)]
pub struct Voice {
    engine: Box<dyn TextToSpeech>,
    name: &'static str,
}

fn missing(fault: &EngineFault) -> Missing {
    Missing {
        what: fault.to_string(),
        remedy: "run scripts/setup.sh test",
    }
}

impl Voice {
    /// flite's clearest.
    ///
    /// # Errors
    /// [`Missing`] when it is not installed.
    pub fn flite() -> Result<Self, Missing> {
        Ok(Self {
            engine: Box::new(Flite::open().map_err(|fault| missing(&fault))?),
            name: "slt",
        })
    }

    /// espeak-ng's.
    ///
    /// # Errors
    /// [`Missing`] when it is not installed.
    pub fn espeak() -> Result<Self, Missing> {
        Ok(Self {
            engine: Box::new(Espeak::open().map_err(|fault| missing(&fault))?),
            name: "en-us",
        })
    }

    /// A text as sound at 16 kHz.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn say(&self, text: &str) -> anyhow::Result<Vec<i16>> {
        let voice = errand_voice_core::Voice {
            name: self.name.to_owned(),
            language: Language::English,
        };
        let (mut pcm, mut rate) = (Vec::new(), RATE_HZ);
        for chunk in self
            .engine
            .speak(&Sentence::new(text)?, &voice, Pace::USUAL)?
        {
            let chunk = chunk?;
            rate = chunk.rate_hz;
            pcm.extend(chunk.pcm.into_iter().map(from_s16));
        }
        let mut resampler = Resampler::new(rate, RATE_HZ)?;
        Ok(resampler.push(&pcm).into_iter().map(to_s16).collect())
    }
}

/// Understands what was said, to check it.
#[derive(Debug)]
pub struct Listener(Sphinx);

impl Listener {
    /// PocketSphinx.
    ///
    /// # Errors
    /// [`Missing`] when it is not installed.
    pub fn open() -> Result<Self, Missing> {
        Ok(Self(Sphinx::open().map_err(|fault| missing(&fault))?))
    }

    /// Which of some sentences was said.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn which(&self, pcm: Vec<i16>, sentences: &[String]) -> anyhow::Result<String> {
        let hints = Hints {
            grammar: Grammar::closed(sentences.iter().map(String::as_str), 1)?,
            ..Hints::open(Language::English)
        };
        let deadline = Deadline::usual(std::time::Duration::from_secs(60));
        let heard = self
            .0
            .transcribe(Utterance::from_pcm(pcm), &hints, &deadline)?;
        Ok(heard.text)
    }
}

/// Writes mono sound with 16 bits.
///
/// # Errors
/// When the disk does not take it.
pub fn write_wav(path: &Path, pcm: &[i16], rate_hz: u32) -> anyhow::Result<()> {
    let data = u32::try_from(pcm.len() * 2)?;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((data + 36).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(rate_hz.to_le_bytes());
    bytes.extend((rate_hz * 2).to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend(data.to_le_bytes());
    bytes.extend(pcm.iter().flat_map(|sample| sample.to_le_bytes()));
    std::fs::write(path, bytes).with_context(|| format!("`{}`", path.display()))
}
