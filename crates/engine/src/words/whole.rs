//! Wholes from parts.

use errand_catalog::assembly::{Answer, NoBuild};
use errand_protocol::errand::AssemblyView;

use super::{list, small_number, upper};
use crate::fitting::answered;

pub(crate) const NO_WHOLE: &str =
    "Nothing is put together yet. Say what to build: a computer for video editing under 1,500";

/// Ways out that are told.
const WAYS_MAX: usize = 3;

pub(crate) fn unknown_whole<'w>(known: impl Iterator<Item = &'w str>) -> String {
    let known: Vec<String> = known.map(|word| format!("a {word}")).collect();
    format!("I can put together {}. Nothing was searched", list(&known))
}

pub(crate) fn wish_unknown(why: &str) -> String {
    format!("I cannot look for that: {why}. Nothing was changed")
}

/// The whole with its parts, one line each, for faces that draw nothing.
pub(crate) fn whole(view: &AssemblyView, goal: Option<&str>, is_change: bool) -> String {
    let count = u32::try_from(view.parts.len()).unwrap_or(u32::MAX);
    let price = view.price.map(|p| p.to_string()).unwrap_or_default();
    let how = match (is_change, goal, view.price_max) {
        (true, ..) => {
            let changed = view.parts.iter().filter(|p| p.changed.is_some()).count();
            match u32::try_from(changed) {
                Ok(0) => "nothing had to change".to_owned(),
                Ok(1) => "one part is another, the rest stays".to_owned(),
                _ => format!("{changed} parts are others, the rest stays"),
            }
        }
        (false, Some(goal), Some(limit)) => format!("the {goal} within {limit}"),
        (false, ..) => "the lowest price that does it".to_owned(),
    };
    let sure = if view.exact {
        ""
    } else {
        " There were more combinations than I could check."
    };
    let mut lines = vec![format!(
        "A {} for {price}, {} parts that fit together: {how}.{sure}",
        view.what,
        small_number(count)
    )];
    for (part, n) in view.parts.iter().zip(1..) {
        let because = part.changed.as_ref().map(|why| format!(" ({why})"));
        lines.push(format!(
            "{n}. {}: {}, {}{}",
            upper(&part.slot),
            part.title,
            part.price,
            because.unwrap_or_default()
        ));
    }
    lines.push("Nothing is bought yet. Say \"take it\" to put the parts into the cart".to_owned());
    lines.join("\n")
}

/// Why there is none, and what to give up.
pub(crate) fn no_whole(view: &AssemblyView, why: &NoBuild) -> String {
    let NoBuild::Clash(clash) = why else {
        return format!("I cannot put that together: {why}. Nothing was changed");
    };
    if clash.wishes.is_empty() {
        return format!(
            "The shops do not have all parts of a {}: {}. Nothing was changed",
            view.what,
            list(&view.conflict)
        );
    }
    let together = list(&view.conflict);
    let ways: Vec<String> = view.give_up.iter().take(WAYS_MAX).cloned().collect();
    let ways = if ways.is_empty() {
        String::new()
    } else {
        format!(". {}", upper(&ways.join(", or ")))
    };
    let cannot = if clash.wishes.len() == 1 {
        "cannot be had"
    } else {
        "cannot be had together"
    };
    format!("{} {cannot}{ways}. Nothing was changed", upper(&together))
}

pub(crate) fn whole_taken(parts: usize) -> String {
    let count = small_number(u32::try_from(parts).unwrap_or(u32::MAX));
    format!("All {count} parts are in the cart. Nothing is bought yet")
}

/// "Yes, it fits the Calder board: both have socket S5."
pub(crate) fn fit_answer(answer: Answer, other: &str, because: &str) -> String {
    fit_pair(answer, "it", other, because)
}

/// The same for two parts that are both named.
pub(crate) fn fit_pair(answer: Answer, one: &str, other: &str, because: &str) -> String {
    let because = if because.is_empty() {
        String::new()
    } else {
        format!(": {because}")
    };
    match answer {
        Answer::Yes => format!("{}, {one} fits {other}{because}.", answered(answer)),
        Answer::No => format!("{}, {one} does not fit {other}{because}.", answered(answer)),
        Answer::CannotTell => {
            format!("{} whether {one} fits {other}{because}.", answered(answer))
        }
    }
}

/// "Everything fits the Calder board: Raven processor (both have socket S5), ..."
pub(crate) fn all_fit(name: &str, why: &[String]) -> String {
    if why.is_empty() {
        return format!("Nothing that the parts state stands against {name}");
    }
    format!("Yes, everything fits {name}: {}", why.join("; "))
}

pub(crate) fn fit_unknown(other: Option<&str>, what: &str) -> String {
    match other {
        Some(other) => format!(
            "I do not know which {other} you have. Put it into the cart or let me build a {what} with it, then I can tell"
        ),
        None => format!(
            "I do not know what it should fit. Put the other part into the cart or let me build a {what}, then I can tell"
        ),
    }
}
