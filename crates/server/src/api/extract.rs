use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use errand_runtime::house::Principal;
use serde::de::DeserializeOwned;

use crate::codes::Failure;
use crate::guard;
use crate::serve::App;
use crate::who::bearer;

/// Who calls: the bearer of a token, or our own page by its cookie and the header that only a script of ours can add.
#[derive(Debug)]
pub(crate) struct Who(pub(crate) Principal);

impl FromRequestParts<Arc<App>> for Who {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        if let Some(token) = bearer(&parts.headers) {
            return app
                .house
                .authenticate(token)
                .map(Self)
                .ok_or_else(Failure::nobody);
        }
        if is_page_call(&parts.headers) {
            return app
                .door
                .page(&parts.headers)
                .map(|page| Self(page.principal))
                .ok_or_else(Failure::nobody);
        }
        Err(Failure::nobody())
    }
}

/// Whether a script of ours asks: a foreign page cannot add this header without being asked first, and is refused then.
pub(crate) fn is_page_call(headers: &HeaderMap) -> bool {
    headers
        .get("x-errand-page")
        .is_some_and(|value| value == "1")
}

/// The caller of a call that only our own page may make.
#[derive(Debug)]
pub(crate) struct OwnPage(pub(crate) Principal);

impl FromRequestParts<Arc<App>> for OwnPage {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        if !is_page_call(&parts.headers) {
            return Err(Failure::no_page());
        }
        guard::own_page(&parts.headers, &app.hosts)?;
        app.door
            .page(&parts.headers)
            .map(|page| Self(page.principal))
            .ok_or_else(Failure::nobody)
    }
}

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, app).await.map_err(|cause| {
            if cause.into_response_status() == StatusCode::PAYLOAD_TOO_LARGE {
                Failure::too_large()
            } else {
                Failure::bad_body("the body did not arrive whole")
            }
        })?;
        // An empty body stands for an empty object: `POST …/cancel` needs no more.
        let bytes = if bytes.is_empty() {
            Bytes::from_static(b"{}")
        } else {
            bytes
        };
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|cause| Failure::bad_body(&cause.to_string()))
    }
}

trait IntoStatus {
    fn into_response_status(self) -> StatusCode;
}

impl<R: axum::response::IntoResponse> IntoStatus for R {
    fn into_response_status(self) -> StatusCode {
        self.into_response().status()
    }
}
