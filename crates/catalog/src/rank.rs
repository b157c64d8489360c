use std::cmp::Reverse;
use std::collections::BTreeMap;

use errand_types::{Availability, Language, Need, Rating, Sort};
use jiff::Timestamp;

use crate::Candidate;
use crate::ask::Ask;
use crate::degree::Degree;
use crate::page::{Leaf, Page, Strength};
use crate::phrases::stars;
use crate::said::compared as said;
use crate::shown::{carbon_g, kilograms};

/// A candidate with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The candidate.
    pub candidate: Candidate,
    /// Sum of all points. Higher is better; when the person asked for an order, that order goes first.
    pub score: i64,
    /// Why it stands here, best reason first.
    pub reasons: Vec<String>,
}

/// Stars that a product without ratings is believed to have, in hundredths.
const PRIOR_STARS: u64 = 380;
/// As many ratings as that belief is worth.
const PRIOR_COUNT: u64 = 20;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// Orders candidates by how well they fit; nothing is paid for.
///
/// The order is total and does not depend on the order of the input. Points come from the words of title, categories and
/// options, from rating and number of ratings, from price, delivery, stock and what the person prefers; text that a shop
/// wrote in prose or tags gives none. The same name does not stand among the first more than twice, unless the person
/// asked for an order.
pub fn rank(candidates: Vec<Candidate>, need: &Need, language: Language) -> Vec<Ranked> {
    let ask = Ask::read(need);
    let field = Field::over(&candidates, &ask);
    let mut judged: Vec<(Strength, Vec<String>, Ranked)> = candidates
        .into_iter()
        .map(|candidate| {
            let page = candidate.page();
            let leaf = Leaf::of(&candidate.variant);
            let strength = page.strength(&leaf, &ask);
            let score = fit(page, &leaf, strength, &ask)
                .saturating_add(points(&candidate, need, &field))
                .saturating_sub(for_children(page, &ask));
            let reasons = reasons(&candidate, need, &field, language);
            (
                strength,
                page.called(),
                Ranked {
                    candidate,
                    score,
                    reasons,
                },
            )
        })
        .collect();
    judged.sort_by(|(a_strength, _, a), (b_strength, _, b)| {
        // Whatever order was asked for, things that are the thing go before things that only mention it.
        let by_sort = match need.sort {
            None => std::cmp::Ordering::Equal,
            Some(sort) => b_strength
                .cmp(a_strength)
                .then_with(|| wished(sort, &a.candidate).cmp(&wished(sort, &b.candidate))),
        };
        by_sort.then_with(|| total_order(a).cmp(&total_order(b)))
    });
    if need.sort.is_none() {
        spread(&mut judged);
    }
    judged.into_iter().map(|(_, _, ranked)| ranked).collect()
}

fn total_order(ranked: &Ranked) -> impl Ord + use<> {
    let c = &ranked.candidate;
    (
        Reverse(ranked.score),
        c.variant.price.currency(),
        c.variant.price.minor(),
        Reverse(believed(c.product.rating)),
        // Not the title: a name that begins with an A is no better.
        c.offer.clone(),
    )
}

fn wished(sort: Sort, c: &Candidate) -> (String, i64) {
    match sort {
        Sort::Cheapest => (
            c.variant.price.currency().code().to_owned(),
            c.variant.price.minor(),
        ),
        Sort::Rating => (
            String::new(),
            i64::MAX.saturating_sub(believed(c.product.rating)),
        ),
        Sort::Soonest => (
            String::new(),
            c.delivery.map_or(i64::MAX, |w| w.end.as_second()),
        ),
    }
}

/// What the whole set looks like: a price is low and a day early only beside others.
struct Field {
    lowest: BTreeMap<&'static str, i64>,
    same_currency: bool,
    believed_best: i64,
    soonest: Option<Timestamp>,
    /// Wishes of degree: quiet, light, efficient.
    degrees: Vec<Degree>,
    /// Lowest and highest grams of carbon, where at least two state them and not all alike.
    carbon: Option<(i64, i64)>,
    count: usize,
}

impl Field {
    fn over(candidates: &[Candidate], ask: &Ask) -> Self {
        let mut lowest: BTreeMap<&'static str, i64> = BTreeMap::new();
        for c in candidates {
            let price = c.variant.price;
            let low = lowest
                .entry(price.currency().code())
                .or_insert(price.minor());
            *low = (*low).min(price.minor());
        }
        let carbon: Vec<i64> = candidates.iter().filter_map(carbon_g).collect();
        let ends = carbon.iter().min().zip(carbon.iter().max());
        Self {
            carbon: ends
                .filter(|(low, high)| low < high)
                .map(|(low, high)| (*low, *high)),
            same_currency: lowest.len() == 1,
            lowest,
            believed_best: candidates
                .iter()
                .map(|c| believed(c.product.rating))
                .max()
                .unwrap_or(0),
            soonest: candidates
                .iter()
                .filter_map(|c| c.delivery.map(|w| w.start))
                .min(),
            degrees: Degree::over(
                ask.must.iter().map(|(_, phrase)| phrase),
                &candidates.iter().collect::<Vec<_>>(),
            ),
            count: candidates.len(),
        }
    }

    fn lowest(&self, c: &Candidate) -> i64 {
        self.lowest
            .get(c.variant.price.currency().code())
            .copied()
            .unwrap_or_default()
    }
}

/// Stars in thousandths after mixing in what one believes before anybody rated: five stars by one person are less than
/// 4.8 by 148.
fn believed(rating: Option<Rating>) -> i64 {
    let (stars, count) = rating.map_or((0, 0), |r| {
        (u64::from(r.hundredths.min(500)), u64::from(r.count))
    });
    let sum = PRIOR_STARS
        .saturating_mul(PRIOR_COUNT)
        .saturating_add(stars.saturating_mul(count))
        .saturating_mul(10);
    let mean = sum
        .checked_div(PRIOR_COUNT.saturating_add(count))
        .unwrap_or_default();
    i64::try_from(mean).unwrap_or_default()
}

/// Everything but the words.
fn points(c: &Candidate, need: &Need, field: &Field) -> i64 {
    (believed(c.product.rating)
        .saturating_sub(3_000)
        .clamp(0, 2_000)
        / 5)
    .saturating_add(cheapness(c, field))
    .saturating_add(promptness(c, need, field))
    .saturating_add(stock(c.variant.availability))
    .saturating_add(if c.preferred { 60 } else { 0 })
    .saturating_add(if c.bought_before { 50 } else { 0 })
    .saturating_add(sustainability(c, field))
    .saturating_add(
        field
            .degrees
            .iter()
            .fold(0, |sum, wish| wish.points(c, 400).saturating_add(sum)),
    )
}

/// 0 to 90: what somebody confirmed counts more than what the shop only states about its carbon.
fn sustainability(c: &Candidate, field: &Field) -> i64 {
    let confirmed = i64::try_from(c.confirmed.len().min(2)).unwrap_or(0);
    let stated = carbon_g(c)
        .zip(field.carbon)
        .map_or(0, |(own, (low, high))| {
            high.saturating_sub(own)
                .saturating_mul(30)
                .checked_div(high.saturating_sub(low))
                .unwrap_or(0)
        });
    confirmed.saturating_mul(30).saturating_add(stated)
}

/// What is made for children steps back where nobody spoke of them.
fn for_children(page: &Page, ask: &Ask) -> i64 {
    const THEM: [&str; 5] = ["children", "kid", "child", "baby", "toddler"];
    let must = ask.must.iter().flat_map(|(_, phrase)| phrase);
    let mut asked = ask.thing.iter().chain(&ask.purpose).chain(must);
    if !asked.any(|w| THEM.contains(&w.as_str())) && page.is_for(&THEM) {
        200
    } else {
        0
    }
}

/// How much it is the thing, before everything else together, and how much of the words it carries.
fn fit(page: &Page, leaf: &Leaf, strength: Strength, ask: &Ask) -> i64 {
    let is_it = match strength {
        Strength::Named => 20_000,
        Strength::Kin => 15_000,
        Strength::Leaf => 10_000,
        Strength::Kind => 5_000,
        Strength::Weak => 40,
        Strength::None => 0,
    };
    let share = |words: &[String], of: i64| -> i64 {
        let named = words.iter().filter(|w| page.names(leaf, w)).count();
        let (named, all) = (
            i64::try_from(named).unwrap_or(0),
            i64::try_from(words.len()).unwrap_or(0),
        );
        named.saturating_mul(of).checked_div(all).unwrap_or(of)
    };
    share(&ask.thing, 100)
        .saturating_add(share(&ask.purpose, 100))
        .saturating_add(is_it)
}

/// 0 to 200: the cheapest has all, one at twice its price half.
fn cheapness(c: &Candidate, field: &Field) -> i64 {
    let (low, price) = (field.lowest(c).max(1), c.variant.price.minor().max(1));
    low.saturating_mul(200)
        .checked_div(price)
        .unwrap_or(0)
        .clamp(0, 200)
}

/// 0 to 200 with a wish, 0 to 60 without.
fn promptness(c: &Candidate, need: &Need, field: &Field) -> i64 {
    let Some(window) = c.delivery else { return 0 };
    if let Some(wish) = &need.delivery {
        return if wish.is_met_by(&window) { 200 } else { 0 };
    }
    let first = field.soonest.unwrap_or(window.start);
    let days = window.start.as_second().saturating_sub(first.as_second()) / DAY;
    60_i64.saturating_sub(days.saturating_mul(10)).max(0)
}

fn stock(availability: Availability) -> i64 {
    match availability {
        Availability::In | Availability::Low => 0,
        Availability::Unknown => -10,
        Availability::Backorder => -60,
        Availability::Preorder => -80,
        Availability::Out => -400,
    }
}

/// The third and later of one name go behind everything else; the second steps back a little.
fn spread(judged: &mut [(Strength, Vec<String>, Ranked)]) {
    let mut seen: BTreeMap<Vec<String>, u32> = BTreeMap::new();
    for (_, called, one) in judged.iter_mut() {
        let times = seen.entry(called.clone()).or_default();
        let back = match *times {
            0 => 0,
            1 => 40,
            _ => 2_000,
        };
        one.score = one.score.saturating_sub(back);
        *times = times.saturating_add(1);
    }
    judged.sort_by_cached_key(|(_, _, ranked)| total_order(ranked));
}

fn reasons(c: &Candidate, need: &Need, field: &Field, language: Language) -> Vec<String> {
    let mut reasons: Vec<String> = field
        .degrees
        .iter()
        .filter_map(|d| d.reason(c, language))
        .collect();
    if field.count > 1 {
        if let Some(r) = c.product.rating
            && r.count > 0
            && believed(c.product.rating) == field.believed_best
        {
            let stars = stars(language, r.hundredths);
            reasons.push(said::highest_rated(language, stars, r.count));
        }
        if field.same_currency && c.variant.price.minor() == field.lowest(c) {
            reasons.push(said::lowest_price(language, c.variant.price));
        }
    }
    reasons.extend(c.confirmed.iter().cloned());
    if let (Some(wish), Some(window)) = (&need.delivery, c.delivery)
        && wish.is_met_by(&window)
    {
        reasons.push(said::can_come(language, &wish.said));
    } else if field.count > 1 && c.delivery.is_some_and(|w| Some(w.start) == field.soonest) {
        reasons.push(said::can_come_soonest(language));
    }
    if c.preferred {
        reasons.push(said::you_prefer(language));
    }
    if c.bought_before {
        reasons.push(said::bought_before(language));
    }
    if let Some(own) = carbon_g(c)
        && field.carbon.is_some_and(|(low, _)| low == own)
    {
        reasons.push(said::lowest_carbon(language, kilograms(language, own)));
    }
    if reasons.is_empty() && field.count > 1 {
        reasons.extend(middling(c, field, language));
    }
    reasons
}

/// What speaks for something that is first in nothing: the larger of price and rating, held against the best.
fn middling(c: &Candidate, field: &Field, language: Language) -> Option<String> {
    let price = if field.same_currency {
        cheapness(c, field)
    } else {
        0
    };
    let rated = c.product.rating.filter(|r| r.count > 0);
    let stars_points = (believed(rated).saturating_sub(3_000)).clamp(0, 2_000) / 10;
    match rated {
        Some(r) if stars_points >= price => Some(said::well_rated(
            language,
            stars(language, r.hundredths),
            r.count,
        )),
        _ if price >= 150 => Some(said::close_to_lowest(language, c.variant.price)),
        _ => None,
    }
}
