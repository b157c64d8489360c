//! From the hand-written families under `catalog/` to products.

use serde::Deserialize;
use thiserror::Error;

use super::configure::{Configuration, slug};
use super::product::{
    Allergens, Axis, Certificate, Metadata, Product, STANDARD, Trade, Unit, Variant,
};
use super::register::Register;
use crate::config::WhichShop;
use crate::ids::number_from;

/// Why the catalog could not be read. The data is compiled in, so this means a broken build.
#[derive(Debug, Error)]
pub enum CatalogError {
    /// A file is not what the loader expects.
    #[error("catalog file `{file}` cannot be read: {cause}")]
    Parse {
        /// File name.
        file: &'static str,
        /// What the parser said.
        cause: String,
    },
    /// A product names a certificate that the register lacks.
    #[error("`{product}` names certificate `{number}`, which the register does not have")]
    UnknownCertificate {
        /// Product title.
        product: String,
        /// Certificate number.
        number: String,
    },
    /// A product has no price above zero or no whole combination.
    #[error("`{product}` cannot be sold: {reason}")]
    Unsellable {
        /// Product title.
        product: String,
        /// What is missing.
        reason: &'static str,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    family: Vec<Family>,
}

/// Products that share most of what there is to say about them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    /// `{kind}` stands for the kind's name.
    title: String,
    brand: String,
    maker: String,
    /// Path with slashes.
    cat: String,
    draw: String,
    /// `{kind}` and `{note}` are filled in.
    text: String,
    price: i64,
    #[serde(default)]
    kinds: Vec<Kind>,
    #[serde(default)]
    options: Vec<(String, Vec<(String, i64)>)>,
    configuration: Option<Configuration>,
    #[serde(default)]
    presets: Vec<std::collections::BTreeMap<String, String>>,
    unit: Option<(u32, String)>,
    carbon: Option<u32>,
    replenish: Option<u32>,
    min_age: Option<u8>,
    hazard: Option<String>,
    #[serde(default)]
    materials: Vec<String>,
    #[serde(default)]
    ingredients: Vec<String>,
    taxed: Option<bool>,
    returnable: Option<bool>,
    #[serde(default)]
    bulky: bool,
    #[serde(default)]
    digital: bool,
    also: Option<Also>,
    #[serde(flatten)]
    own: Own,
}

/// What a kind may say for itself; the family's word counts where it does not.
#[derive(Debug, Clone, Default, Deserialize)]
struct Own {
    origin: Option<String>,
    colour: Option<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    may_contain: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    /// Numbers in the issuers' register.
    #[serde(default)]
    certs: Vec<String>,
    /// Certificates that the register does not bear out.
    #[serde(default)]
    claims: Vec<Certificate>,
    stock: Option<u32>,
    /// Stars in tenths.
    rating: Option<u32>,
    dispatch: Option<u32>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Also {
    shop: String,
    /// Cents on top of the price in the other shop.
    delta: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Kind {
    Name(String),
    Full(FullKind),
}

#[derive(Debug, Clone, Default, Deserialize)]
struct FullKind {
    k: String,
    price: Option<i64>,
    note: Option<String>,
    maker: Option<String>,
    brand: Option<String>,
    /// Ingredients after the family's.
    #[serde(default)]
    add: Vec<String>,
    unit: Option<(u32, String)>,
    #[serde(flatten)]
    own: Own,
}

const FILES: [(&str, Option<WhichShop>, &str); 7] = [
    (
        "coffee.toml",
        None,
        include_str!("../../catalog/coffee.toml"),
    ),
    (
        "pantry-food.toml",
        Some(WhichShop::PantryLane),
        include_str!("../../catalog/pantry-food.toml"),
    ),
    (
        "pantry-home.toml",
        Some(WhichShop::PantryLane),
        include_str!("../../catalog/pantry-home.toml"),
    ),
    (
        "volt-desk.toml",
        Some(WhichShop::VoltWire),
        include_str!("../../catalog/volt-desk.toml"),
    ),
    (
        "volt-house.toml",
        Some(WhichShop::VoltWire),
        include_str!("../../catalog/volt-house.toml"),
    ),
    (
        "hearth-home.toml",
        Some(WhichShop::HearthThread),
        include_str!("../../catalog/hearth-home.toml"),
    ),
    (
        "hearth-wear.toml",
        Some(WhichShop::HearthThread),
        include_str!("../../catalog/hearth-wear.toml"),
    ),
];

/// All products of one shop, in file order.
pub(super) fn products(
    which: WhichShop,
    register: &Register,
) -> Result<Vec<Product>, CatalogError> {
    let mut products = Vec::new();
    for (name, home, text) in FILES {
        let file: File = toml::from_str(text).map_err(|error| CatalogError::Parse {
            file: name,
            cause: error.to_string(),
        })?;
        for family in &file.family {
            // Files without a home list both sellers through `also`, the first being the grocer.
            let seller = home.unwrap_or(WhichShop::PantryLane);
            let other = family
                .also
                .as_ref()
                .filter(|also| also.shop == which.slug());
            let delta = match (seller == which, other) {
                (true, _) => 0,
                (false, Some(also)) => also.delta,
                (false, None) => continue,
            };
            compose(which, family, delta, register, &mut products)?;
        }
    }
    Ok(products)
}

fn compose(
    which: WhichShop,
    family: &Family,
    delta: i64,
    register: &Register,
    products: &mut Vec<Product>,
) -> Result<(), CatalogError> {
    if family.kinds.is_empty() {
        let only = FullKind {
            k: family.title.clone(),
            ..FullKind::default()
        };
        products.push(product(which, family, &only, delta, register)?);
    }
    for kind in &family.kinds {
        let full = match kind {
            Kind::Name(name) => FullKind {
                k: name.clone(),
                ..FullKind::default()
            },
            Kind::Full(full) => full.clone(),
        };
        products.push(product(which, family, &full, delta, register)?);
    }
    Ok(())
}

fn product(
    which: WhichShop,
    family: &Family,
    kind: &FullKind,
    delta: i64,
    register: &Register,
) -> Result<Product, CatalogError> {
    let title = family.title.replace("{kind}", &kind.k);
    let brand = kind.brand.clone().unwrap_or_else(|| family.brand.clone());
    let company = kind.maker.clone().unwrap_or_else(|| family.maker.clone());
    let note = kind.note.clone().unwrap_or_default();
    let text = family
        .text
        .replace("{kind}", &kind.k)
        .replace("{note}", &note);
    let id = format!("{}-{}", which.prefix(), slug(&title));
    let seed = number_from(&format!("{brand}|{title}"));
    let category: Vec<String> = family.cat.split('/').map(str::to_owned).collect();
    let food = category.first().is_some_and(|first| first == "grocery");
    let base = kind.price.unwrap_or(family.price).saturating_add(delta);
    if base <= 0 {
        return Err(CatalogError::Unsellable {
            product: title,
            reason: "its price is not above zero",
        });
    }
    let stock = kind.own.stock.or(family.own.stock);
    let shelf = stock.unwrap_or_else(|| 14 + below(number_from(&id), 80));
    let (options, variants) = variants(&id, family, base, shelf, &title)?;
    let dispatch_hours = kind.own.dispatch.or(family.own.dispatch).unwrap_or(0);
    let returnable = family.returnable.unwrap_or(!food && !family.digital);
    let mut metadata = Metadata {
        company,
        category: category.clone(),
        materials: family.materials.clone(),
        ingredients: family
            .ingredients
            .iter()
            .chain(&kind.add)
            .cloned()
            .collect(),
        allergens: allergens(
            food,
            &family.own,
            &kind.own,
            !(family.ingredients.is_empty() && kind.add.is_empty()),
        ),
        certificates: certificates(&title, &family.own, &kind.own, register)?,
        origin: kind
            .own
            .origin
            .clone()
            .or_else(|| family.own.origin.clone()),
        carbon_g: family
            .carbon
            .map(|grams| grams - grams / 10 + below(seed >> 7, (grams / 5).max(1))),
        replenish_days: family.replenish,
        unit: kind
            .unit
            .clone()
            .or_else(|| family.unit.clone())
            .map(|(amount, unit)| Unit { amount, unit }),
        gtin: gtin(seed),
        mpn: format!(
            "{}-{}",
            initials(&brand),
            10_000 + below(seed >> 11, 90_000)
        ),
        min_age: family.min_age,
        colour: kind
            .own
            .colour
            .clone()
            .or_else(|| family.own.colour.clone()),
        hazard: family.hazard.clone(),
        dispatch_hours,
        returnable,
        drawing: family.draw.clone(),
        configuration: family.configuration.clone(),
        ..Metadata::default()
    };
    metadata.brand = brand;
    let mut tags = family.own.tags.clone();
    tags.extend(kind.own.tags.iter().cloned());
    Ok(Product {
        description: text.trim().to_owned(),
        rating_tenths: kind
            .own
            .rating
            .or(family.own.rating)
            .unwrap_or_else(|| 36 + below(seed >> 3, 14)),
        rating_count: 6 + below(number_from(&id) >> 5, 900),
        tags,
        category,
        options,
        variants,
        metadata,
        trade: Trade {
            taxed: family.taxed.unwrap_or(!food),
            returnable,
            bulky: family.bulky,
            digital: family.digital,
            dispatch_hours,
        },
        id,
        title,
    })
}

fn variants(
    id: &str,
    family: &Family,
    base: i64,
    stock: u32,
    title: &str,
) -> Result<(Vec<Axis>, Vec<Variant>), CatalogError> {
    let unsellable = |reason| CatalogError::Unsellable {
        product: title.to_owned(),
        reason,
    };
    if let Some(configuration) = &family.configuration {
        let mut builds = Vec::new();
        let default = std::collections::BTreeMap::new();
        for preset in std::iter::once(&default).chain(&family.presets) {
            let choices = configuration
                .complete(preset)
                .ok_or_else(|| unsellable("a suggested build breaks a rule"))?;
            let delta = configuration
                .delta(&choices)
                .ok_or_else(|| unsellable("a build has no price"))?;
            builds.push(Variant {
                id: configuration.variant_id(id, &choices),
                title: configuration.title(&choices),
                price: base.saturating_add(delta),
                choices: choices.into_iter().collect(),
                stock,
            });
        }
        let axes = configuration.options.iter().map(|option| Axis {
            name: option.name.clone(),
            values: option
                .values
                .iter()
                .map(|value| value.label.clone())
                .collect(),
        });
        return Ok((axes.collect(), builds));
    }
    let mut variants = vec![Variant {
        id: id.to_owned(),
        title: String::new(),
        price: base,
        choices: Vec::new(),
        stock,
    }];
    for (name, values) in &family.options {
        let mut next = Vec::with_capacity(variants.len() * values.len());
        for variant in &variants {
            for (label, delta) in values {
                let mut more = variant.clone();
                more.id = format!("{}.{}", variant.id, slug(label));
                more.title = [variant.title.as_str(), label]
                    .join(" / ")
                    .trim_start_matches(" / ")
                    .to_owned();
                more.price = variant.price.saturating_add(*delta);
                more.choices.push((name.clone(), label.clone()));
                more.stock = if stock == 0 {
                    0
                } else {
                    3 + below(number_from(&more.id), stock)
                };
                next.push(more);
            }
        }
        variants = next;
    }
    if family.options.is_empty() {
        for variant in &mut variants {
            variant.id.push_str(".one");
            STANDARD.clone_into(&mut variant.title);
        }
    }
    let axes = family.options.iter().map(|(name, values)| Axis {
        name: name.clone(),
        values: values.iter().map(|(label, _)| label.clone()).collect(),
    });
    Ok((axes.collect(), variants))
}

fn allergens(food: bool, family: &Own, kind: &Own, listed: bool) -> Option<Allergens> {
    let mut all = Allergens::default();
    for own in [family, kind] {
        all.contains.extend(own.contains.iter().cloned());
        all.may_contain.extend(own.may_contain.iter().cloned());
    }
    let said = !all.contains.is_empty() || !all.may_contain.is_empty();
    // A food whose ingredients are listed is stated to be free of the rest; silence is not.
    (said || (food && listed)).then_some(all)
}

fn certificates(
    title: &str,
    family: &Own,
    kind: &Own,
    register: &Register,
) -> Result<Vec<Certificate>, CatalogError> {
    let mut all = Vec::new();
    for number in family.certs.iter().chain(&kind.certs) {
        let entry = register
            .find(number)
            .ok_or_else(|| CatalogError::UnknownCertificate {
                product: title.to_owned(),
                number: number.clone(),
            })?;
        all.push(entry.as_claim());
    }
    all.extend(family.claims.iter().chain(&kind.claims).cloned());
    Ok(all)
}

/// Thirteen digits from the range 200-299, which no company outside this one can own.
fn gtin(seed: u64) -> String {
    let body = format!("2{:011}", seed % 100_000_000_000);
    let sum: u32 = body
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit } else { digit * 3 })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn initials(brand: &str) -> String {
    let letters = brand
        .split_whitespace()
        .filter_map(|word| word.chars().next());
    letters
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

fn below(number: u64, bound: u32) -> u32 {
    u32::try_from(number % u64::from(bound.max(1))).unwrap_or(0)
}
