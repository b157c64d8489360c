//! Measures as titles, options and fields state them.

use std::collections::BTreeSet;

use crate::words::words;

/// What a measure measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Weight,
    Volume,
    Length,
    Storage,
    Power,
    Charge,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Volume => "volume",
            Self::Length => "size",
            Self::Storage => "capacity",
            Self::Power => "power",
            Self::Charge => "charge",
        }
    }
}

/// Units with what they measure and how many thousandths of the smallest unit one is.
const UNITS: [(&str, Kind, u64); 25] = [
    ("mg", Kind::Weight, 1_000),
    ("g", Kind::Weight, 1_000_000),
    ("gr", Kind::Weight, 1_000_000),
    ("gram", Kind::Weight, 1_000_000),
    ("grams", Kind::Weight, 1_000_000),
    ("kg", Kind::Weight, 1_000_000_000),
    ("oz", Kind::Weight, 28_349_523),
    ("lb", Kind::Weight, 453_592_370),
    ("lbs", Kind::Weight, 453_592_370),
    ("ml", Kind::Volume, 1_000),
    ("cl", Kind::Volume, 10_000),
    ("l", Kind::Volume, 1_000_000),
    ("liter", Kind::Volume, 1_000_000),
    ("litre", Kind::Volume, 1_000_000),
    ("mm", Kind::Length, 1_000),
    ("cm", Kind::Length, 10_000),
    ("m", Kind::Length, 1_000_000),
    ("inch", Kind::Length, 25_400),
    ("\"", Kind::Length, 25_400),
    ("mb", Kind::Storage, 1_000),
    ("gb", Kind::Storage, 1_000_000),
    ("tb", Kind::Storage, 1_000_000_000),
    ("w", Kind::Power, 1_000),
    ("kw", Kind::Power, 1_000_000),
    ("mah", Kind::Charge, 1_000),
];

pub(super) fn is_unit(word: &str) -> bool {
    UNITS.iter().any(|(unit, _, _)| *unit == word)
}

/// Numbers of a text that belong to a measure or count pieces; `1.5 l` is two words and a unit.
pub(super) fn measured_numbers(text: &str) -> BTreeSet<String> {
    const COUNTED: [&str; 8] = [
        "x", "piece", "pc", "pack", "count", "gram", "liter", "litre",
    ];
    let mut found = BTreeSet::new();
    let mut is_measured = false;
    for word in words(text).into_iter().rev() {
        let is_number = word.chars().all(char::is_numeric);
        if is_number && is_measured {
            found.insert(word);
        } else {
            is_measured = is_unit(&word) || COUNTED.contains(&word.as_str());
        }
    }
    found
}

/// Measures of a text: `340 g`, `1.5l`, `140 x 70 cm`, in thousandths of the smallest unit.
pub(super) fn read_measures(text: &str) -> impl Iterator<Item = (Kind, u64)> {
    let mut found = Vec::new();
    let mut open: Vec<u64> = Vec::new();
    let lower = text.to_lowercase();
    let mut rest = lower.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (_, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let end = from
            .char_indices()
            .find(|(i, c)| {
                let next = from
                    .get(i.saturating_add(1)..)
                    .and_then(|r| r.chars().next());
                let is_point = matches!(c, '.' | ',') && next.is_some_and(|n| n.is_ascii_digit());
                !c.is_ascii_digit() && !is_point
            })
            .map_or(from.len(), |(i, _)| i);
        let (number, after) = from.split_at_checked(end).unwrap_or((from, ""));
        rest = after;
        let Some(thousandths) = decimal(number) else {
            open.clear();
            continue;
        };
        open.push(thousandths);
        let behind = after.trim_start_matches([' ', '-', '\u{a0}']);
        // `140 x 70 cm`: the unit belongs to both.
        if let Some(next) = behind.strip_prefix(['x', '×'])
            && next.trim_start().starts_with(|c: char| c.is_ascii_digit())
        {
            continue;
        }
        let word: String = if behind.starts_with('"') {
            "\"".to_owned()
        } else {
            behind
                .chars()
                .take_while(char::is_ascii_alphabetic)
                .collect()
        };
        if let Some((_, kind, times)) = UNITS.iter().find(|(unit, _, _)| *unit == word) {
            found.extend(
                open.iter()
                    .map(|n| (*kind, n.saturating_mul(*times) / 1_000)),
            );
        }
        open.clear();
    }
    found.truncate(12);
    found.into_iter()
}

/// Thousandths of a decimal number; a comma with three digits behind it parts thousands.
fn decimal(number: &str) -> Option<u64> {
    let plain = match number.split_once(',') {
        Some((whole, part)) if part.len() == 3 && !part.contains([',', '.']) => {
            format!("{whole}{part}")
        }
        _ => number.replace(',', "."),
    };
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    if whole.len() > 7 || part.contains('.') {
        return None;
    }
    let part: String = part.chars().take(3).collect();
    format!("{whole}{part:0<3}").parse().ok()
}
