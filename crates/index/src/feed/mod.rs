//! Product feeds: JSON Lines, CSV and the feed shape of the Agentic Commerce Protocol (2026-04-17), read row by row.
//!
//! A feed is a stranger's text. A row is taken whole or refused with its reason; nothing in it is guessed: a price
//! without a currency is refused and not taken for dollars. Memory is bounded by one row, whatever the feed holds.

mod csv;
mod json;
mod lines;
mod price;
mod row;

use std::collections::BTreeMap;
use std::io::BufRead;

use errand_types::{Currency, MerchantId};
use serde::{Deserialize, Serialize};

use crate::document::Document;

/// Bytes of one row; a longer one is refused.
pub const ROW_BYTES_MAX: usize = 1 << 20;
/// Bytes of one feed; the rest is not read.
pub const FEED_BYTES_MAX: u64 = 4 << 30;
/// Rows of one feed; the rest is not read.
pub const ROWS_MAX: u64 = 2_000_000;
/// Columns of a feed in CSV.
pub const COLUMNS_MAX: usize = 500;
/// Variants of one product.
pub const VARIANTS_MAX: usize = 200;
/// Refused rows that are told one by one; all are counted.
const TOLD_MAX: usize = 20;

/// The form of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// One JSON document: an object with `products`, or a list. The feed shape of the Agentic Commerce Protocol.
    Document,
    /// Comma, semicolon or tab between columns, names in the first row.
    Csv,
}

impl Format {
    /// Tells the form by its beginning; `None` for what is no feed.
    pub fn of(beginning: &[u8]) -> Option<Self> {
        // No row is longer, so more would tell nothing.
        let beginning = beginning.get(..ROW_BYTES_MAX).unwrap_or(beginning);
        let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
        let start = beginning
            .iter()
            .position(|byte| !byte.is_ascii_whitespace())?;
        let rest = beginning.get(start..)?;
        match rest.first()? {
            b'[' => Some(Self::Document),
            b'{' => {
                let line = rest.split(|byte| *byte == b'\n').next().unwrap_or(rest);
                let first: Option<serde_json::Map<String, serde_json::Value>> =
                    serde_json::from_slice(line).ok();
                let is_row = first.is_some_and(|row| !json::is_envelope(&row));
                Some(if is_row {
                    Self::JsonLines
                } else {
                    Self::Document
                })
            }
            _ => {
                let line = rest.split(|byte| *byte == b'\n').next().unwrap_or(rest);
                let line = std::str::from_utf8(line).ok()?;
                let names: Vec<String> = line.split([',', ';', '\t']).map(csv::name).collect();
                let has = |known: &[&str]| names.iter().any(|name| known.contains(&name.as_str()));
                (has(row::ID) && has(row::TITLE)).then_some(Self::Csv)
            }
        }
    }
}

/// What is known of a feed beside its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The shop.
    pub merchant: MerchantId,
    /// Currency of prices that name none; without it such rows are refused.
    pub currency: Option<Currency>,
    /// Host that pages of products must be on; without it any host.
    pub host: Option<String>,
    /// When the feed was fetched, in seconds since 1970.
    pub seen_at: i64,
}

/// Why a row was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A field that must be there is not, or is empty.
    Missing,
    /// A field does not hold what it should.
    Wrong,
    /// A field holds what looks like an attack: control characters in an id, a page that is no web page.
    Hostile,
    /// The row is longer than is read.
    TooLong,
    /// The row is no JSON object, or has another number of columns than the first row.
    Unreadable,
    /// The shop does not want the product found, or its offer has ended.
    Withdrawn,
}

/// One refused row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Which row, from 1; of CSV the row of names is not counted.
    pub row: u64,
    /// Which field, when it is about one.
    pub field: &'static str,
    /// Why.
    pub reason: Reason,
}

/// What became of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Rows read.
    pub rows: u64,
    /// Products handed over; a row may hold several variants.
    pub products: u64,
    /// Rows refused, by reason.
    pub refused: BTreeMap<Reason, u64>,
    /// The first of them.
    pub told: Vec<Refused>,
    /// Texts that were cut or cleaned.
    pub clipped: u64,
    /// Whether the feed was longer than is read, or ended within a row.
    pub is_cut: bool,
}

impl Report {
    /// Rows refused, for whatever reason.
    pub fn refused_rows(&self) -> u64 {
        self.refused.values().sum()
    }

    fn refuse(&mut self, field: &'static str, reason: Reason) {
        *self.refused.entry(reason).or_default() += 1;
        if self.told.len() < TOLD_MAX {
            let row = self.rows;
            self.told.push(Refused { row, field, reason });
        }
    }
}

/// Why a feed could not be read on.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The feed broke off.
    #[error("the feed cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The feed is not of the form that it was read as.
    #[error("the feed is not what it should be: {0}")]
    Form(&'static str),
    /// The product could not be taken.
    #[error("a product of the feed could not be taken: {0}")]
    Index(#[from] crate::IndexError),
}

/// Reads a feed and hands each product to `take`, in the order of the feed.
///
/// # Errors
/// [`FeedError::Io`] and [`FeedError::Form`] when it cannot be read on; what `take` answers. Products handed over before
/// stay handed over: commit only after `Ok`.
pub fn read(
    feed: impl BufRead,
    format: Format,
    source: &Source,
    take: &mut dyn FnMut(Document) -> Result<(), FeedError>,
) -> Result<Report, FeedError> {
    let mut rows = Rows {
        source,
        take,
        report: Report::default(),
    };
    let mut feed = lines::Counted::new(feed, FEED_BYTES_MAX);
    match format {
        Format::JsonLines => json::lines(&mut feed, &mut rows)?,
        Format::Document => json::document(&mut feed, &mut rows)?,
        Format::Csv => csv::rows(&mut feed, &mut rows)?,
    }
    rows.report.is_cut |= feed.is_cut();
    Ok(rows.report)
}

/// Takes rows one after the other.
struct Rows<'a> {
    source: &'a Source,
    take: &'a mut dyn FnMut(Document) -> Result<(), FeedError>,
    report: Report,
}

impl Rows<'_> {
    /// Counts a row; says whether it is still to be read.
    fn is_next(&mut self) -> bool {
        if self.report.rows >= ROWS_MAX {
            self.report.is_cut = true;
            return false;
        }
        self.report.rows += 1;
        true
    }

    fn row(&mut self, row: &row::Row) -> Result<(), FeedError> {
        let mut clipped = 0;
        let documents = row::documents(row, self.source, &mut clipped);
        self.report.clipped += clipped;
        match documents {
            Ok(documents) => {
                for document in documents {
                    (self.take)(document)?;
                    self.report.products += 1;
                }
            }
            Err((field, reason)) => self.report.refuse(field, reason),
        }
        Ok(())
    }
}
