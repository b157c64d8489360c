use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// The source of chance for waits between attempts. Seeded, so that a run can be repeated.
#[derive(Debug)]
pub struct Jitter(Mutex<SmallRng>);

impl Jitter {
    /// A source that always gives the same row.
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(SmallRng::seed_from_u64(seed)))
    }

    /// How long to wait before attempt `attempt` (1 = the first retry): half fixed, half by chance, doubling from
    /// `first` up to `max`. A wait that the shop asked for is kept, but never beyond `max`.
    pub fn wait(
        &self,
        attempt: u32,
        first: Duration,
        max: Duration,
        asked: Option<Duration>,
    ) -> Duration {
        if let Some(asked) = asked {
            return asked.min(max);
        }
        let factor = 1_u32
            .checked_shl(attempt.saturating_sub(1).min(16))
            .unwrap_or(u32::MAX);
        let whole = first.saturating_mul(factor).min(max);
        let half = whole / 2;
        let nanos = u64::try_from(half.as_nanos()).unwrap_or(u64::MAX);
        let by_chance = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .random_range(0..=nanos);
        half.saturating_add(Duration::from_nanos(by_chance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_within_their_bounds_and_the_same_seed_gives_the_same_row() {
        let row = |seed| {
            let jitter = Jitter::seeded(seed);
            let wait = |n| jitter.wait(n, Duration::from_millis(100), Duration::from_secs(1), None);
            (1..8).map(wait).collect::<Vec<_>>()
        };

        assert_eq!(row(7), row(7));
        assert_ne!(row(7), row(8));
        for (at, wait) in row(7).into_iter().enumerate() {
            let whole = Duration::from_millis((100 << at).min(1_000));
            assert!(wait >= whole / 2 && wait <= whole, "{wait:?} at {at}");
        }
    }

    #[test]
    fn a_wait_that_the_shop_asks_for_is_kept_but_not_without_end() {
        let jitter = Jitter::seeded(1);
        let wait = |asked| {
            jitter.wait(
                1,
                Duration::from_millis(1),
                Duration::from_secs(5),
                Some(Duration::from_secs(asked)),
            )
        };

        assert_eq!(wait(2), Duration::from_secs(2));
        assert_eq!(wait(86_400), Duration::from_secs(5));
    }
}
