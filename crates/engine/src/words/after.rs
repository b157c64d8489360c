//! After the purchase.

use errand_protocol::errand::OrderView;
use errand_types::{Order, OrderEvent, OrderState, SlotState, Window, Wish};
use jiff::tz::TimeZone;

use super::{list, upper, window};
use crate::care::News;
use crate::failure::Failure;

pub(crate) const NO_ORDERS: &str = "Nothing is ordered yet, or nothing that this fits";
pub(crate) const LEFT_AS_IS: &str = "Left as it is";

pub(crate) fn order_state(order: &Order) -> String {
    match order.state {
        OrderState::Placed => "ordered",
        OrderState::Packed => "being packed",
        OrderState::Shipped => "on its way",
        OrderState::Delivered => "delivered",
        OrderState::Cancelled => "cancelled",
        OrderState::Returning => "on its way back",
        OrderState::Returned => "returned, money back",
        OrderState::Failed => "could not be delivered",
    }
    .to_owned()
}

pub(crate) fn expected(at: &Window, order: &Order, zone: &TimeZone) -> String {
    let how = match order.slot.as_ref().map(|s| s.state) {
        Some(SlotState::Booked) => "booked",
        Some(SlotState::Held | SlotState::Free | SlotState::None) | None => "estimated",
    };
    format!("{}, {how}", window(at, zone))
}

pub(crate) fn order_event(event: &OrderEvent) -> String {
    let word = event.kind.as_str().replace('_', " ");
    match &event.text {
        Some(text) if !text.is_blank() => format!("{word}: {text}"),
        Some(_) | None => word,
    }
}

fn what(view: &OrderView) -> String {
    list(
        &view
            .lines
            .iter()
            .map(|l| format!("{} × {}", l.quantity, l.title))
            .collect::<Vec<_>>(),
    )
}

/// Something bought before is gone, or out of stock.
pub(crate) fn not_sold_any_more(title: &str, shop: &str) -> String {
    format!(
        "{shop} does not have {title} now, so it is not in the cart. Say what it should be like, and I look in all shops"
    )
}

pub(crate) fn not_looked_up(title: &str, shop: &str, failure: &Failure) -> String {
    format!(
        "I could not ask {shop} about {title}: {}. It is not in the cart.",
        failure.text
    )
}

pub(crate) fn orders(views: &[OrderView]) -> String {
    if views.is_empty() {
        return "Nothing ordered yet.".to_owned();
    }
    let lines: Vec<String> = views
        .iter()
        .map(|v| {
            let comes = v
                .delivery_text
                .as_ref()
                .map(|d| format!(", {d}"))
                .unwrap_or_default();
            format!(
                "{}: {} from {}, {}, {}{comes}",
                v.number,
                what(v),
                v.merchant_name,
                v.total,
                v.state_text
            )
        })
        .collect();
    lines.join("\n")
}

pub(crate) fn order_status(view: &OrderView, stale: Option<&Failure>) -> String {
    let comes = match (view.state, &view.delivery_text) {
        (OrderState::Delivered | OrderState::Cancelled | OrderState::Returned, _) | (_, None) => {
            String::new()
        }
        (_, Some(at)) => format!(" Delivery {at}."),
    };
    let back = view
        .refunded
        .map(|m| format!(" {m} came back."))
        .unwrap_or_default();
    let stale = stale
        .map(|f| {
            format!(
                " {} does not answer now ({}), so this is what I last knew.",
                view.merchant_name, f.text
            )
        })
        .unwrap_or_default();
    format!(
        "{}, {} from {}: {}.{comes}{back}{stale}",
        view.number,
        what(view),
        view.merchant_name,
        view.state_text
    )
}

pub(crate) fn order_news_headline(news: &News) -> &'static str {
    match news {
        News::Later => "It comes later",
        News::Earlier => "It comes earlier",
        News::Delivered => "Delivered",
        News::NotDelivered => "Could not be delivered",
        News::Refunded(_) => "Money came back",
        News::Overdue => "It should be there by now",
    }
}

/// What changed about an order, told before it is asked for: what, what it means, what can be done.
pub(crate) fn order_news(news: &News, before: &OrderView, now: &OrderView) -> String {
    let (number, shop) = (&now.number, &now.merchant_name);
    let of = format!("{number}, {} from {shop}", what(now));
    let at = |view: &OrderView| view.delivery_text.clone().unwrap_or_default();
    match news {
        News::Later => format!(
            "{of}, comes later than promised: {}, before it was {}. Say \"move it to\" another day, \"cancel the order\", or leave it.",
            at(now),
            at(before)
        ),
        News::Earlier => format!(
            "{of}, comes earlier: {}, before it was {}.",
            at(now),
            at(before)
        ),
        News::Delivered => format!(
            "{of}, was delivered. If something is wrong with it, say so and I send it back."
        ),
        News::NotDelivered => format!(
            "{of}, could not be delivered, says {shop}. Nothing else was done. Say \"cancel the order\", or \"a person\"."
        ),
        News::Refunded(back) => format!("{back} came back from {shop} for {number}."),
        News::Overdue => format!(
            "{of}, should have come ({}), and {shop} does not say that it did. Did it arrive? If not, say \"cancel the order\" or \"a person\".",
            at(now)
        ),
    }
}

pub(crate) fn cancel_question(view: &OrderView) -> String {
    format!(
        "Cancel {}, {} from {}, {} back to you? Yes or no.",
        view.number,
        what(view),
        view.merchant_name,
        view.total
    )
}

pub(crate) fn cannot_cancel(view: &OrderView) -> String {
    format!(
        "{} is {}, so it cannot be cancelled. It is as it was.",
        view.number, view.state_text
    )
}

pub(crate) fn cancelled(view: &OrderView) -> String {
    let back = view
        .refunded
        .map_or_else(String::new, |m| format!(" {m} goes back to you."));
    format!("Cancelled {}.{back}", view.number)
}

pub(crate) fn return_question(view: &OrderView) -> String {
    format!(
        "Send back {}, {} from {}? Yes or no.",
        view.number,
        what(view),
        view.merchant_name
    )
}

pub(crate) fn returning(view: &OrderView) -> String {
    format!(
        "The return of {} is arranged. The money comes back when {} has the goods.",
        view.number, view.merchant_name
    )
}

pub(crate) fn move_question(wish: &Wish, at: &Window, zone: &TimeZone) -> String {
    format!(
        "{} is not free. The nearest is {}. Move it there? Yes or no.",
        upper(wish.said.as_str()),
        window(at, zone)
    )
}

pub(crate) fn cannot_move(shop: &str) -> String {
    format!("{shop} has no other delivery window for this order. It is as it was.")
}

pub(crate) fn moved(view: &OrderView) -> String {
    let at = view
        .delivery_text
        .clone()
        .unwrap_or_else(|| "a time that the shop did not name".to_owned());
    format!("Moved {}: {at}.", view.number)
}

pub(crate) fn order_failed(what: &str, number: &str, failure: &Failure, shop: &str) -> String {
    format!(
        "{number} was not {what}: {shop}: {}. The order is as it was.",
        failure.text
    )
}
