//! Carts: baskets with estimated prices.

use serde_json::{Value, json};

use super::call::{Outcome, Refusal, Reply};
use super::checkout::accept_lines;
use super::desk::Desk;
use super::read;
use super::view;
use super::wire::{Topic, envelope, messages, no_resource};
use super::work::estimate;
use crate::books::{CartRecord, OPEN_MAX};
use crate::trade::basket::Basket;

/// `POST /carts`.
pub(crate) fn create(desk: &mut Desk<'_>, body: &Value) -> Outcome {
    if desk.books.carts.len() >= OPEN_MAX {
        return Err(Refusal::new(
            503,
            "busy",
            "The shop has too many open carts; nothing was made.",
        ));
    }
    let (lines, notes) = match accept_lines(desk, read::lines(body)?) {
        Ok(taken) => taken,
        Err(notes) => return Ok(Reply::ok(no_resource(Topic::Cart, &notes))),
    };
    let codes = read::codes(body)?.unwrap_or_default();
    let basket = Basket {
        lines,
        codes,
        claims: read::claims(body)?,
        notes,
    };
    let record = CartRecord {
        id: desk.draw("cart"),
        basket,
        made_at: desk.now,
        checkout: None,
    };
    let shown = shown(desk, &record)?;
    desk.books.carts.insert(record.id.clone(), record);
    Ok(Reply::created(shown))
}

/// `GET /carts/{id}`.
pub(crate) fn get(desk: &mut Desk<'_>, id: &str) -> Outcome {
    Ok(Reply::ok(shown(desk, find(desk, id)?)?))
}

/// `PUT /carts/{id}`: replaces the whole cart.
pub(crate) fn update(desk: &mut Desk<'_>, id: &str, body: &Value) -> Outcome {
    let mut record = find(desk, id)?.clone();
    let (lines, notes) = match accept_lines(desk, read::lines(body)?) {
        Ok(taken) => taken,
        Err(notes) => return Ok(Reply::ok(no_resource(Topic::Cart, &notes))),
    };
    let codes = read::codes(body)?.unwrap_or_default();
    record.basket = Basket {
        lines,
        codes,
        claims: read::claims(body)?,
        notes,
    };
    let shown = shown(desk, &record)?;
    desk.books.carts.insert(record.id.clone(), record);
    Ok(Reply::ok(shown))
}

/// `POST /carts/{id}/cancel`: the cart as it was, then no more.
pub(crate) fn cancel(desk: &mut Desk<'_>, id: &str) -> Outcome {
    let shown = shown(desk, find(desk, id)?)?;
    desk.books.carts.remove(id);
    Ok(Reply::ok(shown))
}

fn find<'a>(desk: &'a Desk<'_>, id: &str) -> Result<&'a CartRecord, Refusal> {
    desk.books
        .carts
        .get(id)
        .ok_or_else(|| Refusal::not_found("cart"))
}

fn shown(desk: &Desk<'_>, record: &CartRecord) -> Result<Value, Refusal> {
    let (priced, notes) = estimate(desk, &record.basket)?;
    Ok(json!({
        "ucp": envelope(Topic::Cart, "success"),
        "id": record.id,
        "currency": view::currency(desk),
        "line_items": view::line_items(&priced),
        "totals": view::totals(desk, &priced),
        "discounts": view::discounts(&record.basket, &priced.applied, false),
        "messages": messages(&notes),
        "links": view::links(desk),
        "continue_url": format!("{}/", desk.shop.page_url),
    }))
}
