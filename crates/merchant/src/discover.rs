use std::collections::{BTreeMap, BTreeSet};

use errand_types::{PaymentOffer, Text};
use serde_json::Value;
use url::Url;

use crate::address::AddressRule;
use crate::dialect::Dialect;
use crate::error::MerchantError;
use crate::json::{any, get, list, text};
use crate::profile::host_of;
use crate::read::payment;

/// Capabilities that are read; more are ignored.
const CAPABILITIES_MAX: usize = 200;
/// Versions of our vendor extensions.
const VENDOR_VERSIONS: [&str; 1] = ["2026-04-08"];

/// A shop's profile, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShopProfile {
    /// The version that it was chosen by.
    pub(crate) version: String,
    pub(crate) dialect: Dialect,
    /// Where the operations are, without a trailing slash.
    pub(crate) endpoint: Url,
    /// Active capabilities and the version of each.
    pub(crate) capabilities: BTreeMap<String, String>,
    pub(crate) handlers: Vec<PaymentOffer>,
    pub(crate) name: String,
    pub(crate) legal_name: String,
    /// How many usable keys it publishes.
    pub(crate) keys: usize,
    /// Members of linking configuration that we do not know; ignored, and said so.
    pub(crate) unknown_config: Vec<String>,
}

/// What to do with a discovery document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Use this document.
    Here,
    /// Read the profile of this version there.
    Leaf { dialect: Dialect, url: String },
}

/// The part of a discovery document that describes the shop: wrapped in `ucp`, or flat.
fn body_of(doc: &Value) -> &Value {
    get(doc, "ucp")
        .filter(|wrapped| wrapped.is_object())
        .unwrap_or(doc)
}

/// The version that a document declares for itself.
pub(crate) fn version_of(doc: &Value) -> Option<&str> {
    text(body_of(doc), "version")
}

/// Versions that both sides speak, the highest first.
///
/// # Errors
/// The shop's own version, cut, when there is none.
pub(crate) fn choices(doc: &Value) -> Result<Vec<Choice>, String> {
    let body = body_of(doc);
    let own = text(body, "version").unwrap_or_default();
    let mut found: Vec<(Dialect, Choice)> = Vec::new();
    if let Some(dialect) = Dialect::parse(own) {
        found.push((dialect, Choice::Here));
    }
    let listed = any(body, &["supported_versions"]).or_else(|| get(doc, "supported_versions"));
    for (version, address) in listed.and_then(Value::as_object).into_iter().flatten() {
        let address = address
            .as_str()
            .or_else(|| any(address, &["profile", "url"]).and_then(Value::as_str));
        if let (Some(dialect), Some(url)) = (Dialect::parse(version), address)
            && version != own
        {
            found.push((
                dialect,
                Choice::Leaf {
                    dialect,
                    url: url.to_owned(),
                },
            ));
        }
    }
    found.sort_by_key(|(dialect, _)| std::cmp::Reverse(*dialect));
    if found.is_empty() {
        return Err(own.chars().filter(|c| !c.is_control()).take(20).collect());
    }
    Ok(found.into_iter().map(|(_, choice)| choice).collect())
}

/// Reads a document whose version we speak.
pub(crate) fn read(
    doc: &Value,
    origin: &str,
    rule: AddressRule,
) -> Result<ShopProfile, MerchantError> {
    let not_a_shop = |why| MerchantError::NotAShop {
        origin: host_of(origin),
        why,
    };
    let body = body_of(doc);
    let version =
        text(body, "version").ok_or_else(|| not_a_shop("its profile names no version"))?;
    let dialect = Dialect::parse(version).ok_or_else(|| MerchantError::VersionUnsupported {
        merchant: host_of(origin),
        version: version.chars().take(20).collect(),
    })?;
    let endpoint =
        endpoint(body, dialect).ok_or_else(|| not_a_shop("its profile names no REST endpoint"))?;
    let endpoint = rule.check(endpoint.strip_suffix('/').unwrap_or(endpoint))?;
    let offered = capabilities(body, version);
    let unknown_config = unknown_config(body);
    let host = host_of(origin);
    let merchant = get(doc, "merchant");
    let named = |value: Option<&str>| {
        value
            .map(Text::<80>::clip)
            .filter(|text| !text.is_blank())
            .map(|text| text.as_str().to_owned())
    };
    let name = named(
        merchant
            .and_then(|m| text(m, "name"))
            .or_else(|| text(doc, "name"))
            .or_else(|| text(body, "name")),
    );
    let legal = merchant
        .and_then(|m| text(m, "legal_name"))
        .or_else(|| get(body, "errand").and_then(|vendor| text(vendor, "legal_name")))
        .or_else(|| text(doc, "company"));
    Ok(ShopProfile {
        version: version.to_owned(),
        dialect,
        endpoint,
        capabilities: negotiate(offered),
        handlers: payment::offers(doc),
        name: name.unwrap_or_else(|| host.clone()),
        legal_name: named(legal).unwrap_or(host),
        keys: keys(doc, body),
        unknown_config,
    })
}

/// The REST endpoint: an object with `rest`, or a list of transports.
fn endpoint(body: &Value, dialect: Dialect) -> Option<&str> {
    let services = get(body, "services")?;
    let service = get(services, "dev.ucp.shopping")?;
    if let Some(rest) = get(service, "rest") {
        return text(rest, "endpoint");
    }
    let entries = service.as_array()?;
    let rest = |entry: &&Value| {
        text(entry, "transport").is_none_or(|transport| transport.eq_ignore_ascii_case("rest"))
    };
    let of_version = entries
        .iter()
        .filter(rest)
        .find(|entry| text(entry, "version") == Some(dialect.version()));
    let unversioned = || {
        entries
            .iter()
            .filter(rest)
            .find(|entry| text(entry, "version").is_none())
    };
    of_version
        .or_else(unversioned)
        .and_then(|entry| text(entry, "endpoint"))
}

/// One capability as a shop offers it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Offered {
    versions: BTreeSet<String>,
    parents: BTreeSet<String>,
}

/// Reads an array `[{name, version}]` or a map from name to entries.
fn capabilities(body: &Value, own_version: &str) -> BTreeMap<String, Offered> {
    let mut offered: BTreeMap<String, Offered> = BTreeMap::new();
    let mut add = |name: &str, entry: &Value| {
        if offered.len() >= CAPABILITIES_MAX || name.is_empty() || name.len() > 200 {
            return;
        }
        let known = offered.entry(name.to_owned()).or_default();
        known
            .versions
            .insert(text(entry, "version").unwrap_or(own_version).to_owned());
        match get(entry, "extends") {
            Some(Value::String(parent)) => {
                known.parents.insert(parent.clone());
            }
            Some(Value::Array(parents)) => {
                known
                    .parents
                    .extend(parents.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            _ => {}
        }
    };
    match get(body, "capabilities") {
        Some(Value::Array(entries)) => {
            for entry in entries {
                add(text(entry, "name").unwrap_or_default(), entry);
            }
        }
        Some(Value::Object(map)) => {
            for (name, entries) in map {
                match entries {
                    Value::Array(entries) => entries.iter().for_each(|entry| add(name, entry)),
                    Value::Null => {}
                    entry => add(name, entry),
                }
            }
        }
        _ => {}
    }
    offered
}

/// Per capability the highest version that both list; then extensions without a parent go, until none is left to go.
fn negotiate(offered: BTreeMap<String, Offered>) -> BTreeMap<String, String> {
    let ours = |name: &str, version: &str| {
        if name.starts_with("dev.errand.") {
            VENDOR_VERSIONS.contains(&version)
        } else {
            Dialect::parse(version).is_some()
        }
    };
    let mut active: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for (name, entry) in offered {
        // Dates in this form sort as text.
        let highest = entry
            .versions
            .into_iter()
            .filter(|version| ours(&name, version))
            .max();
        if let Some(version) = highest {
            active.insert(name, (version, entry.parents));
        }
    }
    loop {
        let orphan = active.iter().find(|(_, (_, parents))| {
            !parents.is_empty() && !parents.iter().any(|parent| active.contains_key(parent))
        });
        let Some(name) = orphan.map(|(name, _)| name.clone()) else {
            break;
        };
        active.remove(&name);
    }
    active
        .into_iter()
        .map(|(name, (version, _))| (name, version))
        .collect()
}

/// Usable keys in any of the four places, each `kid` once.
fn keys(doc: &Value, body: &Value) -> usize {
    let places = [
        list(doc, "keys"),
        list(doc, "signing_keys"),
        list(body, "keys"),
        list(body, "signing_keys"),
    ];
    let usable = |key: &&Value| {
        let verifies = list(key, "key_ops");
        text(key, "use") != Some("enc")
            && (verifies.is_empty()
                || verifies
                    .iter()
                    .any(|operation| operation.as_str() == Some("verify")))
            && matches!(text(key, "kty"), Some("EC" | "OKP"))
    };
    let kids: BTreeSet<&str> = places
        .into_iter()
        .flatten()
        .filter(usable)
        .filter_map(|key| text(key, "kid"))
        .collect();
    kids.len()
}

/// Members of the linking configuration that this version does not define. They are ignored, never fatal.
fn unknown_config(body: &Value) -> Vec<String> {
    let linking =
        get(body, "capabilities").and_then(|all| get(all, "dev.ucp.common.identity_linking"));
    let entries = linking
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let members = entries
        .iter()
        .filter_map(|entry| get(entry, "config"))
        .filter_map(Value::as_object)
        .flatten();
    members
        .map(|(name, _)| name.chars().take(60).collect::<String>())
        .filter(|name| name != "scopes")
        .take(20)
        .collect()
}

/// How long a profile may be used, in seconds: what the shop says, at least a minute, at most a day.
pub(crate) fn fresh_for(cache_control: Option<&str>) -> i64 {
    const LEAST: i64 = 60;
    const MOST: i64 = 86_400;
    let said = cache_control
        .into_iter()
        .flat_map(|header| header.split(','))
        .find_map(|part| {
            let (name, seconds) = part.trim().split_once('=')?;
            name.eq_ignore_ascii_case("max-age")
                .then(|| seconds.trim().parse::<i64>().ok())?
        });
    said.unwrap_or(LEAST).clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DEV: AddressRule = AddressRule { loopback: true };

    fn first() -> Value {
        json!({
            "ucp": {
                "version": "2026-01-11",
                "services": { "dev.ucp.shopping": { "rest": { "endpoint": "http://127.0.0.1:8182/" } } },
                "capabilities": [
                    { "name": "dev.ucp.shopping.checkout", "version": "2026-01-11" },
                    { "name": "dev.ucp.shopping.discount", "version": "2026-01-11", "extends": "dev.ucp.shopping.checkout" },
                    { "name": "com.example.wonder", "version": "1" },
                ],
            },
            "payment": { "handlers": [{ "id": "shop_pay", "name": "dev.shopify.shop_pay" }] },
            "signing_keys": null,
        })
    }

    fn flat() -> Value {
        json!({
            "version": "2026-04-08",
            "services": { "dev.ucp.shopping": [
                { "version": "2026-04-08", "transport": "mcp", "endpoint": "http://127.0.0.1:1/mcp" },
                { "version": "2026-04-08", "transport": "rest", "endpoint": "http://127.0.0.1:1" },
            ] },
            "capabilities": {
                "dev.ucp.shopping.checkout": [{ "version": "2026-04-08" }],
                "dev.errand.delivery_slots": [{ "version": "2026-04-08", "extends": "dev.ucp.shopping.checkout" }],
                "dev.errand.order_care": [{ "version": "2026-04-08", "extends": ["dev.ucp.shopping.order"] }],
                "dev.ucp.common.identity_linking": [{ "version": "2026-04-08", "config": { "scopes": {}, "providers": {} } }],
            },
            "payment_handlers": { "dev.spck.tokenpay": [{ "id": "spck_tokenpay" }] },
            "supported_versions": { "2026-01-23": "http://127.0.0.1:1/old", "2027-01-01": "http://127.0.0.1:1/new" },
            "signing_keys": [
                { "kid": "a", "kty": "EC", "use": "sig" },
                { "kid": "b", "kty": "EC", "use": "enc" },
                { "kid": "c", "kty": "magic" },
            ],
            "keys": [{ "kid": "a", "kty": "EC" }],
        })
    }

    #[test]
    fn the_wrapped_profile_of_the_first_version_is_read() {
        let profile = read(&first(), "http://127.0.0.1:8182", DEV).unwrap();

        assert_eq!(profile.dialect, Dialect::V20260111);
        assert_eq!(profile.endpoint.as_str(), "http://127.0.0.1:8182/");
        assert!(
            profile
                .capabilities
                .contains_key("dev.ucp.shopping.discount")
        );
        assert!(!profile.capabilities.contains_key("com.example.wonder"));
        assert_eq!(profile.handlers[0].handler_id.as_str(), "shop_pay");
        assert_eq!(profile.keys, 0);
        assert_eq!(profile.legal_name, "127.0.0.1:8182");
    }

    #[test]
    fn the_flat_profile_is_read_and_extensions_without_their_parent_are_dropped() {
        let profile = read(&flat(), "http://127.0.0.1:1", DEV).unwrap();

        assert_eq!(profile.dialect, Dialect::V20260408);
        assert!(
            profile
                .capabilities
                .contains_key("dev.errand.delivery_slots")
        );
        assert!(!profile.capabilities.contains_key("dev.errand.order_care"));
        assert_eq!(profile.keys, 1);
        assert_eq!(profile.unknown_config, ["providers"]);
    }

    #[test]
    fn the_highest_common_version_is_chosen_and_unknown_ones_are_left_alone() {
        let choices = choices(&flat()).unwrap();

        assert_eq!(choices[0], Choice::Here);
        assert_eq!(
            choices[1],
            Choice::Leaf {
                dialect: Dialect::V20260123,
                url: "http://127.0.0.1:1/old".into()
            }
        );
        assert_eq!(choices.len(), 2);
        let newer =
            json!({ "version": "2027-01-01", "supported_versions": { "2026-08-25": "http://x/" } });
        assert!(matches!(
            super::choices(&newer).unwrap()[0],
            Choice::Leaf {
                dialect: Dialect::V20260825,
                ..
            }
        ));
        assert_eq!(
            super::choices(&json!({ "version": "2031-01-01" })),
            Err("2031-01-01".into())
        );
    }

    #[test]
    fn an_endpoint_in_a_private_net_is_refused() {
        let mut doc = flat();
        doc["services"]["dev.ucp.shopping"][1]["endpoint"] = json!("http://10.0.0.8/");

        assert!(matches!(
            read(&doc, "http://127.0.0.1:1", DEV),
            Err(MerchantError::AddressForbidden { .. })
        ));
    }

    #[test]
    fn names_come_from_the_shop_and_the_legal_name_falls_back_to_the_host() {
        let mut doc = flat();
        doc["merchant"] = json!({ "name": "Pantry Lane", "legal_name": "Pantry Lane Ltd" });
        let profile = read(&doc, "http://127.0.0.1:1", DEV).unwrap();
        assert_eq!(
            (profile.name.as_str(), profile.legal_name.as_str()),
            ("Pantry Lane", "Pantry Lane Ltd")
        );

        doc["merchant"] = json!(null);
        doc["name"] = json!("Volt & Wire");
        doc["company"] = json!("Volt & Wire Inc");
        let profile = read(&doc, "http://127.0.0.1:1", DEV).unwrap();
        assert_eq!(
            (profile.name.as_str(), profile.legal_name.as_str()),
            ("Volt & Wire", "Volt & Wire Inc")
        );
    }

    #[test]
    fn a_profile_lives_a_minute_at_least_and_a_day_at_most() {
        assert_eq!(fresh_for(None), 60);
        assert_eq!(fresh_for(Some("no-store")), 60);
        assert_eq!(fresh_for(Some("public, max-age=300")), 300);
        assert_eq!(fresh_for(Some("max-age=1")), 60);
        assert_eq!(fresh_for(Some("max-age=99999999999")), 86_400);
    }
}
