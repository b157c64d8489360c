//! Switches that make a shop misbehave on purpose, for tests of whoever deals with it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Names that `/_test/faults` takes. A switch set to `true` stays on; a number counts or
/// measures as said.
///
/// | name | what it does |
/// |---|---|
/// | `mismatched_totals` | the total is off by so many cents (100) |
/// | `price_change_on_complete` | once: the first line gets dearer before the charge; the shop says so and charges nothing, or charges the new price when set to `"silent"` |
/// | `wrong_currency` | answers say EUR |
/// | `group_ids_unstable` | the fulfillment group has another id every time |
/// | `drop_complete_answer` | the order is booked and the connection breaks, so many times |
/// | `slow_ms` | every answer waits so many milliseconds (1000) |
/// | `status_503` | so many answers are 503 with `Retry-After: 1` |
/// | `dead` | requests are taken and never answered |
/// | `quantity_revision` | lines of two or more lose one piece, with a warning |
/// | `disclosure_warning` | the first line bears a disclosure |
/// | `schedule_delivery` | a checkout that would be ready needs the buyer at the shop's page |
/// | `late_hours` | when it is set: every order on its way comes so many hours later (24), and says so |
/// | `out_of_stock_at_complete` | once: the first line sells out before the charge |
/// | `reply_2026_01_11_totals` | discounts in `totals` are positive, as in the first protocol |
pub(crate) const NAMES: [&str; 14] = [
    "mismatched_totals",
    "price_change_on_complete",
    "wrong_currency",
    "group_ids_unstable",
    "drop_complete_answer",
    "slow_ms",
    "status_503",
    "dead",
    "quantity_revision",
    "disclosure_warning",
    "schedule_delivery",
    "late_hours",
    "out_of_stock_at_complete",
    "reply_2026_01_11_totals",
];

/// The switches that are on.
#[derive(Debug, Default)]
pub(crate) struct Faults(BTreeMap<String, Value>);

impl Faults {
    /// Sets or clears each named switch. Gives back the first name that is no switch.
    pub(crate) fn set(&mut self, wanted: &serde_json::Map<String, Value>) -> Result<(), String> {
        if let Some(stranger) = wanted.keys().find(|name| !NAMES.contains(&name.as_str())) {
            return Err(stranger.clone());
        }
        for (name, value) in wanted {
            if matches!(value, Value::Null | Value::Bool(false)) || *value == json!(0) {
                self.0.remove(name);
            } else {
                self.0.insert(name.clone(), value.clone());
            }
        }
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The number that a switch is set to; `default` when it is just on.
    pub(crate) fn number(&self, name: &str, default: i64) -> Option<i64> {
        self.0
            .get(name)
            .map(|value| value.as_i64().unwrap_or(default))
    }

    pub(crate) fn word(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// Whether a counted switch strikes now; a number counts down, anything else stays on.
    pub(crate) fn strike(&mut self, name: &str) -> bool {
        let Some(value) = self.0.get_mut(name) else {
            return false;
        };
        if let Some(left) = value.as_i64() {
            *value = json!(left - 1);
            if left <= 1 {
                self.0.remove(name);
            }
        }
        true
    }

    pub(crate) fn off(&mut self, name: &str) {
        self.0.remove(name);
    }

    pub(crate) fn shown(&self) -> Value {
        json!(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(value: &Value) -> Faults {
        let mut faults = Faults::default();
        faults.set(value.as_object().unwrap()).unwrap();
        faults
    }

    #[test]
    fn a_counted_switch_strikes_as_often_as_it_says() {
        let mut faults = on(&json!({ "status_503": 2 }));

        let strikes: Vec<bool> = (0..3).map(|_| faults.strike("status_503")).collect();

        assert_eq!(strikes, [true, true, false]);
    }

    #[test]
    fn false_and_null_clear_and_strangers_are_named() {
        let mut faults = on(&json!({ "dead": true, "slow_ms": 5 }));

        faults
            .set(
                json!({ "dead": false, "slow_ms": null })
                    .as_object()
                    .unwrap(),
            )
            .unwrap();

        assert_eq!(faults.shown(), json!({}));
        assert_eq!(
            faults.set(json!({ "deaf": true }).as_object().unwrap()),
            Err("deaf".to_owned())
        );
    }
}
