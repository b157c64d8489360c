//! Branch and bound over one [`Net`], with arc consistency at every step.

use super::bits::Bits;
use super::net::{Class, Cost, Net};

/// How much work is left, counted in classes looked at; some hundred million a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steps(pub(crate) u64);

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// One class of each slot. `exact`: nothing better exists.
    Found {
        classes: Vec<usize>,
        cost: Cost,
        exact: bool,
    },
    /// There is none.
    None,
    /// The work ran out, or something was cut off, before one was found.
    GaveUp,
}

/// What a search looks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    /// The price in minor units must not pass this.
    pub(crate) price_max: Option<i64>,
    /// Any one will do.
    pub(crate) any: bool,
}

pub(crate) fn search(net: &Net, ask: Ask, steps: &mut Steps) -> Outcome {
    let mut search = Search {
        net,
        ask,
        best: None,
        steps,
        ran_out: false,
    };
    let domains = net.slots.iter().map(|c| Bits::all(c.len())).collect();
    search.run(domains);
    let (best, ran_out) = (search.best, search.ran_out);
    match best {
        Some((cost, classes)) => Outcome::Found {
            classes,
            cost,
            exact: !ran_out && net.is_whole,
        },
        None if ran_out || !net.is_whole => Outcome::GaveUp,
        None => Outcome::None,
    }
}

struct Search<'n> {
    net: &'n Net,
    ask: Ask,
    best: Option<(Cost, Vec<usize>)>,
    steps: &'n mut Steps,
    ran_out: bool,
}

impl Search<'_> {
    fn is_done(&self) -> bool {
        self.ran_out || (self.ask.any && self.best.is_some())
    }

    fn spend(&mut self, steps: usize) -> bool {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        if self.steps.0 < steps {
            self.steps.0 = 0;
            self.ran_out = true;
            return false;
        }
        self.steps.0 = self.steps.0.saturating_sub(steps);
        true
    }

    fn run(&mut self, mut domains: Vec<Bits>) {
        if self.is_done() || !self.narrow(&mut domains) {
            return;
        }
        // INVARIANT: the first class of each slot is its least by cost, so this whole is no worse than any below here.
        let least: Vec<usize> = domains.iter().filter_map(|d| d.iter().next()).collect();
        if least.len() != domains.len() {
            return;
        }
        let cost = self.cost(&least);
        if self.best.as_ref().is_some_and(|(best, _)| cost >= *best) {
            return;
        }
        let over = self
            .ask
            .price_max
            .is_some_and(|max| self.lowest_price(&domains) > max);
        if over {
            return;
        }
        let Some(slot) = self.to_branch(&domains, &least, cost) else {
            self.best = Some((cost, least));
            return;
        };
        let classes: Vec<usize> = domains
            .get(slot)
            .map(|d| d.iter().collect())
            .unwrap_or_default();
        let size = self.classes(slot).len();
        for class in classes {
            if self.is_done() {
                return;
            }
            let mut narrowed = domains.clone();
            if let Some(domain) = narrowed.get_mut(slot) {
                *domain = Bits::only(class, size);
            }
            self.run(narrowed);
        }
    }

    fn classes(&self, slot: usize) -> &[Class] {
        self.net
            .slots
            .get(slot)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    fn class_cost(&self, slot: usize, class: usize) -> Cost {
        self.classes(slot).get(class).map_or((0, 0), |c| c.cost)
    }

    fn cost(&self, whole: &[usize]) -> Cost {
        let costs = whole
            .iter()
            .enumerate()
            .map(|(s, c)| self.class_cost(s, *c));
        costs.fold((0, 0), |sum, c| {
            (sum.0.saturating_add(c.0), sum.1.saturating_add(c.1))
        })
    }

    /// The least that anything left can cost in money.
    fn lowest_price(&self, domains: &[Bits]) -> i64 {
        let slots = domains.iter().enumerate();
        let least = slots.map(|(slot, domain)| {
            let prices = domain.iter().map(|class| self.class_cost(slot, class).1);
            prices.min().unwrap_or(0)
        });
        least.fold(0, i64::saturating_add)
    }

    /// The slot to decide next: one that keeps the least of each slot from standing together. `None`: it stands.
    fn to_branch(&self, domains: &[Bits], least: &[usize], cost: Cost) -> Option<usize> {
        let at = |slot: usize| least.get(slot).copied().unwrap_or(0);
        let left = |slot: &usize| domains.get(*slot).map_or(0, Bits::count);
        let fewest = |slots: Vec<usize>| {
            let open = slots.into_iter().filter(|slot| left(slot) > 1);
            open.min_by_key(|slot| (left(slot), *slot))
        };
        for link in &self.net.links {
            let row = link.from_a.get(at(link.a));
            if row.is_some_and(|row| !row.contains(at(link.b))) {
                return fewest(vec![link.a, link.b]);
            }
        }
        for load in &self.net.loads {
            let bears = load.bears.get(at(load.bearer)).copied().unwrap_or(0);
            let added = load
                .adds
                .iter()
                .map(|(slot, each)| each.get(at(*slot)).copied().unwrap_or(0));
            if added.fold(load.plus, i64::saturating_add) > bears {
                let mut slots: Vec<usize> = load.adds.iter().map(|(slot, _)| *slot).collect();
                slots.push(load.bearer);
                return fewest(slots);
            }
        }
        if self.ask.price_max.is_some_and(|max| cost.1 > max) {
            // The best is too dear: decide where most can be saved.
            let saving = |slot: &usize| {
                let prices = domains.get(*slot).map(|d| {
                    d.iter()
                        .map(|class| self.class_cost(*slot, class).1)
                        .min()
                        .unwrap_or(0)
                });
                let present = self.class_cost(*slot, at(*slot)).1;
                present.saturating_sub(prices.unwrap_or(present))
            };
            let open = (0..domains.len()).filter(|slot| left(slot) > 1);
            return open.max_by_key(|slot| (saving(slot), std::cmp::Reverse(*slot)));
        }
        None
    }

    /// Takes away what can no longer be part of any whole. `false`: a slot has nothing left.
    fn narrow(&mut self, domains: &mut [Bits]) -> bool {
        loop {
            let mut changed = false;
            for link in &self.net.links {
                for (slot, other, rows) in [
                    (link.a, link.b, &link.from_a),
                    (link.b, link.a, &link.from_b),
                ] {
                    let (Some(domain), Some(others)) = (domains.get(slot), domains.get(other))
                    else {
                        continue;
                    };
                    let gone: Vec<usize> = domain
                        .iter()
                        .filter(|class| rows.get(*class).is_none_or(|row| !row.meets(others)))
                        .collect();
                    let looked = domain.count();
                    if !self.spend(looked) {
                        return false;
                    }
                    changed |= take(domains, slot, &gone);
                }
            }
            for load in &self.net.loads {
                let Some((needed, bearable)) = self.load(load, domains) else {
                    return false;
                };
                let Some(bearers) = domains.get(load.bearer) else {
                    continue;
                };
                let of = |each: &[i64], class: usize| each.get(class).copied().unwrap_or(0);
                let gone: Vec<usize> = bearers
                    .iter()
                    .filter(|class| of(&load.bears, *class) < needed)
                    .collect();
                changed |= take(domains, load.bearer, &gone);
                for (slot, each) in &load.adds {
                    let Some(domain) = domains.get(*slot) else {
                        continue;
                    };
                    let Some(least) = domain.iter().map(|class| of(each, class)).min() else {
                        return false;
                    };
                    let others = needed.saturating_sub(least);
                    let gone: Vec<usize> = domain
                        .iter()
                        .filter(|class| others.saturating_add(of(each, *class)) > bearable)
                        .collect();
                    let looked = domain.count();
                    if !self.spend(looked) {
                        return false;
                    }
                    changed |= take(domains, *slot, &gone);
                }
            }
            if domains.iter().any(|domain| domain.iter().next().is_none()) {
                return false;
            }
            if !changed {
                return true;
            }
        }
    }

    /// The least that comes together and the most that is borne.
    fn load(&self, load: &super::net::Load, domains: &[Bits]) -> Option<(i64, i64)> {
        let of = |each: &[i64], class: usize| each.get(class).copied().unwrap_or(0);
        let mut needed = load.plus;
        for (slot, each) in &load.adds {
            let least = domains
                .get(*slot)?
                .iter()
                .map(|class| of(each, class))
                .min()?;
            needed = needed.saturating_add(least);
        }
        let bearers = domains.get(load.bearer)?.iter();
        Some((needed, bearers.map(|class| of(&load.bears, class)).max()?))
    }
}

fn take(domains: &mut [Bits], slot: usize, gone: &[usize]) -> bool {
    if let Some(domain) = domains.get_mut(slot) {
        for class in gone {
            domain.remove(*class);
        }
    }
    !gone.is_empty()
}
