//! Bodies of requests, per dialect. Nothing that only answers carry is ever sent: no `ucp`, `status`, `totals`,
//! `messages`, `links`, `expires_at`, `continue_url`, `order`.

use errand_gate::{BuyerShare, OpenCheckout, SearchShops, UpdateCheckout};
use errand_types::{Currency, Destination, Instrument, MethodKind, OfferRef, PaymentOffer, Text};
use serde_json::{Map, Value, json};

use crate::dialect::Dialect;
use crate::read::checkout::Snapshot;
use crate::read::delivery::Pick;

/// Our id for a destination that the shop does not know yet.
pub(crate) const DESTINATION: &str = "errand-1";

/// `POST /catalog/search`.
pub(crate) fn search(act: &SearchShops, limit: u16, cursor: Option<&str>) -> Value {
    let mut body = json!({ "query": act.query.as_str(), "pagination": { "limit": limit } });
    put(
        &mut body,
        "filters",
        act.price_max
            .map(|price| json!({ "price": { "max": price.minor() } })),
    );
    put(
        &mut body,
        "context",
        act.price_max
            .map(|price| json!({ "currency": price.currency().code() })),
    );
    if let (Some(cursor), Some(pagination)) = (cursor, body.get_mut("pagination")) {
        put(pagination, "cursor", Some(json!(cursor)));
    }
    body
}

/// `POST /catalog/product`; of a choice made twice the last one counts.
pub(crate) fn product(id: &str, selected: &[(String, String)]) -> Value {
    let mut choices: Vec<(&str, &str)> = Vec::new();
    for (name, label) in selected {
        choices.retain(|(known, _)| known != name);
        choices.push((name, label));
    }
    let mut body = json!({ "id": id });
    let listed: Vec<Value> = choices
        .into_iter()
        .map(|(name, label)| json!({ "name": name, "label": label }))
        .collect();
    put(
        &mut body,
        "selected",
        (!listed.is_empty()).then(|| json!(listed)),
    );
    body
}

/// `POST /checkout-sessions`.
pub(crate) fn open(act: &OpenCheckout, dialect: Dialect) -> Value {
    let mut body = json!({ "line_items": lines(&act.lines, None, dialect) });
    if dialect.is_first() {
        put(&mut body, "currency", Some(json!(act.currency.code())));
        put(
            &mut body,
            "payment",
            Some(json!({ "instruments": [], "handlers": [] })),
        );
    }
    body
}

/// What an update says about delivery.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen<'a> {
    /// The destination with the id that the shop knows it by.
    pub(crate) destination: Option<(&'a Destination, &'a str)>,
    /// The option, as found in the last answer.
    pub(crate) picks: Option<&'a (MethodKind, Vec<Pick>)>,
}

/// `PUT /checkout-sessions/{id}`: the whole desired state.
pub(crate) fn update(
    act: &UpdateCheckout,
    last: &Snapshot,
    chosen: Chosen<'_>,
    dialect: Dialect,
) -> Value {
    let mut body = json!({ "line_items": lines(&act.lines, Some(last), dialect) });
    put(&mut body, "buyer", buyer(&act.share, dialect));
    let codes: Vec<&str> = act.codes.iter().map(Text::as_str).collect();
    let had_codes = !last.checkout.codes_applied.is_empty();
    put(
        &mut body,
        "discounts",
        (had_codes || !codes.is_empty()).then(|| json!({ "codes": codes })),
    );
    put(
        &mut body,
        "fulfillment",
        fulfillment(act, last, chosen, dialect),
    );
    if dialect.is_first() {
        put(&mut body, "id", Some(json!(act.checkout.as_str())));
        put(
            &mut body,
            "currency",
            Some(json!(first_currency(act.currency, last))),
        );
        let payment = last
            .payment_echo
            .clone()
            .unwrap_or_else(|| json!({ "instruments": [], "handlers": [] }));
        put(&mut body, "payment", Some(payment));
    }
    body
}

fn first_currency(wanted: Currency, last: &Snapshot) -> &'static str {
    if last.checkout.lines.is_empty() {
        wanted.code()
    } else {
        last.checkout.currency.code()
    }
}

fn lines(wanted: &[(OfferRef, u32)], last: Option<&Snapshot>, dialect: Dialect) -> Vec<Value> {
    let mut taken: Vec<&str> = Vec::new();
    let mut out = Vec::with_capacity(wanted.len());
    for (offer, quantity) in wanted {
        let mut line = json!({ "item": { "id": offer.variant.as_str() }, "quantity": quantity });
        let known = last
            .into_iter()
            .flat_map(|last| &last.checkout.lines)
            .find(|line| {
                line.variant == offer.variant
                    && line
                        .id
                        .as_ref()
                        .is_some_and(|id| !taken.contains(&id.as_str()))
            });
        if let Some(id) = known.and_then(|line| line.id.as_ref()) {
            taken.push(id.as_str());
            put(&mut line, "id", Some(json!(id.as_str())));
        }
        if dialect.is_first()
            && let Some(item) = line.get_mut("item")
        {
            // The first version wants a title and replaces it by its own.
            let title = known.map_or(offer.product.as_str(), |line| line.title.as_str());
            put(item, "title", Some(json!(title)));
        }
        out.push(line);
    }
    out
}

fn buyer(share: &BuyerShare, dialect: Dialect) -> Option<Value> {
    let mut buyer = json!({});
    if let Some(name) = &share.name {
        put_name(&mut buyer, name.as_str(), dialect);
    }
    put(
        &mut buyer,
        "email",
        share.email.as_ref().map(|email| json!(email.as_str())),
    );
    put(
        &mut buyer,
        "phone_number",
        share.phone.as_ref().map(|phone| json!(phone.as_str())),
    );
    buyer
        .as_object()
        .is_some_and(|fields| !fields.is_empty())
        .then_some(buyer)
}

/// Newer versions want two names: the last word is the last name, the rest the first.
fn put_name(value: &mut Value, name: &str, dialect: Dialect) {
    if dialect.has_full_name() {
        put(value, "full_name", Some(json!(name)));
        return;
    }
    match name.trim().rsplit_once(' ') {
        Some((first, last)) => {
            put(value, "first_name", Some(json!(first.trim())));
            put(value, "last_name", Some(json!(last)));
        }
        None => put(value, "first_name", Some(json!(name.trim()))),
    }
}

fn fulfillment(
    act: &UpdateCheckout,
    last: &Snapshot,
    chosen: Chosen<'_>,
    dialect: Dialect,
) -> Option<Value> {
    let kind = chosen.picks.map_or(&MethodKind::Shipping, |(kind, _)| kind);
    let ships = *kind == MethodKind::Shipping;
    let destination = chosen.destination.filter(|_| ships);
    let kept = last
        .delivery
        .selected_destination
        .as_deref()
        .filter(|_| ships);
    if destination.is_none() && chosen.picks.is_none() && kept.is_none() {
        return None;
    }
    let word = match kind {
        MethodKind::Shipping => "shipping",
        MethodKind::Pickup => "pickup",
        MethodKind::Other(word) => word.as_str(),
    };
    let mut methods: Vec<(Option<&str>, Vec<&Pick>)> = Vec::new();
    for pick in chosen.picks.into_iter().flat_map(|(_, picks)| picks) {
        match methods
            .iter_mut()
            .find(|(id, _)| *id == pick.method_id.as_deref())
        {
            Some((_, groups)) => groups.push(pick),
            None => methods.push((pick.method_id.as_deref(), vec![pick])),
        }
    }
    if methods.is_empty() {
        methods.push((None, Vec::new()));
    }
    let shown = methods.into_iter().map(|(id, groups)| {
        let mut method = json!({ "type": word });
        put(&mut method, "id", id.map(|id| json!(id)));
        if let Some((place, place_id)) = destination {
            put(
                &mut method,
                "destinations",
                Some(json!([destination_value(place, place_id, act, dialect)])),
            );
            put(
                &mut method,
                "selected_destination_id",
                Some(json!(place_id)),
            );
        } else if let Some(kept) = kept {
            put(&mut method, "selected_destination_id", Some(json!(kept)));
        }
        let groups: Vec<Value> = groups.into_iter().map(group).collect();
        put(
            &mut method,
            "groups",
            (!groups.is_empty()).then(|| json!(groups)),
        );
        method
    });
    Some(json!({ "methods": shown.collect::<Vec<_>>() }))
}

fn group(pick: &Pick) -> Value {
    let mut group = json!({ "selected_option_id": pick.option_id });
    put(&mut group, "id", pick.group_id.as_ref().map(|id| json!(id)));
    put(
        &mut group,
        "line_item_ids",
        (!pick.line_ids.is_empty()).then(|| json!(pick.line_ids)),
    );
    group
}

fn destination_value(
    place: &Destination,
    id: &str,
    act: &UpdateCheckout,
    dialect: Dialect,
) -> Value {
    let mut value = json!({ "id": id });
    if dialect.has_typed_destinations() {
        put(&mut value, "type", Some(json!("shipping_address")));
    }
    if let Some(name) = place.name.as_ref().or(act.share.name.as_ref()) {
        put_name(&mut value, name.as_str(), dialect);
    }
    let fields = [
        ("street_address", place.street.as_ref().map(Text::as_str)),
        (
            "address_locality",
            place.locality.as_ref().map(Text::as_str),
        ),
        ("address_region", place.region.as_ref().map(Text::as_str)),
        ("postal_code", place.postal_code.as_ref().map(Text::as_str)),
        ("address_country", place.country.as_ref().map(Text::as_str)),
    ];
    for (name, field) in fields {
        put(&mut value, name, field.map(|field| json!(field)));
    }
    value
}

/// `POST /checkout-sessions/{id}/complete`: payment and nothing else.
pub(crate) fn complete(
    offer: &PaymentOffer,
    instrument: &Instrument,
    instrument_id: &str,
    dialect: Dialect,
) -> Value {
    let credential = json!({ "type": "token", "token": instrument.token.as_str() });
    let (kind, brand, digits) = (
        instrument.kind.as_str(),
        instrument.brand.as_str(),
        instrument.last_digits.as_str(),
    );
    if dialect.is_first() {
        return json!({
            "payment_data": {
                "id": instrument_id,
                "handler_id": offer.handler_id.as_str(),
                "handler_name": offer.handler.as_str(),
                "type": kind,
                "brand": brand,
                "last_digits": digits,
                "credential": credential,
            },
            "risk_signals": {},
        });
    }
    json!({ "payment": { "instruments": [{
        "id": instrument_id,
        "handler_id": offer.handler_id.as_str(),
        "type": kind,
        "selected": true,
        "display": { "brand": brand, "last_digits": digits },
        "credential": credential,
    }] } })
}

/// The offer of a checkout that an instrument may be used with: same handler, type listed, brand listed.
pub(crate) fn matching<'a>(
    offers: &'a [PaymentOffer],
    handler_id: &str,
    instrument: &Instrument,
) -> Option<&'a PaymentOffer> {
    let brand = instrument.brand.as_str().to_lowercase();
    offers.iter().find(|offer| {
        offer.handler_id.as_str() == handler_id
            && (offer.handler == instrument.handler || offer.handler_id == instrument.handler)
            && (offer.types.is_empty() || offer.types.contains(&instrument.kind))
            && (offer.brands.is_empty()
                || offer
                    .brands
                    .iter()
                    .any(|listed| listed.as_str().to_lowercase() == brand))
    })
}

fn put(value: &mut Value, name: &str, member: Option<Value>) {
    if let (Some(map), Some(member)) = (as_map(value), member) {
        map.insert(name.to_owned(), member);
    }
}

fn as_map(value: &mut Value) -> Option<&mut Map<String, Value>> {
    value.as_object_mut()
}
