use std::collections::BTreeMap;

use errand_types::UserId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Wrong answers in [`SHORT_WINDOW`] after which approving by words closes for as long.
pub const FAILURES_SHORT: usize = 5;
/// Wrong answers in [`LONG_WINDOW`] after which approving by words stays closed until it is opened again.
pub const FAILURES_LONG: usize = 10;
/// Questions by voice in [`ASK_WINDOW`]; what is asked after that is asked on a screen. Who is asked all the time says yes in
/// the end.
pub const SPOKEN_ASKS_MAX: u32 = 3;
/// Ten minutes.
pub const ASK_WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// A quarter of an hour.
pub const SHORT_WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// A day.
pub const LONG_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Wrong answers of every person, made to be stored: write it down after every count and before every verdict, so that
/// a kill in between resets nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counters(BTreeMap<UserId, Failures>);

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failures {
    /// Moments of wrong (or not yet judged) answers of the last day, oldest first, at most [`FAILURES_LONG`].
    at: Vec<Timestamp>,
    /// End of the short lock.
    locked_until: Option<Timestamp>,
    /// Closed until it is opened again.
    off: bool,
    /// Moments at which was asked by voice, oldest first, at most [`SPOKEN_ASKS_MAX`] of the last ten minutes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    asked: Vec<Timestamp>,
}

/// Whether a person may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    Open,
    Until(Timestamp),
    Off,
}

impl Counters {
    /// How many wrong answers a person gave in the last day.
    pub fn failures(&self, user: &UserId, now: Timestamp) -> usize {
        self.0.get(user).map_or(0, |f| {
            f.at.iter()
                .filter(|at| is_within(**at, LONG_WINDOW, now))
                .count()
        })
    }

    /// How often a person was asked by voice in the last [`ASK_WINDOW`].
    pub fn spoken_asks(&self, user: &UserId, now: Timestamp) -> u32 {
        self.0.get(user).map_or(0, |f| {
            let count = f.asked.iter().filter(|at| is_within(**at, ASK_WINDOW, now));
            u32::try_from(count.count()).unwrap_or(u32::MAX)
        })
    }

    /// Counts that a person is asked by voice.
    pub(crate) fn asked(&mut self, user: &UserId, now: Timestamp) {
        let failures = self.0.entry(user.clone()).or_default();
        failures.asked.retain(|at| is_within(*at, ASK_WINDOW, now));
        failures.asked.push(now);
    }

    /// Opens approving by words again after it was closed for the day. Only for a person who proved themselves at
    /// level 50.
    pub fn reopen(&mut self, user: &UserId) {
        self.0.remove(user);
    }

    pub(crate) fn lock(&self, user: &UserId, now: Timestamp) -> Lock {
        let Some(failures) = self.0.get(user) else {
            return Lock::Open;
        };
        match failures.locked_until {
            _ if failures.off => Lock::Off,
            Some(until) if now < until => Lock::Until(until),
            Some(_) | None => Lock::Open,
        }
    }

    /// Counts an answer as wrong before anybody knows whether it is.
    pub(crate) fn count(&mut self, user: &UserId, now: Timestamp) {
        let failures = self.0.entry(user.clone()).or_default();
        failures.at.retain(|at| is_within(*at, LONG_WINDOW, now));
        failures.at.push(now);
        let recent = failures
            .at
            .iter()
            .filter(|at| is_within(**at, SHORT_WINDOW, now))
            .count();
        if recent >= FAILURES_SHORT {
            failures.locked_until = now.checked_add(SHORT_WINDOW).ok().or(Some(Timestamp::MAX));
        }
        failures.off |= failures.at.len() >= FAILURES_LONG;
    }

    /// Takes the count of one answer back, because it was right.
    pub(crate) fn forgive(&mut self, user: &UserId, counted_at: Timestamp) {
        let Some(failures) = self.0.get_mut(user) else {
            return;
        };
        if let Some(at) = failures.at.iter().rposition(|at| *at == counted_at) {
            failures.at.remove(at);
        }
        // The answer itself may have closed the door: five or ten of which one was right are four or nine.
        let recent = failures
            .at
            .iter()
            .filter(|at| is_within(**at, SHORT_WINDOW, counted_at))
            .count();
        if recent < FAILURES_SHORT {
            failures.locked_until = None;
        }
        failures.off &= failures.at.len() >= FAILURES_LONG;
    }
}

/// Whether a moment lies less than a window back. A moment ahead of now counts too: a clock set back forgives nothing.
fn is_within(at: Timestamp, window: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(at) < window
}
