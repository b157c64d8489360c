//! One connection to a satellite, as a pure machine: between its events, a voice stream, and a loudspeaker that only takes
//! sound.

use errand_types::{Language, VoiceMatch};
use errand_voice_core::{Hidden, Sentence, Sentences};
use errand_voice_talk::{Control, Detection, Settings, SpokenAnswer, VoiceEvent};
use errand_voice_wyoming::{Event, Form};
use serde_json::Value;

use super::pace::Pace;
use super::{Listen, Trouble};

/// Sentences of an announcement at most, as many as a stream takes at once.
const ANNOUNCED_MAX: usize = 8;
/// How often a satellite is asked whether it is there, in milliseconds. It is asked by `describe`: that all of them answer.
const ASK_MS: u64 = 30_000;
/// How long it may take to answer.
const ANSWER_MS: u64 = 10_000;
/// Who woke a satellite and then says nothing is not waited for any longer, in milliseconds.
const SPEAK_MS: u64 = 8_000;

/// What the machine is told.
#[derive(Debug)]
pub(crate) enum Input {
    /// The satellite sent this.
    Satellite(Event),
    /// The stream tells this.
    Voice(VoiceEvent),
    /// Time goes by: milliseconds of the process.
    Tick(u64),
}

/// What is to be done.
#[derive(Debug, PartialEq)]
pub(crate) enum Effect {
    /// To the satellite.
    Send(Event),
    /// Sound of the microphone.
    Push(Vec<i16>),
    /// How far the loudspeaker is.
    Played {
        /// Samples sent.
        taken: u64,
        /// Samples heard.
        heard: u64,
    },
    /// To the stream.
    Control(Control),
    /// A conversation begins or goes on: somebody is there.
    Begin,
    /// To the conversation, under a key.
    Say {
        /// Names it.
        key: String,
        /// The words, also those of an approval.
        text: Hidden,
        /// How the voice compared.
        voice: Option<VoiceMatch>,
    },
    /// The conversation's turn is stopped.
    StopTurn,
    /// The satellite is ours and listens.
    Connected,
    /// The connection ends.
    Close(Trouble),
}

/// Where the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It was asked what it is.
    Asked,
    /// It was told to run, and asked once more. One that serves another hangs up now, or stops to read and keeps the line
    /// open, by the Python it runs on; one that answers is ours.
    Told,
    /// It is ours.
    Ours,
}

/// Whether what comes from the microphone is for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    /// No.
    Off,
    /// Once: until something was said, or nobody did.
    Once { until: Option<u64> },
    /// Until the satellite says otherwise.
    Open,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Link {
    language: Language,
    listen: Listen,
    has_wake: bool,
    now: u64,
    phase: Phase,
    run: Run,
    /// The stream waits for a wake word of ours.
    waits_for_wake: bool,
    capture: Form,
    pace: Pace,
    play: Form,
    /// Between `audio-start` and `audio-stop`.
    is_playing: bool,
    /// Nothing is being said any more, and what was sent may be ended.
    is_silent: bool,
    played_told: (u64, u64),
    asked_at: u64,
    answered: bool,
    answers: u64,
}

impl Link {
    /// `has_wake`: the stream listens for a wake word of ours. The caller sends `describe` first.
    pub(crate) fn new(
        language: Language,
        listen: Listen,
        has_wake: bool,
        play_hz: u32,
        now: u64,
    ) -> Self {
        Self {
            language,
            listen,
            has_wake,
            now,
            phase: Phase::Asked,
            run: Run::Off,
            waits_for_wake: false,
            capture: Form::mono(16_000),
            pace: Pace::new(play_hz),
            play: Form::mono(play_hz),
            is_playing: false,
            is_silent: true,
            played_told: (0, 0),
            asked_at: now,
            answered: false,
            answers: 0,
        }
    }

    /// Whether sound is on its way, so that the next tick should come soon.
    pub(crate) fn is_sounding(&self) -> bool {
        self.is_playing || !self.pace.is_drained()
    }

    /// Whether the other side, when it closes now, does so because it serves somebody else.
    pub(crate) fn is_told(&self) -> bool {
        self.phase == Phase::Told
    }

    pub(crate) fn step(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Satellite(event) => self.on_satellite(&event, &mut effects),
            Input::Voice(event) => self.on_voice(event, &mut effects),
            Input::Tick(now) => self.on_tick(now, &mut effects),
        }
        effects
    }

    fn on_tick(&mut self, now: u64, effects: &mut Vec<Effect>) {
        self.now = self.now.max(now);
        if let Run::Once { until: Some(until) } = self.run
            && self.now >= until
        {
            self.transcript("", effects);
        }
        let waited = self.now.saturating_sub(self.asked_at);
        if !self.answered && waited >= ANSWER_MS {
            let trouble = if self.is_told() {
                Trouble::Taken
            } else {
                Trouble::Silent
            };
            effects.push(Effect::Close(trouble));
            return;
        }
        if self.answered && waited >= ASK_MS {
            (self.answered, self.asked_at) = (false, self.now);
            effects.push(Effect::Send(Event::new("describe")));
        }
        self.play(effects);
    }

    fn ours(&mut self, effects: &mut Vec<Effect>) {
        if self.phase != Phase::Ours {
            self.phase = Phase::Ours;
            effects.push(Effect::Connected);
        }
    }

    fn on_satellite(&mut self, event: &Event, effects: &mut Vec<Effect>) {
        match event.kind() {
            "info" => self.on_info(event, effects),
            "ping" => {
                let text = event
                    .text("text")
                    .map(|text| text.chars().take(200).collect());
                let text: Option<String> = text;
                effects.push(Effect::Send(Event::new("pong").with("text", text)));
            }
            "run-pipeline" if self.phase != Phase::Asked => self.on_run(event, effects),
            "audio-chunk" if self.run != Run::Off => self.on_chunk(event, effects),
            "audio-stop" | "streaming-stopped" => self.run = Run::Off,
            "played" => {
                self.pace.played();
                self.play(effects);
            }
            // A satellite's own events, and whatever else there may be.
            _ => {}
        }
    }

    fn on_info(&mut self, info: &Event, effects: &mut Vec<Effect>) {
        self.answered = true;
        match self.phase {
            Phase::Asked => {}
            Phase::Told | Phase::Ours => return self.ours(effects),
        }
        if info.value("satellite").is_none() {
            effects.push(Effect::Close(Trouble::NoSatellite));
            return;
        }
        self.phase = Phase::Told;
        effects.push(Effect::Send(Event::new("run-satellite")));
        (self.answered, self.asked_at) = (false, self.now);
        effects.push(Effect::Send(Event::new("describe")));
    }

    fn on_run(&mut self, run: &Event, effects: &mut Vec<Effect>) {
        self.ours(effects);
        match run.text("start_stage") {
            Some("tts") => self.announce(run, effects),
            // It has heard its own wake word, and streams until it gets a transcript.
            Some("asr") => {
                self.detect(false, effects);
                let until = Some(self.now.saturating_add(SPEAK_MS));
                self.begin(Run::Once { until }, effects);
            }
            // Who wants to be heard always is, also where errand has a wake word.
            Some("wake") if self.listen == Listen::Always => self.begin(Run::Open, effects),
            Some("wake") if self.has_wake => {
                self.detect(true, effects);
                effects.push(Effect::Send(
                    Event::new("detect").with("names", Value::Null),
                ));
                self.begin(Run::Open, effects);
            }
            Some("wake") => effects.push(Effect::Close(Trouble::NoWake)),
            Some(_) | None => effects.push(Effect::Send(
                Event::new("error")
                    .with("text", "this pipeline is not offered here")
                    .with("code", "WYO-0008"),
            )),
        }
    }

    fn begin(&mut self, run: Run, effects: &mut Vec<Effect>) {
        self.run = run;
        effects.push(Effect::Begin);
        effects.push(Effect::Send(
            Event::new("transcribe").with("language", self.language.code()),
        ));
    }

    /// Whether the stream has to hear our wake word first.
    fn detect(&mut self, wake: bool, effects: &mut Vec<Effect>) {
        if std::mem::replace(&mut self.waits_for_wake, wake) != wake {
            let detection = if wake {
                Detection::woken()
            } else {
                Detection::usual()
            };
            effects.push(Effect::Control(Control::Settings(Settings {
                detection: Some(detection),
                ..Settings::default()
            })));
        }
    }

    fn announce(&mut self, run: &Event, effects: &mut Vec<Effect>) {
        let text = run.text("announce_text").unwrap_or_default();
        let text: String = text.chars().take(1_000).collect();
        let sentences: Vec<Sentence> = Sentences::of(self.language, &text)
            .into_iter()
            .take(ANNOUNCED_MAX)
            .collect();
        if !sentences.is_empty() {
            effects.push(Effect::Control(Control::Speak { sentences }));
        }
    }

    fn on_chunk(&mut self, chunk: &Event, effects: &mut Vec<Effect>) {
        let Ok(form) = Form::of(chunk) else {
            effects.push(Effect::Close(Trouble::Form));
            return;
        };
        if form.rate_hz != self.capture.rate_hz {
            effects.push(Effect::Control(Control::Settings(Settings {
                capture_hz: Some(form.rate_hz),
                ..Settings::default()
            })));
        }
        self.capture = form;
        effects.push(Effect::Push(form.read(chunk)));
    }

    fn on_voice(&mut self, event: VoiceEvent, effects: &mut Vec<Effect>) {
        match event {
            VoiceEvent::SpeechStarted { voice, .. } => {
                self.wait_for_speech(false);
                let started = Event::new("voice-started").with("timestamp", voice.ms());
                effects.push(Effect::Send(started));
            }
            VoiceEvent::Dropped { was_told: true, .. } => self.wait_for_speech(true),
            VoiceEvent::SpeechStopped { voice_end, .. } => effects.push(Effect::Send(
                Event::new("voice-stopped").with("timestamp", voice_end.ms()),
            )),
            VoiceEvent::Transcript { text, .. } => self.transcript(text.as_str(), effects),
            // What is said to an approval stays here; the satellite is told that its turn is over.
            VoiceEvent::Sealed { .. } | VoiceEvent::Unread { .. } => self.transcript("", effects),
            VoiceEvent::Say { key, text, how, .. } => effects.push(Effect::Say {
                key,
                text,
                voice: how.voice.for_sentence(),
            }),
            VoiceEvent::StopTurn => effects.push(Effect::StopTurn),
            VoiceEvent::Answer { answer, how, .. } => {
                self.answer(&answer, answer.voice(&how), effects);
            }
            VoiceEvent::Sentence { text, .. } | VoiceEvent::Unspoken { text, .. } => {
                let voice = Event::new("synthesize").with("text", text.as_str());
                effects.push(Effect::Send(voice));
            }
            VoiceEvent::Play { pcm, .. } => {
                self.is_silent = false;
                self.pace.push(pcm.samples());
                self.play(effects);
            }
            VoiceEvent::Replace { from, pcm } => {
                self.pace.replace(from, pcm.samples());
                self.play(effects);
            }
            VoiceEvent::Silent => {
                self.is_silent = true;
                self.play(effects);
            }
            VoiceEvent::Woken { phrase, .. } => {
                let phrase: &str = &phrase;
                effects.push(Effect::Send(Event::new("detection").with("name", phrase)));
            }
            _ => {}
        }
    }

    fn wait_for_speech(&mut self, waits: bool) {
        if let Run::Once { until } = &mut self.run {
            *until = waits.then(|| self.now.saturating_add(SPEAK_MS));
        }
    }

    /// The turn is over. A satellite that was woken goes back to its wake word.
    fn transcript(&mut self, text: &str, effects: &mut Vec<Effect>) {
        if matches!(self.run, Run::Once { .. }) {
            self.run = Run::Off;
        }
        effects.push(Effect::Send(Event::new("transcript").with("text", text)));
    }

    fn answer(
        &mut self,
        answer: &SpokenAnswer,
        voice: Option<VoiceMatch>,
        effects: &mut Vec<Effect>,
    ) {
        let text = match (answer, self.language) {
            (SpokenAnswer::Words(words), _) => words.clone(),
            (SpokenAnswer::Yes, Language::English) => "yes".into(),
            (SpokenAnswer::Yes, Language::German) => "ja".into(),
            (SpokenAnswer::No, Language::English) => "no".into(),
            (SpokenAnswer::No, Language::German) => "nein".into(),
        };
        self.answers = self.answers.saturating_add(1);
        effects.push(Effect::Say {
            key: format!("answer-{}", self.answers),
            text,
            voice,
        });
    }

    /// Sends the sound whose time has come, and tells how far it is.
    fn play(&mut self, effects: &mut Vec<Effect>) {
        for chunk in self.pace.due(self.now) {
            if !self.is_playing {
                self.is_playing = true;
                let start = self.play.on("audio-start").with("timestamp", 0);
                effects.push(Effect::Send(start));
            }
            effects.push(Effect::Send(self.play.chunk(&chunk, None)));
        }
        let told = (self.pace.taken(), self.pace.heard(self.now));
        if told != self.played_told {
            self.played_told = told;
            let (taken, heard) = told;
            effects.push(Effect::Played { taken, heard });
        }
        if self.is_playing && self.is_silent && self.pace.is_drained() {
            self.is_playing = false;
            // Older readers take no event without data.
            let stop = Event::new("audio-stop").with("timestamp", Value::Null);
            effects.push(Effect::Send(stop));
        }
    }
}

#[cfg(test)]
mod tests;
