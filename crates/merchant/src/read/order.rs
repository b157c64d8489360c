use errand_types::{
    Adjustment, Currency, ForeignId, MerchantId, Money, Order, OrderEvent, OrderId, OrderLine,
    OrderState, PurchaseId, SlotState, Text, TotalEntry, TotalKind, Window,
};
use jiff::Timestamp;
use serde_json::Value;

use super::{delivery, totals};
use crate::dialect::Dialect;
use crate::json::{any, clip, get, id, list, minor, text, time};

const LINES_MAX: usize = 100;
const EVENTS_MAX: usize = 200;

/// What is known when an order is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) merchant: &'a MerchantId,
    pub(crate) dialect: Dialect,
    pub(crate) now: Timestamp,
    /// Currency of the checkout, for shops that leave it out of the order.
    pub(crate) currency: Option<Currency>,
    /// Names for what only the caller knows; it replaces them.
    pub(crate) ours: &'a (OrderId, PurchaseId),
}

/// Reads an order, or says which part cannot be read.
pub(crate) fn read(body: &Value, context: Context<'_>) -> Result<Order, &'static str> {
    let body = get(body, "order")
        .filter(|inner| get(inner, "line_items").is_some())
        .unwrap_or(body);
    let number = id(body, "id").ok_or("it names no order")?;
    let currency = match text(body, "currency") {
        Some(code) => Currency::parse(code).map_err(|_| "its currency is unknown")?,
        None => context.currency.ok_or("it names no currency")?,
    };
    let lines: Vec<OrderLine> = list(body, "line_items")
        .iter()
        .take(LINES_MAX)
        .filter_map(|item| line(item, currency))
        .collect();
    if lines.is_empty() {
        return Err("it has no lines");
    }
    let (entries, total) =
        sums(body, currency, context.dialect, &lines).ok_or("it has no total")?;
    let fulfillment = get(body, "fulfillment").unwrap_or(&Value::Null);
    let events = events(fulfillment);
    let adjustments = adjustments(body, currency);
    let slot = delivery::slot(body, context.now);
    let booked = slot
        .as_ref()
        .filter(|slot| slot.state == SlotState::Booked)
        .map(|slot| slot.window);
    let care = get(body, "care").unwrap_or(&Value::Null);
    let placed_at = time(body, "placed_at")
        .or_else(|| time(body, "created_at"))
        .or_else(|| events.first().map(|event| event.at))
        .unwrap_or(context.now);
    Ok(Order {
        id: context.ours.0.clone(),
        purchase: context.ours.1.clone(),
        merchant: context.merchant.clone(),
        number,
        state: state(body, &lines, &events, &adjustments),
        lines,
        entries,
        total,
        expected: booked.or_else(|| expected(fulfillment)),
        slot,
        events,
        adjustments,
        cancel_until: time(care, "cancel_until")
            .filter(|_| get(care, "cancelable").and_then(Value::as_bool) != Some(false)),
        return_until: time(care, "return_until"),
        permalink: any(body, &["permalink_url", "permalink"])
            .and_then(Value::as_str)
            .and_then(|url| Text::parse(url).ok()),
        placed_at,
    })
}

/// The shop's sums; where an order has none, the sum of its lines.
fn sums(
    body: &Value,
    currency: Currency,
    dialect: Dialect,
    lines: &[OrderLine],
) -> Option<(Vec<TotalEntry>, Money)> {
    if let Some(read) = totals::read(list(body, "totals"), currency, dialect) {
        return Some((read.entries, read.total));
    }
    let parts = lines.iter().map(|line| {
        line.unit_price
            .and_then(|price| price.times(line.ordered).ok())
    });
    let parts: Option<Vec<Money>> = parts.collect();
    let sum = Money::sum(currency, parts?).ok()?;
    let entry = TotalEntry {
        kind: TotalKind::Subtotal,
        label: Text::clip("Goods"),
        amount: sum,
    };
    Some((vec![entry], sum))
}

fn line(value: &Value, currency: Currency) -> Option<OrderLine> {
    let item = get(value, "item").unwrap_or(value);
    let variant: ForeignId = id(item, "id")?;
    let count = |number: Option<&Value>| {
        number
            .and_then(Value::as_u64)
            .and_then(|n| u32::try_from(n).ok())
    };
    let quantity = get(value, "quantity")?;
    let (ordered, fulfilled) = if quantity.is_object() {
        (
            count(any(quantity, &["original", "total"])),
            count(get(quantity, "fulfilled")),
        )
    } else {
        (count(Some(quantity)), None)
    };
    let price = any(item, &["price", "unit_price"]).and_then(minor);
    Some(OrderLine {
        id: id(value, "id"),
        title: clip(item, "title").unwrap_or_else(|| Text::clip(variant.as_str())),
        variant,
        product: None,
        words: Vec::new(),
        lasts_days: None,
        ordered: ordered?,
        fulfilled: fulfilled.unwrap_or(0),
        unit_price: price.and_then(|price| Money::checked(price, currency).ok()),
    })
}

fn events(fulfillment: &Value) -> Vec<OrderEvent> {
    let read = |(place, value): (usize, &Value)| {
        let kind: Text<60> = clip(value, "type")?;
        Some(OrderEvent {
            id: clip(value, "id").unwrap_or_else(|| Text::clip(&format!("{kind}-{place}"))),
            kind,
            at: time(value, "occurred_at").or_else(|| time(value, "timestamp"))?,
            text: clip(value, "description"),
        })
    };
    let found = list(fulfillment, "events")
        .iter()
        .take(EVENTS_MAX)
        .enumerate()
        .filter_map(read);
    let mut events: Vec<OrderEvent> = found.collect();
    // The order of events is the order of time; among equals the shop's.
    events.sort_by_key(|event| event.at);
    events.dedup_by(|a, b| a.id == b.id);
    events
}

fn adjustments(body: &Value, currency: Currency) -> Vec<Adjustment> {
    let read = |value: &Value| {
        let kind: Text<60> = clip(value, "type")?;
        let total = list(value, "totals")
            .iter()
            .find(|entry| text(entry, "type") == Some("total"));
        let amount = total
            .and_then(|entry| get(entry, "amount"))
            .or_else(|| get(value, "amount"))
            .and_then(minor);
        // What comes back is signed from the shop's side in some servers and not in others; shown is how much.
        let gives_back = matches!(
            kind.as_str(),
            "refund" | "return" | "credit" | "cancellation"
        );
        let amount = amount.map(|amount| {
            if gives_back {
                amount.saturating_abs()
            } else {
                amount
            }
        });
        Some(Adjustment {
            id: clip(value, "id").unwrap_or_else(|| Text::clip(kind.as_str())),
            kind,
            status: clip(value, "status").unwrap_or_else(|| Text::clip("completed")),
            amount: amount.and_then(|amount| Money::checked(amount, currency).ok()),
        })
    };
    list(body, "adjustments")
        .iter()
        .take(EVENTS_MAX)
        .filter_map(read)
        .collect()
}

fn expected(fulfillment: &Value) -> Option<Window> {
    let windows = list(fulfillment, "expectations").iter().take(LINES_MAX);
    let windows = windows.filter_map(|value| {
        delivery::window(
            value,
            "earliest_fulfillment_time",
            "latest_fulfillment_time",
        )
    });
    windows.reduce(|a, b| Window {
        start: a.start.min(b.start),
        end: a.end.max(b.end),
    })
}

/// Where an order stands, from what happened; a shop's own word for it is not in the protocol and is not read.
fn state(
    body: &Value,
    lines: &[OrderLine],
    events: &[OrderEvent],
    adjustments: &[Adjustment],
) -> OrderState {
    let of = |kinds: &[&str], status: &str| {
        adjustments
            .iter()
            .any(|a| kinds.contains(&a.kind.as_str()) && a.status.as_str() == status)
    };
    let removed = || {
        let items = list(body, "line_items");
        !items.is_empty()
            && items
                .iter()
                .all(|item| text(item, "status") == Some("removed"))
    };
    if of(&["cancellation", "cancel"], "completed")
        || events
            .iter()
            .any(|event| matches!(event.kind.as_str(), "canceled" | "cancelled"))
    {
        return OrderState::Cancelled;
    }
    if of(&["return"], "pending") {
        return OrderState::Returning;
    }
    if of(&["return"], "completed") {
        return OrderState::Returned;
    }
    if removed() {
        return OrderState::Cancelled;
    }
    let last = events
        .iter()
        .rev()
        .find_map(|event| match event.kind.as_str() {
            "processing" | "placed" => Some(OrderState::Placed),
            "packed" | "ready_for_pickup" => Some(OrderState::Packed),
            "shipped" | "in_transit" | "out_for_delivery" | "failed_attempt" => {
                Some(OrderState::Shipped)
            }
            "delivered" | "picked_up" => Some(OrderState::Delivered),
            "undeliverable" | "returned_to_sender" => Some(OrderState::Failed),
            _ => None,
        });
    let all_out = lines.iter().all(|line| line.fulfilled >= line.ordered);
    match last {
        Some(state) => state,
        None if all_out => OrderState::Shipped,
        None => OrderState::Placed,
    }
}
