//! A kind of assembly as data: its slots, what parts state, what fits together and the words for it.

use super::value::Kind;
use super::wish::Than;

/// A kind of assembly: what a computer or a bicycle is made of, and what fits together.
///
/// Read from a file by [`Domain::read`] and never built in code.
#[derive(Debug, Clone)]
pub struct Domain {
    pub(crate) id: String,
    pub(crate) word: String,
    pub(crate) words: Vec<String>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) relations: Vec<Relation>,
    pub(crate) sums: Vec<Sum>,
    pub(crate) goals: Vec<Goal>,
    pub(crate) uses: Vec<Use>,
    pub(crate) phrases: Vec<Phrase>,
    pub(crate) compares: Vec<ComparePhrase>,
}

/// One place that a part takes.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) id: String,
    pub(crate) word: String,
    pub(crate) words: Vec<String>,
    /// Categories under which shops list such parts.
    pub(crate) listed: Vec<String>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) needs: Vec<Need>,
    pub(crate) leave_out: LeaveOut,
}

/// Whether an assembly may do without a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeaveOut {
    Never,
    Always,
    /// When this is a yes: a processor that comes with its cooler.
    When(At),
}

/// Something that a part states.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) id: String,
    pub(crate) word: String,
    pub(crate) kind: Kind,
    pub(crate) unit: Option<String>,
    /// Names under which sources state it; the first that is there counts.
    pub(crate) from: Vec<String>,
    /// A zero says nothing: a card of no length.
    pub(crate) is_positive: bool,
}

/// An attribute of a slot, by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct At {
    pub(crate) slot: usize,
    pub(crate) attribute: usize,
}

/// What every part of a slot must state to be one at all.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    pub(crate) test: NeedTest,
    pub(crate) because: String,
}

#[derive(Debug, Clone)]
pub(crate) enum NeedTest {
    /// One of these words.
    Is {
        attribute: usize,
        words: Vec<String>,
    },
    /// A yes, or a no.
    YesNo { attribute: usize, is: bool },
    /// A title without these words.
    TitleLacks { words: Vec<String> },
}

/// What must hold between two parts.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    pub(crate) id: String,
    pub(crate) word: String,
    pub(crate) between: (usize, usize),
    pub(crate) tests: Vec<Test>,
    /// A yes here means that nothing is asked of the two.
    pub(crate) unless: Option<At>,
}

/// One comparison of a relation.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    pub(crate) left: At,
    pub(crate) is: Compare,
    /// When it holds and when not, in words; `{left}` and `{right}` are what is stated.
    pub(crate) yes: String,
    pub(crate) no: String,
}

#[derive(Debug, Clone)]
pub(crate) enum Compare {
    /// The same word or number.
    Equal(At),
    /// The word is in the list; a word of `also` is as good as the other when the list has that.
    OneOf {
        right: At,
        also: Vec<(String, String)>,
    },
    /// The number is at most the other.
    AtMost(At),
    /// One of these words.
    Constant(Vec<String>),
}

/// What several parts together may come to.
#[derive(Debug, Clone)]
pub(crate) struct Sum {
    pub(crate) id: String,
    pub(crate) word: String,
    pub(crate) terms: Vec<At>,
    /// What is added to the terms, in thousandths.
    pub(crate) plus: i64,
    pub(crate) at_most: At,
    pub(crate) unit: Option<String>,
    pub(crate) no: String,
}

/// What "best" means.
#[derive(Debug, Clone)]
pub(crate) struct Goal {
    pub(crate) id: String,
    pub(crate) word: String,
    pub(crate) parts: Vec<GoalPart>,
}

#[derive(Debug, Clone)]
pub(crate) struct GoalPart {
    pub(crate) of: At,
    pub(crate) weight: i64,
    /// More than this many thousandths counts no more.
    pub(crate) up_to: i64,
}

/// What it is for: lower bounds and a goal behind a word such as "video editing".
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) word: String,
    pub(crate) words: Vec<String>,
    pub(crate) wants: Vec<Want>,
    pub(crate) goal: Option<usize>,
}

/// Words of a person that are wishes: "a small case".
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    pub(crate) words: Vec<String>,
    pub(crate) wants: Vec<Want>,
}

/// Words of a person that move a number: "quieter".
#[derive(Debug, Clone)]
pub(crate) struct ComparePhrase {
    pub(crate) words: Vec<String>,
    pub(crate) of: At,
    pub(crate) to: Than,
}

/// A wish as data: `cpu.cores`, at least, `12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    /// Slot and attribute as `slot.attribute`; a slot alone for its part; empty for the whole assembly.
    pub of: String,
    /// How it is compared.
    pub is: Op,
    /// With what: a number with or without unit, words separated by commas, `yes` or `no`.
    pub value: String,
}

/// How a wish compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// A number is at least this.
    AtLeast,
    /// A number is at most this.
    AtMost,
    /// It is one of these words, or yes or no.
    Is,
    /// It is none of these words.
    Not,
    /// The maker is one of these.
    Brand,
    /// The maker is none of these.
    NotBrand,
    /// Exactly this part, by its id.
    Part,
    /// There is such a part (`yes`), or none (`no`).
    With,
}

impl Compare {
    /// The other side, when it is one.
    pub(crate) fn right(&self) -> Option<At> {
        match self {
            Self::Equal(right) | Self::OneOf { right, .. } | Self::AtMost(right) => Some(*right),
            Self::Constant(_) => None,
        }
    }
}

impl Domain {
    /// Name of the domain: `pc`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it makes, in a word: `computer`.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// All words for what it makes, the first one included.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.word.as_str()).chain(self.words.iter().map(String::as_str))
    }

    /// Names of the slots in their order.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|slot| slot.id.as_str())
    }

    /// What a goal is, in words: `most cores and memory`.
    pub fn goal(&self, id: &str) -> Option<&str> {
        let goal = self.goals.iter().find(|goal| goal.id == id)?;
        Some(&goal.word)
    }

    /// A slot in a word: `power supply`.
    pub fn slot_named(&self, id: &str) -> Option<&str> {
        Some(self.slot_word(self.slot(id)?))
    }

    /// Categories under which shops list the parts of a slot.
    pub fn listed(&self, id: &str) -> &[String] {
        let slot = self.slot(id).and_then(|slot| self.slots.get(slot));
        slot.map(|slot| slot.listed.as_slice()).unwrap_or_default()
    }

    pub(crate) fn slot(&self, id: &str) -> Option<usize> {
        self.slots.iter().position(|slot| slot.id == id)
    }

    pub(crate) fn attribute(&self, at: At) -> Option<&Attribute> {
        self.slots.get(at.slot)?.attributes.get(at.attribute)
    }

    /// `slot.attribute` by name.
    pub(crate) fn at(&self, name: &str) -> Option<At> {
        let (slot, attribute) = name.split_once('.')?;
        let slot = self.slot(slot)?;
        let all = &self.slots.get(slot)?.attributes;
        let attribute = all.iter().position(|a| a.id == attribute)?;
        Some(At { slot, attribute })
    }

    /// All attributes as `slot.attribute`.
    pub(crate) fn names(&self) -> Vec<String> {
        let slots = self.slots.iter();
        slots
            .flat_map(|s| s.attributes.iter().map(|a| format!("{}.{}", s.id, a.id)))
            .collect()
    }

    pub(crate) fn slot_word(&self, slot: usize) -> &str {
        self.slots.get(slot).map_or("", |slot| slot.word.as_str())
    }
}
