//! An answer as our own loudspeaker would say it, as text for the voice of a caller.

use std::fmt;
use std::sync::Arc;

use errand_runtime::house::Emitted;
use errand_types::{Clock, Language};
use errand_voice_core::{Company, Frame, Passthrough, Speakable, SpeechProb, VoiceActivity};
use errand_voice_talk::{Echo, Parts, StreamConfig, Talker, TalkerEffect, TalkerInput, VoiceEvent};
use jiff::tz::TimeZone;

use crate::happened::happened;

/// What it takes to say things: a language, and where and when days and windows are told from.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    pub(crate) language: Language,
    pub(crate) zone: TimeZone,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Says the answer to one sentence.
///
/// It is the machine of a voice stream that nobody speaks to and that has no voice: what it would say it gives as text. So
/// what a caller reads aloud is made where everything is made that is said, by the same rules.
pub(crate) struct Teller {
    talker: Box<Talker>,
    sentences: Vec<String>,
}

impl Teller {
    /// `None` for a language that is only shown.
    pub(crate) fn new(manner: &Manner) -> Option<Self> {
        Speakable::of(manner.language)?;
        let today = manner.clock.now().to_zoned(manner.zone.clone()).date();
        let config = StreamConfig {
            language: manner.language,
            zone: manner.zone.clone(),
            // Whoever stands in that room.
            company: Company::Shared,
            echo: Echo::Nobody,
            partials: false,
            ..StreamConfig::usual(today)
        };
        let parts = Parts {
            echo: Box::new(Passthrough),
            vad: Box::new(Deaf),
            wake: None,
            streams: false,
            looks: false,
            speaks: false,
            words: None,
        };
        Some(Self {
            talker: Box::new(Talker::new(config, parts)),
            sentences: Vec::new(),
        })
    }

    /// Something of the turn happened.
    pub(crate) fn tell(&mut self, emitted: &Emitted) {
        let input = TalkerInput::Happened(happened(emitted, ""));
        for effect in self.talker.step(input) {
            if let TalkerEffect::Tell(VoiceEvent::Unspoken { text, .. }) = effect {
                self.sentences.push(text.into_string());
            }
        }
    }

    /// What was said so far.
    pub(crate) fn text(&self) -> String {
        self.sentences.join(" ")
    }
}

impl fmt::Debug for Teller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Teller({} sentences)", self.sentences.len())
    }
}

/// Hears nothing: no sound ever comes.
#[derive(Debug)]
struct Deaf;

impl VoiceActivity for Deaf {
    fn name(&self) -> &'static str {
        "deaf"
    }

    fn push(&mut self, _: &Frame) -> Option<SpeechProb> {
        None
    }

    fn reset(&mut self) {}
}
