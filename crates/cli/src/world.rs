use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

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

/// Bytes of chance that are drawn ahead: asking the system for each id alone is a tenth of what a turn costs.
const AHEAD: usize = 1_024;

/// The machine's source of chance.
#[derive(Debug)]
pub struct SystemIds {
    system: SystemRandom,
    ahead: Mutex<Ahead>,
}

/// Chance that nobody has seen so far.
struct Ahead {
    bytes: [u8; AHEAD],
    used: usize,
}

impl fmt::Debug for Ahead {
    /// Without the bytes: ids and nonces will be made of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead")
            .field("used", &self.used)
            .finish_non_exhaustive()
    }
}

impl Default for SystemIds {
    fn default() -> Self {
        Self {
            system: SystemRandom::new(),
            ahead: Mutex::new(Ahead {
                bytes: [0; AHEAD],
                used: AHEAD,
            }),
        }
    }
}

impl SystemIds {
    /// Bytes that are given out once and forgotten here.
    fn draw<const N: usize>(&self) -> [u8; N] {
        const { assert!(N <= AHEAD) };
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        if ahead.used + N > AHEAD {
            if self.system.fill(&mut ahead.bytes).is_err() {
                // Without chance no id is unguessable and no word is secret: nothing may go on.
                std::process::abort();
            }
            ahead.used = 0;
        }
        let used = ahead.used;
        let mut drawn = [0; N];
        for (to, from) in drawn.iter_mut().zip(ahead.bytes.iter_mut().skip(used)) {
            *to = std::mem::take(from);
        }
        ahead.used = used + N;
        drawn
    }
}

impl Ids for SystemIds {
    fn tail(&self) -> String {
        const DIGITS: [char; 32] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f', 'g',
            'h', 'j', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'v', 'w', 'x', 'y', 'z',
        ];
        self.draw::<26>()
            .iter()
            .filter_map(|b| DIGITS.get(usize::from(b % 32)))
            .collect()
    }

    fn nonce(&self) -> [u8; 16] {
        self.draw()
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_id_and_no_nonce_comes_twice_and_none_is_of_bytes_that_were_forgotten() {
        let ids = SystemIds::default();
        let tails: BTreeSet<String> = (0..500).map(|_| ids.tail()).collect();
        let nonces: BTreeSet<[u8; 16]> = (0..500).map(|_| ids.nonce()).collect();

        assert_eq!((tails.len(), nonces.len()), (500, 500));
        assert!(
            tails
                .iter()
                .all(|tail| tail.len() == 26 && !tail.ends_with("000000"))
        );
        assert!(
            nonces
                .iter()
                .all(|nonce| *nonce.last_chunk::<8>().unwrap() != [0; 8])
        );
        assert!(!format!("{ids:?}").contains("bytes"));
    }
}
