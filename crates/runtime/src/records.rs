//! How records lie in the journal.

use std::sync::Arc;

use errand_engine::{DeskDeed, DeskEntry, Due, Purchase, Record, Spend, Write};
use errand_journal::{AppendError, Durability, Expected, Journal, Seq, StreamName, read_all};
use errand_merchant::{IntentLog, IntentNotWritten, StoredRequest};
use errand_trust::{AuditChain, SealKey, base64url, from_base64url};
use errand_types::{
    Clock, ConsentReceipt, Ids, Order, Profile, PurchaseId, Reminder, SessionId, UserId,
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::later::Later;

/// Purpose under which requests are sealed.
const SEAL: &[u8] = b"errand/intent/v1";
/// Records read of one stream at most.
const READ_MAX: usize = 100_000;

/// Writes records down.
#[derive(Debug)]
pub(crate) struct Recorder {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    // One writer for the chain: the hash of each record covers the one before it.
    chain: Mutex<AuditChain>,
    pub(crate) later: Later,
}

/// One record in the audit stream, a decision or an entry of the desk, and the hash over it and everything before it.
#[derive(Debug, Serialize)]
struct Audited<'a> {
    user: &'a UserId,
    /// The very text that is hashed.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    desk: Option<&'a RawValue>,
    hash: String,
}

fn raw(record: &impl Serialize) -> Result<Box<RawValue>, AppendError> {
    to_raw_value(record).map_err(|_| AppendError::NotJson)
}

impl Recorder {
    /// Takes the chain up where it ended.
    pub(crate) async fn open(
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let heads = journal.list("audit", 1).await.map_err(|e| e.to_string())?;
        let last = heads
            .into_iter()
            .find(|h| h.name.as_str() == "audit")
            .map(|h| h.last);
        let chain = match last {
            None => AuditChain::new(),
            Some(last) => {
                let from = Seq::new(last.get().saturating_sub(1));
                let stored = journal
                    .read(&stream("audit")?, from, 1)
                    .await
                    .map_err(|e| e.to_string())?;
                let body = stored
                    .into_iter()
                    .next()
                    .map(|s| s.body)
                    .ok_or("the audit stream is empty")?;
                let hash = body
                    .get("hash")
                    .and_then(Value::as_str)
                    .and_then(from_base64url);
                let head: [u8; 32] = hash
                    .and_then(|h| h.try_into().ok())
                    .ok_or("the audit stream holds a record without a hash")?;
                AuditChain::resume(head, last.get())
            }
        };
        Ok(Self {
            journal,
            clock,
            chain: Mutex::new(chain),
            later: Later::default(),
        })
    }

    /// Makes the writes of one step durable, in order and behind all that waits. Answers only when what must be on the disk
    /// is there.
    pub(crate) async fn write(
        self: &Arc<Self>,
        user: &UserId,
        writes: &[Write],
    ) -> Result<(), AppendError> {
        self.settle().await;
        self.write_now(user, writes).await
    }

    pub(crate) async fn write_now(
        &self,
        user: &UserId,
        writes: &[Write],
    ) -> Result<(), AppendError> {
        let is_flushed = writes.iter().any(|w| w.due == Due::Flushed);
        let durability = if is_flushed {
            Durability::Flushed
        } else {
            Durability::Relaxed
        };
        let mut audited = Vec::new();
        for write in writes {
            match &write.record {
                Record::Decision(decision) => audited.push(("decision", raw(decision)?)),
                Record::Desk(entry) if entry.deed != DeskDeed::Began => {
                    audited.push(("desk", raw(entry)?));
                }
                _ => {}
            }
        }
        if !audited.is_empty() {
            self.audit(user, audited, durability).await?;
        }
        for write in writes {
            let (name, record) = match &write.record {
                Record::Decision(_) => continue,
                Record::Purchase(p) => (purchase_stream(&p.id), kept("state", p)),
                Record::Spend(s) => (format!("ledger/{user}"), kept("spend", s)),
                Record::Consent(c) => (format!("consent/{user}"), kept("receipt", c)),
                Record::Profile(p) => (
                    format!("profile/{user}"),
                    kept("profile", &without_wallet(p)),
                ),
                Record::Order(o) => (format!("orders/{user}"), kept("order", o)),
                Record::Reminder(r) => (format!("reminders/{user}"), kept("reminder", r)),
                Record::Desk(d) => (format!("desk/{user}"), kept("desk", d)),
            };
            let Ok(stream) = StreamName::parse(&name) else {
                continue;
            };
            self.journal
                .append(
                    &stream,
                    Expected::Any,
                    vec![record],
                    durability,
                    self.clock.now(),
                )
                .await?;
        }
        Ok(())
    }

    async fn audit(
        &self,
        user: &UserId,
        entries: Vec<(&'static str, Box<RawValue>)>,
        durability: Durability,
    ) -> Result<(), AppendError> {
        let Ok(stream) = StreamName::parse("audit") else {
            return Ok(());
        };
        let mut chain = self.chain.lock().await;
        // On a copy: the chain moves on only once its records are down.
        let mut next = chain.clone();
        let mut records = Vec::with_capacity(entries.len());
        for (kind, entry) in &entries {
            let hash = base64url(&next.next(entry.get().as_bytes()));
            let is_decision = *kind == "decision";
            let audited = Audited {
                user,
                decision: is_decision.then_some(&**entry),
                desk: (!is_decision).then_some(&**entry),
                hash,
            };
            records.push(errand_journal::Record::new(*kind, audited));
        }
        self.journal
            .append(
                &stream,
                Expected::Any,
                records,
                durability,
                self.clock.now(),
            )
            .await?;
        *chain = next;
        Ok(())
    }

    /// Keeps the state of a session at the end of a turn. `is_anew`: these records are the whole of it, and what stood
    /// before them is cut away.
    pub(crate) async fn keep(
        &self,
        session: &SessionId,
        records: Vec<errand_journal::Record>,
        is_anew: bool,
    ) -> Result<(), AppendError> {
        let Ok(stream) = StreamName::parse(&format!("session/{session}")) else {
            return Ok(());
        };
        let count = records.len() as u64;
        let last = self
            .journal
            .append(
                &stream,
                Expected::Any,
                records,
                Durability::Relaxed,
                self.clock.now(),
            )
            .await?;
        if is_anew {
            let before = Seq::new(last.get().saturating_sub(count));
            // Left standing it costs room and nothing else.
            if let Err(error) = self.journal.cut(&stream, before).await {
                tracing::warn!(%session, %error, "what a session no longer needs was not cut away");
            }
        }
        Ok(())
    }

    /// The records of a session's state, oldest first.
    pub(crate) async fn kept(
        self: &Arc<Self>,
        session: &SessionId,
    ) -> Result<Vec<errand_journal::Stored>, String> {
        self.settle().await;
        let stream = stream(&format!("session/{session}"))?;
        read_all(&*self.journal, &stream, Seq::START, READ_MAX)
            .await
            .map_err(|e| e.to_string())
    }

    /// Everything about a person that is in the journal, oldest first.
    pub(crate) async fn person(&self, user: &UserId) -> Result<Vec<Record>, String> {
        let mut records = Vec::new();
        for prefix in [
            "profile",
            "consent",
            "ledger",
            "orders",
            "reminders",
            "desk",
        ] {
            let stream = stream(&format!("{prefix}/{user}"))?;
            for stored in read_all(&*self.journal, &stream, Seq::START, READ_MAX)
                .await
                .map_err(|e| e.to_string())?
            {
                records.push(read(&stored.kind, stored.body)?);
            }
        }
        Ok(records)
    }

    /// Everything between a person and the desk, oldest first.
    pub(crate) async fn desk(&self, user: &UserId) -> Result<Vec<DeskEntry>, String> {
        let stored = read_all(
            &*self.journal,
            &stream(&format!("desk/{user}"))?,
            Seq::START,
            READ_MAX,
        )
        .await
        .map_err(|e| e.to_string())?;
        let entries = stored.into_iter().map(|stored| {
            serde_json::from_value(stored.body)
                .map_err(|e| format!("an entry of the desk cannot be read: {e}"))
        });
        entries.collect()
    }

    /// Purchases whose last state is not final, each with whether a request to pay was written down.
    pub(crate) async fn unfinished(&self) -> Result<Vec<(Purchase, bool)>, String> {
        let mut found = Vec::new();
        for head in self
            .journal
            .list("purchase/", READ_MAX)
            .await
            .map_err(|e| e.to_string())?
        {
            let stored = read_all(&*self.journal, &head.name, Seq::START, READ_MAX)
                .await
                .map_err(|e| e.to_string())?;
            let intent = stored.iter().any(|s| {
                s.kind == "intent" && s.body.get("op").and_then(Value::as_str) == Some("complete")
            });
            let Some(last) = stored.into_iter().rev().find(|s| s.kind == "state") else {
                continue;
            };
            let purchase: Purchase =
                serde_json::from_value(last.body).map_err(|e| format!("{}: {e}", head.name))?;
            if !purchase.state.is_final() {
                found.push((purchase, intent));
            }
        }
        Ok(found)
    }
}

fn without_wallet(profile: &Profile) -> Profile {
    // Tokens of payment instruments come from configuration and never lie in the journal.
    Profile {
        wallet: Vec::new(),
        ..profile.clone()
    }
}

fn read(kind: &str, body: Value) -> Result<Record, String> {
    let fault = |e: serde_json::Error| format!("a `{kind}` record cannot be read: {e}");
    Ok(match kind {
        "profile" => Record::Profile(Box::new(
            serde_json::from_value::<Profile>(body).map_err(fault)?,
        )),
        "receipt" => Record::Consent(Box::new(
            serde_json::from_value::<ConsentReceipt>(body).map_err(fault)?,
        )),
        "spend" => Record::Spend(serde_json::from_value::<Spend>(body).map_err(fault)?),
        "order" => Record::Order(Box::new(
            serde_json::from_value::<Order>(body).map_err(fault)?,
        )),
        "reminder" => Record::Reminder(Box::new(
            serde_json::from_value::<Reminder>(body).map_err(fault)?,
        )),
        "desk" => Record::Desk(Box::new(
            serde_json::from_value::<DeskEntry>(body).map_err(fault)?,
        )),
        other => return Err(format!("a record of the unknown kind `{other}`")),
    })
}

pub(crate) fn stream(name: &str) -> Result<StreamName, String> {
    StreamName::parse(name).map_err(|e| e.to_string())
}

fn purchase_stream(id: &PurchaseId) -> String {
    format!("purchase/{id}")
}

/// A record as the journal takes it. One that cannot be written as JSON is refused there, and then nothing of its step
/// happens.
fn kept(kind: &str, body: &impl Serialize) -> errand_journal::Record {
    errand_journal::Record::new(kind, body)
}

/// The log of requests that change something, in the journal: sealed, and on the disk before they are sent.
#[derive(Debug)]
pub struct JournalIntents {
    journal: Arc<dyn Journal>,
    seal: Arc<SealKey>,
    ids: Arc<dyn Ids>,
}

impl JournalIntents {
    /// A log in this journal, sealed with this key.
    pub fn new(journal: Arc<dyn Journal>, seal: Arc<SealKey>, ids: Arc<dyn Ids>) -> Self {
        Self { journal, seal, ids }
    }

    /// The last request to pay of a purchase.
    pub(crate) async fn last_complete(&self, purchase: &PurchaseId) -> Option<StoredRequest> {
        let stream = stream(&purchase_stream(purchase)).ok()?;
        let stored = read_all(&*self.journal, &stream, Seq::START, READ_MAX)
            .await
            .ok()?;
        let sealed = stored
            .iter()
            .rev()
            .find(|s| {
                s.kind == "intent" && s.body.get("op").and_then(Value::as_str) == Some("complete")
            })?
            .body
            .get("sealed")
            .and_then(Value::as_str)
            .and_then(from_base64url)?;
        let plain = self.seal.open(&sealed, SEAL).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

impl IntentLog for JournalIntents {
    fn note<'a>(
        &'a self,
        purchase: &'a PurchaseId,
        op: &'a str,
        request: &'a StoredRequest,
    ) -> errand_merchant::BoxFuture<'a, Result<(), IntentNotWritten>> {
        Box::pin(async move {
            let plain = serde_json::to_vec(request).map_err(|e| IntentNotWritten(e.to_string()))?;
            let sealed = self
                .seal
                .seal(&plain, SEAL, self.ids.nonce())
                .map_err(|e| IntentNotWritten(e.to_string()))?;
            let body = json!({ "op": op, "key": request.key, "sealed": base64url(&sealed) });
            let stream = stream(&purchase_stream(purchase)).map_err(IntentNotWritten)?;
            let record = errand_journal::Record::new("intent", body);
            self.journal
                .append(
                    &stream,
                    Expected::Any,
                    vec![record],
                    Durability::Flushed,
                    request.sent_at,
                )
                .await
                .map_err(|e| IntentNotWritten(e.to_string()))?;
            Ok(())
        })
    }
}
