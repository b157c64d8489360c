//! Finding, comparing, configuring.

use errand_catalog::{Comparison, Conflict};
use errand_protocol::errand::{ExcludedItem, ExcludedView, ProductsView};
use errand_types::{Choice, Need, Sort, Source, StyleHow, Window};
use jiff::tz::TimeZone;

use super::{list, small_number, upper, window};
use crate::failure::Failure;
use crate::session::Known;

pub(crate) const NO_SHOPS: &str = "There is no shop to ask: none is connected, or you blocked those that are. Nothing was searched";
pub(crate) const NO_SHOP_ANSWERED: &str =
    "No shop answered, so I do not know what there is. Nothing was bought";
pub(crate) const NOTHING_TO_SHOW: &str = "There is nothing to show yet. Say what you need";
pub(crate) const NO_MORE: &str = "That is all that fits";
pub(crate) const NOTHING_TO_COMPARE: &str = "There is nothing to compare yet. Say what you need";
pub(crate) const WHICH_ONE: &str = "Which one?";
pub(crate) const NO_OPTIONS: &str = "That one has no options to choose";
pub(crate) const NO_DECISIONS: &str = "I have left nothing out and refused nothing so far";

pub(crate) fn fit(count: usize) -> String {
    if count == 1 {
        "1 fits".to_owned()
    } else {
        format!("{count} fit")
    }
}

pub(crate) fn ordered_by(need: &Need) -> &'static str {
    if let Some(style) = &need.style {
        return match style.how {
            StyleHow::Like => "the most alike first; not paid for",
            StyleHow::With => "by how well it goes with that; not paid for",
        };
    }
    match need.sort {
        Some(Sort::Cheapest) => "lowest price first; not paid for",
        Some(Sort::Rating) => "best rating first; not paid for",
        Some(Sort::Soonest) => "earliest delivery first; not paid for",
        None => "by how well they fit; not paid for",
    }
}

pub(crate) fn shop_silent(shop: &str, failure: &Failure) -> String {
    let ms = failure.after_ms;
    let waited = if ms >= 100 {
        format!("I waited {}.{} s and went on", ms / 1_000, ms % 1_000 / 100)
    } else {
        "I went on".to_owned()
    };
    format!(
        "{}. {waited}. I do not count {shop} as \"nothing there\"",
        upper(&failure.text)
    )
}

/// The same for faces that draw nothing, short.
pub(crate) fn went_on_without(shop: &str) -> String {
    format!(
        "{shop} did not answer, so I went on without it. That does not mean that it has nothing"
    )
}

/// One numbered line for each product, for faces that draw nothing.
pub(crate) fn found(view: &ProductsView) -> String {
    let mut text = String::new();
    for card in &view.items {
        let rating = card
            .rating
            .map(|r| format!(", rated {} by {}", stars(r.hundredths), r.count))
            .unwrap_or_default();
        let delivery = card
            .delivery_text
            .as_ref()
            .map(|d| format!(", {d}"))
            .unwrap_or_default();
        let evidence = card
            .evidence
            .first()
            .map(|e| format!(", {e}"))
            .unwrap_or_default();
        let also = card
            .also
            .first()
            .map(|also| format!(", {also}"))
            .unwrap_or_default();
        text.push_str(&format!(
            "{}. {}, {}, {}{rating}{delivery}{evidence}{also}\n",
            card.n, card.title, card.merchant_name, card.price
        ));
    }
    let count = view.items.len();
    let head = match (count, view.more) {
        (1, 0) => "One fits.".to_owned(),
        (n, 0) => format!(
            "{} fit.",
            upper(&small_number(u32::try_from(n).unwrap_or(u32::MAX)))
        ),
        (n, more) => format!(
            "The best {} of {}.",
            small_number(u32::try_from(n).unwrap_or(u32::MAX)),
            u64::from(more).saturating_add(n as u64)
        ),
    };
    text.push_str(&head);
    if let Some(excluded) = &view.excluded {
        text.push(' ');
        text.push_str(&excluded.text);
        text.push('.');
    }
    text
}

pub(crate) fn stars(hundredths: u16) -> String {
    format!("{}.{}", hundredths / 100, hundredths % 100 / 10)
}

/// The comparison as lines, for faces that draw nothing.
pub(crate) fn numbered(comparison: &Comparison) -> String {
    let lines = comparison.rows.iter().zip(1..).map(|(row, n)| {
        let values: Vec<String> = row
            .values
            .iter()
            .zip(&comparison.criteria)
            .filter(|(v, _)| !v.text.is_empty())
            .map(|(v, c)| match &v.best {
                Some(best) => format!(
                    "{} {} ({})",
                    c.label.to_lowercase(),
                    v.text,
                    best.to_lowercase()
                ),
                None => format!("{} {}", c.label.to_lowercase(), v.text),
            })
            .collect();
        format!(
            "{n}. {}, {}: {}",
            row.title,
            row.merchant,
            values.join(", ")
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A comparison of what came nearest with nothing else.
pub(crate) fn only_one(nearest: &str) -> String {
    format!("There is only one to look at, so nothing to hold it against. {nearest}")
}

pub(crate) fn nothing_fits(what: &str, excluded: Option<&ExcludedView>) -> String {
    // What was never the thing asked for is no near miss.
    let near = excluded.filter(|e| e.parts.iter().any(|p| p.cause != "thing"));
    match near {
        Some(excluded) => format!(
            "Nothing I found for \"{what}\" fits everything. {}.",
            excluded.text
        ),
        None => format!("No shop has \"{what}\". Nothing was bought."),
    }
}

pub(crate) fn age_unknown(min_age: u8) -> String {
    format!("only from {min_age} years, and your profile does not say that you are")
}

pub(crate) fn cannot_come(said: &str, soonest: Option<&Window>, zone: &TimeZone) -> String {
    match soonest {
        Some(first) => format!(
            "cannot come {said}; the first window is {}",
            window(first, zone)
        ),
        None => format!("cannot come {said}; the shop has no window to offer"),
    }
}

/// What a shop states about a product, framed as its words.
pub(crate) fn details(known: &Known, about: Option<&str>, shop: &str) -> String {
    let product = &known.product;
    let wanted = about.map(str::to_lowercase);
    let stated: Vec<String> = product
        .attributes
        .iter()
        .filter(|a| {
            wanted
                .as_ref()
                .is_none_or(|w| is_about(a.name.as_str(), a.value.as_str(), w))
        })
        .take(12)
        .map(|a| {
            let source = match a.source {
                Source::Prose => " (in its text)",
                Source::Field | Source::Metadata | Source::Tag | Source::User => "",
            };
            format!("{}: {}{source}", a.name.as_str().replace('_', " "), a.value)
        })
        .collect();
    let confirmed = known.confirmed.join(", ");
    let mut text = if stated.is_empty() {
        let topic = about.map_or_else(String::new, |a| format!(" about {a}"));
        format!(
            "{shop} says nothing{topic} for {}, so I do not know.",
            product.title
        )
    } else {
        format!("{}, says {shop}: {}.", product.title, stated.join("; "))
    };
    if !confirmed.is_empty() {
        text.push_str(&format!(" {}.", upper(&confirmed)));
    }
    text
}

fn is_about(name: &str, value: &str, wanted: &str) -> bool {
    let (name, value) = (name.to_lowercase(), value.to_lowercase());
    let families: [(&[&str], &[&str]); 5] = [
        (
            &[
                "nut", "peanut", "allerg", "milk", "gluten", "soy", "contain",
            ],
            &["allergen", "ingredient"],
        ),
        (
            &["ingredient", "inside", "made of", "material"],
            &["ingredient", "material"],
        ),
        (
            &["size", "big", "long", "wide", "weigh"],
            &["unit", "size", "width", "height", "weight", "dimension"],
        ),
        (&["colour", "color"], &["colour", "color"]),
        (
            &["from", "origin", "country", "where"],
            &["origin", "company"],
        ),
    ];
    let in_family = families.iter().any(|(asks, names)| {
        asks.iter().any(|a| wanted.contains(a)) && names.iter().any(|n| name.contains(n))
    });
    in_family
        || wanted
            .split_whitespace()
            .any(|w| w.len() > 3 && (name.contains(w) || value.contains(w)))
}

pub(crate) fn why_shown(known: &Known) -> String {
    if known.reasons.is_empty() && known.confirmed.is_empty() {
        return format!(
            "{} came up as you asked for it; nothing else decided.",
            known.product.title
        );
    }
    let mut reasons = known.reasons.clone();
    reasons.extend(
        known
            .confirmed
            .iter()
            .filter(|c| !known.reasons.contains(c))
            .cloned(),
    );
    format!(
        "{}: {}. Nobody paid for its place.",
        known.product.title,
        reasons.join("; ")
    )
}

pub(crate) fn why_excluded(items: &[&ExcludedItem], named: bool) -> String {
    let lines: Vec<String> = items
        .iter()
        .map(|i| format!("{} ({}): {}", i.title, i.merchant_name, i.text))
        .collect();
    if named {
        lines.join("\n")
    } else {
        format!("I left out:\n{}", lines.join("\n"))
    }
}

pub(crate) fn configured(known: &Known, choices: &[Choice]) -> String {
    let chosen: Vec<String> = choices
        .iter()
        .map(|c| format!("{} {}", c.option, c.value))
        .collect();
    format!(
        "{} with {}: {}. Say what to change, or \"buy it\".",
        known.product.title,
        list(&chosen),
        known.variant.price
    )
}

pub(crate) fn conflict(conflict: &Conflict) -> String {
    let ways: Vec<String> = conflict
        .give_up
        .iter()
        .take(3)
        .map(|g| g.text.clone())
        .collect();
    let because = conflict.because.join("; ");
    if ways.is_empty() {
        format!("That cannot be had: {because}. Nothing was changed.")
    } else {
        format!(
            "That cannot be had together: {because}. Nothing was changed. {}.",
            upper(&ways.join(", or "))
        )
    }
}

pub(crate) fn options_failed(failure: &Failure, shop: &str) -> String {
    format!(
        "{shop} did not take these options: {}. Nothing was changed.",
        failure.text
    )
}
