//! After the purchase: where an order is, cancelling, returning, moving, buying again.

use errand_model::OrderBrief;
use errand_types::{
    BuyArgs, CartArgs, MoveArgs, Need, NoArgs, OrderArgs, OrderId, RemindArgs, RemindDo,
    ReturnArgs, ScheduleArgs, Text, ToolCall,
};

use super::{Desk, Outcome};
use crate::act::{Note, Verb};
use crate::clause::{Clause, Hit};
use crate::draft::Aim;
use crate::need::{Wishing, wishes};
use crate::pattern::{Capture, SlotKind};
use crate::refer::{Bound, Pool, Way, carries_any, named};

/// Words in a pattern that say how long a step of its number is, in days; the first that occurs.
const REMINDER_UNITS: &[(&str, u16)] = &[
    ("other week", 14),
    ("tomorrow", 1),
    ("morgen", 1),
    (" day", 1),
    ("tage", 1),
    ("week", 7),
    ("woche", 7),
    ("month", 30),
    ("monat", 30),
    ("later", 7),
    ("später", 7),
];

/// Which order words stand for.
enum Which {
    Latest,
    This(OrderId),
    Several,
    Unknown(String),
}

impl Desk<'_, '_> {
    pub(super) fn orders(&self, hit: &Hit, clause: &Clause) -> Outcome {
        match hit.verb {
            Verb::OrderList => Outcome::Calls(vec![ToolCall::OrderList(NoArgs {})]),
            Verb::OrderStatus => self.status(hit),
            Verb::OrderCancel => self.cancel(hit),
            Verb::OrderReturn => self.send_back(hit, clause),
            Verb::OrderMove => self.move_delivery(hit),
            Verb::MoveAfter => self.move_after(hit),
            Verb::Remind => self.remind(hit, RemindDo::Set),
            Verb::RemindLater => self.remind(hit, RemindDo::Later),
            Verb::RemindStop => self.remind(hit, RemindDo::Stop),
            Verb::RemindShow => self.remind(hit, RemindDo::Show),
            _ => Outcome::Lost,
        }
    }

    /// A reminder of what is named, and how often: the time is in the pattern, its number was said.
    fn remind(&self, hit: &Hit, act: RemindDo) -> Outcome {
        let unit = REMINDER_UNITS
            .iter()
            .find(|(word, _)| hit.pattern.contains(word));
        let count = self.number(hit.slot(SlotKind::Num));
        let count = count.map_or(Some(1), |n| u16::try_from(n).ok());
        let days = unit.and_then(|(_, days)| Some(days.saturating_mul(count?)));
        // "Remind me to buy it again" means the latest order.
        let named = |text: &Capture| {
            let refers = self.scan.refer(text.from, text.to);
            refers.is_none_or(|r| r.way == Way::Named)
        };
        let what = hit
            .slot(SlotKind::Text)
            .filter(named)
            .map(|text| Text::clip(&self.bare(text)));
        Outcome::Calls(vec![ToolCall::Remind(RemindArgs { act, what, days })])
    }

    fn which(&self, capture: Option<Capture>) -> Which {
        let Some(capture) = capture else {
            return Which::Latest;
        };
        if self
            .scan
            .refer(capture.from, capture.to)
            .is_some_and(|r| r.way != Way::Named)
        {
            return Which::Latest;
        }
        let name = self.bare(capture);
        let general = self
            .scan
            .class("order_word", capture.to - 1, capture.to)
            .is_some()
            && capture.to - capture.from <= 3;
        if general {
            return Which::Latest;
        }
        let fits = |order: &&OrderBrief| {
            carries_any(&name, order.what.as_str(), &order.words)
                || order
                    .number
                    .as_str()
                    .to_lowercase()
                    .contains(&name.to_lowercase().replace("order ", ""))
        };
        match self
            .scene
            .orders
            .iter()
            .filter(fits)
            .collect::<Vec<_>>()
            .as_slice()
        {
            // Somebody with one order means it, by whatever word; what is done to it is asked before it is done.
            [] if self.scene.orders.len() == 1 && self.scan.vocab.is_known_thing(&name) => self
                .scene
                .orders
                .first()
                .map_or(Which::Latest, |only| Which::This(only.id.clone())),
            [] => Which::Unknown(name),
            [only] => Which::This(only.id.clone()),
            [first, ..] if self.scene.orders.first().is_some_and(|o| o.id == first.id) => {
                Which::This(first.id.clone())
            }
            _ => Which::Several,
        }
    }

    fn no_orders(&self) -> Option<Outcome> {
        self.scene
            .orders
            .is_empty()
            .then(|| Outcome::Say(self.scan.lang.reply("say_no_orders", &[])))
    }

    fn ask_order(&self, name: Option<&str>, lead: &str) -> Outcome {
        let mut question = match name {
            Some(name) => self.ask("ask_no_order", &[("what", name)], ""),
            None => self.ask("ask_order_which", &[], ""),
        };
        question.chips = self
            .scene
            .orders
            .iter()
            .take(2)
            .map(|o| Text::clip(&format!("{lead} order {}", o.number)))
            .collect();
        Outcome::Ask(question)
    }

    fn order(&self, capture: Option<Capture>, lead: &str) -> Result<Option<OrderId>, Outcome> {
        match self.which(capture) {
            Which::Latest => Ok(None),
            Which::This(order) => Ok(Some(order)),
            Which::Several => Err(self.ask_order(None, lead)),
            Which::Unknown(name) => Err(self.ask_order(Some(&name), lead)),
        }
    }

    fn status(&self, hit: &Hit) -> Outcome {
        if let Some(outcome) = self.no_orders() {
            return outcome;
        }
        match self.order(hit.slot(SlotKind::Text), "where is") {
            Ok(order) => Outcome::Calls(vec![ToolCall::OrderStatus(OrderArgs { order })]),
            Err(outcome) => outcome,
        }
    }

    fn cancel(&self, hit: &Hit) -> Outcome {
        let text = hit.slot(SlotKind::Text);
        // What is still in the cart is not ordered yet: taking it out is all there is to do.
        if let Some(text) = text
            && let Bound::These(offers) =
                named(&self.scan.name(text.from, text.to), self.scene, Pool::Cart)
            && matches!(self.which(Some(text)), Which::Unknown(_))
        {
            return Outcome::Calls(
                offers
                    .into_iter()
                    .map(|offer| ToolCall::CartSet(CartArgs { offer, quantity: 0 }))
                    .collect(),
            );
        }
        if let Some(outcome) = self.no_orders() {
            return outcome;
        }
        match self.order(text, "cancel") {
            Ok(order) => Outcome::Calls(vec![ToolCall::OrderCancel(OrderArgs { order })]),
            Err(outcome) => outcome,
        }
    }

    fn send_back(&self, hit: &Hit, clause: &Clause) -> Outcome {
        if let Some(outcome) = self.no_orders() {
            return outcome;
        }
        let mut texts = hit
            .captures
            .iter()
            .copied()
            .filter(|c| c.kind == SlotKind::Text);
        let thing = texts.next();
        let is_reason_only = hit.note == Some(Note::ReasonOnly);
        let (thing, reason) = if is_reason_only {
            (None, thing)
        } else {
            (thing, texts.next())
        };
        let order = match self.order(thing, "return") {
            Ok(order) => order,
            Err(outcome) => return outcome,
        };
        let tells = hit.note == Some(Note::Tells);
        let reason = match reason {
            Some(capture) => {
                // "they are too small" keeps its subject, "because" does not belong to it.
                let mut from = capture.from;
                if from > clause.from
                    && self.scan.class("third", from - 1, capture.to).is_some()
                    && !matches!(self.scan.heard.word(from - 1), "because" | "since" | "as")
                {
                    from -= 1;
                }
                while from + 1 < capture.to
                    && matches!(self.scan.heard.word(from), "because" | "since" | "as" | ",")
                {
                    from += 1;
                }
                self.scan.heard.said(from, capture.to).to_owned()
            }
            None if tells => self.said(clause).to_owned(),
            None => self.scan.lang.reply("reason_return", &[]),
        };
        Outcome::Calls(vec![ToolCall::OrderReturn(ReturnArgs {
            order,
            reason: Text::clip(&reason),
        })])
    }

    fn move_delivery(&self, hit: &Hit) -> Outcome {
        let Some(time) = hit.last_slot(SlotKind::Time) else {
            return Outcome::Ask(self.ask(
                "ask_when",
                &[("lead", "move the delivery to")],
                "ask_when_chips",
            ));
        };
        let wish = match self.resolve(time) {
            Ok(wish) => wish,
            Err(question) => return Outcome::Ask(question),
        };
        if self.scene.orders.is_empty()
            || (!self.scene.cart.is_empty() && hit.slot(SlotKind::Text).is_none())
        {
            return Outcome::Calls(vec![ToolCall::Schedule(ScheduleArgs { wish })]);
        }
        match self.order(hit.slot(SlotKind::Text), "move") {
            Ok(order) => Outcome::Calls(vec![ToolCall::OrderMove(MoveArgs { order, wish })]),
            Err(outcome) => outcome,
        }
    }

    /// "I'm not home Saturday, can it come later": after that day.
    fn move_after(&self, hit: &Hit) -> Outcome {
        let Some((said_from, end, mut when)) = hit
            .last_slot(SlotKind::Time)
            .and_then(|time| self.scan.times.get(time.from).copied().flatten())
        else {
            return Outcome::Lost;
        };
        when.hours = None;
        when.day_bound = crate::time::Bound::After;
        match self.resolved(when, self.scan.heard.said(said_from, end)) {
            Ok(wish) => Outcome::Calls(vec![ToolCall::OrderMove(MoveArgs { order: None, wish })]),
            Err(question) => Outcome::Ask(question),
        }
    }

    /// "More coffee like last time, but decaf": the same thing and as many of it, changed in what is said.
    fn again_but(&self, hit: &Hit, order: &OrderBrief, change: Capture) -> Outcome {
        let mut base = match hit.slot(SlotKind::Text) {
            Some(text) => wishes(self.scan, text.from, text.to, &self.zone)
                .into_iter()
                .next()
                .unwrap_or_default(),
            // A thing bought in this conversation has words of its kind, any other its name.
            None => Wishing {
                need: Need {
                    what: order.words.first().map_or_else(
                        || Text::clip(without_pieces(order.what.as_str())),
                        |kind| Text::clip(kind.as_str()),
                    ),
                    ..Need::default()
                },
                ..Wishing::default()
            },
        };
        let mut changes = wishes(self.scan, change.from, change.to, &self.zone).into_iter();
        let (Some(wish), None) = (changes.next(), changes.next()) else {
            return Outcome::Lost;
        };
        // "The same, but three bags": the very same thing, as many as are said.
        if let [(offer, _)] = order.lines.as_slice()
            && let Some(pieces) = wish.need.quantity
            && wish.trouble.is_none()
            && wish.need
                == (Need {
                    quantity: Some(pieces),
                    ..Need::default()
                })
        {
            return Outcome::Calls(vec![
                ToolCall::CartAdd(CartArgs {
                    offer: offer.clone(),
                    quantity: i64::from(pieces),
                }),
                ToolCall::Buy(BuyArgs::default()),
            ]);
        }
        if let [(_, pieces)] = order.lines.as_slice() {
            base.need.quantity = base.need.quantity.or(Some(*pieces));
        }
        base.trouble = wish.trouble.clone().or(base.trouble);
        self.apply(&mut base.need, wish, super::search::Meant::More);
        Outcome::Wishes {
            wishes: vec![base],
            aim: Some(Aim::Buy),
        }
    }

    pub(super) fn again(&self, hit: &Hit) -> Outcome {
        let text = hit.slot(SlotKind::Text);
        let order = match self.which(text) {
            Which::Latest => self.scene.orders.first(),
            Which::This(id) => self.scene.orders.iter().find(|o| o.id == id),
            // The latest of those that fit: orders stand latest first.
            Which::Several => text.and_then(|c| {
                let name = self.bare(c);
                self.scene
                    .orders
                    .iter()
                    .find(|o| carries_any(&name, o.what.as_str(), &o.words))
            }),
            Which::Unknown(_) => {
                // Never bought before: look for it.
                let Some(text) = text else {
                    return Outcome::Lost;
                };
                return Outcome::Wishes {
                    wishes: wishes(self.scan, text.from, text.to, &self.zone),
                    aim: Some(Aim::Buy),
                };
            }
        };
        let Some(order) = order.filter(|o| !o.lines.is_empty()) else {
            return Outcome::Say(self.scan.lang.reply("say_no_orders", &[]));
        };
        if let Some(change) = hit.slot(SlotKind::Item) {
            return self.again_but(hit, order, change);
        }
        let mut calls: Vec<ToolCall> = order
            .lines
            .iter()
            .take(20)
            .map(|(offer, pieces)| {
                ToolCall::CartAdd(CartArgs {
                    offer: offer.clone(),
                    quantity: i64::from(*pieces),
                })
            })
            .collect();
        calls.push(ToolCall::Buy(BuyArgs::default()));
        Outcome::Calls(calls)
    }
}

/// `2 × Marcala Medium` without how many.
fn without_pieces(what: &str) -> &str {
    what.split_once(" × ").map_or(what, |(_, title)| title)
}
