//! The file: its lock, its settings, its format.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::OpenError;

/// Marks the file as a journal of errand ("errj").
const APPLICATION_ID: i64 = 0x6572_726a;
/// The latest format that this program reads and writes.
const FORMAT: i64 = 1;
/// The lock beside the file keeps other writers out, so this only bridges a tool looking in.
const BUSY: Duration = Duration::from_secs(5);
/// The log beside the file is cut back to this size after it has grown.
const LOG_BYTES_KEPT: i64 = 16 * 1024 * 1024;

const TABLES: &str = "
    CREATE TABLE streams (
        id     INTEGER PRIMARY KEY,
        name   TEXT NOT NULL UNIQUE,
        last   INTEGER NOT NULL,
        erased INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE records (
        stream INTEGER NOT NULL REFERENCES streams (id),
        seq    INTEGER NOT NULL,
        at     INTEGER NOT NULL,
        kind   TEXT NOT NULL,
        body   TEXT NOT NULL,
        UNIQUE (stream, seq)
    );
    CREATE TABLE timers (
        id   TEXT PRIMARY KEY,
        due  INTEGER NOT NULL,
        body TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX timers_by_due ON timers (due, id);
    CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), tries INTEGER NOT NULL);
    INSERT INTO probe VALUES (1, 0);
";

/// Settings of a [`SqliteJournal`](crate::SqliteJournal).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SqliteOptions {
    /// Most bytes that the file may take, without its log; above it, appends answer
    /// `Unavailable` with trouble `Full`. `None`: as much as the disk has.
    pub bytes_max: Option<u64>,
}

/// An opened journal file.
pub(super) struct Opened {
    pub(super) writer: Connection,
    pub(super) reader: Connection,
    /// Held until the writer is closed: the system frees it even when the process is killed.
    pub(super) lock: File,
}

pub(super) fn open(path: &Path, options: SqliteOptions) -> Result<Opened, OpenError> {
    let lock = lock(path)?;
    let unreadable = |cause| OpenError::Unreadable {
        path: path.to_owned(),
        cause,
    };
    let connect = || Connection::open_with_flags(path, flags()).map_err(unreadable);

    let mut writer = connect()?;
    writer.busy_timeout(BUSY).map_err(unreadable)?;
    check_format(path, &writer)?;
    prepare(&mut writer, options).map_err(unreadable)?;

    let reader = connect()?;
    reader.busy_timeout(BUSY).map_err(unreadable)?;
    reader
        .pragma_update(None, "query_only", true)
        .map_err(unreadable)?;
    Ok(Opened {
        writer,
        reader,
        lock,
    })
}

/// No URI names: a path is a path, whatever characters it has.
fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE
}

pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let folder = |path: &Path| {
        let path = path.to_owned();
        move |cause| OpenError::Folder { path, cause }
    };
    if let Some(parent) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        fs::create_dir_all(parent).map_err(folder(parent))?;
    }
    let beside = beside(path, ".lock");
    let mut options = OpenOptions::new();
    let file = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(&beside);
    let file = file.map_err(folder(&beside))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(cause)) => Err(folder(&beside)(cause)),
    }
}

fn check_format(path: &Path, connection: &Connection) -> Result<(), OpenError> {
    let path = || path.to_owned();
    let number = |sql| connection.query_row(sql, (), |row| row.get::<_, i64>(0));
    let unreadable = |cause| OpenError::Unreadable {
        path: path(),
        cause,
    };
    let tables = number("SELECT count(*) FROM sqlite_schema").map_err(unreadable)?;
    let application = number("PRAGMA application_id").map_err(unreadable)?;
    let found = number("PRAGMA user_version").map_err(unreadable)?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(OpenError::Foreign { path: path() });
    }
    if found > FORMAT {
        return Err(OpenError::Newer {
            path: path(),
            found,
            known: FORMAT,
        });
    }
    Ok(())
}

fn prepare(writer: &mut Connection, options: SqliteOptions) -> rusqlite::Result<()> {
    writer.pragma_update(None, "journal_mode", "WAL")?;
    writer.pragma_update(None, "foreign_keys", true)?;
    // Erased means erased: freed pages are overwritten.
    writer.pragma_update(None, "secure_delete", true)?;
    // On macOS a plain fsync leaves data in the drive's cache. Elsewhere this says nothing new.
    writer.pragma_update(None, "fullfsync", true)?;
    writer.pragma_update(None, "checkpoint_fullfsync", true)?;
    writer.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
    writer.pragma_update(None, "synchronous", "FULL")?;
    if let Some(bytes) = options.bytes_max {
        let page: i64 = writer.query_row("PRAGMA page_size", (), |row| row.get(0))?;
        let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1);
        writer.pragma_update(None, "max_page_count", pages.max(1))?;
    }
    let format: i64 = writer.query_row("PRAGMA user_version", (), |row| row.get(0))?;
    if format == 0 {
        // One transaction: a kill in between leaves an empty file, which is made anew.
        let all = writer.transaction()?;
        all.execute_batch(TABLES)?;
        all.pragma_update(None, "application_id", APPLICATION_ID)?;
        all.pragma_update(None, "user_version", FORMAT)?;
        all.commit()?;
    }
    Ok(())
}
