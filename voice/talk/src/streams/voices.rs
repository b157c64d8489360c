//! The workers that speak: a sentence's sound a little at a time, as far as it is wanted.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use errand_types::Language;
use errand_voice_core::{
    Chunks, Generation, Pace, Resampler, Sentence, TextToSpeech, TtsInfo, Voice, WordAt, from_s16,
    to_s16,
};

use super::cell::{Cell, Item};
use super::leave;
use crate::engines::Engines;
use crate::event::{Note, Stage};
use crate::fault::TalkError;
use crate::metrics::FALLBACKS;

/// Sound that is made before it is asked again whether more is wanted, in milliseconds.
const STRETCH_MS: u64 = 200;

/// A sentence to be spoken.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) generation: Generation,
    pub(super) sentence: Sentence,
    pub(super) voice: Option<Voice>,
    pub(super) language: Language,
    pub(super) pace: Pace,
    pub(super) rate_hz: u32,
}

/// One that is being spoken.
pub(super) struct Going {
    pub(super) generation: Generation,
    chunks: Chunks,
    resampler: Option<(u32, Resampler)>,
    rate_hz: u32,
    has_sound: bool,
    /// What could be tried if it fails before its first sound.
    order: Option<(Order, usize)>,
}

enum Task {
    Begin(Arc<Cell>, Order),
    Go(Arc<Cell>, Going),
    /// Dropping it may take a moment, which the ears do not have.
    Drop(Going),
}

#[derive(Default)]
struct Queue {
    tasks: VecDeque<Task>,
    is_over: bool,
}

struct Shared {
    voices: Vec<Arc<dyn TextToSpeech>>,
    queue: Mutex<Queue>,
    call: Condvar,
}

/// The workers. A stream has one sentence with them at a time, so their queue is bounded by the streams.
pub(super) struct VoicePool {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl VoicePool {
    pub(super) fn start(engines: &Engines, workers: usize) -> Result<Self, TalkError> {
        let pool = Self {
            shared: Arc::new(Shared {
                voices: engines.voices.clone(),
                queue: Mutex::default(),
                call: Condvar::new(),
            }),
            threads: Mutex::default(),
        };
        for n in 0..workers {
            let shared = Arc::clone(&pool.shared);
            let thread = std::thread::Builder::new()
                .name(format!("voice-mouth-{n}"))
                .spawn(move || work(&shared))
                .map_err(|error| TalkError::Thread {
                    cause: error.to_string(),
                })?;
            lock(&pool.threads).push(thread);
        }
        Ok(pool)
    }

    pub(super) fn begin(&self, cell: &Arc<Cell>, order: Order) {
        cell.begin();
        self.put(Task::Begin(Arc::clone(cell), order));
    }

    pub(super) fn go_on(&self, cell: &Arc<Cell>, going: Going) {
        cell.begin();
        self.put(Task::Go(Arc::clone(cell), going));
    }

    pub(super) fn drop_run(&self, going: Going) {
        self.put(Task::Drop(going));
    }

    fn put(&self, task: Task) {
        lock(&self.shared.queue).tasks.push_back(task);
        self.shared.call.notify_one();
    }
}

fn work(shared: &Shared) {
    while let Some(task) = next(shared) {
        match task {
            Task::Begin(cell, order) => {
                let last = shared.begin(&cell, order, 0);
                cell.finish(Some(last));
            }
            Task::Go(cell, going) => {
                let last = shared.go(&cell, going);
                cell.finish(Some(last));
            }
            Task::Drop(going) => drop(going),
        }
    }
}

fn next(shared: &Shared) -> Option<Task> {
    let mut queue = lock(&shared.queue);
    loop {
        if queue.is_over {
            return None;
        }
        if let Some(task) = queue.tasks.pop_front() {
            return Some(task);
        }
        queue = shared
            .call
            .wait(queue)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

impl Shared {
    /// Begins a sentence with the first engine from a rung on that speaks the language.
    fn begin(&self, cell: &Arc<Cell>, order: Order, from: usize) -> Item {
        let mut failed: Option<(&'static str, &'static str)> = None;
        for (rung, engine) in self.voices.iter().enumerate().skip(from) {
            let info = engine.info();
            let Some(voice) = voice_of(&info, &order) else {
                continue;
            };
            if let Some((from, code)) = failed.take() {
                fell_back(cell, from, Some(info.engine), code);
            }
            match engine.speak(&order.sentence, &voice, order.pace) {
                Ok(chunks) => {
                    let going = Going {
                        generation: order.generation,
                        chunks,
                        resampler: None,
                        rate_hz: order.rate_hz,
                        has_sound: false,
                        order: Some((order, rung)),
                    };
                    return self.go(cell, going);
                }
                Err(error) => failed = Some((info.engine, error.code())),
            }
        }
        if let Some((from, code)) = failed {
            fell_back(cell, from, None, code);
        }
        Item::VoiceEnd(order.generation, false)
    }

    /// A stretch of a sentence.
    fn go(&self, cell: &Arc<Cell>, mut going: Going) -> Item {
        let most = u64::from(going.rate_hz).saturating_mul(STRETCH_MS) / 1_000;
        let mut made = 0;
        while made < most {
            match going.chunks.next() {
                Some(Ok(chunk)) => {
                    going.has_sound = true;
                    going.order = None;
                    let Some((pcm, words)) = going.take(&chunk) else {
                        return Item::VoiceEnd(going.generation, false);
                    };
                    made += pcm.len() as u64;
                    cell.post(Item::Voiced(going.generation, pcm.into(), words));
                }
                Some(Err(error)) => {
                    let Some((order, rung)) = going.order.take() else {
                        // In the middle of a sentence another voice would begin it anew: it is shown.
                        return Item::VoiceEnd(going.generation, false);
                    };
                    let from = self.voices.get(rung).map_or("", |e| e.info().engine);
                    let is_other = self
                        .voices
                        .iter()
                        .skip(rung + 1)
                        .find(|e| voice_of(&e.info(), &order).is_some());
                    fell_back(cell, from, is_other.map(|e| e.info().engine), error.code());
                    return self.begin(cell, order, rung + 1);
                }
                None => {
                    let rest = going.rest();
                    if !rest.is_empty() {
                        cell.post(Item::Voiced(going.generation, rest.into(), Vec::new()));
                    }
                    return Item::VoiceEnd(going.generation, going.has_sound);
                }
            }
        }
        Item::VoiceParked(going)
    }
}

/// The chosen voice where the engine has it, else its usual one of the language.
fn voice_of(info: &TtsInfo, order: &Order) -> Option<Voice> {
    let chosen = order.voice.as_ref();
    let own = chosen.and_then(|chosen| info.voices.iter().find(|voice| *voice == chosen));
    own.or_else(|| info.voice(order.language)).cloned()
}

fn fell_back(cell: &Arc<Cell>, from: &'static str, to: Option<&'static str>, code: &'static str) {
    metrics::counter!(FALLBACKS, "stage" => "speaking", "engine" => from).increment(1);
    cell.post(Item::Note(Note::Fallback {
        stage: Stage::Speaking,
        from,
        to,
        code,
    }));
}

impl Going {
    /// A chunk at the rate of the playback.
    fn take(&mut self, chunk: &errand_voice_core::Chunk) -> Option<(Vec<i16>, Vec<WordAt>)> {
        if chunk.rate_hz == self.rate_hz {
            return Some((chunk.pcm.clone(), chunk.words.clone()));
        }
        if self
            .resampler
            .as_ref()
            .is_none_or(|(hz, _)| *hz != chunk.rate_hz)
        {
            let resampler = Resampler::new(chunk.rate_hz, self.rate_hz).ok()?;
            self.resampler = Some((chunk.rate_hz, resampler));
        }
        let (from_hz, resampler) = self.resampler.as_mut()?;
        let pcm: Vec<f32> = chunk.pcm.iter().copied().map(from_s16).collect();
        let out = resampler.push(&pcm).into_iter().map(to_s16).collect();
        let (from, to) = (u64::from(*from_hz).max(1), u64::from(self.rate_hz));
        let words = chunk.words.iter().map(|word| WordAt {
            first: word.first.saturating_mul(to) / from,
            ..*word
        });
        Some((out, words.collect()))
    }

    /// What is still inside the filter.
    fn rest(&mut self) -> Vec<i16> {
        let Some((from_hz, resampler)) = self.resampler.as_mut() else {
            return Vec::new();
        };
        // One block of the filter and its delay; a little silence behind a sentence does no harm.
        let block = usize::try_from(*from_hz / 100).unwrap_or(0);
        let pcm = vec![0.0; block.saturating_mul(2)];
        resampler.push(&pcm).into_iter().map(to_s16).collect()
    }
}

impl fmt::Debug for VoicePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VoicePool({} engines)", self.shared.voices.len())
    }
}

impl Drop for VoicePool {
    fn drop(&mut self) {
        let mut queue = lock(&self.shared.queue);
        queue.is_over = true;
        queue.tasks.clear();
        drop(queue);
        self.shared.call.notify_all();
        for thread in lock(&self.threads).drain(..) {
            leave(thread);
        }
    }
}
