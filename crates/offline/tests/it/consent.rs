//! The closed answer grammar against real answers, where the data set is at hand.

#![expect(
    clippy::print_stderr,
    reason = "figures for whoever runs it with --nocapture"
)]

use std::path::PathBuf;
use std::process::Command;

use errand_offline::approve::{Answer, read_answer};

fn data() -> PathBuf {
    std::env::var_os("ERRAND_DATA_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    )
}

#[test]
fn real_denials_are_never_taken_for_a_yes() {
    let path = data().join("dialogue/sgd_consent_public.jsonl.zst");
    if !path.exists() {
        eprintln!("skipped: no data set; set ERRAND_DATA_DIR to measure");
        return;
    }
    let Ok(output) = Command::new("zstd").arg("-dc").arg(&path).output() else {
        eprintln!("skipped: `zstd` is not installed");
        return;
    };
    let (mut yes, mut missed, mut no, mut wrong) = (0_u32, 0_u32, 0_u32, 0_u32);
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let said = row["user"].as_str().unwrap();
        let is_yes = read_answer(said) == Answer::Yes;
        if row["label"] == "affirm" {
            yes += 1;
            missed += u32::from(!is_yes);
            if !is_yes && std::env::var_os("ERRAND_SHOW").is_some() {
                eprintln!("missed: {said}");
            }
        } else {
            no += 1;
            wrong += u32::from(is_yes);
            if is_yes {
                eprintln!("taken for a yes: {said}");
            }
        }
    }
    eprintln!("consent: {wrong} of {no} denials taken for a yes, {missed} of {yes} yeses missed");
    assert!(no > 100 && yes > 100);
    // At most two in a thousand may be taken for a yes; a missed yes only costs a second question.
    assert!(u64::from(wrong) * 1000 <= u64::from(no) * 2);
    assert!(u64::from(missed) * 1000 <= u64::from(yes) * 80);
}
