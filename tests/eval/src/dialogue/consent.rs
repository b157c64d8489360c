//! Yes or no to something read back: the approvals' own closed grammar. Anything but a plain yes is none.

use std::path::Path;

use errand_offline::approve::{Answer, read_answer};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::data;

/// How the names of the files begin.
pub(super) const STEM: &str = "sgd_consent";

#[derive(Debug, Deserialize)]
struct Row {
    user: String,
    label: String,
}

pub(super) fn run(dir: &Path) -> anyhow::Result<Value> {
    let (mut yes, mut missed, mut no, mut wrong) = (0_u32, 0_u32, 0_u32, 0_u32);
    for path in data::some_files(dir, STEM)? {
        for row in data::rows::<Row>(&path)? {
            let is_yes = read_answer(&row.user) == Answer::Yes;
            if row.label == "affirm" {
                yes += 1;
                missed += u32::from(!is_yes);
            } else {
                no += 1;
                wrong += u32::from(is_yes);
            }
        }
    }
    Ok(json!({
        "how": "the closed grammar that consents and approvals are read with, no classifier",
        "affirm_rows": yes,
        "negate_rows": no,
        "false_accepts": wrong,
        "false_accept": super::share(wrong, no),
        "false_rejects": missed,
        "false_reject": super::share(missed, yes),
        "accuracy": super::share(yes - missed + no - wrong, yes + no),
        "targets": { "false_accept_at_most": 0.002, "false_reject_at_most": 0.05 },
    }))
}
