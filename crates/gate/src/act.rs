use errand_types::{
    Choice, Currency, DataClass, Destination, ForeignId, MerchantId, Money, OfferRef, PurchaseId,
    Text,
};

use crate::facts::ActionKind;

/// Something that would change the world outside, or tell it something.
///
/// What is decided is what is done: the arguments live in the value that the gate wraps.
pub trait Act {
    /// Under which name it is decided.
    fn kind(&self) -> ActionKind;
}

macro_rules! act {
    ($name:ident, $kind:ident) => {
        impl Act for $name {
            fn kind(&self) -> ActionKind {
                ActionKind::$kind
            }
        }
    };
}

/// Ask shops for products. Words only: wishes about values stay here and are applied to the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchShops {
    /// Which shops.
    pub merchants: Vec<MerchantId>,
    /// Words to search with.
    pub query: Text<200>,
    /// Highest price of one piece, when the shops may know it.
    pub price_max: Option<Money>,
    /// Most products wanted from each shop, 1 to 200.
    pub limit: u16,
}
act!(SearchShops, Search);

/// Open a checkout, to learn the exact price. Names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCheckout {
    /// The purchase that this belongs to; the idempotency key is derived from it.
    pub purchase: PurchaseId,
    /// Shop.
    pub merchant: MerchantId,
    /// Variants and pieces.
    pub lines: Vec<(OfferRef, u32)>,
    /// Chosen options of configurable products, by line.
    pub choices: Vec<Vec<Choice>>,
    /// Currency that the person pays in; shops of older dialects want to be told.
    pub currency: Currency,
}
act!(OpenCheckout, CheckoutOpen);

/// Personal data of the person that go into a checkout, under a consent. Absent fields do not leave.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct BuyerShare {
    /// Full name.
    pub name: Option<Text<120>>,
    /// E-mail.
    pub email: Option<Text<200>>,
    /// Phone.
    pub phone: Option<Text<40>>,
    /// Address, its `name` included when that may be told.
    pub destination: Option<Destination>,
    /// What the above amounts to; the consent covers exactly this.
    pub classes: Vec<DataClass>,
}

impl std::fmt::Debug for BuyerShare {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BuyerShare({:?})", self.classes)
    }
}

/// Bring a checkout to a desired state: the adapter builds the full replacement and compares the answer with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateCheckout {
    /// The purchase.
    pub purchase: PurchaseId,
    /// Which change of this purchase it is; a new body needs a new idempotency key.
    pub revision: u32,
    /// Shop.
    pub merchant: MerchantId,
    /// The shop's checkout.
    pub checkout: ForeignId,
    /// Variants and pieces, all of them.
    pub lines: Vec<(OfferRef, u32)>,
    /// Who and where, under a consent.
    pub share: BuyerShare,
    /// Key of the fulfillment option to select.
    pub option: Option<Text<400>>,
    /// Discount codes of the person.
    pub codes: Vec<Text<60>>,
    /// Currency.
    pub currency: Currency,
}
act!(UpdateCheckout, DataShare);

/// Hold a delivery window while the person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldSlot {
    /// The purchase.
    pub purchase: PurchaseId,
    /// Which change of this purchase it is.
    pub revision: u32,
    /// Shop.
    pub merchant: MerchantId,
    /// The shop's checkout.
    pub checkout: ForeignId,
    /// The window.
    pub slot: ForeignId,
}
act!(HoldSlot, DeliverySchedule);

/// Pay. Needs an approval beside the permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteCheckout {
    /// The purchase.
    pub purchase: PurchaseId,
    /// Shop.
    pub merchant: MerchantId,
    /// The shop's checkout.
    pub checkout: ForeignId,
    /// What was approved: amount and currency.
    pub total: Money,
    /// SHA-256 of the transaction that was approved.
    pub digest: [u8; 32],
    /// Name of the payment handler to use.
    pub handler: Text<120>,
    /// The shop's id of it.
    pub handler_id: Text<120>,
}
act!(CompleteCheckout, CheckoutComplete);

/// Give up a checkout that is not paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelCheckout {
    /// The purchase.
    pub purchase: PurchaseId,
    /// Shop.
    pub merchant: MerchantId,
    /// The shop's checkout.
    pub checkout: ForeignId,
}
act!(CancelCheckout, CheckoutCancel);

/// Book or move the delivery window of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookSlot {
    /// The purchase that made the order.
    pub purchase: PurchaseId,
    /// Which change it is.
    pub revision: u32,
    /// Shop.
    pub merchant: MerchantId,
    /// The shop's order.
    pub order: ForeignId,
    /// The window.
    pub slot: ForeignId,
}
act!(BookSlot, DeliverySchedule);

/// Cancel an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelOrder {
    /// The purchase that made the order.
    pub purchase: PurchaseId,
    /// Shop.
    pub merchant: MerchantId,
    /// The shop's order.
    pub order: ForeignId,
}
act!(CancelOrder, OrderCancel);

/// Send goods back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnOrder {
    /// The purchase that made the order.
    pub purchase: PurchaseId,
    /// Which request it is.
    pub revision: u32,
    /// Shop.
    pub merchant: MerchantId,
    /// The shop's order.
    pub order: ForeignId,
    /// Lines and pieces; empty means all.
    pub lines: Vec<(ForeignId, u32)>,
    /// The person's reason.
    pub reason: Text<200>,
}
act!(ReturnOrder, OrderReturn);
