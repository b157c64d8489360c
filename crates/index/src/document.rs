//! A product as the index takes it: neutral between shops' protocols and feeds.

use errand_types::{Availability, ForeignId, MerchantId, Money, Product, Rating, Text};
use serde::{Deserialize, Serialize};

use crate::limits::ATTRIBUTES_MAX;

/// Which product of which shop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The shop.
    pub merchant: MerchantId,
    /// The shop's id of the product.
    pub id: ForeignId,
}

/// A product with what can be searched, filtered and shown. All text is the shop's and is data, never instruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Which product of which shop.
    pub key: Key,
    /// Name.
    pub title: Text<200>,
    /// Brand, when the shop names it in a field of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Text<80>>,
    /// Categories from general to special.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Text<80>>,
    /// Prose of the shop.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub description: Text<2000>,
    /// Statements `(name, value)`, as the shop writes them; `yes` and `no` for what holds or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<(Text<60>, Text<200>)>,
    /// The maker's part number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mpn: Option<Text<80>>,
    /// Global trade item numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gtins: Vec<Text<14>>,
    /// Price of one piece before delivery and tax; `None`: the shop does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Stars and their number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Whether it can be had.
    pub availability: Availability,
    /// Labels and certificates that the shop claims: `fairtrade-intl`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Text<60>>,
    /// Days until it is there, as the shop says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_days: Option<u16>,
    /// Page of the product at the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text<2000>>,
    /// When the shop said all this, in seconds since 1970.
    pub seen_at: i64,
}

fn is_empty(text: &Text<2000>) -> bool {
    text.as_str().is_empty()
}

impl Document {
    /// A product of which only name and shop are known.
    pub fn named(merchant: MerchantId, id: ForeignId, title: &str) -> Self {
        Self {
            key: Key { merchant, id },
            title: Text::clip(title),
            brand: None,
            categories: Vec::new(),
            description: Text::default(),
            attributes: Vec::new(),
            mpn: None,
            gtins: Vec::new(),
            price: None,
            rating: None,
            availability: Availability::Unknown,
            labels: Vec::new(),
            delivery_days: None,
            url: None,
            seen_at: 0,
        }
    }
}

impl From<&Product> for Document {
    /// Takes the cheapest variant that can be had for price and availability; the options of all variants are
    /// attributes.
    fn from(product: &Product) -> Self {
        let offered = product
            .variants
            .iter()
            .filter(|variant| variant.availability.is_offerable())
            .min_by_key(|variant| variant.price.minor())
            .or_else(|| product.variants.first());
        let mut attributes: Vec<(Text<60>, Text<200>)> = product
            .attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), attribute.value.clone()))
            .collect();
        for (name, value) in product.variants.iter().flat_map(|variant| &variant.options) {
            let option = (name.clone(), Text::clip(value.as_str()));
            if !attributes.contains(&option) {
                attributes.push(option);
            }
        }
        attributes.truncate(ATTRIBUTES_MAX);
        let tags = product.tags.iter().cloned();
        let schemes = product
            .certificates
            .iter()
            .map(|certificate| certificate.scheme.clone());
        Self {
            key: Key {
                merchant: product.merchant.clone(),
                id: product.id.clone(),
            },
            title: product.title.clone(),
            brand: product.brand.clone(),
            categories: product.categories.clone(),
            description: product.description.clone(),
            attributes,
            mpn: None,
            gtins: product.gtin.iter().cloned().collect(),
            price: offered.map(|variant| variant.price),
            rating: product.rating,
            availability: offered.map_or(Availability::Unknown, |variant| variant.availability),
            labels: schemes.chain(tags).collect(),
            delivery_days: None,
            url: None,
            seen_at: product.seen_at.as_second(),
        }
    }
}
