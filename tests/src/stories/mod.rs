//! Story files: what a person says, and what must be true after each sentence.
//!
//! Start reading at [`Story`] for the format, then [`play`].

mod check;
mod desk;
mod format;
mod matching;
mod play;
mod tongue;

pub use format::{
    Act, ClientBounds, DeskStep, Expect, ShopSetUp, Start, Step, Story, load_dir, load_file,
};
pub use play::{Outcome, play, play_with};
