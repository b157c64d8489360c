//! The journal in one SQLite file: one thread writes, one reads.

mod file;
mod journal;
mod reader;
mod writer;

pub use file::SqliteOptions;
pub use journal::SqliteJournal;
