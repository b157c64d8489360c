//! Colours as data: which family a colour word belongs to, and what stands well beside what.

use errand_types::Language;

use crate::said::compared as said;

/// Where a colour stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    /// Black, white, grey, beige and the colours of undyed things: beside everything.
    Neutral,
    /// At this place of the colour circle, 0 to 11, red at 0 and green at 4.
    Hue(u8),
}

/// How light a colour is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Depth {
    Light,
    Middle,
    Deep,
}

use Depth::{Deep, Light, Middle};
use Family::{Hue, Neutral};

/// Colour words as stems, with their family and depth.
const COLOURS: [(&str, Family, Depth); 46] = [
    ("black", Neutral, Deep),
    ("charcoal", Neutral, Deep),
    ("anthracite", Neutral, Deep),
    ("gray", Neutral, Middle),
    ("silver", Neutral, Light),
    ("white", Neutral, Light),
    ("ivory", Neutral, Light),
    ("cream", Neutral, Light),
    ("beige", Neutral, Light),
    ("sand", Neutral, Light),
    ("taupe", Neutral, Middle),
    ("brown", Neutral, Deep),
    ("natural", Neutral, Light),
    ("oak", Neutral, Middle),
    ("birch", Neutral, Light),
    ("beech", Neutral, Light),
    ("ash", Neutral, Light),
    ("walnut", Neutral, Deep),
    ("red", Hue(0), Middle),
    ("burgundy", Hue(0), Deep),
    ("plum", Hue(11), Deep),
    ("rose", Hue(0), Light),
    ("pink", Hue(11), Light),
    ("terracotta", Hue(1), Middle),
    ("rust", Hue(1), Middle),
    ("copper", Hue(1), Middle),
    ("orange", Hue(1), Middle),
    ("amber", Hue(2), Middle),
    ("gold", Hue(2), Middle),
    ("mustard", Hue(2), Middle),
    ("yellow", Hue(2), Light),
    ("olive", Hue(3), Deep),
    ("green", Hue(4), Middle),
    ("mint", Hue(4), Light),
    ("sage", Hue(4), Light),
    ("forest", Hue(4), Deep),
    ("teal", Hue(6), Middle),
    ("turquoise", Hue(6), Light),
    ("blue", Hue(8), Middle),
    ("navy", Hue(8), Deep),
    ("indigo", Hue(8), Deep),
    ("denim", Hue(8), Middle),
    ("sky", Hue(8), Light),
    ("purple", Hue(10), Middle),
    ("lilac", Hue(10), Light),
    ("lavender", Hue(10), Light),
];

/// What a colour word means; `None` for a word that is no colour here.
pub(super) fn colour(word: &str) -> Option<(Family, Depth)> {
    COLOURS
        .iter()
        .find(|(name, _, _)| *name == word)
        .map(|(_, family, depth)| (*family, *depth))
}

/// The rule by which two colours stand beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Harmony {
    QuietLighter,
    Quiet,
    QuietStrong,
    OneLighter,
    One,
    Neighbours,
    Opposites,
    Compete,
}

impl Harmony {
    /// In words.
    pub(super) fn told(self, language: Language) -> String {
        match self {
            Self::QuietLighter => said::quiet_lighter(language),
            Self::Quiet => said::quiet(language),
            Self::QuietStrong => said::quiet_strong(language),
            Self::OneLighter => said::one_lighter(language),
            Self::One => said::one_colour(language),
            Self::Neighbours => said::neighbours(language),
            Self::Opposites => said::opposites(language),
            Self::Compete => said::compete(language),
        }
    }
}

/// How two colours stand beside each other, 0 to 100, with the rule.
pub(super) fn beside(a: (Family, Depth), b: (Family, Depth)) -> (i64, Harmony) {
    match (a.0, b.0) {
        (Neutral, Neutral) if a.1 != b.1 => (85, Harmony::QuietLighter),
        (Neutral, Neutral) => (65, Harmony::Quiet),
        (Neutral, Hue(_)) | (Hue(_), Neutral) => (90, Harmony::QuietStrong),
        (Hue(x), Hue(y)) => {
            let apart = x.abs_diff(y).min(12_u8.saturating_sub(x.abs_diff(y)));
            match apart {
                0 if a.1 != b.1 => (80, Harmony::OneLighter),
                0 => (60, Harmony::One),
                1 | 2 => (70, Harmony::Neighbours),
                5 | 6 => (75, Harmony::Opposites),
                _ => (25, Harmony::Compete),
            }
        }
    }
}

/// Kinds of things that are used together. All words are stems of what a title or a category names.
const TOGETHER: [(&[&str], &[&str]); 8] = [
    (
        &["jacket", "coat", "blazer", "cardigan", "sweater", "hoodie"],
        &[
            "shirt", "tshirt", "trouser", "jean", "scarf", "sho", "sneaker", "boot", "hat",
            "beanie", "glove", "skirt", "dress", "blouse", "belt",
        ],
    ),
    (
        &["shirt", "tshirt", "blouse", "top"],
        &[
            "trouser", "jean", "skirt", "jacket", "cardigan", "sweater", "blazer", "belt", "sho",
            "sneaker", "scarf",
        ],
    ),
    (
        &["trouser", "jean", "skirt", "short"],
        &[
            "shirt", "tshirt", "blouse", "sweater", "jacket", "belt", "sho", "sneaker", "boot",
            "sock", "cardigan",
        ],
    ),
    (
        &["dress"],
        &["cardigan", "jacket", "sho", "scarf", "belt", "bag"],
    ),
    (
        &["sofa", "armchair"],
        &[
            "cushion", "pillow", "blanket", "throw", "rug", "lamp", "table", "curtain",
        ],
    ),
    (
        &["desk", "table"],
        &[
            "chair",
            "lamp",
            "stool",
            "rug",
            "shelf",
            "mat",
            "vase",
            "tablecloth",
            "runner",
        ],
    ),
    (
        &["bed", "mattress"],
        &[
            "duvet",
            "sheet",
            "pillow",
            "pillowcase",
            "blanket",
            "lamp",
            "bedspread",
            "nightstand",
        ],
    ),
    (
        &["towel", "bath"],
        &["towel", "robe", "mat", "soap", "curtain"],
    ),
];

/// Whether two kinds of things are used together; `None` where nothing is known of one of them.
pub(super) fn are_together(a: &[String], b: &[String]) -> Option<bool> {
    let is_of = |words: &[String], of: &[&str]| words.iter().any(|w| of.contains(&w.as_str()));
    let pairs = || {
        TOGETHER.iter().filter(|(kind, with)| {
            (is_of(a, kind) && is_of(b, with)) || (is_of(b, kind) && is_of(a, with))
        })
    };
    let knows = |words: &[String]| {
        TOGETHER
            .iter()
            .any(|(kind, with)| is_of(words, kind) || is_of(words, with))
    };
    (knows(a) && knows(b)).then(|| pairs().next().is_some())
}

/// Whether a word names a kind of thing of which it is known what it is used with.
pub(super) fn is_kind(word: &str) -> bool {
    let mut all = TOGETHER
        .iter()
        .flat_map(|(kind, with)| kind.iter().chain(with.iter()));
    all.any(|w| *w == word)
}
