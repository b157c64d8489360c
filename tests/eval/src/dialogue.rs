//! The offline understanding of language: `cargo xtask eval dialogue`.

mod consent;
mod intents;
mod lists;
mod queries;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::data;

pub(crate) use queries::weights;

/// All four parts; a part whose file is absent says so and the others run. A file that cannot be read is an error.
pub(crate) fn run(dir: &Path) -> anyhow::Result<Value> {
    let mut ran = 0;
    let mut part = |stem: &str, run: fn(&Path) -> anyhow::Result<Value>| {
        if data::files(dir, stem)?.is_empty() {
            return Ok(json!({ "skipped": format!("no file whose name starts with `{stem}`") }));
        }
        ran += 1;
        run(dir)
    };
    let result = json!({
        "confirm_deny": part(consent::STEM, consent::run)?,
        "intents": part(intents::STEM, intents::run)?,
        "webshop_requests": part(queries::STEM, queries::run)?,
        "list_and_takeaway_commands": part(lists::STEM, lists::run)?,
    });
    anyhow::ensure!(ran > 0, "`{}` holds none of the files", dir.display());
    Ok(result)
}

/// The public half of the data, for what is learned: `ERRAND_DATA_DIR`, or `shared/data` beside the checkout.
fn public() -> Option<PathBuf> {
    let beside = || {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|dir| dir.join("shared/data"))
            .find(|dir| dir.is_dir())
    };
    let root = std::env::var_os("ERRAND_DATA_DIR")
        .map(PathBuf::from)
        .or_else(beside)?;
    Some(root.join("dialogue")).filter(|dir| dir.is_dir())
}

/// Four digits are enough for every share here.
fn round(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

fn share(part: u32, of: u32) -> Value {
    if of == 0 {
        Value::Null
    } else {
        json!(round(f64::from(part) / f64::from(of)))
    }
}

/// F1 from counts of right, false and missed; 1 where there was nothing to find and nothing was found.
fn f1(right: u32, wrong: u32, missed: u32) -> f64 {
    let all = f64::from(2 * right + wrong + missed);
    if all == 0.0 {
        1.0
    } else {
        f64::from(2 * right) / all
    }
}
