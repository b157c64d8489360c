//! Names of what is measured.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

pub(crate) const SESSIONS: &str = "errand_sessions";
pub(crate) const TURNS: &str = "errand_turns_total";
pub(crate) const TURN_SECONDS: &str = "errand_turn_seconds";
pub(crate) const DECISIONS: &str = "errand_decisions_total";
pub(crate) const ORDERS: &str = "errand_orders_total";
pub(crate) const OUTCOMES_UNKNOWN: &str = "errand_outcomes_unknown_total";
pub(crate) const FALLBACKS: &str = "errand_model_fallbacks_total";
pub(crate) const CONVERSATIONS: &str = "errand_conversations_total";
pub(crate) const DESK_ASKED: &str = "errand_desk_asked_total";
pub(crate) const DESK_NOBODY: &str = "errand_desk_nobody_there_total";
pub(crate) const DESK_TAKEN: &str = "errand_desk_taken_total";
pub(crate) const DESK_WAIT_SECONDS: &str = "errand_desk_wait_seconds";
pub(crate) const DESK_BACK: &str = "errand_desk_handed_back_total";
pub(crate) const DESK_LEFT: &str = "errand_desk_left_total";
pub(crate) const DESK_SENT_AWAY: &str = "errand_desk_sent_away_total";
pub(crate) const DESK_HELPED: &str = "errand_desk_helped_total";
pub(crate) const DESK_WAITING: &str = "errand_desk_waiting";
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
    describe_counter!(
        CONVERSATIONS,
        Unit::Count,
        "conversations begun while there is a desk"
    );
    describe_counter!(
        DESK_ASKED,
        Unit::Count,
        "errands that came into the queue of the desk, by reason"
    );
    describe_counter!(
        DESK_NOBODY,
        Unit::Count,
        "times that a person was wanted and nobody was there"
    );
    describe_counter!(
        DESK_TAKEN,
        Unit::Count,
        "errands taken over by somebody at the desk"
    );
    describe_histogram!(
        DESK_WAIT_SECONDS,
        Unit::Seconds,
        "time in the queue until somebody took over"
    );
    describe_counter!(DESK_BACK, Unit::Count, "errands handed back by the desk");
    describe_counter!(DESK_LEFT, Unit::Count, "people who left the queue");
    describe_counter!(
        DESK_SENT_AWAY,
        Unit::Count,
        "people who sent somebody of the desk away"
    );
    describe_counter!(
        DESK_HELPED,
        Unit::Count,
        "answers to whether the desk helped"
    );
    describe_gauge!(
        DESK_WAITING,
        Unit::Count,
        "errands in the queue of the desk"
    );
    describe_counter!(JOURNAL_ERRORS, Unit::Count, "appends that failed");
}
