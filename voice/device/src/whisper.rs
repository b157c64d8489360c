//! Speech to text by whisper.cpp.

mod closed;
mod engine;
mod file;
mod plan;
mod pool;
mod words;

pub use engine::{AudioContext, Whisper, WhisperSettings};
