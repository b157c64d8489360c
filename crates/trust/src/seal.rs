use std::fmt;

use ring::{aead, hmac};

/// Length of the nonce in front of a sealed text.
const NONCE: usize = 16;

/// Seals secrets that must lie on a disk for a while, such as the body of a payment that is on its way.
pub struct SealKey(hmac::Key);

/// A sealed text cannot be opened: another key, another purpose, or it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed text cannot be opened")]
pub struct SealError;

impl SealKey {
    /// A key of 32 bytes from a source of randomness.
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Seals a text for a purpose, which is not secret and must be named again to open it. The nonce is random.
    pub fn seal(
        &self,
        plain: &[u8],
        purpose: &[u8],
        nonce: [u8; NONCE],
    ) -> Result<Vec<u8>, SealError> {
        let mut body = plain.to_vec();
        self.once(&nonce)?
            .seal_in_place_append_tag(zero_nonce(), aead::Aad::from(purpose), &mut body)
            .map_err(|_| SealError)?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what [`SealKey::seal`] made for the same purpose.
    pub fn open(&self, sealed: &[u8], purpose: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed.split_at_checked(NONCE).ok_or(SealError)?;
        let mut body = body.to_vec();
        let plain = self
            .once(nonce)?
            .open_in_place(zero_nonce(), aead::Aad::from(purpose), &mut body)
            .map_err(|_| SealError)?;
        Ok(plain.to_vec())
    }

    /// A key for one text only, drawn from the nonce: 128 random bits do not meet twice, 96 might in a long life.
    fn once(&self, nonce: &[u8]) -> Result<aead::LessSafeKey, SealError> {
        let mut input = b"errand/seal/v1".to_vec();
        input.extend_from_slice(nonce);
        let drawn = hmac::sign(&self.0, &input);
        let key = aead::UnboundKey::new(&aead::CHACHA20_POLY1305, drawn.as_ref())
            .map_err(|_| SealError)?;
        Ok(aead::LessSafeKey::new(key))
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(<redacted>)")
    }
}

/// The key is used once, so its nonce may be the same each time.
fn zero_nonce() -> aead::Nonce {
    aead::Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_sealed_comes_back_only_whole_and_only_for_its_purpose(
            plain in prop::collection::vec(any::<u8>(), 0..200),
            nonce in any::<[u8; 16]>(),
            at in any::<prop::sample::Index>(),
            bit in 0..8_u8,
        ) {
            let key = SealKey::from_bytes(&[5; 32]);
            let sealed = key.seal(&plain, b"payment", nonce).unwrap();
            prop_assert_eq!(key.open(&sealed, b"payment"), Ok(plain));
            prop_assert_eq!(key.open(&sealed, b"profile"), Err(SealError));
            prop_assert_eq!(SealKey::from_bytes(&[6; 32]).open(&sealed, b"payment"), Err(SealError));
            let mut changed = sealed.clone();
            let index = at.index(changed.len());
            changed[index] ^= 1 << bit;
            prop_assert_eq!(key.open(&changed, b"payment"), Err(SealError));
            prop_assert_eq!(key.open(&sealed[..at.index(sealed.len())], b"payment"), Err(SealError));
        }
    }

    #[test]
    fn a_sealed_text_does_not_contain_the_plain_one() {
        let key = SealKey::from_bytes(&[5; 32]);
        let sealed = key
            .seal(b"tok_success_canary", b"payment", [1; 16])
            .unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"canary"));
        assert_eq!(format!("{key:?}"), "SealKey(<redacted>)");
    }
}
