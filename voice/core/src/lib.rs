//! Voice without devices: the ports of every speech engine.
//!
//! Time is the index of a sample in its stream; nothing here reads a clock, starts a thread or opens a device. This crate
//! must not know the runtime, the engine of a conversation, or any device.
//!
//! ```
//! use errand_voice_core::{EchoCanceller, Frame, Passthrough, SampleIdx};
//!
//! let heard = Frame::silence(SampleIdx::from_ms(20));
//! let mut out = Frame::silence(SampleIdx::ZERO);
//! Passthrough.capture(&heard, &mut out);
//! assert_eq!(out.first, SampleIdx::from_ms(20));
//! ```
//!
//! Start reading at [`Frame`], then [`SpeechToText`].

mod align;
pub mod contract;
mod ear;
mod engines;
mod frame;
mod hidden;
mod lang;
mod listener;
mod mouth;
mod ports;
mod sentences;
mod turn;
mod utterance;

pub use align::Aligner;
pub use ear::{
    Eagerness, Ear, EarConfig, EarEffect, EarInput, Expects, Gate, Heard, Holds, Listen, Meaning,
    Row, TurnId,
};
pub use engines::{Aec3, Earshot, Framer, HighPass, MfccSpeaker, RateError, Resampler};
pub use frame::{FRAME_SAMPLES, Frame, RATE_HZ, SampleIdx, duration, from_s16, samples, to_s16};
pub use hidden::{Hidden, Pcm};
pub use listener::Listener;
pub use mouth::{Generation, ItemId, Mouth, MouthEffect, MouthInput, SENTENCES_MAX};
pub use ports::*;
pub use sentences::Sentences;
pub use turn::{
    Again, Duplex, Floor, Nothing, Own, Phase, Profile, Profiles, Turn, TurnEffect, TurnInput,
};
pub use utterance::{Care, UTTERANCE_SAMPLES_MAX, Utterance};
