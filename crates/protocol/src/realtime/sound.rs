use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::session::PatchError;
use super::{NAME_BYTES_MAX, present};

/// Rate of `audio/pcm`, in samples per second.
pub const PCM_RATE: u32 = 24_000;
/// Rate of G.711, in samples per second.
pub const G711_RATE: u32 = 8_000;
/// Longest that may be kept of what was heard before speech was certain, in milliseconds.
const PADDING_MS_MAX: u32 = 2_000;
/// Shortest and longest silence that ends a turn, in milliseconds.
const SILENCE_MS: std::ops::RangeInclusive<u32> = 100..=10_000;
/// Shortest and longest wait for a person who says nothing, in milliseconds.
const IDLE_MS: std::ops::RangeInclusive<u32> = 5_000..=30_000;

/// What a runtime can do of speech.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speech {
    /// Names of its voices, the preferred one first.
    pub voices: Vec<String>,
}

/// Sound of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionAudio {
    /// In.
    pub input: AudioInput,
    /// Out.
    pub output: AudioOutput,
}

/// Sound that comes in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AudioInput {
    /// Format.
    pub format: AudioFormat,
    /// Whether the client is told what was understood; `null`: it is not.
    pub transcription: Option<Transcription>,
    /// Not carried out.
    pub noise_reduction: Option<Value>,
    /// When a turn of the person begins and ends; `null`: the client commits and creates responses. Always `null` where
    /// this runtime has no ears.
    pub turn_detection: Option<TurnDetection>,
}

/// That the client is told what was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Transcription {
    /// What reads: always this runtime's own recogniser, whatever was asked for.
    pub model: String,
    /// Language that was asked for, as in `en`. Kept and shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// When a turn of the person begins and ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum TurnDetection {
    /// By voice and a fixed silence.
    #[serde(rename = "server_vad")]
    ServerVad {
        /// How certain it must be that somebody speaks, 0 to 1.
        threshold: f64,
        /// What is kept of the sound before that, in milliseconds.
        prefix_padding_ms: u32,
        /// Silence that ends a turn, in milliseconds.
        silence_duration_ms: u32,
        /// Answer by itself when a turn ends.
        create_response: bool,
        /// Stop speaking when the person does.
        interrupt_response: bool,
        /// Ask again after so long a silence, in milliseconds.
        idle_timeout_ms: Option<u32>,
    },
    /// By voice, what was said so far, and silence.
    #[serde(rename = "semantic_vad")]
    SemanticVad {
        /// How soon a turn is taken for over.
        eagerness: Eagerness,
        /// Answer by itself when a turn ends.
        create_response: bool,
        /// Stop speaking when the person does.
        interrupt_response: bool,
    },
}

/// How soon a turn is taken for over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Eagerness {
    /// Waits up to 8 s.
    Low,
    /// Waits up to 4 s.
    Medium,
    /// Waits up to 2 s.
    High,
    /// As medium.
    #[default]
    Auto,
}

impl TurnDetection {
    /// As a session begins.
    pub fn server() -> Self {
        Self::ServerVad {
            threshold: 0.5,
            prefix_padding_ms: 300,
            silence_duration_ms: 500,
            create_response: true,
            interrupt_response: true,
            idle_timeout_ms: None,
        }
    }

    fn semantic() -> Self {
        Self::SemanticVad {
            eagerness: Eagerness::Auto,
            create_response: true,
            interrupt_response: true,
        }
    }

    /// Whether the end of a turn is answered without being asked.
    pub fn creates(&self) -> bool {
        match self {
            Self::ServerVad {
                create_response, ..
            }
            | Self::SemanticVad {
                create_response, ..
            } => *create_response,
        }
    }

    /// Whether the person's voice stops ours.
    pub fn interrupts(&self) -> bool {
        match self {
            Self::ServerVad {
                interrupt_response, ..
            }
            | Self::SemanticVad {
                interrupt_response, ..
            } => *interrupt_response,
        }
    }

    /// How long a silence is waited for before errand asks again, in milliseconds.
    pub fn idle_ms(&self) -> Option<u32> {
        match self {
            Self::ServerVad {
                idle_timeout_ms, ..
            } => *idle_timeout_ms,
            Self::SemanticVad { .. } => None,
        }
    }

    /// Changes of the same kind are merged; another kind begins from its defaults.
    fn changed(held: Option<&Self>, patch: TurnPatch) -> Result<Self, PatchError> {
        let base = match (patch.kind.as_deref(), held) {
            (None | Some("server_vad"), Some(held @ Self::ServerVad { .. }))
            | (None | Some("semantic_vad"), Some(held @ Self::SemanticVad { .. })) => held.clone(),
            (None | Some("server_vad"), _) => Self::server(),
            (Some("semantic_vad"), _) => Self::semantic(),
            (Some(_), _) => {
                return Err(PatchError::new(
                    "session.audio.input.turn_detection.type",
                    "`server_vad`, `semantic_vad`, or `null` for turn detection as a whole",
                ));
            }
        };
        let next = match base {
            Self::ServerVad {
                threshold,
                prefix_padding_ms,
                silence_duration_ms,
                create_response,
                interrupt_response,
                idle_timeout_ms,
            } => Self::ServerVad {
                threshold: patch.threshold.unwrap_or(threshold),
                prefix_padding_ms: patch.prefix_padding_ms.unwrap_or(prefix_padding_ms),
                silence_duration_ms: patch.silence_duration_ms.unwrap_or(silence_duration_ms),
                create_response: patch.create_response.unwrap_or(create_response),
                interrupt_response: patch.interrupt_response.unwrap_or(interrupt_response),
                idle_timeout_ms: patch.idle_timeout_ms.unwrap_or(idle_timeout_ms),
            },
            Self::SemanticVad {
                eagerness,
                create_response,
                interrupt_response,
            } => Self::SemanticVad {
                eagerness: patch.eagerness.unwrap_or(eagerness),
                create_response: patch.create_response.unwrap_or(create_response),
                interrupt_response: patch.interrupt_response.unwrap_or(interrupt_response),
            },
        };
        next.check()?;
        Ok(next)
    }

    fn check(&self) -> Result<(), PatchError> {
        let Self::ServerVad {
            threshold,
            prefix_padding_ms,
            silence_duration_ms,
            idle_timeout_ms,
            ..
        } = self
        else {
            return Ok(());
        };
        let param = |name| format!("session.audio.input.turn_detection.{name}");
        if !(0.0..=1.0).contains(threshold) {
            return Err(PatchError::new(param("threshold"), "0 to 1"));
        }
        if *prefix_padding_ms > PADDING_MS_MAX {
            let words = format!("at most {PADDING_MS_MAX}");
            return Err(PatchError::new(param("prefix_padding_ms"), words));
        }
        if !SILENCE_MS.contains(silence_duration_ms) {
            let words = format!("{} to {}", SILENCE_MS.start(), SILENCE_MS.end());
            return Err(PatchError::new(param("silence_duration_ms"), words));
        }
        if idle_timeout_ms.is_some_and(|idle| !IDLE_MS.contains(&idle)) {
            let words = format!("{} to {}, or `null`", IDLE_MS.start(), IDLE_MS.end());
            return Err(PatchError::new(param("idle_timeout_ms"), words));
        }
        Ok(())
    }
}

/// Sound that goes out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AudioOutput {
    /// Format.
    pub format: AudioFormat,
    /// The voice that speaks: the one that was asked for where this runtime has it, else the preferred one. Fixed by the
    /// first sound.
    pub voice: String,
    /// How fast it speaks, 0.25 to 1.5.
    pub speed: f64,
}

/// A format of sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AudioFormat {
    /// `audio/pcm`, `audio/pcmu` or `audio/pcma`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Samples per second; 24,000 for PCM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
}

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// 16-bit little-endian mono at 24 kHz.
    Pcm,
    /// G.711 with the u-law, 8 kHz.
    Ulaw,
    /// G.711 with the A-law, 8 kHz.
    Alaw,
}

impl Coding {
    /// Samples per second.
    pub fn rate(self) -> u32 {
        match self {
            Self::Pcm => PCM_RATE,
            Self::Ulaw | Self::Alaw => G711_RATE,
        }
    }

    /// Bytes of one sample.
    pub fn bytes(self) -> usize {
        match self {
            Self::Pcm => 2,
            Self::Ulaw | Self::Alaw => 1,
        }
    }
}

impl AudioFormat {
    /// 16-bit mono at 24 kHz.
    pub fn pcm() -> Self {
        Self {
            kind: "audio/pcm".into(),
            rate: Some(PCM_RATE),
        }
    }

    /// How its samples are written.
    pub fn coding(&self) -> Coding {
        match self.kind.as_str() {
            "audio/pcmu" => Coding::Ulaw,
            "audio/pcma" => Coding::Alaw,
            _ => Coding::Pcm,
        }
    }

    /// The format as it is shown; an error names `param`.
    pub(super) fn read(format: Option<Self>, param: &str) -> Result<Self, PatchError> {
        let Some(format) = format else {
            return Ok(Self::pcm());
        };
        let rate = match format.kind.as_str() {
            "audio/pcm" => Some(PCM_RATE),
            "audio/pcmu" | "audio/pcma" => Some(G711_RATE),
            _ => None,
        };
        match rate {
            Some(rate) if format.rate.is_none_or(|asked| asked == rate) => Ok(Self {
                // The rate of G.711 is in its name.
                rate: (rate == PCM_RATE).then_some(rate),
                kind: format.kind,
            }),
            Some(_) | None => Err(PatchError::new(
                param,
                "formats are `audio/pcm` at 24000, `audio/pcmu` and `audio/pcma`",
            )),
        }
    }
}

/// Change of sound.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AudioPatch {
    /// In.
    #[serde(deserialize_with = "present")]
    pub input: Option<Option<InputPatch>>,
    /// Out.
    #[serde(deserialize_with = "present")]
    pub output: Option<Option<OutputPatch>>,
}

/// Change of sound that comes in. Noise reduction is accepted and stays `null`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct InputPatch {
    /// Format.
    #[serde(deserialize_with = "present")]
    pub format: Option<Option<AudioFormat>>,
    /// Whether the client is told what was understood; `null`: it is not.
    #[serde(deserialize_with = "present")]
    pub transcription: Option<Option<TranscriptionPatch>>,
    /// When a turn begins and ends; `null`: the client says so.
    #[serde(deserialize_with = "present")]
    pub turn_detection: Option<Option<TurnPatch>>,
}

/// Change of what the client is told of its sound. Names of models are accepted and not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TranscriptionPatch {
    /// Language, as in `en`.
    pub language: Option<String>,
}

/// Change of when a turn begins and ends.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TurnPatch {
    /// `server_vad` or `semantic_vad`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// 0 to 1.
    pub threshold: Option<f64>,
    /// At most 2,000.
    pub prefix_padding_ms: Option<u32>,
    /// 100 to 10,000.
    pub silence_duration_ms: Option<u32>,
    /// For `semantic_vad`.
    pub eagerness: Option<Eagerness>,
    /// Answer by itself.
    pub create_response: Option<bool>,
    /// Stop speaking when the person does.
    pub interrupt_response: Option<bool>,
    /// 5,000 to 30,000; `null`: never.
    #[serde(deserialize_with = "present")]
    pub idle_timeout_ms: Option<Option<u32>>,
}

/// Change of sound that goes out.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct OutputPatch {
    /// Format.
    #[serde(deserialize_with = "present")]
    pub format: Option<Option<AudioFormat>>,
    /// A name, or an object with an `id`.
    #[serde(deserialize_with = "present")]
    pub voice: Option<Option<Value>>,
    /// 0.25 to 1.5.
    #[serde(deserialize_with = "present")]
    pub speed: Option<Option<f64>>,
}

impl SessionAudio {
    pub(super) fn new(speech: Option<&Speech>) -> Self {
        Self {
            input: AudioInput {
                format: AudioFormat::pcm(),
                transcription: None,
                noise_reduction: None,
                turn_detection: speech.map(|_| TurnDetection::server()),
            },
            output: AudioOutput {
                format: AudioFormat::pcm(),
                voice: preferred(speech),
                speed: 1.0,
            },
        }
    }

    pub(super) fn merge(
        &mut self,
        patch: AudioPatch,
        speech: Option<&Speech>,
    ) -> Result<(), PatchError> {
        if let Some(Some(input)) = patch.input {
            self.input.merge(input, speech.is_some())?;
        }
        if let Some(Some(output)) = patch.output {
            self.output.merge(output, speech)?;
        }
        Ok(())
    }
}

impl AudioInput {
    fn merge(&mut self, patch: InputPatch, can_hear: bool) -> Result<(), PatchError> {
        if let Some(format) = patch.format {
            self.format = AudioFormat::read(format, "session.audio.input.format")?;
        }
        if let Some(turns) = patch.turn_detection {
            let next = match turns {
                Some(turns) => Some(TurnDetection::changed(self.turn_detection.as_ref(), turns)?),
                None => None,
            };
            self.turn_detection = next.filter(|_| can_hear);
        }
        if let Some(told) = patch.transcription {
            self.transcription = match told {
                Some(told) if can_hear => Some(Transcription::read(told)?),
                Some(_) | None => None,
            };
        }
        Ok(())
    }
}

impl Transcription {
    fn read(patch: TranscriptionPatch) -> Result<Self, PatchError> {
        if patch
            .language
            .as_ref()
            .is_some_and(|language| language.len() > NAME_BYTES_MAX)
        {
            return Err(PatchError::new(
                "session.audio.input.transcription.language",
                format!("at most {NAME_BYTES_MAX} bytes"),
            ));
        }
        Ok(Self {
            model: "errand".into(),
            language: patch.language,
        })
    }
}

impl AudioOutput {
    fn merge(&mut self, patch: OutputPatch, speech: Option<&Speech>) -> Result<(), PatchError> {
        if let Some(format) = patch.format {
            self.format = AudioFormat::read(format, "session.audio.output.format")?;
        }
        if let Some(voice) = patch.voice {
            let asked = read_voice(voice, "session.audio.output.voice")?;
            // What this runtime cannot speak with is answered with the voice that it will speak with.
            let known = asked.filter(|asked| {
                speech.is_none_or(|speech| speech.voices.iter().any(|voice| voice == asked))
            });
            self.voice = known.unwrap_or_else(|| preferred(speech));
        }
        if let Some(speed) = patch.speed {
            let speed = speed.unwrap_or(1.0);
            if !(0.25..=1.5).contains(&speed) {
                return Err(PatchError::new("session.audio.output.speed", "0.25 to 1.5"));
            }
            self.speed = speed;
        }
        Ok(())
    }
}

/// The name of the voice where nothing else was asked for. Without a voice it is what clients expect to read.
fn preferred(speech: Option<&Speech>) -> String {
    speech
        .and_then(|speech| speech.voices.first().cloned())
        .unwrap_or_else(|| "marin".to_owned())
}

/// The name of a voice; an error names `param`.
pub(super) fn read_voice(voice: Option<Value>, param: &str) -> Result<Option<String>, PatchError> {
    let name = match voice {
        None => return Ok(None),
        Some(Value::String(name)) => name,
        Some(Value::Object(fields)) => match fields.get("id") {
            Some(Value::String(name)) => name.clone(),
            _ => String::new(),
        },
        Some(_) => String::new(),
    };
    if name.is_empty() || name.len() > NAME_BYTES_MAX {
        return Err(PatchError::new(param, "a name, or an object with an `id`"));
    }
    Ok(Some(name))
}
