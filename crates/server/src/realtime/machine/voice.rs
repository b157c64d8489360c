//! What the machine keeps of sound, and what it wants of the stream that hears and speaks.

use std::collections::VecDeque;

use errand_protocol::realtime::{AudioInput, Coding, Eagerness, TurnDetection};
use errand_voice_core as core;
use errand_voice_core::{ItemId, Pace, Pcm, RATE_HZ, SampleIdx, TurnId};
use errand_voice_talk::{Control, Detection, DetectionKind, Settings};

use super::{Effect, SessionMachine};

/// Turns of the person that are followed at once.
const TURNS_MAX: usize = 16;
/// Messages whose sound a client may still cut.
const SPOKEN_MAX: usize = 32;
/// Ticks of a millisecond: every rate of the protocol divides it.
const TICKS_PER_MS: u64 = 48;

/// What the stream that hears and speaks is to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum VoiceAct {
    /// Begin one. It is answered only when that fails.
    Open(Opening),
    /// Sound of the person, at the rate that was said last.
    Hear(Pcm),
    /// Anything else.
    Control(Control),
    /// Read sound that came as a whole, beside the stream.
    Read {
        /// The item that it belongs to.
        item: String,
        /// The sound.
        pcm: Pcm,
        /// Its rate.
        hz: u32,
    },
}

/// How a stream begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Opening {
    /// Samples of a second that come in.
    pub(crate) capture_hz: u32,
    /// When the person may speak.
    pub(crate) detection: Detection,
    /// Name of the voice.
    pub(crate) voice: String,
    /// How fast.
    pub(crate) pace: Pace,
}

/// A turn of the person.
#[derive(Debug)]
pub(super) struct HeardTurn {
    pub(super) turn: TurnId,
    /// The item that it becomes; unknown for one that the client will commit.
    pub(super) item: Option<String>,
    /// Where its sound begins and where its voice ends, in milliseconds of what was appended.
    pub(super) from_ms: u64,
    pub(super) until_ms: u64,
    /// The item is in the conversation.
    pub(super) is_committed: bool,
    /// What was said is known. It may still be gone on with.
    pub(super) is_read: bool,
    /// Words of it that the client was told.
    pub(super) told: String,
    /// The client knows that somebody speaks.
    pub(super) was_told: bool,
    /// Its events wait until the answer under way is over: it stops nothing.
    pub(super) is_quiet: bool,
}

impl HeardTurn {
    /// The client knows that somebody speaks, and not yet that they are done.
    pub(super) fn is_told_open(&self) -> bool {
        self.was_told && !self.is_committed
    }
}

/// A message that was spoken, for cutting it to what was heard.
#[derive(Debug)]
pub(super) struct Spoken {
    pub(super) id: String,
    /// What it is called by the stream.
    pub(super) item: ItemId,
    /// Milliseconds of the stream's item that were sent in earlier messages.
    pub(super) offset_ms: u64,
    /// Samples that were sent, and their rate.
    pub(super) samples: u64,
    pub(super) hz: u32,
    /// Its sentences: words that may be kept, and the sample that each begins at.
    pub(super) lines: Vec<(String, u64)>,
    /// What was heard of it, when the client said so.
    pub(super) cut: Option<String>,
}

impl Spoken {
    /// Milliseconds that were sent.
    pub(super) fn sent_ms(&self) -> u64 {
        ms_of(self.samples, self.hz)
    }

    /// What was heard in the first milliseconds: in proportion within a sentence, and whole words only.
    pub(super) fn heard(&self, ms: u64) -> String {
        let until = ms.saturating_mul(u64::from(self.hz)) / 1_000;
        let mut heard = String::new();
        for (at, (text, begins)) in self.lines.iter().enumerate() {
            let ends = self
                .lines
                .get(at.saturating_add(1))
                .map_or(self.samples, |(_, next)| *next);
            let part = whole_words(
                text,
                until.saturating_sub(*begins),
                ends.saturating_sub(*begins),
            );
            if !part.is_empty() && !heard.is_empty() {
                heard.push(' ');
            }
            heard.push_str(part);
            if until < ends {
                break;
            }
        }
        heard
    }
}

/// The beginning of a sentence that was heard when `samples` of `all` were.
fn whole_words(text: &str, samples: u64, all: u64) -> &str {
    if samples >= all {
        return text;
    }
    let chars = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    let heard = usize::try_from(u128::from(chars) * u128::from(samples) / u128::from(all.max(1)))
        .unwrap_or(usize::MAX);
    let mut end = 0;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if count > heard {
            break;
        }
        if c.is_whitespace() {
            end = at;
        }
    }
    text.get(..end).unwrap_or_default().trim_end()
}

pub(super) fn ms_of(samples: u64, hz: u32) -> u64 {
    samples.saturating_mul(1_000) / u64::from(hz.max(1))
}

/// What the machine keeps of sound.
#[derive(Debug, Default)]
pub(super) struct Voice {
    /// A stream is open.
    pub(super) is_open: bool,
    /// Opening one failed: this session goes on in text.
    pub(super) is_broken: bool,
    /// Before the keys of the stream, so that those of two streams of a session differ.
    pub(super) prefix: String,
    /// The voice that was heard first: from then on there is no other, but that of the session.
    pub(super) fixed: Option<String>,
    /// The voice that the stream speaks with.
    speaks_with: String,
    /// What was appended since the session began, in ticks; and where the stream's own count begins.
    appended: u64,
    base: u64,
    /// What was appended since the last commit, in ticks.
    pub(super) waiting: u64,
    pub(super) turns: VecDeque<HeardTurn>,
    /// Items that the client committed before the stream told their turn.
    pub(super) committed: VecDeque<String>,
    /// Items of the stream that are being said.
    pub(super) live: Vec<ItemId>,
    pub(super) spoken: VecDeque<Spoken>,
    /// When nobody has said anything for too long, in ticks.
    pub(super) idle_from: Option<u64>,
}

impl Voice {
    /// Counts sound.
    pub(super) fn append(&mut self, samples: usize, coding: Coding) {
        let ticks_of_one = u64::from(48_000 / coding.rate());
        let ticks = u64::try_from(samples)
            .unwrap_or(u64::MAX)
            .saturating_mul(ticks_of_one);
        self.appended = self.appended.saturating_add(ticks);
        self.waiting = self.waiting.saturating_add(ticks);
    }

    /// Milliseconds that were appended since the session began.
    pub(super) fn appended_ms(&self) -> u64 {
        self.appended / TICKS_PER_MS
    }

    /// A place of the stream in milliseconds of what was appended.
    pub(super) fn ms_at(&self, at: SampleIdx) -> u64 {
        let since = at.since(SampleIdx::ZERO).saturating_mul(1_000) / u64::from(RATE_HZ);
        (self.base / TICKS_PER_MS).saturating_add(since)
    }

    pub(super) fn turn(&mut self, turn: TurnId) -> Option<&mut HeardTurn> {
        self.turns.iter_mut().find(|heard| heard.turn == turn)
    }

    pub(super) fn take_turn(&mut self, turn: TurnId) -> Option<HeardTurn> {
        let at = self.turns.iter().position(|heard| heard.turn == turn)?;
        self.turns.remove(at)
    }

    pub(super) fn push_turn(&mut self, turn: HeardTurn) {
        if self.turns.len() >= TURNS_MAX {
            self.turns.pop_front();
        }
        self.turns.push_back(turn);
    }

    pub(super) fn push_spoken(&mut self, spoken: Spoken) {
        if self.spoken.len() >= SPOKEN_MAX {
            self.spoken.pop_front();
        }
        self.spoken.push_back(spoken);
    }

    /// The message that a client means.
    pub(super) fn spoken(&mut self, id: &str) -> Option<&mut Spoken> {
        self.spoken.iter_mut().find(|spoken| spoken.id == id)
    }

    /// Milliseconds of an item of the stream that were sent.
    pub(super) fn sent_ms(&self, item: ItemId) -> u64 {
        let of_it = self.spoken.iter().filter(|spoken| spoken.item == item);
        of_it.map(Spoken::sent_ms).sum()
    }
}

/// When a turn begins and ends, in the words of the stream.
pub(super) fn detection(input: &AudioInput) -> Detection {
    match &input.turn_detection {
        // The client says when; it stops our voice by itself if it wants to.
        None => Detection {
            answers: false,
            interrupts: false,
            ..Detection::pushed()
        },
        Some(
            turns @ TurnDetection::ServerVad {
                threshold,
                prefix_padding_ms,
                silence_duration_ms,
                ..
            },
        ) => Detection {
            kind: DetectionKind::Silence,
            #[expect(clippy::cast_possible_truncation, reason = "0 to 1")]
            threshold: Some(*threshold as f32),
            prefix_ms: u64::from(*prefix_padding_ms),
            silence_ms: Some(u64::from(*silence_duration_ms)),
            answers: turns.creates(),
            interrupts: turns.interrupts(),
            ..Detection::usual()
        },
        Some(turns @ TurnDetection::SemanticVad { eagerness, .. }) => Detection {
            kind: DetectionKind::Meaning,
            eagerness: match eagerness {
                Eagerness::Low => core::Eagerness::Low,
                Eagerness::Medium | Eagerness::Auto => core::Eagerness::Medium,
                Eagerness::High => core::Eagerness::High,
            },
            answers: turns.creates(),
            interrupts: turns.interrupts(),
            ..Detection::usual()
        },
    }
}

/// The speed of the protocol as a pace.
pub(super) fn pace(speed: f64) -> Pace {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "25 to 150"
    )]
    Pace::percent((speed * 100.0).round().clamp(25.0, 150.0) as u8)
}

impl SessionMachine {
    pub(super) fn act(&mut self, act: VoiceAct) {
        self.out.push(Effect::Voice(act));
    }

    /// Whether sound can be heard and made.
    pub(super) fn has_voice(&self) -> bool {
        self.session.speech.is_some() && !self.voice.is_broken
    }

    /// Begins to hear and speak, if that has not begun.
    pub(super) fn open_voice(&mut self) {
        if self.voice.is_open || !self.has_voice() {
            return;
        }
        self.voice.is_open = true;
        self.voice.prefix = self.fresh("voice");
        self.voice.base = self.voice.appended;
        let voice = self.voice_now().to_owned();
        self.voice.speaks_with.clone_from(&voice);
        let input = &self.session.audio.input;
        let opening = Opening {
            capture_hz: input.format.coding().rate(),
            detection: detection(input),
            voice,
            pace: pace(self.session.audio.output.speed),
        };
        self.act(VoiceAct::Open(opening));
    }

    /// Tells an open stream what an update changed.
    pub(super) fn resettle(&mut self) {
        if !self.voice.is_open {
            return;
        }
        let voice = self.voice_now().to_owned();
        self.voice.speaks_with.clone_from(&voice);
        let input = &self.session.audio.input;
        let settings = Settings {
            detection: Some(detection(input)),
            voice: Some(named(voice)),
            pace: Some(pace(self.session.audio.output.speed)),
            capture_hz: Some(input.format.coding().rate()),
            ..Settings::default()
        };
        self.act(VoiceAct::Control(Control::Settings(settings)));
    }

    /// Gives an open stream the voice of what it is to say next.
    pub(super) fn revoice(&mut self) {
        let voice = self.voice_now().to_owned();
        if !self.voice.is_open || self.voice.speaks_with == voice {
            return;
        }
        self.voice.speaks_with.clone_from(&voice);
        let settings = Settings {
            voice: Some(named(voice)),
            ..Settings::default()
        };
        self.act(VoiceAct::Control(Control::Settings(settings)));
    }

    /// The voice of the response under way; without one, of the session.
    fn voice_now(&self) -> &str {
        match &self.active {
            Some(active) => &active.sound.voice,
            None => &self.session.audio.output.voice,
        }
    }

    /// The stream is over, or never began.
    pub(super) fn on_voice_closed(&mut self, is_broken: bool) {
        self.voice.is_open = false;
        self.voice.is_broken |= is_broken;
        self.voice.turns.clear();
        self.voice.committed.clear();
        self.voice.live.clear();
        self.voice_gone();
    }
}

fn named(name: String) -> core::Voice {
    core::Voice {
        name,
        language: errand_types::Language::English,
    }
}

/// Longest sound of one item that is read, in milliseconds: one utterance.
pub(super) const ITEM_MS_MAX: u64 = 30_000;
