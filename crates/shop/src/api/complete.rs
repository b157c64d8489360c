//! Completing a checkout: the last look, the charge, the order.

use serde_json::Value;

use super::call::{Delivery, Outcome, Refusal, Reply};
use super::checkout::open_record;
use super::desk::Desk;
use super::read;
use super::view;
use super::wire::{BRANDS, HANDLER};
use super::work::{Worked, work_out};
use crate::books::{Charge, CheckoutRecord, Escalation, ORDERS_MAX, Phase};
use crate::catalog::Catalog;
use crate::trade::basket::{Method, Note, NoteKind};
use crate::trade::delivery::{BOOKED_COLLECTION, BOOKED_WINDOW};
use crate::trade::life::{OrderLine, OrderRecord, Way};
use crate::trade::pricing::dollars;
use crate::trade::terms::CLAIM_STAFF;

/// What the test bank does with a token. The token itself is forgotten here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bank {
    Pays,
    Declines,
    /// Pays, but the answer comes late.
    PaysLate,
    /// Neither pays nor answers in time.
    Silent,
    /// Wants to see the buyer.
    Challenges,
}

/// `POST /checkout-sessions/{id}/complete`.
pub(crate) fn complete(desk: &mut Desk<'_>, id: &str, body: &Value) -> Outcome {
    if let Phase::Escalated(_) = desk.checkout(id)?.phase {
        return show(desk, id);
    }
    let mut record = open_record(desk, id)?;
    record.notes.clear();
    let instrument = instrument(body)?;
    last_moment_changes(desk, &mut record);
    let worked = work_out(desk, &record)?;
    if !worked.is_ready() || !record.notes.is_empty() {
        return store_and_show(desk, record);
    }
    if record
        .basket
        .claims
        .iter()
        .any(|claim| claim == CLAIM_STAFF)
    {
        let content =
            "Staff are recognised at the counter only; without the claim the order can be placed.";
        let note = Note::new(NoteKind::Recoverable, "eligibility_invalid", content);
        record.notes.push(note.at("$.context.eligibility"));
        return store_and_show(desk, record);
    }
    let bank = match bank(&instrument) {
        Ok(bank) => bank,
        Err(note) => {
            record.notes.push(note);
            return store_and_show(desk, record);
        }
    };
    settle(desk, record, &worked, bank)
}

/// Takes the money and books the order, or says why not.
fn settle(desk: &mut Desk<'_>, mut record: CheckoutRecord, worked: &Worked, bank: Bank) -> Outcome {
    let amount = worked.priced.total;
    let path = "$.payment.instruments[0]";
    match bank {
        Bank::Declines => {
            enter(desk, &record.id, None, amount, "declined");
            let content = format!("The bank refused {}. There is no order.", dollars(amount));
            record
                .notes
                .push(Note::new(NoteKind::Recoverable, "payment_failed", content).at(path));
            store_and_show_ready(desk, record)
        }
        Bank::Silent => {
            enter(desk, &record.id, None, amount, "never_sent");
            let content = "The bank did not answer. Nothing was charged and there is no order.";
            record
                .notes
                .push(Note::new(NoteKind::Recoverable, "payment_timeout", content).at(path));
            let reply = store_and_show_ready(desk, record)?;
            Ok(Reply {
                delivery: Delivery::After(desk.shop.payment_hold),
                ..reply
            })
        }
        Bank::Challenges => {
            enter(desk, &record.id, None, amount, "challenged");
            record.phase = Phase::Escalated(Escalation::BankCheck);
            store_and_show(desk, record)
        }
        Bank::Pays | Bank::PaysLate => {
            let body = place(desk, record, worked)?;
            let delivery = if bank == Bank::PaysLate {
                Delivery::After(desk.shop.payment_hold)
            } else if desk.faults.strike("drop_complete_answer") {
                Delivery::Broken
            } else {
                Delivery::Now
            };
            Ok(Reply {
                delivery,
                ..Reply::ok(body)
            })
        }
    }
}

/// Charges and books. The checkout's last answer is kept with the order.
pub(crate) fn place(
    desk: &mut Desk<'_>,
    mut record: CheckoutRecord,
    worked: &Worked,
) -> Result<Value, Refusal> {
    if desk.books.orders.len() >= ORDERS_MAX {
        return Err(Refusal::new(
            503,
            "busy",
            "The shop's order book is full; nothing was charged.",
        ));
    }
    let Some(offer) = worked.chosen.clone() else {
        return Err(Refusal::conflict(
            "delivery_not_chosen",
            "No way of delivery is chosen; nothing was charged.",
        ));
    };
    let id = desk.draw("ord");
    let booked = matches!(offer.id, BOOKED_WINDOW | BOOKED_COLLECTION);
    let nets = worked.priced.net_lines();
    let lines = worked
        .priced
        .lines
        .iter()
        .zip(nets)
        .map(|(line, net)| OrderLine {
            id: line.id.clone(),
            item: line.item.clone(),
            title: line.title.clone(),
            price: line.price,
            quantity: line.quantity,
            net,
            returnable: returnable(&desk.shop.catalog, &line.item),
        });
    let order = OrderRecord {
        id: id.clone(),
        checkout: record.id.clone(),
        placed_at: desk.now,
        lines: lines.collect(),
        totals: view::totals(desk, &worked.priced),
        total: worked.priced.total,
        currency: view::currency(desk).to_owned(),
        codes: record.basket.codes.clone(),
        email: record
            .buyer
            .as_ref()
            .and_then(|buyer| buyer.email.as_deref())
            .map(str::to_lowercase),
        way: Way {
            method: worked.method,
            title: offer.title,
            price: offer.price,
            from: offer.from,
            to: offer.to,
            slot: worked
                .held
                .as_ref()
                .filter(|_| booked)
                .map(|slot| slot.id.clone()),
            destination: record
                .wish
                .destination()
                .filter(|_| worked.method == Method::Shipping)
                .cloned(),
            digital: worked.load.digital,
        },
        canceled_at: None,
        returns: Vec::new(),
    };
    for line in &order.lines {
        let key = desk.pick(&line.item).map(|found| found.key);
        if let Ok(key) = key {
            *desk.books.sold.entry(key).or_default() += i64::from(line.quantity);
        }
    }
    enter(desk, &record.id, Some(&id), order.total, "charged");
    if !booked {
        record.hold = None;
    }
    record.phase = Phase::Completed { order: id.clone() };
    let mut body = view::checkout(desk, &record)?;
    // The sale took its own goods off the shelf; that is no reason to say they are sold out.
    if let Some(map) = body.as_object_mut() {
        map.insert("line_items".to_owned(), view::line_items(&worked.priced));
        map.insert("totals".to_owned(), order.totals.clone());
        map.insert("messages".to_owned(), super::wire::messages(&worked.notes));
        map.insert(
            "discounts".to_owned(),
            view::discounts(&record.basket, &worked.priced.applied, true),
        );
    }
    desk.books.orders.insert(id.clone(), order);
    desk.books.settled.insert(id, body.clone());
    desk.books.checkouts.insert(record.id.clone(), record);
    Ok(body)
}

fn returnable(catalog: &Catalog, item: &str) -> bool {
    catalog
        .product_of(item)
        .is_some_and(|product| product.trade.returnable)
}

/// A line in the charge book.
pub(crate) fn enter(
    desk: &mut Desk<'_>,
    checkout: &str,
    order: Option<&str>,
    amount: i64,
    outcome: &str,
) {
    desk.books.charges.push(Charge {
        at: desk.now,
        checkout: checkout.to_owned(),
        order: order.map(str::to_owned),
        amount,
        outcome: outcome.to_owned(),
    });
}

/// Switches that strike between the last update and the completion.
fn last_moment_changes(desk: &mut Desk<'_>, record: &mut CheckoutRecord) {
    let Some(item) = record.basket.lines.first().map(|line| line.item.clone()) else {
        return;
    };
    let found = desk
        .pick(&item)
        .map(|found| (found.key, found.picked.price));
    let Ok((key, price)) = found else {
        return;
    };
    if desk.faults.is_on("out_of_stock_at_complete") {
        desk.faults.off("out_of_stock_at_complete");
        desk.books.overrides.entry(key.clone()).or_default().stock = Some(0);
        desk.books.sold.remove(&key);
    }
    if desk.faults.is_on("price_change_on_complete") {
        let silent = desk.faults.word("price_change_on_complete") == Some("silent");
        desk.faults.off("price_change_on_complete");
        let raised = price + (price / 20).max(1);
        desk.books.overrides.entry(key).or_default().price = Some(raised);
        if !silent {
            let content = format!(
                "The price went from {} to {}. Nothing was charged.",
                dollars(price),
                dollars(raised)
            );
            record
                .notes
                .push(Note::new(NoteKind::Warning, "price_changed", content).at("$.line_items[0]"));
        }
    }
}

fn show(desk: &Desk<'_>, id: &str) -> Outcome {
    Ok(Reply::ok(view::checkout(desk, desk.checkout(id)?)?))
}

fn store_and_show(desk: &mut Desk<'_>, record: CheckoutRecord) -> Outcome {
    let id = record.id.clone();
    desk.books.checkouts.insert(id.clone(), record);
    show(desk, &id)
}

/// Shows why the payment failed once; the checkout itself stays ready for another try.
fn store_and_show_ready(desk: &mut Desk<'_>, mut record: CheckoutRecord) -> Outcome {
    let notes = std::mem::take(&mut record.notes);
    let mut body = view::checkout(desk, &record)?;
    let list = body.get_mut("messages").and_then(Value::as_array_mut);
    if let (Some(list), Some(added)) = (list, super::wire::messages(&notes).as_array()) {
        list.extend(added.iter().cloned());
    }
    desk.books.checkouts.insert(record.id.clone(), record);
    Ok(Reply::ok(body))
}

/// The one instrument that is to be used.
fn instrument(body: &Value) -> Result<Value, Refusal> {
    let all = body
        .pointer("/payment/instruments")
        .and_then(Value::as_array);
    let all = all.filter(|all| !all.is_empty() && all.len() <= 10);
    let all = all.ok_or_else(|| Refusal::malformed("`payment.instruments` is missing."))?;
    let mut selected = all
        .iter()
        .filter(|one| one.get("selected").and_then(Value::as_bool) == Some(true));
    let ((Some(chosen), None, _) | (None, None, [chosen])) =
        (selected.next(), selected.next(), all.as_slice())
    else {
        return Err(Refusal::malformed(
            "Exactly one payment instrument has to be selected.",
        ));
    };
    Ok(chosen.clone())
}

/// What the bank will do, or why the instrument is not taken.
fn bank(instrument: &Value) -> Result<Bank, Note> {
    let path = "$.payment.instruments[0]";
    let not_taken = |code: &str, content: &str, part: &str| {
        Err(Note::new(NoteKind::Recoverable, code, content).at(format!("{path}.{part}")))
    };
    let word = |pointer: &str| instrument.pointer(pointer).and_then(Value::as_str);
    if word("/handler_id").is_some_and(|handler| handler != HANDLER) {
        return not_taken(
            "handler_not_offered",
            "This payment handler is not offered here.",
            "handler_id",
        );
    }
    if word("/type") != Some("card") {
        return not_taken(
            "instrument_not_offered",
            "Only cards are taken here.",
            "type",
        );
    }
    let brand = word("/display/brand")
        .or_else(|| word("/brand"))
        .map(str::to_lowercase);
    if brand.is_some_and(|brand| !BRANDS.contains(&brand.as_str())) {
        return not_taken(
            "brand_not_offered",
            "Cards of this brand are not taken here.",
            "display.brand",
        );
    }
    let token = read::text(instrument.pointer("/credential/token"), 4_096)
        .ok()
        .flatten();
    match token.as_deref() {
        Some("success_token") => Ok(Bank::Pays),
        Some("timeout_token") => Ok(Bank::PaysLate),
        Some("timeout_nocharge_token") => Ok(Bank::Silent),
        Some("escalate_token") => Ok(Bank::Challenges),
        Some("") | None => not_taken(
            "credential_missing",
            "The card has no credential.",
            "credential",
        ),
        // `fail_token` is one of them: a bank refuses every token that it does not know.
        Some(_) => Ok(Bank::Declines),
    }
}
