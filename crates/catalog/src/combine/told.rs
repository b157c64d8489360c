use errand_types::Money;

use super::{Combination, Errand, Goal, combine};
use crate::ShopName;
use crate::phrases::count;

/// The choice in at most four sentences: what comes from where, what it comes to, and what the other way would have cost.
///
/// `things` are the lines in words; `name` is what a shop calls itself.
pub fn told(
    errand: &Errand<'_>,
    chosen: &Combination,
    things: &[String],
    name: ShopName<'_>,
) -> String {
    let mut said = vec![travels(chosen, things, name), costs(errand, chosen, name)];
    let silent: Vec<String> = chosen.silent().map(name).collect();
    if !silent.is_empty() {
        let does = if silent.len() == 1 { "does" } else { "do" };
        said.push(format!(
            "{} {does} not say before the checkout what delivery costs; that comes on top.",
            list(&silent)
        ));
    }
    if !chosen.is_proven {
        said.push(
            "There were too many ways to try them all; this is the best that I found.".to_owned(),
        );
    }
    said.join(" ")
}

fn travels(chosen: &Combination, things: &[String], name: ShopName<'_>) -> String {
    let from: Vec<String> = chosen
        .parcels
        .iter()
        .map(|parcel| {
            let lines = parcel.lines.iter().filter_map(|at| things.get(*at));
            let lines: Vec<String> = lines.cloned().collect();
            format!("{} from {}", list(&lines), name(&parcel.merchant))
        })
        .collect();
    match chosen.parcels.as_slice() {
        [only] => format!("One parcel, everything from {}.", name(&only.merchant)),
        several => format!(
            "{} parcels: {}.",
            upper(&count(several.len())),
            from.join("; ")
        ),
    }
}

fn costs(errand: &Errand<'_>, chosen: &Combination, name: ShopName<'_>) -> String {
    let with = match (chosen.silent().count(), chosen.parcels.len()) {
        (0, _) => " with delivery",
        (silent, parcels) if silent == parcels => " for the goods alone",
        (_, _) => " with the delivery that was told",
    };
    let total = format!("{}{with}", chosen.total);
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
            None => Some("no single shop has everything".to_owned()),
            Some(one) => one.parcels.first().map(|parcel| {
                let from = name(&parcel.merchant);
                match difference(chosen, &one) {
                    Some((by, true)) => format!("{by} less than all from {from}"),
                    Some((by, false)) => format!("{by} more than all from {from}"),
                    None => format!("all from {from} would be {}", one.total),
                }
            }),
        }
    } else {
        other(Goal::LowestTotal, None).and_then(|split| {
            let parcels = count(split.parcels.len());
            match difference(chosen, &split) {
                Some((by, false)) if split.parcels.len() > 1 => {
                    Some(format!("{by} more than in {parcels} parcels"))
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

fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
