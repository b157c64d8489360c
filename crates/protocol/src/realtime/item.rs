use errand_types::VoiceMatch;
use schemars::JsonSchema;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize};

use super::audio::Audio;

/// One item of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum Item {
    /// Something said.
    #[serde(rename = "message")]
    Message(MessageItem),
    /// errand asks the client to run a tool that the client declared.
    #[serde(rename = "function_call")]
    FunctionCall(CallItem),
    /// The client's answer to that.
    #[serde(rename = "function_call_output")]
    FunctionCallOutput(OutputItem),
}

impl Item {
    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Message(item) => &item.id,
            Self::FunctionCall(item) => &item.id,
            Self::FunctionCallOutput(item) => &item.id,
        }
    }

    /// Bytes of text that it holds, about.
    pub fn weight(&self) -> usize {
        match self {
            Self::Message(item) => item.content.iter().map(Content::weight).sum(),
            Self::FunctionCall(item) => item.arguments.len() + item.name.len(),
            Self::FunctionCallOutput(item) => item.output.len(),
        }
    }
}

/// Something said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageItem {
    /// Which.
    pub id: String,
    /// `realtime.item`.
    pub object: String,
    /// Whether it is whole.
    pub status: ItemStatus,
    /// Who said it.
    pub role: MessageRole,
    /// What.
    pub content: Vec<Content>,
}

/// A call of a tool of the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallItem {
    /// Which.
    pub id: String,
    /// `realtime.item`.
    pub object: String,
    /// Whether it is whole.
    pub status: ItemStatus,
    /// The tool.
    pub name: String,
    /// Names this call.
    pub call_id: String,
    /// JSON as text.
    pub arguments: String,
}

/// The output of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutputItem {
    /// Which.
    pub id: String,
    /// `realtime.item`.
    pub object: String,
    /// Whether it is whole.
    pub status: ItemStatus,
    /// The call.
    pub call_id: String,
    /// What the tool answered.
    pub output: String,
}

/// Whether an item is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// Being written.
    InProgress,
    /// Whole.
    Completed,
    /// Cut.
    Incomplete,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageRole {
    /// The application.
    System,
    /// The person.
    User,
    /// errand.
    Assistant,
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Content {
    /// Kind.
    #[serde(rename = "type")]
    pub kind: ContentKind,
    /// The words, for text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The words of sound, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// How the voice compared with the one that is known. Never told to a client.
    #[serde(skip)]
    pub voice: Option<VoiceMatch>,
}

impl Content {
    /// Words of errand.
    pub fn output_text(text: impl Into<String>) -> Self {
        Self {
            kind: ContentKind::OutputText,
            text: Some(text.into()),
            transcript: None,
            voice: None,
        }
    }

    /// Sound of errand and its words.
    pub fn output_audio(transcript: impl Into<String>) -> Self {
        Self {
            kind: ContentKind::OutputAudio,
            text: None,
            transcript: Some(transcript.into()),
            voice: None,
        }
    }

    /// Sound of the person, and its words where they are known.
    pub fn input_audio(transcript: Option<String>) -> Self {
        Self {
            kind: ContentKind::InputAudio,
            text: None,
            transcript,
            voice: None,
        }
    }

    fn weight(&self) -> usize {
        self.text.as_ref().map_or(0, String::len) + self.transcript.as_ref().map_or(0, String::len)
    }
}

/// Words of sound are always there, `null` while nobody knows them: one client refuses a part without them.
impl Serialize for Content {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_sound = matches!(
            self.kind,
            ContentKind::InputAudio | ContentKind::OutputAudio
        );
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.kind)?;
        if let Some(text) = &self.text {
            map.serialize_entry("text", text)?;
        }
        if is_sound || self.transcript.is_some() {
            map.serialize_entry("transcript", &self.transcript)?;
        }
        map.end()
    }
}

/// Kinds of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContentKind {
    /// Words of the person or the application.
    InputText,
    /// Sound of the person. The sound itself is not kept.
    InputAudio,
    /// A picture. It is not read and not kept.
    InputImage,
    /// Words of errand.
    OutputText,
    /// Sound of errand.
    OutputAudio,
}

/// One part of a message as a client creates it: it may carry sound, which is read and then dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContentInput {
    /// Kind.
    #[serde(rename = "type")]
    pub kind: ContentKind,
    /// The words, for text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The words of sound, where the client knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// Sound of the person, in the input format of the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<Audio>,
    /// Errand's own: how the voice compared with the one that the person let the device know, where the device heard it
    /// with its own ears. It takes authority away and gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errand_voice: Option<VoiceMatch>,
}

impl From<Content> for ContentInput {
    fn from(content: Content) -> Self {
        Self {
            kind: content.kind,
            text: content.text,
            transcript: content.transcript,
            audio: None,
            errand_voice: content.voice,
        }
    }
}

/// An item as a client creates it: nothing in it is trusted yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ItemInput {
    /// `message`, `function_call`, `function_call_output`, `item_reference`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The client's own id for it.
    #[serde(default)]
    pub id: Option<String>,
    /// For a message.
    #[serde(default)]
    pub role: Option<MessageRole>,
    /// For a message.
    #[serde(default)]
    pub content: Option<Vec<ContentInput>>,
    /// For a call and its output.
    #[serde(default)]
    pub call_id: Option<String>,
    /// For a call.
    #[serde(default)]
    pub name: Option<String>,
    /// For a call.
    #[serde(default)]
    pub arguments: Option<String>,
    /// For an output.
    #[serde(default)]
    pub output: Option<String>,
}
