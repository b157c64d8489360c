//! The wake word "hey basket", heard by a network that is Rust alone.

mod head;
mod mel;
mod onnx;
mod rows;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use head::Head;
use mel::{Mel, MelWeights};
use onnx::OnnxError;
use rows::{RowWeights, Rows};

use crate::frame::{FRAME_SAMPLES, Frame, SampleIdx, samples};
use crate::ports::{EngineFault, WAKE_REFRACTORY_MS, Wake, WakeWord};

/// The head, trained for errand on synthetic speech (voice/wake).
const HEAD: &[u8] = include_bytes!("../../data/hey-basket.bin");
const PHRASE: &str = "hey basket";
const ENGINE: &str = "wake word";
/// So many scores in a row have to count: one alone is chance.
const IN_A_ROW: u32 = 2;
/// The word ends where it is quiet within so many frames of 10 ms before and behind the place that the scores tell: they come
/// only every 80 ms.
const QUIET_BEFORE: usize = 8;
const QUIET_BEHIND: usize = 10;
/// Frames whose loudness is remembered: until the second score, and what lies before the first.
const LOUDNESS_FRAMES: usize = 64;
/// As quiet as the quietest, or nearly so.
const NEARLY: f32 = 1.5;
/// 10 ms of silence that a stream begins with: more than everything that is looked at together.
const SILENCE_FRAMES: usize = 400;

/// Spectrum and embeddings by two files of Google's speech embedding network, and the head of errand's own. Read once, shared by
/// all streams.
#[derive(Clone)]
pub struct WakeModel(Arc<Model>);

struct Model {
    mel: MelWeights,
    rows: RowWeights,
    head: Head,
    phrase: Arc<str>,
    /// A stream on which it was silent for long.
    silent: Option<Stream>,
}

impl WakeModel {
    /// Reads the two files: that of the spectrum (`melspectrogram.onnx`) and that of the embeddings (`embedding_model.onnx`).
    /// The bytes may be anything.
    ///
    /// # Errors
    /// [`EngineFault::Broken`] names the file that is not what it should be.
    pub fn read(spectrum: &[u8], embeddings: &[u8]) -> Result<Self, EngineFault> {
        let broken = |what: &str, cause: &str| EngineFault::Broken {
            engine: ENGINE,
            what: what.to_owned(),
            cause: cause.to_owned(),
        };
        let of = |what, error: OnnxError| broken(what, &error.to_string());
        let mel = onnx::floats(spectrum).and_then(|tensors| MelWeights::read(&tensors));
        let rows = onnx::floats(embeddings).and_then(|tensors| RowWeights::read(&tensors));
        let head = Head::read(HEAD).ok_or_else(|| broken("the head", "it is none"))?;
        let mut model = Model {
            mel: mel.map_err(|error| of("melspectrogram.onnx", error))?,
            rows: rows.map_err(|error| of("embedding_model.onnx", error))?,
            head,
            phrase: PHRASE.into(),
            silent: None,
        };
        let mut silent = Stream::new(&model);
        for _ in 0..SILENCE_FRAMES {
            silent.push(&model, &[0.0; FRAME_SAMPLES]);
        }
        model.silent = Some(silent);
        Ok(Self(Arc::new(model)))
    }

    /// A detector for one stream.
    pub fn detector(&self) -> HeyBasket {
        let model = Arc::clone(&self.0);
        HeyBasket {
            stream: model.after_silence(),
            loudness: VecDeque::new(),
            model,
            expected: SampleIdx::ZERO,
            in_a_row: 0,
            since: SampleIdx::ZERO,
            last: None,
        }
    }

    /// The embeddings of a recording from its very beginning, with nothing before it: 96 values for each 80 ms once there were
    /// 782 ms. For measuring and for training.
    pub fn embeddings(&self, pcm: &[f32]) -> Vec<[f32; 96]> {
        let mut mel = Mel::new(&self.0.mel);
        let mut rows = Rows::new();
        let (frames, _) = pcm.as_chunks::<FRAME_SAMPLES>();
        frames
            .iter()
            .filter_map(|frame| {
                let row = mel.push(&self.0.mel, frame)?;
                rows.push(&self.0.rows, &row)
            })
            .collect()
    }
}

impl Model {
    fn after_silence(&self) -> Stream {
        self.silent.clone().unwrap_or_else(|| Stream::new(self))
    }
}

impl fmt::Debug for WakeModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WakeModel")
    }
}

/// What one stream has heard.
#[derive(Clone)]
struct Stream {
    mel: Mel,
    rows: Rows,
    /// The last embeddings, narrowed.
    window: VecDeque<Vec<f32>>,
}

impl Stream {
    fn new(model: &Model) -> Self {
        Self {
            mel: Mel::new(&model.mel),
            rows: Rows::new(),
            window: VecDeque::new(),
        }
    }

    /// Takes 10 ms; every eighth time there is a score.
    fn push(&mut self, model: &Model, pcm: &[f32; FRAME_SAMPLES]) -> Option<f32> {
        let row = self.mel.push(&model.mel, pcm)?;
        let embedding = self.rows.push(&model.rows, &row)?;
        if self.window.len() >= model.head.window {
            self.window.pop_front();
        }
        self.window.push_back(model.head.narrow(&embedding));
        (self.window.len() == model.head.window).then(|| model.head.score(self.window.iter()))
    }
}

/// Hears "hey basket" in one stream.
pub struct HeyBasket {
    model: Arc<Model>,
    stream: Stream,
    /// How loud the last frames were, the newest last.
    loudness: VecDeque<f32>,
    expected: SampleIdx,
    /// Scores in a row that count, and where the first of them stands.
    in_a_row: u32,
    since: SampleIdx,
    last: Option<SampleIdx>,
}

impl HeyBasket {
    /// The last place around this one that is as quiet as any there: behind the word and before what follows it.
    fn quiet_near(&self, place: SampleIdx) -> SampleIdx {
        let back = self.expected.since(place) / FRAME_SAMPLES as u64;
        let newest = self.loudness.len();
        let at = newest.saturating_sub(usize::try_from(back).unwrap_or(newest));
        let from = at.saturating_sub(QUIET_BEFORE);
        let around = from..newest.min(at + QUIET_BEHIND);
        let near = || {
            let frames = self.loudness.iter().enumerate();
            frames.filter(|(n, _)| around.contains(n))
        };
        let least = near().map(|(_, rms)| *rms).fold(f32::INFINITY, f32::min);
        let quiet = near().filter(|(_, rms)| **rms <= least * NEARLY);
        match quiet.map(|(n, _)| n).next_back() {
            Some(n) => {
                let frames = newest.saturating_sub(n) as u64;
                self.expected.minus(frames * FRAME_SAMPLES as u64)
            }
            None => place,
        }
    }
}

impl WakeWord for HeyBasket {
    fn name(&self) -> &'static str {
        "speech_embedding"
    }

    fn phrases(&self) -> Vec<Arc<str>> {
        vec![Arc::clone(&self.model.phrase)]
    }

    fn push(&mut self, frame: &Frame) -> Option<Wake> {
        if frame.first != self.expected {
            self.reset();
        }
        self.expected = frame.end();
        if self.loudness.len() >= LOUDNESS_FRAMES {
            self.loudness.pop_front();
        }
        self.loudness.push_back(frame.rms());
        let score = self.stream.push(&self.model, &frame.pcm)?;
        if score < self.model.head.threshold {
            self.in_a_row = 0;
            return None;
        }
        if self.in_a_row == 0 {
            self.since = frame.end();
        }
        self.in_a_row += 1;
        if self.in_a_row < IN_A_ROW {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 1,000 by the reader of the head"
        )]
        let lag = samples(self.model.head.lag_ms as u64);
        let end = self.quiet_near(self.since.minus(lag));
        let rests = self
            .last
            .is_some_and(|last| end < last.plus_ms(WAKE_REFRACTORY_MS) && last <= frame.end());
        if rests {
            return None;
        }
        self.last = Some(end);
        Some(Wake {
            phrase: Arc::clone(&self.model.phrase),
            score,
            end,
        })
    }

    fn reset(&mut self) {
        self.stream = self.model.after_silence();
        self.loudness.clear();
        self.in_a_row = 0;
    }
}

impl fmt::Debug for HeyBasket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeyBasket")
    }
}
