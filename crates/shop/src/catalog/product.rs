//! One product as the shop knows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::configure::Configuration;

/// A product. Text is the shop's own; nothing here is a promise of anyone else.
#[derive(Debug, Clone)]
pub struct Product {
    /// Stable id, unique in its shop.
    pub id: String,
    /// Name on the shelf.
    pub title: String,
    /// One or two plain sentences.
    pub description: String,
    /// Category path from the department down, for instance `grocery`, `coffee`, `beans`.
    pub category: Vec<String>,
    /// Free words of the shop, marketing included.
    pub tags: Vec<String>,
    /// The choices among [`Product::variants`]; empty when there is one variant.
    pub options: Vec<Axis>,
    /// What can be bought; never empty. For configurable goods only the suggested builds.
    pub variants: Vec<Variant>,
    /// Stars in tenths, 10 to 50.
    pub rating_tenths: u32,
    /// How many buyers rated it.
    pub rating_count: u32,
    /// Facts as the shop claims them.
    pub metadata: Metadata,
    /// Traits that steer price, delivery and tax.
    pub trade: Trade,
}

/// One choice and its values, in shelf order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// Name of the choice, such as `Size`.
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
}

/// One buyable thing.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Id that goes into carts.
    pub id: String,
    /// What tells it from its siblings; `Standard` when it has none.
    pub title: String,
    /// Price in cents, above zero.
    pub price: i64,
    /// Chosen values in the order of [`Product::options`].
    pub choices: Vec<(String, String)>,
    /// Pieces on the shelf at opening.
    pub stock: u32,
}

/// How the shop treats a product in trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four traits that have nothing to do with each other"
)]
pub struct Trade {
    /// Sales tax applies.
    pub taxed: bool,
    /// Can be sent back.
    pub returnable: bool,
    /// Needs a van.
    pub bulky: bool,
    /// A code, no parcel.
    pub digital: bool,
    /// Hours between order and readiness to leave the shop.
    pub dispatch_hours: u32,
}

/// Facts the shop states about a product. Absent means the shop says nothing.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Metadata {
    /// Brand on the pack.
    pub brand: String,
    /// Legal maker.
    pub company: String,
    /// The category path again, for readers that want it structured.
    pub category: Vec<String>,
    /// What it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<String>,
    /// Ingredients, the heaviest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ingredients: Vec<String>,
    /// Allergens; absent for goods that nobody eats or wears on skin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allergens: Option<Allergens>,
    /// Certificates that the shop claims. Whether they hold is for the issuers to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Certificate>,
    /// ISO 3166 country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Greenhouse gas over the life of one piece, grams of carbon dioxide equivalent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carbon_g: Option<u32>,
    /// After how many days a household usually needs it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replenish_days: Option<u32>,
    /// Content of one piece of the first variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Article number, from the range that GS1 keeps for use inside companies.
    pub gtin: String,
    /// The maker's part number.
    pub mpn: String,
    /// Youngest buyer in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_age: Option<u8>,
    /// Main colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Hazard words of the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hazard: Option<String>,
    /// Hours until it can leave the shop.
    pub dispatch_hours: u32,
    /// Whether it can be sent back.
    pub returnable: bool,
    /// Which drawing stands for it.
    pub drawing: String,
    /// Options and rules of configurable goods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Configuration>,
    /// What a part states beside that: its socket, its length.
    #[serde(flatten)]
    pub specs: BTreeMap<String, Spec>,
}

/// One statement of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Spec {
    /// One value.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// Allergens as the maker states them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Allergens {
    /// Certainly inside.
    pub contains: Vec<String>,
    /// Traces possible.
    pub may_contain: Vec<String>,
}

/// A claimed certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Scheme word, such as `fairtrade-intl`.
    pub scheme: String,
    /// Number as printed.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Category words that it covers.
    pub scope: Vec<String>,
    /// Last day, `YYYY-MM-DD`.
    pub expires: String,
}

/// Content of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// How many of `unit`.
    pub amount: u32,
    /// `g`, `ml`, `pieces` and the like.
    pub unit: String,
}

/// A product together with one of its variants; configured goods have a made one.
#[derive(Debug, Clone)]
pub struct Picked<'a> {
    /// The product.
    pub product: &'a Product,
    /// The variant id as asked for.
    pub variant_id: String,
    /// Variant title.
    pub variant_title: String,
    /// Catalog price in cents.
    pub price: i64,
    /// Opening stock.
    pub stock: u32,
}

impl Picked<'_> {
    /// Name for a cart line.
    pub(crate) fn line_title(&self) -> String {
        if self.variant_title == STANDARD {
            self.product.title.clone()
        } else {
            format!("{}, {}", self.product.title, self.variant_title)
        }
    }
}

/// Title of the only variant of a product without choices.
pub(crate) const STANDARD: &str = "Standard";

/// Choices by option name.
pub type Choices = BTreeMap<String, String>;
