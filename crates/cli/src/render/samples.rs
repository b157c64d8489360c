//! Views for the snapshots: the main job of the project, and what may go wrong in it.

use errand_protocol::api::{DoctorView, MerchantView, WhyView};
use errand_protocol::errand::{
    ApprovalView, AssemblyView, CartView, ComparisonView, ConfigurationView, NoticeView, OrderView,
    PlanView, PolicyView, ProductsView,
};
use serde_json::{Value, json};

fn usd(minor: i64) -> Value {
    json!({"minor": minor, "currency": "USD"})
}

fn card(n: u32, title: &str, shop: &str, price: i64, rating: (u16, u32), day: &str) -> Value {
    json!({
        "n": n,
        "offer": {"merchant": "pantry-lane", "product": format!("p{n}"), "variant": format!("v{n}")},
        "title": title, "variant": null, "brand": null,
        "merchant": "pantry-lane", "merchant_name": shop,
        "price": usd(price), "quantity": 2, "price_all": usd(price * 2), "unit_price": null,
        "rating": {"hundredths": rating.0, "count": rating.1},
        "availability": "in", "first_delivery": null, "delivery_text": day,
        "evidence": ["fair trade: in the register"], "reasons": ["highest rated: 4.8 by 148"], "detail": null,
        "drawing": {"kind": "coffee", "colour": "terracotta", "shape": 0}, "configurable": false
    })
}

fn cards() -> [Value; 3] {
    [
        card(
            1,
            "Sidamo Whole Bean",
            "Pantry Lane",
            1240,
            (460, 212),
            "Sat 28 Nov, 8 to 10",
        ),
        card(
            2,
            "Marcala Medium",
            "Pantry Lane",
            1120,
            (480, 148),
            "Sat 28 Nov, 8 to 10",
        ),
        card(
            3,
            "Cajamarca Dark, from a small place high in the mountains",
            "Hearth & Thread",
            980,
            (430, 96),
            "Sat 28 Nov, 10 to 12",
        ),
    ]
}

fn excluded() -> Value {
    json!({
        "total": 14,
        "text": "I left out 14: 6 certificates not confirmed, 5 over $15.00, 3 cannot come Saturday morning",
        "parts": [], "items": [
            {"title": "Roast House Blend", "merchant_name": "Pantry Lane", "text": "the register has no such number"}
        ]
    })
}

pub(crate) fn plan() -> PlanView {
    let step = |id: &str, title: &str, status: &str, found: Option<&str>, parts: Value| json!({"id": id, "title": title, "agent": "scout", "status": status, "found": found, "parts": parts});
    let part = |name: &str, status: &str, found: &str| json!({"name": name, "status": status, "found": found});
    serde_json::from_value(json!({
        "id": "plan_1", "revision": 3, "goal": "coffee",
        "steps": [
            step("step_a", "Understood", "done", Some("2 bags, fair trade, under $15.00, here Sat 28 Nov before 12:00"), json!([])),
            step("step_b", "Searching three shops", "running", Some("17 coffees so far"), json!([
                part("Pantry Lane", "done", "11 coffees"),
                part("Volt & Wire", "failed", "no answer, waited 3.0 s")
            ])),
            step("step_c", "Checking your rules", "waiting", None, json!([])),
        ]
    }))
    .unwrap()
}

pub(crate) fn products() -> ProductsView {
    serde_json::from_value(json!({
        "query_id": "q1", "what": "coffee beans", "ordered_by": "By how well they fit; not paid for",
        "items": cards(), "more": 2, "excluded": excluded()
    }))
    .unwrap()
}

pub(crate) fn comparison() -> ComparisonView {
    let value = |text: &str, best: Option<&str>| json!({"text": text, "best": best});
    let values = [
        [
            value("$12.40", None),
            value("4.6 (212)", None),
            value("Sat 28 Nov, 8 to 10", None),
            value("in register", None),
        ],
        [
            value("$11.20", None),
            value("4.8 (148)", Some("Highest")),
            value("Sat 28 Nov, 8 to 10", None),
            value("in register", None),
        ],
        [
            value("$9.80", Some("Lowest")),
            value("4.3 (96)", None),
            value("Sat 28 Nov, 10 to 12", None),
            value("in register", None),
        ],
    ];
    let rows: Vec<Value> = cards()
        .into_iter()
        .zip(values)
        .map(|(card, values)| json!({"card": card, "values": values}))
        .collect();
    serde_json::from_value(json!({
        "id": "c1",
        "criteria": [
            {"key": "price", "label": "Each"}, {"key": "rating", "label": "Rating"},
            {"key": "delivery", "label": "Delivery"}, {"key": "evidence", "label": "Confirmed"}
        ],
        "rows": rows, "recommended": null, "text": "These three fit.", "spoken": "These three fit.", "excluded": excluded()
    }))
    .unwrap()
}

pub(crate) fn approval() -> ApprovalView {
    serde_json::from_value(json!({
        "id": "apr_1", "kind": "purchase", "summary": "Buy", "amount": usd(2590),
        "payee": {"merchant": "pantry-lane", "name": "Pantry Lane", "legal_name": "Pantry Lane Ltd", "bought_before": 3},
        "lines": [{"offer": null, "title": "Marcala Medium, 340 g", "quantity": 2, "unit_price": usd(1120), "total": usd(2240)}],
        "totals": [
            {"kind": "subtotal", "label": "Items", "amount": usd(2240)},
            {"kind": "fulfillment", "label": "Delivery", "amount": usd(350)}
        ],
        "delivery": null, "delivery_text": "Saturday 28 November, 8 to 10 in the morning",
        "destination": "Home, Elm Street", "instrument": "visa ending in 4242",
        "discloses": ["identity.name", "address.full"],
        "discloses_text": "Your name and address, for this delivery. Not your e-mail or phone.",
        "purpose": null, "disclosures": ["Contains coffee, keep dry"], "cart_revision": 1, "level": 35,
        "words": "amber violin", "tries_left": 3,
        "limits": [
            {"name": "This purchase", "used": usd(2590), "max": usd(5000)},
            {"name": "Today", "used": usd(2590), "max": usd(12000)}
        ],
        "asked_at": "2026-11-25T09:12:00Z", "expires_at": "2026-11-25T09:14:00Z"
    }))
    .unwrap()
}

pub(crate) fn consent() -> ApprovalView {
    let mut view = approval();
    view.kind = errand_protocol::errand::ApprovalKind::Consent;
    view.amount = None;
    view.words = None;
    view.lines.clear();
    view.totals.clear();
    view.limits.clear();
    view.disclosures.clear();
    view.delivery_text = None;
    view.instrument = None;
    view
}

pub(crate) fn order() -> OrderView {
    serde_json::from_value(json!({
        "id": "ord_1", "number": "PL-40718", "merchant": "pantry-lane", "merchant_name": "Pantry Lane",
        "lines": [{"offer": null, "title": "Marcala Medium", "quantity": 2, "unit_price": usd(1120), "total": usd(2240)}],
        "totals": [{"kind": "fulfillment", "label": "Delivery", "amount": usd(350)}],
        "total": usd(2590), "state": "packed", "state_text": "packed, leaves tomorrow",
        "delivery": {"start": "2026-11-28T13:00:00Z", "end": "2026-11-28T15:00:00Z"},
        "delivery_text": "Sat 28 Nov, 8 to 10, booked",
        "cancel_until": "2026-11-27T23:00:00Z", "return_until": null,
        "events": [{"at": "2026-11-25T14:13:00Z", "text": "ordered"}],
        "refunded": null, "approved_by": "by two words", "placed_at": "2026-11-25T14:13:00Z",
        "drawing": {"kind": "coffee", "colour": "terracotta", "shape": 0}
    }))
    .unwrap()
}

pub(crate) fn orders() -> Vec<OrderView> {
    let mut towel = order();
    towel.number = "HT-00912".into();
    towel.merchant_name = "Hearth & Thread".into();
    towel.lines[0].title = "Linen towel, grey, with a border of little birds".into();
    towel.lines[0].quantity = 1;
    towel.state_text = "delivered".into();
    towel.delivery_text = Some("12 Nov".into());
    vec![order(), towel]
}

pub(crate) fn refusal() -> PolicyView {
    serde_json::from_value(json!({
        "decision_id": "dec_01JD7", "decision": "deny", "code": "LIMIT-0002",
        "headline": "Over your limit, not bought",
        "text": "The Halden lamp is $64.20; you allow $50.00 for one purchase.",
        "not": "Nothing was bought and the shop was not told.",
        "remedies": ["`errand say \"a lamp like that under 50\"`", "Raise the limit on your phone"],
        "rules": [], "about": "Halden desk lamp"
    }))
    .unwrap()
}

pub(crate) fn notice() -> NoticeView {
    serde_json::from_value(json!({
        "tone": "no", "code": "SHOP-0001", "headline": "Volt & Wire did not answer",
        "text": "I waited 3 seconds and went on. I do not count it as \"nothing there\".", "actions": ["Try it again"]
    }))
    .unwrap()
}

pub(crate) fn cart() -> CartView {
    let line = |title: &str, quantity: u32, total: i64| json!({"offer": null, "title": title, "quantity": quantity, "unit_price": null, "total": usd(total)});
    serde_json::from_value(json!({
        "id": "cart_1", "revision": 2,
        "groups": [
            {"merchant": "pantry-lane", "merchant_name": "Pantry Lane", "lines": [line("Marcala Medium", 2, 2240)], "subtotal": usd(2240)},
            {"merchant": "hearth-thread", "merchant_name": "Hearth & Thread", "lines": [line("Linen towel, grey", 1, 1400)], "subtotal": usd(1400)}
        ],
        "subtotal": usd(3640), "wish": "Saturday morning"
    }))
    .unwrap()
}

pub(crate) fn configuration() -> ConfigurationView {
    let value = |label: &str, chosen: bool, impossible: Option<&str>, delta: i64| json!({"label": label, "chosen": chosen, "impossible": impossible, "delta": usd(delta)});
    serde_json::from_value(json!({
        "card": card(1, "Oslo desk", "Hearth & Thread", 28900, (450, 31), "26 Nov"),
        "options": [
            {"name": "Width", "values": [value("120 cm", false, None, -2000), value("140 cm", true, None, 0), value("160 cm", false, None, 4000)]},
            {"name": "Legs", "values": [value("fixed", true, None, 0), value("height-adjustable", false, Some("the motor needs the long frame; choose 160 cm for Width (plus $140.00)"), 0)]}
        ],
        "choices": [], "conflict": null
    }))
    .unwrap()
}

pub(crate) fn assembly() -> AssemblyView {
    let part = |slot: &str, title: &str, price: i64, changed: Option<&str>| json!({"slot": slot, "offer": {"merchant": "volt-wire", "product": title, "variant": title}, "title": title, "merchant_name": "Volt & Wire", "price": usd(price), "changed": changed});
    serde_json::from_value(json!({
        "what": "computer",
        "parts": [
            part("processor", "Corvid Raven", 22900, None),
            part("power supply", "Ohmworks 650 W", 7900, Some("processor and graphics card with 150 W to spare need 600 W, the power supply gives 450 W"))
        ],
        "price": usd(30800), "price_max": usd(40000),
        "wishes": ["at most $400.00", "at least 8 cores"], "exact": true, "conflict": [], "give_up": []
    }))
    .unwrap()
}

pub(crate) fn doctor() -> DoctorView {
    let check = |id: &str, state: &str, detail: &str, fix: Option<&str>| json!({"id": id, "state": state, "detail": detail, "fix": fix});
    serde_json::from_value(json!({
        "ok": false,
        "checks": [
            check("runtime", "ok", "0.1.0, up 3 h, data 3.1 MB, audit chain intact", None),
            check("shops", "ok", "3 of 3 answer: Pantry Lane 12 ms, Volt & Wire 15 ms, Hearth & Thread 31 ms", None),
            check("model", "off", "none, errand understands by itself", Some("set `model.url` in the settings file")),
            check("clock", "fail", "6 min behind, approvals would expire at once", Some("`sudo timedatectl set-ntp true`"))
        ]
    }))
    .unwrap()
}

pub(crate) fn shop() -> MerchantView {
    serde_json::from_value(json!({
        "id": "corner-books", "name": "Corner Books", "legal_name": "Corner Books Ltd", "origin": "https://shop.example",
        "protocol": "UCP 2026-04-08", "can": ["search", "cart", "checkout", "delivery windows"],
        "cannot": ["returns by protocol"], "wants": ["identity.name", "address.full", "contact.email"],
        "alive": true, "latency_ms": 12
    }))
    .unwrap()
}

pub(crate) fn why() -> Vec<WhyView> {
    serde_json::from_value(json!([{
        "decision": "dec_01JD7", "at": "2026-11-25T14:12:00Z", "verdict": "deny",
        "headline": "Left out \"Roast House Blend\"",
        "reasons": ["the shop says Fairtrade; the register has no such number", "your rule: fair trade for coffee (3 May)"],
        "remedies": ["Change the rule"], "codes": ["VALUE-0002"]
    }]))
    .unwrap()
}
