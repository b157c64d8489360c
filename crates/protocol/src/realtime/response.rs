use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::item::Item;
use super::session::{MaxTokens, Modality};
use super::sound::AudioFormat;

/// A response, as shown in `response.created` and `response.done`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Response {
    /// `realtime.response`.
    pub object: String,
    /// Which.
    pub id: String,
    /// Where it stands.
    pub status: ResponseStatus,
    /// Why it ended as it did.
    pub status_details: Option<StatusDetails>,
    /// What it holds.
    pub output: Vec<Item>,
    /// The conversation that it is part of; `null` when it runs beside it.
    pub conversation_id: Option<String>,
    /// What it is given in: one of the two.
    pub output_modalities: Vec<Modality>,
    /// Kept and shown.
    pub max_output_tokens: MaxTokens,
    /// The client's own, given back unchanged.
    pub metadata: Option<BTreeMap<String, String>>,
    /// What it sounds like, as the session or the client's request says.
    pub audio: ResponseAudio,
    /// Always there; zero where no language model was asked.
    pub usage: Usage,
}

/// Sound of a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResponseAudio {
    /// Out.
    pub output: ResponseAudioOutput,
}

/// Sound that goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResponseAudioOutput {
    /// Format.
    pub format: AudioFormat,
    /// Voice.
    pub voice: String,
}

/// Where a response stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResponseStatus {
    /// Being written.
    InProgress,
    /// Whole.
    Completed,
    /// Stopped.
    Cancelled,
    /// Ended by a fault.
    Failed,
    /// Cut.
    Incomplete,
}

/// Why a response ended as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusDetails {
    /// The same word as the status.
    #[serde(rename = "type")]
    pub kind: ResponseStatus,
    /// Why it was stopped or cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StatusReason>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<StatusError>,
}

/// Why a response was stopped or cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusReason {
    /// The person began to speak.
    TurnDetected,
    /// The client asked.
    ClientCancelled,
    /// Too long.
    MaxOutputTokens,
    /// Filtered.
    ContentFilter,
}

/// Why a response failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusError {
    /// `server_error` or `invalid_request_error`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Stable code.
    pub code: String,
    /// What happened and what did not.
    pub message: String,
}

/// What a response used of a language model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Usage {
    /// Sum.
    pub total_tokens: u64,
    /// In.
    pub input_tokens: u64,
    /// Out.
    pub output_tokens: u64,
    /// In, by kind.
    pub input_token_details: InputTokens,
    /// Out, by kind.
    pub output_token_details: OutputTokens,
}

/// Tokens in, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct InputTokens {
    /// Read from a cache.
    pub cached_tokens: u64,
    /// Of text.
    pub text_tokens: u64,
    /// Of sound.
    pub audio_tokens: u64,
}

/// Tokens out, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct OutputTokens {
    /// Of text.
    pub text_tokens: u64,
    /// Of sound.
    pub audio_tokens: u64,
}

/// A part in `response.content_part.*`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// Which of two.
    #[serde(rename = "type")]
    pub kind: Modality,
    /// The words so far, of text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The words so far, of sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

impl Part {
    /// A part of this kind with these words.
    pub fn new(kind: Modality, words: impl Into<String>) -> Self {
        let words = Some(words.into());
        let (text, transcript) = match kind {
            Modality::Text => (words, None),
            Modality::Audio => (None, words),
        };
        Self {
            kind,
            text,
            transcript,
        }
    }
}
