//! The speaker itself: microphone and loudspeaker of this machine, and the terminal beside them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::voice::{CatalogWords, VoicePlan, WakeSetting};
use errand_voice_core::{EngineFault, to_s16};
use errand_voice_device::{Change, DeviceChoice, Microphone, Supervised};
use errand_voice_talk::{Detection, Settings, StreamConfig, StreamHandle, Streams};
use tokio::time::MissedTickBehavior;

use super::keyboard::{Key, Keyboard};
use super::line::Line;
use super::mouth::Mouth;
use super::told::{Told, state_line};
use crate::api::Api;
use crate::fault::{Exit, Fault};
use crate::render::notes;
use crate::speech::choice;
use crate::talk::Talk;
use crate::term::Out;

/// How often the devices are looked at.
const TICK: Duration = Duration::from_millis(10);

/// Talks until the person leaves.
pub(super) async fn run(
    plan: &VoicePlan,
    config: StreamConfig,
    streams: &Streams,
    talk: (Talk, Api),
    words: Arc<CatalogWords>,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let now = Instant::now();
    let mut ear = Ear::new(choice(plan.input.as_ref()), now);
    let mut mouth = Mouth::new(choice(plan.output.as_ref()), now);
    mouth.look(out);
    let config = StreamConfig {
        playback_hz: mouth.rate_hz,
        ..config
    };
    let (stream, mut events) = streams.open(config).map_err(|e| Fault::stream(&e))?;
    let mut line = Line::new(talk, stream, words, Told::new(false));
    let mut keyboard = out.is_attended().then(Keyboard::open).transpose()?;
    let begin = match plan.wake {
        WakeSetting::Off => "errand listens.",
        WakeSetting::On => "say \"hey basket\", then what you want.",
    };
    out.talk(&[format!(
        "{begin} space: push to talk, m: mute, q: quit, enter: type"
    )]);
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut mode = Mode::new(plan.detection());
    loop {
        let mut ended = false;
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => {
                    if let Some(order) = line.voice(event, out).await? {
                        mouth.order(order);
                    }
                }
                None => return Err(Fault::ours("the voice stream ended by itself".to_owned())),
            },
            next = line.next() => match next {
                Some((frame, beat)) => line.event(&frame, beat, out).await?,
                None => line.back(out).await?,
            },
            key = key(&mut keyboard) => ended = mode.key(key, &mut line, out).await?,
            _ = tokio::signal::ctrl_c(), if keyboard.is_none() => ended = true,
            _ = tick.tick() => {
                mouth.tick(&line.stream, out);
                ear.tick(&line.stream, mode.is_muted, out);
                mode.draw(&line, &mouth, ear.level_db, out);
            }
        }
        if ended {
            out.erase();
            return Ok(Exit::Done);
        }
    }
}

async fn key(keyboard: &mut Option<Keyboard>) -> Key {
    match keyboard {
        Some(keyboard) => match keyboard.keys.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// What the keys have set.
#[derive(Debug)]
struct Mode {
    is_muted: bool,
    is_pushing: bool,
    typing: Option<String>,
    /// How it is listened to while no key is pressed.
    usual: Detection,
}

impl Mode {
    fn new(usual: Detection) -> Self {
        Self {
            is_muted: false,
            is_pushing: false,
            typing: None,
            usual,
        }
    }

    /// Does what a key means. `true`: the person leaves.
    async fn key(&mut self, key: Key, line: &mut Line, out: &mut Out) -> Result<bool, Fault> {
        match key {
            Key::Quit => return Ok(true),
            Key::Interrupt => {
                self.typing = None;
                if !line.is_busy() && line.talk.heard.approval.is_none() {
                    return Ok(true);
                }
                // An open question is refused by it, and so is what is under way.
                let _ = line.stream.cancel();
                let text = if line.talk.heard.approval.is_some() {
                    "no"
                } else {
                    "stop"
                };
                line.typed(text, out).await?;
            }
            Key::Mute => {
                self.is_muted = !self.is_muted;
                let _ = line.stream.clear();
                let text = if self.is_muted {
                    "the microphone is closed"
                } else {
                    "the microphone is open"
                };
                out.talk(&notes::say(text, &out.talk));
            }
            Key::Push => {
                self.is_pushing = !self.is_pushing;
                let detection = if self.is_pushing {
                    Detection::pushed()
                } else {
                    self.usual.clone()
                };
                let settings = Settings {
                    detection: Some(detection),
                    ..Settings::default()
                };
                if self.is_pushing {
                    // What errand says meanwhile would be in the way.
                    let _ = line.stream.cancel();
                    let _ = line.stream.settings(settings);
                    let _ = line.stream.press();
                } else {
                    let _ = line.stream.release();
                    let _ = line.stream.settings(settings);
                }
            }
            Key::Typing(text) => self.typing = text,
            Key::Line(text) => {
                self.typing = None;
                // Answers to a question about money leave no trace on the screen.
                if line.talk.heard.approval.is_none() {
                    out.talk(&[String::new(), format!("you  {text}")]);
                }
                line.typed(&text, out).await?;
            }
        }
        Ok(false)
    }

    fn draw(&self, line: &Line, mouth: &Mouth, db: f32, out: &mut Out) {
        if let Some(text) = &self.typing {
            out.draw(&[format!("  you  {text}▏")]);
            return;
        }
        let state = if self.is_muted {
            "muted"
        } else if self.is_pushing {
            "listening, space when you are done"
        } else if line.is_open {
            "hearing you"
        } else if line.talk.heard.approval.is_some() {
            "waiting for your answer"
        } else if mouth.is_sounding() {
            "speaking"
        } else if line.is_busy() {
            "thinking"
        } else {
            "listening"
        };
        let look = out.talk.clone();
        out.draw(&[state_line(state, db, &line.partial, &look)]);
    }
}

/// Something about a device, once.
pub(super) fn note(what: &str, change: &Change, was_told: &mut bool, out: &mut Out) {
    match change {
        Change::None => {}
        Change::Opened => {
            if std::mem::take(was_told) {
                out.talk(&notes::done(what, "is back", &out.talk));
            }
        }
        Change::Absent(fault) => {
            if !std::mem::replace(was_told, true) {
                let text = format!("{fault}; {}; typing works", fault.hint());
                let lines = notes::failed(what, &text, &out.talk);
                out.talk(&lines);
            }
        }
    }
}

pub(super) fn gone(what: &str, fault: &EngineFault, was_told: &mut bool, out: &mut Out) {
    *was_told = true;
    let text = format!("{fault}; it is looked for again; typing works");
    let lines = notes::failed(what, &text, &out.talk);
    out.talk(&lines);
}

/// The microphone.
struct Ear {
    device: Supervised<Microphone>,
    rate_hz: u32,
    was_told: bool,
    /// How loud it was lately, in decibels under full scale.
    level_db: f32,
    /// The stream has its sound up to here.
    until: Instant,
}

impl Ear {
    fn new(choice: DeviceChoice, now: Instant) -> Self {
        Self {
            device: Supervised::new(move || Microphone::open(&choice), now),
            rate_hz: 16_000,
            was_told: false,
            level_db: -90.0,
            until: now,
        }
    }

    fn tick(&mut self, stream: &StreamHandle, is_muted: bool, out: &mut Out) {
        let now = Instant::now();
        let (device, change) = self.device.look(now);
        note("microphone", &change, &mut self.was_told, out);
        let Some(device) = device else {
            // The sound is the clock of the stream: without a microphone it is silent and goes on.
            let passed = now.saturating_duration_since(self.until).as_micros();
            let due = passed * u128::from(self.rate_hz) / 1_000_000;
            let due = usize::try_from(due).unwrap_or(0).min(self.rate_hz as usize);
            let _ = stream.push(&vec![0; due]);
            (self.until, self.level_db) = (now, -90.0);
            return;
        };
        self.until = now;
        if device.rate_hz() != self.rate_hz {
            self.rate_hz = device.rate_hz();
            let settings = Settings {
                capture_hz: Some(self.rate_hz),
                ..Settings::default()
            };
            let _ = stream.settings(settings);
        }
        let mut pcm = Vec::new();
        let heard = device.read(&mut pcm, now);
        let peak = pcm.iter().fold(0.0_f32, |peak, s| s.abs().max(peak));
        if !pcm.is_empty() {
            let db = (20.0 * peak.max(1e-9).log10()).max(-90.0);
            // It falls slowly, so that it can be seen.
            self.level_db = db.max(self.level_db - 3.0);
        }
        if is_muted {
            pcm.fill(0.0);
        }
        let pcm: Vec<i16> = pcm.into_iter().map(to_s16).collect();
        match heard {
            Ok(heard) => {
                if heard.missing > 0 {
                    let missing = heard.missing * 16_000 / u64::from(self.rate_hz.max(1));
                    let _ = stream.gap(missing);
                }
                let _ = stream.push(&pcm);
            }
            Err(fault) => {
                gone("microphone", &fault, &mut self.was_told, out);
                self.device.lost(now);
            }
        }
    }
}
