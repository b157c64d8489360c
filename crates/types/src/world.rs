use std::fmt::Debug;

use jiff::Timestamp;

/// The door to wall-clock time. Opened in the composition root; tests turn the key.
pub trait Clock: Send + Sync + Debug {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The door to chance: unguessable text for ids, nonces and tokens.
pub trait Ids: Send + Sync + Debug {
    /// A fresh tail for an id: 26 characters `[0-9a-z]`, at least 128 bits of entropy in production.
    fn tail(&self) -> String;

    /// Fresh random bytes for nonces and keys.
    fn nonce(&self) -> [u8; 16];
}
