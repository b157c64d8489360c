//! Feeds in CSV.

use std::io::BufRead;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use serde_json::Value;

use super::lines::{Line, line};
use super::row::Row;
use super::{COLUMNS_MAX, FeedError, ROW_BYTES_MAX, Reason, Rows};

/// The name of a column as rows are read by: `Product Category` is `product_category`.
pub(super) fn name(raw: &str) -> String {
    let raw = raw.trim().trim_matches('"').trim();
    let plain = raw.strip_prefix("g:").unwrap_or(raw);
    plain
        .chars()
        .take(60)
        .map(|c| {
            if c == ' ' || c == '-' {
                '_'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

pub(super) fn rows(feed: &mut impl BufRead, rows: &mut Rows<'_>) -> Result<(), FeedError> {
    let mut first = Vec::new();
    if line(feed, &mut first, ROW_BYTES_MAX)? != Line::Whole {
        return Err(FeedError::Form("its first row is missing or too long"));
    }
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    let first = first.strip_suffix(b"\r").unwrap_or(first);
    let first = std::str::from_utf8(first).map_err(|_| FeedError::Form("it is no UTF-8"))?;
    let delimiter = delimiter(first);
    let names: Vec<String> = first.split(char::from(delimiter)).map(name).collect();
    if names.len() > COLUMNS_MAX {
        return Err(FeedError::Form("it has too many columns"));
    }
    let mut records = Records::new(ReaderBuilder::new().delimiter(delimiter).build());
    loop {
        let record = records.next(feed)?;
        if matches!(record, Record::End) || !rows.is_next() {
            return Ok(());
        }
        match record {
            Record::Whole => match records.row(&names) {
                Some(row) => rows.row(&row)?,
                None => rows.report.refuse("", Reason::Unreadable),
            },
            Record::TooLong => rows.report.refuse("", Reason::TooLong),
            Record::End => {}
        }
    }
}

/// The sign that stands most often in the row of names.
fn delimiter(first: &str) -> u8 {
    let count = |sign: u8| first.bytes().filter(|byte| *byte == sign).count();
    // Of equals the last wins, so the comma stands last.
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|sign| count(*sign))
        .unwrap_or(b',')
}

enum Record {
    Whole,
    TooLong,
    End,
}

/// Records one after the other into buffers that do not grow.
struct Records {
    reader: Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
}

impl Records {
    fn new(reader: Reader) -> Self {
        Self {
            reader,
            output: vec![0; ROW_BYTES_MAX],
            ends: vec![0; COLUMNS_MAX],
            fields: 0,
        }
    }

    fn next(&mut self, feed: &mut impl BufRead) -> Result<Record, FeedError> {
        let (mut written, mut fields) = (0, 0);
        let mut is_too_long = false;
        loop {
            let input = feed.fill_buf()?;
            let output = self.output.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(fields..).unwrap_or_default();
            let (result, read, wrote, ended) = self.reader.read_record(input, output, ends);
            feed.consume(read);
            written += wrote;
            fields += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                // The rest of the record is read over, into the same buffers.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    is_too_long = true;
                    (written, fields) = (0, 0);
                }
                ReadRecordResult::Record => {
                    self.fields = fields;
                    return Ok(if is_too_long {
                        Record::TooLong
                    } else {
                        Record::Whole
                    });
                }
                ReadRecordResult::End => return Ok(Record::End),
            }
        }
    }

    /// `None` when it has another number of columns, or is no UTF-8.
    fn row(&self, names: &[String]) -> Option<Row> {
        if self.fields != names.len() {
            return None;
        }
        let mut row = Row::new();
        let mut from = 0;
        for (name, end) in names.iter().zip(&self.ends) {
            let raw = std::str::from_utf8(self.output.get(from..*end)?).ok()?;
            from = *end;
            if !raw.trim().is_empty() && !row.contains_key(name) {
                row.insert(name.clone(), Value::String(raw.to_owned()));
            }
        }
        Some(row)
    }
}
