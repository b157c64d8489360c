//! Each rule of ours switched off: the check of the agent lane that is there for it must notice. A grade that nothing
//! can spoil would be worth nothing.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use errand_types::MerchantId;
use serde_json::Value;

use super::kit;
use super::script::{self, Task};
use super::scripted::RuntimeClock;
use crate::shop::{ClientConfig, Connector, Doors, Guards};
use crate::wirelog::WireLog;

#[expect(clippy::print_stderr, reason = "says why a test did not run")]
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("ERRAND_PYTOOLS").map(PathBuf::from);
    // The variable may name a Python, an environment, or the folder that holds the environments.
    let named = named.map(|path| {
        let inner = [path.join("bin/python"), path.join("spck/bin/python")];
        inner
            .into_iter()
            .find(|python| python.exists())
            .unwrap_or(path)
    });
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = named.unwrap_or_else(|| workspace.join("target/pytools/spck/bin/python"));
    let has_it = Command::new(&python)
        .args(["-c", "import spck_conformance"])
        .output();
    if has_it.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    eprintln!(
        "SKIPPED: no Python with spck-conformance 0.4.0; run `make setup`, or name one in ERRAND_PYTOOLS"
    );
    None
}

/// Plays the script in a scenario with these rules and returns the log and the checks that were not CLEAN.
fn play(
    python: &PathBuf,
    scenario: &str,
    guards: Guards,
    agent: bool,
    task: &Task,
) -> (Value, Vec<String>) {
    let driver =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/foreign/agent_lane/driver.py");
    let mut lane = Command::new(python)
        .arg(driver)
        .args(["--attach", scenario])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(lane.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let log = WireLog::new(1_000);
    let doors = Doors {
        clock: RuntimeClock::start(),
        ids: Arc::new(kit::Chance::default()),
        intents: Arc::new(kit::Notes::default()),
        log: log.clone(),
        jitter_seed: 1,
    };
    let connector = Connector::new(
        ClientConfig {
            loopback: true,
            ..ClientConfig::default()
        },
        doors,
    )
    .unwrap();
    let mut shop = connector
        .stranger(
            first["base"].as_str().unwrap(),
            MerchantId::parse("shop").unwrap(),
        )
        .unwrap();
    shop.guards = guards;
    if !agent {
        shop.caller.agent = None;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // However the script ends, the log is what is graded.
    drop(runtime.block_on(script::play(&shop, task)));
    let log = log.export(None);
    writeln!(lane.stdin.take().unwrap(), "{log}").unwrap();
    let records = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let odd = records.filter(|record| record["result"] == "DEVIATION");
    let odd = odd
        .map(|record| record["check"].as_str().unwrap().to_owned())
        .collect();
    lane.wait().unwrap();
    (log, odd)
}

fn has(log: &Value, op: &str) -> bool {
    log.as_array()
        .unwrap()
        .iter()
        .any(|entry| entry["op"] == op)
}

#[test]
fn with_every_rule_on_nothing_deviates() {
    let Some(python) = python() else { return };

    for scenario in ["conformant", "mismatched_totals"] {
        assert_eq!(
            play(&python, scenario, Guards::ON, true, &Task::default()).1,
            Vec::<String>::new()
        );
    }
}

#[test]
fn without_the_totals_rule_the_lane_sees_a_payment_of_sums_that_lie() {
    let Some(python) = python() else { return };
    let off = Guards {
        totals: false,
        ..Guards::ON
    };

    let (with, _) = play(
        &python,
        "mismatched_totals",
        Guards::ON,
        true,
        &Task::default(),
    );
    let (without, odd) = play(&python, "mismatched_totals", off, true, &Task::default());

    assert!(!has(&with, "complete") && has(&without, "complete"));
    assert_eq!(odd, ["agent.no_autocomplete_mismatched_totals"]);
}

#[test]
fn without_the_instrument_rule_the_lane_sees_an_instrument_that_was_not_offered() {
    let Some(python) = python() else { return };
    let off = Guards {
        offers: false,
        ..Guards::ON
    };
    let task = Task {
        kind: "crypto".to_owned(),
        ..Task::default()
    };

    let (with, _) = play(&python, "conformant", Guards::ON, true, &task);
    let (without, odd) = play(&python, "conformant", off, true, &task);

    assert!(!has(&with, "complete") && has(&without, "complete"));
    assert_eq!(odd, ["agent.honors_available_instruments"]);
}

#[test]
fn without_the_page_rule_the_lane_sees_a_short_page_taken_for_the_end() {
    let Some(python) = python() else { return };
    let off = Guards {
        pages: false,
        ..Guards::ON
    };

    let (_, odd) = play(&python, "conformant", off, true, &Task::default());

    assert_eq!(odd, ["agent.paginates_by_has_next_page"]);
}

#[test]
fn without_the_choice_rule_the_lane_sees_an_option_named_twice() {
    let Some(python) = python() else { return };
    let off = Guards {
        choices: false,
        ..Guards::ON
    };

    let (_, odd) = play(&python, "conformant", off, true, &Task::default());

    assert_eq!(odd, ["agent.selected_option_names_unique"]);
}

#[test]
fn without_request_hygiene_the_lane_sees_what_does_not_belong_into_a_completion() {
    let Some(python) = python() else { return };
    let off = Guards {
        hygiene: false,
        ..Guards::ON
    };

    let (_, odd) = play(&python, "conformant", off, true, &Task::default());

    for check in [
        "agent.omits_response_only_fields",
        "agent.omits_buyer_on_complete",
        "agent.line_items_create_not_complete",
    ] {
        assert!(odd.iter().any(|found| found == check), "{check} in {odd:?}");
    }
}

#[test]
fn without_our_name_on_requests_the_lane_sees_it_missing() {
    let Some(python) = python() else { return };

    let (_, odd) = play(&python, "conformant", Guards::ON, false, &Task::default());

    assert_eq!(odd, ["agent.sends_ucp_agent"]);
}
