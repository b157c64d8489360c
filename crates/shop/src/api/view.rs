//! A cart or checkout as the wire shows it.

use serde_json::{Map, Value, json};

use super::call::Refusal;
use super::desk::{Desk, OPEN_FOR};
use super::wire::{CURRENCY, Topic, envelope, messages};
use super::work::{Worked, work_out};
use crate::books::{CheckoutRecord, Escalation, Phase};
use crate::ids::number_from;
use crate::trade::basket::{Basket, Method, Note, NoteKind};
use crate::trade::delivery::{Offer, later};
use crate::trade::pricing::{Applied, Priced};

/// The whole checkout resource.
pub(crate) fn checkout(desk: &Desk<'_>, record: &CheckoutRecord) -> Result<Value, Refusal> {
    let worked = work_out(desk, record)?;
    let status = status(desk, record, &worked);
    let mut notes = worked.notes.clone();
    if let Phase::Escalated(why) = &record.phase {
        notes.push(escalation(*why));
    }
    if desk.is_expired(record) {
        notes.push(Note::new(
            NoteKind::Info,
            "expired",
            "This checkout was open for too long; nothing was bought.",
        ));
    }
    let ended = matches!(status, "completed" | "canceled");
    let totals = totals(desk, &worked.priced);
    let mut body = json!({
        "ucp": envelope(Topic::Checkout, "success"),
        "id": record.id,
        "status": status,
        "currency": currency(desk),
        "line_items": line_items(&worked.priced),
        "totals": totals,
        "discounts": discounts(&record.basket, &worked.priced.applied, status == "completed"),
        "fulfillment": fulfillment(desk, record, &worked),
        "messages": messages(&notes),
        "links": links(desk),
        "expires_at": desk.stamp(later(record.made_at, OPEN_FOR)),
    });
    if let Some(map) = body.as_object_mut() {
        if !ended {
            map.insert(
                "continue_url".to_owned(),
                json!(format!("{}/checkout/{}", desk.shop.page_url, record.id)),
            );
        }
        if let Some(buyer) = &record.buyer {
            map.insert("buyer".to_owned(), json!(buyer));
        }
        if let Some(held) = held_slot(desk, record) {
            map.insert("delivery_slot".to_owned(), held);
        }
        if let Phase::Completed { order } = &record.phase {
            map.insert(
                "order".to_owned(),
                json!({ "id": order, "permalink_url": permalink(desk, order) }),
            );
        }
    }
    Ok(body)
}

fn status(desk: &Desk<'_>, record: &CheckoutRecord, worked: &Worked) -> &'static str {
    match &record.phase {
        Phase::Completed { .. } => "completed",
        Phase::Canceled => "canceled",
        Phase::Open | Phase::Escalated(_) if desk.is_expired(record) => "canceled",
        Phase::Escalated(_) => "requires_escalation",
        Phase::Open if worked.is_ready() => "ready_for_complete",
        Phase::Open => "incomplete",
    }
}

fn escalation(why: Escalation) -> Note {
    match why {
        Escalation::BankCheck => Note::new(
            NoteKind::BuyerInput,
            "bank_check_required",
            "The bank wants to see the buyer at the shop's page before it pays.",
        )
        .at("$.payment"),
        Escalation::ScheduleDelivery => Note::new(
            NoteKind::BuyerInput,
            "schedule_delivery",
            "The buyer has to choose a delivery time at the shop's page.",
        )
        .at("$.fulfillment"),
    }
}

pub(crate) fn permalink(desk: &Desk<'_>, order: &str) -> String {
    format!("{}/o/{order}", desk.shop.page_url)
}

fn held_slot(desk: &Desk<'_>, record: &CheckoutRecord) -> Option<Value> {
    let hold = record.hold.as_ref()?;
    let slot = desk.slot(&hold.slot)?;
    let status = match record.phase {
        Phase::Completed { .. } => "booked",
        _ if hold.until > desk.now => "held",
        _ => "expired",
    };
    Some(json!({
        "id": slot.id,
        "start": desk.stamp(slot.start),
        "end": desk.stamp(slot.end),
        "status": status,
        "held_until": desk.stamp(hold.until),
    }))
}

pub(crate) fn currency(desk: &Desk<'_>) -> &'static str {
    if desk.faults.is_on("wrong_currency") {
        "EUR"
    } else {
        CURRENCY
    }
}

/// Terms and privacy pages.
pub(crate) fn links(desk: &Desk<'_>) -> Value {
    let page = &desk.shop.page_url;
    json!([
        { "type": "terms_of_service", "title": "Terms", "url": format!("{page}/terms") },
        { "type": "privacy_policy", "title": "Privacy", "url": format!("{page}/privacy") },
    ])
}

/// Lines as the wire shows them.
pub(crate) fn line_items(priced: &Priced) -> Value {
    let shown = priced.lines.iter().map(|line| {
        let mut totals = vec![json!({ "type": "subtotal", "display_text": "Subtotal", "amount": line.subtotal })];
        if line.discount > 0 {
            totals.push(json!({ "type": "items_discount", "display_text": "Discount", "amount": -line.discount }));
        }
        totals.push(json!({ "type": "total", "display_text": "Total", "amount": line.subtotal - line.discount }));
        json!({
            "id": line.id,
            "item": { "id": line.item, "title": line.title, "price": line.price },
            "quantity": line.quantity,
            "totals": totals,
        })
    });
    shown.collect()
}

/// `totals[]`, with the switches that falsify it.
pub(crate) fn totals(desk: &Desk<'_>, priced: &Priced) -> Value {
    let sign = if desk.faults.is_on("reply_2026_01_11_totals") {
        1
    } else {
        -1
    };
    let off = desk.faults.number("mismatched_totals", 100).unwrap_or(0);
    let breakdown: Vec<Value> = priced
        .lines
        .iter()
        .map(|line| json!({ "display_text": line.title, "amount": line.subtotal }))
        .collect();
    let mut entries = vec![json!({
        "type": "subtotal", "display_text": "Subtotal", "amount": priced.subtotal, "lines": breakdown,
    })];
    let mut add = |kind: &str, text: &str, amount: i64| {
        entries.push(json!({ "type": kind, "display_text": text, "amount": amount }));
    };
    if priced.items_discount > 0 {
        add(
            "items_discount",
            "Discount on items",
            sign * priced.items_discount,
        );
    }
    if priced.order_discount > 0 {
        add("discount", "Discount", sign * priced.order_discount);
    }
    if let Some((title, cents)) = &priced.delivery {
        add("fulfillment", title, *cents);
    }
    if let Some(tax) = priced.tax {
        add("tax", "Sales tax", tax);
    }
    add("total", "Total", priced.total + off);
    Value::Array(entries)
}

/// `discounts`.
pub(crate) fn discounts(basket: &Basket, applied: &[Applied], settled: bool) -> Value {
    let shown = applied.iter().map(|discount| {
        let mut map = Map::new();
        if let Some(code) = &discount.code {
            map.insert("code".to_owned(), json!(code));
        } else {
            map.insert("automatic".to_owned(), json!(true));
        }
        map.insert("title".to_owned(), json!(discount.title));
        map.insert("amount".to_owned(), json!(discount.amount));
        if let Some(claim) = &discount.eligibility {
            map.insert("eligibility".to_owned(), json!(claim));
            if !settled {
                map.insert("provisional".to_owned(), json!(true));
            }
        }
        if !discount.allocations.is_empty() {
            let parts = discount.allocations.iter().map(|(line, amount)| {
                json!({ "path": format!("$.line_items[{line}]"), "amount": amount })
            });
            map.insert("allocations".to_owned(), parts.collect());
        }
        Value::Object(map)
    });
    json!({ "codes": basket.codes, "applied": shown.collect::<Vec<_>>() })
}

fn fulfillment(desk: &Desk<'_>, record: &CheckoutRecord, worked: &Worked) -> Value {
    let ids: Vec<&str> = worked
        .priced
        .lines
        .iter()
        .map(|line| line.id.as_str())
        .collect();
    let options: Vec<Value> = worked
        .offers
        .iter()
        .map(|offer| option(desk, offer))
        .collect();
    let group_id = if desk.faults.is_on("group_ids_unstable") {
        format!(
            "g_{:x}",
            number_from(&format!("{}{}", desk.books.drawn, desk.now))
        )
    } else {
        "g_1".to_owned()
    };
    let mut group = json!({ "id": group_id, "line_item_ids": ids, "options": options });
    if let (Some(map), Some(chosen)) = (group.as_object_mut(), &worked.chosen) {
        map.insert("selected_option_id".to_owned(), json!(chosen.id));
    }
    let mut method = json!({
        "id": format!("m_{}", worked.method.word()),
        "type": worked.method.word(),
        "line_item_ids": ids,
        "groups": [group],
    });
    let (destinations, selected) = match worked.method {
        Method::Pickup => (json!([store(desk)]), Some("store".to_owned())),
        Method::Shipping => (
            json!(record.wish.destinations),
            record
                .wish
                .destination()
                .map(|destination| destination.id.clone()),
        ),
    };
    if let Some(map) = method.as_object_mut() {
        map.insert("destinations".to_owned(), destinations);
        if let Some(selected) = selected {
            map.insert("selected_destination_id".to_owned(), json!(selected));
        }
    }
    json!({ "methods": [method], "available_methods": available(desk, worked, &ids) })
}

fn available(desk: &Desk<'_>, worked: &Worked, ids: &[&str]) -> Value {
    let ways = [
        (
            "shipping",
            format!("{} brings it to your door.", desk.shop.which.name()),
        ),
        (
            "pickup",
            format!("You collect it at {}.", desk.shop.terms.store[0]),
        ),
    ];
    let ways = ways.into_iter().filter(|_| !worked.load.digital).map(|(kind, description)| {
        json!({ "type": kind, "line_item_ids": ids, "fulfillable_on": "now", "description": description })
    });
    ways.collect()
}

fn option(desk: &Desk<'_>, offer: &Offer) -> Value {
    json!({
        "id": offer.id,
        "title": offer.title,
        "description": offer.description,
        "carrier": offer.carrier,
        "earliest_fulfillment_time": desk.stamp(offer.from),
        "latest_fulfillment_time": desk.stamp(offer.to),
        "totals": [
            { "type": "subtotal", "display_text": "Delivery", "amount": offer.price },
            { "type": "total", "display_text": "Delivery", "amount": offer.price },
        ],
    })
}

/// The store as a place to collect at.
pub(crate) fn store(desk: &Desk<'_>) -> Value {
    let [name, street, town, state, postal_code] = desk.shop.terms.store;
    json!({
        "id": "store",
        "name": name,
        "address": {
            "street_address": street,
            "address_locality": town,
            "address_region": state,
            "postal_code": postal_code,
            "address_country": "US",
        },
    })
}
