use std::collections::BTreeSet;

use errand_types::{Money, OfferRef};

use super::print::Print;
use super::{Likeness, Sameness, likeness};
use crate::{Candidate, Ranked};

/// Leaders that are looked for; what stands further behind is nobody's twin.
const LEADERS_MAX: usize = 40;
/// Other shops told for one thing.
const ALSO_MAX: usize = 5;

/// One thing with the shops that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offers {
    /// The offer to take: the one that comes to the least, delivery included where every shop told it.
    pub ranked: Ranked,
    /// The same thing elsewhere, cheapest first.
    pub also: Vec<Also>,
}

/// The same thing in another shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// The offer there.
    pub candidate: Candidate,
    /// How sure it is that it is the same.
    pub sameness: Sameness,
    /// What it costs more than the offer to take, negative when it is less; `None` where the currencies differ.
    pub more: Option<Money>,
    /// The delivery is in that difference; otherwise it is the price on the shelf.
    pub with_delivery: bool,
}

/// Brings together what is the same thing in several shops. The order stays that of the ranking, each thing at the place of its
/// best offer; two offers of one shop stay two.
pub fn together(ranked: Vec<Ranked>, pieces: u32) -> Vec<Offers> {
    if is_of_one_shop(&ranked) {
        let alone = |leader| offers(leader, Vec::new(), pieces);
        return ranked.into_iter().map(alone).collect();
    }
    let prints: Vec<Print> = ranked
        .iter()
        .map(|r| Print::of(&r.candidate.product, &r.candidate.variant))
        .collect();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut found = Vec::new();
    for (at, leader) in ranked.iter().enumerate() {
        if taken.contains(&at) {
            continue;
        }
        taken.insert(at);
        let mut twins: Vec<(Ranked, Sameness)> = Vec::new();
        let mut shops = BTreeSet::from([leader.candidate.offer.merchant.clone()]);
        let behind = ranked.iter().enumerate().skip(at.saturating_add(1));
        for (other_at, other) in behind {
            let may = found.len() < LEADERS_MAX
                && twins.len() < ALSO_MAX
                && !taken.contains(&other_at)
                && !shops.contains(&other.candidate.offer.merchant);
            let pair = prints.get(at).zip(prints.get(other_at));
            let Some((ours, theirs)) = pair.filter(|(a, b)| may && may_be(a, b)) else {
                continue;
            };
            if let Some((candidate, sameness)) = twin(ours, theirs, &other.candidate) {
                let other = Ranked {
                    candidate,
                    ..other.clone()
                };
                shops.insert(other.candidate.offer.merchant.clone());
                taken.insert(other_at);
                twins.push((other, sameness));
            }
        }
        found.push(offers(leader.clone(), twins, pieces));
    }
    found
}

/// Where there is no other shop, nothing can be the same thing elsewhere.
fn is_of_one_shop(ranked: &[Ranked]) -> bool {
    let mut shops = ranked.iter().map(|r| &r.candidate.offer.merchant);
    shops
        .next()
        .is_none_or(|first| shops.all(|shop| shop == first))
}

/// A quick look before the close one: a number, or a word of the name, is the same.
fn may_be(a: &Print, b: &Print) -> bool {
    (a.gtin.is_some() && a.gtin == b.gtin)
        || (a.part.is_some() && a.part == b.part)
        || a.name.intersection(&b.name).next().is_some()
}

/// The variant over there that is the same as ours.
fn twin(ours: &Print, theirs: &Print, other: &Candidate) -> Option<(Candidate, Sameness)> {
    if let Likeness::Same(sameness) = likeness(ours, theirs) {
        return Some((other.clone(), sameness));
    }
    let variants = other.product.variants.iter().take(40);
    variants
        .filter(|v| v.id != other.variant.id && v.availability.is_offerable())
        .find_map(
            |variant| match likeness(ours, &Print::of(&other.product, variant)) {
                Likeness::Same(sameness) => {
                    let mut candidate = other.clone();
                    candidate.offer = OfferRef {
                        variant: variant.id.clone(),
                        ..other.offer.clone()
                    };
                    candidate.variant = variant.clone();
                    Some((candidate, sameness))
                }
                Likeness::Differs(_) | Likeness::Unsure => None,
            },
        )
}

fn offers(leader: Ranked, twins: Vec<(Ranked, Sameness)>, pieces: u32) -> Offers {
    let everybody = || std::iter::once(&leader).chain(twins.iter().map(|(r, _)| r));
    let with_delivery = everybody().all(|r| r.candidate.delivery_cost.is_some());
    let cost = |c: &Candidate| -> Option<Money> {
        let goods = c.variant.price.times(pieces.max(1)).ok()?;
        match c.delivery_cost.filter(|_| with_delivery) {
            Some(delivery) => goods.plus(delivery).ok(),
            None => Some(goods),
        }
    };
    let mut all: Vec<(Ranked, Option<Sameness>)> = std::iter::once((leader, None))
        .chain(twins.into_iter().map(|(r, s)| (r, Some(s))))
        .collect();
    let sameness = all
        .iter()
        .filter_map(|(_, s)| *s)
        .min_by_key(|s| s.confidence);
    let first_cost = all.first().and_then(|(r, _)| cost(&r.candidate));
    // What the person prefers and what is there at once keeps its place; among the rest the least goes first.
    let best = all
        .iter()
        .enumerate()
        .filter(|(at, (r, _))| {
            let Some((first, _)) = all.first() else {
                return false;
            };
            let (a, b) = (&r.candidate, &first.candidate);
            *at == 0
                || (a.preferred == b.preferred
                    && a.variant.availability == b.variant.availability
                    && cost(a)
                        .zip(first_cost)
                        .is_some_and(|(a, b)| b.exceeds(a) == Ok(true)))
        })
        .min_by_key(|(at, (r, _))| (cost(&r.candidate).map(Money::minor), *at))
        .map_or(0, |(at, _)| at);
    let (ranked, _) = all.remove(best);
    let base = cost(&ranked.candidate);
    let mut also: Vec<Also> = all
        .into_iter()
        .filter_map(|(r, own)| {
            let more = cost(&r.candidate)
                .zip(base)
                .and_then(|(a, b)| a.minus(b).ok());
            Some(Also {
                candidate: r.candidate,
                sameness: own.or(sameness)?,
                more,
                with_delivery,
            })
        })
        .collect();
    also.sort_by_key(|a| {
        (
            a.more.map_or(i64::MAX, Money::minor),
            a.candidate.offer.clone(),
        )
    });
    Offers { ranked, also }
}
