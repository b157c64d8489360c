//! Somebody who talks with the program `errand` aloud: a voice of this machine speaks into its ear and reads what it tells.

mod noise;
mod room;
mod speaker;
mod speech;

pub use noise::Noise;
pub use room::{Recording, Room};
pub use speaker::{Ended, Speaker, errand};
pub use speech::{Listener, Voice, at_16_khz, write_wav};
