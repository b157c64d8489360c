//! The shop on a socket.

use std::io;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use futures_util::stream;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::api::call::{Answer, Call, Delivery};
use crate::shop::Shop;

/// Largest request body in bytes.
const BODY_MAX: usize = 64 * 1024;

#[derive(Clone)]
struct Door {
    shop: Shop,
    shutdown: CancellationToken,
}

/// Serves the shop on `listener` until `shutdown` is cancelled. Requests that the shop keeps
/// waiting on purpose are let go then.
///
/// # Errors
/// Those of the socket.
///
/// # Cancel safety
/// Dropping the future closes the shop at once; the books are whole at every point.
pub async fn serve(
    listener: TcpListener,
    shop: Shop,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let door = Door {
        shop,
        shutdown: shutdown.clone(),
    };
    let app = Router::new().fallback(enter).with_state(door);
    axum::serve(listener, app)
        .with_graceful_shutdown(shutdown.cancelled_owned())
        .await
}

async fn enter(State(door): State<Door>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "{\"code\":\"body_too_large\",\"content\":\"The body is too large.\",\"detail\":\"The body is too large.\"}",
        );
    };
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let json = header(CONTENT_TYPE.as_str()).is_none_or(|kind| {
        kind.trim()
            .to_ascii_lowercase()
            .starts_with("application/json")
    });
    if !json && !body.is_empty() && !parts.uri.path().ends_with("/approve") {
        return plain(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{\"code\":\"json_expected\",\"content\":\"The body has to be application/json.\",\"detail\":\"The body has to be application/json.\"}",
        );
    }
    let answer = door.shop.answer(&Call {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        agent: header("ucp-agent"),
        idempotency_key: header("idempotency-key"),
        body: &body,
    });
    let closing = door.shutdown.cancelled();
    match answer.delivery {
        Delivery::Now => {}
        Delivery::After(wait) => tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = closing => {}
        },
        Delivery::Never => {
            closing.await;
            return broken();
        }
        Delivery::Broken => return broken(),
    }
    respond(answer)
}

fn respond(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

fn plain(status: StatusCode, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An answer that promises more bytes than ever come, so that the connection breaks.
fn broken() -> Response<Body> {
    let cut = io::Error::new(io::ErrorKind::ConnectionReset, "cut on purpose");
    let mut response = Response::new(Body::from_stream(stream::once(async {
        Err::<Vec<u8>, _>(cut)
    })));
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from_static("1024"));
    response
}
