//! The keeper of approvals: words are made and judged here, and nowhere else. No planner comes near.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use errand_engine::Judgement;
use errand_journal::{Durability, Expected, Journal, Seq};
use errand_trust::{
    ApprovalBook, Approved, Counters, Judged, OpenError, Proof, ServerKey, Transaction, TxDigest,
};
use errand_types::{ApprovalId, Clock, SessionId};
use jiff::SignedDuration;

use crate::records::stream;

/// How long the words hold.
const TTL: SignedDuration = SignedDuration::from_secs(120);
const STREAM: &str = "approvals";

/// Holds open questions and given approvals of all sessions.
#[derive(Debug)]
pub(crate) struct Approvals {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    book: Mutex<ApprovalBook>,
    given: Mutex<BTreeMap<ApprovalId, Approved<TxDigest>>>,
    sessions: Mutex<BTreeMap<ApprovalId, SessionId>>,
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
        })
    }

    /// Asks: makes the two words of exactly this transaction.
    pub(crate) fn ask(
        &self,
        id: &ApprovalId,
        transaction: Transaction,
    ) -> Result<String, OpenError> {
        let session = transaction.session.clone();
        let words = lock(&self.book).open(id.clone(), transaction, self.clock.now(), TTL)?;
        lock(&self.sessions).insert(id.clone(), session);
        Ok(words.shown())
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
    ) -> Judgement {
        let now = self.clock.now();
        let counted = match lock(&self.book).count(id, session, now) {
            Ok(counted) => counted,
            Err(judged) => return judgement(&judged),
        };
        // INVARIANT: the count is on the disk before the answer is looked at; a kill between tries resets nothing.
        let Ok(stream) = stream(STREAM) else {
            return Judgement::Gone;
        };
        let record = errand_journal::Record::new("counters", lock(&self.book).counters());
        let kept = self
            .journal
            .append(
                &stream,
                Expected::Any,
                vec![record],
                Durability::Flushed,
                now,
            )
            .await;
        if kept.is_err() {
            return Judgement::Gone;
        }
        let judged = lock(&self.book).judge(counted, said, Proof::Screen, self.clock.now());
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
        Judged::Expired | Judged::Void | Judged::NoSuch | Judged::OtherSession => Judgement::Gone,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
