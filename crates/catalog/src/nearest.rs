use errand_types::{Language, MerchantId, Money, Need, OfferRef};

use crate::said::left_out as said;
use crate::{Cause, Excluded, ShopName};

/// What comes closest when nothing fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// Which.
    pub offer: OfferRef,
    /// The shop's name for it.
    pub title: String,
    /// The shop.
    pub merchant: MerchantId,
    /// The wish that was in the way.
    pub cause: Cause,
    /// Price of one piece.
    pub price: Money,
    /// In one sentence: `The nearest is Sidamo from Pantry Lane at $16.20: $1.20 over your $15.00.`
    pub text: String,
}

/// The product that misses the fewest wishes by the least. Never one that a rule, an age or a blocked shop forbids.
///
/// `None` when nothing was left out that the person could want after all.
pub fn nearest(
    excluded: &[Excluded],
    need: &Need,
    name: ShopName<'_>,
    language: Language,
) -> Option<Nearest> {
    // Where an age stood in the way of the right thing, a wrong thing is no way out.
    let by_age = excluded
        .iter()
        .any(|e| e.cause == Cause::Age && e.misses <= 1);
    let best = excluded
        .iter()
        .filter(|e| e.cause.may_give_way() && !(by_age && e.cause == Cause::Words))
        .min_by_key(|e| {
            (
                e.misses,
                ease(e.cause),
                e.distance,
                e.price.minor(),
                &e.title,
                &e.offer,
            )
        })?;
    let (title, shop, price) = (&best.title, name(&best.merchant), best.price);
    let way = way(language, best, need);
    let text = if best.misses > 1 {
        said::nearest_not_all(language, title, shop, price, way)
    } else {
        said::nearest(language, title, shop, price, way)
    };
    Some(Nearest {
        offer: best.offer.clone(),
        title: best.title.clone(),
        merchant: best.merchant.clone(),
        cause: best.cause,
        price: best.price,
        text,
    })
}

/// Which wish people give up most easily.
fn ease(cause: Cause) -> u8 {
    match cause {
        Cause::Price | Cause::PriceLow | Cause::Total => 0,
        Cause::Delivery => 1,
        Cause::Rating => 2,
        Cause::Brand => 3,
        Cause::Words => 4,
        Cause::Label => 5,
        Cause::Quantity | Cause::Stock => 6,
        Cause::Thing | Cause::Merchant | Cause::Age | Cause::Avoid | Cause::Currency => 7,
    }
}

fn way(language: Language, one: &Excluded, need: &Need) -> String {
    let currency = one.price.currency();
    let by = Money::new(one.distance, currency);
    match one.cause {
        Cause::Price if one.distance > 0 => said::over_your(language, by, &one.slot),
        Cause::Total if one.distance > 0 => said::over_your_total(language, by, &one.slot),
        Cause::Delivery => match &need.delivery {
            Some(wish) => said::cannot_come(language, &wish.said),
            None => one.text.clone(),
        },
        Cause::Stock => said::none_left_now(language),
        Cause::Price
        | Cause::Total
        | Cause::PriceLow
        | Cause::Rating
        | Cause::Brand
        | Cause::Words
        | Cause::Label
        | Cause::Quantity
        | Cause::Thing
        | Cause::Merchant
        | Cause::Age
        | Cause::Avoid
        | Cause::Currency => one.text.clone(),
    }
}
