//! The issuers' public register of certificates, as data.
//!
//! The shop only copies from it what it prints on its shelves. Whoever wants to know whether
//! a claim holds reads the register for himself.

use serde::Deserialize;

use super::load::CatalogError;
use super::product::Certificate;

/// The register file, for readers outside the shop.
pub const REGISTER_TOML: &str = include_str!("../../catalog/register.toml");

/// One entry of the register.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) scheme: String,
    pub(crate) number: String,
    issuer: String,
    #[expect(dead_code, reason = "a shop does not print the holder")]
    holder: String,
    pub(crate) scope: Vec<String>,
    #[expect(dead_code, reason = "a shop goes on printing a suspended label")]
    status: String,
    pub(crate) expires: String,
}

impl Entry {
    pub(crate) fn as_claim(&self) -> Certificate {
        Certificate {
            scheme: self.scheme.clone(),
            number: self.number.clone(),
            issuer: self.issuer.clone(),
            scope: self.scope.clone(),
            expires: self.expires.clone(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Register {
    certificate: Vec<Entry>,
}

impl Register {
    pub(crate) fn read() -> Result<Self, CatalogError> {
        toml::from_str(REGISTER_TOML).map_err(|error| CatalogError::Parse {
            file: "register.toml",
            cause: error.to_string(),
        })
    }

    pub(crate) fn find(&self, number: &str) -> Option<&Entry> {
        self.certificate.iter().find(|entry| entry.number == number)
    }
}
