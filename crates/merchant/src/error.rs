use std::time::Duration;

use errand_types::{ForeignId, MerchantId, Money};

use crate::op::Op;

/// Why something at a shop did not work, or cannot be told.
///
/// No text of a shop and nothing personal is in any of them: a shop's own code is kept, its prose is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MerchantError {
    /// No connection, so the request never left.
    #[error("`{merchant}` could not be reached while {op}: {cause}")]
    NotSent {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
        /// Why.
        cause: Unreached,
    },
    /// A read had no answer in time, or the answer broke off.
    #[error("`{merchant}` did not answer in time while {op}")]
    NoAnswer {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
    },
    /// Something that changes the shop was sent and no answer was seen: it may have been done.
    #[error("no answer of `{merchant}` was seen after {op}: it may have been done")]
    OutcomeUnknown {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
    },
    /// The shop failed several times, so it is left alone for a while.
    #[error("`{merchant}` failed repeatedly and is left alone for now")]
    Paused {
        /// The shop.
        merchant: String,
        /// For how long.
        retry_in: Duration,
    },
    /// The shop said that it is too busy.
    #[error("`{merchant}` is too busy for {op}")]
    Busy {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
        /// When the shop wants to be asked again.
        retry_in: Option<Duration>,
    },
    /// Too many of our own requests to this shop are under way.
    #[error("too many requests to `{merchant}` are under way")]
    Crowded {
        /// The shop.
        merchant: String,
    },
    /// The shop failed inside.
    #[error("`{merchant}` failed with status {status} while {op}")]
    ShopFailed {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
        /// HTTP status.
        status: u16,
    },
    /// The answer cannot be read.
    #[error("the answer of `{merchant}` to {op} cannot be read: {what}")]
    Unreadable {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The answer is larger than what is read.
    #[error("the answer of `{merchant}` to {op} is larger than {limit} bytes")]
    TooLarge {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
        /// Bytes that are read at most.
        limit: usize,
    },
    /// The shop pointed elsewhere; that is never followed.
    #[error("`{merchant}` answered {op} with a redirect ({status}), which is not followed")]
    Redirected {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
        /// HTTP status.
        status: u16,
    },
    /// The address may not be contacted.
    #[error("the address `{host}` is not contacted: {why}")]
    AddressForbidden {
        /// Host.
        host: String,
        /// Why.
        why: &'static str,
    },
    /// There is no shop that we can talk to at this address.
    #[error("`{origin}` is no shop that errand can talk to: {why}")]
    NotAShop {
        /// Address.
        origin: String,
        /// Why.
        why: &'static str,
    },
    /// It speaks only versions of the protocol that we do not.
    #[error("`{merchant}` speaks version `{version}`, which errand does not")]
    VersionUnsupported {
        /// The shop.
        merchant: String,
        /// Its version.
        version: String,
    },
    /// The shop does not offer this.
    #[error("`{merchant}` does not offer {op}")]
    Unsupported {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
    },
    /// The shop said no before doing anything.
    #[error("`{merchant}` refused {op} with status {status} and code `{code}`")]
    Refused {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
        /// HTTP status; 200 when the refusal came as a business outcome.
        status: u16,
        /// The shop's code, at most 80 plain characters.
        code: String,
    },
    /// The shop does not know it, or no longer.
    #[error("`{merchant}` does not know what {op} was about")]
    NotFound {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
    },
    /// The shop conflicts with what we sent: the key was used for other bytes, or the thing moved on.
    #[error("`{merchant}` has a conflict with {op}, code `{code}`")]
    Conflict {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
        /// The shop's code.
        code: String,
    },
    /// The payment was declined.
    #[error("the payment was declined at `{merchant}`")]
    PaymentDeclined {
        /// The shop.
        merchant: String,
    },
    /// The shop offers no way to pay that this instrument is for.
    #[error("`{merchant}` offers no way to pay with this instrument")]
    PaymentUnsupported {
        /// The shop.
        merchant: String,
    },
    /// The sums do not make the total.
    #[error("the sums of `{merchant}` do not make its total")]
    TotalsMismatch {
        /// The shop.
        merchant: String,
        /// Sum of the entries; `None` when they cannot be summed.
        expected: Option<Money>,
        /// What the shop wants.
        found: Money,
    },
    /// What would be paid is not what was approved.
    #[error("what `{merchant}` would be paid is not what was approved: {part} differs")]
    NotAsApproved {
        /// The shop.
        merchant: String,
        /// Which part.
        part: ApprovedPart,
    },
    /// The checkout cannot be paid or changed as it stands.
    #[error("the checkout at `{merchant}` is not ready: `{why}`")]
    NotReady {
        /// The shop.
        merchant: String,
        /// Status word or message code that stands in the way.
        why: String,
    },
    /// The payment is under way: only reading is allowed.
    #[error("the checkout at `{merchant}` is being completed and may only be read")]
    InProgress {
        /// The shop.
        merchant: String,
    },
    /// The shop says completed and names no order.
    #[error("`{merchant}` says checkout `{checkout}` is completed but names no order")]
    NoOrder {
        /// The shop.
        merchant: String,
        /// The checkout.
        checkout: ForeignId,
    },
    /// The stored request is too old to be repeated.
    #[error("a request to `{merchant}` from {hours} hours ago is not repeated")]
    TooOld {
        /// The shop.
        merchant: String,
        /// Age.
        hours: i64,
    },
    /// The stored request does not belong to this shop.
    #[error("a stored request does not belong to `{merchant}`")]
    ForeignRequest {
        /// The shop.
        merchant: String,
    },
    /// The intent could not be made durable, so nothing was sent.
    #[error("the intent to {op} at `{merchant}` could not be written down")]
    IntentNotWritten {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
    },
    /// The shop wants the person's account to be linked, which errand does not do.
    #[error("`{merchant}` wants a linked account for {op}")]
    NeedsIdentity {
        /// The shop.
        merchant: String,
        /// What was being done.
        op: Op,
    },
    /// The shop wants to read our profile and cannot.
    #[error("`{merchant}` cannot read the public profile of this installation")]
    ProfileNotPublic {
        /// The shop.
        merchant: String,
    },
    /// No more shops fit.
    #[error("no more than {limit} shops can be connected")]
    RegistryFull {
        /// How many fit.
        limit: usize,
    },
    /// It is connected already.
    #[error("this shop is connected already as `{merchant}`")]
    AlreadyConnected {
        /// Its name.
        merchant: MerchantId,
    },
    /// Our own HTTP client cannot be set up.
    #[error("the secure connection cannot be set up on this machine")]
    NoClient,
}

/// Why a request never left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// Nobody listens there, or the name is unknown, or the certificate is wrong.
    #[error("no connection")]
    Connect,
    /// The connection was not made in time.
    #[error("connecting took too long")]
    ConnectTimeout,
    /// The name leads to an address that may not be contacted.
    #[error("its address is not a public one")]
    Address,
}

/// Which part of an approved purchase differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApprovedPart {
    /// The approval is for another transaction.
    #[error("the transaction")]
    Digest,
    /// The amount.
    #[error("the amount")]
    Total,
    /// The currency.
    #[error("the currency")]
    Currency,
    /// The chosen delivery is no longer offered.
    #[error("the delivery option")]
    Option,
}

/// When the same thing may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Not by repeating it.
    Never,
    /// Not before this long.
    After(Duration),
    /// At once.
    Now,
}

impl MerchantError {
    /// All codes; each has a page under `docs/errors`.
    pub const CODES: [&'static str; 31] = [
        "SHOP-0001",
        "SHOP-0002",
        "SHOP-0003",
        "SHOP-0004",
        "SHOP-0005",
        "SHOP-0006",
        "SHOP-0007",
        "SHOP-0008",
        "SHOP-0009",
        "SHOP-0010",
        "SHOP-0011",
        "SHOP-0012",
        "SHOP-0013",
        "SHOP-0014",
        "SHOP-0015",
        "SHOP-0016",
        "SHOP-0017",
        "SHOP-0018",
        "SHOP-0019",
        "SHOP-0020",
        "SHOP-0021",
        "SHOP-0022",
        "SHOP-0023",
        "SHOP-0024",
        "SHOP-0025",
        "SHOP-0026",
        "SHOP-0027",
        "SHOP-0028",
        "SHOP-0029",
        "SHOP-0030",
        "SHOP-0031",
    ];

    /// The stable code. Never renumbered, never reused.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSent { .. } => "SHOP-0001",
            Self::NoAnswer { .. } => "SHOP-0002",
            Self::OutcomeUnknown { .. } => "SHOP-0003",
            Self::Paused { .. } => "SHOP-0004",
            Self::Busy { .. } => "SHOP-0005",
            Self::Crowded { .. } => "SHOP-0006",
            Self::ShopFailed { .. } => "SHOP-0007",
            Self::Unreadable { .. } => "SHOP-0008",
            Self::TooLarge { .. } => "SHOP-0009",
            Self::Redirected { .. } => "SHOP-0010",
            Self::AddressForbidden { .. } => "SHOP-0011",
            Self::NotAShop { .. } => "SHOP-0012",
            Self::VersionUnsupported { .. } => "SHOP-0013",
            Self::Unsupported { .. } => "SHOP-0014",
            Self::Refused { .. } => "SHOP-0015",
            Self::NotFound { .. } => "SHOP-0016",
            Self::Conflict { .. } => "SHOP-0017",
            Self::PaymentDeclined { .. } => "SHOP-0018",
            Self::PaymentUnsupported { .. } => "SHOP-0019",
            Self::TotalsMismatch { .. } => "SHOP-0020",
            Self::NotAsApproved { .. } => "SHOP-0021",
            Self::NotReady { .. } => "SHOP-0022",
            Self::InProgress { .. } => "SHOP-0023",
            Self::NoOrder { .. } => "SHOP-0024",
            Self::TooOld { .. } => "SHOP-0025",
            Self::ForeignRequest { .. } => "SHOP-0026",
            Self::IntentNotWritten { .. } => "SHOP-0027",
            Self::NeedsIdentity { .. } => "SHOP-0028",
            Self::ProfileNotPublic { .. } => "SHOP-0029",
            Self::RegistryFull { .. } | Self::AlreadyConnected { .. } => "SHOP-0030",
            Self::NoClient => "SHOP-0031",
        }
    }

    /// What the person can do; one sentence without a full stop.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotSent { .. }
            | Self::NoAnswer { .. }
            | Self::Paused { .. }
            | Self::ShopFailed { .. } => "try again in a minute, or choose another shop",
            Self::Busy { .. } | Self::Crowded { .. } => "try again in a moment",
            Self::OutcomeUnknown { .. } => "errand looks at the shop before it does anything else",
            Self::Unreadable { .. } | Self::TooLarge { .. } | Self::Redirected { .. } => {
                "choose another shop; this one does not keep to the protocol"
            }
            Self::AddressForbidden { .. } => "use the public https address of the shop",
            Self::NotAShop { .. } => "check the address; a shop answers at /.well-known/ucp",
            Self::VersionUnsupported { .. } => "update errand, or choose another shop",
            Self::Unsupported { .. } => "do this on the shop's own page",
            Self::Refused { .. } | Self::Conflict { .. } => {
                "look at the shop's answer and change the request"
            }
            Self::NotFound { .. } => "start again; the shop no longer has it",
            Self::PaymentDeclined { .. } => "use another card, or ask the bank",
            Self::PaymentUnsupported { .. } => {
                "add a way to pay that the shop takes, or finish on its own page"
            }
            Self::TotalsMismatch { .. } => {
                "finish on the shop's own page, where the sums can be seen"
            }
            Self::NotAsApproved { .. } => "look at the new sums and approve again",
            Self::NotReady { .. } => "give what is missing, or finish on the shop's own page",
            Self::InProgress { .. } => "wait; errand looks at the shop until it knows",
            Self::NoOrder { .. } => "ask the shop; the payment may have gone through",
            Self::TooOld { .. } | Self::ForeignRequest { .. } => {
                "start the purchase again after a look at the shop"
            }
            Self::IntentNotWritten { .. } => "check the disk of this machine",
            Self::NeedsIdentity { .. } => "finish on the shop's own page, signed in there",
            Self::ProfileNotPublic { .. } => "finish on the shop's own page",
            Self::RegistryFull { .. } => "remove a shop first",
            Self::AlreadyConnected { .. } => "use the shop under that name",
            Self::NoClient => "run `errand doctor`",
        }
    }

    /// When the same thing may be tried again. A payment is never among what may be.
    pub fn retry(&self) -> Retry {
        match self {
            Self::NotSent { .. } | Self::NoAnswer { .. } | Self::ShopFailed { .. } => {
                Retry::After(Duration::from_secs(10))
            }
            Self::Paused { retry_in, .. } => Retry::After(*retry_in),
            Self::Busy { retry_in, .. } => Retry::After(retry_in.unwrap_or(Duration::from_secs(5))),
            Self::Crowded { .. } => Retry::Now,
            Self::OutcomeUnknown { .. }
            | Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::Redirected { .. }
            | Self::AddressForbidden { .. }
            | Self::NotAShop { .. }
            | Self::VersionUnsupported { .. }
            | Self::Unsupported { .. }
            | Self::Refused { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::PaymentDeclined { .. }
            | Self::PaymentUnsupported { .. }
            | Self::TotalsMismatch { .. }
            | Self::NotAsApproved { .. }
            | Self::NotReady { .. }
            | Self::InProgress { .. }
            | Self::NoOrder { .. }
            | Self::TooOld { .. }
            | Self::ForeignRequest { .. }
            | Self::IntentNotWritten { .. }
            | Self::NeedsIdentity { .. }
            | Self::ProfileNotPublic { .. }
            | Self::RegistryFull { .. }
            | Self::AlreadyConnected { .. }
            | Self::NoClient => Retry::Never,
        }
    }

    /// Whether what was asked for may have been done all the same: the shop has to be looked at.
    pub fn may_have_happened(&self) -> bool {
        matches!(
            self,
            Self::OutcomeUnknown { .. } | Self::NoOrder { .. } | Self::InProgress { .. }
        )
    }

    /// The shop's own word for its refusal: `too_late`, `slot_taken`, `out_of_stock`.
    pub fn shop_code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } | Self::Conflict { code, .. } => Some(code),
            _ => None,
        }
    }
}
