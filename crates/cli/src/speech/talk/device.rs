//! The speaker itself: microphone and loudspeaker of this machine, and the terminal beside them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::voice::{CatalogWords, VoicePlan, WakeSetting};
use errand_voice_core::EngineFault;
use errand_voice_device::Change;
use errand_voice_talk::{Detection, Settings, StreamConfig, Streams};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;

use super::ear::Ear;
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
    told: Told,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let now = Instant::now();
    let mut ear = Ear::new(choice(plan.input.as_ref()), now);
    let mut mouth = Mouth::new(choice(plan.output.as_ref()), now);
    mouth.look(&told, out);
    let config = StreamConfig {
        playback_hz: mouth.rate_hz,
        ..config
    };
    let (stream, mut events) = streams.open(config).map_err(|e| Fault::stream(&e))?;
    let mut line = Line::new(talk, stream, words, told);
    let mut keyboard = out.is_attended().then(Keyboard::open).transpose()?;
    // One for the whole talk: what comes while nobody waits for it must not be lost.
    let mut interrupts = signal(SignalKind::interrupt())
        .map_err(|e| Fault::ours(format!("cannot listen for Ctrl-C: {e}")))?;
    let mut greeting = Greeting::new(plan.wake);
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
            _ = interrupts.recv() => ended = true,
            _ = tick.tick() => {
                mouth.tick(&line, out);
                ear.tick(&mut line, mode.is_muted, out);
                greeting.say(&ear, &line.told, out);
                if !line.told.is_json() {
                    mode.draw(&line, &mouth, ear.level_db, out);
                }
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
pub(super) fn note(what: &str, change: &Change, was_told: &mut bool, told: &Told, out: &mut Out) {
    match change {
        Change::None => {}
        Change::Opened => {
            if std::mem::take(was_told) {
                tell(what, "back", None, "is back", told, out);
            }
        }
        Change::Absent(fault) => {
            if !std::mem::replace(was_told, true) {
                let text = format!("{fault}; {}; typing works", fault.hint());
                tell(what, "absent", Some(fault.code()), &text, told, out);
            }
        }
    }
}

/// A device went away in the middle of its work.
pub(super) fn gone(
    what: &str,
    fault: &EngineFault,
    was_told: &mut bool,
    told: &Told,
    out: &mut Out,
) {
    *was_told = true;
    let code = fault.code();
    let text = format!("{fault} ({code}); it is looked for again; typing works");
    tell(what, "gone", Some(code), &text, told, out);
}

fn tell(
    what: &str,
    state: &str,
    code: Option<&'static str>,
    text: &str,
    told: &Told,
    out: &mut Out,
) {
    let body = json!({ "device": what, "state": state, "code": code, "text": text });
    told.event("device", body, out);
    if told.is_json() {
        return;
    }
    let lines = if state == "back" {
        notes::done(what, text, &out.talk)
    } else {
        notes::failed(what, text, &out.talk)
    };
    out.erase();
    out.talk(&lines);
}

/// Says that it listens, once it does: whoever is told so sooner speaks to nobody.
#[derive(Debug)]
struct Greeting {
    was_said: bool,
    wake: WakeSetting,
}

impl Greeting {
    fn new(wake: WakeSetting) -> Self {
        Self {
            was_said: false,
            wake,
        }
    }

    fn say(&mut self, ear: &Ear, told: &Told, out: &mut Out) {
        if self.was_said || !(ear.hears() || ear.is_missed()) {
            return;
        }
        self.was_said = true;
        told.event("listening", json!({ "microphone": ear.hears() }), out);
        if told.is_json() {
            return;
        }
        let keys = "space: push to talk, m: mute, q: quit, enter: type";
        let text = match self.wake {
            _ if !ear.hears() => "errand hears nothing yet.",
            WakeSetting::Off => "errand listens.",
            WakeSetting::On => "say \"hey basket\", then what you want.",
        };
        out.talk(&[format!("{text} {keys}")]);
    }
}
