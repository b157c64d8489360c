//! Whether two shops mean the same thing, with how sure that is and why.

#[cfg(test)]
mod claims;
mod gtin;
mod measure;
mod print;
mod together;

use std::collections::BTreeSet;

use errand_types::{Product, Variant};

pub use gtin::Gtin;
use print::Print;
pub use together::{Also, Offers, together};

/// What two offers are to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Likeness {
    /// The same thing.
    Same(Sameness),
    /// Something that matters differs, in words: `the colour: navy and black`.
    Differs(String),
    /// Nothing speaks against it and too little for it.
    Unsure,
}

/// How sure it is that two offers are the same thing, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sameness {
    /// Thousandths, 0 to 1000. Below 800 nothing is held to be the same.
    pub confidence: u16,
    /// What decided.
    pub by: Evidence,
}

/// What shows that two offers are the same thing, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A global trade item number that is the same and whose check digit is right.
    Gtin,
    /// The maker's part number, of the same brand.
    PartNumber,
    /// A number that only holds within one trade, together with brand and name.
    InternalNumber,
    /// Brand, name and every stated measure.
    Text,
}

impl Evidence {
    /// In words: `same GTIN`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Gtin => "same GTIN",
            Self::PartNumber => "same maker's part number",
            Self::InternalNumber => "same article number, brand and name",
            Self::Text => "same brand, name and size",
        }
    }
}

/// Whether two variants are the same thing to have.
///
/// Never the same are things of which both sides state another size, colour, number of pieces, condition, brand, model or
/// option. A number with a wrong check digit is no number; one of the ranges that shops give out themselves proves
/// nothing without brand and name.
pub fn same_thing(a: (&Product, &Variant), b: (&Product, &Variant)) -> Likeness {
    likeness(&Print::of(a.0, a.1), &Print::of(b.0, b.1))
}

fn likeness(a: &Print, b: &Print) -> Likeness {
    if let Some(what) = difference(a, b) {
        return Likeness::Differs(what);
    }
    let same = |confidence, by| Likeness::Same(Sameness { confidence, by });
    // A choice that only one side names may well be another one there.
    if a.leaves_open(b) || b.leaves_open(a) {
        return Likeness::Unsure;
    }
    let brand = brands(a, b);
    let overlap = overlap(&a.name, &b.name);
    match (&a.gtin, &b.gtin) {
        (Some(x), Some(y)) if x == y && !x.is_restricted() => return same(990, Evidence::Gtin),
        (Some(x), Some(y)) if x == y && brand == Brands::Same && overlap >= 500 => {
            return same(930, Evidence::InternalNumber);
        }
        _ => {}
    }
    if brand == Brands::Same && a.part.is_some() && a.part == b.part {
        return same(960, Evidence::PartNumber);
    }
    let models_agree = a.models.is_empty() == b.models.is_empty();
    let is_named = a.name.len() >= 2 || !a.models.is_empty();
    match (brand, overlap) {
        (Brands::Same, 1_000) if is_named && models_agree => same(900, Evidence::Text),
        // What one title says more, the other states elsewhere.
        (Brands::Same, 600..) if is_named && models_agree && a.covers(b) && b.covers(a) => {
            same(840, Evidence::Text)
        }
        (Brands::OneSilent, 1_000) if a.name.len() >= 3 && models_agree => {
            same(820, Evidence::Text)
        }
        (_, _) => Likeness::Unsure,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brands {
    Same,
    OneSilent,
    BothSilent,
    Other,
}

fn brands(a: &Print, b: &Print) -> Brands {
    use crate::words::holds;
    match (a.brand.as_slice(), b.brand.as_slice()) {
        ([], []) => Brands::BothSilent,
        ([], known) | (known, []) => {
            // `Northmill Sidamo` without a brand field names its brand all the same.
            let silent = if a.brand.is_empty() { a } else { b };
            if silent.title.starts_with(known) {
                Brands::Same
            } else {
                Brands::OneSilent
            }
        }
        (x, y) if holds(x, y) || holds(y, x) => Brands::Same,
        (_, _) => Brands::Other,
    }
}

/// What both sides state differently.
fn difference(a: &Print, b: &Print) -> Option<String> {
    if a.condition != b.condition {
        let (x, y) = (a.condition.word(), b.condition.word());
        return Some(format!("the condition: {x} and {y}"));
    }
    if brands(a, b) == Brands::Other {
        return Some(format!(
            "the brand: {} and {}",
            a.brand.join(" "),
            b.brand.join(" ")
        ));
    }
    if let (Some(x), Some(y)) = (&a.gtin, &b.gtin)
        && x != y
        && !x.is_restricted()
        && !y.is_restricted()
    {
        return Some("the GTIN".to_owned());
    }
    if a.pieces != b.pieces {
        return Some(format!(
            "the number of pieces: {} and {}",
            a.pieces, b.pieces
        ));
    }
    if let Some(kind) = a.measures_differ(b) {
        return Some(format!("the {kind}"));
    }
    if apart(&a.colours, &b.colours) {
        let all = |c: &BTreeSet<String>| c.iter().cloned().collect::<Vec<_>>().join(" and ");
        return Some(format!(
            "the colour: {} and {}",
            all(&a.colours),
            all(&b.colours)
        ));
    }
    let option = a.options.iter().find_map(|(name, value)| {
        b.options
            .get(name)
            .is_some_and(|v| v != value)
            .then_some(name)
    });
    if let Some(name) = option {
        return Some(format!("the {}", name.join(" ")));
    }
    if apart(&a.models, &b.models) {
        return Some("the model".to_owned());
    }
    if a.numbers != b.numbers {
        return Some("a number in the name".to_owned());
    }
    let parts = a.part.as_ref().zip(b.part.as_ref());
    if parts.is_some_and(|(x, y)| x != y) && brands(a, b) == Brands::Same {
        return Some("the maker's part number".to_owned());
    }
    None
}

/// Both sides say something, and neither says only what the other says too.
fn apart(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    !a.is_empty() && !b.is_empty() && !a.is_subset(b) && !b.is_subset(a)
}

/// Words in common, in thousandths of all words of both.
fn overlap(a: &BTreeSet<String>, b: &BTreeSet<String>) -> usize {
    let all = a.union(b).count();
    let both = a.intersection(b).count();
    both.saturating_mul(1_000).checked_div(all).unwrap_or(0)
}
