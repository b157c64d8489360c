//! "Do these two fit?": the answer and the relation that decides.

use std::collections::BTreeMap;
use std::path::Path;

use errand_catalog::assembly::{Answer, Fit};
use serde::Deserialize;
use serde_json::{Value, json};

use super::rows::Shelf;
use super::{cpu, spread};
use crate::data;

#[derive(Debug, Deserialize)]
struct Pair {
    a: String,
    b: String,
    compatible: bool,
    relation: String,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    right: usize,
    all: usize,
}

pub(super) fn run(dir: &Path, shelf: &Shelf<'_>) -> anyhow::Result<Value> {
    let mut relations: BTreeMap<String, Count> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut times = Vec::new();
    for path in data::some_files(dir, "compat_pairs_")? {
        for pair in data::rows::<Pair>(&path)? {
            let start = cpu();
            let found = decide(shelf, &pair);
            times.push(cpu().saturating_sub(start));
            let is_right = found.as_ref().is_some_and(|fit| {
                let answer = match fit.answer {
                    Answer::Yes => Some(true),
                    Answer::No => Some(false),
                    Answer::CannotTell => None,
                };
                fit.relation == pair.relation && answer == Some(pair.compatible)
            });
            let count = relations.entry(pair.relation.clone()).or_default();
            count.all += 1;
            count.right += usize::from(is_right);
            if !is_right {
                wrong.push(json!({
                    "a": pair.a,
                    "b": pair.b,
                    "relation": pair.relation,
                    "expected": pair.compatible,
                    "answer": found.map(|fit| format!("{:?}: {}", fit.answer, fit.because)),
                }));
            }
        }
    }
    let right: usize = relations.values().map(|count| count.right).sum();
    let all: usize = relations.values().map(|count| count.all).sum();
    let each = relations
        .into_iter()
        .map(|(relation, count)| (relation, json!({ "right": count.right, "of": count.all })));
    Ok(json!({
        "right": right,
        "of": all,
        "relations": each.collect::<serde_json::Map<_, _>>(),
        "cpu_ms": spread(times),
        "wrong": wrong,
    }))
}

/// The relation that decides: the one that forbids, or that cannot be told, or the only one.
fn decide(shelf: &Shelf<'_>, pair: &Pair) -> Option<Fit> {
    let parts = [*shelf.places.get(&pair.a)?, *shelf.places.get(&pair.b)?];
    let fits = shelf.stock.fits(&parts);
    let first = |answer| fits.iter().find(|fit| fit.answer == answer);
    first(Answer::No)
        .or_else(|| first(Answer::CannotTell))
        .or_else(|| first(Answer::Yes))
        .cloned()
}
