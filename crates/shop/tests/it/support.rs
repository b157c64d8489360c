//! A buyer in front of a shop whose clock stands at a Friday evening.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use errand_shop::{Answer, Call, IdSeed, ManualClock, Shop, ShopConfig, WhichShop};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

pub(crate) const FRIDAY_EVENING: &str = "2026-11-20T19:00:00Z";
pub(crate) const COFFEE: &str = "pl-sidamo-dawn-whole-bean-coffee.340-g";

pub(crate) struct Buyer {
    pub(crate) shop: Shop,
    pub(crate) clock: Arc<ManualClock>,
    keys: AtomicU64,
}

pub(crate) fn config(which: WhichShop) -> (ShopConfig, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(
        FRIDAY_EVENING.parse::<Timestamp>().unwrap(),
    ));
    let mut config = ShopConfig::new(which, "http://127.0.0.1:1", IdSeed::fixed(7));
    config.clock = clock.clone();
    config.admin = true;
    (config, clock)
}

impl Buyer {
    pub(crate) fn at(which: WhichShop) -> Self {
        let (config, clock) = config(which);
        Self::of(Shop::open(config).unwrap(), clock)
    }

    pub(crate) fn of(shop: Shop, clock: Arc<ManualClock>) -> Self {
        Self {
            shop,
            clock,
            keys: AtomicU64::new(0),
        }
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: &Value, key: Option<&str>) -> Answer {
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let mut call = Call::new(method, path, &bytes);
        call.idempotency_key = key;
        self.shop.answer(&call)
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, &Value::Null, None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// A change under a fresh key; panics unless it is accepted.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, value) = self.try_send(method, path, body);
        assert!(status < 300, "{path}: {status} {value}");
        value
    }

    pub(crate) fn try_send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let key = format!("key-{}", self.keys.fetch_add(1, Ordering::Relaxed));
        let answer = self.call(method, path, body, Some(&key));
        (answer.status, answer.json())
    }

    pub(crate) fn test(&self, path: &str, body: &Value) -> Value {
        let answer = self.call("POST", &format!("/_test/{path}"), body, None);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    pub(crate) fn books(&self) -> Value {
        self.get("/_test/books")
    }

    pub(crate) fn pass(&self, hours: i64) {
        self.clock.advance(SignedDuration::from_hours(hours));
    }

    /// A checkout with an address and standard delivery.
    pub(crate) fn ready(&self, item: &str, quantity: u32) -> Value {
        let checkout = self.send(
            "POST",
            "/checkout-sessions",
            &body(item, quantity, Some("standard")),
        );
        assert_eq!(checkout["status"], "ready_for_complete", "{checkout}");
        checkout
    }

    pub(crate) fn pay(&self, checkout: &Value, token: &str) -> Value {
        let id = checkout["id"].as_str().unwrap();
        self.send(
            "POST",
            &format!("/checkout-sessions/{id}/complete"),
            &payment(token),
        )
    }

    /// A paid order.
    pub(crate) fn order(&self, item: &str, quantity: u32) -> Value {
        let paid = self.pay(&self.ready(item, quantity), "success_token");
        assert_eq!(paid["status"], "completed", "{paid}");
        self.get(&format!(
            "/orders/{}",
            paid["order"]["id"].as_str().unwrap()
        ))
    }
}

pub(crate) fn address() -> Value {
    json!({
        "id": "home",
        "full_name": "A. Buyer",
        "street_address": "1 Main St",
        "address_locality": "Albany",
        "address_region": "NY",
        "postal_code": "12207",
        "address_country": "US",
    })
}

pub(crate) fn body(item: &str, quantity: u32, option: Option<&str>) -> Value {
    let mut group = json!({ "id": "g" });
    if let Some(option) = option {
        group["selected_option_id"] = json!(option);
    }
    json!({
        "line_items": [{ "item": { "id": item }, "quantity": quantity }],
        "buyer": { "email": "buyer@example.com" },
        "fulfillment": { "methods": [{
            "type": "shipping",
            "destinations": [address()],
            "selected_destination_id": "home",
            "groups": [group],
        }] },
    })
}

pub(crate) fn payment(token: &str) -> Value {
    json!({ "payment": { "instruments": [{
        "id": "pi_1",
        "handler_id": "errand_testpay",
        "type": "card",
        "selected": true,
        "display": { "brand": "visa", "last_digits": "4242" },
        "credential": { "type": "token", "token": token },
    }] } })
}

pub(crate) fn total(value: &Value) -> i64 {
    amount(value, "total")
}

pub(crate) fn amount(value: &Value, kind: &str) -> i64 {
    let entries = value["totals"].as_array().unwrap();
    let of_kind = entries.iter().filter(|entry| entry["type"] == kind);
    of_kind.map(|entry| entry["amount"].as_i64().unwrap()).sum()
}

pub(crate) fn codes(value: &Value) -> Vec<&str> {
    let messages = value["messages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    messages
        .iter()
        .filter_map(|message| message["code"].as_str())
        .collect()
}
