use errand_types::{Language, Money, Rating, aloud};

use crate::said::compared as said;

/// `4.8`, from hundredths, rounded half up.
pub(crate) fn stars(language: Language, hundredths: u16) -> String {
    let tenths = u64::from(hundredths.saturating_add(5) / 10);
    errand_sentences::one_decimal(language, tenths * 10)
}

/// `4.8 (148)`.
pub(crate) fn rating(language: Language, rating: Option<Rating>) -> String {
    rating.map_or_else(
        || said::not_rated(language),
        |r| said::rated(language, stars(language, r.hundredths), r.count),
    )
}

/// A small number in words; digits above twenty.
pub(crate) fn count(language: Language, n: usize) -> String {
    match (language, u64::try_from(n)) {
        // As it is said aloud, which goes further than what is written out elsewhere.
        (Language::English, Ok(small)) if small <= 20 => aloud::number(small),
        _ => errand_sentences::count_word(language, u32::try_from(n).unwrap_or(u32::MAX)),
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
            (
                stars(Language::English, 475),
                stars(Language::English, 474),
                stars(Language::English, 500),
                stars(Language::English, 0)
            ),
            ("4.8".into(), "4.7".into(), "5.0".into(), "0.0".into())
        );
    }
}
