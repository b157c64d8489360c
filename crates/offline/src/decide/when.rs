//! When something shall come.

use errand_model::Question;
use errand_types::{Text, Wish};

use super::{Desk, Outcome};
use crate::clause::{Clause, Hit};
use crate::pattern::{Capture, SlotKind};
use crate::time::Past;

impl Desk<'_, '_> {
    pub(super) fn resolve(&self, capture: Capture) -> Result<Wish, Question> {
        let lost = || self.ask("ask_when", &[], "");
        let (said_from, end, when) = self
            .scan
            .times
            .get(capture.from)
            .copied()
            .flatten()
            .ok_or_else(lost)?;
        self.resolved(when, self.scan.heard.said(said_from, end))
    }

    pub(super) fn resolved(&self, when: crate::time::When, said: &str) -> Result<Wish, Question> {
        when.resolve(said, self.scene.now, &self.zone)
            .map_err(|past| match past {
                Past::Over => self.ask("ask_past", &[("said", said)], ""),
                Past::NoSuchDay => self.ask("ask_no_day", &[("said", said)], ""),
            })
    }

    pub(super) fn deliver(&self, hit: &Hit) -> Outcome {
        let Some(time) = hit.last_slot(SlotKind::Time) else {
            return Outcome::Lost;
        };
        // "Tomorrow evening after six": the day of the one and the hours of the other.
        let first = hit
            .slot(SlotKind::Time)
            .filter(|first| first.to == time.from);
        if let Some(first) = first
            && let Some(whole) = self.joined_time(first, time)
        {
            return match whole {
                Ok(wish) => Outcome::Deliver(wish),
                Err(question) => Outcome::Ask(question),
            };
        }
        match self.resolve(time) {
            Ok(wish) => Outcome::Deliver(wish),
            Err(question) => Outcome::Ask(question),
        }
    }

    pub(super) fn joined_time(
        &self,
        first: Capture,
        last: Capture,
    ) -> Option<Result<Wish, Question>> {
        let of = |at: usize| self.scan.times.get(at).copied().flatten();
        let (said_from, _, day) = of(first.from)?;
        let (_, end, hours) = of(last.from)?;
        if hours.day.is_some() || day.day.is_none() || hours.hours.is_none() {
            return None;
        }
        let whole = crate::time::When {
            hours: hours.hours,
            hours_bound: hours.hours_bound,
            ..day
        };
        Some(self.resolved(whole, self.scan.heard.said(said_from, end)))
    }

    /// The first moment there is, within two weeks.
    pub(super) fn deliver_soon(&self, clause: &Clause) -> Outcome {
        let hours = jiff::Span::new().hours(14 * 24);
        self.scene
            .now
            .checked_add(hours)
            .map_or(Outcome::Lost, |latest| {
                Outcome::Deliver(Wish {
                    earliest: None,
                    latest,
                    said: Text::clip(self.said(clause)),
                })
            })
    }
}
