use errand_types::{ApprovalId, SessionId};
use jiff::{SignedDuration, Timestamp};

use crate::approval::TTL_MAX;

/// How the words were told and given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Spoken by errand and spoken back: shows that a person agreed, not who.
    Spoken,
    /// Shown on the screen of an enrolled device and typed or spoken back.
    Screen,
}

impl Proof {
    /// Its level on the ladder of authentication.
    pub fn level(self) -> u8 {
        match self {
            Self::Spoken => 30,
            Self::Screen => 35,
        }
    }
}

/// A person agreed to exactly the thing with this digest.
///
/// Only [`ApprovalBook`](crate::ApprovalBook) makes one, from the right words. It is used once, by value.
///
/// It cannot be made by hand:
/// ```compile_fail
/// # use errand_trust::{Approved, TxDigest};
/// let digest = TxDigest::from_bytes([0; 32]);
/// let forged = Approved { digest, level: 60 };
/// ```
/// nor by its maker, which is private to this crate:
/// ```compile_fail,E0624
/// # use errand_trust::{Approved, Proof, TxDigest};
/// # fn f(id: errand_types::ApprovalId, session: errand_types::SessionId, now: jiff::Timestamp) {
/// let forged = Approved::new(id, TxDigest::from_bytes([0; 32]), Proof::Screen, session, now);
/// # }
/// ```
/// it cannot be cloned:
/// ```compile_fail,E0277
/// # use errand_trust::{Approved, TxDigest};
/// fn needs_clone<T: Clone>() {}
/// needs_clone::<Approved<TxDigest>>();
/// ```
/// nor used twice:
/// ```compile_fail,E0382
/// # use errand_trust::{Approved, TxDigest};
/// fn pay(approved: Approved<TxDigest>) {}
/// fn pay_twice(approved: Approved<TxDigest>) {
///     pay(approved);
///     pay(approved);
/// }
/// ```
/// nor made by default, stored, or read back from a store:
/// ```compile_fail,E0277
/// # use errand_trust::{Approved, TxDigest};
/// fn needs_default<T: Default>() {}
/// needs_default::<Approved<TxDigest>>();
/// ```
/// ```compile_fail,E0277
/// # use errand_trust::{Approved, TxDigest};
/// fn needs_serialize<T: serde::Serialize>() {}
/// needs_serialize::<Approved<TxDigest>>();
/// ```
/// ```compile_fail,E0277
/// # use errand_trust::{Approved, TxDigest};
/// fn needs_deserialize<T: serde::de::DeserializeOwned>() {}
/// needs_deserialize::<Approved<TxDigest>>();
/// ```
#[must_use]
#[derive(Debug)]
pub struct Approved<D> {
    approval: ApprovalId,
    digest: D,
    proof: Proof,
    session: SessionId,
    given_at: Timestamp,
}

impl<D> Approved<D> {
    pub(crate) fn new(
        approval: ApprovalId,
        digest: D,
        proof: Proof,
        session: SessionId,
        given_at: Timestamp,
    ) -> Self {
        Self {
            approval,
            digest,
            proof,
            session,
            given_at,
        }
    }

    /// The question that was answered.
    pub fn approval(&self) -> &ApprovalId {
        &self.approval
    }

    /// Digest of what was agreed to.
    pub fn digest(&self) -> &D {
        &self.digest
    }

    /// How sure it is that the right person agreed: 30 or 35.
    pub fn level(&self) -> u8 {
        self.proof.level()
    }

    /// The conversation in which it was given.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// When it was given.
    pub fn given_at(&self) -> Timestamp {
        self.given_at
    }

    /// When it ends: [`TTL_MAX`] after it was given.
    pub fn expires(&self) -> Timestamp {
        self.given_at.checked_add(TTL_MAX).unwrap_or(self.given_at)
    }

    /// Whole seconds since it was given; beyond every limit when the clock went backwards.
    pub fn age_s(&self, now: Timestamp) -> u32 {
        let age = now.duration_since(self.given_at);
        if age < SignedDuration::ZERO {
            u32::MAX
        } else {
            u32::try_from(age.as_secs()).unwrap_or(u32::MAX)
        }
    }
}
