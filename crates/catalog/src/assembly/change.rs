//! One thing changed and as much as possible kept.

use super::fits::Answer;
use super::net::Objective;
use super::search::Outcome;
use super::solve::{Build, NoBuild, Question};
use super::stock::{PartRef, Stock};
use super::wish::Wish;

/// A build after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The build.
    pub build: Build,
    /// What is another part than before, in the order of the slots.
    pub changed: Vec<Changed>,
}

/// One part that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The slot in a word: `power supply`.
    pub slot: String,
    /// What was there; `None`: nothing.
    pub from: Option<PartRef>,
    /// What is there now; `None`: nothing.
    pub to: Option<PartRef>,
    /// Why, in words: the wish that it did not meet, the relation that it would break, or the price limit.
    pub because: String,
}

impl Stock<'_> {
    /// The build that meets all wishes and differs least from what is there: fewest other parts, then the lowest price.
    ///
    /// # Errors
    /// As [`Stock::build`].
    pub fn change(&self, present: &[PartRef], wishes: &[Wish]) -> Result<Change, NoBuild> {
        let slots = self.domain.slots.len();
        let mut before: Vec<Option<PartRef>> = vec![None; slots];
        for part in present {
            if let Some(place) = before.get_mut(part.slot) {
                *place = Some(*part);
            }
        }
        let mut question = Question::new(self, wishes)?;
        let all = question.all();
        let build = match question.best(all, Objective::Closest(&before)) {
            Ok(build) => build,
            Err(Outcome::None) => return Err(question.clash()),
            Err(Outcome::GaveUp | Outcome::Found { .. }) => return Err(NoBuild::TooMuch),
        };
        let changed = before.iter().enumerate().filter_map(|(slot, from)| {
            let to = build.parts.iter().find(|part| part.slot == slot).copied();
            (to != *from).then(|| Changed {
                slot: self.domain.slot_word(slot).to_owned(),
                from: *from,
                to,
                because: self.reason(slot, *from, &build, wishes),
            })
        });
        Ok(Change {
            changed: changed.collect(),
            build,
        })
    }

    /// Why what was in a slot could not stay.
    fn reason(&self, slot: usize, from: Option<PartRef>, build: &Build, wishes: &[Wish]) -> String {
        let part = from.and_then(|from| self.part(from));
        if let Some(wish) = wishes.iter().find(|wish| !self.allows(wish, slot, part)) {
            return format!("you want {}", wish.text());
        }
        if let Some(because) = from.and_then(|from| self.unmet(from)) {
            return because.to_owned();
        }
        if let Some(from) = from {
            let others = build.parts.iter().filter(|part| part.slot != slot);
            let beside: Vec<PartRef> = others.copied().chain(std::iter::once(from)).collect();
            let broken = self
                .fits(&beside)
                .into_iter()
                .find(|fit| fit.answer != Answer::Yes && !self.is_aside(&fit.relation));
            if let Some(fit) = broken {
                return fit.because;
            }
        }
        let limit = wishes.iter().find_map(Wish::limit);
        limit.map_or_else(
            || "the rest goes together only with it".to_owned(),
            |limit| format!("the whole stays within {limit}"),
        )
    }
}
