use std::sync::Arc;
use std::time::Duration;

use errand_runtime::house::{Conversation, Emitted};
use errand_types::{VoiceMatch, Way};
use errand_voice_core::{Company, Hidden};
use errand_voice_talk::{
    Detection, Echo, Happened, Outcome, Playback, StreamConfig, StreamHandle, TalkError, TimeFrom,
    VoiceEvent, Waiting,
};
use errand_voice_wyoming::Event;
use jiff::civil::Date;
use tokio::net::TcpStream;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::machine::{Effect, Input, Link};
use super::talk::{Events, Prefix};
use super::{Dialler, Trouble};
use crate::wire::{End, Reader, Writer, split};

/// Longest that a connection may take to be made.
const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// How often time is told.
const TICK: Duration = Duration::from_millis(20);
/// Calls of the house that wait.
const CALLS_MAX: usize = 16;

/// What the house is asked for, one after the other: a stop must not overtake the sentence before it.
enum Call {
    Say {
        conversation: Arc<dyn Conversation>,
        key: String,
        text: Hidden,
        voice: Option<VoiceMatch>,
    },
    Stop(Arc<dyn Conversation>),
}

impl Dialler {
    /// One connection, from dialling to its end.
    pub(super) async fn connect(&mut self) -> Trouble {
        let dialled = TcpStream::connect(self.satellite.address.as_str());
        let shutdown = self.shutdown.clone();
        let dialled = shutdown.run_until_cancelled(timeout(CONNECT_WAIT, dialled));
        let Some(Ok(Ok(stream))) = dialled.await else {
            return Trouble::Unreachable;
        };
        if let Err(cause) = stream.set_nodelay(true) {
            tracing::debug!(%cause, "small frames of a satellite may wait");
        }
        let (reader, mut writer) = split(stream);
        if writer.send(&Event::new("describe")).await.is_err() {
            return Trouble::Ended;
        }
        let (calls, called) = mpsc::channel(CALLS_MAX);
        let (failures, failed) = mpsc::channel(CALLS_MAX);
        let calling = call_all(called, failures);
        let linked = self.linked(reader, &mut writer, calls, failed);
        // The calls end when the link does, and not before: a sentence that was heard is said.
        let (trouble, ()) = tokio::join!(linked, calling);
        // It may be gone already.
        let _ = writer.send(&Event::new("pause-satellite")).await;
        writer.close().await;
        trouble
    }

    async fn linked(
        &mut self,
        mut reader: Reader,
        writer: &mut Writer,
        calls: mpsc::Sender<Call>,
        mut failed: mpsc::Receiver<Hidden>,
    ) -> Trouble {
        let today = self.today();
        let config = self.stream_config(today);
        let has_wake = self.rooms.streams.engines().has_wake();
        let play_hz = config.playback_hz;
        let (handle, voice) = match self.rooms.streams.open(config) {
            Ok(open) => open,
            Err(error) => {
                tracing::warn!(code = error.code(), "a satellite gets no voice stream");
                return Trouble::NoRoom;
            }
        };
        let machine = Link::new(
            self.rooms.language,
            self.satellite.listen,
            has_wake,
            play_hz,
            0,
        );
        let prefix = self.talk.connected();
        let born = Instant::now();
        let mut link = Linked {
            dialler: self,
            machine,
            handle,
            voice,
            writer,
            prefix,
            calls,
            conversation: None,
            events: None,
            open: None,
            today,
        };
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let input = tokio::select! {
                biased;
                () = link.dialler.shutdown.cancelled() => return Trouble::Ended,
                Some(text) = failed.recv() => {
                    link.told(Happened::Failed { text });
                    continue;
                }
                emitted = next(&mut link.events) => {
                    link.on_emitted(emitted);
                    continue;
                }
                event = link.voice.recv() => match event {
                    Some(event) => Input::Voice(event),
                    None => return Trouble::NoRoom,
                },
                event = reader.next() => match event {
                    Ok(event) => Input::Satellite(event),
                    Err(end) => return link.ended(end),
                },
                _ = ticks.tick() => {
                    let ms = born.elapsed().as_millis();
                    Input::Tick(u64::try_from(ms).unwrap_or(u64::MAX))
                }
            };
            if let Err(trouble) = link.step(input).await {
                return trouble;
            }
        }
    }

    fn today(&self) -> Date {
        self.rooms
            .clock
            .now()
            .to_zoned(self.rooms.zone.clone())
            .date()
    }

    fn stream_config(&self, today: Date) -> StreamConfig {
        let satellite = &self.satellite;
        StreamConfig {
            playback_hz: satellite.play_hz,
            language: self.rooms.language,
            detection: Detection::usual(),
            playback: Playback::Counted,
            echo: if satellite.cancels_echo {
                Echo::Theirs
            } else {
                Echo::Nobody
            },
            time: TimeFrom::Clock,
            company: if satellite.is_shared {
                Company::Shared
            } else {
                Company::Alone
            },
            zone: self.rooms.zone.clone(),
            waiting: Waiting::Phrases,
            ..StreamConfig::usual(today)
        }
    }
}

/// A connection that runs.
struct Linked<'a> {
    dialler: &'a mut Dialler,
    machine: Link,
    handle: StreamHandle,
    voice: mpsc::Receiver<VoiceEvent>,
    writer: &'a mut Writer,
    prefix: Prefix,
    calls: mpsc::Sender<Call>,
    conversation: Option<Arc<dyn Conversation>>,
    events: Option<Events>,
    open: Option<crate::metrics::Open>,
    /// The day for which the stream was opened.
    today: Date,
}

impl Linked<'_> {
    async fn step(&mut self, input: Input) -> Result<(), Trouble> {
        for effect in self.machine.step(input) {
            match effect {
                Effect::Send(event) => self.send(&event).await?,
                Effect::Push(pcm) => check(self.handle.push(&pcm))?,
                Effect::Played { taken, heard } => check(self.handle.played(taken, heard))?,
                Effect::Control(control) => check(self.handle.control(control))?,
                Effect::Begin => self.begin().await?,
                Effect::Say { key, text, voice } => self.say(&key, text, voice),
                Effect::StopTurn => {
                    if let Some(conversation) = self.conversation.clone() {
                        self.call(Call::Stop(conversation));
                    }
                }
                Effect::Connected => {
                    self.open = Some(crate::metrics::Open::of(crate::metrics::SATELLITES));
                    self.dialler.note(true, None);
                    tracing::info!(satellite = %self.dialler.satellite.name, "a satellite is connected");
                }
                Effect::Close(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    async fn send(&mut self, event: &Event) -> Result<(), Trouble> {
        match self.writer.send(event).await {
            Ok(()) => Ok(()),
            Err(end) => Err(self.ended(end)),
        }
    }

    fn ended(&self, end: End) -> Trouble {
        match end {
            End::Gone if self.machine.is_told() => Trouble::Taken,
            End::Gone => Trouble::Ended,
            End::Frame(_) => Trouble::NoSatellite,
            End::Slow => Trouble::Silent,
        }
    }

    /// Somebody is there: there has to be a conversation, and the stream has to know the day.
    async fn begin(&mut self) -> Result<(), Trouble> {
        let today = self.dialler.today();
        if today != self.today && !self.machine.is_sounding() {
            self.today = today;
            let config = self.dialler.stream_config(today);
            match self.dialler.rooms.streams.open(config) {
                Ok((handle, voice)) => (self.handle, self.voice) = (handle, voice),
                Err(error) => {
                    tracing::warn!(code = error.code(), "a satellite gets no voice stream");
                    return Err(Trouble::NoRoom);
                }
            }
        }
        match self.dialler.talk.begin(self.events.is_some()).await {
            Ok(None) => Ok(()),
            Ok(Some((conversation, events))) => {
                (self.conversation, self.events) = (Some(conversation), Some(events));
                Ok(())
            }
            Err(error) => {
                tracing::warn!(%error, "a satellite gets no conversation");
                let text = "errand is busy; say it again in a moment";
                let event = Event::new("error")
                    .with("text", text)
                    .with("code", "WYO-0015");
                self.send(&event).await?;
                Err(Trouble::NoRoom)
            }
        }
    }

    fn say(&mut self, key: &str, text: Hidden, voice: Option<VoiceMatch>) {
        self.dialler.talk.used();
        let Some(conversation) = self.conversation.clone() else {
            return;
        };
        let key = self.prefix.put(key);
        self.call(Call::Say {
            conversation,
            key,
            text,
            voice,
        });
    }

    fn call(&mut self, call: Call) {
        if self.calls.try_send(call).is_err() {
            let text = "I am behind with what you said. Say it again in a moment.".into();
            self.told(Happened::Failed { text });
        }
    }

    fn on_emitted(&mut self, emitted: Result<Arc<Emitted>, broadcast::error::RecvError>) {
        match emitted {
            Ok(emitted) => self.told(self.prefix.happened(&emitted)),
            Err(broadcast::error::RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "a satellite fell behind its conversation");
                // Whatever was missed, nobody waits for it any more.
                self.told(Happened::TurnDone {
                    outcome: Outcome::Failed,
                });
            }
            // It ended here; who speaks next gets another one.
            Err(broadcast::error::RecvError::Closed) => {
                (self.events, self.conversation) = (None, None);
            }
        }
    }

    fn told(&mut self, happened: Happened) {
        if let Err(error) = self.handle.happened(happened) {
            tracing::warn!(
                code = error.code(),
                "a voice stream was not told what happened"
            );
        }
    }
}

/// A stream that is behind loses sound, and says so itself; one that is over ends the connection.
fn check(done: Result<(), TalkError>) -> Result<(), Trouble> {
    match done {
        Err(TalkError::Closed) => Err(Trouble::NoRoom),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The next thing that happens; never, while there is no conversation.
async fn next(events: &mut Option<Events>) -> Result<Arc<Emitted>, broadcast::error::RecvError> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

/// Carries out calls until nobody can make one any more. What fails is told.
async fn call_all(mut calls: mpsc::Receiver<Call>, failures: mpsc::Sender<Hidden>) {
    while let Some(call) = calls.recv().await {
        match call {
            Call::Say {
                conversation,
                key,
                text,
                voice,
            } => {
                let way = Way::SPOKEN.compared(voice);
                let said = conversation.say(text.as_str(), &key, way).await;
                if let Err(error) = said {
                    // The link may be gone; then nobody is there to be told.
                    let _ = failures.try_send(error.message.as_str().into());
                }
            }
            Call::Stop(conversation) => {
                if let Err(error) = conversation.stop().await {
                    tracing::warn!(code = error.code, "a turn could not be stopped");
                }
            }
        }
    }
}
