//! The writing thread: takes what waits in the queue and commits it as one transaction.

use std::fs::File;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use crate::error::{Conflict, Unavailable};
use crate::feed::Feed;
use crate::name::{Seq, StreamName};
use crate::port::{Durability, Expected, Record, Tombstone};

/// Requests that wait for the disk; whoever comes then waits before asking. At most
/// `QUEUE_MAX` times `APPEND_BYTES_MAX` bytes are held.
pub(super) const QUEUE_MAX: usize = 256;

pub(super) struct Request {
    pub(super) job: Job,
    pub(super) reply: oneshot::Sender<Result<Answer, Unavailable>>,
}

pub(super) enum Job {
    Append(Append),
    PutTimer {
        id: String,
        due_micros: i64,
        body: String,
    },
    DropTimer {
        id: String,
    },
    Erase {
        stream: StreamName,
    },
    Cut {
        stream: StreamName,
        through: Seq,
    },
    Probe,
}

pub(super) struct Append {
    pub(super) stream: StreamName,
    pub(super) expected: Expected,
    /// What is written, and what the followers will hear.
    pub(super) records: Vec<Record>,
    pub(super) durability: Durability,
    pub(super) at: Timestamp,
}

pub(super) enum Answer {
    Appended(Result<Seq, Conflict>),
    Erased(Tombstone),
    Done,
}

impl Job {
    fn must_be_flushed(&self) -> bool {
        match self {
            Self::Append(append) => append.durability == Durability::Flushed,
            Self::PutTimer { .. } | Self::DropTimer { .. } | Self::Erase { .. } => true,
            Self::Cut { .. } | Self::Probe => false,
        }
    }
}

pub(super) struct Writer {
    pub(super) connection: Connection,
    /// Whether a commit waits for the disk now; `None` when that is not known.
    pub(super) is_flushing: Option<bool>,
    pub(super) feed: Arc<Feed>,
    /// Never read: dropped last, after the connection is closed.
    pub(super) lock: File,
}

impl Writer {
    /// Runs until every sender is gone and the queue is empty.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        while let Some(first) = queue.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < QUEUE_MAX
                && let Ok(next) = queue.try_recv()
            {
                batch.push(next);
            }
            self.serve(batch);
        }
        drop(self.connection);
        drop(self.lock);
    }

    fn serve(&mut self, batch: Vec<Request>) {
        match self.commit(&batch) {
            Ok(answers) => self.reply(batch, answers),
            // One that does not fit must not take its neighbours along.
            Err(error) if batch.len() > 1 && is_full(&error) => {
                for request in batch {
                    self.serve(vec![request]);
                }
            }
            Err(error) => {
                let unavailable = Unavailable::from(&error);
                for request in batch {
                    // Whoever asked may have gone; the stream tells the truth all the same.
                    let _ = request.reply.send(Err(unavailable.clone()));
                }
            }
        }
    }

    fn commit(&mut self, batch: &[Request]) -> rusqlite::Result<Vec<Answer>> {
        let is_flushed = batch.iter().any(|request| request.job.must_be_flushed());
        // Takes effect outside of a transaction only, hence before it begins.
        if self.is_flushing != Some(is_flushed) {
            self.is_flushing = None;
            let level = if is_flushed { "FULL" } else { "NORMAL" };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.is_flushing = Some(is_flushed);
        }
        let all = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let answers: rusqlite::Result<Vec<Answer>> = batch
            .iter()
            .map(|request| perform(&all, &request.job))
            .collect();
        let answers = answers?;
        all.commit()?;
        Ok(answers)
    }

    /// INVARIANT: runs after the commit, so that nobody hears what a crash could take back.
    fn reply(&self, batch: Vec<Request>, answers: Vec<Answer>) {
        let is_erasing = answers
            .iter()
            .any(|answer| matches!(answer, Answer::Erased(_)));
        let cut = if is_erasing { self.cut_log() } else { Ok(()) };
        for (request, answer) in batch.into_iter().zip(answers) {
            if let (Job::Append(append), Answer::Appended(Ok(last))) = (request.job, &answer) {
                self.feed
                    .publish(&append.stream, *last, append.at, append.records);
            }
            let answer = match (&answer, &cut) {
                (Answer::Erased(_), Err(unavailable)) => Err(unavailable.clone()),
                _ => Ok(answer),
            };
            let _ = request.reply.send(answer);
        }
    }

    /// What was erased must not live on in the log beside the file.
    fn cut_log(&self) -> Result<(), Unavailable> {
        let cut = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()));
        cut.map_err(|error| Unavailable::from(&error))
    }
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
}

fn perform(all: &Transaction<'_>, job: &Job) -> rusqlite::Result<Answer> {
    match job {
        Job::Append(append) => perform_append(all, append).map(Answer::Appended),
        Job::PutTimer {
            id,
            due_micros,
            body,
        } => {
            let sql = "INSERT INTO timers (id, due, body) VALUES (?1, ?2, ?3)
                       ON CONFLICT (id) DO UPDATE SET due = excluded.due, body = excluded.body";
            all.prepare_cached(sql)?
                .execute(params![id, due_micros, body])?;
            Ok(Answer::Done)
        }
        Job::DropTimer { id } => {
            all.prepare_cached("DELETE FROM timers WHERE id = ?1")?
                .execute([id])?;
            Ok(Answer::Done)
        }
        Job::Erase { stream } => perform_erase(all, stream).map(Answer::Erased),
        Job::Cut { stream, through } => {
            perform_cut(all, stream, *through)?;
            Ok(Answer::Done)
        }
        Job::Probe => {
            all.execute("UPDATE probe SET tries = tries + 1", ())?;
            Ok(Answer::Done)
        }
    }
}

fn perform_append(
    all: &Transaction<'_>,
    append: &Append,
) -> rusqlite::Result<Result<Seq, Conflict>> {
    let head = head(all, &append.stream)?;
    let actual = head.map_or(Seq::START, |(_, last)| last);
    if let Expected::Exactly(expected) = append.expected
        && expected != actual
    {
        return Ok(Err(Conflict { expected, actual }));
    }
    if append.records.is_empty() {
        return Ok(Ok(actual));
    }
    let last = actual.plus(append.records.len() as u64);
    let stream = if let Some((stream, _)) = head {
        let sql = "UPDATE streams SET last = ?2 WHERE id = ?1";
        all.prepare_cached(sql)?
            .execute(params![stream, last.to_sql()])?;
        stream
    } else {
        let sql = "INSERT INTO streams (name, last) VALUES (?1, ?2)";
        all.prepare_cached(sql)?
            .insert(params![append.stream.as_str(), last.to_sql()])?
    };
    let sql = "INSERT INTO records (stream, seq, at, kind, body) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut insert = all.prepare_cached(sql)?;
    let at = append.at.as_microsecond();
    for (seq, row) in (actual.to_sql() + 1..).zip(&append.records) {
        insert.execute(params![stream, seq, at, row.kind, row.body])?;
    }
    Ok(Ok(last))
}

fn head(all: &Transaction<'_>, stream: &StreamName) -> rusqlite::Result<Option<(i64, Seq)>> {
    let mut statement = all.prepare_cached("SELECT id, last FROM streams WHERE name = ?1")?;
    let head = statement.query_row([stream.as_str()], |row| {
        Ok((row.get(0)?, Seq::from_sql(row.get(1)?)))
    });
    head.optional()
}

fn perform_cut(all: &Transaction<'_>, stream: &StreamName, through: Seq) -> rusqlite::Result<()> {
    let Some((id, last)) = head(all, stream)? else {
        return Ok(());
    };
    let through = through.min(last).to_sql();
    all.execute(
        "DELETE FROM records WHERE stream = ?1 AND seq <= ?2",
        params![id, through],
    )?;
    all.execute(
        "UPDATE streams SET erased = max(erased, ?2) WHERE id = ?1",
        params![id, through],
    )?;
    Ok(())
}

fn perform_erase(all: &Transaction<'_>, stream: &StreamName) -> rusqlite::Result<Tombstone> {
    let Some((id, last)) = head(all, stream)? else {
        return Ok(Tombstone::default());
    };
    all.execute("DELETE FROM records WHERE stream = ?1", [id])?;
    // Every place up to the last one has held a record that is gone now.
    all.execute("UPDATE streams SET erased = last WHERE id = ?1", [id])?;
    Ok(Tombstone {
        records: last.get(),
        last,
    })
}
