//! Hearing and speaking, put together from the settings: which engines, in which order, and why not a better one.
//!
//! [`VoiceSettings`] is what the file says, [`VoicePlan`] what it amounts to, [`VoiceParts`] what of it is on this machine.
//! What the file says wrongly is an error at the start; what the machine lacks is told by [`VoiceReport`], and the next
//! engine stands in.
//!
//! Start reading at [`VoicePlan::open`].

mod known;
mod ladder;
mod models;
mod open;
mod plan;
mod report;
mod settings;
mod streams;
mod waking;
mod words;

pub use known::{KeptPrint, KeptPrintError};
pub use models::{ModelChoice, models_in};
pub use open::{BUILD_HINT, VoiceParts, VoicePlace};
pub use plan::{SttEngine, TtsEngine, VoicePlan};
pub use report::{LanguageReport, Rung, RungState, Stage, VoiceReport};
pub use settings::{
    AudioContextSetting, DuplexSetting, ServiceSettings, SetupSettings, SpeakerCheckSetting,
    SttSettings, TtsSettings, VoiceSettings, WakeSetting, WyomingSettings,
};
pub use words::CatalogWords;
