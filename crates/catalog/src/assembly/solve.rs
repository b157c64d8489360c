//! The best whole that meets all wishes, or why there is none.

use errand_types::Money;

use super::conflict::{Clash, clash};
use super::net::{Class, Deciding, Net, Objective, shortlist};
use super::search::{Ask, Outcome, Steps, search};
use super::stock::{Able, PartRef, Stock};
use super::wish::{Wish, WishSet};

/// Wishes of one question that are read.
pub const WISHES_MAX: usize = 24;
/// Work for one question with all its side questions.
const STEPS_MAX: u64 = 8_000_000;

/// What "best" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Best<'b> {
    /// The lowest price.
    Cheapest,
    /// The most of a goal of the domain, by its name, then the lowest price.
    Goal(&'b str),
}

/// Parts that fit together and meet all wishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// One part for each slot that is not left empty, in the order of the slots.
    pub parts: Vec<PartRef>,
    /// What they cost together.
    pub price: Money,
    /// Nothing better exists. `false` only when there was more than could be looked at.
    pub exact: bool,
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoBuild {
    /// The wishes cannot hold together, or nothing fits at all.
    #[error(transparent)]
    Clash(Clash),
    /// More than could be looked at, and nothing was found.
    #[error("there are more combinations than can be checked")]
    TooMuch,
    /// More wishes than [`WISHES_MAX`].
    #[error("{0} wishes are more than {WISHES_MAX}")]
    TooManyWishes(usize),
    /// A goal that the domain does not have.
    #[error("there is no goal `{0}`")]
    UnknownGoal(String),
}

/// All that is looked at for one question.
pub(crate) struct Question<'q, 'd> {
    pub(crate) stock: &'q Stock<'d>,
    pub(crate) wishes: &'q [Wish],
    deciding: Deciding,
    /// All parts of each slot that can be in a whole.
    able: Vec<Vec<Able>>,
    /// Those of them that can be in the cheapest one.
    short: Option<Vec<Vec<Able>>>,
    empty: Vec<Option<WishSet>>,
    pub(crate) steps: Steps,
}

impl<'q, 'd> Question<'q, 'd> {
    pub(crate) fn new(stock: &'q Stock<'d>, wishes: &'q [Wish]) -> Result<Self, NoBuild> {
        if wishes.len() > WISHES_MAX {
            return Err(NoBuild::TooManyWishes(wishes.len()));
        }
        Ok(Self {
            stock,
            wishes,
            deciding: Deciding::of(stock.domain, &stock.relations),
            able: stock.able(wishes),
            short: None,
            empty: stock.may_be_empty(wishes),
            steps: Steps(STEPS_MAX),
        })
    }

    /// Why all wishes together cannot be had.
    pub(crate) fn clash(&mut self) -> NoBuild {
        NoBuild::Clash(clash(self))
    }

    /// All wishes.
    pub(crate) fn all(&self) -> WishSet {
        WishSet::first(self.wishes.len())
    }

    /// Many questions about the lowest price follow: what can never be in an answer is put aside once.
    pub(crate) fn prepare(&mut self) {
        let slots = self.able.iter().enumerate();
        let short = slots.map(|(slot, able)| shortlist(self.stock, &self.deciding, slot, able));
        self.short = Some(short.collect());
    }

    /// The question with only the wishes of `keep`; a price limit among them does not count here.
    pub(crate) fn net(&mut self, keep: WishSet, objective: Objective<'_>) -> Net {
        let able = match (&self.short, objective) {
            (Some(short), Objective::Cheapest) => short,
            _ => &self.able,
        };
        let candidates: Vec<Vec<Able>> = able
            .iter()
            .map(|slot| {
                let allowed = slot.iter().filter(|able| able.wishes.contains(keep));
                allowed.copied().collect()
            })
            .collect();
        let empty: Vec<bool> = self
            .empty
            .iter()
            .map(|wishes| wishes.is_some_and(|wishes| wishes.contains(keep)))
            .collect();
        let net = Net::new(self.stock, &self.deciding, &candidates, &empty, objective);
        let looked = able
            .iter()
            .map(Vec::len)
            .fold(net.cells(), usize::saturating_add);
        let looked = u64::try_from(looked).unwrap_or(u64::MAX);
        self.steps.0 = self.steps.0.saturating_sub(looked);
        net
    }

    /// The lowest price limit among the kept wishes, in minor units. A limit in another currency lets nothing pass.
    fn price_max(&self, keep: WishSet) -> Option<i64> {
        let wishes = self.wishes.iter().enumerate();
        let kept = wishes.filter(|(at, _)| keep.has(*at));
        let limits = kept.filter_map(|(_, wish)| wish.limit());
        let minor = limits.map(|limit| match self.stock.money(0) {
            Some(zero) if zero.currency() != limit.currency() => -1,
            _ => limit.minor(),
        });
        minor.min()
    }

    /// Whether the kept wishes can hold together. `None`: that is more than can be looked at.
    pub(crate) fn holds(&mut self, keep: WishSet) -> Option<bool> {
        if self.steps.0 == 0 {
            return None;
        }
        let net = self.net(keep, Objective::Cheapest);
        let ask = Ask {
            price_max: self.price_max(keep),
            any: true,
        };
        match search(&net, ask, &mut self.steps) {
            Outcome::Found { .. } => Some(true),
            Outcome::None => Some(false),
            Outcome::GaveUp => None,
        }
    }

    pub(crate) fn best(
        &mut self,
        keep: WishSet,
        objective: Objective<'_>,
    ) -> Result<Build, Outcome> {
        if self.steps.0 == 0 {
            return Err(Outcome::GaveUp);
        }
        let net = self.net(keep, objective);
        let ask = Ask {
            price_max: self.price_max(keep),
            any: false,
        };
        match search(&net, ask, &mut self.steps) {
            Outcome::Found { classes, exact, .. } => {
                self.build(&net, &classes, exact).ok_or(Outcome::GaveUp)
            }
            none => Err(none),
        }
    }

    fn build(&self, net: &Net, classes: &[usize], exact: bool) -> Option<Build> {
        let chosen: Vec<(usize, Class)> = net
            .slots
            .iter()
            .zip(classes)
            .enumerate()
            .filter_map(|(slot, (all, at))| Some((slot, *all.get(*at)?)))
            .collect();
        let minor = chosen.iter().map(|(_, class)| class.cost.1);
        let price = self.stock.money(minor.fold(0, i64::saturating_add))?;
        let parts = chosen.iter().filter_map(|(slot, class)| {
            let part = class.part?;
            Some(PartRef { slot: *slot, part })
        });
        Some(Build {
            parts: parts.collect(),
            price,
            exact,
        })
    }
}

impl Stock<'_> {
    /// The best whole that meets all wishes.
    ///
    /// What is not stated counts as not fitting. The work is bounded: where everything cannot be looked at, the best
    /// that was found comes marked as such.
    ///
    /// # Errors
    /// [`NoBuild`]: a smallest set of wishes that cannot hold together, with each way out; or too much was asked.
    pub fn build(&self, wishes: &[Wish], best: Best<'_>) -> Result<Build, NoBuild> {
        let objective = match best {
            Best::Cheapest => Objective::Cheapest,
            Best::Goal(name) => {
                let goal = self.domain.goals.iter().find(|goal| goal.id == name);
                Objective::Goal(goal.ok_or_else(|| NoBuild::UnknownGoal(name.to_owned()))?)
            }
        };
        let mut question = Question::new(self, wishes)?;
        let all = question.all();
        match question.best(all, objective) {
            Ok(build) => Ok(build),
            Err(Outcome::None) => Err(question.clash()),
            Err(Outcome::GaveUp | Outcome::Found { .. }) => Err(NoBuild::TooMuch),
        }
    }
}
