//! What the clauses of one turn come to together.

use errand_model::Question;
use errand_types::{CartArgs, CompareArgs, Need, ToolCall, Wish};

use super::Outcome;
use crate::draft::Aim;
use crate::need::Wishing;

#[derive(Debug, Clone, Default)]
pub(super) struct Heap {
    pub(super) wishes: Vec<Wishing>,
    pub(super) aim: Option<Aim>,
    pub(super) deliver: Option<Wish>,
    pub(super) compare: Option<CompareArgs>,
    pub(super) buys: bool,
    pub(super) calls: Vec<ToolCall>,
    pub(super) ask: Option<Question>,
    pub(super) say: Option<String>,
    pub(super) lost: bool,
}

/// Adds what one clause came to.
pub(super) fn take(outcome: Outcome, heap: &mut Heap) {
    match outcome {
        Outcome::Calls(calls) => {
            // A search that follows from the one before stands in its place.
            if calls.iter().any(|call| matches!(call, ToolCall::Search(_))) {
                let is_old =
                    |call: &ToolCall| matches!(call, ToolCall::Search(_) | ToolCall::Compare(_));
                heap.calls.retain(|call| !is_old(call));
            }
            heap.calls.extend(calls);
        }
        Outcome::Ask(question) => {
            heap.ask.get_or_insert(question);
        }
        Outcome::Say(text) => {
            heap.say.get_or_insert(text);
        }
        Outcome::Wishes { wishes, aim } => {
            heap.wishes.extend(wishes.into_iter().map(|mut wish| {
                wish.aim = aim;
                wish
            }));
            heap.aim = match (heap.aim, aim) {
                (Some(Aim::Buy), _) | (_, Some(Aim::Buy)) => Some(Aim::Buy),
                (Some(Aim::Cart), _) | (_, Some(Aim::Cart)) => Some(Aim::Cart),
                (old, new) => new.or(old),
            };
        }
        Outcome::Instead(offer, mut wish) => {
            let out = ToolCall::CartSet(CartArgs { offer, quantity: 0 });
            // Said of the same thing in two clauses: the second knows what the first changed.
            if heap.calls.contains(&out) {
                heap.wishes.pop();
            } else {
                heap.calls.push(out);
            }
            wish.aim = Some(Aim::Buy);
            heap.wishes.push(*wish);
            heap.aim = Some(Aim::Buy);
        }
        Outcome::Deliver(wish) => heap.deliver = Some(wish),
        Outcome::Compare(args) => heap.compare = Some(args),
        Outcome::Buy => heap.buys = true,
        Outcome::Lost => heap.lost = true,
    }
}

/// Within one turn the cart changes first, then the delivery, and the purchase comes last.
pub(super) fn rank(call: &ToolCall) -> u8 {
    match call {
        ToolCall::Stop(_) => 0,
        ToolCall::CartClear(_) | ToolCall::CartUndo(_) => 2,
        ToolCall::Configure(_)
        | ToolCall::Assemble(_)
        | ToolCall::AssemblyTake(_)
        | ToolCall::CartAdd(_)
        | ToolCall::CartSet(_) => 3,
        ToolCall::Schedule(_) => 4,
        ToolCall::Buy(_) => 6,
        ToolCall::Search(_) => 7,
        ToolCall::Compare(_) => 8,
        ToolCall::Combine(_)
        | ToolCall::Details(_)
        | ToolCall::CartShow(_)
        | ToolCall::OrderList(_)
        | ToolCall::OrderStatus(_)
        | ToolCall::OrderCancel(_)
        | ToolCall::OrderReturn(_)
        | ToolCall::OrderMove(_)
        | ToolCall::Remind(_)
        | ToolCall::ProfileShow(_)
        | ToolCall::ConsentShow(_)
        | ToolCall::DeskShow(_)
        | ToolCall::Why(_)
        | ToolCall::Handoff(_)
        | ToolCall::Help(_) => 5,
        ToolCall::RuleAdd(_)
        | ToolCall::RuleRemove(_)
        | ToolCall::LimitSet(_)
        | ToolCall::Prefer(_)
        | ToolCall::ConsentWithdraw(_) => 1,
    }
}

/// Adds what a later sentence says of the same thing.
pub(crate) fn merge(into: &mut Wishing, more: Wishing) {
    overlay(&mut into.need, more.need);
    into.unit = more.unit.or(into.unit.take());
    into.labels_said.extend(more.labels_said);
    into.avoid_said.extend(more.avoid_said);
    into.trouble = into.trouble.take().or(more.trouble);
    into.dollars = more.dollars.or(into.dollars.take());
    into.aim = more.aim.or(into.aim);
}

/// Lays what is said now over what was said before; the thing itself stays.
pub(crate) fn overlay(base: &mut Need, more: Need) {
    fn add<T: PartialEq>(base: &mut Vec<T>, more: Vec<T>) {
        for item in more {
            if !base.contains(&item) && base.len() < 16 {
                base.push(item);
            }
        }
    }
    add(&mut base.must, more.must);
    add(&mut base.must_not, more.must_not);
    add(&mut base.labels, more.labels);
    add(&mut base.avoid, more.avoid);
    add(&mut base.brands_not, more.brands_not);
    // A brand or a shop said now takes the place of the one said before.
    if !more.brands.is_empty() {
        base.brands = more.brands;
    }
    if !more.merchants.is_empty() {
        base.merchants = more.merchants;
    }
    base.quantity = more.quantity.or(base.quantity);
    base.price_max = more.price_max.or(base.price_max);
    base.price_min = more.price_min.or(base.price_min);
    base.total_max = more.total_max.or(base.total_max);
    base.rating_min = more.rating_min.or(base.rating_min);
    base.delivery = more.delivery.or(base.delivery.take());
    base.compare = more.compare.or(base.compare);
    base.sort = more.sort.or(base.sort);
    // A word that is now unwanted is no longer wanted.
    base.must.retain(|word| !base.must_not.contains(word));
    base.labels.retain(|label| !base.avoid.contains(label));
}
