//! Putting side by side, and by what.

use errand_types::{CompareArgs, OfferRef, Text, ToolCall};

use super::{Desk, Outcome};
use crate::clause::{Clause, Hit};
use crate::pattern::{Capture, SlotKind};
use crate::refer::Pool;

impl Desk<'_, '_> {
    pub(super) fn compare_args(&self, hit: &Hit) -> Outcome {
        let refs: Vec<Capture> = hit
            .captures
            .iter()
            .copied()
            .filter(|c| c.kind == SlotKind::Ref)
            .collect();
        if refs.is_empty() {
            let count = self
                .number(hit.slot(SlotKind::Num))
                .map(|n| u8::try_from(n.clamp(2, 6)).unwrap_or(6));
            return Outcome::Compare(CompareArgs {
                offers: Vec::new(),
                count,
                by: Vec::new(),
            });
        }
        let mut offers: Vec<OfferRef> = Vec::new();
        for capture in refs {
            match self.offers(self.bound(capture, Pool::Shown)) {
                Ok(found) => offers.extend(found),
                Err(outcome) => return outcome,
            }
        }
        offers.truncate(6);
        offers.dedup();
        Outcome::Compare(CompareArgs {
            offers,
            count: None,
            by: Vec::new(),
        })
    }

    pub(super) fn compare(&self, args: CompareArgs) -> Outcome {
        if self.scene.shown.is_empty() && self.need.is_none() {
            return Outcome::Ask(self.ask("ask_compare_what", &[], "ask_what_chips"));
        }
        Outcome::Calls(vec![ToolCall::Compare(args)])
    }

    pub(super) fn more(&self) -> Outcome {
        let count = u8::try_from(self.scene.shown.len().saturating_add(3).min(6)).unwrap_or(6);
        Outcome::Calls(vec![ToolCall::Compare(CompareArgs {
            offers: Vec::new(),
            count: Some(count),
            by: Vec::new(),
        })])
    }

    pub(super) fn criteria(&self, clause: &Clause) -> Vec<Text<60>> {
        let scan = self.scan;
        let own = |at: usize| scan.lang.criteria.at(at, clause.to, |i| scan.heard.word(i));
        let mut by: Vec<Text<60>> = Vec::new();
        for at in clause.from..clause.to {
            let name = match (own(at), scan.class("measured_by", at, clause.to)) {
                (Some((_, name)), _) => name.as_str(),
                // "By noise", "by their weight": what it is called is for the catalog to know.
                (None, Some(next)) => {
                    let is_told = |i: &usize| !scan.lang.closed.contains(scan.heard.word(*i));
                    match (next..clause.to).find(is_told) {
                        Some(i) if own(i).is_none() => scan.heard.word(i),
                        _ => continue,
                    }
                }
                (None, None) => continue,
            };
            let is_word = name.chars().all(char::is_alphanumeric);
            if is_word && !by.iter().any(|b| b.as_str() == name) {
                by.push(Text::clip(name));
            }
        }
        by
    }
}
