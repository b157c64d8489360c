use std::collections::HashMap;

use errand_types::{Certificate, Product, Text};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::fold::{fold, stems};

/// Largest register file in bytes.
const FILE_BYTES_MAX: usize = 4 << 20;
/// Most entries of one register.
const ENTRIES_MAX: usize = 50_000;

/// What issuers publish about their certificates, as of one day.
#[derive(Debug, Default)]
pub struct Register {
    entries: HashMap<(String, String), Entry>,
    schemes: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    scheme: String,
    number: String,
    issuer: String,
    #[serde(default)]
    holder: String,
    scope: Vec<String>,
    status: String,
    expires: Date,
}

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    certificate: Vec<Entry>,
}

/// Why a register is refused; the one in use stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// Not readable.
    #[error("the register cannot be read: {0}")]
    Parse(String),
    /// Too large.
    #[error(
        "the register is larger than {FILE_BYTES_MAX} bytes or has more than {ENTRIES_MAX} entries"
    )]
    TooLarge,
    /// Two entries of one number.
    #[error("certificate `{0}` is in the register twice")]
    Duplicate(String),
}

/// What a register says to a claim. Only [`Standing::Confirmed`] counts for more than the claim itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It stands: active, not expired, its scope covers the product, its holder is the maker.
    Confirmed {
        /// Who issued it.
        issuer: String,
        /// Its number.
        number: String,
    },
    /// The shop gives no number.
    NoNumber,
    /// No register of this scheme is at hand.
    NoRegister,
    /// The register has no such number.
    NoSuchNumber,
    /// Its last day has passed.
    Expired {
        /// The last day.
        on: String,
    },
    /// Suspended, withdrawn or a word that we do not know.
    NotActive {
        /// The register's word.
        status: String,
    },
    /// It covers other goods.
    OutOfScope,
    /// It belongs to somebody else.
    OtherHolder,
}

impl Register {
    /// Reads a register from `[[certificate]]` tables with `scheme`, `number`, `issuer`, `holder`, `scope`, `status`
    /// and `expires` (`YYYY-MM-DD`, the last day), whole or not at all.
    pub fn load(text: &str) -> Result<Self, RegisterError> {
        if text.len() > FILE_BYTES_MAX {
            return Err(RegisterError::TooLarge);
        }
        let file: File =
            toml::from_str(text).map_err(|e| RegisterError::Parse(e.message().to_owned()))?;
        if file.certificate.len() > ENTRIES_MAX {
            return Err(RegisterError::TooLarge);
        }
        let mut this = Self::default();
        for entry in file.certificate {
            let key = (fold(entry.scheme.trim()), number(&entry.number));
            if !this.schemes.contains(&key.0) {
                this.schemes.push(key.0.clone());
            }
            if let Some(twin) = this.entries.insert(key, entry) {
                return Err(RegisterError::Duplicate(twin.number));
            }
        }
        Ok(this)
    }

    /// How many certificates it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn knows_scheme(&self, scheme: &str) -> bool {
        self.schemes.iter().any(|s| *s == fold(scheme.trim()))
    }

    /// Holds a shop's claim against the register.
    pub fn check(&self, claim: &Certificate, product: &Product, now: Timestamp) -> Standing {
        if !self.knows_scheme(claim.scheme.as_str()) {
            return Standing::NoRegister;
        }
        let Some(claimed) = &claim.number else {
            return Standing::NoNumber;
        };
        let key = (fold(claim.scheme.as_str().trim()), number(claimed.as_str()));
        let Some(entry) = self.entries.get(&key) else {
            return Standing::NoSuchNumber;
        };
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        if fold(entry.status.trim()) != "active" {
            Standing::NotActive {
                status: entry.status.chars().take(40).collect(),
            }
        } else if entry.expires < today {
            Standing::Expired {
                on: entry.expires.to_string(),
            }
        } else if !covers(&entry.scope, product) {
            Standing::OutOfScope
        } else if !is_held_by_maker(&entry.holder, product) {
            Standing::OtherHolder
        } else {
            Standing::Confirmed {
                issuer: entry.issuer.clone(),
                number: entry.number.clone(),
            }
        }
    }
}

/// Numbers are compared without case and spaces, never without digits, letters or signs.
fn number(raw: &str) -> String {
    fold(raw).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether a word of the scope is a category of a product. Its name is asked only where it has no category: a
/// "coffee mug" is not coffee.
fn covers(scope: &[String], product: &Product) -> bool {
    let mut words: Vec<Vec<String>> = product
        .categories
        .iter()
        .map(|c| stems(c.as_str()))
        .collect();
    if words.is_empty() {
        words.push(stems(product.title.as_str()));
    }
    scope
        .iter()
        .map(|s| stems(s))
        .filter(|s| !s.is_empty())
        .any(|scope| {
            words.iter().any(|words| {
                words
                    .windows(scope.len())
                    .any(|window| window == scope.as_slice())
            })
        })
}

/// Words of company names that tell companies not apart.
const LEGAL_FORMS: [&str; 22] = [
    "ltd",
    "limited",
    "inc",
    "llc",
    "gmbh",
    "ag",
    "sa",
    "srl",
    "bv",
    "ab",
    "oy",
    "plc",
    "co",
    "company",
    "corp",
    "the",
    "and",
    "of",
    "cooperative",
    "coop",
    "group",
    "kg",
];

/// Whether the holder of a certificate is who makes the product. A product that names no maker cannot be told from
/// its namesake, and then the shop's word is taken: the number, the scope and the date were checked.
fn is_held_by_maker(holder: &str, product: &Product) -> bool {
    let telling = |name: &str| -> Vec<String> {
        stems(name)
            .into_iter()
            .filter(|w| !LEGAL_FORMS.contains(&w.as_str()))
            .collect()
    };
    let holder = telling(holder);
    let company = product.company.as_ref().map(Text::as_str);
    let brand = product.brand.as_ref().map(Text::as_str);
    let makers: Vec<String> = company.into_iter().chain(brand).flat_map(telling).collect();
    holder.is_empty() || makers.is_empty() || holder.iter().any(|word| makers.contains(word))
}
