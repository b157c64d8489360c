use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use errand_voice_core::{
    Care, Compared, FRAME_SAMPLES, Frame, Generation, Passthrough, SampleIdx, Transcript, from_s16,
};

use super::book::Book;
use super::engines::{FakeTts, LoudVad, ToneWake};
use crate::config::{DetectionKind, Playback, StreamConfig};
use crate::control::Control;
use crate::event::VoiceEvent;
use crate::fault::Unread;
use crate::happened::Happened;
use crate::talker::{JobId, Parts, ReadJob, ReadKind, Reading, Talker, TalkerEffect, TalkerInput};

/// What becomes of readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// They are read by the book.
    Done,
    /// No worker is free.
    Busy,
    /// Every engine fails.
    Fail,
    /// Nothing comes back.
    Never,
}

/// A stream in virtual time: a talker with fake engines and a loudspeaker that counts, 10 ms at a time.
#[derive(Debug)]
pub struct Rig {
    talker: Talker,
    book: Book,
    now: SampleIdx,
    /// How long a reading takes.
    pub read_ms: u64,
    /// What becomes of readings.
    pub reads: Reads,
    /// Whether the voice works.
    pub speaks: bool,
    /// Words that the recogniser hears instead of what was said, once.
    pub mishears: Option<String>,
    /// How voices compare with the one that is known.
    pub compares: Compared,
    jobs: Vec<(SampleIdx, ReadJob)>,
    /// What the loudspeaker was given and has not taken.
    ring: VecDeque<i16>,
    taken: u64,
    voice: Option<(Generation, VecDeque<i16>)>,
    events: Vec<(SampleIdx, VoiceEvent)>,
    asked: Vec<(ReadKind, Care)>,
    /// What was played, whole.
    pub played: Vec<i16>,
}

impl Rig {
    /// A stream that reads utterances whole, answers approvals with a list of words, and is woken by "hey basket" where it
    /// listens for that.
    pub fn new(config: StreamConfig, words: Option<Arc<[Box<str>]>>) -> Self {
        Self::with(config, words, false)
    }

    /// The same; `streams`: words come while somebody speaks.
    pub fn with(config: StreamConfig, words: Option<Arc<[Box<str>]>>, streams: bool) -> Self {
        let book = Book::new();
        let is_woken = config.detection.kind == DetectionKind::Wake;
        let wake = is_woken.then(|| Box::new(ToneWake::new(&book, "hey basket")) as Box<_>);
        let parts = Parts {
            echo: Box::new(Passthrough),
            vad: Box::new(LoudVad),
            wake,
            streams,
            looks: false,
            speaks: true,
            words,
        };
        Self {
            talker: Talker::new(config, parts),
            book,
            now: SampleIdx::ZERO,
            read_ms: 50,
            reads: Reads::Done,
            speaks: true,
            mishears: None,
            compares: Compared::Not,
            jobs: Vec::new(),
            ring: VecDeque::new(),
            taken: 0,
            voice: None,
            events: Vec::new(),
            asked: Vec::new(),
            played: Vec::new(),
        }
    }

    /// The talker.
    pub fn talker(&self) -> &Talker {
        &self.talker
    }

    /// Where the stream stands.
    pub fn now(&self) -> SampleIdx {
        self.now
    }

    /// Somebody says a text, from its first to its last sample.
    pub fn hear(&mut self, text: &str) -> &mut Self {
        let pcm = self.book.say(text);
        self.sound(&pcm)
    }

    /// Somebody says the beginning of a text, so many milliseconds of it.
    pub fn hear_for(&mut self, text: &str, ms: usize) -> &mut Self {
        let pcm = self.book.say_for(text, ms);
        self.sound(&pcm)
    }

    /// Something is loud and means nothing.
    pub fn noise(&mut self, ms: usize) -> &mut Self {
        self.sound(&Book::noise(ms))
    }

    /// It is silent for so long.
    pub fn hush(&mut self, ms: u64) -> &mut Self {
        for _ in 0..ms / 10 {
            self.frame(&[0; FRAME_SAMPLES]);
        }
        self
    }

    /// It is silent until nothing is being said, at most a minute.
    pub fn listen(&mut self) -> &mut Self {
        self.hush(50);
        for _ in 0..6_000 {
            if !self.talker.is_speaking() && self.jobs.is_empty() {
                break;
            }
            self.frame(&[0; FRAME_SAMPLES]);
        }
        self
    }

    /// Sound, in whole frames; the last one is filled up.
    pub fn sound(&mut self, pcm: &[i16]) -> &mut Self {
        for part in pcm.chunks(FRAME_SAMPLES) {
            self.frame(part);
        }
        self
    }

    /// Something happens in the conversation.
    pub fn happens(&mut self, happened: Happened) -> &mut Self {
        self.step(TalkerInput::Happened(happened));
        self
    }

    /// The conversation says a text.
    pub fn says(&mut self, text: &str) -> &mut Self {
        self.happens(Happened::said(text))
    }

    /// The turn of the conversation is over.
    pub fn done(&mut self) -> &mut Self {
        self.happens(Happened::TurnDone {
            outcome: crate::Outcome::Completed,
        })
    }

    /// The face wants something.
    pub fn control(&mut self, control: Control) -> &mut Self {
        self.step(TalkerInput::Control(control));
        self
    }

    /// Sound is missing.
    pub fn gap(&mut self, ms: u64) -> &mut Self {
        let samples = errand_voice_core::samples(ms);
        self.step(TalkerInput::Gap { samples });
        self.now = self.now.plus(samples);
        self
    }

    /// What was told since the last time, with the place at which it was told.
    pub fn told(&mut self) -> Vec<(SampleIdx, VoiceEvent)> {
        std::mem::take(&mut self.events)
    }

    /// The same without sound, places and times.
    pub fn events(&mut self) -> Vec<VoiceEvent> {
        let all = self.told().into_iter().map(|(_, event)| event);
        all.filter(|event| {
            !matches!(
                event,
                VoiceEvent::Play { .. } | VoiceEvent::Replace { .. } | VoiceEvent::Times(_)
            )
        })
        .collect()
    }

    /// What was given to recognisers since the last time, and how it was to be treated.
    pub fn asked(&mut self) -> Vec<(ReadKind, Care)> {
        std::mem::take(&mut self.asked)
    }

    fn frame(&mut self, pcm: &[i16]) {
        let mut capture = Frame::silence(self.now);
        for (sample, heard) in capture.pcm.iter_mut().zip(pcm) {
            *sample = from_s16(*heard);
        }
        let render = Frame::silence(self.now);
        self.now = capture.end();
        self.step(TalkerInput::Frame {
            capture: &capture,
            render: &render,
        });
        self.play();
        self.read();
        self.speak();
    }

    /// The loudspeaker takes 10 ms.
    fn play(&mut self) {
        if self.talker.config().playback != Playback::Counted {
            return;
        }
        let count = self.ring.len().min(FRAME_SAMPLES);
        if count == 0 {
            return;
        }
        self.played.extend(self.ring.drain(..count));
        self.taken += count as u64;
        let taken = self.taken;
        self.step(TalkerInput::Played {
            taken,
            heard: taken,
        });
    }

    fn read(&mut self) {
        let now = self.now;
        let (due, later) = std::mem::take(&mut self.jobs)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.jobs = later;
        let due: Vec<(SampleIdx, ReadJob)> = due;
        for (_, job) in due {
            self.read_one(&job);
        }
    }

    fn read_one(&mut self, read: &ReadJob) {
        let job = read.job;
        let outcome = match self.reads {
            Reads::Never => return,
            Reads::Busy => Err(Unread {
                code: "VOICE-0005",
                is_busy: true,
            }),
            Reads::Fail => Err(Unread {
                code: "VOICE-0007",
                is_busy: false,
            }),
            Reads::Done => {
                let text = self.mishears.take();
                let text = text.unwrap_or_else(|| self.book.read(read.utterance.pcm()));
                Ok(Reading {
                    transcript: Transcript::plain("book", text),
                    others: Vec::new(),
                    took: Duration::from_millis(self.read_ms),
                    voice: self.compares,
                })
            }
        };
        self.step(TalkerInput::Read { job, outcome });
    }

    fn speak(&mut self) {
        while self.talker.wants_sound()
            && let Some((generation, mut pcm)) = self.voice.take()
        {
            let chunk: Vec<i16> = pcm.drain(..pcm.len().min(1_600)).collect();
            if chunk.is_empty() {
                self.step(TalkerInput::SoundEnd {
                    generation,
                    is_whole: true,
                });
            } else {
                self.voice = Some((generation, pcm));
                self.step(TalkerInput::Sound {
                    generation,
                    pcm: &chunk,
                    words: &[],
                });
            }
        }
    }

    fn step(&mut self, input: TalkerInput<'_>) {
        let effects = self.talker.step(input);
        let mut failed = Vec::new();
        for effect in effects {
            match effect {
                TalkerEffect::Read(job) => {
                    self.asked.push((job.kind, job.utterance.care()));
                    let at = self.now.plus_ms(self.read_ms);
                    self.jobs.push((at, job));
                }
                TalkerEffect::StopRead { job } => self.forget(job),
                TalkerEffect::Overdue { job } => {
                    self.forget(job);
                    failed.push(job);
                }
                TalkerEffect::PartialSound { .. } | TalkerEffect::PartialEnd { .. } => {}
                TalkerEffect::Speak {
                    generation,
                    sentence,
                    ..
                } => {
                    let pcm = FakeTts::sound(sentence.as_str());
                    self.voice = Some((generation, pcm.into()));
                    if !self.speaks {
                        self.voice = None;
                        let is_whole = false;
                        self.step(TalkerInput::SoundEnd {
                            generation,
                            is_whole,
                        });
                    }
                }
                TalkerEffect::StopSpeak { generation } => {
                    self.voice.take_if(|(own, _)| *own == generation);
                }
                TalkerEffect::Tell(event) => self.on_event(event),
            }
        }
        for job in failed {
            self.step(TalkerInput::Read {
                job,
                outcome: Err(Unread {
                    code: "VOICE-0003",
                    is_busy: false,
                }),
            });
        }
    }

    fn forget(&mut self, job: JobId) {
        self.jobs.retain(|(_, pending)| pending.job != job);
    }

    fn on_event(&mut self, event: VoiceEvent) {
        match &event {
            VoiceEvent::Play { pcm, .. } => self.ring.extend(pcm.samples()),
            VoiceEvent::Replace { pcm, .. } => self.ring = pcm.samples().to_vec().into(),
            VoiceEvent::Flush { .. } => self.ring.clear(),
            _ => {}
        }
        self.events.push((self.now, event));
    }
}
