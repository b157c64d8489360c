use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::Instant;

use super::extract::OwnPage;
use crate::codes::Failure;
use crate::serve::App;

/// Answer of `POST /api/page/connect`.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Connect {
    /// Opens one connection within a minute, as the subprotocol `openai-insecure-api-key.<ticket>`.
    ticket: String,
}

/// A page cannot put a token into a handshake, and its token must not be in reach of a script: it gets a ticket.
pub(super) async fn connect(
    State(app): State<Arc<App>>,
    OwnPage(who): OwnPage,
) -> Result<Json<Connect>, Failure> {
    let ticket = app
        .door
        .ticket(who, Instant::now())
        .ok_or_else(|| Failure::unavailable("no randomness"))?;
    Ok(Json(Connect { ticket }))
}
