//! After a crash: every purchase that was not finished is taken up, whoever looks.

use std::collections::VecDeque;

use errand_engine::{Purchase, Session};
use errand_types::SessionId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::runtime::Runtime;

/// A session as it lies in the journal.
#[derive(Debug, Deserialize)]
struct Snapshot {
    session: Session,
    keys: Vec<String>,
}

/// The same, to be written: at the end of every turn, so nothing is copied for it.
#[derive(Debug, Serialize)]
pub(crate) struct Keeping<'a> {
    pub(crate) session: &'a Session,
    /// Keys of sentences that were heard: the same one again is heard once.
    pub(crate) keys: &'a VecDeque<String>,
}

/// Takes up every unfinished purchase.
pub(crate) async fn run(runtime: &Runtime) -> Result<(), String> {
    let unfinished = runtime.0.recorder.unfinished().await?;
    for (purchase, intent) in unfinished {
        let Some(person) = runtime.person(&purchase.user) else {
            tracing::error!(purchase = %purchase.id, "an unfinished purchase belongs to nobody who is configured");
            continue;
        };
        let id = purchase.session.clone();
        let handle = if let Some(handle) = runtime.handle(&id) {
            handle
        } else {
            // Comfort: a purchase is in a stream of its own and goes on without it.
            let kept = load(runtime, &id).await.unwrap_or_else(|error| {
                tracing::error!(session = %id, error, "a session starts anew");
                None
            });
            let (session, keys) = kept.unwrap_or_else(|| {
                let user = purchase.user.clone();
                (
                    runtime.with_ctx(&person, |ctx| Session::new(id.clone(), user, ctx)),
                    Vec::new(),
                )
            });
            runtime.spawn(session, keys).map_err(|e| e.to_string())?
        };
        tracing::info!(purchase = %purchase.id, intent, "taking up an unfinished purchase");
        handle.recover(purchase, intent).await;
    }
    Ok(())
}

/// The last state of a session in the journal.
pub(crate) async fn load(
    runtime: &Runtime,
    id: &SessionId,
) -> Result<Option<(Session, Vec<String>)>, String> {
    let Some((body, _)) = runtime.0.recorder.last_snapshot(id).await? else {
        return Ok(None);
    };
    read(body).map(Some)
}

fn read(body: Value) -> Result<(Session, Vec<String>), String> {
    let snapshot: Snapshot = serde_json::from_value(body)
        .map_err(|e| format!("a session in the journal cannot be read: {e}"))?;
    Ok((snapshot.session, snapshot.keys))
}

/// Puts a purchase as the journal has it into a session: its own state is older or equal.
pub(crate) fn adopt(session: &mut Session, purchase: Purchase) {
    session.purchases.retain(|p| p.id != purchase.id);
    session.open = None;
    session.purchases.push(purchase);
}
