//! Numbers with units: "32 inch", "500 g", "between 20 and 30 cm", "under $40".

use serde::{Deserialize, Serialize};

/// Quantities that are read from one text.
const READ_MAX: usize = 40;
/// Digits before and after the point that are read; more make it no quantity.
const DIGITS_MAX: usize = 9;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Dimension {
    /// Base unit: millimetre.
    Length = 1,
    /// Base unit: milligram.
    Mass = 2,
    /// Base unit: millilitre.
    Volume = 3,
    /// Base unit: megabyte of a million bytes.
    Data = 4,
    /// Base unit: watt.
    Power = 5,
    /// Base unit: milliampere hour.
    Charge = 6,
    /// Base unit: megahertz.
    Frequency = 7,
    /// Base unit: volt.
    Voltage = 8,
    /// Base unit: decibel.
    Noise = 9,
    /// Base unit: piece.
    Count = 10,
    /// Base unit: dots per inch.
    Resolution = 11,
    /// Base unit: pages per minute.
    Speed = 12,
}

/// A quantity or a range of them, in thousandths of the base unit; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Measure {
    /// What is measured.
    pub dimension: Dimension,
    /// Least.
    pub low: u64,
    /// Most.
    pub high: u64,
}

impl Measure {
    /// One quantity as it is written, with the 2 % that rounding between units takes.
    #[must_use]
    pub fn about(self) -> Self {
        Self {
            low: self.low - self.low / 50,
            high: self.high.saturating_add(self.high / 50),
            ..self
        }
    }

    /// Whether a packed quantity lies within.
    pub(crate) fn holds(self, packed: u64) -> bool {
        packed >> VALUE_BITS == self.dimension as u64
            && (self.low..=self.high).contains(&(packed & VALUE_MAX))
    }

    /// Of an exact quantity: dimension and value in one number that sorts by both.
    pub(crate) fn packed(self) -> u64 {
        ((self.dimension as u64) << VALUE_BITS) | self.low.min(VALUE_MAX)
    }
}

const VALUE_BITS: u32 = 52;
const VALUE_MAX: u64 = (1 << VALUE_BITS) - 1;

/// What a query says with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// A quantity or a range with a unit.
    Measure { measure: Measure, is_range: bool },
    /// A price in hundredths of some currency unit: least and most.
    Price { low: u64, high: u64 },
}

/// Units by their name: what they measure, and thousandths of the base unit in one.
const UNITS: &[(&str, Dimension, u64)] = &[
    ("mm", Dimension::Length, 1_000),
    ("cm", Dimension::Length, 10_000),
    ("m", Dimension::Length, 1_000_000),
    ("meter", Dimension::Length, 1_000_000),
    ("metre", Dimension::Length, 1_000_000),
    ("in", Dimension::Length, 25_400),
    ("inch", Dimension::Length, 25_400),
    ("\"", Dimension::Length, 25_400),
    ("ft", Dimension::Length, 304_800),
    ("feet", Dimension::Length, 304_800),
    ("foot", Dimension::Length, 304_800),
    ("mg", Dimension::Mass, 1_000),
    ("g", Dimension::Mass, 1_000_000),
    ("gram", Dimension::Mass, 1_000_000),
    ("kg", Dimension::Mass, 1_000_000_000),
    ("oz", Dimension::Mass, 28_349_523),
    ("lb", Dimension::Mass, 453_592_370),
    ("pound", Dimension::Mass, 453_592_370),
    ("ml", Dimension::Volume, 1_000),
    ("cl", Dimension::Volume, 10_000),
    ("l", Dimension::Volume, 1_000_000),
    ("liter", Dimension::Volume, 1_000_000),
    ("litre", Dimension::Volume, 1_000_000),
    ("mb", Dimension::Data, 1_000),
    ("gb", Dimension::Data, 1_000_000),
    ("tb", Dimension::Data, 1_000_000_000),
    ("w", Dimension::Power, 1_000),
    ("watt", Dimension::Power, 1_000),
    ("kw", Dimension::Power, 1_000_000),
    ("mah", Dimension::Charge, 1_000),
    ("ah", Dimension::Charge, 1_000_000),
    ("mhz", Dimension::Frequency, 1_000),
    ("ghz", Dimension::Frequency, 1_000_000),
    ("v", Dimension::Voltage, 1_000),
    ("volt", Dimension::Voltage, 1_000),
    ("db", Dimension::Noise, 1_000),
    ("pc", Dimension::Count, 1_000),
    ("piece", Dimension::Count, 1_000),
    ("pack", Dimension::Count, 1_000),
    ("dpi", Dimension::Resolution, 1_000),
    ("ppm", Dimension::Speed, 1_000),
];

const MONEY: &[&str] = &[
    "$", "€", "£", "dollar", "buck", "usd", "euro", "eur", "gbp", "quid",
];

/// The quantities that a product states, each exact.
pub(crate) fn stated(text: &str) -> Vec<Measure> {
    let mut found = Vec::new();
    for token in numbers(text) {
        if found.len() >= READ_MAX {
            break;
        }
        if let Some(unit) = token.unit
            && let Some(value) = scaled(token.thousandths, unit.1)
        {
            found.push(exact(unit.0, value));
        }
    }
    found
}

/// What a query says with numbers, and the words that said it: a price is no word to search for.
pub(crate) fn said(text: &str) -> (Vec<Said>, String) {
    let tokens = numbers(text);
    let mut found = Vec::new();
    let mut cut = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let bound = bound_before(text, token.start);
        // "between 20 and 30 cm", "20-30 cm": the first number takes the unit of the second.
        let second = tokens
            .get(at)
            .filter(|next| is_range_between(text, token.end, next.start) && token.unit.is_none());
        let last = second.unwrap_or(token);
        let is_pair = second.is_some();
        if let Some((dimension, factor)) = last.unit {
            let (Some(a), Some(b)) = (
                scaled(token.thousandths, factor),
                scaled(last.thousandths, factor),
            ) else {
                continue;
            };
            let (low, high) = ends(a, b, is_pair, bound);
            let measure = Measure {
                dimension,
                low,
                high,
            };
            let is_range = is_pair || bound.is_some();
            let measure = if is_range { measure } else { measure.about() };
            found.push(Said::Measure { measure, is_range });
        } else if token.is_money || last.is_money {
            let hundredths = |token: &Number| token.thousandths / 10;
            let (low, high) = ends(hundredths(token), hundredths(last), is_pair, bound);
            found.push(Said::Price { low, high });
            let from = bound_start(text, token.start).unwrap_or(token.start);
            cut.push((from, last.end));
        }
        at += usize::from(is_pair);
    }
    (found, without(text, &cut))
}

fn ends(a: u64, b: u64, is_pair: bool, bound: Option<Bound>) -> (u64, u64) {
    match (is_pair, bound) {
        (true, _) => (a.min(b), a.max(b)),
        (false, Some(Bound::Most)) => (0, a),
        (false, Some(Bound::Least)) => (a, VALUE_MAX),
        (false, None) => (a, a),
    }
}

fn exact(dimension: Dimension, value: u64) -> Measure {
    Measure {
        dimension,
        low: value,
        high: value,
    }
}

fn scaled(thousandths: u64, factor: u64) -> Option<u64> {
    let value = u128::from(thousandths) * u128::from(factor) / 1_000;
    u64::try_from(value)
        .ok()
        .filter(|value| *value <= VALUE_MAX)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Most,
    Least,
}

const BOUNDS: &[(&str, Bound)] = &[
    ("under", Bound::Most),
    ("below", Bound::Most),
    ("less than", Bound::Most),
    ("up to", Bound::Most),
    ("at most", Bound::Most),
    ("max", Bound::Most),
    ("not more than", Bound::Most),
    ("over", Bound::Least),
    ("above", Bound::Least),
    ("more than", Bound::Least),
    ("at least", Bound::Least),
    ("min", Bound::Least),
    ("from", Bound::Least),
];

fn bound_before(text: &str, start: usize) -> Option<Bound> {
    bound_at(text, start).map(|(bound, _)| bound)
}

fn bound_start(text: &str, start: usize) -> Option<usize> {
    let before = text.get(..start)?.trim_end();
    bound_at(text, start)
        .map(|(_, len)| before.len() - len)
        .or_else(|| {
            before
                .ends_with("between")
                .then(|| before.len() - "between".len())
        })
}

fn bound_at(text: &str, start: usize) -> Option<(Bound, usize)> {
    let before = text.get(..start)?.trim_end();
    BOUNDS
        .iter()
        .filter(|(word, _)| {
            before.strip_suffix(word).is_some_and(|rest| {
                rest.chars()
                    .next_back()
                    .is_none_or(|c| !c.is_alphanumeric())
            })
        })
        .max_by_key(|(word, _)| word.len())
        .map(|(word, bound)| (*bound, word.len()))
}

fn is_range_between(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(|between| {
        matches!(
            between.trim(),
            "-" | "–" | "to" | "and" | "$" | "and $" | "to $" | "- $"
        )
    })
}

fn without(text: &str, cut: &[(usize, usize)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (start, end) in cut {
        out.push_str(text.get(from..*start).unwrap_or_default());
        out.push(' ');
        from = *end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// A number in a text, with its unit when one follows.
#[derive(Debug, Clone, Copy)]
struct Number {
    thousandths: u64,
    unit: Option<(Dimension, u64)>,
    is_money: bool,
    start: usize,
    end: usize,
}

fn numbers(text: &str) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(gap) = rest.find(|c: char| c.is_ascii_digit()) else {
            break;
        };
        let start = at + gap;
        let digits = text.get(start..).unwrap_or_default();
        let len = digits
            .find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')
            .unwrap_or(digits.len());
        at = start + len.max(1);
        let raw = digits.get(..len).unwrap_or_default();
        let raw = raw.trim_end_matches(['.', ',']);
        let end = start + raw.len();
        let before = text.get(..start).and_then(|t| t.chars().next_back());
        // A digit within a word is a part of a model number.
        if before.is_some_and(char::is_alphabetic) || found.len() >= READ_MAX {
            continue;
        }
        let Some(thousandths) = decimal(raw) else {
            continue;
        };
        let (unit, is_money_after, unit_end) = unit_after(text, end);
        let is_money = is_money_after || before.is_some_and(|c| matches!(c, '$' | '€' | '£'));
        let start = if is_money && before.is_some_and(|c| matches!(c, '$' | '€' | '£')) {
            start - before.map_or(0, char::len_utf8)
        } else {
            start
        };
        found.push(Number {
            thousandths,
            unit,
            is_money,
            start,
            end: unit_end,
        });
    }
    found
}

fn unit_after(text: &str, end: usize) -> (Option<(Dimension, u64)>, bool, usize) {
    let after = text.get(end..).unwrap_or_default();
    let gap = after
        .find(|c: char| c != ' ' && c != '-')
        .unwrap_or(after.len());
    if gap > 1 {
        return (None, false, end);
    }
    let rest = after.get(gap..).unwrap_or_default();
    if rest.starts_with(['"', '”', '″']) || rest.starts_with("''") {
        return (Some((Dimension::Length, 25_400)), false, end + gap + 1);
    }
    let len = match rest.chars().next() {
        Some(c @ ('$' | '€' | '£')) => c.len_utf8(),
        _ => rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len()),
    };
    let word = rest.get(..len).unwrap_or_default().to_lowercase();
    let single = word.strip_suffix('s').filter(|w| w.len() > 1);
    let single = single.or_else(|| word.strip_suffix("es").filter(|w| w.len() > 1));
    let named =
        |name: &str| word == name || single == Some(name) || word.strip_suffix("es") == Some(name);
    if let Some((_, dimension, factor)) = UNITS.iter().find(|(name, _, _)| named(name)) {
        return (Some((*dimension, *factor)), false, end + gap + len);
    }
    if MONEY.iter().any(|name| named(name)) {
        return (None, true, end + gap + len);
    }
    (None, false, end)
}

/// `15.6`, `15,6` and `1,200` in thousandths; `None` for what is no plain number.
fn decimal(raw: &str) -> Option<u64> {
    let point = raw.rfind(['.', ',']);
    let (whole, fraction) = match point {
        Some(at) => {
            let (whole, rest) = raw.split_at(at);
            let fraction = rest.get(1..)?;
            // `1,200` is twelve hundred; `1.200` is what a technical text means by it.
            if rest.starts_with(',') && fraction.len() == 3 {
                (format!("{whole}{fraction}"), "")
            } else {
                (whole.to_owned(), fraction)
            }
        }
        None => (raw.to_owned(), ""),
    };
    let whole: String = whole.chars().filter(|c| *c != ',').collect();
    if whole.len() > DIGITS_MAX || whole.contains('.') || fraction.len() > DIGITS_MAX {
        return None;
    }
    let whole: u64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let padded: String = format!("{fraction:0<3}").chars().take(3).collect();
    let fraction: u64 = padded.parse().ok()?;
    whole.checked_mul(1_000)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(dimension: Dimension, low: u64, high: u64) -> Measure {
        Measure {
            dimension,
            low,
            high,
        }
    }

    #[test]
    fn a_product_states_quantities_in_base_units() {
        let found = stated("Notebook 39.6 cm (15.6\") 8 GB 1,200 g pack of 3, model X200");
        assert_eq!(
            found,
            [
                measure(Dimension::Length, 396_000, 396_000),
                measure(Dimension::Length, 396_240, 396_240),
                measure(Dimension::Data, 8_000_000, 8_000_000),
                measure(Dimension::Mass, 1_200_000_000, 1_200_000_000),
            ]
        );
    }

    #[test]
    fn a_query_says_sizes_about_and_ranges_exactly() {
        let (said_, rest) = said("tv 32 inch");
        let about = measure(Dimension::Length, 812_800, 812_800).about();
        assert_eq!(
            said_,
            [Said::Measure {
                measure: about,
                is_range: false
            }]
        );
        assert_eq!(rest, "tv 32 inch");
        assert!(about.holds(stated("81.3 cm").first().unwrap().packed()));
        assert!(!about.holds(stated("100 cm").first().unwrap().packed()));
        assert!(!about.holds(stated("813 g").first().unwrap().packed()));

        let (between, _) = said("screen between 20 and 30 inches");
        let range = measure(Dimension::Length, 508_000, 762_000);
        assert_eq!(
            between,
            [Said::Measure {
                measure: range,
                is_range: true
            }]
        );
    }

    #[test]
    fn a_price_is_a_bound_and_no_word_to_search_for() {
        let (said_, rest) = said("coffee under $15.50 please");
        assert_eq!(
            said_,
            [Said::Price {
                low: 0,
                high: 1_550
            }]
        );
        assert_eq!(rest, "coffee   please");

        let (said_, rest) = said("desk between 200 and 300 dollars");
        assert_eq!(
            said_,
            [Said::Price {
                low: 20_000,
                high: 30_000
            }]
        );
        assert_eq!(rest, "desk  ");
    }

    #[test]
    fn numbers_out_of_range_are_no_quantities() {
        let huge = format!("{} cm", "9".repeat(400));
        assert_eq!(stated(&huge), []);
        assert_eq!(said("ssd 999999999 tb").0, []);
        assert_eq!(stated("1.2.3 cm"), []);
    }
}
