//! Catalog search, lookup and product detail.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::call::{Outcome, Refusal, Reply};
use super::desk::Desk;
use super::read;
use super::shelf::{build_shown, fits, shown, variant_shown, with_choices};
use super::wire::{Topic, envelope, no_resource};
use crate::catalog::{Choices, Configuration, Filters, Product};
use crate::ids::number_from;
use crate::trade::basket::{Note, NoteKind};

/// Most ids of one lookup.
pub(crate) const BATCH_MAX: usize = 50;
/// Longest query in bytes.
const QUERY_MAX: usize = 500;

/// `POST /catalog/search`.
pub(crate) fn search(desk: &mut Desk<'_>, body: &Value) -> Outcome {
    let query = read::text(body.get("query"), QUERY_MAX)?;
    let filters = filters(body)?;
    let named = body.get("filters").is_some_and(Value::is_object);
    if query.is_none() && !named {
        return Err(Refusal::malformed("A search needs a `query` or `filters`."));
    }
    let limit = read::limit(body)?;
    let mark = number_from(&format!("{query:?}{filters:?}"));
    let start = start(body, mark)?;
    let found = desk.shop.catalog.search(query.as_deref(), &filters);
    let page: Vec<Value> = found
        .iter()
        .skip(start)
        .take(limit)
        .map(|product| shown(desk, product, None))
        .collect();
    let end = start + page.len();
    let mut pagination = json!({ "has_next_page": end < found.len(), "total_count": found.len() });
    if let Some(map) = pagination.as_object_mut().filter(|_| end < found.len()) {
        map.insert(
            "cursor".to_owned(),
            json!(URL_SAFE_NO_PAD.encode(format!("{end}.{mark:x}"))),
        );
    }
    Ok(Reply::ok(json!({
        "ucp": envelope(Topic::Search, "success"),
        "products": page,
        "pagination": pagination,
    })))
}

/// `POST /catalog/lookup`.
pub(crate) fn lookup(desk: &mut Desk<'_>, body: &Value) -> Outcome {
    let ids = body
        .get("ids")
        .and_then(Value::as_array)
        .filter(|ids| !ids.is_empty());
    let ids = ids.ok_or_else(|| Refusal::malformed("`ids` is missing or empty."))?;
    if ids.len() > BATCH_MAX {
        return Err(Refusal::new(
            400,
            "request_too_large",
            format!("At most {BATCH_MAX} ids at once."),
        ));
    }
    let mut groups: Vec<(&Product, Vec<&str>)> = Vec::new();
    let mut unknown = Vec::new();
    for id in ids.iter().filter_map(Value::as_str) {
        let Some(product) = desk.shop.catalog.product_of(id) else {
            unknown.push(Note::new(
                NoteKind::Info,
                "not_found",
                format!("There is no product {}.", clip(id)),
            ));
            continue;
        };
        match groups.iter_mut().find(|(held, _)| held.id == product.id) {
            Some((_, asked)) if asked.contains(&id) => {}
            Some((_, asked)) => asked.push(id),
            None => groups.push((product, vec![id])),
        }
    }
    let products: Vec<Value> = groups
        .iter()
        .map(|(product, asked)| looked_up(desk, product, asked))
        .collect();
    let mut answer = json!({ "ucp": envelope(Topic::Lookup, "success"), "products": products });
    if let Some(map) = answer.as_object_mut().filter(|_| !unknown.is_empty()) {
        map.insert("messages".to_owned(), super::wire::messages(&unknown));
    }
    Ok(Reply::ok(answer))
}

/// `POST /catalog/product`.
pub(crate) fn product(desk: &mut Desk<'_>, body: &Value) -> Outcome {
    let id =
        read::text(body.get("id"), 512)?.ok_or_else(|| Refusal::malformed("`id` is missing."))?;
    let selected = selected(body)?;
    let Some(product) = desk.shop.catalog.product_of(&id) else {
        let note = Note::new(
            NoteKind::Final,
            "not_found",
            format!("There is no product {}.", clip(&id)),
        );
        return Ok(Reply::ok(no_resource(Topic::Lookup, &[note])));
    };
    let asked = (id != product.id).then_some(id.as_str());
    let (shown, notes) = match &product.metadata.configuration {
        Some(configuration) => configured(desk, product, configuration, asked, &selected),
        None => narrowed(desk, product, asked, &selected),
    };
    let mut answer = json!({ "ucp": envelope(Topic::Lookup, "success"), "product": shown });
    if let Some(map) = answer.as_object_mut().filter(|_| !notes.is_empty()) {
        map.insert("messages".to_owned(), super::wire::messages(&notes));
    }
    Ok(Reply::ok(answer))
}

fn looked_up(desk: &Desk<'_>, product: &Product, asked: &[&str]) -> Value {
    let mut variants: Vec<Value> = Vec::new();
    for id in asked {
        let (variant, exact) = match product.variants.iter().find(|variant| variant.id == *id) {
            Some(variant) => (variant_shown(desk, product, variant), true),
            None if *id == product.id => match product.variants.first() {
                Some(first) => (variant_shown(desk, product, first), false),
                None => continue,
            },
            None => (build_shown(desk, product, id), true),
        };
        let input = json!({ "id": id, "match": if exact { "exact" } else { "featured" } });
        let same = variants
            .iter_mut()
            .find(|held| held.get("id") == variant.get("id"));
        if let Some(inputs) = same
            .and_then(|held| held.get_mut("inputs"))
            .and_then(Value::as_array_mut)
        {
            inputs.push(input);
            continue;
        }
        let mut variant = variant;
        if let Some(map) = variant.as_object_mut() {
            map.insert("inputs".to_owned(), json!([input]));
        }
        variants.push(variant);
    }
    shown(desk, product, Some(variants))
}

fn narrowed(
    desk: &Desk<'_>,
    product: &Product,
    asked: Option<&str>,
    wanted: &Choices,
) -> (Value, Vec<Note>) {
    let mut made: Choices = Choices::new();
    let mut notes = Vec::new();
    let featured = product
        .variants
        .iter()
        .find(|variant| asked == Some(variant.id.as_str()));
    if let Some(variant) = featured {
        made.extend(variant.choices.iter().cloned());
    }
    for (name, label) in wanted {
        let mut tried = made.clone();
        tried.insert(name.clone(), label.clone());
        let known = product
            .options
            .iter()
            .any(|axis| axis.name == *name && axis.values.contains(label));
        if known && product.variants.iter().any(|variant| fits(variant, &tried)) {
            made = tried;
        } else {
            notes.push(no_such_choice(name, label));
        }
    }
    let matching = || {
        product
            .variants
            .iter()
            .filter(|variant| fits(variant, &made))
    };
    let first = featured
        .filter(|variant| fits(variant, &made))
        .or_else(|| matching().next());
    let effective: Choices = first
        .map(|variant| variant.choices.iter().cloned().collect())
        .unwrap_or_default();
    let rest = if asked.is_some() && wanted.is_empty() {
        product.variants.iter().collect::<Vec<_>>()
    } else {
        matching().collect()
    };
    let others = rest
        .into_iter()
        .filter(|variant| first.is_none_or(|first| first.id != variant.id));
    let variants = first
        .into_iter()
        .chain(others)
        .map(|variant| variant_shown(desk, product, variant));
    (
        with_choices(desk, product, variants.collect(), &effective),
        notes,
    )
}

fn configured(
    desk: &Desk<'_>,
    product: &Product,
    configuration: &Configuration,
    asked: Option<&str>,
    wanted: &Choices,
) -> (Value, Vec<Note>) {
    let parts = asked
        .and_then(|id| id.split_once('~'))
        .map(|(_, parts)| parts);
    let mut made: Choices = Choices::new();
    if wanted.is_empty() {
        made = parts
            .and_then(|parts| configuration.parse(parts).ok())
            .unwrap_or_default();
    }
    let mut notes = Vec::new();
    for (name, label) in wanted {
        let mut tried = made.clone();
        tried.insert(name.clone(), label.clone());
        match configuration.check(&tried) {
            Ok(()) if configuration.complete(&tried).is_some() => made = tried,
            Ok(()) => notes.push(no_such_choice(name, label)),
            Err(error) => {
                let content = format!("{label} for {name} was left out: {error}.");
                notes.push(Note::new(
                    NoteKind::Warning,
                    "configuration_conflict",
                    content,
                ));
            }
        }
    }
    let whole = configuration.complete(&made).unwrap_or_default();
    let id = configuration.variant_id(&product.id, &whole);
    let variant = build_shown(desk, product, &id);
    (with_choices(desk, product, vec![variant], &whole), notes)
}

fn no_such_choice(name: &str, label: &str) -> Note {
    let content = format!("There is no {} with {}.", clip(name), clip(label));
    Note::new(NoteKind::Warning, "option_unavailable", content)
}

fn selected(body: &Value) -> Result<Choices, Refusal> {
    let mut choices = Choices::new();
    let list = body.get("selected").and_then(Value::as_array);
    for entry in list.into_iter().flatten().take(20) {
        let name = read::text(entry.get("name"), 120)?;
        let label = read::text(entry.get("label"), 120)?;
        if let Some((name, label)) = name.zip(label)
            && choices.insert(name, label).is_some()
        {
            return Err(Refusal::malformed("`selected` names an option twice."));
        }
    }
    Ok(choices)
}

fn filters(body: &Value) -> Result<Filters, Refusal> {
    let amount = |path: &str| match body.pointer(path) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let plain = value
                .as_i64()
                .or_else(|| value.get("amount").and_then(Value::as_i64));
            plain
                .map(Some)
                .ok_or_else(|| Refusal::malformed("A price filter is a whole number of cents."))
        }
    };
    Ok(Filters {
        categories: read::strings(body.pointer("/filters/categories"), 120)?.unwrap_or_default(),
        price_min: amount("/filters/price/min")?,
        price_max: amount("/filters/price/max")?,
    })
}

/// Where the page starts. A cursor belongs to the search that it came from.
fn start(body: &Value, mark: u64) -> Result<usize, Refusal> {
    let sent = body
        .pointer("/pagination/cursor")
        .or_else(|| body.get("cursor"));
    let Some(cursor) = read::text(sent, 120)? else {
        return Ok(0);
    };
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (start, held) = text.split_once('.')?;
        (u64::from_str_radix(held, 16).ok()? == mark).then_some(start.parse().ok()?)
    };
    read().ok_or_else(|| {
        Refusal::new(
            400,
            "cursor_unknown",
            "This cursor belongs to another search.",
        )
    })
}

/// Foreign text, short enough to repeat.
pub(crate) fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}
