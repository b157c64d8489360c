use errand_types::{Choice, Money};

use crate::said::chosen as said;

use super::solve::{Budget, Model, Outcome};
use super::{Conflict, GiveUp};

/// A smallest set of wishes that cannot stand together, why, and each way out.
///
/// Found by leaving out one wish after the other: one that is not needed for the conflict is dropped for good.
pub(super) fn explain(
    model: &Model<'_>,
    wishes: &[Option<usize>],
    price_max: Option<Money>,
    budget: &mut Budget,
) -> Conflict {
    let mut kept = wishes.to_vec();
    let mut limit = price_max;
    // The price first: if the options alone cannot stand together, no price helps.
    if limit.is_some() && !stands(model, &kept, None, budget) {
        limit = None;
    }
    // What one rule forbids is easier to see than what follows from several.
    if limit.is_none()
        && let Some((a, b)) = model.clash(&kept)
    {
        kept = kept
            .into_iter()
            .enumerate()
            .map(|(at, w)| w.filter(|_| at == a || at == b))
            .collect();
    }
    for at in 0..kept.len() {
        let without = without(&kept, at);
        if without != kept && !stands(model, &without, limit, budget) {
            kept = without;
        }
    }
    let chosen = model.wished(&kept);
    let because = reasons(model, &kept, limit, budget);
    let mut give_up: Vec<GiveUp> = chosen
        .iter()
        .filter_map(|(at, choice)| {
            way(
                model,
                &without(wishes, *at),
                Some(choice),
                price_max,
                budget,
            )
        })
        .collect();
    if limit.is_some() {
        give_up.extend(way(model, wishes, None, None, budget));
    }
    give_up.sort_by_key(|g| g.price.minor());
    Conflict {
        wishes: chosen.into_iter().map(|(_, c)| c).collect(),
        price_max: limit,
        because,
        give_up,
    }
}

fn without(wishes: &[Option<usize>], at: usize) -> Vec<Option<usize>> {
    wishes
        .iter()
        .enumerate()
        .map(|(i, w)| if i == at { None } else { *w })
        .collect()
}

fn stands(
    model: &Model<'_>,
    wishes: &[Option<usize>],
    limit: Option<Money>,
    budget: &mut Budget,
) -> bool {
    match model.cheapest(wishes, budget) {
        Outcome::Found { price, .. } => limit.is_none_or(|max| price.exceeds(max) == Ok(false)),
        Outcome::None => false,
        // Not known to fall: the wish stays named, the set may then not be the smallest.
        Outcome::GaveUp => true,
    }
}

/// The rules that are needed for the conflict, in words, and the price where it is.
fn reasons(
    model: &Model<'_>,
    wishes: &[Option<usize>],
    limit: Option<Money>,
    budget: &mut Budget,
) -> Vec<String> {
    let breaks = |keep: &[bool], budget: &mut Budget| match model
        .cheapest_keeping(keep, wishes, budget)
    {
        Outcome::Found { price, .. } => limit.is_some_and(|max| price.exceeds(max) != Ok(false)),
        Outcome::None => true,
        // Not known to be needed: better to name one rule too many.
        Outcome::GaveUp => false,
    };
    let mut keep = vec![true; model.rule_count()];
    for rule in 0..keep.len() {
        let trial: Vec<bool> = keep
            .iter()
            .enumerate()
            .map(|(i, k)| *k && i != rule)
            .collect();
        if breaks(&trial, budget) {
            keep = trial;
        }
    }
    let language = model.language;
    let mut told: Vec<String> = Vec::new();
    for text in keep
        .iter()
        .enumerate()
        .filter(|(_, k)| **k)
        .filter_map(|(rule, _)| model.rule_text(rule))
    {
        if !told.contains(&text) {
            told.push(text);
        }
    }
    if let Some(max) = limit {
        told.push(match model.cheapest(wishes, budget) {
            Outcome::Found { price, .. } => match price.minus(max) {
                Ok(over) => said::would_be(language, price, over, max),
                Err(_) => said::not_held_against(language, price, max),
            },
            Outcome::None | Outcome::GaveUp => said::not_within(language, max),
        });
    }
    if told.is_empty() {
        told.push(said::no_such(language));
    }
    told
}

fn way(
    model: &Model<'_>,
    wishes: &[Option<usize>],
    given_up: Option<&Choice>,
    limit: Option<Money>,
    budget: &mut Budget,
) -> Option<GiveUp> {
    let Outcome::Found { price, .. } = model.cheapest(wishes, budget) else {
        return None;
    };
    if limit.is_some_and(|max| price.exceeds(max) != Ok(false)) {
        return None;
    }
    let language = model.language;
    let text = match given_up {
        Some(choice) => said::without(language, &choice.option, &choice.value, price),
        None => said::without_limit(language, price),
    };
    Some(GiveUp {
        choice: given_up.cloned(),
        price,
        text,
    })
}
