//! Pages that the server renders: the shell of Talk, and the places that work without script.

mod cards;
mod form;
mod places;
pub(crate) mod shell;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::codes::Failure;
use crate::serve::App;

/// Every page, and the files and drawings that they show.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(places::talk))
        .route("/talk", post(form::talk))
        .route("/enter", post(visitor::enter))
        .route("/orders", get(places::orders))
        .route("/orders/{id}", get(places::order))
        .route("/orders/{id}/cancel", post(form::cancel))
        .route("/orders/{id}/return", post(form::send_back))
        .route("/orders/{id}/move", post(form::reschedule))
        .route("/profile", get(places::profile))
        .route("/consents", get(places::consents))
        .route("/consents/{merchant}/withdraw", post(form::withdraw))
        .route("/why", get(places::why))
        .route("/setup", get(places::setup))
        .route("/a/{hash}/{*file}", get(file))
        .route("/draw/{file}", get(drawing))
}

async fn file(
    State(app): State<Arc<App>>,
    Path((hash, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    app.config
        .web
        .answer(&hash, &name, &headers)
        .ok_or_else(Failure::no_such_path)
}

/// What `GET /draw/{kind}.svg` may be asked.
#[derive(Debug, Deserialize)]
struct Look {
    #[serde(default)]
    c: String,
    #[serde(default)]
    v: String,
}

async fn drawing(Path(file): Path<String>, Query(look): Query<Look>) -> Result<Response, Failure> {
    let kind = file
        .strip_suffix(".svg")
        .ok_or_else(Failure::no_such_path)?;
    let svg = crate::draw::drawing(kind, &look.c, look.v.parse().unwrap_or_default());
    let mut response = ([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response();
    // The same path always gives the same drawing, until this program is built anew.
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=86400"),
    );
    Ok(response)
}
