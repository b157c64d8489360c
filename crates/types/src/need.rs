use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{MerchantId, Money, OfferRef, Text, Window};

/// What somebody wants to have, as far as it was said. Absent means "not said", never "any by default".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Need {
    /// The thing, as words to search with: `coffee beans`.
    pub what: Text<200>,
    /// Words that the thing must carry in title, options or attributes: `decaf`, `whole bean`, `white`.
    pub must: Vec<Text<60>>,
    /// Words that it must not carry.
    pub must_not: Vec<Text<60>>,
    /// Pieces wanted, 1 to 999. `None`: not said, which means one.
    pub quantity: Option<u32>,
    /// Highest price of one piece.
    pub price_max: Option<Money>,
    /// Lowest price of one piece.
    pub price_min: Option<Money>,
    /// Highest sum for everything, delivery included.
    pub total_max: Option<Money>,
    /// Labels that must be confirmed, by id: `cert:fairtrade-intl`.
    pub labels: Vec<Text<80>>,
    /// Labels that must be absent, by id: `contains:leather`.
    pub avoid: Vec<Text<80>>,
    /// Brands, one of which it must be.
    pub brands: Vec<Text<80>>,
    /// Brands that it must not be.
    pub brands_not: Vec<Text<80>>,
    /// Shops to ask; empty means all.
    pub merchants: Vec<MerchantId>,
    /// Lowest rating in hundredths of a star, 0 to 500.
    pub rating_min: Option<u16>,
    /// When it should arrive.
    pub delivery: Option<Wish>,
    /// How many to put side by side, when a comparison was asked for.
    pub compare: Option<u8>,
    /// How to order the result, when that was said.
    pub sort: Option<Sort>,
    /// Something that it should be like, or go with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleWish>,
}

impl Need {
    /// Pieces wanted.
    pub fn pieces(&self) -> u32 {
        self.quantity.unwrap_or(1)
    }
}

/// A thing that a search is held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StyleWish {
    /// Like it, or beside it.
    pub how: StyleHow,
    /// Which product of this session; `None` when it was only described.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferRef>,
    /// The person's words for it: `the blue jacket`.
    pub said: Text<80>,
}

/// How a search is held against a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StyleHow {
    /// Something similar.
    Like,
    /// Something that is worn or stands beside it.
    With,
}

/// When something should arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// Not before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub earliest: Option<Timestamp>,
    /// Not after.
    #[schemars(with = "String")]
    pub latest: Timestamp,
    /// The person's words for it: `Saturday morning`.
    pub said: Text<80>,
}

impl Wish {
    /// Whether a delivery in this window is what was wished: it ends in time and does not start before the earliest.
    pub fn is_met_by(&self, window: &Window) -> bool {
        self.earliest
            .is_none_or(|earliest| window.start >= earliest)
            && window.end <= self.latest
    }
}

/// An order that the person asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Lowest price first.
    Cheapest,
    /// Best rating first.
    Rating,
    /// Earliest delivery first.
    Soonest,
}
