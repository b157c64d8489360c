//! What every request must pass: a host that is ours, an origin that is ours where something could change, a bound on
//! time; and the headers that every answer gets.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::{Instant, timeout};

use crate::codes::Failure;
use crate::serve::App;

/// Longest that an answer may take; an approval waits up to a minute for the purchase.
const ANSWER_WAIT: Duration = Duration::from_secs(75);

/// Which hosts and origins are ours.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    origins: Vec<String>,
    names: Vec<String>,
}

impl Hosts {
    /// Loopback, the address that is listened on, and the hosts of the allowed origins.
    pub(crate) fn new(allowed_origins: &[String], bound: Option<SocketAddr>) -> Self {
        let origins: Vec<String> = allowed_origins
            .iter()
            .map(|origin| origin.trim_end_matches('/').to_ascii_lowercase())
            .collect();
        let mut names: Vec<String> = ["localhost", "127.0.0.1", "[::1]"]
            .map(ToOwned::to_owned)
            .to_vec();
        if let Some(bound) = bound.filter(|bound| !bound.ip().is_unspecified()) {
            names.push(match bound.ip() {
                IpAddr::V4(ip) => ip.to_string(),
                IpAddr::V6(ip) => format!("[{ip}]"),
            });
        }
        names.extend(
            origins
                .iter()
                .filter_map(|origin| origin.split_once("://"))
                .map(|(_, host)| name(host).to_owned()),
        );
        Self { origins, names }
    }

    fn has(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.names.iter().any(|ours| ours == name(&host))
    }
}

/// A host without its port.
fn name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The host that a request is for.
pub(crate) fn host(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
}

/// Whether the host is a name of this machine itself.
pub(crate) fn is_loopback_host(headers: &HeaderMap) -> bool {
    host(headers).is_some_and(|host| {
        matches!(
            name(&host.to_ascii_lowercase()),
            "localhost" | "127.0.0.1" | "[::1]"
        )
    })
}

/// Refuses a page of somebody else. A request without `Origin` comes from no page: its token speaks for it.
pub(crate) fn origin(headers: &HeaderMap, hosts: &Hosts) -> Result<(), Failure> {
    match headers.get(header::ORIGIN) {
        None => Ok(()),
        Some(origin) if is_ours(origin, headers, hosts) => Ok(()),
        Some(_) => Err(Failure::wrong_origin()),
    }
}

/// Refuses everything but our own page: what a cookie alone may not do.
///
/// A form of a page that sends no referrer says `Origin: null`; then the browser's own word counts, which no page can
/// forge.
pub(crate) fn own_page(headers: &HeaderMap, hosts: &Hosts) -> Result<(), Failure> {
    let is_same_site = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "same-origin");
    match headers.get(header::ORIGIN) {
        Some(origin) if origin == "null" && is_same_site => Ok(()),
        Some(origin) if is_ours(origin, headers, hosts) => Ok(()),
        None if is_same_site => Ok(()),
        Some(_) | None => Err(Failure::wrong_origin()),
    }
}

fn is_ours(origin: &HeaderValue, headers: &HeaderMap, hosts: &Hosts) -> bool {
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let origin = origin.to_ascii_lowercase();
    if hosts.origins.contains(&origin) {
        return true;
    }
    let asked = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    // The host was held against the list before, so a rebound name cannot come here.
    host(headers).is_some_and(|host| asked == Some(host.to_ascii_lowercase().as_str()))
}

/// Around every request.
pub(crate) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let socket_host = host(request.headers()).map(ToOwned::to_owned);
    let is_ours = socket_host
        .as_deref()
        .is_some_and(|host| app.hosts.has(host));
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let refused = if !is_ours {
        Some(Failure::wrong_host())
    } else if changes && origin_of_change(request.headers(), &app.hosts).is_err() {
        Some(Failure::wrong_origin())
    } else {
        None
    };
    let mut response = match refused {
        Some(failure) => failure.into_response(),
        None => match timeout(ANSWER_WAIT, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Failure::timed_out().into_response(),
        },
    };
    secure(
        response.headers_mut(),
        socket_host.as_deref().filter(|_| is_ours),
    );
    crate::metrics::request(response.status().as_u16(), begun.elapsed());
    response
}

/// A change by a page must come from ours; one without `Origin` comes from no page.
fn origin_of_change(headers: &HeaderMap, hosts: &Hosts) -> Result<(), Failure> {
    origin(headers, hosts).or_else(|_| own_page(headers, hosts))
}

fn secure(headers: &mut HeaderMap, host: Option<&str>) {
    let sockets = host
        .map(|host| format!(" ws://{host} wss://{host}"))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'{sockets}; \
         media-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed: [(HeaderName, &'static str); 5] = [
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            HeaderName::from_static("permissions-policy"),
            "microphone=(self), publickey-credentials-get=(self), camera=(), geolocation=(), payment=(), \
             browsing-topics=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Answers hold what a person bought; only files that are named by their hash say otherwise themselves.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect()
    }

    fn hosts() -> Hosts {
        Hosts::new(
            &["https://errand.example/".to_owned()],
            Some("192.168.1.5:7420".parse().unwrap()),
        )
    }

    #[test]
    fn only_names_of_ours_are_answered_whatever_the_port() {
        let hosts = hosts();

        for ours in [
            "127.0.0.1:7420",
            "localhost",
            "LOCALHOST:1",
            "[::1]:7420",
            "192.168.1.5:80",
            "errand.example",
        ] {
            assert!(hosts.has(ours), "{ours}");
        }
        for foreign in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil:80",
            "",
            "errand.example.evil",
        ] {
            assert!(!hosts.has(foreign), "{foreign}");
        }
    }

    #[test]
    fn a_page_of_another_origin_is_refused_and_ours_is_not() {
        let with = |origin| headers(&[("host", "127.0.0.1:7420"), ("origin", origin)]);

        assert!(origin(&with("http://127.0.0.1:7420"), &hosts()).is_ok());
        assert!(origin(&with("https://errand.example"), &hosts()).is_ok());
        assert!(origin(&headers(&[("host", "127.0.0.1:7420")]), &hosts()).is_ok());
        for foreign in [
            "http://127.0.0.1:9999",
            "http://evil.example",
            "null",
            "http://127.0.0.1:7420.evil.example",
            "",
        ] {
            assert!(origin(&with(foreign), &hosts()).is_err(), "{foreign}");
        }
    }

    #[test]
    fn a_cookie_alone_changes_nothing() {
        let null = [("host", "localhost"), ("origin", "null")];

        assert!(own_page(&headers(&[("host", "localhost")]), &hosts()).is_err());
        assert!(own_page(&headers(&null), &hosts()).is_err());
        let forged = headers(&[null[0], null[1], ("sec-fetch-site", "cross-site")]);
        assert!(own_page(&forged, &hosts()).is_err());
        assert!(
            own_page(
                &headers(&[null[0], null[1], ("sec-fetch-site", "same-origin")]),
                &hosts()
            )
            .is_ok()
        );
        assert!(
            own_page(
                &headers(&[("host", "localhost"), ("origin", "http://localhost")]),
                &hosts()
            )
            .is_ok()
        );
    }
}
