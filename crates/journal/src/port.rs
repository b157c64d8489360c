use std::fmt;
use std::pin::Pin;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::error::{AppendError, EraseError, ReadError, TimerError};
use crate::feed::Follow;
use crate::name::{Seq, StreamName};

/// A future that may be stored and sent, so that a journal can be an `Arc<dyn Journal>`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the writer believes about the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: append behind whatever is there.
    Any,
    /// This is the last record; [`Seq::START`] means that there is none yet.
    Exactly(Seq),
}

/// What must be true before an append answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The records are on the disk (full flush). Everything appended before is there too.
    Flushed,
    /// The records are ordered and survive a killed process; the last ones may be lost when
    /// the power fails.
    Relaxed,
}

/// Something to append.
///
/// `Debug` leaves the body out: it may hold what a person said.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    pub(crate) kind: String,
    /// As JSON text, written once; `None` when the body has no such text.
    pub(crate) body: Option<String>,
}

impl Record {
    /// A record of this kind (at most 64 bytes) with this body (at most 256 KiB as JSON text, at most 100 levels deep).
    ///
    /// The bounds are checked when it is appended, and a body that cannot be written as JSON is refused then. Numbers
    /// with a fraction come back to within one unit in their last place.
    pub fn new(kind: impl Into<String>, body: impl Serialize) -> Self {
        Self {
            kind: kind.into(),
            body: serde_json::to_string(&body).ok(),
        }
    }

    /// What kind of record it is.
    pub fn kind(&self) -> &str {
        &self.kind
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A record as it lies in its stream.
///
/// `Debug` leaves the body out: it may hold what a person said.
#[derive(Clone, PartialEq, Serialize)]
pub struct Stored {
    /// Its place in the stream.
    pub seq: Seq,
    /// When it happened, as the writer said, to the microsecond.
    pub at: Timestamp,
    /// What kind of record it is.
    pub kind: String,
    /// The record itself.
    pub body: Value,
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Stored");
        shown
            .field("seq", &self.seq)
            .field("at", &self.at)
            .field("kind", &self.kind);
        shown.finish_non_exhaustive()
    }
}

/// A stream that holds at least one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamHead {
    /// Its name.
    pub name: StreamName,
    /// The place of its last record.
    pub last: Seq,
}

/// Something to be done at a time, kept until it is dropped.
#[derive(Clone, PartialEq, Serialize)]
pub struct Timer {
    /// Its name; putting a timer of the same name replaces it.
    pub id: String,
    /// When it is due, to the microsecond.
    pub due: Timestamp,
    /// What is to be done.
    pub body: Value,
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer")
            .field("id", &self.id)
            .field("due", &self.due)
            .finish_non_exhaustive()
    }
}

/// What is left of a stream after an erasure: that there was something, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tombstone {
    /// How many records have been taken from this stream, over all erasures and cuts.
    pub records: u64,
    /// The last place that has been given out; the next record goes behind it.
    pub last: Seq,
}

/// How a journal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Size on disk, or of all bodies where there is no disk.
    pub bytes: u64,
    /// Streams that hold at least one record.
    pub streams: u64,
    /// A write was tried just now and went through. When false, money stops and browsing goes on.
    pub writable: bool,
}

/// Append-only streams and durable timers.
///
/// # Cancel safety
/// A write whose future is dropped has either been done whole or not at all; only reading the
/// stream tells which. Dropping a read is harmless.
pub trait Journal: Send + Sync + fmt::Debug + 'static {
    /// Appends the records, all or none, and answers with the place of the last one.
    ///
    /// With no records it answers with the present end of the stream, if that is what was
    /// expected. `at` is kept to the microsecond.
    ///
    /// # Errors
    /// `Conflict` when the stream does not end where the writer believes; `TooLarge` above a
    /// bound of [`limits`](crate::limits); `Unavailable` when it could not be written.
    fn append<'a>(
        &'a self,
        stream: &'a StreamName,
        expected: Expected,
        records: Vec<Record>,
        durability: Durability,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<Seq, AppendError>>;

    /// Reads records behind `from`, oldest first, at most `limit` of them.
    ///
    /// Fewer may come at once (1,000 records or about 8 MiB); an empty answer means the end.
    /// [`read_all`] goes on to the end. A stream that was never written reads as empty.
    ///
    /// # Errors
    /// `Unavailable` when the file cannot be read.
    fn read<'a>(
        &'a self,
        stream: &'a StreamName,
        from: Seq,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Stored>, ReadError>>;

    /// Names the streams whose name begins with `prefix` and that hold a record, in the order
    /// of their names, at most `limit` of them and at most 100,000.
    ///
    /// # Errors
    /// `Unavailable` when the file cannot be read.
    fn list<'a>(
        &'a self,
        prefix: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<StreamHead>, ReadError>>;

    /// Hears every record appended from now on to streams whose name begins with `prefix`.
    ///
    /// What this journal object appends is heard; a reader that falls too far behind is told
    /// so and reads again.
    fn follow(&self, prefix: &str) -> Follow;

    /// Keeps a timer, replacing one of the same id; it is on the disk when this answers.
    ///
    /// # Errors
    /// `TooLarge` when the id is above 160 bytes or the body above the bounds of a record;
    /// `Unavailable` when it could not be written.
    fn put_timer<'a>(
        &'a self,
        id: &'a str,
        due: Timestamp,
        body: Value,
    ) -> BoxFuture<'a, Result<(), TimerError>>;

    /// Forgets a timer; dropping one that is not there is no error.
    ///
    /// # Errors
    /// `Unavailable` when it could not be written.
    fn drop_timer<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), TimerError>>;

    /// Timers due at or before `now`, the earliest first, at most `limit` and at most 1,000.
    /// They stay until they are dropped, so that a crash in between loses none.
    ///
    /// # Errors
    /// `Unavailable` when the file cannot be read.
    fn due_timers(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Timer>, ReadError>>;

    /// Removes every record of a stream for good, from the disk too, and keeps a tombstone.
    /// Doing it again is harmless.
    ///
    /// # Errors
    /// `Unavailable` when it could not be written.
    fn erase<'a>(&'a self, stream: &'a StreamName) -> BoxFuture<'a, Result<Tombstone, EraseError>>;

    /// Forgets the records of a stream up to and including `through`, where what stands behind them makes them
    /// needless. Their places are never given out again; the end of the stream stays. Doing it again is harmless.
    ///
    /// # Errors
    /// `Unavailable` when it could not be written.
    fn cut<'a>(
        &'a self,
        stream: &'a StreamName,
        through: Seq,
    ) -> BoxFuture<'a, Result<(), EraseError>>;

    /// Says how the journal is, trying a small write.
    fn health(&self) -> BoxFuture<'_, Health>;
}

/// Reads everything behind `from`, but at most `at_most` records.
///
/// # Errors
/// `Unavailable` when the file cannot be read.
pub async fn read_all(
    journal: &dyn Journal,
    stream: &StreamName,
    from: Seq,
    at_most: usize,
) -> Result<Vec<Stored>, ReadError> {
    let mut all: Vec<Stored> = Vec::new();
    while all.len() < at_most {
        let behind = all.last().map_or(from, |stored| stored.seq);
        let more = journal.read(stream, behind, at_most - all.len()).await?;
        if more.is_empty() {
            break;
        }
        all.extend(more);
    }
    Ok(all)
}
