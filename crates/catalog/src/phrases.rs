use errand_types::{Currency, Money, Rating};

/// `4.8`, from hundredths, rounded half up.
pub(crate) fn stars(hundredths: u16) -> String {
    let tenths = hundredths.saturating_add(5) / 10;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// `4.8 (148)`.
pub(crate) fn rating(rating: Option<Rating>) -> String {
    rating.map_or_else(
        || "not rated".to_owned(),
        |r| format!("{} ({})", stars(r.hundredths), r.count),
    )
}

/// A small number in words; digits above twenty.
pub(crate) fn count(n: usize) -> String {
    const WORDS: [&str; 21] = [
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
        "twenty",
    ];
    WORDS
        .get(n)
        .map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

/// A number below a million in words.
fn number(n: u64) -> String {
    const TENS: [&str; 10] = [
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    let small = |n: u64| usize::try_from(n).map_or_else(|_| n.to_string(), count);
    match n {
        0..=20 => small(n),
        21..=99 => {
            let tens = usize::try_from(n / 10)
                .ok()
                .and_then(|t| TENS.get(t))
                .copied()
                .unwrap_or_default();
            if n.is_multiple_of(10) {
                tens.to_owned()
            } else {
                format!("{tens}-{}", small(n % 10))
            }
        }
        100..=999 => join(format!("{} hundred", small(n / 100)), n % 100),
        1_000..=999_999 => join(format!("{} thousand", number(n / 1_000)), n % 1_000),
        _ => n.to_string(),
    }
}

fn join(front: String, rest: u64) -> String {
    if rest == 0 {
        front
    } else {
        format!("{front} {}", number(rest))
    }
}

/// An amount for the ear: `eleven dollars twenty`.
pub(crate) fn spoken(money: Money) -> String {
    let unit = 10_u64.saturating_pow(money.currency().exponent()).max(1);
    let abs = money.minor().unsigned_abs();
    let (whole, part) = (abs / unit, abs % unit);
    let (one, many, small) = match money.currency() {
        Currency::USD => ("dollar", "dollars", "cents"),
        Currency::EUR => ("euro", "euros", "cents"),
        Currency::GBP => ("pound", "pounds", "pence"),
        other => (other.code(), other.code(), ""),
    };
    let name = if whole == 1 { one } else { many };
    match (whole, part) {
        (_, 0) => format!("{} {name}", number(whole)),
        (0, _) if !small.is_empty() => format!("{} {small}", number(part)),
        _ => format!("{} {name} {}", number(whole), number(part)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_spoken_in_words() {
        assert_eq!(
            spoken(Money::new(1120, Currency::USD)),
            "eleven dollars twenty"
        );
        assert_eq!(spoken(Money::new(100, Currency::EUR)), "one euro");
        assert_eq!(spoken(Money::new(95, Currency::USD)), "ninety-five cents");
        assert_eq!(
            spoken(Money::new(123_456, Currency::GBP)),
            "one thousand two hundred thirty-four pounds fifty-six"
        );
    }

    #[test]
    fn stars_are_rounded_half_up_to_tenths() {
        assert_eq!(
            (stars(475), stars(474), stars(500), stars(0)),
            ("4.8".into(), "4.7".into(), "5.0".into(), "0.0".into())
        );
    }
}
