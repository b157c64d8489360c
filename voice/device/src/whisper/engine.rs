use std::ffi::c_int;
use std::path::Path;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use errand_types::Language;
use errand_voice_core::{
    Deadline, EngineFault, Grammar, Hints, Reach, SpeechToText, SttError, SttInfo, Transcript,
    Utterance, duration,
};
use whisper_rs::{WhisperContext, WhisperContextParameters};

use super::closed::{NONE, Phrases, Token};
use super::file::{Shape, inspect};
use super::plan::{FULL_CONTEXT, SAMPLES_MIN, audio_context, tokens_max};
use super::pool::{Decoded, ENGINE, How, Job, Pool, late_or_stopped};
use super::words::{Said, believed};

/// How much sound the encoder looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AudioContext {
    /// As much as the utterance is long. Much quicker; what it costs in accuracy has to be measured for each model.
    #[default]
    Auto,
    /// Always the whole window of 30 s that the models were trained with.
    Full,
}

impl AudioContext {
    /// Positions of sound, 20 ms each, that the encoder looks at for an utterance of this length, of so many that the model has.
    pub fn positions(self, length: Duration, of_model: u32) -> u32 {
        match self {
            Self::Auto => audio_context(length, of_model),
            Self::Full => of_model,
        }
    }
}

/// How a model is used.
#[derive(Debug, Clone)]
pub struct WhisperSettings {
    /// Utterances that are understood at the same time, 1 to 16; each has some tens of megabytes of its own.
    pub workers: u8,
    /// Threads for one utterance, 1 to 16. On a busy machine more than one makes it slower by far: they wait for each
    /// other by spinning.
    pub threads: u8,
    /// How much sound the encoder looks at.
    pub audio_context: AudioContext,
    /// Lets the model of the tests be loaded. It is no recogniser for people.
    pub is_test_model: bool,
}

impl Default for WhisperSettings {
    fn default() -> Self {
        Self {
            workers: 1,
            threads: 1,
            audio_context: AudioContext::Auto,
            is_test_model: false,
        }
    }
}

/// Speech to text by whisper.cpp: one model for the whole process, a state for each worker.
///
/// A closed grammar constrains it: the decoder is asked how likely each phrase of the list is, given the sound, and what it would
/// write freely stands against them. Digits and beginnings do not.
///
/// What is told to it of a talk in the open is [`Hints::before`], sentences of a talk that went before. Names that are listened for
/// are not: a prompt of names made tiny.en write sentences twice and miss more words than without (docs/voice-figures.md); the
/// planner knows the names. The library's log is silenced for good: its debug lines hold what
/// was said.
#[derive(Debug)]
pub struct Whisper {
    pool: Pool,
    shape: Shape,
    settings: WhisperSettings,
    /// The closed grammar that was asked for last: the one of approvals is the same each time.
    known: Mutex<Option<(Grammar, Arc<Phrases>)>>,
    /// What is told of a talk in the open, by language. A model of tests was not taught to go on from anything.
    before: Vec<(Language, Arc<[Token]>)>,
}

impl Whisper {
    /// Reads a model file (ggml): some 100 ms for the smaller ones.
    pub fn open(path: &Path, settings: WhisperSettings) -> Result<Self, EngineFault> {
        let what = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !path.is_file() {
            return Err(EngineFault::Missing {
                engine: ENGINE,
                missing: format!("the model `{what}`"),
                remedy: "fetch one with `errand voice setup`, or name one that you have in `voice.stt.model`".to_owned(),
            });
        }
        let broken = |cause: String| EngineFault::Broken {
            engine: ENGINE,
            what: what.clone(),
            cause,
        };
        let shape = inspect(path).map_err(broken)?;
        if shape.audio_context < FULL_CONTEXT && !settings.is_test_model {
            return Err(broken(
                "it is a model for tests and no recogniser for people".to_owned(),
            ));
        }
        silence_the_log();
        let mut parameters = WhisperContextParameters::default();
        parameters.use_gpu(false);
        let model = WhisperContext::new_with_params(path, parameters)
            .map_err(|_| broken("the library does not take it".to_owned()))?;
        let workers = usize::from(settings.workers.clamp(1, 16));
        let threads = c_int::from(settings.threads.clamp(1, 16));
        let how = How {
            threads,
            tells_times: shape.audio_context == FULL_CONTEXT,
        };
        let pool = Pool::new(model, workers, how)?;
        let before = |language| Some((language, pool.tokens(Hints::open(language).before()?)?));
        let before = if how.tells_times {
            Language::ALL.into_iter().filter_map(before).collect()
        } else {
            Vec::new()
        };
        Ok(Self {
            pool,
            shape,
            settings,
            known: Mutex::default(),
            before,
        })
    }
}

impl Whisper {
    /// The phrases of a closed grammar as tokens of this model. The model of the tests knows too few words to be held to any.
    fn closed(&self, grammar: &Grammar) -> Option<Arc<Phrases>> {
        let Grammar::Closed { phrases, longest } = grammar else {
            return None;
        };
        if !self.constrains() {
            return None;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, made)) = &*known
            && of == grammar
        {
            return Some(Arc::clone(made));
        }
        let made = Arc::new(self.pool.phrases(phrases, *longest));
        *known = Some((grammar.clone(), Arc::clone(&made)));
        Some(made)
    }

    fn before(&self, hints: &Hints) -> Option<Arc<[Token]>> {
        hints.before()?;
        let mut known = self.before.iter();
        let (_, tokens) = known.find(|(language, _)| *language == hints.language)?;
        Some(Arc::clone(tokens))
    }

    fn constrains(&self) -> bool {
        self.shape.audio_context == FULL_CONTEXT
    }

    /// The threads that help a worker count nowhere.
    fn cpu_of(&self, decoded: &Decoded) -> Duration {
        if self.settings.threads <= 1 {
            decoded.cpu
        } else {
            Duration::ZERO
        }
    }
}

fn silence_the_log() {
    static ONCE: Once = Once::new();
    // Without one of the wrapper's log features its hooks drop every line.
    ONCE.call_once(whisper_rs::install_logging_hooks);
}

fn code(language: Language) -> &'static str {
    match language {
        Language::English => "en",
        Language::German => "de",
    }
}

impl SpeechToText for Whisper {
    fn info(&self) -> SttInfo {
        let languages = if self.shape.is_multilingual {
            Language::ALL.to_vec()
        } else {
            vec![Language::English]
        };
        SttInfo {
            engine: ENGINE,
            languages,
            streams: false,
            constrains: self.constrains(),
            hears_beginnings: false,
            tells_nbest: self.constrains(),
            reach: Reach::Local,
        }
    }

    fn transcribe(
        &self,
        utterance: Utterance,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Transcript, SttError> {
        let language = hints.language;
        if !self.info().languages.contains(&language) {
            return Err(SttError::Language {
                engine: ENGINE,
                language,
            });
        }
        if deadline.stop.is_up() || deadline.within.is_zero() {
            return Err(late_or_stopped(deadline).into());
        }
        if utterance.voiced().is_zero() {
            return Ok(Transcript::empty(ENGINE));
        }
        let began = Instant::now();
        let mut pcm = utterance.to_f32();
        let voiced = utterance.voiced();
        pcm.resize(pcm.len().max(SAMPLES_MIN), 0.0);
        let length = duration(pcm.len() as u64);
        let job = Job {
            audio_context: self
                .settings
                .audio_context
                .positions(length, self.shape.audio_context),
            tokens_max: tokens_max(length),
            language: code(language),
            before: self.before(hints),
            closed: self.closed(&hints.grammar),
            pcm,
        };
        let decoded = self.pool.run(job, deadline).map_err(|fault| match fault {
            // A reading that the library broke off because of the deadline is late, whatever it calls it.
            EngineFault::Failed { .. }
                if deadline.stop.is_up() || began.elapsed() >= deadline.within =>
            {
                late_or_stopped(deadline)
            }
            fault => fault,
        })?;
        if let (Some(search), Grammar::Closed { phrases, .. }) = (&decoded.search, &hints.grammar) {
            let readings = search.readings(phrases, decoded.score);
            let best = readings.iter().find(|reading| reading.text != NONE);
            let text = best.map(|best| best.text.clone()).unwrap_or_default();
            let mut transcript = Transcript::plain(ENGINE, text);
            transcript.nbest = readings;
            transcript.cpu = self.cpu_of(&decoded);
            return Ok(transcript);
        }
        let said = Said {
            text: &decoded.text,
            silence: decoded.silence,
            confidence: decoded.confidence,
            voiced,
            is_talk: matches!(hints.grammar, Grammar::Open { .. }),
        };
        let text = believed(said);
        let mut transcript = Transcript::plain(ENGINE, text);
        transcript.cpu = self.cpu_of(&decoded);
        transcript.confidence = (!transcript.is_empty()).then_some(decoded.confidence);
        Ok(transcript)
    }
}
