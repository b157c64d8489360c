use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Currency, ForeignId, MerchantId, Money, Text, Window};

/// A checkout at a shop, without any protocol version in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The shop's id.
    pub id: ForeignId,
    /// The shop.
    pub merchant: MerchantId,
    /// Where it stands.
    pub status: CheckoutStatus,
    /// Currency of all amounts.
    pub currency: Currency,
    /// What is bought.
    pub lines: Vec<Line>,
    /// The shop's own sums, in its order.
    pub totals: Totals,
    /// How it may arrive.
    pub options: Vec<FulfillmentOption>,
    /// Key of the chosen option.
    pub selected_option: Option<Text<400>>,
    /// Where it goes, as the shop repeats it.
    pub destination: Option<Destination>,
    /// A held or booked delivery window.
    pub slot: Option<Slot>,
    /// Ways to pay that the shop offers for this checkout; nothing else may be used.
    pub payment: Vec<PaymentOffer>,
    /// What the shop says.
    pub messages: Vec<CheckoutMessage>,
    /// Discount codes that the shop accepted.
    pub codes_applied: Vec<Text<60>>,
    /// Where a person can go on at the shop.
    pub continue_url: Option<Text<2000>>,
    /// When the shop forgets it.
    pub expires_at: Option<Timestamp>,
    /// The order, once there is one.
    pub order: Option<ForeignId>,
    /// Where the order can be seen at the shop.
    pub permalink: Option<Text<2000>>,
    /// Whether the answer was signed, and rightly. `None`: not signed.
    pub signed: Option<bool>,
}

/// Where a checkout stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutStatus {
    /// Something is missing that we may be able to give.
    NeedsInput,
    /// The person must act at the shop.
    NeedsBuyer,
    /// Can be completed.
    Ready,
    /// Being completed.
    Processing,
    /// Done: there is an order.
    Completed,
    /// Given up.
    Canceled,
    /// The shop has forgotten it.
    Expired,
    /// A word that we do not know; never acted upon.
    Unknown(Text<60>),
}

/// One line as the shop repeats it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The shop's id of the line.
    pub id: Option<ForeignId>,
    /// What it is.
    pub variant: ForeignId,
    /// Name.
    pub title: Text<200>,
    /// Price of one piece.
    pub unit_price: Option<Money>,
    /// Pieces.
    pub quantity: u32,
    /// Price of the line.
    pub total: Option<Money>,
}

/// The sums of a checkout in the shop's order and words, discounts negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// All entries but the total.
    pub entries: Vec<TotalEntry>,
    /// What is to be paid.
    pub total: Money,
    /// Whether the entries make the total.
    pub check: TotalsCheck,
}

/// One entry of the sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalEntry {
    /// What kind.
    pub kind: TotalKind,
    /// The shop's label, or ours where it gives none.
    pub label: Text<120>,
    /// Signed amount.
    pub amount: Money,
}

/// Kinds of sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TotalKind {
    /// The goods.
    Subtotal,
    /// Less.
    Discount,
    /// Delivery.
    Fulfillment,
    /// Tax.
    Tax,
    /// A fee.
    Fee,
    /// A kind of the shop's own.
    Other,
}

/// Whether the entries make the total. Only [`TotalsCheck::Consistent`] may be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TotalsCheck {
    /// They do.
    Consistent,
    /// They do not.
    Mismatch {
        /// Sum of the entries.
        expected: Money,
        /// What the shop wants.
        found: Money,
    },
    /// It cannot be told.
    Uncheckable(Text<120>),
}

/// How it may arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfillmentOption {
    /// Our key: stays the same when the shop renames its groups.
    pub key: Text<400>,
    /// The shop's id of the option.
    pub option: ForeignId,
    /// Shipping or collection.
    pub method: MethodKind,
    /// The shop's name for it.
    pub title: Text<200>,
    /// More of the shop's words.
    pub description: Option<Text<300>>,
    /// What it costs.
    pub cost: Option<Money>,
    /// When it comes, where the shop says so.
    pub window: Option<Window>,
    /// How exact that is.
    pub precision: Precision,
}

/// Shipping or collection.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MethodKind {
    /// It comes.
    Shipping,
    /// It is fetched.
    Pickup,
    /// A way that we have no word for; offered with the shop's title.
    Other(Text<60>),
}

/// How exact a time of arrival is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// A bookable window.
    Slot,
    /// A range that the shop gives.
    Range,
    /// Only prose.
    Prose,
    /// Nothing.
    None,
}

/// A delivery window that can be held and booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The shop's id.
    pub id: ForeignId,
    /// When.
    pub window: Window,
    /// Shipping or collection.
    pub method: MethodKind,
    /// What it costs.
    pub price: Option<Money>,
    /// Where it stands.
    pub state: SlotState,
    /// Until when a hold holds.
    pub held_until: Option<Timestamp>,
}

/// How a shop delivers, as it tells before anybody says who or where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryTerms {
    /// Price of one parcel by the standard way.
    pub price: Money,
    /// Goods worth this much travel free by it.
    pub free_from: Option<Money>,
    /// When it would arrive, ordered now.
    pub window: Option<Window>,
}

impl DeliveryTerms {
    /// What a parcel with goods of this worth costs.
    pub fn price_of(&self, goods: Money) -> Money {
        let is_free = self
            .free_from
            .is_some_and(|from| goods == from || goods.exceeds(from) == Ok(true));
        if is_free {
            Money::zero(self.price.currency())
        } else {
            self.price
        }
    }
}

/// Delivery windows and terms of a shop at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryOffer {
    /// Windows that are free.
    pub slots: Vec<Slot>,
    /// The standard way. `None`: the shop does not tell.
    pub standard: Option<DeliveryTerms>,
}

/// Where a delivery window stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotState {
    /// Can be taken.
    Free,
    /// Kept for us for a while.
    Held,
    /// Ours.
    Booked,
    /// Not ours.
    None,
}

/// A way to pay that a shop offers for one checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentOffer {
    /// Reverse-DNS name of the handler: `dev.errand.testpay`.
    pub handler: Text<120>,
    /// The shop's id of the handler; this goes on the wire.
    pub handler_id: Text<120>,
    /// Instrument types: `card`. Empty: the shop does not limit them.
    pub types: Vec<Text<40>>,
    /// Card brands. Empty: the shop does not limit them.
    pub brands: Vec<Text<40>>,
}

/// Something that the shop says about a checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutMessage {
    /// Error, warning or information.
    pub kind: MessageKind,
    /// The shop's code: `out_of_stock`.
    pub code: Text<80>,
    /// What is to be done about an error.
    pub severity: Severity,
    /// Which part it is about.
    pub path: Option<Text<300>>,
    /// The shop's words; framed as such wherever shown.
    pub text: Text<600>,
    /// Must be shown or spoken in full beside what it belongs to.
    pub disclosure: bool,
}

/// Error, warning or information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Stands in the way.
    Error,
    /// Must reach the person.
    Warning,
    /// For information.
    Info,
}

/// What is to be done about an error, as UCP names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Can be repaired with facts that we hold.
    Recoverable,
    /// The shop needs input that its interface cannot take.
    BuyerInput,
    /// A person must approve at the shop.
    BuyerReview,
    /// Nothing can be done with this checkout.
    Unrecoverable,
    /// Not said; treated as a question to the person.
    Unknown,
}

/// A postal address for delivery, as a shop repeats it or as we state it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Destination {
    /// The shop's id of it.
    pub id: Option<ForeignId>,
    /// Full name of the recipient.
    pub name: Option<Text<120>>,
    /// Street and number.
    pub street: Option<Text<200>>,
    /// Town.
    pub locality: Option<Text<120>>,
    /// State or region.
    pub region: Option<Text<80>>,
    /// Postal code.
    pub postal_code: Option<Text<20>>,
    /// ISO country.
    pub country: Option<Text<2>>,
}

impl std::fmt::Debug for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Destination(<redacted>)")
    }
}

/// A prepared checkout handed to the person, who finishes it at the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// Where.
    pub url: Text<2000>,
    /// Host of the address, shown before it is opened.
    pub host: Text<255>,
    /// Why.
    pub reason: HandoffReason,
    /// Until when the shop keeps it.
    pub expires_at: Option<Timestamp>,
}

/// Why a checkout is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandoffReason {
    /// The shop needs input that its interface cannot take.
    BuyerInput,
    /// The shop wants a person to approve there.
    BuyerReview,
    /// The shop has no way to pay that the wallet holds.
    Unsupported,
    /// The shop lets agents prepare, not complete.
    Tier,
    /// The sums do not add up.
    Mismatch,
    /// A notice must be seen that this face cannot show.
    Disclosure,
}
