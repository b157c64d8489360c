use errand_types::{Money, Rating, aloud};

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
    match u64::try_from(n) {
        Ok(small) if small <= 20 => aloud::number(small),
        Ok(_) | Err(_) => n.to_string(),
    }
}

/// An amount for the ear: `eleven dollars twenty`.
pub(crate) fn spoken(money: Money) -> String {
    aloud::money(money, aloud::Said::Short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_rounded_half_up_to_tenths() {
        assert_eq!(
            (stars(475), stars(474), stars(500), stars(0)),
            ("4.8".into(), "4.7".into(), "5.0".into(), "0.0".into())
        );
    }
}
