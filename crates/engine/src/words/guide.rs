//! Help that fits the moment, and the tour.

pub(crate) use said::{tour_begins, tour_buy, tour_choose};

use super::{list, quoted};
use crate::ctx::Ctx;
use crate::guide::Moment;

mod said {
    errand_sentences::sentences! {
        GUIDE = "guide";
        tour_begins(); tour_choose(); tour_buy(); help_purchase(); help_consent(); help_nothing(shops); your_shops();
        help(examples); say_whole(); say_options(); say_shown(); say_cart(); say_ordered();
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::GUIDE
}

/// What errand does, and sentences that fit the moment.
pub(crate) fn help(moment: Moment, ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    let examples = match moment {
        Moment::Purchase => return said::help_purchase(language),
        Moment::Consent => return said::help_consent(language),
        Moment::Whole => said::say_whole(language),
        Moment::Options => said::say_options(language),
        Moment::Shown => said::say_shown(language),
        Moment::Cart => said::say_cart(language),
        Moment::Ordered => said::say_ordered(language),
        Moment::Nothing => {
            let shops: Vec<String> = ctx.merchants.values().map(|m| m.name.to_string()).collect();
            let shops = if shops.is_empty() {
                said::your_shops(language)
            } else {
                list(language, &shops)
            };
            return said::help_nothing(language, shops);
        }
    };
    let examples: Vec<String> = examples.split('|').map(|e| quoted(language, e)).collect();
    said::help(language, list(language, &examples))
}
