//! Which of what is shown is taken, and in whose place.

use errand_types::{BuyArgs, CartArgs, ConfigureArgs, NoArgs, OfferRef, Sort, ToolCall};

use super::{Desk, Outcome, cart_args};
use crate::act::Note;
use crate::clause::{Clause, Hit};
use crate::pattern::{Capture, SlotKind};
use crate::refer::{Bound, Pool, Refer, Way, bind};

impl Desk<'_, '_> {
    /// "Toilet paper, the cheapest": of what is only just wished for, the order in which it is looked at.
    pub(super) fn ordered_by(&self, hit: &Hit) -> Option<Sort> {
        let capture = hit.slot(SlotKind::Ref)?;
        match self.scan.refer(capture.from, capture.to)?.way {
            Way::Cheapest => Some(Sort::Cheapest),
            Way::BestRated => Some(Sort::Rating),
            Way::Soonest => Some(Sort::Soonest),
            Way::Nth
            | Way::Last
            | Way::FirstN
            | Way::LastN
            | Way::Dearest
            | Way::It
            | Way::Both
            | Way::All
            | Way::Other
            | Way::Named => None,
        }
    }

    pub(super) fn choose(&self, hit: &Hit, buys: bool, clause: &Clause) -> Outcome {
        let captures: Vec<Capture> = hit
            .captures
            .iter()
            .copied()
            .filter(|c| c.kind == SlotKind::Ref)
            .collect();
        // "not that but the second one": what comes last is meant.
        let Some(last) = captures.last().copied() else {
            // "Drei davon": what the talk is about.
            return match self.offers(self.it(Pool::Shown)) {
                Ok(offers) => self.pick(offers, self.number(hit.slot(SlotKind::Num)), buys),
                Err(outcome) => outcome,
            };
        };
        let named = if hit.note == Some(Note::Both) {
            captures.as_slice()
        } else {
            &[last]
        };
        let mut offers = Vec::new();
        for capture in named {
            match self.offers(self.bound(*capture, Pool::Shown)) {
                Ok(found) => offers.extend(found),
                Err(outcome) => return outcome,
            }
        }
        let said = self.number(hit.slot(SlotKind::Num));
        let given_up = match captures.as_slice() {
            [first, _] if named.len() == 1 => match self.bound(*first, Pool::Cart) {
                Bound::These(old) => old.into_iter().next(),
                Bound::Torn(_) | Bound::Nothing => None,
            },
            _ => None,
        };
        self.in_place(offers, given_up, said, buys, clause)
    }

    /// "The third one instead", after the second went into the cart: it takes the place of that one.
    fn in_place(
        &self,
        offers: Vec<OfferRef>,
        given_up: Option<OfferRef>,
        said: Option<i64>,
        buys: bool,
        clause: &Clause,
    ) -> Outcome {
        // What was taken of them unseen, and is about to be paid, was never chosen.
        let taken = || Some(self.taken_of_shown()?.offer.clone());
        let last = || {
            let focus = self.scene.focus.clone()?;
            let is_shown = self.scene.shown.iter().any(|s| s.offer == focus);
            (is_shown && self.is_anew(clause)).then_some(focus)
        };
        let old = given_up
            .or_else(taken)
            .or_else(last)
            .filter(|old| !offers.contains(old))
            .and_then(|old| self.in_cart(&old).map(|pieces| (old, pieces)));
        let buys = buys || self.is_paying();
        // What is in the cart already takes the place of nothing: "two packs of the toilet paper" counts it.
        let [only] = offers.as_slice() else {
            return self.pick(offers, said, buys);
        };
        if self.in_cart(only).is_some() {
            return self.pick(offers, said, buys);
        }
        let Some((offer, pieces)) = old else {
            return self.pick(offers, said, buys);
        };
        let out = ToolCall::CartSet(CartArgs { offer, quantity: 0 });
        match self.pick(offers, said.or(Some(i64::from(pieces))), buys) {
            Outcome::Calls(calls) => Outcome::Calls(std::iter::once(out).chain(calls).collect()),
            outcome => outcome,
        }
    }

    pub(super) fn pick(&self, offers: Vec<OfferRef>, said: Option<i64>, buys: bool) -> Outcome {
        if let [offer] = offers.as_slice()
            && self.is_configurable(offer)
        {
            return Outcome::Calls(vec![ToolCall::Configure(ConfigureArgs {
                offer: offer.clone(),
                choices: Vec::new(),
            })]);
        }
        let mut calls = Vec::new();
        for offer in offers {
            match (self.in_cart(&offer), said) {
                // Chosen twice is chosen once.
                (Some(_), None) => {}
                (Some(_), Some(n)) => match cart_args(offer, n) {
                    Some(args) => calls.push(ToolCall::CartSet(args)),
                    None => return self.quantity_question(),
                },
                (None, said) => {
                    match cart_args(offer, said.unwrap_or_else(|| self.pieces_wanted()))
                        .filter(|a| a.quantity > 0)
                    {
                        Some(args) => calls.push(ToolCall::CartAdd(args)),
                        None => return self.quantity_question(),
                    }
                }
            }
        }
        if buys {
            calls.push(ToolCall::Buy(BuyArgs::default()));
        }
        if calls.is_empty() {
            return Outcome::Calls(vec![ToolCall::CartShow(NoArgs {})]);
        }
        Outcome::Calls(calls)
    }

    pub(super) fn choose_number(&self, hit: &Hit) -> Outcome {
        let Some(n) = self.number(hit.slot(SlotKind::Num)) else {
            return Outcome::Lost;
        };
        // "Two packs" says how many wherever it stands.
        if self.counts(hit) {
            return self.quantity(hit);
        }
        // A bare number after a choice was made says how many.
        if !self.is_choosing()
            && let Some(focus) = &self.scene.focus
            && self.in_cart(focus).is_some()
        {
            return self.set(focus.clone(), n);
        }
        let refer = Refer {
            way: Way::Nth,
            count: Some(n),
            from: 0,
            to: 0,
        };
        match self.offers(bind(&refer, "", self.scene, Pool::Shown)) {
            Ok(offers) => self.pick(offers, None, self.is_choosing()),
            Err(outcome) => outcome,
        }
    }

    pub(super) fn other(&self) -> Outcome {
        let refer = Refer {
            way: Way::Other,
            count: None,
            from: 0,
            to: 0,
        };
        let offers = match self.offers(bind(&refer, "", self.scene, Pool::Shown)) {
            Ok(offers) => offers,
            Err(outcome) => return outcome,
        };
        let mut calls = Vec::new();
        let mut quantity = None;
        if let Some(focus) = &self.scene.focus
            && let Some(pieces) = self.in_cart(focus)
        {
            quantity = Some(i64::from(pieces));
            calls.push(ToolCall::CartSet(CartArgs {
                offer: focus.clone(),
                quantity: 0,
            }));
        }
        match self.pick(offers, quantity, self.is_choosing()) {
            Outcome::Calls(more) => {
                calls.extend(more);
                Outcome::Calls(calls)
            }
            outcome => outcome,
        }
    }
}
