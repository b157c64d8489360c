//! Engines that are Rust alone: no system library, no file, no network.

mod aec;
mod drift;
mod earshot;
mod highpass;
mod mel;
mod mfcc;
mod resample;
mod wake;

pub use aec::Aec3;
pub use drift::{Correction, Drift};
pub use earshot::Earshot;
pub use highpass::HighPass;
pub use mfcc::MfccSpeaker;
pub use resample::{Framer, RateError, Resampler};
pub use wake::{HeyBasket, WakeModel};
