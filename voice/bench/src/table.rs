//! The committed table of word error rates, and the band around it that a test holds.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::recognise::{Skipped, recognisers};
use crate::voices::talkers;
use crate::{household, wer};

/// One line of `wer.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// Word error rate.
    wer: f64,
    /// How far it may be away, to both sides: better is news as well.
    band: f64,
}

/// What was held against the table.
#[derive(Debug)]
pub struct Held {
    /// Lines that were measured.
    pub measured: usize,
    /// Those that left their band, and those that the table lacks.
    pub strays: Vec<String>,
    /// What this machine lacks.
    pub skipped: Vec<String>,
}

/// Measures the everyday part of the table, or all of it, and holds it against `wer.toml`.
///
/// # Errors
/// When the table cannot be read or an engine fails.
pub fn held(is_whole: bool) -> anyhow::Result<Held> {
    let table: BTreeMap<String, Line> = toml::from_str(include_str!("../wer.toml"))?;
    let mut skipped = Skipped::new();
    let effort = if is_whole {
        wer::Effort::WHOLE
    } else {
        wer::Effort::QUICK
    };
    let mut recognisers = recognisers(&mut skipped);
    // A model that somebody names is theirs: the table knows nothing of it.
    recognisers.retain(|recogniser| recogniser.name == "pocketsphinx");
    let rows = wer::rows(
        &recognisers,
        &talkers(&mut skipped),
        &household::made(),
        effort,
        77,
    )?;
    let size = if is_whole { "whole" } else { "everyday" };
    let mut found = wer::by(&rows, |row| {
        (row.condition == "quiet").then(|| format!("{size} {} {}", row.engine, row.voice))
    });
    found.extend(wer::by(&rows, |row| {
        Some(format!(
            "{size} {} {}",
            row.engine,
            wer::distance(&row.condition)?
        ))
    }));
    let mut strays = Vec::new();
    for (key, tally) in &found {
        match table.get(key) {
            None => strays.push(format!(
                "\"{key}\" = {{ wer = {:.3}, band = 0.05 }} is not in the table",
                tally.wer()
            )),
            Some(line) if (tally.wer() - line.wer).abs() > line.band => {
                strays.push(format!(
                    "{key}: {:.3} instead of {:.3} ± {:.3}",
                    tally.wer(),
                    line.wer,
                    line.band
                ));
            }
            Some(_) => {}
        }
    }
    let skipped = skipped.iter().map(ToString::to_string).collect();
    Ok(Held {
        measured: found.len(),
        strays,
        skipped,
    })
}
