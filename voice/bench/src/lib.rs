//! What is measured of voice: sets of sound, noises and rooms, scores, tables and plots.
//!
//! [`people`] is behind `cargo xtask eval voice`, [`bench`] behind `make bench-voice`. Sets are made by seed when they are
//! needed and kept nowhere; recordings of people stay where they are. Nothing of the product may know this crate.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts, samples and milliseconds of some minutes of sound"
)]

mod answers;
mod barge;
pub mod bench;
mod cost;
mod household;
mod noise;
pub mod people;
#[cfg(feature = "whisper")]
mod pipeline;
pub mod plot;
mod purchase;
mod recognise;
mod room;
mod score;
mod sets;
mod sound;
mod table;
mod voices;
pub mod waking;
pub mod wav;
mod wer;
mod world;

pub use score::Tally;
pub use table::{Held, held};
