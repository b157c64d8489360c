//! What is asked of the index, and what it answers.

use std::fmt;

use errand_types::{Availability, Currency, Money};
use serde::{Deserialize, Serialize};

use crate::document::{Document, Key};
use crate::measure::Measure;

/// A search: words and wishes. Every wish must hold; none is given up silently.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    /// Words as a person or a planner writes them; prices in them ("under $40") become wishes, sizes count.
    pub text: String,
    /// Wishes that every hit fulfils.
    pub filter: Filter,
    /// How many hits at most; cut at [`crate::limits::HITS_MAX`]. 0 means 10.
    pub limit: usize,
    /// Whether facets are counted.
    pub facets: bool,
    /// Currency that amounts in the text are meant in; without it they are held against prices of any currency.
    pub currency: Option<Currency>,
}

impl Ask {
    /// A search for words, without wishes.
    pub fn words(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }
}

/// What every hit fulfils. An empty list wishes nothing; of a list of brands, shops or categories one is enough, of
/// labels, attributes and measures all must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// At least this.
    pub price_min: Option<Money>,
    /// At most this.
    pub price_max: Option<Money>,
    /// One of these shops, by their names for us.
    pub merchants: Vec<String>,
    /// One of these brands.
    pub brands: Vec<String>,
    /// One of these categories.
    pub categories: Vec<String>,
    /// At least so many hundredths of a star; a product without a rating does not fulfil it.
    pub rating_min: Option<u16>,
    /// Only what can be had.
    pub available: bool,
    /// All of these labels.
    pub labels: Vec<String>,
    /// There within so many days; a product whose shop does not say does not fulfil it.
    pub delivery_days_max: Option<u16>,
    /// All of these statements `(name, value)`.
    pub attributes: Vec<(String, String)>,
    /// All of these measures.
    pub measures: Vec<Measure>,
}

/// One wish, as an answer names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub enum Wish {
    /// Words that no product has.
    Words {
        /// The words.
        words: Vec<String>,
    },
    /// At least this price.
    PriceMin {
        /// As it reads.
        amount: String,
    },
    /// At most this price.
    PriceMax {
        /// As it reads.
        amount: String,
    },
    /// One of these shops.
    Merchants {
        /// The shops.
        merchants: Vec<String>,
    },
    /// One of these brands.
    Brands {
        /// The brands.
        brands: Vec<String>,
    },
    /// One of these categories.
    Categories {
        /// The categories.
        categories: Vec<String>,
    },
    /// At least so many hundredths of a star.
    Rating {
        /// Hundredths of a star.
        hundredths: u16,
    },
    /// Only what can be had.
    Available,
    /// A label.
    Label {
        /// The label.
        label: String,
    },
    /// There within so many days.
    Delivery {
        /// Days.
        days: u16,
    },
    /// A statement.
    Attribute {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A measure.
    Measure {
        /// What is wished.
        measure: Measure,
    },
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words { words } => write!(f, "nothing here is called {}", words.join(", ")),
            Self::PriceMin { amount } => write!(f, "at least {amount}"),
            Self::PriceMax { amount } => write!(f, "at most {amount}"),
            Self::Merchants { merchants } => write!(f, "from {}", merchants.join(" or ")),
            Self::Brands { brands } => write!(f, "by {}", brands.join(" or ")),
            Self::Categories { categories } => write!(f, "in {}", categories.join(" or ")),
            Self::Rating { hundredths } => {
                write!(
                    f,
                    "rated {}.{:02} or better",
                    hundredths / 100,
                    hundredths % 100
                )
            }
            Self::Available => write!(f, "in stock"),
            Self::Label { label } => write!(f, "labelled {label}"),
            Self::Delivery { days } => write!(f, "there within {days} days"),
            Self::Attribute { name, value } => write!(f, "{name}: {value}"),
            Self::Measure { measure } => {
                write!(f, "{:?} in the wished range", measure.dimension)
            }
        }
    }
}

/// One product found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which product of which shop.
    pub key: Key,
    /// How well it fits the words; only to be held against other scores of the same answer.
    pub score: f32,
    pub(crate) payload: Vec<u8>,
}

impl Hit {
    /// The product.
    ///
    /// # Errors
    /// When the index holds no readable product under this key, which only a damaged file brings about.
    pub fn document(&self) -> Result<Document, crate::IndexError> {
        let at = self.payload.iter().position(|byte| *byte == 0);
        let json = at
            .and_then(|at| self.payload.get(at + 1..))
            .unwrap_or_default();
        Ok(serde_json::from_slice(json)?)
    }
}

/// How the words were understood.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Understood {
    /// Words taken for others: `(as written, as searched)`.
    pub corrected: Vec<(String, String)>,
    /// Words that no product has and that are near no other.
    pub unknown: Vec<String>,
    /// Whether the text was longer than is read.
    pub is_cut: bool,
    /// Measures in the words; they count and are no wish.
    pub measures: Vec<Measure>,
}

/// Values of one facet with how many of the candidates have them, most first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// `brand`, `category`, `label`, `merchant`, `price`, `rating`, `availability`, or the name of an attribute.
    pub name: String,
    /// Values as shops write them.
    pub values: Vec<(String, u32)>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// What fulfils every wish, best first.
    pub hits: Vec<Hit>,
    /// Only when nothing fulfils every wish: what comes nearest, fewest wishes missed first.
    pub alternatives: Vec<Hit>,
    /// Only when nothing fulfils every wish: what the first alternative misses.
    pub in_the_way: Vec<Wish>,
    /// How the words were understood.
    pub understood: Understood,
    /// Counted over the candidates: at most [`crate::limits::CANDIDATES_MAX`] of the best.
    pub facets: Vec<Facet>,
}

/// The availabilities by their number in the index.
pub(crate) fn is_offerable(number: u64) -> bool {
    number != Availability::Out as u64
}
