use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::checked::{self, Line, TimerLine};
use crate::error::{AppendError, EraseError, OpenError, ReadError, TimerError, Unavailable};
use crate::feed::{Feed, Follow};
use crate::name::{Seq, StreamName};
use crate::port::{
    BoxFuture, Durability, Expected, Health, Journal, Record, Stored, StreamHead, Timer, Tombstone,
};
use crate::sqlite::file::{self, SqliteOptions};
use crate::sqlite::reader;
use crate::sqlite::writer::{self, Answer, Append, Job, Request, Writer};

/// A journal in one file, for one process.
///
/// A second process that opens the same file is refused. Dropping the journal waits for the
/// writes that were asked for (milliseconds) and closes the file.
pub struct SqliteJournal {
    writes: Option<mpsc::Sender<Request>>,
    reads: Option<mpsc::Sender<reader::Job>>,
    threads: Vec<JoinHandle<()>>,
    feed: Arc<Feed>,
}

impl SqliteJournal {
    /// Opens the file, making it and its folder where there is none. Blocks for milliseconds.
    ///
    /// # Errors
    /// See [`OpenError`]; nothing has been changed then.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path, SqliteOptions::default())
    }

    /// Opens the file with settings of one's own. Blocks for milliseconds.
    ///
    /// # Errors
    /// See [`OpenError`]; nothing has been changed then.
    pub fn open_with(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let opened = file::open(path, options)?;
        let feed = Arc::new(Feed::default());
        let (writes, to_write) = mpsc::channel(writer::QUEUE_MAX);
        let (reads, to_read) = mpsc::channel(reader::QUEUE_MAX);
        let thread = Writer {
            connection: opened.writer,
            is_flushing: None,
            feed: Arc::clone(&feed),
            lock: opened.lock,
        };
        let mut journal = Self {
            writes: Some(writes),
            reads: Some(reads),
            threads: Vec::new(),
            feed,
        };
        let started = [
            spawn("journal-writer", move || thread.run(to_write)),
            spawn("journal-reader", move || {
                reader::run(&opened.reader, to_read);
            }),
        ];
        for thread in started {
            let cause = |cause| OpenError::Folder {
                path: path.to_owned(),
                cause,
            };
            journal.threads.push(thread.map_err(cause)?);
        }
        Ok(journal)
    }

    async fn write(&self, job: Job) -> Result<Answer, Unavailable> {
        let queue = self.writes.as_ref().ok_or_else(Unavailable::stopped)?;
        let (reply, answer) = oneshot::channel();
        queue
            .send(Request { job, reply })
            .await
            .map_err(|_| Unavailable::stopped())?;
        answer.await.map_err(|_| Unavailable::stopped())?
    }

    fn reads(&self) -> Result<&mpsc::Sender<reader::Job>, Unavailable> {
        self.reads.as_ref().ok_or_else(Unavailable::stopped)
    }

    async fn size(&self) -> Result<(u64, u64), Unavailable> {
        reader::ask(self.reads()?, reader::size).await
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(run)
}

impl Drop for SqliteJournal {
    fn drop(&mut self) {
        self.writes = None;
        self.reads = None;
        for thread in self.threads.drain(..) {
            // A thread that panicked has told so on its own.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteJournal").finish_non_exhaustive()
    }
}

impl Journal for SqliteJournal {
    fn append<'a>(
        &'a self,
        stream: &'a StreamName,
        expected: Expected,
        records: Vec<Record>,
        durability: Durability,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<Seq, AppendError>> {
        Box::pin(async move {
            checked::check(&records)?;
            let (stream, at) = (stream.clone(), checked::whole_micros(at));
            let append = Append {
                stream,
                expected,
                records,
                durability,
                at,
            };
            match self.write(Job::Append(append)).await? {
                Answer::Appended(outcome) => Ok(outcome?),
                Answer::Erased(_) | Answer::Done => Err(Unavailable::stopped().into()),
            }
        })
    }

    fn read<'a>(
        &'a self,
        stream: &'a StreamName,
        from: Seq,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Stored>, ReadError>> {
        Box::pin(async move {
            let stream = stream.clone();
            let read = move |c: &_| reader::lines(c, &stream, from, limit);
            let lines = reader::ask(self.reads()?, read).await?;
            lines
                .into_iter()
                .map(Line::open)
                .map(|stored| Ok(stored?))
                .collect()
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<StreamHead>, ReadError>> {
        Box::pin(async move {
            let prefix = prefix.to_owned();
            let read = move |c: &_| reader::heads(c, &prefix, limit);
            Ok(reader::ask(self.reads()?, read).await?)
        })
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
        Box::pin(async move {
            checked::timer_id(id)?;
            let body = checked::body_text(&body)?;
            let due_micros = checked::whole_micros(due).as_microsecond();
            let job = Job::PutTimer {
                id: id.to_owned(),
                due_micros,
                body,
            };
            self.write(job).await?;
            Ok(())
        })
    }

    fn drop_timer<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), TimerError>> {
        Box::pin(async move {
            self.write(Job::DropTimer { id: id.to_owned() }).await?;
            Ok(())
        })
    }

    fn due_timers(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Timer>, ReadError>> {
        Box::pin(async move {
            let read = move |c: &_| reader::timers(c, now.as_microsecond(), limit);
            let lines = reader::ask(self.reads()?, read).await?;
            lines
                .into_iter()
                .map(TimerLine::open)
                .map(|timer| Ok(timer?))
                .collect()
        })
    }

    fn erase<'a>(&'a self, stream: &'a StreamName) -> BoxFuture<'a, Result<Tombstone, EraseError>> {
        Box::pin(async move {
            match self
                .write(Job::Erase {
                    stream: stream.clone(),
                })
                .await?
            {
                Answer::Erased(tombstone) => Ok(tombstone),
                Answer::Appended(_) | Answer::Done => Err(Unavailable::stopped().into()),
            }
        })
    }

    fn cut<'a>(
        &'a self,
        stream: &'a StreamName,
        through: Seq,
    ) -> BoxFuture<'a, Result<(), EraseError>> {
        Box::pin(async move {
            let stream = stream.clone();
            self.write(Job::Cut { stream, through }).await?;
            Ok(())
        })
    }

    fn health(&self) -> BoxFuture<'_, Health> {
        Box::pin(async move {
            let writable = self.write(Job::Probe).await.is_ok();
            // A file that cannot be read counts as empty here; `writable` is what matters then.
            let (streams, bytes) = self.size().await.unwrap_or_default();
            Health {
                bytes,
                streams,
                writable,
            }
        })
    }
}
