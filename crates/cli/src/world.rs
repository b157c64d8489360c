use std::sync::atomic::{AtomicU64, Ordering};

use errand_types::{Clock, Ids};
use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's source of chance.
#[derive(Debug)]
pub struct SystemIds(SystemRandom);

impl Default for SystemIds {
    fn default() -> Self {
        Self(SystemRandom::new())
    }
}

impl Ids for SystemIds {
    fn tail(&self) -> String {
        const DIGITS: [char; 32] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f', 'g',
            'h', 'j', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'v', 'w', 'x', 'y', 'z',
        ];
        let bytes: Vec<u8> = [self.nonce(), self.nonce()].concat();
        bytes
            .iter()
            .take(26)
            .filter_map(|b| DIGITS.get(usize::from(b % 32)))
            .collect()
    }

    fn nonce(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        if self.0.fill(&mut bytes).is_err() {
            // Without chance no id is unguessable and no word is secret: nothing may go on.
            std::process::abort();
        }
        bytes
    }
}

/// Ids in a fixed order, for tests that must repeat. Never outside of them: they can be guessed.
#[derive(Debug)]
pub struct FixedIds {
    seed: u64,
    next: AtomicU64,
}

impl FixedIds {
    /// Ids that follow from a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            next: AtomicU64::new(1),
        }
    }

    fn draw(&self) -> [u8; 32] {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let mut input = [0; 16];
        for (to, from) in input
            .iter_mut()
            .zip(self.seed.to_be_bytes().into_iter().chain(n.to_be_bytes()))
        {
            *to = from;
        }
        errand_trust::sha256(&input)
    }
}

impl Ids for FixedIds {
    fn tail(&self) -> String {
        let drawn = self
            .draw()
            .into_iter()
            .take(16)
            .fold(0_u128, |sum, b| (sum << 8) | u128::from(b));
        format!("{drawn:032x}").chars().take(26).collect()
    }

    fn nonce(&self) -> [u8; 16] {
        let mut nonce = [0; 16];
        for (to, from) in nonce.iter_mut().zip(self.draw()) {
            *to = from;
        }
        nonce
    }
}
