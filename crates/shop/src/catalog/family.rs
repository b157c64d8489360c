//! How the files under `catalog/` are written.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::configure::Configuration;
use super::product::{Certificate, Choices, Spec};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) family: Vec<Family>,
}

/// Products that share most of what there is to say about them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Family {
    /// `{kind}` stands for the kind's name.
    pub(super) title: String,
    pub(super) brand: String,
    pub(super) maker: String,
    /// Path with slashes.
    pub(super) cat: String,
    pub(super) draw: String,
    /// `{kind}` and `{note}` are filled in.
    pub(super) text: String,
    pub(super) price: i64,
    #[serde(default)]
    pub(super) kinds: Vec<Kind>,
    #[serde(default)]
    pub(super) options: Vec<(String, Vec<(String, i64)>)>,
    pub(super) configuration: Option<Configuration>,
    #[serde(default)]
    pub(super) presets: Vec<Choices>,
    pub(super) unit: Option<(u32, String)>,
    pub(super) carbon: Option<u32>,
    pub(super) replenish: Option<u32>,
    pub(super) min_age: Option<u8>,
    pub(super) hazard: Option<String>,
    #[serde(default)]
    pub(super) materials: Vec<String>,
    #[serde(default)]
    pub(super) ingredients: Vec<String>,
    pub(super) taxed: Option<bool>,
    pub(super) returnable: Option<bool>,
    #[serde(default)]
    pub(super) bulky: bool,
    #[serde(default)]
    pub(super) digital: bool,
    pub(super) also: Option<Also>,
    #[serde(flatten)]
    pub(super) own: Own,
}

/// What a kind may say for itself; the family's word counts where it does not.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Own {
    pub(super) origin: Option<String>,
    pub(super) colour: Option<String>,
    #[serde(default)]
    pub(super) contains: Vec<String>,
    #[serde(default)]
    pub(super) may_contain: Vec<String>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    /// Numbers in the issuers' register.
    #[serde(default)]
    pub(super) certs: Vec<String>,
    /// Certificates that the register does not bear out.
    #[serde(default)]
    pub(super) claims: Vec<Certificate>,
    pub(super) stock: Option<u32>,
    /// Stars in tenths.
    pub(super) rating: Option<u32>,
    pub(super) dispatch: Option<u32>,
    /// What a part states beside that, by name.
    #[serde(default)]
    pub(super) specs: BTreeMap<String, Spec>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Also {
    pub(super) shop: String,
    /// Cents on top of the price in the other shop.
    pub(super) delta: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Kind {
    Name(String),
    Full(Box<FullKind>),
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct FullKind {
    pub(super) k: String,
    pub(super) price: Option<i64>,
    pub(super) note: Option<String>,
    pub(super) maker: Option<String>,
    pub(super) brand: Option<String>,
    /// Ingredients after the family's.
    #[serde(default)]
    pub(super) add: Vec<String>,
    pub(super) unit: Option<(u32, String)>,
    #[serde(flatten)]
    pub(super) own: Own,
}
