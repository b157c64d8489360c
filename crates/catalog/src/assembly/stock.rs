//! The parts that can be had, read once and then solved over as often as wanted.

use errand_types::{Currency, Money};

use super::domain::{At, Compare, Domain, LeaveOut, NeedTest};
use super::value::{Lexicon, Raw, Sym, Value, fold, read};
use super::wish::{Rule, Wish, WishSet};

/// Parts of one slot that are kept; a shop with more is asked more narrowly.
pub const PARTS_MAX: usize = 20_000;

/// A part as a shop lists it.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'l> {
    /// Its id, unique in its slot.
    pub id: &'l str,
    /// Its name.
    pub title: &'l str,
    /// Its maker, when stated.
    pub brand: Option<&'l str>,
    /// Its price. A part without one can be asked about but is in no assembly.
    pub price: Option<Money>,
}

/// One part of a stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartRef {
    pub(crate) slot: usize,
    pub(crate) part: usize,
}

/// Why a part was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StockError {
    /// The domain has no such slot.
    #[error("there is no slot `{0}`")]
    UnknownSlot(String),
    /// All prices of one stock are in one currency.
    #[error("a price in {found} among prices in {expected}")]
    Currency {
        /// Of the first price.
        expected: Currency,
        /// Of this one.
        found: Currency,
    },
    /// More parts than [`PARTS_MAX`].
    #[error("slot `{0}` has more than {PARTS_MAX} parts")]
    TooMany(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) id: String,
    pub(crate) title: String,
    brand: Option<Sym>,
    /// In minor units.
    pub(crate) price: Option<i64>,
    /// What it states, in the order of the slot's attributes.
    pub(crate) values: Vec<Option<Value>>,
    /// The first need of the slot that it does not meet.
    pub(crate) unmet: Option<usize>,
}

impl Part {
    /// What it states; `None`: nothing.
    pub(crate) fn value(&self, at: At) -> Option<&Value> {
        self.values.get(at.attribute)?.as_ref()
    }

    /// The number it states.
    pub(crate) fn number(&self, at: At) -> Option<i64> {
        match self.value(at)? {
            Value::Number(n) => Some(*n),
            Value::Word(_) | Value::Words(_) | Value::YesNo(_) => None,
        }
    }
}

/// A comparison with its words looked up.
#[derive(Debug, Clone)]
pub(crate) enum Ready {
    Equal(At, At),
    OneOf(At, At, Vec<(Sym, Sym)>),
    AtMost(At, At),
    Constant(At, Vec<Sym>),
}

/// All parts for assemblies of one domain.
#[derive(Debug, Clone)]
pub struct Stock<'d> {
    pub(crate) domain: &'d Domain,
    pub(crate) lexicon: Lexicon,
    pub(crate) slots: Vec<Vec<Part>>,
    pub(crate) relations: Vec<Vec<Ready>>,
    currency: Option<Currency>,
    /// Relations that builds do without.
    set_aside: Vec<usize>,
    /// Slots that builds never leave empty.
    required: Vec<usize>,
}

/// A part that can be in a whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Able {
    pub(crate) part: usize,
    /// In minor units.
    pub(crate) price: i64,
    /// The wishes that allow it.
    pub(crate) wishes: WishSet,
}

/// Whether a wish allows a part.
type Check<'s> = Box<dyn Fn(&Part) -> bool + 's>;

impl<'d> Stock<'d> {
    /// No parts yet.
    pub fn new(domain: &'d Domain) -> Self {
        let mut lexicon = Lexicon::default();
        let relations = domain.relations.iter().map(|relation| {
            let tests = relation.tests.iter();
            let ready = tests.map(|test| ready(test.left, &test.is, &mut lexicon));
            ready.collect()
        });
        Self {
            domain,
            relations: relations.collect(),
            lexicon,
            slots: vec![Vec::new(); domain.slots.len()],
            currency: None,
            set_aside: Vec::new(),
            required: Vec::new(),
        }
    }

    /// Takes a part in. `state` gives what is stated under a name.
    ///
    /// # Errors
    /// [`StockError`]; the stock is then as before.
    pub fn add(
        &mut self,
        slot: &str,
        listing: Listing<'_>,
        state: &dyn Fn(&str) -> Option<Raw>,
    ) -> Result<PartRef, StockError> {
        let unknown = || StockError::UnknownSlot(slot.to_owned());
        let at = self.domain.slot(slot).ok_or_else(unknown)?;
        if let Some(price) = listing.price {
            let expected = *self.currency.get_or_insert(price.currency());
            if expected != price.currency() {
                let found = price.currency();
                return Err(StockError::Currency { expected, found });
            }
        }
        let kind = self.domain.slots.get(at).ok_or_else(unknown)?;
        let lexicon = &mut self.lexicon;
        let values: Vec<Option<Value>> = kind
            .attributes
            .iter()
            .map(|attribute| {
                let raw = attribute.from.iter().find_map(|name| state(name))?;
                let value = read(&raw, attribute.kind, attribute.unit.as_deref(), lexicon)?;
                let is_nothing = matches!(value, Value::Number(n) if n <= 0);
                (!(attribute.is_positive && is_nothing)).then_some(value)
            })
            .collect();
        let unmet = kind.needs.iter().position(|need| match &need.test {
            NeedTest::Is { attribute, words } => {
                let value = values.get(*attribute).and_then(Option::as_ref);
                let mut wanted = words.iter().filter_map(|w| lexicon.intern(w));
                !value.is_some_and(|value| wanted.any(|word| holds(value, word)))
            }
            NeedTest::YesNo { attribute, is } => {
                let value = values.get(*attribute).and_then(Option::as_ref);
                value != Some(&Value::YesNo(*is))
            }
            NeedTest::TitleLacks { words } => words.iter().any(|w| says(listing.title, w)),
        });
        let part = Part {
            id: listing.id.to_owned(),
            title: listing.title.trim().to_owned(),
            brand: listing.brand.and_then(|brand| lexicon.intern(brand)),
            price: listing.price.map(Money::minor).filter(|minor| *minor >= 0),
            values,
            unmet,
        };
        let parts = self.slots.get_mut(at).ok_or_else(unknown)?;
        if parts.len() >= PARTS_MAX {
            return Err(StockError::TooMany(slot.to_owned()));
        }
        parts.push(part);
        Ok(PartRef {
            slot: at,
            part: parts.len().saturating_sub(1),
        })
    }

    /// Lets builds do without a relation; questions about parts are answered as before. `false`: there is no such relation.
    pub fn set_aside(&mut self, relation: &str) -> bool {
        let found = self.domain.relations.iter().position(|r| r.id == relation);
        self.set_aside.extend(found);
        found.is_some()
    }

    /// Whether builds do without the relation of this name.
    pub(crate) fn is_aside(&self, relation: &str) -> bool {
        let relations = self.domain.relations.iter().enumerate();
        let mut named = relations.filter(|(_, r)| r.id == relation);
        named.any(|(at, _)| self.is_set_aside(at))
    }

    /// Lets builds never leave a slot empty. `false`: there is no such slot.
    pub fn require(&mut self, slot: &str) -> bool {
        let found = self.domain.slot(slot);
        self.required.extend(found);
        found.is_some()
    }

    pub(crate) fn is_set_aside(&self, relation: usize) -> bool {
        self.set_aside.contains(&relation)
    }

    /// The domain of these parts.
    pub fn domain(&self) -> &'d Domain {
        self.domain
    }

    /// How many parts there are.
    pub fn len(&self) -> usize {
        self.slots.iter().map(Vec::len).sum()
    }

    /// Whether there is no part at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A part by its slot and id.
    pub fn find(&self, slot: &str, id: &str) -> Option<PartRef> {
        let slot = self.domain.slot(slot)?;
        let part = self.slots.get(slot)?.iter().position(|p| p.id == id)?;
        Some(PartRef { slot, part })
    }

    /// Slot, id and title of a part.
    pub fn named(&self, part: PartRef) -> Option<(&str, &str, &str)> {
        let slot = self.domain.slots.get(part.slot)?;
        let found = self.part(part)?;
        Some((&slot.id, &found.id, &found.title))
    }

    /// Why a part can be in no build, when its slot's needs are not met: `the cases take ATX power supplies`.
    pub fn unmet(&self, part: PartRef) -> Option<&str> {
        let needs = &self.domain.slots.get(part.slot)?.needs;
        Some(&needs.get(self.part(part)?.unmet?)?.because)
    }

    /// A number of a part as a person reads it: `24 dB`. `None`: it is no number of its slot, or is not stated.
    pub fn stated(&self, part: PartRef, attribute: &str) -> Option<String> {
        let at = self
            .domain
            .at(attribute)
            .filter(|at| at.slot == part.slot)?;
        let number = self.part(part)?.number(at)?;
        Some(self.spelt(at, &Value::Number(number)))
    }

    /// Price of a part.
    pub fn price(&self, part: PartRef) -> Option<Money> {
        self.money(self.part(part)?.price?)
    }

    pub(crate) fn money(&self, minor: i64) -> Option<Money> {
        Money::checked(minor, self.currency?).ok()
    }

    pub(crate) fn part(&self, at: PartRef) -> Option<&Part> {
        self.slots.get(at.slot)?.get(at.part)
    }

    /// Parts of each slot that can be in a whole at all, by price and then by id, each with the wishes that allow it.
    pub(crate) fn able(&self, wishes: &[Wish]) -> Vec<Vec<Able>> {
        let checks: Vec<_> = wishes.iter().map(|wish| self.check(&wish.rule)).collect();
        let slots = self.slots.iter().enumerate();
        slots
            .map(|(slot, parts)| {
                let about: Vec<_> = wishes
                    .iter()
                    .zip(&checks)
                    .map(|(wish, check)| wish.rule.is_about(slot).then_some(check))
                    .collect();
                let mut able: Vec<Able> = parts
                    .iter()
                    .enumerate()
                    .filter(|(_, part)| part.unmet.is_none())
                    .filter_map(|(at, part)| {
                        let allowed =
                            |check: &Option<_>| check.is_none_or(|check: &Check<'_>| check(part));
                        let wishes = about.iter().map(allowed);
                        Some(Able {
                            part: at,
                            price: part.price?,
                            wishes: WishSet::of(wishes),
                        })
                    })
                    .collect();
                // By id among equals, so that the order in which shops answered changes nothing.
                let id = |able: &Able| parts.get(able.part).map_or("", |part| part.id.as_str());
                able.sort_by(|a, b| a.price.cmp(&b.price).then_with(|| id(a).cmp(id(b))));
                able
            })
            .collect()
    }

    /// Whether a wish allows what is in a slot, or that nothing is.
    pub(crate) fn allows(&self, wish: &Wish, slot: usize, part: Option<&Part>) -> bool {
        !wish.rule.is_about(slot)
            || part.map_or_else(|| wish.rule.bears_nothing(), |p| self.check(&wish.rule)(p))
    }

    /// For each slot the wishes that allow it to stay empty; `None`: it never may.
    pub(crate) fn may_be_empty(&self, wishes: &[Wish]) -> Vec<Option<WishSet>> {
        let slots = self.domain.slots.iter().enumerate();
        slots
            .map(|(slot, kind)| {
                let may = kind.leave_out != LeaveOut::Never && !self.required.contains(&slot);
                may.then(|| {
                    let rules = wishes.iter().map(|wish| &wish.rule);
                    WishSet::of(rules.map(|rule| !rule.is_about(slot) || rule.bears_nothing()))
                })
            })
            .collect()
    }

    fn check<'s>(&'s self, rule: &'s Rule) -> Check<'s> {
        let known = |words: &[String]| -> Vec<Sym> {
            words.iter().filter_map(|w| self.lexicon.known(w)).collect()
        };
        match rule {
            Rule::AtLeast(at, least) => {
                Box::new(|part| part.number(*at).is_some_and(|n| n >= *least))
            }
            Rule::AtMost(at, most) => Box::new(|part| part.number(*at).is_some_and(|n| n <= *most)),
            Rule::Is(at, words) => {
                let words = known(words);
                Box::new(move |part| {
                    let value = part.value(*at);
                    value.is_some_and(|value| words.iter().any(|w| holds(value, *w)))
                })
            }
            Rule::Not(at, words) => {
                let words = known(words);
                Box::new(move |part| {
                    let value = part.value(*at);
                    value.is_some_and(|value| !words.iter().any(|w| holds(value, *w)))
                })
            }
            Rule::YesNo(at, is) => Box::new(|part| part.value(*at) == Some(&Value::YesNo(*is))),
            Rule::Brand(_, makers) => {
                let makers = known(makers);
                Box::new(move |part| part.brand.is_some_and(|brand| makers.contains(&brand)))
            }
            Rule::NotBrand(_, makers) => {
                let words = known(makers);
                Box::new(move |part| match part.brand {
                    Some(brand) => !words.contains(&brand),
                    // Nobody says who made it: the name may.
                    None => !makers.iter().any(|maker| says(&part.title, maker)),
                })
            }
            Rule::Part(_, id) => Box::new(move |part| part.id == *id),
            Rule::With(_, with) => Box::new(move |_| *with),
            Rule::Budget(_) => Box::new(|_| true),
        }
    }
}

impl Rule {
    fn is_about(&self, slot: usize) -> bool {
        match self {
            Self::AtLeast(at, _)
            | Self::AtMost(at, _)
            | Self::Is(at, _)
            | Self::Not(at, _)
            | Self::YesNo(at, _) => at.slot == slot,
            Self::Brand(of, _) | Self::NotBrand(of, _) => of.is_none_or(|of| of == slot),
            Self::Part(of, _) | Self::With(of, _) => *of == slot,
            Self::Budget(_) => false,
        }
    }

    /// Whether a slot without a part meets the wish.
    fn bears_nothing(&self) -> bool {
        match self {
            Self::Not(..) | Self::NotBrand(..) | Self::With(_, false) | Self::Budget(_) => true,
            Self::Brand(of, _) => of.is_none(),
            Self::AtLeast(..)
            | Self::AtMost(..)
            | Self::Is(..)
            | Self::YesNo(..)
            | Self::Part(..)
            | Self::With(_, true) => false,
        }
    }
}

fn ready(left: At, is: &Compare, lexicon: &mut Lexicon) -> Ready {
    match is {
        Compare::Equal(right) => Ready::Equal(left, *right),
        Compare::AtMost(right) => Ready::AtMost(left, *right),
        Compare::OneOf { right, also } => {
            let also = also.iter();
            let pairs = also.filter_map(|(a, b)| Some((lexicon.intern(a)?, lexicon.intern(b)?)));
            Ready::OneOf(left, *right, pairs.collect())
        }
        Compare::Constant(words) => {
            let words = words.iter().filter_map(|w| lexicon.intern(w));
            Ready::Constant(left, words.collect())
        }
    }
}

pub(crate) fn holds(value: &Value, word: Sym) -> bool {
    match value {
        Value::Word(w) => *w == word,
        Value::Words(words) => words.binary_search(&word).is_ok(),
        Value::Number(_) | Value::YesNo(_) => false,
    }
}

/// Whether a title says a word as a whole.
fn says(title: &str, word: &str) -> bool {
    let plain = |text: &str| -> String {
        let spaced: String = text
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { ' ' })
            .collect();
        format!(" {} ", fold(&spaced))
    };
    let word = plain(word);
    word.trim().len() > 1 && plain(title).contains(&word)
}
