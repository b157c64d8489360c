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

mod frame;
mod ports;
mod utterance;

pub use frame::{FRAME_SAMPLES, Frame, RATE_HZ, SampleIdx, duration, from_s16, samples, to_s16};
pub use ports::*;
pub use utterance::{Care, UTTERANCE_SAMPLES_MAX, Utterance};
