//! The desk: its page, and the calls under `/desk/api`. Who may come in is checked by a token of its own; a token of a
//! person opens nothing here, and a token of the desk nothing else. Where nobody was given access none of it exists.

mod api;
mod door;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::serve::App;

pub(crate) use door::DeskDoor;

/// Every route under `/desk`.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/desk", get(page::page))
        .route("/desk/enter", post(page::enter))
        .route("/desk/leave", post(page::leave))
        .route("/desk/api/queue", get(api::queue))
        .route("/desk/api/here", post(api::here))
        .route("/desk/api/errands/{id}", get(api::errand))
        .route("/desk/api/errands/{id}/take", post(api::take))
        .route("/desk/api/errands/{id}/say", post(api::say))
        .route("/desk/api/errands/{id}/act", post(api::act))
        .route("/desk/api/errands/{id}/see", post(api::see))
        .route("/desk/api/errands/{id}/note", post(api::note))
        .route("/desk/api/errands/{id}/back", post(api::back))
        .route("/desk/api/errands/{id}/release", post(api::release))
        .route("/api/desk/people", get(api::people).post(api::pair))
        .route(
            "/api/desk/people/{name}",
            axum::routing::delete(api::remove),
        )
        .route("/api/desk/stats", get(api::stats))
        .route("/api/desk/seen", get(api::seen))
}
