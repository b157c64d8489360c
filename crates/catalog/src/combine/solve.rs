//! The exact optimum: sets of shops by what they cost at least, and within a set every line by its best offer, unless a
//! dearer one makes a delivery free.

use std::collections::{BTreeMap, BTreeSet};

use errand_types::{MerchantId, Money};

use super::{CombineError, Errand, Goal, OFFERS_MAX, Supply};

/// Sets of shops that are looked at.
const SETS_MAX: usize = 20_000;
/// Partial choices that are looked at, over all sets.
const NODES_MAX: usize = 100_000;
/// What is not known counts as later and dearer than everything known.
const UNKNOWN: i64 = i64::MAX / 4;

/// What a choice comes to, in the order of the goal: smaller is better.
type Key = [i64; 5];

/// One way to have a line, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way<'a> {
    shop: usize,
    price: i64,
    carbon: i64,
    is_silent: bool,
    supply: &'a Supply,
}

#[derive(Debug, Clone, Copy)]
struct Shop {
    shipping: i64,
    free_from: Option<i64>,
    arrives: i64,
}

impl Shop {
    fn shipping(&self, goods: i64) -> i64 {
        if self.free_from.is_some_and(|from| goods >= from) {
            0
        } else {
            self.shipping
        }
    }
}

/// A problem in numbers.
#[derive(Debug)]
pub(super) struct Field<'a> {
    goal: Goal,
    names: Vec<&'a MerchantId>,
    shops: Vec<Shop>,
    /// The ways of each line, in one order whatever the order of the input.
    lines: Vec<Vec<Way<'a>>>,
    parcels_max: usize,
    /// Nothing of the input was left aside.
    is_whole: bool,
}

/// A set of shops with what it costs at least.
#[derive(Debug)]
struct Set<'f, 'a> {
    bound: Key,
    shops: Vec<usize>,
    /// For each line the ways that these shops have.
    lines: Vec<Vec<&'f Way<'a>>>,
    /// What the lines from each one on cost at least; one more than there are lines.
    least: Vec<Least>,
    /// For each line and shop of the set, the most that the lines from there on can buy at it.
    most: Vec<Vec<i64>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Least {
    price: i64,
    silent: i64,
    carbon: i64,
}

/// Lines that are chosen so far.
#[derive(Debug, Clone)]
struct Part<'f, 'a> {
    ways: Vec<&'f Way<'a>>,
    sum: Least,
    /// Worth of the goods at each shop of the set.
    goods: Vec<i64>,
}

impl<'f, 'a> Part<'f, 'a> {
    fn empty(shops: usize) -> Self {
        Self {
            ways: Vec::new(),
            sum: Least::default(),
            goods: vec![0; shops],
        }
    }

    fn take(&mut self, way: &'f Way<'a>, set: &Set<'_, '_>) {
        self.ways.push(way);
        self.count(way, set, 1);
    }

    fn give_back(&mut self, set: &Set<'_, '_>) {
        if let Some(way) = self.ways.pop() {
            self.count(way, set, -1);
        }
    }

    fn count(&mut self, way: &Way<'_>, set: &Set<'_, '_>, sign: i64) {
        let add = |to: &mut i64, n: i64| *to = to.saturating_add(n.saturating_mul(sign));
        add(&mut self.sum.price, way.price);
        add(&mut self.sum.silent, i64::from(way.is_silent));
        add(&mut self.sum.carbon, way.carbon);
        let at = set.shops.iter().position(|shop| *shop == way.shop);
        if let Some(goods) = at.and_then(|at| self.goods.get_mut(at)) {
            add(goods, way.price);
        }
    }
}

#[derive(Debug)]
struct Best<'f, 'a> {
    found: Option<(Key, Vec<&'f Way<'a>>)>,
    nodes: usize,
}

impl Best<'_, '_> {
    /// Sets, lines and ways come in an order of their own, so of two that are equally good the first one stays, whatever the
    /// order of the input.
    fn may_be_beaten_by(&self, key: &Key) -> bool {
        self.found.as_ref().is_none_or(|(best, _)| key < best)
    }
}

impl<'a> Field<'a> {
    pub(super) fn of(errand: &Errand<'a>) -> Result<Self, CombineError> {
        let supplies = || errand.lines.iter().flatten();
        let currencies: BTreeSet<_> = supplies().map(|s| s.price.currency()).collect();
        let terms = errand.terms.values();
        let told = terms.flat_map(|t| t.shipping.into_iter().chain(t.free_from));
        let currency = currencies.first().copied();
        if currencies.len() != 1 || told.clone().any(|m| Some(m.currency()) != currency) {
            return Err(CombineError::Currencies);
        }
        let all = supplies().map(|s| s.price).chain(told);
        Money::sum(currency.ok_or(CombineError::Currencies)?, all.clone())?;
        if all.clone().any(|m| m.minor() < 0) {
            return Err(errand_types::MoneyError::Overflow.into());
        }
        let names: Vec<&MerchantId> = supplies()
            .map(|s| &s.offer.merchant)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let dearest = names
            .iter()
            .filter_map(|n| errand.terms.get(n)?.shipping)
            .map(Money::minor)
            .max()
            .unwrap_or(0);
        let shops = names
            .iter()
            .map(|name| {
                let terms = errand.terms.get(name);
                let shipping = terms.and_then(|t| t.shipping);
                Shop {
                    shipping: shipping.map_or(dearest, Money::minor),
                    // Free from an amount says nothing without the price below it.
                    free_from: shipping
                        .and(terms.and_then(|t| t.free_from))
                        .map(Money::minor),
                    arrives: terms
                        .and_then(|t| t.arrives)
                        .map_or(UNKNOWN, jiff::Timestamp::as_second),
                }
            })
            .collect();
        let place: BTreeMap<&MerchantId, usize> =
            names.iter().enumerate().map(|(at, n)| (*n, at)).collect();
        let lines = errand.lines.iter().map(|line| ways(line, &place)).collect();
        let parcels_max = errand.parcels_max.unwrap_or(names.len()).min(names.len());
        Ok(Self {
            goal: errand.goal,
            names,
            shops,
            lines,
            parcels_max,
            is_whole: errand.lines.iter().all(|line| line.len() <= OFFERS_MAX),
        })
    }

    pub(super) fn shops(&self) -> &[&'a MerchantId] {
        &self.names
    }

    /// The best choice and whether it is proven; `None` when so few shops do not have everything.
    pub(super) fn best(&self) -> Option<(Vec<&'a Supply>, bool)> {
        let (mut sets, all_sets) = self.sets();
        sets.sort_by(|a, b| (a.bound, &a.shops).cmp(&(b.bound, &b.shops)));
        let mut best = Best {
            found: None,
            nodes: 0,
        };
        for set in &sets {
            if !best.may_be_beaten_by(&set.bound) {
                break;
            }
            self.choose(set, &mut Part::empty(set.shops.len()), &mut best);
        }
        let is_proven = self.is_whole && all_sets && best.nodes < NODES_MAX;
        best.found
            .map(|(_, ways)| (ways.into_iter().map(|w| w.supply).collect(), is_proven))
    }

    /// Sets of shops that together have every line, smaller ones first, and whether these are all.
    fn sets(&self) -> (Vec<Set<'_, 'a>>, bool) {
        let mut found = Vec::new();
        let mut tried = 0_usize;
        for size in 1..=self.parcels_max {
            let mut chosen: Vec<usize> = (0..size).collect();
            loop {
                tried = tried.saturating_add(1);
                if tried > SETS_MAX {
                    return (found, false);
                }
                found.extend(self.set(&chosen));
                if !advance(&mut chosen, self.shops.len()) {
                    break;
                }
            }
            // No larger set can have fewer parcels.
            if self.goal == Goal::FewestParcels && !found.is_empty() {
                break;
            }
        }
        (found, true)
    }

    fn set(&self, shops: &[usize]) -> Option<Set<'_, 'a>> {
        let lines: Vec<Vec<&Way<'a>>> = self
            .lines
            .iter()
            .map(|line| line.iter().filter(|w| shops.contains(&w.shop)).collect())
            .collect();
        if lines.iter().any(Vec::is_empty) {
            return None;
        }
        let mut least = vec![Least::default()];
        let mut most: Vec<Vec<i64>> = vec![vec![0; shops.len()]];
        for line in lines.iter().rev() {
            let lowest =
                |of: &dyn Fn(&Way<'_>) -> i64| line.iter().map(|w| of(w)).min().unwrap_or_default();
            let rest = least.last().copied().unwrap_or_default();
            least.push(Least {
                price: rest.price.saturating_add(lowest(&|w| w.price)),
                silent: rest
                    .silent
                    .saturating_add(lowest(&|w| i64::from(w.is_silent))),
                carbon: rest.carbon.saturating_add(lowest(&|w| w.carbon)),
            });
            let here = |shop: &usize| {
                let ours = line.iter().filter(|w| w.shop == *shop);
                ours.map(|w| w.price).max().unwrap_or_default()
            };
            let rest = most.last().cloned().unwrap_or_default();
            let sums = rest.iter().zip(shops);
            most.push(
                sums.map(|(sum, shop)| sum.saturating_add(here(shop)))
                    .collect(),
            );
        }
        least.reverse();
        most.reverse();
        let mut set = Set {
            bound: [0; 5],
            shops: shops.to_vec(),
            lines,
            least,
            most,
        };
        set.bound = self.bound(&set, &Part::empty(shops.len()));
        Some(set)
    }

    /// Tries every choice within a set that uses all of its shops and may be better than the best so far.
    fn choose<'f>(&self, set: &Set<'f, 'a>, part: &mut Part<'f, 'a>, best: &mut Best<'f, 'a>) {
        if best.nodes >= NODES_MAX {
            return;
        }
        best.nodes = best.nodes.saturating_add(1);
        let Some(line) = set.lines.get(part.ways.len()) else {
            let used = |shop: &usize| part.ways.iter().any(|w| w.shop == *shop);
            if set.shops.iter().all(used) {
                best.found = Some((self.bound(set, part), part.ways.clone()));
            }
            return;
        };
        for &way in line {
            part.take(way, set);
            if best.may_be_beaten_by(&self.bound(set, part)) {
                self.choose(set, part, best);
            }
            part.give_back(set);
        }
    }

    /// What a choice within a set comes to at least, once its first lines are chosen; with all chosen, exactly.
    fn bound(&self, set: &Set<'_, '_>, part: &Part<'_, '_>) -> Key {
        let at = part.ways.len();
        let least = set.least.get(at).copied().unwrap_or_default();
        let mut total = part.sum.price.saturating_add(least.price);
        let mut arrives = 0_i64;
        let most = set.most.get(at).map(Vec::as_slice).unwrap_or_default();
        for ((shop, goods), most) in set.shops.iter().zip(&part.goods).zip(most) {
            let Some(shop) = self.shops.get(*shop) else {
                continue;
            };
            // The most that can still be bought there decides whether its delivery can become free.
            total = total.saturating_add(shop.shipping(goods.saturating_add(*most)));
            arrives = arrives.max(shop.arrives);
        }
        let parcels = i64::try_from(set.shops.len()).unwrap_or(i64::MAX);
        let silent = part.sum.silent.saturating_add(least.silent);
        let carbon = part.sum.carbon.saturating_add(least.carbon);
        match self.goal {
            Goal::FewestParcels => [parcels, total, arrives, silent, carbon],
            Goal::LowestTotal => [total, parcels, arrives, silent, carbon],
            Goal::Earliest => [arrives, total, parcels, silent, carbon],
            Goal::LowestCarbon => [silent, carbon, total, parcels, arrives],
        }
    }
}

/// The ways of a line in an order of their own: cheap first, ties by name.
fn ways<'a>(line: &'a [Supply], place: &BTreeMap<&MerchantId, usize>) -> Vec<Way<'a>> {
    let mut ways: Vec<Way<'a>> = line
        .iter()
        .filter_map(|supply| {
            Some(Way {
                shop: *place.get(&supply.offer.merchant)?,
                price: supply.price.minor(),
                carbon: supply.carbon_g.unwrap_or(0).max(0),
                is_silent: supply.carbon_g.is_none(),
                supply,
            })
        })
        .collect();
    ways.sort_by_key(|w| (w.price, w.is_silent, w.carbon, &w.supply.offer));
    ways.dedup_by(|a, b| a.supply.offer == b.supply.offer);
    ways.truncate(OFFERS_MAX);
    ways
}

/// The next set of the same size out of `of` shops; `false` after the last.
fn advance(chosen: &mut [usize], of: usize) -> bool {
    let size = chosen.len();
    for at in (0..size).rev() {
        let highest = of.saturating_sub(size.saturating_sub(at));
        let Some(place) = chosen.get_mut(at) else {
            return false;
        };
        if *place < highest {
            *place = place.saturating_add(1);
            let mut next = *place;
            for later in chosen.iter_mut().skip(at.saturating_add(1)) {
                next = next.saturating_add(1);
                *later = next;
            }
            return true;
        }
    }
    false
}
