//! What every bench measures with: CPU time, memory, spreads, and the machine that all of it was seen on.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

/// CPU time of this whole process, user and system, all threads.
pub fn process_cpu() -> Duration {
    duration(ClockId::ProcessCPUTime)
}

/// CPU time of this thread.
pub fn thread_cpu() -> Duration {
    duration(ClockId::ThreadCPUTime)
}

fn duration(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Resident memory of a process in bytes; `None` when the system does not say.
pub fn resident(process: u32) -> Option<u64> {
    let kilobytes = std::fs::read_to_string(format!("/proc/{process}/status"))
        .ok()
        .and_then(|status| line_of(&status, "VmRSS:"))
        .or_else(|| {
            let pid = process.to_string();
            let asked = Command::new("ps").args(["-o", "rss=", "-p", &pid]).output();
            asked
                .ok()
                .and_then(|out| String::from_utf8(out.stdout).ok())
        })?;
    let number = kilobytes.split_whitespace().next()?.parse::<u64>().ok()?;
    Some(number * 1024)
}

/// CPU time of another process so far, in seconds; `None` where there is no `/proc`.
pub fn cpu_of(process: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, which may hold anything: user and system time are the 12th and 13th field.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11);
    let ticks = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

/// Median and extremes of some values.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread(Vec<f64>);

impl Spread {
    /// Of these values.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The value below which so many of a hundred lie; 0 without values.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list of some thousand"
    )]
    pub fn percentile(&self, percent: f64) -> f64 {
        let last = self.0.len().saturating_sub(1) as f64;
        let place = (last * percent / 100.0).round() as usize;
        self.0.get(place).copied().unwrap_or_default()
    }

    /// The one in the middle.
    pub fn median(&self) -> f64 {
        self.percentile(50.0)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "p50": self.percentile(50.0), "p95": self.percentile(95.0), "p99": self.percentile(99.0),
            "max": self.percentile(100.0), "n": self.0.len(),
        })
    }
}

/// The machine, its load, and how this was built.
pub fn machine() -> Value {
    let cpu = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|info| line_of(&info, "model name"));
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let compiler = Command::new("rustc").arg("--version").output();
    let compiler = compiler
        .ok()
        .and_then(|out| String::from_utf8(out.stdout).ok());
    json!({
        "cpu": cpu.map(|name| name.trim_start_matches(':').trim().to_owned()),
        "cores": cores,
        "system": if Path::new("/proc/version").exists() { "linux" } else { std::env::consts::OS },
        "load_average": load.split(' ').take(3).collect::<Vec<_>>(),
        "yardstick_cpu_ms": yardstick(),
        "rustc": compiler.map(|text| text.trim().to_owned()),
        "errand": env!("CARGO_PKG_VERSION"),
        "release": !cfg!(debug_assertions),
    })
}

/// CPU milliseconds of a fixed piece of work, the least of five: making and sorting 200,000 numbers and putting them into a
/// map of texts. CPU time is no constant: shared caches, clocks and neighbours stretch it, and by this two runs can be held
/// against each other.
pub fn yardstick() -> f64 {
    let times = (0..5).map(|_| {
        let before = thread_cpu();
        std::hint::black_box(work());
        thread_cpu().saturating_sub(before).as_secs_f64() * 1e3
    });
    times.fold(f64::INFINITY, f64::min)
}

fn work() -> usize {
    // Numbers by the generator of Knuth's MMIX.
    let next = |x: &u64| {
        Some(
            x.wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407),
        )
    };
    let mut numbers: Vec<u64> = std::iter::successors(Some(1), next).take(200_000).collect();
    numbers.sort_unstable();
    let texts = numbers.iter().step_by(4).map(u64::to_string);
    texts.collect::<BTreeSet<String>>().len()
}

fn line_of(text: &str, begin: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(begin))?;
    Some(line.trim_start_matches(begin).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_seen() {
        let spread = Spread::of((1..=100).rev().map(f64::from).collect());

        assert!((spread.percentile(0.0) - 1.0).abs() < 0.1);
        assert!((spread.percentile(99.0) - 99.0).abs() < 0.1);
        assert!((spread.percentile(100.0) - 100.0).abs() < 0.1);
        assert!(Spread::of(Vec::new()).median().abs() < 0.1);
    }

    #[test]
    fn this_process_has_used_time_and_memory() {
        assert!(process_cpu() > Duration::ZERO);
        assert!(resident(std::process::id()) > Some(1 << 20));
    }
}
