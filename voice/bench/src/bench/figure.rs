use errand_meter::Spread;
use serde_json::{Value, json};

use crate::score::round;

/// Figures with a target.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) target: f64,
    /// Larger is better.
    pub(super) is_floor: bool,
    pub(super) values: Vec<f64>,
}

impl Figure {
    pub(super) fn json(&self) -> Value {
        let spread = Spread::of(self.values.clone());
        let value = spread.median();
        let is_met = if self.is_floor {
            value >= self.target
        } else {
            value <= self.target
        };
        json!({
            "value": round(value), "unit": self.unit, "target": self.target, "target_is": if self.is_floor { "least" } else { "most" },
            "met": is_met, "runs": self.values.len(), "least": round(spread.percentile(0.0)), "most": round(spread.percentile(100.0)),
        })
    }

    pub(super) fn text(&self) -> String {
        let json = self.json();
        let verdict = if json.get("met") == Some(&Value::Bool(true)) {
            "met"
        } else {
            "MISSED"
        };
        let spread = Spread::of(self.values.clone());
        format!(
            "{:<42} {:>9.3} {:<10} ({:.3} to {:.3} in {} runs)  target {} {}: {verdict}",
            self.name,
            spread.median(),
            self.unit,
            spread.percentile(0.0),
            spread.percentile(100.0),
            self.values.len(),
            if self.is_floor { "at least" } else { "at most" },
            self.target
        )
    }
}
