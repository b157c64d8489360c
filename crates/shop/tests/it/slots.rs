use errand_shop::WhichShop;
use serde_json::{Value, json};

use crate::support::{Buyer, COFFEE, amount, body, codes, total};

fn open(buyer: &Buyer) -> String {
    let checkout = buyer.send("POST", "/checkout-sessions", &body(COFFEE, 2, None));
    format!("/checkout-sessions/{}", checkout["id"].as_str().unwrap())
}

fn slots(buyer: &Buyer, path: &str) -> Vec<Value> {
    buyer.get(&format!("{path}/delivery-slots"))["slots"]
        .as_array()
        .unwrap()
        .clone()
}

fn hold(buyer: &Buyer, path: &str, slot: &Value) -> (u16, Value) {
    let id = slot["id"].as_str().unwrap();
    buyer.try_send(
        "POST",
        &format!("{path}/delivery-slots/{id}/hold"),
        &Value::Null,
    )
}

#[test]
fn windows_need_an_address_and_then_start_on_saturday_morning() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let bare = buyer.send(
        "POST",
        "/checkout-sessions",
        &json!({ "line_items": [{ "item": { "id": COFFEE }, "quantity": 1 }] }),
    );

    let none = buyer.get(&format!(
        "/checkout-sessions/{}/delivery-slots",
        bare["id"].as_str().unwrap()
    ));
    let some = slots(&buyer, &open(&buyer));

    assert_eq!(
        (none["ucp"]["status"].as_str(), codes(&none)),
        (Some("error"), vec!["destination_required"])
    );
    assert_eq!(some[0]["start"], "2026-11-21T08:00:00+00:00");
    assert_eq!(some[0]["end"], "2026-11-21T10:00:00+00:00");
    assert_eq!(
        some[0]["price"],
        json!({ "amount": 590, "currency": "USD" })
    );
    assert_eq!(
        (
            some[0]["method_type"].as_str(),
            some[0]["option_id"].as_str()
        ),
        (Some("shipping"), Some("booked-window"))
    );
    assert!(some.iter().any(|slot| slot["method_type"] == "pickup"));
}

#[test]
fn a_held_window_is_chosen_priced_and_booked_by_the_order() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let path = open(&buyer);
    let slot = slots(&buyer, &path)[0].clone();

    let (status, held) = hold(&buyer, &path, &slot);

    assert_eq!(status, 200);
    assert_eq!(held["status"], "ready_for_complete", "{held}");
    assert_eq!(
        held["fulfillment"]["methods"][0]["groups"][0]["selected_option_id"],
        "booked-window"
    );
    assert_eq!(amount(&held, "fulfillment"), 590);
    assert_eq!(held["delivery_slot"]["status"], "held");
    assert_eq!(
        held["delivery_slot"]["held_until"],
        "2026-11-20T19:10:00+00:00"
    );
    let paid = buyer.pay(&held, "success_token");
    assert_eq!(total(&paid), total(&held));
    let order = buyer.get(&format!(
        "/orders/{}",
        paid["order"]["id"].as_str().unwrap()
    ));
    assert_eq!(
        order["delivery_slot"],
        json!({ "id": slot["id"], "start": slot["start"], "end": slot["end"], "status": "booked" })
    );
    assert_eq!(buyer.books()["orders"][0]["slot"]["id"], slot["id"]);
}

#[test]
fn a_hold_runs_out_and_then_nothing_is_charged_for_it() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let path = open(&buyer);
    let (_, held) = hold(&buyer, &path, &slots(&buyer, &path)[0]);

    buyer.clock.advance(jiff::SignedDuration::from_mins(10));

    let late = buyer.pay(&held, "success_token");
    assert_eq!(
        (late["status"].as_str(), codes(&late)),
        (Some("incomplete"), vec!["delivery_slot_expired"])
    );
    assert_eq!(late["delivery_slot"]["status"], "expired");
    assert_eq!(buyer.books()["charges"], json!([]));
}

#[test]
fn a_window_takes_no_more_than_it_holds() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let slot = slots(&buyer, &open(&buyer))[0].clone();
    let places = slot["remaining"].as_u64().unwrap();
    for left in (0..places).rev() {
        let path = open(&buyer);
        let (status, _) = hold(&buyer, &path, &slot);
        assert_eq!(status, 200);
        assert_eq!(slots(&buyer, &open(&buyer))[0]["remaining"], left);
        // One's own hold is no obstacle to oneself.
        assert_eq!(hold(&buyer, &path, &slot).0, 200);
    }

    let full = hold(&buyer, &open(&buyer), &slot);

    assert_eq!((full.0, full.1["code"].as_str()), (409, Some("slot_taken")));
    buyer.clock.advance(jiff::SignedDuration::from_mins(11));
    assert_eq!(
        slots(&buyer, &open(&buyer))[0]["remaining"],
        places,
        "holds that ran out give their places back"
    );
}

#[test]
fn another_choice_lets_a_held_window_go_and_the_same_choice_keeps_it() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let path = open(&buyer);
    hold(&buyer, &path, &slots(&buyer, &path)[0]);

    let kept = buyer.send("PUT", &path, &body(COFFEE, 3, Some("booked-window")));
    let let_go = buyer.send("PUT", &path, &body(COFFEE, 3, Some("standard")));
    let gone = buyer.send("PUT", &path, &body(COFFEE, 3, Some("booked-window")));

    assert_eq!(
        (kept["status"].as_str(), amount(&kept, "fulfillment")),
        (Some("ready_for_complete"), 590)
    );
    assert!(let_go.get("delivery_slot").is_none());
    assert_eq!(codes(&gone), ["delivery_slot_expired"]);
}

#[test]
fn windows_too_soon_or_made_up_cannot_be_held() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let path = open(&buyer);

    for (slot, status, code) in [
        ("w20261120-18d", 409, "too_late"),
        ("w20270120-08d", 409, "too_early"),
        ("w20261122-08d", 404, "not_found"),
        ("x", 404, "not_found"),
    ] {
        let (found, answer) = hold(&buyer, &path, &json!({ "id": slot }));
        assert_eq!(
            (found, answer["code"].as_str()),
            (status, Some(code)),
            "{slot}"
        );
    }
}

#[test]
fn beans_roasted_to_order_are_not_there_on_saturday() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let checkout = buyer.send(
        "POST",
        "/checkout-sessions",
        &body("pl-kaldera-antigua-evening-beans.300-g", 1, None),
    );

    let first = slots(
        &buyer,
        &format!("/checkout-sessions/{}", checkout["id"].as_str().unwrap()),
    )[0]
    .clone();

    assert!(
        first["start"].as_str().unwrap() >= "2026-11-24T19:00:00",
        "{first}"
    );
}

#[test]
fn an_order_moves_to_a_window_that_costs_no_more() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let order = buyer.order(COFFEE, 1);
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    assert_eq!(order["delivery_slot"], json!({ "status": "none" }));
    let listed = slots(&buyer, &path);
    let of_price = |price: i64| {
        listed
            .iter()
            .find(|slot| slot["price"]["amount"] == price)
            .unwrap()["id"]
            .clone()
    };
    let book = |id: &Value| {
        buyer.try_send(
            "POST",
            &format!("{path}/delivery-slot"),
            &json!({ "slot_id": id }),
        )
    };

    let dear = book(&of_price(590));
    let cheap = book(&of_price(390));

    assert_eq!(
        (dear.0, dear.1["code"].as_str()),
        (409, Some("slot_costs_more"))
    );
    assert_eq!(cheap.0, 200);
    assert_eq!(cheap.1["delivery_slot"]["status"], "booked");
    buyer.pass(24 * 5);
    let late = book(&of_price(390));
    assert_eq!((late.0, late.1["code"].as_str()), (409, Some("too_late")));
}

#[test]
fn heavy_goods_and_codes_do_not_travel_in_windows() {
    let buyer = Buyer::at(WhichShop::HearthThread);
    let checkout = buyer.send(
        "POST",
        "/checkout-sessions",
        &body("ht-writing-desk-two-drawers.one", 1, None),
    );
    let path = format!("/checkout-sessions/{}", checkout["id"].as_str().unwrap());

    assert!(slots(&buyer, &path).is_empty());
    assert_eq!(
        hold(&buyer, &path, &json!({ "id": "w20261121-08d" })).1["code"],
        "slot_not_for_these_goods"
    );
}
