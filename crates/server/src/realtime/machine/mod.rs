//! The pure machine of one session: client events and what the house emits go in, server events and calls to the house
//! come out. No sockets, no clock, no awaiting.

mod audio;
mod items;
mod responses;
#[cfg(test)]
mod tests;
mod tools;

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use errand_protocol::envelope::Payload;
use errand_protocol::realtime::{
    ClientEvent, ClientFrame, ErrorDetail, FrameError, ServerEvent, Session, SessionPatch, code,
};
use errand_runtime::house::{Emitted, HouseError, What};

use items::Items;
use responses::{Active, Aside};

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
    },
    /// Stop the turn under way.
    Stop,
}

/// State of one session.
#[derive(Debug)]
pub(crate) struct SessionMachine {
    session: Session,
    conversation_id: String,
    items: Items,
    active: Option<Active>,
    asides: VecDeque<Aside>,
    buffer_bytes: usize,
    counter: u64,
    recent: VecDeque<u64>,
    out: Vec<Effect>,
}

impl SessionMachine {
    /// A session that begins. `start` is the number of the last event that any client of it may have seen: ids made
    /// here count on from it, so that they stay unique after a restart of the process.
    pub(crate) fn new(id: &str, model: &str, start: u64) -> Self {
        Self {
            session: Session::new(id, model),
            conversation_id: format!("conv_{}", id.trim_start_matches("sess_")),
            items: Items::default(),
            active: None,
            asides: VecDeque::new(),
            buffer_bytes: 0,
            counter: start,
            recent: VecDeque::new(),
            out: Vec::new(),
        }
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
            ClientEvent::AudioAppend { bytes } => self.on_append(bytes),
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
        self.session.merge(patch).map_err(|cause| {
            ErrorDetail::request(code::BAD_VALUE, format!("{cause}; nothing was changed"))
                .about(cause.param)
        })?;
        self.send(ServerEvent::SessionUpdated {
            session: self.session.clone(),
        });
        Ok(())
    }

    fn on_emitted(&mut self, emitted: &Emitted) {
        match &emitted.what {
            What::TurnStarted { key } => self.on_turn_started(emitted.turn, key),
            What::Say { live, kept } => self.on_said(emitted.turn, live, kept),
            What::Errand { live, kept } => self.out.push(Effect::Send {
                live: Payload::Errand(live.clone()),
                kept: kept.clone().map(Payload::Errand),
            }),
            What::TurnDone { status } => self.on_turn_done(emitted.turn, *status),
        }
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
