use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::sound::{AudioPatch, SessionAudio, Speech};
use super::{NAME_BYTES_MAX, TEXT_BYTES_MAX, TOOL_BYTES_MAX, TOOLS_MAX, present};

/// The effective configuration of a session, as shown in `session.created` and `session.updated`.
///
/// What is shown is what is done: a field that this runtime does not carry out is `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// `realtime`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `realtime.session`.
    pub object: String,
    /// Which.
    pub id: String,
    /// Name of the profile of agents that answers. Cannot be changed.
    pub model: String,
    /// What errand answers with: one of the two. Text where this runtime has no ears and no voice.
    pub output_modalities: Vec<Modality>,
    /// Instructions of the application: kept and shown; they cannot weaken any rule of the person.
    pub instructions: String,
    /// Tools that the application runs.
    pub tools: Vec<FunctionTool>,
    /// When they are used.
    pub tool_choice: ToolChoice,
    /// Kept and shown.
    pub parallel_tool_calls: bool,
    /// Kept and shown; sentences are never cut in the middle.
    pub max_output_tokens: MaxTokens,
    /// Sound.
    pub audio: SessionAudio,
    /// Not carried out.
    pub include: Option<Vec<String>>,
    /// Not carried out.
    pub prompt: Option<Value>,
    /// Not carried out.
    pub tracing: Option<Value>,
    /// Old items are left out when the conversation grows past its bound.
    pub truncation: String,
    /// What this runtime can do of speech; `None`: nothing. Not on the wire.
    #[serde(skip)]
    pub speech: Option<Speech>,
}

/// What errand answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// Words.
    Text,
    /// Sound.
    Audio,
}

/// Bound on the length of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MaxTokens {
    /// So many.
    Count(u32),
    /// `inf`.
    Word(String),
}

impl MaxTokens {
    /// No bound.
    pub fn inf() -> Self {
        Self::Word("inf".into())
    }

    pub(super) fn check(&self, param: &str) -> Result<(), PatchError> {
        match self {
            Self::Count(1..) => Ok(()),
            Self::Word(word) if word == "inf" => Ok(()),
            Self::Count(_) | Self::Word(_) => {
                Err(PatchError::new(param, "a number from 1, or `inf`"))
            }
        }
    }
}

/// A tool that the application runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FunctionTool {
    /// `function`.
    #[serde(rename = "type", default = "function")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON schema of its arguments.
    #[serde(default)]
    pub parameters: Value,
}

fn function() -> String {
    "function".into()
}

/// When tools are used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ToolChoice {
    /// `auto`, `none` or `required`.
    Mode(String),
    /// This one.
    Function {
        /// `function`.
        #[serde(rename = "type")]
        kind: String,
        /// Its name.
        name: String,
    },
}

impl ToolChoice {
    /// When the person names a tool.
    pub fn auto() -> Self {
        Self::Mode("auto".into())
    }

    /// Checks the word.
    pub(super) fn check(&self, param: &str) -> Result<(), PatchError> {
        match self {
            Self::Mode(mode) if matches!(mode.as_str(), "auto" | "none" | "required") => Ok(()),
            Self::Function { kind, name } if kind == "function" && name.len() <= NAME_BYTES_MAX => {
                Ok(())
            }
            Self::Mode(_) | Self::Function { .. } => Err(PatchError::new(
                param,
                "`auto`, `none`, `required` or a function by its name",
            )),
        }
    }
}

/// What `session.update` changes. Absent and `null` differ: absent leaves a field as it is, `null` clears it.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SessionPatch {
    /// `realtime`, when given.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Instructions; `""` clears.
    #[serde(deserialize_with = "present")]
    pub instructions: Option<Option<String>>,
    /// Tools; `[]` clears.
    #[serde(deserialize_with = "present")]
    pub tools: Option<Option<Vec<Value>>>,
    /// When tools are used.
    #[serde(deserialize_with = "present")]
    pub tool_choice: Option<Option<ToolChoice>>,
    /// Kept and shown.
    #[serde(deserialize_with = "present")]
    pub parallel_tool_calls: Option<Option<bool>>,
    /// Kept and shown.
    #[serde(deserialize_with = "present")]
    pub max_output_tokens: Option<Option<MaxTokens>>,
    /// Checked, and answered with what is effective.
    #[serde(deserialize_with = "present")]
    pub output_modalities: Option<Option<Vec<Modality>>>,
    /// Sound, field by field.
    #[serde(deserialize_with = "present")]
    pub audio: Option<Option<AudioPatch>>,
}

/// Why a change was refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{param}`: {message}")]
pub struct PatchError {
    /// The field.
    pub param: String,
    /// What it may be.
    pub message: String,
}

impl PatchError {
    pub(super) fn new(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            param: param.into(),
            message: message.into(),
        }
    }
}

impl Session {
    /// A session as it begins: it speaks and listens by itself where the runtime can.
    pub fn new(id: &str, model: &str, speech: Option<Speech>) -> Self {
        Self {
            kind: "realtime".into(),
            object: "realtime.session".into(),
            id: id.into(),
            model: model.into(),
            output_modalities: vec![match &speech {
                Some(_) => Modality::Audio,
                None => Modality::Text,
            }],
            instructions: String::new(),
            tools: Vec::new(),
            tool_choice: ToolChoice::auto(),
            parallel_tool_calls: true,
            max_output_tokens: MaxTokens::inf(),
            audio: SessionAudio::new(speech.as_ref()),
            include: None,
            prompt: None,
            tracing: None,
            truncation: "auto".into(),
            speech,
        }
    }

    /// Which of two an answer is given in: sound where it was asked for and this runtime has a voice.
    pub fn modality(&self, asked: &[Modality]) -> Modality {
        if self.speech.is_some() && asked.contains(&Modality::Audio) {
            Modality::Audio
        } else {
            Modality::Text
        }
    }

    /// Merges a change: only present fields change. All or nothing: an error leaves everything as it was.
    ///
    /// Where this runtime has no speech, `output_modalities` is checked but stays text, and turn detection stays `null`:
    /// what is shown must be what is done.
    pub fn merge(&mut self, patch: SessionPatch) -> Result<(), PatchError> {
        let mut next = self.clone();
        if let Some(instructions) = patch.instructions {
            let instructions = instructions.unwrap_or_default();
            if instructions.len() > TEXT_BYTES_MAX {
                return Err(PatchError::new(
                    "session.instructions",
                    format!("at most {TEXT_BYTES_MAX} bytes"),
                ));
            }
            next.instructions = instructions;
        }
        if let Some(tools) = patch.tools {
            next.tools = read_tools(tools.unwrap_or_default())?;
        }
        if let Some(choice) = patch.tool_choice {
            let choice = choice.unwrap_or_else(ToolChoice::auto);
            choice.check("session.tool_choice")?;
            next.tool_choice = choice;
        }
        if let Some(parallel) = patch.parallel_tool_calls {
            next.parallel_tool_calls = parallel.unwrap_or(true);
        }
        if let Some(max) = patch.max_output_tokens {
            let max = max.unwrap_or_else(MaxTokens::inf);
            max.check("session.max_output_tokens")?;
            next.max_output_tokens = max;
        }
        if let Some(Some(modalities)) = &patch.output_modalities {
            check_modalities(modalities, "session.output_modalities")?;
            next.output_modalities = vec![next.modality(modalities)];
        }
        if let Some(Some(audio)) = patch.audio {
            next.audio.merge(audio, next.speech.as_ref())?;
        }
        *self = next;
        Ok(())
    }
}

pub(super) fn check_modalities(asked: &[Modality], param: &str) -> Result<(), PatchError> {
    if asked.is_empty() {
        return Err(PatchError::new(param, "at least one of `text` and `audio`"));
    }
    Ok(())
}

/// Reads declared tools. Tools of kinds that a client cannot run itself (`mcp`) are left out, not refused.
pub(super) fn read_tools(raw: Vec<Value>) -> Result<Vec<FunctionTool>, PatchError> {
    if raw.len() > TOOLS_MAX {
        return Err(PatchError::new(
            "tools",
            format!("at most {TOOLS_MAX} tools"),
        ));
    }
    let mut tools: Vec<FunctionTool> = Vec::new();
    for value in raw {
        if value.get("type").is_some_and(|kind| kind != "function") {
            continue;
        }
        let weight = value.to_string().len();
        let tool: FunctionTool = serde_json::from_value(value).map_err(|_| {
            PatchError::new(
                "tools",
                "a tool is an object with `type`, `name` and `parameters`",
            )
        })?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if tool.name.is_empty()
            || tool.name.len() > NAME_BYTES_MAX
            || !tool.name.chars().all(is_plain)
        {
            return Err(PatchError::new(
                "tools",
                "a name is 1 to 128 letters, digits, `_`, `-` or `.`",
            ));
        }
        if weight > TOOL_BYTES_MAX {
            return Err(PatchError::new(
                "tools",
                format!("one tool has at most {TOOL_BYTES_MAX} bytes"),
            ));
        }
        if tools.iter().any(|other| other.name == tool.name) {
            return Err(PatchError::new(
                "tools",
                format!("`{}` is declared twice", tool.name),
            ));
        }
        tools.push(tool);
    }
    Ok(tools)
}
