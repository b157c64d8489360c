use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::client::{ClientEvent, FrameError, body, refuse};
use super::error::code;
use super::item::ItemInput;
use super::session::{
    FunctionTool, MaxTokens, Modality, PatchError, ToolChoice, check_modalities, read_tools,
};
use super::sound::{AudioFormat, AudioPatch, read_voice};
use super::{METADATA_BYTES_MAX, METADATA_PAIRS_MAX};

/// Overrides of one response.
#[derive(Debug, Clone, PartialEq, Default, JsonSchema)]
pub struct ResponseParams {
    /// Tools for this response only.
    pub tools: Option<Vec<FunctionTool>>,
    /// When they are used.
    pub tool_choice: Option<ToolChoice>,
    /// Given back unchanged.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Whether it is part of the conversation.
    pub conversation: ConversationMode,
    /// What to answer, instead of what was said last.
    pub input: Option<Vec<InputItem>>,
    /// Kept and shown.
    pub max_output_tokens: Option<MaxTokens>,
    /// What this response is given in, instead of what the session says.
    pub output_modalities: Option<Vec<Modality>>,
    /// What it sounds like, instead of what the session says.
    pub audio: ResponseSound,
}

/// What one response sounds like. What is absent is as in the session.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema)]
pub struct ResponseSound {
    /// Format of its sound.
    pub format: Option<AudioFormat>,
    /// Name of the voice that speaks it. Whether this runtime has it is not known here.
    pub voice: Option<String>,
}

/// Whether a response is part of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConversationMode {
    /// It is.
    #[default]
    Auto,
    /// It runs beside it.
    None,
}

/// One item of `response.input`: an item, or a reference to one of the conversation.
pub type InputItem = ItemInput;

#[derive(Deserialize)]
struct Respond {
    #[serde(default)]
    response: Option<RawParams>,
}

#[derive(Deserialize)]
struct RawParams {
    #[serde(default)]
    tools: Option<Vec<Value>>,
    #[serde(default)]
    tool_choice: Option<ToolChoice>,
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
    #[serde(default)]
    conversation: Option<ConversationMode>,
    #[serde(default)]
    input: Option<Vec<ItemInput>>,
    #[serde(default)]
    max_output_tokens: Option<MaxTokens>,
    #[serde(default)]
    output_modalities: Option<Vec<Modality>>,
    #[serde(default)]
    audio: Option<AudioPatch>,
}

pub(super) fn read_respond(text: &str, event_id: Option<&str>) -> Result<ClientEvent, FrameError> {
    let Some(raw) = body::<Respond>(text, event_id)?.response else {
        return Ok(ClientEvent::ResponseCreate(Box::default()));
    };
    let wrong = |param: &str, message: String| {
        refuse(
            event_id.map(Into::into),
            code::BAD_VALUE,
            message,
            Some(param),
        )
    };
    let tools = match raw.tools {
        Some(tools) => {
            Some(read_tools(tools).map_err(|cause| wrong("response.tools", cause.to_string()))?)
        }
        None => None,
    };
    if let Some(choice) = &raw.tool_choice {
        choice
            .check("response.tool_choice")
            .map_err(|cause| wrong(&cause.param, cause.to_string()))?;
    }
    if let Some(asked) = &raw.output_modalities {
        check_modalities(asked, "response.output_modalities")
            .map_err(|cause| wrong(&cause.param, cause.to_string()))?;
    }
    if let Some(max) = &raw.max_output_tokens {
        max.check("response.max_output_tokens")
            .map_err(|cause| wrong(&cause.param, cause.to_string()))?;
    }
    if let Some(pairs) = &raw.metadata {
        let is_long =
            |(key, value): (&String, &String)| key.len() > 64 || value.len() > METADATA_BYTES_MAX;
        if pairs.len() > METADATA_PAIRS_MAX || pairs.iter().any(is_long) {
            let message = format!(
                "`metadata` has at most {METADATA_PAIRS_MAX} pairs, keys of 64 and values of {METADATA_BYTES_MAX} bytes"
            );
            return Err(wrong("response.metadata", message));
        }
    }
    let audio = read_sound(raw.audio.unwrap_or_default())
        .map_err(|cause| wrong(&cause.param, cause.to_string()))?;
    Ok(ClientEvent::ResponseCreate(Box::new(ResponseParams {
        tools,
        tool_choice: raw.tool_choice,
        metadata: raw.metadata,
        conversation: raw.conversation.unwrap_or_default(),
        input: raw.input,
        max_output_tokens: raw.max_output_tokens,
        output_modalities: raw.output_modalities,
        audio,
    })))
}

/// Format and voice are all that the protocol lets one response choose of sound. The rest of what a session is configured
/// with is refused here: left out in silence it would look carried out.
fn read_sound(audio: AudioPatch) -> Result<ResponseSound, PatchError> {
    let of_session = |param| {
        let message = "it is the session's alone; change it with `session.update`";
        Err(PatchError::new(param, message))
    };
    if matches!(audio.input, Some(Some(_))) {
        return of_session("response.audio.input");
    }
    let output = audio.output.flatten().unwrap_or_default();
    if matches!(output.speed, Some(Some(_))) {
        return of_session("response.audio.output.speed");
    }
    let format = match output.format.flatten() {
        Some(format) => Some(AudioFormat::read(
            Some(format),
            "response.audio.output.format",
        )?),
        None => None,
    };
    let voice = read_voice(output.voice.flatten(), "response.audio.output.voice")?;
    Ok(ResponseSound { format, voice })
}
