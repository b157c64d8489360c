//! The rows of the set as parts of a stock.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context as _;
use errand_catalog::assembly::{Domain, Listing, PartRef, Raw, Stock};
use errand_types::{Currency, Money};
use serde_json::Value;

use crate::data;

/// Files of the set by the slot that their rows take.
pub(super) const FILES: [(&str, &str); 8] = [
    ("cpu", "CPU"),
    ("motherboard", "Motherboard"),
    ("ram", "RAM"),
    ("gpu", "GPU"),
    ("psu", "PSU"),
    ("case", "PCCase"),
    ("cooler", "CPUCooler"),
    ("storage", "Storage"),
];

/// All rows of one slot.
pub(super) type Rows = HashMap<&'static str, Vec<Value>>;

/// The parts, and where each id of the set is.
pub(super) struct Shelf<'d> {
    pub(super) stock: Stock<'d>,
    pub(super) places: HashMap<String, PartRef>,
}

pub(super) fn read(dir: &Path) -> anyhow::Result<Rows> {
    let mut rows = Rows::new();
    for (slot, stem) in FILES {
        // `CPU` is the start of `CPUCooler`, so the dot belongs to the stem.
        for path in data::some_files(dir, &format!("{stem}."))? {
            rows.entry(slot).or_default().extend(data::rows(&path)?);
        }
    }
    Ok(rows)
}

pub(super) fn shelf<'d>(domain: &'d Domain, rows: &Rows) -> anyhow::Result<Shelf<'d>> {
    let mut stock = Stock::new(domain);
    let mut places = HashMap::new();
    for (slot, _) in FILES {
        for row in rows.get(slot).into_iter().flatten() {
            let id = text(row, "opendb_id").context("a row without `opendb_id`")?;
            let listing = Listing {
                id,
                title: text(row, "metadata.name").unwrap_or_default(),
                brand: text(row, "metadata.manufacturer"),
                price: price(row)?,
            };
            let part = stock.add(slot, listing, &|name| raw(row, name))?;
            places.insert(id.to_owned(), part);
        }
    }
    Ok(Shelf { stock, places })
}

/// What stands at a path such as `memory.max`.
pub(super) fn at<'r>(row: &'r Value, path: &str) -> Option<&'r Value> {
    path.split('.').try_fold(row, |value, name| value.get(name))
}

pub(super) fn text<'r>(row: &'r Value, path: &str) -> Option<&'r str> {
    at(row, path)?.as_str()
}

/// A price in cents.
pub(super) fn price(row: &Value) -> anyhow::Result<Option<Money>> {
    let Some(price) = row.get("price_usd").filter(|price| !price.is_null()) else {
        return Ok(None);
    };
    dollars(price).map(Some)
}

/// An amount as it stands in the set.
pub(super) fn dollars(amount: &Value) -> anyhow::Result<Money> {
    let amount = amount.as_number().context("an amount that is no number")?;
    Ok(Money::parse(&amount.to_string(), Currency::USD)?)
}

fn raw(row: &Value, path: &str) -> Option<Raw> {
    match at(row, path)? {
        Value::Null | Value::Object(_) => None,
        Value::Bool(is) => Some(Raw::Bool(*is)),
        Value::Number(number) => Some(Raw::Number(number.to_string())),
        Value::String(text) => Some(Raw::Text(text.clone())),
        Value::Array(list) => {
            let texts = list.iter().filter_map(|v| v.as_str().map(str::to_owned));
            Some(Raw::List(texts.collect()))
        }
    }
}
