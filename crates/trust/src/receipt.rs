use std::fmt;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::encoding::Canonical;

/// Signs receipts with Ed25519. The key never leaves it.
pub struct Signer(Ed25519KeyPair);

/// The seed was not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signing key cannot be read")]
pub struct SeedError;

/// The signature does not belong to this receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit the receipt")]
pub struct SignatureMismatch;

impl Signer {
    /// A signer of 32 bytes from a source of randomness.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, SeedError> {
        Ed25519KeyPair::from_seed_unchecked(seed)
            .map(Self)
            .map_err(|_| SeedError)
    }

    /// The key that others check receipts with, 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    /// Signs the canonical bytes of a receipt, 64 bytes. The salt is random and kept beside the receipt: without it,
    /// somebody who sees only the signature could guess a short receipt.
    pub fn sign_receipt(&self, canonical: &[u8], salt: &[u8; 16]) -> Vec<u8> {
        self.0.sign(&message(canonical, salt)).as_ref().to_vec()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(<redacted>)")
    }
}

/// Checks a receipt.
pub fn verify_receipt(
    public_key: &[u8],
    canonical: &[u8],
    salt: &[u8; 16],
    signature: &[u8],
) -> Result<(), SignatureMismatch> {
    let key = UnparsedPublicKey::new(&ED25519, public_key);
    key.verify(&message(canonical, salt), signature)
        .map_err(|_| SignatureMismatch)
}

fn message(canonical: &[u8], salt: &[u8; 16]) -> Vec<u8> {
    let mut out = Canonical::new("errand/receipt/v1");
    out.bytes(salt);
    out.bytes(canonical);
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_verifies_and_any_change_of_it_does_not() {
        let signer = Signer::from_seed(&[3; 32]).unwrap();
        let salt = [9; 16];
        let signature = signer.sign_receipt(b"paid 25.90 to Pantry Lane", &salt);
        let key = signer.public_key();
        assert_eq!(
            verify_receipt(key, b"paid 25.90 to Pantry Lane", &salt, &signature),
            Ok(())
        );
        assert_eq!(
            verify_receipt(key, b"paid 25.91 to Pantry Lane", &salt, &signature),
            Err(SignatureMismatch)
        );
        assert_eq!(
            verify_receipt(key, b"paid 25.90 to Pantry Lane", &[8; 16], &signature),
            Err(SignatureMismatch)
        );
        let other = Signer::from_seed(&[4; 32]).unwrap();
        let theirs = other.public_key();
        assert_eq!(
            verify_receipt(theirs, b"paid 25.90 to Pantry Lane", &salt, &signature),
            Err(SignatureMismatch)
        );
        assert_eq!(
            verify_receipt(key, b"paid 25.90 to Pantry Lane", &salt, &signature[..63]),
            Err(SignatureMismatch)
        );
        assert_eq!(verify_receipt(b"", b"", &salt, b""), Err(SignatureMismatch));
    }

    #[test]
    fn a_signer_does_not_tell_its_key() {
        let signer = Signer::from_seed(&[3; 32]).unwrap();
        assert_eq!(format!("{signer:?}"), "Signer(<redacted>)");
    }
}
