use std::time::Duration;

use errand_shop::{Shop, WhichShop, serve};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::{Buyer, COFFEE, body, config, payment};

/// A shop on a socket; it closes when this is dropped.
pub(crate) struct OnSocket {
    pub(crate) base: String,
    pub(crate) shop: Shop,
    _open: tokio_util::sync::DropGuard,
}

pub(crate) async fn open(which: WhichShop, page_url: Option<&str>) -> OnSocket {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (mut config, _) = config(which);
    config.base_url.clone_from(&base);
    config.page_url = page_url.map(str::to_owned);
    config.payment_hold = Duration::from_secs(3_600);
    let shop = Shop::open(config).unwrap();
    let token = CancellationToken::new();
    tokio::spawn(serve(listener, shop.clone(), token.clone()));
    OnSocket {
        base,
        shop,
        _open: token.drop_guard(),
    }
}

fn client() -> reqwest::Client {
    // Another test may have installed the same provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn request(client: &reqwest::Client, method: &str, url: &str) -> reqwest::RequestBuilder {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    client
        .request(method, url)
        .header("UCP-Agent", "profile=\"https://agent.example/p.json\"")
}

async fn post(client: &reqwest::Client, url: &str, key: &str, body: &Value) -> Value {
    let sent = request(client, "POST", url)
        .header("Idempotency-Key", key)
        .json(body);
    sent.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_purchase_goes_over_the_wire() {
    let open = open(WhichShop::PantryLane, None).await;
    let client = client();

    let profile = client
        .get(format!("{}/.well-known/ucp", open.base))
        .send()
        .await
        .unwrap();
    assert_eq!(profile.headers()["cache-control"], "public, max-age=300");
    let profile: Value = profile.json().await.unwrap();
    let endpoint = profile["ucp"]["services"]["dev.ucp.shopping"][0]["endpoint"]
        .as_str()
        .unwrap();
    assert_eq!(endpoint, open.base);
    let checkout = post(
        &client,
        &format!("{endpoint}/checkout-sessions"),
        "a",
        &body(COFFEE, 2, Some("standard")),
    )
    .await;
    let id = checkout["id"].as_str().unwrap();
    let paid = post(
        &client,
        &format!("{endpoint}/checkout-sessions/{id}/complete"),
        "b",
        &payment("success_token"),
    )
    .await;

    assert_eq!(paid["status"], "completed");
    let order = request(
        &client,
        "GET",
        &format!(
            "{endpoint}/orders/{}",
            paid["order"]["id"].as_str().unwrap()
        ),
    );
    let order: Value = order.send().await.unwrap().json().await.unwrap();
    assert_eq!(order["checkout_id"], checkout["id"]);
    let page = client
        .get(paid["order"]["permalink_url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert!(
        page.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
}

#[tokio::test]
async fn what_is_no_json_or_too_large_stops_at_the_door() {
    let open = open(WhichShop::PantryLane, None).await;
    let client = client();
    let url = format!("{}/carts", open.base);

    let xml = request(&client, "POST", &url)
        .header("content-type", "text/xml")
        .body("<cart/>")
        .send()
        .await
        .unwrap();
    let large = request(&client, "POST", &url)
        .header("content-type", "application/json")
        .body("x".repeat(70_000))
        .send()
        .await
        .unwrap();
    let removed = request(&client, "DELETE", &url).send().await.unwrap();

    assert_eq!(
        (
            xml.status().as_u16(),
            large.status().as_u16(),
            removed.status().as_u16()
        ),
        (415, 413, 405)
    );
}

#[tokio::test]
async fn a_dropped_answer_breaks_the_connection_after_the_order_is_booked() {
    let open = open(WhichShop::PantryLane, None).await;
    let client = client();
    let checkout = post(
        &client,
        &format!("{}/checkout-sessions", open.base),
        "a",
        &body(COFFEE, 1, Some("standard")),
    )
    .await;
    let url = format!(
        "{}/checkout-sessions/{}/complete",
        open.base,
        checkout["id"].as_str().unwrap()
    );
    post(
        &client,
        &format!("{}/_test/faults", open.base),
        "-",
        &json!({ "drop_complete_answer": 1 }),
    )
    .await;

    let sent = request(&client, "POST", &url)
        .header("Idempotency-Key", "b")
        .json(&payment("success_token"))
        .send()
        .await;
    let broken = match sent {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    };
    let again = post(&client, &url, "b", &payment("success_token")).await;

    assert!(broken);
    assert_eq!(again["status"], "completed");
}

#[tokio::test]
async fn a_shop_that_keeps_its_buyers_waiting_still_closes() {
    let open = open(WhichShop::PantryLane, None).await;
    let client = client();
    let checkout = post(
        &client,
        &format!("{}/checkout-sessions", open.base),
        "a",
        &body(COFFEE, 1, Some("standard")),
    )
    .await;
    let url = format!(
        "{}/checkout-sessions/{}/complete",
        open.base,
        checkout["id"].as_str().unwrap()
    );
    let shop = open.shop.clone();
    let waiting = tokio::spawn(async move {
        let answer = request(&client, "POST", &url)
            .json(&payment("timeout_token"))
            .send()
            .await
            .unwrap();
        answer.json::<Value>().await.unwrap()
    });
    let judge = Buyer::of(shop, config(WhichShop::PantryLane).1);
    while judge.books()["charged"] == 0 {
        tokio::task::yield_now().await;
    }

    drop(open);

    assert_eq!(
        waiting.await.unwrap()["status"],
        "completed",
        "it is let go when the shop closes"
    );
}
