//! The live feed of a journal.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use crate::name::{Seq, StreamName};
use crate::port::{Record, Stored};

/// Records that wait for a slow reader; a reader further behind is told that it lagged.
pub const FOLLOW_BACKLOG_MAX: usize = 256;

/// A record heard on the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Where it was appended.
    pub stream: StreamName,
    /// The record.
    pub stored: Stored,
}

/// Why the feed has no record now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FollowError {
    /// The reader was too slow: records were left out. Read the streams again, then go on.
    #[error("fell behind by {missed} records")]
    Lagged {
        /// How many records were left out.
        missed: u64,
    },
    /// The journal was closed; nothing comes any more.
    #[error("the journal was closed")]
    Closed,
}

/// A live feed of the streams below a prefix. Dropping it ends it.
#[derive(Debug)]
pub struct Follow {
    receiver: broadcast::Receiver<Arc<Heard>>,
}

impl Follow {
    /// Waits for the next record.
    ///
    /// # Errors
    /// `Lagged` once after records were left out; `Closed` when the journal is gone.
    ///
    /// # Cancel safety
    /// Dropping the future loses no record.
    pub async fn next(&mut self) -> Result<Arc<Heard>, FollowError> {
        self.receiver.recv().await.map_err(|error| match error {
            broadcast::error::RecvError::Lagged(missed) => FollowError::Lagged { missed },
            broadcast::error::RecvError::Closed => FollowError::Closed,
        })
    }
}

/// All followers of one journal, by prefix: a record costs one look-up per length of prefix in
/// use, however many sessions follow their own stream.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    followers: Mutex<Followers>,
}

#[derive(Debug, Default)]
struct Followers {
    by_prefix: HashMap<String, broadcast::Sender<Arc<Heard>>>,
    lengths: HashMap<usize, usize>,
}

impl Feed {
    pub(crate) fn follow(&self, prefix: &str) -> Follow {
        let mut followers = self.lock();
        followers.forget_deserted();
        if let Some(sender) = followers.by_prefix.get(prefix) {
            return Follow {
                receiver: sender.subscribe(),
            };
        }
        let (sender, receiver) = broadcast::channel(FOLLOW_BACKLOG_MAX);
        *followers.lengths.entry(prefix.len()).or_default() += 1;
        followers.by_prefix.insert(prefix.to_owned(), sender);
        Follow { receiver }
    }

    /// Tells the followers; `last` is the place of the last of the records.
    pub(crate) fn publish(
        &self,
        stream: &StreamName,
        last: Seq,
        at: jiff::Timestamp,
        records: Vec<Record>,
    ) {
        let followers = self.lock();
        let senders: Vec<_> = followers.of(stream).collect();
        if senders.is_empty() {
            return;
        }
        let before = last.get().saturating_sub(records.len() as u64);
        for (seq, record) in (before + 1..).zip(records) {
            // What was just checked and written opens again.
            let body = record
                .body
                .and_then(|body| serde_json::from_str(&body).ok());
            let stored = Stored {
                seq: Seq::new(seq),
                at,
                kind: record.kind,
                body: body.unwrap_or_default(),
            };
            let heard = Arc::new(Heard {
                stream: stream.clone(),
                stored,
            });
            for sender in &senders {
                // Nobody listening is no error: the follower has just gone.
                let _ = sender.send(Arc::clone(&heard));
            }
        }
    }

    /// A panic while holding the lock leaves nothing half-done that matters here.
    fn lock(&self) -> MutexGuard<'_, Followers> {
        self.followers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Followers {
    fn of<'a>(
        &'a self,
        stream: &'a StreamName,
    ) -> impl Iterator<Item = &'a broadcast::Sender<Arc<Heard>>> {
        let prefixes = self
            .lengths
            .keys()
            .filter_map(|&length| stream.as_str().get(..length));
        prefixes.filter_map(|prefix| self.by_prefix.get(prefix))
    }

    /// Runs when somebody new comes, so that prefixes left behind never pile up for long.
    fn forget_deserted(&mut self) {
        // Looking at all of them each time would make many followers slow to come.
        if self.by_prefix.len() < self.by_prefix.capacity() {
            return;
        }
        self.by_prefix
            .retain(|_, sender| sender.receiver_count() > 0);
        self.lengths.clear();
        for prefix in self.by_prefix.keys() {
            *self.lengths.entry(prefix.len()).or_default() += 1;
        }
    }
}
