//! Buying at a shop that only has a feed: the person is sent to its page, and everything else is answered honestly.

use errand_gate::{
    Authorized, BookSlot, CancelCheckout, CancelOrder, CompleteCheckout, HoldSlot, OpenCheckout,
    ReturnOrder, SearchShops, UpdateCheckout,
};
use errand_trust::{Approved, TxDigest};
use errand_types::{
    Checkout, CheckoutMessage, CheckoutStatus, ForeignId, Instrument, Line, MerchantId,
    MessageKind, Money, Product, Severity, Slot, Text, TotalEntry, TotalKind, Totals, TotalsCheck,
};

use super::FeedMerchant;
use crate::error::MerchantError;
use crate::op::Op;
use crate::port::{BoxFuture, Found, Merchant, OrderSnapshot, StoredRequest};
use crate::profile::MerchantInfo;

impl FeedMerchant {
    /// A checkout that was opened nowhere: it only says where the person can buy, and nothing was told to the shop.
    async fn page(&self, act: OpenCheckout) -> Result<Checkout, MerchantError> {
        self.fresh().await?;
        let no_page = || MerchantError::NotReady {
            merchant: self.id.as_str().to_owned(),
            why: "no_page".to_owned(),
        };
        let mut lines = Vec::new();
        let mut page = None;
        let mut total: Option<Money> = None;
        for (offer, quantity) in &act.lines {
            let document = self
                .index
                .get(&self.id, &offer.variant)
                .map_err(|_| self.broken())?;
            let document = document.ok_or_else(|| MerchantError::NotFound {
                merchant: self.id.as_str().to_owned(),
                op: Op::CreateCheckout,
            })?;
            let price = document.price.ok_or_else(no_page)?;
            let sum = price.times(*quantity).map_err(|_| no_page())?;
            total = Some(match total {
                Some(total) => total.plus(sum).map_err(|_| no_page())?,
                None => sum,
            });
            page = page.or(document.url);
            lines.push(Line {
                id: None,
                variant: offer.variant.clone(),
                title: document.title,
                unit_price: Some(price),
                quantity: *quantity,
                total: Some(sum),
            });
        }
        let (page, total) = page.zip(total).ok_or_else(no_page)?;
        Ok(Checkout {
            id: ForeignId::parse(&format!("page-{}", act.purchase.as_str()))
                .map_err(|_| no_page())?,
            merchant: self.id.clone(),
            status: CheckoutStatus::NeedsBuyer,
            currency: total.currency(),
            totals: Totals {
                entries: vec![TotalEntry {
                    kind: TotalKind::Subtotal,
                    label: Text::clip("Goods, as the feed says"),
                    amount: total,
                }],
                total,
                check: TotalsCheck::Uncheckable(Text::clip(
                    "delivery and tax are told on the shop's own page",
                )),
            },
            lines,
            options: Vec::new(),
            selected_option: None,
            destination: None,
            slot: None,
            payment: Vec::new(),
            messages: vec![CheckoutMessage {
                kind: MessageKind::Error,
                code: Text::clip("sells_on_its_page"),
                severity: Severity::BuyerInput,
                path: None,
                text: Text::clip("This shop sells only on its own page. Nothing was ordered."),
                disclosure: false,
            }],
            codes_applied: Vec::new(),
            continue_url: Some(page),
            expires_at: None,
            order: None,
            permalink: None,
            signed: None,
        })
    }

    fn not_here<T: Send>(&self, op: Op) -> BoxFuture<'_, Result<T, MerchantError>> {
        let merchant = self.id.as_str().to_owned();
        Box::pin(async move { Err(MerchantError::Unsupported { merchant, op }) })
    }
}

impl Merchant for FeedMerchant {
    fn id(&self) -> &MerchantId {
        &self.id
    }

    fn info(&self) -> MerchantInfo {
        self.info.clone()
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
        _selected: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Product, MerchantError>> {
        Box::pin(self.do_product(id))
    }

    fn open(
        &self,
        act: Authorized<OpenCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        Box::pin(self.page(act.into_act()))
    }

    fn checkout<'a>(
        &'a self,
        _id: &'a ForeignId,
    ) -> BoxFuture<'a, Result<Checkout, MerchantError>> {
        self.not_here(Op::GetCheckout)
    }

    fn update(
        &self,
        _act: Authorized<UpdateCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        self.not_here(Op::UpdateCheckout)
    }

    fn slots<'a>(
        &'a self,
        _checkout: &'a ForeignId,
    ) -> BoxFuture<'a, Result<Vec<Slot>, MerchantError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn hold(&self, _act: Authorized<HoldSlot>) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        self.not_here(Op::HoldSlot)
    }

    fn complete(
        &self,
        _act: Authorized<CompleteCheckout>,
        _approval: Approved<TxDigest>,
        _instrument: Instrument,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        self.not_here(Op::Complete)
    }

    fn resend_complete<'a>(
        &'a self,
        _stored: &'a StoredRequest,
    ) -> BoxFuture<'a, Result<Checkout, MerchantError>> {
        self.not_here(Op::Complete)
    }

    /// Nothing was opened there, so there is nothing to give up.
    fn cancel(
        &self,
        _act: Authorized<CancelCheckout>,
    ) -> BoxFuture<'_, Result<Checkout, MerchantError>> {
        self.not_here(Op::CancelCheckout)
    }

    fn order<'a>(
        &'a self,
        _id: &'a ForeignId,
    ) -> BoxFuture<'a, Result<OrderSnapshot, MerchantError>> {
        self.not_here(Op::GetOrder)
    }

    fn order_slots<'a>(
        &'a self,
        _order: &'a ForeignId,
    ) -> BoxFuture<'a, Result<Vec<Slot>, MerchantError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn book(
        &self,
        _act: Authorized<BookSlot>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>> {
        self.not_here(Op::BookSlot)
    }

    fn cancel_order(
        &self,
        _act: Authorized<CancelOrder>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>> {
        self.not_here(Op::CancelOrder)
    }

    fn return_order(
        &self,
        _act: Authorized<ReturnOrder>,
    ) -> BoxFuture<'_, Result<OrderSnapshot, MerchantError>> {
        self.not_here(Op::ReturnOrder)
    }
}
