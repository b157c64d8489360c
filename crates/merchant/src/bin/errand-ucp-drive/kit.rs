//! What the script needs around a client: time, chance, a gate that allows, an approval given by the right words.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use errand_gate::{Act, Ask, Authorized, Decide, Decision, Facts, Verdict, authorize};
use errand_merchant::{BoxFuture, IntentLog, IntentNotWritten, StoredRequest};
use errand_trust::{
    ApprovalBook, Approved, Counters, Judged, Proof, ServerKey, Transaction, TxDigest,
};
use errand_types::{
    ApprovalId, CallId, Checkout, DecisionId, Ids, PurchaseId, SessionId, Text, UserId,
};
use jiff::{SignedDuration, Timestamp};

/// Numbers that count on from a start: unique within a run, which is all that a script needs.
#[derive(Debug, Default)]
pub(crate) struct Chance(AtomicU64);

impl Ids for Chance {
    fn tail(&self) -> String {
        format!("{:026x}", self.0.fetch_add(1, Ordering::Relaxed))
    }

    fn nonce(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        let started = u64::from(std::process::id()) << 32
            | u64::try_from(Timestamp::now().subsec_nanosecond()).unwrap_or(0);
        for (place, byte) in bytes.iter_mut().zip(started.to_be_bytes()) {
            *place = byte;
        }
        for (place, byte) in bytes
            .iter_mut()
            .rev()
            .zip(self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes())
        {
            *place = byte;
        }
        bytes
    }
}

/// Intents in memory, in the order in which they were written down.
#[derive(Debug, Default, Clone)]
pub(crate) struct Notes(Arc<Mutex<Vec<(String, StoredRequest)>>>);

impl Notes {
    pub(crate) fn all(&self) -> Vec<(String, StoredRequest)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl IntentLog for Notes {
    fn note<'a>(
        &'a self,
        _: &'a PurchaseId,
        op: &'a str,
        request: &'a StoredRequest,
    ) -> BoxFuture<'a, Result<(), IntentNotWritten>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((op.to_owned(), request.clone()));
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A gate that allows: the script acts for nobody and pays with test tokens.
#[derive(Debug)]
struct Allowing;

impl Decide for Allowing {
    fn decide(&self, ask: &Ask<'_>) -> Decision {
        Decision {
            id: ask.id.clone(),
            call: ask.call.clone(),
            action: ask.action.name().to_owned(),
            verdict: Verdict::Allow,
            reasons: Vec::new(),
            epoch: ask.epoch,
            at: ask.now,
        }
    }
}

/// A permit for an act.
pub(crate) fn permit<A: Act>(act: A) -> Option<Authorized<A>> {
    let facts = Facts::of("script", "script");
    let ids = Chance::default();
    let ask = Ask {
        id: DecisionId::fresh(&ids),
        call: CallId::fresh(&ids),
        action: act.kind(),
        facts: &facts,
        epoch: 0,
        now: Timestamp::UNIX_EPOCH,
    };
    authorize(&Allowing, &ask, act)
        .ok()
        .map(|(permit, _)| permit)
}

/// An approval of what a checkout would cost now, given the way that a person gives one: by the two words.
pub(crate) fn approval(
    checkout: &Checkout,
    payee: &str,
    instrument: &str,
) -> Option<(TxDigest, Approved<TxDigest>)> {
    let ids = Chance::default();
    let now = Timestamp::UNIX_EPOCH;
    let session = SessionId::fresh(&ids);
    let transaction = Transaction {
        user: UserId::fresh(&ids),
        session: session.clone(),
        merchant: checkout.merchant.clone(),
        payee: payee.to_owned(),
        currency: checkout.currency,
        total: checkout.totals.total,
        lines: Vec::new(),
        entries: Vec::new(),
        destination: errand_trust::destination_digest(
            &checkout.destination.clone().unwrap_or_default(),
        ),
        option: checkout
            .selected_option
            .as_ref()
            .map(Text::as_str)
            .unwrap_or_default()
            .to_owned(),
        window: None,
        slot: None,
        recurring: false,
        instrument: instrument.to_owned(),
        policy_epoch: 0,
        expires: now.checked_add(SignedDuration::from_mins(5)).ok()?,
        nonce: [0; 16],
    };
    let digest = transaction.digest();
    let mut book = ApprovalBook::new(ServerKey::from_bytes(&[7; 32]), Counters::default());
    let id = ApprovalId::fresh(&ids);
    let words = book
        .open(
            id.clone(),
            transaction,
            Proof::Screen,
            now,
            SignedDuration::from_secs(60),
        )
        .ok()?;
    let counted = book.count(&id, &session, Proof::Screen, now).ok()?;
    match book.judge(counted, &words.shown(), now) {
        Judged::Approved(approved) => Some((digest, approved)),
        _ => None,
    }
}
