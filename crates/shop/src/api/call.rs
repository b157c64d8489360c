//! One request and its answer, free of any web framework, so that the shop can also be asked
//! in process.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

/// A request. Its `Debug` leaves the body out, which may hold a credential or an address.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// Upper case.
    pub method: &'a str,
    /// Path without query.
    pub path: &'a str,
    /// Header `UCP-Agent`.
    pub agent: Option<&'a str>,
    /// Header `Idempotency-Key`.
    pub idempotency_key: Option<&'a str>,
    /// Raw body; empty when there is none.
    pub body: &'a [u8],
}

impl<'a> Call<'a> {
    /// A request of an agent with the given body and no idempotency key.
    pub fn new(method: &'a str, path: &'a str, body: &'a [u8]) -> Self {
        let agent = Some("profile=\"https://agent.example/profile.json\"");
        Self {
            method,
            path,
            agent,
            idempotency_key: None,
            body,
        }
    }

    /// The same request under an idempotency key.
    #[must_use]
    pub fn keyed(mut self, key: &'a str) -> Self {
        self.idempotency_key = Some(key);
        self
    }
}

/// An answer. Its `Debug` leaves the body out, which may hold an address.
#[derive(Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// When, if ever, it leaves the shop.
    pub delivery: Delivery,
}

impl Answer {
    /// The body as JSON; `Null` when it is something else.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

/// When an answer leaves the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// At once.
    Now,
    /// After a while.
    After(Duration),
    /// Never; the connection stays open.
    Never,
    /// Never; the connection breaks.
    Broken,
}

/// What an operation gives back before it becomes an [`Answer`].
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) delivery: Delivery,
}

impl Reply {
    pub(crate) fn ok(body: Value) -> Self {
        Self {
            status: 200,
            body,
            delivery: Delivery::Now,
        }
    }

    pub(crate) fn created(body: Value) -> Self {
        Self {
            status: 201,
            ..Self::ok(body)
        }
    }
}

/// A request that the protocol itself turns down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) content: String,
    /// Seconds.
    pub(crate) retry_after_s: Option<u32>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, content: impl Into<String>) -> Self {
        Self {
            status,
            code,
            content: content.into(),
            retry_after_s: None,
        }
    }

    pub(crate) fn malformed(content: impl Into<String>) -> Self {
        Self::new(400, "request_malformed", content)
    }

    pub(crate) fn conflict(code: &'static str, content: impl Into<String>) -> Self {
        Self::new(409, code, content)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(404, "not_found", format!("There is no such {what} here."))
    }
}

/// Outcome of an operation.
pub(crate) type Outcome = Result<Reply, Refusal>;
