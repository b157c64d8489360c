use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use errand_protocol::desk::{
    DeskCall, DeskDone, DeskErrand, DeskHere, DeskPair, DeskPaired, DeskPerson, DeskQueue, DeskSee,
    DeskSeenView, DeskStats, DeskTake, DeskText,
};
use errand_runtime::house::{DeskAct, DeskBy, DeskRoom};
use errand_types::{SessionId, Text};

use super::door::{AtDesk, Operator, room};
use crate::api::{Body, Who};
use crate::codes::Failure;
use crate::serve::App;

type House = State<Arc<App>>;
type Answer<T> = Result<Json<T>, Failure>;

fn id(raw: &str) -> Result<SessionId, Failure> {
    raw.parse().map_err(|_| Failure::no_such_path())
}

/// A text that must say something and fit.
fn text<const MAX: usize>(raw: &str) -> Result<Text<MAX>, Failure> {
    let raw = raw.trim();
    if raw.is_empty() || raw.chars().count() > MAX {
        return Err(Failure::bad_desk_text(MAX));
    }
    Ok(Text::clip(raw))
}

async fn done(app: &App, by: &DeskBy, raw: &str, act: DeskAct) -> Answer<DeskDone> {
    let done = room(app)?.act(by, &id(raw)?, act).await?;
    Ok(Json(done))
}

pub(super) async fn queue(State(app): House, AtDesk(by): AtDesk) -> Answer<DeskQueue> {
    Ok(Json(room(&app)?.queue(&by)))
}

pub(super) async fn here(
    State(app): House,
    AtDesk(by): AtDesk,
    Body(body): Body<DeskHere>,
) -> Answer<DeskQueue> {
    let desk = room(&app)?;
    desk.here(&by, body.here).await;
    Ok(Json(desk.queue(&by)))
}

pub(super) async fn errand(
    State(app): House,
    AtDesk(by): AtDesk,
    Path(raw): Path<String>,
) -> Answer<DeskErrand> {
    Ok(Json(room(&app)?.errand(&by, &id(&raw)?).await?))
}

pub(super) async fn take(
    State(app): House,
    AtDesk(by): AtDesk,
    Path(raw): Path<String>,
    Body(body): Body<DeskTake>,
) -> Answer<DeskDone> {
    let why = text(&body.why)?;
    done(&app, &by, &raw, DeskAct::Take { why }).await
}

pub(super) async fn say(
    State(app): House,
    AtDesk(by): AtDesk,
    Path(raw): Path<String>,
    Body(body): Body<DeskText>,
) -> Answer<DeskDone> {
    let said = text(&body.text)?;
    done(&app, &by, &raw, DeskAct::Say(said)).await
}

pub(super) async fn act(
    State(app): House,
    AtDesk(by): AtDesk,
    Path(raw): Path<String>,
    Body(DeskCall(call)): Body<DeskCall>,
) -> Answer<DeskDone> {
    done(&app, &by, &raw, DeskAct::Call(Box::new(call))).await
}

pub(super) async fn see(
    State(app): House,
    AtDesk(by): AtDesk,
    Path(raw): Path<String>,
    Body(body): Body<DeskSee>,
) -> Answer<DeskDone> {
    let facts = body.facts.into_iter().collect();
    done(&app, &by, &raw, DeskAct::See(facts)).await
}

pub(super) async fn note(
    State(app): House,
    AtDesk(by): AtDesk,
    Path(raw): Path<String>,
    Body(body): Body<DeskText>,
) -> Answer<DeskDone> {
    let note = text(&body.text)?;
    done(&app, &by, &raw, DeskAct::Note(note)).await
}

pub(super) async fn back(
    State(app): House,
    AtDesk(by): AtDesk,
    Path(raw): Path<String>,
    Body(body): Body<DeskText>,
) -> Answer<DeskDone> {
    let line = text(&body.text)?;
    done(&app, &by, &raw, DeskAct::Back(line)).await
}

pub(super) async fn release(
    State(app): House,
    AtDesk(by): AtDesk,
    Path(raw): Path<String>,
) -> Answer<DeskDone> {
    done(&app, &by, &raw, DeskAct::Release).await
}

/// The desk of the house also where nobody has access yet: the operator gives the first.
fn any_room(app: &App) -> Result<&dyn DeskRoom, Failure> {
    app.house.desk().ok_or_else(Failure::no_such_path)
}

pub(super) async fn people(State(app): House, _: Operator) -> Answer<Vec<DeskPerson>> {
    Ok(Json(any_room(&app)?.people()))
}

pub(super) async fn pair(
    State(app): House,
    _: Operator,
    Body(body): Body<DeskPair>,
) -> Result<(StatusCode, Json<DeskPaired>), Failure> {
    let paired = any_room(&app)?.pair(&body.name).await?;
    Ok((StatusCode::CREATED, Json(paired)))
}

pub(super) async fn remove(
    State(app): House,
    _: Operator,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    any_room(&app)?.remove(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn stats(State(app): House, _: Operator) -> Answer<DeskStats> {
    Ok(Json(any_room(&app)?.stats()))
}

/// What the desk saw and did of the caller's own errands.
pub(super) async fn seen(State(app): House, Who(who): Who) -> Answer<Vec<DeskSeenView>> {
    Ok(Json(any_room(&app)?.seen(&who).await?))
}
