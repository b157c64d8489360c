//! Ids that nobody can guess and every test can repeat.

use std::fmt;

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

/// The secret that all ids of a shop are drawn from. Whoever knows it knows every id, so
/// it never shows in logs.
#[derive(Clone)]
pub struct IdSeed([u8; 32]);

impl IdSeed {
    /// A fixed seed, for tests and for demonstrations that must repeat.
    pub fn fixed(number: u64) -> Self {
        let mut seed = [0; 32];
        for (place, byte) in seed.iter_mut().zip(number.to_le_bytes()) {
            *place = byte;
        }
        Self(seed)
    }

    /// A fresh seed from the operating system, or `None` when it has no randomness.
    pub fn random() -> Option<Self> {
        let mut seed = [0; 32];
        SystemRandom::new().fill(&mut seed).ok()?;
        Some(Self(seed))
    }

    /// The id with this prefix and number: 128 bits, lower case base 32.
    pub(crate) fn draw(&self, prefix: &str, number: u64) -> String {
        let mut material = self.0.to_vec();
        material.extend_from_slice(&number.to_le_bytes());
        material.extend_from_slice(prefix.as_bytes());
        let hash = digest(&SHA256, &material);
        let mut bits = 0_u32;
        let mut held = 0_u32;
        let mut text = String::with_capacity(prefix.len() + 27);
        text.push_str(prefix);
        text.push('_');
        for byte in hash.as_ref().iter().take(16) {
            bits = (bits << 8) | u32::from(*byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                text.push(letter(bits >> held));
            }
        }
        text.push(letter(bits << (5 - held)));
        text
    }
}

impl fmt::Debug for IdSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdSeed(<redacted>)")
    }
}

fn letter(bits: u32) -> char {
    let value = u8::try_from(bits & 31).unwrap_or(0);
    char::from(if value < 26 {
        b'a' + value
    } else {
        b'2' + value - 26
    })
}

/// A number that depends only on `text`, for stock, ratings and the like.
pub(crate) fn number_from(text: &str) -> u64 {
    let mut folded = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        folded = (folded ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    folded ^ (folded >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_128_bits_and_depends_on_seed_number_and_prefix() {
        let seed = IdSeed::fixed(1);

        let id = seed.draw("ord", 7);

        assert_eq!(id.len(), "ord_".len() + 26);
        assert_eq!(id, seed.draw("ord", 7));
        assert_ne!(id, seed.draw("ord", 8));
        assert_ne!(id, IdSeed::fixed(2).draw("ord", 7));
    }

    #[test]
    fn a_seed_never_shows_itself() {
        assert_eq!(format!("{:?}", IdSeed::fixed(9)), "IdSeed(<redacted>)");
    }
}
