//! The HTTP calls beside the socket.

mod extract;
mod house;
mod operations;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};

use crate::serve::App;

pub(crate) use extract::{Body, Who, is_page_call};

/// Every route under `/api`, and what operators read.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/orders", get(house::orders))
        .route("/api/orders/{id}", get(house::order))
        .route("/api/orders/{id}/cancel", post(house::cancel_order))
        .route("/api/orders/{id}/return", post(house::return_order))
        .route("/api/orders/{id}/move", post(house::move_order))
        .route(
            "/api/merchants",
            get(house::merchants).post(house::add_merchant),
        )
        .route("/api/merchants/{id}", delete(house::remove_merchant))
        .route("/api/doctor", get(house::doctor))
        .route("/api/words", get(house::words))
        .route("/api/profile", get(house::profile))
        .route("/api/consents", get(house::consents))
        .route("/api/consents/{merchant}/withdraw", post(house::withdraw))
        .route("/api/why", get(house::why))
        .route(
            "/api/approvals/{id}",
            get(house::approval).post(house::answer),
        )
        .route("/api/devices/pair", post(house::pair))
        .route("/api/sessions", get(house::sessions))
        .route("/api/page/connect", post(page::connect))
        .route("/healthz", get(operations::healthz))
        .route("/metrics", get(operations::metrics))
        .route("/openapi.json", get(operations::openapi))
        .route("/asyncapi.json", get(operations::asyncapi))
        .route("/schemas/{name}", get(operations::schema))
}
