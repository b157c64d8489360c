//! Sentences about things from several shops.

use errand_catalog::CombineError;
use errand_types::CombineGoal;

use super::upper;
use crate::ctx::Ctx;
use crate::session::AlsoAt;

pub(crate) const NOTHING_TO_COMBINE: &str =
    "There is nothing to share out between shops yet. Say what you need";

/// The same thing in another shop: `also at Volt & Wire for $3.00 more`.
pub(crate) fn also(at: &AlsoAt, ctx: &Ctx<'_>) -> String {
    let shop = ctx.shop_name(&at.offer.merchant);
    let with = if at.with_delivery {
        ", with delivery"
    } else {
        ""
    };
    match at.more {
        Some(more) if more.minor() > 0 => format!("also at {shop} for {more} more{with}"),
        Some(more) if more.minor() < 0 => {
            let less = errand_types::Money::new(more.minor().saturating_abs(), more.currency());
            format!("also at {shop} for {less} less{with}")
        }
        Some(_) => format!("also at {shop} for the same{with}"),
        None => format!("also at {shop}"),
    }
}

pub(crate) fn pieces(quantity: u32, what: &str) -> String {
    if quantity == 1 {
        what.to_owned()
    } else {
        format!("{quantity} × {what}")
    }
}

/// What was chosen and by what measure.
pub(crate) fn combined(goal: CombineGoal, told: &str) -> String {
    let by = match goal {
        CombineGoal::FewestParcels => "The fewest parcels",
        CombineGoal::LowestTotal => "The lowest total",
        CombineGoal::Earliest => "The earliest, by what the shops say",
        CombineGoal::LowestCarbon => "The least carbon, by what the shops state",
    };
    format!("{by}. {told} It is in the cart; nothing is bought yet.")
}

pub(crate) fn not_combined(error: &CombineError, thing: Option<&str>) -> String {
    let why = match (error, thing) {
        (CombineError::NobodyHas(_), Some(thing)) => {
            format!("no shop has {thing} ready to be taken")
        }
        (error, _) => error.to_string(),
    };
    format!("{}. The cart is as it was.", upper(&why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shared_out_is_named() {
        assert_eq!(
            not_combined(&CombineError::NobodyHas(0), Some("2 × milk")),
            "No shop has 2 × milk ready to be taken. The cart is as it was."
        );
        assert_eq!(
            not_combined(&CombineError::Currencies, None),
            "The prices are in several currencies. The cart is as it was."
        );
    }
}
