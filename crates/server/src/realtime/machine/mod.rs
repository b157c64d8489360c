//! The pure machine of one session: client events and what the house emits go in, server events and calls to the house
//! come out. No sockets, no clock, no awaiting.

#[cfg(test)]
mod aloud;
mod audio;
mod heard;
mod items;
mod responses;
mod sounding;
mod spoken;
#[cfg(test)]
mod tests;
mod tools;
mod voice;
mod writing;

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use errand_protocol::envelope::Payload;
use errand_protocol::realtime::{
    ClientEvent, ClientFrame, ErrorDetail, FrameError, Modality, ServerEvent, Session,
    SessionAudio, SessionPatch, Speech, code,
};
use errand_runtime::house::{Emitted, HouseError, What};
use errand_types::{VoiceMatch, Way};
use errand_voice_talk::VoiceEvent;

use items::Items;
use responses::{Active, Aside, Sentence};
use voice::Voice;
pub(crate) use voice::{Opening, VoiceAct};

/// Client event ids that are remembered against being carried out twice.
const RECENT_MAX: usize = 256;

/// What goes in.
#[derive(Debug)]
pub(crate) enum Input<'a> {
    /// A frame of the client, read or refused.
    Frame(Result<ClientFrame, FrameError>),
    /// Something happened in the conversation.
    Emitted(&'a Emitted),
    /// The house did not take a sentence.
    Refused {
        /// Its key.
        key: &'a str,
        /// Why.
        error: &'a HouseError,
    },
    /// The stream that hears and speaks.
    Voice(&'a VoiceEvent),
    /// That stream is over.
    VoiceClosed {
        /// There will be no other.
        is_broken: bool,
    },
    /// Sound of an item was read beside the stream.
    ItemRead {
        /// Which item.
        item: &'a str,
        /// Its words and how its voice compared, or a stable code.
        words: Result<(&'a str, Option<VoiceMatch>), &'static str>,
    },
    /// The house took a sentence and began no turn for it: it had heard that key before.
    NeverStarted {
        /// Its key.
        key: &'a str,
    },
}

/// What comes out, in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    /// An event for the client. `kept` is what the log holds when that differs: without the words of an approval.
    Send {
        /// For the live connection.
        live: Payload,
        /// For the log.
        kept: Option<Payload>,
    },
    /// A sentence for the house.
    Say {
        /// The sentence.
        text: String,
        /// Its key.
        key: String,
        /// How it was heard.
        way: Way,
    },
    /// Stop the turn under way.
    Stop,
    /// Something for the stream that hears and speaks.
    Voice(VoiceAct),
}

/// State of one session.
#[derive(Debug)]
pub(crate) struct SessionMachine {
    session: Session,
    conversation_id: String,
    items: Items,
    active: Option<Active>,
    asides: VecDeque<Aside>,
    sentences: VecDeque<Sentence>,
    voice: Voice,
    buffer_bytes: usize,
    counter: u64,
    recent: VecDeque<u64>,
    out: Vec<Effect>,
}

impl SessionMachine {
    /// A session that begins. `start` is the number of the last event that any client of it may have seen: ids made
    /// here count on from it, so that they stay unique after a restart of the process.
    pub(crate) fn new(id: &str, model: &str, start: u64, speech: Option<Speech>) -> Self {
        Self {
            session: Session::new(id, model, speech),
            conversation_id: format!("conv_{}", id.trim_start_matches("sess_")),
            items: Items::default(),
            active: None,
            asides: VecDeque::new(),
            sentences: VecDeque::new(),
            voice: Voice::default(),
            buffer_bytes: 0,
            counter: start,
            recent: VecDeque::new(),
            out: Vec::new(),
        }
    }

    /// What a client asked to be answered with before its first event.
    pub(crate) fn answer_in(&mut self, asked: Modality) {
        self.session.output_modalities = vec![self.session.modality(&[asked])];
    }

    /// The effective configuration.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Takes one input.
    pub(crate) fn step(&mut self, input: Input<'_>) -> Vec<Effect> {
        match input {
            Input::Frame(Ok(frame)) => self.on_frame(frame),
            Input::Frame(Err(FrameError(error))) => self.send(ServerEvent::Error { error: *error }),
            Input::Emitted(emitted) => self.on_emitted(emitted),
            Input::Refused { key, error } => self.on_refused(key, error),
            Input::NeverStarted { key } => self.on_never_started(key),
            Input::Voice(event) => self.on_voice(event),
            Input::VoiceClosed { is_broken } => self.on_voice_closed(is_broken),
            Input::ItemRead { item, words } => match words {
                Ok((words, voice)) => self.on_item_read(item, words, voice),
                Err(cause) => {
                    self.not_understood(item, cause);
                    self.answer_waiting();
                }
            },
        }
        std::mem::take(&mut self.out)
    }

    fn on_frame(&mut self, frame: ClientFrame) {
        let ClientFrame { event_id, event } = frame;
        let acts = matches!(
            event,
            ClientEvent::ItemCreate { .. } | ClientEvent::ResponseCreate(_)
        );
        if acts && event_id.as_deref().is_some_and(|id| !self.is_new(id)) {
            let message =
                "an event with this id was carried out before; it was not carried out again";
            self.refuse(
                event_id,
                ErrorDetail::request(code::DUPLICATE_EVENT, message).about("event_id"),
            );
            return;
        }
        let result = match event {
            ClientEvent::SessionUpdate(patch) => self.on_update(*patch),
            ClientEvent::ItemCreate {
                previous_item_id,
                item,
            } => self.on_create(previous_item_id.as_deref(), *item),
            ClientEvent::ItemRetrieve { item_id } => self.on_retrieve(&item_id),
            ClientEvent::ItemTruncate {
                item_id,
                content_index,
                audio_end_ms,
            } => self.on_truncate(&item_id, content_index, audio_end_ms),
            ClientEvent::ItemDelete { item_id } => self.on_delete(&item_id),
            ClientEvent::AudioAppend { audio } => self.on_append(&audio),
            ClientEvent::AudioCommit => self.on_commit(),
            ClientEvent::AudioClear => {
                self.on_clear();
                Ok(())
            }
            ClientEvent::OutputAudioClear => Err(ErrorDetail::request(
                code::NOT_OVER_WEBSOCKET,
                "`output_audio_buffer.clear` is for WebRTC and SIP; nothing was changed",
            )),
            ClientEvent::ResponseCreate(params) => self.on_respond(*params, event_id.as_deref()),
            ClientEvent::ResponseCancel { response_id } => self.on_cancel(response_id.as_deref()),
        };
        if let Err(error) = result {
            self.refuse(event_id, error);
        }
    }

    fn on_update(&mut self, patch: SessionPatch) -> Result<(), ErrorDetail> {
        if patch.kind.as_deref().is_some_and(|kind| kind != "realtime") {
            let message =
                "this runtime holds sessions of type `realtime` only; nothing was changed";
            return Err(
                ErrorDetail::request(code::SESSION_UNSUPPORTED, message).about("session.type")
            );
        }
        let before = self.session.audio.clone();
        let is_fixed = self.voice.fixed.is_some();
        let result = self.session.merge(patch);
        if is_fixed {
            self.session
                .audio
                .output
                .voice
                .clone_from(&before.output.voice);
        }
        result.map_err(|cause| {
            ErrorDetail::request(code::BAD_VALUE, format!("{cause}; nothing was changed"))
                .about(cause.param)
        })?;
        if before != self.session.audio {
            let detects = |audio: &SessionAudio| audio.input.turn_detection.is_some();
            if detects(&before) != detects(&self.session.audio) {
                self.voice.waiting = 0;
            }
            self.resettle();
        }
        self.send(ServerEvent::SessionUpdated {
            session: self.session.clone(),
        });
        Ok(())
    }

    fn on_emitted(&mut self, emitted: &Emitted) {
        match &emitted.what {
            What::TurnStarted { key } => self.on_turn_started(emitted.turn, key),
            What::Say { live, kept, .. } => self.on_said(emitted.turn, live, kept),
            What::Errand { live, kept } => self.out.push(Effect::Send {
                live: Payload::Errand(live.clone()),
                kept: kept.clone().map(Payload::Errand),
            }),
            What::TurnDone { status } => self.on_turn_done(emitted.turn, *status),
        }
    }

    fn on_voice(&mut self, event: &VoiceEvent) {
        match event {
            VoiceEvent::SpeechStarted { turn, at, .. } => self.on_speech_started(*turn, *at),
            VoiceEvent::Taken { turn, floor } => self.on_taken(*turn, *floor),
            VoiceEvent::SpeechStopped {
                turn, voice_end, ..
            } => self.on_speech_stopped(*turn, *voice_end),
            VoiceEvent::Rejoined { turn } => self.on_rejoined(*turn),
            VoiceEvent::Dropped { turn, was_told, .. } => self.on_dropped(*turn, *was_told),
            VoiceEvent::Partial {
                turn,
                text,
                stable_words,
            } => self.on_partial(*turn, text.as_str(), *stable_words),
            VoiceEvent::Transcript { turn, text, how } => {
                self.on_transcript(*turn, text.as_str(), how);
            }
            VoiceEvent::Sealed { turn } => self.on_sealed(*turn),
            VoiceEvent::Unread { turn, code } => self.on_unread(*turn, code),
            VoiceEvent::Say {
                key,
                text,
                how,
                amends,
                ..
            } => self.on_heard_say(key, text.as_str(), how, *amends),
            VoiceEvent::StopTurn => self.on_stop_turn(),
            VoiceEvent::Answer { answer, how, .. } => self.on_spoken_answer(answer, how),
            VoiceEvent::ItemStarted { item, cause } => self.on_item_started(*item, *cause),
            VoiceEvent::Sentence {
                item,
                text,
                is_secret,
            } => self.on_sentence(*item, text.as_str(), *is_secret),
            VoiceEvent::Play {
                item: Some(item),
                pcm,
            } => self.on_play(*item, pcm.samples()),
            VoiceEvent::Unspoken { item, text } => self.on_unspoken(*item, text.as_str()),
            VoiceEvent::ItemSent { item } => self.on_item_sent(*item),
            VoiceEvent::ItemDone {
                item,
                heard_ms,
                is_whole,
                ..
            } => self.on_item_done(*item, *heard_ms, *is_whole),
            VoiceEvent::TurnTold => self.on_told(),
            // What a client did hear it says itself; the rest is for faces with a loudspeaker of their own, or measured by
            // the session around this machine.
            VoiceEvent::Truncated { .. }
            | VoiceEvent::Heard { .. }
            | VoiceEvent::Play { item: None, .. }
            | VoiceEvent::Replace { .. }
            | VoiceEvent::Flush { .. }
            | VoiceEvent::Silent
            | VoiceEvent::Volume { .. }
            | VoiceEvent::Pace(_)
            | VoiceEvent::Times(_)
            | VoiceEvent::Woken { .. }
            | VoiceEvent::Note(_) => {}
        }
    }

    /// The key of a sentence in the words of the stream, when it comes from the one that is open.
    pub(crate) fn voice_key<'a>(&self, key: &'a str) -> &'a str {
        key.strip_prefix(self.voice.prefix.as_str())
            .and_then(|key| key.strip_prefix(':'))
            .unwrap_or(key)
    }

    fn send(&mut self, event: ServerEvent) {
        self.out.push(Effect::Send {
            live: event.into(),
            kept: None,
        });
    }

    fn send_kept(&mut self, live: ServerEvent, kept: ServerEvent) {
        let kept = (live != kept).then(|| kept.into());
        self.out.push(Effect::Send {
            live: live.into(),
            kept,
        });
    }

    fn refuse(&mut self, event_id: Option<String>, mut error: ErrorDetail) {
        error.event_id = event_id;
        self.send(ServerEvent::Error { error });
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.counter = self.counter.saturating_add(1);
        format!("{prefix}_{}", self.counter)
    }

    /// Remembers the id; false when it was there. Digests suffice: a client that makes two of its own ids collide
    /// harms itself alone.
    fn is_new(&mut self, id: &str) -> bool {
        let digest = digest(id);
        if self.recent.contains(&digest) {
            return false;
        }
        if self.recent.len() >= RECENT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(digest);
        true
    }
}

fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
