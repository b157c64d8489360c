use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, fs};

use errand_types::Language;
use errand_voice_core::{
    Deadline, EngineFault, Grammar, Hints, Hypothesis, Reach, SpeechToText, SttError, SttInfo,
    SttStream, Transcript, Utterance,
};
use errand_voice_sphinx::{Beams, Decoder, DecoderError, Heard, Library, Settings};
use rustix::time::{ClockId, clock_gettime};

use super::begun;
use super::jsgf::{Made, answer, make, sounds};
use super::stream::Listening;

pub(crate) const ENGINE: &str = "pocketsphinx";
/// Samples that are heard between two looks at the deadline: 100 ms.
const PIECE: usize = 1_600;
/// Samples that are heard at once at most: nobody looks at the deadline meanwhile. 10 s.
const WHOLE_MAX: usize = 160_000;
/// Decoders that wait for their grammar to come again; each has some 20 MB of acoustic model, and a second one where the
/// grammar is closed, a third for beginnings.
const IDLE_MAX: usize = 6;
/// Any sounds at all fit every utterance better than words do. This much worse for each 10 ms, in steps of the library, words
/// still stand above them: what lies below is noise that was forced into a closed grammar. `ClosedGrammar` of `voice-core`
/// asks for its margin on top. The curve that both were chosen from is in docs/voice-figures.md.
const FORCED: f32 = 14.0;
/// What is heard of a phrase in its middle may lie this much below any sounds, in natural logarithms of the likelihood of the whole;
/// docs/voice-figures.md has what it was chosen from.
const BEGUN: f32 = 120.0;
/// How the reading is written that is no word.
const FORCED_TEXT: &str = "<unk>";
/// The library's steps of likelihood in natural logarithms: 1,024 times the logarithm of 1.0001.
const STEP: f32 = 0.102_395;
/// Phrases that are remembered as not pronounceable.
const SKIPPED_MAX: usize = 500;
/// Where packages put the English model.
const MODELS: &[&str] = &[
    "/usr/share/pocketsphinx/model/en-us",
    "/usr/local/share/pocketsphinx/model/en-us",
    "/opt/homebrew/share/pocketsphinx/model/en-us",
];

/// Speech to text by PocketSphinx: English, inside a grammar, with nothing to download.
///
/// What does not fit the grammar is forced into it or yields nothing, so a result is a hypothesis. It has no confidence between
/// 0 and 1 to tell. Its transcript has a reading with the likelihood of the whole utterance (natural logarithm), and for
/// closed grammars and digits a second one, `<unk>`: how well any sounds at all fit, set back so far that it wins over words
/// that were forced. Of beginnings it has the best of either list.
#[derive(Debug, Clone)]
pub struct Sphinx {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    library: Arc<Library>,
    acoustic_model: PathBuf,
    dictionary: PathBuf,
    idle: Mutex<Vec<(Grammar, Ears)>>,
    skipped: Mutex<BTreeSet<String>>,
}

impl Sphinx {
    /// Opens the library and the model of the system.
    pub fn open() -> Result<Self, EngineFault> {
        let model = MODELS
            .iter()
            .map(Path::new)
            .find(|folder| folder.join("en-us/mdef").is_file());
        Self::at(model.unwrap_or(Path::new("/usr/share/pocketsphinx/model/en-us")))
    }

    /// The same with the folder of the model: `en-us/` and `cmudict-en-us.dict` lie in it.
    pub fn at(model: &Path) -> Result<Self, EngineFault> {
        let missing = |missing: String| EngineFault::Missing {
            engine: ENGINE,
            missing,
            remedy: errand_voice_sphinx::REMEDY.to_owned(),
        };
        let library = Library::open().map_err(|error| missing(format!("the library ({error})")))?;
        let (acoustic_model, dictionary) = (model.join("en-us"), model.join("cmudict-en-us.dict"));
        if !acoustic_model.join("mdef").is_file() || !dictionary.is_file() {
            return Err(missing("the English model".to_owned()));
        }
        let inner = Inner {
            library,
            acoustic_model,
            dictionary,
            idle: Mutex::new(Vec::new()),
            skipped: Mutex::new(BTreeSet::new()),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Makes the decoder of a grammar ahead, so that the first utterance does not wait for it.
    pub fn prepare(&self, grammar: &Grammar) -> Result<(), SttError> {
        let ears = self.inner.take(grammar, false)?;
        self.inner.put_back(grammar, ears);
        Ok(())
    }

    /// Phrases of the grammars so far that can never be heard, because the dictionary has no pronunciation for one of their
    /// words. For the doctor; they are names of goods and belong in no log.
    pub fn skipped(&self) -> Vec<String> {
        lock(&self.inner.skipped).iter().cloned().collect()
    }
}

/// The decoder of a grammar, and where the grammar is closed, the one of any sounds; that of what is only heard whole is one of its own, so
/// that both lists are heard, and not only the better one.
pub(crate) struct Ears {
    words: Decoder,
    whole: Option<Decoder>,
    sounds: Option<Decoder>,
    /// They heard something in pieces once: what the library learned of loudness then stays.
    in_pieces: bool,
}

impl Ears {
    pub(crate) fn start(&mut self) -> Result<(), DecoderError> {
        self.each(Decoder::start)
    }

    fn each(
        &mut self,
        mut then: impl FnMut(&mut Decoder) -> Result<(), DecoderError>,
    ) -> Result<(), DecoderError> {
        then(&mut self.words)?;
        let others = [&mut self.whole, &mut self.sounds];
        others.into_iter().flatten().try_for_each(then)
    }

    fn feed_whole(&mut self, pcm: &[i16]) -> Result<(), DecoderError> {
        self.each(|decoder| decoder.feed_whole(pcm))
    }

    pub(crate) fn feed(&mut self, pcm: &[i16]) -> Result<(), DecoderError> {
        self.in_pieces = true;
        self.each(|decoder| decoder.feed(pcm))
    }

    pub(crate) fn so_far(&mut self) -> Option<Heard> {
        self.words.so_far()
    }

    /// What was heard in so many samples, as readings of the whole utterance.
    pub(crate) fn finish(
        &mut self,
        grammar: &Grammar,
        samples: usize,
    ) -> Result<Transcript, DecoderError> {
        let finish = |decoder: &mut Option<Decoder>| match decoder {
            Some(decoder) => decoder.finish(),
            None => Ok(None),
        };
        let words = self.words.finish()?;
        let (whole, sounds) = (finish(&mut self.whole)?, finish(&mut self.sounds)?);
        Ok(transcript([words, whole], sounds, grammar, samples))
    }
}

impl Inner {
    /// `in_pieces`: what will be heard comes in pieces.
    pub(crate) fn take(&self, grammar: &Grammar, in_pieces: bool) -> Result<Ears, SttError> {
        let found = {
            let mut idle = lock(&self.idle);
            let at = |fits: &dyn Fn(&Ears) -> bool| {
                let is_it = |(known, ears): &(Grammar, Ears)| known == grammar && fits(ears);
                idle.iter().position(is_it)
            };
            // To make another one takes longer than it is worth: somebody waits for the words.
            let at = at(&|ears| ears.in_pieces == in_pieces).or_else(|| at(&|_| true));
            at.map(|at| idle.remove(at).1)
        };
        match found {
            Some(ears) => Ok(ears),
            None => self.make(grammar),
        }
    }

    pub(crate) fn put_back(&self, grammar: &Grammar, ears: Ears) {
        let mut idle = lock(&self.idle);
        if idle.len() >= IDLE_MAX {
            // Open grammars come and go with the goods; a closed one is the same each time, and its answer is waited for.
            let open = idle
                .iter()
                .position(|(known, _)| matches!(known, Grammar::Open { .. }));
            idle.remove(open.unwrap_or(0));
        }
        idle.push((grammar.clone(), ears));
    }

    fn make(&self, grammar: &Grammar) -> Result<Ears, SttError> {
        let dictionary = fs::read_to_string(&self.dictionary).map_err(io)?;
        let made = make(grammar, &dictionary).map_err(|cause| SttError::Grammar {
            engine: ENGINE,
            cause,
        })?;
        // The margins of what is closed, and of nods, were chosen with the search that the library makes of itself.
        let beams = match grammar {
            Grammar::Open { .. } => Beams::Wide,
            Grammar::Begun { .. } | Grammar::Closed { .. } | Grammar::Digits { .. } => Beams::Usual,
        };
        let words = self.decoder(&made, beams)?;
        let whole = match grammar {
            Grammar::Begun { whole, .. } => match begun::make_whole(whole, &dictionary) {
                Ok(made) => {
                    let decoder = self.decoder(&made, beams)?;
                    self.remember(made.skipped);
                    Some(decoder)
                }
                // The beginnings can be heard without it.
                Err(_) => None,
            },
            Grammar::Open { .. } | Grammar::Closed { .. } | Grammar::Digits { .. } => None,
        };
        let sounds = match grammar {
            Grammar::Open { .. } => None,
            Grammar::Closed { .. } | Grammar::Begun { .. } | Grammar::Digits { .. } => {
                Some(self.decoder(&sounds(), beams)?)
            }
        };
        self.remember(made.skipped);
        Ok(Ears {
            words,
            whole,
            sounds,
            in_pieces: false,
        })
    }

    /// Grammar and words go through files, since the library reads nothing else; the folder is private and goes at once.
    fn decoder(&self, made: &Made, beams: Beams) -> Result<Decoder, EngineFault> {
        let folder = tempfile::tempdir().map_err(io)?;
        let (jsgf, words) = (
            folder.path().join("said.jsgf"),
            folder.path().join("words.dict"),
        );
        fs::write(&jsgf, &made.jsgf).map_err(io)?;
        fs::write(&words, &made.dictionary).map_err(io)?;
        let settings = Settings {
            acoustic_model: &self.acoustic_model,
            dictionary: &words,
            grammar: &jsgf,
            beams,
        };
        Decoder::new(&self.library, &settings).map_err(fault)
    }

    fn remember(&self, phrases: Vec<String>) {
        let mut skipped = lock(&self.skipped);
        let room = SKIPPED_MAX.saturating_sub(skipped.len());
        skipped.extend(phrases.into_iter().take(room));
    }
}

impl SpeechToText for Sphinx {
    fn info(&self) -> SttInfo {
        SttInfo {
            engine: ENGINE,
            languages: vec![Language::English],
            streams: true,
            constrains: true,
            hears_beginnings: true,
            tells_nbest: false,
            reach: Reach::Local,
        }
    }

    fn transcribe(
        &self,
        utterance: Utterance,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Transcript, SttError> {
        check_language(hints)?;
        let clock = Clock::start(deadline);
        clock.check()?;
        if utterance.voiced().is_zero() {
            return Ok(Transcript::empty(ENGINE));
        }
        let is_long = utterance.pcm().len() > WHOLE_MAX;
        let mut ears = self.inner.take(&hints.grammar, is_long)?;
        ears.start().map_err(fault)?;
        if is_long {
            for piece in utterance.pcm().chunks(PIECE) {
                clock.check()?;
                ears.feed(piece).map_err(fault)?;
            }
        } else {
            ears.feed_whole(utterance.pcm()).map_err(fault)?;
            clock.check()?;
        }
        let heard = ears.finish(&hints.grammar, utterance.pcm().len());
        let mut transcript = heard.map_err(fault)?;
        self.inner.put_back(&hints.grammar, ears);
        transcript.cpu = clock.cpu();
        Ok(transcript)
    }

    fn open(
        &self,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Option<Box<dyn SttStream>>, SttError> {
        check_language(hints)?;
        let stream = Listening::new(Arc::clone(&self.inner), hints.clone(), deadline.clone())?;
        Ok(Some(Box::new(stream)))
    }
}

fn transcript(
    words: [Option<Heard>; 2],
    sounds: Option<Heard>,
    grammar: &Grammar,
    samples: usize,
) -> Transcript {
    let mut words: Vec<Heard> = words.into_iter().flatten().collect();
    words.sort_by_key(|heard| Reverse(heard.score));
    let mut words = words.into_iter().map(|heard| Hypothesis {
        text: answer(grammar, heard.text),
        score: nats(heard.score),
    });
    let Some(best) = words.next() else {
        return Transcript::empty(ENGINE);
    };
    let mut transcript = Transcript::plain(ENGINE, best.text.clone());
    transcript.nbest.push(best);
    transcript.nbest.extend(words);
    let frames = f32::from(u16::try_from(samples / 160).unwrap_or(u16::MAX));
    let handicap = match grammar {
        Grammar::Begun { .. } => BEGUN,
        Grammar::Open { .. } | Grammar::Closed { .. } | Grammar::Digits { .. } => {
            FORCED * STEP * frames
        }
    };
    transcript.nbest.extend(sounds.map(|sounds| Hypothesis {
        text: FORCED_TEXT.to_owned(),
        score: nats(sounds.score) - handicap,
    }));
    transcript
}

// Past 2^24 a float has steps larger than one, which is nothing beside such a score.
#[expect(clippy::cast_precision_loss, reason = "the line above")]
fn nats(score: i32) -> f32 {
    score as f32 * STEP
}

fn io(error: std::io::Error) -> EngineFault {
    failed(error.kind().to_string())
}

fn check_language(hints: &Hints) -> Result<(), SttError> {
    let language = hints.language;
    if language == Language::English {
        return Ok(());
    }
    Err(SttError::Language {
        engine: ENGINE,
        language,
    })
}

/// The time of one call.
pub(crate) struct Clock {
    began: Instant,
    cpu: Duration,
    deadline: Deadline,
}

impl Clock {
    pub(crate) fn start(deadline: &Deadline) -> Self {
        Self {
            began: Instant::now(),
            cpu: thread_cpu(),
            deadline: deadline.clone(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), EngineFault> {
        if self.deadline.stop.is_up() {
            return Err(EngineFault::Stopped { engine: ENGINE });
        }
        if self.began.elapsed() >= self.deadline.within {
            return Err(EngineFault::Late {
                engine: ENGINE,
                within_ms: u64::try_from(self.deadline.within.as_millis()).unwrap_or(u64::MAX),
            });
        }
        Ok(())
    }

    pub(crate) fn cpu(&self) -> Duration {
        thread_cpu().saturating_sub(self.cpu)
    }
}

fn thread_cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

pub(crate) fn fault(error: DecoderError) -> EngineFault {
    failed(error.to_string())
}

fn failed(cause: String) -> EngineFault {
    EngineFault::Failed {
        engine: ENGINE,
        cause,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PocketSphinx({} decoders idle)", lock(&self.idle).len())
    }
}
