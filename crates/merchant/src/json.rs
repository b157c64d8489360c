//! Small readers over foreign JSON: `null` is absent, wrong kinds are absent, text is cut at its bound.

use errand_types::{ForeignId, Text};
use jiff::Timestamp;
use serde_json::Value;

/// A member that is there and not `null`.
pub(crate) fn get<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|found| !found.is_null())
}

/// A member by several names; the first that is there.
pub(crate) fn any<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| get(value, name))
}

/// A text member.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    get(value, name).and_then(Value::as_str)
}

/// A list member; empty when absent.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    get(value, name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A cut and cleaned text member that is not blank.
pub(crate) fn clip<const MAX: usize>(value: &Value, name: &str) -> Option<Text<MAX>> {
    text(value, name)
        .map(Text::clip)
        .filter(|text| !text.is_blank())
}

/// An id of the shop: text, or a whole number as older servers write.
pub(crate) fn id(value: &Value, name: &str) -> Option<ForeignId> {
    let found = get(value, name)?;
    match found {
        Value::String(text) => ForeignId::parse(text).ok(),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            ForeignId::parse(&number.to_string()).ok()
        }
        _ => None,
    }
}

/// A moment.
pub(crate) fn time(value: &Value, name: &str) -> Option<Timestamp> {
    text(value, name).and_then(moment)
}

/// Reads RFC 3339, also with a zone name behind it or a blank in the middle.
pub(crate) fn moment(raw: &str) -> Option<Timestamp> {
    raw.trim().parse().ok()
}

/// A whole number of minor units: a number, or an object with `amount`. A fraction is no amount.
pub(crate) fn minor(value: &Value) -> Option<i64> {
    let number = if value.is_object() {
        get(value, "amount")?
    } else {
        value
    };
    number.as_i64()
}

/// A small decimal as hundredths, without a detour over floating point: `4.3` is 430.
pub(crate) fn hundredths(value: &Value) -> Option<u32> {
    let written = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let (whole, part) = written.split_once('.').unwrap_or((&written, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 6 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: String = part.chars().chain("00".chars()).take(2).collect();
    format!("{whole}{part}").parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn stars_are_read_without_floating_point() {
        assert_eq!(hundredths(&json!(4.3)), Some(430));
        assert_eq!(hundredths(&json!(5)), Some(500));
        assert_eq!(hundredths(&json!("4.567")), Some(456));
        assert_eq!(hundredths(&json!(-1)), None);
        assert_eq!(hundredths(&json!(1e300)), None);
        assert_eq!(hundredths(&json!(null)), None);
    }

    #[test]
    fn a_fraction_of_a_cent_is_no_amount() {
        assert_eq!(minor(&json!(10.5)), None);
        assert_eq!(minor(&json!("10")), None);
        assert_eq!(minor(&json!({ "amount": 10, "currency": "USD" })), Some(10));
        assert_eq!(minor(&json!(u64::MAX)), None);
    }
}
