//! The shelves of one shop.

use std::collections::HashMap;

pub use self::configure::{ConfigOption, ConfigValue, Configuration, ConfigureError, Rule};
pub use self::load::CatalogError;
pub use self::product::{
    Allergens, Axis, Certificate, Choices, Metadata, Picked, Product, Trade, Unit, Variant,
};
pub use self::register::REGISTER_TOML;
use self::register::Register;
use self::search::SearchIndex;
use crate::config::WhichShop;

pub(crate) mod configure;
mod family;
mod load;
mod product;
pub(crate) mod register;
mod search;

/// What a shop sells. Immutable; stock and price changes live in the shop's books.
#[derive(Debug)]
pub struct Catalog {
    which: WhichShop,
    products: Vec<Product>,
    by_id: HashMap<String, usize>,
    by_variant: HashMap<String, (usize, usize)>,
    index: SearchIndex,
}

/// What a search is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    /// Category words or paths; a product fits when one of them names a part of its path.
    pub categories: Vec<String>,
    /// Lowest price in cents.
    pub price_min: Option<i64>,
    /// Highest price in cents.
    pub price_max: Option<i64>,
}

/// Why an id buys nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PickError {
    /// No product or variant has it.
    #[error("nothing here has the id `{0}`")]
    Unknown(String),
    /// The product is put together to order, and this combination does not exist.
    #[error("`{id}` cannot be put together: {cause}")]
    Configuration {
        /// The id.
        id: String,
        /// Why.
        cause: ConfigureError,
    },
}

impl Catalog {
    /// Reads the shelves of one shop.
    ///
    /// # Errors
    /// [`CatalogError`] when the data that was compiled in is broken.
    pub fn load(which: WhichShop) -> Result<Self, CatalogError> {
        let products = load::products(which, &Register::read()?)?;
        let by_id = products
            .iter()
            .enumerate()
            .map(|(at, product)| (product.id.clone(), at))
            .collect();
        let mut by_variant = HashMap::new();
        for (at, product) in products.iter().enumerate() {
            for (place, variant) in product.variants.iter().enumerate() {
                by_variant.insert(variant.id.clone(), (at, place));
            }
        }
        let index = SearchIndex::build(&products);
        Ok(Self {
            which,
            products,
            by_id,
            by_variant,
            index,
        })
    }

    /// Whose shelves these are.
    pub fn which(&self) -> WhichShop {
        self.which
    }

    /// Every product, in shelf order.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// The product with this id.
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.by_id.get(id).and_then(|at| self.products.get(*at))
    }

    /// The product that a product id or a variant id belongs to.
    pub fn product_of(&self, id: &str) -> Option<&Product> {
        self.product(id)
            .or_else(|| self.pick(id).ok().map(|picked| picked.product))
    }

    /// What a cart line with this id buys. A product id stands for its first variant.
    ///
    /// # Errors
    /// [`PickError`] when there is no such thing, or the combination is not allowed.
    pub fn pick(&self, id: &str) -> Result<Picked<'_>, PickError> {
        let unknown = || PickError::Unknown(id.to_owned());
        if let Some((at, place)) = self.by_variant.get(id) {
            let product = self.products.get(*at).ok_or_else(unknown)?;
            let variant = product.variants.get(*place).ok_or_else(unknown)?;
            return Ok(picked(product, variant, id));
        }
        if let Some(product) = self.product(id) {
            let variant = product.variants.first().ok_or_else(unknown)?;
            return Ok(picked(product, variant, id));
        }
        let (base, parts) = id.split_once('~').ok_or_else(unknown)?;
        let product = self.product(base).ok_or_else(unknown)?;
        let configuration = product
            .metadata
            .configuration
            .as_ref()
            .ok_or_else(unknown)?;
        let variant = product.variants.first().ok_or_else(unknown)?;
        let wrap = |cause| PickError::Configuration {
            id: id.to_owned(),
            cause,
        };
        let choices = configuration.parse(parts).map_err(wrap)?;
        let price = self
            .configured_price(product, &choices)
            .ok_or_else(unknown)?;
        Ok(Picked {
            product,
            variant_id: id.to_owned(),
            variant_title: configuration.title(&choices),
            price,
            stock: variant.stock,
        })
    }

    /// Price in cents of a whole combination of a configurable product.
    pub fn configured_price(&self, product: &Product, choices: &Choices) -> Option<i64> {
        let configuration = product.metadata.configuration.as_ref()?;
        let first = product.variants.first()?;
        let default: Choices = first.choices.iter().cloned().collect();
        let base = first.price.checked_sub(configuration.delta(&default)?)?;
        base.checked_add(configuration.delta(choices)?)
            .filter(|price| *price > 0)
    }

    /// Products for a query (`None` or `*` = all), narrowed by `filters`, best first.
    pub fn search(&self, query: Option<&str>, filters: &Filters) -> Vec<&Product> {
        let all = query.is_none_or(|query| query.trim().is_empty() || query.trim() == "*");
        let found: Box<dyn Iterator<Item = &Product>> = if all {
            Box::new(self.products.iter())
        } else {
            let ranked = self.index.find(query.unwrap_or_default());
            Box::new(ranked.into_iter().filter_map(|at| self.products.get(at)))
        };
        found.filter(|product| filters.fit(product)).collect()
    }
}

impl Filters {
    fn fit(&self, product: &Product) -> bool {
        let named = |wanted: &String| {
            let mut parts = wanted
                .split(['>', '/'])
                .map(|part| part.trim().to_lowercase());
            parts.all(|part| product.category.contains(&part))
        };
        let category = self.categories.is_empty() || self.categories.iter().any(named);
        let min = self.price_min.unwrap_or(0);
        let max = self.price_max.unwrap_or(i64::MAX);
        category
            && product
                .variants
                .iter()
                .any(|variant| (min..=max).contains(&variant.price))
    }
}

fn picked<'a>(product: &'a Product, variant: &Variant, id: &str) -> Picked<'a> {
    Picked {
        product,
        variant_id: id.to_owned(),
        variant_title: variant.title.clone(),
        price: variant.price,
        stock: variant.stock,
    }
}
