//! Leaves a server alone that failed several times in a row, and tries it again with one turn at a time.

use errand_model::{ModelError, ModelState};
use jiff::{SignedDuration, Timestamp};

use crate::config::Limits;

/// The longest rest, in seconds.
const REST_SECONDS_MAX: i64 = 15 * 60;

/// The circuit of one server.
#[derive(Debug, Default)]
pub(crate) struct Circuit {
    failures: u32,
    rests: u32,
    resting: Option<(Timestamp, ModelError)>,
    /// One turn is out to see whether it works again.
    trying: bool,
}

/// What a turn may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    /// Ask.
    Ask,
    /// Ask, and everybody else waits for how it goes.
    Try,
}

impl Circuit {
    /// Whether the server is asked now.
    ///
    /// # Errors
    /// [`ModelError::Resting`] with the seconds left.
    pub(crate) fn ask(&mut self, now: Timestamp) -> Result<Leave, ModelError> {
        match self.seconds_left(now) {
            Some(seconds) if seconds > 0 => Err(ModelError::Resting { seconds }),
            Some(_) if self.trying => Err(ModelError::Resting { seconds: 1 }),
            Some(_) => {
                self.trying = true;
                Ok(Leave::Try)
            }
            None => Ok(Leave::Ask),
        }
    }

    /// It worked.
    pub(crate) fn worked(&mut self) {
        *self = Self::default();
    }

    /// The turn ended without a verdict on the server: it was stopped, or a budget was used up.
    pub(crate) fn let_go(&mut self, leave: Leave) {
        if leave == Leave::Try {
            self.trying = false;
        }
    }

    /// It failed.
    pub(crate) fn failed(
        &mut self,
        leave: Leave,
        error: &ModelError,
        limits: &Limits,
        now: Timestamp,
    ) {
        self.failures = self.failures.saturating_add(1);
        let wished = match error {
            ModelError::Busy { seconds } => seconds.and_then(|s| i64::try_from(s).ok()),
            _ => None,
        };
        // Who asks to be left alone for longer than a turn is left alone at once.
        let is_wished = wished.is_some_and(|s| s > 0);
        if leave == Leave::Try || self.failures >= limits.failures || is_wished {
            let first = i64::from(limits.rest_seconds.max(1));
            let own = first.saturating_mul(1_i64 << self.rests.min(10));
            let rest = own.max(wished.unwrap_or(0)).min(REST_SECONDS_MAX);
            let until = now.saturating_add(SignedDuration::from_secs(rest));
            self.resting = Some((until.unwrap_or(Timestamp::MAX), error.clone()));
            self.rests = self.rests.saturating_add(1);
        }
        self.trying = false;
    }

    pub(crate) fn state(&self, now: Timestamp) -> ModelState {
        match (&self.resting, self.seconds_left(now)) {
            (Some((_, why)), Some(seconds)) if seconds > 0 => ModelState::Resting {
                seconds,
                why: why.clone(),
            },
            (_, _) => ModelState::Ready,
        }
    }

    fn seconds_left(&self, now: Timestamp) -> Option<u64> {
        let (until, _) = self.resting.as_ref()?;
        let left = until.duration_since(now).as_secs();
        // A clock that was set back does not prolong a rest.
        u64::try_from(left.clamp(0, REST_SECONDS_MAX)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: ModelError = ModelError::TooSlow { ms: 1 };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn resting(seconds: u64) -> Result<Leave, ModelError> {
        Err(ModelError::Resting { seconds })
    }

    #[test]
    fn after_three_failures_in_a_row_it_rests_and_then_one_turn_tries() {
        let limits = Limits::default();
        let mut circuit = Circuit::default();
        for _ in 0..3 {
            let leave = circuit.ask(at(0)).unwrap();
            circuit.failed(leave, &SLOW, &limits, at(0));
        }

        assert_eq!(circuit.ask(at(1)), resting(59));
        assert!(matches!(
            circuit.state(at(1)),
            ModelState::Resting { seconds: 59, .. }
        ));
        assert_eq!(circuit.ask(at(60)), Ok(Leave::Try));
        assert_eq!(circuit.ask(at(60)), resting(1), "only one turn tries");
        circuit.failed(Leave::Try, &SLOW, &limits, at(61));
        assert_eq!(
            circuit.ask(at(62)),
            resting(119),
            "the next rest is twice as long"
        );
        assert_eq!(circuit.ask(at(181)), Ok(Leave::Try));
        circuit.worked();
        assert_eq!(circuit.ask(at(181)), Ok(Leave::Ask));
        assert_eq!(circuit.state(at(181)), ModelState::Ready);
    }

    #[test]
    fn what_works_in_between_is_no_failure_in_a_row() {
        let limits = Limits::default();
        let mut circuit = Circuit::default();
        for _ in 0..20 {
            circuit.failed(Leave::Ask, &SLOW, &limits, at(0));
            circuit.failed(Leave::Ask, &SLOW, &limits, at(0));
            circuit.worked();
        }

        assert_eq!(circuit.ask(at(0)), Ok(Leave::Ask));
    }

    #[test]
    fn who_asks_to_be_left_alone_is_left_alone() {
        let mut circuit = Circuit::default();
        let busy = ModelError::Busy { seconds: Some(300) };
        circuit.failed(Leave::Ask, &busy, &Limits::default(), at(0));

        assert_eq!(circuit.ask(at(10)), resting(290));
        assert_eq!(
            circuit.ask(at(-1_000_000)),
            resting(900),
            "no rest is longer than its bound"
        );
    }

    #[test]
    fn a_try_that_was_stopped_lets_another_one_try() {
        let mut circuit = Circuit::default();
        for _ in 0..3 {
            circuit.failed(Leave::Ask, &SLOW, &Limits::default(), at(0));
        }
        assert_eq!(circuit.ask(at(60)), Ok(Leave::Try));

        circuit.let_go(Leave::Try);

        assert_eq!(circuit.ask(at(60)), Ok(Leave::Try));
    }
}
