use errand_gate::{
    Authorized, BookSlot, CancelCheckout, CancelOrder, CompleteCheckout, HoldSlot, OpenCheckout,
    ReturnOrder, SearchShops, UpdateCheckout,
};
use errand_trust::{Approved, TxDigest};
use errand_types::{Checkout, DeliveryOffer, ForeignId, Instrument, MerchantId, Product, Slot};

use crate::error::MerchantError;
use crate::port::{BoxFuture, Found, Merchant, OrderSnapshot, StoredRequest};
use crate::profile::MerchantInfo;
use crate::shop::UcpMerchant;

impl Merchant for UcpMerchant {
    fn id(&self) -> &MerchantId {
        &self.id
    }

    fn info(&self) -> MerchantInfo {
        self.known().info.clone()
    }

    fn search<'a>(
        &'a self,
        act: &'a Authorized<SearchShops>,
    ) -> BoxFuture<'a, Result<Found, MerchantError>> {
        Box::pin(self.do_search(act.act()))
    }

    fn lookup<'a>(
        &'a self,
        ids: &'a [ForeignId],
    ) -> BoxFuture<'a, Result<Vec<Product>, MerchantError>> {
        Box::pin(self.do_lookup(ids))
    }

    fn product<'a>(
        &'a self,
        id: &'a ForeignId,
        selected: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Product, MerchantError>> {
        Box::pin(self.do_product(id, selected))
    }

    fn open(
        &self,
        act: Authorized<OpenCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        Box::pin(self.do_open(act.into_act()))
    }

    fn checkout<'a>(&'a self, id: &'a ForeignId) -> BoxFuture<'a, Result<Checkout, MerchantError>> {
        Box::pin(async move { Ok(self.fetch(id).await?.checkout.clone()) })
    }

    fn update(
        &self,
        act: Authorized<UpdateCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        Box::pin(self.do_update(act.into_act()))
    }

    fn slots<'a>(
        &'a self,
        checkout: &'a ForeignId,
    ) -> BoxFuture<'a, Result<Vec<Slot>, MerchantError>> {
        Box::pin(self.do_slots(checkout))
    }

    fn windows(&self) -> BoxFuture<'_, Result<Option<DeliveryOffer>, MerchantError>> {
        Box::pin(self.do_windows())
    }

    fn hold(&self, act: Authorized<HoldSlot>) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        Box::pin(self.do_hold(act.into_act()))
    }

    fn complete(
        &self,
        act: Authorized<CompleteCheckout>,
        approval: Approved<TxDigest>,
        instrument: Instrument,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        Box::pin(async move {
            self.do_complete(act.into_act(), &approval, &instrument)
                .await
        })
    }

    fn resend_complete<'a>(
        &'a self,
        stored: &'a StoredRequest,
    ) -> BoxFuture<'a, Result<Checkout, MerchantError>> {
        Box::pin(self.do_resend(stored))
    }

    fn cancel(
        &self,
        act: Authorized<CancelCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        Box::pin(self.do_cancel(act.into_act()))
    }

    fn order<'a>(
        &'a self,
        id: &'a ForeignId,
    ) -> BoxFuture<'a, Result<OrderSnapshot, MerchantError>> {
        Box::pin(self.do_order(id))
    }

    fn order_slots<'a>(
        &'a self,
        order: &'a ForeignId,
    ) -> BoxFuture<'a, Result<Vec<Slot>, MerchantError>> {
        Box::pin(self.do_order_slots(order))
    }

    fn book(
        &self,
        act: Authorized<BookSlot>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>> {
        Box::pin(self.do_book(act.into_act()))
    }

    fn cancel_order(
        &self,
        act: Authorized<CancelOrder>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>> {
        Box::pin(self.do_cancel_order(act.into_act()))
    }

    fn return_order(
        &self,
        act: Authorized<ReturnOrder>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>> {
        Box::pin(self.do_return(act.into_act()))
    }
}
