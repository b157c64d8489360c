use std::path::PathBuf;

use crate::name::Seq;

/// A text that is no name of a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{shown}` is no stream name: use up to 160 ASCII letters, digits, `_`, `-`, `.` or `:` in parts joined by `/`"
)]
pub struct StreamNameError {
    shown: String,
}

impl StreamNameError {
    pub(crate) fn new(raw: &str) -> Self {
        Self {
            shown: raw.chars().filter(|c| !c.is_control()).take(40).collect(),
        }
    }
}

/// Somebody else wrote first: nothing was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected record {expected} to be the last one, but record {actual} is")]
pub struct Conflict {
    /// What the writer believed to be the last record.
    pub expected: Seq,
    /// What is the last record.
    pub actual: Seq,
}

/// Something is above its bound: nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} is above its bound of {max}")]
pub struct TooLarge {
    /// What is too large, as in `record body (bytes)`.
    pub what: &'static str,
    /// The largest that is taken.
    pub max: usize,
}

/// What keeps a journal from working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The disk, or the room given to the journal, is full.
    Full,
    /// The file is damaged.
    Damaged,
    /// The journal has been closed.
    Stopped,
    /// Reading or writing the file failed in another way.
    Io,
}

/// The journal did not do its work.
///
/// After a refused write it is not certain that nothing reached the disk (a flush may fail
/// half-way): read the stream again before trying again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal did not do its work: {detail}")]
pub struct Unavailable {
    trouble: Trouble,
    detail: String,
}

impl Unavailable {
    pub(crate) fn stopped() -> Self {
        Self {
            trouble: Trouble::Stopped,
            detail: "it has been closed".to_owned(),
        }
    }

    pub(crate) fn damaged(detail: String) -> Self {
        Self {
            trouble: Trouble::Damaged,
            detail,
        }
    }

    /// What kind of trouble it is.
    pub fn trouble(&self) -> Trouble {
        self.trouble
    }

    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self.trouble {
            Trouble::Full => "free some disk space; buying works again as soon as there is room",
            Trouble::Damaged => {
                "restore the journal file from a copy, or move it away to start anew"
            }
            Trouble::Stopped => "start errand again",
            Trouble::Io => "look at the disk and at the rights of the journal file",
        }
    }
}

impl From<&rusqlite::Error> for Unavailable {
    fn from(error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let trouble = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Trouble::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Trouble::Damaged,
            _ => Trouble::Io,
        };
        Self {
            trouble,
            detail: error.to_string(),
        }
    }
}

/// Why nothing was appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Somebody else wrote first.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The body of a record cannot be written as JSON.
    #[error("a record cannot be written as JSON")]
    NotJson,
    /// A record, or all of them together, is above a bound.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The journal did not do its work.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The journal did not do its work.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a timer was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimerError {
    /// The id or the body is above its bound.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The journal did not do its work.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a stream was not erased.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EraseError {
    /// The journal did not do its work.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a journal file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or the lock beside the file cannot be made or read.
    #[error("cannot use `{path}`: {cause}")]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// Another errand has this file open.
    #[error("`{path}` is in use by another running errand")]
    InUse {
        /// The journal file.
        path: PathBuf,
    },
    /// It is no database, or it is damaged, or it cannot be written.
    #[error("cannot open `{path}`: {cause}")]
    Unreadable {
        /// The journal file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        cause: rusqlite::Error,
    },
    /// It is a database of something else.
    #[error("`{path}` is a database, but no journal of errand")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A later errand wrote it.
    #[error("`{path}` has format {found}; this errand reads formats up to {known}")]
    Newer {
        /// The journal file.
        path: PathBuf,
        /// The format of the file.
        found: i64,
        /// The latest format that this program reads.
        known: i64,
    },
}

impl OpenError {
    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "choose a folder that you may write to",
            Self::InUse { .. } => "stop the other errand, or give this one a folder of its own",
            Self::Unreadable { .. } => {
                "restore the file from a copy, or move it away to start anew"
            }
            Self::Foreign { .. } => "choose another path for the journal",
            Self::Newer { .. } => "start the later errand, or give this one a folder of its own",
        }
    }
}
