//! Shops that lie, dawdle, or answer nonsense.

use std::time::Duration;

use errand_merchant::{ClientLimits, Merchant, MerchantError};
use errand_types::{ForeignId, HandoffReason};
use serde_json::json;

use crate::fake::{Reply, checkout_with, order, shop};
use crate::world::{limits, world, world_with};

const CREATE: &str = "/checkout-sessions";

async fn opened(reply: impl Fn() -> Reply + Send + Sync + 'static) -> MerchantError {
    let shop = shop(move |seen, _| seen.is("POST", CREATE).then(&reply)).await;
    let quick = ClientLimits {
        write_ms: 700,
        body_max: 100_000,
        ..limits()
    };
    world_with(&shop.base, quick)
        .open("tea", 2)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_giant_answer_is_not_read_to_its_end() {
    let error =
        opened(|| Reply::Raw(201, "application/json", None, vec![b' '; 200_000].into())).await;

    assert!(
        matches!(error, MerchantError::TooLarge { limit: 100_000, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_that_drips_ends_at_the_deadline() {
    let started = std::time::Instant::now();

    let error = opened(|| Reply::Drip).await;

    assert!(
        matches!(error, MerchantError::OutcomeUnknown { .. }),
        "{error}"
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn deep_nesting_is_an_error_and_not_a_crash() {
    let deep = format!("{}{}", "[".repeat(40_000), "]".repeat(40_000));

    let error =
        opened(move || Reply::Raw(201, "application/json", None, deep.clone().into())).await;

    assert!(matches!(error, MerchantError::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn a_page_for_people_is_no_answer() {
    let error =
        opened(|| Reply::Raw(200, "text/html", None, "<p>{\"id\":\"c1\"}</p>".into())).await;

    assert!(matches!(error, MerchantError::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let error = opened(|| {
        Reply::Raw(
            307,
            "text/plain",
            Some(("location", "http://127.0.0.1:9/".into())),
            "".into(),
        )
    })
    .await;

    assert!(
        matches!(error, MerchantError::Redirected { status: 307, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn answers_without_their_essentials_are_refused() {
    let wrong = [
        json!({ "currency": "XXL" }),
        json!({ "currency": null }),
        json!({ "totals": null }),
        json!({ "totals": [{ "type": "subtotal", "amount": 1000 }] }),
        json!({ "line_items": null }),
        json!({ "line_items": [{ "item": { "id": "tea" }, "quantity": -2 }] }),
        json!({ "line_items": [{ "item": { "id": "tea" }, "quantity": 1.5 }] }),
        json!({ "line_items": [{ "item": { "id": "tea" }, "quantity": 1_000_000_000 }] }),
        json!({ "line_items": [{ "quantity": 1 }] }),
        json!({ "line_items": [{ "item": { "id": "tea", "price": { "amount": 1, "currency": "EUR" } }, "quantity": 2 }] }),
        json!({ "line_items": [{ "item": { "id": "tea" }, "quantity": 150, "quantity_unit": { "scale": 2 } }] }),
        json!({ "id": null }),
    ];
    for change in wrong {
        let shown = change.to_string();
        let error = opened(move || Reply::Json(201, checkout_with(&change))).await;
        assert!(
            matches!(error, MerchantError::Unreadable { .. }),
            "{shown}: {error}"
        );
    }
}

#[tokio::test]
async fn an_answer_about_something_else_is_not_taken_for_ours() {
    let shop = shop(|seen, _| match (seen.method.as_str(), seen.path.as_str()) {
        ("PUT", _) => Some(Reply::Json(200, checkout_with(&json!({ "id": "c2" })))),
        ("GET", "/orders/o1") => {
            let mut other = order();
            other["id"] = json!("o2");
            Some(Reply::Json(200, other))
        }
        _ => None,
    })
    .await;
    let world = world(&shop.base);
    let checkout = world.open("tea", 2).await.unwrap();

    let changed = world
        .update(world.change(&checkout, "tea", 2))
        .await
        .unwrap_err();
    let read = world
        .shop
        .order(&ForeignId::parse("o1").unwrap())
        .await
        .unwrap_err();

    assert!(matches!(changed, MerchantError::Unreadable { .. }));
    assert!(matches!(read, MerchantError::Unreadable { .. }));
}

#[tokio::test]
async fn an_unreadable_answer_to_a_payment_is_unknown_and_never_a_failure() {
    for reply in [
        Reply::Raw(200, "text/html", None, "thanks!".into()),
        Reply::Json(200, json!({ "status": "completed", "currency": "XXL" })),
        Reply::Json(502, json!({})),
        Reply::Json(503, json!({})),
        Reply::Raw(
            302,
            "text/plain",
            Some(("location", "/thanks".into())),
            "".into(),
        ),
    ] {
        let shown = format!("{reply:?}");
        let shop = shop(move |seen, _| {
            seen.is("POST", "/checkout-sessions/c1/complete")
                .then(|| reply.clone())
        })
        .await;
        let world = world(&shop.base);
        let checkout = world.open("tea", 2).await.unwrap();

        let error = world.pay(&checkout, "success_token").await.unwrap_err();

        assert!(
            matches!(error, MerchantError::OutcomeUnknown { .. }),
            "{shown}: {error}"
        );
        assert_eq!(
            shop.of("POST", "/checkout-sessions/c1/complete").len(),
            1,
            "a payment is sent once"
        );
    }
}

#[tokio::test]
async fn ids_of_a_shop_never_leave_their_place_in_an_address() {
    let shop = shop(|seen, _| {
        seen.is("POST", CREATE)
            .then(|| Reply::Json(201, checkout_with(&json!({ "id": "../orders/o1?x=#" }))))
    })
    .await;
    let world = world(&shop.base);

    let checkout = world.open("tea", 2).await.unwrap();
    let read = world.shop.checkout(&checkout.id).await.unwrap_err();
    let up = world
        .shop
        .checkout(&ForeignId::parse("..").unwrap())
        .await
        .unwrap_err();

    assert!(matches!(read, MerchantError::NotFound { .. }));
    assert!(shop.seen().iter().all(|seen| seen.path != "/orders/o1"));
    assert!(shop.seen().iter().any(|seen| seen.path.contains("%2F")));
    assert!(matches!(up, MerchantError::Unreadable { .. }));
}

#[tokio::test]
async fn a_page_of_another_host_is_not_handed_to_the_person() {
    let world_of = |url: &'static str| async move {
        let shop = shop(move |seen, _| {
            seen.is("POST", CREATE)
                .then(|| Reply::Json(201, checkout_with(&json!({ "continue_url": url }))))
        })
        .await;
        let world = world(&shop.base);
        let checkout = world.open("tea", 2).await.unwrap();
        world
            .shop
            .handoff(&checkout, HandoffReason::BuyerInput)
            .await
    };

    for elsewhere in [
        "https://evil.example/pay",
        "http://10.0.0.1/",
        "javascript:alert(1)",
        "https://127.0.0.1.evil.example/",
    ] {
        let error = world_of(elsewhere).await.unwrap_err();
        assert!(
            matches!(error, MerchantError::AddressForbidden { .. }),
            "{elsewhere}: {error}"
        );
    }
}

#[tokio::test]
async fn a_search_ends_although_the_shop_always_has_another_page() {
    let shop = shop(|seen, before| {
        let product = |n: usize| {
            json!({ "id": format!("p{n}"), "title": "Tea", "variants": [{ "id": format!("v{n}"), "price": { "amount": 1, "currency": "USD" } }] })
        };
        let endless = json!({
            "products": [product(before)],
            "pagination": { "has_next_page": true, "cursor": format!("next{before}") },
        });
        seen.is("POST", "/catalog/search").then_some(Reply::Json(200, endless))
    })
    .await;
    let world = world_with(
        &shop.base,
        ClientLimits {
            pages_max: 7,
            ..limits()
        },
    );

    let found = world
        .shop
        .search(&world.search_act("tea", 200))
        .await
        .unwrap();
    let few = world
        .shop
        .search(&world.search_act("tea", 3))
        .await
        .unwrap();

    assert_eq!(found.products.len(), 7);
    assert_eq!(few.products.len(), 3);
}

#[tokio::test]
async fn a_shop_that_wants_an_account_or_our_profile_is_told_apart() {
    let cases = [
        (
            Reply::Raw(
                401,
                "application/json",
                Some(("www-authenticate", "Bearer realm=\"x\"".into())),
                "{}".into(),
            ),
            "SHOP-0028",
        ),
        (
            Reply::Json(
                403,
                json!({ "messages": [{ "type": "error", "code": "insufficient_scope" }] }),
            ),
            "SHOP-0028",
        ),
        (
            Reply::Json(424, json!({ "code": "profile_unreachable" })),
            "SHOP-0029",
        ),
        (
            Reply::Json(400, json!({ "code": "invalid_profile_url" })),
            "SHOP-0029",
        ),
        (
            Reply::Json(422, json!({ "code": "version_unsupported" })),
            "SHOP-0013",
        ),
        (
            Reply::Json(409, json!({ "code": "idempotency_conflict" })),
            "SHOP-0017",
        ),
        (
            Reply::Json(400, json!({ "detail": [{ "msg": "field required" }] })),
            "SHOP-0015",
        ),
        (
            Reply::Json(
                200,
                json!({ "ucp": { "status": "error" }, "messages": [{ "type": "error", "code": "out_of_stock" }] }),
            ),
            "SHOP-0015",
        ),
        (Reply::Json(405, json!({})), "SHOP-0014"),
    ];
    for (reply, code) in cases {
        let shown = format!("{reply:?}");
        let error = opened(move || reply.clone()).await;
        assert_eq!(error.code(), code, "{shown}: {error}");
    }
}
