//! A demo shop with its switches thrown, one after the other; its own books are the judge. Runs where a variable names
//! a shop that was started with `--admin` for this test alone.

use errand_merchant::{ClientLimits, Merchant, MerchantError};
use errand_types::{Checkout, CheckoutStatus, ForeignId, HandoffReason, Text};
use serde_json::{Value, json};

use crate::real::named;
use crate::world::{World, limits, world, world_with};

struct Switches(String);

impl Switches {
    async fn throw(&self, switches: Value) {
        self.tell("faults", switches).await;
    }

    /// Puts goods on the shelf, whatever an earlier run did to it.
    async fn stock(&self, variant: &str) {
        self.tell("items", json!({ "id": variant, "stock": 50 }))
            .await;
    }

    async fn tell(&self, what: &str, switches: Value) {
        let url = format!("{}/_test/{what}", self.0);
        let body = switches.to_string();
        let sent = reqwest::Client::new()
            .post(url)
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await;
        assert!(sent.unwrap().status().is_success());
    }

    async fn clear(&self) {
        let sent = reqwest::Client::new()
            .delete(format!("{}/_test/faults", self.0))
            .send()
            .await;
        assert!(sent.unwrap().status().is_success());
    }

    /// Charges that went through for a checkout.
    async fn charges(&self, checkout: &Checkout) -> usize {
        let books = reqwest::get(format!("{}/_test/books", self.0))
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let books: Value = serde_json::from_str(&books).unwrap();
        let charges = books["charges"].as_array().unwrap().iter();
        charges
            .filter(|c| c["checkout_id"] == checkout.id.as_str() && c["outcome"] == "charged")
            .count()
    }
}

/// A checkout with address and the first offered delivery.
async fn prepared(world: &World, variant: &str, quantity: u32) -> Result<Checkout, MerchantError> {
    let checkout = world.open(variant, quantity).await?;
    let checkout = world
        .update(world.change(&checkout, variant, quantity))
        .await?;
    let mut act = world.change(&checkout, variant, quantity);
    act.option = checkout.options.first().map(|option| option.key.clone());
    world.update(act).await
}

#[tokio::test]
async fn every_fault_of_a_demo_shop_ends_as_it_should() {
    let Some(url) = named(
        "ERRAND_UCP_SHOP_ADMIN_URL",
        "errand-shop of this repository with --admin, for this test alone",
    ) else {
        return;
    };
    let (world, switches) = (world(&url), Switches(url.clone()));
    switches.clear().await;
    let variant = world.product("coffee beans").await.variants[0]
        .id
        .as_str()
        .to_owned();
    switches.stock(&variant).await;
    lost_answer(&world, &switches, &variant).await;
    lies(&world, &switches, &variant).await;
    last_moment(&world, &switches, &variant).await;
    switches.stock(&variant).await;
    disturbed(&world, &switches).await;
    dead(&url, &switches).await;
}

async fn lost_answer(world: &World, switches: &Switches, variant: &str) {
    // The answer to the payment is lost: the look finds the order, and the repetition charges nothing.
    let checkout = prepared(world, variant, 1).await.unwrap();
    switches.throw(json!({ "drop_complete_answer": 1 })).await;
    let lost = world.pay(&checkout, "success_token").await.unwrap_err();
    assert!(
        matches!(lost, MerchantError::OutcomeUnknown { .. }),
        "{lost}"
    );
    let seen = world.shop.checkout(&checkout.id).await.unwrap();
    assert_eq!(seen.status, CheckoutStatus::Completed);
    let stored = world.notes.all().last().unwrap().1.clone();
    let again = world.shop.resend_complete(&stored).await.unwrap();
    assert_eq!(
        (again.order, switches.charges(&checkout).await),
        (seen.order, 1)
    );
}

async fn lies(world: &World, switches: &Switches, variant: &str) {
    // Lies about sums, currency and quantity are never paid.
    for (fault, code) in [
        (json!({ "mismatched_totals": 100 }), "SHOP-0020"),
        (json!({ "quantity_revision": true }), "SHOP-0022"),
        (json!({ "schedule_delivery": true }), "SHOP-0022"),
        (json!({ "reply_2026_01_11_totals": true }), "SHOP-0020"),
    ] {
        switches.throw(fault.clone()).await;
        let opened = world.open(variant, 2).await.unwrap();
        let mut act = world.change(&opened, variant, 2);
        act.codes = vec![Text::clip("WELCOME10")];
        let checkout = world.update(act.clone()).await.unwrap();
        act.option = checkout.options.first().map(|option| option.key.clone());
        let checkout = match world.update(act).await {
            Ok(checkout) => checkout,
            // Some faults already keep the second update from being sent.
            Err(error) => {
                assert!(
                    matches!(error, MerchantError::NotReady { .. }),
                    "{fault}: {error}"
                );
                checkout
            }
        };
        let refused = world.pay(&checkout, "success_token").await.unwrap_err();
        assert_eq!(refused.code(), code, "{fault}: {refused}");
        assert_eq!(switches.charges(&checkout).await, 0);
        if checkout.status == CheckoutStatus::NeedsBuyer {
            world
                .shop
                .handoff(&checkout, HandoffReason::BuyerInput)
                .await
                .unwrap();
        }
        switches.clear().await;
    }
    let checkout = world.open(variant, 1).await.unwrap();
    switches.throw(json!({ "wrong_currency": true })).await;
    let changed = world
        .update(world.change(&checkout, variant, 1))
        .await
        .unwrap();
    assert!(
        changed
            .messages
            .iter()
            .any(|message| message.code.as_str() == "errand.currency_changed")
    );
    assert_eq!(
        world
            .pay(&changed, "success_token")
            .await
            .unwrap_err()
            .code(),
        "SHOP-0022"
    );
    switches.clear().await;
}

async fn last_moment(world: &World, switches: &Switches, variant: &str) {
    // The price rises, or the goods are gone, in the last moment: nothing is charged, and the shop says why.
    for (fault, word) in [
        ("price_change_on_complete", "price_changed"),
        ("out_of_stock_at_complete", "out_of_stock"),
    ] {
        let checkout = prepared(world, variant, 1).await.unwrap();
        switches.throw(json!({ fault: true })).await;
        let told = world.pay(&checkout, "success_token").await.unwrap();
        assert_ne!(told.status, CheckoutStatus::Completed);
        assert!(
            told.messages
                .iter()
                .any(|message| message.code.as_str() == word),
            "{:?}",
            told.messages
        );
        assert_eq!(switches.charges(&checkout).await, 0);
        switches.clear().await;
    }
}

async fn disturbed(world: &World, switches: &Switches) {
    // Wandering group ids and a moment of overload do not disturb a purchase.
    let variant = world.product("olive oil").await.variants[0]
        .id
        .as_str()
        .to_owned();
    switches
        .throw(json!({ "group_ids_unstable": true, "status_503": 1 }))
        .await;
    let checkout = prepared(world, &variant, 1).await.unwrap();
    let paid = world.pay(&checkout, "success_token").await.unwrap();
    assert_eq!(
        (paid.status, switches.charges(&checkout).await),
        (CheckoutStatus::Completed, 1)
    );
    switches.clear().await;
}

async fn dead(url: &str, switches: &Switches) {
    // A dead shop is given up at the deadline.
    let hurried = world_with(
        url,
        ClientLimits {
            read_ms: 600,
            attempts: 1,
            ..limits()
        },
    );
    hurried.shop.learn().await.unwrap();
    switches.throw(json!({ "dead": true })).await;
    let dead = hurried
        .shop
        .checkout(&ForeignId::parse("c").unwrap())
        .await
        .unwrap_err();
    assert!(matches!(dead, MerchantError::NoAnswer { .. }), "{dead}");
    switches.clear().await;
}
