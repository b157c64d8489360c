use errand_shop::{Filters, WhichShop};
use serde_json::{Value, json};

use crate::support::Buyer;

fn search(buyer: &Buyer, body: &Value) -> Value {
    let answer = buyer.call("POST", "/catalog/search", body, None);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn titles(found: &Value) -> Vec<&str> {
    found["products"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|product| product["title"].as_str())
        .collect()
}

#[test]
fn golden_queries_put_the_right_shelf_first() {
    let golden = [
        (WhichShop::PantryLane, "coffee beans", "coffee"),
        (WhichShop::PantryLane, "fair-trade coffee beans", "coffee"),
        (WhichShop::PantryLane, "fair trade coffee beans", "coffee"),
        (WhichShop::PantryLane, "some decaf cofee", "coffee"),
        (WhichShop::PantryLane, "oat milk", "plant-drinks"),
        (WhichShop::PantryLane, "toothbrushes", "teeth"),
        (WhichShop::PantryLane, "red roses", "cut"),
        (WhichShop::PantryLane, "gluten free rice", "rice"),
        (WhichShop::VoltWire, "laptop", "laptops"),
        (WhichShop::VoltWire, "notebook", "laptops"),
        (WhichShop::VoltWire, "usb-c cable", "cables"),
        (
            WhichShop::VoltWire,
            "noise cancelling headphones",
            "headphones",
        ),
        (WhichShop::VoltWire, "bike", "bicycles"),
        (WhichShop::VoltWire, "tv", "televisions"),
        (WhichShop::HearthThread, "desk", "desks"),
        (WhichShop::HearthThread, "standing desk", "desks"),
        (WhichShop::HearthThread, "couch", "sofas"),
        (WhichShop::HearthThread, "wool sweaters", "sweaters"),
        (WhichShop::HearthThread, "coffee", "coffee"),
        (WhichShop::HearthThread, "toys for children", "toys"),
    ];
    for (which, query, word) in golden {
        let found = search(&Buyer::at(which), &json!({ "query": query }));
        let first = found["products"][0]["metadata"]["category"].to_string();
        assert!(
            first.contains(word),
            "{query}: {first} {:?}",
            titles(&found)
        );
    }
}

#[test]
fn a_search_for_nothing_known_is_empty_and_no_error() {
    let found = search(
        &Buyer::at(WhichShop::PantryLane),
        &json!({ "query": "zzz_no_such_product_zzz" }),
    );

    assert_eq!(found["products"], json!([]));
    assert!(found.get("messages").is_none());
}

#[test]
fn pages_follow_each_other_without_gap_or_repeat() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let mut seen: Vec<String> = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut body = json!({ "query": "organic", "pagination": { "limit": 7 } });
        if let Some(cursor) = &cursor {
            body["pagination"]["cursor"] = json!(cursor);
        }
        let page = search(&buyer, &body);
        seen.extend(
            page["products"]
                .as_array()
                .unwrap()
                .iter()
                .map(|product| product["id"].as_str().unwrap().to_owned()),
        );
        if page["pagination"]["has_next_page"] == false {
            assert_eq!(page["pagination"]["total_count"], seen.len());
            break;
        }
        cursor = page["pagination"]["cursor"].as_str().map(str::to_owned);
    }
    let expected: Vec<String> = buyer
        .shop
        .catalog()
        .search(Some("organic"), &Filters::default())
        .iter()
        .map(|product| product.id.clone())
        .collect();
    assert!(expected.len() > 14);
    assert_eq!(seen, expected);
}

#[test]
fn a_cursor_of_another_search_is_refused() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let page = search(&buyer, &json!({ "query": "organic" }));
    let cursor = page["pagination"]["cursor"].clone();

    let answer = buyer.call(
        "POST",
        "/catalog/search",
        &json!({ "query": "tea", "cursor": cursor }),
        None,
    );

    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (400, Some("cursor_unknown"))
    );
}

#[test]
fn filters_narrow_by_category_and_price() {
    let found = search(
        &Buyer::at(WhichShop::PantryLane),
        &json!({ "query": "coffee", "filters": { "categories": ["beans"], "price": { "max": 1500 } }, "pagination": { "limit": 50 } }),
    );

    let products = found["products"].as_array().unwrap();
    assert!(products.len() >= 10);
    for product in products {
        assert!(
            product["metadata"]["category"]
                .as_array()
                .unwrap()
                .contains(&json!("beans")),
            "{product}"
        );
        assert!(product["price_range"]["min"]["amount"].as_i64().unwrap() <= 1500);
    }
}

#[test]
fn a_lookup_answers_each_product_once_with_what_was_asked() {
    let buyer = Buyer::at(WhichShop::PantryLane);
    let id = "pl-sidamo-dawn-whole-bean-coffee";
    let ids = json!([
        id,
        format!("{id}.340-g"),
        format!("{id}.1-kg"),
        id,
        "nothing"
    ]);

    let found = buyer
        .call("POST", "/catalog/lookup", &json!({ "ids": ids }), None)
        .json();

    let products = found["products"].as_array().unwrap();
    assert_eq!(products.len(), 1);
    let variants = products[0]["variants"].as_array().unwrap();
    assert_eq!(variants.len(), 2);
    assert_eq!(variants[0]["inputs"].as_array().unwrap().len(), 2);
    assert_eq!(found["messages"][0]["code"], "not_found");
}

#[test]
fn choosing_options_narrows_the_variants() {
    let body = json!({ "id": "pl-sidamo-dawn-whole-bean-coffee", "selected": [{ "name": "Size", "label": "1 kg" }] });

    let found = Buyer::at(WhichShop::PantryLane)
        .call("POST", "/catalog/product", &body, None)
        .json();

    assert_eq!(found["product"]["variants"][0]["title"], "1 kg");
    assert_eq!(
        found["product"]["selected"],
        json!([{ "name": "Size", "label": "1 kg" }])
    );
}

#[test]
fn a_configured_product_shows_price_and_what_still_fits() {
    let buyer = Buyer::at(WhichShop::VoltWire);
    let body = json!({ "id": "vw-volt-wire-bicycle-to-order", "selected": [{ "name": "Frame", "label": "Carbon" }] });

    let found = buyer.call("POST", "/catalog/product", &body, None).json();

    let product = &found["product"];
    let variant = &product["variants"][0];
    assert!(variant["id"].as_str().unwrap().contains("~frame=carbon~"));
    assert_eq!(variant["price"]["amount"], 69_000 + 98_000 + 26_000 + 9_000);
    let brakes = product["options"]
        .as_array()
        .unwrap()
        .iter()
        .find(|axis| axis["name"] == "Brakes")
        .unwrap();
    assert_eq!(
        brakes["values"][0],
        json!({ "label": "Rim", "available": false, "exists": false })
    );
    let cart = buyer.send(
        "POST",
        "/carts",
        &json!({ "line_items": [{ "item": { "id": variant["id"] }, "quantity": 1 }] }),
    );
    assert_eq!(cart["line_items"][0]["item"]["price"], 202_000);
}

#[test]
fn a_forbidden_combination_cannot_be_put_into_a_cart() {
    let id = "vw-volt-wire-bicycle-to-order~frame=carbon~size=m~colour=green~gears=11-speed-derailleur~brakes=disc~tyres=slim-32-mm~handlebar=straight~lights=battery";
    let (status, answer) = Buyer::at(WhichShop::VoltWire).try_send(
        "POST",
        "/carts",
        &json!({ "line_items": [{ "item": { "id": id }, "quantity": 1 }] }),
    );

    assert_eq!(status, 200);
    assert_eq!(answer["ucp"]["status"], "error");
    assert!(
        answer["messages"][0]["content"]
            .as_str()
            .unwrap()
            .contains("two colours"),
        "{answer}"
    );
}
