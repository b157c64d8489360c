use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use errand_protocol::api::{ApiError, ErrorBody};
use errand_runtime::house::{ErrorKind, HouseError, OpenError};

/// Stable codes of this crate, without those of the desk, which it shares; each has a page `docs/errors/<code>.md`.
pub const CODES: [&str; 23] = [
    "HTTP-0001",
    "HTTP-0002",
    "HTTP-0003",
    "HTTP-0004",
    "HTTP-0005",
    "HTTP-0006",
    "HTTP-0007",
    "HTTP-0008",
    "HTTP-0009",
    "HTTP-0010",
    "HTTP-0011",
    "HTTP-0012",
    "HTTP-0013",
    "HTTP-0014",
    "HTTP-0015",
    "HTTP-0016",
    "HTTP-0017",
    "WS-0001",
    "WS-0002",
    "WS-0003",
    "WS-0004",
    "WS-0005",
    "WS-0006",
];

/// Seconds after which a client that was refused for want of room may come back.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// An answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) error: ApiError,
}

impl Failure {
    fn new(status: StatusCode, code: &str, message: &str, hint: Option<&str>) -> Self {
        let error = ApiError {
            code: code.into(),
            message: message.into(),
            hint: hint.map(Into::into),
        };
        Self { status, error }
    }

    pub(crate) fn no_such_path() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "HTTP-0001",
            "There is nothing at this path. Nothing was changed.",
            None,
        )
    }

    pub(crate) fn nobody() -> Self {
        let hint = "Send `Authorization: Bearer` with a token from `errand device pair`.";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "HTTP-0002",
            "No enrolled device holds this token. Nothing was done.",
            Some(hint),
        )
    }

    pub(crate) fn wrong_host() -> Self {
        let hint = "Open it as 127.0.0.1 or localhost, or add its origin to the allowed origins.";
        Self::new(
            StatusCode::MISDIRECTED_REQUEST,
            "HTTP-0003",
            "This runtime does not answer to that host name. Nothing was done.",
            Some(hint),
        )
    }

    pub(crate) fn wrong_origin() -> Self {
        let hint = "Add the page's origin to the allowed origins, if it is yours.";
        Self::new(
            StatusCode::FORBIDDEN,
            "HTTP-0004",
            "A page of another origin asked. Nothing was done.",
            Some(hint),
        )
    }

    pub(crate) fn bad_body(what: &str) -> Self {
        let message = format!("The request cannot be read: {what}. Nothing was done.");
        Self::new(
            StatusCode::BAD_REQUEST,
            "HTTP-0005",
            &message,
            Some("The schemas are in the document `openapi.json`."),
        )
    }

    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "HTTP-0006",
            "The body is longer than 64 KiB. Nothing was done.",
            None,
        )
    }

    pub(crate) fn wrong_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "HTTP-0007",
            "This path does not take that method. Nothing was done.",
            None,
        )
    }

    pub(crate) fn timed_out() -> Self {
        let hint = "Look at your orders before you try again.";
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "HTTP-0008",
            "No answer in time. What was begun goes on.",
            Some(hint),
        )
    }

    pub(crate) fn full(what: &str, limit: usize) -> Self {
        let message = format!("All {limit} {what} of this runtime are taken. Nothing was begun.");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "HTTP-0009",
            &message,
            Some("Come back in a few seconds."),
        )
    }

    pub(crate) fn draining() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "HTTP-0010",
            "The runtime is going down. Nothing was begun.",
            Some("Come back in a few seconds."),
        )
    }

    pub(crate) fn no_such_session() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "HTTP-0011",
            "There is no such session. Nothing was begun.",
            Some("Connect without `resume`."),
        )
    }

    pub(crate) fn session_over() -> Self {
        Self::new(
            StatusCode::GONE,
            "HTTP-0012",
            "That session has ended. Orders and receipts are kept.",
            Some("Connect without `resume`."),
        )
    }

    pub(crate) fn future_event() -> Self {
        let hint = "Resume with the id of the last event that arrived, or without `last_event_id`.";
        Self::new(
            StatusCode::CONFLICT,
            "HTTP-0013",
            "`last_event_id` names an event that this session never sent. Nothing was begun.",
            Some(hint),
        )
    }

    pub(crate) fn unavailable(what: &str) -> Self {
        let message = format!("The journal cannot be read: {what}. Nothing was begun.");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "HTTP-0014",
            &message,
            Some("Type `errand doctor`."),
        )
    }

    pub(crate) fn no_upgrade() -> Self {
        Self::new(
            StatusCode::UPGRADE_REQUIRED,
            "HTTP-0015",
            "This path speaks WebSocket. Nothing was begun.",
            None,
        )
    }

    pub(crate) fn nobody_at_desk() -> Self {
        let hint = "Send `Authorization: Bearer` with a token from `errand desk pair NAME`.";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "HTTP-0017",
            "Nobody at the desk holds this token. Nothing was done and nothing is shown.",
            Some(hint),
        )
    }

    pub(crate) fn no_operator() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "DESK-0006",
            "Only this machine itself gives access to the desk, takes it away and counts. Nothing was done.",
            Some("Use `errand desk` on the machine that runs errand."),
        )
    }

    pub(crate) fn bad_desk_text(max: usize) -> Self {
        let message =
            format!("The text must say something in at most {max} characters. Nothing was done.");
        Self::new(StatusCode::BAD_REQUEST, "DESK-0007", &message, None)
    }

    pub(crate) fn no_page() -> Self {
        let hint = "Send `X-Errand-Page: 1` with the cookie of a page that this runtime served.";
        Self::new(
            StatusCode::FORBIDDEN,
            "HTTP-0016",
            "This call is for errand's own page. Nothing was done.",
            Some(hint),
        )
    }
}

impl From<HouseError> for Failure {
    fn from(cause: HouseError) -> Self {
        let status = match cause.kind {
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::BadRequest => StatusCode::BAD_REQUEST,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::Refused => StatusCode::FORBIDDEN,
            ErrorKind::Busy => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self {
            status,
            error: ApiError {
                code: cause.code.into(),
                message: cause.message,
                hint: cause.hint,
            },
        }
    }
}

impl From<OpenError> for Failure {
    fn from(cause: OpenError) -> Self {
        match cause {
            OpenError::Unknown(_) => Self::no_such_session(),
            OpenError::Expired(_) => Self::session_over(),
            OpenError::Full { limit } => Self::full("sessions", limit),
            OpenError::Draining => Self::draining(),
            OpenError::Unavailable(what) => Self::unavailable(&what),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(ErrorBody { error: self.error })).into_response();
        let headers = response.headers_mut();
        if matches!(
            self.status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
