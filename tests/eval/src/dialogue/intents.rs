//! Which of the intents a sentence has, or none of them: a linear classifier with a rejection threshold.
//!
//! Sentences that are out of scope and were written for this project teach what is none of the intents. Where the folder
//! holds a test split, all its training rows are learned from (of the public half where the folder has none); otherwise
//! everything is measured by cross-validation, the project's own sentences included.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use errand_offline::linear::{Classifier, Settings};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::data;

/// How the names of the files begin.
pub(super) const STEM: &str = "clinc150_shopping_subset";
const FOLDS: usize = 5;
/// Below this score a sentence is taken for none of the intents; fixed on the public half, by its validation rows and by
/// cross-validation over the project's own sentences.
const SCORE_MIN: f32 = 0.15;
/// What words that no training row held take from the score, all of them unseen.
const UNSEEN_COST: f32 = 0.5;
/// Name of "none of them" in the data.
const NONE: &str = "oos";

const OWN: &str = include_str!("out_of_scope.txt");

#[derive(Debug, Clone, Deserialize)]
struct Row {
    text: String,
    intent: String,
    #[serde(default)]
    split: String,
}

impl Row {
    fn is_test(&self) -> bool {
        self.split.contains("test")
    }

    fn is_none(&self) -> bool {
        self.intent == NONE
    }
}

pub(super) fn run(dir: &Path) -> anyhow::Result<Value> {
    let rows = read(dir)?;
    let (test, mut train): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(Row::is_test);
    if test.is_empty() {
        return Ok(folds(&train));
    }
    let mut from = "the training rows of the folder";
    if train.is_empty()
        && let Some(public) = super::public()
    {
        train = read(&public)?
            .into_iter()
            .filter(|r| !r.is_test())
            .collect();
        from = "the training rows of the public half";
    }
    // What is measured is never learned from.
    let measured: HashSet<&str> = test.iter().map(|row| row.text.as_str()).collect();
    train.retain(|row| !measured.contains(row.text.as_str()));
    if train.is_empty() {
        return Ok(folds(&test));
    }
    let learned = Learned::new(&train, own());
    let mut count = Count::default();
    for row in &test {
        count.add(&learned, row);
    }
    Ok(count.result(&format!(
        "trained once on {from}, measured on the test split"
    )))
}

fn read(dir: &Path) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for path in data::some_files(dir, STEM)? {
        rows.extend(data::rows::<Row>(&path)?);
    }
    Ok(rows)
}

/// Sentences of this project that have none of the intents.
fn own() -> impl Iterator<Item = &'static str> {
    OWN.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn folds(rows: &[Row]) -> Value {
    let mut count = Count::default();
    // Out-of-scope rows of the data where it has some, the project's own sentences where it has none.
    let has_none = rows.iter().any(Row::is_none);
    for fold in 0..FOLDS {
        let is_held = |at: usize| at % FOLDS == fold;
        // Rows of one intent stand together, so every fifth row is an even share of each.
        let train: Vec<Row> = rows
            .iter()
            .enumerate()
            .filter(|(at, _)| !is_held(*at))
            .map(|(_, row)| row.clone())
            .collect();
        let learned = Learned::new(
            &train,
            own()
                .enumerate()
                .filter(|(at, _)| !is_held(*at))
                .map(|(_, line)| line),
        );
        for (_, row) in rows.iter().enumerate().filter(|(at, _)| is_held(*at)) {
            count.add(&learned, row);
        }
        for (_, line) in own()
            .enumerate()
            .filter(|(at, _)| is_held(*at) && !has_none)
        {
            let row = Row {
                text: line.to_owned(),
                intent: NONE.to_owned(),
                split: String::new(),
            };
            count.add(&learned, &row);
        }
    }
    count.result(&format!(
        "{FOLDS}-fold cross-validation over all rows; out of scope are {}",
        if has_none {
            "the rows of the data"
        } else {
            "sentences written for this project, in the folds as well"
        }
    ))
}

/// A classifier with the names of its classes; the last class is none of them.
struct Learned {
    names: Vec<String>,
    classifier: Classifier,
}

impl Learned {
    fn new(rows: &[Row], none: impl Iterator<Item = &'static str>) -> Self {
        let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows.iter().filter(|r| !r.is_none()) {
            let next = ids.len();
            ids.entry(&row.intent).or_insert(next);
        }
        let last = ids.len();
        let mut learned: Vec<(&str, usize)> = rows
            .iter()
            .map(|row| {
                (
                    row.text.as_str(),
                    ids.get(row.intent.as_str()).copied().unwrap_or(last),
                )
            })
            .collect();
        learned.extend(none.map(|line| (line, last)));
        let mut names = vec![NONE.to_owned(); last + 1];
        for (name, id) in ids {
            if let Some(slot) = names.get_mut(id) {
                name.clone_into(slot);
            }
        }
        Self {
            classifier: Classifier::train(&learned, last + 1, &Settings::default()),
            names,
        }
    }

    /// The likeliest intent and its score; what is below the threshold is none.
    fn guess(&self, text: &str) -> (&str, f32) {
        let all = self.classifier.all(text);
        let none = all.last().copied().unwrap_or(0.0);
        let known = all.get(..all.len().saturating_sub(1)).unwrap_or(&[]);
        let (class, best) = known
            .iter()
            .copied()
            .enumerate()
            .fold(
                (0, 0.0),
                |best, (class, p)| {
                    if p > best.1 { (class, p) } else { best }
                },
            );
        let unseen = self.classifier.classify(text).unseen;
        let score = best - none - UNSEEN_COST * unseen;
        (self.names.get(class).map_or(NONE, String::as_str), score)
    }
}

#[derive(Debug, Default)]
struct Count {
    known: u32,
    right: u32,
    right_before: u32,
    none: u32,
    rejected: u32,
    /// For every threshold in twentieths: right in scope, rejected out of scope.
    by_threshold: Vec<(u32, u32)>,
}

impl Count {
    fn add(&mut self, learned: &Learned, row: &Row) {
        let (intent, score) = learned.guess(&row.text);
        self.by_threshold.resize(12, (0, 0));
        for (slot, step) in self.by_threshold.iter_mut().zip(0_u8..) {
            let is_kept = score >= f32::from(step) / 20.0;
            slot.0 += u32::from(!row.is_none() && is_kept && intent == row.intent);
            slot.1 += u32::from(row.is_none() && !is_kept);
        }
        let is_kept = score >= SCORE_MIN;
        if row.is_none() {
            self.none += 1;
            self.rejected += u32::from(!is_kept);
        } else {
            self.known += 1;
            self.right_before += u32::from(intent == row.intent);
            self.right += u32::from(is_kept && intent == row.intent);
        }
    }

    fn result(&self, how: &str) -> Value {
        let steps: Vec<Value> = (0_u8..)
            .zip(&self.by_threshold)
            .map(|(step, (right, rejected))| {
                json!({
                    "threshold": super::round(f64::from(step) / 20.0),
                    "in_scope_accuracy": super::share(*right, self.known),
                    "out_of_scope_recall": super::share(*rejected, self.none),
                })
            })
            .collect();
        json!({
            "how": how,
            "in_scope_rows": self.known,
            "in_scope_accuracy": super::share(self.right, self.known),
            "in_scope_accuracy_before_rejection": super::share(self.right_before, self.known),
            "out_of_scope_rows": self.none,
            "out_of_scope_recall": super::share(self.rejected, self.none),
            "threshold": super::round(f64::from(SCORE_MIN)),
            "by_threshold": steps,
            "targets": { "in_scope_accuracy_over": 0.90, "out_of_scope_recall_over": 0.60 },
        })
    }
}
