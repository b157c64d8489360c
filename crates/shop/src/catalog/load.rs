//! From the hand-written families under `catalog/` to products.

use thiserror::Error;

use super::configure::slug;
use super::family::{Family, File, FullKind, Kind, Own};
use super::product::{
    Allergens, Axis, Certificate, Choices, Metadata, Product, STANDARD, Trade, Unit, Variant,
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

const FILES: [(&str, Option<WhichShop>, &str); 8] = [
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
        "volt-parts.toml",
        Some(WhichShop::VoltWire),
        include_str!("../../catalog/volt-parts.toml"),
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
            Kind::Full(full) => FullKind::clone(full),
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
    let note = kind.note.as_deref().unwrap_or_default();
    let text = family
        .text
        .replace("{kind}", &kind.k)
        .replace("{note}", note);
    let id = format!("{}-{}", which.prefix(), slug(&title));
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
    let metadata = metadata(family, kind, &title, register)?;
    let food = metadata
        .category
        .first()
        .is_some_and(|first| first == "grocery");
    let rating = kind.own.rating.or(family.own.rating);
    Ok(Product {
        description: text.trim().to_owned(),
        rating_tenths: rating.unwrap_or_else(|| 36 + below(number_from(&title) >> 3, 14)),
        rating_count: 6 + below(number_from(&id) >> 5, 900),
        tags: family
            .own
            .tags
            .iter()
            .chain(&kind.own.tags)
            .cloned()
            .collect(),
        category: metadata.category.clone(),
        options,
        variants,
        trade: Trade {
            taxed: family.taxed.unwrap_or(!food),
            returnable: metadata.returnable,
            bulky: family.bulky,
            digital: family.digital,
            dispatch_hours: metadata.dispatch_hours,
        },
        metadata,
        id,
        title,
    })
}

/// What is said about a product, the same in every shop that sells it.
fn metadata(
    family: &Family,
    kind: &FullKind,
    title: &str,
    register: &Register,
) -> Result<Metadata, CatalogError> {
    let brand = kind.brand.clone().unwrap_or_else(|| family.brand.clone());
    let seed = number_from(&format!("{brand}|{title}"));
    let (ours, own) = (&family.own, &kind.own);
    let ingredients: Vec<String> = family
        .ingredients
        .iter()
        .chain(&kind.add)
        .cloned()
        .collect();
    let category: Vec<String> = family.cat.split('/').map(str::to_owned).collect();
    let food = category.first().is_some_and(|first| first == "grocery");
    let unit = kind.unit.clone().or_else(|| family.unit.clone());
    // Plus or minus a tenth around the family's figure.
    let carbon = |grams: u32| grams - grams / 10 + below(seed >> 7, (grams / 5).max(1));
    Ok(Metadata {
        company: kind.maker.clone().unwrap_or_else(|| family.maker.clone()),
        materials: family.materials.clone(),
        allergens: allergens(food, ours, own, !ingredients.is_empty()),
        ingredients,
        certificates: certificates(title, ours, own, register)?,
        origin: own.origin.clone().or_else(|| ours.origin.clone()),
        carbon_g: family.carbon.map(carbon),
        replenish_days: family.replenish,
        unit: unit.map(|(amount, unit)| Unit { amount, unit }),
        gtin: gtin(seed),
        mpn: format!(
            "{}-{}",
            initials(&brand),
            10_000 + below(seed >> 11, 90_000)
        ),
        min_age: family.min_age,
        colour: own.colour.clone().or_else(|| ours.colour.clone()),
        hazard: family.hazard.clone(),
        dispatch_hours: own.dispatch.or(ours.dispatch).unwrap_or(0),
        returnable: family.returnable.unwrap_or(!food && !family.digital),
        drawing: family.draw.clone(),
        configuration: family.configuration.clone(),
        specs: family
            .own
            .specs
            .clone()
            .into_iter()
            .chain(own.specs.clone())
            .collect(),
        category,
        brand,
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
        let default = Choices::new();
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
                more.title = joined(&variant.title, label);
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

fn joined(title: &str, label: &str) -> String {
    if title.is_empty() {
        label.to_owned()
    } else {
        format!("{title} / {label}")
    }
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
