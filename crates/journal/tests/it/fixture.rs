use std::sync::Arc;

use errand_journal::{Journal, MemoryJournal, Record, SqliteJournal, StreamName};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A journal under test, and the folder that it needs to stay there.
pub(crate) struct Made {
    pub(crate) journal: Arc<dyn Journal>,
    _folder: Option<TempDir>,
}

pub(crate) fn memory() -> Made {
    Made {
        journal: Arc::new(MemoryJournal::default()),
        _folder: None,
    }
}

pub(crate) fn sqlite() -> Made {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    Made {
        journal: Arc::new(journal),
        _folder: Some(folder),
    }
}

pub(crate) fn name(raw: &str) -> StreamName {
    StreamName::parse(raw).unwrap()
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub(crate) fn record(number: u64) -> Record {
    Record::new("note", json!({ "number": number }))
}

pub(crate) fn numbers(stored: &[errand_journal::Stored]) -> Vec<u64> {
    stored
        .iter()
        .map(|stored| stored.body["number"].as_u64().unwrap())
        .collect()
}

/// An array in an array in an array.
pub(crate) fn nested(levels: usize) -> Value {
    (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
}

pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(test)
}
