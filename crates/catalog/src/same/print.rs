use std::collections::{BTreeMap, BTreeSet};

use errand_types::{Product, Source, Variant};

use super::Gtin;
use super::measure::{Kind, is_unit, measured_numbers, read_measures};
use crate::shown::pieces;
use crate::words::{heading, holds, is_container, is_filler, words};

/// What tells one thing from another, read once. A merchant's prose is not read.
#[derive(Debug)]
pub(super) struct Print {
    pub(super) gtin: Option<Gtin>,
    pub(super) part: Option<String>,
    pub(super) brand: Vec<String>,
    /// All words of the title, in order.
    pub(super) title: Vec<String>,
    /// Words of the title without brand, numbers, measures, colours and fillers.
    pub(super) name: BTreeSet<String>,
    /// Numbers of the title that are no measure: the 14 of a model's name.
    pub(super) numbers: BTreeSet<String>,
    /// Words that mix letters and digits: `wh1000xm4`.
    pub(super) models: BTreeSet<String>,
    pub(super) colours: BTreeSet<String>,
    pub(super) pieces: u64,
    pub(super) condition: Condition,
    pub(super) options: BTreeMap<Vec<String>, Vec<String>>,
    measures: BTreeMap<Kind, BTreeSet<u64>>,
    /// Words of categories, attributes and options.
    beside: BTreeSet<String>,
    /// There is something to choose, so that an option says which one it is.
    has_choice: bool,
}

/// Whether somebody had it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    New,
    Refurbished,
    Used,
}

impl Condition {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Refurbished => "refurbished",
            Self::Used => "used",
        }
    }
}

const COLOURS: [&str; 33] = [
    "black",
    "white",
    "gray",
    "silver",
    "gold",
    "red",
    "blue",
    "navy",
    "green",
    "yellow",
    "orange",
    "purple",
    "pink",
    "brown",
    "beige",
    "cream",
    "ivory",
    "sand",
    "terracotta",
    "olive",
    "turquoise",
    "teal",
    "burgundy",
    "plum",
    "lilac",
    "mint",
    "anthracite",
    "charcoal",
    "copper",
    "bronze",
    "rose",
    "walnut",
    "oak",
];

/// Attributes that state a size in the way an option does.
const SIZES: [&str; 7] = [
    "unit",
    "size",
    "contents",
    "volume",
    "capacity",
    "storage",
    "net_weight",
];

impl Print {
    pub(super) fn of(product: &Product, variant: &Variant) -> Self {
        let brand = product
            .brand
            .as_ref()
            .map(|b| words(b.as_str()))
            .unwrap_or_default();
        let stated = |name: &'static str| stated(product, name);
        let heading = heading(product.title.as_str());
        let title = words(heading);
        let own = if words(variant.title.as_str()) == title {
            ""
        } else {
            variant.title.as_str()
        };
        let measures = measures(product, variant, own, heading);
        let is_eaten = stated("ingredient").next().is_some();
        let colours = colours(product, variant, is_eaten, &title, own);
        let texts = || [heading, own].into_iter().chain(stated("condition"));
        let measured = measured_numbers(heading);
        let is_measured = |word: &str| measured.contains(word);
        let plain = |word: &&String| {
            !is_filler(word)
                && !is_container(word)
                && !brand.contains(word)
                && !is_unit(word)
                && !COLOURS.contains(&word.as_str())
                && !matches!(
                    word.as_str(),
                    "with" | "in" | "by" | "from" | "new" | "original"
                )
        };
        let is_number = |word: &&String| word.chars().all(char::is_numeric);
        let parts = [
            "mpn",
            "part_number",
            "part number",
            "model_number",
            "manufacturer_part_number",
        ];
        let beside = product
            .categories
            .iter()
            .map(errand_types::Text::as_str)
            .chain(
                product
                    .attributes
                    .iter()
                    .filter(|a| a.source != Source::Prose)
                    .map(|a| a.value.as_str()),
            )
            .chain(variant.options.iter().map(|(_, v)| v.as_str()))
            .chain([own])
            .flat_map(words)
            .collect();
        Self {
            gtin: product
                .gtin
                .as_ref()
                .and_then(|code| Gtin::parse(code.as_str())),
            part: parts.into_iter().flat_map(stated).find_map(part_number),
            name: title
                .iter()
                .filter(plain)
                .filter(|w| !is_number(w))
                .cloned()
                .collect(),
            numbers: title
                .iter()
                .filter(is_number)
                .filter(|w| !is_measured(w))
                .cloned()
                .collect(),
            models: models(heading),
            colours,
            pieces: pieces(product, variant).unwrap_or(1),
            condition: condition(texts()),
            options: variant
                .options
                .iter()
                .map(|(n, v)| (words(n.as_str()), words(v.as_str())))
                .collect(),
            measures,
            beside,
            has_choice: product.variants.len() > 1,
            title,
            brand,
        }
    }

    /// A measure that both state and that is not the same; one may state more of them than the other.
    pub(super) fn measures_differ(&self, other: &Self) -> Option<&'static str> {
        self.measures.iter().find_map(|(kind, ours)| {
            let theirs = other.measures.get(kind)?;
            (!ours.is_subset(theirs) && !theirs.is_subset(ours)).then(|| kind.word())
        })
    }

    /// Whether one of our options, where there is something to choose, is not said on the other side at all.
    pub(super) fn leaves_open(&self, other: &Self) -> bool {
        self.has_choice
            && self.options.iter().any(|(name, value)| {
                let measured: Vec<(Kind, u64)> = read_measures(&value.join(" ")).collect();
                let is_measured = !measured.is_empty()
                    && measured
                        .iter()
                        .all(|(kind, _)| other.measures.contains_key(kind));
                !other.options.contains_key(name)
                    && !is_measured
                    && !value.iter().all(|w| {
                        other.title.contains(w)
                            || other.beside.contains(w)
                            || other.colours.contains(w)
                    })
            })
    }

    /// Whether every word of the other's name is said here, in the name or beside it.
    pub(super) fn covers(&self, other: &Self) -> bool {
        other
            .name
            .iter()
            .all(|w| self.name.contains(w) || self.beside.contains(w) || self.brand.contains(w))
    }
}

/// Every measure that is stated. What a variant says of itself goes before what the product says of all.
fn measures(
    product: &Product,
    variant: &Variant,
    own: &str,
    heading: &str,
) -> BTreeMap<Kind, BTreeSet<u64>> {
    let stated = |name: &'static str| stated(product, name);
    let mut measures = BTreeMap::new();
    for texts in [
        variant
            .options
            .iter()
            .map(|(_, v)| v.as_str())
            .collect::<Vec<_>>(),
        vec![own],
        SIZES.into_iter().flat_map(stated).collect(),
        vec![heading],
    ] {
        let mut found: BTreeMap<Kind, BTreeSet<u64>> = BTreeMap::new();
        for (kind, amount) in texts.iter().flat_map(|t| read_measures(t)) {
            found.entry(kind).or_default().insert(amount);
        }
        for (kind, amounts) in found {
            measures.entry(kind).or_insert(amounts);
        }
    }
    measures
}

/// What fields of the product, and no prose, say under a name.
fn stated<'p>(product: &'p Product, name: &'static str) -> impl Iterator<Item = &'p str> {
    let all = product
        .attributes
        .iter()
        .filter(|a| a.source != Source::Prose);
    all.filter(move |a| a.name.as_str().eq_ignore_ascii_case(name))
        .map(|a| a.value.as_str())
}

fn colours(
    product: &Product,
    variant: &Variant,
    is_eaten: bool,
    title: &[String],
    own: &str,
) -> BTreeSet<String> {
    let is_colour = |name: &str| matches!(words(name).as_slice(), [one] if one == "color");
    let option: BTreeSet<String> = variant
        .options
        .iter()
        .filter(|(n, _)| is_colour(n.as_str()))
        .flat_map(|(_, v)| words(v.as_str()))
        .collect();
    if !option.is_empty() {
        return option;
    }
    let named: BTreeSet<String> = title
        .iter()
        .cloned()
        .chain(words(own))
        .filter(|w| COLOURS.contains(&w.as_str()))
        .collect();
    // What is eaten has the colour of its pack, and a pack may change.
    if !named.is_empty() || is_eaten {
        return named;
    }
    product
        .attributes
        .iter()
        .filter(|a| a.source != Source::Prose && is_colour(a.name.as_str()))
        .flat_map(|a| words(a.value.as_str()))
        .collect()
}

fn condition<'t>(texts: impl Iterator<Item = &'t str>) -> Condition {
    let all: Vec<Vec<String>> = texts.map(words).collect();
    let says = |phrase: &str| all.iter().any(|text| holds(text, &words(phrase)));
    let refurbished = [
        "refurbished",
        "renewed",
        "reconditioned",
        "open box",
        "b stock",
        "remanufactured",
    ];
    if refurbished.iter().any(|p| says(p)) {
        Condition::Refurbished
    } else if ["used", "second hand", "pre owned", "preowned"]
        .iter()
        .any(|p| says(p))
    {
        Condition::Used
    } else {
        Condition::New
    }
}

/// Letters and digits of a part number; `None` for what names nothing: `n/a`, `1`, `default`.
fn part_number(text: &str) -> Option<String> {
    let bare: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .take(60)
        .collect();
    let names = bare.len() >= 4 && bare.chars().any(|c| c.is_ascii_digit());
    let differs = bare.chars().any(|c| !bare.starts_with(c));
    (names && differs).then_some(bare)
}

/// Words that mix letters and digits and are no measure.
fn models(title: &str) -> BTreeSet<String> {
    title
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '|' | ';' | '/'))
        .filter(|word| read_measures(word).next().is_none())
        .map(|word| {
            let kept = word.chars().filter(char::is_ascii_alphanumeric);
            kept.map(|c| c.to_ascii_lowercase()).collect::<String>()
        })
        .filter(|word| {
            word.len() >= 4
                && word.chars().any(|c| c.is_ascii_digit())
                && word.chars().any(|c| c.is_ascii_alphabetic())
        })
        .collect()
}
