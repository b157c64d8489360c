//! Voice without devices: when somebody speaks and stops, who has the floor, what is said aloud and how much of it was heard.
//!
//! Pure machines ([`Ear`], [`Turn`], [`Mouth`], [`ClosedGrammar`], [`Browse`]) with the shape `step(input) -> effects`; ports
//! for every speech engine; and the engines that are Rust alone. Time is the index of a sample in its stream: nothing here reads a
//! clock, starts a thread or opens a device ([`contract`], which is for tests of engines, looks at the time). What is said or
//! heard never shows in `Debug`. This crate must not know the runtime, the engine of a conversation, or any device.
//!
//! ```
//! use errand_voice_core::{Ear, EarConfig, EarInput, Frame, SampleIdx};
//!
//! let mut ear = Ear::new(EarConfig::default());
//! let silence = Frame::silence(SampleIdx::ZERO);
//! assert!(ear.step(EarInput::Frame(&silence, None)).is_empty());
//! ```
//!
//! Start reading at [`Listener`], then [`Turn`] and [`Mouth`].

mod align;
mod closed;
pub mod contract;
mod ear;
mod engines;
mod frame;
mod half;
mod hidden;
mod lang;
mod listener;
mod mouth;
mod nod;
mod ports;
mod sentences;
mod speak;
mod turn;
mod utterance;

pub use align::Aligner;
pub use closed::{Answered, ClosedError, ClosedGrammar, Decided, REASKS_MAX};
pub use ear::{
    Eagerness, Ear, EarConfig, EarEffect, EarInput, Expects, Gate, Heard, Holds, Listen, Meaning,
    Row, TurnId,
};
pub use engines::{
    Aec3, Correction, Drift, Earshot, Framer, HeyBasket, HighPass, MfccSpeaker, RateError,
    Resampler, WakeModel,
};
pub use frame::{FRAME_SAMPLES, Frame, RATE_HZ, SampleIdx, duration, from_s16, samples, to_s16};
pub use half::from_half;
pub use hidden::{Hidden, Pcm};
pub use listener::Listener;
pub use mouth::{Generation, ItemId, Mouth, MouthEffect, MouthInput, SENTENCES_MAX};
pub use nod::{Lead, Looked, Nod, Nods};
pub use ports::*;
pub use sentences::Sentences;
pub use speak::{
    Browse, Command, Company, OPTIONS_MAX, Question, Reply, SAID_CHARS_MAX, Said, Saying,
    Speakable, read_command,
};
pub use turn::{
    Again, Duplex, Floor, Nothing, Own, Phase, Profile, Profiles, Turn, TurnEffect, TurnInput,
};
pub use utterance::{Care, UTTERANCE_SAMPLES_MAX, Utterance};
