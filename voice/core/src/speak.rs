//! What is said aloud: words for numbers, money, dates, windows and units; the said form of an answer; voice commands.

mod command;
mod said;
mod table;
mod text;
mod time;

pub use command::{Browse, Command, Reply, read_command};
pub use said::{Company, OPTIONS_MAX, Question, SAID_CHARS_MAX, Said, Saying};
pub use table::Speakable;
