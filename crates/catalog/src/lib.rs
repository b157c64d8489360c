//! Finding among what the shops answered: which products fit a need, in which order, side by side, and with which
//! options.
//!
//! Everything here is pure and counts in whole numbers: the same products and the same need always give the same answer,
//! in whatever order the shops spoke. A product is judged by its structured fields and by the words of its title and
//! categories; what a shop writes in prose moves nothing. This crate must not know sessions, prompts, shops' protocols,
//! time zones or who confirmed a label: those who know fill in [`Candidate::confirmed`], [`Candidate::delivery`] and
//! [`Candidate::delivery_text`] between [`matching`] and [`rank`].
//!
//! ```
//! use errand_catalog::{left_out, matching, rank};
//! use errand_types::{Language, Need, Text};
//!
//! let need = Need { what: Text::clip("coffee beans"), ..Need::default() };
//! let (fitting, excluded) = matching(&[], &need, Language::English);
//! assert!(rank(fitting, &need, Language::English).is_empty());
//! assert_eq!(left_out(&excluded, Language::English).total, 0);
//! ```
//!
//! Start reading at [`matching`], then [`rank`] and [`compare`]; [`configure`] stands alone.

mod ask;
pub mod assembly;
mod candidate;
#[cfg(test)]
mod claims;
mod combine;
mod compare;
mod configure;
mod country;
mod degree;
mod excluded;
mod kinds;
mod matching;
mod mention;
mod nearest;
mod page;
mod phrases;
#[cfg(test)]
mod planted;
mod rank;
mod said;
mod same;
#[cfg(test)]
mod samples;
mod shelf;
mod shown;
mod style;
mod wished;
mod words;

/// What a shop calls itself, by our name for it.
pub type ShopName<'a> = &'a dyn Fn(&errand_types::MerchantId) -> String;

pub use candidate::Candidate;
pub use combine::{
    Combination, CombineError, Errand, Goal, LINES_MAX, Parcel, Supply, Terms, combine,
    told as combination_told,
};
pub use compare::{Comparison, Criterion, Row, Value, compare};
pub use configure::{Configured, Conflict, GiveUp, OptionState, ValueState, ValueView, configure};
pub use country::country;
pub use excluded::{Cause, Excluded, LeftOut, left_out};
pub use kinds::{meant_by_price, other_name};
pub use matching::{matching, within_total};
pub use mention::{Names, name_key};
pub use nearest::{Nearest, nearest};
pub use rank::{Ranked, rank};
pub use said::books;
pub use same::{Also, Evidence, Gtin, Likeness, Offers, Sameness, same_thing, together};
pub use shown::{carbon_stated, detail, unit_price};
pub use style::{Anchor, Fit, by_style, fit, kind_of};
pub use wished::wished;
