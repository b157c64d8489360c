//! The reading thread: a long read never holds up a write.

use std::path::PathBuf;

use rusqlite::types::Type;
use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};

use crate::checked::{LIST_MAX, Line, READ_BYTES_MAX, READ_RECORDS_MAX, TimerLine};
use crate::error::Unavailable;
use crate::name::{Seq, StreamName};
use crate::port::StreamHead;
use crate::sqlite::file::beside;

/// Reads that wait for the reading thread; a read holds at most some 8 MiB.
pub(super) const QUEUE_MAX: usize = 64;

pub(super) type Job = Box<dyn FnOnce(&Connection) + Send>;

pub(super) fn run(connection: &Connection, mut queue: mpsc::Receiver<Job>) {
    while let Some(job) = queue.blocking_recv() {
        job(connection);
    }
}

/// Asks the reading thread and waits for its answer.
pub(super) async fn ask<T: Send + 'static>(
    queue: &mpsc::Sender<Job>,
    read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, Unavailable> {
    let (reply, answer) = oneshot::channel();
    let job: Job = Box::new(move |connection| {
        // Whoever asked may have gone while the read waited: then it is not worth doing.
        if !reply.is_closed() {
            let _ = reply.send(read(connection));
        }
    });
    queue.send(job).await.map_err(|_| Unavailable::stopped())?;
    let answer = answer.await.map_err(|_| Unavailable::stopped())?;
    answer.map_err(|error| Unavailable::from(&error))
}

pub(super) fn lines(
    connection: &Connection,
    stream: &StreamName,
    from: Seq,
    limit: usize,
) -> rusqlite::Result<Vec<Line>> {
    let sql = "SELECT seq, at, kind, body FROM records
               WHERE stream = (SELECT id FROM streams WHERE name = ?1) AND seq > ?2
               ORDER BY seq LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let limit = bounded(limit, READ_RECORDS_MAX);
    let mut found = Vec::new();
    let mut bytes = 0;
    let mut rows = statement.query(params![stream.as_str(), from.to_sql(), limit])?;
    while let Some(row) = rows.next()? {
        let line = Line {
            seq: Seq::from_sql(row.get(0)?),
            at_micros: row.get(1)?,
            kind: row.get(2)?,
            body: row.get(3)?,
        };
        bytes += line.body.len();
        found.push(line);
        if bytes > READ_BYTES_MAX {
            break;
        }
    }
    Ok(found)
}

pub(super) fn heads(
    connection: &Connection,
    prefix: &str,
    limit: usize,
) -> rusqlite::Result<Vec<StreamHead>> {
    // Names are ASCII without the last of its characters, so this ends every prefix.
    let sql = "SELECT name, last FROM streams
               WHERE name >= ?1 AND name < ?1 || char(127) AND last > erased
               ORDER BY name LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let heads = statement.query_map(params![prefix, bounded(limit, LIST_MAX)], |row| {
        let name: String = row.get(0)?;
        let name = StreamName::parse(&name)
            .map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(e)))?;
        Ok(StreamHead {
            name,
            last: Seq::from_sql(row.get(1)?),
        })
    })?;
    heads.collect()
}

pub(super) fn timers(
    connection: &Connection,
    now_micros: i64,
    limit: usize,
) -> rusqlite::Result<Vec<TimerLine>> {
    let sql = "SELECT id, due, body FROM timers WHERE due <= ?1 ORDER BY due, id LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let timers = statement.query_map(
        params![now_micros, bounded(limit, READ_RECORDS_MAX)],
        |row| {
            Ok(TimerLine {
                id: row.get(0)?,
                due_micros: row.get(1)?,
                body: row.get(2)?,
            })
        },
    )?;
    timers.collect()
}

/// Streams that hold a record, and bytes of the file and its log.
pub(super) fn size(connection: &Connection) -> rusqlite::Result<(u64, u64)> {
    let sql = "SELECT count(*) FROM streams WHERE last > erased";
    let streams: i64 = connection.query_row(sql, (), |row| row.get(0))?;
    let path = PathBuf::from(connection.path().unwrap_or_default());
    let sizes = [path.clone(), beside(&path, "-wal")];
    // The log may be missing, right after it has been cut back.
    let bytes = sizes
        .iter()
        .filter_map(|path| Some(path.metadata().ok()?.len()))
        .sum();
    Ok((u64::try_from(streams).unwrap_or(0), bytes))
}

fn bounded(limit: usize, max: usize) -> i64 {
    i64::try_from(limit.min(max)).unwrap_or(i64::MAX)
}
