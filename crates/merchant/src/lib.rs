//! Shops as errand sees them: the port [`Merchant`], and [`UcpMerchant`], which speaks UCP over REST in the versions
//! 2026-01-11, 2026-01-23, 2026-04-08 and 2026-08-25.
//!
//! Whatever changes something at a shop takes a permit of the gate, and paying takes an approval beside it; both are
//! spent. Intents are written down before they are sent. Sums are checked, never made. A slow or dead shop holds up
//! nobody else. A shop that only has a product feed is [`FeedMerchant`]: found like the others, bought from on its page.
//!
//! This crate must not know the model, the session, or what a person said. It does not check signatures of shops and
//! links no accounts.
//!
//! ```
//! use errand_merchant::{MerchantError, Op, Retry};
//!
//! let lost = MerchantError::OutcomeUnknown { merchant: "pantry-lane".into(), op: Op::Complete };
//! assert_eq!(lost.code(), "SHOP-0003");
//! assert!(lost.may_have_happened());
//! assert_eq!(lost.retry(), Retry::Never);
//! ```
//!
//! Start reading at [`Merchant`], then [`MerchantRegistry`].

#[cfg(test)]
extern crate self as errand_merchant;

mod address;
mod after;
mod backoff;
mod breaker;
mod caller;
mod catalog;
mod checkout;
mod dialect;
mod discover;
mod error;
mod feed;
mod handoff;
mod json;
mod limits;
mod many;
pub mod metrics;
mod op;
mod pay;
mod port;
mod profile;
mod read;
mod registry;
mod shop;
#[cfg(test)]
mod tests;
mod ucp;
mod wire;
mod wirelog;
mod write;

pub use backoff::Jitter;
pub use breaker::Breaker;
pub use dialect::Dialect;
pub use error::{ApprovedPart, MerchantError, Retry, Unreached};
pub use feed::{FeedMerchant, FeedState};
pub use limits::ClientLimits;
pub use many::search_all;
pub use op::Op;
pub use port::{
    BoxFuture, Found, IntentLog, IntentNotWritten, Merchant, OrderSnapshot, StoredRequest,
};
pub use profile::MerchantInfo;
pub use registry::{MerchantEntry, MerchantRegistry};
pub use shop::{ClientConfig, Connector, Doors, UcpMerchant};
pub use wirelog::WireLog;
