//! The agent lane of spck-conformance, run from its Python package.

use std::path::PathBuf;
use std::process::Command;

pub(crate) fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

#[expect(clippy::print_stderr, reason = "says why a test did not run")]
/// A Python that has the package, or a word on how to get one.
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
    let set_up = || workspace().join("target/pytools/spck/bin/python");
    let python = named.unwrap_or_else(set_up);
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

#[test]
fn every_check_of_the_agent_lane_that_concerns_us_is_clean() {
    let Some(python) = python() else { return };

    let graded = Command::new(python)
        .arg(workspace().join("tests/foreign/agent_lane/driver.py"))
        .arg("--drive")
        .arg(env!("CARGO_BIN_EXE_errand-ucp-drive"))
        .output()
        .unwrap();

    let lines = String::from_utf8(graded.stdout).unwrap();
    let records: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let clean = records
        .iter()
        .filter(|record| record["result"] == "CLEAN")
        .count();
    let odd: Vec<_> = records
        .iter()
        .filter(|record| record["result"].is_string() && record["result"] != "CLEAN")
        .collect();
    let left_out = records
        .iter()
        .filter(|record| record["reason"].is_string())
        .count();
    assert!(odd.is_empty(), "{odd:?}");
    assert!(
        graded.status.success(),
        "{lines}\n{}",
        String::from_utf8_lossy(&graded.stderr)
    );
    assert_eq!(
        (clean, left_out),
        (16, 28),
        "the lane's 44 checks are graded or left out with a reason"
    );
}
