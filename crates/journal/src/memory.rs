use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use crate::checked::{self, LIST_MAX, Line, READ_BYTES_MAX, READ_RECORDS_MAX, TimerLine};
use crate::error::{AppendError, Conflict, EraseError, ReadError, TimerError};
use crate::feed::{Feed, Follow};
use crate::name::{Seq, StreamName};
use crate::port::{
    BoxFuture, Durability, Expected, Health, Journal, Record, Stored, StreamHead, Timer, Tombstone,
};

/// A journal that lives as long as its process: for tests, examples and trying things out.
///
/// It grows until it is dropped. `Flushed` and `Relaxed` are the same to it.
#[derive(Default)]
pub struct MemoryJournal {
    state: Mutex<State>,
    feed: Feed,
}

#[derive(Default)]
struct State {
    streams: BTreeMap<StreamName, Stream>,
    timers: BTreeMap<String, (i64, String)>,
    due: BTreeSet<(i64, String)>,
}

/// Bodies are kept as text, as on disk, so that both journals give back the same.
#[derive(Default)]
struct Stream {
    rows: Vec<(i64, Record)>,
    erased: u64,
}

impl Stream {
    fn last(&self) -> Seq {
        Seq::new(self.erased + self.rows.len() as u64)
    }
}

impl MemoryJournal {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append_now(
        &self,
        stream: &StreamName,
        expected: Expected,
        records: Vec<Record>,
        at: Timestamp,
    ) -> Result<Seq, AppendError> {
        checked::check(&records)?;
        let at = checked::whole_micros(at);
        let mut state = self.lock();
        let actual = state.streams.get(stream).map_or(Seq::START, Stream::last);
        if let Expected::Exactly(expected) = expected
            && expected != actual
        {
            return Err(Conflict { expected, actual }.into());
        }
        if records.is_empty() {
            return Ok(actual);
        }
        let kept = state.streams.entry(stream.clone()).or_default();
        let rows = records.iter().cloned();
        kept.rows.extend(rows.map(|row| (at.as_microsecond(), row)));
        let last = kept.last();
        // Still under the lock, so that followers hear records in their order.
        self.feed.publish(stream, last, at, records);
        Ok(last)
    }

    fn read_now(
        &self,
        stream: &StreamName,
        from: Seq,
        limit: usize,
    ) -> Result<Vec<Stored>, ReadError> {
        let state = self.lock();
        let Some(kept) = state.streams.get(stream) else {
            return Ok(Vec::new());
        };
        let skip = usize::try_from(from.get().saturating_sub(kept.erased)).unwrap_or(usize::MAX);
        let mut bytes = 0;
        let mut found = Vec::new();
        for (place, (at_micros, row)) in kept
            .rows
            .iter()
            .enumerate()
            .skip(skip)
            .take(limit.min(READ_RECORDS_MAX))
        {
            let seq = Seq::new(kept.erased).plus(place as u64 + 1);
            let line = Line {
                seq,
                at_micros: *at_micros,
                kind: row.kind.clone(),
                body: row.body.clone().unwrap_or_default(),
            };
            bytes += line.body.len();
            found.push(line.open()?);
            if bytes > READ_BYTES_MAX {
                break;
            }
        }
        Ok(found)
    }

    fn list_now(&self, prefix: &str, limit: usize) -> Vec<StreamHead> {
        let state = self.lock();
        let within = state
            .streams
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        within
            .take_while(|(name, _)| name.as_str().starts_with(prefix))
            .filter(|(_, kept)| !kept.rows.is_empty())
            .take(limit.min(LIST_MAX))
            .map(|(name, kept)| StreamHead {
                name: name.clone(),
                last: kept.last(),
            })
            .collect()
    }

    fn put_timer_now(&self, id: &str, due: Timestamp, body: &Value) -> Result<(), TimerError> {
        checked::timer_id(id)?;
        let body = checked::body_text(body)?;
        let mut state = self.lock();
        let due = checked::whole_micros(due).as_microsecond();
        if let Some((old, _)) = state.timers.insert(id.to_owned(), (due, body)) {
            state.due.remove(&(old, id.to_owned()));
        }
        state.due.insert((due, id.to_owned()));
        Ok(())
    }

    fn drop_timer_now(&self, id: &str) {
        let mut state = self.lock();
        if let Some((due, _)) = state.timers.remove(id) {
            state.due.remove(&(due, id.to_owned()));
        }
    }

    fn due_timers_now(&self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, ReadError> {
        let state = self.lock();
        let end = (now.as_microsecond().saturating_add(1), String::new());
        let due = state.due.range((Bound::Unbounded, Bound::Excluded(end)));
        due.take(limit.min(READ_RECORDS_MAX))
            .filter_map(|(due, id)| {
                let (_, body) = state.timers.get(id)?;
                Some(TimerLine {
                    id: id.clone(),
                    due_micros: *due,
                    body: body.clone(),
                })
            })
            .map(|line| Ok(line.open()?))
            .collect()
    }

    fn erase_now(&self, stream: &StreamName) -> Tombstone {
        let mut state = self.lock();
        let Some(kept) = state.streams.get_mut(stream) else {
            return Tombstone::default();
        };
        kept.erased = kept.last().get();
        kept.rows = Vec::new();
        Tombstone {
            records: kept.erased,
            last: kept.last(),
        }
    }

    fn cut_now(&self, stream: &StreamName, through: Seq) {
        let mut state = self.lock();
        let Some(kept) = state.streams.get_mut(stream) else {
            return;
        };
        let through = through.min(kept.last()).get();
        let count = usize::try_from(through.saturating_sub(kept.erased)).unwrap_or(usize::MAX);
        kept.rows.drain(..count.min(kept.rows.len()));
        kept.erased = kept.erased.max(through);
    }

    fn health_now(&self) -> Health {
        let state = self.lock();
        let held = || state.streams.values().filter(|kept| !kept.rows.is_empty());
        let bytes = held()
            .flat_map(|kept| &kept.rows)
            .map(|(_, row)| row.body.as_ref().map_or(0, String::len) as u64)
            .sum();
        Health {
            bytes,
            streams: held().count() as u64,
            writable: true,
        }
    }
}

impl fmt::Debug for MemoryJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryJournal").finish_non_exhaustive()
    }
}

impl Journal for MemoryJournal {
    fn append<'a>(
        &'a self,
        stream: &'a StreamName,
        expected: Expected,
        records: Vec<Record>,
        _: Durability,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<Seq, AppendError>> {
        Box::pin(async move { self.append_now(stream, expected, records, at) })
    }

    fn read<'a>(
        &'a self,
        stream: &'a StreamName,
        from: Seq,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Stored>, ReadError>> {
        Box::pin(async move { self.read_now(stream, from, limit) })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<StreamHead>, ReadError>> {
        Box::pin(async move { Ok(self.list_now(prefix, limit)) })
    }

    fn follow(&self, prefix: &str) -> Follow {
        self.feed.follow(prefix)
    }

    fn put_timer<'a>(
        &'a self,
        id: &'a str,
        due: Timestamp,
        body: Value,
    ) -> BoxFuture<'a, Result<(), TimerError>> {
        Box::pin(async move { self.put_timer_now(id, due, &body) })
    }

    fn drop_timer<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), TimerError>> {
        Box::pin(async move {
            self.drop_timer_now(id);
            Ok(())
        })
    }

    fn due_timers(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Timer>, ReadError>> {
        Box::pin(async move { self.due_timers_now(now, limit) })
    }

    fn erase<'a>(&'a self, stream: &'a StreamName) -> BoxFuture<'a, Result<Tombstone, EraseError>> {
        Box::pin(async move { Ok(self.erase_now(stream)) })
    }

    fn cut<'a>(
        &'a self,
        stream: &'a StreamName,
        through: Seq,
    ) -> BoxFuture<'a, Result<(), EraseError>> {
        Box::pin(async move {
            self.cut_now(stream, through);
            Ok(())
        })
    }

    fn health(&self) -> BoxFuture<'_, Health> {
        Box::pin(async move { self.health_now() })
    }
}
