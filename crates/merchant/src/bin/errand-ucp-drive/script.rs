//! The script: search with pages, one product with choices, a checkout, a payment with an offered instrument, and the
//! way to the shop's page where it asks for one.

use errand_gate::{CompleteCheckout, OpenCheckout, SearchShops};
use errand_merchant::{Merchant, MerchantError, Op, UcpMerchant};
use errand_types::{
    CheckoutStatus, Currency, ForeignId, HandoffReason, Instrument, OfferRef, PurchaseId, Text,
};

use super::kit;

/// What the script plays.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    /// What is bought when the search finds nothing.
    pub(crate) item: String,
    /// Type of the instrument.
    pub(crate) kind: String,
    /// Its test token.
    pub(crate) token: String,
}

impl Default for Task {
    fn default() -> Self {
        Self {
            item: "p1".to_owned(),
            kind: "card".to_owned(),
            token: "escalate_token".to_owned(),
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// There is an order.
    Ordered(ForeignId),
    /// The shop's page was reached.
    HandedOver,
    /// In this state.
    Stopped(CheckoutStatus),
}

/// Plays the script.
pub(crate) async fn play(shop: &UcpMerchant, task: &Task) -> Result<Ended, MerchantError> {
    let odd = |what| MerchantError::Unreadable {
        merchant: "script".to_owned(),
        op: Op::Discover,
        what,
    };
    let info = shop.learn().await?;
    let wanted = SearchShops {
        merchants: vec![shop.id().clone()],
        query: Text::clip("teapot"),
        price_max: None,
        limit: 10,
    };
    let wanted = kit::permit(wanted).ok_or(odd("no permit"))?;
    let found = shop.search(&wanted).await?;
    let first = found.products.first();
    let product = first.map_or_else(
        || ForeignId::parse("teapot_ceramic"),
        |product| Ok(product.id.clone()),
    );
    let product = product.map_err(|_| odd("no id"))?;
    let variant = first
        .and_then(|product| product.variants.first())
        .map(|variant| variant.id.clone());
    let variant = variant
        .map_or_else(|| ForeignId::parse(&task.item), Ok)
        .map_err(|_| odd("no id"))?;
    // Said twice on purpose: it must be sent once.
    let choices = [("Color", "Blue"), ("Size", "10"), ("Color", "Blue")];
    let choices = choices.map(|(name, label)| (name.to_owned(), label.to_owned()));
    match shop.product(&product, &choices).await {
        // Some shops show products without anything to buy; the request was made all the same.
        Ok(_) | Err(MerchantError::Unreadable { .. } | MerchantError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    let purchase = PurchaseId::from_tail("script").map_err(|_| odd("no id"))?;
    let offer = OfferRef {
        merchant: shop.id().clone(),
        product,
        variant,
    };
    let open = OpenCheckout {
        purchase: purchase.clone(),
        merchant: shop.id().clone(),
        lines: vec![(offer, 1)],
        choices: Vec::new(),
        currency: Currency::USD,
    };
    let checkout = shop
        .open(kit::permit(open).ok_or(odd("no permit"))?)
        .await?;
    let offered = checkout.payment.first().ok_or(odd("no way to pay"))?;
    let instrument = Instrument {
        handler: offered.handler.clone(),
        kind: Text::clip(&task.kind),
        brand: Text::clip("visa"),
        last_digits: Text::clip("4242"),
        token: Text::clip(&task.token),
    };
    let (digest, approved) =
        kit::approval(&checkout, &info.legal_name, "visa 4242").ok_or(odd("no approval"))?;
    let act = CompleteCheckout {
        purchase,
        merchant: shop.id().clone(),
        checkout: checkout.id.clone(),
        total: checkout.totals.total,
        digest: *digest.as_bytes(),
        handler: offered.handler.clone(),
        handler_id: offered.handler_id.clone(),
    };
    let paid = shop
        .complete(
            kit::permit(act).ok_or(odd("no permit"))?,
            approved,
            instrument,
        )
        .await?;
    if paid.status == CheckoutStatus::NeedsBuyer {
        shop.handoff(&paid, HandoffReason::BuyerReview).await?;
        return Ok(Ended::HandedOver);
    }
    Ok(paid
        .order
        .map_or(Ended::Stopped(paid.status), Ended::Ordered))
}
