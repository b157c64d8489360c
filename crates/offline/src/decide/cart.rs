//! Choosing, and what goes into the cart and out of it.

use errand_types::limits::QUANTITY_MAX;
use errand_types::{
    BuyArgs, CartArgs, MoveArgs, NoArgs, OfferRef, ScheduleArgs, Sort, Text, ToolCall, Wish,
};

use super::{Desk, Outcome, cart_args};
use crate::act::{Note, Verb};
use crate::clause::{Clause, Hit};
use crate::draft::Aim;
use crate::need::wishes;
use crate::pattern::{Capture, SlotKind};
use crate::refer::{Bound, Pool, Way, bind, it, named};

impl Desk<'_, '_> {
    pub(super) fn goods(&self, hit: &Hit, clause: &Clause) -> Outcome {
        match hit.verb {
            Verb::Choose => self.choose(hit, self.is_choosing(), clause),
            Verb::BuyRef => self.choose(hit, true, clause),
            Verb::ChooseNumber => self.choose_number(hit),
            Verb::Other => self.other(),
            Verb::Add => self.add(hit),
            Verb::AddItem => self.add_item(hit),
            Verb::Remove => self.remove(hit),
            Verb::AtHome => self.at_home(hit),
            Verb::Fewer => self.fewer(hit),
            Verb::Quantity => self.quantity(hit),
            Verb::CartClear => Outcome::Calls(vec![ToolCall::CartClear(NoArgs {})]),
            Verb::CartShow => Outcome::Calls(vec![ToolCall::CartShow(NoArgs {})]),
            Verb::CartUndo => Outcome::Calls(vec![ToolCall::CartUndo(NoArgs {})]),
            Verb::More => self.more(),
            Verb::Cheaper => self.cheaper(),
            Verb::BetterRated => self.search_again(|need| need.sort = Some(Sort::Rating)),
            Verb::Refine | Verb::RefineNot => self.refine(hit, clause),
            Verb::Relax => self.relax(hit),
            Verb::Details => self.details(hit, clause),
            Verb::Configure => self.configure(hit, clause),
            Verb::Code => self.code(hit),
            Verb::Again => self.again(hit),
            _ => Outcome::Lost,
        }
    }

    pub(super) fn bound(&self, capture: Capture, pool: Pool) -> Bound {
        match self.scan.refer(capture.from, capture.to) {
            Some(refer) if refer.way == Way::It => self.it(pool),
            Some(refer) => bind(
                refer,
                &self.scan.name(refer.from, refer.to),
                self.scene,
                pool,
            ),
            None => named(&self.scan.name(capture.from, capture.to), self.scene, pool),
        }
    }

    /// What "it" stands for: what the clause before was about, or the talk.
    pub(super) fn it(&self, pool: Pool) -> Bound {
        match &self.spoken_of {
            Some(offer) => Bound::These(vec![offer.clone()]),
            None => it(self.scene, pool),
        }
    }

    pub(super) fn offers(&self, bound: Bound) -> Result<Vec<OfferRef>, Outcome> {
        match bound {
            Bound::These(offers) => Ok(offers),
            Bound::Torn(titles) => Err(Outcome::Ask(self.ask_titles(&titles))),
            Bound::Nothing if self.scene.shown.is_empty() => Err(Outcome::Ask(self.ask(
                "ask_nothing_shown",
                &[],
                "ask_what_chips",
            ))),
            Bound::Nothing => {
                let count = self.scene.shown.len().to_string();
                Err(Outcome::Ask(self.ask(
                    "ask_no_such",
                    &[("count", &count)],
                    "chips_shown",
                )))
            }
        }
    }

    pub(super) fn number(&self, capture: Option<Capture>) -> Option<i64> {
        self.scan
            .nums
            .get(capture?.from)
            .copied()
            .flatten()
            .map(|(_, n)| n)
    }

    /// Whether a number was said with what it counts: "two packs".
    pub(super) fn counts(&self, hit: &Hit) -> bool {
        hit.slot(SlotKind::Num).is_some_and(|c| {
            let bare = self.scan.nums.get(c.from).copied().flatten();
            bare.is_some_and(|(end, _)| end < c.to)
        })
    }

    pub(super) fn pieces_wanted(&self) -> i64 {
        self.scene
            .need
            .as_ref()
            .map_or(1, |need| i64::from(need.pieces()))
    }

    pub(super) fn in_cart(&self, offer: &OfferRef) -> Option<u32> {
        self.scene
            .cart
            .iter()
            .find(|item| item.offer == *offer)
            .map(|item| item.quantity)
    }

    pub(super) fn is_configurable(&self, offer: &OfferRef) -> bool {
        let at_hand = self
            .scene
            .configuring
            .as_ref()
            .is_some_and(|(at_hand, _, _)| at_hand.product == offer.product);
        !at_hand
            && self
                .scene
                .shown
                .iter()
                .any(|s| s.offer == *offer && s.configurable)
    }

    pub(super) fn quantity_question(&self) -> Outcome {
        Outcome::Ask(self.ask(
            "ask_quantity_max",
            &[("max", &QUANTITY_MAX.to_string())],
            "",
        ))
    }

    pub(super) fn add(&self, hit: &Hit) -> Outcome {
        let bound = match hit.slot(SlotKind::Ref) {
            Some(capture) => self.bound(capture, Pool::Shown),
            None => self.it(Pool::Shown),
        };
        let offers = match self.offers(bound) {
            Ok(offers) => offers,
            Err(outcome) => return outcome,
        };
        let said = self.number(hit.slot(SlotKind::Num));
        let mut calls = Vec::new();
        for offer in offers {
            // "One more" of what is there already adds one; the first time as many as were wanted.
            let usual = if self.in_cart(&offer).is_some() {
                1
            } else {
                self.pieces_wanted()
            };
            match cart_args(offer, said.unwrap_or(usual)).filter(|args| args.quantity > 0) {
                Some(args) => calls.push(ToolCall::CartAdd(args)),
                None => return self.quantity_question(),
            }
        }
        Outcome::Calls(calls)
    }

    pub(super) fn add_item(&self, hit: &Hit) -> Outcome {
        let Some(item) = hit.slot(SlotKind::Item) else {
            return Outcome::Lost;
        };
        let found = wishes(self.scan, item.from, item.to, &self.zone);
        if let [only] = found.as_slice()
            && let Bound::These(offers) = named(only.need.what.as_str(), self.scene, Pool::Shown)
        {
            let said = self
                .number(hit.slot(SlotKind::Num))
                .or(only.need.quantity.map(i64::from));
            let is_more = offers.iter().any(|offer| self.in_cart(offer).is_some());
            let quantity = said.unwrap_or_else(|| if is_more { 1 } else { self.pieces_wanted() });
            let calls = offers
                .into_iter()
                .filter_map(|offer| cart_args(offer, quantity))
                .map(ToolCall::CartAdd)
                .collect();
            return Outcome::Calls(calls);
        }
        // "Add pumpkin seeds to the cart, two packs."
        let mut found = found;
        if let ([only], Some(n)) = (found.as_mut_slice(), self.number(hit.slot(SlotKind::Num))) {
            only.need.quantity = only.need.quantity.or(u32::try_from(n).ok());
        }
        Outcome::Wishes {
            wishes: found,
            aim: Some(Aim::Cart),
        }
    }

    /// "I still have flour": of what is in the cart, that is not needed. What is not in the cart changes nothing.
    fn at_home(&self, hit: &Hit) -> Outcome {
        let Some(text) = hit.slot(SlotKind::Text) else {
            return Outcome::Lost;
        };
        let mut calls = Vec::new();
        let mut from = text.from;
        for at in text.from..=text.to {
            if at < text.to && self.scan.class("join", at, text.to).is_none() {
                continue;
            }
            if from < at
                && let Bound::These(offers) = self.bound(
                    Capture {
                        from,
                        to: at,
                        ..text
                    },
                    Pool::Cart,
                )
            {
                let out = |offer| ToolCall::CartSet(CartArgs { offer, quantity: 0 });
                calls.extend(offers.into_iter().map(out));
            }
            from = at + 1;
        }
        if calls.is_empty() {
            Outcome::Lost
        } else {
            Outcome::Calls(calls)
        }
    }

    /// "Take one out again", "two less".
    fn fewer(&self, hit: &Hit) -> Outcome {
        let n = self.number(hit.slot(SlotKind::Num)).unwrap_or(1);
        let bound = match hit.slot(SlotKind::Ref).or(hit.slot(SlotKind::Text)) {
            Some(capture) => self.bound(capture, Pool::Cart),
            None => self.it(Pool::Cart),
        };
        match bound {
            Bound::These(offers) => Outcome::Calls(
                offers
                    .into_iter()
                    .filter_map(|offer| {
                        let left = i64::from(self.in_cart(&offer)?).saturating_sub(n).max(0);
                        Some(ToolCall::CartSet(CartArgs {
                            offer,
                            quantity: left,
                        }))
                    })
                    .collect(),
            ),
            Bound::Torn(titles) => Outcome::Ask(self.ask_titles(&titles)),
            Bound::Nothing => Outcome::Ask(self.ask("ask_cart_which", &[], "")),
        }
    }

    pub(super) fn remove(&self, hit: &Hit) -> Outcome {
        let Some(text) = hit.slot(SlotKind::Text) else {
            return Outcome::Lost;
        };
        match self.bound(text, Pool::Cart) {
            Bound::These(offers) => Outcome::Calls(
                offers
                    .into_iter()
                    .map(|offer| ToolCall::CartSet(CartArgs { offer, quantity: 0 }))
                    .collect(),
            ),
            Bound::Torn(titles) => Outcome::Ask(self.ask_titles(&titles)),
            Bound::Nothing => {
                if let Some(calls) = self.remove_each(text) {
                    return Outcome::Calls(calls);
                }
                let what = self.bare(text);
                let mut question = self.ask("ask_not_in_cart", &[("what", &what)], "");
                question.chips = self
                    .scene
                    .cart
                    .iter()
                    .take(2)
                    .map(|c| {
                        let title = c.title.as_str();
                        Text::clip(&self.scan.lang.reply("chip_remove", &[("title", title)]))
                    })
                    .collect();
                Outcome::Ask(question)
            }
        }
    }

    pub(super) fn remove_each(&self, text: Capture) -> Option<Vec<ToolCall>> {
        let mut calls = Vec::new();
        let mut from = text.from;
        for at in text.from..=text.to {
            if at < text.to && self.scan.class("join", at, text.to).is_none() {
                continue;
            }
            if from < at {
                let Bound::These(offers) = self.bound(
                    Capture {
                        from,
                        to: at,
                        ..text
                    },
                    Pool::Cart,
                ) else {
                    return None;
                };
                calls.extend(
                    offers
                        .into_iter()
                        .map(|offer| ToolCall::CartSet(CartArgs { offer, quantity: 0 })),
                );
            }
            from = at + 1;
        }
        (calls.len() > 1).then_some(calls)
    }

    pub(super) fn bare(&self, capture: Capture) -> String {
        let mut from = capture.from;
        while from + 1 < capture.to
            && matches!(
                self.scan.heard.word(from),
                "the"
                    | "my"
                    | "a"
                    | "an"
                    | "any"
                    | "that"
                    | "those"
                    | "these"
                    | "some"
                    | "our"
                    | "der"
                    | "die"
                    | "das"
                    | "den"
                    | "dem"
                    | "ein"
                    | "eine"
                    | "einen"
                    | "mein"
                    | "meine"
                    | "meinen"
            )
        {
            from += 1;
        }
        self.scan.name(from, capture.to).into_owned()
    }

    pub(super) fn set(&self, offer: OfferRef, quantity: i64) -> Outcome {
        match cart_args(offer, quantity) {
            Some(args) => Outcome::Calls(vec![ToolCall::CartSet(args)]),
            None => self.quantity_question(),
        }
    }

    pub(super) fn quantity(&self, hit: &Hit) -> Outcome {
        let which = if hit.note == Some(Note::LastNumber) {
            hit.last_slot(SlotKind::Num)
        } else {
            hit.slot(SlotKind::Num)
        };
        let Some(n) = self.number(which) else {
            return Outcome::Lost;
        };
        if !(0..=i64::from(QUANTITY_MAX)).contains(&n) {
            return self.quantity_question();
        }
        // "Make that two bags" counts what is meant anyway.
        let counts = |c: &Capture| self.scan.class("container", c.from, c.to) == Some(c.to);
        let named = hit.slot(SlotKind::Text).filter(|c| !counts(c));
        let bound = match hit.slot(SlotKind::Ref).or(named) {
            Some(capture) => self.bound(capture, Pool::Cart),
            None => self.it(Pool::Cart),
        };
        match bound {
            Bound::These(offers) => Outcome::Calls(
                offers
                    .into_iter()
                    .map(|offer| ToolCall::CartSet(CartArgs { offer, quantity: n }))
                    .collect(),
            ),
            Bound::Torn(titles) => match self.line_meant(hit) {
                Some(offer) => self.set(offer, n),
                None => Outcome::Ask(self.ask_titles(&titles)),
            },
            Bound::Nothing => {
                // Nothing is in the cart yet: it is about the thing in focus, or about the wish.
                let bound = hit
                    .slot(SlotKind::Ref)
                    .map_or_else(|| self.it(Pool::Shown), |c| self.bound(c, Pool::Shown));
                match bound {
                    Bound::These(offers) => self.pick(offers, Some(n), self.is_choosing()),
                    Bound::Torn(_) | Bound::Nothing if self.need.is_some() && n > 0 => {
                        self.search_again(|need| need.quantity = u32::try_from(n).ok())
                    }
                    Bound::Torn(titles) => Outcome::Ask(self.ask_titles(&titles)),
                    Bound::Nothing => {
                        Outcome::Ask(self.ask("ask_nothing_shown", &[], "ask_what_chips"))
                    }
                }
            }
        }
    }

    /// The one line of the cart that has as many as were said to be wrong ("three instead of two"), or that was wanted
    /// last.
    fn line_meant(&self, hit: &Hit) -> Option<OfferRef> {
        let numbers: Vec<i64> = hit
            .captures
            .iter()
            .filter(|c| c.kind == SlotKind::Num)
            .filter_map(|c| self.number(Some(*c)))
            .collect();
        let wrong = match numbers.as_slice() {
            [wrong, _] if hit.note == Some(Note::LastNumber) => Some(*wrong),
            [_, wrong] => Some(*wrong),
            _ => None,
        };
        if let Some(wrong) = wrong {
            let mut fits = self
                .scene
                .cart
                .iter()
                .filter(|i| i64::from(i.quantity) == wrong);
            return match (fits.next(), fits.next()) {
                (Some(only), None) => Some(only.offer.clone()),
                _ => None,
            };
        }
        // What was searched for last and lies in the cart.
        let mut of_shown = self
            .scene
            .cart
            .iter()
            .filter(|i| self.scene.shown.iter().any(|s| s.offer == i.offer));
        match (of_shown.next(), of_shown.next()) {
            (Some(only), None) => Some(only.offer.clone()),
            _ => None,
        }
    }

    pub(super) fn buy(&self) -> Outcome {
        let buy = ToolCall::Buy(BuyArgs::default());
        let focus = self
            .scene
            .focus
            .as_ref()
            .filter(|focus| self.in_cart(focus).is_none());
        if self.is_choosing()
            && let Some(focus) = focus
        {
            return self.pick(vec![focus.clone()], None, true);
        }
        if !self.scene.cart.is_empty() {
            return Outcome::Calls(vec![buy]);
        }
        match self.it(Pool::Shown) {
            Bound::These(offers) => self.pick(offers, None, true),
            Bound::Torn(titles) => Outcome::Ask(self.ask_titles(&titles)),
            Bound::Nothing => Outcome::Ask(self.ask("ask_buy_what", &[], "ask_what_chips")),
        }
    }

    pub(super) fn schedule(&self, wish: Wish) -> ToolCall {
        // With nothing left to buy, a time is about what was bought.
        if self.scene.cart.is_empty()
            && self.scene.shown.is_empty()
            && !self.scene.orders.is_empty()
        {
            return ToolCall::OrderMove(MoveArgs { order: None, wish });
        }
        ToolCall::Schedule(ScheduleArgs { wish })
    }
}
