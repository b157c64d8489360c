//! Reads wishes out of free words: what, how many, how much, which labels, from where, until when.

mod build;
mod sides;
mod tags;

use errand_types::{Money, Need, Sort};
use jiff::tz::TimeZone;

use crate::draft::Aim;
use crate::number::{Amount, Unclear};
use crate::scan::Scan;
use crate::text::words_of;

/// Wishes of one turn at most.
pub(crate) const WISHES_MAX: usize = 12;

/// One wish as read, with what the person must still be told or asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wishing {
    pub(crate) need: Need,
    /// The counting word that was said: `bags`.
    pub(crate) unit: Option<String>,
    /// Label words as said.
    pub(crate) labels_said: Vec<String>,
    pub(crate) avoid_said: Vec<String>,
    pub(crate) trouble: Option<Trouble>,
    /// Dollars of an unknown kind, as a plain number.
    pub(crate) dollars: Option<String>,
    /// What this one is wanted for, where its own clause says so.
    pub(crate) aim: Option<Aim>,
}

/// What keeps a wish from being carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    WhichDollars,
    Past(String),
    NoSuchDay(String),
    Quantity,
}

#[derive(Debug, Clone)]
enum Found {
    Time(usize),
    Price {
        bound: PriceBound,
        amount: Amount,
        scope: Scope,
    },
    Between {
        low: Amount,
        high: Amount,
        scope: Scope,
    },
    Rating(u16),
    Sort(Sort),
    Label {
        id: String,
        said: String,
        avoid: bool,
    },
    MustNot(String),
    Shop {
        at: usize,
        not: bool,
    },
    Brand {
        name: String,
        not: bool,
    },
    Compare(u8),
    /// "Made to order".
    ToOrder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PriceBound {
    Max,
    Min,
    Around,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Piece,
    Total,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Free,
    Used,
    Join,
    /// Belongs to the thing whatever its words are: "salt and vinegar".
    Kept,
}

/// Reads the tokens `from..to` as one or more wishes.
pub(crate) fn wishes(scan: &Scan<'_>, from: usize, to: usize, zone: &TimeZone) -> Vec<Wishing> {
    let mut reader = Reader {
        scan,
        from,
        to,
        roles: vec![Role::Free; to.saturating_sub(from)],
        found: Vec::new(),
    };
    reader.tag();
    reader.build(zone)
}

/// The side of a thing that words tell of: "white case", of a computer.
pub(crate) fn side_of(scan: &Scan<'_>, from: usize, to: usize, thing: &str) -> Option<String> {
    let made_up = scan.lang.class("made_up")?;
    let has_parts = words_of(thing, 12)
        .iter()
        .any(|word| made_up.at(0, 1, |_| word).is_some());
    let mut reader = Reader {
        scan,
        from,
        to,
        roles: vec![Role::Free; to.saturating_sub(from)],
        found: Vec::new(),
    };
    reader.tag();
    let start = reader.class("article", from).unwrap_or(from);
    let end = reader.side_end(start, to)?;
    (has_parts && end == to).then(|| scan.name(start, end).to_lowercase())
}

struct Reader<'a, 'b> {
    scan: &'a Scan<'b>,
    from: usize,
    to: usize,
    roles: Vec<Role>,
    /// What was found, with the token where.
    found: Vec<(usize, Found)>,
}

/// One wish in the making: its token range and whether it names a thing.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    from: usize,
    to: usize,
}

impl Reader<'_, '_> {
    fn role(&self, at: usize) -> Role {
        at.checked_sub(self.from)
            .and_then(|i| self.roles.get(i))
            .copied()
            .unwrap_or(Role::Used)
    }

    fn mark(&mut self, from: usize, to: usize, role: Role) {
        for at in from..to {
            if let Some(slot) = at
                .checked_sub(self.from)
                .and_then(|i| self.roles.get_mut(i))
            {
                *slot = role;
            }
        }
    }

    fn class(&self, name: &str, at: usize) -> Option<usize> {
        self.scan.class(name, at, self.to)
    }

    fn is(&self, name: &str, at: usize) -> bool {
        self.class(name, at).is_some()
    }

    fn word(&self, at: usize) -> &str {
        if at < self.to {
            self.scan.heard.word(at)
        } else {
            ""
        }
    }

    fn note(&mut self, from: usize, to: usize, found: Found) {
        self.mark(from, to, Role::Used);
        self.found.push((from, found));
    }
}

fn unclear_amount(wish: &mut Wishing, unclear: Unclear, amount: &Amount) {
    if unclear == Unclear::WhichDollars {
        wish.trouble = Some(Trouble::WhichDollars);
        let (whole, part) = (amount.milli / 1000, amount.milli % 1000 / 10);
        wish.dollars = Some(if part == 0 {
            whole.to_string()
        } else {
            format!("{whole}.{part:02}")
        });
    }
}

fn set_price(need: &mut Need, bound: PriceBound, scope: Scope, money: Money) {
    match (bound, scope) {
        (PriceBound::Max, Scope::Piece) => need.price_max = Some(money),
        (PriceBound::Max | PriceBound::Around, Scope::Total) => need.total_max = Some(money),
        // There is no lowest total: a total "over" bounds nothing that anybody wants.
        (PriceBound::Min, Scope::Total) => {}
        (PriceBound::Min, Scope::Piece) => need.price_min = Some(money),
        (PriceBound::Around, Scope::Piece) => {
            // Fifteen percent either way.
            let part = |percent: i64| {
                Money::new(
                    money.minor().saturating_mul(percent) / 100,
                    money.currency(),
                )
            };
            need.price_min = Some(part(85));
            need.price_max = Some(part(115));
        }
    }
}
