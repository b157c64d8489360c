use errand_shop::WhichShop;
use serde_json::{Value, json};

use crate::support::{Buyer, COFFEE, total};

fn events(order: &Value) -> Vec<&str> {
    let list = order["fulfillment"]["events"].as_array().unwrap();
    list.iter()
        .filter_map(|event| event["type"].as_str())
        .collect()
}

fn path(order: &Value) -> String {
    format!("/orders/{}", order["id"].as_str().unwrap())
}

#[test]
fn an_order_lives_on_the_clock_and_never_forgets_an_event() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let order = buyer.order(COFFEE, 1);
    let path = path(&order);
    let mut before: Vec<Value> = Vec::new();
    for _ in 0..60 {
        let now = buyer.get(&path);
        let list = now["fulfillment"]["events"].as_array().unwrap().clone();
        assert_eq!(&list[..before.len()], &before[..], "events only grow");
        before = list;
        buyer.pass(2);
    }

    let end = buyer.get(&path);

    assert_eq!(
        events(&end),
        ["processing", "packed", "shipped", "in_transit", "delivered"]
    );
    assert_eq!(end["state"], "delivered");
    assert_eq!(
        end["line_items"][0]["quantity"],
        json!({ "original": 1, "total": 1, "fulfilled": 1 })
    );
    assert_eq!(end["line_items"][0]["status"], "fulfilled");
    let delivered = end["fulfillment"]["events"][4]["occurred_at"]
        .as_str()
        .unwrap();
    assert!(
        ("2026-11-23T09".."2026-11-24T20:00:00").contains(&delivered),
        "{delivered}"
    );
}

#[test]
fn canceling_before_packing_gives_everything_back_once() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    buyer.test("items", &json!({ "id": COFFEE, "stock": 5 }));
    let order = buyer.order(COFFEE, 2);
    let cancel = format!("{}/cancel", path(&order));

    let first = buyer.call("POST", &cancel, &Value::Null, Some("c"));
    let again = buyer.call("POST", &cancel, &Value::Null, Some("c"));
    let other = buyer.call("POST", &cancel, &Value::Null, Some("d"));

    assert_eq!((first.status, first.json()), (again.status, again.json()));
    assert_eq!(other.json()["code"], "already_canceled");
    let canceled = first.json();
    assert_eq!(canceled["state"], "canceled");
    assert_eq!(canceled["line_items"][0]["status"], "removed");
    assert_eq!(
        canceled["adjustments"][1]["totals"][0]["amount"],
        -total(&order)
    );
    let books = buyer.books();
    assert_eq!(books["charged"], books["refunded"]);
    let shelf = buyer
        .call("POST", "/catalog/product", &json!({ "id": COFFEE }), None)
        .json();
    assert_eq!(
        shelf["product"]["variants"][0]["availability"]["quantity"],
        5
    );
}

#[test]
fn a_packed_order_cannot_be_canceled() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let order = buyer.order(COFFEE, 1);
    let until: jiff::Timestamp = order["care"]["cancel_until"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();

    buyer.clock.set(until);

    let (status, answer) =
        buyer.try_send("POST", &format!("{}/cancel", path(&order)), &Value::Null);
    assert_eq!((status, answer["code"].as_str()), (409, Some("too_late")));
    assert_eq!(buyer.books()["refunded"], 0);
}

#[test]
fn goods_sent_back_are_paid_back_when_they_have_come_back() {
    let buyer = Buyer::at(WhichShop::VoltWire);
    let order = buyer.order("vw-usb-stick-128-gb.one", 3);
    let path = path(&order);
    let line = order["line_items"][0]["id"].clone();
    let wanted = |quantity: u32| json!({ "line_items": [{ "id": line, "quantity": quantity }], "reason": "too many" });
    let send =
        |quantity: u32| buyer.try_send("POST", &format!("{path}/returns"), &wanted(quantity));

    assert_eq!(send(1).1["code"], "not_delivered");
    buyer.pass(24 * 7);
    let (status, pending) = send(2);

    assert_eq!(status, 200);
    let kinds: Vec<(&str, &str)> = pending["adjustments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|adjustment| {
            (
                adjustment["type"].as_str().unwrap(),
                adjustment["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(kinds, [("return", "pending"), ("refund", "pending")]);
    assert_eq!(pending["adjustments"][0]["line_items"][0]["quantity"], -2);
    assert_eq!(buyer.books()["refunded"], 0);
    assert_eq!(send(2).1["code"], "quantity_too_high");
    buyer.pass(24 * 5);
    let done = buyer.get(&path);
    assert_eq!(done["adjustments"][1]["status"], "completed");
    assert_eq!(
        done["line_items"][0]["quantity"],
        json!({ "original": 3, "total": 1, "fulfilled": 1 })
    );
    // Two of three sticks at 16.90 with 8.875 percent tax.
    let paid = 3 * 1690 + (3 * 1690 * 8875 + 50_000) / 100_000;
    assert_eq!(buyer.books()["refunded"], paid * 2 / 3);
    buyer.pass(24 * 30);
    assert_eq!(send(1).1["code"], "too_late");
}

#[test]
fn food_is_not_taken_back() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let order = buyer.order(COFFEE, 1);
    buyer.pass(24 * 7);
    let body = json!({ "line_items": [{ "id": order["line_items"][0]["id"], "quantity": 1 }] });

    let (status, answer) = buyer.try_send("POST", &format!("{}/returns", path(&order)), &body);

    assert_eq!(
        (status, answer["code"].as_str()),
        (409, Some("not_returnable"))
    );
    assert_eq!(buyer.get(&path(&order))["care"]["returnable"], false);
}

#[test]
fn a_booked_order_arrives_within_its_window() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let checkout = buyer.send(
        "POST",
        "/checkout-sessions",
        &crate::support::body(COFFEE, 1, None),
    );
    let at = format!("/checkout-sessions/{}", checkout["id"].as_str().unwrap());
    let held = buyer.send(
        "POST",
        &format!("{at}/delivery-slots/w20261121-10d/hold"),
        &Value::Null,
    );
    let paid = buyer.pay(&held, "success_token");

    buyer.pass(24);

    let order = buyer.get(&format!(
        "/orders/{}",
        paid["order"]["id"].as_str().unwrap()
    ));
    assert_eq!(events(&order).last(), Some(&"delivered"));
    let at = order["fulfillment"]["events"][4]["occurred_at"]
        .as_str()
        .unwrap();
    assert!(
        ("2026-11-21T10:00:00".."2026-11-21T12:00:00").contains(&at),
        "{at}"
    );
}
