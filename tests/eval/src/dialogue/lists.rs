//! Slots of list and takeaway commands: a slot counts when its kind and its exact words are right.

use std::collections::BTreeMap;
use std::path::Path;

use errand_offline::commands::slots;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::data;

/// How the names of the files begin.
pub(super) const STEM: &str = "slurp_lists_takeaway";

#[derive(Debug, Deserialize)]
struct Row {
    text: String,
    annotation: String,
    scenario: String,
}

/// Right, false and missed.
type Counts = (u32, u32, u32);

pub(super) fn run(dir: &Path) -> anyhow::Result<Value> {
    let mut rows = 0_u32;
    let mut by_kind: BTreeMap<String, Counts> = BTreeMap::new();
    for path in data::some_files(dir, STEM)? {
        for row in data::rows::<Row>(&path)? {
            if !matches!(row.scenario.as_str(), "lists" | "takeaway") {
                continue;
            }
            rows += 1;
            count(&row, &mut by_kind);
        }
    }
    let all = by_kind
        .values()
        .fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
    let kinds: BTreeMap<&String, Value> = by_kind
        .iter()
        .map(|(kind, (right, wrong, missed))| {
            (
                kind,
                json!({ "right": right, "false": wrong, "missed": missed }),
            )
        })
        .collect();
    Ok(json!({
        "how": "frames over word lists with nothing learned from any row, so every row is unseen; classes of error of \
                the public half were looked at once. Exact text and kind, rows of the scenarios lists and takeaway",
        "rows": rows,
        "slot_f1": super::round(super::f1(all.0, all.1, all.2)),
        "right": all.0,
        "false": all.1,
        "missed": all.2,
        "by_slot": kinds,
        "targets": { "slot_f1_over": 0.72 },
    }))
}

fn count(row: &Row, by_kind: &mut BTreeMap<String, Counts>) {
    let mut gold = marked(&row.annotation);
    for slot in slots(&row.text) {
        let counts = by_kind.entry(slot.kind.to_owned()).or_default();
        let hit = gold
            .iter()
            .position(|(kind, text)| kind == slot.kind && *text == slot.text);
        match hit {
            Some(at) => {
                gold.swap_remove(at);
                counts.0 += 1;
            }
            None => counts.1 += 1,
        }
    }
    for (kind, _) in gold {
        by_kind.entry(kind).or_default().2 += 1;
    }
}

/// `add it to my [list_name : grocery] list` has one slot.
fn marked(annotation: &str) -> Vec<(String, String)> {
    annotation
        .split('[')
        .skip(1)
        .filter_map(|part| {
            let (kind, rest) = part.split_once(" : ")?;
            let (text, _) = rest.split_once(']')?;
            Some((kind.trim().to_owned(), text.trim().to_lowercase()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_out_of_an_annotation() {
        assert_eq!(
            marked("put [food : oat milk] on my [list_name : Camping] list"),
            [
                ("food".to_owned(), "oat milk".to_owned()),
                ("list_name".to_owned(), "camping".to_owned())
            ]
        );
    }
}
