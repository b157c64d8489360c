//! The speech engines that need the outside world, behind the ports of `errand-voice-core`.
//!
//! Each engine is a feature and says by a value, not by a panic, what it lacks on this machine. Everything here blocks and is
//! called on threads of its own; nothing here may know sessions, approvals or the runtime. Texts and sound never reach a log.
//!
//! | feature | engine | needs |
//! |---|---|---|
//! | `process` | voices of espeak-ng and flite | the programs |
//! | `sphinx` | PocketSphinx | the library and its English model, both when it starts |
//! | `whisper` | whisper.cpp | cmake and a C++ compiler to build, a model file when it starts |
//! | `cpal` | microphone and loudspeaker | ALSA's headers to build |
//! | `remote` | services with OpenAI's interface, Wyoming services | an address that somebody configured |
//! | `setup` | fetching of models | an address, or a file |
//!
//! Start reading at [`Espeak`], the smallest of them.

#[cfg(feature = "cpal")]
mod audio;
#[cfg(feature = "process")]
mod process;
#[cfg(feature = "remote")]
mod remote;
#[cfg(feature = "setup")]
mod setup;
#[cfg(feature = "sphinx")]
mod sphinx;
#[cfg(feature = "whisper")]
mod whisper;

#[cfg(feature = "cpal")]
pub use audio::{
    Change, Counted, DeviceChoice, Heard, Loudspeaker, Microphone, Supervised, devices,
};
#[cfg(feature = "process")]
pub use process::{Espeak, Flite};
#[cfg(feature = "remote")]
pub use remote::{OpenAiStt, OpenAiTts, Service, StandIn, WyomingStt, WyomingTts};
#[cfg(feature = "setup")]
pub use setup::{
    Catalogue, ConvertError, Fetch, Made, Model, ModelError, Patience, Piece, Progress, SetupError,
    Source, wake_model,
};
#[cfg(feature = "sphinx")]
pub use sphinx::Sphinx;
#[cfg(feature = "whisper")]
pub use whisper::{AudioContext, Whisper, WhisperSettings};
