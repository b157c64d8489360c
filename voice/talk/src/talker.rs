//! The machine of one voice stream.

mod along;
mod approving;
mod concluding;
mod giving;
mod hearing;
mod items;
mod messages;
mod open;
mod reading;
mod speaking;
mod telling;
mod turns;
mod voicing;
mod waiting;

use std::fmt;
use std::sync::Arc;

use errand_voice_core::{
    Browse, Care, Duplex, Ear, EarConfig, EarInput, EchoCanceller, Expects, Gate, Grammar, Hints,
    Listen, Listener, Nods, Own, Phase, Profiles, SampleIdx, Saying, Turn, TurnInput,
    VOCABULARY_MAX, VoiceActivity, WakeWord,
};

use crate::config::{
    Detection, DetectionKind, Echo, FOLLOW_UP_MS_MAX, Playback, StreamConfig, TimeFrom,
};
use crate::control::{Control, Settings};
use crate::event::{Note, VoiceEvent};
use crate::meaning::Reader;

pub use messages::{JobId, ReadJob, ReadKind, Reading, TalkerEffect, TalkerInput};
use open::Approving;
use reading::Reads;

use telling::Telling;
use turns::Turns;
use voicing::Voicing;
use waiting::Waits;

/// What a talker is made of, beside its configuration.
#[derive(Debug)]
pub struct Parts {
    /// Takes our sound out of the microphone's; only asked where the configuration says so.
    pub echo: Box<dyn EchoCanceller>,
    /// Hears voice.
    pub vad: Box<dyn VoiceActivity>,
    /// Hears the wake word.
    pub wake: Option<Box<dyn WakeWord>>,
    /// The first recogniser tells words while somebody speaks.
    pub streams: bool,
    /// The recogniser of approvals can tell a nod in its middle from other speech.
    pub looks: bool,
    /// Some voice speaks the language.
    pub speaks: bool,
    /// The whole list that the words of approvals are drawn from; `None`: no recogniser of this machine can read answers to
    /// them, and they are answered on the page.
    pub words: Option<Arc<[Box<str>]>>,
}

/// One voice stream: what is heard, what is read, what the conversation is told, what is said, and what was heard of it.
///
/// Its time is the sample clock; no thread, no device, no chance. Effects are to be carried out in their order.
pub struct Talker {
    config: StreamConfig,
    listener: Listener,
    turn: Turn,
    nods: Option<Nods>,
    speaks: bool,
    words: Option<Arc<[Box<str>]>>,
    /// Names that are likely to be said.
    vocabulary: Arc<[Box<str>]>,
    saying: Option<Saying>,
    reader: Reader,
    browse: Browse,
    /// The clock where sound alone does not tell the time.
    clock: SampleIdx,
    listen: Listen,
    phase: Phase,
    is_sounding: bool,
    turns: Turns,
    reads: Reads,
    voicing: Voicing,
    telling: Telling,
    approving: Approving,
    waits: Waits,
    out: Vec<TalkerEffect>,
}

impl Talker {
    /// A stream on which nothing was heard or said.
    pub fn new(config: StreamConfig, parts: Parts) -> Self {
        let ear = Ear::new(ear_config(&config.detection));
        let mut turn = Turn::new(
            config.language,
            profiles(&config.detection),
            parts.streams && config.partials,
        );
        match config.echo.fixed() {
            Some(duplex) => turn.set_duplex(duplex),
            None => turn = turn.until_proven(),
        }
        let nods = parts.looks.then(|| Nods::new(config.language).ok());
        let nods = nods.flatten();
        if nods.is_some() {
            turn = turn.looking();
        }
        if config.playback != Playback::Counted {
            turn = turn.without_holding();
        }
        let saying = Saying::new(
            config.language,
            config.company,
            config.has_screen,
            config.zone.clone(),
            config.today,
        );
        let echo = match config.echo {
            Echo::Ours => parts.echo,
            Echo::Theirs | Echo::Nobody => Box::new(errand_voice_core::Passthrough),
        };
        let mut browse = Browse::default();
        browse.set_pace(config.pace);
        let mut talker = Self {
            listener: Listener::new(echo, parts.vad, parts.wake, ear),
            turn,
            nods,
            speaks: parts.speaks && saying.is_some(),
            words: parts.words,
            vocabulary: Arc::new([]),
            saying,
            reader: Reader::new(config.language),
            browse,
            clock: SampleIdx::ZERO,
            listen: Listen::default(),
            phase: Phase::Listening,
            is_sounding: false,
            turns: Turns::default(),
            reads: Reads::default(),
            voicing: Voicing::new(&config),
            telling: Telling::default(),
            approving: Approving::default(),
            waits: Waits::default(),
            out: Vec::new(),
            config,
        };
        if !talker.speaks {
            talker.tell(VoiceEvent::Note(Note::NoVoice));
        }
        talker.relisten();
        talker
    }

    /// One input.
    pub fn step(&mut self, input: TalkerInput<'_>) -> Vec<TalkerEffect> {
        match input {
            TalkerInput::Frame { capture, render } => {
                self.on_frame(capture, render);
                self.on_time();
            }
            TalkerInput::Gap { samples } => {
                self.on_gap(samples);
                self.on_time();
            }
            TalkerInput::Clock(at) => {
                self.clock = self.clock.max(at);
                self.on_time();
            }
            TalkerInput::Control(control) => self.on_control(control),
            TalkerInput::Happened(happened) => self.on_happened(happened),
            TalkerInput::Read { job, outcome } => self.on_read(job, outcome),
            TalkerInput::Partial { turn, partial } => self.on_partial(turn, &partial),
            TalkerInput::Sound {
                generation,
                pcm,
                words,
            } => self.on_sound(generation, pcm, words),
            TalkerInput::SoundEnd {
                generation,
                is_whole,
            } => self.on_sound_end(generation, is_whole),
            TalkerInput::Played { taken, heard } => self.on_played(taken, heard),
            TalkerInput::Note(note) => self.tell(VoiceEvent::Note(note)),
        }
        self.settle();
        std::mem::take(&mut self.out)
    }

    /// The configuration.
    pub fn config(&self) -> &StreamConfig {
        &self.config
    }

    /// Where the stream of the microphone stands.
    pub fn heard_until(&self) -> SampleIdx {
        self.listener.ear().heard_until()
    }

    /// What time it is: the sample clock, or the clock of the process where the configuration says so.
    pub fn now(&self) -> SampleIdx {
        match self.config.time {
            TimeFrom::Sound => self.heard_until(),
            TimeFrom::Clock => self.clock,
        }
    }

    /// What a recogniser of ordinary talk is told to expect.
    pub fn hints(&self) -> Hints {
        let names = self.telling.names().chain(self.vocabulary.iter());
        let names = names.take(VOCABULARY_MAX).cloned();
        let grammar = Grammar::open(names).unwrap_or_else(|_| Grammar::anything());
        Hints {
            grammar,
            ..Hints::open(self.config.language)
        }
    }

    /// Whether the next sound of the voice is wanted.
    pub fn wants_sound(&self) -> bool {
        self.voicing.wants_sound()
    }

    /// Whether something is being said.
    pub fn is_speaking(&self) -> bool {
        self.voicing.is_speaking()
    }

    /// Where the conversation stands, as far as interrupting is concerned.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether both may speak at once.
    pub fn duplex(&self) -> Duplex {
        self.turn.duplex()
    }

    fn tell(&mut self, event: VoiceEvent) {
        self.out.push(TalkerEffect::Tell(event));
    }

    fn on_time(&mut self) {
        self.read_on();
        self.speak_on();
        self.telling_on();
        self.wait_on();
    }

    fn on_control(&mut self, control: Control) {
        match control {
            Control::Press => self.on_press(),
            Control::Release => {
                let effects = self.listener.tell(EarInput::Release);
                self.on_ear(effects);
            }
            Control::Clear => {
                let effects = self.listener.tell(EarInput::Clear);
                self.on_ear(effects);
            }
            Control::Cancel => self.stop_speaking(),
            Control::Truncate { item, audio_end_ms } => self.on_truncate(item, audio_end_ms),
            Control::Speak { sentences } => self.say_face(sentences),
            Control::Expect { names } => self.vocabulary = names,
            Control::Settings(settings) => self.on_settings(settings),
        }
    }

    fn on_settings(&mut self, settings: Settings) {
        if let Some(detection) = settings.detection {
            let is_other = detection != self.config.detection;
            self.config.detection = detection;
            if is_other {
                let config = ear_config(&self.config.detection);
                self.listener.ear_mut().configure(config);
                self.turn.set_profiles(profiles(&self.config.detection));
            }
        }
        if let Some(voice) = settings.voice {
            self.config.voice = Some(voice);
        }
        if let Some(pace) = settings.pace {
            self.browse.set_pace(pace);
            self.voicing.set_pace(pace);
        }
        if let Some(duplex) = settings.duplex {
            self.turn.set_duplex(duplex);
        }
        if let Some(hz) = settings.playback_hz
            && hz != self.config.playback_hz
        {
            if self.voicing.is_speaking() {
                self.tell(VoiceEvent::Note(Note::Refused { code: "VOICE-0066" }));
            } else {
                self.config.playback_hz = hz;
                self.voicing.set_rate(&self.config);
            }
        }
        if let Some(hz) = settings.capture_hz {
            // The driver resamples; the machine hears 16 kHz.
            self.config.capture_hz = hz;
        }
    }

    /// What follows from everything that happened in this step.
    fn settle(&mut self) {
        self.voice_on();
        self.give_on();
        self.rephase();
        self.relisten();
    }

    fn rephase(&mut self) {
        let is_sounding = self.voicing.is_sounding();
        if is_sounding != self.is_sounding {
            self.is_sounding = is_sounding;
            self.tell_turn(TurnInput::Sounding(is_sounding));
        }
        let phase = if self.telling.is_committing() {
            Phase::Committing
        } else if self.approving.is_open() {
            Phase::Confirming
        } else if self.voicing.is_speaking() {
            Phase::Speaking
        } else if self.telling.is_running() {
            Phase::Thinking
        } else {
            Phase::Listening
        };
        if phase != self.phase {
            self.phase = phase;
            self.tell_turn(TurnInput::Phase(phase));
        }
    }

    fn relisten(&mut self) {
        let is_quiet = !self.voicing.is_speaking()
            && !self.telling.is_running()
            && !self.turns.is_somebody_speaking();
        let listen = Listen {
            language: self.config.language,
            expects: Expects::Anything,
            is_waiting: is_quiet && (self.telling.is_asked() || self.approving.is_waiting()),
            is_engaged: self.voicing.is_speaking() || self.telling.is_running(),
            care: if self.approving.is_open() {
                Care::Sealed
            } else {
                Care::Ordinary
            },
        };
        if listen != self.listen {
            self.listen = listen;
            let effects = self.listener.tell(EarInput::Listen(listen));
            self.on_ear(effects);
        }
    }
}

impl fmt::Debug for Talker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Talker(at {}, {:?})", self.now(), self.phase)
    }
}

fn ear_config(detection: &Detection) -> EarConfig {
    let usual = EarConfig::default();
    let on = detection.threshold.map_or(usual.on, |t| {
        // A client's 0.5 is what we call usual.
        (t + 0.1).clamp(0.1, 0.95)
    });
    EarConfig {
        gate: match detection.kind {
            DetectionKind::Silence | DetectionKind::Meaning => Gate::Open,
            DetectionKind::Wake => Gate::Wake,
            DetectionKind::Push => Gate::Push,
        },
        on,
        off: usual.off.min(on - 0.05),
        preroll_ms: detection.prefix_ms.min(2_000),
        holds: detection.holds(),
        follow_up_ms: detection.follow_up_ms.min(FOLLOW_UP_MS_MAX),
        ..usual
    }
}

fn profiles(detection: &Detection) -> Profiles {
    let mut profiles = Profiles::default();
    if !detection.interrupts {
        profiles.speaking.own = Own::GoesOn;
        profiles.thinking.own = Own::GoesOn;
    }
    profiles
}
