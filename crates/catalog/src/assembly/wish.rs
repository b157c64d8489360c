//! What a person wants of an assembly, checked against its domain.

use errand_types::{Money, nearest_name};

use super::domain::{At, Domain, Op, Want};
use super::stock::{PartRef, Stock};
use super::value::{Kind, fold, measure, told};

/// Words of one wish that are read.
const WORDS_MAX: usize = 20;

/// A wish that the domain understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub(crate) rule: Rule,
    text: String,
}

/// A set of wishes of one question by their places, a bit for each; at most 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct WishSet(u32);

impl WishSet {
    pub(crate) const EMPTY: Self = Self(0);

    /// Those whose place says yes.
    pub(crate) fn of(places: impl Iterator<Item = bool>) -> Self {
        let held = places.enumerate().filter(|(_, is)| *is);
        held.fold(Self::EMPTY, |set, (at, _)| set.with(at))
    }

    pub(crate) fn first(count: usize) -> Self {
        Self::of((0..count).map(|_| true))
    }

    pub(crate) fn one(at: usize) -> Self {
        let bit = u32::try_from(at).ok().and_then(|at| 1_u32.checked_shl(at));
        Self(bit.unwrap_or(0))
    }

    pub(crate) fn has(self, at: usize) -> bool {
        self.0 & Self::one(at).0 != 0
    }

    pub(crate) fn with(self, at: usize) -> Self {
        Self(self.0 | Self::one(at).0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn places(self) -> Vec<usize> {
        (0..32).filter(|at| self.has(*at)).collect()
    }
}

/// What a wish asks of parts or of the price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    AtLeast(At, i64),
    AtMost(At, i64),
    Is(At, Vec<String>),
    Not(At, Vec<String>),
    YesNo(At, bool),
    Brand(Option<usize>, Vec<String>),
    NotBrand(Option<usize>, Vec<String>),
    Part(usize, String),
    With(usize, bool),
    Budget(Money),
}

/// Which way a number is wanted to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Than {
    /// More of it.
    More,
    /// Less of it.
    Less,
}

/// A wish that no such assembly can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct WishError {
    what: String,
    nearest: Option<String>,
}

impl WishError {
    /// The nearest known name, when a name was wrong and one is near.
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }
}

impl Wish {
    /// Reads a wish that came as data.
    ///
    /// # Errors
    /// [`WishError`] when it names something that the domain does not have, or compares what cannot be compared.
    pub fn read(domain: &Domain, want: &Want) -> Result<Self, WishError> {
        let slot = || known_slot(domain, &want.of);
        let words = listed(&want.value);
        let is_empty = words.is_empty();
        let rule = match want.is {
            Op::AtLeast | Op::AtMost => {
                let at = known(domain, &want.of, &[Kind::Number])?;
                let unit = domain.attribute(at).and_then(|a| a.unit.as_deref());
                let number = measure(&want.value, unit).ok_or_else(|| {
                    let unit = unit.map_or(String::new(), |u| format!(" in {u}"));
                    wrong(format!("`{}` is no number{unit}", want.value))
                })?;
                match want.is {
                    Op::AtLeast => Rule::AtLeast(at, number),
                    _ => Rule::AtMost(at, number),
                }
            }
            Op::Is | Op::Not => {
                let kinds = [Kind::Word, Kind::Words, Kind::YesNo, Kind::Presence];
                let at = known(domain, &want.of, &kinds)?;
                let kind = domain.attribute(at).map(|a| a.kind);
                if matches!(kind, Some(Kind::YesNo | Kind::Presence)) {
                    Rule::YesNo(at, yes_no(&want.value)? == (want.is == Op::Is))
                } else if is_empty {
                    return Err(wrong(format!("`{}` is wanted to be nothing", want.of)));
                } else if want.is == Op::Is {
                    Rule::Is(at, words)
                } else {
                    Rule::Not(at, words)
                }
            }
            Op::Brand | Op::NotBrand => {
                let slot = if want.of.is_empty() {
                    None
                } else {
                    Some(slot()?)
                };
                if is_empty {
                    return Err(wrong("no maker is named".to_owned()));
                }
                match want.is {
                    Op::Brand => Rule::Brand(slot, words),
                    _ => Rule::NotBrand(slot, words),
                }
            }
            Op::Part => Rule::Part(slot()?, want.value.clone()),
            Op::With => Rule::With(slot()?, yes_no(&want.value)?),
        };
        let text = text(domain, &rule);
        Ok(Self { rule, text })
    }

    /// A price limit for the whole.
    pub fn budget(limit: Money) -> Self {
        Self {
            rule: Rule::Budget(limit),
            text: format!("at most {limit}"),
        }
    }

    /// A wish for more or less of a number than this part has: "a quieter cooler". `None`: it is no number of the slot,
    /// or the part does not state it.
    pub fn than(stock: &Stock<'_>, part: PartRef, attribute: &str, than: Than) -> Option<Self> {
        let at = stock
            .domain()
            .at(attribute)
            .filter(|at| at.slot == part.slot)?;
        let present = stock.part(part)?.number(at)?;
        // Numbers are kept in thousandths: one more is the next there is.
        let rule = match than {
            Than::More => Rule::AtLeast(at, present.saturating_add(1)),
            Than::Less => Rule::AtMost(at, present.saturating_sub(1)),
        };
        let said = domain_number(stock.domain(), at, present);
        let text = match than {
            Than::More => format!("more than {said}"),
            Than::Less => format!("less than {said}"),
        };
        Some(Self { rule, text })
    }

    /// What is wished, in words: `at least 12 cores`, `nothing by Gigabyte`, `at most $1,500.00`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it is said that it is given up: `without at least 12 cores`, `with Gigabyte`, `without the limit of $400.00`.
    pub(crate) fn given_up(&self) -> String {
        match &self.rule {
            Rule::Budget(limit) => format!("without the limit of {limit}"),
            Rule::NotBrand(_, makers) => format!("with {}", makers.join(" and ")),
            _ => format!("without {}", self.text),
        }
    }

    /// The price limit, when it is one.
    pub fn limit(&self) -> Option<Money> {
        match &self.rule {
            Rule::Budget(limit) => Some(*limit),
            _ => None,
        }
    }
}

fn wrong(what: String) -> WishError {
    WishError {
        what,
        nearest: None,
    }
}

fn listed(value: &str) -> Vec<String> {
    let words = value.split(',').map(str::trim).filter(|w| !w.is_empty());
    words.take(WORDS_MAX).map(str::to_owned).collect()
}

fn yes_no(value: &str) -> Result<bool, WishError> {
    match fold(value).as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(wrong(format!("`{value}` is neither yes nor no"))),
    }
}

fn known_slot(domain: &Domain, name: &str) -> Result<usize, WishError> {
    domain.slot(name).ok_or_else(|| WishError {
        what: format!("a {} has no `{name}`", domain.word),
        nearest: nearest_name(name, domain.slots()),
    })
}

fn known(domain: &Domain, name: &str, kinds: &[Kind]) -> Result<At, WishError> {
    let at = domain.at(name).ok_or_else(|| WishError {
        what: format!("a {} has no `{name}`", domain.word),
        nearest: nearest_name(name, domain.names().iter().map(String::as_str)),
    })?;
    let kind = domain.attribute(at).map(|a| a.kind);
    if kind.is_some_and(|kind| kinds.contains(&kind)) {
        return Ok(at);
    }
    Err(wrong(format!("`{name}` cannot be compared like that")))
}

/// A number of an attribute in words: `16 GB graphics memory`.
fn domain_number(domain: &Domain, at: At, n: i64) -> String {
    let attribute = domain.attribute(at);
    let unit = attribute.and_then(|a| a.unit.as_deref());
    let word = attribute.map_or("", |a| a.word.as_str());
    format!("{} {word}", told(n, unit))
}

fn text(domain: &Domain, rule: &Rule) -> String {
    let number = |at: &At, n: i64| domain_number(domain, *at, n);
    let word = |at: &At| domain.attribute(*at).map_or("", |a| a.word.as_str());
    let whose = |slot: &Option<usize>| match slot {
        Some(slot) => domain.slot_word(*slot).to_owned(),
        None => String::new(),
    };
    match rule {
        Rule::AtLeast(at, n) => format!("at least {}", number(at, *n)),
        Rule::AtMost(at, n) => format!("at most {}", number(at, *n)),
        Rule::Is(at, words) => format!("{} {}", word(at), words.join(" or ")),
        Rule::Not(at, words) => format!("{} not {}", word(at), words.join(" or ")),
        Rule::YesNo(at, true) => format!("with {}", word(at)),
        Rule::YesNo(at, false) => format!("without {}", word(at)),
        Rule::Brand(slot, makers) => {
            let what = slot.map_or_else(|| "all".to_owned(), |_| whose(slot));
            format!("{what} by {}", makers.join(" or "))
        }
        Rule::NotBrand(None, makers) => format!("nothing by {}", makers.join(" or ")),
        Rule::NotBrand(slot, makers) => format!("{} not by {}", whose(slot), makers.join(" or ")),
        Rule::Part(slot, id) => format!("the {} {id}", domain.slot_word(*slot)),
        Rule::With(slot, true) => format!("with a {}", domain.slot_word(*slot)),
        Rule::With(slot, false) => format!("without a {}", domain.slot_word(*slot)),
        Rule::Budget(limit) => format!("at most {limit}"),
    }
}
