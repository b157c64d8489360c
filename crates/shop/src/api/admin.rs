//! `/_test/..`: the books for a judge, the clock, the shelves, the switches. Mounted only when
//! the shop was opened with `admin`.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::call::{Call, Outcome, Refusal, Reply};
use super::care::pieces;
use super::desk::Desk;
use super::order::{find, find_mut, shown};
use super::read;
use super::route::{keep, with_desk};
use crate::shop::Inner;
use crate::trade::life::{OrderRecord, ReturnRecord};

/// Longest single move of the clock: ten years in seconds.
const LEAP_MAX_S: i64 = 315_360_000;

pub(crate) fn handle(shop: &Inner, call: &Call<'_>, rest: &str) -> Outcome {
    let body = read::object(call.body)?;
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    with_desk(shop, |desk| {
        let outcome = match (call.method, parts.as_slice()) {
            ("GET", ["books"]) => return Ok(Reply::ok(books(desk))),
            ("GET", ["faults"]) => return Ok(Reply::ok(desk.faults.shown())),
            ("POST", ["faults"]) => set_faults(desk, &body),
            ("DELETE", ["faults"]) => {
                desk.faults.clear();
                Ok(Reply::ok(desk.faults.shown()))
            }
            ("GET", ["clock"]) => return Ok(Reply::ok(json!({ "now": desk.stamp(desk.now) }))),
            ("POST", ["clock"]) => advance(desk, &body),
            ("POST", ["items"]) => set_item(desk, &body),
            ("POST", ["orders", id, "adjust"]) => adjust(desk, id, &body),
            _ => Err(Refusal::not_found("test switch")),
        };
        keep(shop, desk.books)?;
        outcome
    })
}

/// The books: orders, every attempt to charge, every refund.
fn books(desk: &Desk<'_>) -> Value {
    let orders: Vec<Value> = desk
        .books
        .orders
        .values()
        .map(|order| order_entry(desk, order))
        .collect();
    let attempts: Vec<Value> = desk
        .books
        .charges
        .iter()
        .map(|charge| {
            json!({
                "at": desk.stamp(charge.at),
                "checkout_id": charge.checkout,
                "order_id": charge.order,
                "amount": charge.amount,
                "currency": super::wire::CURRENCY,
                "outcome": charge.outcome,
            })
        })
        .collect();
    let charged: i64 = desk
        .books
        .charges
        .iter()
        .filter(|charge| charge.outcome == "charged")
        .map(|charge| charge.amount)
        .sum();
    let refunded: i64 = desk
        .books
        .orders
        .values()
        .map(|order| order.refunded(desk.now))
        .sum();
    json!({
        "shop": desk.shop.which.slug(),
        "now": desk.stamp(desk.now),
        "orders": orders,
        "charges": attempts,
        "charged": charged,
        "refunded": refunded,
        "open_checkouts": desk.books.checkouts.len(),
    })
}

fn order_entry(desk: &Desk<'_>, order: &OrderRecord) -> Value {
    let lines: Vec<Value> = order
        .lines
        .iter()
        .map(|line| {
            json!({ "id": line.id, "variant": line.item, "title": line.title, "quantity": line.quantity, "unit_price": line.price })
        })
        .collect();
    let of_this = desk
        .books
        .charges
        .iter()
        .filter(|charge| charge.order.as_deref() == Some(order.id.as_str()));
    let charged: i64 = of_this
        .filter(|charge| charge.outcome == "charged")
        .map(|charge| charge.amount)
        .sum();
    let slot = order.way.slot.as_deref().and_then(|id| desk.slot(id));
    json!({
        "id": order.id,
        "checkout_id": order.checkout,
        "placed_at": desk.stamp(order.placed_at),
        "state": order.state(desk.now),
        "currency": order.currency,
        "lines": lines,
        "totals": order.totals,
        "total": order.total,
        "codes": order.codes,
        "charged": charged,
        "refunded": order.refunded(desk.now),
        "method": order.way.method.word(),
        "delivery": order.way.title,
        "destination": order.way.destination,
        "slot": slot.map(|slot| json!({ "id": slot.id, "start": desk.stamp(slot.start), "end": desk.stamp(slot.end) })),
    })
}

fn set_faults(desk: &mut Desk<'_>, body: &Value) -> Outcome {
    let wanted = body.as_object().cloned().unwrap_or_default();
    let stranger = |name: String| Refusal::malformed(format!("There is no switch {name}."));
    desk.faults.set(&wanted).map_err(stranger)?;
    if wanted.contains_key("late_hours")
        && let Some(hours) = desk.faults.number("late_hours", 24)
    {
        let now = desk.now;
        for order in desk.books.orders.values_mut() {
            order.delay(SignedDuration::from_hours(hours.clamp(0, 1_000)), now);
        }
    }
    Ok(Reply::ok(desk.faults.shown()))
}

fn advance(desk: &mut Desk<'_>, body: &Value) -> Outcome {
    let seconds = body.get("advance_seconds").and_then(Value::as_i64);
    let to = read::text(body.get("set"), 64)?;
    let leap = match (seconds, to) {
        (Some(seconds), _) => seconds,
        (None, Some(text)) => {
            let at: jiff::Timestamp = text
                .parse()
                .map_err(|_| Refusal::malformed("`set` is an RFC 3339 moment."))?;
            at.duration_since(desk.now).as_secs()
        }
        (None, None) => return Err(Refusal::malformed("`advance_seconds` or `set` is needed.")),
    };
    if !(0..=LEAP_MAX_S).contains(&leap) {
        return Err(Refusal::malformed(
            "The clock goes forward, at most ten years at once.",
        ));
    }
    desk.books.clock_ahead_s = desk.books.clock_ahead_s.saturating_add(leap);
    desk.now = super::route::time(desk.shop, desk.books);
    Ok(Reply::ok(json!({ "now": desk.stamp(desk.now) })))
}

fn set_item(desk: &mut Desk<'_>, body: &Value) -> Outcome {
    let id =
        read::text(body.get("id"), 512)?.ok_or_else(|| Refusal::malformed("`id` is missing."))?;
    let key = desk
        .pick(&id)
        .map(|found| found.key)
        .map_err(|error| Refusal::malformed(format!("{error}.")))?;
    let stock = body
        .get("stock")
        .and_then(Value::as_u64)
        .and_then(|stock| u32::try_from(stock).ok());
    let price = body
        .get("price")
        .and_then(Value::as_i64)
        .filter(|price| (1..=100_000_000).contains(price));
    let change = desk.books.overrides.entry(key.clone()).or_default();
    change.stock = stock.or(change.stock);
    change.price = price.or(change.price);
    if stock.is_some() {
        desk.books.sold.remove(&key);
    }
    let found = desk
        .pick(&id)
        .map_err(|error| Refusal::malformed(format!("{error}.")))?;
    Ok(Reply::ok(
        json!({ "id": key, "stock": found.stock, "price": found.picked.price }),
    ))
}

/// Gives money back for pieces of an order at once, as a shop's own staff would.
fn adjust(desk: &mut Desk<'_>, id: &str, body: &Value) -> Outcome {
    let named = json!({ "line_items": [{ "id": body.get("line_item_id"), "quantity": body.get("quantity") }] });
    let wanted = pieces(&named)?;
    let order = find(desk, id)?;
    let mut amount = 0;
    for (line_id, count) in &wanted {
        let line = order
            .line(line_id)
            .ok_or_else(|| Refusal::not_found("line"))?;
        if *count > line.quantity.saturating_sub(order.gone(line_id, None)) {
            return Err(Refusal::conflict(
                "quantity_too_high",
                "The line has fewer pieces left.",
            ));
        }
        amount += order.worth_of(line, *count);
    }
    let record = ReturnRecord {
        id: desk.draw("adj"),
        at: desk.now,
        lines: wanted,
        amount,
        reason: None,
        at_once: true,
    };
    find_mut(desk, id)?.returns.push(record);
    Ok(Reply::ok(shown(desk, find(desk, id)?)))
}
