use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ForeignId, MerchantId, Money, OrderId, PurchaseId, Slot, Text, TotalEntry, Window};

/// An order: what was bought where, what it cost, when it comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Our name.
    pub id: OrderId,
    /// The purchase that made it.
    pub purchase: PurchaseId,
    /// The shop.
    pub merchant: MerchantId,
    /// The shop's id; said to the person as the order number.
    pub number: ForeignId,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// The sums as approved.
    pub entries: Vec<TotalEntry>,
    /// What was paid.
    pub total: Money,
    /// Where it stands.
    pub state: OrderState,
    /// When it is expected.
    pub expected: Option<Window>,
    /// The booked window.
    pub slot: Option<Slot>,
    /// What happened, oldest first.
    pub events: Vec<OrderEvent>,
    /// Money given back and the like.
    pub adjustments: Vec<Adjustment>,
    /// Until when it can be cancelled for free.
    pub cancel_until: Option<Timestamp>,
    /// Until when it can be sent back.
    pub return_until: Option<Timestamp>,
    /// Where it can be seen at the shop.
    pub permalink: Option<Text<2000>>,
    /// When it was placed.
    pub placed_at: Timestamp,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The shop's id of the line.
    pub id: Option<ForeignId>,
    /// What it is.
    pub variant: ForeignId,
    /// The product that it is a variant of, where our own cart knew; a shop's order names the variant alone.
    #[serde(default)]
    pub product: Option<ForeignId>,
    /// What kind of thing it is and who makes it, for people who do not say its name. At most eight.
    #[serde(default)]
    pub words: Vec<Text<80>>,
    /// How many days one piece lasts, where the shop said so when it was bought.
    #[serde(default)]
    pub lasts_days: Option<u16>,
    /// Name.
    pub title: Text<200>,
    /// Pieces ordered.
    pub ordered: u32,
    /// Pieces delivered.
    pub fulfilled: u32,
    /// Price of one piece.
    pub unit_price: Option<Money>,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Placed.
    Placed,
    /// Being packed.
    Packed,
    /// On its way.
    Shipped,
    /// There.
    Delivered,
    /// Cancelled.
    Cancelled,
    /// On its way back.
    Returning,
    /// Back, money returned.
    Returned,
    /// Could not be delivered.
    Failed,
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEvent {
    /// The shop's id of the event.
    pub id: Text<120>,
    /// The shop's word: `shipped`.
    pub kind: Text<60>,
    /// When.
    pub at: Timestamp,
    /// The shop's words.
    pub text: Option<Text<300>>,
}

/// Money given back, a return, a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// The shop's id.
    pub id: Text<120>,
    /// The shop's word: `refund`.
    pub kind: Text<60>,
    /// `pending`, `completed`, `failed`.
    pub status: Text<40>,
    /// How much.
    pub amount: Option<Money>,
}
