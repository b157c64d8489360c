//! An order as it is at this moment.

use serde_json::{Value, json};

use super::call::{Outcome, Refusal, Reply};
use super::desk::Desk;
use super::view;
use super::wire::{Topic, envelope};
use crate::trade::basket::Method;
use crate::trade::life::{OrderLine, OrderRecord, ReturnRecord};

/// `GET /orders/{id}`.
pub(crate) fn get(desk: &mut Desk<'_>, id: &str) -> Outcome {
    let order = find(desk, id)?;
    Ok(Reply::ok(shown(desk, order)))
}

pub(crate) fn find<'a>(desk: &'a Desk<'_>, id: &str) -> Result<&'a OrderRecord, Refusal> {
    desk.books
        .orders
        .get(id)
        .ok_or_else(|| Refusal::not_found("order"))
}

pub(crate) fn find_mut<'a>(
    desk: &'a mut Desk<'_>,
    id: &str,
) -> Result<&'a mut OrderRecord, Refusal> {
    desk.books
        .orders
        .get_mut(id)
        .ok_or_else(|| Refusal::not_found("order"))
}

/// The full snapshot.
pub(crate) fn shown(desk: &Desk<'_>, order: &OrderRecord) -> Value {
    let now = desk.now;
    let milestones = order.milestones();
    let left = |line: &OrderLine| order.gone(&line.id, None) < line.quantity;
    let returnable = order.canceled_at.is_none()
        && now < order.return_until()
        && order.lines.iter().any(|line| line.returnable && left(line));
    json!({
        "ucp": envelope(Topic::Order, "success"),
        "id": order.id,
        "checkout_id": order.checkout,
        "permalink_url": view::permalink(desk, &order.id),
        "placed_at": desk.stamp(order.placed_at),
        "state": order.state(now),
        "currency": order.currency,
        "line_items": order.lines.iter().map(|line| line_shown(desk, order, line)).collect::<Vec<_>>(),
        "fulfillment": { "expectations": expectations(desk, order), "events": events(desk, order) },
        "adjustments": adjustments(desk, order),
        "totals": order.totals,
        "delivery_slot": slot_shown(desk, order),
        "care": {
            "cancel_until": desk.stamp(milestones.packed),
            "cancelable": order.can_cancel(now),
            "return_until": desk.stamp(order.return_until()),
            "returnable": returnable,
        },
        "links": view::links(desk),
    })
}

fn line_shown(desk: &Desk<'_>, order: &OrderRecord, line: &OrderLine) -> Value {
    let total = if order.canceled_at.is_some() {
        0
    } else {
        line.quantity
            .saturating_sub(order.gone(&line.id, Some(desk.now)))
    };
    let fulfilled = if order.is_delivered(desk.now) {
        total
    } else {
        0
    };
    let status = match (total, fulfilled) {
        (0, _) => "removed",
        (total, fulfilled) if fulfilled >= total => "fulfilled",
        (_, 0) => "processing",
        _ => "partial",
    };
    let amount = line.price.saturating_mul(i64::from(line.quantity));
    json!({
        "id": line.id,
        "item": { "id": line.item, "title": line.title, "price": line.price },
        "quantity": { "original": line.quantity, "total": total, "fulfilled": fulfilled },
        "status": status,
        "returnable": line.returnable,
        "totals": [
            { "type": "subtotal", "display_text": "Subtotal", "amount": amount },
            { "type": "total", "display_text": "Total", "amount": amount },
        ],
    })
}

fn quantities(order: &OrderRecord) -> Value {
    order
        .lines
        .iter()
        .map(|line| json!({ "id": line.id, "quantity": line.quantity }))
        .collect()
}

fn expectations(desk: &Desk<'_>, order: &OrderRecord) -> Value {
    if order.canceled_at.is_some() {
        return json!([]);
    }
    let destination = match (order.way.method, &order.way.destination) {
        (Method::Shipping, Some(destination)) => json!(destination),
        (Method::Shipping, None) => json!({ "id": "code", "address_country": "US" }),
        (Method::Pickup, _) => view::store(desk),
    };
    json!([{
        "id": "exp_1",
        "line_items": quantities(order),
        "method_type": order.way.method.word(),
        "destination": destination,
        "description": order.way.title,
        "fulfillable_on": "now",
        "earliest_fulfillment_time": desk.stamp(order.way.from),
        "latest_fulfillment_time": desk.stamp(order.way.to),
    }])
}

/// A step of an order's life: kind, moment, words.
type Step = (&'static str, jiff::Timestamp, String);

/// What has happened up to now, the oldest first. The same moment always gives the same list.
fn events(desk: &Desk<'_>, order: &OrderRecord) -> Value {
    let end = order.canceled_at.unwrap_or(desk.now);
    let mut past = steps(desk, order);
    past.retain(|(_, at, _)| *at <= end);
    if let Some(at) = order.canceled_at {
        past.push((
            "canceled",
            at,
            "It was canceled before it was packed.".to_owned(),
        ));
    }
    let numbered = past.into_iter().enumerate();
    numbered
        .map(|(place, step)| event(desk, order, place + 1, step))
        .collect()
}

fn steps(desk: &Desk<'_>, order: &OrderRecord) -> Vec<Step> {
    let milestones = order.milestones();
    let name = desk.shop.which.name();
    let first = (
        "processing",
        order.placed_at,
        format!("{name} has the order."),
    );
    let step = |kind, at, words: &str| (kind, at, words.to_owned());
    let packed = step("packed", milestones.packed, "It is packed.");
    match order.way.method {
        _ if order.way.digital => {
            vec![
                first,
                step(
                    "delivered",
                    milestones.delivered,
                    "The code is on the order page.",
                ),
            ]
        }
        Method::Shipping => vec![
            first,
            packed,
            step("shipped", milestones.shipped, "It has left the shop."),
            step("in_transit", milestones.moving, "It is on the road."),
            step("delivered", milestones.delivered, "It was handed over."),
        ],
        Method::Pickup => vec![
            first,
            packed,
            step(
                "ready_for_pickup",
                milestones.shipped,
                "It waits at the counter.",
            ),
            step("delivered", milestones.delivered, "It was collected."),
        ],
    }
}

fn event(desk: &Desk<'_>, order: &OrderRecord, number: usize, (kind, at, words): Step) -> Value {
    let mut event = json!({
        "id": format!("evt_{number}"),
        "type": kind,
        "occurred_at": desk.stamp(at),
        "description": words,
        "line_items": quantities(order),
    });
    let on_the_road = matches!(kind, "shipped" | "in_transit" | "delivered");
    let parcel = order.way.method == Method::Shipping && !order.way.digital;
    if let Some(map) = event.as_object_mut().filter(|_| on_the_road && parcel) {
        let tail: String = order.id.chars().skip(4).take(10).collect();
        map.insert("tracking_number".to_owned(), json!(tail.to_uppercase()));
        map.insert(
            "tracking_url".to_owned(),
            json!(view::permalink(desk, &order.id)),
        );
    }
    event
}

fn adjustments(desk: &Desk<'_>, order: &OrderRecord) -> Value {
    let mut list = Vec::new();
    if let Some(at) = order.canceled_at {
        let pieces: Vec<(String, u32)> = order
            .lines
            .iter()
            .map(|line| (line.id.clone(), line.quantity))
            .collect();
        list.push(adjustment(
            desk,
            "adj_cancel",
            "cancellation",
            at,
            "completed",
            Some(&pieces),
            None,
        ));
        list.push(adjustment(
            desk,
            "adj_cancel_refund",
            "refund",
            at,
            "completed",
            None,
            Some(order.total),
        ));
    }
    for back in &order.returns {
        list.extend(return_shown(desk, back));
    }
    Value::Array(list)
}

fn return_shown(desk: &Desk<'_>, back: &ReturnRecord) -> Vec<Value> {
    let refund = format!("{}_refund", back.id);
    if back.at_once {
        let shown = adjustment(
            desk,
            &refund,
            "refund",
            back.at,
            "completed",
            Some(&back.lines),
            Some(back.amount),
        );
        return vec![shown];
    }
    let done = back.is_done(desk.now);
    let status = if done { "completed" } else { "pending" };
    let at = if done { back.done_at() } else { back.at };
    let mut returned = adjustment(
        desk,
        &back.id,
        "return",
        back.at,
        status,
        Some(&back.lines),
        None,
    );
    if let (Some(map), Some(reason)) = (returned.as_object_mut(), &back.reason) {
        map.insert("description".to_owned(), json!(reason));
    }
    vec![
        returned,
        adjustment(desk, &refund, "refund", at, status, None, Some(back.amount)),
    ]
}

fn adjustment(
    desk: &Desk<'_>,
    id: &str,
    kind: &str,
    at: jiff::Timestamp,
    status: &str,
    lines: Option<&[(String, u32)]>,
    amount: Option<i64>,
) -> Value {
    let mut value =
        json!({ "id": id, "type": kind, "occurred_at": desk.stamp(at), "status": status });
    if let Some(map) = value.as_object_mut() {
        if let Some(lines) = lines {
            let shown = lines
                .iter()
                .map(|(id, count)| json!({ "id": id, "quantity": -i64::from(*count) }));
            map.insert("line_items".to_owned(), shown.collect());
        }
        if let Some(amount) = amount {
            let total = json!([{ "type": "total", "display_text": "Refund", "amount": -amount }]);
            map.insert("totals".to_owned(), total);
        }
    }
    value
}

fn slot_shown(desk: &Desk<'_>, order: &OrderRecord) -> Value {
    let slot = order
        .way
        .slot
        .as_deref()
        .filter(|_| order.canceled_at.is_none())
        .and_then(|id| desk.slot(id));
    match slot {
        Some(slot) => json!({
            "id": slot.id,
            "start": desk.stamp(slot.start),
            "end": desk.stamp(slot.end),
            "status": "booked",
        }),
        None => json!({ "status": "none" }),
    }
}
