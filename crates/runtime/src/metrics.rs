//! Names of what is measured.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

pub(crate) const SESSIONS: &str = "errand_sessions";
pub(crate) const TURNS: &str = "errand_turns_total";
pub(crate) const TURN_SECONDS: &str = "errand_turn_seconds";
pub(crate) const DECISIONS: &str = "errand_decisions_total";
pub(crate) const ORDERS: &str = "errand_orders_total";
pub(crate) const OUTCOMES_UNKNOWN: &str = "errand_outcomes_unknown_total";
pub(crate) const FALLBACKS: &str = "errand_model_fallbacks_total";
pub(crate) const JOURNAL_ERRORS: &str = "errand_journal_errors_total";

/// Describes every metric of this crate, once, at start-up.
pub fn describe() {
    describe_gauge!(SESSIONS, Unit::Count, "sessions in memory");
    describe_counter!(TURNS, Unit::Count, "turns that came to an end");
    describe_histogram!(
        TURN_SECONDS,
        Unit::Seconds,
        "time from a sentence to the end of its turn"
    );
    describe_counter!(DECISIONS, Unit::Count, "decisions of the gate by verdict");
    describe_counter!(ORDERS, Unit::Count, "orders placed");
    describe_counter!(
        OUTCOMES_UNKNOWN,
        Unit::Count,
        "payments whose answer was not seen"
    );
    describe_counter!(
        FALLBACKS,
        Unit::Count,
        "turns that the offline model took over"
    );
    describe_counter!(JOURNAL_ERRORS, Unit::Count, "appends that failed");
}
