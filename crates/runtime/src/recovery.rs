//! After a crash: every purchase that was not finished is taken up, whoever looks.

use errand_engine::{Purchase, Session};

use crate::kept::{self, TakenUp};
use crate::runtime::Runtime;

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
            let found = kept::load(&runtime.0.recorder, &id)
                .await
                .unwrap_or_else(|error| {
                    tracing::error!(session = %id, error, "a session starts anew");
                    None
                });
            let found = found.unwrap_or_else(|| {
                let user = purchase.user.clone();
                let session = runtime.with_ctx(&person, |ctx| Session::new(id.clone(), user, ctx));
                TakenUp::new(session)
            });
            runtime.spawn(found).map_err(|e| e.to_string())?
        };
        tracing::info!(purchase = %purchase.id, intent, "taking up an unfinished purchase");
        handle.recover(purchase, intent).await;
    }
    for (id, user) in runtime.0.desk.open_tickets() {
        let Some(person) = runtime.person(&user) else {
            continue;
        };
        if runtime.handle(&id).is_some() {
            continue;
        }
        let found = kept::load(&runtime.0.recorder, &id).await.unwrap_or(None);
        let found = found.unwrap_or_else(|| {
            let session = runtime.with_ctx(&person, |ctx| Session::new(id.clone(), user, ctx));
            TakenUp::new(session)
        });
        tracing::info!(session = %id, "taking up an errand that waits for a person");
        // Its place and whoever holds it are looked after from now on.
        runtime
            .spawn(found)
            .map_err(|e| e.to_string())?
            .tick()
            .await;
    }
    Ok(())
}

/// Puts a purchase as the journal has it into a session: its own state is older or equal.
pub(crate) fn adopt(session: &mut Session, purchase: Purchase) {
    session.purchases.retain(|p| p.id != purchase.id);
    session.open = None;
    session.purchases.push(purchase);
}
