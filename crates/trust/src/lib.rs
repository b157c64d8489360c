//! Trust: what a person agreed to, bound so tightly that nothing else can be paid with it.
//!
//! A [`Transaction`] has a digest; the digest gives two words; the right words, given back in time and in the same
//! conversation, give one [`Approved`], which is used once. Beside it stand receipts that can be checked without us, a
//! chain of hashes over what was decided, and a seal for secrets that lie on a disk.
//!
//! This crate must not know the network, a store, a clock or a source of randomness: time and random bytes come in as
//! arguments, and what must last is given out to be written down.
//!
//! ```
//! use errand_trust::{ApprovalBook, Counters, ServerKey};
//!
//! let book = ApprovalBook::new(ServerKey::from_bytes(&[0; 32]), Counters::default());
//! assert_eq!(format!("{:?}", ServerKey::from_bytes(&[0; 32])), "ServerKey(<redacted>)");
//! # drop(book);
//! ```
//!
//! Start reading at [`ApprovalBook`].

mod approval;
mod approved;
mod chain;
mod counters;
mod encoding;
mod receipt;
mod seal;
mod transaction;
mod words;

pub use approval::{ApprovalBook, Counted, Judged, OpenError, SPOKEN_TTL_MAX, TRIES_MAX, TTL_MAX};
pub use approved::{Approved, Proof};
pub use chain::{AuditChain, Broken};
pub use counters::{
    ASK_WINDOW, Counters, FAILURES_LONG, FAILURES_SHORT, LONG_WINDOW, SHORT_WINDOW, SPOKEN_ASKS_MAX,
};
pub use encoding::{base64url, from_base64url, sha256};
pub use receipt::{SeedError, SignatureMismatch, Signer, verify_receipt};
pub use seal::{SealError, SealKey};
pub use transaction::{Transaction, TxDigest, TxLine, destination_digest};
pub use words::{ServerKey, WORDS, Words, is_attempt, word_list};
