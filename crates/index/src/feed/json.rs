//! Feeds in JSON: one object a line, or one document with a list of products.

use std::cell::Cell;
use std::io::{BufRead, Read};

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::lines::{Line, line};
use super::row::Row;
use super::{FeedError, ROW_BYTES_MAX, Reason, Rows};

/// Names under which a document keeps its products.
const LISTS: &[&str] = &["products", "items", "product_feed"];

/// Whether an object is not a product but holds a list of them.
pub(super) fn is_envelope(object: &Row) -> bool {
    LISTS
        .iter()
        .any(|name| object.get(*name).is_some_and(Value::is_array))
}

pub(super) fn lines(feed: &mut impl BufRead, rows: &mut Rows<'_>) -> Result<(), FeedError> {
    let mut buffer = Vec::new();
    loop {
        let read = line(feed, &mut buffer, ROW_BYTES_MAX)?;
        if read == Line::End {
            return Ok(());
        }
        let is_blank = buffer.iter().all(u8::is_ascii_whitespace);
        if read == Line::Whole && is_blank {
            continue;
        }
        if !rows.is_next() {
            return Ok(());
        }
        if read == Line::TooLong {
            rows.report.refuse("", Reason::TooLong);
            continue;
        }
        let plain = buffer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&buffer);
        match serde_json::from_slice::<Row>(plain) {
            Ok(row) => rows.row(&row)?,
            Err(_) => rows.report.refuse("", Reason::Unreadable),
        }
    }
}

pub(super) fn document(feed: &mut impl BufRead, rows: &mut Rows<'_>) -> Result<(), FeedError> {
    let budget = Cell::new(ROW_BYTES_MAX);
    let reader = Budgeted {
        inner: feed,
        budget: &budget,
    };
    let mut failure = None;
    let seed = Products {
        rows,
        budget: &budget,
        failure: &mut failure,
        is_list: false,
    };
    let mut json =
        serde_json::Deserializer::from_reader(std::io::BufReader::with_capacity(4_096, reader));
    let read = seed.deserialize(&mut json);
    if let Some(failure) = failure {
        return Err(failure);
    }
    match read {
        // After the last row that is read.
        _ if rows.report.is_cut => Ok(()),
        Ok(true) => Ok(()),
        Ok(false) => Err(FeedError::Form("it has no list of products")),
        Err(error) if error.is_eof() => {
            rows.report.is_cut = true;
            Ok(())
        }
        Err(_) if budget.get() == 0 => Err(FeedError::Form("one of its products is too long")),
        Err(error) if error.is_io() => Err(FeedError::Io(error.into())),
        Err(_) => Err(FeedError::Form("it is no JSON")),
    }
}

/// A reader that fails when one element takes too much.
struct Budgeted<'a, R> {
    inner: &'a mut R,
    budget: &'a Cell<usize>,
}

impl<R: BufRead> Read for Budgeted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.budget.get() == 0 {
            return Err(std::io::Error::other("an element is too long"));
        }
        let len = self.inner.read(buffer)?;
        self.budget.set(self.budget.get().saturating_sub(len));
        Ok(len)
    }
}

/// Reads products as they come; answers whether there was a list.
struct Products<'a, 'b, 'c> {
    rows: &'a mut Rows<'b>,
    budget: &'c Cell<usize>,
    failure: &'a mut Option<FeedError>,
    is_list: bool,
}

impl<'de> DeserializeSeed<'de> for Products<'_, '_, '_> {
    type Value = bool;

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        if self.is_list {
            json.deserialize_seq(self)
        } else {
            json.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Products<'_, '_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("products")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut is_any = false;
        while let Some(name) = map.next_key::<String>()? {
            self.budget.set(ROW_BYTES_MAX);
            if LISTS.contains(&name.as_str()) && !is_any {
                is_any = map.next_value_seed(Products {
                    rows: &mut *self.rows,
                    budget: self.budget,
                    failure: &mut *self.failure,
                    is_list: true,
                })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(is_any)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        self.budget.set(ROW_BYTES_MAX);
        while let Some(element) = list.next_element::<Value>()? {
            self.budget.set(ROW_BYTES_MAX);
            if !self.rows.is_next() {
                return Err(serde::de::Error::custom("enough"));
            }
            let taken = if let Value::Object(row) = &element {
                self.rows.row(row)
            } else {
                self.rows.report.refuse("", Reason::Unreadable);
                Ok(())
            };
            if let Err(failure) = taken {
                *self.failure = Some(failure);
                return Err(serde::de::Error::custom("not taken"));
            }
        }
        Ok(true)
    }
}
