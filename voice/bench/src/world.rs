//! A voice stream on a sample clock: a person, a room, a loudspeaker, real engines, and a conversation that answers at once.
//! No thread and no wall clock: the same run gives the same figures on a busy machine.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use errand_types::Language;
use errand_voice_core::{
    Aec3, BatchStream, Compared, Correction, Deadline, Drift, Earshot, Frame, Generation, Grammar,
    Hints, Pace, Resampler, SampleIdx, Sentence, SpeechToText, SttStream, TurnId, from_s16, to_s16,
};
use errand_voice_talk::{
    Control, Happened, Outcome, Parts, ReadJob, Reading, StreamConfig, Talker, TalkerEffect,
    TalkerInput, Unread, VoiceEvent,
};

use crate::noise::Chance;
use crate::room::Echo;
use crate::sound::{RATE, ROOM_RMS};
use crate::voices;

const TICK: usize = 160;
/// Samples of a voice that are handed over at once.
const SOUND: usize = 320;

/// Sentences that a voice has spoken, so that each is made once in a run.
#[derive(Debug)]
pub(crate) struct Voice {
    talker: voices::Talker,
    said: BTreeMap<String, Arc<Vec<i16>>>,
    /// How long its first sound takes, as it was measured.
    pub(crate) first: Duration,
}

impl Voice {
    pub(crate) fn new(talker: voices::Talker, first: Duration) -> Self {
        Self {
            talker,
            said: BTreeMap::new(),
            first,
        }
    }

    fn say(&mut self, text: &str) -> Arc<Vec<i16>> {
        if let Some(known) = self.said.get(text) {
            return Arc::clone(known);
        }
        let pcm = self.talker.say(text, Pace::USUAL).unwrap_or_default();
        // Some silence at the end of a sentence, as voices leave it.
        let pcm: Vec<i16> = pcm
            .into_iter()
            .map(to_s16)
            .chain(std::iter::repeat_n(0, 2_400))
            .collect();
        let pcm = Arc::new(pcm);
        self.said.insert(text.to_owned(), Arc::clone(&pcm));
        pcm
    }
}

/// What a run is made of.
pub(crate) struct Setup<'a> {
    pub(crate) config: StreamConfig,
    pub(crate) stt: Option<Arc<dyn SpeechToText>>,
    /// Who tells a nod in its middle.
    pub(crate) nods: Option<Arc<dyn SpeechToText>>,
    pub(crate) voice: &'a mut Voice,
    /// `None`: headphones.
    pub(crate) echo: Option<Echo>,
    /// What the person and the room sound like, from the beginning.
    pub(crate) near: Vec<f32>,
    /// What the conversation answers to everything.
    pub(crate) reply: &'a str,
    /// Whether reading takes the time that it took by CPU, or none.
    pub(crate) counts_reading: bool,
    /// Whether the drift of the two crystals is followed.
    pub(crate) follows_drift: bool,
    pub(crate) seed: u64,
}

enum Due {
    Happened(Happened),
    Read(errand_voice_talk::JobId, Result<Reading, Unread>),
}

struct Speaking {
    generation: Generation,
    pcm: Arc<Vec<i16>>,
    at: usize,
    ready: usize,
}

/// What was seen of a run.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Events with the place at which they were told.
    pub(crate) events: Vec<(usize, VoiceEvent)>,
    /// For each 10 ms whether our sound was given out, or paused by itself between two sentences.
    pub(crate) sounding: Vec<bool>,
    /// Samples of ours that were given out.
    pub(crate) given: u64,
    /// Where the sound ended that readings were asked of.
    pub(crate) asked: Vec<usize>,
    /// Readings of utterances, and their CPU time in all.
    pub(crate) readings: u32,
    pub(crate) cpu: Duration,
}

pub(crate) struct World<'a> {
    setup: Setup<'a>,
    talker: Talker,
    now: usize,
    queue: VecDeque<f32>,
    /// The last thing that happened to the queue was that it was cut off.
    is_cut: bool,
    taken: u64,
    due: Vec<(usize, Due)>,
    speaking: Vec<Speaking>,
    partial: Option<(TurnId, Box<dyn SttStream>)>,
    follower: Option<(Resampler, Drift)>,
    captured: VecDeque<f32>,
    rendered: VecDeque<[f32; TICK]>,
    /// Samples of the microphone's crystal so far, and its pace in millionths.
    heard: f64,
    ppm: f64,
    frames: u64,
    chance: Chance,
    seen: Seen,
}

impl<'a> World<'a> {
    pub(crate) fn new(setup: Setup<'a>) -> Self {
        let parts = Parts {
            echo: Box::new(Aec3::default()),
            vad: Box::new(Earshot::default()),
            wake: None,
            streams: setup.stt.as_ref().is_some_and(|stt| stt.info().streams),
            looks: setup
                .nods
                .as_ref()
                .is_some_and(|stt| stt.info().hears_beginnings),
            speaks: true,
            words: None,
        };
        let follower = setup
            .follows_drift
            .then(|| Resampler::following(16_000, 16_000).ok())
            .flatten();
        Self {
            talker: Talker::new(setup.config.clone(), parts),
            now: 0,
            queue: VecDeque::new(),
            is_cut: false,
            taken: 0,
            due: Vec::new(),
            speaking: Vec::new(),
            partial: None,
            follower: follower.map(|resampler| (resampler, Drift::default())),
            captured: VecDeque::new(),
            rendered: VecDeque::new(),
            heard: 0.0,
            ppm: setup.echo.as_ref().map_or(0.0, Echo::drift_ppm),
            frames: 0,
            chance: Chance::new(setup.seed),
            seen: Seen::default(),
            setup,
        }
    }

    /// We speak so many sentences in one breath.
    pub(crate) fn speak_on(&mut self, prompt: &str) {
        let sentences = prompt.split_inclusive(". ");
        let sentences = sentences
            .filter_map(|sentence| Sentence::new(sentence).ok())
            .collect();
        let effects = self
            .talker
            .step(TalkerInput::Control(Control::Speak { sentences }));
        self.on(effects);
    }

    /// The conversation says something by itself.
    pub(crate) fn said(&mut self, text: &str) {
        self.happened(Happened::said(text.to_owned()));
    }

    fn happened(&mut self, happened: Happened) {
        let effects = self.talker.step(TalkerInput::Happened(happened));
        self.on(effects);
    }

    /// Lets so much time go by.
    pub(crate) fn run(&mut self, ms: usize) {
        let until = self.now + ms * RATE / 1_000;
        while self.now < until {
            self.tick();
        }
    }

    /// Lets time go by until a condition holds, at most so long.
    pub(crate) fn run_until(&mut self, ms: usize, is_done: impl Fn(&Seen) -> bool) {
        let until = self.now + ms * RATE / 1_000;
        while self.now < until && !is_done(&self.seen) {
            self.tick();
        }
    }

    pub(crate) fn now(&self) -> usize {
        self.now
    }

    pub(crate) fn seen(self) -> Seen {
        self.seen
    }

    fn tick(&mut self) {
        let mut played = [0.0_f32; TICK];
        let mut count = 0;
        for (slot, sample) in played
            .iter_mut()
            .zip(self.queue.drain(..TICK.min(self.queue.len())))
        {
            *slot = sample;
            count += 1;
        }
        self.seen.sounding.push(count > 0 || !self.is_cut);
        if let Some(echo) = &mut self.setup.echo {
            echo.play(&played);
        }
        self.rendered.push_back(played);
        // A quicker crystal of the microphone gives more samples in the same time.
        let before = self.heard as usize;
        self.heard += TICK as f64 * (1.0 + self.ppm / 1e6);
        let heard: Vec<f32> = (before..self.heard as usize)
            .map(|at| {
                let near = self.setup.near.get(at).copied().unwrap_or(0.0);
                let echo = self.setup.echo.as_mut().map_or(0.0, Echo::next);
                (near + echo + ROOM_RMS * 1.73 * self.chance.sign()).clamp(-1.0, 1.0)
            })
            .collect();
        self.now += TICK;
        self.capture(&heard);
        while self.captured.len() >= TICK {
            let at = SampleIdx::new(self.frames * TICK as u64);
            let (mut capture, mut render) = (Frame::silence(at), Frame::silence(at));
            for (slot, sample) in capture.pcm.iter_mut().zip(self.captured.drain(..TICK)) {
                *slot = sample;
            }
            render.pcm = self.rendered.pop_front().unwrap_or([0.0; TICK]);
            self.frames += 1;
            let effects = self.talker.step(TalkerInput::Frame {
                capture: &capture,
                render: &render,
            });
            self.on(effects);
        }
        self.taken += count;
        self.seen.given = self.taken;
        let effects = self.talker.step(TalkerInput::Played {
            taken: self.taken,
            heard: self.taken,
        });
        self.on(effects);
        self.deliver();
        self.speak();
    }

    fn capture(&mut self, heard: &[f32]) {
        match &mut self.follower {
            None => self.captured.extend(heard),
            Some((resampler, drift)) => {
                let at = Duration::from_secs_f64(self.now as f64 / RATE as f64);
                drift.played(TICK as u64, RATE as u32, at);
                let told = drift.captured(heard.len() as u64, RATE as u32, at);
                if let Some(Correction::Follow(ppm)) = told {
                    resampler.set_drift(ppm);
                }
                self.captured.extend(resampler.push(heard));
            }
        }
    }

    fn deliver(&mut self) {
        while let Some(at) = self.due.iter().position(|(due, _)| *due <= self.now) {
            match self.due.remove(at).1 {
                Due::Happened(happened) => self.happened(happened),
                Due::Read(job, outcome) => {
                    let effects = self.talker.step(TalkerInput::Read { job, outcome });
                    self.on(effects);
                }
            }
        }
    }

    fn speak(&mut self) {
        while self.talker.wants_sound() {
            let Some(at) = self
                .speaking
                .iter()
                .position(|speaking| speaking.ready <= self.now)
            else {
                return;
            };
            let Some(speaking) = self.speaking.get_mut(at) else {
                return;
            };
            let (generation, pcm) = (speaking.generation, Arc::clone(&speaking.pcm));
            let next = pcm
                .get(speaking.at..(speaking.at + SOUND).min(pcm.len()))
                .unwrap_or_default();
            speaking.at += next.len();
            if next.is_empty() {
                self.speaking.remove(at);
                let effects = self.talker.step(TalkerInput::SoundEnd {
                    generation,
                    is_whole: true,
                });
                self.on(effects);
            } else {
                let effects = self.talker.step(TalkerInput::Sound {
                    generation,
                    pcm: next,
                    words: &[],
                });
                self.on(effects);
            }
        }
    }

    fn on(&mut self, effects: Vec<TalkerEffect>) {
        for effect in effects {
            match effect {
                TalkerEffect::Read(job) => self.read(job),
                TalkerEffect::StopRead { job } => self
                    .due
                    .retain(|(_, due)| !matches!(due, Due::Read(known, _) if *known == job)),
                TalkerEffect::Overdue { .. } => {}
                TalkerEffect::PartialSound { turn, pcm } => self.partial(turn, &pcm),
                TalkerEffect::PartialEnd { turn } => {
                    if self
                        .partial
                        .as_ref()
                        .is_some_and(|(known, _)| *known == turn)
                    {
                        self.partial = None;
                    }
                }
                TalkerEffect::Speak {
                    generation,
                    sentence,
                    ..
                } => {
                    let pcm = self.setup.voice.say(sentence.as_str());
                    let ready = self.now + samples(self.setup.voice.first);
                    self.speaking.push(Speaking {
                        generation,
                        pcm,
                        at: 0,
                        ready,
                    });
                }
                TalkerEffect::StopSpeak { generation } => self
                    .speaking
                    .retain(|speaking| speaking.generation != generation),
                TalkerEffect::Tell(event) => self.told(event),
            }
        }
    }

    fn told(&mut self, event: VoiceEvent) {
        match &event {
            VoiceEvent::Play { pcm, .. } => {
                self.is_cut = false;
                self.queue
                    .extend(pcm.samples().iter().copied().map(from_s16));
            }
            VoiceEvent::Replace { from, pcm } => {
                let skipped =
                    usize::try_from(self.taken.saturating_sub(*from)).unwrap_or(usize::MAX);
                self.is_cut = true;
                self.queue = pcm
                    .samples()
                    .iter()
                    .skip(skipped)
                    .copied()
                    .map(from_s16)
                    .collect();
            }
            VoiceEvent::Flush { .. } => {
                self.is_cut = true;
                self.queue.clear();
            }
            VoiceEvent::Say { key, .. } => {
                let now = self.now;
                let answer = [
                    Happened::TurnStarted { key: key.clone() },
                    Happened::said(self.setup.reply.to_owned()),
                    Happened::TurnDone {
                        outcome: Outcome::Completed,
                    },
                ];
                self.due
                    .extend(answer.map(|happened| (now, Due::Happened(happened))));
            }
            _ => {}
        }
        self.seen.events.push((self.now, event));
    }

    fn read(&mut self, job: ReadJob) {
        self.seen.asked.push(self.now);
        let utterance = Arc::unwrap_or_clone(job.utterance);
        let engine = match job.hints.grammar {
            Grammar::Begun { .. } => &self.setup.nods,
            Grammar::Open { .. } | Grammar::Closed { .. } | Grammar::Digits { .. } => {
                &self.setup.stt
            }
        };
        let within = Duration::from_secs(60);
        let deadline = Deadline {
            within,
            ..Deadline::usual(within)
        };
        let read = |utterance| match engine {
            Some(stt) => stt
                .transcribe(utterance, &job.hints, &deadline)
                .map_err(|error| error.code()),
            None => Err("VOICE-0001"),
        };
        let otherwise = job.otherwise.map(Arc::unwrap_or_clone);
        let outcome = read(utterance).and_then(|transcript| {
            let others: Result<Vec<_>, _> = otherwise.into_iter().map(read).collect();
            Ok((transcript, others?))
        });
        let outcome = match outcome {
            Ok((transcript, others)) => {
                let cpu = transcript.cpu + others.iter().map(|other| other.cpu).sum::<Duration>();
                self.seen.readings += 1;
                self.seen.cpu += cpu;
                Ok(Reading {
                    transcript,
                    others,
                    took: if self.setup.counts_reading {
                        cpu
                    } else {
                        Duration::ZERO
                    },
                    voice: Compared::Not,
                })
            }
            Err(code) => Err(Unread {
                code,
                is_busy: false,
            }),
        };
        let after = outcome.as_ref().map_or(0, |reading| samples(reading.took));
        self.due
            .push((self.now + after, Due::Read(job.job, outcome)));
    }

    fn partial(&mut self, turn: TurnId, pcm: &[i16]) {
        let Some(stt) = &self.setup.stt else { return };
        if self
            .partial
            .as_ref()
            .is_none_or(|(known, _)| *known != turn)
        {
            let hints = Hints::open(Language::English);
            let opened = BatchStream::open(stt, &hints, &Deadline::usual(Duration::from_secs(60)));
            self.partial = opened.ok().map(|stream| (turn, stream));
        }
        let Some((_, stream)) = &mut self.partial else {
            return;
        };
        if stream.push(pcm).is_err() {
            self.partial = None;
            return;
        }
        if let Some(partial) = stream.partial() {
            let effects = self.talker.step(TalkerInput::Partial { turn, partial });
            self.on(effects);
        }
    }
}

fn samples(time: Duration) -> usize {
    (time.as_secs_f64() * RATE as f64) as usize
}
