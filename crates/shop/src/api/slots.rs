//! Vendor extension `dev.errand.delivery_slots`: list, hold, book.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::call::{Outcome, Refusal, Reply};
use super::checkout::open_record;
use super::desk::Desk;
use super::order::{find, find_mut, shown as order_shown};
use super::read;
use super::view;
use super::wire::{Topic, envelope, money, no_resource};
use super::work::work_out;
use crate::books::Hold;
use crate::catalog::Catalog;
use crate::trade::basket::{Method, Note, NoteKind};
use crate::trade::delivery::{BOOKED_COLLECTION, BOOKED_WINDOW, Load, later, offers, spoken};
use crate::trade::life::OrderRecord;
use crate::trade::slots::{HOLD, LEAD, Slot, upcoming};

/// `GET /checkout-sessions/{id}/delivery-slots`.
pub(crate) fn for_checkout(desk: &mut Desk<'_>, id: &str) -> Outcome {
    let record = desk.checkout(id)?;
    let worked = work_out(desk, record)?;
    if worked.method == Method::Shipping
        && record.wish.destination().is_none()
        && !worked.load.digital
    {
        return Ok(Reply::ok(no_resource(
            Topic::Checkout,
            &[destination_required()],
        )));
    }
    let slots = listed(desk, worked.load, Some(id));
    let shown: Vec<Value> = slots
        .into_iter()
        .map(|(slot, left)| slot_value(desk, &slot, left))
        .collect();
    Ok(Reply::ok(
        json!({ "ucp": envelope(Topic::Checkout, "success"), "slots": shown }),
    ))
}

/// `GET /delivery-slots`: what is free at the moment for ordinary goods, and what the standard way costs, before anybody
/// says who or where.
pub(crate) fn for_anybody(desk: &mut Desk<'_>) -> Reply {
    let ordinary = Load {
        worth: 0,
        bulky: false,
        digital: false,
        ready_after: SignedDuration::ZERO,
    };
    let shown: Vec<Value> = listed(desk, ordinary, None)
        .into_iter()
        .filter(|(_, left)| *left > 0)
        .map(|(slot, left)| slot_value(desk, &slot, left))
        .collect();
    let terms = desk.shop.terms;
    let zone = &desk.shop.zone;
    let ways = offers(Method::Shipping, terms, zone, desk.now, ordinary, None);
    let standard = ways.first().map(|way| {
        json!({
            "price": money(way.price),
            "free_from": money(terms.standard_free_from),
            "start": desk.stamp(way.from),
            "end": desk.stamp(way.to),
        })
    });
    Reply::ok(json!({
        "ucp": envelope(Topic::Checkout, "success"), "slots": shown, "standard": standard,
    }))
}

/// `POST /checkout-sessions/{id}/delivery-slots/{slot}/hold`.
pub(crate) fn hold(desk: &mut Desk<'_>, id: &str, slot: &str) -> Outcome {
    let mut record = open_record(desk, id)?;
    let slot = desk
        .slot(slot)
        .ok_or_else(|| Refusal::not_found("delivery window"))?;
    if !slot.pickup && record.wish.destination().is_none() {
        return Ok(Reply::ok(no_resource(
            Topic::Checkout,
            &[destination_required()],
        )));
    }
    let load = work_out(desk, &record)?.load;
    bookable(desk, &slot, load, id)?;
    record.wish.method = Some(if slot.pickup {
        Method::Pickup
    } else {
        Method::Shipping
    });
    record.wish.option = Some(
        if slot.pickup {
            BOOKED_COLLECTION
        } else {
            BOOKED_WINDOW
        }
        .to_owned(),
    );
    record.hold = Some(Hold {
        slot: slot.id,
        until: later(desk.now, HOLD),
    });
    record.notes.clear();
    let shown = view::checkout(desk, &record)?;
    desk.books.checkouts.insert(record.id.clone(), record);
    Ok(Reply::ok(shown))
}

/// `GET /orders/{id}/delivery-slots`.
pub(crate) fn for_order(desk: &mut Desk<'_>, id: &str) -> Outcome {
    let order = find(desk, id)?;
    let load = load_of(&desk.shop.catalog, order);
    let open = desk.now < order.milestones().packed && order.canceled_at.is_none();
    let slots = if open {
        listed(desk, load, Some(id))
    } else {
        Vec::new()
    };
    let fits = |slot: &Slot| slot.pickup == (order.way.method == Method::Pickup);
    let shown: Vec<Value> = slots
        .into_iter()
        .filter(|(slot, _)| fits(slot))
        .map(|(slot, left)| slot_value(desk, &slot, left))
        .collect();
    Ok(Reply::ok(
        json!({ "ucp": envelope(Topic::Order, "success"), "slots": shown }),
    ))
}

/// `POST /orders/{id}/delivery-slot`: books a window for an order, or moves it.
pub(crate) fn book(desk: &mut Desk<'_>, id: &str, body: &Value) -> Outcome {
    let wanted = read::text(body.get("slot_id"), 100)?
        .ok_or_else(|| Refusal::malformed("`slot_id` is missing."))?;
    let order = find(desk, id)?;
    if order.canceled_at.is_some() {
        return Err(Refusal::conflict(
            "already_canceled",
            "This order is canceled.",
        ));
    }
    if desk.now >= order.milestones().packed {
        return Err(Refusal::conflict(
            "too_late",
            "It is packed already, so its delivery cannot be moved.",
        ));
    }
    let slot = desk
        .slot(&wanted)
        .ok_or_else(|| Refusal::not_found("delivery window"))?;
    if slot.pickup != (order.way.method == Method::Pickup) {
        return Err(Refusal::conflict(
            "other_method",
            "This window is for the other way of delivery.",
        ));
    }
    bookable(desk, &slot, load_of(&desk.shop.catalog, order), id)?;
    if slot.price > order.way.price {
        let content =
            "This window costs more than what was paid for delivery, so it was not booked.";
        return Err(Refusal::conflict("slot_costs_more", content));
    }
    let title = format!("Booked window, {}", spoken(&slot, &desk.shop.zone));
    find_mut(desk, id)?.move_to(&slot, title);
    Ok(Reply::ok(order_shown(desk, find(desk, id)?)))
}

fn bookable(desk: &Desk<'_>, slot: &Slot, load: Load, except: &str) -> Result<(), Refusal> {
    if load.digital || load.bulky {
        return Err(Refusal::conflict(
            "slot_not_for_these_goods",
            "These goods do not travel in booked windows.",
        ));
    }
    if slot.start < later(desk.now, LEAD.max(load.ready_after)) {
        return Err(Refusal::conflict(
            "too_late",
            "This window starts too soon for these goods.",
        ));
    }
    let farthest = later(desk.now, SignedDuration::from_hours(24 * 16));
    if slot.start > farthest {
        return Err(Refusal::conflict(
            "too_early",
            "Windows open 14 days ahead.",
        ));
    }
    if slot.remaining(desk.taken(&slot.id, Some(except))) == 0 {
        return Err(Refusal::conflict("slot_taken", "This window is full."));
    }
    Ok(())
}

fn listed(desk: &Desk<'_>, load: Load, except: Option<&str>) -> Vec<(Slot, u32)> {
    if load.digital || load.bulky {
        return Vec::new();
    }
    let shop = desk.shop;
    let slots = upcoming(
        shop.which,
        shop.terms,
        &shop.zone,
        desk.now,
        load.ready_after,
    );
    let left = |slot: Slot| {
        let left = slot.remaining(desk.taken(&slot.id, except));
        (slot, left)
    };
    slots.into_iter().map(left).collect()
}

fn load_of(catalog: &Catalog, order: &OrderRecord) -> Load {
    let products = || {
        order
            .lines
            .iter()
            .filter_map(|line| catalog.product_of(&line.item))
    };
    let hours = products()
        .map(|product| product.trade.dispatch_hours)
        .max()
        .unwrap_or(0);
    let ready = later(
        order.placed_at,
        SignedDuration::from_hours(i64::from(hours)),
    );
    Load {
        worth: order.total,
        bulky: products().any(|product| product.trade.bulky),
        digital: order.way.digital,
        ready_after: SignedDuration::from_hours(i64::from(hours))
            .min(ready.duration_since(order.placed_at)),
    }
}

fn slot_value(desk: &Desk<'_>, slot: &Slot, left: u32) -> Value {
    json!({
        "id": slot.id,
        "start": desk.stamp(slot.start),
        "end": desk.stamp(slot.end),
        "method_type": if slot.pickup { "pickup" } else { "shipping" },
        "option_id": if slot.pickup { BOOKED_COLLECTION } else { BOOKED_WINDOW },
        "price": money(slot.price),
        "remaining": left,
    })
}

fn destination_required() -> Note {
    let content = "A delivery address is needed before windows can be shown.";
    Note::new(NoteKind::Recoverable, "destination_required", content)
        .at("$.fulfillment.methods[0].destinations")
}
