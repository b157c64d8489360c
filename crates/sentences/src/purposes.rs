//! What data is used for, in words: the rules that refuse a use and the receipts of a consent say it alike.

use errand_types::{Language, Purpose};

use crate::SentencesError;

crate::sentences! {
    PURPOSES = "purposes";
    search(); price_quote(); order(); payment(); delivery(); age_check(); fraud(); support(); legal();
    personalisation(); marketing(); ads_or_sale();
}

pub(crate) fn check() -> Result<(), SentencesError> {
    PURPOSES.check()
}

/// How a purpose is said to a person behind "for"; in English as `policies/purposes.toml` has it.
pub fn purpose(language: Language, purpose: Purpose) -> String {
    match purpose {
        Purpose::Search => search(language),
        Purpose::PriceQuote => price_quote(language),
        Purpose::Order => order(language),
        Purpose::Payment => payment(language),
        Purpose::Delivery => delivery(language),
        Purpose::AgeCheck => age_check(language),
        Purpose::Fraud => fraud(language),
        Purpose::Support => support(language),
        Purpose::Legal => legal(language),
        Purpose::Personalisation => personalisation(language),
        Purpose::Marketing => marketing(language),
        Purpose::AdsOrSale => ads_or_sale(language),
    }
}
