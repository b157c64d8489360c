//! Amounts as feeds write them, into whole minor units or not at all.

use errand_types::{Currency, Money};
use serde_json::Value;

/// Reads `79.99 USD`, `USD 79.99`, `1,299.00 USD`, a number with the currency of the feed, or the object
/// `{"amount": 7999, "currency": "USD"}` in minor units. Anything else is `None`: a price is never guessed.
pub(super) fn price(value: &Value, currency: Option<Currency>) -> Option<Money> {
    let amount = match value {
        Value::String(text) => text_price(text, currency)?,
        Value::Number(number) => Money::parse(&plain(&number.to_string())?, currency?).ok()?,
        Value::Object(object) => {
            let code = object.get("currency")?.as_str()?;
            let minor = object.get("amount")?.as_i64()?;
            Money::checked(minor, Currency::parse(code).ok()?).ok()?
        }
        Value::Null | Value::Bool(_) | Value::Array(_) => return None,
    };
    (amount.minor() >= 0).then_some(amount)
}

fn text_price(text: &str, currency: Option<Currency>) -> Option<Money> {
    let mut parts = text.split_whitespace();
    let (amount, currency) = match (parts.next()?, parts.next(), parts.next()) {
        (amount, None, _) => (amount, currency?),
        (a, Some(b), None) => match (Currency::parse(a), Currency::parse(b)) {
            (Err(_), Ok(currency)) => (a, currency),
            (Ok(currency), Err(_)) => (b, currency),
            _ => return None,
        },
        _ => return None,
    };
    Money::parse(&plain(amount)?, currency).ok()
}

/// The number without separators of thousands, which must stand where they belong, and without zeros that say nothing.
fn plain(amount: &str) -> Option<String> {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut digits = first.to_owned();
    let mut has_groups = false;
    for group in groups {
        if group.len() != 3 || !is_digits(group) {
            return None;
        }
        has_groups = true;
        digits.push_str(group);
    }
    if !is_digits(first) || (has_groups && first.len() > 3) || digits.len() > 15 {
        return None;
    }
    if amount.contains('.') && !is_digits(fraction) {
        return None;
    }
    // A number in JSON may come as `79.0` and `79.990`.
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        return Some(digits);
    }
    Some(format!("{digits}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Option<(i64, &'static str)> {
        let dollars = Currency::parse("USD").unwrap();
        price(&value, Some(dollars)).map(|money| (money.minor(), money.currency().code()))
    }

    #[test]
    fn amounts_come_with_their_currency_in_minor_units() {
        assert_eq!(read(json!("79.99 EUR")), Some((7_999, "EUR")));
        assert_eq!(read(json!("EUR 79.9")), Some((7_990, "EUR")));
        assert_eq!(read(json!("1,299.00 USD")), Some((129_900, "USD")));
        assert_eq!(read(json!("500 JPY")), Some((500, "JPY")));
        assert_eq!(read(json!(79.99)), Some((7_999, "USD")));
        assert_eq!(read(json!(79)), Some((7_900, "USD")));
        assert_eq!(
            read(json!({"amount": 1999, "currency": "USD"})),
            Some((1_999, "USD"))
        );
    }

    #[test]
    fn what_is_not_plainly_an_amount_is_refused() {
        for value in [
            json!("79,99 EUR"),
            json!("79.999 USD"),
            json!("5.5 JPY"),
            json!("-1 USD"),
            json!(-1),
            json!("1,29.00 USD"),
            json!("USD"),
            json!("1 2 USD"),
            json!("USD USD"),
            json!("1e3 USD"),
            json!("٣ USD"),
            json!("99999999999999999999 USD"),
            json!(1e300),
            json!(null),
            json!(true),
            json!([1]),
            json!({"amount": 1.5, "currency": "USD"}),
            json!({"amount": 1, "currency": "XX"}),
            json!({"amount": 1}),
            json!("79.99."),
            json!("79. USD"),
        ] {
            assert_eq!(read(value.clone()), None, "{value}");
        }
    }

    #[test]
    fn a_price_without_a_currency_is_not_guessed() {
        assert_eq!(price(&json!("79.99"), None), None);
        assert_eq!(price(&json!(79), None), None);
    }
}
