use errand_sentences::{list, upper};
use errand_types::{Language, Money};

use super::{Combination, Errand, Goal, combine};
use crate::ShopName;
use crate::phrases::count;
use crate::said::shared as said;

/// The choice in at most four sentences: what comes from where, what it comes to, and what the other way would have cost.
///
/// `things` are the lines in words; `name` is what a shop calls itself.
pub fn told(
    errand: &Errand<'_>,
    chosen: &Combination,
    things: &[String],
    name: ShopName<'_>,
    language: Language,
) -> String {
    let mut told = vec![
        travels(chosen, things, name, language),
        costs(errand, chosen, name, language),
    ];
    let silent: Vec<String> = chosen.silent().map(name).collect();
    if !silent.is_empty() {
        let shops = list(language, &silent);
        told.push(said::silent(language, shops, silent.len()));
    }
    if !chosen.is_proven {
        told.push(said::too_many_ways(language));
    }
    told.join(" ")
}

fn travels(
    chosen: &Combination,
    things: &[String],
    name: ShopName<'_>,
    language: Language,
) -> String {
    let from: Vec<String> = chosen
        .parcels
        .iter()
        .map(|parcel| {
            let lines = parcel.lines.iter().filter_map(|at| things.get(*at));
            let lines: Vec<String> = lines.cloned().collect();
            said::from(language, list(language, &lines), name(&parcel.merchant))
        })
        .collect();
    match chosen.parcels.as_slice() {
        [only] => said::one_parcel(language, name(&only.merchant)),
        several => said::parcels(
            language,
            upper(&count(language, several.len())),
            from.join("; "),
        ),
    }
}

fn costs(
    errand: &Errand<'_>,
    chosen: &Combination,
    name: ShopName<'_>,
    language: Language,
) -> String {
    let total = match (chosen.silent().count(), chosen.parcels.len()) {
        (0, _) => said::total_delivered(language, chosen.total),
        (silent, parcels) if silent == parcels => said::total_goods(language, chosen.total),
        (_, _) => said::total_told(language, chosen.total),
    };
    let other = |goal: Goal, parcels_max: Option<usize>| {
        let other = Errand {
            goal,
            parcels_max,
            ..errand.clone()
        };
        combine(&other).ok().filter(|c| c.picks != chosen.picks)
    };
    let rest = if chosen.parcels.len() > 1 {
        match other(Goal::LowestTotal, Some(1)) {
            None => Some(said::no_single(language)),
            Some(one) => one.parcels.first().map(|parcel| {
                let from = name(&parcel.merchant);
                match difference(chosen, &one) {
                    Some((by, true)) => said::less_than(language, by, from),
                    Some((by, false)) => said::more_than(language, by, from),
                    None => said::would_be(language, from, one.total),
                }
            }),
        }
    } else {
        other(Goal::LowestTotal, None).and_then(|split| {
            let parcels = count(language, split.parcels.len());
            match difference(chosen, &split) {
                Some((by, false)) if split.parcels.len() > 1 => {
                    Some(said::more_than_parcels(language, by, parcels))
                }
                _ => None,
            }
        })
    };
    rest.map_or_else(|| format!("{total}."), |rest| format!("{total}; {rest}."))
}

/// How much the first differs from the second, and whether it is less. `None` when they cost the same or are not told
/// alike.
fn difference(one: &Combination, other: &Combination) -> Option<(Money, bool)> {
    if one.silent().next().is_some() != other.silent().next().is_some() {
        return None;
    }
    let by = one.total.minus(other.total).ok()?;
    (by.minor() != 0).then(|| {
        (
            Money::new(by.minor().saturating_abs(), by.currency()),
            by.minor() < 0,
        )
    })
}
