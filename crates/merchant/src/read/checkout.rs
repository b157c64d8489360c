use errand_types::limits::{CART_LINES_MAX, QUANTITY_MAX};
use errand_types::{Checkout, CheckoutStatus, Currency, ForeignId, Line, MerchantId, Money, Text};
use jiff::Timestamp;
use serde_json::Value;

use super::delivery::{self, Delivery};
use super::{messages, payment, totals};
use crate::dialect::Dialect;
use crate::json::{any, clip, get, id, list, minor, text, time};

/// A checkout and what the next update needs beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) checkout: Checkout,
    pub(crate) delivery: Delivery,
    /// The shop takes its first `payment` member back in updates.
    pub(crate) payment_echo: Option<Value>,
}

/// What is known when an answer is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) merchant: &'a MerchantId,
    pub(crate) dialect: Dialect,
    pub(crate) now: Timestamp,
    /// The last snapshot of the same checkout: a partial answer is laid over it.
    pub(crate) previous: Option<&'a Snapshot>,
}

/// Reads a checkout, or says which part cannot be read.
///
/// A partial answer changes only what it says: known lines and totals are never overwritten with nothing.
pub(crate) fn read(body: &Value, context: Context<'_>) -> Result<Snapshot, &'static str> {
    let previous = context.previous;
    let old = previous.map(|snapshot| &snapshot.checkout);
    let checkout_id = match id(body, "id") {
        Some(found) => found,
        None => old
            .map(|old| old.id.clone())
            .ok_or("it names no checkout")?,
    };
    if old.is_some_and(|old| old.id != checkout_id) {
        return Err("it is about another checkout");
    }
    let currency = match text(body, "currency") {
        Some(code) => Currency::parse(code).map_err(|_| "its currency is unknown")?,
        None => old.map(|old| old.currency).ok_or("it names no currency")?,
    };
    let lines = match get(body, "line_items") {
        Some(_) => lines(body, currency)?,
        None => old.map(|old| old.lines.clone()).ok_or("it has no lines")?,
    };
    let totals = match get(body, "totals").and_then(Value::as_array) {
        Some(entries) => {
            totals::read(entries, currency, context.dialect).ok_or("it has no total")?
        }
        None => old
            .map(|old| old.totals.clone())
            .ok_or("it has no totals")?,
    };
    let is_whole = get(body, "line_items").is_some() && get(body, "totals").is_some();
    let delivery = match (get(body, "fulfillment"), previous) {
        (None, Some(previous)) if !is_whole => previous.delivery.clone(),
        _ => delivery::read(body, currency),
    };
    let payment = if payment::says(body) {
        payment::offers(body)
    } else {
        old.map(|old| old.payment.clone()).unwrap_or_default()
    };
    let order = get(body, "order");
    let keep = |found: Option<Text<2000>>, old: Option<&Text<2000>>| found.or_else(|| old.cloned());
    let slot = match get(body, "delivery_slot") {
        Some(_) => delivery::slot(body, context.now),
        None if is_whole => None,
        None => old.and_then(|old| old.slot.clone()),
    };
    let checkout = Checkout {
        id: checkout_id,
        merchant: context.merchant.clone(),
        status: status(text(body, "status")),
        currency,
        lines,
        totals,
        options: delivery.options.clone(),
        selected_option: delivery.selected.clone(),
        destination: delivery.destination.clone(),
        slot,
        payment,
        messages: messages::read(body),
        codes_applied: codes(body, old),
        continue_url: text(body, "continue_url").and_then(|url| Text::parse(url).ok()),
        expires_at: time(body, "expires_at").or_else(|| old.and_then(|old| old.expires_at)),
        order: order
            .and_then(|order| id(order, "id"))
            .or_else(|| id(body, "order_id"))
            .or_else(|| old.and_then(|old| old.order.clone())),
        permalink: keep(
            order
                .and_then(|order| any(order, &["permalink_url", "permalink"]))
                .or_else(|| get(body, "order_permalink_url"))
                .and_then(Value::as_str)
                .and_then(|url| Text::parse(url).ok()),
            old.and_then(|old| old.permalink.as_ref()),
        ),
        // Signatures of answers are not checked, so none is called right.
        signed: None,
    };
    let payment_echo = get(body, "payment")
        .cloned()
        .or_else(|| previous.and_then(|previous| previous.payment_echo.clone()));
    Ok(Snapshot {
        checkout,
        delivery,
        payment_echo: payment_echo.filter(|_| context.dialect.is_first()),
    })
}

fn codes(body: &Value, old: Option<&Checkout>) -> Vec<Text<60>> {
    match get(body, "discounts") {
        Some(discounts) => list(discounts, "applied")
            .iter()
            .take(50)
            .filter_map(|applied| clip(applied, "code"))
            .collect(),
        None => old.map(|old| old.codes_applied.clone()).unwrap_or_default(),
    }
}

fn status(word: Option<&str>) -> CheckoutStatus {
    match word.unwrap_or_default() {
        "incomplete" | "not_ready_for_payment" | "pending" => CheckoutStatus::NeedsInput,
        "requires_escalation" | "authentication_required" | "pending_approval" => {
            CheckoutStatus::NeedsBuyer
        }
        "ready_for_complete" | "ready_for_payment" => CheckoutStatus::Ready,
        "complete_in_progress" | "in_progress" => CheckoutStatus::Processing,
        "completed" => CheckoutStatus::Completed,
        "canceled" | "cancelled" => CheckoutStatus::Canceled,
        "expired" => CheckoutStatus::Expired,
        other => CheckoutStatus::Unknown(Text::clip(other)),
    }
}

fn lines(body: &Value, currency: Currency) -> Result<Vec<Line>, &'static str> {
    let items = list(body, "line_items");
    if items.len() > CART_LINES_MAX {
        return Err("it has too many lines");
    }
    items.iter().map(|item| line(item, currency)).collect()
}

fn line(value: &Value, currency: Currency) -> Result<Line, &'static str> {
    let item = get(value, "item").unwrap_or(value);
    let variant: ForeignId = id(item, "id").ok_or("a line names no item")?;
    let price = any(item, &["price", "unit_price"]).or_else(|| get(value, "unit_price"));
    let in_currency = |amount: &Value| match text(amount, "currency") {
        Some(code) => Currency::parse(code).is_ok_and(|found| found == currency),
        None => true,
    };
    if price.is_some_and(|price| !in_currency(price)) {
        return Err("a line has another currency");
    }
    let amount =
        |value: &Value| minor(value).and_then(|minor| Money::checked(minor, currency).ok());
    let of = |word: &str| {
        let entries = list(value, "totals").iter();
        let entry = entries
            .rev()
            .find(|entry| text(entry, "type") == Some(word));
        entry
            .and_then(|entry| get(entry, "amount"))
            .and_then(amount)
    };
    Ok(Line {
        id: id(value, "id"),
        title: clip(item, "title").unwrap_or_else(|| Text::clip(variant.as_str())),
        variant,
        unit_price: price.and_then(amount),
        quantity: pieces(value)?,
        total: of("total").or_else(|| of("subtotal")),
    })
}

/// Whole pieces. From 2026-08-25 a quantity counts steps of its unit: `quantity x 10^-scale`.
fn pieces(value: &Value) -> Result<u32, &'static str> {
    let quantity = get(value, "quantity").ok_or("a line has no quantity")?;
    let number = if quantity.is_object() {
        any(quantity, &["total", "original", "value"])
    } else {
        Some(quantity)
    };
    let number = number
        .and_then(Value::as_u64)
        .ok_or("a quantity is no whole number")?;
    let unit = get(value, "quantity_unit")
        .or_else(|| get(value, "item").and_then(|item| get(item, "quantity_unit")));
    let scale = unit
        .and_then(|unit| get(unit, "scale"))
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let step = u32::try_from(scale)
        .ok()
        .and_then(|scale| 10_u64.checked_pow(scale))
        .ok_or("a quantity has a wild unit")?;
    if number.checked_rem(step) != Some(0) {
        return Err("a quantity is no whole number of pieces");
    }
    let whole = number
        .checked_div(step)
        .and_then(|whole| u32::try_from(whole).ok());
    whole
        .filter(|whole| *whole <= QUANTITY_MAX)
        .ok_or("a quantity is out of range")
}
