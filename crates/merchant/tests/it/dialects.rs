//! One purchase in each version, against golden files: what is sent, and what is read.

use errand_merchant::Merchant;
use errand_types::{CheckoutStatus, Precision, TotalsCheck};
use serde_json::Value;

use crate::fake::{Fake, Reply};
use crate::world::world;

fn golden(version: &str) -> Value {
    let text = match version {
        "2026-01-11" => include_str!("golden/2026-01-11.json"),
        "2026-01-23" => include_str!("golden/2026-01-23.json"),
        "2026-04-08" => include_str!("golden/2026-04-08.json"),
        _ => include_str!("golden/2026-08-25.json"),
    };
    serde_json::from_str(text).unwrap()
}

async fn golden_shop(version: &str) -> Fake {
    let golden = golden(version);
    Fake::start(move |seen, before| {
        let at = |name: &str| golden[name].clone();
        match (seen.method.as_str(), seen.path.as_str()) {
            ("GET", "/.well-known/ucp") => Reply::Json(200, at("profile")),
            ("POST", "/checkout-sessions") => Reply::Json(201, at("created")),
            ("PUT", _) => Reply::Json(200, golden["updated"][before.min(1)].clone()),
            ("POST", path) if path.ends_with("/complete") => Reply::Json(200, at("completed")),
            ("GET", path) if path.starts_with("/orders/") => Reply::Json(200, at("order")),
            _ => Reply::Json(404, Value::Null),
        }
    })
    .await
}

/// `*` stands for anything.
fn assert_like(found: &Value, wanted: &Value, path: &str) {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            let names = |map: &serde_json::Map<String, Value>| {
                map.keys()
                    .cloned()
                    .collect::<std::collections::BTreeSet<_>>()
            };
            assert_eq!(names(found), names(wanted), "members of {path}");
            for (name, value) in wanted {
                assert_like(&found[name], value, &format!("{path}.{name}"));
            }
        }
        (Value::Array(found), Value::Array(wanted)) => {
            assert_eq!(found.len(), wanted.len(), "length of {path}");
            for (place, (found, wanted)) in found.iter().zip(wanted).enumerate() {
                assert_like(found, wanted, &format!("{path}[{place}]"));
            }
        }
        (_, Value::String(any)) if any == "*" => assert!(found.is_string(), "{path}"),
        _ => assert_eq!(found, wanted, "{path}"),
    }
}

async fn buys_as_written(version: &str) {
    let golden = golden(version);
    let shop = golden_shop(version).await;
    let world = world(&shop.base);
    let item = golden["item"].as_str().unwrap();

    let checkout = world.open(item, 2).await.unwrap();
    let mut act = world.change(&checkout, item, 2);
    act.codes = vec![errand_types::Text::clip(
        golden["codes"][0].as_str().unwrap(),
    )];
    let addressed = world.update(act.clone()).await.unwrap();
    assert_eq!(
        addressed
            .destination
            .as_ref()
            .unwrap()
            .locality
            .as_ref()
            .unwrap()
            .as_str(),
        "Albany"
    );
    act.option = Some(addressed.options[0].key.clone());
    let chosen = world.update(act).await.unwrap();
    assert_eq!(
        chosen.selected_option,
        Some(addressed.options[0].key.clone()),
        "the key outlives the group's id"
    );
    let paid = world.pay(&chosen, "success_token").await.unwrap();
    let order = world
        .shop
        .order(paid.order.as_ref().unwrap())
        .await
        .unwrap()
        .0;

    let expect = &golden["expect"];
    let total = expect["total"].as_i64().unwrap();
    let entries: Vec<i64> = chosen
        .totals
        .entries
        .iter()
        .map(|entry| entry.amount.minor())
        .collect();
    assert_eq!(Value::from(entries), expect["entries"]);
    assert_eq!(chosen.totals.check, TotalsCheck::Consistent);
    assert_eq!(chosen.lines[0].quantity, 2);
    assert_eq!(
        chosen.payment[0].handler.as_str(),
        expect["payment"].as_str().unwrap()
    );
    assert_eq!(paid.status, CheckoutStatus::Completed);
    assert_eq!(
        paid.totals.total.minor(),
        total,
        "a partial answer keeps what was known"
    );
    assert_eq!(paid.lines.len(), 1);
    assert_eq!(order.total.minor(), total);
    assert_eq!(
        serde_json::to_value(order.state).unwrap(),
        expect["order_state"]
    );
    assert_eq!(order.lines[0].ordered, 2);
    let sent: Vec<_> = shop
        .seen()
        .into_iter()
        .filter(|seen| seen.method != "GET")
        .collect();
    let wanted = golden["requests"].as_array().unwrap();
    assert_eq!(sent.len(), wanted.len());
    for (sent, wanted) in sent.iter().zip(wanted) {
        assert_eq!(
            (sent.method.as_str(), sent.path.as_str()),
            (
                wanted["method"].as_str().unwrap(),
                wanted["path"].as_str().unwrap()
            )
        );
        assert_like(&sent.body, &wanted["body"], wanted["op"].as_str().unwrap());
        assert_eq!(
            sent.header("request-signature").is_some(),
            version == "2026-01-11"
        );
    }
}

#[tokio::test]
async fn a_purchase_in_2026_01_11_goes_as_written() {
    buys_as_written("2026-01-11").await;
}

#[tokio::test]
async fn a_purchase_in_2026_01_23_goes_as_written() {
    buys_as_written("2026-01-23").await;
}

#[tokio::test]
async fn a_purchase_in_2026_04_08_goes_as_written() {
    buys_as_written("2026-04-08").await;
}

#[tokio::test]
async fn a_purchase_in_2026_08_25_goes_as_written() {
    buys_as_written("2026-08-25").await;
}

#[tokio::test]
async fn options_of_all_methods_are_offered_with_how_exact_their_time_is() {
    let shop = golden_shop("2026-04-08").await;
    let world = world(&shop.base);

    let checkout = world.open("coffee-340", 2).await.unwrap();
    let checkout = world
        .update(world.change(&checkout, "coffee-340", 2))
        .await
        .unwrap();

    let shown: Vec<(&str, Precision)> = checkout
        .options
        .iter()
        .map(|option| (option.title.as_str(), option.precision))
        .collect();
    assert_eq!(
        shown,
        [
            ("Van", Precision::Range),
            ("Post", Precision::Prose),
            ("Drone", Precision::None),
            ("Collect in store", Precision::None)
        ]
    );
}

#[tokio::test]
async fn the_highest_version_that_both_speak_is_used_from_its_own_profile() {
    let newer = golden("2026-08-25");
    let older = golden("2026-04-08");
    let shop = Fake::start(move |seen, _| match seen.path.as_str() {
        "/.well-known/ucp" => {
            let mut profile = older["profile"].clone();
            profile["ucp"]["supported_versions"] =
                serde_json::json!({ "2026-08-25": "{{base}}/v/new", "2026-01-23": "{{base}}/v/liar", "2030-01-01": "{{base}}/x" });
            Reply::Json(200, profile)
        }
        "/v/new" => Reply::Json(200, newer["profile"].clone()),
        _ => Reply::Json(404, Value::Null),
    })
    .await;
    let world = world(&shop.base);

    let info = world.shop.learn().await.unwrap();

    assert_eq!(info.dialect.as_deref(), Some("2026-08-25"));
    assert_eq!(info.signs, Some(true));
}

#[tokio::test]
async fn a_versioned_profile_of_another_version_is_not_used() {
    let older = golden("2026-04-08");
    let shop = Fake::start(move |seen, _| match seen.path.as_str() {
        "/.well-known/ucp" => {
            let mut profile = older["profile"].clone();
            profile["ucp"]["supported_versions"] =
                serde_json::json!({ "2026-08-25": "{{base}}/v/new" });
            Reply::Json(200, profile)
        }
        "/v/new" => Reply::Json(200, older["profile"].clone()),
        _ => Reply::Json(404, Value::Null),
    })
    .await;
    let world = world(&shop.base);

    let info = world.shop.learn().await.unwrap();

    assert_eq!(info.dialect.as_deref(), Some("2026-04-08"));
}
