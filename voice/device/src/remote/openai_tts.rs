use std::collections::VecDeque;
use std::time::Duration;

use errand_voice_core::{
    Chunk, Chunks, Deadline, EngineFault, Pace, Reach, Sentence, Stop, TextToSpeech, TtsError,
    TtsInfo, Voice,
};
use reqwest::Response;
use serde_json::json;

use super::http::{Service, Wait, told, unreachable};

const ENGINE: &str = "speech service";
/// For the head of the answer, and for each piece that follows.
const SILENT_MAX: Duration = Duration::from_secs(10);
/// What `pcm` means there: mono, 16 bits, little end first.
const RATE_HZ: u32 = 24_000;
/// Longest sound of a sentence.
const BYTES_MAX: usize = 120 * RATE_HZ as usize * 2;

/// A voice of a service with OpenAI's interface: `POST audio/speech`, heard while it is made.
#[derive(Debug, Clone)]
pub struct OpenAiTts {
    service: Service,
    voices: Vec<Voice>,
}

impl OpenAiTts {
    /// A service and its voices.
    pub fn new(service: Service, voices: Vec<Voice>) -> Self {
        Self { service, voices }
    }
}

impl TextToSpeech for OpenAiTts {
    fn info(&self) -> TtsInfo {
        TtsInfo {
            engine: ENGINE,
            voices: self.voices.clone(),
            tells_words: false,
            reach: Reach::Remote,
        }
    }

    fn speak(&self, sentence: &Sentence, voice: &Voice, pace: Pace) -> Result<Chunks, TtsError> {
        if !self.voices.contains(voice) {
            return Err(TtsError::Voice {
                engine: ENGINE,
                voice: voice.name.clone(),
            });
        }
        let asked = json!({
            "model": self.service.model,
            "input": sentence.as_str(),
            "voice": voice.name,
            "response_format": "pcm",
            "speed": f64::from(pace.get()) / 100.0,
        });
        let request = || Ok(self.service.post(ENGINE, "audio/speech")?.json(&asked));
        let response = self.service.send(ENGINE, request, &wait())?;
        Ok(Box::new(Spoken {
            service: self.service.clone(),
            response: Some(response),
            bytes: Vec::new(),
            ready: VecDeque::new(),
            total: 0,
            is_over: false,
        }))
    }
}

fn wait() -> Wait {
    Wait::new(&Deadline {
        within: SILENT_MAX,
        stop: Stop::default(),
    })
}

/// The sound as it comes. Dropping it closes the connection.
struct Spoken {
    service: Service,
    /// `None` at the end.
    response: Option<Response>,
    /// Less than 20 ms that wait for more.
    bytes: Vec<u8>,
    ready: VecDeque<Chunk>,
    total: usize,
    is_over: bool,
}

impl Iterator for Spoken {
    type Item = Result<Chunk, TtsError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.is_over {
            if let Err(fault) = self.more() {
                (self.response, self.is_over) = (None, true);
                return Some(Err(fault.into()));
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

impl Spoken {
    fn more(&mut self) -> Result<(), EngineFault> {
        let Some(response) = &mut self.response else {
            self.is_over = true;
            return Ok(());
        };
        let read = self.service.wait(ENGINE, &wait(), response.chunk())?;
        let read = read.map_err(|error| unreachable(ENGINE, told(&error)))?;
        if let Some(read) = &read {
            let room = BYTES_MAX - self.total;
            let read = read.get(..room.min(read.len())).unwrap_or_default();
            self.total += read.len();
            self.bytes.extend(read);
        }
        let is_last = read.is_none() || self.total == BYTES_MAX;
        if is_last {
            self.response = None;
            if self.total < RATE_HZ as usize / 50 * 2 {
                return Err(unreachable(ENGINE, "it made no sound"));
            }
        }
        let least = RATE_HZ as usize / 50 * 2;
        if self.bytes.len() >= least || is_last {
            let (samples, odd) = self.bytes.as_chunks::<2>();
            let pcm = samples
                .iter()
                .map(|pair| i16::from_le_bytes(*pair))
                .collect();
            self.ready.extend(pieces(RATE_HZ, pcm));
            self.bytes = odd.to_vec();
        }
        Ok(())
    }
}

/// Chunks of a quarter of a second at most.
pub(crate) fn pieces(rate_hz: u32, pcm: Vec<i16>) -> Vec<Chunk> {
    let chunk = |pcm: &[i16]| Chunk {
        rate_hz,
        pcm: pcm.to_vec(),
        words: Vec::new(),
    };
    pcm.chunks(rate_hz as usize / 4).map(chunk).collect()
}
