//! The engines of this machine, each where it is installed.
#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it leaves out"
)]

#[path = "it/support.rs"]
mod support;

#[cfg(feature = "process")]
#[path = "it/voices.rs"]
mod voices;

#[cfg(all(feature = "process", feature = "sphinx"))]
#[path = "it/sphinx.rs"]
mod sphinx;

#[cfg(all(feature = "process", feature = "whisper"))]
#[path = "it/whisper.rs"]
mod whisper;

#[cfg(feature = "cpal")]
#[path = "it/sound_card.rs"]
mod sound_card;

#[cfg(feature = "setup")]
#[path = "it/small_model.rs"]
mod small_model;

#[cfg(feature = "setup")]
#[path = "it/setup.rs"]
mod setup;

#[cfg(feature = "remote")]
#[path = "it/remote.rs"]
mod remote;

#[cfg(all(
    feature = "process",
    feature = "remote",
    feature = "sphinx",
    feature = "whisper"
))]
#[path = "it/contracts.rs"]
mod contracts;

#[cfg(feature = "remote")]
#[path = "it/foreign.rs"]
mod foreign;
