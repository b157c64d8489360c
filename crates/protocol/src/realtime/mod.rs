//! The events of the OpenAI Realtime protocol over WebSocket, as far as errand speaks it: text and sound.
//!
//! What errand sends is written from typed structs, because strict clients raise on a known type with a missing field.
//! What errand reads is foreign: unknown fields are ignored, unknown types are errors, known fields are checked.

mod audio;
mod client;
mod error;
mod item;
mod respond;
mod response;
mod server;
mod session;
mod sound;
#[cfg(test)]
mod tests;

pub use audio::Audio;
pub use client::{ClientEvent, ClientFrame, FrameError, TYPES, read_frame};
pub use error::{ErrorDetail, code};
pub use item::{
    CallItem, Content, ContentInput, ContentKind, Item, ItemInput, ItemStatus, MessageItem,
    MessageRole, OutputItem,
};
pub use respond::{ConversationMode, InputItem, ResponseParams, ResponseSound};
pub use response::{
    InputTokens, OutputTokens, Part, Response, ResponseAudio, ResponseAudioOutput, ResponseStatus,
    StatusDetails, StatusError, StatusReason, Usage,
};
pub use server::{ServerEvent, TranscriptionUsage};
pub use session::{
    FunctionTool, MaxTokens, Modality, PatchError, Session, SessionPatch, ToolChoice,
};
pub use sound::{
    AudioFormat, AudioInput, AudioOutput, AudioPatch, Coding, Eagerness, G711_RATE, InputPatch,
    OutputPatch, PCM_RATE, SessionAudio, Speech, Transcription, TranscriptionPatch, TurnDetection,
    TurnPatch,
};

/// Longest frame that is read, in bytes: 15 MiB of sound as base64 with its envelope.
pub const FRAME_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Longest frame of any event that cannot carry sound, in bytes.
pub const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// Longest frame of an item, which may carry sound, in bytes.
pub const ITEM_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest sound in one append, in bytes of base64.
pub const APPEND_BYTES_MAX: usize = 15 * 1024 * 1024;
/// Longest text of one content part, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Content parts of one item.
pub const PARTS_MAX: usize = 64;
/// Longest id or name that a client may choose, in bytes.
pub const NAME_BYTES_MAX: usize = 128;
/// Tools that a client may declare.
pub const TOOLS_MAX: usize = 128;
/// Longest description with parameters of one tool, in bytes of JSON.
pub const TOOL_BYTES_MAX: usize = 32 * 1024;
/// Pairs in `metadata`.
pub const METADATA_PAIRS_MAX: usize = 16;
/// Longest value in `metadata`, in bytes.
pub const METADATA_BYTES_MAX: usize = 512;

/// Reads a field that may be absent, `null` or a value: absent is `None`, `null` is `Some(None)`.
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things on this wire"
)]
fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    serde::Deserialize::deserialize(deserializer).map(Some)
}
