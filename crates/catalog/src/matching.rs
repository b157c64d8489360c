use std::cmp::Reverse;
use std::sync::Arc;

use errand_types::limits::{CANDIDATES_MAX, QUANTITY_MAX};
use errand_types::{Availability, Language, Money, Need, Product, Variant};

use crate::ask::Ask;
use crate::degree;
use crate::page::{Leaf, Page, Strength};
use crate::phrases::{rating, stars};
use crate::said::left_out as said;
use crate::shelf;
use crate::shown::pieces;
use crate::wished::{is_chosen, side, variant_wished};
use crate::{Candidate, Cause, Excluded};

/// Values of an option that are told.
const VALUES_TOLD: usize = 6;
/// Variants of one product that are looked at.
const VARIANTS_MAX: usize = 100;

/// A wish that a variant misses.
struct Miss {
    cause: Cause,
    slot: String,
    text: String,
    distance: i64,
}

impl Miss {
    fn new(cause: Cause, slot: impl Into<String>, text: String) -> Self {
        Self {
            cause,
            slot: slot.into(),
            text,
            distance: 0,
        }
    }

    fn by(mut self, distance: i64) -> Self {
        self.distance = distance;
        self
    }
}

/// Parts the products that meet every hard wish from those that do not, each with the variant that fits best.
///
/// Hard are: the words of the thing, words that must and must not be, price, sum, brand, shop, rating, stock and number.
/// Labels and delivery are decided by those who know them. At most [`CANDIDATES_MAX`] products are read; the order of
/// both lists is the order of `products`.
pub fn matching(
    products: &[Arc<Product>],
    need: &Need,
    language: Language,
) -> (Vec<Candidate>, Vec<Excluded>) {
    let ask = Ask::read(need);
    let judged: Vec<Judged> = products
        .iter()
        .take(CANDIDATES_MAX)
        .filter_map(|product| judge(product, need, &ask, language))
        .collect();
    let field = Things::among(&judged);
    let mut fitting = Vec::new();
    let mut excluded = Vec::new();
    for one in judged {
        let is_thing = field.keeps(&one);
        let Judged { candidate, out, .. } = one;
        if !is_thing {
            excluded.push(Excluded::of(
                &candidate,
                Cause::Thing,
                "",
                something_else(need, language),
            ));
        } else if let Some(out) = out {
            excluded.push(out);
        } else {
            fitting.push(candidate);
        }
    }
    (fitting, excluded)
}

/// Leaves out what costs more than the sum for everything once the delivery is counted.
pub fn within_total(
    candidates: Vec<Candidate>,
    need: &Need,
    language: Language,
) -> (Vec<Candidate>, Vec<Excluded>) {
    let mut excluded = Vec::new();
    let kept = candidates
        .into_iter()
        .filter(|candidate| {
            let miss = over_total(&candidate.variant, candidate.delivery_cost, need, language);
            if let Some(miss) = &miss {
                let mut out = Excluded::of(candidate, miss.cause, &miss.slot, miss.text.clone());
                out.distance = miss.distance;
                excluded.push(out);
            }
            miss.is_none()
        })
        .collect();
    (kept, excluded)
}

fn something_else(need: &Need, language: Language) -> String {
    said::something_else(language, &need.what)
}

/// A product with its best variant and what stands against it.
struct Judged {
    candidate: Candidate,
    strength: Strength,
    /// Every word of the thing is said of it.
    has_all: bool,
    /// Categories down to the one that names the thing, where it has one.
    path: Option<Vec<Vec<String>>>,
    brand_led: bool,
    /// The title begins with the whole name of what was asked for.
    begins: bool,
    /// Each name of the last category.
    leaves: Vec<Vec<String>>,
    out: Option<Excluded>,
}

/// What counts as the thing depends on what there is: a desk lamp is no desk, but where no shop has a desk it comes
/// nearest; and where titles name milk, a cheddar on the shelf for milk is something else.
struct Things {
    best: Strength,
    paths: Vec<Vec<Vec<String>>>,
    /// The last categories of what titles name.
    leaves: Vec<Vec<Vec<String>>>,
}

impl Things {
    fn among(judged: &[Judged]) -> Self {
        let all = || judged.iter().filter(|j| j.has_all);
        let best = all()
            .map(|j| j.strength)
            .max()
            .or_else(|| judged.iter().map(|j| j.strength).max())
            .unwrap_or(Strength::None);
        Self {
            best,
            paths: all()
                .filter(|j| j.strength >= Strength::Kin)
                .filter_map(|j| j.path.clone())
                .collect(),
            leaves: all()
                .filter(|j| j.strength >= Strength::Kin && !j.leaves.is_empty())
                .map(|j| j.leaves.clone())
                .collect(),
        }
    }

    fn keeps(&self, one: &Judged) -> bool {
        // "Oat Drink Barista" on the shelf of the oat drinks.
        if one.begins && self.leaves.contains(&one.leaves) {
            return true;
        }
        match (self.best, one.strength) {
            // A title of brand and line names no thing at all; its shelf does.
            (Strength::Named | Strength::Kin, Strength::Leaf | Strength::Kind) => {
                one.brand_led && one.path.as_ref().is_some_and(|p| self.paths.contains(p))
            }
            (best, Strength::Weak) => best <= Strength::Weak,
            // What does not carry the word at all is judged by its misses.
            (
                _,
                Strength::Named | Strength::Kin | Strength::Leaf | Strength::Kind | Strength::None,
            ) => true,
        }
    }
}

fn judge(product: &Arc<Product>, need: &Need, ask: &Ask, language: Language) -> Option<Judged> {
    let page = shelf::page(product);
    let mut best: Option<(Vec<Miss>, Strength, &Variant)> = None;
    let configured = variant_wished(product, need);
    let variants = product.variants.iter().take(VARIANTS_MAX);
    for variant in variants.chain(&configured) {
        let leaf = Leaf::of(variant);
        let strength = page.strength(&leaf, ask);
        let misses = variant_misses((product, variant), (&page, &leaf), need, ask, language);
        let key = |misses: &[Miss], strength: Strength, v: &Variant| {
            (
                misses.len(),
                Reverse(strength),
                patience(v.availability),
                v.price.minor(),
            )
        };
        let better = best
            .as_ref()
            .is_none_or(|(m, s, v)| key(&misses, strength, variant) < key(m, *s, v));
        if better {
            best = Some((misses, strength, variant));
        }
    }
    let (misses, strength, variant) = best?;
    let candidate =
        Candidate::new(Arc::clone(product), variant.clone()).with_page(Arc::clone(&page));
    let mut all: Vec<Miss> = product_misses(product, &page, need, language)
        .into_iter()
        .chain(misses)
        .collect();
    all.sort_by_key(|m| m.cause);
    let count = u8::try_from(all.len()).unwrap_or(u8::MAX);
    let out = all.into_iter().next().map(|miss| {
        let mut out = Excluded::of(&candidate, miss.cause, &miss.slot, miss.text);
        out.misses = count;
        out.distance = miss.distance;
        out
    });
    let leaf = Leaf::of(&candidate.variant);
    Some(Judged {
        strength,
        has_all: page.has_all(&leaf, ask),
        path: page.path_to(ask).map(<[_]>::to_vec),
        brand_led: page.is_brand_led(),
        begins: page.begins_with(&ask.thing),
        leaves: page.last_category().to_vec(),
        candidate,
        out,
    })
}

/// How long one has to wait for it, roughly.
fn patience(availability: Availability) -> u8 {
    match availability {
        Availability::In | Availability::Low => 0,
        Availability::Unknown => 1,
        Availability::Backorder => 2,
        Availability::Preorder => 3,
        Availability::Out => 4,
    }
}

fn product_misses(product: &Product, page: &Page, need: &Need, language: Language) -> Vec<Miss> {
    let mut misses = Vec::new();
    if !need.merchants.is_empty() && !need.merchants.contains(&product.merchant) {
        misses.push(Miss::new(Cause::Merchant, "", said::other_shop(language)));
    }
    if !need.brands.is_empty() && !need.brands.iter().any(|b| page.is_brand(b.as_str())) {
        let wanted: Vec<String> = need.brands.iter().map(ToString::to_string).collect();
        misses.push(Miss::new(
            Cause::Brand,
            "",
            said::not_by(language, wanted.join(&said::brand_or(language))),
        ));
    }
    if let Some(bad) = need.brands_not.iter().find(|b| page.is_brand(b.as_str())) {
        misses.push(Miss::new(
            Cause::Brand,
            bad.as_str(),
            said::by(language, bad),
        ));
    }
    if let Some(min) = need.rating_min {
        let have = product
            .rating
            .map_or(0, |r| if r.count == 0 { 0 } else { r.hundredths });
        if have < min {
            let text = match product.rating {
                Some(r) if r.count > 0 => {
                    said::rated_under(language, rating(language, Some(r)), stars(language, min))
                }
                _ => said::nobody_rated(language),
            };
            let by = i64::from(min).saturating_sub(i64::from(have));
            misses.push(Miss::new(Cause::Rating, stars(language, min), text).by(by));
        }
    }
    if need.pieces() == 0 || need.pieces() > QUANTITY_MAX {
        let text = said::too_many(language, QUANTITY_MAX);
        misses.push(Miss::new(Cause::Quantity, "", text));
    }
    misses
}

fn variant_misses(
    (product, variant): (&Product, &Variant),
    (page, leaf): (&Page, &Leaf),
    need: &Need,
    ask: &Ask,
    language: Language,
) -> Vec<Miss> {
    let mut misses = Vec::new();
    let has_all = page.has_all(leaf, ask);
    let has_some = has_all || ask.thing.iter().any(|w| page.tells(leaf, w));
    match page.contradicts(leaf, ask).filter(|_| has_some) {
        Some(word) => misses.push(Miss::new(
            Cause::Words,
            word,
            said::is_word(language, word, &need.what),
        )),
        None if page.strength(leaf, ask) == Strength::None => {
            misses.push(Miss::new(Cause::Thing, "", something_else(need, language)));
        }
        None if has_all => {}
        None => misses.push(Miss::new(
            Cause::Words,
            "",
            said::not_all_of(language, &need.what),
        )),
    }
    for (word, phrase) in &ask.must {
        if let Some(count) = count_of(phrase) {
            misses.extend(pieces_miss(variant, product, count, language));
        } else if !page.says(leaf, phrase)
            && degree::stated(product, phrase).is_none()
            && !is_chosen(product, variant, phrase)
        {
            misses.push(word_miss(product, word, phrase, language));
        }
    }
    for (word, phrase) in &ask.must_not {
        if page.carries(leaf, phrase) {
            misses.push(Miss::new(
                Cause::Words,
                said::saying(language, word),
                said::says(language, word),
            ));
        }
    }
    if !variant.availability.is_offerable() {
        misses.push(Miss::new(Cause::Stock, "", said::none_left(language)));
    }
    misses.extend(price_misses(variant, need, language));
    misses
}

/// A word that nothing says; of a side that can be chosen, what there is instead.
fn word_miss(product: &Product, word: &str, phrase: &[String], language: Language) -> Miss {
    let slot = said::not_said(language, word);
    let Some(option) = side(product, phrase) else {
        return Miss::new(Cause::Words, slot, said::nothing_says(language, word));
    };
    let values: Vec<String> = option
        .values
        .iter()
        .take(VALUES_TOLD)
        .map(|value| value.label.to_string())
        .collect();
    let values = errand_sentences::list_or(language, &values);
    let text = said::comes_as(language, &option.name, values);
    // Nearer than what has no such side at all.
    Miss::new(Cause::Words, slot, text).by(-1)
}

/// The number of a phrase that only counts: 12 of `12 pieces`.
fn count_of(phrase: &[String]) -> Option<u64> {
    match phrase {
        [number, piece] if piece == "piece" => number.parse().ok(),
        _ => None,
    }
}

/// A pack that holds another number. Where the shop states none, nothing is missed.
fn pieces_miss(
    variant: &Variant,
    product: &Product,
    count: u64,
    language: Language,
) -> Option<Miss> {
    let held = pieces(product, variant).filter(|held| *held != count && *held > 0)?;
    let text = if count.is_multiple_of(held) {
        said::one_holds_so(language, held, count / held, count)
    } else {
        said::one_holds(language, held, count)
    };
    let by = i64::try_from(held.abs_diff(count)).unwrap_or(i64::MAX);
    Some(Miss::new(Cause::Words, said::not_pieces(language, count), text).by(by))
}

fn price_misses(variant: &Variant, need: &Need, language: Language) -> Vec<Miss> {
    let amount = |money: Money| errand_sentences::money(language, money);
    let price = variant.price;
    let limit = need.price_max.or(need.price_min).or(need.total_max);
    if let Some(limit) = limit
        && limit.currency() != price.currency()
    {
        let (ours, theirs) = (limit.currency(), price.currency());
        let text = said::other_currency(language, price, ours.code());
        return vec![Miss::new(Cause::Currency, theirs.code(), text)];
    }
    let mut misses = Vec::new();
    if let Some(max) = need.price_max
        && let Some(over) = excess(price, max)
    {
        let text = said::price_over(language, price, over, max);
        misses.push(Miss::new(Cause::Price, amount(max), text).by(over.minor()));
    }
    if let Some(min) = need.price_min
        && let Some(under) = excess(min, price)
    {
        let text = said::price_under(language, price, under, min);
        misses.push(Miss::new(Cause::PriceLow, amount(min), text).by(under.minor()));
    }
    misses.extend(over_total(variant, None, need, language));
    misses
}

fn over_total(
    variant: &Variant,
    delivery: Option<Money>,
    need: &Need,
    language: Language,
) -> Option<Miss> {
    let pieces = need.pieces();
    let sum = variant
        .price
        .times(pieces)
        .and_then(|sum| delivery.map_or(Ok(sum), |cost| sum.plus(cost)));
    let Ok(sum) = sum else {
        return Some(Miss::new(Cause::Quantity, "", said::not_summed(language)));
    };
    let max = need.total_max?;
    let over = match sum.minus(max) {
        Ok(over) if over.minor() > 0 => over,
        Ok(_) => return None,
        Err(_) => {
            return Some(Miss::new(
                Cause::Total,
                errand_sentences::money(language, max),
                said::not_held_against(language, sum, max),
            ));
        }
    };
    let text = if delivery.is_some() {
        said::sum_with_delivery_over(language, sum, pieces, over, max)
    } else {
        said::sum_over(language, sum, pieces, over, max)
    };
    let max = errand_sentences::money(language, max);
    Some(Miss::new(Cause::Total, max, text).by(over.minor()))
}

/// How much the first is more than the second; `None` when it is not, or when they cannot be held against each other.
fn excess(amount: Money, than: Money) -> Option<Money> {
    amount.minus(than).ok().filter(|rest| rest.minor() > 0)
}
