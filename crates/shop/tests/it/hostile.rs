use errand_shop::{Call, WhichShop};
use serde_json::{Value, json};

use crate::support::{Buyer, COFFEE, body, payment};

/// A small generator; the same seed gives the same requests.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn junk(&mut self) -> Value {
        match self.roll(12) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(-1),
            3 => json!(i64::MAX),
            4 => json!(1e308),
            5 => json!(""),
            6 => json!("x".repeat(5_000)),
            7 => json!("\u{202e}\u{0}~=~'\""),
            8 => json!([]),
            9 => json!([[[]]]),
            10 => json!({ "id": { "id": 1 } }),
            _ => json!("pl-bouquet-of-your-choice~main-flower=roses"),
        }
    }

    /// Puts junk somewhere into a sound body.
    fn spoil(&mut self, value: &mut Value) {
        let stop = self.roll(4) == 0;
        match value {
            Value::Object(map) if !stop && !map.is_empty() => {
                let at = self.roll(map.len());
                let key = map.keys().nth(at).unwrap().clone();
                self.spoil(&mut map[&key]);
            }
            Value::Array(list) if !stop && !list.is_empty() => {
                let at = self.roll(list.len());
                self.spoil(&mut list[at]);
            }
            other => *other = self.junk(),
        }
    }
}

#[test]
fn ten_thousand_spoiled_requests_get_a_plain_answer_and_sell_nothing() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let open = buyer.send("POST", "/checkout-sessions", &body(COFFEE, 1, None));
    let at = format!("/checkout-sessions/{}", open["id"].as_str().unwrap());
    let mut with_all = body(COFFEE, 2, Some("standard"));
    with_all["discounts"] = json!({ "codes": ["WELCOME10"] });
    with_all["context"] = json!({ "eligibility": ["dev.errand.first_order"] });
    let search = json!({ "query": "coffee", "filters": { "categories": ["beans"], "price": { "min": 1, "max": 9 } }, "pagination": { "limit": 5, "cursor": "x" } });
    let choose = json!({ "id": "pl-bouquet-of-your-choice", "selected": [{ "name": "Size", "label": "Large" }] });
    let back = json!({ "line_items": [{ "id": "li_1", "quantity": 1 }], "reason": "x" });
    let sound = [
        ("POST", "/catalog/search".to_owned(), search),
        (
            "POST",
            "/catalog/lookup".to_owned(),
            json!({ "ids": [COFFEE] }),
        ),
        ("POST", "/catalog/product".to_owned(), choose),
        ("POST", "/carts".to_owned(), with_all.clone()),
        ("POST", "/checkout-sessions".to_owned(), with_all.clone()),
        ("PUT", at.clone(), with_all),
        ("POST", format!("{at}/complete"), payment("fail_token")),
        ("POST", "/orders/ord_none/returns".to_owned(), back),
        (
            "POST",
            "/orders/ord_none/delivery-slot".to_owned(),
            json!({ "slot_id": "w20261121-08d" }),
        ),
    ];
    let mut dice = Dice(20_261_121);
    for _ in 0..10_000 {
        let (method, path, whole) = &sound[dice.roll(sound.len())];
        let mut spoiled = whole.clone();
        dice.spoil(&mut spoiled);

        let answer = buyer.call(method, path, &spoiled, None);

        assert!(answer.status < 500, "{path} {spoiled}: {}", answer.body);
        assert!(
            answer.json()["ucp"]["version"].is_string(),
            "{path} {spoiled}"
        );
    }
    assert_eq!(buyer.books()["charged"], 0);
    assert_eq!(buyer.books()["orders"], json!([]));
}

#[test]
fn strange_paths_and_bytes_get_a_plain_answer() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    for path in [
        "",
        "/",
        "//",
        "/carts/",
        "/orders/../x",
        "/checkout-sessions/%00",
        "/products/~",
        "/_testing",
        "/checkout/<script>",
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "BREW"] {
            for bytes in [&b""[..], &b"\xff\xfe"[..], &b"[1]"[..], &b"null"[..]] {
                let answer = buyer.shop.answer(&Call::new(method, path, bytes));
                assert!(answer.status < 500, "{method} {path}: {}", answer.body);
                assert!(!answer.body.contains("<script>"), "{method} {path}");
            }
        }
    }
}
