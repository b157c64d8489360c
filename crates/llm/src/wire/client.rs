use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::{OpenAIError, StreamError};
use errand_types::Clock;
use futures_util::{Stream, StreamExt as _};
use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::time::Instant;

use super::door::{Door, TOO_LARGE};
use super::{Answer, Assemble, CallError, Request, chat, responses};
use crate::config::{Api, ConfigError, Limits, ModelServer};

type Events = Pin<Box<dyn Stream<Item = Result<Value, OpenAIError>> + Send>>;

/// A server at the other end of a wire.
pub(crate) struct Wire {
    client: Client<Endpoint>,
    api: Api,
    limits: Limits,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wire({})", self.client.config().base)
    }
}

/// Where requests go and what they carry; nothing of it is read from the environment.
struct Endpoint {
    base: String,
    key: SecretString,
    headers: HeaderMap,
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

impl Wire {
    pub(crate) fn new(config: &ModelServer, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        config.check()?;
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_millis(config.limits.first_ms))
            .build()
            .map_err(|e| ConfigError::Client(e.without_url().to_string()))?;
        let mut headers = HeaderMap::new();
        if let Some(key) = &config.key {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()))
                .map_err(|_| ConfigError::Key)?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        let endpoint = Endpoint {
            base: config.base_url.as_str().trim_end_matches('/').to_owned(),
            key: config.key.clone().unwrap_or_default(),
            headers,
        };
        let door = Door {
            http: http.clone(),
            clock,
            key: config.key.clone(),
            answer_bytes: config.limits.answer_bytes,
        };
        Ok(Self {
            client: Client::build(http, endpoint).with_http_service(door),
            api: config.api,
            limits: config.limits.clone(),
        })
    }

    /// Bytes of a request, for counting tokens where the server does not.
    pub(crate) fn body(&self, request: &Request) -> Value {
        match self.api {
            Api::Chat => chat::body(request),
            Api::Responses => responses::body(request),
        }
    }

    /// Sends one request and hears its answer out, until `deadline` at most.
    ///
    /// # Cancel safety
    /// May be dropped at any await; the connection is then closed.
    pub(crate) async fn ask(&self, body: &Value, deadline: Instant) -> Result<Answer, CallError> {
        match self.api {
            Api::Chat => {
                let chat = self.client.chat();
                let opening = chat.create_stream_byot::<&Value, Value>(body);
                self.hear::<chat::Assembler>(opening, deadline).await
            }
            Api::Responses => {
                let responses = self.client.responses();
                let opening = responses.create_stream_byot::<&Value, Value>(body);
                self.hear::<responses::Assembler>(opening, deadline).await
            }
        }
    }

    async fn hear<A: Assemble>(
        &self,
        opening: impl Future<Output = Result<Events, OpenAIError>>,
        deadline: Instant,
    ) -> Result<Answer, CallError> {
        let began = Instant::now();
        let patience = Patience {
            began,
            deadline,
            limits: &self.limits,
        };
        let mut stream = patience.wait(opening, true).await?.map_err(fault)?;
        let mut assembler = A::default();
        let (mut pieces, mut first_ms) = (0_usize, 0);
        while let Some(event) = patience.wait(stream.next(), pieces == 0).await? {
            let event = event.map_err(fault)?;
            if event.get(TOO_LARGE).is_some() {
                return Err(CallError::TooLarge(self.limits.answer_bytes));
            }
            if assembler.take(&event)? {
                pieces = pieces.saturating_add(1);
                if pieces == 1 {
                    first_ms = since(began);
                }
            }
        }
        let mut answer = assembler.finish();
        if answer.end.is_none() {
            return Err(CallError::Cut);
        }
        (answer.pieces, answer.first_ms, answer.ms) = (pieces, first_ms, since(began));
        Ok(answer)
    }
}

fn fault(error: OpenAIError) -> CallError {
    match error {
        OpenAIError::Boxed(inner) => match inner.downcast::<CallError>() {
            Ok(ours) => *ours,
            Err(_) => CallError::NotReached("the request could not be sent"),
        },
        OpenAIError::JSONDeserialize(_, _) => CallError::Garbled,
        OpenAIError::StreamError(inner) => match *inner {
            StreamError::EventStream(text) if text.starts_with("UTF8") => CallError::Garbled,
            StreamError::EventStream(_) | StreamError::UnknownEvent(_) => CallError::Cut,
        },
        OpenAIError::Reqwest(_)
        | OpenAIError::ApiError(_)
        | OpenAIError::FileSaveError(_)
        | OpenAIError::FileReadError(_)
        | OpenAIError::InvalidArgument(_) => CallError::NotReached("the request could not be sent"),
    }
}

struct Patience<'l> {
    began: Instant,
    deadline: Instant,
    limits: &'l Limits,
}

impl Patience<'_> {
    /// Waits for the first piece, or the next one, and never beyond the turn.
    async fn wait<T>(&self, what: impl Future<Output = T>, is_first: bool) -> Result<T, CallError> {
        let ms = if is_first {
            self.limits.first_ms
        } else {
            self.limits.gap_ms
        };
        let from = if is_first { self.began } else { Instant::now() };
        let until = from + Duration::from_millis(ms);
        let waited = tokio::time::timeout_at(until.min(self.deadline), what).await;
        waited.map_err(|_| {
            if until <= self.deadline {
                CallError::Silent { ms }
            } else {
                CallError::Late {
                    ms: since(self.began),
                }
            }
        })
    }
}

fn since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}
