//! The one door to the network: a service below the client library that bounds what comes in and keeps what the library
//! would lose, such as how long a server wants to be left alone.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use errand_types::{Clock, Text};
use futures_util::StreamExt as _;
use http::{HeaderMap, StatusCode, header};
use reqwest::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::CallError;

/// Bytes of an error page that are read.
const ERROR_BYTES_MAX: usize = 8 * 1024;
/// Longest wait that a server can ask for.
const WAIT_MAX: Duration = Duration::from_secs(3_600);
/// The one member of the event that stands for what is beyond the bound of an answer.
pub(super) const TOO_LARGE: &str = "errand_answer_too_large";

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Door {
    pub(super) http: reqwest::Client,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) key: Option<SecretString>,
    pub(super) answer_bytes: usize,
}

impl tower::Service<HttpRequestFactory> for Door {
    type Response = Response;
    type Error = OpenAIError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, OpenAIError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), OpenAIError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, factory: HttpRequestFactory) -> Self::Future {
        let door = self.clone();
        Box::pin(async move {
            let request = factory.build().await?;
            door.pass(request)
                .await
                .map_err(|e| OpenAIError::Boxed(Box::new(e)))
        })
    }
}

impl Door {
    async fn pass(&self, request: reqwest::Request) -> Result<Response, CallError> {
        let answer = self.http.execute(request).await.map_err(|e| lost(&e))?;
        if !answer.status().is_success() {
            return Err(self.refused(answer).await);
        }
        let is_stream = answer
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/event-stream"));
        if !is_stream {
            return Err(CallError::NoStream);
        }
        Ok(bounded(answer, self.answer_bytes))
    }

    async fn refused(&self, answer: Response) -> CallError {
        let status = answer.status();
        let wait = wait(answer.headers(), &*self.clock);
        let code = status.as_u16();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return CallError::Busy { wait };
        }
        if status.is_server_error()
            || status == StatusCode::REQUEST_TIMEOUT
            || status.is_redirection()
        {
            return CallError::Failed { status: code, wait };
        }
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return CallError::Key { status: code };
        }
        let text = self.said(answer).await;
        if status == StatusCode::NOT_FOUND {
            return CallError::NotFound(text);
        }
        CallError::Rejected { status: code, text }
    }

    /// What an error page says, short and without the key, for whoever sets the server up.
    async fn said(&self, answer: Response) -> String {
        let mut page = Vec::new();
        let mut stream = answer.bytes_stream();
        while let Some(Ok(piece)) = stream.next().await {
            page.extend(
                piece
                    .iter()
                    .take(ERROR_BYTES_MAX.saturating_sub(page.len())),
            );
            if page.len() >= ERROR_BYTES_MAX {
                break;
            }
        }
        let page = String::from_utf8_lossy(&page).into_owned();
        let value: Value = serde_json::from_str(&page).unwrap_or(Value::Null);
        let at = |path: &str| {
            value
                .pointer(path)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let said = at("/error/message")
            .or_else(|| at("/error"))
            .or_else(|| at("/message"))
            .or_else(|| at("/detail"))
            .unwrap_or_default();
        let said = match &self.key {
            Some(key) => said.replace(key.expose_secret(), "***"),
            None => said,
        };
        Text::<160>::clip(&said.replace('\n', " ")).to_string()
    }
}

/// The same answer with a bound on its bytes: one line without an end would otherwise fill the memory. What is beyond the
/// bound is one event that says so.
fn bounded(answer: Response, max: usize) -> Response {
    let status = answer.status();
    let mut left = Some(max);
    let body = answer.bytes_stream().scan((), move |(), piece| {
        let next = match (left, piece) {
            (None, _) => None,
            (Some(_), Err(error)) => Some(Err(error.without_url())),
            (Some(room), Ok(piece)) => {
                left = room.checked_sub(piece.len());
                let told = format!("\n\ndata: {{\"{TOO_LARGE}\":true}}\n\n");
                Some(Ok(left.map_or_else(|| told.into(), |_| piece)))
            }
        };
        std::future::ready(next)
    });
    let mut same = http::Response::new(reqwest::Body::wrap_stream(body));
    *same.status_mut() = status;
    same.into()
}

fn lost(error: &reqwest::Error) -> CallError {
    CallError::NotReached(if error.is_timeout() {
        "it did not take the connection in time"
    } else if error.is_connect() {
        "it did not take the connection"
    } else {
        "the connection broke"
    })
}

/// How long the server wants to be left alone: `retry-after-ms`, or `Retry-After` in seconds or as a date.
fn wait(headers: &HeaderMap, clock: &dyn Clock) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let ms = text("retry-after-ms").and_then(|v| v.parse::<u64>().ok());
    let found = ms.map(Duration::from_millis).or_else(|| {
        let value = text("retry-after")?;
        if let Ok(seconds) = value.parse::<u32>() {
            return Some(Duration::from_secs(u64::from(seconds)));
        }
        let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
        Some(Duration::try_from(at.duration_since(clock.now())).unwrap_or_default())
    })?;
    Some(found.min(WAIT_MAX))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[derive(Debug)]
    struct At(i64);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0).unwrap()
        }
    }

    fn asked(name: &'static str, value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        wait(&headers, &At(784_111_770))
    }

    #[test]
    fn a_wish_to_be_left_alone_is_read_in_all_its_forms_and_bounded() {
        assert_eq!(asked("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(
            asked("retry-after-ms", "250"),
            Some(Duration::from_millis(250))
        );
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(asked("retry-after", date), Some(Duration::from_secs(7)));
        assert_eq!(asked("retry-after", "999999999"), Some(WAIT_MAX));
        assert_eq!(asked("retry-after", "soon"), None);
        assert_eq!(asked("retry-after", "-4"), None);
        assert_eq!(asked("x-other", "7"), None);
    }
}
