//! `/.well-known/ucp`.

use serde_json::{Value, json};

use super::wire::{VERSION, all_capabilities, payment_handlers};
use crate::shop::Inner;

/// The business profile.
pub(crate) fn profile(shop: &Inner) -> Value {
    json!({
        "ucp": {
            "version": VERSION,
            "services": { "dev.ucp.shopping": [{
                "version": VERSION,
                "transport": "rest",
                "endpoint": shop.base_url,
                "spec": format!("https://ucp.dev/{VERSION}/specification/overview"),
                "schema": format!("https://ucp.dev/{VERSION}/services/shopping/rest.openapi.json"),
            }] },
            "capabilities": all_capabilities(),
            "payment_handlers": payment_handlers(),
        },
        "name": shop.which.name(),
        "company": shop.which.company(),
    })
}
