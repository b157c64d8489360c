//! What may wait a moment for the journal: the state of a session at the end of a turn, and decisions about what was only
//! shown.
//!
//! Every write of its own costs the disk a handful of pages, whatever it holds; many at once cost hardly more. So they are
//! gathered for [`SOON`], over all sessions, and whatever must be on the disk before something happens takes them along. A
//! crash can take back that moment of a conversation; a purchase, a consent and a rule it cannot, for they are never here.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use errand_engine::Write;
use errand_journal::Record;
use errand_types::{SessionId, UserId};
use futures_util::future::join_all;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::metrics;
use crate::records::Recorder;

/// How long something waits at most.
const SOON: Duration = Duration::from_millis(50);
/// Ends of turns that may wait; then whoever comes writes them down first.
const WAITING_MAX: usize = 256;

/// The state of a session, as records for its stream.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) session: SessionId,
    pub(crate) records: Vec<Record>,
    /// These records are the whole of it, and what stood before them is cut away.
    pub(crate) is_anew: bool,
    /// Set when they could not be written: what is in the stream then is not known.
    pub(crate) lost: Arc<AtomicBool>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Later {
    waiting: Mutex<Waiting>,
    /// One at a time writes down, so that nothing overtakes what came before it.
    settling: tokio::sync::Mutex<()>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    turns: usize,
    writes: BTreeMap<UserId, Vec<Write>>,
    states: Vec<State>,
}

impl Waiting {
    fn add(&mut self, user: &UserId, writes: Vec<Write>, state: State) {
        self.turns += 1;
        if !writes.is_empty() {
            self.writes.entry(user.clone()).or_default().extend(writes);
        }
        let before = self.states.iter_mut().find(|s| s.session == state.session);
        match before {
            None => self.states.push(state),
            Some(before) if state.is_anew => *before = state,
            Some(before) => before.records.extend(state.records),
        }
    }
}

impl Recorder {
    /// Takes the end of a turn. Waits only where very much waits already.
    pub(crate) async fn later(self: &Arc<Self>, user: &UserId, writes: Vec<Write>, state: State) {
        let is_full = {
            let mut waiting = lock(&self.later.waiting);
            waiting.add(user, writes, state);
            waiting.turns >= WAITING_MAX
        };
        if is_full {
            self.settle().await;
        } else {
            self.later.news.notify_one();
        }
    }

    /// Writes down what waits. When it comes back, everything that was taken before it was called is in the journal, or its
    /// session knows that it is not. May be dropped: what was begun is done all the same.
    pub(crate) async fn settle(self: &Arc<Self>) {
        let is_idle = lock(&self.later.waiting).turns == 0;
        if is_idle {
            // Whoever took it before is done then.
            drop(self.later.settling.lock().await);
            return;
        }
        let all = Arc::clone(self);
        // A task of its own: whoever waits for it may go, as a client does whose line is cut, and half of it would be lost.
        if let Err(error) = tokio::spawn(async move { all.settle_all().await }).await {
            tracing::error!(%error, "what waited for the journal was not written down");
        }
    }

    async fn settle_all(&self) {
        let _alone = self.later.settling.lock().await;
        let Waiting { writes, states, .. } = std::mem::take(&mut *lock(&self.later.waiting));
        let decisions = writes.iter().map(async |(user, writes)| {
            if let Err(error) = self.write_now(user, writes).await {
                ::metrics::counter!(metrics::JOURNAL_ERRORS).increment(1);
                tracing::warn!(%error, "decisions about what was shown were not written down");
            }
        });
        let states = states.into_iter().map(async |state| {
            let done = self.keep(&state.session, state.records, state.is_anew);
            if let Err(error) = done.await {
                state.lost.store(true, Ordering::Relaxed);
                ::metrics::counter!(metrics::JOURNAL_ERRORS).increment(1);
                tracing::warn!(session = %state.session, %error, "the state of a session was not kept");
            }
        });
        // Side by side, so that the journal makes one transaction of them.
        tokio::join!(join_all(decisions), join_all(states));
    }

    /// Writes down in time what waits, until the house stops.
    pub(crate) async fn settle_in_time(self: &Arc<Self>, stopping: CancellationToken) {
        while stopping
            .run_until_cancelled(self.later.news.notified())
            .await
            .is_some()
        {
            // A stop need not wait for it: whoever stops settles at the very end.
            stopping.run_until_cancelled(tokio::time::sleep(SOON)).await;
            self.settle().await;
        }
    }
}

fn lock(waiting: &Mutex<Waiting>) -> std::sync::MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use errand_journal::{MemoryJournal, Seq, StreamName, read_all};
    use errand_types::Clock;
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    #[derive(Debug)]
    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    async fn house() -> (Arc<MemoryJournal>, Arc<Recorder>) {
        let journal = Arc::new(MemoryJournal::default());
        let recorder = Recorder::open(Arc::clone(&journal) as _, Arc::new(Still));
        (journal, Arc::new(recorder.await.unwrap()))
    }

    fn state(session: &str, turn: u32, is_anew: bool) -> State {
        State {
            session: SessionId::parse(session).unwrap(),
            records: vec![Record::new("snapshot", json!({ "turn": turn }))],
            is_anew,
            lost: Arc::default(),
        }
    }

    fn user() -> UserId {
        UserId::parse("usr_one").unwrap()
    }

    async fn turns(journal: &MemoryJournal, session: &str) -> Vec<u64> {
        let stream = StreamName::parse(&format!("session/{session}")).unwrap();
        let stored = read_all(journal, &stream, Seq::START, 1_000).await.unwrap();
        let turns = stored.iter().map(|s| s.body["turn"].as_u64().unwrap());
        turns.collect()
    }

    #[tokio::test(start_paused = true)]
    async fn what_waits_is_in_the_journal_a_moment_later_and_in_order() {
        let (journal, recorder) = house().await;
        let stopping = CancellationToken::new();
        let mut settling = pin!(recorder.settle_in_time(stopping.clone()));
        for turn in 0..3 {
            let (one, two) = (state("sess_a", turn, false), state("sess_b", turn, false));
            recorder.later(&user(), Vec::new(), one).await;
            recorder.later(&user(), Vec::new(), two).await;
        }
        assert_eq!(turns(&journal, "sess_a").await, [] as [u64; 0]);

        let moment = tokio::time::sleep(SOON * 2);
        tokio::select! { () = &mut settling => unreachable!(), () = moment => {} }

        assert_eq!(turns(&journal, "sess_a").await, [0, 1, 2]);
        assert_eq!(turns(&journal, "sess_b").await, [0, 1, 2]);
        recorder
            .later(&user(), Vec::new(), state("sess_a", 9, true))
            .await;
        stopping.cancel();
        settling.await;
        recorder.settle().await;
        assert_eq!(turns(&journal, "sess_a").await, [9]);
    }

    #[tokio::test]
    async fn what_must_be_written_now_takes_along_what_waits() {
        let (journal, recorder) = house().await;
        recorder
            .later(&user(), Vec::new(), state("sess_a", 1, false))
            .await;
        recorder.write(&user(), &[]).await.unwrap();
        assert_eq!(turns(&journal, "sess_a").await, [1]);
    }

    #[tokio::test]
    async fn who_asks_for_it_may_go_and_nothing_is_lost() {
        let (journal, recorder) = house().await;
        recorder
            .later(&user(), Vec::new(), state("sess_a", 1, false))
            .await;
        {
            let mut gone = pin!(recorder.settle());
            let waker = futures_util::task::noop_waker();
            let begun = gone
                .as_mut()
                .poll(&mut std::task::Context::from_waker(&waker));
            assert!(begun.is_pending());
        }
        tokio::task::yield_now().await;
        recorder.settle().await;
        assert_eq!(turns(&journal, "sess_a").await, [1]);
    }

    #[tokio::test]
    async fn more_than_may_wait_is_written_by_who_comes() {
        let (journal, recorder) = house().await;
        for turn in 0..300 {
            recorder
                .later(&user(), Vec::new(), state("sess_a", turn, false))
                .await;
        }
        assert_eq!(turns(&journal, "sess_a").await.len(), WAITING_MAX);
    }

    #[tokio::test]
    async fn a_session_whose_state_was_not_written_knows_it() {
        let (_, recorder) = house().await;
        let mut bad = state("sess_a", 1, false);
        let lost = Arc::clone(&bad.lost);
        // The keys of a JSON object are text: no journal takes this.
        let unwritable = BTreeMap::from([((1, 2), 3)]);
        bad.records.push(Record::new("snapshot", unwritable));
        recorder.later(&user(), Vec::new(), bad).await;
        assert!(!lost.load(Ordering::Relaxed));
        recorder.settle().await;
        assert!(lost.load(Ordering::Relaxed));
    }
}
