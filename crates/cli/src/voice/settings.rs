use std::path::PathBuf;

use errand_types::Language;
use serde::Deserialize;

use super::plan::{SttEngine, TtsEngine};

/// The table `[voice]` of the settings. Everything is optional: without it the engines of this machine are used.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VoiceSettings {
    /// Hearing.
    pub stt: SttSettings,
    /// Speaking.
    pub tts: TtsSettings,
    /// Whether the microphone listens while errand speaks.
    pub duplex: DuplexSetting,
    /// Whether errand is only listened to after "hey basket".
    pub wake: WakeSetting,
    /// Whether whoever speaks is compared with the voice that was let known by `errand voice enrol`. Another voice buys
    /// nothing by voice; one that is alike may no more than before.
    pub speaker_check: SpeakerCheckSetting,
    /// Seconds after an answer in which no wake word is needed, 0 to 60; 8 when absent. 0: only its own questions need none.
    pub follow_up_s: Option<u8>,
    /// Microphone by its name; the system's own choice when absent.
    pub input: Option<String>,
    /// Loudspeaker by its name; the system's own choice when absent.
    pub output: Option<String>,
    /// Fetching of models.
    pub setup: SetupSettings,
}

/// Hearing: the table `[voice.stt]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SttSettings {
    /// Engines, first to last; absent: all that there are, the best first.
    pub engines: Option<Vec<SttEngine>>,
    /// Model of whisper.cpp: a path, or a name in the folder of models such as `base.en`. Absent: what lies there.
    pub model: Option<String>,
    /// How much sound whisper.cpp looks at.
    pub audio_ctx: AudioContextSetting,
    /// Threads for one utterance, 1 to 16; one when absent.
    pub threads: Option<u8>,
    /// Utterances understood at the same time, 1 to 16; one when absent.
    pub workers: Option<u8>,
    /// A service with OpenAI's interface. Sound leaves this machine.
    pub service: Option<ServiceSettings>,
    /// A Wyoming service. Sound leaves this process.
    pub wyoming: Option<WyomingSettings>,
}

/// Speaking: the table `[voice.tts]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TtsSettings {
    /// Engines, first to last; absent: all that there are, the best first.
    pub engines: Option<Vec<TtsEngine>>,
    /// Voice by its name in the engine that has it: `slt`, `en-gb`.
    pub voice: Option<String>,
    /// How fast, in percent of the usual, 50 to 200.
    pub pace: Option<u8>,
    /// A service with OpenAI's interface. What is said leaves this machine.
    pub service: Option<ServiceSettings>,
    /// A Wyoming service.
    pub wyoming: Option<WyomingSettings>,
}

/// A service with OpenAI's interface for sound.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceSettings {
    /// Where its interface begins: `https://speech.example/v1`.
    pub base_url: String,
    /// Name of the model there.
    pub model: String,
    /// Environment variable with the key.
    pub key_env: Option<String>,
    /// File with the key, readable by its owner only.
    pub key_file: Option<PathBuf>,
    /// Languages that it understands or speaks; English when absent.
    pub languages: Option<Vec<Language>>,
    /// Voices, for speaking; each speaks all of the languages.
    pub voices: Vec<String>,
}

/// A Wyoming service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WyomingSettings {
    /// `host:port`.
    pub address: String,
    /// Languages that it understands or speaks; English when absent.
    pub languages: Option<Vec<Language>>,
    /// Voices, for speaking; each speaks all of the languages.
    pub voices: Vec<String>,
}

/// Fetching of models: the table `[voice.setup]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetupSettings {
    /// Where models are fetched from: an `https:` address or a `file:` folder.
    pub base_url: Option<String>,
    /// A list of models of one's own, in the form of `voice/models.toml`; it adds to the built-in one.
    pub models: Option<PathBuf>,
}

/// How much sound whisper.cpp looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AudioContextSetting {
    /// As much as was said: much quicker.
    #[default]
    Auto,
    /// Always 30 seconds, as the models were trained.
    Full,
}

/// Whether errand has to be called before it listens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WakeSetting {
    /// Whatever is said is said to errand.
    #[default]
    Off,
    /// What follows "hey basket" is.
    On,
}

/// Whether whoever speaks is compared with the voice that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeakerCheckSetting {
    /// Nobody is compared with anybody.
    #[default]
    Off,
    /// Whoever speaks is, where a voice was enrolled.
    On,
}

/// Whether the microphone listens while errand speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplexSetting {
    /// It does, behind the echo canceller, until that turns out to be too weak.
    #[default]
    Full,
    /// Only stop words and the wake word are heard meanwhile.
    Half,
}
