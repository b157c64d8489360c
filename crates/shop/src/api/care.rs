//! After the purchase: cancel and send back.

use serde_json::Value;

use super::call::{Outcome, Refusal, Reply};
use super::desk::Desk;
use super::order::{find, find_mut, shown};
use super::read;
use crate::trade::life::ReturnRecord;

/// Most lines of one return, and most returns of one order.
const RETURNS_MAX: usize = 100;

/// `POST /orders/{id}/cancel`: everything back, as long as nothing is packed.
pub(crate) fn cancel(desk: &mut Desk<'_>, id: &str) -> Outcome {
    let now = desk.now;
    let order = find(desk, id)?;
    if order.canceled_at.is_some() {
        return Err(Refusal::conflict(
            "already_canceled",
            "This order is canceled already.",
        ));
    }
    if !order.can_cancel(now) {
        return Err(Refusal::conflict(
            "too_late",
            "It is packed already, so it cannot be canceled.",
        ));
    }
    let pieces: Vec<(String, u32)> = order
        .lines
        .iter()
        .map(|line| (line.item.clone(), line.quantity))
        .collect();
    for (item, count) in pieces {
        put_back(desk, &item, count);
    }
    find_mut(desk, id)?.canceled_at = Some(now);
    Ok(Reply::ok(shown(desk, find(desk, id)?)))
}

/// `POST /orders/{id}/returns`.
pub(crate) fn send_back(desk: &mut Desk<'_>, id: &str, body: &Value) -> Outcome {
    let now = desk.now;
    let wanted = pieces(body)?;
    let reason = read::text(body.get("reason"), 300)?;
    let order = find(desk, id)?;
    if order.canceled_at.is_some() {
        return Err(Refusal::conflict(
            "already_canceled",
            "This order was canceled; there is nothing to send back.",
        ));
    }
    if !order.is_delivered(now) {
        return Err(Refusal::conflict(
            "not_delivered",
            "It is not delivered yet; it can be canceled or sent back later.",
        ));
    }
    if now >= order.return_until() {
        return Err(Refusal::conflict(
            "too_late",
            "The 30 days for sending it back are over.",
        ));
    }
    if order.returns.len() >= RETURNS_MAX {
        return Err(Refusal::conflict(
            "too_many_returns",
            "This order has had its last return.",
        ));
    }
    let mut amount = 0;
    for (line_id, count) in &wanted {
        let line = order
            .line(line_id)
            .ok_or_else(|| Refusal::malformed(format!("There is no line {line_id}.")))?;
        if !line.returnable {
            return Err(Refusal::conflict(
                "not_returnable",
                format!("{} cannot be sent back.", line.title),
            ));
        }
        let left = line.quantity.saturating_sub(order.gone(line_id, None));
        if *count > left {
            let content = format!("{left} of {} can still be sent back.", line.title);
            return Err(Refusal::conflict("quantity_too_high", content));
        }
        amount += order.worth_of(line, *count);
    }
    let record = ReturnRecord {
        id: desk.draw("ret"),
        at: now,
        lines: wanted,
        amount,
        reason,
        at_once: false,
    };
    find_mut(desk, id)?.returns.push(record);
    Ok(Reply::ok(shown(desk, find(desk, id)?)))
}

/// Puts goods of a canceled order back on the shelf.
fn put_back(desk: &mut Desk<'_>, item: &str, count: u32) {
    let key = desk.pick(item).map(|found| found.key);
    if let Ok(key) = key {
        *desk.books.sold.entry(key).or_default() -= i64::from(count);
    }
}

/// `line_items` of a return: each line once.
pub(crate) fn pieces(body: &Value) -> Result<Vec<(String, u32)>, Refusal> {
    let items = body.get("line_items").and_then(Value::as_array);
    let items = items.filter(|items| !items.is_empty() && items.len() <= read::LINES_MAX);
    let items = items.ok_or_else(|| Refusal::malformed("`line_items` is missing."))?;
    let mut wanted: Vec<(String, u32)> = Vec::with_capacity(items.len());
    for item in items {
        let id = read::text(item.get("id"), 300)?
            .ok_or_else(|| Refusal::malformed("A line has no `id`."))?;
        let count = item
            .get("quantity")
            .and_then(Value::as_u64)
            .filter(|count| *count >= 1);
        let count = count
            .and_then(|count| u32::try_from(count).ok())
            .filter(|count| *count <= 10_000);
        let count = count.ok_or_else(|| {
            Refusal::new(
                400,
                "quantity_out_of_range",
                "A quantity is a whole number from 1 on.",
            )
        })?;
        if wanted.iter().any(|(held, _)| *held == id) {
            return Err(Refusal::malformed("A line is named twice."));
        }
        wanted.push((id, count));
    }
    Ok(wanted)
}
