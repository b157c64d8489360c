use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use errand_protocol::envelope::{EventId, OptIn};
use errand_protocol::realtime::{FRAME_BYTES_MAX, Modality};
use errand_runtime::house::{Principal, Wanted};
use errand_types::SessionId;
use jiff::tz::TimeZone;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::session::{Back, Command, Handle, Setup};
use super::socket::Connection;
use crate::codes::Failure;
use crate::guard;
use crate::serve::App;
use crate::who::protocols;

/// Frames up to here are read to their end, so that one beyond the announced bound gets a proper close; longer ones
/// break the connection at once.
const FRAME_HARD_MAX: usize = FRAME_BYTES_MAX + 1024 * 1024;
/// Bytes that each connection reads and writes at once. Small, because there are many of them.
const BUFFER: usize = 4 * 1024;

/// `GET /v1/realtime`: everything is refused before the upgrade that can be.
pub(crate) async fn realtime(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let answer = open(&app, &query, &headers, upgrade).await;
    if answer.is_err() {
        metrics::counter!(crate::metrics::REFUSED_TOTAL).increment(1);
    }
    answer
}

async fn open(
    app: &Arc<App>,
    query: &HashMap<String, String>,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    guard::origin(headers, &app.hosts)?;
    let who = app
        .door
        .connects(headers, app.house.as_ref(), Instant::now())
        .ok_or_else(Failure::nobody)?;
    let mut upgrade = upgrade.map_err(|_| Failure::no_upgrade())?;
    if app.sessions.shutdown.is_cancelled() {
        return Err(Failure::draining());
    }
    let place = app
        .sessions
        .socket()
        .ok_or_else(|| Failure::full("connections", app.config.connection_limit))?;
    let asked = match query.get("output_modalities").map(String::as_str) {
        Some("text") => Some(Modality::Text),
        Some("audio") => Some(Modality::Audio),
        Some(_) | None => None,
    };
    let (handle, resume) = match query.get("resume") {
        Some(raw) => {
            let id = SessionId::parse(raw).map_err(|_| Failure::no_such_session())?;
            take_up(
                app,
                &who,
                id,
                query.get("last_event_id").map(String::as_str),
                asked,
            )
            .await?
        }
        None => (begin(app, &who, Wanted::New, 0, asked).await?, None),
    };
    let connection = Connection {
        number: app.sessions.connection(),
        handle,
        opt_in: opt_in(query, headers),
        resume,
        ping: app.config.ping,
    };
    if protocols(headers).any(|offered| offered == "realtime") {
        // Only ever this one: the other that a browser offers carries its key.
        upgrade.set_selected_protocol(HeaderValue::from_static("realtime"));
    }
    let tasks = app.sessions.tasks.clone();
    Ok(upgrade
        .max_message_size(FRAME_HARD_MAX)
        .max_frame_size(FRAME_HARD_MAX)
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .on_failed_upgrade(|cause| tracing::debug!(%cause, "an upgrade failed"))
        .on_upgrade(move |socket| {
            tasks.track_future(async move {
                let open = crate::metrics::OpenConnection::new();
                connection.run(socket).await;
                drop((open, place));
            })
        }))
}

fn opt_in(query: &HashMap<String, String>, headers: &HeaderMap) -> OptIn {
    let header = || {
        headers
            .get("x-errand-events")
            .and_then(|value| value.to_str().ok())
    };
    query
        .get("errand_events")
        .map(String::as_str)
        .or_else(header)
        .map_or(OptIn::NONE, OptIn::parse)
}

/// The zone of a person, for the days that are spoken; only asked for where something is.
async fn zone(app: &App, who: &Principal) -> TimeZone {
    if app.config.voices.is_none() {
        return TimeZone::UTC;
    }
    let profile = app.house.profile(who).await.ok();
    profile
        .and_then(|profile| TimeZone::get(&profile.zone).ok())
        .unwrap_or(TimeZone::UTC)
}

/// A session that this process does not hold yet.
async fn begin(
    app: &Arc<App>,
    who: &Principal,
    wanted: Wanted,
    start: u64,
    asked: Option<Modality>,
) -> Result<Handle, Failure> {
    let slot = app
        .sessions
        .slot()
        .ok_or_else(|| Failure::full("sessions", app.config.session_limit))?;
    let conversation = app.house.session(who, wanted).await?;
    let id = conversation.id().clone();
    let setup = Setup {
        conversation,
        owner: who.clone(),
        model: app.config.model.clone(),
        start,
        limits: app.sessions.limits,
        idle: app.sessions.idle,
        shutdown: app.sessions.shutdown.clone(),
        zone: zone(app, who).await,
        voices: app.config.voices.clone(),
        asked,
    };
    Ok(app.sessions.start(&id, setup, slot))
}

/// A session that a client comes back to. The house is asked every time: it knows whose it is, and it makes void what
/// was open when the connection broke.
async fn take_up(
    app: &Arc<App>,
    who: &Principal,
    id: SessionId,
    last: Option<&str>,
    asked: Option<Modality>,
) -> Result<(Handle, Option<Back>), Failure> {
    let last = match last {
        Some(raw) if !raw.is_empty() => {
            Some(EventId::parse(raw).ok_or_else(Failure::future_event)?)
        }
        Some(_) | None => None,
    };
    let seen = last.map_or(0, EventId::number);
    let Some(handle) = app.sessions.get(&id) else {
        let handle = begin(app, who, Wanted::Resume(id), seen, asked).await?;
        return Ok((handle, Some(Back { last, lost: true })));
    };
    if handle.owner.user != who.user {
        return Err(Failure::no_such_session());
    }
    app.house.session(who, Wanted::Resume(id)).await?;
    let (answer, is_future) = oneshot::channel();
    if handle
        .mailbox
        .send(Command::IsFuture(seen, answer))
        .await
        .is_ok()
        && is_future.await == Ok(true)
    {
        return Err(Failure::future_event());
    }
    Ok((handle, Some(Back { last, lost: false })))
}
