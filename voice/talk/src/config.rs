use errand_types::Language;
use errand_voice_core::{Company, Duplex, Eagerness, Holds, Pace, Voice};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How one stream listens and speaks. Made once; what may change later is in [`crate::Settings`].
#[derive(Debug, Clone)]
pub struct StreamConfig {
    /// Samples of a second of the sound that is pushed in, 8,000 to 192,000.
    pub capture_hz: u32,
    /// Samples of a second of the sound that is given out, 8,000 to 192,000.
    pub playback_hz: u32,
    /// What is spoken and heard.
    pub language: Language,
    /// When the person may speak, and when they are done.
    pub detection: Detection,
    /// How sound reaches the person's ear, and how we know.
    pub playback: Playback,
    /// Who takes our own sound out of the microphone's.
    pub echo: Echo,
    /// Where time comes from.
    pub time: TimeFrom,
    /// A screen of the person shows what is said and the words of an approval: then they are not spoken.
    pub has_screen: bool,
    /// Who may hear us.
    pub company: Company,
    /// The person's zone, for days and windows.
    pub zone: TimeZone,
    /// The person's day.
    pub today: Date,
    /// The voice to speak with; `None`: the first one of the language that an engine has.
    pub voice: Option<Voice>,
    /// How fast.
    pub pace: Pace,
    /// What is told while somebody waits.
    pub waiting: Waiting,
    /// What happens to sound that comes faster than it is heard.
    pub backlog: Backlog,
    /// Whether words of a turn are told while somebody speaks, when a worker is idle.
    pub partials: bool,
}

impl StreamConfig {
    /// A stream at 16 kHz both ways with everything as usual: open to all, a device that counts, our own canceller, in UTC.
    pub fn usual(today: Date) -> Self {
        Self {
            capture_hz: 16_000,
            playback_hz: 16_000,
            language: Language::English,
            detection: Detection::usual(),
            playback: Playback::Counted,
            echo: Echo::Ours,
            time: TimeFrom::Sound,
            has_screen: false,
            company: Company::Alone,
            zone: TimeZone::UTC,
            today,
            voice: None,
            pace: Pace::USUAL,
            waiting: Waiting::Sounds,
            backlog: Backlog::Live,
            partials: true,
        }
    }
}

/// Nobody is listened to without the wake word for longer than this after an answer.
pub(crate) const FOLLOW_UP_MS_MAX: u64 = 60_000;

/// When the person may speak, and when they are done.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// How.
    pub kind: DetectionKind,
    /// Speech begins at this probability, 0 to 1; `None`: as usual.
    pub threshold: Option<f32>,
    /// Sound before the beginning that belongs to the turn, in milliseconds, at most 2,000.
    pub prefix_ms: u64,
    /// How long it is silent after a turn of which nothing is known, in milliseconds; `None`: as usual. Digits and answers
    /// keep their own.
    pub silence_ms: Option<u64>,
    /// How eager to answer; only looked at where `silence_ms` says nothing.
    pub eagerness: Eagerness,
    /// Behind a wake word: how long after a turn or an answer no wake word is needed, in milliseconds, at most 60,000; 0: only
    /// our own questions and approvals need none.
    pub follow_up_ms: u64,
    /// Whether an ended turn is sent to the conversation. If not, the face decides what to do with it.
    pub answers: bool,
    /// Whether speech stops our own.
    pub interrupts: bool,
}

impl Detection {
    /// Open to everybody, answering and interrupted.
    pub fn usual() -> Self {
        Self {
            kind: DetectionKind::Meaning,
            threshold: None,
            prefix_ms: 300,
            silence_ms: None,
            eagerness: Eagerness::Medium,
            follow_up_ms: 8_000,
            answers: true,
            interrupts: true,
        }
    }

    /// The same, by key.
    pub fn pushed() -> Self {
        Self {
            kind: DetectionKind::Push,
            ..Self::usual()
        }
    }

    /// The same, after the wake word.
    pub fn woken() -> Self {
        Self {
            kind: DetectionKind::Wake,
            ..Self::usual()
        }
    }

    pub(crate) fn holds(&self) -> Holds {
        let holds = Holds::default();
        match (self.kind, self.silence_ms) {
            (DetectionKind::Silence, ms) => {
                // A client that asks for silence alone gets silence alone.
                let ms = ms.unwrap_or(500).clamp(100, 5_000);
                Holds {
                    whole_ms: ms,
                    usual_ms: ms,
                    wordless_ms: ms,
                    open_ms: ms,
                    ..holds
                }
            }
            (_, Some(ms)) => holds.with_usual(ms),
            (_, None) => holds.with_eagerness(self.eagerness),
        }
    }
}

/// How turns are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DetectionKind {
    /// Voice and silence: `server_vad` of the Realtime protocol.
    Silence,
    /// Voice, silence and what was understood: `semantic_vad`.
    Meaning,
    /// The same behind a wake word.
    Wake,
    /// Between [`crate::Control::Press`] and [`crate::Control::Release`]; silence ends nothing.
    Push,
}

/// How sound reaches the person's ear, and how we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Playback {
    /// A device of ours tells by [`crate::StreamHandle::played`] how far it is, holds 250 ms, and carries out
    /// [`crate::VoiceEvent::Replace`].
    Counted,
    /// Somebody else's client plays. It gets sound faster than real time, drops it by itself when the person speaks, and
    /// may tell afterwards what was heard ([`crate::Control::Truncate`]). Until then, what was heard is what was sent and
    /// could have been heard in the time since.
    Client {
        /// How far we send ahead of real time, in milliseconds, at most 10,000.
        ahead_ms: u64,
        /// Longest time from sending to hearing that is reckoned with, in milliseconds: an approval is not answered by what
        /// may be the client's loudspeaker still.
        lag_ms: u64,
    },
}

impl Playback {
    /// A client of the Realtime protocol.
    pub const CLIENT: Self = Self::Client {
        ahead_ms: 4_000,
        lag_ms: 400,
    };
}

/// Who takes our own sound out of the microphone's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// Our canceller. It has to be given what is played ([`crate::StreamHandle::rendered`]), and is trusted once it has
    /// shown what it does.
    Ours,
    /// The client's own.
    Theirs,
    /// Nobody: while we speak only the wake word and stop words are heard.
    Nobody,
}

impl Echo {
    pub(crate) fn fixed(self) -> Option<Duplex> {
        match self {
            Self::Ours => None,
            Self::Theirs => Some(Duplex::Full),
            Self::Nobody => Some(Duplex::Half),
        }
    }
}

/// Where time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeFrom {
    /// From the sound that is pushed in alone: a microphone that never rests, a file, a test.
    Sound,
    /// From the sound, and from the clock of the process where no sound comes: a client that sends only speech.
    Clock,
}

/// What is told while somebody waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Nothing.
    Nothing,
    /// A phrase after 3 s, then every 8 s.
    Phrases,
    /// A soft tone after 800 ms as well.
    Sounds,
}

/// What happens to sound that comes faster than it is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backlog {
    /// A microphone: beyond 2 s the oldest is dropped down to the newest 500 ms, and told as a gap.
    Live,
    /// A file, or a client that may send ahead of time: beyond 30 s nothing more is taken ([`crate::TalkError::Busy`]).
    Whole,
}
