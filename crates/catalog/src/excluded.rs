use std::collections::BTreeMap;

use errand_types::{Language, MerchantId, Money, OfferRef};
use serde::{Deserialize, Serialize};

use crate::Candidate;
use crate::said::left_out as said;

/// Why a product was left out. The order is the order in which a product with several reasons names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It is something else.
    Thing,
    /// From a shop that was not asked for, or that is blocked.
    Merchant,
    /// Another brand than asked for, or one that is blocked.
    Brand,
    /// It lacks a word that was asked for, or carries one that must not be.
    Words,
    /// Only for people above an age.
    Age,
    /// It has, or may have, a label that must not be.
    Avoid,
    /// A label that was asked for is not confirmed.
    Label,
    /// Priced in another currency.
    Currency,
    /// Over the price asked for.
    Price,
    /// Under the lowest price asked for.
    PriceLow,
    /// Over the sum for everything.
    Total,
    /// Rated too low, or not at all.
    Rating,
    /// The shop does not have it.
    Stock,
    /// Not that many pieces.
    Quantity,
    /// Cannot come when it was wished.
    Delivery,
}

impl Cause {
    /// The stable word: `price`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Thing => "thing",
            Self::Merchant => "merchant",
            Self::Brand => "brand",
            Self::Words => "words",
            Self::Age => "age",
            Self::Avoid => "avoid",
            Self::Label => "label",
            Self::Currency => "currency",
            Self::Price => "price",
            Self::PriceLow => "price_low",
            Self::Total => "total",
            Self::Rating => "rating",
            Self::Stock => "stock",
            Self::Quantity => "quantity",
            Self::Delivery => "delivery",
        }
    }

    /// Whether the person may well wish otherwise for once. A rule of theirs, an age or a blocked shop is no wish.
    pub(crate) fn may_give_way(self) -> bool {
        match self {
            Self::Avoid | Self::Age | Self::Merchant | Self::Thing | Self::Currency => false,
            Self::Words
            | Self::Brand
            | Self::Label
            | Self::Price
            | Self::PriceLow
            | Self::Total
            | Self::Rating
            | Self::Stock
            | Self::Quantity
            | Self::Delivery => true,
        }
    }

    /// The line of a summary: `5 over $15.00`. `slot` is the amount, day, label or word that it is about.
    pub fn summary(self, language: Language, count: u32, slot: &str) -> String {
        match (self, slot.is_empty()) {
            (Self::Thing, _) => said::sum_thing(language, count),
            (Self::Merchant, _) => said::sum_merchant(language, count),
            (Self::Brand, true) => said::sum_brand(language, count),
            (Self::Brand, false) => said::sum_brand_of(language, count, slot),
            (Self::Words, true) => said::sum_words(language, count),
            (Self::Words | Self::Avoid | Self::Label, false) => {
                said::sum_slot(language, count, slot)
            }
            (Self::Age, true) => said::sum_age(language, count),
            (Self::Age, false) => said::sum_age_from(language, count, slot),
            (Self::Avoid, true) => said::sum_avoid(language, count),
            (Self::Label, true) => said::sum_label(language, count),
            (Self::Currency, true) => said::sum_currency(language, count),
            (Self::Currency, false) => said::sum_currency_in(language, count, slot),
            (Self::Price, true) => said::sum_price(language, count),
            (Self::Price, false) => said::sum_price_over(language, count, slot),
            (Self::PriceLow, true) => said::sum_price_low(language, count),
            (Self::PriceLow, false) => said::sum_price_under(language, count, slot),
            (Self::Total, true) => said::sum_total(language, count),
            (Self::Total, false) => said::sum_total_over(language, count, slot),
            (Self::Rating, true) => said::sum_rating(language, count),
            (Self::Rating, false) => said::sum_rating_under(language, count, slot),
            (Self::Stock, _) => said::sum_stock(language, count),
            (Self::Quantity, _) => said::sum_quantity(language, count),
            (Self::Delivery, true) => said::sum_delivery(language, count),
            (Self::Delivery, false) => said::sum_delivery_at(language, count, slot),
        }
    }
}

/// A product that was left out and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// What would have gone into the cart.
    pub offer: OfferRef,
    /// The shop's name for it.
    pub title: String,
    /// The shop.
    pub merchant: MerchantId,
    /// Why, in one word.
    pub cause: Cause,
    /// What the cause is about: an amount, a day, a label. Products of one cause and slot are counted together.
    pub slot: String,
    /// Why, in words: `$18.20, which is $3.20 over your $15.00`.
    pub text: String,
    /// Price of one piece.
    pub price: Money,
    /// How many wishes it misses, at least 1.
    pub misses: u8,
    /// How far it misses, in the unit of its cause (minor units, hundredths of a star); 0 where nothing can be counted.
    pub distance: i64,
}

impl Excluded {
    /// Leaves out a candidate for one reason, for those who know labels, deliveries and rules.
    pub fn of(candidate: &Candidate, cause: Cause, slot: &str, text: String) -> Self {
        Self {
            offer: candidate.offer.clone(),
            title: candidate.product.title.to_string(),
            merchant: candidate.offer.merchant.clone(),
            cause,
            slot: slot.to_owned(),
            text,
            price: candidate.variant.price,
            misses: 1,
            distance: 0,
        }
    }
}

/// What was left out, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// How many.
    pub total: u32,
    /// By cause, the most frequent first.
    pub parts: Vec<(Cause, u32)>,
    /// In words: `I left out 14: 6 certificates not confirmed, 5 over $15.00, 3 cannot come Saturday morning`.
    /// Empty when nothing was left out.
    pub text: String,
}

/// Causes that the sentence names; the rest is counted together.
const NAMED_MAX: usize = 4;

/// Counts what was left out and says it in one sentence.
pub fn left_out(excluded: &[Excluded], language: Language) -> LeftOut {
    let mut causes: BTreeMap<Cause, u32> = BTreeMap::new();
    let mut groups: BTreeMap<(Cause, &str), u32> = BTreeMap::new();
    for one in excluded {
        let cause = causes.entry(one.cause).or_default();
        *cause = cause.saturating_add(1);
        let group = groups.entry((one.cause, one.slot.as_str())).or_default();
        *group = group.saturating_add(1);
    }
    let mut parts: Vec<(Cause, u32)> = causes.into_iter().collect();
    parts.sort_by_key(|(cause, count)| (std::cmp::Reverse(*count), *cause));
    let mut groups: Vec<((Cause, &str), u32)> = groups.into_iter().collect();
    // What was never the thing asked for is the least interesting of all.
    groups.sort_by_key(|((cause, slot), count)| {
        (
            *cause == Cause::Thing,
            std::cmp::Reverse(*count),
            *cause,
            *slot,
        )
    });
    let total = u32::try_from(excluded.len()).unwrap_or(u32::MAX);
    LeftOut {
        total,
        parts,
        text: sentence(language, total, &groups),
    }
}

fn sentence(language: Language, total: u32, groups: &[((Cause, &str), u32)]) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let mut named: Vec<String> = groups
        .iter()
        .take(NAMED_MAX)
        .map(|((cause, slot), count)| cause.summary(language, *count, slot))
        .collect();
    let rest: u32 = groups.iter().skip(NAMED_MAX).map(|(_, count)| count).sum();
    if rest > 0 {
        named.push(said::sum_rest(language, rest));
    }
    said::left_out(language, total, named.join(", "))
}
