//! One stream at its worker: sound in frames, effects carried out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use errand_voice_core::{Generation, SampleIdx, Stop, SttStream, TurnId};
use tokio::sync::mpsc;

use super::cell::{Cell, Counted, Item};
use super::reads::ReadPool;
use super::sides::Sides;
use super::tasks::{Ladder, PartialTask, ReadTask};
use super::voices::{Going, Order, VoicePool};
use crate::config::{Echo, TimeFrom};
use crate::control::Control;
use crate::event::VoiceEvent;
use crate::fault::Unread;
use crate::talker::{JobId, ReadJob, Talker, TalkerEffect, TalkerInput};

/// What a turn's words so far are read from.
#[derive(Default)]
struct Along {
    turn: Option<TurnId>,
    /// How much of its sound is to be read, and how much was, in samples. The ear has the sound: where no worker is ever free for
    /// it, a second copy would only grow with the turn.
    told: usize,
    given: usize,
    stream: Option<Box<dyn SttStream>>,
    stop: Stop,
    is_under_way: bool,
}

/// The machine of a stream, and what its worker needs to drive it.
pub(super) struct Driven {
    talker: Talker,
    events: mpsc::Sender<VoiceEvent>,
    began: Instant,
    sides: Sides,
    ladder: Arc<Ladder>,
    stops: BTreeMap<JobId, Stop>,
    along: Along,
    /// The run of the voice that is wanted.
    run: Option<Generation>,
    parked: Option<Going>,
}

impl Driven {
    pub(super) fn new(talker: Talker, events: mpsc::Sender<VoiceEvent>, rungs: usize) -> Self {
        let follows = talker.config().echo == Echo::Ours;
        Self {
            talker,
            events,
            began: Instant::now(),
            sides: Sides::new(follows),
            ladder: Arc::new(Ladder::new(rungs)),
            stops: BTreeMap::new(),
            along: Along::default(),
            run: None,
            parked: None,
        }
    }

    /// One thing that was handed over. `false`: the stream is over.
    pub(super) fn take(
        &mut self,
        cell: &Arc<Cell>,
        item: Item,
        reads: &Arc<ReadPool>,
        voices: &Arc<VoicePool>,
    ) -> bool {
        let mut work = Work {
            cell,
            reads,
            voices,
        };
        let is_clocked = self.talker.config().time == TimeFrom::Clock;
        if is_clocked {
            let at = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
            let at = SampleIdx::from_ms(at);
            if !self.step(&mut work, TalkerInput::Clock(at)) {
                return false;
            }
        }
        let is_open = match item {
            Item::Heard(pcm) => self.hear(&mut work, &pcm),
            Item::Rendered(pcm, hz) => {
                self.sides.render(&pcm, hz);
                true
            }
            Item::Gap(samples) => self.gap(&mut work, samples),
            Item::Counted(counted) => self.count(&mut work, counted),
            Item::Played(taken, heard) => {
                self.step(&mut work, TalkerInput::Played { taken, heard })
            }
            Item::Control(control) => {
                if let Control::Settings(settings) = &control
                    && settings.capture_hz.is_some()
                {
                    self.sides.set_capture();
                }
                self.step(&mut work, TalkerInput::Control(control))
            }
            Item::Happened(happened) => self.step(&mut work, TalkerInput::Happened(happened)),
            Item::Read(job, outcome) => {
                self.stops.remove(&job);
                self.step(&mut work, TalkerInput::Read { job, outcome })
            }
            Item::Partial(turn, partial, stream) => {
                self.along_back(turn, stream);
                let is_open = match partial {
                    Some(partial) => self.step(&mut work, TalkerInput::Partial { turn, partial }),
                    None => true,
                };
                self.along_on(&work);
                is_open
            }
            Item::Voiced(generation, pcm, words) => self.step(
                &mut work,
                TalkerInput::Sound {
                    generation,
                    pcm: pcm.samples(),
                    words: &words,
                },
            ),
            Item::VoiceParked(going) => {
                if self.run == Some(going.generation) {
                    self.parked = Some(going);
                } else {
                    voices.drop_run(going);
                }
                true
            }
            Item::VoiceEnd(generation, is_whole) => {
                if self.run == Some(generation) {
                    self.run = None;
                }
                self.step(
                    &mut work,
                    TalkerInput::SoundEnd {
                        generation,
                        is_whole,
                    },
                )
            }
            Item::Note(note) => self.step(&mut work, TalkerInput::Note(note)),
            Item::Clock => true,
            Item::Close => false,
        };
        self.speak_on(&work);
        if !is_open {
            self.stop_all(&work);
        }
        is_open
    }

    /// The voice goes on while its sound is wanted.
    fn speak_on(&mut self, work: &Work<'_>) {
        if self.talker.wants_sound()
            && let Some(going) = self.parked.take()
        {
            work.voices.go_on(work.cell, going);
        }
    }

    fn stop_all(&mut self, work: &Work<'_>) {
        for stop in self.stops.values() {
            stop.raise();
        }
        self.along.stop.raise();
        if let Some(going) = self.parked.take() {
            work.voices.drop_run(going);
        }
    }

    fn hear(&mut self, work: &mut Work<'_>, pcm: &[i16]) -> bool {
        let hz = self.talker.config().capture_hz;
        for (capture, render) in self.sides.hear(pcm, hz) {
            let input = TalkerInput::Frame {
                capture: &capture,
                render: &render,
            };
            if !self.step(work, input) {
                return false;
            }
            self.speak_on(work);
        }
        true
    }

    /// What the devices tell of themselves.
    fn count(&mut self, work: &mut Work<'_>, counted: Counted) -> bool {
        let began = self.began;
        let since = |at: Instant| at.saturating_duration_since(began);
        match counted {
            Counted::Captured { frames, at } => {
                let hz = self.talker.config().capture_hz;
                match self.sides.captured(frames, hz, since(at)) {
                    Some(samples) => self.gap(work, samples),
                    None => true,
                }
            }
            Counted::Given { frames, hz, at } => {
                self.sides.played(frames, hz, since(at));
                true
            }
            Counted::Anew => {
                self.sides.begin_anew();
                self.step(work, TalkerInput::Gap { samples: 0 })
            }
        }
    }

    /// Silence stands for what is missing, and the canceller begins anew.
    fn gap(&mut self, work: &mut Work<'_>, samples: u64) -> bool {
        if samples > 0 {
            metrics::counter!(crate::metrics::GAPS).increment(1);
        }
        self.sides.gap(samples);
        self.step(work, TalkerInput::Gap { samples })
    }

    fn step(&mut self, work: &mut Work<'_>, input: TalkerInput<'_>) -> bool {
        let effects = self.talker.step(input);
        effects
            .into_iter()
            .all(|effect| self.carry_out(work, effect))
    }

    /// `false`: nobody reads the events.
    fn carry_out(&mut self, work: &mut Work<'_>, effect: TalkerEffect) -> bool {
        match effect {
            TalkerEffect::Tell(event) => {
                match &event {
                    VoiceEvent::Times(times) => crate::metrics::turn(times),
                    VoiceEvent::Woken { score, .. } => crate::metrics::woken(*score),
                    _ => {}
                }
                return self.events.try_send(event).is_ok();
            }
            TalkerEffect::Read(job) => self.read(work, job),
            TalkerEffect::StopRead { job } => {
                if let Some(stop) = self.stops.remove(&job) {
                    stop.raise();
                    work.reads.forget(work.cell, job);
                }
            }
            TalkerEffect::Overdue { job } => work.reads.give_up(work.cell, job),
            TalkerEffect::PartialSound { turn, pcm } => {
                if self.along.turn != Some(turn) {
                    self.along_end();
                    self.along.turn = Some(turn);
                }
                self.along.told = self.along.told.saturating_add(pcm.len());
                self.along_on(work);
            }
            TalkerEffect::PartialEnd { turn } => {
                if self.along.turn == Some(turn) {
                    self.along_end();
                }
            }
            TalkerEffect::Speak {
                item: _,
                generation,
                sentence,
                voice,
                pace,
            } => {
                self.run = Some(generation);
                let config = self.talker.config();
                let order = Order {
                    generation,
                    sentence,
                    voice,
                    language: config.language,
                    pace,
                    rate_hz: config.playback_hz,
                };
                work.voices.begin(work.cell, order);
            }
            TalkerEffect::StopSpeak { generation } => {
                if self.run == Some(generation) {
                    self.run = None;
                }
                if let Some(going) = self.parked.take_if(|g| g.generation == generation) {
                    work.voices.drop_run(going);
                }
            }
        }
        true
    }

    fn read(&mut self, work: &Work<'_>, job: ReadJob) {
        let (id, stop) = (job.job, Stop::default());
        let task = ReadTask::new(work.cell, job, stop.clone(), &self.ladder);
        match work.reads.submit(task) {
            Ok(()) => {
                self.stops.insert(id, stop);
            }
            Err(_) => work.cell.post(Item::Read(
                id,
                Err(Unread {
                    code: "VOICE-0005",
                    is_busy: true,
                }),
            )),
        }
    }

    fn along_end(&mut self) {
        self.along.stop.raise();
        self.along = Along {
            is_under_way: self.along.is_under_way,
            ..Along::default()
        };
    }

    fn along_back(&mut self, turn: TurnId, stream: Option<Box<dyn SttStream>>) {
        self.along.is_under_way = false;
        if self.along.turn == Some(turn) {
            self.along.stream = stream;
        }
    }

    /// What waits is read along, if a worker has time; else the next time covers it.
    fn along_on(&mut self, work: &Work<'_>) {
        let Some(turn) = self.along.turn else {
            return;
        };
        let told = self.along.told;
        if self.along.is_under_way || told <= self.along.given {
            return;
        }
        let pcm = self.talker.sound_of(turn, self.along.given..told);
        if pcm.is_empty() {
            return;
        }
        let task = PartialTask {
            cell: Arc::clone(work.cell),
            turn,
            stream: self.along.stream.take(),
            pcm,
            hints: self.talker.hints(),
            stop: self.along.stop.clone(),
            ladder: Arc::clone(&self.ladder),
        };
        match work.reads.try_partial(task) {
            Ok(()) => (self.along.is_under_way, self.along.given) = (true, told),
            Err(task) => self.along.stream = task.stream,
        }
    }
}

/// Where effects go.
struct Work<'a> {
    cell: &'a Arc<Cell>,
    reads: &'a Arc<ReadPool>,
    voices: &'a Arc<VoicePool>,
}
