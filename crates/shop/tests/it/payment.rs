use std::time::Duration;

use errand_shop::{Delivery, Shop, WhichShop};
use serde_json::{Value, json};

use crate::support::{Buyer, COFFEE, codes, config, payment, total};

fn pantry() -> Buyer {
    Buyer::at(WhichShop::PantryLane)
}

fn outcomes(books: &Value) -> Vec<&str> {
    books["charges"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|charge| charge["outcome"].as_str())
        .collect()
}

fn complete(buyer: &Buyer, checkout: &Value, token: &str, key: &str) -> errand_shop::Answer {
    let path = format!(
        "/checkout-sessions/{}/complete",
        checkout["id"].as_str().unwrap()
    );
    buyer.call("POST", &path, &payment(token), Some(key))
}

#[test]
fn a_good_token_charges_once_and_books_one_order() {
    let buyer = pantry();
    let checkout = buyer.ready(COFFEE, 2);

    let paid = complete(&buyer, &checkout, "success_token", "k").json();
    let again = complete(&buyer, &checkout, "success_token", "k").json();

    assert_eq!(paid["status"], "completed");
    assert_eq!(paid, again);
    let books = buyer.books();
    assert_eq!(outcomes(&books), ["charged"]);
    assert_eq!(books["orders"].as_array().unwrap().len(), 1);
    assert_eq!(books["charged"], total(&checkout));
    assert_eq!(books["orders"][0]["id"], paid["order"]["id"]);
}

#[test]
fn a_second_completion_under_a_new_key_buys_nothing() {
    let buyer = pantry();
    let checkout = buyer.ready(COFFEE, 1);
    complete(&buyer, &checkout, "success_token", "a");

    let second = complete(&buyer, &checkout, "success_token", "b");

    assert_eq!(second.status, 409);
    assert_eq!(outcomes(&buyer.books()), ["charged"]);
}

#[test]
fn a_refused_card_leaves_no_order_and_another_try_open() {
    let buyer = pantry();
    let checkout = buyer.ready(COFFEE, 1);

    let refused = complete(&buyer, &checkout, "fail_token", "a").json();

    assert_eq!(
        (refused["status"].as_str(), codes(&refused)),
        (Some("ready_for_complete"), vec!["payment_failed"])
    );
    assert_eq!(refused["messages"][0]["severity"], "recoverable");
    assert_eq!(buyer.books()["orders"], json!([]));
    assert_eq!(
        complete(&buyer, &checkout, "success_token", "b").json()["status"],
        "completed"
    );
    assert_eq!(outcomes(&buyer.books()), ["declined", "charged"]);
}

#[test]
fn a_late_answer_is_an_order_all_the_same() {
    let buyer = pantry();
    let checkout = buyer.ready(COFFEE, 1);

    let late = complete(&buyer, &checkout, "timeout_token", "k");

    assert_eq!(late.delivery, Delivery::After(Duration::from_secs(30)));
    let seen = buyer.get(&format!(
        "/checkout-sessions/{}",
        checkout["id"].as_str().unwrap()
    ));
    assert_eq!(seen["status"], "completed");
    let again = complete(&buyer, &checkout, "timeout_token", "k");
    assert_eq!(
        (again.delivery, again.json()["order"]["id"].clone()),
        (Delivery::Now, seen["order"]["id"].clone())
    );
    assert_eq!(outcomes(&buyer.books()), ["charged"]);
}

#[test]
fn a_silent_bank_charges_nothing() {
    let buyer = pantry();
    let checkout = buyer.ready(COFFEE, 1);

    let silent = complete(&buyer, &checkout, "timeout_nocharge_token", "k");

    assert_eq!(silent.delivery, Delivery::After(Duration::from_secs(30)));
    assert_eq!(codes(&silent.json()), ["payment_timeout"]);
    assert_eq!(outcomes(&buyer.books()), ["never_sent"]);
    assert_eq!(buyer.books()["charged"], 0);
}

#[test]
fn a_bank_check_waits_for_the_buyer_at_the_shops_page() {
    let buyer = pantry();
    let checkout = buyer.ready(COFFEE, 1);
    let id = checkout["id"].as_str().unwrap();

    let waiting = complete(&buyer, &checkout, "escalate_token", "a").json();

    assert_eq!(waiting["status"], "requires_escalation");
    assert_eq!(waiting["messages"][0]["severity"], "requires_buyer_input");
    assert!(
        waiting["continue_url"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/checkout/{id}"))
    );
    assert_eq!(
        complete(&buyer, &checkout, "success_token", "b").json()["status"],
        "requires_escalation"
    );
    assert_eq!(buyer.books()["charged"], 0);

    let page = buyer.call(
        "POST",
        &format!("/checkout/{id}/approve"),
        &Value::Null,
        None,
    );

    assert!(page.body.contains("The order is placed."), "{}", page.body);
    assert_eq!(
        buyer.get(&format!("/checkout-sessions/{id}"))["status"],
        "completed"
    );
    assert_eq!(outcomes(&buyer.books()), ["challenged", "charged"]);
}

#[test]
fn instruments_that_were_not_offered_are_not_used() {
    let buyer = pantry();
    let checkout = buyer.ready(COFFEE, 1);
    let path = format!(
        "/checkout-sessions/{}/complete",
        checkout["id"].as_str().unwrap()
    );
    let with = |pointer: &str, value: Value| {
        let mut body = payment("success_token");
        *body
            .pointer_mut(&format!("/payment/instruments/0{pointer}"))
            .unwrap() = value;
        body
    };
    let cases = [
        (
            with("/handler_id", json!("other_pay")),
            "handler_not_offered",
        ),
        (with("/type", json!("wire")), "instrument_not_offered"),
        (with("/display/brand", json!("amex")), "brand_not_offered"),
        (with("/credential/token", json!("")), "credential_missing"),
    ];
    for (wanted, code) in cases {
        assert_eq!(codes(&buyer.send("POST", &path, &wanted)), [code]);
    }
    assert_eq!(buyer.try_send("POST", &path, &json!({})).0, 400);
    assert_eq!(buyer.books()["charges"], json!([]));
}

#[test]
fn a_token_never_comes_back_nor_into_the_books() {
    let buyer = pantry();
    let paid = buyer.pay(&buyer.ready(COFFEE, 1), "success_token");

    assert!(!paid.to_string().contains("success_token"));
    assert!(!buyer.books().to_string().contains("success_token"));
}

#[test]
fn selling_takes_goods_off_the_shelf() {
    let buyer = pantry();
    buyer.test("items", &json!({ "id": COFFEE, "stock": 3 }));

    buyer.order(COFFEE, 2);

    let found = buyer
        .call("POST", "/catalog/product", &json!({ "id": COFFEE }), None)
        .json();
    assert_eq!(
        found["product"]["variants"][0]["availability"]["quantity"],
        1
    );
    assert_eq!(
        codes(&buyer.send(
            "POST",
            "/checkout-sessions",
            &crate::support::body(COFFEE, 2, Some("standard"))
        )),
        ["insufficient_stock"]
    );
}

#[test]
fn the_books_survive_the_end_of_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let open = || {
        let (mut config, clock) = config(WhichShop::PantryLane);
        config.data_dir = Some(dir.path().to_owned());
        Buyer::of(Shop::open(config).unwrap(), clock)
    };
    let buyer = open();
    let checkout = buyer.ready(COFFEE, 1);
    let paid = complete(&buyer, &checkout, "timeout_token", "kept").json();
    let books = buyer.books();
    drop(buyer);

    let later = open();

    assert_eq!(later.books(), books);
    let again = complete(&later, &checkout, "timeout_token", "kept").json();
    assert_eq!(again, paid);
    let text = std::fs::read_to_string(dir.path().join("pantry-lane.books.json")).unwrap();
    assert!(!text.contains("timeout_token"));
    let more = later.call(
        "POST",
        "/checkout-sessions",
        &crate::support::body(COFFEE, 1, None),
        Some("new"),
    );
    assert_eq!(more.status, 201);
    assert_ne!(more.json()["id"], checkout["id"], "no id is drawn twice");
}
