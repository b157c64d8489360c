//! One connection of a caller, as a pure machine: what it asks for, one thing after the other.

use std::collections::VecDeque;

use errand_types::Language;
use errand_types::limits::UTTERANCE_CHARS_MAX;
use errand_voice_core::{Sentence, Voice};
use errand_voice_wyoming::{Event, Form};
use serde_json::{Map, Value};

use super::intake::Intake;
use super::speech::Speech;
use crate::fault::Fault;
use crate::info::Offer;

/// Requests that wait on a connection at most.
const WORK_MAX: usize = 4;
/// Characters of a name that a caller gives its conversation at most.
const CONTEXT_CHARS_MAX: usize = 200;

/// What the machine is told.
#[derive(Debug)]
pub(crate) enum Input {
    /// The caller sent this.
    Event(Event),
    /// The sound was read.
    Read(Result<String, Fault>),
    /// A piece of voice.
    Sound {
        /// Samples of a second.
        rate_hz: u32,
        /// Samples.
        pcm: Vec<i16>,
    },
    /// The sentence was spoken.
    Spoken(Result<(), Fault>),
    /// The sentence was handled.
    Handled(Answer),
}

/// What came of a sentence that was to be handled.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// Whether it was.
    pub(crate) is_handled: bool,
    /// What the person is told.
    pub(crate) text: String,
    /// Name of the conversation, for the next sentence.
    pub(crate) context: String,
}

/// What is to be done. Each but [`Effect::Send`] is answered by one input, and only one is under way at a time.
#[derive(Debug, PartialEq)]
pub(crate) enum Effect {
    /// To the caller.
    Send(Event),
    /// Understand this.
    Read {
        /// Mono sound.
        pcm: Vec<i16>,
        /// Its samples of a second.
        rate_hz: u32,
        /// What is spoken in it.
        language: Language,
    },
    /// Speak this.
    Speak {
        /// The sentence.
        sentence: Sentence,
        /// With which voice.
        voice: Voice,
        /// At so many samples a second; `None`: as the voice speaks.
        rate_hz: Option<u32>,
    },
    /// Handle this.
    Handle {
        /// What was said.
        text: String,
        /// Name of the conversation; `None`: the caller gave none.
        context: Option<String>,
    },
    /// The connection ends.
    Close,
}

#[derive(Debug)]
enum Work {
    Read {
        pcm: Vec<i16>,
        rate_hz: u32,
        language: Language,
        context: Option<Map<String, Value>>,
    },
    Speak(Speech),
    Handle {
        text: String,
        context: Option<Map<String, Value>>,
    },
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Caller {
    offer: Offer,
    /// What is spoken where a caller does not say.
    language: Language,
    intake: Intake,
    /// The first one is under way.
    work: VecDeque<Work>,
    /// Whether an answer of [`Effect::Read`], [`Effect::Speak`] or [`Effect::Handle`] is waited for.
    is_waiting: bool,
    is_closed: bool,
}

impl Caller {
    pub(crate) fn new(offer: Offer, language: Language) -> Self {
        Self {
            offer,
            language,
            intake: Intake::new(language),
            work: VecDeque::new(),
            is_waiting: false,
            is_closed: false,
        }
    }

    /// Whether something is being done for it: then it may be silent as long as that takes.
    pub(crate) fn is_busy(&self) -> bool {
        self.is_waiting
    }

    pub(crate) fn step(&mut self, input: Input) -> Vec<Effect> {
        if self.is_closed {
            return Vec::new();
        }
        let mut effects = Vec::new();
        let done = match input {
            Input::Event(event) => self.on_event(&event, &mut effects),
            Input::Read(read) => self.on_read(read, &mut effects),
            Input::Sound { rate_hz, pcm } => {
                if let Some(Work::Speak(speech)) = self.work.front_mut() {
                    effects.extend(speech.sound(rate_hz, &pcm).into_iter().map(Effect::Send));
                }
                Ok(())
            }
            Input::Spoken(spoken) => {
                self.is_waiting = false;
                spoken
            }
            Input::Handled(answer) => {
                self.on_handled(answer, &mut effects);
                Ok(())
            }
        };
        match done {
            Ok(()) => self.go_on(&mut effects),
            Err(fault) => self.fail(&fault, &mut effects),
        }
        effects
    }

    fn fail(&mut self, fault: &Fault, effects: &mut Vec<Effect>) {
        if let Some(Work::Speak(speech)) = self.work.front_mut() {
            effects.extend(speech.end().into_iter().map(Effect::Send));
        }
        self.is_closed = true;
        self.work.clear();
        effects.extend([Effect::Send(fault.event()), Effect::Close]);
    }

    fn on_event(&mut self, event: &Event, effects: &mut Vec<Effect>) -> Result<(), Fault> {
        match event.kind() {
            "describe" => effects.push(Effect::Send(self.offer.event())),
            "ping" => {
                let text = event.text("text").map(|text| clip(text, CONTEXT_CHARS_MAX));
                let pong = Event::new("pong").with("text", text);
                effects.push(Effect::Send(pong));
            }
            "transcribe" => self.on_transcribe(event)?,
            "audio-start" => self.intake.start(Form::of(event)?),
            "audio-chunk" => {
                self.intake.chunk(event)?;
                if self.intake.is_full() {
                    self.take_sound()?;
                }
            }
            "audio-stop" => {
                self.take_sound()?;
                self.intake = Intake::new(self.language);
            }
            "synthesize" => self.on_synthesize(event)?,
            "synthesize-start" => {
                let voice = self.voice(event)?;
                self.push(Work::Speak(Speech::streamed(voice)))?;
            }
            "synthesize-chunk" => {
                let text = event.text("text").unwrap_or_default();
                let stream = self
                    .stream()
                    .ok_or_else(|| out_of_order("synthesize-start"))?;
                stream.push(text)?;
            }
            "synthesize-stop" => {
                let stream = self
                    .stream()
                    .ok_or_else(|| out_of_order("synthesize-start"))?;
                stream.stop();
            }
            "transcript" => self.on_transcript(event)?,
            "detect" => return Err(Fault::not_offered("a wake word")),
            "recognize" => return Err(Fault::not_offered("recognition of intents")),
            "run-pipeline" | "run-satellite" => {
                return Err(Fault::not_offered("a pipeline to connect to"));
            }
            // Whatever else there may be is for others; the protocol grows, and servers drop what they do not know.
            _ => {}
        }
        Ok(())
    }

    fn on_transcribe(&mut self, event: &Event) -> Result<(), Fault> {
        if self.offer.recognisers.is_empty() {
            return Err(Fault::not_offered("speech recognition"));
        }
        let language = match event.text("language") {
            None => self.language,
            Some(code) => Language::parse(code)
                .filter(|language| self.offer.understands(*language))
                .ok_or_else(|| no_language(code))?,
        };
        self.intake = Intake::new(language).with_context(context(event));
        Ok(())
    }

    /// The sound is over, or as long as it may be.
    fn take_sound(&mut self) -> Result<(), Fault> {
        let Some(sound) = self.intake.take() else {
            return Ok(());
        };
        if self.offer.recognisers.is_empty() {
            return Err(Fault::not_offered("speech recognition"));
        }
        self.push(Work::Read {
            pcm: sound.pcm,
            rate_hz: sound.rate_hz,
            language: self.intake.language(),
            context: self.intake.context().cloned(),
        })
    }

    fn on_synthesize(&mut self, event: &Event) -> Result<(), Fault> {
        // Beside a stream the whole text is sent as well, for services that cannot stream.
        if self.stream().is_some() {
            return Ok(());
        }
        let voice = self.voice(event)?;
        let speech = Speech::whole(voice, event.text("text").unwrap_or_default())?;
        self.push(Work::Speak(speech))
    }

    /// The voice that is asked for: by its name, else by its language, else the first of ours.
    fn voice(&self, event: &Event) -> Result<Voice, Fault> {
        if event.text("text_format").is_some_and(|form| form != "text") {
            return Err(Fault::new("WYO-0007", "only plain text is spoken here"));
        }
        let mut voices = self.offer.voices.iter().flat_map(|info| &info.voices);
        let asked = event.value("voice");
        let asked = |key: &str| {
            asked
                .and_then(|voice| voice.get(key))
                .and_then(Value::as_str)
        };
        if let Some(name) = asked("name") {
            let found = voices.find(|voice| voice.name == name);
            return found.cloned().ok_or_else(|| {
                Fault::new(
                    "WYO-0006",
                    format!("there is no voice `{}`", clip(name, 40)),
                )
            });
        }
        if let Some(code) = asked("language") {
            let language = Language::parse(code).ok_or_else(|| no_language(code))?;
            let found = voices.find(|voice| voice.language == language);
            return found.cloned().ok_or_else(|| no_language(code));
        }
        let own = voices.clone().find(|voice| voice.language == self.language);
        own.or_else(|| voices.next())
            .cloned()
            .ok_or_else(|| Fault::not_offered("speech"))
    }

    /// The speech that still gets text.
    fn stream(&mut self) -> Option<&mut Speech> {
        self.work.iter_mut().find_map(|work| match work {
            Work::Speak(speech) if speech.is_open() => Some(speech),
            _ => None,
        })
    }

    fn on_transcript(&mut self, event: &Event) -> Result<(), Fault> {
        if self.offer.handles.is_empty() {
            return Err(Fault::not_offered("handling of sentences"));
        }
        let text = event.text("text").unwrap_or_default().trim();
        if text.is_empty() || text.chars().count() > UTTERANCE_CHARS_MAX {
            return Err(Fault::new(
                "WYO-0007",
                format!("a sentence has 1 to {UTTERANCE_CHARS_MAX} characters"),
            ));
        }
        self.push(Work::Handle {
            text: text.to_owned(),
            context: context(event),
        })
    }

    fn push(&mut self, work: Work) -> Result<(), Fault> {
        if self.work.len() >= WORK_MAX {
            return Err(Fault::waiting());
        }
        self.work.push_back(work);
        Ok(())
    }

    fn on_read(
        &mut self,
        read: Result<String, Fault>,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Fault> {
        self.is_waiting = false;
        let Some(Work::Read {
            language, context, ..
        }) = self.work.pop_front()
        else {
            return Ok(());
        };
        let event = Event::new("transcript")
            .with("text", read?)
            .with("language", language.code())
            .with_some("context", context);
        effects.push(Effect::Send(event));
        Ok(())
    }

    fn on_handled(&mut self, answer: Answer, effects: &mut Vec<Effect>) {
        self.is_waiting = false;
        let Some(Work::Handle { context, .. }) = self.work.pop_front() else {
            return;
        };
        let mut context = context.unwrap_or_default();
        context.insert("conversation_id".to_owned(), answer.context.into());
        let kind = if answer.is_handled {
            "handled"
        } else {
            "not-handled"
        };
        let event = Event::new(kind).with("text", answer.text);
        effects.push(Effect::Send(event.with("context", context)));
    }

    /// Begins what is next, when nothing is waited for.
    fn go_on(&mut self, effects: &mut Vec<Effect>) {
        while !self.is_waiting {
            match self.work.front_mut() {
                None => return,
                Some(Work::Read {
                    pcm,
                    rate_hz,
                    language,
                    ..
                }) => {
                    effects.push(Effect::Read {
                        pcm: std::mem::take(pcm),
                        rate_hz: *rate_hz,
                        language: *language,
                    });
                    self.is_waiting = true;
                }
                Some(Work::Handle { text, context }) => {
                    let name = context
                        .as_ref()
                        .and_then(|context| context.get("conversation_id"))
                        .and_then(Value::as_str)
                        .map(|name| clip(name, CONTEXT_CHARS_MAX));
                    effects.push(Effect::Handle {
                        text: std::mem::take(text),
                        context: name.filter(|name| !name.is_empty()),
                    });
                    self.is_waiting = true;
                }
                Some(Work::Speak(speech)) => {
                    if let Some(sentence) = speech.next() {
                        effects.push(Effect::Speak {
                            sentence,
                            voice: speech.voice().clone(),
                            rate_hz: speech.rate_hz(),
                        });
                        self.is_waiting = true;
                    } else if speech.is_open() {
                        return;
                    } else {
                        effects.extend(speech.end().into_iter().map(Effect::Send));
                        self.work.pop_front();
                    }
                }
            }
        }
    }
}

/// What a caller wants to have back. Bounded with its frame; only objects count.
fn context(event: &Event) -> Option<Map<String, Value>> {
    event.value("context").and_then(Value::as_object).cloned()
}

fn clip(text: &str, most: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(most)
        .collect()
}

fn no_language(code: &str) -> Fault {
    let code = clip(code, 20);
    Fault::new("WYO-0006", format!("`{code}` is not spoken here"))
}

fn out_of_order(missing: &str) -> Fault {
    Fault::new("WYO-0007", format!("there was no `{missing}` before it"))
}

#[cfg(test)]
mod tests;
