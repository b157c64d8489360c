use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use errand_protocol::api::{
    AddMerchant, AnswerApproval, ApprovalAnswered, ConsentsView, DoctorView, MerchantView,
    MoveOrderBody, OrderChanged, Paired, ProfileView, ReturnOrderBody, SessionBrief, WhyView,
    WordsView,
};
use errand_protocol::errand::{ApprovalView, OrderView};
use errand_types::{ApprovalId, MerchantId, OrderId};
use serde::Deserialize;

use super::{Body, Who};
use crate::codes::Failure;
use crate::serve::App;

type Answer<T> = Result<Json<T>, Failure>;
type House = State<Arc<App>>;

/// An id in a path. One that cannot be an id names nothing, so the answer is that there is nothing.
fn id<T: std::str::FromStr>(raw: &str) -> Result<T, Failure> {
    raw.parse().map_err(|_| Failure::no_such_path())
}

pub(super) async fn orders(State(app): House, Who(who): Who) -> Answer<Vec<OrderView>> {
    Ok(Json(app.house.orders(&who).await?))
}

pub(super) async fn order(
    State(app): House,
    Who(who): Who,
    Path(raw): Path<String>,
) -> Answer<OrderView> {
    let id: OrderId = id(&raw)?;
    Ok(Json(app.house.order(&who, &id).await?))
}

pub(super) async fn cancel_order(
    State(app): House,
    Who(who): Who,
    Path(raw): Path<String>,
) -> Answer<OrderChanged> {
    let id: OrderId = id(&raw)?;
    Ok(Json(app.house.cancel_order(&who, &id).await?))
}

pub(super) async fn return_order(
    State(app): House,
    Who(who): Who,
    Path(raw): Path<String>,
    Body(body): Body<ReturnOrderBody>,
) -> Answer<OrderChanged> {
    let id: OrderId = id(&raw)?;
    Ok(Json(app.house.return_order(&who, &id, &body.reason).await?))
}

pub(super) async fn move_order(
    State(app): House,
    Who(who): Who,
    Path(raw): Path<String>,
    Body(body): Body<MoveOrderBody>,
) -> Answer<OrderChanged> {
    let id: OrderId = id(&raw)?;
    Ok(Json(app.house.move_order(&who, &id, &body.when).await?))
}

pub(super) async fn merchants(State(app): House, Who(_): Who) -> Answer<Vec<MerchantView>> {
    Ok(Json(app.house.merchants().await?))
}

pub(super) async fn add_merchant(
    State(app): House,
    Who(who): Who,
    Body(body): Body<AddMerchant>,
) -> Result<(StatusCode, Json<MerchantView>), Failure> {
    Ok((
        StatusCode::CREATED,
        Json(app.house.add_merchant(&who, &body.url).await?),
    ))
}

pub(super) async fn remove_merchant(
    State(app): House,
    Who(who): Who,
    Path(raw): Path<String>,
) -> Result<StatusCode, Failure> {
    let id: MerchantId = id(&raw)?;
    app.house.remove_merchant(&who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn doctor(State(app): House, Who(_): Who) -> Json<DoctorView> {
    Json(app.house.doctor().await)
}

pub(super) async fn words(State(app): House, Who(_): Who) -> Json<WordsView> {
    Json(WordsView {
        names: app.house.words(),
    })
}

pub(super) async fn profile(State(app): House, Who(who): Who) -> Answer<ProfileView> {
    Ok(Json(app.house.profile(&who).await?))
}

pub(super) async fn consents(State(app): House, Who(who): Who) -> Answer<ConsentsView> {
    Ok(Json(app.house.consents(&who).await?))
}

pub(super) async fn withdraw(
    State(app): House,
    Who(who): Who,
    Path(raw): Path<String>,
) -> Answer<ConsentsView> {
    let id: MerchantId = id(&raw)?;
    Ok(Json(ConsentsView {
        entries: app.house.withdraw(&who, &id).await?,
    }))
}

/// What `GET /api/why` may be asked.
#[derive(Debug, Deserialize)]
pub(super) struct About {
    about: Option<String>,
}

pub(super) async fn why(
    State(app): House,
    Who(who): Who,
    Query(query): Query<About>,
) -> Answer<Vec<WhyView>> {
    let about = query
        .about
        .as_deref()
        .map(str::trim)
        .filter(|words| !words.is_empty());
    Ok(Json(app.house.why(&who, about).await?))
}

pub(super) async fn approval(
    State(app): House,
    Who(who): Who,
    Path(raw): Path<String>,
) -> Answer<ApprovalView> {
    let id: ApprovalId = id(&raw)?;
    Ok(Json(app.house.approval(&who, &id).await?))
}

pub(super) async fn answer(
    State(app): House,
    Who(who): Who,
    Path(raw): Path<String>,
    Body(body): Body<AnswerApproval>,
) -> Answer<ApprovalAnswered> {
    let id: ApprovalId = id(&raw)?;
    Ok(Json(app.house.answer(&who, &id, &body.answer).await?))
}

/// Body of `POST /api/devices/pair`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pair {
    #[serde(default)]
    name: Option<String>,
}

pub(super) async fn pair(
    State(app): House,
    Who(who): Who,
    Body(body): Body<Pair>,
) -> Answer<Paired> {
    let name: String = body
        .name
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(60)
        .collect();
    let name = if name.trim().is_empty() {
        "a device".to_owned()
    } else {
        name
    };
    Ok(Json(app.house.pair(&who, name.trim()).await?))
}

pub(super) async fn sessions(State(app): House, Who(who): Who) -> Answer<Vec<SessionBrief>> {
    Ok(Json(app.house.sessions(&who).await?))
}
