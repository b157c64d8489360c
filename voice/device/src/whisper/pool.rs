use std::ffi::c_int;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use errand_voice_core::{Deadline, EngineFault, Stop};
use rustix::time::{ClockId, clock_gettime};
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperState};

use super::closed::{Model, Phrases, Search, Token, Vocabulary};

pub(crate) const ENGINE: &str = "whisper";
/// Jobs that wait, for each worker.
const WAITING: usize = 4;
/// Tokens of what is told to have been written before, at most: each is one more for the decoder to read.
const BEFORE_MAX: usize = 64;
/// How often a caller looks at its stop.
const LOOK: Duration = Duration::from_millis(20);
/// How long a worker has to give up once it is asked to; the library looks up between two tokens, not within the encoder.
const GRACE: Duration = Duration::from_millis(200);

/// Work for one utterance.
pub(crate) struct Job {
    pub(crate) pcm: Vec<f32>,
    pub(crate) language: &'static str,
    pub(crate) audio_context: u32,
    pub(crate) tokens_max: u32,
    /// What was written before, which the decoder goes on from.
    pub(crate) before: Option<Arc<[Token]>>,
    /// Only these are expected.
    pub(crate) closed: Option<Arc<Phrases>>,
}

impl Drop for Job {
    fn drop(&mut self) {
        // The sound may be of an open approval. The black box keeps the compiler from leaving the writing out.
        self.pcm.fill(0.0);
        std::hint::black_box(&self.pcm);
    }
}

/// What a worker found.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) silence: f32,
    pub(crate) confidence: f32,
    /// Natural logarithm of the probability of the text.
    pub(crate) score: f32,
    /// What of the closed grammar was said.
    pub(crate) search: Option<Search>,
    /// CPU time of the worker's own thread.
    pub(crate) cpu: Duration,
}

struct Order {
    job: Job,
    until: Instant,
    stop: Stop,
    /// The caller has gone and a new worker stands in: end after this.
    is_given_up: Arc<AtomicBool>,
    answer: SyncSender<Result<Decoded, EngineFault>>,
}

/// How every utterance is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    /// Threads for one utterance.
    pub(crate) threads: c_int,
    /// The model was taught to say when what it heard begins and ends, as every model for people was.
    pub(crate) tells_times: bool,
}

/// Threads with a decoder state each, over one model. A worker that does not come back in time is replaced.
pub(crate) struct Pool {
    model: Arc<WhisperContext>,
    how: How,
    orders: Option<SyncSender<Order>>,
    waiting: Arc<Mutex<Receiver<Order>>>,
    closing: Stop,
    workers: Mutex<Vec<JoinHandle<()>>>,
    /// Workers that nobody waits for any more and that still compute.
    stray: Arc<AtomicUsize>,
    size: usize,
}

impl Pool {
    pub(crate) fn new(
        model: WhisperContext,
        workers: usize,
        how: How,
    ) -> Result<Self, EngineFault> {
        let (orders, waiting) = sync_channel(workers * WAITING);
        let pool = Self {
            model: Arc::new(model),
            how,
            orders: Some(orders),
            waiting: Arc::new(Mutex::new(waiting)),
            closing: Stop::default(),
            workers: Mutex::new(Vec::new()),
            stray: Arc::new(AtomicUsize::new(0)),
            size: workers,
        };
        for _ in 0..workers {
            pool.start_worker()?;
        }
        Ok(pool)
    }

    /// A text in the tokens of this model; `None` where it has more than [`BEFORE_MAX`] of them.
    pub(crate) fn tokens(&self, text: &str) -> Option<Arc<[Token]>> {
        Some(self.model.tokenize(text, BEFORE_MAX).ok()?.into())
    }

    /// A closed grammar for this model.
    pub(crate) fn phrases(&self, phrases: &[Box<str>], longest: u8) -> Phrases {
        let model = &self.model;
        let texts = (0..model.n_vocab()).filter_map(|token| {
            let bytes = model.token_to_bytes(token).ok()?;
            Some((token, bytes.to_vec()))
        });
        let vocabulary = Vocabulary::new(texts, model.token_eot());
        Phrases::new(phrases, longest, &vocabulary)
    }

    /// Hands a job to the next free worker and waits for it.
    pub(crate) fn run(&self, job: Job, deadline: &Deadline) -> Result<Decoded, EngineFault> {
        let until = Instant::now() + deadline.within;
        let is_given_up = Arc::new(AtomicBool::new(false));
        let (answer, answered) = sync_channel(1);
        let order = Order {
            job,
            until,
            stop: deadline.stop.clone(),
            is_given_up: Arc::clone(&is_given_up),
            answer,
        };
        let Some(orders) = &self.orders else {
            return Err(failed("its workers are gone"));
        };
        match orders.try_send(order) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(EngineFault::Overloaded { engine: ENGINE }),
            Err(TrySendError::Disconnected(_)) => return Err(failed("its workers are gone")),
        }
        loop {
            match answered.recv_timeout(LOOK) {
                Ok(decoded) => return decoded,
                Err(RecvTimeoutError::Disconnected) => return Err(failed("its worker is gone")),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if deadline.stop.is_up() || Instant::now() >= until {
                break;
            }
        }
        if let Ok(decoded) = answered.recv_timeout(GRACE) {
            return decoded;
        }
        self.replace(&is_given_up);
        Err(late_or_stopped(deadline))
    }

    /// Lets the worker of an order go and starts another in its place, as long as not too many are on the loose.
    fn replace(&self, is_given_up: &AtomicBool) {
        if self.stray.load(Ordering::Acquire) >= self.size {
            return;
        }
        self.stray.fetch_add(1, Ordering::AcqRel);
        is_given_up.store(true, Ordering::Release);
        if self.start_worker().is_err() {
            is_given_up.store(false, Ordering::Release);
            self.stray.fetch_sub(1, Ordering::AcqRel);
        }
    }

    fn start_worker(&self) -> Result<(), EngineFault> {
        let mut workers = lock(&self.workers);
        workers.retain(|worker| !worker.is_finished());
        let worker = Worker {
            model: Arc::clone(&self.model),
            how: self.how,
            waiting: Arc::clone(&self.waiting),
            closing: self.closing.clone(),
            stray: Arc::clone(&self.stray),
        };
        let name = format!("voice-whisper-{}", workers.len());
        let started = std::thread::Builder::new()
            .name(name)
            .spawn(move || worker.work());
        workers.push(started.map_err(|_| failed("the system gives it no thread"))?);
        Ok(())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.closing.raise();
        // Nobody can order any more, so that the workers come to an end.
        self.orders = None;
        for worker in lock(&self.workers).drain(..) {
            let _ = worker.join();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Pool({} workers of {} threads)",
            self.size, self.how.threads
        )
    }
}

struct Worker {
    model: Arc<WhisperContext>,
    how: How,
    waiting: Arc<Mutex<Receiver<Order>>>,
    closing: Stop,
    stray: Arc<AtomicUsize>,
}

/// When the library has to give up: looked at by its callback.
#[derive(Debug, Default)]
struct Bounds(Mutex<Option<(Instant, Stop)>>);

impl Bounds {
    fn are_reached(&self, closing: &Stop) -> bool {
        let is_over = |(until, stop): &(Instant, Stop)| stop.is_up() || Instant::now() >= *until;
        closing.is_up() || lock(&self.0).as_ref().is_some_and(is_over)
    }
}

impl Worker {
    fn work(self) {
        let bounds = Arc::new(Bounds::default());
        let template = template(self.how, &bounds, &self.closing);
        let mut state = None;
        loop {
            let order = lock(&self.waiting).recv();
            let Ok(order) = order else { return };
            *lock(&bounds.0) = Some((order.until, order.stop.clone()));
            let decoded = if bounds.are_reached(&self.closing) {
                Err(failed("its turn came too late"))
            } else {
                self.decode(&mut state, &template, &order.job, &bounds)
            };
            let is_given_up = Arc::clone(&order.is_given_up);
            let _ = order.answer.try_send(decoded);
            if is_given_up.load(Ordering::Acquire) {
                self.stray.fetch_sub(1, Ordering::AcqRel);
                return;
            }
        }
    }

    fn decode(
        &self,
        state: &mut Option<WhisperState>,
        template: &FullParams<'static, 'static>,
        job: &Job,
        bounds: &Bounds,
    ) -> Result<Decoded, EngineFault> {
        let began = cpu();
        let state = if let Some(state) = state {
            state
        } else {
            let made = self.model.create_state();
            state.insert(made.map_err(|_| failed("no memory for a decoder"))?)
        };
        let mut params: FullParams<'_, '_> = template.clone();
        params.set_audio_ctx(c_int::try_from(job.audio_context).unwrap_or(0));
        params.set_max_tokens(c_int::try_from(job.tokens_max).unwrap_or(0));
        if let Some(before) = &job.before {
            params.set_tokens(before);
        }
        if job.language != "en" {
            // Some bytes for each call, never given back by the wrapper; English is what the template has.
            params.set_language(Some(job.language));
        }
        state
            .full(params, &job.pcm)
            .map_err(|_| failed("the library gave up"))?;
        let mut decoded = read(state, self.model.token_eot());
        if let Some(phrases) = &job.closed {
            // The encoder's work on this sound is still there: only the decoder runs again.
            let mut model = Behind {
                state,
                how: self.how,
                fed: Vec::new(),
                is_over: &|| bounds.are_reached(&self.closing),
            };
            let begin = self.begin(job.language);
            decoded.search = Some(phrases.search(&mut model, &begin, decoded.score)?);
        }
        decoded.cpu = cpu().saturating_sub(began);
        Ok(decoded)
    }
}

impl Worker {
    /// What stands before every text: that it begins, in which language, and that it is written down.
    fn begin(&self, language: &str) -> Vec<Token> {
        let model = &self.model;
        let mut tokens = vec![model.token_sot()];
        if model.is_multilingual() {
            let language = whisper_rs::get_lang_id(language).unwrap_or(0);
            tokens.extend([model.token_lang(language), model.token_transcribe()]);
        }
        tokens.push(if self.how.tells_times {
            model.token_beg()
        } else {
            model.token_not()
        });
        tokens
    }
}

/// The decoder over sound that was encoded before.
struct Behind<'a> {
    state: &'a mut WhisperState,
    how: How,
    /// What its memory holds.
    fed: Vec<Token>,
    is_over: &'a dyn Fn() -> bool,
}

impl Model for Behind<'_> {
    fn behind(&mut self, tokens: &[Token]) -> Result<Vec<f32>, EngineFault> {
        let same = self.fed.iter().zip(tokens).take_while(|(a, b)| a == b);
        let known = same.count().min(tokens.len().saturating_sub(1));
        self.fed.truncate(known);
        let threads = usize::try_from(self.how.threads).unwrap_or(1);
        // One by one: the library gives back what stands behind the first of several.
        for (at, token) in tokens.iter().enumerate().skip(known) {
            if (self.is_over)() {
                return Err(failed("it takes too long"));
            }
            let done = self.state.decode(&[*token], at, threads);
            done.map_err(|_| failed("the library gave up"))?;
            self.fed.push(*token);
        }
        let logits = self.state.get_logits();
        let logits = logits.map_err(|_| failed("the library told nothing"))?;
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let all: f32 = logits.iter().map(|logit| (logit - most).exp()).sum();
        let all = most + all.ln();
        Ok(logits.iter().map(|logit| logit - all).collect())
    }
}

/// What all utterances have in common. Made once for each worker: the wrapper never frees a callback that it was given.
fn template(how: How, bounds: &Arc<Bounds>, closing: &Stop) -> FullParams<'static, 'static> {
    let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    params.set_n_threads(how.threads);
    params.set_no_context(true);
    // A model that may not say when a sentence is over says it again and again where the window is shorter than it was trained with.
    params.set_no_timestamps(!how.tells_times);
    params.set_single_segment(true);
    // A second reading at a higher temperature makes up more than it finds.
    params.set_temperature_inc(0.0);
    // The end may come at once: that is how a model says that nobody spoke.
    params.set_suppress_blank(false);
    params.set_print_progress(false);
    params.set_print_realtime(false);
    params.set_print_special(false);
    params.set_print_timestamps(false);
    let (bounds, closing) = (Arc::clone(bounds), closing.clone());
    // INVARIANT: handed over as `Box<dyn FnMut>`. whisper-rs 0.16 boxes what it is given once more as such a box, and its
    // callback then reads the outer box as the type that it was given; the two agree for this type alone.
    let ends: Box<dyn FnMut() -> bool> = Box::new(move || bounds.are_reached(&closing));
    params.set_abort_callback_safe::<_, Box<dyn FnMut() -> bool>>(ends);
    params
}

fn read(state: &WhisperState, end: c_int) -> Decoded {
    let mut decoded = Decoded {
        text: String::new(),
        silence: 0.0,
        confidence: 0.0,
        score: 0.0,
        search: None,
        cpu: Duration::ZERO,
    };
    let (mut logs, mut count) = (0.0_f32, 0.0_f32);
    for segment in state.as_iter() {
        decoded
            .text
            .push_str(&segment.to_str_lossy().unwrap_or_default());
        decoded.silence = decoded.silence.max(segment.no_speech_probability());
        let tokens = (0..segment.n_tokens()).filter_map(|at| segment.get_token(at));
        for token in tokens.filter(|token| token.token_id() < end) {
            logs += token.token_probability().max(1e-6).ln();
            count += 1.0;
        }
    }
    if count > 0.0 {
        decoded.score = logs;
        decoded.confidence = (logs / count).exp().clamp(0.0, 1.0);
    }
    decoded
}

pub(crate) fn late_or_stopped(deadline: &Deadline) -> EngineFault {
    if deadline.stop.is_up() {
        return EngineFault::Stopped { engine: ENGINE };
    }
    EngineFault::Late {
        engine: ENGINE,
        within_ms: u64::try_from(deadline.within.as_millis()).unwrap_or(u64::MAX),
    }
}

fn failed(cause: &str) -> EngineFault {
    EngineFault::Failed {
        engine: ENGINE,
        cause: cause.to_owned(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}
