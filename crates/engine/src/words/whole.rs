//! Wholes from parts.

use errand_catalog::assembly::{Answer, NoBuild, WISHES_MAX};
use errand_protocol::errand::AssemblyView;
use errand_types::Language;

pub(crate) use said::{near_it, no_part, no_whole, not_stated, other_because, wish_unknown};

use super::{count_word, list, upper};

mod said {
    errand_sentences::sentences! {
        WHOLE = "whole";
        no_whole(); a_whole(word); unknown_whole(wholes); wish_unknown(why);
        nothing_changed(); one_changed(); some_changed(n); goal_within(goal, limit); lowest_price();
        whole(what, price, word, how); whole_unsure(what, price, word, how);
        part(n, slot, title, price); part_because(n, slot, title, price, why); whole_shown();
        too_much(); too_many_wishes(n, max); no_goal(goal); cannot_build(why); parts_missing(what, missing);
        no_part(slot);
        alone_impossible(wish); alone_impossible_but(wish, ways); impossible(wishes); impossible_but(wishes, ways);
        whole_taken(word); not_stated(of); near_it(why, nearest); it();
        fits(one, other); fits_because(one, other, why); fits_not(one, other); fits_not_because(one, other, why);
        fits_unsaid(one, other); fits_unsaid_because(one, other, why);
        nothing_against(name); all_fit(name, why); other_because(other, why); which_other(other, what); fit_what(what);
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::WHOLE
}

/// Ways out that are told.
const WAYS_MAX: usize = 3;

pub(crate) fn unknown_whole<'w>(
    language: Language,
    known: impl Iterator<Item = &'w str>,
) -> String {
    let known: Vec<String> = known.map(|word| said::a_whole(language, word)).collect();
    said::unknown_whole(language, list(language, &known))
}

/// The whole with its parts, one line each, for faces that draw nothing.
pub(crate) fn whole(
    language: Language,
    view: &AssemblyView,
    goal: Option<&str>,
    is_change: bool,
) -> String {
    let count = u32::try_from(view.parts.len()).unwrap_or(u32::MAX);
    let price = view.price.map(|p| errand_sentences::money(language, p));
    let price = price.unwrap_or_default();
    let how = match (is_change, goal, view.price_max) {
        (true, ..) => match view.parts.iter().filter(|p| p.changed.is_some()).count() {
            0 => said::nothing_changed(language),
            1 => said::one_changed(language),
            changed => said::some_changed(language, changed),
        },
        (false, Some(goal), Some(limit)) => said::goal_within(language, goal, limit),
        (false, ..) => said::lowest_price(language),
    };
    let word = count_word(language, count);
    let mut lines = vec![if view.exact {
        said::whole(language, &view.what, price, word, how)
    } else {
        said::whole_unsure(language, &view.what, price, word, how)
    }];
    for (part, n) in view.parts.iter().zip(1_u32..) {
        let slot = upper(&part.slot);
        lines.push(match &part.changed {
            None => said::part(language, n, slot, &part.title, part.price),
            Some(why) => said::part_because(language, n, slot, &part.title, part.price, why),
        });
    }
    lines.push(said::whole_shown(language));
    lines.join("\n")
}

/// Why there is none, and what to give up.
pub(crate) fn no_whole_because(language: Language, view: &AssemblyView, why: &NoBuild) -> String {
    let clash = match why {
        NoBuild::Clash(clash) => clash,
        NoBuild::TooMuch => return said::cannot_build(language, said::too_much(language)),
        NoBuild::TooManyWishes(n) => {
            let why = said::too_many_wishes(language, n, WISHES_MAX);
            return said::cannot_build(language, why);
        }
        NoBuild::UnknownGoal(goal) => {
            return said::cannot_build(language, said::no_goal(language, goal));
        }
    };
    if clash.wishes.is_empty() {
        return said::parts_missing(language, &view.what, list(language, &view.conflict));
    }
    let wishes = upper(&list(language, &view.conflict));
    let ways: Vec<String> = view.give_up.iter().take(WAYS_MAX).cloned().collect();
    let ways = (!ways.is_empty()).then(|| upper(&ways.join(&super::way_or(language))));
    match (clash.wishes.len(), ways) {
        (1, None) => said::alone_impossible(language, wishes),
        (1, Some(ways)) => said::alone_impossible_but(language, wishes, ways),
        (_, None) => said::impossible(language, wishes),
        (_, Some(ways)) => said::impossible_but(language, wishes, ways),
    }
}

pub(crate) fn whole_taken(language: Language, parts: usize) -> String {
    let count = u32::try_from(parts).unwrap_or(u32::MAX);
    said::whole_taken(language, count_word(language, count))
}

/// "Yes, it fits the Calder board: both have socket S5."
pub(crate) fn fit_answer(language: Language, answer: Answer, other: &str, because: &str) -> String {
    fit_pair(language, answer, &said::it(language), other, because)
}

/// The same for two parts that are both named.
pub(crate) fn fit_pair(
    language: Language,
    answer: Answer,
    one: &str,
    other: &str,
    because: &str,
) -> String {
    match (answer, because.is_empty()) {
        (Answer::Yes, true) => said::fits(language, one, other),
        (Answer::Yes, false) => said::fits_because(language, one, other, because),
        (Answer::No, true) => said::fits_not(language, one, other),
        (Answer::No, false) => said::fits_not_because(language, one, other, because),
        (Answer::CannotTell, true) => said::fits_unsaid(language, one, other),
        (Answer::CannotTell, false) => said::fits_unsaid_because(language, one, other, because),
    }
}

/// "Everything fits the Calder board: Raven processor (both have socket S5), ..."
pub(crate) fn all_fit(language: Language, name: &str, why: &[String]) -> String {
    if why.is_empty() {
        return said::nothing_against(language, name);
    }
    said::all_fit(language, name, why.join("; "))
}

pub(crate) fn fit_unknown(language: Language, other: Option<&str>, what: &str) -> String {
    match other {
        Some(other) => said::which_other(language, other, what),
        None => said::fit_what(language, what),
    }
}
