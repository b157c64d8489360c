//! Voices that are programs. The text goes in by standard input, never on a command line, never through a shell.

mod espeak;
mod flite;
mod running;
mod wav;

pub use espeak::Espeak;
pub use flite::Flite;
