//! The keeper of approvals: words are made and judged here, and nowhere else. No planner comes near.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use errand_engine::Judgement;
use errand_journal::{Durability, Expected, Journal, Seq};
use errand_protocol::errand::ApprovalPlace;
use errand_trust::{
    ApprovalBook, Approved, Counters, Judged, OpenError, Proof, SPOKEN_TTL_MAX, ServerKey, TTL_MAX,
    Transaction, TxDigest,
};
use errand_types::{ApprovalId, By, Clock, SessionId, UserId};
use jiff::Timestamp;

use crate::records::stream;

const STREAM: &str = "approvals";

/// Why nothing was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// It may not be.
    #[error(transparent)]
    Refused(#[from] OpenError),
    /// That it is asked could not be written down.
    #[error("it could not be written down")]
    NotKept,
}

/// Holds open questions and given approvals of all sessions.
#[derive(Debug)]
pub(crate) struct Approvals {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    book: Mutex<ApprovalBook>,
    given: Mutex<BTreeMap<ApprovalId, Approved<TxDigest>>>,
    sessions: Mutex<BTreeMap<ApprovalId, SessionId>>,
    /// One writer of the counts at a time: an older state never ends up behind a newer one.
    storing: tokio::sync::Mutex<()>,
}

impl Approvals {
    /// Takes up the counts of wrong answers where they ended: a killed process resets nothing.
    pub(crate) async fn open(
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        key: ServerKey,
    ) -> Result<Self, String> {
        let heads = journal.list(STREAM, 1).await.map_err(|e| e.to_string())?;
        let counters = match heads.into_iter().find(|h| h.name.as_str() == STREAM) {
            None => Counters::default(),
            Some(head) => {
                let from = Seq::new(head.last.get().saturating_sub(1));
                let stored = journal
                    .read(&head.name, from, 1)
                    .await
                    .map_err(|e| e.to_string())?;
                match stored.into_iter().next() {
                    None => Counters::default(),
                    Some(stored) => {
                        serde_json::from_value(stored.body).map_err(|e| e.to_string())?
                    }
                }
            }
        };
        Ok(Self {
            journal,
            clock,
            book: Mutex::new(ApprovalBook::new(key, counters)),
            given: Mutex::default(),
            sessions: Mutex::default(),
            storing: tokio::sync::Mutex::default(),
        })
    }

    /// Asks: makes the two words of exactly this transaction. That somebody is asked by voice is on the disk before the
    /// words are told.
    pub(crate) async fn ask(
        &self,
        id: &ApprovalId,
        transaction: Transaction,
        place: ApprovalPlace,
    ) -> Result<String, AskError> {
        let session = transaction.session.clone();
        let now = self.clock.now();
        let (told, ttl) = match place {
            ApprovalPlace::Page => (Proof::Screen, TTL_MAX),
            ApprovalPlace::Voice => (Proof::Spoken, SPOKEN_TTL_MAX),
        };
        let words = lock(&self.book).open(id.clone(), transaction, told, now, ttl)?;
        if place == ApprovalPlace::Voice
            && let Err(error) = self.store_counters(now).await
        {
            lock(&self.book).void(id);
            return Err(error);
        }
        lock(&self.sessions).insert(id.clone(), session);
        Ok(words.shown())
    }

    /// How often a person was asked by voice lately.
    pub(crate) fn spoken_asks(&self, user: &UserId) -> u32 {
        let now = self.clock.now();
        lock(&self.book).counters().spoken_asks(user, now)
    }

    async fn store_counters(&self, now: Timestamp) -> Result<(), AskError> {
        let stream = stream(STREAM).map_err(|_| AskError::NotKept)?;
        let _alone = self.storing.lock().await;
        let record = errand_journal::Record::new("counters", lock(&self.book).counters());
        self.journal
            .append(
                &stream,
                Expected::Any,
                vec![record],
                Durability::Flushed,
                now,
            )
            .await
            .map(|_| ())
            .map_err(|_| AskError::NotKept)
    }

    /// Remembers which session a question belongs to, so that it can be answered from elsewhere.
    pub(crate) fn note(&self, id: &ApprovalId, session: &SessionId) {
        let mut sessions = lock(&self.sessions);
        if sessions.len() > 10_000 {
            sessions.clear();
        }
        sessions.insert(id.clone(), session.clone());
    }

    /// The session of a question.
    pub(crate) fn session_of(&self, id: &ApprovalId) -> Option<SessionId> {
        lock(&self.sessions).get(id).cloned()
    }

    /// Counts the answer durably, then judges it.
    pub(crate) async fn judge(
        &self,
        id: &ApprovalId,
        session: &SessionId,
        said: &str,
        by: By,
    ) -> Judgement {
        let now = self.clock.now();
        let proof = match by {
            By::Typed => Proof::Screen,
            By::Spoken => Proof::Spoken,
        };
        let counted = match lock(&self.book).count(id, session, proof, now) {
            Ok(counted) => counted,
            Err(judged) => return judgement(&judged),
        };
        // INVARIANT: the count is on the disk before the answer is looked at; a kill between tries resets nothing.
        if self.store_counters(now).await.is_err() {
            return Judgement::Gone;
        }
        let judged = lock(&self.book).judge(counted, said, self.clock.now());
        match judged {
            Judged::Approved(approved) => {
                let level = approved.level();
                lock(&self.given).insert(id.clone(), approved);
                Judgement::Granted { level }
            }
            other => judgement(&other),
        }
    }

    /// An approval no longer holds, asked or given.
    pub(crate) fn void(&self, id: &ApprovalId) {
        lock(&self.book).void(id);
        lock(&self.given).remove(id);
    }

    /// Hands a given approval over, once.
    pub(crate) fn take(&self, id: &ApprovalId) -> Option<Approved<TxDigest>> {
        lock(&self.given).remove(id)
    }
}

fn judgement(judged: &Judged) -> Judgement {
    match judged {
        Judged::Approved(approved) => Judgement::Granted {
            level: approved.level(),
        },
        Judged::Wrong { left } => Judgement::Wrong { left: *left },
        Judged::Locked { until } => Judgement::Locked { until: *until },
        Judged::NeedsScreen => Judgement::NeedsScreen,
        Judged::Expired | Judged::Void | Judged::NoSuch | Judged::OtherSession => Judgement::Gone,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
