//! The index beside other engines on the same products and queries, and over a million made-up products.

use std::path::Path;
use std::time::Instant;

use errand_index::ProductIndex;
use errand_types::{Currency, MerchantId};
use serde_json::{Value, json};

use crate::beside::{Fts5, Parser};
use crate::relevance::{self, DEPTH, Ratings, process_ms, ratio, round, thread_ms};
use crate::{data, generated, icecat};

/// Products of the large run.
const MANY: u64 = 1_000_000;
/// Of the quick one, which only shows that it runs.
const FEW: u64 = 20_000;
/// Queries over them.
const QUERIES: usize = 400;
/// Threads that index; the products are made on a third.
const THREADS: usize = 2;

pub(crate) fn run(dir: &Path) -> anyhow::Result<Value> {
    both(dir, MANY)
}

pub(crate) fn quick(dir: &Path) -> anyhow::Result<Value> {
    both(dir, FEW)
}

fn both(dir: &Path, products: u64) -> anyhow::Result<Value> {
    let has_data = !data::files(dir, "products")?.is_empty();
    let rated = if has_data {
        beside(dir)?
    } else {
        json!({ "skipped": format!("`{}` has no file whose name starts with `products`: set ERRAND_DATA_DIR to the \
            folder of the data sets", dir.display()) })
    };
    let many = many(products)?;
    Ok(json!({
        "set": "search-bench",
        "rated": rated,
        "many": many,
        "definitions": relevance::definitions(),
    }))
}

/// All engines on the rated queries.
fn beside(dir: &Path) -> anyhow::Result<Value> {
    let documents = icecat::products(dir)?;
    let ratings = relevance::ratings(dir)?;
    let (index, build) = icecat::build(&documents)?;
    let ours = engine(&ratings, |query, limit| icecat::rank(&index, query, limit))?;
    let fts5 = Fts5::new(&documents)?;
    let plain = Parser::new(&documents, "default")?;
    let stemming = Parser::new(&documents, "en_stem")?;
    Ok(json!({
        "products": documents.len(),
        "build": build,
        "errand": ours,
        "sqlite_fts5_or_porter": engine(&ratings, |query, limit| fts5.rank(query, limit))?,
        "tantivy_query_parser": engine(&ratings, |query, limit| plain.rank(query, limit))?,
        "tantivy_query_parser_stemming": engine(&ratings, |query, limit| stemming.rank(query, limit))?,
    }))
}

fn engine(
    ratings: &Ratings,
    rank: impl Fn(&str, usize) -> anyhow::Result<Vec<String>>,
) -> anyhow::Result<Value> {
    let mut means = relevance::means(&relevance::over(ratings, |query| rank(query, DEPTH))?);
    let queries: Vec<String> = ratings.keys().cloned().collect();
    let cpu = relevance::cpu(&queries, 10, |query| rank(query, 10).map(|_| ()))?;
    if let Some(means) = means.as_object_mut() {
        means.insert("cpu_ms".to_owned(), cpu);
    }
    Ok(means)
}

fn many(products: u64) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let index = ProductIndex::open(folder.path())?;
    let shop = MerchantId::parse("made-up")?;
    let dollars = Currency::parse("USD")?;
    // What making the products takes is taken off: it is no part of indexing.
    let before = process_ms();
    for number in 0..products.min(20_000) {
        generated::product(number, &shop, dollars);
    }
    let making = (process_ms() - before) / as_f64(products.min(20_000)) * as_f64(products);
    let (wall, cpu, feeding) = (Instant::now(), process_ms(), thread_ms());
    let mut writer = index.writer_with(256 << 20, THREADS)?;
    for number in 0..products {
        writer.upsert(&generated::product(number, &shop, dollars))?;
    }
    let feeding_ms = thread_ms() - feeding - making;
    writer.commit()?;
    drop(writer);
    let wall_ms = wall.elapsed().as_secs_f64() * 1e3;
    let cpu_ms = process_ms() - cpu - making;
    let queries = generated::queries(QUERIES);
    let spent = relevance::cpu(&queries, 3, |query| {
        icecat::rank(&index, query, 10).map(|_| ())
    })?;
    let mut empty = 0;
    for query in &queries {
        empty += usize::from(icecat::rank(&index, query, 10)?.is_empty());
    }
    let bytes = bytes(folder.path())?;
    Ok(json!({
        "products": products,
        "build": {
            "wall_ms": round(wall_ms),
            "cpu_ms": round(cpu_ms),
            "cpu_ms_of_the_feeding_thread": round(feeding_ms),
            "threads": THREADS,
            "products_per_second_wall": round(as_f64(products) / wall_ms * 1e3),
            "products_per_second_of_two_full_cores": round(as_f64(products) / cpu_ms * 2e3),
        },
        "bytes_on_disk": bytes,
        "queries": queries.len(),
        "queries_without_hit_share": round(ratio(empty, queries.len())),
        "cpu_ms": spent,
    }))
}

#[expect(clippy::cast_precision_loss, reason = "counts far below the bound")]
fn as_f64(n: u64) -> f64 {
    n as f64
}

fn bytes(folder: &Path) -> anyhow::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum)
}
