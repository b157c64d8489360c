use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use errand_journal::{
    AppendError, BoxFuture, Durability, EraseError, Expected, Follow, Health, Journal, ReadError,
    Record, Seq, Stored, StreamHead, StreamName, Timer, TimerError, Tombstone,
};
use jiff::Timestamp;
use serde_json::Value;

/// Streams whose appends count: all that a purchase leaves behind.
const COUNTED: [&str; 7] = [
    "purchase/",
    "ledger/",
    "orders/",
    "consent/",
    "session/",
    "approvals",
    "audit",
];

/// On which side of an append the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum When {
    /// Nothing of it was written.
    Before,
    /// It is written, and nobody was told.
    After,
}

/// Where the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KillPoint {
    /// The append, counted from 1 over the life of the process.
    pub append: u64,
    /// On which side of it.
    pub when: When,
}

/// A journal that ends its process at a point, and can write down what passes through it.
#[derive(Debug)]
pub struct KillingJournal {
    inner: Arc<dyn Journal>,
    point: Option<KillPoint>,
    passed: AtomicU64,
    trace: Option<Mutex<File>>,
}

impl KillingJournal {
    /// Stands before `inner`. `trace`: a file that gets one line for each append that counts.
    ///
    /// # Errors
    /// When that file cannot be opened.
    pub fn new(
        inner: Arc<dyn Journal>,
        point: Option<KillPoint>,
        trace: Option<&Path>,
    ) -> std::io::Result<Self> {
        let trace = trace
            .map(|path| OpenOptions::new().create(true).append(true).open(path))
            .transpose()?;
        Ok(Self {
            inner,
            point,
            passed: AtomicU64::new(0),
            trace: trace.map(Mutex::new),
        })
    }

    fn count(&self, stream: &StreamName, records: &[Record]) -> Option<u64> {
        let name = stream.as_str();
        if !COUNTED.iter().any(|counted| name.starts_with(counted)) {
            return None;
        }
        let number = self.passed.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(trace) = &self.trace {
            let kind = records.first().map_or("-", Record::kind);
            let line = format!("{number} {name} {kind}\n");
            let mut file = trace.lock().unwrap_or_else(PoisonError::into_inner);
            if file.write_all(line.as_bytes()).is_err() {
                // A count that is not written down would make the whole test say less than it claims.
                std::process::abort();
            }
        }
        Some(number)
    }

    fn strike(&self, number: Option<u64>, when: When) {
        if let (Some(number), Some(point)) = (number, self.point)
            && number == point.append
            && when == point.when
        {
            std::process::abort();
        }
    }
}

impl Journal for KillingJournal {
    fn append<'a>(
        &'a self,
        stream: &'a StreamName,
        expected: Expected,
        records: Vec<Record>,
        durability: Durability,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<Seq, AppendError>> {
        Box::pin(async move {
            let number = self.count(stream, &records);
            self.strike(number, When::Before);
            let done = self
                .inner
                .append(stream, expected, records, durability, at)
                .await;
            self.strike(number, When::After);
            done
        })
    }

    fn read<'a>(
        &'a self,
        stream: &'a StreamName,
        from: Seq,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Stored>, ReadError>> {
        self.inner.read(stream, from, limit)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<StreamHead>, ReadError>> {
        self.inner.list(prefix, limit)
    }

    fn follow(&self, prefix: &str) -> Follow {
        self.inner.follow(prefix)
    }

    fn put_timer<'a>(
        &'a self,
        id: &'a str,
        due: Timestamp,
        body: Value,
    ) -> BoxFuture<'a, Result<(), TimerError>> {
        self.inner.put_timer(id, due, body)
    }

    fn drop_timer<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), TimerError>> {
        self.inner.drop_timer(id)
    }

    fn due_timers(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Timer>, ReadError>> {
        self.inner.due_timers(now, limit)
    }

    fn erase<'a>(&'a self, stream: &'a StreamName) -> BoxFuture<'a, Result<Tombstone, EraseError>> {
        self.inner.erase(stream)
    }

    fn cut<'a>(
        &'a self,
        stream: &'a StreamName,
        through: Seq,
    ) -> BoxFuture<'a, Result<(), EraseError>> {
        self.inner.cut(stream, through)
    }

    fn health(&self) -> BoxFuture<'_, Health> {
        self.inner.health()
    }
}
