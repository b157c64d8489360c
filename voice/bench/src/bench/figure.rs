use errand_meter::Spread;
use serde_json::{Value, json};

use crate::score::round;

/// Figures with a target.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    /// `None`: it stands beside one that has a target.
    pub(super) target: Option<f64>,
    /// Larger is better.
    pub(super) is_floor: bool,
    pub(super) values: Vec<f64>,
}

impl Figure {
    pub(super) fn json(&self) -> Value {
        let spread = Spread::of(self.values.clone());
        let value = spread.median();
        let is_met = self.target.map(|target| {
            if self.is_floor {
                value >= target
            } else {
                value <= target
            }
        });
        json!({
            "value": round(value), "unit": self.unit, "target": self.target, "target_is": if self.is_floor { "least" } else { "most" },
            "met": is_met, "runs": self.values.len(), "least": round(spread.percentile(0.0)), "most": round(spread.percentile(100.0)),
        })
    }

    pub(super) fn text(&self) -> String {
        let json = self.json();
        let verdict = match json.get("met") {
            Some(Value::Bool(true)) => "met",
            Some(Value::Bool(false)) => "MISSED",
            _ => "",
        };
        let target = self.target.map_or_else(String::new, |target| {
            let bound = if self.is_floor { "at least" } else { "at most" };
            format!("  target {bound} {target}: {verdict}")
        });
        let spread = Spread::of(self.values.clone());
        format!(
            "{:<42} {:>9.3} {:<10} ({:.3} to {:.3} in {} runs){target}",
            self.name,
            spread.median(),
            self.unit,
            spread.percentile(0.0),
            spread.percentile(100.0),
            self.values.len(),
        )
    }
}
