//! Numbers and amounts in English words, for whatever is said aloud. Tables and plain rules; no number is ever rounded.

use crate::money::Money;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const SCALES: [(u64, &str); 6] = [
    (1_000_000_000_000_000, "quadrillion"),
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
    (100, "hundred"),
];

/// Code, one of it, many, one of its smaller unit, many of those. Where two currencies share a name, the country stands in
/// front of all but the one that shops here mean by it.
const CURRENCIES: [(&str, [&str; 4]); 20] = [
    ("USD", ["dollar", "dollars", "cent", "cents"]),
    ("EUR", ["euro", "euros", "cent", "cents"]),
    ("GBP", ["pound", "pounds", "penny", "pence"]),
    (
        "CAD",
        ["Canadian dollar", "Canadian dollars", "cent", "cents"],
    ),
    (
        "AUD",
        ["Australian dollar", "Australian dollars", "cent", "cents"],
    ),
    (
        "NZD",
        ["New Zealand dollar", "New Zealand dollars", "cent", "cents"],
    ),
    (
        "SGD",
        ["Singapore dollar", "Singapore dollars", "cent", "cents"],
    ),
    (
        "HKD",
        ["Hong Kong dollar", "Hong Kong dollars", "cent", "cents"],
    ),
    (
        "CHF",
        ["Swiss franc", "Swiss francs", "centime", "centimes"],
    ),
    ("JPY", ["yen", "yen", "", ""]),
    ("CNY", ["yuan", "yuan", "fen", "fen"]),
    ("INR", ["Indian rupee", "Indian rupees", "paisa", "paise"]),
    ("SEK", ["Swedish krona", "Swedish kronor", "öre", "öre"]),
    ("NOK", ["Norwegian krone", "Norwegian kroner", "øre", "øre"]),
    ("DKK", ["Danish krone", "Danish kroner", "øre", "øre"]),
    ("PLN", ["zloty", "zlotys", "grosz", "groszy"]),
    ("CZK", ["Czech crown", "Czech crowns", "haler", "halers"]),
    ("BRL", ["real", "reais", "centavo", "centavos"]),
    (
        "MXN",
        ["Mexican peso", "Mexican pesos", "centavo", "centavos"],
    ),
    ("ZAR", ["rand", "rand", "cent", "cents"]),
];

/// How an amount is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// `twenty-four dollars and ten cents`: wherever money moves.
    Full,
    /// `twenty-four dollars ten`: where things are compared.
    Short,
}

/// A whole number: `one thousand two hundred thirty-four`.
pub fn number(n: u64) -> String {
    for (scale, name) in SCALES {
        if n >= scale {
            let front = format!("{} {name}", number(n / scale));
            return match n % scale {
                0 => front,
                rest => format!("{front} {}", number(rest)),
            };
        }
    }
    let small = |n: u64| usize::try_from(n).ok().and_then(|n| SMALL.get(n));
    if let Some(word) = small(n) {
        return (*word).to_owned();
    }
    let ten = usize::try_from(n / 10)
        .ok()
        .and_then(|n| TENS.get(n))
        .copied();
    match (ten.unwrap_or_default(), small(n % 10)) {
        (ten, Some(unit)) if !n.is_multiple_of(10) => format!("{ten}-{unit}"),
        (ten, _) => ten.to_owned(),
    }
}

/// Digits one by one: `four seven one one`. Anything else than a digit is left out.
pub fn digits(text: &str) -> String {
    let words: Vec<&str> = text
        .chars()
        .filter_map(|c| c.to_digit(10))
        .filter_map(|d| usize::try_from(d).ok().and_then(|d| SMALL.get(d)).copied())
        .collect();
    words.join(" ")
}

/// An amount in words. Currencies without names of their own are said with their letters.
pub fn money(money: Money, said: Said) -> String {
    let exponent = money.currency().exponent();
    let unit = 10_u64.saturating_pow(exponent).max(1);
    let abs = money.minor().unsigned_abs();
    let (whole, part) = (abs / unit, abs % unit);
    let minus = if money.minor() < 0 { "minus " } else { "" };
    let code = money.currency().code();
    let Some((_, [one, many, cent, cents])) = CURRENCIES.iter().find(|(c, _)| *c == code) else {
        let letters: Vec<String> = code.chars().map(String::from).collect();
        let places = usize::try_from(exponent).unwrap_or(0);
        let point = match part {
            0 => String::new(),
            part => format!(" point {}", digits(&format!("{part:0places$}"))),
        };
        return format!("{minus}{}{point} {}", number(whole), letters.join(" "));
    };
    let large = format!("{} {}", number(whole), if whole == 1 { one } else { many });
    let small = format!("{} {}", number(part), if part == 1 { cent } else { cents });
    match (whole, part, said) {
        (_, 0, _) => format!("{minus}{large}"),
        (0, _, _) => format!("{minus}{small}"),
        // "Two dollars five" could be two fifty: below ten the unit is said.
        (_, _, Said::Full) | (_, 1..10, Said::Short) => format!("{minus}{large} and {small}"),
        (_, _, Said::Short) => format!("{minus}{large} {}", number(part)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::MINOR_MAX;
    use crate::money::Currency;

    /// Reads words back, by rules of its own.
    fn read(words: &str) -> Option<(u64, bool, String)> {
        let (mut total, mut group, mut seen) = (0_u64, 0_u64, false);
        let mut rest = Vec::new();
        for word in words.split([' ', '-']) {
            let small = SMALL.iter().position(|w| *w == word).map(|n| n as u64);
            let ten = TENS
                .iter()
                .skip(2)
                .position(|w| *w == word)
                .map(|n| n as u64 * 10 + 20);
            let scale = SCALES.iter().find(|(_, w)| *w == word).map(|(n, _)| *n);
            match (small.or(ten), scale) {
                (Some(n), _) if rest.is_empty() => group += n,
                (None, Some(100)) => group *= 100,
                (None, Some(scale)) => {
                    total += group * scale;
                    group = 0;
                }
                _ => {
                    rest.push(word);
                    continue;
                }
            }
            seen = true;
        }
        seen.then(|| (total + group, seen, rest.join(" ")))
    }

    /// Reads an amount back, full or short.
    fn read_money(words: &str, currency: Currency) -> Option<i64> {
        let (is_minus, words) = match words.strip_prefix("minus ") {
            Some(rest) => (true, rest),
            None => (false, words),
        };
        let (_, [one, many, cent, cents]) =
            CURRENCIES.iter().find(|(c, _)| *c == currency.code())?;
        let unit = 10_u64.pow(currency.exponent());
        let name = [many, one]
            .into_iter()
            .find(|n| words.ends_with(&format!(" {n}")) || words.contains(&format!(" {n} ")));
        let minor = if let Some(name) = name {
            let (whole, part) = words.split_once(&format!(" {name}"))?;
            let part = part.trim().trim_start_matches("and ");
            let part = part.trim_end_matches(cents).trim_end_matches(cent).trim();
            let part = if part.is_empty() { 0 } else { read(part)?.0 };
            read(whole)?.0 * unit + part
        } else {
            read(words.trim_end_matches(cents).trim_end_matches(cent).trim())?.0
        };
        let minor = i64::try_from(minor).ok()?;
        Some(if is_minus { -minor } else { minor })
    }

    #[test]
    fn amounts_are_said_as_people_say_them() {
        let usd = |minor| Money::new(minor, Currency::USD);
        for (minor, full, short) in [
            (
                2_410,
                "twenty-four dollars and ten cents",
                "twenty-four dollars ten",
            ),
            (100, "one dollar", "one dollar"),
            (95, "ninety-five cents", "ninety-five cents"),
            (1, "one cent", "one cent"),
            (
                205,
                "two dollars and five cents",
                "two dollars and five cents",
            ),
            (
                123_456,
                "one thousand two hundred thirty-four dollars and fifty-six cents",
                "one thousand two hundred thirty-four dollars fifty-six",
            ),
            (
                -350,
                "minus three dollars and fifty cents",
                "minus three dollars fifty",
            ),
            (0, "zero dollars", "zero dollars"),
        ] {
            assert_eq!(money(usd(minor), Said::Full), full);
            assert_eq!(money(usd(minor), Said::Short), short);
        }
        let dinar = Currency::parse("BHD").unwrap();
        assert_eq!(
            money(Money::new(1_050, dinar), Said::Full),
            "one point zero five zero B H D"
        );
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(
            money(Money::new(1_200, yen), Said::Full),
            "one thousand two hundred yen"
        );
    }

    proptest! {
        #[test]
        fn every_number_survives_being_said(n in 0..=(1_u64 << 53)) {
            prop_assert_eq!(read(&number(n)), Some((n, true, String::new())));
        }

        #[test]
        fn every_amount_survives_being_said(minor in -MINOR_MAX..=MINOR_MAX, at in 0..CURRENCIES.len()) {
            let currency = Currency::parse(CURRENCIES[at].0).unwrap();
            for said in [Said::Full, Said::Short] {
                let words = money(Money::new(minor, currency), said);
                prop_assert_eq!(read_money(&words, currency), Some(minor), "{}", words);
            }
        }

        #[test]
        fn every_everyday_amount_survives_being_said(minor in -100_000_i64..100_000, at in 0..CURRENCIES.len()) {
            let currency = Currency::parse(CURRENCIES[at].0).unwrap();
            for said in [Said::Full, Said::Short] {
                let words = money(Money::new(minor, currency), said);
                prop_assert_eq!(read_money(&words, currency), Some(minor), "{}", words);
            }
        }
    }
}
