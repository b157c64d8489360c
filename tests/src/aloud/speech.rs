use std::path::Path;

use anyhow::{Context as _, ensure};
use errand_types::Language;
use errand_voice_core::{
    ClosedGrammar, Deadline, EngineFault, Grammar, Hints, Pace, RATE_HZ, Resampler, Sentence,
    SpeechToText as _, TextToSpeech, Utterance, from_s16, to_s16,
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
        Self::of_flite("slt")
    }

    /// One of flite's by its name.
    ///
    /// # Errors
    /// [`Missing`] when it is not installed.
    pub fn of_flite(name: &'static str) -> Result<Self, Missing> {
        Ok(Self {
            engine: Box::new(Flite::open().map_err(|fault| missing(&fault))?),
            name,
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
        self.read(pcm, &hints)
    }

    /// The two words of an approval, as whoever stands beside a loudspeaker hears them: they come last, behind a pause.
    /// `last_but`: pieces of speech that follow them.
    ///
    /// # Errors
    /// When there is no speech, or the engine fails.
    pub fn two_words(&self, pcm: &[i16], last_but: usize) -> anyhow::Result<String> {
        let pieces = pieces(pcm);
        let at = pieces.len().checked_sub(1 + last_but);
        let piece = at.and_then(|at| pieces.get(at)).context("no speech")?;
        let closed = ClosedGrammar::words(Language::English, errand_trust::word_list())?;
        let around = vec![0; usize::try_from(RATE_HZ)? / 4];
        let said = pcm.get(piece.clone()).unwrap_or_default();
        let hints = Hints {
            grammar: closed.hints().grammar.clone(),
            ..Hints::open(Language::English)
        };
        self.read([&around, said, &around].concat(), &hints)
    }

    fn read(&self, pcm: Vec<i16>, hints: &Hints) -> anyhow::Result<String> {
        let deadline = Deadline::usual(std::time::Duration::from_secs(60));
        let heard = self
            .0
            .transcribe(Utterance::from_pcm(pcm), hints, &deadline)?;
        Ok(heard.text)
    }
}

/// Where somebody speaks: stretches with less than a tenth of a second of silence in them.
fn pieces(pcm: &[i16]) -> Vec<std::ops::Range<usize>> {
    const STEP: usize = 160;
    const PAUSE: usize = 10 * STEP;
    let mut all: Vec<std::ops::Range<usize>> = Vec::new();
    for (n, step) in pcm.chunks(STEP).enumerate() {
        if step.iter().all(|s| s.unsigned_abs() < 400) {
            continue;
        }
        let (from, to) = (n * STEP, n * STEP + step.len());
        match all.last_mut() {
            Some(last) if from - last.end <= PAUSE => last.end = to,
            _ => all.push(from..to),
        }
    }
    all
}

/// Sound of 16 bits at another rate, at 16 kHz.
///
/// # Errors
/// For a rate that nobody has.
pub fn at_16_khz(bytes: &[u8], rate_hz: u32) -> anyhow::Result<Vec<i16>> {
    let pcm: Vec<f32> = bytes
        .chunks_exact(2)
        .filter_map(|pair| Some(from_s16(i16::from_le_bytes(pair.try_into().ok()?))))
        .collect();
    let resampled = Resampler::new(rate_hz, RATE_HZ)?.push(&pcm);
    Ok(resampled.into_iter().map(to_s16).collect())
}

/// The sound of a plain file: mono, 16 bits, at 16 kHz.
///
/// # Errors
/// When it is another.
pub(super) fn wav_16_khz(path: &Path) -> anyhow::Result<Vec<i16>> {
    let bytes = std::fs::read(path)?;
    let form = bytes.get(20..36).context("it ends too early")?;
    let is_usual = form.get(..8) == Some(&[1, 0, 1, 0, 0x80, 0x3e, 0, 0]);
    ensure!(is_usual, "`{}` is no mono sound at 16 kHz", path.display());
    let data = bytes.windows(4).position(|name| name == b"data");
    let pcm = data.and_then(|at| bytes.get(at + 8..));
    let pairs = pcm.context("it has no sound")?.as_chunks::<2>().0;
    Ok(pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect())
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
