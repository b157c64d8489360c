use std::time::Duration;

use tokio::time::Instant;

/// Messages that a connection may send at once.
const BURST: f64 = 400.0;
/// Messages per second in the long run: eight times what live sound in frames of 40 ms needs.
const PER_SECOND: f64 = 200.0;

/// What a connection may send. An empty bucket loses nothing: the connection is simply not read until it refills.
#[derive(Debug)]
pub(crate) struct Budget {
    tokens: f64,
    at: Instant,
}

impl Budget {
    /// A full bucket.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            tokens: BURST,
            at: now,
        }
    }

    /// Takes one; or says until when not to read.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Instant> {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = passed.mul_add(PER_SECOND, self.tokens).min(BURST) - 1.0;
        self.at = now;
        (self.tokens < 0.0).then(|| now + Duration::from_secs_f64(-self.tokens / PER_SECOND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_so_many_a_second() {
        let start = Instant::now();
        let mut budget = Budget::new(start);
        for _ in 0..400 {
            assert_eq!(budget.take(start), None);
        }

        let wait = budget.take(start).expect("the bucket is empty");

        assert_eq!((wait - start).as_millis(), 5);
        assert_eq!(budget.take(start + Duration::from_secs(2)), None);
    }
}
