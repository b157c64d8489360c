use std::future::Future;
use std::pin::Pin;

use errand_gate::{
    Authorized, BookSlot, CancelCheckout, CancelOrder, CompleteCheckout, HoldSlot, OpenCheckout,
    ReturnOrder, SearchShops, UpdateCheckout,
};
use errand_trust::{Approved, TxDigest};
use errand_types::{
    Checkout, DeliveryOffer, ForeignId, Instrument, MerchantId, Order, Product, Slot,
};

use crate::error::MerchantError;
use crate::profile::MerchantInfo;

/// A future that can be stored.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What one shop found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The products, best first as the shop thinks.
    pub products: Vec<Product>,
    /// How many the shop says there are, when it does.
    pub total: Option<u64>,
}

/// One shop, whatever protocol it speaks.
///
/// Reads take plain values. Whatever changes something at the shop, or tells it something, takes a permit by value.
/// Every method is bounded in time by the shop's own deadlines and may be dropped at any await: a mutation whose answer
/// was not seen is *unknown*, never *failed*.
pub trait Merchant: Send + Sync + std::fmt::Debug {
    /// Our name for it.
    fn id(&self) -> &MerchantId;

    /// What it is and can do, as last learned.
    fn info(&self) -> MerchantInfo;

    /// Finds products, following pages up to the limit of the act.
    fn search<'a>(
        &'a self,
        act: &'a Authorized<SearchShops>,
    ) -> BoxFuture<'a, Result<Found, MerchantError>>;

    /// Reads products by id; unknown ids are left out.
    fn lookup<'a>(
        &'a self,
        ids: &'a [ForeignId],
    ) -> BoxFuture<'a, Result<Vec<Product>, MerchantError>>;

    /// Reads a product with chosen options `(name, label)`.
    fn product<'a>(
        &'a self,
        id: &'a ForeignId,
        selected: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Product, MerchantError>>;

    /// Opens a checkout.
    fn open(&self, act: Authorized<OpenCheckout>)
    -> BoxFuture<'_, Result<Checkout, MerchantError>>;

    /// Reads a checkout.
    fn checkout<'a>(&'a self, id: &'a ForeignId) -> BoxFuture<'a, Result<Checkout, MerchantError>>;

    /// Brings a checkout to the desired state.
    fn update(
        &self,
        act: Authorized<UpdateCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>>;

    /// Lists delivery windows of a checkout; empty when the shop has no bookable windows.
    fn slots<'a>(
        &'a self,
        checkout: &'a ForeignId,
    ) -> BoxFuture<'a, Result<Vec<Slot>, MerchantError>>;

    /// The delivery windows and terms that the shop offers at the moment, without naming anybody. `None`: the shop does not
    /// say before a checkout.
    fn windows(&self) -> BoxFuture<'_, Result<Option<DeliveryOffer>, MerchantError>> {
        Box::pin(async { Ok(None) })
    }

    /// Holds a delivery window.
    fn hold(&self, act: Authorized<HoldSlot>) -> BoxFuture<'_, Result<Checkout, MerchantError>>;

    /// Pays. Permit and approval are both spent; the approval's digest must be the act's.
    ///
    /// # Errors
    /// [`MerchantError::OutcomeUnknown`] when no answer was seen: ask with [`Merchant::checkout`] and, only if that
    /// leaves it open, repeat with [`Merchant::resend_complete`]. Never with a new permit.
    fn complete(
        &self,
        act: Authorized<CompleteCheckout>,
        approval: Approved<TxDigest>,
        instrument: Instrument,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>>;

    /// Repeats a completion whose answer was lost: the stored bytes under the stored idempotency key.
    fn resend_complete<'a>(
        &'a self,
        stored: &'a StoredRequest,
    ) -> BoxFuture<'a, Result<Checkout, MerchantError>>;

    /// Gives up a checkout.
    fn cancel(
        &self,
        act: Authorized<CancelCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>>;

    /// Reads an order. `purchase` and the rest of what only we know is filled in by the caller.
    fn order<'a>(
        &'a self,
        id: &'a ForeignId,
    ) -> BoxFuture<'a, Result<OrderSnapshot, MerchantError>>;

    /// Lists delivery windows to which an order can be moved.
    fn order_slots<'a>(
        &'a self,
        order: &'a ForeignId,
    ) -> BoxFuture<'a, Result<Vec<Slot>, MerchantError>>;

    /// Books or moves the delivery window of an order.
    fn book(
        &self,
        act: Authorized<BookSlot>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>>;

    /// Cancels an order.
    fn cancel_order(
        &self,
        act: Authorized<CancelOrder>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>>;

    /// Sends goods back.
    fn return_order(
        &self,
        act: Authorized<ReturnOrder>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>>;
}

/// A request as it was sent, kept so that a retry is the same bytes under the same key.
///
/// The body holds a payment token: it is sealed at rest by whoever stores it and never shown.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StoredRequest {
    /// Idempotency key.
    pub key: String,
    /// HTTP method.
    pub method: String,
    /// Absolute address.
    pub url: String,
    /// Body, byte for byte.
    pub body: String,
    /// When it was first sent; after 24 h it may only be read back, never repeated.
    pub sent_at: jiff::Timestamp,
}

impl std::fmt::Debug for StoredRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "StoredRequest({} {} <redacted {} bytes>)",
            self.method,
            self.url,
            self.body.len()
        )
    }
}

/// The full state of an order as its shop tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSnapshot(pub Order);

/// Where requests that change something are written down and flushed *before* they are sent.
///
/// `note` is called with the exact bytes; only after it returned `Ok` does the request leave. An error stops the request.
pub trait IntentLog: Send + Sync + std::fmt::Debug {
    /// Writes the intent for a purchase. `op` is the operation: `open`, `update`, `hold`, `complete`, `book`, ...
    fn note<'a>(
        &'a self,
        purchase: &'a errand_types::PurchaseId,
        op: &'a str,
        request: &'a StoredRequest,
    ) -> BoxFuture<'a, Result<(), IntentNotWritten>>;
}

/// The intent could not be made durable, so nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the intent could not be written down, so nothing was sent: {0}")]
pub struct IntentNotWritten(pub String);
