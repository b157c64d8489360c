use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ErrorDetail;
use super::item::Item;
use super::response::{Part, Response};
use super::session::Session;

/// What errand sends, without `event_id`, which [`Envelope`](crate::envelope::Envelope) adds. Names are those of the
/// general release only. Events of speech that this runtime cannot send yet are not here.
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
