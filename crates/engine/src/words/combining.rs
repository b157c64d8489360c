//! Sentences about things from several shops.

use std::cmp::Ordering;

use errand_catalog::CombineError;
use errand_types::{CombineGoal, Language, Money};

pub(crate) use said::nothing_to_combine;

use super::{times, upper};
use crate::ctx::Ctx;
use crate::session::AlsoAt;

mod said {
    errand_sentences::sentences! {
        COMBINING = "combining";
        nothing_to_combine(); also_at(shop); also_same(shop); also_more(shop, money); also_less(shop, money);
        with_delivery(also); fewest_parcels(told); lowest_total(told); earliest(told); least_carbon(told);
        not_combined(why); nobody_has_it(thing);
        nothing_to_share(); too_many_lines(n, max); nobody_has_line(n); too_few_shops(n); several_currencies();
        not_added_up();
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::COMBINING
}

/// The same thing in another shop: `also at Volt & Wire for $3.00 more`.
pub(crate) fn also(at: &AlsoAt, ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    let shop = ctx.shop_name(&at.offer.merchant);
    let Some(more) = at.more else {
        return said::also_at(language, shop);
    };
    let by = Money::new(more.minor().saturating_abs(), more.currency());
    let also = match more.minor().cmp(&0) {
        Ordering::Greater => said::also_more(language, shop, by),
        Ordering::Less => said::also_less(language, shop, by),
        Ordering::Equal => said::also_same(language, shop),
    };
    if at.with_delivery {
        said::with_delivery(language, also)
    } else {
        also
    }
}

pub(crate) fn pieces(language: Language, quantity: u32, what: &str) -> String {
    if quantity == 1 {
        what.to_owned()
    } else {
        times(language, quantity, what)
    }
}

/// What was chosen and by what measure.
pub(crate) fn combined(language: Language, goal: CombineGoal, told: &str) -> String {
    match goal {
        CombineGoal::FewestParcels => said::fewest_parcels(language, told),
        CombineGoal::LowestTotal => said::lowest_total(language, told),
        CombineGoal::Earliest => said::earliest(language, told),
        CombineGoal::LowestCarbon => said::least_carbon(language, told),
    }
}

pub(crate) fn not_combined(
    language: Language,
    error: &CombineError,
    thing: Option<&str>,
) -> String {
    let why = match (error, thing) {
        (CombineError::NobodyHas(_), Some(thing)) => said::nobody_has_it(language, thing),
        (CombineError::NobodyHas(line), None) => said::nobody_has_line(language, line),
        (CombineError::Nothing, _) => said::nothing_to_share(language),
        (CombineError::TooMany(n), _) => {
            said::too_many_lines(language, n, errand_catalog::LINES_MAX)
        }
        (CombineError::TooFewShops(n), _) => said::too_few_shops(language, n),
        (CombineError::Currencies, _) => said::several_currencies(language),
        (CombineError::Amount(_), _) => said::not_added_up(language),
    };
    said::not_combined(language, upper(&why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shared_out_is_named() {
        assert_eq!(
            not_combined(
                Language::English,
                &CombineError::NobodyHas(0),
                Some("2 × milk")
            ),
            "No shop has 2 × milk ready to be taken. The cart is as it was."
        );
        assert_eq!(
            not_combined(Language::German, &CombineError::Currencies, None),
            "Die Preise sind in verschiedenen Währungen. Der Warenkorb ist, wie er war."
        );
    }
}
