//! Why wishes cannot hold together: a smallest set of them, and what giving up each one would bring.

use errand_types::Money;

use super::net::Objective;
use super::solve::Question;
use super::wish::WishSet;

/// Wishes given up at once, at most.
const TOGETHER_MAX: usize = 3;

/// Wishes that cannot hold together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.told())]
pub struct Clash {
    /// Places of the wishes in what was asked: a smallest set that cannot hold together, the first such by place. Empty
    /// when nothing fits together whatever is wished, because parts are missing.
    pub wishes: Vec<usize>,
    /// The same in words.
    pub texts: Vec<String>,
    /// No smaller set exists. `false` only when there was more than could be looked at.
    pub exact: bool,
    /// Slots for which no part is left when these wishes are taken one by one: the plain reason where there is one.
    pub nothing_for: Vec<String>,
    /// What to give up, cheapest result first.
    pub give_up: Vec<GiveUp>,
}

/// One way out: give up these wishes and it can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveUp {
    /// Places of the wishes in what was asked; one, or several where no single one is enough.
    pub wishes: Vec<usize>,
    /// What the cheapest whole costs then.
    pub price: Money,
    /// In words: `without at least 12 cores it is $812.00`.
    pub text: String,
}

impl Clash {
    fn told(&self) -> String {
        if self.wishes.is_empty() {
            let missing = self.nothing_for.join(", ");
            return format!("nothing that can be had fits together; missing: {missing}");
        }
        format!(
            "these wishes cannot hold together: {}",
            self.texts.join("; ")
        )
    }
}

/// Explains why all wishes of the question together cannot be had.
pub(super) fn clash(question: &mut Question<'_, '_>) -> Clash {
    question.prepare();
    let (smallest, exact) = smallest(question);
    let wishes = smallest.places();
    let texts = wishes
        .iter()
        .filter_map(|at| Some(question.wishes.get(*at)?.text().to_owned()));
    Clash {
        texts: texts.collect(),
        nothing_for: nothing_for(question, smallest),
        give_up: ways_out(question),
        wishes,
        exact,
    }
}

/// A smallest set that cannot hold, the first by place among equals.
///
/// Every such set meets every set of wishes whose giving up is enough. So the smallest sets that meet all those known
/// are tried in order; one that can hold after all is grown as far as it can, and what is left out of it is one more
/// set to meet.
fn smallest(question: &mut Question<'_, '_>) -> (WishSet, bool) {
    let (all, count) = (question.all(), question.wishes.len());
    let mut to_meet: Vec<WishSet> = Vec::new();
    let mut exact = true;
    while question.steps.0 > 0 {
        let Some(candidate) = first_meeting(&to_meet, count) else {
            return (all, false);
        };
        match question.holds(candidate) {
            Some(false) => return (candidate, exact),
            Some(true) => {}
            // Not known to clash, so it is not named.
            None => exact = false,
        }
        let mut grown = candidate;
        for at in (0..count).filter(|at| !candidate.has(*at)) {
            if question.holds(grown.with(at)) != Some(false) {
                grown = grown.with(at);
            }
        }
        let left = all.without(grown);
        if left == WishSet::EMPTY {
            return (all, false);
        }
        to_meet.push(left);
    }
    (all, false)
}

/// The first among the smallest sets that meet all of these.
fn first_meeting(to_meet: &[WishSet], count: usize) -> Option<WishSet> {
    (0..=count).find_map(|size| meeting(to_meet, count, 0, size, WishSet::EMPTY))
}

fn meeting(
    to_meet: &[WishSet],
    count: usize,
    from: usize,
    size: usize,
    chosen: WishSet,
) -> Option<WishSet> {
    let open = to_meet.iter().find(|set| !set.meets(chosen));
    if size == 0 {
        return if open.is_none() { Some(chosen) } else { None };
    }
    // What is still to be met must be within reach.
    if open.is_some_and(|set| (from..count).all(|at| !set.has(at))) {
        return None;
    }
    (from..count).find_map(|at| {
        let (next, left) = (at.saturating_add(1), size.saturating_sub(1));
        meeting(to_meet, count, next, left, chosen.with(at))
    })
}

/// Single wishes whose giving up is enough; where there is none, the fewest together.
fn ways_out(question: &mut Question<'_, '_>) -> Vec<GiveUp> {
    let count = question.wishes.len();
    for size in 1..=TOGETHER_MAX.min(count) {
        let mut ways = Vec::new();
        for gone in sets(count, 0, size) {
            let kept = question.all().without(gone);
            let Ok(build) = question.best(kept, Objective::Cheapest) else {
                continue;
            };
            let wishes = gone.places();
            let named: Vec<String> = wishes
                .iter()
                .filter_map(|at| Some(question.wishes.get(*at)?.given_up()))
                .collect();
            ways.push(GiveUp {
                text: format!("{} it is {}", named.join(" and "), build.price),
                price: build.price,
                wishes,
            });
        }
        if !ways.is_empty() {
            ways.sort_by_key(|way| (way.price.minor(), way.wishes.clone()));
            return ways;
        }
    }
    Vec::new()
}

/// All sets of `size` places from `from` on.
fn sets(count: usize, from: usize, size: usize) -> Vec<WishSet> {
    if size == 0 {
        return vec![WishSet::EMPTY];
    }
    (from..count)
        .flat_map(|at| {
            let rest = sets(count, at.saturating_add(1), size.saturating_sub(1));
            rest.into_iter().map(move |set| set.with(at))
        })
        .collect()
}

/// Slots without any part under these wishes.
fn nothing_for(question: &mut Question<'_, '_>, set: WishSet) -> Vec<String> {
    let net = question.net(set, Objective::Cheapest);
    let slots = net.slots.iter().zip(&question.stock.domain.slots);
    slots
        .filter(|(classes, _)| classes.is_empty())
        .map(|(_, slot)| slot.word.clone())
        .collect()
}
