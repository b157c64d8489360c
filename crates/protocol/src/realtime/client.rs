use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::audio::Audio;
use super::error::{ErrorDetail, code};
use super::item::{Item, ItemInput};
use super::respond::{ResponseParams, read_respond};
use super::session::SessionPatch;
use super::{APPEND_BYTES_MAX, EVENT_BYTES_MAX, FRAME_BYTES_MAX, ITEM_BYTES_MAX, NAME_BYTES_MAX};

/// A client's frame, read.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientFrame {
    /// The client's own id of the event: goes back in errors and names the request.
    pub event_id: Option<String>,
    /// What it asks.
    pub event: ClientEvent,
}

/// What a client may ask: the eleven client events.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientEvent {
    /// `session.update`.
    SessionUpdate(Box<SessionPatch>),
    /// `conversation.item.create`.
    ItemCreate {
        /// After which item; absent: at the end; `root`: at the start.
        previous_item_id: Option<String>,
        /// The item.
        item: Box<ItemInput>,
    },
    /// `conversation.item.retrieve`.
    ItemRetrieve {
        /// Which.
        item_id: String,
    },
    /// `conversation.item.truncate`.
    ItemTruncate {
        /// Which.
        item_id: String,
        /// Which part.
        content_index: u32,
        /// What was heard, in milliseconds.
        audio_end_ms: u64,
    },
    /// `conversation.item.delete`.
    ItemDelete {
        /// Which.
        item_id: String,
    },
    /// `input_audio_buffer.append`.
    AudioAppend {
        /// The sound.
        audio: Audio,
    },
    /// `input_audio_buffer.commit`.
    AudioCommit,
    /// `input_audio_buffer.clear`.
    AudioClear,
    /// `output_audio_buffer.clear`: of WebRTC and SIP.
    OutputAudioClear,
    /// `response.create`.
    ResponseCreate(Box<ResponseParams>),
    /// `response.cancel`.
    ResponseCancel {
        /// Which; absent: the active one.
        response_id: Option<String>,
    },
}

/// A frame that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.message)]
pub struct FrameError(
    /// The answer, with the client's event id where it could be read.
    pub Box<ErrorDetail>,
);

/// Types of the client events.
pub const TYPES: [&str; 11] = [
    "session.update",
    "conversation.item.create",
    "conversation.item.retrieve",
    "conversation.item.truncate",
    "conversation.item.delete",
    "input_audio_buffer.append",
    "input_audio_buffer.commit",
    "input_audio_buffer.clear",
    "output_audio_buffer.clear",
    "response.create",
    "response.cancel",
];

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    event_id: Option<String>,
}

#[derive(Deserialize)]
struct Update {
    session: SessionPatch,
}

#[derive(Deserialize)]
struct Create {
    #[serde(default)]
    previous_item_id: Option<String>,
    item: ItemInput,
}

#[derive(Deserialize)]
struct Named {
    item_id: String,
}

#[derive(Deserialize)]
struct Truncate {
    item_id: String,
    content_index: u32,
    audio_end_ms: u64,
}

#[derive(Deserialize)]
struct Append<'a> {
    #[serde(borrow)]
    audio: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
struct Cancel {
    #[serde(default)]
    response_id: Option<String>,
}

/// Reads one text frame of a client.
///
/// Duplicate keys of known fields, numbers that are none, nesting without end and unknown types are errors; unknown
/// fields are ignored, because every client sends some.
pub fn read_frame(text: &str) -> Result<ClientFrame, FrameError> {
    if text.len() > FRAME_BYTES_MAX {
        return Err(refuse(
            None,
            code::TOO_LARGE,
            format!("a frame has at most {FRAME_BYTES_MAX} bytes"),
            None,
        ));
    }
    let head: Head = match serde_json::from_str(text) {
        Ok(head) => head,
        Err(cause) => return Err(bad_head(text, &cause)),
    };
    let event_id = match head.event_id {
        Some(id) if id.len() > NAME_BYTES_MAX => {
            let message = format!("`event_id` has at most {NAME_BYTES_MAX} bytes");
            return Err(refuse(None, code::BAD_VALUE, message, Some("event_id")));
        }
        id => id,
    };
    let most = match head.kind.as_str() {
        "input_audio_buffer.append" => FRAME_BYTES_MAX,
        "conversation.item.create" => ITEM_BYTES_MAX,
        _ => EVENT_BYTES_MAX,
    };
    if text.len() > most {
        let message =
            format!("an event of this type has at most {most} bytes; nothing was changed");
        return Err(refuse(event_id, code::TOO_LARGE, message, None));
    }
    let event = read_event(&head.kind, text, event_id.as_deref())?;
    Ok(ClientFrame { event_id, event })
}

fn read_event(kind: &str, text: &str, event_id: Option<&str>) -> Result<ClientEvent, FrameError> {
    Ok(match kind {
        "session.update" => {
            ClientEvent::SessionUpdate(Box::new(body::<Update>(text, event_id)?.session))
        }
        "conversation.item.create" => {
            let Create {
                previous_item_id,
                item,
            } = body(text, event_id)?;
            ClientEvent::ItemCreate {
                previous_item_id,
                item: Box::new(item),
            }
        }
        "conversation.item.retrieve" => ClientEvent::ItemRetrieve {
            item_id: body::<Named>(text, event_id)?.item_id,
        },
        "conversation.item.delete" => ClientEvent::ItemDelete {
            item_id: body::<Named>(text, event_id)?.item_id,
        },
        "conversation.item.truncate" => {
            let Truncate {
                item_id,
                content_index,
                audio_end_ms,
            } = body(text, event_id)?;
            ClientEvent::ItemTruncate {
                item_id,
                content_index,
                audio_end_ms,
            }
        }
        "input_audio_buffer.append" => read_append(text, event_id)?,
        "input_audio_buffer.commit" => ClientEvent::AudioCommit,
        "input_audio_buffer.clear" => ClientEvent::AudioClear,
        "output_audio_buffer.clear" => ClientEvent::OutputAudioClear,
        "response.create" => read_respond(text, event_id)?,
        "response.cancel" => ClientEvent::ResponseCancel {
            response_id: body::<Cancel>(text, event_id)?.response_id,
        },
        other => {
            let shown: String = other.chars().filter(|c| !c.is_control()).take(60).collect();
            let message = format!("`{shown}` is no event of a client; nothing was changed");
            return Err(refuse(
                event_id.map(Into::into),
                code::UNKNOWN_TYPE,
                message,
                Some("type"),
            ));
        }
    })
}

fn read_append(text: &str, event_id: Option<&str>) -> Result<ClientEvent, FrameError> {
    let append: Append<'_> = serde_json::from_str(text).map_err(|cause| shape(&cause, event_id))?;
    if append.audio.len() > APPEND_BYTES_MAX {
        let message = format!(
            "one append has at most {APPEND_BYTES_MAX} bytes of base64; the sound was dropped"
        );
        return Err(refuse(
            event_id.map(Into::into),
            code::TOO_LARGE,
            message,
            Some("audio"),
        ));
    }
    match Audio::from_base64(&append.audio) {
        Some(audio) => Ok(ClientEvent::AudioAppend { audio }),
        None => Err(refuse(
            event_id.map(Into::into),
            code::BAD_AUDIO,
            "`audio` is base64; the sound was dropped".into(),
            Some("audio"),
        )),
    }
}

pub(super) fn body<T: DeserializeOwned>(
    text: &str,
    event_id: Option<&str>,
) -> Result<T, FrameError> {
    serde_json::from_str(text).map_err(|cause| shape(&cause, event_id))
}

fn shape(cause: &serde_json::Error, event_id: Option<&str>) -> FrameError {
    refuse(
        event_id.map(Into::into),
        code::BAD_VALUE,
        format!("{}; nothing was changed", told(cause)),
        None,
    )
}

/// What the reader says, without the place in a line that the client does not have, and bounded.
fn told(cause: &serde_json::Error) -> String {
    let text = cause.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Either no JSON at all, or JSON without a readable `type`.
fn bad_head(text: &str, cause: &serde_json::Error) -> FrameError {
    if cause.is_data() && serde_json::from_str::<IgnoredAny>(text).is_ok() {
        let message = format!(
            "a frame is one object with a `type`: {}; nothing was changed",
            told(cause)
        );
        return refuse(None, code::BAD_VALUE, message, Some("type"));
    }
    refuse(
        None,
        code::BAD_JSON,
        format!(
            "a frame is one JSON object: {}; nothing was changed",
            told(cause)
        ),
        None,
    )
}

pub(super) fn refuse(
    event_id: Option<String>,
    code: &str,
    message: String,
    param: Option<&str>,
) -> FrameError {
    let mut error = ErrorDetail::request(code, message);
    error.event_id = event_id;
    error.param = param.map(Into::into);
    FrameError(Box::new(error))
}

impl From<Item> for ItemInput {
    fn from(item: Item) -> Self {
        match item {
            Item::Message(item) => Self {
                kind: "message".into(),
                id: Some(item.id),
                role: Some(item.role),
                content: Some(item.content.into_iter().map(Into::into).collect()),
                ..Self::default()
            },
            Item::FunctionCall(item) => Self {
                kind: "function_call".into(),
                id: Some(item.id),
                call_id: Some(item.call_id),
                name: Some(item.name),
                arguments: Some(item.arguments),
                ..Self::default()
            },
            Item::FunctionCallOutput(item) => Self {
                kind: "function_call_output".into(),
                id: Some(item.id),
                call_id: Some(item.call_id),
                output: Some(item.output),
                ..Self::default()
            },
        }
    }
}
