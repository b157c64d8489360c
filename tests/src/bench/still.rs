use std::sync::Arc;

use errand_engine::MerchantCard;
use errand_gate::{
    Authorized, BookSlot, CancelCheckout, CancelOrder, CompleteCheckout, HoldSlot, OpenCheckout,
    ReturnOrder, SearchShops, UpdateCheckout,
};
use errand_merchant::{
    BoxFuture, Found, IntentLog, IntentNotWritten, Merchant, MerchantError, MerchantInfo,
    OrderSnapshot, StoredRequest,
};
use errand_protocol::api::MerchantView;
use errand_runtime::house::{BoxFuture as HouseFuture, ErrorKind, HouseError};
use errand_runtime::{Directory, ShopStatus};
use errand_trust::{Approved, TxDigest};
use errand_types::{Checkout, ForeignId, Instrument, MerchantId, Product, PurchaseId, Slot, Text};

/// A shop in this process: what it finds lies ready. Everything else is the business of the shop behind it.
#[derive(Debug)]
pub(crate) struct StillShop {
    behind: Arc<dyn Merchant>,
    found: Vec<Product>,
}

impl StillShop {
    /// A shop that finds these products, whatever is searched for.
    pub(crate) fn new(behind: Arc<dyn Merchant>, found: Vec<Product>) -> Self {
        Self { behind, found }
    }
}

impl Merchant for StillShop {
    fn id(&self) -> &MerchantId {
        self.behind.id()
    }

    fn info(&self) -> MerchantInfo {
        self.behind.info()
    }

    fn search<'a>(
        &'a self,
        _: &'a Authorized<SearchShops>,
    ) -> BoxFuture<'a, Result<Found, MerchantError>> {
        let found = Found {
            products: self.found.clone(),
            total: None,
        };
        Box::pin(async move { Ok(found) })
    }

    fn lookup<'a>(
        &'a self,
        ids: &'a [ForeignId],
    ) -> BoxFuture<'a, Result<Vec<Product>, MerchantError>> {
        self.behind.lookup(ids)
    }

    fn product<'a>(
        &'a self,
        id: &'a ForeignId,
        selected: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Product, MerchantError>> {
        self.behind.product(id, selected)
    }

    fn open(
        &self,
        act: Authorized<OpenCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        self.behind.open(act)
    }

    fn checkout<'a>(&'a self, id: &'a ForeignId) -> BoxFuture<'a, Result<Checkout, MerchantError>> {
        self.behind.checkout(id)
    }

    fn update(
        &self,
        act: Authorized<UpdateCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        self.behind.update(act)
    }

    fn slots<'a>(
        &'a self,
        checkout: &'a ForeignId,
    ) -> BoxFuture<'a, Result<Vec<Slot>, MerchantError>> {
        self.behind.slots(checkout)
    }

    fn hold(&self, act: Authorized<HoldSlot>) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        self.behind.hold(act)
    }

    fn complete(
        &self,
        act: Authorized<CompleteCheckout>,
        approval: Approved<TxDigest>,
        instrument: Instrument,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        self.behind.complete(act, approval, instrument)
    }

    fn resend_complete<'a>(
        &'a self,
        stored: &'a StoredRequest,
    ) -> BoxFuture<'a, Result<Checkout, MerchantError>> {
        self.behind.resend_complete(stored)
    }

    fn cancel(
        &self,
        act: Authorized<CancelCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        self.behind.cancel(act)
    }

    fn order<'a>(
        &'a self,
        id: &'a ForeignId,
    ) -> BoxFuture<'a, Result<OrderSnapshot, MerchantError>> {
        self.behind.order(id)
    }

    fn order_slots<'a>(
        &'a self,
        order: &'a ForeignId,
    ) -> BoxFuture<'a, Result<Vec<Slot>, MerchantError>> {
        self.behind.order_slots(order)
    }

    fn book(
        &self,
        act: Authorized<BookSlot>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>> {
        self.behind.book(act)
    }

    fn cancel_order(
        &self,
        act: Authorized<CancelOrder>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>> {
        self.behind.cancel_order(act)
    }

    fn return_order(
        &self,
        act: Authorized<ReturnOrder>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>> {
        self.behind.return_order(act)
    }
}

/// The one shop of a house that is measured.
#[derive(Debug)]
pub(crate) struct OneShop(pub(crate) Arc<StillShop>);

impl Directory for OneShop {
    fn shop(&self, id: &MerchantId) -> Option<Arc<dyn Merchant>> {
        (self.0.id() == id).then(|| Arc::clone(&self.0) as _)
    }

    fn cards(&self) -> Vec<MerchantCard> {
        let info = self.0.info();
        vec![MerchantCard {
            id: info.id,
            name: Text::clip(&info.name),
            legal_name: Text::clip(&info.legal_name),
            origin: Text::clip(&info.origin),
            wants: info.wants,
            slots: false,
            care: info.care,
            forbids_agents: false,
            bad_signature: false,
        }]
    }

    fn views(&self) -> Vec<MerchantView> {
        Vec::new()
    }

    fn add<'a>(&'a self, _: &'a str) -> HouseFuture<'a, Result<MerchantView, HouseError>> {
        Box::pin(async { Err(fixed()) })
    }

    fn remove<'a>(&'a self, _: &'a MerchantId) -> HouseFuture<'a, Result<(), HouseError>> {
        Box::pin(async { Err(fixed()) })
    }

    fn probe(&self) -> HouseFuture<'_, Vec<ShopStatus>> {
        Box::pin(async { Vec::new() })
    }
}

fn fixed() -> HouseError {
    HouseError {
        kind: ErrorKind::Refused,
        code: "RUN-0006",
        message: "the shop of a measurement stays as it is".to_owned(),
        hint: None,
    }
}

/// Nothing is bought in a measurement, so nothing is written down before it is sent.
#[derive(Debug)]
pub(crate) struct NoIntents;

impl IntentLog for NoIntents {
    fn note<'a>(
        &'a self,
        _: &'a PurchaseId,
        _: &'a str,
        _: &'a StoredRequest,
    ) -> BoxFuture<'a, Result<(), IntentNotWritten>> {
        Box::pin(async { Err(IntentNotWritten("nothing is bought here".to_owned())) })
    }
}
