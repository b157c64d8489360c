//! Checkouts: make, read, replace, cancel.

use serde_json::Value;

use super::call::{Outcome, Refusal, Reply};
use super::desk::Desk;
use super::read;
use super::view;
use super::wire::{Topic, no_resource};
use super::work::work_out;
use crate::books::{CheckoutRecord, Escalation, OPEN_MAX, Phase};
use crate::trade::basket::{Basket, DeliveryWish, Line, Note, NoteKind};
use crate::trade::delivery::{BOOKED_COLLECTION, BOOKED_WINDOW};

/// `POST /checkout-sessions`.
pub(crate) fn create(desk: &mut Desk<'_>, body: &Value) -> Outcome {
    if desk.books.checkouts.len() >= OPEN_MAX {
        return Err(Refusal::new(
            503,
            "busy",
            "The shop has too many open checkouts; nothing was made.",
        ));
    }
    let cart = read::text(body.get("cart_id"), 200)?;
    let mut basket = match &cart {
        Some(id) => {
            let record = desk
                .books
                .carts
                .get(id)
                .ok_or_else(|| Refusal::not_found("cart"))?;
            if let Some(open) = record
                .checkout
                .as_ref()
                .and_then(|id| desk.books.checkouts.get(id))
                && matches!(open.phase, Phase::Open | Phase::Escalated(_))
                && !desk.is_expired(open)
            {
                return Ok(Reply::ok(view::checkout(desk, open)?));
            }
            record.basket.clone()
        }
        None => match accept_lines(desk, read::lines(body)?) {
            Ok((lines, notes)) => Basket {
                lines,
                notes,
                ..Basket::default()
            },
            Err(notes) => return Ok(Reply::ok(no_resource(Topic::Checkout, &notes))),
        },
    };
    if basket.codes.is_empty() {
        basket.codes = read::codes(body)?.unwrap_or_default();
    }
    if basket.claims.is_empty() {
        basket.claims = read::claims(body)?;
    }
    let mut record = CheckoutRecord {
        id: desk.draw("chk"),
        basket,
        buyer: read::buyer(body)?,
        wish: read::wish(body)?,
        hold: None,
        phase: Phase::Open,
        made_at: desk.now,
        notes: Vec::new(),
    };
    escalate_delivery(desk, &mut record)?;
    let shown = view::checkout(desk, &record)?;
    if let Some(cart) = cart.and_then(|id| desk.books.carts.get_mut(&id)) {
        cart.checkout = Some(record.id.clone());
    }
    desk.books.checkouts.insert(record.id.clone(), record);
    Ok(Reply::created(shown))
}

/// `GET /checkout-sessions/{id}`.
pub(crate) fn get(desk: &mut Desk<'_>, id: &str) -> Outcome {
    let record = desk.checkout(id)?;
    if let Phase::Completed { order } = &record.phase
        && let Some(settled) = desk.books.settled(order)
    {
        return Ok(Reply::ok(settled));
    }
    Ok(Reply::ok(view::checkout(desk, record)?))
}

/// `PUT /checkout-sessions/{id}`: replaces everything that a buyer's side can say.
pub(crate) fn update(desk: &mut Desk<'_>, id: &str, body: &Value) -> Outcome {
    let mut record = open_record(desk, id)?;
    let (lines, notes) = match accept_lines(desk, read::lines(body)?) {
        Ok(taken) => taken,
        // Nothing of it can be had: the checkout stays as it was.
        Err(notes) => return Ok(Reply::ok(no_resource(Topic::Checkout, &notes))),
    };
    let codes = read::codes(body)?.unwrap_or_default();
    record.basket = Basket {
        lines,
        codes,
        claims: read::claims(body)?,
        notes,
    };
    record.buyer = read::buyer(body)?;
    record.wish = read::wish(body)?;
    record.notes.clear();
    if !keeps_window(&record.wish) {
        record.hold = None;
    }
    escalate_delivery(desk, &mut record)?;
    let shown = view::checkout(desk, &record)?;
    desk.books.checkouts.insert(record.id.clone(), record);
    Ok(Reply::ok(shown))
}

/// `POST /checkout-sessions/{id}/cancel`.
pub(crate) fn cancel(desk: &mut Desk<'_>, id: &str) -> Outcome {
    let record = desk.checkout(id)?;
    if matches!(record.phase, Phase::Completed { .. }) {
        return Err(Refusal::conflict(
            "checkout_completed",
            "This checkout is completed; its order can be canceled instead.",
        ));
    }
    let record = desk.checkout_mut(id)?;
    record.phase = Phase::Canceled;
    record.hold = None;
    let record = desk.checkout(id)?;
    Ok(Reply::ok(view::checkout(desk, record)?))
}

/// A copy of a checkout that can still be changed.
pub(crate) fn open_record(desk: &Desk<'_>, id: &str) -> Result<CheckoutRecord, Refusal> {
    let record = desk.checkout(id)?;
    if desk.is_expired(record) {
        return Err(Refusal::conflict(
            "checkout_canceled",
            "This checkout was open for too long; nothing was bought.",
        ));
    }
    match &record.phase {
        Phase::Open => Ok(record.clone()),
        Phase::Completed { .. } => Err(Refusal::conflict(
            "checkout_completed",
            "This checkout is completed.",
        )),
        Phase::Canceled => Err(Refusal::conflict(
            "checkout_canceled",
            "This checkout is canceled.",
        )),
        Phase::Escalated(_) => Err(Refusal::conflict(
            "checkout_with_buyer",
            "This checkout waits for the buyer at the shop's page.",
        )),
    }
}

/// What of the asked lines can be had, with notes about the rest; only notes when nothing can.
pub(crate) fn accept_lines(
    desk: &Desk<'_>,
    asked: Vec<Line>,
) -> Result<(Vec<Line>, Vec<Note>), Vec<Note>> {
    let mut lines = Vec::with_capacity(asked.len());
    let mut notes = Vec::new();
    let revise = desk.faults.is_on("quantity_revision");
    for (at, mut line) in asked.into_iter().enumerate() {
        let path = format!("$.line_items[{at}]");
        let gone = match desk.pick(&line.item) {
            Err(error) => ("item_unavailable", format!("{error}.")),
            Ok(found) if found.stock == 0 => (
                "out_of_stock",
                format!("{} is sold out.", found.picked.line_title()),
            ),
            Ok(_) => {
                if revise && line.quantity > 1 {
                    line.quantity -= 1;
                    let content = format!("The quantity was set to {}.", line.quantity);
                    notes.push(Note::new(NoteKind::Warning, "quantity_adjusted", content).at(path));
                }
                lines.push(line);
                continue;
            }
        };
        notes.push(Note::new(NoteKind::Recoverable, gone.0, gone.1).at(path));
    }
    if lines.is_empty() {
        for note in &mut notes {
            note.kind = NoteKind::Final;
        }
        return Err(notes);
    }
    Ok((lines, notes))
}

/// With the switch on, a checkout that would be ready needs the buyer at the shop's page.
fn escalate_delivery(desk: &Desk<'_>, record: &mut CheckoutRecord) -> Result<(), Refusal> {
    if desk.faults.is_on("schedule_delivery") && work_out(desk, record)?.is_ready() {
        record.phase = Phase::Escalated(Escalation::ScheduleDelivery);
    }
    Ok(())
}

fn keeps_window(wish: &DeliveryWish) -> bool {
    matches!(
        wish.option.as_deref(),
        Some(BOOKED_WINDOW | BOOKED_COLLECTION)
    )
}
