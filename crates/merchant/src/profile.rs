use errand_types::{DataClass, MerchantId};
use serde::{Deserialize, Serialize};

use crate::discover::ShopProfile;

/// What a shop is and can do, as last learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantInfo {
    /// Our name for it.
    pub id: MerchantId,
    /// Address without a path: `https://shop.example`.
    pub origin: String,
    /// Host and port, for showing.
    pub host: String,
    /// Name for showing.
    pub name: String,
    /// Who gets the money: the legal name where the shop gives one, else its host.
    pub legal_name: String,
    /// Version of the protocol; `None` before the shop was first reached.
    pub protocol_version: Option<String>,
    /// The dialect that we use, which may be older than the version.
    pub dialect: Option<String>,
    /// What it offers, in words of a closed list: `search`, `checkout`, `delivery_slots`.
    pub can: Vec<String>,
    /// What it does not offer, from the same list.
    pub cannot: Vec<String>,
    /// Personal data that it will want for an order.
    pub wants: Vec<DataClass>,
    /// Names of the payment handlers of its profile. Only those of a checkout may be used.
    pub handlers: Vec<String>,
    /// It has bookable delivery windows.
    pub slots: bool,
    /// Orders can be cancelled and sent back through it.
    pub care: bool,
    /// It publishes keys for signing its answers. `None` before the shop was first reached. Signatures are not checked
    /// yet, so nothing may be concluded from them.
    pub signs: Option<bool>,
    /// Address of its product feed, when that is all it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<String>,
}

/// Words for abilities and the capability behind each.
const ABILITIES: [(&str, &str); 9] = [
    ("search", "dev.ucp.shopping.catalog.search"),
    ("lookup", "dev.ucp.shopping.catalog.lookup"),
    ("cart", "dev.ucp.shopping.cart"),
    ("checkout", "dev.ucp.shopping.checkout"),
    ("delivery", "dev.ucp.shopping.fulfillment"),
    ("discounts", "dev.ucp.shopping.discount"),
    ("orders", "dev.ucp.shopping.order"),
    ("delivery_slots", SLOTS),
    ("order_care", CARE),
];

/// Vendor extension: bookable delivery windows.
pub(crate) const SLOTS: &str = "dev.errand.delivery_slots";
/// Vendor extension: cancel and return.
pub(crate) const CARE: &str = "dev.errand.order_care";
const FULFILLMENT: &str = "dev.ucp.shopping.fulfillment";

impl MerchantInfo {
    /// What is known of a shop that was not reached yet.
    pub(crate) fn unreached(id: MerchantId, origin: &str, name: &str, legal_name: &str) -> Self {
        Self {
            id,
            origin: origin.to_owned(),
            host: host_of(origin),
            name: name.to_owned(),
            legal_name: legal_name.to_owned(),
            protocol_version: None,
            dialect: None,
            can: Vec::new(),
            cannot: Vec::new(),
            wants: Vec::new(),
            handlers: Vec::new(),
            slots: false,
            care: false,
            signs: None,
            feed: None,
        }
    }

    pub(crate) fn learned(mut self, profile: &ShopProfile) -> Self {
        let has = |capability: &str| profile.capabilities.contains_key(capability);
        let words = |wanted: bool| {
            let of = ABILITIES
                .iter()
                .filter(move |(_, capability)| has(capability) == wanted);
            of.map(|(word, _)| (*word).to_owned()).collect()
        };
        self.name.clone_from(&profile.name);
        self.legal_name.clone_from(&profile.legal_name);
        self.protocol_version = Some(profile.version.clone());
        self.dialect = Some(profile.dialect.version().to_owned());
        self.can = words(true);
        self.cannot = words(false);
        self.wants = wants(has(FULFILLMENT));
        self.handlers = profile
            .handlers
            .iter()
            .map(|handler| handler.handler.as_str().to_owned())
            .collect();
        self.slots = has(SLOTS);
        self.care = has(CARE);
        self.signs = Some(profile.keys > 0);
        self
    }
}

fn wants(delivers: bool) -> Vec<DataClass> {
    if delivers {
        vec![DataClass::Name, DataClass::Email, DataClass::Address]
    } else {
        vec![DataClass::Email]
    }
}

/// Host and port of an address.
pub(crate) fn host_of(origin: &str) -> String {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}
