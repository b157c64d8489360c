use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Codes of `error` events. They are behaviour: clients go on, retry or stop by them.
pub mod code {
    /// Cancel with nothing active.
    pub const CANCEL_NOT_ACTIVE: &str = "response_cancel_not_active";
    /// A second response while one is being written.
    pub const ALREADY_ACTIVE: &str = "conversation_already_has_active_response";
    /// Retrieve of an item that is not there.
    pub const RETRIEVE_UNKNOWN: &str = "item_retrieve_invalid_item_id";
    /// Delete of an item that is not there.
    pub const DELETE_UNKNOWN: &str = "item_delete_invalid_item_id";
    /// Truncate of an item that is not there.
    pub const TRUNCATE_UNKNOWN: &str = "item_truncate_invalid_item_id";
    /// Truncate of something that holds no such sound.
    pub const TRUNCATE_RANGE: &str = "item_truncate_invalid_audio_end";
    /// An item id that was used before.
    pub const DUPLICATE_ITEM: &str = "item_create_duplicate_item_id";
    /// The item to insert after is not there.
    pub const PREVIOUS_UNKNOWN: &str = "item_create_invalid_previous_item_id";
    /// An item of a kind that this runtime does not take.
    pub const ITEM_UNSUPPORTED: &str = "item_create_unsupported_type";
    /// The output of a call that nobody made, or that was answered.
    pub const CALL_UNKNOWN: &str = "item_create_invalid_call_id";
    /// Commit of an empty buffer.
    pub const COMMIT_EMPTY: &str = "input_audio_buffer_commit_empty";
    /// The buffer holds as much as it may.
    pub const BUFFER_FULL: &str = "input_audio_buffer_full";
    /// Sound that is not base64.
    pub const BAD_AUDIO: &str = "invalid_audio";
    /// A frame that is not one JSON object.
    pub const BAD_JSON: &str = "invalid_json";
    /// A `type` that no client sends.
    pub const UNKNOWN_TYPE: &str = "unknown_event_type";
    /// A field that is missing, too long or of another shape.
    pub const BAD_VALUE: &str = "invalid_value";
    /// A frame longer than its kind may be.
    pub const TOO_LARGE: &str = "event_too_large";
    /// A binary frame.
    pub const NOT_TEXT: &str = "frame_not_text";
    /// The same event again.
    pub const DUPLICATE_EVENT: &str = "duplicate_event_id";
    /// Something of WebRTC or SIP.
    pub const NOT_OVER_WEBSOCKET: &str = "not_supported_over_websocket";
    /// A kind of session that this runtime does not hold.
    pub const SESSION_UNSUPPORTED: &str = "unsupported_session_type";
    /// This runtime has no ears or no voice.
    pub const NO_SPEECH: &str = "speech_not_available";
    /// Sound that could not be turned into words.
    pub const NOT_UNDERSTOOD: &str = "speech_not_understood";
    /// Another voice than the one that was heard already.
    pub const VOICE_FIXED: &str = "cannot_update_voice";
    /// The voice broke off in the middle of an answer.
    pub const VOICE_LOST: &str = "voice_lost";
    /// A turn that ended by a fault of ours; what was said says so.
    pub const TURN_FAILED: &str = "turn_failed";
}

/// What an `error` event says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorDetail {
    /// `invalid_request_error` or `server_error`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Stable code, one of [`code`].
    pub code: Option<String>,
    /// What happened and what did not.
    pub message: String,
    /// The field that it is about.
    pub param: Option<String>,
    /// The client's own id of the event that failed.
    pub event_id: Option<String>,
}

impl ErrorDetail {
    /// A request that cannot be carried out.
    pub fn request(code: &str, message: impl Into<String>) -> Self {
        Self {
            kind: "invalid_request_error".into(),
            code: Some(code.into()),
            message: message.into(),
            param: None,
            event_id: None,
        }
    }

    /// Names the field.
    #[must_use]
    pub fn about(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }
}
