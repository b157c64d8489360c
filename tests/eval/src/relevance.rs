//! Relevance of a ranking against ratings, and what a query costs.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use anyhow::Context as _;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::data;

/// How far down a ranking is looked at.
pub(crate) const DEPTH: usize = 1_000;

/// Ratings by query and product; 0 is "not relevant", 3 is best.
pub(crate) type Ratings = BTreeMap<String, HashMap<String, u8>>;

/// The ratings in all files of a folder whose name starts with `qrels_`.
pub(crate) fn ratings(dir: &Path) -> anyhow::Result<Ratings> {
    let mut ratings = Ratings::new();
    for file in data::some_files(dir, "qrels_")? {
        for (at, line) in data::lines(&file)?.iter().enumerate().skip(1) {
            let told = || format!("line {} of `{}`", at + 1, file.display());
            let mut cells = line.split('\t');
            let (Some(query), Some(product), Some(rating)) =
                (cells.next(), cells.next(), cells.next())
            else {
                continue;
            };
            let rating: u8 = rating.trim().parse().with_context(told)?;
            let of_query = ratings.entry(query.to_owned()).or_default();
            of_query.insert(product.to_owned(), rating);
        }
    }
    Ok(ratings)
}

/// What one query scored.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    pub(crate) ndcg_10: f64,
    pub(crate) ndcg_10_judged: f64,
    pub(crate) recall_10: f64,
    pub(crate) recall_100: f64,
    pub(crate) reciprocal_rank: f64,
    is_empty: f64,
}

fn gain(ratings: impl Iterator<Item = u8>) -> f64 {
    let positions = (2_u32..).map(|position| f64::from(position).log2());
    ratings
        .take(10)
        .zip(positions)
        .map(|(rating, by)| f64::from(rating) / by)
        .sum()
}

/// Scores a ranking of product ids, best first, against the ratings of its query, one of which is not 0.
pub(crate) fn score(ranking: &[String], rated: &HashMap<String, u8>) -> Score {
    let mut ideal: Vec<u8> = rated.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let ideal = gain(ideal.into_iter());
    let rating = |id: &String| rated.get(id).copied();
    let relevant: HashSet<&String> = rated
        .iter()
        .filter(|(_, rating)| **rating > 0)
        .map(|(id, _)| id)
        .collect();
    let recall = |most: usize| {
        let found = ranking.iter().take(most).filter(|id| relevant.contains(id));
        ratio(found.count(), relevant.len())
    };
    let first = ranking.iter().position(|id| relevant.contains(id));
    Score {
        ndcg_10: gain(ranking.iter().map(|id| rating(id).unwrap_or(0))) / ideal,
        ndcg_10_judged: gain(ranking.iter().filter_map(rating)) / ideal,
        recall_10: recall(10),
        recall_100: recall(100),
        reciprocal_rank: first.map_or(0.0, |at| ratio(1, at + 1)),
        is_empty: if ranking.is_empty() { 1.0 } else { 0.0 },
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a small set")]
pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Queries with at least one rating that is not 0, in the order of the alphabet.
pub(crate) fn rated(ratings: &Ratings) -> impl Iterator<Item = (&String, &HashMap<String, u8>)> {
    ratings
        .iter()
        .filter(|(_, rated)| rated.values().any(|rating| *rating > 0))
}

/// Scores an engine over all queries with a rating that is not 0.
pub(crate) fn over(
    ratings: &Ratings,
    mut rank: impl FnMut(&str) -> anyhow::Result<Vec<String>>,
) -> anyhow::Result<Vec<(String, Score)>> {
    rated(ratings)
        .map(|(query, rated)| Ok((query.clone(), score(&rank(query)?, rated))))
        .collect()
}

/// Means over queries.
pub(crate) fn means(scores: &[(String, Score)]) -> Value {
    let mean = |of: fn(&Score) -> f64| {
        let sum: f64 = scores.iter().map(|(_, score)| of(score)).sum();
        round(sum * ratio(1, scores.len()))
    };
    let empty = scores.iter().filter(|(_, score)| score.is_empty > 0.0);
    json!({
        "ndcg_10": mean(|s| s.ndcg_10),
        "ndcg_10_judged_only": mean(|s| s.ndcg_10_judged),
        "recall_10": mean(|s| s.recall_10),
        "recall_100": mean(|s| s.recall_100),
        "mrr": mean(|s| s.reciprocal_rank),
        "empty_answers": empty.count(),
    })
}

/// How each figure is defined.
pub(crate) fn definitions() -> Value {
    json!({
        "queries": "queries with at least one rating above 0; means are over them",
        "ndcg_10": "linear gain (the rating, 0 to 3), discount 1/log2(position + 1), first 10 places; a product without a \
            rating counts 0; divided by the same of the ratings of the query in their best order",
        "ndcg_10_judged_only": "the same after products without a rating were struck out of the first 1000 places",
        "recall_10": "products rated above 0 within the first 10 places, as a share of all of them",
        "recall_100": "the same within the first 100 places",
        "mrr": "1 / place of the first product rated above 0 within the first 1000 places; 0 without one",
        "empty_answers": "queries with no hit",
        "cpu_ms": "time of the processor in the searching thread for one query with 10 hits including reading their \
            products; every query several times after one round to warm up, each run on its own",
        "build": "reading or making products aside: from the first product handed over until all can be found; cpu_ms is \
            that of all threads, products_per_second_of_two_full_cores is 2 / (cpu per product)",
    })
}

pub(crate) fn round(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

/// Milliseconds of the processor that this thread has used.
pub(crate) fn thread_ms() -> f64 {
    milliseconds(ClockId::ThreadCPUTime)
}

/// Milliseconds of the processor that this process has used, over all threads.
pub(crate) fn process_ms() -> f64 {
    milliseconds(ClockId::ProcessCPUTime)
}

#[expect(clippy::cast_precision_loss, reason = "a measurement")]
fn milliseconds(clock: ClockId) -> f64 {
    let now = clock_gettime(clock);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
}

/// What one run of each query costs, several times over all queries.
pub(crate) fn cpu(
    queries: &[String],
    rounds: usize,
    mut run: impl FnMut(&str) -> anyhow::Result<()>,
) -> anyhow::Result<Value> {
    for query in queries {
        run(query)?;
    }
    let mut spent = Vec::with_capacity(rounds * queries.len());
    for _ in 0..rounds {
        for query in queries {
            let before = thread_ms();
            run(query)?;
            spent.push(thread_ms() - before);
        }
    }
    spent.sort_by(f64::total_cmp);
    let at = |share: usize| {
        let last = spent.len().saturating_sub(1);
        round(spent.get(last * share / 100).copied().unwrap_or_default())
    };
    Ok(json!({ "p50": at(50), "p95": at(95), "p99": at(99), "max": at(100), "runs": spent.len() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rated(pairs: &[(&str, u8)]) -> HashMap<String, u8> {
        pairs.iter().map(|(id, r)| ((*id).to_owned(), *r)).collect()
    }

    fn ranking(ids: &str) -> Vec<String> {
        ids.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_best_order_scores_one_and_nothing_scores_nothing() {
        let ratings = rated(&[("a", 3), ("b", 1), ("c", 0)]);

        let best = score(&ranking("a b c"), &ratings);
        assert!((best.ndcg_10 - 1.0).abs() < 1e-9 && (best.recall_10 - 1.0).abs() < 1e-9);
        let none = score(&[], &ratings);
        assert!(none.ndcg_10.abs() < 1e-9 && none.is_empty > 0.5);
    }

    #[test]
    fn products_without_a_rating_cost_places_unless_they_are_struck_out() {
        let ratings = rated(&[("a", 3)]);

        let late = score(&ranking("x a"), &ratings);
        assert!((late.ndcg_10 - 1.0 / 3_f64.log2()).abs() < 1e-9);
        assert!((late.ndcg_10_judged - 1.0).abs() < 1e-9);
        assert!((late.reciprocal_rank - 0.5).abs() < 1e-9);
    }
}
