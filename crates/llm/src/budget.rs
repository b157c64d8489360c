//! What turns, errands and days may cost.

use std::collections::{BTreeMap, VecDeque};

use errand_model::{ModelError, Spent};
use jiff::Timestamp;

use crate::config::{Limits, Prices};

/// Errands whose costs are remembered; the oldest is forgotten first.
const ERRANDS_MAX: usize = 512;
const DAY_SECONDS: i64 = 86_400;

/// What has been spent, by errand and by day.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    errands: BTreeMap<String, Spent>,
    order: VecDeque<String>,
    /// Day since 1970 and its cost.
    day: (i64, u64),
}

/// What one request needs at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) tokens_in: u64,
    pub(crate) tokens_out: u64,
}

impl Ledger {
    /// Whether one more request fits; counts it and its prompt at once, so that a turn that is dropped half-way is paid for
    /// all the same.
    ///
    /// # Errors
    /// [`ModelError::OverBudget`] with what is used up.
    pub(crate) fn take(
        &mut self,
        errand: &str,
        turn: &mut Spent,
        wanted: Wanted,
        rules: (&Limits, Option<&Prices>),
        now: Timestamp,
    ) -> Result<(), ModelError> {
        let (limits, prices) = rules;
        let day = now.as_second().div_euclid(DAY_SECONDS);
        if self.day.0 != day {
            self.day = (day, 0);
        }
        let spent = self.errands.get(errand).copied().unwrap_or_default();
        let tokens = wanted.tokens_in.saturating_add(wanted.tokens_out);
        let micros = prices.map_or(0, |p| p.micros(wanted.tokens_in, wanted.tokens_out));
        let over = |used: u64, more: u64, max: u64| used.saturating_add(more) > max;
        let over_money =
            |used: u64, max: Option<u64>| max.is_some_and(|max| over(used, micros, max));
        let all = |s: &Spent| s.tokens_in.saturating_add(s.tokens_out);
        let gone = if turn.requests >= limits.turn_requests {
            "the requests of this turn"
        } else if over(all(turn), tokens, limits.turn_tokens) {
            "the tokens of this turn"
        } else if over_money(turn.micros, limits.turn_micros) {
            "the money of this turn"
        } else if spent.requests >= limits.errand_requests {
            "the requests of this errand"
        } else if over(all(&spent), tokens, limits.errand_tokens) {
            "the tokens of this errand"
        } else if over_money(spent.micros, limits.errand_micros) {
            "the money of this errand"
        } else if over_money(self.day.1, limits.day_micros) {
            "the money of today"
        } else {
            let first = Spent {
                requests: 1,
                tokens_in: wanted.tokens_in,
                tokens_out: 0,
                micros: prices.map_or(0, |p| p.micros(wanted.tokens_in, 0)),
            };
            self.add(errand, turn, first);
            return Ok(());
        };
        Err(ModelError::OverBudget(gone.to_owned()))
    }

    /// Counts an answer: what the server says it took, or what its size says where that is more.
    pub(crate) fn settle(
        &mut self,
        errand: &str,
        turn: &mut Spent,
        counted: Wanted,
        took: Wanted,
        prices: Option<&Prices>,
    ) {
        let more_in = took.tokens_in.saturating_sub(counted.tokens_in);
        let more = Spent {
            requests: 0,
            tokens_in: more_in,
            tokens_out: took.tokens_out,
            micros: prices.map_or(0, |p| p.micros(more_in, took.tokens_out)),
        };
        self.add(errand, turn, more);
    }

    fn add(&mut self, errand: &str, turn: &mut Spent, more: Spent) {
        sum(turn, more);
        self.day.1 = self.day.1.saturating_add(more.micros);
        if !self.errands.contains_key(errand) {
            self.order.push_back(errand.to_owned());
            if self.order.len() > ERRANDS_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.errands.remove(&oldest);
            }
        }
        sum(self.errands.entry(errand.to_owned()).or_default(), more);
    }
}

fn sum(to: &mut Spent, more: Spent) {
    to.requests = to.requests.saturating_add(more.requests);
    to.tokens_in = to.tokens_in.saturating_add(more.tokens_in);
    to.tokens_out = to.tokens_out.saturating_add(more.tokens_out);
    to.micros = to.micros.saturating_add(more.micros);
}

/// Tokens that text of so many bytes is taken for where nobody counts: four bytes each, as is usual.
pub(crate) fn tokens_of(bytes: usize) -> u64 {
    (bytes as u64).div_ceil(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted = Wanted {
        tokens_in: 100,
        tokens_out: 50,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn why(result: Result<(), ModelError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_turn_ends_at_its_requests_and_the_next_one_begins_anew() {
        let limits = Limits {
            turn_requests: 2,
            ..Limits::default()
        };
        let mut ledger = Ledger::default();
        let mut turn = Spent::default();

        for _ in 0..2 {
            ledger
                .take("e", &mut turn, WANTED, (&limits, None), at(0))
                .unwrap();
        }
        let third = ledger.take("e", &mut turn, WANTED, (&limits, None), at(0));
        assert!(why(third).contains("the requests of this turn"));
        let mut next = Spent::default();
        assert!(
            ledger
                .take("e", &mut next, WANTED, (&limits, None), at(0))
                .is_ok()
        );
    }

    #[test]
    fn an_errand_ends_at_its_tokens_and_another_one_does_not() {
        let limits = Limits {
            errand_tokens: 400,
            ..Limits::default()
        };
        let mut ledger = Ledger::default();
        let took = Wanted {
            tokens_in: 250,
            tokens_out: 20,
        };

        let mut turn = Spent::default();
        ledger
            .take("e", &mut turn, WANTED, (&limits, None), at(0))
            .unwrap();
        ledger.settle("e", &mut turn, WANTED, took, None);
        assert_eq!((turn.tokens_in, turn.tokens_out), (250, 20));
        let mut turn = Spent::default();
        let second = ledger.take("e", &mut turn, WANTED, (&limits, None), at(0));
        assert!(why(second).contains("the tokens of this errand"));
        assert!(
            ledger
                .take("f", &mut turn, WANTED, (&limits, None), at(0))
                .is_ok()
        );
    }

    #[test]
    fn the_money_of_a_day_is_there_again_the_next_day() {
        let prices = Prices {
            input: 1_000_000,
            output: 2_000_000,
        };
        let limits = Limits {
            day_micros: Some(250),
            ..Limits::default()
        };
        let rules = (&limits, Some(&prices));
        let mut ledger = Ledger::default();

        let mut turn = Spent::default();
        ledger.take("e", &mut turn, WANTED, rules, at(10)).unwrap();
        ledger.settle("e", &mut turn, WANTED, WANTED, Some(&prices));
        assert_eq!(turn.micros, 200);
        let second = ledger.take("f", &mut Spent::default(), WANTED, rules, at(20));
        assert!(why(second).contains("the money of today"));
        assert!(
            ledger
                .take(
                    "f",
                    &mut Spent::default(),
                    WANTED,
                    rules,
                    at(DAY_SECONDS + 1)
                )
                .is_ok()
        );
    }

    #[test]
    fn no_number_of_errands_fills_the_memory() {
        let limits = Limits::default();
        let mut ledger = Ledger::default();
        for n in 0..ERRANDS_MAX * 3 {
            let errand = format!("e{n}");
            ledger
                .take(
                    &errand,
                    &mut Spent::default(),
                    WANTED,
                    (&limits, None),
                    at(0),
                )
                .unwrap();
        }

        assert_eq!(ledger.errands.len(), ERRANDS_MAX);
        assert_eq!(ledger.order.len(), ERRANDS_MAX);
    }
}
