//! What drives talkers: workers that hear, read and speak, shared by all streams.

mod cell;
mod drive;
mod ears;
mod handle;
mod reads;
mod sides;
mod tasks;
mod voices;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use errand_voice_core::Resampler;
use tokio::sync::mpsc;

use crate::config::{DetectionKind, StreamConfig, TimeFrom};
use crate::engines::Engines;
use crate::event::VoiceEvent;
use crate::fault::TalkError;
use crate::talker::{Parts, Talker};
use cell::Cell;
use drive::Driven;
use ears::{Call, Ears};
pub use handle::StreamHandle;
use reads::ReadPool;
use voices::VoicePool;

/// Events that wait for a face; a face that reads no more than this is gone.
const EVENTS_MAX: usize = 1_024;

/// An engine that was told to stop gets so long.
const LEAVE_AFTER: Duration = Duration::from_secs(2);

/// How much a process may do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Streams at once.
    pub streams: usize,
    /// Threads that hear.
    pub ears: usize,
    /// Threads that read, and so utterances that are read at once.
    pub readers: usize,
    /// Threads that speak.
    pub voices: usize,
}

impl Limits {
    /// For so many cores: 64 streams, at most four ears, half as many readers as cores, two voices.
    pub fn for_cores(cores: usize) -> Self {
        Self {
            streams: 64,
            ears: cores.clamp(1, 4),
            readers: (cores / 2).clamp(1, 8),
            voices: 2,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::for_cores(cores)
    }
}

/// All voice streams of a process. Dropping the last clone and all handles ends the threads and waits for them; a thread
/// inside an engine that does not come back is left behind.
#[derive(Debug, Clone)]
pub struct Streams {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    engines: Engines,
    limits: Limits,
    open: AtomicUsize,
    next: AtomicU64,
    // Dropped in this order: nobody hears any more, then nobody reads or speaks.
    ears: Ears,
    _reads: Arc<ReadPool>,
    _voices: Arc<VoicePool>,
}

impl Streams {
    /// Starts the workers. Engines load when they are first used.
    pub fn new(engines: Engines, limits: Limits) -> Result<Self, TalkError> {
        let reads = Arc::new(ReadPool::start(&engines, limits.readers.max(1))?);
        let voices = Arc::new(VoicePool::start(&engines, limits.voices.max(1))?);
        let ears = Ears::start(limits.ears.max(1), &reads, &voices)?;
        let inner = Inner {
            engines,
            limits,
            open: AtomicUsize::new(0),
            next: AtomicU64::new(0),
            ears,
            _reads: reads,
            _voices: voices,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Opens a stream: what to do with it, and what it tells, in order. The receiver has to be read: a stream whose face
    /// lets 1,024 events lie ends.
    pub fn open(
        &self,
        config: StreamConfig,
    ) -> Result<(StreamHandle, mpsc::Receiver<VoiceEvent>), TalkError> {
        let inner = &self.inner;
        for hz in [config.capture_hz, config.playback_hz] {
            Resampler::new(hz, 16_000).map_err(|_| TalkError::Rate { hz })?;
        }
        if config.detection.kind == DetectionKind::Wake && !inner.engines.has_wake() {
            return Err(TalkError::NoWake);
        }
        let limit = inner.limits.streams;
        let taken = inner
            .open
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |open| {
                (open < limit).then_some(open + 1)
            });
        if taken.is_err() {
            return Err(TalkError::Full { limit });
        }
        metrics::gauge!(crate::metrics::STREAMS).increment(1);
        let id = inner.next.fetch_add(1, Ordering::AcqRel);
        let (events, receiver) = mpsc::channel(EVENTS_MAX);
        let talker = Talker::new(config.clone(), self.parts(&config));
        let driven = Driven::new(talker, events, inner.engines.recognisers.len());
        let Some(worker) = inner.ears.of(id) else {
            inner.closed();
            return Err(TalkError::Closed);
        };
        let cell = Arc::new(Cell::new(id, &config, driven, worker.clone()));
        if config.time == TimeFrom::Clock {
            // A worker that is gone takes no sound either, and that is where it shows.
            let _ = worker.send(Call::Clocked(Arc::downgrade(&cell)));
        }
        Ok((StreamHandle::new(cell, Arc::clone(inner)), receiver))
    }

    fn parts(&self, config: &StreamConfig) -> Parts {
        let engines = &self.inner.engines;
        let first = engines
            .recognisers
            .iter()
            .map(|engine| engine.info())
            .find(|info| info.languages.contains(&config.language));
        Parts {
            echo: (engines.echo)(),
            vad: (engines.vad)(),
            wake: engines.wake.as_ref().map(|wake| wake()),
            streams: first.is_some_and(|info| info.streams),
            looks: engines.closed.iter().any(|engine| {
                let info = engine.info();
                info.hears_beginnings && info.languages.contains(&config.language)
            }),
            speaks: engines
                .voices
                .iter()
                .any(|engine| engine.info().voice(config.language).is_some()),
            words: engines
                .closed
                .iter()
                .any(|engine| engine.info().languages.contains(&config.language))
                .then(|| Arc::clone(&engines.words)),
        }
    }

    /// The engines.
    pub fn engines(&self) -> &Engines {
        &self.inner.engines
    }

    /// Streams that are open.
    pub fn count(&self) -> usize {
        self.inner.open.load(Ordering::Acquire)
    }
}

/// Waits for a thread that was told to end. One that hangs in an engine would hang us as well: it is left behind.
fn leave(thread: JoinHandle<()>) {
    let until = Instant::now() + LEAVE_AFTER;
    while !thread.is_finished() && Instant::now() < until {
        std::thread::park_timeout(Duration::from_millis(2));
    }
    if thread.is_finished() {
        let _ = thread.join();
    }
}

impl Inner {
    fn closed(&self) {
        self.open.fetch_sub(1, Ordering::AcqRel);
        metrics::gauge!(crate::metrics::STREAMS).decrement(1);
    }
}
