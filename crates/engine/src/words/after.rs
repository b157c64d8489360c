//! After the purchase.

use errand_protocol::errand::OrderView;
use errand_types::{Language, Order, OrderEvent, OrderState, SlotState, Window, Wish};

pub(crate) use said::{cannot_move, left_as_is, no_orders};

use super::{list, times, upper, window};
use crate::care::News;
use crate::ctx::Ctx;
use crate::failure::Failure;

mod said {
    errand_sentences::sentences! {
        AFTER = "after";
        no_orders(); none_ordered(); left_as_is();
        is_placed(); is_packed(); is_shipped(); is_delivered(); is_cancelled(); is_returning(); is_returned();
        is_failed(); booked(window); estimated(window); event_says(event, text);
        gone(shop, title); not_looked_up(shop, title, why);
        of_order(number, what, shop); order_line(order, total, state); order_line_comes(order, total, state, when);
        status(order, state); delivery_is(when); came_back(amount); last_known(shop, why);
        later_headline(); earlier_headline(); delivered_headline(); not_delivered_headline(); refunded_headline();
        overdue_headline(); comes_later(order, now, before); comes_earlier(order, now, before); was_delivered(order);
        was_not_delivered(order, shop); refunded_for(amount, shop, number); overdue(order, now, shop);
        cancel_question(order, total); cannot_cancel(number, state); cancelled(number); goes_back(amount);
        return_question(order); returning(number, shop); move_question(wish, near); cannot_move(shop);
        moved(number, when); moved_unsaid(number);
        not_cancelled(number, shop, why); not_sent_back(number, shop, why); not_moved(number, shop, why);
        not_cancelled_headline(); not_sent_back_headline(); not_moved_headline();
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::AFTER
}

/// What was to be done to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderDeed {
    Cancel,
    Return,
    Move,
}

pub(crate) fn order_state(language: Language, state: OrderState) -> String {
    match state {
        OrderState::Placed => said::is_placed(language),
        OrderState::Packed => said::is_packed(language),
        OrderState::Shipped => said::is_shipped(language),
        OrderState::Delivered => said::is_delivered(language),
        OrderState::Cancelled => said::is_cancelled(language),
        OrderState::Returning => said::is_returning(language),
        OrderState::Returned => said::is_returned(language),
        OrderState::Failed => said::is_failed(language),
    }
}

pub(crate) fn expected(at: &Window, order: &Order, ctx: &Ctx<'_>) -> String {
    let (language, window) = (ctx.language(), window(at, ctx));
    match order.slot.as_ref().map(|s| s.state) {
        Some(SlotState::Booked) => said::booked(language, window),
        Some(SlotState::Held | SlotState::Free | SlotState::None) | None => {
            said::estimated(language, window)
        }
    }
}

/// What happened to an order, in the shop's own words.
pub(crate) fn order_event(language: Language, event: &OrderEvent) -> String {
    let word = event.kind.as_str().replace('_', " ");
    match &event.text {
        Some(text) if !text.is_blank() => said::event_says(language, word, text),
        Some(_) | None => word,
    }
}

fn what(language: Language, view: &OrderView) -> String {
    let lines = view.lines.iter();
    let lines: Vec<String> = lines
        .map(|l| times(language, l.quantity, &l.title))
        .collect();
    list(language, &lines)
}

/// `PL-1042, 2 × towels from Pantry Lane`.
fn order(language: Language, view: &OrderView) -> String {
    let what = what(language, view);
    said::of_order(language, &view.number, what, &view.merchant_name)
}

/// Something bought before is gone, or out of stock.
pub(crate) fn not_sold_any_more(language: Language, title: &str, shop: &str) -> String {
    said::gone(language, shop, title)
}

pub(crate) fn not_looked_up(
    language: Language,
    title: &str,
    shop: &str,
    failure: &Failure,
) -> String {
    said::not_looked_up(language, shop, title, &failure.text)
}

pub(crate) fn orders(language: Language, views: &[OrderView]) -> String {
    if views.is_empty() {
        return said::none_ordered(language);
    }
    let lines: Vec<String> = views
        .iter()
        .map(|v| {
            let order = order(language, v);
            match &v.delivery_text {
                Some(at) => said::order_line_comes(language, order, v.total, &v.state_text, at),
                None => said::order_line(language, order, v.total, &v.state_text),
            }
        })
        .collect();
    lines.join("\n")
}

pub(crate) fn order_status(
    language: Language,
    view: &OrderView,
    stale: Option<&Failure>,
) -> String {
    let mut told = vec![said::status(
        language,
        order(language, view),
        &view.state_text,
    )];
    let is_over = matches!(
        view.state,
        OrderState::Delivered | OrderState::Cancelled | OrderState::Returned
    );
    let comes = view.delivery_text.as_ref().filter(|_| !is_over);
    told.extend(comes.map(|at| said::delivery_is(language, at)));
    told.extend(view.refunded.map(|back| said::came_back(language, back)));
    told.extend(stale.map(|f| said::last_known(language, &view.merchant_name, &f.text)));
    told.join(" ")
}

pub(crate) fn order_news_headline(language: Language, news: &News) -> String {
    match news {
        News::Later => said::later_headline(language),
        News::Earlier => said::earlier_headline(language),
        News::Delivered => said::delivered_headline(language),
        News::NotDelivered => said::not_delivered_headline(language),
        News::Refunded(_) => said::refunded_headline(language),
        News::Overdue => said::overdue_headline(language),
    }
}

/// What changed about an order, told before it is asked for: what, what it means, what can be done.
pub(crate) fn order_news(
    language: Language,
    news: &News,
    before: &OrderView,
    now: &OrderView,
) -> String {
    let (number, shop) = (&now.number, &now.merchant_name);
    let of = order(language, now);
    let at = |view: &OrderView| view.delivery_text.clone().unwrap_or_default();
    match news {
        News::Later => said::comes_later(language, of, at(now), at(before)),
        News::Earlier => said::comes_earlier(language, of, at(now), at(before)),
        News::Delivered => said::was_delivered(language, of),
        News::NotDelivered => said::was_not_delivered(language, of, shop),
        News::Refunded(back) => said::refunded_for(language, back, shop, number),
        News::Overdue => said::overdue(language, of, at(now), shop),
    }
}

pub(crate) fn cancel_question(language: Language, view: &OrderView) -> String {
    said::cancel_question(language, order(language, view), view.total)
}

pub(crate) fn cannot_cancel(language: Language, view: &OrderView) -> String {
    said::cannot_cancel(language, &view.number, &view.state_text)
}

pub(crate) fn cancelled(language: Language, view: &OrderView) -> String {
    let cancelled = said::cancelled(language, &view.number);
    match view.refunded {
        Some(back) => format!("{cancelled} {}", said::goes_back(language, back)),
        None => cancelled,
    }
}

pub(crate) fn return_question(language: Language, view: &OrderView) -> String {
    said::return_question(language, order(language, view))
}

pub(crate) fn returning(language: Language, view: &OrderView) -> String {
    said::returning(language, &view.number, &view.merchant_name)
}

pub(crate) fn move_question(wish: &Wish, at: &Window, ctx: &Ctx<'_>) -> String {
    said::move_question(ctx.language(), upper(wish.said.as_str()), window(at, ctx))
}

pub(crate) fn moved(language: Language, view: &OrderView) -> String {
    match &view.delivery_text {
        Some(at) => said::moved(language, &view.number, at),
        None => said::moved_unsaid(language, &view.number),
    }
}

pub(crate) fn order_failed(
    language: Language,
    deed: OrderDeed,
    number: &str,
    failure: &Failure,
    shop: &str,
) -> String {
    match deed {
        OrderDeed::Cancel => said::not_cancelled(language, number, shop, &failure.text),
        OrderDeed::Return => said::not_sent_back(language, number, shop, &failure.text),
        OrderDeed::Move => said::not_moved(language, number, shop, &failure.text),
    }
}

pub(crate) fn order_failed_headline(language: Language, deed: OrderDeed) -> String {
    match deed {
        OrderDeed::Cancel => said::not_cancelled_headline(language),
        OrderDeed::Return => said::not_sent_back_headline(language),
        OrderDeed::Move => said::not_moved_headline(language),
    }
}
