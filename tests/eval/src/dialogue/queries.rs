//! From a shopping instruction to the words that matter for search: best overlap with what people typed.

use std::collections::HashSet;
use std::path::Path;

use errand_offline::query::{QueryFormer, words};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::data;

/// How the names of the files begin.
pub(super) const STEM: &str = "webshop_goals";

const FOLDS: usize = 5;

#[derive(Debug, Deserialize)]
struct Row {
    instruction: String,
    human_queries: Option<Vec<String>>,
}

fn rows(dir: &Path) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for path in data::some_files(dir, STEM)? {
        let all = data::rows::<Row>(&path)?;
        rows.extend(
            all.into_iter()
                .filter(|r| r.human_queries.as_ref().is_some_and(|q| !q.is_empty())),
        );
    }
    Ok(rows)
}

pub(super) fn run(dir: &Path) -> anyhow::Result<Value> {
    let rows = rows(dir)?;
    anyhow::ensure!(!rows.is_empty(), "no row has queries by people");
    let shipped = mean(rows.iter().map(|row| overlap(QueryFormer::english(), row)));
    let whole = mean(rows.iter().map(|row| best(&words(&row.instruction), row)));
    let mut by_folds = Vec::new();
    for fold in 0..FOLDS {
        let is_held = |at: usize| at % FOLDS == fold;
        let others: Vec<&Row> = rows
            .iter()
            .enumerate()
            .filter(|(at, _)| !is_held(*at))
            .map(|(_, row)| row)
            .collect();
        let former = learn(&others);
        let held = rows.iter().enumerate().filter(|(at, _)| is_held(*at));
        by_folds.extend(held.map(|(_, row)| overlap(&former, row)));
    }
    Ok(json!({
        "how": "best token F1 over the queries that people typed, tokens as sets in small letters; `token_f1` by the \
                weights of this version, which were fitted on the public half, and `token_f1_cross_validated` by weights \
                fitted anew on the other folds of the rows given",
        "rows": rows.len(),
        "token_f1": super::round(shipped),
        "token_f1_cross_validated": super::round(mean(by_folds.into_iter())),
        "token_f1_of_the_whole_instruction": super::round(whole),
        "targets": { "token_f1_over": 0.82 },
    }))
}

/// Weights fitted on all rows, as the file of the language keeps them.
pub(crate) fn weights(dir: &Path) -> anyhow::Result<Value> {
    let rows = rows(dir)?;
    let all: Vec<&Row> = rows.iter().collect();
    Ok(json!(learn(&all).to_toml()))
}

fn learn(rows: &[&Row]) -> QueryFormer {
    let rows: Vec<(&str, Vec<&str>)> = rows
        .iter()
        .map(|row| {
            let queries = row.human_queries.iter().flatten().map(String::as_str);
            (row.instruction.as_str(), queries.collect())
        })
        .collect();
    QueryFormer::train(&rows)
}

fn overlap(former: &QueryFormer, row: &Row) -> f64 {
    best(&former.words(&row.instruction), row)
}

fn best(found: &[String], row: &Row) -> f64 {
    let found: HashSet<&String> = found.iter().collect();
    let queries = row.human_queries.iter().flatten();
    queries
        .map(|query| {
            let typed = words(query);
            let typed: HashSet<&String> = typed.iter().collect();
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let right = count(found.intersection(&typed).count());
            super::f1(
                right,
                count(found.len()) - right,
                count(typed.len()) - right,
            )
        })
        .fold(0.0, f64::max)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count.max(1))
}
