//! A row of a feed as documents: which field is which, what must be there, what is clipped and what is refused.

use errand_types::{Availability, ForeignId, Money, Rating, Text};
use serde_json::{Map, Value};

use super::price::price;
use super::{Reason, Source, VARIANTS_MAX};
use crate::document::{Document, Key};
use crate::limits::ATTRIBUTES_MAX;

/// A row: names as the feed writes them.
pub(super) type Row = Map<String, Value>;

/// Names under which feeds write the id of a product.
pub(super) const ID: &[&str] = &["id", "item_id", "offer_id", "sku", "product_id"];
/// Names under which feeds write its name.
pub(super) const TITLE: &[&str] = &["title", "name", "product_name"];
const DESCRIPTION: &[&str] = &["description", "product_description"];
const LINK: &[&str] = &["link", "url", "product_url"];
const BRAND: &[&str] = &["brand", "manufacturer"];
const CATEGORY: &[&str] = &[
    "product_category",
    "product_type",
    "categories",
    "category",
    "google_product_category",
];
const PRICE: &[&str] = &["price", "list_price"];
const GTIN: &[&str] = &["gtin", "ean", "upc", "barcode", "gtins"];
const STARS: &[&str] = &[
    "product_review_rating",
    "average_rating",
    "rating",
    "star_rating",
];
const RATERS: &[&str] = &[
    "product_review_count",
    "review_count",
    "rating_count",
    "num_reviews",
];
const LABELS: &[&str] = &["labels", "certifications", "certificates"];
const DAYS: &[&str] = &["delivery_days", "shipping_days", "max_delivery_days"];
/// Columns that are attributes by themselves.
const PLAIN: &[&str] = &[
    "color",
    "colour",
    "size",
    "material",
    "pattern",
    "gender",
    "age_group",
    "condition",
    "dimensions",
    "length",
    "width",
    "height",
    "weight",
    "size_system",
    "energy_efficiency_class",
    "origin",
    "country_of_origin",
];

/// Why a row is no product: the field and the reason.
type Refusal = (&'static str, Reason);

/// The documents of a row: one, or one for each variant. `clipped` counts texts that were cut or cleaned.
pub(super) fn documents(
    row: &Row,
    source: &Source,
    clipped: &mut u64,
) -> Result<Vec<Document>, Refusal> {
    let Some(variants) = row.get("variants") else {
        return Ok(vec![document(row, source, clipped)?]);
    };
    let variants = variants.as_array().ok_or(("variants", Reason::Wrong))?;
    if variants.is_empty() {
        return Err(("variants", Reason::Missing));
    }
    if variants.len() > VARIANTS_MAX {
        return Err(("variants", Reason::TooLong));
    }
    variants
        .iter()
        .map(|variant| {
            let variant = variant.as_object().ok_or(("variants", Reason::Wrong))?;
            // What a variant does not say, its product says for all.
            let mut whole = row.clone();
            whole.remove("variants");
            whole.extend(
                variant
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
            document(&whole, source, clipped)
        })
        .collect()
}

fn document(row: &Row, source: &Source, clipped: &mut u64) -> Result<Document, Refusal> {
    let is_off = |name: &str| {
        row.get(name).is_some_and(|value| {
            value.as_bool() == Some(false)
                || value
                    .as_str()
                    .is_some_and(|text| text.eq_ignore_ascii_case("false"))
        })
    };
    if is_off("enable_search") || is_off("is_eligible_search") {
        return Err(("enable_search", Reason::Withdrawn));
    }
    let id = id(row)?;
    let title: Text<200> = text(row, TITLE, clipped).ok_or(("title", Reason::Missing))?;
    let mut document = Document::named(source.merchant.clone(), id.clone(), title.as_str());
    document.key = Key {
        merchant: source.merchant.clone(),
        id,
    };
    document.seen_at = source.seen_at;
    document.description = text(row, DESCRIPTION, clipped).unwrap_or_default();
    document.brand = text(row, BRAND, clipped);
    document.mpn = text(row, &["mpn"], clipped);
    document.categories = categories(row, clipped);
    document.url = page(row, source)?;
    document.price = Some(the_price(row, source)?);
    document.availability = availability(row)?;
    document.gtins = gtins(row)?;
    document.rating = rating(row)?;
    document.labels = labels(row, clipped);
    document.delivery_days = days(row)?;
    document.attributes = attributes(row, clipped);
    Ok(document)
}

/// The first of the names that holds something.
fn first<'a>(row: &'a Row, names: &[&str]) -> Option<&'a Value> {
    let of = |name: &&str| row.get(*name).filter(|value| !is_nothing(value));
    names.iter().find_map(of)
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn id(row: &Row) -> Result<ForeignId, Refusal> {
    let raw = match first(row, ID).ok_or(("id", Reason::Missing))? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(("id", Reason::Wrong)),
    };
    if raw.chars().any(|c| c.is_control() || is_hidden(c)) {
        return Err(("id", Reason::Hostile));
    }
    ForeignId::parse(&raw).map_err(|_| ("id", Reason::Wrong))
}

/// Text of a field: of a list its first, of an object what is plain in it. Without tags and hidden characters.
fn text<const MAX: usize>(row: &Row, names: &[&str], clipped: &mut u64) -> Option<Text<MAX>> {
    said(first(row, names)?).and_then(|raw| clean(&raw, clipped))
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(holds) => Some(if *holds { "yes" } else { "no" }.to_owned()),
        Value::Array(list) => list.first().and_then(said),
        Value::Object(object) => ["plain", "value", "name", "markdown", "html"]
            .iter()
            .find_map(|name| object.get(*name))
            .and_then(Value::as_str)
            .map(str::to_owned),
        Value::Null => None,
    }
}

fn clean<const MAX: usize>(raw: &str, clipped: &mut u64) -> Option<Text<MAX>> {
    // Far beyond the bound nothing is looked at.
    let head: String = raw.chars().take(MAX.saturating_mul(8)).collect();
    let plain = without_tags(&head);
    let plain: String = plain.chars().filter(|c| !is_hidden(*c)).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = Text::<MAX>::clip(&plain);
    *clipped += u64::from(text.as_str() != raw.trim());
    (!text.is_blank()).then_some(text)
}

/// Characters that are not seen, or turn the direction of what is.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Takes out what stands between `<` and `>` when a name or `/` follows; "< 5 kg" stays.
fn without_tags(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let starts = tag
            .chars()
            .nth(1)
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match tag.find('>') {
            Some(end) if starts => {
                out.push(' ');
                rest = tag.get(end + 1..).unwrap_or_default();
            }
            _ => {
                out.push('<');
                rest = tag.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// `A > B > C`, a list of such, or a list of `{"value": ".."}`.
fn categories(row: &Row, clipped: &mut u64) -> Vec<Text<80>> {
    let raw: Vec<String> = match first(row, CATEGORY) {
        Some(Value::Array(list)) => list.iter().take(10).filter_map(said).collect(),
        Some(other) => said(other).into_iter().collect(),
        None => Vec::new(),
    };
    let mut found: Vec<Text<80>> = Vec::new();
    for part in raw.iter().flat_map(|path| path.split(['>', '|'])) {
        if let Some(category) = clean(part, clipped)
            && !found.contains(&category)
            && found.len() < 20
        {
            found.push(category);
        }
    }
    found
}

/// A page is a web page of the shop, or the row is an attack.
fn page(row: &Row, source: &Source) -> Result<Option<Text<2000>>, Refusal> {
    let Some(value) = first(row, LINK) else {
        return Ok(None);
    };
    let raw = value.as_str().ok_or(("link", Reason::Wrong))?.trim();
    let rest = raw
        .strip_prefix("https://")
        .or_else(|| raw.strip_prefix("http://"))
        .ok_or(("link", Reason::Hostile))?;
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || is_hidden(c) || c == '\\';
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if raw.chars().any(is_odd) || authority.is_empty() || authority.contains('@') {
        return Err(("link", Reason::Hostile));
    }
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    let is_of_shop = |known: &String| {
        host.eq_ignore_ascii_case(known)
            || host
                .to_ascii_lowercase()
                .strip_suffix(&known.to_ascii_lowercase())
                .is_some_and(|rest| rest.ends_with('.'))
    };
    if source.host.as_ref().is_some_and(|known| !is_of_shop(known)) {
        return Err(("link", Reason::Hostile));
    }
    let page = Text::parse(raw).map_err(|_| ("link", Reason::TooLong))?;
    Ok(Some(page))
}

/// The price that is asked: of price and sale price the lower, in one currency.
fn the_price(row: &Row, source: &Source) -> Result<Money, Refusal> {
    let currency = match first(row, &["currency", "price_currency"]) {
        Some(code) => {
            let code = code
                .as_str()
                .unwrap_or_default()
                .trim()
                .to_ascii_uppercase();
            Some(errand_types::Currency::parse(&code).map_err(|_| ("currency", Reason::Wrong))?)
        }
        None => source.currency,
    };
    let value = first(row, PRICE).ok_or(("price", Reason::Missing))?;
    let asked = price(value, currency).ok_or(("price", Reason::Wrong))?;
    let Some(sale) = first(row, &["sale_price"]) else {
        return Ok(asked);
    };
    let sale = price(sale, currency).ok_or(("sale_price", Reason::Wrong))?;
    match asked.exceeds(sale) {
        Ok(true) => Ok(sale),
        Ok(false) => Ok(asked),
        Err(_) => Err(("sale_price", Reason::Wrong)),
    }
}

fn availability(row: &Row) -> Result<Availability, Refusal> {
    let Some(value) = first(row, &["availability", "stock_status"]) else {
        return Ok(Availability::Unknown);
    };
    let status = match value {
        Value::Object(object) => {
            let status = object.get("status").and_then(Value::as_str);
            match (object.get("available").and_then(Value::as_bool), status) {
                (Some(false), None) => "out_of_stock",
                (Some(true), None) => "in_stock",
                (available, Some(status)) => {
                    if available == Some(false) && status == "in_stock" {
                        return Err(("availability", Reason::Wrong));
                    }
                    status
                }
                (None, None) => return Err(("availability", Reason::Wrong)),
            }
        }
        Value::String(text) => text.as_str(),
        _ => return Err(("availability", Reason::Wrong)),
    };
    let plain = status.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    // Vocabularies give theirs as an address: `https://schema.org/InStock`.
    let plain = plain.rsplit('/').next().unwrap_or_default();
    Ok(match plain {
        "in_stock" | "instock" => Availability::In,
        "limited_stock" | "limitedavailability" | "low_stock" => Availability::Low,
        "out_of_stock" | "outofstock" | "soldout" => Availability::Out,
        "backorder" | "backordered" | "back_order" => Availability::Backorder,
        "preorder" | "pre_order" => Availability::Preorder,
        "discontinued" => return Err(("availability", Reason::Withdrawn)),
        _ => Availability::Unknown,
    })
}

fn gtins(row: &Row) -> Result<Vec<Text<14>>, Refusal> {
    let mut found = Vec::new();
    let listed = first(row, &["barcodes"])
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let listed = listed.filter_map(|entry| entry.get("value"));
    let own = match first(row, GTIN) {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(other) => vec![other],
        None => Vec::new(),
    };
    for value in own.into_iter().chain(listed).take(10) {
        let digits: String = said(value)
            .unwrap_or_default()
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .take(32)
            .collect();
        let is_gtin =
            (8..=14).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if !is_gtin || !checks(&digits) {
            return Err(("gtin", Reason::Wrong));
        }
        found.push(Text::clip(&digits));
    }
    Ok(found)
}

/// The last digit makes the weighted sum a multiple of ten.
fn checks(digits: &str) -> bool {
    let weighted = digits.bytes().rev().zip([1_u32, 3].into_iter().cycle());
    let sum: u32 = weighted
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    sum.is_multiple_of(10)
}

fn rating(row: &Row) -> Result<Option<Rating>, Refusal> {
    let Some(stars) = first(row, STARS) else {
        return Ok(None);
    };
    let wrong = ("rating", Reason::Wrong);
    let stars: f64 = said(stars)
        .and_then(|text| text.trim().parse().ok())
        .ok_or(wrong)?;
    if !(0.0..=5.0).contains(&stars) {
        return Err(wrong);
    }
    let count = match first(row, RATERS) {
        Some(count) => said(count)
            .and_then(|text| text.trim().parse().ok())
            .ok_or(wrong)?,
        None => 0,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "held within 0 to 5 two lines above"
    )]
    let hundredths = (stars * 100.0).round() as u16;
    Ok(Some(Rating { hundredths, count }))
}

fn labels(row: &Row, clipped: &mut u64) -> Vec<Text<60>> {
    let raw: Vec<String> = match first(row, LABELS) {
        Some(Value::Array(list)) => list.iter().filter_map(said).collect(),
        Some(Value::String(text)) => text.split([',', ';', '|']).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    raw.iter()
        .take(40)
        .filter_map(|label| clean(label, clipped))
        .collect()
}

fn days(row: &Row) -> Result<Option<u16>, Refusal> {
    let Some(value) = first(row, DAYS) else {
        return Ok(None);
    };
    let days = said(value).and_then(|text| text.trim().parse().ok());
    days.map(Some).ok_or(("delivery_days", Reason::Wrong))
}

fn attributes(row: &Row, clipped: &mut u64) -> Vec<(Text<60>, Text<200>)> {
    let mut found = Vec::new();
    let mut add = |name: &str, value: &Value| {
        if found.len() < ATTRIBUTES_MAX
            && !is_nothing(value)
            && let Some(name) = clean::<60>(&name.replace('_', " "), &mut 0)
            && let Some(value) = said(value).and_then(|raw| clean::<200>(&raw, clipped))
        {
            found.push((name, value));
        }
    };
    for name in PLAIN {
        if let Some(value) = row.get(*name) {
            add(name, value);
        }
    }
    for list in ["variant_options", "attributes", "attrs", "product_detail"] {
        match row.get(list) {
            Some(Value::Object(object)) => {
                for (name, value) in object {
                    add(name, value);
                }
            }
            Some(Value::Array(entries)) => {
                for entry in entries {
                    let name = entry.get("name").or_else(|| entry.get("attribute_name"));
                    let value = entry.get("value").or_else(|| entry.get("attribute_value"));
                    if let (Some(name), Some(value)) = (name.and_then(Value::as_str), value) {
                        add(name, value);
                    }
                }
            }
            _ => {}
        }
    }
    found
}
