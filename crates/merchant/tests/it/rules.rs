//! What stands between a checkout and money, and what is sent when.

use errand_gate::{CancelCheckout, CancelOrder, HoldSlot, ReturnOrder};
use errand_merchant::{ApprovedPart, Merchant, MerchantError, StoredRequest};
use errand_types::{CheckoutStatus, Currency, ForeignId, Money, OrderState, SlotState, Text};
use serde_json::json;

use crate::fake::{self, Reply, checkout_with, order, shop};
use crate::kit;
use crate::world::{card, purchase, world};

const COMPLETE: &str = "/checkout-sessions/c1/complete";

#[tokio::test]
async fn headers_name_us_and_nobody_else() {
    let shop = shop(|_, _| None).await;
    let world = world(&shop.base);

    let checkout = world.open("tea", 2).await.unwrap();
    world.pay(&checkout, "success_token").await.unwrap();

    let seen = shop.seen();
    let ids: std::collections::BTreeSet<_> = seen
        .iter()
        .map(|seen| seen.header("request-id").unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), seen.len(), "each request has an id of its own");
    for seen in &seen {
        assert_eq!(
            seen.header("ucp-agent"),
            Some("profile=\"https://errand.example/ucp/profile.json\"")
        );
        assert_eq!(seen.header("sec-gpc"), Some("1"));
        assert_eq!(seen.header("accept-language"), Some("en-US"));
        assert_eq!(seen.header("user-agent"), Some("errand/0.1"));
        assert!(seen.header("cookie").is_none() && seen.header("referer").is_none());
        assert_eq!(
            seen.header("idempotency-key").is_some(),
            seen.method == "POST"
        );
    }
}

#[tokio::test]
async fn every_change_is_written_down_with_its_exact_bytes_before_it_leaves() {
    let shop = shop(|_, _| None).await;
    let world = world(&shop.base);

    let checkout = world.open("tea", 2).await.unwrap();
    world
        .update(world.change(&checkout, "tea", 2))
        .await
        .unwrap();
    world.pay(&checkout, "success_token").await.unwrap();

    let notes = world.notes.all();
    let sent: Vec<_> = shop
        .seen()
        .into_iter()
        .filter(|seen| seen.method != "GET")
        .collect();
    assert_eq!(
        notes.iter().map(|(op, _)| op.as_str()).collect::<Vec<_>>(),
        ["open", "update", "complete"]
    );
    for ((_, stored), sent) in notes.iter().zip(&sent) {
        assert_eq!(stored.body.as_bytes(), &sent.bytes[..]);
        assert_eq!(Some(stored.key.as_str()), sent.header("idempotency-key"));
        assert_eq!(stored.url, format!("{}{}", shop.base, sent.path));
        assert_eq!(stored.key.len(), 36);
    }
    let keys: std::collections::BTreeSet<_> = notes.iter().map(|(_, stored)| &stored.key).collect();
    assert_eq!(keys.len(), 3, "a new body has a new key");
}

#[tokio::test]
async fn totals_that_do_not_add_up_are_never_paid() {
    let lie = json!([{ "type": "subtotal", "amount": 1000 }, { "type": "tax", "amount": 100 }, { "type": "total", "amount": 9999 }]);
    let shop = shop(move |seen, _| {
        seen.is("POST", "/checkout-sessions")
            .then(|| Reply::Json(201, checkout_with(&json!({ "totals": lie }))))
    })
    .await;
    let world = world(&shop.base);

    let checkout = world.open("tea", 2).await.unwrap();
    let error = world.pay(&checkout, "success_token").await.unwrap_err();

    assert!(matches!(error, MerchantError::TotalsMismatch { .. }));
    assert!(shop.of("POST", COMPLETE).is_empty());
    let log = world.log.export(None);
    assert!(
        log.as_array()
            .unwrap()
            .iter()
            .any(|entry| entry["totals_mismatch"] == true)
    );
}

#[tokio::test]
async fn what_differs_from_the_approval_is_never_paid() {
    let shop = shop(|_, _| None).await;
    let world = world(&shop.base);
    let checkout = world.open("tea", 2).await.unwrap();
    let pay = |change: fn(&mut errand_gate::CompleteCheckout)| {
        let mut act = world.payment(&checkout);
        change(&mut act);
        let handler = act.handler.as_str().to_owned();
        world.pay_as(&checkout, act, card(&handler, "success_token"))
    };
    let part = |error: MerchantError| match error {
        MerchantError::NotAsApproved { part, .. } => part,
        other => panic!("{other}"),
    };

    assert_eq!(
        part(
            pay(|act| act.total = Money::new(1079, Currency::USD))
                .await
                .unwrap_err()
        ),
        ApprovedPart::Total
    );
    assert_eq!(
        part(
            pay(|act| act.total = Money::new(1080, Currency::EUR))
                .await
                .unwrap_err()
        ),
        ApprovedPart::Currency
    );
    let (_, approved) = kit::approval(&checkout, "Shop Ltd", "visa").unwrap();
    let other = kit::permit(world.payment(&checkout)).unwrap();
    let mixed = world
        .shop
        .complete(other, approved, card("dev.errand.testpay", "success_token"))
        .await;
    assert_eq!(part(mixed.unwrap_err()), ApprovedPart::Digest);
    assert!(shop.of("POST", COMPLETE).is_empty());
}

#[tokio::test]
async fn only_what_the_checkout_offers_is_paid_with() {
    let shop = shop(|_, _| None).await;
    let world = world(&shop.base);
    let checkout = world.open("tea", 2).await.unwrap();
    let mut other_kind = card("dev.errand.testpay", "success_token");
    other_kind.kind = Text::clip("bank_transfer");
    let mut other_brand = card("dev.errand.testpay", "success_token");
    other_brand.brand = Text::clip("amex");
    let other_handler = card("com.google.pay", "success_token");

    for instrument in [other_kind, other_brand, other_handler] {
        let error = world
            .pay_as(&checkout, world.payment(&checkout), instrument)
            .await
            .unwrap_err();
        assert!(matches!(error, MerchantError::PaymentUnsupported { .. }));
    }
    let mut act = world.payment(&checkout);
    act.handler_id = Text::clip("another");
    let error = world
        .pay_as(&checkout, act, card("dev.errand.testpay", "success_token"))
        .await
        .unwrap_err();
    assert!(matches!(error, MerchantError::PaymentUnsupported { .. }));
    assert!(shop.of("POST", COMPLETE).is_empty());
}

#[tokio::test]
async fn a_shop_that_offers_no_payment_is_not_paid_whatever_its_profile_says() {
    let shop = shop(|seen, _| {
        let empty = json!({ "version": "2026-04-08", "payment_handlers": {} });
        seen.is("POST", "/checkout-sessions")
            .then(|| Reply::Json(201, checkout_with(&json!({ "ucp": empty }))))
    })
    .await;
    let world = world(&shop.base);

    let checkout = world.open("tea", 2).await.unwrap();
    let error = world.pay(&checkout, "success_token").await.unwrap_err();

    assert!(checkout.payment.is_empty());
    assert!(matches!(error, MerchantError::PaymentUnsupported { .. }));
}

#[tokio::test]
async fn a_checkout_in_progress_or_ended_is_neither_changed_nor_paid() {
    for status in [
        "complete_in_progress",
        "completed",
        "canceled",
        "expired",
        "requires_escalation",
        "on_the_moon",
    ] {
        let shop = shop(move |seen, _| {
            seen.is("POST", "/checkout-sessions")
                .then(|| Reply::Json(201, checkout_with(&json!({ "status": status }))))
        })
        .await;
        let world = world(&shop.base);
        let checkout = world.open("tea", 2).await.unwrap();

        let changed = world
            .update(world.change(&checkout, "tea", 3))
            .await
            .unwrap_err();
        let paid = world.pay(&checkout, "success_token").await.unwrap_err();

        for error in [changed, paid] {
            let fits = if status == "complete_in_progress" {
                matches!(error, MerchantError::InProgress { .. })
            } else {
                matches!(&error, MerchantError::NotReady { why, .. } if why == status)
            };
            assert!(fits, "{status}: {error}");
        }
        assert!(
            shop.of("PUT", "/checkout-sessions/c1").is_empty()
                && shop.of("POST", COMPLETE).is_empty()
        );
    }
}

#[tokio::test]
async fn completed_without_an_order_is_looked_at_once_and_then_told() {
    let without = || checkout_with(&json!({ "status": "completed" }));
    let silent = shop(move |seen, _| {
        let about = seen.is("POST", COMPLETE) || seen.is("GET", "/checkout-sessions/c1");
        about.then(|| Reply::Json(200, without()))
    })
    .await;
    let late = shop(move |seen, _| {
        if seen.is("POST", COMPLETE) {
            return Some(Reply::Json(200, without()));
        }
        let named = checkout_with(&json!({ "status": "completed", "order": { "id": "o1" } }));
        seen.is("GET", "/checkout-sessions/c1")
            .then_some(Reply::Json(200, named))
    })
    .await;

    let (a, b) = (world(&silent.base), world(&late.base));
    let first = a
        .pay(&a.open("tea", 2).await.unwrap(), "success_token")
        .await
        .unwrap_err();
    let second = b
        .pay(&b.open("tea", 2).await.unwrap(), "success_token")
        .await
        .unwrap();

    assert!(matches!(first, MerchantError::NoOrder { .. }) && first.may_have_happened());
    assert_eq!(silent.of("GET", "/checkout-sessions/c1").len(), 1);
    assert_eq!(second.order.unwrap().as_str(), "o1");
}

#[tokio::test]
async fn a_declined_card_leaves_the_checkout_ready_for_another_one() {
    let shop = shop(|seen, before| {
        let failed = json!([{ "type": "error", "code": "payment_failed", "severity": "recoverable", "content": "Declined." }]);
        (seen.is("POST", COMPLETE) && before == 0).then(|| Reply::Json(200, checkout_with(&json!({ "messages": failed }))))
    })
    .await;
    let world = world(&shop.base);
    let checkout = world.open("tea", 2).await.unwrap();

    let declined = world.pay(&checkout, "fail_token").await.unwrap();
    let paid = world.pay(&declined, "success_token").await.unwrap();

    assert_eq!(
        (declined.status, declined.order),
        (CheckoutStatus::Ready, None)
    );
    assert_eq!(paid.status, CheckoutStatus::Completed);
    let sent = shop.of("POST", COMPLETE);
    assert_ne!(
        sent[0].header("idempotency-key"),
        sent[1].header("idempotency-key")
    );
}

#[tokio::test]
async fn a_shop_that_charges_another_amount_is_shown_and_not_hidden() {
    let shop = shop(|seen, _| {
        let more =
            json!([{ "type": "subtotal", "amount": 1100 }, { "type": "total", "amount": 1100 }]);
        let done = checkout_with(
            &json!({ "status": "completed", "order": { "id": "o1" }, "totals": more }),
        );
        seen.is("POST", COMPLETE).then_some(Reply::Json(200, done))
    })
    .await;
    let world = world(&shop.base);

    let checkout = world.open("tea", 2).await.unwrap();
    let paid = world.pay(&checkout, "success_token").await.unwrap();

    assert_eq!(paid.order.unwrap().as_str(), "o1");
    assert!(
        paid.messages
            .iter()
            .any(|message| message.code.as_str() == "errand.charged_differs")
    );
}

#[tokio::test]
async fn other_goods_or_quantities_than_asked_for_are_never_paid() {
    let cases = [
        json!([{ "id": "li1", "item": { "id": "tea", "title": "Tea", "price": 500 }, "quantity": 1 }]),
        json!([{ "id": "li1", "item": { "id": "gold", "title": "Gold", "price": 500 }, "quantity": 2 }]),
        json!([
            { "id": "li1", "item": { "id": "tea", "title": "Tea", "price": 500 }, "quantity": 2 },
            { "id": "li2", "item": { "id": "gift", "title": "Gift", "price": 0 }, "quantity": 1 },
        ]),
        json!([]),
    ];
    for lines in cases {
        let shop = shop(move |seen, _| {
            seen.is("POST", "/checkout-sessions")
                .then(|| Reply::Json(201, checkout_with(&json!({ "line_items": lines }))))
        })
        .await;
        let world = world(&shop.base);

        let checkout = world.open("tea", 2).await.unwrap();
        let error = world.pay(&checkout, "success_token").await.unwrap_err();

        assert!(
            matches!(&error, MerchantError::NotReady { why, .. } if why == "errand.lines_changed"),
            "{error}"
        );
        assert!(shop.of("POST", COMPLETE).is_empty());
    }
}

#[tokio::test]
async fn a_delivery_that_is_no_longer_offered_is_never_paid() {
    let methods = |ids: &[&str], selected: Option<&str>| {
        let options: Vec<_> = ids
            .iter()
            .map(|id| json!({ "id": id, "title": id, "totals": [{ "type": "total", "amount": 80 }] }))
            .collect();
        json!({ "methods": [{ "id": "m", "type": "shipping", "groups": [{ "id": "g", "selected_option_id": selected, "options": options }] }] })
    };
    let shop = shop(move |seen, _| {
        if seen.is("POST", "/checkout-sessions") {
            let with =
                checkout_with(&json!({ "fulfillment": methods(&["van", "post"], Some("van")) }));
            return Some(Reply::Json(201, with));
        }
        let gone = checkout_with(&json!({ "fulfillment": methods(&["post"], None) }));
        seen.is("PUT", "/checkout-sessions/c1")
            .then_some(Reply::Json(200, gone))
    })
    .await;
    let world = world(&shop.base);

    let checkout = world.open("tea", 2).await.unwrap();
    let mut act = world.change(&checkout, "tea", 2);
    act.option = checkout.selected_option.clone();
    let changed = world.update(act).await.unwrap();
    let error = world.pay(&changed, "success_token").await.unwrap_err();

    assert!(
        changed
            .messages
            .iter()
            .any(|message| message.code.as_str() == "errand.option_gone")
    );
    assert!(matches!(error, MerchantError::NotReady { .. }));
    assert!(shop.of("POST", COMPLETE).is_empty());
}

#[tokio::test]
async fn a_stored_completion_is_repeated_byte_for_byte_under_its_key() {
    let shop = shop(|seen, before| {
        (seen.is("POST", COMPLETE) && before == 0).then_some(Reply::Json(500, json!({})))
    })
    .await;
    let world = world(&shop.base);
    let checkout = world.open("tea", 2).await.unwrap();

    let lost = world.pay(&checkout, "success_token").await.unwrap_err();
    let stored = world.notes.all().last().unwrap().1.clone();
    let paid = world.shop.resend_complete(&stored).await.unwrap();

    assert!(matches!(lost, MerchantError::OutcomeUnknown { .. }));
    assert_eq!(paid.status, CheckoutStatus::Completed);
    let sent = shop.of("POST", COMPLETE);
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].bytes, sent[1].bytes);
    assert_eq!(
        sent[0].header("idempotency-key"),
        sent[1].header("idempotency-key")
    );
    assert_ne!(sent[0].header("request-id"), sent[1].header("request-id"));
}

#[tokio::test]
async fn a_stored_completion_is_not_repeated_after_a_day_nor_anywhere_else() {
    let shop = shop(|_, _| None).await;
    let world = world(&shop.base);
    let checkout = world.open("tea", 2).await.unwrap();
    world.pay(&checkout, "success_token").await.unwrap();
    let stored = world.notes.all().last().unwrap().1.clone();
    let sent = shop.of("POST", COMPLETE).len();
    let elsewhere = |url: &str| StoredRequest {
        url: url.to_owned(),
        ..stored.clone()
    };

    for foreign in [
        elsewhere("https://evil.example/checkout-sessions/c1/complete"),
        elsewhere(&format!("{}/checkout-sessions/c1/cancel", shop.base)),
        elsewhere(&format!("{}/checkout-sessions/%2e%2e/complete", shop.base)),
        elsewhere("nonsense"),
        StoredRequest {
            method: "PUT".into(),
            ..stored.clone()
        },
    ] {
        let error = world.shop.resend_complete(&foreign).await.unwrap_err();
        assert!(
            matches!(error, MerchantError::ForeignRequest { .. }),
            "{error}"
        );
    }
    world.clock.forward(24 * 3600);
    let error = world.shop.resend_complete(&stored).await.unwrap_err();

    assert!(matches!(error, MerchantError::TooOld { hours: 24, .. }));
    assert_eq!(shop.of("POST", COMPLETE).len(), sent);
}

#[tokio::test]
async fn a_conflict_on_paying_is_settled_by_a_look_at_the_shop() {
    let shop = shop(|seen, _| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", COMPLETE) => Some(Reply::Json(409, json!({ "detail": "already completed" }))),
        ("GET", "/checkout-sessions/c1") => Some(Reply::Json(
            200,
            checkout_with(&json!({ "status": "completed", "order": { "id": "o1" } })),
        )),
        _ => None,
    })
    .await;
    let world = world(&shop.base);

    let checkout = world.open("tea", 2).await.unwrap();
    let paid = world.pay(&checkout, "success_token").await.unwrap();

    assert_eq!(paid.order.unwrap().as_str(), "o1");
}

#[tokio::test]
async fn a_cancel_is_believed_only_when_the_shop_says_canceled() {
    let stubborn = shop(|seen, _| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/checkout-sessions/c1/cancel") => {
            Some(Reply::Json(409, json!({ "detail": "cannot be canceled" })))
        }
        _ => None,
    })
    .await;
    let obliging = shop(|_, _| None).await;
    let cancel = |world: &crate::world::World| {
        kit::permit(CancelCheckout {
            purchase: purchase(),
            merchant: world.shop.id().clone(),
            checkout: ForeignId::parse("c1").unwrap(),
        })
        .unwrap()
    };

    let (a, b) = (world(&stubborn.base), world(&obliging.base));
    a.open("tea", 2).await.unwrap();
    b.open("tea", 2).await.unwrap();

    assert_eq!(
        a.shop.cancel(cancel(&a)).await.unwrap().status,
        CheckoutStatus::Ready
    );
    assert_eq!(
        b.shop.cancel(cancel(&b)).await.unwrap().status,
        CheckoutStatus::Canceled
    );
}

#[tokio::test]
async fn windows_are_listed_held_and_told_apart() {
    let held = json!({ "id": "s1", "start": "2026-11-21T14:00:00Z", "end": "2026-11-21T16:00:00Z", "status": "held", "held_until": "2026-11-21T10:10:00Z" });
    let shop = shop(move |seen, _| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/checkout-sessions/c1/delivery-slots") => Some(Reply::Json(200, json!({ "slots": [
            { "id": "s1", "start": "2026-11-21T14:00:00Z", "end": "2026-11-21T16:00:00Z", "method_type": "shipping", "price": { "amount": 499, "currency": "USD" }, "remaining": 3 },
            { "id": "s2", "start": "2026-11-21T16:00:00Z", "end": "2026-11-21T18:00:00Z", "method_type": "pickup", "remaining": 0 },
            { "id": "s3", "start": "2026-11-21T18:00:00Z", "end": "2026-11-21T16:00:00Z" },
        ] }))),
        ("POST", "/checkout-sessions/c1/delivery-slots/s1/hold") => {
            Some(Reply::Json(200, checkout_with(&json!({ "delivery_slot": held }))))
        }
        ("POST", "/checkout-sessions/c1/delivery-slots/s2/hold") => Some(Reply::Json(409, json!({ "code": "slot_taken" }))),
        _ => None,
    })
    .await;
    let world = world(&shop.base);
    let checkout = world.open("tea", 2).await.unwrap();
    let holding = |slot: &str| {
        kit::permit(HoldSlot {
            purchase: purchase(),
            revision: 1,
            merchant: world.shop.id().clone(),
            checkout: checkout.id.clone(),
            slot: ForeignId::parse(slot).unwrap(),
        })
        .unwrap()
    };

    let slots = world.shop.slots(&checkout.id).await.unwrap();
    let taken = world.shop.hold(holding("s2")).await.unwrap_err();
    let held = world.shop.hold(holding("s1")).await.unwrap();

    assert_eq!(
        slots.iter().map(|slot| slot.state).collect::<Vec<_>>(),
        [SlotState::Free, SlotState::None]
    );
    assert_eq!(slots[0].price, Some(Money::new(499, Currency::USD)));
    assert_eq!(taken.shop_code(), Some("slot_taken"));
    assert_eq!(held.slot.unwrap().state, SlotState::Held);
}

#[tokio::test]
async fn orders_are_cancelled_and_sent_back_where_the_shop_has_a_way() {
    let shop = shop(|seen, _| {
        let mut back = order();
        back["adjustments"] = json!([{ "id": "r1", "type": "return", "status": "pending" }]);
        back["care"] = json!({ "cancel_until": "2026-11-21T12:00:00Z", "return_until": "2026-12-21T12:00:00Z", "returnable": true });
        seen.is("POST", "/orders/o1/returns").then_some(Reply::Json(200, back))
    })
    .await;
    let world = world(&shop.base);
    let number = ForeignId::parse("o1").unwrap();
    let cancel = CancelOrder {
        purchase: purchase(),
        merchant: world.shop.id().clone(),
        order: number.clone(),
    };
    let back = ReturnOrder {
        purchase: purchase(),
        revision: 1,
        merchant: world.shop.id().clone(),
        order: number.clone(),
        lines: Vec::new(),
        reason: Text::clip("too strong"),
    };

    let cancelled = world
        .shop
        .cancel_order(kit::permit(cancel).unwrap())
        .await
        .unwrap()
        .0;
    let returning = world
        .shop
        .return_order(kit::permit(back).unwrap())
        .await
        .unwrap()
        .0;

    assert_eq!(cancelled.state, OrderState::Cancelled);
    assert_eq!(returning.state, OrderState::Returning);
    assert_eq!(
        returning.return_until.unwrap().to_string(),
        "2026-12-21T12:00:00Z"
    );
    let sent = &shop.of("POST", "/orders/o1/returns")[0];
    assert_eq!(
        sent.body,
        json!({ "line_items": [{ "id": "li1", "quantity": 2 }], "reason": "too strong" })
    );
}

#[tokio::test]
async fn what_the_shop_does_not_offer_is_not_asked_of_it() {
    let shop = fake::shop(|seen, _| {
        seen.is("GET", "/.well-known/ucp").then(|| {
            let mut profile = fake::profile();
            profile["ucp"]["capabilities"] = json!({ "dev.ucp.shopping.checkout": [{}] });
            Reply::Json(200, profile)
        })
    })
    .await;
    let world = world(&shop.base);
    let number = ForeignId::parse("o1").unwrap();
    let cancel = CancelOrder {
        purchase: purchase(),
        merchant: world.shop.id().clone(),
        order: number.clone(),
    };

    let slots = world
        .shop
        .slots(&ForeignId::parse("c1").unwrap())
        .await
        .unwrap();
    let cancelled = world
        .shop
        .cancel_order(kit::permit(cancel).unwrap())
        .await
        .unwrap_err();
    let found = world
        .shop
        .search(&world.search_act("tea", 5))
        .await
        .unwrap_err();

    assert!(slots.is_empty());
    assert!(matches!(cancelled, MerchantError::Unsupported { .. }));
    assert!(matches!(found, MerchantError::Unsupported { .. }));
    assert!(world.notes.all().is_empty());
}
