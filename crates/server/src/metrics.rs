//! Names of what is counted. Labels come from closed sets only.

use std::time::Duration;

/// Sessions held.
pub(crate) const SESSIONS: &str = "errand_server_sessions";
/// Connections open.
pub(crate) const CONNECTIONS: &str = "errand_server_connections";
/// Events that a session missed because it fell behind its conversation.
pub(crate) const LAGGED_TOTAL: &str = "errand_server_lagged_events_total";
/// Connections closed because they read too slowly.
pub(crate) const SLOW_READERS_TOTAL: &str = "errand_server_slow_readers_total";
/// Handshakes refused.
pub(crate) const REFUSED_TOTAL: &str = "errand_server_handshakes_refused_total";
/// HTTP requests by status class.
pub(crate) const REQUESTS_TOTAL: &str = "errand_server_requests_total";
/// Time of HTTP requests.
pub(crate) const REQUEST_SECONDS: &str = "errand_server_request_seconds";

/// Says what each name means.
pub(crate) fn describe() {
    metrics::describe_gauge!(SESSIONS, "sessions held by this process");
    metrics::describe_gauge!(CONNECTIONS, "open WebSocket connections");
    metrics::describe_counter!(
        LAGGED_TOTAL,
        "events that a session missed because it fell behind its conversation"
    );
    metrics::describe_counter!(
        SLOW_READERS_TOTAL,
        "connections closed because they did not read fast enough"
    );
    metrics::describe_counter!(REFUSED_TOTAL, "handshakes refused before the upgrade");
    metrics::describe_counter!(REQUESTS_TOTAL, "HTTP requests by class of status");
    metrics::describe_histogram!(
        REQUEST_SECONDS,
        metrics::Unit::Seconds,
        "time of HTTP requests"
    );
}

/// Counts one request.
pub(crate) fn request(status: u16, took: Duration) {
    let class = match status {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    metrics::counter!(REQUESTS_TOTAL, "status" => class).increment(1);
    metrics::histogram!(REQUEST_SECONDS).record(took.as_secs_f64());
}

/// An open connection; counted down when it is dropped.
#[derive(Debug)]
pub(crate) struct OpenConnection(());

impl OpenConnection {
    pub(crate) fn new() -> Self {
        metrics::gauge!(CONNECTIONS).increment(1);
        Self(())
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        metrics::gauge!(CONNECTIONS).decrement(1);
    }
}
