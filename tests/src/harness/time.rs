use std::sync::Arc;

use errand_shop::ManualClock;
use jiff::{SignedDuration, Timestamp};

/// One clock for the shops and the runtime. It stands still until it is moved.
#[derive(Debug, Clone)]
pub struct HouseClock(Arc<ManualClock>);

impl HouseClock {
    /// A clock that shows `at`.
    pub fn new(at: Timestamp) -> Self {
        Self(Arc::new(ManualClock::new(at)))
    }

    /// The same clock, as the shops read it.
    pub fn for_shops(&self) -> Arc<ManualClock> {
        Arc::clone(&self.0)
    }

    /// Moves it forward. The runtime notices on its next tick.
    pub fn advance(&self, by: SignedDuration) {
        self.0.advance(by);
    }

    /// The present moment.
    pub fn read(&self) -> Timestamp {
        errand_shop::Clock::now(&*self.0)
    }
}

impl errand_types::Clock for HouseClock {
    fn now(&self) -> Timestamp {
        self.read()
    }
}
