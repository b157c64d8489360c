//! Names of this crate's numbers.

/// Requests to shops, by `op` and `outcome`.
pub const REQUESTS: &str = "merchant_requests_total";
/// Time of one attempt, by `op`.
pub const SECONDS: &str = "merchant_request_seconds";
/// Requests that were not sent because the shop is left alone.
pub const PAUSED: &str = "merchant_paused_total";

/// Tells the recorder what the numbers mean; called once at start-up.
pub fn describe() {
    metrics::describe_counter!(REQUESTS, "requests to shops, by operation and outcome");
    metrics::describe_histogram!(
        SECONDS,
        metrics::Unit::Seconds,
        "time of one attempt at a shop"
    );
    metrics::describe_counter!(
        PAUSED,
        "requests not sent because the shop is left alone for a while"
    );
}
