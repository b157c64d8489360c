use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use errand_protocol::api::CheckState;
use serde_json::{Value, json};

use crate::codes::Failure;
use crate::guard::is_loopback_host;
use crate::serve::App;
use crate::spec;
use crate::who::bearer;

/// Whether this process can do its work: says which checks fail, and nothing about anybody.
pub(super) async fn healthz(State(app): State<Arc<App>>) -> Response {
    let doctor = app.house.doctor().await;
    let failing: Vec<&str> = doctor
        .checks
        .iter()
        .filter(|check| check.state == CheckState::Fail)
        .map(|check| check.id.as_str())
        .collect();
    // A dead shop is no reason to take this process out of service; a journal that cannot be written is.
    let is_well = !failing.contains(&"journal") && !app.sessions.shutdown.is_cancelled();
    let status = if is_well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(json!({ "ok": is_well, "failing": failing }))).into_response()
}

/// Prometheus metrics, for this machine and for bearers of a token.
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let handle = app
        .config
        .metrics
        .as_ref()
        .ok_or_else(Failure::no_such_path)?;
    let is_local = peer.ip().is_loopback() && is_loopback_host(&headers);
    if !is_local
        && bearer(&headers)
            .and_then(|token| app.house.authenticate(token))
            .is_none()
    {
        return Err(Failure::nobody());
    }
    Ok((
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        handle.render(),
    )
        .into_response())
}

pub(super) async fn openapi() -> Json<Value> {
    Json(spec::openapi())
}

pub(super) async fn asyncapi() -> Json<Value> {
    Json(spec::asyncapi())
}

/// One JSON Schema: `/schemas/ServerEvent.json`.
pub(super) async fn schema(Path(file): Path<String>) -> Result<Json<Value>, Failure> {
    let name = file
        .strip_suffix(".json")
        .ok_or_else(Failure::no_such_path)?;
    errand_protocol::json_schemas()
        .remove(name)
        .map(Json)
        .ok_or_else(Failure::no_such_path)
}
