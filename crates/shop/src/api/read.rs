//! Reading requests: everything bounded, answer-only members ignored.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::Refusal;
use crate::trade::basket::{Buyer, DeliveryWish, Destination, Line, Method};

/// Most lines of a basket.
pub(crate) const LINES_MAX: usize = 100;
/// Most pieces of a line.
pub(crate) const QUANTITY_MAX: u64 = 10_000;
const TEXT_MAX: usize = 300;
const ID_MAX: usize = 512;
const LIST_MAX: usize = 10;

/// The body as an object.
pub(crate) fn object(body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::malformed(format!("The body is not JSON: {error}.")))?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(Refusal::malformed("The body is not an object."))
    }
}

/// `line_items`, which must be there.
pub(crate) fn lines(body: &Value) -> Result<Vec<Line>, Refusal> {
    let items = body.get("line_items").filter(|items| !items.is_null());
    let items = items
        .and_then(Value::as_array)
        .ok_or_else(|| Refusal::malformed("`line_items` is missing."))?;
    if items.is_empty() {
        return Err(Refusal::malformed("`line_items` is empty."));
    }
    if items.len() > LINES_MAX {
        return Err(Refusal::malformed(format!(
            "There are more than {LINES_MAX} lines."
        )));
    }
    let mut lines: Vec<Line> = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let sent = text(item.get("id"), TEXT_MAX)?;
        let free = |id: &String| !lines.iter().any(|line| line.id == *id);
        let id = sent.filter(free).unwrap_or_else(|| {
            let numbers = (at + 1)..;
            let mut names = numbers.map(|number| format!("li_{number}"));
            names.find(free).unwrap_or_default()
        });
        let named = text(item.pointer("/item/id"), ID_MAX)?;
        let item_id = named
            .ok_or_else(|| Refusal::malformed(format!("`line_items[{at}].item.id` is missing.")))?;
        lines.push(Line {
            id,
            item: item_id,
            quantity: quantity(item.get("quantity"), at)?,
        });
    }
    Ok(lines)
}

fn quantity(value: Option<&Value>, at: usize) -> Result<u32, Refusal> {
    let number = value
        .and_then(Value::as_u64)
        .filter(|number| (1..=QUANTITY_MAX).contains(number));
    let number = number.and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| {
        let content =
            format!("`line_items[{at}].quantity` is not a whole number from 1 to {QUANTITY_MAX}.");
        Refusal::new(400, "quantity_out_of_range", content)
    })
}

/// `discounts.codes`; `None` when the member is absent.
pub(crate) fn codes(body: &Value) -> Result<Option<Vec<String>>, Refusal> {
    strings(body.pointer("/discounts/codes"), 64)
}

/// `context.eligibility`.
pub(crate) fn claims(body: &Value) -> Result<Vec<String>, Refusal> {
    Ok(strings(body.pointer("/context/eligibility"), 120)?.unwrap_or_default())
}

/// Up to ten short strings.
pub(crate) fn strings(value: Option<&Value>, max: usize) -> Result<Option<Vec<String>>, Refusal> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let list = value
        .as_array()
        .ok_or_else(|| Refusal::malformed("A list of words was expected."))?;
    if list.len() > LIST_MAX {
        return Err(Refusal::malformed(format!(
            "A list has more than {LIST_MAX} entries."
        )));
    }
    let mut words = Vec::with_capacity(list.len());
    for entry in list {
        words.extend(text(Some(entry), max)?);
    }
    Ok(Some(words))
}

/// A short string; `None` when absent or null.
pub(crate) fn text(value: Option<&Value>, max: usize) -> Result<Option<String>, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() <= max => Ok(Some(text.clone())),
        Some(Value::String(_)) => Err(Refusal::malformed(format!(
            "A text is longer than {max} bytes."
        ))),
        Some(_) => Err(Refusal::malformed(
            "A text was expected where something else stands.",
        )),
    }
}

/// `buyer`.
pub(crate) fn buyer(body: &Value) -> Result<Option<Buyer>, Refusal> {
    let Some(value) = body.get("buyer").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    record(value, "buyer").map(Some)
}

/// `fulfillment`: the method that something was chosen in, else the first.
pub(crate) fn wish(body: &Value) -> Result<DeliveryWish, Refusal> {
    let methods = body
        .pointer("/fulfillment/methods")
        .and_then(Value::as_array);
    let Some(methods) = methods else {
        return Ok(DeliveryWish::default());
    };
    let chosen = methods
        .iter()
        .take(LIST_MAX)
        .find(|method| option_of(method).is_some());
    let Some(method) = chosen.or_else(|| methods.first()) else {
        return Ok(DeliveryWish::default());
    };
    let kind = match method.get("type").and_then(Value::as_str) {
        Some("pickup") => Method::Pickup,
        Some("shipping") | None => Method::Shipping,
        Some(_) => {
            return Err(Refusal::malformed(
                "`fulfillment.methods[].type` is `shipping` or `pickup`.",
            ));
        }
    };
    let mut destinations = Vec::new();
    let sent = method.get("destinations").and_then(Value::as_array);
    for (at, value) in sent.into_iter().flatten().take(LIST_MAX).enumerate() {
        let mut destination: Destination = record(value, "destinations")?;
        if destination.id.is_empty() {
            destination.id = format!("dest_{}", at + 1);
        }
        destinations.push(destination);
    }
    Ok(DeliveryWish {
        method: Some(kind),
        destinations: if kind == Method::Pickup {
            Vec::new()
        } else {
            destinations
        },
        selected_destination: text(method.get("selected_destination_id"), TEXT_MAX)?
            .filter(|_| kind == Method::Shipping),
        option: text(option_of(method), TEXT_MAX)?,
    })
}

fn option_of(method: &Value) -> Option<&Value> {
    let option = method.pointer("/groups/0/selected_option_id");
    option.filter(|option| !option.is_null())
}

/// A flat record of short texts.
fn record<T: DeserializeOwned>(value: &Value, name: &str) -> Result<T, Refusal> {
    let fields = value
        .as_object()
        .ok_or_else(|| Refusal::malformed(format!("`{name}` is not an object.")))?;
    for field in fields.values() {
        if field.as_str().is_some_and(|text| text.len() > TEXT_MAX) {
            return Err(Refusal::malformed(format!(
                "A text in `{name}` is longer than {TEXT_MAX} bytes."
            )));
        }
    }
    let told = fields.iter().filter(|(_, field)| !field.is_null());
    let kept: serde_json::Map<String, Value> = told
        .map(|(name, field)| (name.clone(), field.clone()))
        .collect();
    serde_json::from_value(Value::Object(kept))
        .map_err(|_| Refusal::malformed(format!("`{name}` has a member of the wrong kind.")))
}

/// Page size and start of a search.
pub(crate) fn limit(body: &Value) -> Result<usize, Refusal> {
    let sent = body
        .pointer("/pagination/limit")
        .or_else(|| body.get("limit"))
        .filter(|sent| !sent.is_null());
    let Some(sent) = sent else { return Ok(10) };
    let limit = sent.as_u64().filter(|limit| *limit >= 1);
    let limit = limit
        .ok_or_else(|| Refusal::malformed("`pagination.limit` is a whole number from 1 on."))?;
    Ok(usize::try_from(limit.min(50)).unwrap_or(50))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quantities_that_are_no_quantity_are_refused() {
        for quantity in [
            json!(0),
            json!(-1),
            json!(1.5),
            json!("2"),
            json!(null),
            json!(10_001),
            json!(1e30),
        ] {
            let body = json!({ "line_items": [{ "item": { "id": "x" }, "quantity": quantity }] });
            assert_eq!(
                lines(&body).unwrap_err().code,
                "quantity_out_of_range",
                "{quantity}"
            );
        }
    }

    #[test]
    fn line_ids_stay_and_missing_or_doubled_ones_are_made_up() {
        let item = json!({ "id": "x" });
        let body = json!({ "line_items": [
            { "id": "li_2", "item": item, "quantity": 1 },
            { "item": item, "quantity": 1 },
            { "id": "li_2", "item": item, "quantity": 1 },
        ] });

        let ids: Vec<String> = lines(&body)
            .unwrap()
            .into_iter()
            .map(|line| line.id)
            .collect();

        assert_eq!(ids, ["li_2", "li_3", "li_4"]);
    }

    #[test]
    fn the_method_with_a_choice_is_the_one_that_counts() {
        let body = json!({ "fulfillment": { "methods": [
            { "type": "shipping", "destinations": [{ "city": "Albany", "region": "NY" }] },
            { "type": "pickup", "groups": [{ "selected_option_id": "collect" }] },
        ] } });

        let wish = wish(&body).unwrap();

        assert_eq!(wish.method, Some(Method::Pickup));
        assert_eq!(wish.option.as_deref(), Some("collect"));
    }

    #[test]
    fn older_address_names_are_read_and_nulls_are_absent() {
        let body = json!({ "fulfillment": { "methods": [{ "type": "shipping", "destinations": [
            { "id": "d", "city": "Albany", "region": "NY", "street_address": null },
        ] }] } });

        let wish = wish(&body).unwrap();
        let destination = wish.destination().unwrap();

        assert_eq!(destination.address_locality.as_deref(), Some("Albany"));
        assert_eq!(
            destination.missing(),
            ["street_address", "postal_code", "address_country"]
        );
    }
}
