//! Facets: which values the candidates have, and how many of them have each.

use std::collections::BTreeMap;

use errand_types::Availability;
use tantivy::Searcher;

use crate::IndexError;
use crate::ask::Facet;
use crate::limits::{FACET_VALUES_MAX, FACETS_MAX};
use crate::schema::SEPARATOR;
use crate::search::Candidate;

/// Share of the candidates that must state an attribute before it is a facet: one in so many.
const STATED_BY: u32 = 10;

/// Counts over candidates, which may be in any order.
pub(crate) fn count(searcher: &Searcher, found: &[Candidate]) -> Result<Vec<Facet>, IndexError> {
    // By name and folded value: the value as first written, and how many.
    let mut counted: BTreeMap<String, BTreeMap<String, (String, u32)>> = BTreeMap::new();
    let mut prices: Vec<i64> = Vec::new();
    let mut ordinals: BTreeMap<(u32, u64), u32> = BTreeMap::new();
    for (segment, reader) in (0_u32..).zip(searcher.segment_readers()) {
        let fast = reader.fast_fields();
        let marks = fast.str("marks")?;
        let (price, rating, availability) = (
            fast.i64("price")?,
            fast.u64("rating")?,
            fast.u64("availability")?,
        );
        for candidate in found.iter().filter(|one| one.segment == segment) {
            let ords = marks
                .iter()
                .flat_map(|marks| marks.term_ords(candidate.doc));
            for ord in ords {
                *ordinals.entry((segment, ord)).or_default() += 1;
            }
            prices.extend(price.first(candidate.doc));
            let stars = rating.first(candidate.doc).map(|h| h / 100);
            let mut tell = |name: &str, value: String| {
                let values = counted.entry(name.to_owned()).or_default();
                values.entry(value.clone()).or_insert((value, 0)).1 += 1;
            };
            if let Some(stars) = stars {
                tell("rating", format!("{stars} and up"));
            }
            tell(
                "availability",
                had(availability.first(candidate.doc)).to_owned(),
            );
        }
        let Some(marks) = marks else { continue };
        let mut mark = String::new();
        for ((_, ord), n) in ordinals.range((segment, 0)..=(segment, u64::MAX)) {
            mark.clear();
            if marks.ord_to_str(*ord, &mut mark)? {
                add(&mut counted, &mark, *n);
            }
        }
    }
    let all = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let mut facets: Vec<Facet> = counted
        .into_iter()
        .filter(|(_, values)| {
            let stated: u32 = values.values().map(|(_, n)| n).sum();
            stated >= all / STATED_BY
        })
        .map(|(name, values)| Facet {
            name,
            values: most(values.into_values()),
        })
        .collect();
    facets.extend(bands(prices));
    facets.sort_by_key(|facet| (Reverse(stated(facet)), facet.name.clone()));
    facets.truncate(FACETS_MAX);
    Ok(facets)
}

use std::cmp::Reverse;

fn stated(facet: &Facet) -> u32 {
    facet.values.iter().map(|(_, n)| n).sum()
}

fn had(number: Option<u64>) -> &'static str {
    let is = |availability: Availability| number == Some(availability as u64);
    if is(Availability::In) || is(Availability::Low) {
        "in stock"
    } else if is(Availability::Out) {
        "out of stock"
    } else if is(Availability::Backorder) || is(Availability::Preorder) {
        "to order"
    } else {
        "not said"
    }
}

fn add(counted: &mut BTreeMap<String, BTreeMap<String, (String, u32)>>, mark: &str, n: u32) {
    let mut parts = mark.splitn(3, SEPARATOR);
    let (Some(kind), Some(folded), Some(shown)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let name = match kind {
        "m" => "merchant",
        "b" => "brand",
        "c" => "category",
        "l" => "label",
        _ => folded.split('=').next().unwrap_or_default(),
    };
    let values = counted.entry(name.to_owned()).or_default();
    values
        .entry(folded.to_owned())
        .or_insert_with(|| (shown.to_owned(), 0))
        .1 += n;
}

fn most(values: impl Iterator<Item = (String, u32)>) -> Vec<(String, u32)> {
    let mut values: Vec<(String, u32)> = values.collect();
    values.sort_by(|(a, na), (b, nb)| nb.cmp(na).then_with(|| a.cmp(b)));
    values.truncate(FACET_VALUES_MAX);
    values
}

/// Prices in four bands with about as many products each, in minor units.
fn bands(mut prices: Vec<i64>) -> Option<Facet> {
    if prices.len() < 8 {
        return None;
    }
    prices.sort_unstable();
    let at = |quarter: usize| prices.get((prices.len() - 1) * quarter / 4).copied();
    let mut values = Vec::new();
    for quarter in 0..4 {
        let (from, to) = (at(quarter)?, at(quarter + 1)?);
        let within = |price: &&i64| **price >= from && (**price < to || quarter == 3);
        let n = prices.iter().filter(within).count();
        values.push((
            format!("{from} to {to}"),
            u32::try_from(n).unwrap_or(u32::MAX),
        ));
    }
    Some(Facet {
        name: "price".to_owned(),
        values,
    })
}
