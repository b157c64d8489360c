//! Working a basket or checkout out: prices, ways of delivery, what is missing.

use jiff::SignedDuration;

use super::call::Refusal;
use super::desk::Desk;
use crate::books::CheckoutRecord;
use crate::trade::basket::{Basket, Buyer, DeliveryWish, Destination, Method, Note, NoteKind};
use crate::trade::delivery::{self, BOOKED_COLLECTION, BOOKED_WINDOW, Load, Offer};
use crate::trade::pricing::{self, Circumstances, Priced, PricedLine, TooLarge};
use crate::trade::slots::Slot;
use crate::trade::terms::tax_rate;

impl From<TooLarge> for Refusal {
    fn from(error: TooLarge) -> Self {
        Self::new(
            400,
            "amount_too_large",
            format!("It cannot be priced: {error}."),
        )
    }
}

/// A checkout worked out against the present shelves, clock and switches.
#[derive(Debug)]
pub(crate) struct Worked {
    pub(crate) priced: Priced,
    pub(crate) notes: Vec<Note>,
    pub(crate) method: Method,
    pub(crate) offers: Vec<Offer>,
    pub(crate) chosen: Option<Offer>,
    pub(crate) load: Load,
    pub(crate) held: Option<Slot>,
}

impl Worked {
    pub(crate) fn is_ready(&self) -> bool {
        !self
            .notes
            .iter()
            .any(|note| note.kind == NoteKind::Recoverable)
    }
}

/// The lines of a basket at today's prices, and what is wrong with them.
pub(crate) fn lines(desk: &Desk<'_>, basket: &Basket) -> (Vec<PricedLine>, Vec<Note>, Load) {
    let mut lines = Vec::new();
    let mut notes = Vec::new();
    let mut load = Load {
        worth: 0,
        bulky: false,
        digital: !basket.lines.is_empty(),
        ready_after: SignedDuration::ZERO,
    };
    let mut wanted: Vec<(String, u32)> = Vec::new();
    for (at, line) in basket.lines.iter().enumerate() {
        let path = format!("$.line_items[{at}]");
        let found = match desk.pick(&line.item) {
            Ok(found) => found,
            Err(error) => {
                notes.push(
                    Note::new(
                        NoteKind::Recoverable,
                        "item_unavailable",
                        format!("{error}."),
                    )
                    .at(path),
                );
                continue;
            }
        };
        let product = found.picked.product;
        let before: u32 = wanted
            .iter()
            .filter(|(key, _)| *key == found.key)
            .map(|(_, count)| count)
            .sum();
        let left = found.stock.saturating_sub(before);
        if left < line.quantity {
            let title = found.picked.line_title();
            let (code, content) = match left {
                0 => ("out_of_stock", format!("{title} is sold out.")),
                left => (
                    "insufficient_stock",
                    format!("There are {left} of {title}, not {}.", line.quantity),
                ),
            };
            notes.push(Note::new(NoteKind::Recoverable, code, content).at(path.clone()));
        }
        if let Some(age) = product.metadata.min_age {
            let content = format!(
                "{} is handed over to people of {age} or older only.",
                product.title
            );
            notes.push(Note::new(NoteKind::Warning, "age_restricted", content).at(path.clone()));
        }
        if desk.faults.is_on("disclosure_warning") && at == 0 {
            notes.push(disclosure(&product.title, product.metadata.allergens.as_ref()).at(path));
        }
        wanted.push((found.key.clone(), line.quantity));
        load.bulky |= product.trade.bulky;
        load.digital &= product.trade.digital;
        load.ready_after = load.ready_after.max(SignedDuration::from_hours(i64::from(
            product.trade.dispatch_hours,
        )));
        lines.push(PricedLine {
            id: line.id.clone(),
            item: line.item.clone(),
            title: found.picked.line_title(),
            price: found.picked.price,
            quantity: line.quantity,
            taxed: product.trade.taxed,
            category: product.category.clone(),
            discount: 0,
            subtotal: 0,
        });
    }
    (lines, notes, load)
}

fn disclosure(title: &str, allergens: Option<&crate::catalog::Allergens>) -> Note {
    let inside = allergens
        .map(|known| known.contains.join(", "))
        .filter(|list| !list.is_empty());
    let content = match inside {
        Some(list) => format!("{title} contains {list}."),
        None => format!("{title} was packed in a room where nuts and milk are handled."),
    };
    Note::new(NoteKind::Disclosure, "allergen_disclosure", content)
}

/// A cart's prices: an estimate without delivery and tax.
pub(crate) fn estimate(desk: &Desk<'_>, basket: &Basket) -> Result<(Priced, Vec<Note>), Refusal> {
    let (lines, mut notes, _) = lines(desk, basket);
    let circumstances = Circumstances {
        terms: desk.shop.terms,
        may_be_first_order: true,
        tax_rate: None,
    };
    let priced = pricing::price(lines, basket, circumstances)?;
    notes.splice(0..0, basket.notes.iter().cloned());
    notes.extend(priced.notes.iter().cloned());
    Ok((priced, notes))
}

/// Works a checkout out.
pub(crate) fn work_out(desk: &Desk<'_>, record: &CheckoutRecord) -> Result<Worked, Refusal> {
    let (lines, line_notes, mut load) = lines(desk, &record.basket);
    let held = desk.held(record);
    let by_hold = held.as_ref().map(|slot| {
        if slot.pickup {
            Method::Pickup
        } else {
            Method::Shipping
        }
    });
    let method = record.wish.method.or(by_hold).unwrap_or(Method::Shipping);
    let state = match method {
        Method::Pickup => Some(desk.shop.terms.store[3]),
        Method::Shipping => record
            .wish
            .destination()
            .and_then(|to| to.address_region.as_deref()),
    };
    let circumstances = Circumstances {
        terms: desk.shop.terms,
        may_be_first_order: !has_ordered(desk, record.buyer.as_ref()),
        tax_rate: state.and_then(tax_rate),
    };
    let priced = pricing::price(lines, &record.basket, circumstances)?;
    load.worth = priced.subtotal - priced.items_discount - priced.order_discount;
    let offers = delivery::offers(
        method,
        desk.shop.terms,
        &desk.shop.zone,
        desk.now,
        load,
        held.as_ref(),
    );
    let chosen = match &record.wish.option {
        _ if load.digital => offers.first().cloned(),
        Some(wanted) => offers.iter().find(|offer| offer.id == wanted).cloned(),
        None => None,
    };
    let mut notes: Vec<Note> = record
        .basket
        .notes
        .iter()
        .chain(&record.notes)
        .cloned()
        .collect();
    notes.extend(line_notes);
    notes.extend(priced.notes.iter().cloned());
    if !load.digital {
        notes.extend(delivery_notes(&record.wish, method, chosen.is_some()));
    }
    let priced = match &chosen {
        Some(offer) => priced.with_delivery(&offer.title, offer.price)?,
        None => priced,
    };
    Ok(Worked {
        priced,
        notes,
        method,
        offers,
        chosen,
        load,
        held,
    })
}

fn has_ordered(desk: &Desk<'_>, buyer: Option<&Buyer>) -> bool {
    let email = buyer
        .and_then(|buyer| buyer.email.as_deref())
        .map(str::to_lowercase);
    email.is_some() && desk.books.orders.values().any(|order| order.email == email)
}

/// What is still missing about delivery.
fn delivery_notes(wish: &DeliveryWish, method: Method, chosen: bool) -> Vec<Note> {
    const TO: &str = "$.fulfillment.methods[0].destinations";
    const OPTION: &str = "$.fulfillment.methods[0].groups[0].selected_option_id";
    let needed = |code: &str, content: String, path: &str| {
        Note::new(NoteKind::Recoverable, code, content).at(path)
    };
    let mut notes = Vec::new();
    if method == Method::Shipping {
        match wish.destination() {
            None if wish.destinations.is_empty() => {
                notes.push(needed(
                    "missing",
                    "A delivery address is needed.".to_owned(),
                    TO,
                ));
            }
            None => notes.push(needed(
                "missing",
                "One of the addresses has to be selected.".to_owned(),
                "$.fulfillment.methods[0].selected_destination_id",
            )),
            Some(to) => notes.extend(address_notes(wish, to)),
        }
    }
    match wish.option.as_deref() {
        _ if chosen => {}
        None => notes.push(needed(
            "missing",
            "A way of delivery has to be chosen.".to_owned(),
            OPTION,
        )),
        Some(BOOKED_WINDOW | BOOKED_COLLECTION) => {
            let content = "The delivery window is not held any more; another one can be held.";
            notes.push(needed("delivery_slot_expired", content.to_owned(), OPTION));
        }
        Some(_) => {
            let content = "This way of delivery is not offered for these goods.";
            notes.push(needed("option_unavailable", content.to_owned(), OPTION));
        }
    }
    notes
}

fn address_notes(wish: &DeliveryWish, to: &Destination) -> Vec<Note> {
    let at = wish
        .destinations
        .iter()
        .position(|held| held.id == to.id)
        .unwrap_or(0);
    let path = |field: &str| format!("$.fulfillment.methods[0].destinations[{at}].{field}");
    if to.is_abroad() {
        let content = "The shop delivers within the United States only.";
        return vec![
            Note::new(NoteKind::Recoverable, "address_undeliverable", content)
                .at(path("address_country")),
        ];
    }
    let mut notes: Vec<Note> = to
        .missing()
        .into_iter()
        .map(|field| {
            let content = format!("The address lacks `{field}`.");
            Note::new(NoteKind::Recoverable, "missing", content).at(path(field))
        })
        .collect();
    if to
        .address_region
        .as_deref()
        .is_some_and(|state| tax_rate(state).is_none())
    {
        let content = "The shop does not know this state; two letters such as NY are expected.";
        notes.push(
            Note::new(NoteKind::Recoverable, "address_undeliverable", content)
                .at(path("address_region")),
        );
    }
    notes
}
