//! A whole purchase at servers that this project did not write. Each runs where its variable names one; how to start
//! them is in their own repositories.

use errand_merchant::Merchant;
use errand_types::{CheckoutStatus, OrderState, TotalsCheck};

use crate::world::{World, card, world};

#[expect(clippy::print_stderr, reason = "says why a test did not run")]
/// The address in a variable, or a word on how to get one.
pub(crate) fn named(variable: &str, server: &str) -> Option<String> {
    let found = std::env::var(variable)
        .ok()
        .filter(|url| !url.trim().is_empty());
    if found.is_none() {
        eprintln!(
            "SKIPPED: start {server} and set {variable} to its address, for example http://127.0.0.1:8182"
        );
    }
    found
}

/// Opens, tells the address, chooses the cheapest delivery where there is any, pays, reads the order.
async fn buy(world: &World, variant: &str, token: &str) {
    let checkout = world.open(variant, 2).await.unwrap();
    assert_eq!(checkout.lines[0].quantity, 2);
    let mut checkout = world
        .update(world.change(&checkout, variant, 2))
        .await
        .unwrap();
    if let Some(cheapest) = checkout
        .options
        .iter()
        .min_by_key(|option| option.cost.map_or(i64::MAX, errand_types::Money::minor))
    {
        let mut act = world.change(&checkout, variant, 2);
        act.option = Some(cheapest.key.clone());
        checkout = world.update(act).await.unwrap();
        assert!(checkout.selected_option.is_some());
    }
    assert_eq!(checkout.totals.check, TotalsCheck::Consistent);
    assert_eq!(
        checkout.status,
        CheckoutStatus::Ready,
        "{:?}",
        checkout.messages
    );

    let act = world.payment(&checkout);
    let handler = act.handler.as_str().to_owned();
    let paid = world
        .pay_as(&checkout, act, card(&handler, token))
        .await
        .unwrap();

    assert_eq!(paid.status, CheckoutStatus::Completed);
    assert_eq!(paid.totals.total, checkout.totals.total);
    let order = world
        .shop
        .order(paid.order.as_ref().unwrap())
        .await
        .unwrap()
        .0;
    assert_eq!(order.total, checkout.totals.total);
    assert_eq!(order.lines[0].ordered, 2);
    assert_eq!(order.state, OrderState::Placed);
    let again = world.shop.checkout(&checkout.id).await.unwrap();
    assert_eq!(again.status, CheckoutStatus::Completed);
}

#[tokio::test]
async fn the_flower_shop_of_2026_01_11_sells_roses_to_us() {
    let Some(url) = named(
        "ERRAND_UCP_FLOWER_URL",
        "the Python flower shop of Universal-Commerce-Protocol/samples",
    ) else {
        return;
    };
    let world = world(&url);

    let info = world.shop.learn().await.unwrap();
    assert_eq!(info.dialect.as_deref(), Some("2026-01-11"));
    let checkout = world.open("bouquet_roses", 2).await.unwrap();
    let mut first = world.change(&checkout, "bouquet_roses", 2);
    first.codes = vec![errand_types::Text::clip("10OFF")];
    let discounted = world.update(first).await.unwrap();
    assert_eq!(discounted.totals.check, TotalsCheck::Consistent);
    assert!(
        discounted
            .totals
            .entries
            .iter()
            .any(|entry| entry.amount.minor() < 0)
    );

    buy(&world, "bouquet_roses", "success_token").await;
}

#[tokio::test]
async fn the_fixture_merchant_of_2026_04_08_sells_a_teapot_to_us() {
    let Some(url) = named(
        "ERRAND_UCP_SPCK_URL",
        "fixtures/merchant/server.py of vishkaty/ucp-conformance",
    ) else {
        return;
    };
    let world = world(&url);

    let product = world.product("teapot").await;
    buy(&world, product.variants[0].id.as_str(), "success_token").await;

    let checkout = world
        .open(product.variants[0].id.as_str(), 1)
        .await
        .unwrap();
    let declined = world.pay(&checkout, "fail_token").await.unwrap_err();
    assert_eq!(declined.code(), "SHOP-0018");
}

#[tokio::test]
async fn a_demo_shop_sells_and_delivers_in_a_booked_window() {
    let Some(url) = named("ERRAND_UCP_SHOP_URL", "errand-shop of this repository") else {
        return;
    };
    let world = world(&url);

    let product = world.product("coffee beans").await;
    let variant = product.variants[0].id.as_str().to_owned();
    buy(&world, &variant, "success_token").await;

    let checkout = world.open(&variant, 1).await.unwrap();
    let checkout = world
        .update(world.change(&checkout, &variant, 1))
        .await
        .unwrap();
    let slots = world.shop.slots(&checkout.id).await.unwrap();
    assert!(!slots.is_empty());
    let hold = errand_gate::HoldSlot {
        purchase: crate::world::purchase(),
        revision: 2,
        merchant: world.shop.id().clone(),
        checkout: checkout.id.clone(),
        slot: slots[0].id.clone(),
    };
    let kept = world
        .shop
        .hold(crate::kit::permit(hold).unwrap())
        .await
        .unwrap();
    assert_eq!(kept.slot.as_ref().unwrap().window, slots[0].window);
    assert_eq!(kept.status, CheckoutStatus::Ready, "{:?}", kept.messages);
    let paid = world.pay(&kept, "success_token").await.unwrap();
    let order = world
        .shop
        .order(paid.order.as_ref().unwrap())
        .await
        .unwrap()
        .0;
    assert_eq!(order.expected, Some(slots[0].window));
    let cancel = errand_gate::CancelOrder {
        purchase: crate::world::purchase(),
        merchant: world.shop.id().clone(),
        order: order.number.clone(),
    };
    let cancelled = world
        .shop
        .cancel_order(crate::kit::permit(cancel).unwrap())
        .await
        .unwrap()
        .0;
    assert_eq!(cancelled.state, OrderState::Cancelled);
}
