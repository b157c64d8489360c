use errand_types::{PaymentOffer, Text};
use serde_json::Value;

use crate::json::{any, get, list, text};

/// Offers that are read.
const OFFERS_MAX: usize = 50;

/// Whether the document says anything about payment handlers; an empty list is something, and means none.
pub(crate) fn says(doc: &Value) -> bool {
    registry(doc).is_some() || older(doc).is_some()
}

/// Payment handlers of an answer or a profile: the map of newer versions, or the list of the first.
pub(crate) fn offers(doc: &Value) -> Vec<PaymentOffer> {
    let mut offers = Vec::new();
    if let Some(map) = registry(doc).and_then(Value::as_object) {
        for (handler, entries) in map {
            let entries = entries
                .as_array()
                .map_or(std::slice::from_ref(entries), Vec::as_slice);
            offers.extend(entries.iter().filter_map(|entry| offer(handler, entry)));
        }
    } else if let Some(entries) = older(doc).and_then(Value::as_array) {
        let named = entries.iter().filter_map(|entry| {
            let name = text(entry, "name").or_else(|| text(entry, "id"))?;
            offer(name, entry)
        });
        offers.extend(named);
    }
    offers.truncate(OFFERS_MAX);
    offers
}

fn registry(doc: &Value) -> Option<&Value> {
    let wrapped = get(doc, "ucp").and_then(|ucp| get(ucp, "payment_handlers"));
    wrapped.or_else(|| get(doc, "payment_handlers"))
}

fn older(doc: &Value) -> Option<&Value> {
    fn handlers(root: &Value) -> Option<&Value> {
        get(root, "payment").and_then(|payment| get(payment, "handlers"))
    }
    handlers(doc).or_else(|| get(doc, "ucp").and_then(handlers))
}

fn offer(handler: &str, entry: &Value) -> Option<PaymentOffer> {
    let handler_id = text(entry, "id").unwrap_or(handler);
    let instruments = list(entry, "available_instruments");
    let mut types: Vec<Text<40>> = Vec::new();
    let mut brands: Vec<Text<40>> = Vec::new();
    for instrument in instruments {
        let Some(kind) = text(instrument, "type") else {
            continue;
        };
        types.push(Text::clip(kind));
        let constrained =
            get(instrument, "constraints").and_then(|constraints| any(constraints, &["brands"]));
        let listed = constrained
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        brands.extend(
            listed
                .iter()
                .filter_map(Value::as_str)
                .map(|brand| Text::clip(&brand.to_lowercase())),
        );
    }
    // A list that is there and empty offers nothing; only an absent one does not limit.
    if get(entry, "available_instruments").is_some() && types.is_empty() {
        return None;
    }
    types.truncate(20);
    brands.truncate(40);
    Some(PaymentOffer {
        handler: Text::parse(handler).ok()?,
        handler_id: Text::parse(handler_id).ok()?,
        types,
        brands,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_map_of_newer_versions_and_the_list_of_the_first_are_read() {
        let newer = json!({ "ucp": { "payment_handlers": { "dev.errand.testpay": [{
            "id": "errand_testpay",
            "available_instruments": [{ "type": "card", "constraints": { "brands": ["Visa"] } }],
        }] } } });
        let first = json!({ "payment": { "handlers": [{ "id": "google_pay", "name": "com.google.pay" }] } });

        assert_eq!(offers(&newer)[0].handler.as_str(), "dev.errand.testpay");
        assert_eq!(offers(&newer)[0].brands[0].as_str(), "visa");
        assert_eq!(offers(&first)[0].handler.as_str(), "com.google.pay");
        assert!(offers(&first)[0].types.is_empty());
    }

    #[test]
    fn an_empty_list_of_instruments_offers_nothing() {
        let doc =
            json!({ "payment_handlers": { "x.y": [{ "id": "h", "available_instruments": [] }] } });

        assert!(says(&doc));
        assert!(offers(&doc).is_empty());
        assert!(!says(&json!({ "payment": { "instruments": [] } })));
    }
}
