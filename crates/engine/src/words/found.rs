//! Finding, comparing, configuring.

use errand_catalog::{Comparison, Conflict};
use errand_protocol::errand::{ExcludedItem, ExcludedView, ProductsView};
use errand_types::{Availability, Choice, Language, Need, Product, Sort, Source, StyleHow, Window};

pub(crate) use said::{
    age_unknown, by_other_name, fit, no_decisions, no_more, no_options, no_shop_answered, no_shops,
    nothing_to_compare, nothing_to_show, only_one, silent_headline, way_or, went_on_without,
    which_one,
};

use super::{count_word, heading_inside, list, lower, one_decimal, upper, window};
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::session::Known;

/// Options that are told when somebody asks.
const CHOICES_TOLD: usize = 3;

mod said {
    errand_sentences::sentences! {
        FOUND = "found";
        no_shops(); no_shop_answered(); nothing_to_show(); no_more(); nothing_to_compare(); which_one(); no_options();
        no_decisions(); fit(n);
        by_likeness(); by_how_it_goes(); by_price(); by_rating(); by_day(); by_fit();
        silent_headline(shop); silent_waited(why, seconds, shop); silent(why, shop); went_on_without(shop);
        rated(stars, count); one_fits(); some_fit(word); best_of(word, all); only_one(nearest);
        fits_not_all(what, excluded); nobody_has(what); age_unknown(min_age);
        cannot_come(wish, first); cannot_come_at_all(wish);
        in_its_text(name, value); stated(name, value); says_nothing(shop, title);
        says_nothing_about(shop, about, title); says(title, shop, stated); came_as_asked(title);
        shown_because(title, reasons); left_out_one(title, shop, why); left_out(items);
        configured(title, chosen, price); cannot_be_had(because); cannot_be_had_together(because, ways); way_or();
        options_not_taken(shop, why); by_other_name(what, other);
        costs(title, price, shop); costs_and_delivery(title, price, shop, delivery); comes(title, window);
        comes_unknown(shop, title); rated_by(title, stars, count); is_made_by(title, brand);
        is_in_stock(title, shop); few_left(title, shop); none_left(title, shop); never_rated(title);
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::FOUND
}

pub(crate) fn ordered_by(language: Language, need: &Need) -> String {
    if let Some(style) = &need.style {
        return match style.how {
            StyleHow::Like => said::by_likeness(language),
            StyleHow::With => said::by_how_it_goes(language),
        };
    }
    match need.sort {
        Some(Sort::Cheapest) => said::by_price(language),
        Some(Sort::Rating) => said::by_rating(language),
        Some(Sort::Soonest) => said::by_day(language),
        None => said::by_fit(language),
    }
}

pub(crate) fn shop_silent(language: Language, shop: &str, failure: &Failure) -> String {
    let (ms, why) = (failure.after_ms, upper(&failure.text));
    if ms >= 100 {
        said::silent_waited(language, why, one_decimal(language, ms / 10), shop)
    } else {
        said::silent(language, why, shop)
    }
}

/// One numbered line for each product, for faces that draw nothing.
pub(crate) fn found(language: Language, view: &ProductsView) -> String {
    let mut text = String::new();
    for card in &view.items {
        let price = errand_sentences::money(language, card.price);
        let mut told = vec![card.title.clone(), card.merchant_name.clone(), price];
        told.extend(card.rating.map(|r| {
            said::rated(
                language,
                one_decimal(language, u64::from(r.hundredths)),
                r.count,
            )
        }));
        told.extend(card.delivery_text.clone());
        told.extend(card.evidence.first().cloned());
        told.extend(card.also.first().cloned());
        text.push_str(&format!("{}. {}\n", card.n, told.join(", ")));
    }
    let count = view.items.len();
    let word = count_word(language, u32::try_from(count).unwrap_or(u32::MAX));
    text.push_str(&match (count, view.more) {
        (1, 0) => said::one_fits(language),
        (_, 0) => said::some_fit(language, upper(&word)),
        (n, more) => {
            let all = u64::from(more).saturating_add(n as u64);
            said::best_of(language, word, all)
        }
    });
    if let Some(excluded) = &view.excluded {
        text.push(' ');
        text.push_str(&excluded.text);
        text.push('.');
    }
    text
}

/// The comparison as lines, for faces that draw nothing.
pub(crate) fn numbered(language: Language, comparison: &Comparison) -> String {
    let lines = comparison.rows.iter().zip(1..).map(|(row, n)| {
        let values: Vec<String> = row
            .values
            .iter()
            .zip(&comparison.criteria)
            .filter(|(v, _)| !v.text.is_empty())
            .map(|(v, c)| {
                let label = heading_inside(language, &c.label);
                match &v.best {
                    Some(best) => format!("{label} {} ({})", v.text, lower(best)),
                    None => format!("{label} {}", v.text),
                }
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

pub(crate) fn nothing_fits(
    language: Language,
    what: &str,
    excluded: Option<&ExcludedView>,
) -> String {
    // What was never the thing asked for is no near miss.
    let near = excluded.filter(|e| e.parts.iter().any(|p| p.cause != "thing"));
    match near {
        Some(excluded) => said::fits_not_all(language, what, &excluded.text),
        None => said::nobody_has(language, what),
    }
}

pub(crate) fn cannot_come(wish: &str, soonest: Option<&Window>, ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    match soonest {
        Some(first) => said::cannot_come(language, wish, window(first, ctx)),
        None => said::cannot_come_at_all(language, wish),
    }
}

/// What a shop states about a product, framed as its words.
pub(crate) fn details(
    language: Language,
    known: &Known,
    about: Option<&str>,
    shop: &str,
    ctx: &Ctx<'_>,
) -> String {
    let product = &known.product;
    if let Some(answer) = about.and_then(|about| known_by_itself(known, about, shop, ctx)) {
        return answer;
    }
    let wanted = about.map(str::to_lowercase);
    let mut stated: Vec<String> = product
        .attributes
        .iter()
        .filter(|a| {
            wanted
                .as_ref()
                .is_none_or(|w| is_about(a.name.as_str(), a.value.as_str(), w))
        })
        .take(12)
        .map(|a| {
            let name = a.name.as_str().replace('_', " ");
            match a.source {
                Source::Prose => said::in_its_text(language, name, &a.value),
                Source::Field | Source::Metadata | Source::Tag | Source::User => {
                    said::stated(language, name, &a.value)
                }
            }
        })
        .collect();
    // "Does it come in blue": what can be chosen of it.
    if let Some(wanted) = &wanted {
        stated.extend(
            choices_about(product, wanted)
                .map(|(name, values)| said::stated(language, name, list(language, &values))),
        );
    }
    let confirmed = known.confirmed.join(", ");
    let mut text = match (stated.is_empty(), about) {
        (true, None) => said::says_nothing(language, shop, &product.title),
        (true, Some(about)) => said::says_nothing_about(language, shop, about, &product.title),
        (false, _) => said::says(language, &product.title, shop, stated.join("; ")),
    };
    if !confirmed.is_empty() {
        text.push_str(&format!(" {}.", upper(&confirmed)));
    }
    text
}

/// What is known of an offer beside what its shop states of the product: price, delivery, ratings, maker, stock.
fn known_by_itself(known: &Known, about: &str, shop: &str, ctx: &Ctx<'_>) -> Option<String> {
    let language = ctx.language();
    let title = &known.product.title;
    match about {
        "price" => {
            let price = known.variant.price;
            let delivery = known.delivery_cost.filter(|cost| cost.minor() > 0);
            Some(match delivery {
                Some(delivery) => said::costs_and_delivery(language, title, price, shop, delivery),
                None => said::costs(language, title, price, shop),
            })
        }
        "delivery" => Some(match &known.delivery {
            Some(first) => said::comes(language, title, window(first, ctx)),
            None => said::comes_unknown(language, shop, title),
        }),
        "reviews" => Some(match known.product.rating.filter(|r| r.count > 0) {
            Some(rating) => {
                let stars = one_decimal(language, u64::from(rating.hundredths));
                said::rated_by(language, title, stars, rating.count)
            }
            None => said::never_rated(language, title),
        }),
        "brand" => {
            let brand = known.product.brand.as_ref()?;
            Some(said::is_made_by(language, title, brand))
        }
        "stock" => match known.variant.availability {
            Availability::In => Some(said::is_in_stock(language, title, shop)),
            Availability::Low => Some(said::few_left(language, title, shop)),
            Availability::Out => Some(said::none_left(language, title, shop)),
            Availability::Unknown | Availability::Backorder | Availability::Preorder => None,
        },
        _ => None,
    }
}

/// Options of a product that a question is about, each with its values.
fn choices_about<'a>(
    product: &'a Product,
    wanted: &'a str,
) -> impl Iterator<Item = (String, Vec<String>)> + 'a {
    let mut options: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in product.variants.iter().flat_map(|v| &v.options) {
        let (name, value) = (name.to_string(), value.to_string());
        match options.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) if values.contains(&value) => {}
            Some((_, values)) => values.push(value),
            None => options.push((name, vec![value])),
        }
    }
    options
        .into_iter()
        .filter(move |(name, values)| is_about(name, &values.join(" "), wanted))
        .take(CHOICES_TOLD)
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

pub(crate) fn why_shown(language: Language, known: &Known) -> String {
    let title = &known.product.title;
    if known.reasons.is_empty() && known.confirmed.is_empty() {
        return said::came_as_asked(language, title);
    }
    let mut reasons = known.reasons.clone();
    let confirmed = known.confirmed.iter();
    reasons.extend(confirmed.filter(|c| !known.reasons.contains(c)).cloned());
    said::shown_because(language, title, reasons.join("; "))
}

pub(crate) fn why_excluded(language: Language, items: &[&ExcludedItem], named: bool) -> String {
    let lines: Vec<String> = items
        .iter()
        .map(|i| said::left_out_one(language, &i.title, &i.merchant_name, &i.text))
        .collect();
    if named {
        lines.join("\n")
    } else {
        said::left_out(language, lines.join("\n"))
    }
}

pub(crate) fn configured(language: Language, known: &Known, choices: &[Choice]) -> String {
    let chosen: Vec<String> = choices
        .iter()
        .map(|c| format!("{} {}", c.option, c.value))
        .collect();
    let (title, price) = (&known.product.title, known.variant.price);
    said::configured(language, title, list(language, &chosen), price)
}

pub(crate) fn conflict(language: Language, conflict: &Conflict) -> String {
    let ways: Vec<String> = conflict
        .give_up
        .iter()
        .take(3)
        .map(|g| g.text.clone())
        .collect();
    let because = conflict.because.join("; ");
    if ways.is_empty() {
        said::cannot_be_had(language, because)
    } else {
        let ways = upper(&ways.join(&way_or(language)));
        said::cannot_be_had_together(language, because, ways)
    }
}

pub(crate) fn options_failed(language: Language, failure: &Failure, shop: &str) -> String {
    said::options_not_taken(language, shop, &failure.text)
}
