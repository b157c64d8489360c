//! What is on the table, as data.

use errand_model::{Private, Scene, Shown, mask};
use errand_types::{Text, Window, Wish};
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::strtime};
use serde_json::{Map, Value, json};

use super::Room;
use crate::handles::Handles;

/// Characters of a title.
const TITLE_CHARS: usize = 120;
/// Characters of a word of a product.
const WORD_CHARS: usize = 40;

pub(crate) fn facts(scene: &Scene, handles: &Handles, room: Room) -> Value {
    let zone = zone(scene);
    let mut facts = Map::new();
    let mut put = |key: &str, value: Value| {
        let is_empty = match &value {
            Value::Null => true,
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        };
        if !is_empty {
            facts.insert(key.to_owned(), value);
        }
    };
    put("now", json!(moment(scene.now, &zone)));
    put("zone", json!(scene.zone));
    put("currency", json!(scene.currency.code()));
    let shops = scene.shops.iter().take(room.shops);
    put(
        "shops",
        shops
            .map(|s| json!({ "id": s.id, "name": cut(s.name.as_str(), 60) }))
            .collect(),
    );
    put("last_search", scene.need.as_ref().map_or(Value::Null, need));
    put(
        "shown",
        scene
            .shown
            .iter()
            .map(|s| shown(s, handles, &zone, room))
            .collect(),
    );
    put(
        "talk_is_about",
        json!(scene.focus.as_ref().and_then(|o| handles.of_offer(o))),
    );
    put("choosing_options", options(scene, handles));
    let kinds = |words: &[Text<80>]| -> Vec<String> {
        let words = words.iter().take(room.words);
        words.map(|w| cut(w.as_str(), WORD_CHARS)).collect()
    };
    let cart = scene.cart.iter().take(room.cart).map(|line| {
        json!({
            "product": handles.of_offer(&line.offer), "title": cut(line.title.as_str(), TITLE_CHARS),
            "pieces": line.quantity, "kinds": kinds(&line.words),
        })
    });
    put("cart", cart.collect());
    put(
        "wanted_here",
        scene.wish.as_ref().map_or(Value::Null, |w| wish(w, &zone)),
    );
    let open = scene
        .open
        .as_ref()
        .map(|o| json!({ "kind": o.kind, "text": mask(o.text.as_str(), &Private::default()) }));
    put("errand_asked", open.unwrap_or_default());
    let orders = scene.orders.iter().take(room.orders).map(|o| {
        json!({
            "order": handles.of_order(&o.id), "number": o.number, "what": cut(o.what.as_str(), TITLE_CHARS),
            "shop": o.merchant, "state": o.state, "kinds": kinds(&o.words),
            "lines": o.lines.iter().take(8).map(|(offer, n)| json!({ "product": handles.of_offer(offer), "pieces": n })).collect::<Vec<_>>(),
        })
    });
    put("orders", orders.collect());
    Value::Object(facts)
}

/// The person's zone; UTC where it is none.
pub(crate) fn zone(scene: &Scene) -> TimeZone {
    TimeZone::get(scene.zone.as_str()).unwrap_or(TimeZone::UTC)
}

/// `Saturday 2026-11-28T10:00:00-05:00`.
fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    strtime::format("%A %Y-%m-%dT%H:%M:%S%:z", &at).unwrap_or_else(|_| at.timestamp().to_string())
}

/// `Sat 28 Nov 09:00 to 12:00`, as people read it.
pub(crate) fn window(window: &Window, zone: &TimeZone) -> String {
    let start = window.start.to_zoned(zone.clone());
    let end = window.end.to_zoned(zone.clone());
    let day = if start.date() == end.date() {
        "%H:%M"
    } else {
        "%a %d %b %H:%M"
    };
    let from = strtime::format("%a %d %b %H:%M", &start).unwrap_or_default();
    let to = strtime::format(day, &end).unwrap_or_default();
    format!("{from} to {to}")
}

fn shown(shown: &Shown, handles: &Handles, zone: &TimeZone, room: Room) -> Value {
    let rating = shown
        .rating
        .map(|r| format!("{} by {} people", stars(r.hundredths), r.count));
    let words: Vec<String> = shown
        .words
        .iter()
        .take(room.words)
        .map(|w| cut(w.as_str(), WORD_CHARS))
        .collect();
    json!({
        "product": handles.of_offer(&shown.offer),
        "shop": shown.offer.merchant,
        "title": cut(shown.title.as_str(), TITLE_CHARS),
        "brand": shown.brand,
        "price": format!("{} {}", shown.price.decimal(), shown.price.currency()),
        "rating": rating,
        "words": words,
        "delivery": shown.delivery.as_ref().map(|w| window(w, zone)),
        "has_options": shown.configurable,
    })
}

/// `4.5`.
pub(crate) fn stars(hundredths: u16) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.strip_suffix('0').unwrap_or(&text).to_owned()
}

fn options(scene: &Scene, handles: &Handles) -> Value {
    let Some((offer, configuration, chosen)) = &scene.configuring else {
        return Value::Null;
    };
    let options: Map<String, Value> = configuration
        .options
        .iter()
        .map(|option| {
            let values = option.values.iter().map(|v| {
                // A minus as every machine reads it.
                let adds =
                    format!("{} {}", v.delta.decimal(), v.delta.currency()).replace('−', "-");
                json!({ "value": cut(v.label.as_str(), WORD_CHARS), "adds": adds })
            });
            (cut(option.name.as_str(), WORD_CHARS), values.collect())
        })
        .collect();
    let chosen: Map<String, Value> = chosen
        .iter()
        .map(|c| (c.option.to_string(), json!(c.value)))
        .collect();
    json!({ "product": handles.of_offer(offer), "options": options, "chosen": chosen })
}

fn wish(wish: &Wish, zone: &TimeZone) -> Value {
    json!({
        "earliest": wish.earliest.map(|at| moment(at, zone)), "latest": moment(wish.latest, zone),
        "said": mask(wish.said.as_str(), &Private::default()),
    })
}

/// The last search without what was not said, its words masked: people type all sorts of things into a search.
fn need(need: &errand_types::Need) -> Value {
    let mut value = serde_json::to_value(need).unwrap_or(Value::Null);
    if let Some(map) = value.as_object_mut() {
        map.retain(|_, v| !v.is_null() && v.as_array().is_none_or(|a| !a.is_empty()));
    }
    masked(&mut value);
    value
}

fn masked(value: &mut Value) {
    match value {
        Value::String(text) => *text = mask(text, &Private::default()),
        Value::Array(list) => list.iter_mut().for_each(masked),
        Value::Object(map) => map.values_mut().for_each(masked),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn cut(text: &str, chars: usize) -> String {
    Text::<200>::clip(text)
        .as_str()
        .chars()
        .take(chars)
        .collect()
}
