use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Leaves a failing shop alone for a while, then lets one request through to see. A pure machine: time comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    failures_max: u32,
    open_first: Duration,
    open_max: Duration,
    failures: u32,
    opened: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    Open {
        until: Timestamp,
    },
    /// One probe is under way since then; a probe that was dropped does not hold the door for ever.
    HalfOpen {
        since: Timestamp,
    },
}

/// How long a probe may be under way before another is let through.
const PROBE_LEASE: SignedDuration = SignedDuration::from_secs(60);

impl Breaker {
    /// A closed one that opens after `failures` in a row, first for `open_first`, doubling up to `open_max`.
    pub fn new(failures: u32, open_first: Duration, open_max: Duration) -> Self {
        Self {
            failures_max: failures.max(1),
            open_first,
            open_max,
            failures: 0,
            opened: 0,
            state: State::Closed,
        }
    }

    /// Whether a request may go out.
    ///
    /// # Errors
    /// How long the shop is still left alone.
    pub fn admit(&mut self, now: Timestamp) -> Result<(), Duration> {
        match self.state {
            State::Closed => Ok(()),
            State::Open { until } if now < until => Err(until.duration_since(now).unsigned_abs()),
            State::HalfOpen { since } if now.duration_since(since) < PROBE_LEASE => {
                Err(Duration::from_secs(1))
            }
            State::Open { .. } | State::HalfOpen { .. } => {
                self.state = State::HalfOpen { since: now };
                Ok(())
            }
        }
    }

    /// The shop answered, whatever it said.
    pub fn answered(&mut self) {
        self.failures = 0;
        self.opened = 0;
        self.state = State::Closed;
    }

    /// The shop did not answer, or failed inside.
    pub fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        let probe_failed = matches!(self.state, State::HalfOpen { .. });
        if probe_failed || self.failures >= self.failures_max {
            let factor = 1_u32.checked_shl(self.opened.min(16)).unwrap_or(u32::MAX);
            let length = self.open_first.saturating_mul(factor).min(self.open_max);
            let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
            self.state = State::Open {
                until: now.checked_add(length).unwrap_or(Timestamp::MAX),
            };
            self.opened = self.opened.saturating_add(1);
        }
    }

    /// Whether the shop is being left alone.
    pub fn is_open(&self, now: Timestamp) -> bool {
        matches!(self.state, State::Open { until } if now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + seconds).unwrap()
    }

    fn breaker() -> Breaker {
        Breaker::new(3, Duration::from_secs(5), Duration::from_secs(30))
    }

    #[test]
    fn three_failures_in_a_row_open_it_and_a_success_between_starts_the_count_again() {
        let mut breaker = breaker();
        breaker.failed(at(0));
        breaker.failed(at(0));
        breaker.answered();
        breaker.failed(at(1));
        breaker.failed(at(1));
        assert_eq!(breaker.admit(at(1)), Ok(()));

        breaker.failed(at(1));

        assert_eq!(breaker.admit(at(2)), Err(Duration::from_secs(4)));
    }

    #[test]
    fn after_the_wait_exactly_one_request_goes_through_to_see() {
        let mut breaker = breaker();
        for _ in 0..3 {
            breaker.failed(at(0));
        }

        assert_eq!(breaker.admit(at(5)), Ok(()));
        assert!(breaker.admit(at(5)).is_err());

        breaker.answered();
        assert_eq!(breaker.admit(at(5)), Ok(()));
    }

    #[test]
    fn a_failed_probe_doubles_the_wait_up_to_the_bound() {
        let mut breaker = breaker();
        for _ in 0..3 {
            breaker.failed(at(0));
        }
        let mut now = 5;
        for wait in [10, 20, 30, 30] {
            assert_eq!(breaker.admit(at(now)), Ok(()));
            breaker.failed(at(now));
            assert_eq!(breaker.admit(at(now)), Err(Duration::from_secs(wait)));
            now += i64::try_from(wait).unwrap();
        }
    }

    #[test]
    fn a_probe_that_was_dropped_does_not_close_the_shop_for_ever() {
        let mut breaker = breaker();
        for _ in 0..3 {
            breaker.failed(at(0));
        }
        assert_eq!(breaker.admit(at(5)), Ok(()));

        assert!(breaker.admit(at(64)).is_err());
        assert_eq!(breaker.admit(at(65)), Ok(()));
    }
}
