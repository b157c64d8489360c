//! What a buyer asked for, as read from a request.

use serde::{Deserialize, Serialize};

/// Lines, codes and claims of a cart or checkout.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Basket {
    pub(crate) lines: Vec<Line>,
    /// Discount codes as sent.
    pub(crate) codes: Vec<String>,
    /// Eligibility claims as sent.
    pub(crate) claims: Vec<String>,
    /// What could not be taken as asked; shown until the next update.
    pub(crate) notes: Vec<Note>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) id: String,
    /// The id as sent: a variant, or a product standing for its first variant.
    pub(crate) item: String,
    pub(crate) quantity: u32,
}

/// A message to the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) kind: NoteKind,
    pub(crate) code: String,
    pub(crate) content: String,
    pub(crate) path: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum NoteKind {
    /// The platform can mend it by an update.
    Recoverable,
    /// The buyer has to give something at the shop's page.
    BuyerInput,
    /// Nothing can be done about it.
    Final,
    Warning,
    /// Must stand beside what it is about and stay there.
    Disclosure,
    Info,
}

impl Note {
    pub(crate) fn new(kind: NoteKind, code: &str, content: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.to_owned(),
            content: content.into(),
            path: None,
        }
    }

    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

/// The buyer as far as told. Kept for the order; never logged.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Buyer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) full_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<String>,
}

impl std::fmt::Debug for Buyer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Buyer(<redacted>)")
    }
}

/// Where goods go. Field names of older dialects are read too.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Destination {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) full_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) street_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extended_address: Option<String>,
    #[serde(alias = "city", skip_serializing_if = "Option::is_none")]
    pub(crate) address_locality: Option<String>,
    #[serde(alias = "region", skip_serializing_if = "Option::is_none")]
    pub(crate) address_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address_country: Option<String>,
}

impl std::fmt::Debug for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Destination")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Method {
    Shipping,
    Pickup,
}

impl Method {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Shipping => "shipping",
            Self::Pickup => "pickup",
        }
    }
}

/// What the buyer wants about delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeliveryWish {
    pub(crate) method: Option<Method>,
    pub(crate) destinations: Vec<Destination>,
    pub(crate) selected_destination: Option<String>,
    pub(crate) option: Option<String>,
}

impl DeliveryWish {
    /// The destination that goods go to: the selected one, or the only one.
    pub(crate) fn destination(&self) -> Option<&Destination> {
        match &self.selected_destination {
            Some(id) => self
                .destinations
                .iter()
                .find(|destination| destination.id == *id),
            None => self
                .destinations
                .first()
                .filter(|_| self.destinations.len() == 1),
        }
    }
}

impl Destination {
    /// Wire names of the parts that are needed for a parcel and missing here.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let told =
            |part: &Option<String>| part.as_ref().is_some_and(|text| !text.trim().is_empty());
        let parts = [
            ("street_address", told(&self.street_address)),
            ("address_locality", told(&self.address_locality)),
            ("address_region", told(&self.address_region)),
            ("postal_code", told(&self.postal_code)),
            ("address_country", told(&self.address_country)),
        ];
        parts
            .into_iter()
            .filter(|(_, there)| !there)
            .map(|(name, _)| name)
            .collect()
    }

    pub(crate) fn is_abroad(&self) -> bool {
        let country = self
            .address_country
            .as_deref()
            .unwrap_or("US")
            .trim()
            .to_uppercase();
        !matches!(country.as_str(), "US" | "USA" | "UNITED STATES")
    }
}
