//! What a part states, as numbers and interned words; what cannot be read is unknown, never a guess.

use std::collections::HashMap;

/// Words of one list that are read.
const LIST_MAX: usize = 100;
/// Bytes of one word that are read.
const WORD_BYTES_MAX: usize = 200;
/// Largest number in thousandths; sums of a whole assembly stay far from the end of an `i64`.
pub(crate) const NUMBER_MAX: i64 = 1_000_000_000_000_000;

/// What a source states about an attribute, as it states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// A number in the attribute's own unit, as text: `315`, `2.5`, `1e3`.
    Number(String),
    /// Text, which may be a number with its unit: `31.5 cm`.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// Yes or no.
    Bool(bool),
}

/// What an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number, kept in thousandths of the attribute's unit.
    Number,
    /// One word of a closed world: a socket, a colour.
    Word,
    /// Several such words.
    Words,
    /// Yes or no.
    YesNo,
    /// A yes when anything is stated other than a no: `integrated graphics: UHD 770`.
    Presence,
}

/// A known value. Words are sorted and without doubles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Number(i64),
    Word(Sym),
    Words(Vec<Sym>),
    YesNo(bool),
}

/// A word of one stock; equal words in whatever case are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Sym(u32);

/// All words of one stock, each with the spelling that came first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lexicon {
    ids: HashMap<String, Sym>,
    spelt: Vec<String>,
}

impl Lexicon {
    pub(crate) fn intern(&mut self, word: &str) -> Option<Sym> {
        let key = fold(word);
        if key.is_empty() || key.len() > WORD_BYTES_MAX {
            return None;
        }
        if let Some(known) = self.ids.get(&key) {
            return Some(*known);
        }
        let sym = Sym(u32::try_from(self.spelt.len()).ok()?);
        self.spelt.push(word.trim().to_owned());
        self.ids.insert(key, sym);
        Some(sym)
    }

    /// A word that some part states, if any does.
    pub(crate) fn known(&self, word: &str) -> Option<Sym> {
        self.ids.get(&fold(word)).copied()
    }

    pub(crate) fn spelt(&self, sym: Sym) -> &str {
        let at = usize::try_from(sym.0).unwrap_or(usize::MAX);
        self.spelt.get(at).map_or("", String::as_str)
    }
}

/// Case and spaces do not tell words apart.
pub(crate) fn fold(word: &str) -> String {
    let words: Vec<&str> = word.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Reads what was stated. `None`: it cannot be read as this kind, so it is unknown.
pub(crate) fn read(
    raw: &Raw,
    kind: Kind,
    unit: Option<&str>,
    lexicon: &mut Lexicon,
) -> Option<Value> {
    match kind {
        Kind::Number => number_of(raw, unit).map(Value::Number),
        Kind::Word => match raw {
            Raw::Text(text) | Raw::Number(text) => lexicon.intern(text).map(Value::Word),
            Raw::List(list) => match list.as_slice() {
                [only] => lexicon.intern(only).map(Value::Word),
                _ => None,
            },
            Raw::Bool(_) => None,
        },
        Kind::Words => {
            let mut words: Vec<Sym> = match raw {
                Raw::Text(text) => text
                    .split([',', ';'])
                    .take(LIST_MAX)
                    .filter_map(|word| lexicon.intern(word))
                    .collect(),
                Raw::List(list) => list
                    .iter()
                    .take(LIST_MAX)
                    .filter_map(|word| lexicon.intern(word))
                    .collect(),
                Raw::Number(_) | Raw::Bool(_) => Vec::new(),
            };
            words.sort_unstable();
            words.dedup();
            (!words.is_empty()).then_some(Value::Words(words))
        }
        Kind::YesNo => match raw {
            Raw::Bool(is) => Some(Value::YesNo(*is)),
            Raw::Text(text) => yes_or_no(text).map(Value::YesNo),
            Raw::Number(_) | Raw::List(_) => None,
        },
        Kind::Presence => match raw {
            Raw::Bool(is) => Some(Value::YesNo(*is)),
            Raw::Text(text) if text.trim().is_empty() => None,
            Raw::Text(text) => Some(Value::YesNo(yes_or_no(text) != Some(false))),
            Raw::Number(_) | Raw::List(_) => None,
        },
    }
}

/// "None" is a no; what is neither is unknown.
fn yes_or_no(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "yes" | "true" | "included" => Some(true),
        "no" | "false" | "none" | "not included" => Some(false),
        _ => None,
    }
}

fn number_of(raw: &Raw, unit: Option<&str>) -> Option<i64> {
    match raw {
        Raw::Number(text) => thousandths(text.trim()),
        Raw::Text(text) => measure(text, unit),
        Raw::List(_) | Raw::Bool(_) => None,
    }
}

/// A number with a unit, in thousandths of the wanted unit: `31.5 cm` is 315,000 thousandths of `mm`.
///
/// Without a unit it counts in the wanted one. A unit of another kind makes it unknown.
pub(crate) fn measure(text: &str, wanted: Option<&str>) -> Option<i64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',' || c == '-'))
        .unwrap_or(text.len());
    let (digits, rest) = (text.get(..end)?, text.get(end..)?);
    // A comma groups thousands only where three digits follow each one.
    let digits = ungrouped(digits)?;
    let number = thousandths(&digits)?;
    let stated = rest.trim().to_lowercase();
    if stated.is_empty() {
        return Some(number);
    }
    let wanted = wanted?.to_lowercase();
    if stated == wanted {
        return Some(number);
    }
    let (from, to) = (scale(&stated)?, scale(&wanted)?);
    if from.0 != to.0 {
        return None;
    }
    let exact = i128::from(number)
        .checked_mul(i128::from(from.1))?
        .checked_div(i128::from(to.1))?;
    i64::try_from(exact).ok().filter(|n| n.abs() <= NUMBER_MAX)
}

fn ungrouped(digits: &str) -> Option<String> {
    if !digits.contains(',') {
        return Some(digits.to_owned());
    }
    let whole = digits.split('.').next()?;
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let is_grouped =
        (1..=3).contains(&first.trim_start_matches('-').len()) && groups.all(|g| g.len() == 3);
    is_grouped.then(|| digits.replace(',', ""))
}

/// Units of one kind with their size in the smallest of them.
fn scale(unit: &str) -> Option<(&'static str, i64)> {
    Some(match unit {
        "µm" => ("length", 1),
        "mm" | "millimeter" | "millimeters" | "millimetre" | "millimetres" => ("length", 1_000),
        "cm" | "centimeter" | "centimeters" | "centimetre" | "centimetres" => ("length", 10_000),
        "m" | "meter" | "meters" | "metre" | "metres" => ("length", 1_000_000),
        "in" | "inch" | "inches" | "\"" => ("length", 25_400),
        "g" | "gram" | "grams" => ("mass", 1),
        "kg" | "kilo" | "kilos" | "kilogram" | "kilograms" => ("mass", 1_000),
        "mb" | "megabyte" | "megabytes" => ("data", 1),
        "gb" | "gig" | "gigs" | "gigabyte" | "gigabytes" => ("data", 1_000),
        "tb" | "terabyte" | "terabytes" => ("data", 1_000_000),
        "mhz" => ("frequency", 1),
        "ghz" => ("frequency", 1_000),
        "w" | "watt" | "watts" => ("power", 1),
        "kw" => ("power", 1_000),
        "ml" => ("volume", 1),
        "l" | "liter" | "liters" | "litre" | "litres" => ("volume", 1_000),
        "db" | "db(a)" | "dba" | "decibel" | "decibels" => ("noise", 1),
        _ => return None,
    })
}

/// Reads a decimal into thousandths; digits beyond the third are dropped. Not a number, or out of bounds: `None`.
pub(crate) fn thousandths(text: &str) -> Option<i64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    if !(-12..=15).contains(&exponent) {
        return None;
    }
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 18 || fraction.len() > 30 {
        return None;
    }
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let fraction = fraction.get(..fraction.len().min(12))?;
    let units: i128 = format!("{whole}{fraction}").parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let shift = 3_i32.checked_add(exponent)?.checked_sub(places)?;
    let power = 10_i128.checked_pow(shift.unsigned_abs())?;
    let scaled = if shift >= 0 {
        units.checked_mul(power)?
    } else {
        units.checked_div(power)?
    };
    let signed = i64::try_from(scaled).ok()?.checked_mul(sign)?;
    (signed.abs() <= NUMBER_MAX).then_some(signed)
}

/// A number as a person reads it: `315 mm`, `2.5 GHz`.
pub(crate) fn told(number: i64, unit: Option<&str>) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let (whole, rest) = (number.unsigned_abs() / 1_000, number.unsigned_abs() % 1_000);
    let mut text = format!("{sign}{whole}");
    if rest > 0 {
        let fraction = format!("{rest:03}");
        text.push('.');
        text.push_str(fraction.trim_end_matches('0'));
    }
    match unit {
        Some(unit) => format!("{text} {unit}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_their_unit_and_what_is_no_number_is_unknown() {
        for (text, unit, want) in [
            ("315 mm", "mm", Some(315_000)),
            ("31.5 cm", "mm", Some(315_000)),
            ("315", "mm", Some(315_000)),
            ("1 TB", "GB", Some(1_000_000)),
            ("1,200 W", "W", Some(1_200_000)),
            ("12,5 W", "W", None),
            ("3 kg", "mm", None),
            ("about 3", "mm", None),
            ("", "mm", None),
            ("-", "mm", None),
        ] {
            assert_eq!(measure(text, Some(unit)), want, "{text}");
        }
    }

    #[test]
    fn hostile_numbers_are_unknown_and_never_wrap() {
        for (text, want) in [
            ("1e3", Some(1_000_000)),
            ("1e308", None),
            ("1e-400", None),
            ("9999999999999999999999999", None),
            ("NaN", None),
            ("inf", None),
            ("-0.5", Some(-500)),
            ("0.0004", Some(0)),
            ("1.2.3", None),
            ("0x10", None),
            ("٣", None),
        ] {
            assert_eq!(thousandths(text), want, "{text}");
        }
        let long = "9".repeat(100_000);
        assert_eq!(thousandths(&long), None);
    }

    #[test]
    fn numbers_are_told_as_people_read_them() {
        assert_eq!(told(315_000, Some("mm")), "315 mm");
        assert_eq!(told(2_500, Some("GHz")), "2.5 GHz");
        assert_eq!(told(-40, None), "-0.04");
    }
}
