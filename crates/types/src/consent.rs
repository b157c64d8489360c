use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConsentId, MerchantId, Text};

/// What data are used for. Closed; a permit matches one exact purpose.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Finding products.
    Search,
    /// A price with delivery and tax.
    PriceQuote,
    /// Carrying out an order.
    Order,
    /// Paying it.
    Payment,
    /// Delivering it.
    Delivery,
    /// Proving an age.
    AgeCheck,
    /// Fraud prevention.
    Fraud,
    /// Help after the purchase.
    Support,
    /// What the law asks for.
    Legal,
    /// Personalisation. Refused unless a receipt says otherwise.
    Personalisation,
    /// Marketing. Refused unless a receipt says otherwise.
    Marketing,
    /// Advertising or sale of data. Refused unless a receipt says otherwise.
    AdsOrSale,
}

/// Kinds of personal data. There is none for a birth date or a card number, so nothing can share them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum DataClass {
    /// The person's name.
    #[serde(rename = "identity.name")]
    Name,
    /// E-mail address.
    #[serde(rename = "contact.email")]
    Email,
    /// Phone number.
    #[serde(rename = "contact.phone")]
    Phone,
    /// Postal code alone.
    #[serde(rename = "address.postcode")]
    Postcode,
    /// Whole postal address.
    #[serde(rename = "address.full")]
    Address,
    /// A payment token.
    #[serde(rename = "payment.token")]
    PaymentToken,
    /// What was ordered.
    #[serde(rename = "order.items")]
    OrderItems,
    /// That the person is over an age; never the birth date.
    #[serde(rename = "identity.age_over_n")]
    AgeOver,
}

impl DataClass {
    /// The person's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "e-mail",
            Self::Phone => "phone",
            Self::Postcode => "postcode",
            Self::Address => "address",
            Self::PaymentToken => "payment token",
            Self::OrderItems => "what you ordered",
            Self::AgeOver => "that you are old enough",
        }
    }
}

/// One consent: who may know what, for what, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentReceipt {
    /// Its name; the rule that it grants has the same one.
    pub id: ConsentId,
    /// Who may know.
    pub merchant: MerchantId,
    /// What, sorted.
    pub classes: Vec<DataClass>,
    /// For what, exactly.
    pub purpose: Purpose,
    /// Digest of the words that were shown, base64url SHA-256.
    pub notice_hash: Text<64>,
    /// When it was given.
    pub given_at: Timestamp,
    /// How: `typed yes`, `approval`.
    pub method: Text<60>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Where it stands.
    pub state: ConsentState,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
}

/// Where a consent stands. Only `Given` permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Permits.
    Given,
    /// Asked and refused.
    Refused,
    /// Taken back.
    Withdrawn,
    /// Ended by time.
    Expired,
}

impl ConsentReceipt {
    /// Whether this receipt permits giving `class` to `merchant` for exactly `purpose` at this time.
    pub fn permits(
        &self,
        merchant: &MerchantId,
        class: DataClass,
        purpose: Purpose,
        now: Timestamp,
    ) -> bool {
        self.state == ConsentState::Given
            && self.merchant == *merchant
            && self.purpose == purpose
            && self.classes.contains(&class)
            && self.expires_at.is_none_or(|end| now < end)
    }
}
