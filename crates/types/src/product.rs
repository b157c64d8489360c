use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ForeignId, MerchantId, Money, Text};

/// Names one thing that can be bought: a variant of a product at a shop.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct OfferRef {
    /// The shop.
    pub merchant: MerchantId,
    /// The shop's id of the product.
    pub product: ForeignId,
    /// The shop's id of the variant; this is what goes into a cart.
    pub variant: ForeignId,
}

/// A product as one shop describes it. All text is the shop's and is data, never instruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The shop.
    pub merchant: MerchantId,
    /// The shop's id.
    pub id: ForeignId,
    /// Name.
    pub title: Text<200>,
    /// Prose of the shop.
    pub description: Text<2000>,
    /// Brand, when the shop names it in a field of its own.
    pub brand: Option<Text<80>>,
    /// Legal maker, when the shop names it.
    pub company: Option<Text<120>>,
    /// Categories from general to special.
    pub categories: Vec<Text<80>>,
    /// Tags of the shop.
    pub tags: Vec<Text<60>>,
    /// What can be bought, at least one.
    pub variants: Vec<Variant>,
    /// Stars and their number.
    pub rating: Option<Rating>,
    /// Structured statements: `material=oak`, `origin=PE`, `colour=white`.
    pub attributes: Vec<Attribute>,
    /// Certificates that the shop claims.
    pub certificates: Vec<Certificate>,
    /// Lowest age of the buyer in years, when the shop says so.
    pub min_age: Option<u8>,
    /// Global trade item number.
    pub gtin: Option<Text<14>>,
    /// Options and their rules, when the product is configurable.
    pub configuration: Option<Configuration>,
    /// Word for the drawing to show: `coffee`, `desk`.
    pub drawing: Option<Text<40>>,
    /// When the shop said all this.
    pub seen_at: Timestamp,
}

impl Product {
    /// How many days one piece lasts, where the shop says so: 1 to 3,650.
    pub fn lasts_days(&self) -> Option<u16> {
        let stated = self
            .attributes
            .iter()
            .find(|a| a.name.as_str() == "replenish_days")?;
        let days: u16 = stated.value.as_str().trim().parse().ok()?;
        (1..=3_650).contains(&days).then_some(days)
    }

    /// Whether the shop says the same here as there, whenever it was said.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let Self {
            merchant,
            id,
            title,
            description,
            brand,
            company,
            categories,
            tags,
            variants,
            rating,
            attributes,
            certificates,
            min_age,
            gtin,
            configuration,
            drawing,
            seen_at: _,
        } = self;
        // Prices first: they are what changes.
        *variants == other.variants
            && *rating == other.rating
            && *merchant == other.merchant
            && *id == other.id
            && *title == other.title
            && *description == other.description
            && *brand == other.brand
            && *company == other.company
            && *categories == other.categories
            && *tags == other.tags
            && *attributes == other.attributes
            && *certificates == other.certificates
            && *min_age == other.min_age
            && *gtin == other.gtin
            && *configuration == other.configuration
            && *drawing == other.drawing
    }
}

/// What can be put into a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The shop's id.
    pub id: ForeignId,
    /// Name of the variant; may repeat the product's.
    pub title: Text<200>,
    /// Price of one piece before delivery and tax. Never decided from: the checkout is authoritative.
    pub price: Money,
    /// Whether it can be had.
    pub availability: Availability,
    /// Chosen options, `(name, value)`.
    pub options: Vec<(Text<60>, Text<80>)>,
}

/// Whether a variant can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// In stock.
    In,
    /// In stock, few left.
    Low,
    /// Not in stock.
    Out,
    /// Ordered when somebody buys.
    Backorder,
    /// Not on the market yet.
    Preorder,
    /// The shop does not say.
    Unknown,
}

impl Availability {
    /// Whether it makes sense to offer it.
    pub fn is_offerable(self) -> bool {
        match self {
            Self::In | Self::Low | Self::Backorder | Self::Preorder | Self::Unknown => true,
            Self::Out => false,
        }
    }
}

/// Stars given by buyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rating {
    /// Hundredths of a star, 0 to 500.
    pub hundredths: u16,
    /// How many people rated.
    pub count: u32,
}

/// A structured statement about a product with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attribute {
    /// What it is about: `material`, `ingredient`, `allergen_contains`, `allergen_may_contain`, `origin`, `colour`,
    /// `carbon_g`, `replenish_days`, `unit`, or the shop's own word.
    pub name: Text<60>,
    /// The value as text.
    pub value: Text<200>,
    /// Where it was read.
    pub source: Source,
}

/// Where a statement was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A field that the protocol defines.
    Field,
    /// The shop's structured metadata.
    Metadata,
    /// A tag of the shop.
    Tag,
    /// Prose of the shop.
    Prose,
    /// The person.
    User,
}

/// A certificate as a shop claims it; whether it is true is decided elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Scheme: `fairtrade-intl`.
    pub scheme: Text<60>,
    /// Number in the issuer's register.
    pub number: Option<Text<80>>,
    /// Issuer.
    pub issuer: Option<Text<120>>,
    /// What the shop says it covers.
    pub scope: Option<Text<120>>,
    /// Last day, `YYYY-MM-DD`, as the shop says.
    pub expires: Option<Text<10>>,
}

/// Options of a product and the rules between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// The options in the shop's order, at most 20.
    pub options: Vec<ConfigOption>,
    /// The rules, at most 100.
    pub rules: Vec<ConfigRule>,
}

/// One option: `Width` of 120, 140, 160.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigOption {
    /// Its name.
    pub name: Text<60>,
    /// Its values, at most 40.
    pub values: Vec<ConfigValue>,
}

/// One value of an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigValue {
    /// Its label.
    pub label: Text<80>,
    /// What it adds to the price of the base.
    pub delta: Money,
}

/// "If this is chosen, then only these."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigRule {
    /// Holds when this option has this value.
    pub when: Choice,
    /// The option that is then limited.
    pub option: Text<60>,
    /// Its values that remain.
    pub allowed: Vec<Text<80>>,
    /// Why, in the shop's words.
    pub because: Text<200>,
}

/// One chosen value of one option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    /// The option.
    pub option: Text<60>,
    /// The value.
    pub value: Text<80>,
}
