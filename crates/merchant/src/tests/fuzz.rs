//! Readers of foreign bytes: whatever a shop changes in a good answer, reading it ends, and never with a panic.

use errand_types::{MerchantId, OrderId, PurchaseId};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::address::AddressRule;
use crate::dialect::Dialect;
use crate::{discover, read};

const GOLDEN: [(Dialect, &str); 4] = [
    (
        Dialect::V20260111,
        include_str!("../../tests/it/golden/2026-01-11.json"),
    ),
    (
        Dialect::V20260123,
        include_str!("../../tests/it/golden/2026-01-23.json"),
    ),
    (
        Dialect::V20260408,
        include_str!("../../tests/it/golden/2026-04-08.json"),
    ),
    (
        Dialect::V20260825,
        include_str!("../../tests/it/golden/2026-08-25.json"),
    ),
];

fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[], {}, null, -1])),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,300}".prop_map(Value::from),
        Just(json!("2026-11-22T08:00:00Z")),
        Just(json!("completed")),
        Just(json!("USD")),
    ]
}

/// Puts `with` in place of the node that the steps lead to.
fn replace(value: &mut Value, steps: &[usize], with: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *value = with;
        return;
    };
    let inner = match value {
        Value::Object(map) if !map.is_empty() => {
            let at = step % map.len();
            map.values_mut().nth(at)
        }
        Value::Array(items) if !items.is_empty() => {
            let at = step % items.len();
            items.get_mut(at)
        }
        _ => None,
    };
    match inner {
        Some(inner) => replace(inner, rest, with),
        None => *value = with,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_a_good_answer_makes_a_reader_panic(
        which in 0..4_usize,
        changes in prop::collection::vec((prop::collection::vec(any::<usize>(), 1..7), odd()), 1..4),
    ) {
        let (dialect, text) = GOLDEN[which];
        let merchant = MerchantId::parse("shop").unwrap();
        let ours = (OrderId::from_tail("x").unwrap(), PurchaseId::from_tail("x").unwrap());
        let golden: Value = serde_json::from_str(&text.replace("{{base}}", "http://127.0.0.1:9")).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let mut previous = None;
        for answer in [&golden["created"], &golden["updated"][0], &golden["updated"][1], &golden["completed"]] {
            let mut answer = answer.clone();
            for (steps, with) in &changes {
                replace(&mut answer, steps, with.clone());
            }
            let context = read::checkout::Context { merchant: &merchant, dialect, now, previous: previous.as_ref() };
            if let Ok(snapshot) = read::checkout::read(&answer, context) {
                previous = Some(snapshot);
            }
        }
        let [mut order, mut profile] = [golden["order"].clone(), golden["profile"].clone()];
        for (steps, with) in &changes {
            replace(&mut order, steps, with.clone());
            replace(&mut profile, steps, with.clone());
        }
        let context = read::order::Context { merchant: &merchant, dialect, now, currency: None, ours: &ours };
        let _ = read::order::read(&order, context);
        let _ = discover::choices(&profile);
        let _ = discover::read(&profile, "http://127.0.0.1:9", AddressRule { loopback: true });
        let _ = read::delivery::slots(&order);
        let _ = read::product::page(&profile, &merchant, now);
        let _ = read::messages::refusal_code(&order);
    }
}
