//! Connecting and disconnecting shops.

use errand_merchant::{Connector, MerchantError, MerchantRegistry, WireLog, search_all};
use errand_types::MerchantId;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use crate::fake::{self, Reply};
use crate::kit::{self, Notes};
use crate::world::{clock, config, doors, limits};

fn registry() -> MerchantRegistry {
    let connector = Connector::new(
        config(limits()),
        doors(&Notes::default(), &WireLog::new(100), &clock()),
    )
    .unwrap();
    MerchantRegistry::new(connector)
}

#[tokio::test]
async fn shops_get_names_of_their_own_and_the_same_address_is_one_shop() {
    let (a, b) = (fake::shop(|_, _| None).await, fake::shop(|_, _| None).await);
    let registry = registry();

    let first = registry.add(&a.base).await.unwrap();
    let second = registry
        .add(b.base.trim_start_matches("http://"))
        .await
        .unwrap();
    let again = registry
        .add(&format!("{}/some/page?x=1", a.base))
        .await
        .unwrap_err();

    assert_eq!(
        (first.id.as_str(), second.id.as_str()),
        ("fake-lane", "fake-lane-2")
    );
    assert_eq!(first.legal_name, "Fake Lane Ltd");
    assert_eq!(
        again,
        MerchantError::AlreadyConnected {
            merchant: first.id.clone()
        }
    );
    assert!(first.slots && first.care && first.can.contains(&"search".to_owned()));
    assert!(first.cannot.contains(&"discounts".to_owned()));
    assert!(registry.remove(&first.id) && !registry.remove(&first.id));
    assert_eq!(registry.list().len(), 1);
}

#[tokio::test]
async fn entries_bring_the_shops_back_without_asking_them() {
    let shop = fake::shop(|_, _| None).await;
    let before = registry();
    before.add(&shop.base).await.unwrap();
    let kept = serde_json::to_string(&before.entries()).unwrap();
    let asked = shop.seen().len();

    let after = registry();
    let entries: Vec<errand_merchant::MerchantEntry> = serde_json::from_str(&kept).unwrap();
    for entry in &entries {
        after.restore(entry).unwrap();
    }

    assert_eq!(shop.seen().len(), asked);
    assert_eq!(after.list()[0].name, "Fake Lane");
    assert!(after.restore(&entries[0]).is_err());
    let info = after.ucp(&entries[0].id).unwrap().learn().await.unwrap();
    assert_eq!(info.protocol_version.as_deref(), Some("2026-04-08"));
}

#[tokio::test]
async fn what_is_no_shop_is_not_connected() {
    let html =
        fake::Fake::start(|_, _| Reply::Raw(200, "text/html", None, "<h1>Hello</h1>".into())).await;
    let empty = fake::Fake::start(|_, _| Reply::Json(200, serde_json::json!({}))).await;
    let old =
        fake::Fake::start(|_, _| Reply::Json(200, serde_json::json!({ "version": "2019-01-01" })))
            .await;
    let away = fake::Fake::start(|_, _| Reply::Json(404, serde_json::json!({}))).await;
    let registry = registry();

    assert_eq!(
        registry.add(&html.base).await.unwrap_err().code(),
        "SHOP-0012"
    );
    assert_eq!(
        registry.add(&empty.base).await.unwrap_err().code(),
        "SHOP-0012"
    );
    assert_eq!(
        registry.add(&old.base).await.unwrap_err().code(),
        "SHOP-0013"
    );
    assert_eq!(
        registry.add(&away.base).await.unwrap_err().code(),
        "SHOP-0012"
    );
    assert_eq!(
        registry.add("http://127.0.0.1:1").await.unwrap_err().code(),
        "SHOP-0001"
    );
    assert_eq!(
        registry.add("http://10.0.0.1").await.unwrap_err().code(),
        "SHOP-0011"
    );
    assert_eq!(registry.add("").await.unwrap_err().code(), "SHOP-0011");
    assert!(registry.list().is_empty());
}

#[tokio::test]
async fn a_redirected_profile_is_refused_wherever_it_points() {
    let target = fake::shop(|_, _| None).await;
    let there = format!("{}/.well-known/ucp", target.base);
    let shop = fake::Fake::start(move |_, _| {
        Reply::Raw(
            302,
            "text/plain",
            Some(("location", there.clone())),
            "".into(),
        )
    })
    .await;

    let error = registry().add(&shop.base).await.unwrap_err();

    assert_eq!(error.code(), "SHOP-0010");
    assert!(target.seen().is_empty());
}

#[tokio::test]
async fn a_dead_shop_never_holds_up_the_others() {
    let product = |name: &'static str| {
        move |seen: &fake::Seen, _: usize| {
            seen.is("POST", "/catalog/search").then(|| {
                let price = serde_json::json!({ "amount": 500, "currency": "USD" });
                let variants = serde_json::json!([{ "id": name, "title": name, "price": price }]);
                let products = serde_json::json!([{ "id": name, "title": name, "variants": variants }]);
                Reply::Json(200, serde_json::json!({ "products": products, "pagination": { "has_next_page": false } }))
            })
        }
    };
    let (a, b) = (
        fake::shop(product("tea")).await,
        fake::shop(product("cup")).await,
    );
    let dead =
        fake::shop(|seen, _| seen.is("POST", "/catalog/search").then_some(Reply::Hang)).await;
    let registry = registry();
    for shop in [&dead, &a, &b] {
        registry.add(&shop.base).await.unwrap();
    }
    let shops = registry.all();
    let act = kit::permit(errand_gate::SearchShops {
        merchants: shops.iter().map(|shop| shop.id().clone()).collect(),
        query: errand_types::Text::clip("tea"),
        price_max: None,
        limit: 5,
    })
    .unwrap();
    let stop = CancellationToken::new();
    let mut heard: Vec<(MerchantId, bool)> = Vec::new();

    search_all(
        &shops,
        &act,
        Duration::from_secs(120),
        &stop,
        |id, found| {
            heard.push((id.clone(), found.is_ok()));
            if heard.len() == 2 {
                // The two that live have answered while the dead one is still waited for.
                stop.cancel();
            }
        },
    )
    .await;

    assert_eq!(heard.len(), 2);
    assert!(heard.iter().all(|(_, found)| *found));
    assert!(dead.of("POST", "/catalog/search").len() <= 1);
}
