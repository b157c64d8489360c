use errand_shop::WhichShop;
use serde_json::{Value, json};

use crate::support::{Buyer, COFFEE, address, amount, body, codes, payment, total};

fn pantry() -> Buyer {
    Buyer::at(WhichShop::PantryLane)
}

#[test]
fn two_bags_of_coffee_add_up() {
    let cart = pantry().send(
        "POST",
        "/carts",
        &json!({ "line_items": [{ "item": { "id": COFFEE }, "quantity": 2 }] }),
    );

    assert_eq!(cart["line_items"][0]["item"]["price"], 1290);
    assert_eq!((amount(&cart, "subtotal"), total(&cart)), (2580, 2580));
}

#[test]
fn totals_of_a_full_checkout_add_up_entry_by_entry() {
    let buyer = pantry();
    let mut wanted = body(COFFEE, 2, Some("express"));
    wanted["line_items"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "item": { "id": "pl-lavender-soap.one" }, "quantity": 3 }));
    wanted["discounts"] = json!({ "codes": ["COFFEE15", "WELCOME10"] });

    let checkout = buyer.send("POST", "/checkout-sessions", &wanted);

    let goods = 2 * 1290 + 3 * 590;
    let off_items = 2580 * 15 / 100;
    let off_order = (goods - off_items) / 10;
    assert_eq!(amount(&checkout, "subtotal"), goods);
    assert_eq!(amount(&checkout, "items_discount"), -off_items);
    assert_eq!(amount(&checkout, "discount"), -off_order);
    assert_eq!(amount(&checkout, "fulfillment"), 899);
    // Soap is taxed, coffee is not; the soap bears its share of the order's discount.
    let soap_share = (goods - off_items - off_order) * 1770 / (goods - off_items);
    assert_eq!(
        amount(&checkout, "tax"),
        (soap_share * 8875 + 50_000) / 100_000
    );
    let sum: i64 = checkout["totals"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["type"] != "total")
        .map(|entry| entry["amount"].as_i64().unwrap())
        .sum();
    assert_eq!(sum, total(&checkout));
    assert_eq!(checkout["status"], "ready_for_complete");
}

#[test]
fn tax_is_named_only_once_the_destination_is_known() {
    let buyer = pantry();
    let unknown = buyer.send(
        "POST",
        "/checkout-sessions",
        &json!({ "line_items": [{ "item": { "id": "pl-lavender-soap.one" }, "quantity": 1 }] }),
    );
    let known = buyer.send(
        "POST",
        "/checkout-sessions",
        &body("pl-lavender-soap.one", 1, None),
    );

    assert!(!unknown["totals"].to_string().contains("tax"));
    assert_eq!(amount(&known, "tax"), 52);
}

#[test]
fn what_is_missing_is_said_with_its_place() {
    let buyer = pantry();
    let checkout = buyer.send(
        "POST",
        "/checkout-sessions",
        &json!({ "line_items": [{ "item": { "id": COFFEE }, "quantity": 1 }] }),
    );

    assert_eq!(checkout["status"], "incomplete");
    let paths: Vec<&str> = checkout["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|message| message["path"].as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "$.fulfillment.methods[0].destinations",
            "$.fulfillment.methods[0].groups[0].selected_option_id"
        ]
    );
    let mut bare = body(COFFEE, 1, Some("standard"));
    bare["fulfillment"]["methods"][0]["destinations"][0]
        .as_object_mut()
        .unwrap()
        .remove("postal_code");
    let bare = buyer.send("POST", "/checkout-sessions", &bare);
    assert_eq!(
        bare["messages"][0]["path"],
        "$.fulfillment.methods[0].destinations[0].postal_code"
    );
    let mut abroad = body(COFFEE, 1, Some("standard"));
    abroad["fulfillment"]["methods"][0]["destinations"][0]["address_country"] = json!("FR");
    assert_eq!(
        codes(&buyer.send("POST", "/checkout-sessions", &abroad)),
        ["address_undeliverable"]
    );
}

#[test]
fn an_update_replaces_everything() {
    let buyer = pantry();
    let checkout = buyer.ready(COFFEE, 2);
    let path = format!("/checkout-sessions/{}", checkout["id"].as_str().unwrap());

    let bare = buyer.send(
        "PUT",
        &path,
        &json!({ "line_items": [{ "item": { "id": COFFEE }, "quantity": 1 }] }),
    );

    assert_eq!(bare["status"], "incomplete");
    assert!(bare.get("buyer").is_none());
    assert_eq!(amount(&bare, "fulfillment"), 0);
    assert_eq!(bare["line_items"][0]["quantity"], 1);
}

#[test]
fn members_that_only_the_shop_may_say_are_ignored() {
    let mut wanted = body(COFFEE, 1, Some("standard"));
    wanted["totals"] = json!([{ "type": "total", "amount": 1 }]);
    wanted["status"] = json!("completed");
    wanted["id"] = json!("mine");
    wanted["currency"] = json!("EUR");
    wanted["line_items"][0]["item"]["price"] = json!(1);

    let checkout = pantry().send("POST", "/checkout-sessions", &wanted);

    assert_eq!(total(&checkout), 1290 + 499);
    assert_eq!(
        (checkout["currency"].as_str(), checkout["status"].as_str()),
        (Some("USD"), Some("ready_for_complete"))
    );
    assert_ne!(checkout["id"], "mine");
}

#[test]
fn standard_delivery_is_free_from_45_dollars_at_the_grocer() {
    let buyer = pantry();

    assert_eq!(total(&buyer.ready(COFFEE, 3)), 3 * 1290 + 499);
    assert_eq!(total(&buyer.ready(COFFEE, 4)), 4 * 1290);
}

#[test]
fn offers_are_dated_and_none_falls_on_a_sunday() {
    let checkout = pantry().ready(COFFEE, 1);

    let options = checkout["fulfillment"]["methods"][0]["groups"][0]["options"]
        .as_array()
        .unwrap();
    let times: Vec<(&str, &str, &str)> = options
        .iter()
        .map(|option| {
            let word = |name: &str| option[name].as_str().unwrap();
            (
                word("id"),
                word("earliest_fulfillment_time"),
                word("latest_fulfillment_time"),
            )
        })
        .collect();
    assert_eq!(
        times,
        [
            (
                "standard",
                "2026-11-23T09:00:00+00:00",
                "2026-11-24T20:00:00+00:00"
            ),
            (
                "express",
                "2026-11-21T09:00:00+00:00",
                "2026-11-21T20:00:00+00:00"
            ),
        ]
    );
}

#[test]
fn goods_can_be_collected_and_are_taxed_where_they_are_collected() {
    let mut wanted =
        json!({ "line_items": [{ "item": { "id": "vw-usb-stick-128-gb.one" }, "quantity": 1 }] });
    wanted["fulfillment"] = json!({ "methods": [{ "type": "pickup", "groups": [{ "selected_option_id": "collect" }] }] });

    let checkout = Buyer::at(WhichShop::VoltWire).send("POST", "/checkout-sessions", &wanted);

    assert_eq!(checkout["status"], "ready_for_complete", "{checkout}");
    assert_eq!(
        checkout["fulfillment"]["methods"][0]["destinations"][0]["address"]["address_region"],
        "NJ"
    );
    assert_eq!(amount(&checkout, "tax"), 112);
}

#[test]
fn a_cart_becomes_one_checkout_and_its_own_lines_count() {
    let buyer = pantry();
    let cart = buyer.send(
        "POST",
        "/carts",
        &json!({ "line_items": [{ "item": { "id": COFFEE }, "quantity": 2 }], "discounts": { "codes": ["WELCOME10"] } }),
    );
    let wanted = json!({ "cart_id": cart["id"], "line_items": [{ "item": { "id": "pl-lavender-soap.one" }, "quantity": 9 }] });

    let first = buyer.try_send("POST", "/checkout-sessions", &wanted);
    let second = buyer.try_send("POST", "/checkout-sessions", &wanted);

    assert_eq!((first.0, second.0), (201, 200));
    assert_eq!(first.1["id"], second.1["id"]);
    assert_eq!(first.1["line_items"][0]["item"]["id"], COFFEE);
    assert_eq!(first.1["discounts"]["applied"][0]["amount"], 258);
}

#[test]
fn a_repeat_under_the_same_key_gives_the_same_answer_and_another_body_a_conflict() {
    let buyer = pantry();
    let wanted = body(COFFEE, 1, Some("standard"));

    let first = buyer.call("POST", "/checkout-sessions", &wanted, Some("k"));
    let again = buyer.call("POST", "/checkout-sessions", &wanted, Some("k"));
    let other = buyer.call(
        "POST",
        "/checkout-sessions",
        &body(COFFEE, 2, None),
        Some("k"),
    );

    assert_eq!((first.status, first.json()), (again.status, again.json()));
    assert_eq!(
        (other.status, other.json()["code"].as_str()),
        (409, Some("idempotency_key_reused"))
    );
    buyer.pass(24);
    assert_eq!(
        buyer
            .call("POST", "/checkout-sessions", &wanted, Some("k"))
            .json()["id"],
        first.json()["id"]
    );
}

#[test]
fn hopeless_lines_are_a_business_outcome_and_hopeful_ones_stay() {
    let buyer = pantry();
    let sold_out = "pl-ember-row-first-frost-beans.one";
    let line = |id: &str| json!({ "item": { "id": id }, "quantity": 1 });

    let none = buyer.try_send(
        "POST",
        "/checkout-sessions",
        &json!({ "line_items": [line(sold_out), line("nothing")] }),
    );
    let some = buyer.send(
        "POST",
        "/checkout-sessions",
        &json!({ "line_items": [line(COFFEE), line(sold_out)] }),
    );

    assert_eq!(none.0, 200);
    assert_eq!(none.1["ucp"]["status"], "error");
    assert!(none.1.get("id").is_none());
    assert_eq!(codes(&none.1), ["out_of_stock", "item_unavailable"]);
    assert_eq!(some["line_items"].as_array().unwrap().len(), 1);
    assert_eq!(some["status"], "incomplete");
}

#[test]
fn more_than_the_shelf_holds_cannot_be_completed() {
    let buyer = pantry();
    let mut wanted = body(COFFEE, 9_999, Some("standard"));

    let checkout = buyer.send("POST", "/checkout-sessions", &wanted);

    assert_eq!(
        (checkout["status"].as_str(), codes(&checkout)),
        (Some("incomplete"), vec!["insufficient_stock"])
    );
    assert_ne!(buyer.pay(&checkout, "success_token")["status"], "completed");
    wanted["line_items"] = json!([
        { "item": { "id": COFFEE }, "quantity": 2 },
        { "item": { "id": "pl-sidamo-dawn-whole-bean-coffee" }, "quantity": 9_998 },
    ]);
    let checkout = buyer.send("POST", "/checkout-sessions", &wanted);
    assert_eq!(
        codes(&checkout),
        ["insufficient_stock"],
        "both lines take from the same shelf"
    );
}

#[test]
fn bad_requests_are_refused_one_by_one() {
    let buyer = pantry();
    let line = |quantity: Value| json!({ "line_items": [{ "item": { "id": COFFEE }, "quantity": quantity }] });
    let many: Vec<Value> = (0..101)
        .map(|_| json!({ "item": { "id": COFFEE }, "quantity": 1 }))
        .collect();
    let cases = [
        (json!({}), 400),
        (json!({ "line_items": [] }), 400),
        (json!({ "line_items": many }), 400),
        (line(json!(0)), 400),
        (line(json!(-3)), 400),
        (line(json!(2.5)), 400),
        (line(json!("1")), 400),
        (json!({ "line_items": [{ "quantity": 1 }] }), 400),
        (json!({ "cart_id": "cart_unknown", "line_items": [] }), 404),
    ];
    for (wanted, expected) in cases {
        let (status, answer) = buyer.try_send("POST", "/checkout-sessions", &wanted);
        assert_eq!(status, expected, "{wanted}");
        assert!(
            answer["code"].is_string() && answer["content"].is_string(),
            "{answer}"
        );
    }
    let broken = buyer
        .shop
        .answer(&errand_shop::Call::new("POST", "/checkout-sessions", b"{"));
    assert_eq!(broken.status, 400);
    let stranger = errand_shop::Call {
        agent: None,
        ..errand_shop::Call::new("GET", "/orders/x", b"")
    };
    assert_eq!(
        buyer.shop.answer(&stranger).json()["code"],
        "invalid_profile_url"
    );
}

#[test]
fn a_checkout_left_alone_ends_by_itself() {
    let buyer = pantry();
    let checkout = buyer.ready(COFFEE, 1);
    let path = format!("/checkout-sessions/{}", checkout["id"].as_str().unwrap());

    buyer.pass(6);

    assert_eq!(buyer.get(&path)["status"], "canceled");
    assert_eq!(
        buyer
            .try_send(
                "POST",
                &format!("{path}/complete"),
                &payment("success_token")
            )
            .0,
        409
    );
    assert_eq!(buyer.books()["orders"], json!([]));
}

#[test]
fn a_first_order_claim_counts_once_per_buyer() {
    let buyer = pantry();
    let mut wanted = body(COFFEE, 1, Some("standard"));
    wanted["context"] = json!({ "eligibility": ["dev.errand.first_order"] });

    let first = buyer.send("POST", "/checkout-sessions", &wanted);
    assert_eq!(first["discounts"]["applied"][0]["provisional"], true);
    let paid = buyer.pay(&first, "success_token");
    let second = buyer.send("POST", "/checkout-sessions", &wanted);

    assert!(paid["discounts"]["applied"][0].get("provisional").is_none());
    assert_eq!(second["discounts"]["applied"], json!([]));
    assert_eq!(codes(&second), ["eligibility_not_accepted"]);
}

#[test]
fn a_gift_card_needs_no_address() {
    let buyer = pantry();
    let wanted = json!({ "line_items": [{ "item": { "id": "pl-pantry-lane-gift-card.50-dollars" }, "quantity": 1 }] });

    let paid = buyer.pay(
        &buyer.send("POST", "/checkout-sessions", &wanted),
        "success_token",
    );

    assert_eq!(paid["status"], "completed");
    assert_eq!(total(&paid), 5000);
}

#[test]
fn an_age_limit_is_said_beside_its_line() {
    let checkout = pantry().ready("pl-rioja-crianza.one", 1);

    assert_eq!(checkout["messages"][0]["code"], "age_restricted");
    assert_eq!(checkout["messages"][0]["path"], "$.line_items[0]");
}

#[test]
fn canceling_ends_a_checkout_and_a_completed_one_stays() {
    let buyer = pantry();
    let open = buyer.ready(COFFEE, 1);
    let path = format!("/checkout-sessions/{}", open["id"].as_str().unwrap());

    let canceled = buyer.send("POST", &format!("{path}/cancel"), &Value::Null);
    let late = buyer.try_send(
        "PUT",
        &path,
        &json!({ "line_items": [{ "item": { "id": COFFEE }, "quantity": 1 }] }),
    );
    let paid = buyer.pay(&buyer.ready(COFFEE, 1), "success_token");
    let refused = buyer.try_send(
        "POST",
        &format!("/checkout-sessions/{}/cancel", paid["id"].as_str().unwrap()),
        &Value::Null,
    );

    assert_eq!(canceled["status"], "canceled");
    assert_eq!(late.0, 409);
    assert_eq!(
        (refused.0, refused.1["code"].as_str()),
        (409, Some("checkout_completed"))
    );
}

#[test]
fn addresses_and_tokens_stay_out_of_debug_output() {
    let buyer = pantry();
    let bytes = body(COFFEE, 1, None).to_string().into_bytes();
    let call = errand_shop::Call::new("POST", "/checkout-sessions", &bytes);

    let answer = buyer.shop.answer(&call);

    let street = address()["street_address"].as_str().unwrap().to_owned();
    assert!(answer.body.contains(&street));
    for shown in [
        format!("{call:?}"),
        format!("{answer:?}"),
        format!("{:?}", buyer.shop),
    ] {
        assert!(
            !shown.contains(&street) && !shown.contains("49, 32, 77"),
            "{shown}"
        );
    }
}
