//! Comparing what was found, and searching again with the last wish changed.

use errand_model::{CartItem, OpenKind};
use errand_types::{CompareArgs, Money, Need, OfferRef, RuleArgs, RuleKind, Sort, Text, ToolCall};

use super::heap::overlay;
use super::{Desk, Outcome};
use crate::act::Verb;
use crate::clause::{Clause, Hit};
use crate::draft::Aim;
use crate::need::{Wishing, wishes};
use crate::pattern::{Capture, SlotKind};
use crate::text::{stem, words_of};

impl Desk<'_, '_> {
    pub(super) fn cheaper(&self) -> Outcome {
        let focus = self
            .scene
            .focus
            .as_ref()
            .and_then(|f| self.scene.shown.iter().find(|s| s.offer == *f));
        let price = focus.map(|s| s.price).or_else(|| {
            self.scene
                .shown
                .iter()
                .map(|s| s.price)
                .min_by_key(|p| p.minor())
        });
        let asks = self.taken_of_shown().is_some();
        self.search_again(|need| {
            // What is too expensive is given up, and which one takes its place is for the person to say.
            if asks {
                need.compare = need.compare.or(Some(super::COMPARED));
            }
            need.sort = Some(Sort::Cheapest);
            if let Some(price) = price.filter(|p| p.minor() > 1) {
                need.price_max = Some(Money::new(price.minor() - 1, price.currency()));
            }
        })
    }

    pub(super) fn search_again(&self, change: impl FnOnce(&mut Need)) -> Outcome {
        let Some(mut need) = self.need.clone() else {
            return Outcome::Ask(self.ask("ask_what", &[], "ask_what_chips"));
        };
        change(&mut need);
        // "Decaf please", while the first one found is about to be paid: that one was not chosen, and another is bought.
        if let Some(taken) = self.taken_of_shown() {
            if taken.quantity > 1 {
                need.quantity = need.quantity.or(Some(taken.quantity));
            }
            let wish = Wishing {
                need,
                ..Wishing::default()
            };
            return Outcome::Instead(taken.offer.clone(), Box::new(wish));
        }
        let compare = CompareArgs {
            offers: Vec::new(),
            count: need.compare,
            by: Vec::new(),
        };
        Outcome::Calls(vec![ToolCall::Search(need), ToolCall::Compare(compare)])
    }

    /// What was taken of the things last shown and is about to be paid.
    pub(super) fn taken_of_shown(&self) -> Option<&CartItem> {
        let is_shown = |offer: &OfferRef| self.scene.shown.iter().any(|s| s.offer == *offer);
        self.scene
            .cart
            .iter()
            .find(|item| is_shown(&item.offer))
            .filter(|_| self.is_paying())
    }

    pub(super) fn is_paying(&self) -> bool {
        self.scene
            .open
            .as_ref()
            .is_some_and(|open| matches!(open.kind, OpenKind::Consent | OpenKind::Approval))
    }

    pub(super) fn refine(&self, hit: &Hit, clause: &Clause) -> Outcome {
        let Some(item) = hit.slot(SlotKind::Item).or(hit.slot(SlotKind::Label)) else {
            return Outcome::Lost;
        };
        // "I take size 9": the word before belongs to what is read.
        let item = match item.from.checked_sub(1) {
            Some(before) if self.scan.class("sized", before, item.to).is_some() => Capture {
                from: before,
                ..item
            },
            _ => item,
        };
        // The negator belongs to the words that are read.
        let from = if hit.verb == Verb::RefineNot {
            clause.from
        } else {
            item.from
        };
        let from =
            if hit.verb == Verb::RefineNot && self.scan.class("negator", from, item.to).is_none() {
                item.from
            } else {
                from
            };
        if hit.verb == Verb::Refine
            && let Some(outcome) = self
                .options(item.from, item.to)
                .or_else(|| self.meant_options(item.from, item.to))
        {
            return outcome;
        }
        if hit.verb == Verb::RefineNot
            && let Some(outcome) = self.meant_options(clause.from, clause.to)
        {
            return outcome;
        }
        let mut found = wishes(self.scan, from, item.to, &self.zone);
        if hit.verb == Verb::Refine && self.goes_on(clause) && self.is_other_thing(&found) {
            return self.one_more(found);
        }
        if found.len() > 1 || found.is_empty() {
            return Outcome::Wishes {
                wishes: found,
                aim: None,
            };
        }
        let mut wish = found.swap_remove(0);
        if let Some(question) = self.trouble(&wish) {
            return Outcome::Ask(question);
        }
        if hit.verb == Verb::Refine
            && !wish.need.must.is_empty()
            && wish.need.price_max.is_none()
            && let Some(outcome) = self.no_such_value(item.from, item.to)
        {
            return outcome;
        }
        // "Only whole bean" is one description and no "whole" of a "bean".
        let plain = Need {
            what: wish.need.what.clone(),
            must: wish.need.must.clone(),
            ..Need::default()
        };
        if hit.verb == Verb::Refine
            && wish.need == plain
            && !wish.need.what.is_blank()
            && !wish.need.must.is_empty()
        {
            let words = self.bare(item).to_lowercase();
            if words.split(' ').count() <= 3 {
                wish.need.must.clear();
                wish.need.what = Text::clip(&words);
            }
        }
        let is_not = hit.verb == Verb::RefineNot
            && wish.need.must_not.is_empty()
            && wish.need.avoid.is_empty()
            && wish.need.brands_not.is_empty();
        let meant = if is_not {
            // "Just not decaf".
            wish.need.must_not = std::mem::take(&mut wish.need.must);
            Meant::Not
        } else if hit.verb == Verb::Refine && self.is_anew(clause) {
            Meant::Anew
        } else {
            Meant::More
        };
        self.search_again(|need| self.apply(need, wish, meant))
    }

    /// "And toothpaste": something else beside what was wanted before, for the same end.
    pub(super) fn one_more(&self, wishes: Vec<Wishing>) -> Outcome {
        let aim = match (self.is_paying(), self.scene.cart.is_empty()) {
            (true, _) => Aim::Buy,
            (false, false) => Aim::Cart,
            (false, true) => Aim::Show,
        };
        Outcome::Wishes {
            wishes,
            aim: Some(aim),
        }
    }

    /// Whether a clause says that something comes beside what was said before: "and", "also", "another".
    pub(super) fn goes_on(&self, clause: &Clause) -> bool {
        (clause.from..clause.to.min(clause.from + 3))
            .any(|at| self.scan.class("beside", at, clause.to).is_some())
    }

    /// Whether every wish names goods that were not wanted before.
    pub(super) fn is_other_thing(&self, found: &[Wishing]) -> bool {
        let before = self.need.as_ref().map(|need| need.what.as_str());
        let before = words_of(before.unwrap_or_default(), 12);
        !found.is_empty()
            && found.iter().all(|wish| {
                let own = words_of(wish.need.what.as_str(), 12);
                own.last().is_some_and(|head| {
                    let is_goods =
                        self.scan.vocab.is_head(head) || self.scan.lang.goods.contains(stem(head));
                    is_goods && !before.iter().any(|word| stem(word) == stem(head))
                })
            })
    }

    pub(super) fn describe(&self, wish: Wishing, from: usize, to: usize) -> Outcome {
        if let Some(question) = self.trouble(&wish) {
            return Outcome::Ask(question);
        }
        if self.need.is_some() {
            return self.search_again(|need| self.apply(need, wish, Meant::More));
        }
        let only_avoids = !wish.need.avoid.is_empty()
            && Need {
                avoid: Vec::new(),
                ..wish.need.clone()
            } == Need::default();
        if only_avoids {
            let said = self.scan.heard.said(from, to);
            let rule = |label: &Text<80>| {
                ToolCall::RuleAdd(RuleArgs {
                    kind: RuleKind::Avoid,
                    label: label.clone(),
                    category: None,
                    strict: false,
                    said: Text::clip(said),
                })
            };
            return Outcome::Calls(wish.need.avoid.iter().map(rule).collect());
        }
        Outcome::Ask(self.ask_what(&wish))
    }
}

/// How a refinement is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// As said: more about the thing.
    More,
    /// It must not be so.
    Not,
    /// In place of what was said before: "instead", "rather", "I meant".
    Anew,
}

impl Desk<'_, '_> {
    /// Whether a clause says that it stands in place of something.
    pub(super) fn is_anew(&self, clause: &Clause) -> bool {
        let Some(class) = self.scan.lang.class("facet.anew") else {
            return false;
        };
        // "Instead" at the end is outside of the clause, like other words that tell nothing of the thing.
        // What stands further behind is said of something else.
        let to = (clause.to + 2).min(self.scan.heard.tokens.len());
        (clause.from.saturating_sub(2)..to)
            .any(|at| class.at(at, to, |i| self.scan.heard.word(i)).is_some())
    }

    /// Lays a refinement over the last wish.
    pub(super) fn apply(&self, need: &mut Need, mut wish: Wishing, meant: Meant) {
        let what = std::mem::take(&mut wish.need.what);
        let own = words_of(what.as_str(), 12);
        // A thing has one colour: "white wine" after red, "in blue" after green.
        let is_colour = |word: &str| {
            let colours = self.scan.lang.class("colour");
            colours.is_some_and(|class| class.at(0, 1, |_| word).is_some())
        };
        // A side is of one kind: an oak top takes the place of the walnut top.
        let side = |words: &str| -> Option<String> {
            let last = words_of(words, 6).pop()?;
            let parts = self.scan.lang.class("part")?;
            parts.at(0, 1, |_| last.as_str())?;
            Some(stem(&last).to_owned())
        };
        let sides: Vec<String> = wish
            .need
            .must
            .iter()
            .filter_map(|word| side(word.as_str()))
            .collect();
        need.must
            .retain(|word| side(word.as_str()).is_none_or(|old| !sides.contains(&old)));
        let said = wish.need.must.iter().map(Text::as_str);
        if meant != Meant::Not && said.chain(own.iter().map(String::as_str)).any(is_colour) {
            need.must.retain(|word| !is_colour(word.as_str()));
        }
        let before = words_of(need.what.as_str(), 12);
        let holds = |words: &[String], word: &str| words.iter().any(|w| stem(w) == stem(word));
        let head = own.last().cloned().unwrap_or_default();
        if meant == Meant::Anew
            && !head.is_empty()
            && !holds(&before, &head)
            && (self.scan.vocab.is_head(&head) || self.scan.lang.goods.contains(stem(&head)))
        {
            // Another thing. What was said of the looks and the maker of the first is not said of this one; what it may
            // cost, how many and until when still is.
            need.what = what;
            (need.must, need.must_not) = (Vec::new(), Vec::new());
            (need.brands, need.brands_not) = (Vec::new(), Vec::new());
            need.style = None;
            overlay(need, wish.need);
            return;
        }
        overlay(need, wish.need);
        if what.is_blank() {
            return;
        }
        let word: Text<60> = Text::clip(what.as_str());
        if meant == Meant::Not {
            need.must.retain(|m| *m != word);
            need.must_not.push(word);
            return;
        }
        // "I meant espresso beans" names the thing anew when it ends like it, and so does "oat milk" after milk; anything
        // else describes it.
        let is_same_kind = before.last().is_some_and(|last| stem(last) == stem(&head));
        let is_closer = before.iter().all(|word| holds(&own, word));
        // "Whole bean" tells of beans, and is no thing of its own.
        let only_describes = own.iter().filter(|w| **w != head).all(|word| {
            let attribute = self.scan.lang.class("attribute");
            self.scan.lang.closed.contains(word)
                || attribute.is_some_and(|class| class.at(0, 1, |_| word).is_some())
        });
        if is_same_kind && ((meant == Meant::Anew && !only_describes) || is_closer) {
            need.what = what;
        } else if is_same_kind {
            for word in own.iter().filter(|w| !before.contains(w)) {
                need.must.push(Text::clip(word));
            }
        } else if !need.must.contains(&word) && need.must.len() < 16 {
            need.must.push(word);
        }
    }
}
