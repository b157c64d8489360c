//! What errand costs: the figures that it is held to, each with how it was measured.
//!
//! [`run`] measures everything. CPU time is the headline, because machines are noisy; wall time and the load average stand
//! beside it.

mod gate;
mod idle;
mod resume;
mod still;
mod turn;

use serde_json::{Value, json};

pub use errand_meter::{Spread, machine};

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Turns of each run.
    pub turns: usize,
    /// Runs of each figure whose spread is given.
    pub runs: usize,
    /// Numbers of idle sessions.
    pub idle: [usize; 2],
    /// Cuts of the line.
    pub cuts: usize,
    /// Decisions of each kind.
    pub decisions: usize,
}

impl Effort {
    /// What the figures are published with.
    pub const WHOLE: Self = Self {
        turns: 3_000,
        runs: 3,
        idle: [1_000, 10_000],
        cuts: 1_000,
        decisions: 20_000,
    };
    /// To see that it runs.
    pub const QUICK: Self = Self {
        turns: 200,
        runs: 1,
        idle: [20, 100],
        cuts: 30,
        decisions: 200,
    };
}

/// One figure against its target.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Short name, as in the JSON.
    pub name: &'static str,
    /// What is measured and what is left out.
    pub method: String,
    /// The value that the target is about.
    pub value: f64,
    /// Unit of value and target.
    pub unit: &'static str,
    /// At most this much.
    pub target: f64,
    /// What else was seen.
    pub beside: Value,
}

impl Figure {
    /// Whether the target is met.
    pub fn is_met(&self) -> bool {
        self.value <= self.target
    }

    /// For people.
    pub fn text(&self) -> String {
        let verdict = if self.is_met() {
            "met".to_owned()
        } else {
            format!(
                "MISSED by {:.0} %",
                (self.value / self.target - 1.0) * 100.0
            )
        };
        format!(
            "{}: {:.3} {} (target at most {} {}): {verdict}\n    {}\n    beside: {}",
            self.name, self.value, self.unit, self.target, self.unit, self.method, self.beside
        )
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "value": self.value, "unit": self.unit, "target": self.target, "met": self.is_met(),
            "method": self.method, "beside": self.beside,
        })
    }
}

/// A part of the measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// A decision of the gate.
    Gate,
    /// A turn.
    Turn,
    /// Coming back after a cut.
    Resume,
    /// Idle sessions.
    Idle,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Gate, Self::Turn, Self::Resume, Self::Idle];
}

/// Measures these parts; each figure is handed to `tell` as soon as it is known.
///
/// # Errors
/// When something does not start or does not answer: a figure that was not measured is not given.
pub async fn run(
    parts: &[Part],
    effort: Effort,
    tell: impl Fn(&Figure),
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let mut note = |figure: Figure| {
        tell(&figure);
        figures.push(figure);
    };
    for part in parts {
        match part {
            Part::Gate => note(gate::decision(effort)?),
            Part::Turn => note(turn::cpu(effort).await?),
            Part::Resume => note(resume::wait(effort).await?),
            Part::Idle => {
                for sessions in effort.idle {
                    note(idle::memory(sessions).await?);
                }
            }
        }
    }
    Ok(figures)
}
