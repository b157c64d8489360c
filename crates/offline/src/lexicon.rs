/// Words that the composition root brings along: what the policies name, and what is known before the first search.
///
/// Shops come with each turn's scene; brands and types are learned from what shops show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// Phrase and label id, as `("fair trade", "cert:fairtrade-intl")` and `("leather", "contains:leather")`.
    /// Singular or plural, it is the same phrase; of two ids for one phrase the first holds. Words of what things are
    /// made of (`contains:`, `allergen:`) are plain words of a wish unless they are negated.
    pub labels: Vec<(String, String)>,
    /// Names of kinds of goods: `coffee`, `desk lamp`.
    pub categories: Vec<String>,
    /// Brands known beforehand.
    pub brands: Vec<String>,
}

/// Phrases of one lexicon at most; more is refused when the model is made.
pub const PHRASES_MAX: usize = 20_000;

/// Why an offline model cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfflineError {
    /// A language file that cannot be read.
    #[error("language file `{file}`: {cause}")]
    File {
        /// The file.
        file: &'static str,
        /// What is wrong.
        cause: String,
    },
    /// A sentence pattern that cannot be read.
    #[error("language file `{file}`, pattern `{pattern}`: {cause}")]
    Pattern {
        /// The file.
        file: &'static str,
        /// The pattern.
        pattern: String,
        /// What is wrong.
        cause: &'static str,
    },
    /// More phrases than are kept.
    #[error("{0} phrases are more than {PHRASES_MAX}")]
    TooManyPhrases(usize),
    /// A label phrase with no words in it.
    #[error("label `{0}` has a phrase with no words")]
    EmptyPhrase(String),
}
