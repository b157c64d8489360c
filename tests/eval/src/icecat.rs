//! Search over real products of an electronics catalog, against ratings by people.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use errand_index::{Ask, Document, ProductIndex};
use errand_types::{Currency, ForeignId, MerchantId, Money, Text};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::data;
use crate::relevance::{self, DEPTH, Score, process_ms, round};

/// Parts that the queries are split into, to show how the figures vary.
const FOLDS: usize = 5;

#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    title: String,
    brand: String,
    mpn: String,
    description: String,
    #[serde(default)]
    ean: Vec<String>,
    #[serde(default)]
    price_minor: Option<i64>,
    #[serde(default)]
    attrs: BTreeMap<String, Value>,
}

/// The products of a folder as documents.
pub(crate) fn products(dir: &Path) -> anyhow::Result<Vec<Document>> {
    let shop = MerchantId::parse("icecat")?;
    let dollars = Currency::parse("USD")?;
    let mut documents = Vec::new();
    for file in data::some_files(dir, "products")? {
        for row in data::rows::<Row>(&file)? {
            let mut document =
                Document::named(shop.clone(), ForeignId::parse(&row.id)?, &row.title);
            document.brand = Some(Text::clip(&row.brand));
            document.mpn = Some(Text::clip(&row.mpn));
            document.description = Text::clip(&row.description);
            document.gtins = row.ean.iter().map(|ean| Text::clip(ean)).collect();
            document.price = row.price_minor.map(|minor| Money::new(minor, dollars));
            document.attributes = row.attrs.iter().filter_map(attribute).collect();
            documents.push(document);
        }
    }
    Ok(documents)
}

/// `t_product_colour: Black` is a text, `b_wireless: true` holds, `n_weight: 62` is a number whose unit is not given.
fn attribute((name, value): (&String, &Value)) -> Option<(Text<60>, Text<200>)> {
    let (_, plain) = name.split_once('_')?;
    let value = match value {
        Value::String(text) => text.clone(),
        Value::Bool(holds) => if *holds { "yes" } else { "no" }.to_owned(),
        other => other.to_string(),
    };
    Some((Text::clip(&plain.replace('_', " ")), Text::clip(&value)))
}

/// An index in memory with all products, and what it cost.
pub(crate) fn build(documents: &[Document]) -> anyhow::Result<(ProductIndex, Value)> {
    let index = ProductIndex::in_memory()?;
    let (wall, cpu) = (Instant::now(), process_ms());
    let mut writer = index.writer()?;
    for document in documents {
        writer.upsert(document)?;
    }
    writer.compact()?;
    drop(writer);
    let build = json!({
        "products": documents.len(),
        "wall_ms": round(wall.elapsed().as_secs_f64() * 1e3),
        "cpu_ms": round(process_ms() - cpu),
    });
    Ok((index, build))
}

pub(crate) fn run(dir: &Path) -> anyhow::Result<Value> {
    let documents = products(dir)?;
    let ratings = relevance::ratings(dir)?;
    let (index, build) = build(&documents)?;
    let scores = relevance::over(&ratings, |query| rank(&index, query, DEPTH))?;
    let queries: Vec<String> = ratings.keys().cloned().collect();
    let cpu = relevance::cpu(&queries, 20, |query| rank(&index, query, 10).map(|_| ()))?;
    let mut result = relevance::means(&scores);
    let extra = json!({
        "set": "icecat",
        "queries": scores.len(),
        "queries_without_any_relevant_product": ratings.len() - scores.len(),
        "folds": folds(&scores),
        "cpu_ms": cpu,
        "build": build,
        "definitions": relevance::definitions(),
        "by_query": scores.iter().map(|(query, score)| json!({
            "query": query,
            "ndcg_10": round(score.ndcg_10),
            "ndcg_10_judged_only": round(score.ndcg_10_judged),
            "recall_100": round(score.recall_100),
        })).collect::<Vec<_>>(),
    });
    if let (Value::Object(result), Value::Object(extra)) = (&mut result, extra) {
        result.extend(extra);
    }
    Ok(result)
}

/// The ids of the hits, best first; their products are read, as whoever shows them must.
pub(crate) fn rank(index: &ProductIndex, query: &str, limit: usize) -> anyhow::Result<Vec<String>> {
    let mut ask = Ask::words(query);
    ask.limit = limit;
    let answer = index.search(&ask)?;
    for hit in answer.hits.iter().take(10) {
        hit.document()?;
    }
    Ok(answer
        .hits
        .into_iter()
        .map(|hit| hit.key.id.as_str().to_owned())
        .collect())
}

/// The same means over every fifth query: no weight was fitted to any of them, so these tell how far a figure can lie
/// from one of other queries.
fn folds(scores: &[(String, Score)]) -> Vec<Value> {
    (0..FOLDS)
        .map(|fold| {
            let part: Vec<(String, Score)> =
                scores.iter().skip(fold).step_by(FOLDS).cloned().collect();
            relevance::means(&part)
        })
        .collect()
}
