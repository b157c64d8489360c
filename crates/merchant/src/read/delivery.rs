use std::collections::BTreeMap;

use errand_types::{
    Currency, DeliveryTerms, Destination, ForeignId, FulfillmentOption, MethodKind, Money,
    Precision, Slot, SlotState, Text, Window,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::json::{any, clip, get, id, list, minor, text, time};

/// Methods, groups and options that are read.
const METHODS_MAX: usize = 20;
const GROUPS_MAX: usize = 8;
const OPTIONS_MAX: usize = 40;
/// Combinations over several groups that are offered.
const COMBINATIONS_MAX: usize = 40;
/// Delivery windows that are read.
const SLOTS_MAX: usize = 400;

/// Where one option is chosen in the next update. Group ids change between answers, so this lives as long as one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) method_id: Option<String>,
    pub(crate) group_id: Option<String>,
    pub(crate) line_ids: Vec<String>,
    pub(crate) option_id: String,
}

/// `fulfillment` as read from one answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Delivery {
    pub(crate) options: Vec<FulfillmentOption>,
    pub(crate) selected: Option<Text<400>>,
    pub(crate) destination: Option<Destination>,
    /// All destinations that the shop lists, for finding ours again under its id.
    pub(crate) destinations: Vec<Destination>,
    pub(crate) selected_destination: Option<String>,
    /// How to choose each option, by its key.
    pub(crate) picks: BTreeMap<Text<400>, (MethodKind, Vec<Pick>)>,
    /// Some method has groups with options, so a choice is needed.
    pub(crate) has_methods: bool,
}

/// Reads `fulfillment.methods[]`. Methods of one type are chosen together; several groups give combinations.
pub(crate) fn read(body: &Value, currency: Currency) -> Delivery {
    let mut out = Delivery::default();
    let Some(fulfillment) = get(body, "fulfillment") else {
        return out;
    };
    // The first version wraps it once more in some servers.
    let fulfillment = get(fulfillment, "root").unwrap_or(fulfillment);
    let methods: Vec<&Value> = list(fulfillment, "methods")
        .iter()
        .take(METHODS_MAX)
        .collect();
    out.has_methods = !methods.is_empty();
    let mut kinds: Vec<MethodKind> = Vec::new();
    for method in &methods {
        let kind = kind_of(text(method, "type"));
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    for kind in kinds {
        let of_kind = methods
            .iter()
            .filter(|method| kind_of(text(method, "type")) == kind);
        let groups: Vec<Group<'_>> = of_kind
            .flat_map(|method| {
                list(method, "groups")
                    .iter()
                    .map(move |group| Group { method, group })
            })
            .take(GROUPS_MAX)
            .collect();
        offer(&kind, &groups, currency, &mut out);
    }
    let chosen = methods
        .iter()
        .find(|method| get(method, "selected_destination_id").is_some());
    let shipping = || {
        methods
            .iter()
            .find(|method| !list(method, "destinations").is_empty())
    };
    if let Some(method) = chosen.or_else(shipping) {
        out.selected_destination = text(method, "selected_destination_id").map(str::to_owned);
        out.destinations = list(method, "destinations")
            .iter()
            .take(METHODS_MAX)
            .map(destination)
            .collect();
        let is_selected = |place: &&Destination| {
            place.id.as_ref().map(ForeignId::as_str) == out.selected_destination.as_deref()
                && place.id.is_some()
        };
        out.destination = out.destinations.iter().find(is_selected).cloned();
    }
    out
}

struct Group<'a> {
    method: &'a Value,
    group: &'a Value,
}

/// One group's option on the way to a combination.
#[derive(Clone)]
struct Part {
    option: FulfillmentOption,
    pick: Pick,
    selected: bool,
}

fn offer(kind: &MethodKind, groups: &[Group<'_>], currency: Currency, out: &mut Delivery) {
    let mut rows: Vec<Vec<Part>> = Vec::new();
    for group in groups {
        let parts: Vec<Part> = list(group.group, "options")
            .iter()
            .take(OPTIONS_MAX)
            .filter_map(|option| part(kind, group, option, currency))
            .collect();
        if !parts.is_empty() {
            rows.push(parts);
        }
    }
    let Some((first, rest)) = rows.split_first() else {
        return;
    };
    let mut combined: Vec<Vec<Part>> = first.iter().map(|part| vec![part.clone()]).collect();
    for row in rest {
        combined = combined
            .into_iter()
            .flat_map(|head| {
                row.iter().map(move |part| {
                    let mut whole = head.clone();
                    whole.push(part.clone());
                    whole
                })
            })
            .take(COMBINATIONS_MAX)
            .collect();
    }
    for parts in combined {
        add(kind, parts, out);
    }
}

fn add(kind: &MethodKind, parts: Vec<Part>, out: &mut Delivery) {
    let selected = parts.iter().all(|part| part.selected);
    let picks: Vec<Pick> = parts.iter().map(|part| part.pick.clone()).collect();
    let mut options = parts.into_iter().map(|part| part.option);
    let Some(first) = options.next() else { return };
    let whole = options.fold(first, joined);
    if out.picks.contains_key(&whole.key) {
        return;
    }
    if selected && out.selected.is_none() {
        out.selected = Some(whole.key.clone());
    }
    out.picks.insert(whole.key.clone(), (kind.clone(), picks));
    out.options.push(whole);
}

/// Two options of two groups as one choice: the costs together, the later window.
fn joined(a: FulfillmentOption, b: FulfillmentOption) -> FulfillmentOption {
    let cost = match (a.cost, b.cost) {
        (Some(a), Some(b)) => a.plus(b).ok(),
        (Some(_) | None, Some(_) | None) => None,
    };
    let window = match (a.window, b.window) {
        (Some(a), Some(b)) => Window::new(a.start.min(b.start), a.end.max(b.end)).ok(),
        (Some(_) | None, Some(_) | None) => None,
    };
    let option = ForeignId::parse(&format!("{}+{}", a.option, b.option))
        .unwrap_or_else(|_| a.option.clone());
    FulfillmentOption {
        key: Text::clip(&format!("{} + {}", a.key, b.key)),
        option,
        method: a.method,
        title: Text::clip(&format!("{} + {}", a.title, b.title)),
        description: a.description.or(b.description),
        cost,
        window,
        precision: if window.is_some() {
            Precision::Range
        } else {
            Precision::None
        },
    }
}

fn part(kind: &MethodKind, group: &Group<'_>, option: &Value, currency: Currency) -> Option<Part> {
    let option_id = id(option, "id")?;
    let title: Text<200> = clip(option, "title").unwrap_or_else(|| Text::clip(option_id.as_str()));
    let description: Option<Text<300>> = clip(option, "description");
    let window = window(
        option,
        "earliest_fulfillment_time",
        "latest_fulfillment_time",
    );
    let precision = match (window, &description) {
        (Some(_), _) => Precision::Range,
        (None, Some(_)) => Precision::Prose,
        (None, None) => Precision::None,
    };
    let selected = text(group.group, "selected_option_id") == Some(option_id.as_str());
    let method_word = match kind {
        MethodKind::Shipping => "shipping",
        MethodKind::Pickup => "pickup",
        MethodKind::Other(word) => word.as_str(),
    };
    let pick = Pick {
        method_id: text(group.method, "id").map(str::to_owned),
        group_id: text(group.group, "id").map(str::to_owned),
        line_ids: list(group.group, "line_item_ids")
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        option_id: option_id.as_str().to_owned(),
    };
    let option = FulfillmentOption {
        key: Text::clip(&format!("{method_word}|{option_id}|{title}")),
        option: option_id,
        method: kind.clone(),
        title,
        description,
        cost: cost(option).map(|cost| Money::new(cost, currency)),
        window,
        precision,
    };
    Some(Part {
        option,
        pick,
        selected,
    })
}

fn cost(option: &Value) -> Option<i64> {
    let totals = list(option, "totals");
    let of = |word: &str| {
        totals
            .iter()
            .find(|entry| text(entry, "type") == Some(word))
            .and_then(|entry| get(entry, "amount"))
            .and_then(minor)
    };
    of("total")
        .or_else(|| of("subtotal"))
        .or_else(|| any(option, &["total", "price", "amount"]).and_then(minor))
}

pub(crate) fn kind_of(word: Option<&str>) -> MethodKind {
    match word {
        Some("shipping") | None => MethodKind::Shipping,
        Some("pickup") => MethodKind::Pickup,
        Some(other) => MethodKind::Other(Text::clip(other)),
    }
}

/// A window from two members; `None` when one is missing or they do not follow each other.
pub(crate) fn window(value: &Value, start: &str, end: &str) -> Option<Window> {
    Window::new(time(value, start)?, time(value, end)?).ok()
}

/// A destination in any version's names.
pub(crate) fn destination(value: &Value) -> Destination {
    let inner = get(value, "address")
        .filter(|inner| inner.is_object())
        .unwrap_or(value);
    let full = any(value, &["full_name", "name"])
        .and_then(Value::as_str)
        .map(str::to_owned);
    let parts = || {
        let [first, last] = ["first_name", "last_name"].map(|name| text(value, name));
        let joined: Vec<&str> = first.into_iter().chain(last).collect();
        (!joined.is_empty()).then(|| joined.join(" "))
    };
    let first_of = |names: &[&str]| any(inner, names).and_then(Value::as_str);
    Destination {
        id: id(value, "id"),
        name: full.or_else(parts).map(|name| Text::clip(&name)),
        street: first_of(&["street_address", "line_one", "address_line_1"]).map(Text::clip),
        locality: first_of(&["address_locality", "city"]).map(Text::clip),
        region: first_of(&["address_region", "region", "state"]).map(Text::clip),
        postal_code: first_of(&["postal_code", "zip"]).map(Text::clip),
        country: first_of(&["address_country", "country"]).map(Text::clip),
    }
}

/// Whether two destinations are the same place; the shop's id and the name are left out, case and blanks are not told
/// apart.
pub(crate) fn is_same_place(a: &Destination, b: &Destination) -> bool {
    fn plain<const N: usize>(text: Option<&Text<N>>) -> String {
        text.map(|text| text.as_str().trim().to_lowercase())
            .unwrap_or_default()
    }
    plain(a.street.as_ref()) == plain(b.street.as_ref())
        && plain(a.locality.as_ref()) == plain(b.locality.as_ref())
        && plain(a.postal_code.as_ref()) == plain(b.postal_code.as_ref())
        && plain(a.country.as_ref()) == plain(b.country.as_ref())
}

/// `slots[]` of our vendor extension.
pub(crate) fn slots(body: &Value) -> Vec<Slot> {
    let read = |value: &Value| {
        let left = get(value, "remaining").and_then(Value::as_u64);
        Some(Slot {
            id: id(value, "id")?,
            window: window(value, "start", "end")?,
            method: kind_of(text(value, "method_type")),
            price: get(value, "price").and_then(money),
            state: if left == Some(0) {
                SlotState::None
            } else {
                SlotState::Free
            },
            held_until: None,
        })
    };
    list(body, "slots")
        .iter()
        .take(SLOTS_MAX)
        .filter_map(read)
        .collect()
}

/// The standard way with its price, where the shop tells it beside its windows.
pub(crate) fn standard(body: &Value) -> Option<DeliveryTerms> {
    let value = get(body, "standard")?;
    let price = get(value, "price").and_then(money)?;
    let is_price = |amount: &Money| amount.minor() >= 0 && amount.currency() == price.currency();
    Some(DeliveryTerms {
        free_from: get(value, "free_from").and_then(money).filter(is_price),
        window: window(value, "start", "end"),
        price: Some(price).filter(is_price)?,
    })
}

/// `delivery_slot` of a checkout or an order.
pub(crate) fn slot(body: &Value, now: Timestamp) -> Option<Slot> {
    let value = get(body, "delivery_slot")?;
    let held_until = time(value, "held_until");
    let state = match text(value, "status") {
        Some("held") if held_until.is_none_or(|until| until > now) => SlotState::Held,
        Some("booked") => SlotState::Booked,
        Some(_) | None => SlotState::None,
    };
    Some(Slot {
        id: id(value, "id")?,
        window: window(value, "start", "end")?,
        method: kind_of(text(value, "method_type")),
        price: get(value, "price").and_then(money),
        state,
        held_until,
    })
}

/// An amount that names its currency.
pub(crate) fn money(value: &Value) -> Option<Money> {
    let currency = Currency::parse(text(value, "currency")?).ok()?;
    Money::checked(minor(value)?, currency).ok()
}
