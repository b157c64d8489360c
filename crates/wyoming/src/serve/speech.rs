use std::collections::VecDeque;

use errand_voice_core::{Sentence, Sentences, Voice};
use errand_voice_wyoming::{Event, Form};

use crate::fault::Fault;

/// Characters of one text at most, also when it comes in pieces.
const TEXT_MAX: usize = 5_000;
/// Samples of one chunk, as others send them.
pub(crate) const CHUNK: usize = 1_024;

/// A text on its way to the caller as sound.
#[derive(Debug)]
pub(crate) struct Speech {
    voice: Voice,
    sentences: VecDeque<Sentence>,
    /// Text that still comes in pieces.
    stream: Option<Sentences>,
    is_streamed: bool,
    chars: usize,
    form: Option<Form>,
    /// Samples given out.
    sent: u64,
    /// Samples that wait for a whole chunk.
    rest: Vec<i16>,
}

impl Speech {
    /// A whole text.
    pub(crate) fn whole(voice: Voice, text: &str) -> Result<Self, Fault> {
        let mut speech = Self::streamed(voice);
        speech.is_streamed = false;
        speech.push(text)?;
        speech.stop();
        if speech.sentences.is_empty() {
            return Err(Fault::new("WYO-0007", "there is nothing to speak"));
        }
        Ok(speech)
    }

    /// A text that comes in pieces.
    pub(crate) fn streamed(voice: Voice) -> Self {
        Self {
            sentences: VecDeque::new(),
            stream: Some(Sentences::new(voice.language)),
            is_streamed: true,
            chars: 0,
            form: None,
            sent: 0,
            rest: Vec::new(),
            voice,
        }
    }

    pub(crate) fn voice(&self) -> &Voice {
        &self.voice
    }

    /// Samples of a second that were promised, once there was sound.
    pub(crate) fn rate_hz(&self) -> Option<u32> {
        self.form.map(|form| form.rate_hz)
    }

    /// Whether more text may come.
    pub(crate) fn is_open(&self) -> bool {
        self.stream.is_some()
    }

    /// More text.
    pub(crate) fn push(&mut self, text: &str) -> Result<(), Fault> {
        self.chars = self.chars.saturating_add(text.chars().count());
        if self.chars > TEXT_MAX {
            return Err(Fault::new(
                "WYO-0007",
                format!("a text has at most {TEXT_MAX} characters"),
            ));
        }
        if let Some(stream) = &mut self.stream {
            self.sentences.extend(stream.push(text));
        }
        Ok(())
    }

    /// The text is over.
    pub(crate) fn stop(&mut self) {
        if let Some(mut stream) = self.stream.take() {
            self.sentences.extend(stream.finish());
        }
    }

    /// The next sentence to be spoken.
    pub(crate) fn next(&mut self) -> Option<Sentence> {
        self.sentences.pop_front()
    }

    /// A piece of its sound. The first one decides on the form; whoever makes the sound keeps to it.
    pub(crate) fn sound(&mut self, rate_hz: u32, pcm: &[i16]) -> Vec<Event> {
        let mut events = Vec::new();
        let form = *self.form.get_or_insert_with(|| {
            let form = Form::mono(rate_hz);
            events.push(form.on("audio-start").with("timestamp", 0));
            form
        });
        self.rest.extend_from_slice(pcm);
        let whole = self.rest.len() - self.rest.len() % CHUNK;
        let ready: Vec<i16> = self.rest.drain(..whole).collect();
        for piece in ready.chunks(CHUNK) {
            events.push(self.chunk(form, piece));
        }
        events
    }

    /// What ends it.
    pub(crate) fn end(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        if let Some(form) = self.form {
            let rest = std::mem::take(&mut self.rest);
            if !rest.is_empty() {
                events.push(self.chunk(form, &rest));
            }
        }
        let at = self.at_ms();
        events.push(Event::new("audio-stop").with("timestamp", at));
        if self.is_streamed {
            events.push(Event::new("synthesize-stopped"));
        }
        events
    }

    fn chunk(&mut self, form: Form, pcm: &[i16]) -> Event {
        let event = form.chunk(pcm, Some(self.at_ms()));
        self.sent = self.sent.saturating_add(pcm.len() as u64);
        event
    }

    fn at_ms(&self) -> u64 {
        let rate = self.form.map_or(1, |form| u64::from(form.rate_hz));
        self.sent.saturating_mul(1_000) / rate
    }
}
