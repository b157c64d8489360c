//! The engines as callers use them: one sound, one text; the next engine stands in where one fails.

use std::sync::Arc;
use std::time::Duration;

use errand_types::Language;
use errand_voice_core::{
    Care, Chunk, Deadline, Earshot, FRAME_SAMPLES, Framer, HighPass, Hints, Pace, RATE_HZ,
    Resampler, SampleIdx, Sentence, SpeechToText, Stop, TextToSpeech, Utterance, Voice,
    VoiceActivity as _, from_s16, to_s16,
};
use errand_voice_talk::Engines;
use tokio::sync::{mpsc, oneshot};

use super::workers::Workers;
use crate::fault::Fault;
use crate::info::Offer;

/// From here on a block counts as voice.
const VOICED: f32 = 0.5;
/// What is kept before the first voice and behind the last, in samples.
const AROUND: usize = 8_000;
/// Pieces of a sentence that may wait for their caller: a whole one, so that a slow caller holds up nobody else.
const PIECES: usize = 256;
/// Longest that a sound may take to be read, beyond three times its length.
const READ_EXTRA: Duration = Duration::from_secs(5);

/// A piece of voice, or why there is none.
pub(crate) type Piece = Result<(u32, Vec<i16>), Fault>;

/// What understands and speaks for callers.
#[derive(Debug)]
pub(crate) struct Voices {
    recognisers: Arc<[Arc<dyn SpeechToText>]>,
    ladder: Arc<[Arc<dyn TextToSpeech>]>,
    readers: Workers,
    speakers: Workers,
}

impl Voices {
    pub(crate) fn start(engines: &Engines) -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            recognisers: engines.recognisers().into(),
            ladder: engines.voices().into(),
            readers: Workers::start("read", cores.min(2))?,
            speakers: Workers::start("speak", 2)?,
        })
    }

    pub(crate) fn offer(&self, handles: Vec<Language>) -> Offer {
        Offer {
            recognisers: self
                .recognisers
                .iter()
                .map(|engine| engine.info())
                .collect(),
            voices: self.ladder.iter().map(|engine| engine.info()).collect(),
            handles,
        }
    }

    /// Understands a sound. Dropping what it gives back stops it soon.
    pub(crate) fn read(&self, pcm: Vec<i16>, rate_hz: u32, language: Language) -> Reading {
        let (answer, receiver) = oneshot::channel();
        let stop = Stop::default();
        let ladder = Arc::clone(&self.recognisers);
        let stopped = stop.clone();
        let is_taken = self.readers.take(move || {
            let read = if stopped.is_up() {
                Err(busy())
            } else {
                read(&ladder, &pcm, rate_hz, language, stopped)
            };
            // A caller that is gone wants nothing any more.
            let _ = answer.send(read);
        });
        Reading {
            receiver: is_taken.then_some(receiver),
            stop,
        }
    }

    /// Speaks a sentence at a rate, or as the voice does. `None`: too much waits. Dropping the receiver stops it.
    pub(crate) fn speak(
        &self,
        sentence: Sentence,
        voice: Voice,
        rate_hz: Option<u32>,
    ) -> Option<mpsc::Receiver<Piece>> {
        let (pieces, receiver) = mpsc::channel(PIECES);
        let ladder = Arc::clone(&self.ladder);
        let is_taken = self
            .speakers
            .take(move || speak(&ladder, &sentence, &voice, rate_hz, &pieces));
        is_taken.then_some(receiver)
    }
}

/// A sound that is being understood.
#[derive(Debug)]
pub(crate) struct Reading {
    receiver: Option<oneshot::Receiver<Result<String, Fault>>>,
    stop: Stop,
}

impl Reading {
    pub(crate) async fn done(&mut self) -> Result<String, Fault> {
        match &mut self.receiver {
            Some(receiver) => receiver.await.unwrap_or_else(|_| Err(busy())),
            None => Err(busy()),
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.stop.raise();
    }
}

pub(crate) fn busy() -> Fault {
    Fault::new("VOICE-0005", "all engines are busy; come back in a moment")
}

fn read(
    ladder: &[Arc<dyn SpeechToText>],
    pcm: &[i16],
    rate_hz: u32,
    language: Language,
    stop: Stop,
) -> Result<String, Fault> {
    let Some(utterance) = utterance(pcm, rate_hz)? else {
        return Ok(String::new());
    };
    let deadline = Deadline {
        within: utterance.length().saturating_mul(3) + READ_EXTRA,
        stop,
    };
    let hints = Hints::open(language);
    let mut fault = Fault::new("VOICE-0008", "nobody here understands this language");
    for engine in ladder {
        if !engine.info().languages.contains(&language) {
            continue;
        }
        match engine.transcribe(utterance.clone(), &hints, &deadline) {
            Ok(transcript) => return Ok(transcript.text.trim().to_owned()),
            Err(error) => {
                tracing::warn!(code = error.code(), "a recogniser failed for a caller");
                fault = Fault::new(error.code(), error.to_string());
            }
        }
    }
    Err(fault)
}

/// The sound at our rate, without the silence around it; `None` when there is no voice in it.
fn utterance(pcm: &[i16], rate_hz: u32) -> Result<Option<Utterance>, Fault> {
    let mut resampler = Resampler::new(rate_hz, RATE_HZ)
        .map_err(|error| Fault::new(error.code(), error.to_string()))?;
    let floats: Vec<f32> = pcm.iter().copied().map(from_s16).collect();
    let mut sound = resampler.push(&floats);
    // What the filter still holds, and the rest of the last frame.
    let tail = usize::try_from(rate_hz).unwrap_or(0) / 20;
    sound.extend(resampler.push(&vec![0.0; tail]));
    let (mut pass, mut vad) = (HighPass::default(), Earshot::default());
    let (mut framer, mut voiced) = (Framer::default(), 0_u64);
    let (mut first, mut last) = (usize::MAX, 0);
    for mut frame in framer.push(&sound) {
        pass.filter(&mut frame);
        let end = usize::try_from(frame.end().get()).unwrap_or(usize::MAX);
        if vad.push(&frame).is_some_and(|speech| speech.p >= VOICED) {
            first = first.min(end.saturating_sub(2 * FRAME_SAMPLES));
            last = end;
            voiced = voiced.saturating_add(256);
        }
    }
    if voiced == 0 {
        return Ok(None);
    }
    let (from, to) = (
        first.saturating_sub(AROUND),
        (last + AROUND).min(sound.len()),
    );
    let pcm: Vec<i16> = sound
        .get(from..to)
        .unwrap_or_default()
        .iter()
        .copied()
        .map(to_s16)
        .collect();
    let at = SampleIdx::new(from as u64);
    Ok(Some(Utterance::new(at, pcm, voiced, Care::Ordinary)))
}

fn speak(
    ladder: &[Arc<dyn TextToSpeech>],
    sentence: &Sentence,
    voice: &Voice,
    rate_hz: Option<u32>,
    pieces: &mpsc::Sender<Piece>,
) {
    let mut fault = Fault::new("VOICE-0012", "there is no such voice any more");
    let knows = |engine: &&Arc<dyn TextToSpeech>| engine.info().voices.contains(voice);
    let own = ladder
        .iter()
        .filter(knows)
        .map(|engine| (engine, voice.clone()));
    // Behind the voice that was asked for stands whoever speaks the language.
    let others = ladder
        .iter()
        .filter(|engine| !knows(engine))
        .filter_map(|engine| {
            let mut voices = engine.info().voices.into_iter();
            let other = voices.find(|other| other.language == voice.language)?;
            Some((engine, other))
        });
    for (engine, voice) in own.chain(others) {
        match speak_with(engine.as_ref(), sentence, &voice, rate_hz, pieces) {
            Ok(()) => return,
            Err((error, has_sounded)) => {
                tracing::warn!(code = error.code, "a voice failed for a caller");
                fault = error;
                if has_sounded {
                    break;
                }
            }
        }
    }
    let _ = pieces.blocking_send(Err(fault));
}

/// An error tells whether something of the sentence was given out already.
fn speak_with(
    engine: &dyn TextToSpeech,
    sentence: &Sentence,
    voice: &Voice,
    rate_hz: Option<u32>,
    pieces: &mpsc::Sender<Piece>,
) -> Result<(), (Fault, bool)> {
    let told = |error: errand_voice_core::TtsError| Fault::new(error.code(), error.to_string());
    let chunks = engine.speak(sentence, voice, Pace::USUAL);
    let mut resampler: Option<Resampler> = None;
    let mut has_sounded = false;
    for chunk in chunks.map_err(|error| (told(error), false))? {
        let Chunk {
            rate_hz: own, pcm, ..
        } = chunk.map_err(|error| (told(error), has_sounded))?;
        let wanted = rate_hz.unwrap_or(own);
        let pcm = if wanted == own {
            pcm
        } else {
            if resampler.is_none() {
                let made = Resampler::new(own, wanted)
                    .map_err(|error| (Fault::new(error.code(), error.to_string()), has_sounded))?;
                resampler = Some(made);
            }
            let floats: Vec<f32> = pcm.into_iter().map(from_s16).collect();
            let changed = resampler.as_mut().map(|resampler| resampler.push(&floats));
            changed
                .unwrap_or_default()
                .into_iter()
                .map(to_s16)
                .collect()
        };
        has_sounded = true;
        if pieces.blocking_send(Ok((wanted, pcm))).is_err() {
            return Ok(());
        }
    }
    Ok(())
}
