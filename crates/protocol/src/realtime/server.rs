use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::audio::Audio;
use super::error::ErrorDetail;
use super::item::Item;
use super::response::{Part, Response};
use super::session::Session;

/// What reading took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TranscriptionUsage {
    /// `duration`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Length of the sound that was read, in seconds.
    pub seconds: f64,
}

impl TranscriptionUsage {
    /// Of sound that long, in milliseconds.
    pub fn of_ms(ms: u64) -> Self {
        Self {
            kind: "duration".into(),
            #[expect(clippy::cast_precision_loss, reason = "no recording is 2^52 ms long")]
            seconds: ms as f64 / 1_000.0,
        }
    }
}

/// What errand sends, without `event_id`, which [`Envelope`](crate::envelope::Envelope) adds. Names are those of the
/// general release only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum ServerEvent {
    /// First on every connection.
    #[serde(rename = "session.created")]
    SessionCreated {
        /// The effective configuration.
        session: Session,
    },
    /// After `session.update`.
    #[serde(rename = "session.updated")]
    SessionUpdated {
        /// The effective configuration, whole.
        session: Session,
    },
    /// An item entered the conversation.
    #[serde(rename = "conversation.item.added")]
    ItemAdded {
        /// The item before it.
        previous_item_id: Option<String>,
        /// The item.
        item: Item,
    },
    /// An item is whole.
    #[serde(rename = "conversation.item.done")]
    ItemDone {
        /// The item before it.
        previous_item_id: Option<String>,
        /// The item.
        item: Item,
    },
    /// Answer to `conversation.item.retrieve`.
    #[serde(rename = "conversation.item.retrieved")]
    ItemRetrieved {
        /// The item.
        item: Item,
    },
    /// An item was cut to what was heard.
    #[serde(rename = "conversation.item.truncated")]
    ItemTruncated {
        /// Which.
        item_id: String,
        /// Which part.
        content_index: u32,
        /// What was heard, in milliseconds.
        audio_end_ms: u64,
    },
    /// An item left the conversation.
    #[serde(rename = "conversation.item.deleted")]
    ItemDeleted {
        /// Which.
        item_id: String,
    },
    /// More words of what the person said.
    #[serde(rename = "conversation.item.input_audio_transcription.delta")]
    TranscriptionDelta {
        /// Which item.
        item_id: String,
        /// Which part.
        content_index: u32,
        /// The words.
        delta: String,
    },
    /// All words of what the person said.
    #[serde(rename = "conversation.item.input_audio_transcription.completed")]
    TranscriptionCompleted {
        /// Which item.
        item_id: String,
        /// Which part.
        content_index: u32,
        /// The words.
        transcript: String,
        /// What it took.
        usage: TranscriptionUsage,
    },
    /// Sound could not be turned into words.
    #[serde(rename = "conversation.item.input_audio_transcription.failed")]
    TranscriptionFailed {
        /// Which item.
        item_id: String,
        /// Which part.
        content_index: u32,
        /// Why.
        error: ErrorDetail,
    },
    /// The buffer became an item.
    #[serde(rename = "input_audio_buffer.committed")]
    AudioCommitted {
        /// The item before it.
        previous_item_id: Option<String>,
        /// The new item.
        item_id: String,
    },
    /// Somebody speaks.
    #[serde(rename = "input_audio_buffer.speech_started")]
    SpeechStarted {
        /// Where in the sound that was appended since the session began, in milliseconds.
        audio_start_ms: u64,
        /// The item that it becomes.
        item_id: String,
    },
    /// Nobody speaks any more.
    #[serde(rename = "input_audio_buffer.speech_stopped")]
    SpeechStopped {
        /// Where in the sound that was appended since the session began, in milliseconds.
        audio_end_ms: u64,
        /// The item that it becomes.
        item_id: String,
    },
    /// Nobody said anything for as long as the session allows.
    #[serde(rename = "input_audio_buffer.timeout_triggered")]
    AudioTimeout {
        /// From where, in milliseconds of the sound that was appended since the session began.
        audio_start_ms: u64,
        /// Until where.
        audio_end_ms: u64,
        /// The item that the silence becomes.
        item_id: String,
    },
    /// The buffer is empty.
    #[serde(rename = "input_audio_buffer.cleared")]
    AudioCleared {},
    /// A response begins.
    #[serde(rename = "response.created")]
    ResponseCreated {
        /// The response.
        response: Response,
    },
    /// A response is over, however it ended.
    #[serde(rename = "response.done")]
    ResponseDone {
        /// The response.
        response: Response,
    },
    /// An item of a response begins.
    #[serde(rename = "response.output_item.added")]
    OutputItemAdded {
        /// Which response.
        response_id: String,
        /// Place in it.
        output_index: u32,
        /// The item.
        item: Item,
    },
    /// An item of a response is whole.
    #[serde(rename = "response.output_item.done")]
    OutputItemDone {
        /// Which response.
        response_id: String,
        /// Place in it.
        output_index: u32,
        /// The item.
        item: Item,
    },
    /// A part begins.
    #[serde(rename = "response.content_part.added")]
    PartAdded {
        /// Which response.
        response_id: String,
        /// Which item.
        item_id: String,
        /// Place of the item.
        output_index: u32,
        /// Place of the part.
        content_index: u32,
        /// The part.
        part: Part,
    },
    /// A part is whole.
    #[serde(rename = "response.content_part.done")]
    PartDone {
        /// Which response.
        response_id: String,
        /// Which item.
        item_id: String,
        /// Place of the item.
        output_index: u32,
        /// Place of the part.
        content_index: u32,
        /// The part.
        part: Part,
    },
    /// More words.
    #[serde(rename = "response.output_text.delta")]
    TextDelta {
        /// Which response.
        response_id: String,
        /// Which item.
        item_id: String,
        /// Place of the item.
        output_index: u32,
        /// Place of the part.
        content_index: u32,
        /// The words.
        delta: String,
    },
    /// All words.
    #[serde(rename = "response.output_text.done")]
    TextDone {
        /// Which response.
        response_id: String,
        /// Which item.
        item_id: String,
        /// Place of the item.
        output_index: u32,
        /// Place of the part.
        content_index: u32,
        /// The words.
        text: String,
    },
    /// More sound.
    #[serde(rename = "response.output_audio.delta")]
    AudioDelta {
        /// Which response.
        response_id: String,
        /// Which item.
        item_id: String,
        /// Place of the item.
        output_index: u32,
        /// Place of the part.
        content_index: u32,
        /// The sound, in the output format of the session.
        delta: Audio,
    },
    /// No more sound.
    #[serde(rename = "response.output_audio.done")]
    AudioDone {
        /// Which response.
        response_id: String,
        /// Which item.
        item_id: String,
        /// Place of the item.
        output_index: u32,
        /// Place of the part.
        content_index: u32,
    },
    /// More words of the sound.
    #[serde(rename = "response.output_audio_transcript.delta")]
    AudioTranscriptDelta {
        /// Which response.
        response_id: String,
        /// Which item.
        item_id: String,
        /// Place of the item.
        output_index: u32,
        /// Place of the part.
        content_index: u32,
        /// The words.
        delta: String,
    },
    /// All words of the sound.
    #[serde(rename = "response.output_audio_transcript.done")]
    AudioTranscriptDone {
        /// Which response.
        response_id: String,
        /// Which item.
        item_id: String,
        /// Place of the item.
        output_index: u32,
        /// Place of the part.
        content_index: u32,
        /// The words.
        transcript: String,
    },
    /// More arguments.
    #[serde(rename = "response.function_call_arguments.delta")]
    ArgumentsDelta {
        /// Which response.
        response_id: String,
        /// Which item.
        item_id: String,
        /// Place of the item.
        output_index: u32,
        /// Which call.
        call_id: String,
        /// JSON as text.
        delta: String,
    },
    /// All arguments.
    #[serde(rename = "response.function_call_arguments.done")]
    ArgumentsDone {
        /// Which response.
        response_id: String,
        /// Which item.
        item_id: String,
        /// Place of the item.
        output_index: u32,
        /// Which call.
        call_id: String,
        /// The tool.
        name: String,
        /// JSON as text.
        arguments: String,
    },
    /// A request of the client failed. The connection stays open.
    #[serde(rename = "error")]
    Error {
        /// What and why.
        error: ErrorDetail,
    },
}
