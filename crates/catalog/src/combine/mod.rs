//! Who supplies which line: several needs of one errand, several shops, one choice.

#[cfg(test)]
mod claims;
mod solve;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use errand_types::{MerchantId, Money, MoneyError, OfferRef};
use jiff::Timestamp;

use solve::Field;
pub use told::told;

/// Lines of one problem.
pub const LINES_MAX: usize = 40;
/// Offers of one line; the rest is not looked at.
const OFFERS_MAX: usize = errand_types::limits::CANDIDATES_MAX;

/// What makes one way of supplying everything better than another. Every other quantity breaks ties: after the goal come
/// the total, the parcels, the arrival and the carbon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// As few shops as possible.
    FewestParcels,
    /// Goods and delivery together.
    LowestTotal,
    /// The last parcel comes as early as possible.
    Earliest,
    /// As little carbon as possible, by what the shops state.
    LowestCarbon,
}

/// One way to have a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply {
    /// What would go into the cart; it names the shop.
    pub offer: OfferRef,
    /// Price of all pieces of the line.
    pub price: Money,
    /// Grams of carbon of all pieces, where the shop states them.
    pub carbon_g: Option<i64>,
}

/// What a shop told about its delivery.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// Price of one parcel. `None`: the shop did not tell.
    pub shipping: Option<Money>,
    /// Goods worth this much travel free.
    pub free_from: Option<Money>,
    /// When the parcel is there at the latest.
    pub arrives: Option<Timestamp>,
}

/// Lines that must all be supplied.
#[derive(Debug, Clone)]
pub struct Errand<'a> {
    /// The ways to have each line. A line without any cannot be supplied.
    pub lines: &'a [Vec<Supply>],
    /// Terms by shop; a shop that is missing told nothing.
    pub terms: &'a BTreeMap<MerchantId, Terms>,
    /// What is wanted most.
    pub goal: Goal,
    /// At most so many shops.
    pub parcels_max: Option<usize>,
}

/// Everything from one shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The shop.
    pub merchant: MerchantId,
    /// Which lines, by their number from 0.
    pub lines: Vec<usize>,
    /// Price of the goods.
    pub goods: Money,
    /// Price of the delivery; zero when it is free. `None`: the shop did not tell.
    pub shipping: Option<Money>,
    /// When it is there at the latest.
    pub arrives: Option<Timestamp>,
}

/// The best way to supply everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Combination {
    /// For each line the offer that supplies it.
    pub picks: Vec<OfferRef>,
    /// One for each shop, in the order of their names.
    pub parcels: Vec<Parcel>,
    /// Price of all goods.
    pub goods: Money,
    /// Goods and every delivery that was told.
    pub total: Money,
    /// Grams of carbon, where every chosen offer states them.
    pub carbon_g: Option<i64>,
    /// No better one exists. `false` only when there was too much to try it all.
    pub is_proven: bool,
}

impl Combination {
    /// Shops that did not tell what their delivery costs.
    pub fn silent(&self) -> impl Iterator<Item = &MerchantId> {
        let silent = |p: &&Parcel| p.shipping.is_none();
        self.parcels.iter().filter(silent).map(|p| &p.merchant)
    }

    /// When the last parcel is there; `None` when one shop does not say.
    pub fn arrives(&self) -> Option<Timestamp> {
        let each: Option<Vec<Timestamp>> = self.parcels.iter().map(|p| p.arrives).collect();
        each?.into_iter().max()
    }
}

/// Why no combination could be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CombineError {
    /// There is nothing to supply.
    #[error("there is nothing to combine")]
    Nothing,
    /// Too many lines.
    #[error("{0} lines are more than {LINES_MAX}")]
    TooMany(usize),
    /// Nobody has this line, counted from 0.
    #[error("no shop has line {0}")]
    NobodyHas(usize),
    /// No set of that many shops has everything.
    #[error("no {0} shops together have everything")]
    TooFewShops(usize),
    /// Amounts of two currencies cannot be added up.
    #[error("the prices are in several currencies")]
    Currencies,
    /// A sum leaves the range of amounts, or a price is negative.
    #[error("the prices cannot be added up")]
    Amount(#[from] MoneyError),
}

/// The best way to supply all lines.
///
/// The result is exact, and says in [`Combination::is_proven`] where the problem was too large to try everything. It does not
/// depend on the order of the offers. A shop that does not tell its delivery price is held to be as dear as the dearest that
/// does, so that silence never pays; in the result nothing is made up.
///
/// # Errors
/// [`CombineError`], each with what stood in the way.
pub fn combine(errand: &Errand<'_>) -> Result<Combination, CombineError> {
    if errand.lines.is_empty() {
        return Err(CombineError::Nothing);
    }
    if errand.lines.len() > LINES_MAX {
        return Err(CombineError::TooMany(errand.lines.len()));
    }
    if let Some(empty) = errand.lines.iter().position(Vec::is_empty) {
        return Err(CombineError::NobodyHas(empty));
    }
    let field = Field::of(errand)?;
    let (picks, is_proven) = field.best().ok_or_else(|| {
        CombineError::TooFewShops(errand.parcels_max.unwrap_or_else(|| field.shops().len()))
    })?;
    gather(errand, &picks, is_proven)
}

/// What the choice costs and how it travels.
fn gather(
    errand: &Errand<'_>,
    picks: &[&Supply],
    is_proven: bool,
) -> Result<Combination, CombineError> {
    let shops: BTreeSet<&MerchantId> = picks.iter().map(|s| &s.offer.merchant).collect();
    let currency = picks
        .first()
        .map(|s| s.price.currency())
        .ok_or(CombineError::Nothing)?;
    let mut parcels = Vec::new();
    for merchant in shops {
        let ours = || picks.iter().filter(|s| s.offer.merchant == *merchant);
        let goods = Money::sum(currency, ours().map(|s| s.price))?;
        let terms = errand.terms.get(merchant);
        parcels.push(Parcel {
            merchant: merchant.clone(),
            lines: (0..picks.len())
                .filter(|at| {
                    picks
                        .get(*at)
                        .is_some_and(|s| s.offer.merchant == *merchant)
                })
                .collect(),
            goods,
            shipping: terms.and_then(|t| t.price_of(goods)),
            arrives: terms.and_then(|t| t.arrives),
        });
    }
    let goods = Money::sum(currency, parcels.iter().map(|p| p.goods))?;
    let shipping = Money::sum(currency, parcels.iter().filter_map(|p| p.shipping))?;
    let carbon: Option<Vec<i64>> = picks.iter().map(|s| s.carbon_g).collect();
    Ok(Combination {
        picks: picks.iter().map(|s| s.offer.clone()).collect(),
        parcels,
        goods,
        total: goods.plus(shipping)?,
        carbon_g: carbon.map(|each| each.into_iter().fold(0, i64::saturating_add)),
        is_proven,
    })
}

impl Terms {
    /// What a parcel with goods of this worth costs.
    fn price_of(&self, goods: Money) -> Option<Money> {
        let free = self
            .free_from
            .is_some_and(|from| goods.exceeds(from) == Ok(true) || goods == from);
        self.shipping.map(|price| {
            if free {
                Money::zero(price.currency())
            } else {
                price
            }
        })
    }
}
