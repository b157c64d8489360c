//! Looking after orders unasked: what a shop changes about an order is told before the person asks for it.

use std::collections::BTreeMap;

use errand_gate::{ActionKind, Verdict};
use errand_protocol::errand::ErrandEvent;
use errand_types::{CallId, Money, Order, OrderId, OrderState};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::effect::{Deed, Effect, Record};
use crate::facts;
use crate::input::Outcome;
use crate::orders::merge;
use crate::outbox::Outbox;
use crate::session::Session;
use crate::views;
use crate::words;

/// How long what a shop said about an order counts.
const FRESH: SignedDuration = SignedDuration::from_mins(30);
/// What moves by less is no news.
const MOVED_MIN: SignedDuration = SignedDuration::from_hours(1);
/// Orders that are asked about at once; the others wait for the next time.
const AT_ONCE: usize = 4;
/// Orders of which it is remembered when they were asked about.
const LOOKED_MAX: usize = 40;

/// What is known of the orders that are looked after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Care {
    /// When the shop was asked last.
    looked: BTreeMap<OrderId, Timestamp>,
    /// Overdue orders of which the person was told.
    overdue: Vec<OrderId>,
    #[serde(skip)]
    asking: BTreeMap<CallId, OrderId>,
}

impl Care {
    /// The person asked about this order a moment ago.
    pub(crate) fn saw(&mut self, id: &OrderId, now: Timestamp) {
        self.looked.insert(id.clone(), now);
        while self.looked.len() > LOOKED_MAX {
            let oldest = self.looked.iter().min_by_key(|(_, at)| **at);
            let Some(oldest) = oldest.map(|(id, _)| id.clone()) else {
                return;
            };
            self.looked.remove(&oldest);
        }
    }

    fn is_due(&self, order: &Order, now: Timestamp) -> bool {
        let last = self.looked.get(&order.id).copied();
        let last = last.unwrap_or(order.placed_at).max(order.placed_at);
        now.duration_since(last) >= FRESH
    }
}

/// Something about an order that its buyer would want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    Later,
    Earlier,
    Delivered,
    NotDelivered,
    Refunded(Money),
    Overdue,
}

impl Session {
    /// Asks the shops about orders that are under way and were not looked at for a while. No turn waits for the answers.
    pub(crate) fn look_after(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        let due: Vec<Order> = ctx
            .orders
            .iter()
            .filter(|order| is_under_way(order) && self.care.is_due(order, ctx.now))
            .take(AT_ONCE)
            .cloned()
            .collect();
        if due.is_empty() {
            return;
        }
        let agent = self.doer(ctx, "order_status");
        let actor = self.actor(ctx, &agent, "order_status", false);
        for order in due {
            self.care.saw(&order.id, ctx.now);
            let call = CallId::fresh(ctx.ids);
            let mut asked = facts::base(ctx, &actor);
            asked.merchant = Some(facts::merchant(ctx, &order.merchant));
            if out
                .decide(ctx, &call, ActionKind::OrderRead, &asked)
                .verdict
                != Verdict::Allow
            {
                continue;
            }
            self.care.asking.insert(call.clone(), order.id.clone());
            out.deed(
                call,
                Deed::ReadOrder {
                    merchant: order.merchant.clone(),
                    order: order.number.clone(),
                },
            );
        }
        if let Ok(next) = ctx.now.checked_add(FRESH) {
            out.push(Effect::WakeAt(next));
        }
    }

    /// Takes the answer to a question of [`Session::look_after`]; `false` for one that was asked for something else.
    pub(crate) fn looked_after(
        &mut self,
        call: &CallId,
        outcome: &Outcome,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let Some(id) = self.care.asking.remove(call) else {
            return false;
        };
        let old = ctx.orders.iter().find(|o| o.id == id);
        // A shop that does not answer is asked again next time; nobody asked for it, so nobody is told.
        let (Some(old), Outcome::Order(Ok(now))) = (old, outcome) else {
            return true;
        };
        let order = merge(old, (**now).clone());
        let news = news(old, &order, ctx.now, self.care.overdue.contains(&id));
        if news.contains(&News::Overdue) {
            self.care.overdue.push(id);
            let over = self.care.overdue.len().saturating_sub(LOOKED_MAX);
            self.care.overdue.drain(..over);
        }
        if order != *old {
            out.write(Record::Order(Box::new(order.clone())));
        }
        if news.is_empty() {
            return true;
        }
        let (before, view) = (
            views::order_view(old, 0, ctx),
            views::order_view(&order, 0, ctx),
        );
        // Of any order, not only of one that this conversation is about: a person at the desk does not read it.
        self.private_answer = true;
        for one in &news {
            let text = words::order_news(ctx.language(), one, &before, &view);
            out.notice(
                "info",
                one.code(),
                words::order_news_headline(ctx.language(), one),
                text.clone(),
            );
            out.say(text);
        }
        out.emit(ErrandEvent::Delivery {
            order: Box::new(view),
        });
        if news.contains(&News::Delivered) {
            self.offer_reminder(&order, ctx, out);
        }
        true
    }
}

impl News {
    fn code(&self) -> &'static str {
        match self {
            Self::Later => "ORDER-0002",
            Self::Earlier => "ORDER-0003",
            Self::Delivered => "ORDER-0004",
            Self::NotDelivered => "ORDER-0005",
            Self::Refunded(_) => "ORDER-0006",
            Self::Overdue => "ORDER-0007",
        }
    }
}

fn is_under_way(order: &Order) -> bool {
    matches!(
        order.state,
        OrderState::Placed | OrderState::Packed | OrderState::Shipped | OrderState::Returning
    )
}

/// What is new about an order, the weightiest first.
fn news(old: &Order, now: &Order, at: Timestamp, is_told: bool) -> Vec<News> {
    let mut news = Vec::new();
    if now.state == OrderState::Failed && old.state != OrderState::Failed {
        news.push(News::NotDelivered);
    }
    let is_coming = matches!(
        now.state,
        OrderState::Placed | OrderState::Packed | OrderState::Shipped
    );
    if let (Some(was), Some(is)) = (old.expected, now.expected)
        && is_coming
    {
        let by = is.end.duration_since(was.end);
        if by >= MOVED_MIN {
            news.push(News::Later);
        } else if by <= -MOVED_MIN {
            news.push(News::Earlier);
        } else if is.end < at && !is_told {
            news.push(News::Overdue);
        }
    }
    if now.state == OrderState::Delivered && old.state != OrderState::Delivered {
        news.push(News::Delivered);
    }
    if let Some(back) = refunded_since(old, now) {
        news.push(News::Refunded(back));
    }
    news
}

/// What came back since the order was last looked at.
fn refunded_since(old: &Order, now: &Order) -> Option<Money> {
    let sum = |order: &Order| {
        let done = order
            .adjustments
            .iter()
            .filter(|a| a.status.as_str() == "completed")
            .filter_map(|a| a.amount)
            .map(|a| Money::new(a.minor().saturating_abs(), a.currency()));
        Money::sum(order.total.currency(), done).ok()
    };
    let more = sum(now)?.minus(sum(old)?).ok()?;
    (more.minor() > 0).then_some(more)
}
