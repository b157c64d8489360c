//! Things by their names: wishes behind a verb, and words that no pattern reads.

use errand_types::{Need, Text};

use super::heap::Heap;
use super::search::Meant;
use super::{Desk, Outcome};
use crate::act::Note;
use crate::clause::{Clause, Hit, polite_edges};
use crate::draft::Aim;
use crate::need::{Wishing, side_of, wishes};
use crate::pattern::SlotKind;
use crate::text::{Kind, stem};

impl Desk<'_, '_> {
    pub(super) fn wish(&self, hit: &Hit, aim: Option<Aim>, heap: &Heap) -> Outcome {
        let Some(item) = hit.slot(SlotKind::Item) else {
            return Outcome::Lost;
        };
        // "I'd like the oak top", while options are being chosen, chooses one.
        if let Some(outcome) = self.only_options(item.from, item.to) {
            return outcome;
        }
        // "A computer with 32 GB, he'd like a white case": the second is said of the first.
        if let Some(last) = heap.wishes.last()
            && let Some(side) = side_of(self.scan, item.from, item.to, last.need.what.as_str())
        {
            let mut wish = Wishing::default();
            wish.need.must.push(Text::clip(&side));
            return Outcome::Wishes {
                wishes: vec![wish],
                aim,
            };
        }
        if let Some(outcome) = self.side_at_hand(item.from, item.to) {
            return outcome;
        }
        // "Could I have a glass top?", of the desks that were found.
        if heap.wishes.is_empty()
            && let Some(need) = &self.need
            && let Some(side) = side_of(self.scan, item.from, item.to, need.what.as_str())
        {
            let mut wish = Wishing::default();
            wish.need.must.push(Text::clip(&side));
            return self.search_again(|need| self.apply(need, wish, Meant::More));
        }
        let mut found = wishes(self.scan, item.from, item.to, &self.zone);
        self.name_needs(&mut found, item.from, item.to);
        self.name_gifts(&mut found, item.from, item.to);
        // "The difference between the oat drink and the oat drink barista": one search finds both.
        if hit.note == Some(Note::Pair) {
            let names = |wish: &Wishing| crate::text::words_of(wish.need.what.as_str(), 12);
            if let [one, other] = found.as_slice() {
                let (one, other) = (names(one), names(other));
                let kept = if one.iter().all(|w| other.contains(w)) {
                    Some(0)
                } else if other.iter().all(|w| one.contains(w)) {
                    Some(1)
                } else {
                    None
                };
                if let Some(kept) = kept {
                    found = vec![found.swap_remove(kept)];
                }
            }
        }
        // "Do you have anything from Pantry Lane?" says nothing new but the shop.
        let describes = found.len() == 1
            && self.need.is_some()
            && found
                .iter()
                .all(|w| w.need.what.is_blank() && w.need != Need::default());
        if describes && let Some(wish) = found.pop() {
            return self.describe(wish, item.from, item.to);
        }
        Outcome::Wishes { wishes: found, aim }
    }

    pub(super) fn quantity_of_wish(&self, hit: &Hit) -> Outcome {
        let Some(num) = hit.slot(SlotKind::Num) else {
            return Outcome::Lost;
        };
        Outcome::Wishes {
            wishes: wishes(self.scan, num.from, num.to, &self.zone),
            aim: None,
        }
    }

    /// Words that no pattern reads: a thing by its name, or something that describes what was meant before.
    pub(super) fn free(&self, clause: &Clause, heap: &Heap) -> Outcome {
        let (from, to) = polite_edges(self.scan, clause.from, clause.to);
        let meant = || {
            self.options(from, to)
                .or_else(|| self.meant_options(from, to))
        };
        if let Some(outcome) = meant() {
            return outcome;
        }
        let mut found = wishes(self.scan, from, to, &self.zone);
        self.name_needs(&mut found, from, to);
        self.name_gifts(&mut found, from, to);
        // "White", while a desk is being configured that has no white.
        let only_must = found.iter().all(|w| {
            !w.need.must.is_empty()
                && (w.need.what.is_blank() || self.is_option_name(w.need.what.as_str()))
                && Need {
                    what: w.need.what.clone(),
                    must: w.need.must.clone(),
                    ..Need::default()
                } == w.need
        });
        if only_must
            && heap.wishes.is_empty()
            && let Some(outcome) = self.no_such_value(from, to)
        {
            return outcome;
        }
        let names_none = found.iter().all(|w| w.need.what.is_blank());
        let says_something = found
            .iter()
            .any(|w| w.need != Need::default() || w.trouble.is_some());
        if names_none && says_something {
            if !heap.wishes.is_empty() {
                return Outcome::Wishes {
                    wishes: found,
                    aim: None,
                };
            }
            if let Some(wish) = found.into_iter().next() {
                return self.describe(wish, from, to);
            }
            return Outcome::Lost;
        }
        if self.lets_go
            && let [wish] = found.as_slice()
            && self.need.is_some()
            && !self.is_other_thing(&found)
        {
            let wish = wish.clone();
            return self.search_again(|need| self.apply(need, wish, Meant::More));
        }
        if self.is_name(from, to, &found) {
            if heap.wishes.is_empty() && self.goes_on(clause) {
                return self.one_more(found);
            }
            Outcome::Wishes {
                wishes: found,
                aim: None,
            }
        } else {
            Outcome::Lost
        }
    }

    /// Whether free words may be the name of a thing rather than a sentence that was not understood.
    pub(super) fn is_name(&self, from: usize, to: usize, found: &[Wishing]) -> bool {
        let scan = self.scan;
        // "a desk that is wide" describes a desk.
        let relates = |at: usize| {
            at > from
                && scan.class("relates", at, to).is_some()
                && scan.class("relative", at - 1, to) == Some(at)
        };
        // "One can of sweetcorn" can nothing.
        let counts = |at: usize| {
            at > from
                && scan.class("container", at, to).is_some()
                && scan.nums.get(at - 1).is_some_and(Option::is_some)
        };
        let is_sentence = (from..to)
            .any(|at| scan.class("clause", at, to).is_some() && !relates(at) && !counts(at))
            || scan.class("question", from, to).is_some();
        if is_sentence
            || found
                .iter()
                .any(|w| w.need.what.as_str().split(' ').count() > 8)
        {
            return false;
        }
        let is_constrained = found.iter().any(|w| {
            Need {
                what: w.need.what.clone(),
                ..Need::default()
            } != w.need
        });
        let words = || {
            (from..to).filter(|at| {
                scan.heard
                    .tokens
                    .get(*at)
                    .is_some_and(|t| t.kind == Kind::Word)
            })
        };
        let known = words().any(|at| {
            scan.vocab.knows(scan.heard.word(at)) && !scan.lang.closed.contains(scan.heard.word(at))
        });
        let has_word = found.iter().any(|w| {
            w.need
                .what
                .as_str()
                .chars()
                .filter(|c| c.is_alphabetic())
                .count()
                >= 3
        });
        let is_goods = words().any(|at| scan.lang.goods.contains(stem(scan.heard.word(at))));
        // "A xylophone": an article and a noun or two name a thing, whoever sells it.
        let is_noun = scan.class("article", from, to).is_some() && words().count() <= 4;
        let has_word = has_word || is_goods;
        has_word && (known || is_goods || is_noun || is_constrained || !scan.vocab.has_kinds())
    }
}
