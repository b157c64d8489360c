//! Which products have been learned from: shops show the same ones again and again.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};

use errand_types::{ConfigOption, Product, Text};

/// Products that are remembered at most, eight bytes each.
const REMEMBERED_MAX: usize = 100_000;

/// Products whose names were taken up before.
#[derive(Debug, Default)]
pub(crate) struct Learned(Mutex<HashSet<u64>>);

impl Learned {
    /// Whether one of them has a name or a word that was not there before; they count as learned from then on.
    pub(crate) fn is_news(&self, products: &[Product]) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED_MAX {
            seen.clear();
        }
        // Every one of them is remembered, hence no `any`.
        let new = products
            .iter()
            .filter(|product| seen.insert(names(product)));
        new.count() > 0
    }
}

/// Everything of a product that has words for people, as one number.
fn names(product: &Product) -> u64 {
    let mut hasher = DefaultHasher::new();
    product.title.as_str().hash(&mut hasher);
    product.brand.as_ref().map(Text::as_str).hash(&mut hasher);
    for category in &product.categories {
        category.as_str().hash(&mut hasher);
    }
    for attribute in &product.attributes {
        (attribute.name.as_str(), attribute.value.as_str()).hash(&mut hasher);
    }
    for (name, value) in product.variants.iter().flat_map(|v| &v.options) {
        (name.as_str(), value.as_str()).hash(&mut hasher);
    }
    let configuration = product.configuration.iter();
    for option in configuration.flat_map(|c| &c.options) {
        name_option(option, &mut hasher);
    }
    hasher.finish()
}

fn name_option(option: &ConfigOption, hasher: &mut DefaultHasher) {
    option.name.as_str().hash(hasher);
    for value in &option.values {
        value.label.as_str().hash(hasher);
    }
}
