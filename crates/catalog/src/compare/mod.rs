mod better;
mod told;

pub(crate) use better::{asked_by, direction, measured};

use std::collections::BTreeSet;

use errand_types::{Language, Money, Need, OfferRef, Product, Source};

use crate::country;
use crate::phrases::rating;
use crate::said::compared as said;
use crate::shown::{Measure, carbon_g, kilograms, per_hundred};
use crate::style::fit;
use crate::words::words;
use crate::{Anchor, Candidate, Ranked, ShopName};

use told::Told;

/// Columns of one comparison.
const CRITERIA_MAX: usize = 8;
/// Columns of attributes that nobody asked about.
const DIFFERING_MAX: usize = 2;

/// Products side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Columns, those that the person named first.
    pub criteria: Vec<Criterion>,
    /// Rows in the order of the ranking.
    pub rows: Vec<Row>,
    /// The one that errand would take: the first of the ranking.
    pub recommended: Option<OfferRef>,
    /// The recommendation with its reason, at most two sentences.
    pub text: String,
    /// The same for the ear.
    pub spoken: String,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// Stable word: `price`, `total`, `delivered`, `unit_price`, `rating`, `delivery`, `evidence`, `carbon`, `style`, or `attr:` and
    /// a name.
    pub key: String,
    /// Heading: `Rating`.
    pub label: String,
}

/// A row: one value for each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub offer: OfferRef,
    /// The shop's name for it.
    pub title: String,
    /// The shop, as a name.
    pub merchant: String,
    /// One value for each column.
    pub values: Vec<Value>,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// In words.
    pub text: String,
    /// What it is best in: `Lowest`, `Highest`. Absent where all are equal.
    pub best: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Price,
    Total,
    Delivered,
    UnitPrice,
    Rating,
    Delivery,
    Evidence,
    Carbon,
    Attribute(String),
}

/// Puts products side by side and says which one to take and why.
///
/// `by` are the criteria that the person named, in their words; they become the first columns. What nobody states is
/// shown as `not stated` and never guessed.
///
/// `anchor` is what they were held against: how each stands to it becomes a column.
pub fn compare(
    items: &[Ranked],
    need: &Need,
    by: &[String],
    anchor: Option<&Anchor<'_>>,
    name: ShopName<'_>,
    language: Language,
) -> Comparison {
    let items: Vec<&Candidate> = items.iter().map(|r| &r.candidate).collect();
    let columns = columns(&items, need, by);
    let mut filled: Vec<Vec<Value>> = columns
        .iter()
        .map(|c| values(c, &items, need, language))
        .collect();
    let beside: Vec<Option<String>> = anchor
        .iter()
        .flat_map(|anchor| {
            items
                .iter()
                .map(|c| fit(anchor, c, language).reasons.into_iter().next())
        })
        .collect();
    let is_held = beside.iter().any(Option::is_some);
    if is_held {
        filled.push(
            beside
                .iter()
                .map(|why| stands(why.clone(), language))
                .collect(),
        );
    }
    let rows = items
        .iter()
        .enumerate()
        .map(|(at, c)| Row {
            offer: c.offer.clone(),
            title: c.product.title.to_string(),
            merchant: name(&c.offer.merchant),
            values: filled
                .iter()
                .filter_map(|column| column.get(at).cloned())
                .collect(),
        })
        .collect();
    let held = anchor
        .filter(|_| is_held)
        .map(|a| held_against(a, language));
    let criteria = columns
        .iter()
        .map(|c| criterion(c, need, &items, language))
        .chain(held)
        .collect();
    let told = Told::about(
        &items,
        need,
        beside.into_iter().next().flatten(),
        name,
        language,
    );
    Comparison {
        criteria,
        rows,
        recommended: items.first().map(|c| c.offer.clone()),
        text: told.text(),
        spoken: told.spoken(),
    }
}

fn stands(why: Option<String>, language: Language) -> Value {
    Value {
        text: why.unwrap_or_else(|| said::nothing_says_so(language)),
        best: None,
    }
}

fn held_against(anchor: &Anchor<'_>, language: Language) -> Criterion {
    let label = match anchor {
        Anchor::Like(..) => said::like_it(language),
        Anchor::With(..) | Anchor::WithSaid(_) => said::goes_with_it(language),
    };
    Criterion {
        key: "style".to_owned(),
        label,
    }
}

fn columns(items: &[&Candidate], need: &Need, by: &[String]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut push = |column: Column| {
        if columns.len() < CRITERIA_MAX && !columns.contains(&column) {
            columns.push(column);
        }
    };
    for said in by {
        push(named(said, items));
    }
    push(Column::Price);
    if need.pieces() > 1 {
        push(Column::Total);
    }
    // What it comes to at the door matters where that differs from what the shelves say.
    let deliveries: BTreeSet<Option<i64>> = items
        .iter()
        .map(|c| c.delivery_cost.map(Money::minor))
        .collect();
    if deliveries.len() > 1 && !deliveries.contains(&None) {
        push(Column::Delivered);
    }
    if sizes_differ(items) {
        push(Column::UnitPrice);
    }
    if items
        .iter()
        .any(|c| c.product.rating.is_some_and(|r| r.count > 0))
    {
        push(Column::Rating);
    }
    if need.delivery.is_some() || items.iter().any(|c| c.delivery.is_some()) {
        push(Column::Delivery);
    }
    if !need.labels.is_empty() || items.iter().any(|c| !c.confirmed.is_empty()) {
        push(Column::Evidence);
    }
    for name in differing(items, need) {
        push(Column::Attribute(name));
    }
    columns
}

/// The column that a word of the person means.
fn named(said: &str, items: &[&Candidate]) -> Column {
    let said_words = words(said);
    let any = |of: &[&str]| said_words.iter().any(|w| of.contains(&w.as_str()));
    if any(&["total", "sum"]) {
        Column::Total
    } else if any(&["price", "cost", "cheap", "cheaper", "cheapest", "expensive"]) {
        Column::Price
    } else if any(&["rating", "rated", "star", "review", "reviewed"]) {
        Column::Rating
    } else if any(&[
        "delivery", "deliver", "arrival", "arrive", "fast", "fastest", "soon", "soonest", "speed",
    ]) {
        Column::Delivery
    } else if any(&[
        "certificate",
        "certified",
        "label",
        "evidence",
        "trade",
        "organic",
    ]) {
        Column::Evidence
    } else if any(&[
        "carbon",
        "co",
        "climate",
        "footprint",
        "sustainability",
        "sustainable",
    ]) {
        Column::Carbon
    } else {
        let known = items
            .iter()
            .flat_map(|c| names(c))
            .find(|n| words(n).iter().any(|w| said_words.contains(w)));
        Column::Attribute(known.unwrap_or_else(|| said.trim().to_lowercase()))
    }
}

/// Names of options and of structured attributes.
fn names(c: &Candidate) -> Vec<String> {
    let options = c.variant.options.iter().map(|(n, _)| n.as_str());
    let attributes = c
        .product
        .attributes
        .iter()
        .filter(|a| a.source != Source::Prose)
        .map(|a| a.name.as_str());
    options.chain(attributes).map(str::to_lowercase).collect()
}

fn stated(c: &Candidate, name: &str) -> Vec<String> {
    let option: Vec<String> = c
        .variant
        .options
        .iter()
        .filter(|(n, _)| n.as_str().to_lowercase() == name)
        .map(|(_, v)| v.to_string())
        .collect();
    if !option.is_empty() {
        return option;
    }
    let said = product_states(&c.product, name);
    // A shop without an option for the size states it as the unit.
    if said.is_empty() && name == "size" {
        product_states(&c.product, "unit")
    } else {
        said
    }
}

fn product_states(product: &Product, name: &str) -> Vec<String> {
    product
        .attributes
        .iter()
        .filter(|a| a.source != Source::Prose && a.name.as_str().to_lowercase() == name)
        .map(|a| country::shown(name, a.value.as_str()).to_owned())
        .take(4)
        .collect()
}

/// Attributes that at least two of the products state, and not all alike; those that the need speaks of first, and more of
/// them.
fn differing(items: &[&Candidate], need: &Need) -> Vec<String> {
    // Long lists and what only rules care about help nobody choose.
    const DULL: [&str; 21] = [
        "ingredient",
        "allergen_contains",
        "allergen_may_contain",
        "carbon_g",
        "replenish_days",
        "url",
        "image",
        "sku",
        "mpn",
        "gtin",
        "ean",
        "asin",
        "dispatch_hours",
        "drawing",
        "min_age",
        "returnable",
        "return_days",
        "bulky",
        "digital",
        "made_to_order",
        "stock",
    ];
    const TELLING: [&str; 7] = [
        "unit", "size", "material", "origin", "colour", "color", "width",
    ];
    // What is eaten or poured has no colour of its own, only its pack has one.
    let packed = items.iter().all(|c| {
        let has = |name| !product_states(&c.product, name).is_empty();
        has("ingredient")
            || has("allergen_contains")
            || per_hundred(&c.product, &c.variant).is_some()
    });
    // The size that was chosen goes before the unit of the smallest.
    let sized = items.iter().any(|c| names(c).iter().any(|n| n == "size"));
    let known: BTreeSet<String> = items
        .iter()
        .flat_map(|c| names(c))
        .filter(|n| !DULL.contains(&n.as_str()))
        .filter(|n| !(packed && matches!(n.as_str(), "colour" | "color")))
        .filter(|n| !(sized && n == "unit"))
        .collect();
    let mut found: Vec<String> = known
        .into_iter()
        .filter(|name| {
            let said: Vec<Vec<String>> = items.iter().map(|c| stated(c, name)).collect();
            let speaking = said.iter().filter(|s| !s.is_empty()).count();
            speaking >= 2 && said.iter().any(|s| Some(s) != said.first())
        })
        .collect();
    let wishes = need.must.iter().chain(&need.must_not);
    let wishes: BTreeSet<String> = wishes.flat_map(|m| words(m.as_str())).collect();
    let mut asked = wishes.clone();
    asked.extend(words(need.what.as_str()));
    let is_asked = |name: &String| {
        words(&name.replace('_', " "))
            .iter()
            .any(|w| asked.contains(w))
            || better::asked_by(name).iter().any(|w| asked.contains(*w))
            || items
                .iter()
                .flat_map(|c| stated(c, name))
                .any(|value| words(&value).iter().any(|w| wishes.contains(w)))
    };
    let wanted: BTreeSet<String> = found.iter().filter(|n| is_asked(n)).cloned().collect();
    found.sort_by_key(|n| {
        (
            !wanted.contains(n),
            TELLING.iter().position(|t| t == n).unwrap_or(TELLING.len()),
            n.clone(),
        )
    });
    // Two names for one thing (`unit` and `size`) make one column.
    let mut columns: Vec<Vec<Vec<String>>> = Vec::new();
    found.retain(|name| {
        let said: Vec<Vec<String>> = items.iter().map(|c| stated(c, name)).collect();
        let is_new = !columns.contains(&said);
        if is_new {
            columns.push(said);
        }
        is_new
    });
    let asked = found.iter().filter(|n| wanted.contains(*n)).count();
    found.truncate(DIFFERING_MAX.max(asked));
    found
}

fn sizes_differ(items: &[&Candidate]) -> bool {
    let per: Vec<Option<(Money, Measure)>> = items
        .iter()
        .map(|c| per_hundred(&c.product, &c.variant))
        .collect();
    let measures: BTreeSet<&str> = per.iter().flatten().map(|(_, m)| m.word()).collect();
    let sizes: BTreeSet<Vec<String>> = items
        .iter()
        .map(|c| {
            [
                stated(c, "unit"),
                stated(c, "size"),
                stated(c, "weight"),
                stated(c, "volume"),
            ]
            .concat()
        })
        .collect();
    per.iter().all(Option::is_some) && measures.len() == 1 && sizes.len() > 1
}

fn criterion(column: &Column, need: &Need, items: &[&Candidate], language: Language) -> Criterion {
    let (key, label) = match column {
        Column::Price if need.pieces() > 1 => ("price".to_owned(), said::each(language)),
        Column::Price => ("price".into(), said::price(language)),
        Column::Total => ("total".into(), said::for_pieces(language, need.pieces())),
        Column::Delivered => ("delivered".into(), said::with_delivery(language)),
        Column::Carbon => ("carbon".into(), said::carbon(language)),
        Column::UnitPrice => {
            let measure = items
                .first()
                .and_then(|c| per_hundred(&c.product, &c.variant))
                .map_or("g", |(_, m)| m.word());
            ("unit_price".into(), said::per_hundred(language, measure))
        }
        Column::Rating => ("rating".into(), said::rating(language)),
        Column::Delivery => ("delivery".into(), said::delivery(language)),
        Column::Evidence => ("evidence".into(), said::confirmed(language)),
        Column::Attribute(name) => (format!("attr:{name}"), heading(name, language)),
    };
    Criterion { key, label }
}

fn heading(name: &str, language: Language) -> String {
    match name {
        "size" | "unit" => said::attr_size(language),
        "material" => said::attr_material(language),
        "origin" => said::attr_origin(language),
        "country" => said::attr_country(language),
        "colour" => said::attr_colour(language),
        "color" => said::attr_color(language),
        "width" => said::attr_width(language),
        "height" => said::attr_height(language),
        "depth" => said::attr_depth(language),
        "length" => said::attr_length(language),
        "weight" => said::attr_weight(language),
        "pattern" => said::attr_pattern(language),
        "style" => said::attr_style(language),
        "brand" => said::attr_brand(language),
        "noise" => said::attr_noise(language),
        "power" => said::attr_power(language),
        "capacity" => said::attr_capacity(language),
        "flavour" => said::attr_flavour(language),
        "roast" => said::attr_roast(language),
        "warranty" => said::attr_warranty(language),
        other => errand_sentences::upper(&other.replace('_', " ")),
    }
}

fn values(column: &Column, items: &[&Candidate], need: &Need, language: Language) -> Vec<Value> {
    let plain = |text: Vec<String>| {
        text.into_iter()
            .map(|text| Value { text, best: None })
            .collect()
    };
    match column {
        Column::Price => money(items.iter().map(|c| Some(c.variant.price)), language),
        Column::Total => money(items.iter().map(|c| c.price_all(need).ok()), language),
        Column::Delivered => {
            let delivered = items.iter().map(|c| {
                let goods = c.price_all(need).ok()?;
                goods.plus(c.delivery_cost?).ok()
            });
            money(delivered, language)
        }
        Column::Carbon => {
            let keys: Vec<Option<i64>> = items.iter().map(|c| carbon_g(c)).collect();
            let texts = keys
                .iter()
                .map(|k| k.map_or_else(|| said::not_stated(language), |g| kilograms(language, g)));
            marked(texts, &keys, Best::Lowest, language)
        }
        Column::UnitPrice => money(
            items
                .iter()
                .map(|c| per_hundred(&c.product, &c.variant).map(|(m, _)| m)),
            language,
        ),
        Column::Rating => {
            let keys: Vec<Option<i64>> = items.iter().map(|c| hundredths(c)).collect();
            marked(
                items.iter().map(|c| rating(language, c.product.rating)),
                &keys,
                Best::Highest,
                language,
            )
        }
        Column::Delivery => {
            let keys: Vec<Option<i64>> = items
                .iter()
                .map(|c| c.delivery.map(|w| w.end.as_second()))
                .collect();
            marked(
                items.iter().map(|c| delivery(c, need, language)),
                &keys,
                Best::Earliest,
                language,
            )
        }
        Column::Evidence => plain(
            items
                .iter()
                .map(|c| or_silent(&c.confirmed, &said::not_confirmed(language)))
                .collect(),
        ),
        Column::Attribute(name) => {
            let told: Vec<Vec<String>> = items.iter().map(|c| stated(c, name)).collect();
            let silent = said::not_stated(language);
            let texts = told.iter().map(|values| {
                let values: Vec<String> = values
                    .iter()
                    .map(|v| country::told(name, v, language).to_owned())
                    .collect();
                or_silent(&values, &silent)
            });
            match better::direction(name).zip(better::measured(&told)) {
                Some((best, keys)) => marked(texts, &keys, best, language),
                None => plain(texts.collect()),
            }
        }
    }
}

fn or_silent(said: &[String], silent: &str) -> String {
    if said.is_empty() {
        silent.to_owned()
    } else {
        said.join(", ")
    }
}

fn delivery(c: &Candidate, need: &Need, language: Language) -> String {
    match (&c.delivery_text, c.delivery, &need.delivery) {
        (Some(text), _, _) => text.clone(),
        (None, Some(window), Some(wish)) if wish.is_met_by(&window) => wish.said.to_string(),
        (None, Some(window), _) => window.start.to_string(),
        (None, None, Some(wish)) => said::not_known_for(language, &wish.said),
        (None, None, None) => said::not_asked_yet(language),
    }
}

fn hundredths(c: &Candidate) -> Option<i64> {
    c.product
        .rating
        .filter(|r| r.count > 0)
        .map(|r| i64::from(r.hundredths))
}

/// Which end of a number is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Best {
    Lowest,
    Highest,
    Earliest,
}

fn money(amounts: impl Iterator<Item = Option<Money>>, language: Language) -> Vec<Value> {
    let amounts: Vec<Option<Money>> = amounts.collect();
    let currencies: BTreeSet<&str> = amounts
        .iter()
        .flatten()
        .map(|m| m.currency().code())
        .collect();
    // Amounts of two currencies cannot be held against each other.
    let keys: Vec<Option<i64>> = amounts
        .iter()
        .map(|m| m.filter(|_| currencies.len() == 1).map(Money::minor))
        .collect();
    let texts = amounts.iter().map(|m| {
        m.map_or_else(
            || said::not_known(language),
            |m| errand_sentences::money(language, m),
        )
    });
    marked(texts, &keys, Best::Lowest, language)
}

fn marked(
    texts: impl Iterator<Item = String>,
    keys: &[Option<i64>],
    best: Best,
    language: Language,
) -> Vec<Value> {
    let known = || keys.iter().flatten().copied();
    let (top, word) = match best {
        Best::Lowest => (known().min(), said::lowest(language)),
        Best::Highest => (known().max(), said::highest(language)),
        Best::Earliest => (known().min(), said::earliest(language)),
    };
    let all_equal = keys.iter().all(|k| *k == top);
    texts
        .zip(keys)
        .map(|(text, key)| {
            let is_best = !all_equal && key.is_some() && *key == top;
            Value {
                text,
                best: is_best.then(|| word.clone()),
            }
        })
        .collect()
}
