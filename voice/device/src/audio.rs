//! The sound card: microphone and loudspeaker by cpal.

mod loudspeaker;
mod microphone;
mod open;
mod quiet;
mod supervised;

pub use loudspeaker::Loudspeaker;
pub use microphone::{Heard, Microphone};
pub use open::{Counted, DeviceChoice, devices};
pub use supervised::{Change, Supervised};
