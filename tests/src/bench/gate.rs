use std::hint::black_box;

use errand_gate::{Ask, Decide as _};
use errand_meter::thread_cpu;
use errand_policy::{CedarGate, ordinary_calls};
use errand_types::{CallId, DecisionId};
use serde_json::json;

use super::{Effort, Figure, Spread};

/// CPU time of one decision, over the dearest kinds that a purchase asks for.
pub(crate) fn decision(effort: Effort) -> anyhow::Result<Figure> {
    let gate = CedarGate::builtin()?;
    let calls = ordinary_calls()?;
    let (id, call) = (
        DecisionId::from_tail("measure")?,
        CallId::from_tail("measure")?,
    );
    let mut by_kind = serde_json::Map::new();
    let mut runs = vec![Vec::new(); effort.runs];
    for (action, facts) in &calls {
        let ask = Ask {
            id: id.clone(),
            call: call.clone(),
            action: *action,
            facts,
            epoch: 1,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        for _ in 0..effort.decisions / 10 {
            black_box(gate.decide(&ask));
        }
        let mut micros = Vec::with_capacity(effort.decisions);
        for run in &mut runs {
            for _ in 0..effort.decisions {
                let before = thread_cpu();
                black_box(gate.decide(black_box(&ask)));
                let took = thread_cpu().saturating_sub(before).as_secs_f64() * 1e6;
                micros.push(took);
                run.push(took);
            }
        }
        let label = format!("{} {}", by_kind.len() + 1, action.name());
        by_kind.insert(label, Spread::of(micros).json());
    }
    let runs: Vec<Spread> = runs.into_iter().map(Spread::of).collect();
    let of_runs = Spread::of(runs.iter().map(|run| run.percentile(99.0)).collect());
    Ok(Figure {
        name: "gate_decision_p99",
        method: "thread CPU time of one whole decision by the built-in policies (facts given; store, request, both policy \
                 sets, reasons), a tenth as many to warm up; over paying with and without approval, telling a shop an address, \
                 and the cart; median of the runs' percentiles"
            .to_owned(),
        value: of_runs.median(),
        unit: "µs",
        target: 60.0,
        beside: json!({
            "runs": runs.iter().map(Spread::json).collect::<Vec<_>>(), "by_action": by_kind,
        }),
    })
}
