//! Fetching with resumption: `Range` with `If-Range`, after RFC 9110 (sections 13.1.5, 14.2, 15.3.7).

use std::future::Future;
use std::time::Duration;

use reqwest::header::{CONTENT_ENCODING, CONTENT_RANGE, ETAG, IF_RANGE, LAST_MODIFIED, RANGE};
use reqwest::{Response, StatusCode};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::error::SetupError;
use super::fetch::{Fetch, Progress, is_safe};
use super::part::Part;

/// How often the stop is looked at while nothing comes.
const LOOK: Duration = Duration::from_millis(100);
/// Redirects of one attempt at most.
const REDIRECTS_MAX: usize = 5;

pub(crate) struct Client<'a> {
    fetch: &'a Fetch<'a>,
    http: reqwest::Client,
    runtime: Runtime,
}

/// How one attempt ended.
enum Ended {
    Whole,
    /// Broken off; another attempt may help.
    Cut(String),
}

impl<'a> Client<'a> {
    pub(crate) fn new(fetch: &'a Fetch<'a>) -> Result<Self, SetupError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Lost only when another thread installed one between the two lines, which serves as well.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        let nothing = |_| SetupError::Place {
            cause: "this machine gives no HTTP client",
        };
        let redirect = reqwest::redirect::Policy::custom(|attempt| {
            if attempt.previous().len() > REDIRECTS_MAX || !is_safe(attempt.url()) {
                return attempt.error("a redirect to where nothing is fetched from");
            }
            attempt.follow()
        });
        let http = reqwest::Client::builder()
            .redirect(redirect)
            .referer(false)
            .connect_timeout(fetch.patience.silent)
            .read_timeout(fetch.patience.silent)
            .build()
            .map_err(nothing)?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| SetupError::Place {
            cause: "this machine gives no HTTP client",
        })?;
        Ok(Self {
            fetch,
            http,
            runtime,
        })
    }

    /// Attempt after attempt, as long as each one brings something.
    pub(crate) fn fetch(
        &self,
        url: Url,
        part: &mut Part<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), SetupError> {
        let (mut attempt, mut fruitless) = (1, 0);
        loop {
            let before = part.have();
            let ended = self.runtime.block_on(self.attempt(&url, part, progress))?;
            let Ended::Cut(cause) = ended else {
                return Ok(());
            };
            fruitless = if part.have() > before {
                0
            } else {
                fruitless + 1
            };
            if fruitless >= self.fetch.patience.attempts {
                return Err(self.unreachable(cause));
            }
            attempt += 1;
            progress(Progress::Again { attempt });
            let pause = self.fetch.patience.pause * fruitless;
            self.runtime
                .block_on(self.or_stop(part, async move { tokio::time::sleep(pause).await }))?;
        }
    }

    async fn attempt(
        &self,
        url: &Url,
        part: &mut Part<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Ended, SetupError> {
        let mut request = self.http.get(url.clone());
        // Without a validator it could be a part of another version.
        if let (have @ 1.., Some(validator)) = (part.have(), part.validator()) {
            request = request
                .header(RANGE, format!("bytes={have}-"))
                .header(IF_RANGE, validator);
        }
        let response = match self.or_stop(part, request.send()).await? {
            Ok(response) => response,
            Err(error) if error.is_redirect() || error.is_builder() => {
                return Err(self.unreachable(told(&error)));
            }
            Err(error) => return Ok(Ended::Cut(told(&error))),
        };
        if let Some(ended) = self.begin(&response, part)? {
            return Ok(ended);
        }
        self.body(response, part, progress).await
    }

    /// Looks at the head of an answer, and makes the part ready for its body.
    fn begin(&self, response: &Response, part: &mut Part<'_>) -> Result<Option<Ended>, SetupError> {
        let of = self.fetch.model.bytes;
        let header = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        if header(CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
            return Err(self.unreachable("the answer is packed, which nobody asked for".to_owned()));
        }
        match response.status() {
            StatusCode::OK => {
                // Whether asked for all or for the rest: this is all of it.
                let strong = header(ETAG).filter(|tag| !tag.starts_with("W/"));
                part.begin(strong.or(header(LAST_MODIFIED)))?;
                match response.content_length() {
                    Some(length) if length != of => Err(part.size(length)),
                    _ => Ok(None),
                }
            }
            StatusCode::PARTIAL_CONTENT => {
                let rest = format!("bytes {}-{}/{of}", part.have(), of - 1);
                if header(CONTENT_RANGE) == Some(rest.as_str()) {
                    return Ok(None);
                }
                part.begin(None)?;
                Ok(Some(Ended::Cut(
                    "the answer is another part than was asked for".to_owned(),
                )))
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                part.begin(None)?;
                Ok(Some(Ended::Cut("the server knows no such part".to_owned())))
            }
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Ok(Some(Ended::Cut(format!(
                    "the server answers {}",
                    status.as_u16()
                ))))
            }
            status => Err(self.unreachable(format!("the server answers {}", status.as_u16()))),
        }
    }

    async fn body(
        &self,
        mut response: Response,
        part: &mut Part<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Ended, SetupError> {
        let of = self.fetch.model.bytes;
        loop {
            progress(Progress::Bytes {
                have: part.have(),
                of,
            });
            match self.or_stop(part, response.chunk()).await? {
                Ok(Some(bytes)) => part.append(&bytes)?,
                Ok(None) if part.have() == of => return Ok(Ended::Whole),
                Ok(None) => return Ok(Ended::Cut("it ended too early".to_owned())),
                Err(error) => return Ok(Ended::Cut(told(&error))),
            }
        }
    }

    /// Waits for something, or for the stop.
    async fn or_stop<T>(
        &self,
        part: &Part<'_>,
        wait: impl Future<Output = T>,
    ) -> Result<T, SetupError> {
        let mut wait = std::pin::pin!(wait);
        loop {
            self.fetch.check_stop(part)?;
            if let Ok(done) = tokio::time::timeout(LOOK, wait.as_mut()).await {
                return Ok(done);
            }
        }
    }

    fn unreachable(&self, cause: String) -> SetupError {
        SetupError::Unreachable {
            name: self.fetch.model.name.clone(),
            cause,
        }
    }
}

/// A cause without the address, which may be private.
fn told(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "it does not answer in time"
    } else if error.is_connect() {
        "no connection"
    } else if error.is_redirect() {
        "it leads on to where nothing is fetched from"
    } else {
        "the connection broke"
    };
    what.to_owned()
}
