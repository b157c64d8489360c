//! One question as numbers: for each slot the few parts that can matter, and which of them go together.

use super::bits::Bits;
use super::domain::{At, Domain, Goal, LeaveOut};
use super::stock::{Able, Part, PartRef, Ready, Stock};
use super::value::Value;

/// Parts of one slot that can matter to one question. Beyond it the cheapest are kept, and the answer is not exact.
const CLASSES_MAX: usize = 1_500;
/// Stands for "more than anything": what is not stated fits nowhere.
const NEVER: i64 = i64::MAX / 4;

/// What is made least: first how far from what is wanted most, then the price in minor units.
pub(crate) type Cost = (i64, i64);

/// What "best" means for one question.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Objective<'o> {
    /// The lowest price.
    Cheapest,
    /// The most of a goal, then the lowest price.
    Goal(&'o Goal),
    /// The fewest parts other than these (one entry a slot), then the lowest price.
    Closest(&'o [Option<PartRef>]),
}

/// A part that can matter, or the place left empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) part: Option<usize>,
    pub(crate) cost: Cost,
}

/// A relation between two slots: for each class of the one, those of the other that go with it.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) from_a: Vec<Bits>,
    pub(crate) from_b: Vec<Bits>,
}

/// What parts may come to together.
#[derive(Debug)]
pub(crate) struct Load {
    /// The slot that bears it, and how much each of its classes bears.
    pub(crate) bearer: usize,
    pub(crate) bears: Vec<i64>,
    /// What each class of each other slot adds.
    pub(crate) adds: Vec<(usize, Vec<i64>)>,
    pub(crate) plus: i64,
}

/// One question.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) slots: Vec<Vec<Class>>,
    pub(crate) links: Vec<Link>,
    pub(crate) loads: Vec<Load>,
    /// Nothing that could matter was cut off.
    pub(crate) is_whole: bool,
}

/// How a value of an attribute can be better for what it takes part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Better {
    Smaller,
    Larger,
    Superset,
    Same,
}

/// For each slot the attributes that decide what goes with what.
#[derive(Debug, Clone)]
pub(crate) struct Deciding {
    slots: Vec<Vec<(At, Better)>>,
}

impl Deciding {
    pub(crate) fn of(domain: &Domain, relations: &[Vec<Ready>]) -> Self {
        let mut this = Self {
            slots: vec![Vec::new(); domain.slots.len()],
        };
        for unless in domain.relations.iter().filter_map(|r| r.unless) {
            this.note(unless, Better::Same);
        }
        for test in relations.iter().flatten() {
            match test {
                Ready::Equal(a, b) => {
                    this.note(*a, Better::Same);
                    this.note(*b, Better::Same);
                }
                Ready::OneOf(a, list, _) => {
                    this.note(*a, Better::Same);
                    this.note(*list, Better::Superset);
                }
                Ready::AtMost(a, b) => {
                    this.note(*a, Better::Smaller);
                    this.note(*b, Better::Larger);
                }
                Ready::Constant(a, _) => this.note(*a, Better::Same),
            }
        }
        for sum in &domain.sums {
            for term in &sum.terms {
                this.note(*term, Better::Smaller);
            }
            this.note(sum.at_most, Better::Larger);
        }
        for slot in &domain.slots {
            if let LeaveOut::When(at) = slot.leave_out {
                this.note(at, Better::Same);
            }
        }
        this
    }

    fn note(&mut self, at: At, better: Better) {
        let Some(slot) = self.slots.get_mut(at.slot) else {
            return;
        };
        match slot.iter_mut().find(|(known, _)| *known == at) {
            // Good for one rule and bad for another: neither is better.
            Some((_, known)) if *known != better => *known = Better::Same,
            Some(_) => {}
            None => slot.push((at, better)),
        }
    }

    /// Whether one part goes with everything that the other goes with.
    fn is_as_good(&self, slot: usize, a: &Part, b: &Part) -> bool {
        let deciding = self.slots.get(slot).map(Vec::as_slice).unwrap_or_default();
        deciding.iter().all(|(at, better)| {
            match (a.value(*at), b.value(*at)) {
                // What is not stated fits nowhere, so anything is as good.
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(a), Some(b)) => is_as_good(a, b, *better),
            }
        })
    }
}

fn is_as_good(a: &Value, b: &Value, better: Better) -> bool {
    match (a, b, better) {
        (Value::Number(a), Value::Number(b), Better::Smaller) => a <= b,
        (Value::Number(a), Value::Number(b), Better::Larger) => a >= b,
        (Value::Words(a), Value::Words(b), Better::Superset) => {
            b.iter().all(|word| a.binary_search(word).is_ok())
        }
        _ => a == b,
    }
}

impl Net {
    /// `candidates`: for each slot the parts that may be taken, by price; `empty`: whether it may be left empty.
    pub(crate) fn new(
        stock: &Stock<'_>,
        deciding: &Deciding,
        candidates: &[Vec<Able>],
        empty: &[bool],
        objective: Objective<'_>,
    ) -> Self {
        let mut is_whole = true;
        let slots: Vec<Vec<Class>> = candidates
            .iter()
            .zip(empty)
            .enumerate()
            .map(|(slot, (candidates, empty))| {
                let (mut classes, all) = classes(stock, deciding, slot, candidates, objective);
                is_whole &= all;
                if *empty {
                    classes.push(left_empty(slot, objective));
                    classes.sort_by_key(|class| class.cost);
                }
                classes
            })
            .collect();
        let links = links(stock, &slots);
        let loads = loads(stock, &slots);
        Self {
            slots,
            links,
            loads,
            is_whole,
        }
    }

    /// Pairs of classes that were held against each other.
    pub(crate) fn cells(&self) -> usize {
        let cells = self.links.iter();
        cells
            .map(|link| link.from_a.len().saturating_mul(link.from_b.len()))
            .fold(0, usize::saturating_add)
    }
}

fn classes(
    stock: &Stock<'_>,
    deciding: &Deciding,
    slot: usize,
    candidates: &[Able],
    objective: Objective<'_>,
) -> (Vec<Class>, bool) {
    let mut able: Vec<(Cost, usize, &Part)> = candidates
        .iter()
        .filter_map(|able| {
            let at = able.part;
            let part = stock.part(PartRef { slot, part: at })?;
            Some(((first(slot, at, part, objective)?, able.price), at, part))
        })
        .collect();
    // Stable, so that equals stay in the order of their ids.
    able.sort_by_key(|(cost, ..)| *cost);
    let mut kept: Vec<(Cost, usize, &Part)> = Vec::new();
    let mut is_whole = true;
    for (cost, at, part) in able {
        let is_beaten = kept.iter().any(|(other, _, better)| {
            other.0 <= cost.0 && other.1 <= cost.1 && deciding.is_as_good(slot, better, part)
        });
        if is_beaten {
            continue;
        }
        if kept.len() >= CLASSES_MAX {
            is_whole = false;
            break;
        }
        kept.push((cost, at, part));
    }
    let classes = kept.into_iter().map(|(cost, at, _)| Class {
        part: Some(at),
        cost,
    });
    (classes.collect(), is_whole)
}

/// Parts that can matter to the cheapest whole under some of the wishes; the others are beaten whatever is wished.
pub(crate) fn shortlist(
    stock: &Stock<'_>,
    deciding: &Deciding,
    slot: usize,
    candidates: &[Able],
) -> Vec<Able> {
    let mut kept: Vec<(Able, &Part)> = Vec::new();
    for able in candidates {
        let part = able.part;
        let Some(part) = stock.part(PartRef { slot, part }) else {
            continue;
        };
        // Those before it are no dearer.
        let is_beaten = kept.iter().any(|(other, better)| {
            other.wishes.contains(able.wishes) && deciding.is_as_good(slot, better, part)
        });
        if !is_beaten {
            kept.push((*able, part));
        }
        if kept.len() >= CLASSES_MAX {
            // Too varied to be worth it.
            return candidates.to_vec();
        }
    }
    kept.into_iter().map(|(able, _)| able).collect()
}

fn left_empty(slot: usize, objective: Objective<'_>) -> Class {
    let moved = match objective {
        Objective::Closest(present) => present.get(slot).copied().flatten().is_some(),
        Objective::Cheapest | Objective::Goal(_) => false,
    };
    Class {
        part: None,
        cost: (i64::from(moved), 0),
    }
}

/// How far a part is from what is wanted most; less is better. `None`: it cannot be told, so it is not taken.
fn first(slot: usize, at: usize, part: &Part, objective: Objective<'_>) -> Option<i64> {
    match objective {
        Objective::Cheapest => Some(0),
        Objective::Closest(present) => {
            let kept = present.get(slot).copied().flatten();
            Some(i64::from(kept.is_none_or(|p| p.part != at)))
        }
        Objective::Goal(goal) => {
            let mut points = 0_i64;
            for wanted in goal.parts.iter().filter(|p| p.of.slot == slot) {
                let n = part.number(wanted.of)?;
                let counted = n.min(wanted.up_to).saturating_mul(wanted.weight);
                points = points.saturating_add(counted);
            }
            // Far from the end of an i64, so that sums of all slots stay exact.
            Some(points.saturating_neg().clamp(-NEVER / 64, NEVER / 64))
        }
    }
}

fn links(stock: &Stock<'_>, slots: &[Vec<Class>]) -> Vec<Link> {
    let relations = stock.domain.relations.iter().enumerate();
    let relations = relations.filter(|(at, _)| !stock.is_set_aside(*at));
    let tied = relations.map(|(at, relation)| {
        let (a, b) = relation.between;
        link(
            stock,
            slots,
            (a, b),
            &|x, y| stock.surely_fits(at, (a, x), (b, y)),
            true,
        )
    });
    let empty = stock
        .domain
        .slots
        .iter()
        .enumerate()
        .filter_map(|(slot, s)| {
            let LeaveOut::When(when) = s.leave_out else {
                return None;
            };
            Some(link_empty(stock, slots, slot, when))
        });
    tied.chain(empty).collect()
}

fn link(
    stock: &Stock<'_>,
    slots: &[Vec<Class>],
    (a, b): (usize, usize),
    fits: &dyn Fn(&Part, &Part) -> bool,
    is_empty_fine: bool,
) -> Link {
    let classes = |slot: usize| slots.get(slot).map(Vec::as_slice).unwrap_or_default();
    let (left, right) = (classes(a), classes(b));
    let mut from_a = vec![Bits::none(right.len()); left.len()];
    let mut from_b = vec![Bits::none(left.len()); right.len()];
    let part = |slot: usize, class: &Class| {
        let part = class.part?;
        stock.part(PartRef { slot, part })
    };
    for (i, (x, row)) in left.iter().zip(&mut from_a).enumerate() {
        let x = part(a, x);
        for (j, (y, col)) in right.iter().zip(&mut from_b).enumerate() {
            let goes = match (x, part(b, y)) {
                (Some(x), Some(y)) => fits(x, y),
                _ => is_empty_fine,
            };
            if goes {
                row.insert(j);
                col.insert(i);
            }
        }
    }
    Link {
        a,
        b,
        from_a,
        from_b,
    }
}

/// A slot may stay empty only beside a part that says so.
fn link_empty(stock: &Stock<'_>, slots: &[Vec<Class>], slot: usize, when: At) -> Link {
    let classes = |slot: usize| slots.get(slot).map(Vec::as_slice).unwrap_or_default();
    let says = |class: &Class| {
        let part = class.part.and_then(|part| {
            stock.part(PartRef {
                slot: when.slot,
                part,
            })
        });
        part.and_then(|part| part.value(when)) == Some(&Value::YesNo(true))
    };
    let (left, right) = (classes(slot), classes(when.slot));
    let mut from_a = vec![Bits::none(right.len()); left.len()];
    let mut from_b = vec![Bits::none(left.len()); right.len()];
    for (i, (x, row)) in left.iter().zip(&mut from_a).enumerate() {
        for (j, (y, col)) in right.iter().zip(&mut from_b).enumerate() {
            if x.part.is_some() || says(y) {
                row.insert(j);
                col.insert(i);
            }
        }
    }
    Link {
        a: slot,
        b: when.slot,
        from_a,
        from_b,
    }
}

fn loads(stock: &Stock<'_>, slots: &[Vec<Class>]) -> Vec<Load> {
    let sums = stock.domain.sums.iter();
    sums.map(|sum| {
        let number = |class: &Class, at: At| {
            let part = class.part?;
            let slot = at.slot;
            stock.part(PartRef { slot, part })?.number(at)
        };
        let classes = |slot: usize| slots.get(slot).map(Vec::as_slice).unwrap_or_default();
        let added = |slot: usize, class: &Class| -> i64 {
            let terms = sum.terms.iter().filter(|at| at.slot == slot);
            let each = terms.map(|at| match class.part {
                None => 0,
                Some(_) => number(class, *at).unwrap_or(NEVER),
            });
            each.fold(0, i64::saturating_add).min(NEVER)
        };
        let bearer = sum.at_most.slot;
        let bears = classes(bearer).iter().map(|class| match class.part {
            // Nothing there that could bear too much.
            None => i64::MAX,
            Some(_) => number(class, sum.at_most)
                .map_or(-NEVER, |n| n.saturating_sub(added(bearer, class))),
        });
        let mut adding: Vec<usize> = sum.terms.iter().map(|at| at.slot).collect();
        adding.sort_unstable();
        adding.dedup();
        let adding = adding.into_iter().filter(|slot| *slot != bearer);
        Load {
            bearer,
            bears: bears.collect(),
            adds: adding
                .map(|slot| {
                    let each = classes(slot).iter().map(|class| added(slot, class));
                    (slot, each.collect())
                })
                .collect(),
            plus: sum.plus,
        }
    })
    .collect()
}
