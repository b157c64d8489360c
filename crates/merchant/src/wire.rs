use std::collections::BTreeMap;
use std::error::Error as _;
use std::time::Duration;

use serde_json::Value;
use url::Url;

use crate::address::{AddressRule, GuardedResolver, NoPublicAddress};
use crate::error::{MerchantError, Unreached};
use crate::port::BoxFuture;

/// Method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// One request as it goes out.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<String>,
    /// Bytes of the answer that are read at most.
    pub(crate) cap: usize,
}

// The body holds personal data and tokens.
impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let size = self.body.as_ref().map_or(0, String::len);
        write!(
            f,
            "Outgoing({} {} <redacted {size} bytes>)",
            self.method.name(),
            self.url.path()
        )
    }
}

/// One answer. `body` is `Null` when it is empty or no JSON; `is_json` tells which.
#[derive(Clone)]
pub(crate) struct Incoming {
    pub(crate) status: u16,
    /// Lower-case names; only the few that are read.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
    pub(crate) is_json: bool,
    /// Bytes of the body as they came.
    pub(crate) size: usize,
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Incoming({})", self.status)
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The request never left.
    NotSent(Unreached),
    /// It left, or may have, and no whole answer came.
    NoAnswer,
    /// The answer is larger than the cap.
    TooLarge,
}

/// The door to the network: the real one below, a scripted one in tests.
pub(crate) trait Wire: Send + Sync + std::fmt::Debug {
    /// Sends once. The caller bounds the time.
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, Lost>>;

    /// Reads a file: status and bytes, at most `cap` of them. The caller bounds the time.
    fn fetch(&self, url: Url, cap: usize) -> BoxFuture<'_, Result<(u16, Vec<u8>), Lost>>;
}

/// The network.
#[derive(Debug, Clone)]
pub(crate) struct HttpWire(reqwest::Client);

/// Headers of an answer that are kept.
const KEPT: [&str; 5] = [
    "content-type",
    "retry-after",
    "cache-control",
    "www-authenticate",
    "location",
];
/// Longest header value kept.
const HEADER_MAX: usize = 1_024;

impl HttpWire {
    /// A client that follows no redirect, keeps no cookie, uses no proxy of the environment and reaches only addresses
    /// that the rule allows.
    pub(crate) fn new(rule: AddressRule, connect: Duration) -> Result<Self, MerchantError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Lost only when another thread installed one between the two lines, which serves as well.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(connect)
            .dns_resolver(std::sync::Arc::new(GuardedResolver(rule)))
            .user_agent(concat!(
                "errand/",
                env!("CARGO_PKG_VERSION_MAJOR"),
                ".",
                env!("CARGO_PKG_VERSION_MINOR")
            ))
            .pool_max_idle_per_host(4)
            .build()
            .map(Self)
            .map_err(|_| MerchantError::NoClient)
    }
}

impl Wire for HttpWire {
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, Lost>> {
        Box::pin(async move {
            let method = match request.method {
                Method::Get => reqwest::Method::GET,
                Method::Post => reqwest::Method::POST,
                Method::Put => reqwest::Method::PUT,
            };
            let mut builder = self.0.request(method, request.url);
            for (name, value) in request.headers {
                builder = builder.header(name, value);
            }
            if let Some(body) = request.body {
                builder = builder.body(body);
            }
            let response = builder.send().await.map_err(|error| lost(&error))?;
            receive(response, request.cap).await
        })
    }

    fn fetch(&self, url: Url, cap: usize) -> BoxFuture<'_, Result<(u16, Vec<u8>), Lost>> {
        Box::pin(async move {
            let response = self.0.get(url).send().await.map_err(|error| lost(&error))?;
            let status = response.status().as_u16();
            Ok((status, bytes(response, cap).await?))
        })
    }
}

fn lost(error: &reqwest::Error) -> Lost {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<NoPublicAddress>() {
            return Lost::NotSent(Unreached::Address);
        }
        source = cause.source();
    }
    if error.is_connect() {
        Lost::NotSent(if error.is_timeout() {
            Unreached::ConnectTimeout
        } else {
            Unreached::Connect
        })
    } else if error.is_builder() {
        Lost::NotSent(Unreached::Connect)
    } else {
        Lost::NoAnswer
    }
}

async fn receive(response: reqwest::Response, cap: usize) -> Result<Incoming, Lost> {
    let status = response.status().as_u16();
    let mut headers = BTreeMap::new();
    for name in KEPT {
        let value = response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok());
        if let Some(value) = value {
            headers.insert(name.to_owned(), value.chars().take(HEADER_MAX).collect());
        }
    }
    let bytes = bytes(response, cap).await?;
    let says_json = headers
        .get("content-type")
        .is_some_and(|kind: &String| is_json(kind));
    // serde_json stops at a depth of 128, so deep nesting is an error and never a full stack.
    let parsed = if says_json {
        serde_json::from_slice(&bytes).ok()
    } else {
        None
    };
    let is_json = parsed.is_some();
    Ok(Incoming {
        status,
        headers,
        body: parsed.unwrap_or(Value::Null),
        is_json,
        size: bytes.len(),
    })
}

async fn bytes(mut response: reqwest::Response, cap: usize) -> Result<Vec<u8>, Lost> {
    // The announced length is not trusted, only obeyed early.
    if response
        .content_length()
        .is_some_and(|length| usize::try_from(length).map_or(true, |length| length > cap))
    {
        return Err(Lost::TooLarge);
    }
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Lost::NoAnswer)? {
        if bytes.len().saturating_add(chunk.len()) > cap {
            return Err(Lost::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}
