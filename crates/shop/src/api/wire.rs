//! The envelope and the small shapes of UCP 2026-04-08.

use serde_json::{Map, Value, json};

use super::call::Refusal;
use crate::trade::basket::{Note, NoteKind};

/// The protocol version that the shop speaks.
pub(crate) const VERSION: &str = "2026-04-08";
/// All prices are in this currency.
pub(crate) const CURRENCY: &str = "USD";
/// Id of the only payment handler.
pub(crate) const HANDLER: &str = "errand_testpay";
/// Card brands that the handler takes.
pub(crate) const BRANDS: [&str; 2] = ["visa", "mastercard"];

const CHECKOUT: &str = "dev.ucp.shopping.checkout";
const CART: &str = "dev.ucp.shopping.cart";
const ORDER: &str = "dev.ucp.shopping.order";
const FULFILLMENT: &str = "dev.ucp.shopping.fulfillment";
const DISCOUNT: &str = "dev.ucp.shopping.discount";
const SEARCH: &str = "dev.ucp.shopping.catalog.search";
const LOOKUP: &str = "dev.ucp.shopping.catalog.lookup";
/// Vendor extension: bookable delivery windows.
pub(crate) const SLOTS: &str = "dev.errand.delivery_slots";
/// Vendor extension: cancel and return.
pub(crate) const CARE: &str = "dev.errand.order_care";

/// What a response is about; decides which capabilities it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Search,
    Lookup,
    Cart,
    Checkout,
    Order,
}

/// Every capability with what it extends.
fn extends(name: &str) -> Option<Value> {
    match name {
        FULFILLMENT | SLOTS => Some(json!(CHECKOUT)),
        DISCOUNT => Some(json!([CHECKOUT, CART])),
        CARE => Some(json!(ORDER)),
        _ => None,
    }
}

fn entry(name: &str) -> Value {
    let mut entry = json!({ "version": VERSION });
    if let (Some(map), Some(parents)) = (entry.as_object_mut(), extends(name)) {
        map.insert("extends".to_owned(), parents);
    }
    json!([entry])
}

/// The capabilities of the profile, with where they are described.
pub(crate) fn all_capabilities() -> Value {
    let mut all = Map::new();
    for name in [
        CHECKOUT,
        CART,
        ORDER,
        FULFILLMENT,
        DISCOUNT,
        SEARCH,
        LOOKUP,
        SLOTS,
        CARE,
    ] {
        let mut listed = entry(name);
        let map = listed.get_mut(0).and_then(Value::as_object_mut);
        if let Some(map) = map {
            let owner = if name.starts_with("dev.errand.") {
                "errand.dev"
            } else {
                "ucp.dev"
            };
            let path = name.split('.').skip(2).collect::<Vec<_>>().join("/");
            map.insert(
                "spec".to_owned(),
                json!(format!("https://{owner}/{VERSION}/specification/{path}")),
            );
            map.insert(
                "schema".to_owned(),
                json!(format!("https://{owner}/{VERSION}/schemas/{path}.json")),
            );
        }
        all.insert(name.to_owned(), listed);
    }
    Value::Object(all)
}

/// The payment handlers, as in the profile and in every checkout.
pub(crate) fn payment_handlers() -> Value {
    json!({ "dev.errand.testpay": [{
        "id": HANDLER,
        "version": VERSION,
        "spec": format!("https://errand.dev/{VERSION}/specification/testpay"),
        "schema": format!("https://errand.dev/{VERSION}/schemas/testpay.json"),
        "available_instruments": [{ "type": "card", "constraints": { "brands": BRANDS } }],
    }] })
}

/// The `ucp` member of a response.
pub(crate) fn envelope(topic: Topic, status: &str) -> Value {
    let names: &[&str] = match topic {
        Topic::Search => &[SEARCH],
        Topic::Lookup => &[LOOKUP],
        Topic::Cart => &[CART, DISCOUNT],
        Topic::Checkout => &[CHECKOUT, FULFILLMENT, DISCOUNT, SLOTS],
        Topic::Order => &[ORDER, CARE, SLOTS],
    };
    let mut capabilities = Map::new();
    for name in names {
        capabilities.insert((*name).to_owned(), entry(name));
    }
    let mut ucp = json!({ "version": VERSION, "status": status, "capabilities": capabilities });
    if let Some(map) = ucp.as_object_mut().filter(|_| topic == Topic::Checkout) {
        map.insert("payment_handlers".to_owned(), payment_handlers());
    }
    ucp
}

/// A business outcome without a resource.
pub(crate) fn no_resource(topic: Topic, notes: &[Note]) -> Value {
    json!({ "ucp": envelope(topic, "error"), "messages": messages(notes) })
}

/// Notes as `messages[]`.
pub(crate) fn messages(notes: &[Note]) -> Value {
    notes.iter().map(message).collect()
}

fn message(note: &Note) -> Value {
    let (kind, severity) = match note.kind {
        NoteKind::Recoverable => ("error", Some("recoverable")),
        NoteKind::BuyerInput => ("error", Some("requires_buyer_input")),
        NoteKind::Final => ("error", Some("unrecoverable")),
        NoteKind::Warning | NoteKind::Disclosure => ("warning", None),
        NoteKind::Info => ("info", None),
    };
    let mut message = json!({ "type": kind, "code": note.code, "content": note.content, "content_type": "plain" });
    if let Some(map) = message.as_object_mut() {
        if let Some(severity) = severity {
            map.insert("severity".to_owned(), json!(severity));
        }
        if note.kind == NoteKind::Disclosure {
            map.insert("presentation".to_owned(), json!("disclosure"));
        }
        if let Some(path) = &note.path {
            map.insert("path".to_owned(), json!(path));
        }
    }
    message
}

/// The body of a refusal: flat for readers of protocol errors, with the envelope for readers
/// that always look for one.
pub(crate) fn refusal(refusal: &Refusal) -> Value {
    json!({
        "ucp": { "version": VERSION, "status": "error", "capabilities": { CHECKOUT: entry(CHECKOUT) } },
        "code": refusal.code,
        "content": refusal.content,
        "detail": refusal.content,
        "messages": [{
            "type": "error",
            "code": refusal.code,
            "content": refusal.content,
            "severity": "unrecoverable",
        }],
    })
}

/// An amount with its currency.
pub(crate) fn money(cents: i64) -> Value {
    json!({ "amount": cents, "currency": CURRENCY })
}
