//! Append-only streams: what errand remembers, and what it recovers from.
//!
//! Everything that lasts is a stream of records with optimistic concurrency: a writer says
//! which record it believes to be the last one, and is refused if it is behind. Beside the
//! streams lie durable timers. [`MemoryJournal`] forgets with its process and serves tests;
//! [`SqliteJournal`] keeps everything in one file. Both pass one contract suite.
//!
//! This crate must not know who runs the session, what a record means, or what a purchase is:
//! it keeps JSON under a name and a number.
//!
//! ```
//! use errand_journal::{Durability, Expected, Journal, MemoryJournal, Record, Seq, StreamName};
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let (journal, stream) = (MemoryJournal::default(), StreamName::parse("purchase/pur_1")?);
//! let intent = vec![Record::new("intent", serde_json::json!({ "key": "k1" }))];
//! let at = jiff::Timestamp::UNIX_EPOCH;
//! let last = journal.append(&stream, Expected::Exactly(Seq::START), intent, Durability::Flushed, at).await?;
//! assert_eq!(last, Seq::new(1));
//! assert_eq!(journal.read(&stream, Seq::START, 10).await?.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Start reading at [`Journal`]; the writer of the SQLite journal is `sqlite/writer.rs`.

mod checked;
mod error;
mod feed;
mod memory;
mod name;
mod port;
mod sqlite;

pub use error::{
    AppendError, Conflict, EraseError, OpenError, ReadError, StreamNameError, TimerError, TooLarge,
    Trouble, Unavailable,
};
pub use feed::{Follow, FollowError, Heard};
pub use memory::MemoryJournal;
pub use name::{Seq, StreamName};
pub use port::{
    BoxFuture, Durability, Expected, Health, Journal, Record, Stored, StreamHead, Timer, Tombstone,
    read_all,
};
pub use sqlite::{SqliteJournal, SqliteOptions};

/// Bounds that both journals keep.
pub mod limits {
    pub use crate::checked::{
        APPEND_BYTES_MAX, APPEND_RECORDS_MAX, BODY_BYTES_MAX, BODY_DEPTH_MAX, KIND_BYTES_MAX,
        LIST_MAX, READ_BYTES_MAX, READ_RECORDS_MAX, TIMER_ID_BYTES_MAX,
    };
    pub use crate::feed::FOLLOW_BACKLOG_MAX;
    pub use crate::name::STREAM_NAME_BYTES_MAX;
}
