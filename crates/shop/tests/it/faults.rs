use std::time::Duration;

use errand_shop::{Delivery, Shop, WhichShop};
use serde_json::{Value, json};

use crate::support::{Buyer, COFFEE, amount, body, codes, config, payment, total};

fn with(fault: &Value) -> Buyer {
    let buyer = Buyer::at(WhichShop::PantryLane);
    buyer.test("faults", fault);
    buyer
}

fn sum(checkout: &Value) -> i64 {
    let entries = checkout["totals"].as_array().unwrap().iter();
    entries
        .filter(|entry| entry["type"] != "total")
        .map(|entry| entry["amount"].as_i64().unwrap())
        .sum()
}

#[test]
fn without_admin_there_are_no_switches() {
    let (mut config, clock) = config(WhichShop::PantryLane);
    config.admin = false;
    let buyer = Buyer::of(Shop::open(config).unwrap(), clock);

    for path in ["/_test/books", "/_test/faults", "/_test/clock"] {
        assert_eq!(buyer.call("GET", path, &Value::Null, None).status, 404);
    }
}

#[test]
fn totals_can_be_made_to_lie() {
    let buyer = with(&json!({ "mismatched_totals": 250 }));
    let checkout = buyer.ready(COFFEE, 1);

    assert_eq!(total(&checkout) - sum(&checkout), 250);
}

#[test]
fn the_currency_can_be_made_wrong() {
    assert_eq!(
        with(&json!({ "wrong_currency": true })).ready(COFFEE, 1)["currency"],
        "EUR"
    );
}

#[test]
fn older_totals_have_positive_discounts() {
    let buyer = with(&json!({ "reply_2026_01_11_totals": true }));
    let mut wanted = body(COFFEE, 1, Some("standard"));
    wanted["discounts"] = json!({ "codes": ["WELCOME10"] });

    let checkout = buyer.send("POST", "/checkout-sessions", &wanted);

    assert_eq!(amount(&checkout, "discount"), 129);
    assert_eq!(total(&checkout), 1290 - 129 + 499);
}

#[test]
fn group_ids_can_change_with_every_answer() {
    let buyer = with(&json!({ "group_ids_unstable": true }));
    let first = buyer.ready(COFFEE, 1);
    let second = buyer.send(
        "PUT",
        &format!("/checkout-sessions/{}", first["id"].as_str().unwrap()),
        &body(COFFEE, 1, Some("standard")),
    );
    buyer.pass(1);
    let third = buyer.get(&format!(
        "/checkout-sessions/{}",
        first["id"].as_str().unwrap()
    ));

    let group = |checkout: &Value| checkout["fulfillment"]["methods"][0]["groups"][0]["id"].clone();
    assert_eq!(second["status"], "ready_for_complete");
    assert_ne!(group(&first), group(&third));
}

#[test]
fn a_late_price_change_is_told_and_charges_nothing() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let checkout = buyer.ready(COFFEE, 1);
    buyer.test("faults", &json!({ "price_change_on_complete": true }));

    let changed = buyer.pay(&checkout, "success_token");

    assert_eq!(
        (changed["status"].as_str(), codes(&changed)),
        (Some("ready_for_complete"), vec!["price_changed"])
    );
    assert_eq!(total(&changed), total(&checkout) + 64);
    assert_eq!(buyer.books()["charges"], json!([]));
    assert_eq!(buyer.pay(&checkout, "success_token")["status"], "completed");
}

#[test]
fn a_silent_price_change_charges_more_and_the_books_show_it() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let checkout = buyer.ready(COFFEE, 1);
    buyer.test("faults", &json!({ "price_change_on_complete": "silent" }));

    let paid = buyer.pay(&checkout, "success_token");

    assert_eq!(paid["status"], "completed");
    assert_eq!(buyer.books()["charged"], total(&checkout) + 64);
}

#[test]
fn the_last_piece_can_be_gone_at_the_last_moment() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let checkout = buyer.ready(COFFEE, 1);
    buyer.test("faults", &json!({ "out_of_stock_at_complete": true }));

    let gone = buyer.pay(&checkout, "success_token");

    assert_eq!(
        (gone["status"].as_str(), codes(&gone)),
        (Some("incomplete"), vec!["out_of_stock"])
    );
    assert_eq!(buyer.books()["orders"], json!([]));
}

#[test]
fn quantities_can_be_revised_with_a_warning() {
    let buyer = with(&json!({ "quantity_revision": true }));
    let checkout = buyer.send(
        "POST",
        "/checkout-sessions",
        &body(COFFEE, 3, Some("standard")),
    );

    assert_eq!(checkout["line_items"][0]["quantity"], 2);
    assert_eq!(codes(&checkout), ["quantity_adjusted"]);
}

#[test]
fn a_disclosure_stands_beside_its_line() {
    let buyer = with(&json!({ "disclosure_warning": true }));
    let checkout = buyer.ready("pl-hazelnut-cocoa-spread.one", 1);

    let message = &checkout["messages"][0];
    assert_eq!(
        (message["type"].as_str(), message["presentation"].as_str()),
        (Some("warning"), Some("disclosure"))
    );
    assert_eq!(message["path"], "$.line_items[0]");
    assert!(message["content"].as_str().unwrap().contains("nuts"));
}

#[test]
fn scheduling_at_the_shop_escalates_until_the_buyer_has_chosen() {
    let buyer = with(&json!({ "schedule_delivery": true }));
    let checkout = buyer.send(
        "POST",
        "/checkout-sessions",
        &body(COFFEE, 1, Some("standard")),
    );
    let id = checkout["id"].as_str().unwrap();

    assert_eq!(
        (checkout["status"].as_str(), codes(&checkout)),
        (Some("requires_escalation"), vec!["schedule_delivery"])
    );
    let page = buyer.call("GET", &format!("/checkout/{id}"), &Value::Null, None);
    assert!(page.body.contains("<form"));
    buyer.call(
        "POST",
        &format!("/checkout/{id}/approve"),
        &Value::Null,
        None,
    );
    let chosen = buyer.get(&format!("/checkout-sessions/{id}"));
    assert_eq!(
        (
            chosen["status"].as_str(),
            chosen["delivery_slot"]["status"].as_str()
        ),
        (Some("ready_for_complete"), Some("held"))
    );
}

#[test]
fn a_dropped_answer_leaves_an_order_that_a_repeat_finds() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let checkout = buyer.ready(COFFEE, 1);
    buyer.test("faults", &json!({ "drop_complete_answer": 1 }));
    let path = format!(
        "/checkout-sessions/{}/complete",
        checkout["id"].as_str().unwrap()
    );

    let dropped = buyer.call("POST", &path, &payment("success_token"), Some("k"));
    let again = buyer.call("POST", &path, &payment("success_token"), Some("k"));

    assert_eq!(dropped.delivery, Delivery::Broken);
    assert_eq!(
        (
            again.delivery,
            again.json()["status"].as_str().map(str::to_owned)
        ),
        (Delivery::Now, Some("completed".to_owned()))
    );
    assert_eq!(buyer.books()["orders"].as_array().unwrap().len(), 1);
}

#[test]
fn a_shop_can_be_busy_slow_or_dead_and_still_be_judged() {
    let buyer = with(&json!({ "status_503": 1, "slow_ms": 40 }));
    let ask = || buyer.call("POST", "/catalog/search", &json!({ "query": "tea" }), None);

    let busy = ask();
    let slow = ask();
    buyer.test("faults", &json!({ "dead": true }));
    let dead = ask();

    assert_eq!(
        (busy.status, busy.headers.as_slice()),
        (503, &[("retry-after", "1".to_owned())][..])
    );
    assert_eq!(
        (slow.status, slow.delivery),
        (200, Delivery::After(Duration::from_millis(40)))
    );
    assert_eq!(dead.delivery, Delivery::Never);
    assert_eq!(buyer.books()["orders"], json!([]));
    assert_eq!(
        buyer
            .call("DELETE", "/_test/faults", &Value::Null, None)
            .json(),
        json!({})
    );
    assert_eq!(ask().delivery, Delivery::Now);
}

#[test]
fn the_test_clock_moves_forward_only() {
    let buyer = Buyer::at(WhichShop::PantryLane);

    let moved = buyer.test("clock", &json!({ "advance_seconds": 3600 }));
    let set = buyer.test("clock", &json!({ "set": "2026-11-21T08:00:00Z" }));

    assert_eq!(moved["now"], "2026-11-20T20:00:00+00:00");
    assert_eq!(set["now"], "2026-11-21T08:00:00+00:00");
    assert_eq!(
        buyer
            .call(
                "POST",
                "/_test/clock",
                &json!({ "advance_seconds": -1 }),
                None
            )
            .status,
        400
    );
}
