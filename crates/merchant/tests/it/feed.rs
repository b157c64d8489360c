//! A shop that only has a product feed.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use errand_gate::{OpenCheckout, SearchShops};
use errand_merchant::{
    Connector, Merchant, MerchantEntry, MerchantError, MerchantRegistry, WireLog,
};
use errand_types::{CheckoutStatus, Currency, ForeignId, MerchantId, Money, OfferRef, Text};
use serde_json::json;

use crate::fake::{Fake, Reply};
use crate::kit::{self, Notes};
use crate::world::{HandClock, clock, config, doors, limits, purchase};

struct Shop {
    fake: Fake,
    feed: Arc<Mutex<String>>,
    clock: Arc<HandClock>,
    registry: MerchantRegistry,
}

impl Shop {
    async fn start() -> Self {
        let feed = Arc::new(Mutex::new(String::new()));
        let said = Arc::clone(&feed);
        let fake = Fake::start(move |request, _| {
            let feed = said.lock().unwrap().clone();
            match (request.path.as_str(), feed.is_empty()) {
                ("/feed.jsonl", false) => {
                    Reply::Raw(200, "application/x-ndjson", None, Bytes::from(feed))
                }
                ("/page.html", _) => Reply::Raw(200, "text/html", None, "<h1>Hello</h1>".into()),
                ("/moved", _) => Reply::Raw(302, "text/plain", None, "elsewhere".into()),
                _ => Reply::Json(404, json!({})),
            }
        })
        .await;
        let clock = clock();
        let doors = doors(&Notes::default(), &WireLog::new(100), &clock);
        let registry = MerchantRegistry::new(Connector::new(config(limits()), doors).unwrap());
        let shop = Self {
            fake,
            feed,
            clock,
            registry,
        };
        shop.says(&[
            ("desk", "Oak desk", "199.00 USD"),
            ("lamp", "Desk lamp", "39.00 USD"),
        ]);
        shop
    }

    fn says(&self, rows: &[(&str, &str, &str)]) {
        let rows = rows.iter().map(|(id, title, price)| {
            let link = format!("{}/p/{id}", self.fake.base);
            json!({"id": id, "title": title, "price": price, "link": link}).to_string()
        });
        *self.feed.lock().unwrap() = rows.collect::<Vec<_>>().join("\n");
    }

    fn address(&self) -> String {
        format!("{}/feed.jsonl", self.fake.base)
    }

    fn fetched(&self) -> usize {
        let seen = self.fake.seen();
        seen.iter()
            .filter(|request| request.path == "/feed.jsonl")
            .count()
    }

    async fn connected(&self) -> Arc<dyn Merchant> {
        let info = self.registry.add(&self.address()).await.unwrap();
        self.registry.get(&info.id).unwrap()
    }
}

fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::parse("USD").unwrap())
}

async fn found(shop: &Arc<dyn Merchant>, words: &str, most: Option<i64>) -> Vec<String> {
    let act = kit::permit(SearchShops {
        merchants: vec![shop.id().clone()],
        query: Text::clip(words),
        price_max: most.map(dollars),
        limit: 20,
    });
    let found = shop.search(&act.unwrap()).await.unwrap();
    found
        .products
        .iter()
        .map(|product| product.id.as_str().to_owned())
        .collect()
}

fn id(raw: &str) -> ForeignId {
    ForeignId::parse(raw).unwrap()
}

#[tokio::test]
async fn a_shop_is_connected_by_the_address_of_its_feed_and_found_in_like_any_other() {
    let shop = Shop::start().await;
    let merchant = shop.connected().await;

    assert_eq!(found(&merchant, "desk", None).await, ["desk", "lamp"]);
    assert_eq!(found(&merchant, "desk", Some(5_000)).await, ["lamp"]);
    assert_eq!(found(&merchant, "zeppelin", None).await, [] as [&str; 0]);
    let read = merchant.lookup(&[id("lamp"), id("gone")]).await.unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].variants[0].price, dollars(3_900));
    assert_eq!(
        merchant
            .product(&id("desk"), &[])
            .await
            .unwrap()
            .title
            .as_str(),
        "Oak desk"
    );
    let info = merchant.info();
    assert_eq!(info.feed.as_deref(), Some(shop.address().as_str()));
    assert!(
        info.can.contains(&"search".to_owned()) && info.cannot.contains(&"checkout".to_owned())
    );
    let again = shop.registry.add(&shop.address()).await.unwrap_err();
    assert!(matches!(again, MerchantError::AlreadyConnected { .. }));
}

#[tokio::test]
async fn searching_asks_the_shop_nothing_and_its_feed_is_read_once_an_hour() {
    let shop = Shop::start().await;
    let merchant = shop.connected().await;
    let after_connecting = shop.fetched();
    for _ in 0..5 {
        found(&merchant, "desk", None).await;
    }
    assert_eq!(shop.fetched(), after_connecting);

    shop.says(&[
        ("lamp", "Desk lamp", "29.00 USD"),
        ("chair", "Desk chair", "99.00 USD"),
    ]);
    shop.clock.forward(3_601);
    let mut now = found(&merchant, "desk", None).await;
    now.sort();
    assert_eq!(now, ["chair", "lamp"]);
    assert_eq!(shop.fetched(), after_connecting + 1);
    let lamp = merchant.product(&id("lamp"), &[]).await.unwrap();
    assert_eq!(lamp.variants[0].price, dollars(2_900));
    assert!(merchant.product(&id("desk"), &[]).await.is_err());
}

#[tokio::test]
async fn a_feed_that_is_away_is_used_on_for_a_day_and_then_no_longer_believed() {
    let shop = Shop::start().await;
    let merchant = shop.connected().await;
    shop.feed.lock().unwrap().clear();

    shop.clock.forward(3_601);
    assert_eq!(found(&merchant, "lamp", None).await, ["lamp"]);
    let tried = shop.fetched();
    found(&merchant, "lamp", None).await;
    assert_eq!(shop.fetched(), tried, "left alone for a while");
    shop.clock.forward(24 * 3_600);
    let act = kit::permit(SearchShops {
        merchants: vec![merchant.id().clone()],
        query: Text::clip("lamp"),
        price_max: None,
        limit: 5,
    });
    assert!(merchant.search(&act.unwrap()).await.is_err());
}

#[tokio::test]
async fn a_feed_that_was_emptied_or_spoiled_takes_nothing_away() {
    let shop = Shop::start().await;
    let merchant = shop.connected().await;

    shop.says(&[("lamp", "Desk lamp", "free")]);
    shop.clock.forward(3_601);
    let mut kept = found(&merchant, "desk", None).await;
    kept.sort();
    assert_eq!(kept, ["desk", "lamp"]);
}

#[tokio::test]
async fn buying_leads_to_the_page_of_the_product_and_orders_nothing() {
    let shop = Shop::start().await;
    let merchant = shop.connected().await;
    let open = |variant: &str| OpenCheckout {
        purchase: purchase(),
        merchant: merchant.id().clone(),
        lines: vec![(
            OfferRef {
                merchant: merchant.id().clone(),
                product: id(variant),
                variant: id(variant),
            },
            2,
        )],
        choices: vec![vec![]],
        currency: Currency::parse("USD").unwrap(),
    };
    let asked = shop.fake.seen().len();

    let checkout = merchant
        .open(kit::permit(open("lamp")).unwrap())
        .await
        .unwrap();
    assert_eq!(checkout.status, CheckoutStatus::NeedsBuyer);
    assert_eq!(
        checkout.continue_url.unwrap().as_str(),
        format!("{}/p/lamp", shop.fake.base)
    );
    assert_eq!(checkout.totals.total, dollars(7_800));
    assert_eq!(shop.fake.seen().len(), asked, "the shop was told nothing");
    assert!(
        merchant
            .open(kit::permit(open("gone")).unwrap())
            .await
            .is_err()
    );
    assert_eq!(
        merchant.checkout(&id("page-x")).await.unwrap_err().code(),
        "SHOP-0014"
    );
    assert_eq!(
        merchant.order(&id("o")).await.unwrap_err().code(),
        "SHOP-0014"
    );
}

#[tokio::test]
async fn what_is_no_feed_is_not_connected() {
    let shop = Shop::start().await;
    for path in ["/page.html", "/nothing", "/moved"] {
        let error = shop
            .registry
            .add(&format!("{}{path}", shop.fake.base))
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                MerchantError::NotAShop { .. } | MerchantError::Redirected { .. }
            ),
            "{path}: {error}"
        );
    }
    shop.says(&[("lamp", "Desk lamp", "free")]);
    assert!(shop.registry.add(&shop.address()).await.is_err());
    assert!(shop.registry.list().is_empty());
}

#[tokio::test]
async fn a_feed_is_taken_up_again_without_asking() {
    let shop = Shop::start().await;
    shop.connected().await;
    let kept = serde_json::to_string(&shop.registry.entries()).unwrap();
    let entries: Vec<MerchantEntry> = serde_json::from_str(&kept).unwrap();
    assert!(shop.registry.remove(&entries[0].id));
    let asked = shop.fake.seen().len();

    shop.registry.restore(&entries[0]).unwrap();
    assert_eq!(shop.fake.seen().len(), asked);
    let merchant = shop.registry.get(&entries[0].id).unwrap();
    assert_eq!(found(&merchant, "lamp", None).await, ["lamp"]);
    assert!(
        shop.registry
            .feed(&entries[0].id)
            .unwrap()
            .state()
            .is_some()
    );
    assert!(
        shop.registry
            .ucp(&MerchantId::parse("none").unwrap())
            .is_none()
    );
}
