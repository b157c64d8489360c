use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::door::{COOKIE, room};
use crate::codes::Failure;
use crate::guard::own_page;
use crate::pages::shell;
use crate::serve::App;

/// `/desk`: the page, or its door.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let desk = room(&app)?;
    let Some(by) = app.desk_door.page(&headers, desk) else {
        return Ok((StatusCode::UNAUTHORIZED, door(false)).into_response());
    };
    let inside = html! {
        noscript {
            h1 { "Desk" }
            p { "This page needs its script. The calls under " code { "/desk/api" } " do the same." }
        }
    };
    Ok(shell::desk(&app, by.name.as_str(), &inside).into_response())
}

/// A token of the desk.
#[derive(Deserialize)]
pub(super) struct Enter {
    token: String,
}

/// `POST /desk/enter`: a token of the desk becomes a cookie that only the desk is sent.
pub(super) async fn enter(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(form): Form<Enter>,
) -> Result<Response, Failure> {
    let desk = room(&app)?;
    own_page(&headers, &app.hosts)?;
    let Some(by) = desk.authenticate(form.token.trim()) else {
        return Ok((StatusCode::UNAUTHORIZED, door(true)).into_response());
    };
    let secret = app
        .desk_door
        .admit(by)
        .ok_or_else(|| Failure::unavailable("no randomness"))?;
    let cookie = format!("{COOKIE}={secret}; Path=/desk; HttpOnly; SameSite=Strict");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Failure::unavailable("no cookie"))?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/desk")).into_response())
}

/// `POST /desk/leave`: away from the desk, and the cookie is forgotten.
pub(super) async fn leave(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let desk = room(&app)?;
    own_page(&headers, &app.hosts)?;
    if let Some(by) = app.desk_door.page(&headers, desk) {
        desk.here(&by, false).await;
    }
    app.desk_door.forget(&headers);
    Ok(Redirect::to("/desk").into_response())
}

fn door(was_wrong: bool) -> Html<String> {
    shell::bare("Desk", &form(was_wrong))
}

fn form(was_wrong: bool) -> Markup {
    html! {
        h1 { "Desk" }
        p class="lead" { "For people who help. Nothing of anybody is shown before you are known." }
        @if was_wrong {
            div class="error-summary" role="alert" tabindex="-1" { h2 { "Nobody at the desk holds that token" } }
        }
        form method="post" action="/desk/enter" class="card" {
            div class="field" {
                label for="token" { "Token of the desk" }
                input id="token" name="token" type="password" autocomplete="off" required;
            }
            p class="sm muted" { "Whoever runs this installation gives it with " code { "errand desk pair NAME" } "." }
            div class="actions" { button class="btn btn-primary" { "Come in" } }
        }
    }
}
