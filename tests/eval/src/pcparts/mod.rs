//! PC parts: questions whether two parts fit, and builds under wishes, against the answers of the set.

mod builds;
mod pairs;
mod reference;
mod rows;

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use errand_catalog::assembly::Domain;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

/// Runs both kinds of questions.
///
/// # Errors
/// When the folder lacks a file or a file cannot be read.
pub(crate) fn run(dir: &Path) -> anyhow::Result<Value> {
    let domains = Domain::builtin()?;
    let domain = domains.iter().find(|domain| domain.id() == "pc");
    let domain = domain.context("there is no domain `pc`")?;
    let rows = rows::read(dir)?;
    let start = cpu();
    let mut shelf = rows::shelf(domain, &rows)?;
    let loading = cpu().saturating_sub(start);
    let pairs = pairs::run(dir, &shelf)?;
    // The rules of this set leave the height of a cooler out of builds, and want a graphics card in each.
    anyhow::ensure!(shelf.stock.set_aside("cooler_case_height_mm"));
    anyhow::ensure!(shelf.stock.require("gpu"));
    let builds = builds::run(dir, &shelf, &rows)?;
    Ok(json!({
        "set": "pcparts",
        "parts": shelf.stock.len(),
        "loading_cpu_ms": milliseconds(loading),
        "pairs": pairs,
        "builds": builds,
    }))
}

/// CPU time of this process so far.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// Median, 99th percentile and largest.
fn spread(mut times: Vec<Duration>) -> Value {
    times.sort();
    let at = |share: usize| {
        let last = times.len().saturating_sub(1);
        let place = (times.len() * share).div_ceil(100).saturating_sub(1);
        times.get(place.min(last)).copied().map(milliseconds)
    };
    json!({ "p50": at(50), "p99": at(99), "max": at(100) })
}
