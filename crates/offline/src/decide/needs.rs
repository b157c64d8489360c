//! What things are for: a dish as its ingredients, "something for a headache" as what shops call it.

use errand_types::Text;

use super::{Desk, Outcome};
use crate::clause::Hit;
use crate::draft::Aim;
use crate::need::{WISHES_MAX, Wishing};
use crate::pattern::{Capture, SlotKind};
use crate::text::words_of;

impl Desk<'_, '_> {
    /// Everything for a dish; a dish that is not known is searched for by its name.
    pub(super) fn recipe(&self, hit: &Hit) -> Outcome {
        let scan = self.scan;
        let recipes = &scan.lang.recipes;
        let is_text = |c: &&Capture| c.kind == SlotKind::Text;
        let Some(last) = hit.captures.iter().rfind(is_text) else {
            return Outcome::Lost;
        };
        // "The kids want pancakes tomorrow": the dish stands somewhere in what was said.
        let dishes = hit.captures.iter().filter(is_text).flat_map(|c| {
            let ends = move |from: usize| (from + 1..=c.to).map(move |to| (from, to));
            (c.from..c.to).flat_map(ends)
        });
        let words = |from: usize, to: usize| -> String {
            let words: Vec<&str> = (from..to).map(|at| scan.heard.word(at)).collect();
            words.join(" ")
        };
        let found = dishes
            .filter_map(|(from, to)| recipes.get(&words(from, to)).map(|list| (to - from, list)))
            .max_by_key(|(words, _)| *words);
        let wish = |what: &str| {
            let mut wish = Wishing::default();
            wish.need.what = Text::clip(what);
            wish
        };
        let Some((_, list)) = found else {
            let name = words(last.from, last.to);
            let question = self.ask("ask_recipe", &[("dish", &name)], "");
            return Outcome::Ask(question);
        };
        Outcome::Wishes {
            wishes: list
                .iter()
                .take(WISHES_MAX)
                .map(|what| wish(what))
                .collect(),
            aim: Some(Aim::Buy),
        }
    }

    /// "A birthday present for my niece", "something for my dad": what shops call things to give.
    pub(super) fn name_gifts(&self, wishes: &mut [Wishing], from: usize, to: usize) {
        let scan = self.scan;
        let says = |class: &str| (from..to).any(|at| scan.class(class, at, to).is_some());
        let is_of = |class: &str, word: &str| {
            let class = scan.lang.class(class);
            class.is_some_and(|class| class.at(0, 1, |_| word).is_some())
        };
        let is_other = |word: &str| !is_of("self", word) && is_of("person", word);
        let is_for_somebody = (from..to).any(|at| {
            scan.class("intended", at, to)
                .is_some_and(|end| (end..to.min(end + 3)).any(|i| is_other(scan.heard.word(i))))
        });
        let gifts = &scan.lang.gifts;
        let key = if says("small") {
            &gifts.small
        } else {
            &gifts.anybody
        };
        for wish in wishes {
            let what = words_of(wish.need.what.as_str(), 12);
            // A gift card is a card.
            let head = what.iter().take_while(|w| !is_of("intended", w)).last();
            let is_gift = head.is_some_and(|w| is_of("gift", w));
            let is_blank = what.is_empty() && is_for_somebody;
            if is_gift || is_blank {
                wish.need.what = Text::clip(key);
                wish.need.must.retain(|must| {
                    let words = words_of(must.as_str(), 4);
                    words.iter().all(|w| is_of("attribute", w))
                });
            }
        }
    }

    /// Gives a wish that only says what it is for the name that shops have for that.
    pub(super) fn name_needs(&self, wishes: &mut [Wishing], from: usize, to: usize) {
        let scan = self.scan;
        let mut at = from;
        while at + 1 < to {
            let lead = scan
                .class("whatever", at, to)
                .and_then(|next| scan.class("meant_for", next, to));
            let found = lead.and_then(|start| {
                let behind = scan.class("determiner", start, to).unwrap_or(start);
                let of = |i: usize| scan.lang.needs.at(i, to, |k| scan.heard.word(k));
                of(start).or_else(|| of(behind))
            });
            let Some((end, names)) = found else {
                at += 1;
                continue;
            };
            let said = scan.heard.said(lead.unwrap_or(at), end).to_lowercase();
            let last = said.rsplit(' ').next().unwrap_or_default();
            let owner = wishes.iter_mut().find(|w| {
                let what = w.need.what.as_str();
                what.contains(last)
                    || w.need.must.iter().any(|m| m.as_str().contains(last))
                    || what.is_empty()
            });
            if let (Some(wish), Some(name)) = (owner, names.first()) {
                wish.need.what = Text::clip(name);
                wish.need.must.clear();
            }
            at = end;
        }
    }
}
