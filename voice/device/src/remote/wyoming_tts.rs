use std::collections::VecDeque;
use std::time::Duration;

use errand_voice_core::{
    Chunk, Chunks, Deadline, EngineFault, Pace, Reach, Sentence, Stop, TextToSpeech, TtsError,
    TtsInfo, Voice,
};
use errand_voice_wyoming::{Event, Form};
use serde_json::json;

use super::line::Line;
use super::openai_tts::pieces;
use super::wyoming_stt::code;

const ENGINE: &str = "wyoming";
/// For the connection, and for each piece that follows.
const SILENT_MAX: Duration = Duration::from_secs(10);
/// Longest sound of a sentence.
const SOUND_MAX_S: usize = 120;

/// A voice behind a Wyoming service. Wyoming knows no pace: it speaks as the service was set up.
#[derive(Debug, Clone)]
pub struct WyomingTts {
    address: String,
    voices: Vec<Voice>,
}

impl WyomingTts {
    /// A service by its address, `host:port`, and its voices. It is dialled for each sentence.
    pub fn new(address: String, voices: Vec<Voice>) -> Self {
        Self { address, voices }
    }
}

impl TextToSpeech for WyomingTts {
    fn info(&self) -> TtsInfo {
        TtsInfo {
            engine: ENGINE,
            voices: self.voices.clone(),
            tells_words: false,
            reach: Reach::Remote,
        }
    }

    fn speak(&self, sentence: &Sentence, voice: &Voice, _: Pace) -> Result<Chunks, TtsError> {
        if !self.voices.contains(voice) {
            return Err(TtsError::Voice {
                engine: ENGINE,
                voice: voice.name.clone(),
            });
        }
        let deadline = Deadline {
            within: SILENT_MAX,
            stop: Stop::default(),
        };
        let mut line = Line::open(ENGINE, &self.address, &deadline)?;
        let voice = json!({ "name": voice.name, "language": code(voice.language) });
        let asked = Event::new("synthesize").with("text", sentence.as_str());
        line.send(&asked.with("voice", voice))?;
        Ok(Box::new(Spoken {
            line: Some(line),
            ready: VecDeque::new(),
            left: usize::MAX,
            has_sound: false,
        }))
    }
}

struct Spoken {
    /// `None` at the end.
    line: Option<Line>,
    ready: VecDeque<Chunk>,
    /// Samples that may still come.
    left: usize,
    has_sound: bool,
}

impl Iterator for Spoken {
    type Item = Result<Chunk, TtsError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                self.has_sound = true;
                return Some(Ok(chunk));
            }
            match self.more() {
                Ok(true) => {}
                Ok(false) if self.has_sound => return None,
                Ok(false) => {
                    self.has_sound = true;
                    let cause = "it made no sound".to_owned();
                    return Some(Err(EngineFault::Failed {
                        engine: ENGINE,
                        cause,
                    }
                    .into()));
                }
                Err(fault) => {
                    (self.line, self.has_sound) = (None, true);
                    return Some(Err(fault.into()));
                }
            }
        }
    }
}

impl Spoken {
    /// Takes one event. `Ok(false)`: that was all.
    fn more(&mut self) -> Result<bool, EngineFault> {
        let Some(line) = &mut self.line else {
            return Ok(false);
        };
        line.renew(SILENT_MAX);
        let event = line.receive()?;
        match event.kind() {
            "audio-chunk" => {
                let form =
                    Form::of(&event).map_err(|cause| line.unreachable(&cause.to_string()))?;
                let (rate_hz, pcm) = (form.rate_hz, form.read(&event));
                self.left = self
                    .left
                    .min(rate_hz as usize * SOUND_MAX_S)
                    .saturating_sub(pcm.len());
                self.ready.extend(pieces(rate_hz, pcm));
                if self.left == 0 {
                    self.line = None;
                }
            }
            "audio-stop" | "synthesize-stopped" => self.line = None,
            _ => {}
        }
        Ok(true)
    }
}
