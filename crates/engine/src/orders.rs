//! After the purchase: where is it, cancel it, send it back, move it.

use errand_gate::{ActionKind, BookSlot, CancelOrder, Facts, ReturnOrder};
use errand_protocol::errand::ErrandEvent;
use errand_types::{
    CallId, ForeignId, MoveArgs, OfferRef, Order, OrderArgs, OrderId, OrderLine, OrderState,
    ReturnArgs, Slot, SlotState, Text, Wish,
};

use crate::ctx::Ctx;
use crate::effect::{Deed, Record};
use crate::facts::{self, Actor};
use crate::failure::Failure;
use crate::input::Outcome;
use crate::ledger::{Spend, SpendState};
use crate::outbox::Outbox;
use crate::session::{OpenQuestion, Session, Waiting};
use crate::views;
use crate::words::{self, OrderDeed};

/// What a deed about an order is for.
#[derive(Debug, Clone)]
pub(crate) enum OrderOp {
    /// The planner is thinking; kept here so that a turn waits for it.
    Thinking,
    Status(OrderId),
    Cancel(OrderId),
    Return(OrderId),
    ListSlots(OrderId, Wish),
    Move(OrderId),
    Configure(OfferRef, Vec<errand_types::Choice>),
    /// Something bought before, which this conversation has not seen yet.
    LookUp(OfferRef),
}

impl Session {
    fn order_facts(&self, order: &Order, actor: &Actor, ctx: &Ctx<'_>) -> Facts {
        let mut asked = facts::base(ctx, actor);
        asked.merchant = Some(facts::merchant(ctx, &order.merchant));
        asked
    }

    fn find_order<'a>(
        &self,
        id: Option<&OrderId>,
        wanted: impl Fn(&Order) -> bool,
        ctx: &'a Ctx<'_>,
    ) -> Option<&'a Order> {
        match id {
            Some(id) => ctx.orders.iter().find(|o| o.id == *id),
            None => ctx
                .orders
                .iter()
                .find(|o| wanted(o))
                .or_else(|| ctx.orders.first()),
        }
    }

    fn send(&mut self, op: OrderOp, deed: Deed, call: CallId, out: &mut Outbox) {
        self.waiting.insert(call.clone(), Waiting::Order(op));
        out.deed(call, deed);
    }

    pub(crate) fn order_list(&mut self, actor: &Actor, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let asked = facts::base(ctx, actor);
        if !self.allowed(ActionKind::OrderRead, &asked, ctx, out) {
            return false;
        }
        let views: Vec<_> = ctx
            .orders
            .iter()
            .take(20)
            .map(|o| views::order_view(o, 0, ctx))
            .collect();
        out.say(words::orders(ctx.language(), &views));
        out.emit(ErrandEvent::Orders { orders: views });
        true
    }

    pub(crate) fn order_status(
        &mut self,
        args: &OrderArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let Some(order) = self.find_order(
            args.order.as_ref(),
            |o| o.state != OrderState::Cancelled,
            ctx,
        ) else {
            out.say(words::no_orders(ctx.language()));
            return false;
        };
        self.desk.orders.insert(order.id.clone());
        let asked = self.order_facts(order, actor, ctx);
        if !self.allowed(ActionKind::OrderRead, &asked, ctx, out) {
            return false;
        }
        let deed = Deed::ReadOrder {
            merchant: order.merchant.clone(),
            order: order.number.clone(),
        };
        self.send(
            OrderOp::Status(order.id.clone()),
            deed,
            CallId::fresh(ctx.ids),
            out,
        );
        true
    }

    pub(crate) fn order_cancel(
        &mut self,
        args: &OrderArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let Some(order) = self.find_order(args.order.as_ref(), is_cancellable, ctx) else {
            out.say(words::no_orders(ctx.language()));
            return false;
        };
        if !is_cancellable(order) {
            out.say(words::cannot_cancel(
                ctx.language(),
                &views::order_view(order, 0, ctx),
            ));
            return false;
        }
        self.desk.orders.insert(order.id.clone());
        let asked = self.order_facts(order, actor, ctx);
        if !self.allowed(ActionKind::OrderCancel, &asked, ctx, out) {
            return false;
        }
        self.open = Some(OpenQuestion::CancelOrder(order.id.clone()));
        out.say(words::cancel_question(
            ctx.language(),
            &views::order_view(order, 0, ctx),
        ));
        true
    }

    pub(crate) fn order_return(
        &mut self,
        args: &ReturnArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let Some(order) = self.find_order(args.order.as_ref(), is_returnable, ctx) else {
            out.say(words::no_orders(ctx.language()));
            return false;
        };
        self.desk.orders.insert(order.id.clone());
        let asked = self.order_facts(order, actor, ctx);
        if !self.allowed(ActionKind::OrderReturn, &asked, ctx, out) {
            return false;
        }
        self.open = Some(OpenQuestion::ReturnOrder(
            order.id.clone(),
            args.reason.clone(),
        ));
        out.say(words::return_question(
            ctx.language(),
            &views::order_view(order, 0, ctx),
        ));
        true
    }

    pub(crate) fn order_move(
        &mut self,
        args: &MoveArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let Some(order) = self.find_order(args.order.as_ref(), is_movable, ctx) else {
            out.say(words::no_orders(ctx.language()));
            return false;
        };
        self.desk.orders.insert(order.id.clone());
        let asked = self.order_facts(order, actor, ctx);
        if !self.allowed(ActionKind::OrderRead, &asked, ctx, out) {
            return false;
        }
        let deed = Deed::OrderSlots {
            merchant: order.merchant.clone(),
            order: order.number.clone(),
        };
        self.send(
            OrderOp::ListSlots(order.id.clone(), args.wish.clone()),
            deed,
            CallId::fresh(ctx.ids),
            out,
        );
        true
    }

    pub(crate) fn cancel_now(&mut self, id: &OrderId, ctx: &Ctx<'_>, out: &mut Outbox) {
        let Some(order) = ctx.orders.iter().find(|o| o.id == *id) else {
            return;
        };
        let act = CancelOrder {
            purchase: order.purchase.clone(),
            merchant: order.merchant.clone(),
            order: order.number.clone(),
        };
        let asked = self.order_facts(order, &self.care(ctx, "order_cancel"), ctx);
        let call = CallId::fresh(ctx.ids);
        match out.permit(ctx, &call, &asked, act) {
            Ok(permit) => self.send(
                OrderOp::Cancel(id.clone()),
                Deed::CancelOrder(permit),
                call,
                out,
            ),
            Err(decision) => self.explain(&decision, ctx, out),
        }
    }

    pub(crate) fn return_now(
        &mut self,
        id: &OrderId,
        reason: &Text<200>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(order) = ctx.orders.iter().find(|o| o.id == *id) else {
            return;
        };
        let act = ReturnOrder {
            purchase: order.purchase.clone(),
            revision: u32::try_from(order.adjustments.len()).unwrap_or(u32::MAX),
            merchant: order.merchant.clone(),
            order: order.number.clone(),
            lines: Vec::new(),
            reason: reason.clone(),
        };
        let asked = self.order_facts(order, &self.care(ctx, "order_return"), ctx);
        let call = CallId::fresh(ctx.ids);
        match out.permit(ctx, &call, &asked, act) {
            Ok(permit) => self.send(
                OrderOp::Return(id.clone()),
                Deed::ReturnOrder(permit),
                call,
                out,
            ),
            Err(decision) => self.explain(&decision, ctx, out),
        }
    }

    pub(crate) fn move_now(
        &mut self,
        id: &OrderId,
        slot: &ForeignId,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(order) = ctx.orders.iter().find(|o| o.id == *id) else {
            return;
        };
        let act = BookSlot {
            purchase: order.purchase.clone(),
            revision: u32::try_from(order.events.len()).unwrap_or(u32::MAX),
            merchant: order.merchant.clone(),
            order: order.number.clone(),
            slot: slot.clone(),
        };
        let asked = self.order_facts(order, &self.care(ctx, "order_move"), ctx);
        let call = CallId::fresh(ctx.ids);
        match out.permit(ctx, &call, &asked, act) {
            Ok(permit) => {
                self.send(OrderOp::Move(id.clone()), Deed::Book(permit), call, out);
            }
            Err(decision) => self.explain(&decision, ctx, out),
        }
    }

    fn care(&self, ctx: &Ctx<'_>, tool: &str) -> Actor {
        self.actor(ctx, &self.doer(ctx, tool), tool, false)
    }

    pub(crate) fn on_order_done(
        &mut self,
        op: OrderOp,
        outcome: Outcome,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        match (op, outcome) {
            (OrderOp::Status(id), Outcome::Order(answer)) => {
                self.status_known(&id, answer, ctx, out);
            }
            (OrderOp::Cancel(id), Outcome::Order(answer)) => self.cancelled(&id, answer, ctx, out),
            (OrderOp::Return(id), Outcome::Order(answer)) => self.returned(&id, answer, ctx, out),
            (OrderOp::ListSlots(id, wish), Outcome::Slots(answer)) => {
                self.slots_known(&id, &wish, answer, ctx, out);
            }
            (OrderOp::Move(id), Outcome::Order(answer)) => self.moved(&id, answer, ctx, out),
            (OrderOp::Configure(offer, choices), Outcome::Product(answer)) => {
                self.options_known(&offer, &choices, answer, ctx, out);
            }
            (OrderOp::LookUp(offer), Outcome::Product(answer)) => {
                self.looked_up(&offer, answer, ctx, out);
            }
            (_, _) => {}
        }
    }

    fn status_known(
        &mut self,
        id: &OrderId,
        answer: Result<Box<Order>, Failure>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(old) = ctx.orders.iter().find(|o| o.id == *id) else {
            return;
        };
        let (order, stale) = match answer {
            Ok(now) => (merge(old, *now), None),
            Err(failure) => (old.clone(), Some(failure)),
        };
        self.care.saw(id, ctx.now);
        let view = views::order_view(&order, 0, ctx);
        out.say(words::order_status(ctx.language(), &view, stale.as_ref()));
        if stale.is_none() {
            out.write(Record::Order(Box::new(order)));
        }
        out.emit(ErrandEvent::Delivery {
            order: Box::new(view),
        });
    }

    fn cancelled(
        &mut self,
        id: &OrderId,
        answer: Result<Box<Order>, Failure>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(old) = ctx.orders.iter().find(|o| o.id == *id) else {
            return;
        };
        match answer {
            Ok(now) => {
                let mut order = merge(old, *now);
                order.state = OrderState::Cancelled;
                if let Some(spend) = ctx.ledger.of(&order.purchase) {
                    out.write(Record::Spend(Spend {
                        state: SpendState::Released,
                        ..spend.clone()
                    }));
                }
                out.write(Record::Order(Box::new(order.clone())));
                let view = views::order_view(&order, 0, ctx);
                out.say(words::cancelled(ctx.language(), &view));
                out.emit(ErrandEvent::Delivery {
                    order: Box::new(view),
                });
            }
            Err(failure) => self.order_failed(OrderDeed::Cancel, old, &failure, ctx, out),
        }
    }

    fn returned(
        &mut self,
        id: &OrderId,
        answer: Result<Box<Order>, Failure>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(old) = ctx.orders.iter().find(|o| o.id == *id) else {
            return;
        };
        match answer {
            Ok(now) => {
                let mut order = merge(old, *now);
                if order.state != OrderState::Returned {
                    order.state = OrderState::Returning;
                }
                out.write(Record::Order(Box::new(order.clone())));
                let view = views::order_view(&order, 0, ctx);
                out.say(words::returning(ctx.language(), &view));
                out.emit(ErrandEvent::Delivery {
                    order: Box::new(view),
                });
            }
            Err(failure) => self.order_failed(OrderDeed::Return, old, &failure, ctx, out),
        }
    }

    fn slots_known(
        &mut self,
        id: &OrderId,
        wish: &Wish,
        answer: Result<Vec<Slot>, Failure>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(old) = ctx.orders.iter().find(|o| o.id == *id) else {
            return;
        };
        let slots = match answer {
            Ok(slots) => slots,
            Err(failure) => return self.order_failed(OrderDeed::Move, old, &failure, ctx, out),
        };
        if let Some(slot) = slots
            .iter()
            .filter(|s| wish.is_met_by(&s.window))
            .min_by_key(|s| s.window.start)
        {
            self.move_now(id, &slot.id, ctx, out);
            return;
        }
        let target = wish.earliest.unwrap_or(wish.latest);
        let nearest = slots
            .iter()
            .min_by_key(|s| s.window.start.duration_since(target).abs());
        match nearest {
            Some(slot) => {
                let said = words::move_question(wish, &slot.window, ctx);
                self.open = Some(OpenQuestion::MoveOrder {
                    order: id.clone(),
                    slot: slot.id.clone(),
                    said: said.clone(),
                });
                out.say(said);
            }
            None => out.say(words::cannot_move(
                ctx.language(),
                ctx.shop_name(&old.merchant),
            )),
        }
    }

    fn moved(
        &mut self,
        id: &OrderId,
        answer: Result<Box<Order>, Failure>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(old) = ctx.orders.iter().find(|o| o.id == *id) else {
            return;
        };
        match answer {
            Ok(now) => {
                let order = merge(old, *now);
                out.write(Record::Order(Box::new(order.clone())));
                let view = views::order_view(&order, 0, ctx);
                out.say(words::moved(ctx.language(), &view));
                out.emit(ErrandEvent::Delivery {
                    order: Box::new(view),
                });
            }
            Err(failure) => self.order_failed(OrderDeed::Move, old, &failure, ctx, out),
        }
    }

    fn order_failed(
        &self,
        what: OrderDeed,
        order: &Order,
        failure: &Failure,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let text = words::order_failed(
            ctx.language(),
            what,
            &words::order_number(order, ctx),
            failure,
            &ctx.shop_name(&order.merchant),
        );
        out.notice(
            "no",
            &failure.code,
            words::order_failed_headline(ctx.language(), what),
            text.clone(),
        );
        out.say(text);
    }
}

/// The shop's snapshot over our record: what only we know stays, and nothing known is overwritten with nothing.
pub(crate) fn merge(old: &Order, now: Order) -> Order {
    let slot = now
        .slot
        .clone()
        .filter(|s| s.state != SlotState::None)
        .or_else(|| old.slot.clone());
    Order {
        id: old.id.clone(),
        purchase: old.purchase.clone(),
        merchant: old.merchant.clone(),
        number: old.number.clone(),
        lines: if now.lines.is_empty() {
            old.lines.clone()
        } else {
            lines(old, now.lines)
        },
        entries: old.entries.clone(),
        total: old.total,
        expected: slot
            .as_ref()
            .map(|s| s.window)
            .or(now.expected)
            .or(old.expected),
        slot,
        cancel_until: now.cancel_until.or(old.cancel_until),
        return_until: now.return_until.or(old.return_until),
        permalink: now.permalink.or_else(|| old.permalink.clone()),
        placed_at: old.placed_at,
        state: now.state,
        events: now.events,
        adjustments: now.adjustments,
    }
}

/// The shop's lines, with what only our record tells of them.
fn lines(old: &Order, mut now: Vec<OrderLine>) -> Vec<OrderLine> {
    for line in &mut now {
        if let Some(ours) = old.lines.iter().find(|l| l.variant == line.variant) {
            line.product.clone_from(&ours.product);
            line.words.clone_from(&ours.words);
            line.lasts_days = ours.lasts_days;
        }
    }
    now
}

fn is_cancellable(order: &Order) -> bool {
    matches!(order.state, OrderState::Placed | OrderState::Packed)
}

fn is_returnable(order: &Order) -> bool {
    matches!(order.state, OrderState::Delivered)
}

fn is_movable(order: &Order) -> bool {
    matches!(
        order.state,
        OrderState::Placed | OrderState::Packed | OrderState::Shipped
    )
}
