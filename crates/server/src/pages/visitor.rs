use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Form, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use errand_runtime::house::Principal;
use maud::html;
use serde::Deserialize;

use super::shell::bare;
use crate::codes::Failure;
use crate::guard::{is_loopback_host, own_page};
use crate::serve::App;
use crate::who::set_cookie;

/// Who looks at a page.
#[derive(Debug)]
pub(super) struct Visitor {
    /// Who it is.
    pub(super) who: Principal,
    cookie: Option<HeaderValue>,
}

impl Visitor {
    /// A page as an answer, with the cookie of a page that is new.
    pub(super) fn answer(self, page: Html<String>) -> Response {
        let mut response = page.into_response();
        if let Some(cookie) = self.cookie {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        if let Some(page) = app.door.page(&parts.headers) {
            return Ok(Self {
                who: page.principal,
                cookie: None,
            });
        }
        let is_local = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .is_some_and(|ConnectInfo(peer)| {
                peer.ip().is_loopback() && is_loopback_host(&parts.headers)
            });
        match &app.config.page_principal {
            Some(who) if is_local && is_navigation(&parts.headers) => {
                let cookie = admit(app, who).map_err(IntoResponse::into_response)?;
                Ok(Self {
                    who: who.clone(),
                    cookie: Some(cookie),
                })
            }
            Some(_) | None => Err((StatusCode::UNAUTHORIZED, door(false)).into_response()),
        }
    }
}

/// A page that is opened, not a picture or a frame in somebody else's: those must not use up the places for pages.
fn is_navigation(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-dest")
        .is_none_or(|dest| dest == "document")
}

fn admit(app: &App, who: &Principal) -> Result<HeaderValue, Failure> {
    let secret = app
        .door
        .admit(who.clone())
        .ok_or_else(|| Failure::unavailable("no randomness"))?;
    HeaderValue::from_str(&set_cookie(&secret)).map_err(|_| Failure::unavailable("no cookie"))
}

/// What a page that nobody knows is asked.
#[derive(Deserialize)]
pub(super) struct Enter {
    token: String,
}

/// `POST /enter`: a token becomes a cookie.
pub(super) async fn enter(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(form): Form<Enter>,
) -> Result<Response, Failure> {
    own_page(&headers, &app.hosts)?;
    let Some(who) = app.house.authenticate(form.token.trim()) else {
        return Ok((StatusCode::UNAUTHORIZED, door(true)).into_response());
    };
    let cookie = admit(&app, &who)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

fn door(was_wrong: bool) -> Html<String> {
    bare(
        "Who are you?",
        &html! {
            h1 { "Who are you?" }
            p class="lead" { "This page is not enrolled. Nothing of anybody is shown." }
            @if was_wrong {
                div class="error-summary" role="alert" tabindex="-1" { h2 { "No enrolled device holds that token" } }
            }
            form method="post" action="/enter" class="card" {
                div class="field" {
                    label for="token" { "Token" }
                    input id="token" name="token" type="password" autocomplete="off" required;
                }
                p class="sm muted" { "Type " code { "errand device pair" } " on the machine that runs errand." }
                div class="actions" { button class="btn btn-primary" { "Enter" } }
            }
        },
    )
}
