use std::fmt;

/// What is asked of a shop. Closed: labels of metrics and of the wire log come from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Read what the shop is and can do.
    Discover,
    /// First page of a search.
    Search,
    /// A further page.
    SearchPage,
    /// Read products by id.
    Lookup,
    /// Read one product with chosen options.
    GetProduct,
    /// Open a checkout.
    CreateCheckout,
    /// Read a checkout.
    GetCheckout,
    /// Bring a checkout to a state.
    UpdateCheckout,
    /// List delivery windows of a checkout.
    Slots,
    /// Hold a delivery window.
    HoldSlot,
    /// Pay.
    Complete,
    /// Give a checkout up.
    CancelCheckout,
    /// Read an order.
    GetOrder,
    /// List delivery windows of an order.
    OrderSlots,
    /// Book a delivery window of an order.
    BookSlot,
    /// Cancel an order.
    CancelOrder,
    /// Send goods back.
    ReturnOrder,
    /// Look whether the page answers that the person is sent to.
    FollowEscalation,
}

impl Op {
    /// The name in the wire log and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discover => "discover",
            Self::Search => "search",
            Self::SearchPage => "search_page",
            Self::Lookup => "lookup",
            Self::GetProduct => "get_product",
            Self::CreateCheckout => "create_checkout",
            Self::GetCheckout => "get_checkout",
            Self::UpdateCheckout => "update_checkout",
            Self::Slots => "slots",
            Self::HoldSlot => "hold_slot",
            Self::Complete => "complete",
            Self::CancelCheckout => "cancel_checkout",
            Self::GetOrder => "get_order",
            Self::OrderSlots => "order_slots",
            Self::BookSlot => "book_slot",
            Self::CancelOrder => "cancel_order",
            Self::ReturnOrder => "return_order",
            Self::FollowEscalation => "follow_escalation",
        }
    }

    /// The name under which intents are written down; `None` for what changes nothing.
    pub fn intent(self) -> Option<&'static str> {
        match self {
            Self::CreateCheckout => Some("open"),
            Self::UpdateCheckout => Some("update"),
            Self::HoldSlot => Some("hold"),
            Self::Complete => Some("complete"),
            Self::CancelCheckout => Some("cancel"),
            Self::BookSlot => Some("book"),
            Self::CancelOrder => Some("cancel_order"),
            Self::ReturnOrder => Some("return_order"),
            Self::Discover
            | Self::Search
            | Self::SearchPage
            | Self::Lookup
            | Self::GetProduct
            | Self::GetCheckout
            | Self::Slots
            | Self::GetOrder
            | Self::OrderSlots
            | Self::FollowEscalation => None,
        }
    }

    /// Whether it changes something at the shop, so that a lost answer leaves its outcome open.
    pub fn changes(self) -> bool {
        self.intent().is_some()
    }

    /// Whether the answer is a catalog page, which may be larger than others.
    pub(crate) fn is_catalog(self) -> bool {
        matches!(
            self,
            Self::Search | Self::SearchPage | Self::Lookup | Self::GetProduct
        )
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discover => "reading what the shop can do",
            Self::Search | Self::SearchPage => "searching",
            Self::Lookup | Self::GetProduct => "reading products",
            Self::CreateCheckout => "opening a checkout",
            Self::GetCheckout => "reading a checkout",
            Self::UpdateCheckout => "changing a checkout",
            Self::Slots | Self::OrderSlots => "listing delivery windows",
            Self::HoldSlot => "holding a delivery window",
            Self::Complete => "paying",
            Self::CancelCheckout => "giving up a checkout",
            Self::GetOrder => "reading an order",
            Self::BookSlot => "booking a delivery window",
            Self::CancelOrder => "cancelling an order",
            Self::ReturnOrder => "sending goods back",
            Self::FollowEscalation => "looking at the shop's page",
        })
    }
}
