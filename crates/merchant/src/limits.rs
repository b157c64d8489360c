use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Bounds of one shop's client: times in milliseconds, sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientLimits {
    /// Making a connection.
    pub connect_ms: u64,
    /// Reading the shop's profile, retries included.
    pub discover_ms: u64,
    /// One search with all its pages.
    pub search_ms: u64,
    /// One read, retries included.
    pub read_ms: u64,
    /// One change, retries included.
    pub write_ms: u64,
    /// The payment: one attempt.
    pub complete_ms: u64,
    /// Attempts at most, the first included; at least 1.
    pub attempts: u32,
    /// Wait before the first retry; doubles, with jitter.
    pub backoff_ms: u64,
    /// Longest wait between attempts, also when the shop asks for more.
    pub backoff_max_ms: u64,
    /// Requests to one shop at the same time.
    pub concurrency: usize,
    /// Longest wait for one of them to end.
    pub queue_ms: u64,
    /// Largest answer.
    pub body_max: usize,
    /// Largest catalog answer.
    pub catalog_max: usize,
    /// Failures in a row after which the shop is left alone.
    pub breaker_failures: u32,
    /// For how long, the first time; doubles.
    pub breaker_open_ms: u64,
    /// For how long at most.
    pub breaker_open_max_ms: u64,
    /// Pages of one search.
    pub pages_max: u32,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self {
            connect_ms: 2_000,
            discover_ms: 5_000,
            search_ms: 6_000,
            read_ms: 8_000,
            write_ms: 12_000,
            complete_ms: 25_000,
            attempts: 3,
            backoff_ms: 200,
            backoff_max_ms: 5_000,
            concurrency: 8,
            queue_ms: 2_000,
            body_max: 1 << 20,
            catalog_max: 4 << 20,
            breaker_failures: 5,
            breaker_open_ms: 5_000,
            breaker_open_max_ms: 120_000,
            pages_max: 20,
        }
    }
}

impl ClientLimits {
    pub(crate) fn connect(&self) -> Duration {
        Duration::from_millis(self.connect_ms)
    }

    pub(crate) fn budget(&self, op: crate::op::Op) -> Duration {
        use crate::op::Op;
        Duration::from_millis(match op {
            Op::Discover => self.discover_ms,
            Op::Search | Op::SearchPage => self.search_ms,
            Op::Lookup
            | Op::GetProduct
            | Op::GetCheckout
            | Op::Slots
            | Op::GetOrder
            | Op::OrderSlots
            | Op::FollowEscalation => self.read_ms,
            Op::CreateCheckout
            | Op::UpdateCheckout
            | Op::HoldSlot
            | Op::CancelCheckout
            | Op::BookSlot
            | Op::CancelOrder
            | Op::ReturnOrder => self.write_ms,
            Op::Complete => self.complete_ms,
        })
    }

    pub(crate) fn body_cap(&self, op: crate::op::Op) -> usize {
        if op.is_catalog() {
            self.catalog_max
        } else {
            self.body_max
        }
    }
}
