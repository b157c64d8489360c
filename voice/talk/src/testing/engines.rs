use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use errand_types::Language;
use errand_voice_core::{
    Care, Chunk, Chunks, Deadline, EngineFault, Frame, Hints, Pace, Partial, Reach, Sentence,
    SpeechProb, SpeechToText, SttError, SttInfo, SttStream, TextToSpeech, Transcript, TtsError,
    TtsInfo, Utterance, Voice, VoiceActivity, Wake, WakeWord,
};

use super::book::{Book, tone};

/// Takes for voice what is loud.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoudVad;

impl VoiceActivity for LoudVad {
    fn name(&self) -> &'static str {
        "loud"
    }

    fn push(&mut self, frame: &Frame) -> Option<SpeechProb> {
        let p = if frame.rms() > 0.02 { 0.95 } else { 0.02 };
        Some(SpeechProb {
            p,
            end: frame.end(),
        })
    }

    fn reset(&mut self) {}
}

/// Is woken by a text of the book, with a score of one.
#[derive(Debug)]
pub struct ToneWake {
    book: Book,
    text: String,
    heard: Vec<i16>,
    rest: u32,
    /// Frames since it was known; its sound goes on for a moment.
    known: u32,
}

impl ToneWake {
    /// For a text.
    pub fn new(book: &Book, text: &str) -> Self {
        Self {
            book: book.clone(),
            text: text.to_owned(),
            heard: Vec::new(),
            rest: 0,
            known: 0,
        }
    }
}

impl WakeWord for ToneWake {
    fn name(&self) -> &'static str {
        "tone"
    }

    fn phrases(&self) -> Vec<Arc<str>> {
        vec![self.text.as_str().into()]
    }

    fn push(&mut self, frame: &Frame) -> Option<Wake> {
        self.heard
            .extend(frame.pcm.iter().copied().map(errand_voice_core::to_s16));
        let surplus = self.heard.len().saturating_sub(32_000);
        self.heard.drain(..surplus);
        self.rest = self.rest.saturating_sub(1);
        let is_it = self.book.read(&self.heard).ends_with(&self.text);
        if (!is_it && self.known == 0) || self.rest > 0 {
            return None;
        }
        self.known += 1;
        if self.known < 15 {
            return None;
        }
        self.known = 0;
        self.heard.clear();
        self.rest = 150;
        Some(Wake {
            phrase: self.text.as_str().into(),
            score: 1.0,
            end: frame.end(),
        })
    }

    fn reset(&mut self) {
        self.heard.clear();
    }
}

/// What a fake engine does instead of its work.
#[derive(Debug, Clone, Default)]
enum Trouble {
    #[default]
    None,
    /// Fails so often, then works.
    Fails(Arc<AtomicUsize>),
    /// Does not come back until it is let go.
    Hangs(Arc<(Mutex<bool>, Condvar)>),
}

impl Trouble {
    fn meet(&self, engine: &'static str) -> Result<(), EngineFault> {
        match self {
            Self::None => Ok(()),
            Self::Fails(left) => {
                let taken =
                    left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| n.checked_sub(1));
                match taken {
                    Ok(_) => Err(EngineFault::Failed {
                        engine,
                        cause: "it was told to".to_owned(),
                    }),
                    Err(_) => Ok(()),
                }
            }
            Self::Hangs(gate) => {
                let (is_open, call) = &**gate;
                let mut open = is_open.lock().unwrap_or_else(PoisonError::into_inner);
                while !*open {
                    open = call.wait(open).unwrap_or_else(PoisonError::into_inner);
                }
                Ok(())
            }
        }
    }
}

/// Reads what its book says.
#[derive(Debug, Clone)]
pub struct FakeStt {
    name: &'static str,
    book: Book,
    reach: Reach,
    streams: bool,
    trouble: Trouble,
    /// Utterances that it was given.
    asked: Arc<AtomicUsize>,
    /// Of those, what was heard while an approval was open.
    sealed: Arc<AtomicUsize>,
}

impl FakeStt {
    /// One on this machine that reads whole utterances.
    pub fn new(name: &'static str, book: &Book) -> Self {
        Self {
            name,
            book: book.clone(),
            reach: Reach::Local,
            streams: false,
            trouble: Trouble::None,
            asked: Arc::default(),
            sealed: Arc::default(),
        }
    }

    /// The same, reading along.
    #[must_use]
    pub fn streaming(mut self) -> Self {
        self.streams = true;
        self
    }

    /// The same, on another machine.
    #[must_use]
    pub fn remote(mut self) -> Self {
        self.reach = Reach::Remote;
        self
    }

    /// The same, failing so often before it works.
    #[must_use]
    pub fn failing(mut self, times: usize) -> Self {
        self.trouble = Trouble::Fails(Arc::new(AtomicUsize::new(times)));
        self
    }

    /// The same, not coming back until [`FakeStt::let_go`]. It looks at no deadline and at no stop.
    #[must_use]
    pub fn hanging(mut self) -> Self {
        self.trouble = Trouble::Hangs(Arc::default());
        self
    }

    /// Lets everybody go who hangs in it, now and later.
    pub fn let_go(&self) {
        if let Trouble::Hangs(gate) = &self.trouble {
            *gate.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            gate.1.notify_all();
        }
    }

    /// How many utterances it was given.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Acquire)
    }

    /// How many of them were heard while an approval was open.
    pub fn sealed(&self) -> usize {
        self.sealed.load(Ordering::Acquire)
    }
}

impl SpeechToText for FakeStt {
    fn info(&self) -> SttInfo {
        SttInfo {
            engine: self.name,
            languages: vec![Language::English],
            streams: self.streams,
            constrains: false,
            hears_beginnings: false,
            tells_nbest: false,
            reach: self.reach,
        }
    }

    fn transcribe(
        &self,
        utterance: Utterance,
        _: &Hints,
        _: &Deadline,
    ) -> Result<Transcript, SttError> {
        self.asked.fetch_add(1, Ordering::AcqRel);
        if utterance.care() == Care::Sealed {
            self.sealed.fetch_add(1, Ordering::AcqRel);
            if self.reach == Reach::Remote {
                return Err(SttError::Sealed { engine: self.name });
            }
        }
        self.trouble.meet(self.name)?;
        let text = self.book.read(utterance.pcm());
        Ok(Transcript::plain(self.name, text))
    }

    fn open(&self, _: &Hints, _: &Deadline) -> Result<Option<Box<dyn SttStream>>, SttError> {
        Ok(self.streams.then(|| {
            Box::new(Along {
                stt: self.clone(),
                pcm: Vec::new(),
                told: String::new(),
            }) as Box<dyn SttStream>
        }))
    }
}

#[derive(Debug)]
struct Along {
    stt: FakeStt,
    pcm: Vec<i16>,
    told: String,
}

impl SttStream for Along {
    fn push(&mut self, pcm: &[i16]) -> Result<(), SttError> {
        self.pcm.extend_from_slice(pcm);
        Ok(())
    }

    fn partial(&mut self) -> Option<Partial> {
        let text = self.stt.book.read(&self.pcm);
        if text == self.told {
            return None;
        }
        let stable_words = self.told.split_whitespace().count();
        self.told.clone_from(&text);
        Some(Partial { text, stable_words })
    }

    fn finish(self: Box<Self>) -> Result<Transcript, SttError> {
        let text = self.stt.book.read(&self.pcm);
        Ok(Transcript::plain(self.stt.name, text))
    }
}

/// Speaks a tone for each character: 50 ms of it, in chunks of 100 ms.
#[derive(Debug, Clone)]
pub struct FakeTts {
    name: &'static str,
    rate_hz: u32,
    trouble: Trouble,
    /// Fails behind so many chunks of each sentence.
    breaks_after: Option<usize>,
}

impl FakeTts {
    /// One at 16 kHz.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            rate_hz: 16_000,
            trouble: Trouble::None,
            breaks_after: None,
        }
    }

    /// The same, failing so often before it works.
    #[must_use]
    pub fn failing(mut self, times: usize) -> Self {
        self.trouble = Trouble::Fails(Arc::new(AtomicUsize::new(times)));
        self
    }

    /// The same, breaking off in each sentence behind so many chunks.
    #[must_use]
    pub fn breaking_after(mut self, chunks: usize) -> Self {
        self.breaks_after = Some(chunks);
        self
    }

    /// The sound of a sentence at 16 kHz.
    pub fn sound(text: &str) -> Vec<i16> {
        let chars = text.chars();
        chars
            .flat_map(|c| tone(6_200 + u32::from(c) % 16 * 50, 50))
            .collect()
    }
}

impl TextToSpeech for FakeTts {
    fn info(&self) -> TtsInfo {
        TtsInfo {
            engine: self.name,
            voices: vec![Voice {
                name: "tone".to_owned(),
                language: Language::English,
            }],
            tells_words: false,
            reach: Reach::Local,
        }
    }

    fn speak(&self, sentence: &Sentence, _: &Voice, _: Pace) -> Result<Chunks, TtsError> {
        self.trouble.meet(self.name)?;
        let pcm = Self::sound(sentence.as_str());
        let (name, rate_hz) = (self.name, self.rate_hz);
        let mut chunks: Vec<Result<Chunk, TtsError>> = pcm
            .chunks(1_600)
            .map(|pcm| {
                Ok(Chunk {
                    rate_hz,
                    pcm: pcm.to_vec(),
                    words: Vec::new(),
                })
            })
            .collect();
        if let Some(after) = self.breaks_after {
            chunks.truncate(after);
            chunks.push(Err(EngineFault::Late {
                engine: name,
                within_ms: u64::try_from(Duration::from_secs(1).as_millis()).unwrap_or(0),
            }
            .into()));
        }
        Ok(Box::new(chunks.into_iter()))
    }
}
