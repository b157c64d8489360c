//! The stream that hears and speaks for a session, as its actor drives it.

use std::sync::Arc;
use std::time::Duration;

use errand_protocol::envelope::OptIn;
use errand_protocol::realtime::Speech;
use errand_runtime::house::{Emitted, TurnStatus, What};
use errand_types::{Clock, Language, VoiceMatch};
use errand_voice_core::{Company, Hidden, Pcm, Voice};
use errand_voice_talk::{
    Backlog, Control, Detection, Echo, Happened, Outcome, Playback, StreamConfig, StreamHandle,
    Streams, TalkError, TimeFrom, VoiceEvent, Waiting,
};
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::codec::SPOKEN_HZ;
use super::machine::{Opening, VoiceAct};

/// Sound of an item is handed over in pieces of so many milliseconds.
const PIECE_MS: usize = 100;
/// How long a stream that has enough to do is left alone.
const BUSY_WAIT: Duration = Duration::from_millis(20);
/// How long reading the sound of an item may take.
const READ_WAIT: Duration = Duration::from_secs(90);

/// Speech of a process: what hears and speaks, and the clock that says which day it is.
#[derive(Debug, Clone)]
pub struct Voices {
    /// The streams.
    pub streams: Streams,
    /// The clock of the house.
    pub clock: Arc<dyn Clock>,
}

impl Voices {
    /// What of it clients are offered; `None` when ears or a voice for English are missing: half of a conversation is none.
    pub(crate) fn speech(&self) -> Option<Speech> {
        let engines = self.streams.engines();
        let reads = |engine: &Arc<dyn errand_voice_core::SpeechToText>| {
            engine.info().languages.contains(&Language::English)
        };
        let voices: Vec<String> = engines
            .voices()
            .iter()
            .flat_map(|engine| engine.info().voices)
            .filter(|voice| voice.language == Language::English)
            .map(|voice| voice.name)
            .collect();
        let preferred = engines
            .voices()
            .iter()
            .find_map(|engine| engine.info().voice(Language::English).cloned())?;
        if !engines.recognisers().iter().any(reads) {
            return None;
        }
        let mut all = vec![preferred.name];
        for name in voices {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        Some(Speech { voices: all })
    }
}

impl Voices {
    /// Whether sound is read here or goes away, in the word that the page knows; `None` where nothing is offered.
    pub(crate) fn reach(&self) -> Option<&'static str> {
        self.speech()?;
        let is_away = |engine: &Arc<dyn errand_voice_core::SpeechToText>| {
            engine.info().reach == errand_voice_core::Reach::Remote
        };
        let recognisers = self.streams.engines().recognisers();
        Some(if recognisers.iter().any(is_away) {
            "away"
        } else {
            "here"
        })
    }
}

/// Words of an item's sound, and how its voice compared.
pub(super) type ItemWords = (String, Option<VoiceMatch>);

/// What came of waiting for a stream.
#[derive(Debug)]
pub(super) enum Next {
    /// It told something; `None`: it is over.
    Told(Option<VoiceEvent>),
    /// It may have room for more sound.
    Room,
}

/// The stream of one session.
#[derive(Debug)]
pub(super) struct Voicing {
    voices: Option<Voices>,
    zone: TimeZone,
    handle: Option<StreamHandle>,
    events: Option<mpsc::Receiver<VoiceEvent>>,
    /// Sound that the stream had no room for yet: nothing more is read from the client until it has.
    held: Option<Pcm>,
}

impl Voicing {
    pub(super) fn new(voices: Option<Voices>, zone: TimeZone) -> Self {
        Self {
            voices,
            zone,
            handle: None,
            events: None,
            held: None,
        }
    }

    /// Whether the stream takes more sound now.
    pub(super) fn has_room(&self) -> bool {
        self.held.is_none()
    }

    /// Whether a stream is open.
    pub(super) fn is_open(&self) -> bool {
        self.handle.is_some()
    }

    /// What the stream tells next; nothing, while there is none. Cancel safe.
    pub(super) async fn next(&mut self) -> Next {
        let is_held = self.held.is_some();
        let events = &mut self.events;
        let told = async {
            match events {
                Some(events) => events.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            told = told => Next::Told(told),
            () = tokio::time::sleep(BUSY_WAIT), if is_held => Next::Room,
        }
    }

    /// Tries again with the sound that was held.
    pub(super) fn make_room(&mut self) {
        if let Some(pcm) = self.held.take() {
            self.hear(pcm);
        }
    }

    fn config(&self, opening: &Opening, opt_in: OptIn) -> Option<StreamConfig> {
        let voices = self.voices.as_ref()?;
        let today = voices.clock.now().to_zoned(self.zone.clone()).date();
        Some(StreamConfig {
            capture_hz: opening.capture_hz,
            playback_hz: SPOKEN_HZ,
            language: Language::English,
            detection: opening.detection.clone(),
            playback: Playback::CLIENT,
            echo: Echo::Theirs,
            time: TimeFrom::Clock,
            has_screen: opt_in.has("approval"),
            company: Company::Alone,
            zone: self.zone.clone(),
            today,
            voice: Some(Voice {
                name: opening.voice.clone(),
                language: Language::English,
            }),
            pace: opening.pace,
            // A sound that belongs to no item has no place in the protocol.
            waiting: Waiting::Nothing,
            backlog: Backlog::Whole,
            partials: true,
        })
    }

    /// Carries out what the machine wants.
    ///
    /// # Errors
    /// A stream could not be opened, or is over.
    pub(super) fn act(&mut self, act: VoiceAct, opt_in: OptIn) -> Result<(), TalkError> {
        match act {
            VoiceAct::Open(opening) => {
                let voices = self.voices.as_ref().ok_or(TalkError::Closed)?;
                let config = self.config(&opening, opt_in).ok_or(TalkError::Closed)?;
                let (handle, events) = voices.streams.open(config)?;
                self.handle = Some(handle);
                self.events = Some(events);
                Ok(())
            }
            VoiceAct::Hear(pcm) => {
                self.hear(pcm);
                Ok(())
            }
            VoiceAct::Control(control) => match &self.handle {
                Some(handle) => handle.control(control),
                None => Ok(()),
            },
            // Reading beside the stream needs none.
            VoiceAct::Read { .. } => Ok(()),
        }
    }

    fn hear(&mut self, pcm: Pcm) {
        let Some(handle) = &self.handle else { return };
        // A stream that is over says so where its events are read.
        if let Err(TalkError::Busy) = handle.push(pcm.samples()) {
            self.held = Some(pcm);
        }
    }

    /// Hands over what happened in the conversation.
    pub(super) fn happened(&self, emitted: &Emitted, key: &str) {
        let Some(handle) = &self.handle else { return };
        let happened = match &emitted.what {
            What::TurnStarted { .. } => Happened::TurnStarted {
                key: key.to_owned(),
            },
            What::Say {
                kept, is_private, ..
            } => Happened::Said {
                text: Hidden::from(kept.as_str()),
                is_private: *is_private,
            },
            What::Errand { live, .. } => Happened::Errand(live.clone()),
            What::TurnDone { status } => Happened::TurnDone {
                outcome: match status {
                    TurnStatus::Completed => Outcome::Completed,
                    TurnStatus::Cancelled => Outcome::Cancelled,
                    TurnStatus::Failed => Outcome::Failed,
                },
            },
        };
        if let Err(cause) = handle.happened(happened) {
            tracing::warn!(
                code = cause.code(),
                "a voice stream was not told what happened"
            );
        }
    }

    /// Ends the stream.
    pub(super) fn close(&mut self) {
        self.handle = None;
        self.events = None;
        self.held = None;
    }

    /// What reads the sound of an item; `None` where nothing can.
    pub(super) fn reader(&self, pcm: Pcm, hz: u32) -> Option<Reader> {
        let opening = Opening {
            capture_hz: hz,
            detection: Detection {
                answers: false,
                interrupts: false,
                ..Detection::pushed()
            },
            voice: String::new(),
            pace: errand_voice_core::Pace::USUAL,
        };
        let mut config = self.config(&opening, OptIn::NONE)?;
        config.voice = None;
        config.time = TimeFrom::Sound;
        config.partials = false;
        let streams = self.voices.as_ref()?.streams.clone();
        Some(Reader {
            streams,
            config,
            pcm,
        })
    }
}

/// Reads sound that came as a whole, by a stream of its own.
#[derive(Debug)]
pub(super) struct Reader {
    streams: Streams,
    config: StreamConfig,
    pcm: Pcm,
}

impl Reader {
    /// The words; empty when nobody spoke.
    ///
    /// # Errors
    /// The stable code of what failed.
    pub(super) async fn read(self) -> Result<ItemWords, &'static str> {
        match timeout(READ_WAIT, self.run()).await {
            Ok(result) => result,
            Err(_) => Err("VOICE-0003"),
        }
    }

    async fn run(self) -> Result<ItemWords, &'static str> {
        let piece =
            usize::try_from(self.config.capture_hz).unwrap_or(usize::MAX) / 1_000 * PIECE_MS;
        let (handle, mut events) = self.streams.open(self.config).map_err(|e| e.code())?;
        handle.control(Control::Press).map_err(|e| e.code())?;
        for pcm in self.pcm.samples().chunks(piece.max(1)) {
            while let Err(cause) = handle.push(pcm) {
                if cause != TalkError::Busy {
                    return Err(cause.code());
                }
                tokio::time::sleep(BUSY_WAIT).await;
            }
        }
        handle.control(Control::Release).map_err(|e| e.code())?;
        loop {
            match events.recv().await {
                // Whatever is asked at the moment, this may be the answer to it.
                Some(VoiceEvent::Transcript { text, how, .. }) => {
                    return Ok((text.into_string(), how.voice.for_answer()));
                }
                Some(VoiceEvent::Dropped { .. }) => return Ok((String::new(), None)),
                Some(VoiceEvent::Unread { code, .. }) => return Err(code),
                Some(_) => {}
                None => return Err(TalkError::Closed.code()),
            }
        }
    }
}
