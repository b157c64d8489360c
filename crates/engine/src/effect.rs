use errand_gate::{
    Authorized, BookSlot, CancelCheckout, CancelOrder, CompleteCheckout, Decision, HoldSlot,
    OpenCheckout, ReturnOrder, SearchShops, UpdateCheckout,
};
use errand_model::Turn;
use errand_protocol::errand::{ApprovalPlace, ErrandEvent};
use errand_trust::Transaction;
use errand_types::{
    ApprovalId, CallId, ConsentReceipt, ForeignId, MerchantId, Order, Profile, PurchaseId, Reminder,
};
use jiff::Timestamp;

use crate::ledger::Spend;
use crate::purchase::Purchase;

/// What a session wants done. The driver writes the [`Effect::Write`]s down first, all of them, and only then does the
/// rest in order.
#[derive(Debug)]
pub enum Effect {
    /// To be made durable before anything else of this step happens.
    Write(Write),
    /// Ask the planner.
    Think {
        /// Number of the turn.
        turn: u64,
        /// What it is asked.
        ask: Box<Turn>,
    },
    /// Do something outside.
    Do {
        /// The call that the outcome comes back under.
        call: CallId,
        /// What.
        deed: Box<Deed>,
    },
    /// Put a purchase to the person: the keeper of approvals makes two words for exactly this transaction.
    OpenApproval {
        /// Its name.
        approval: ApprovalId,
        /// What would be paid.
        transaction: Box<Transaction>,
        /// Where it is answered; words that are not for a voice are not told to one.
        place: ApprovalPlace,
    },
    /// An approval no longer holds.
    VoidApproval(ApprovalId),
    /// Pass on what somebody at the desk says. It is in the transcript already, under their name.
    Relay(String),
    /// Say whole sentences.
    Say {
        /// `{words}` in it stands for the two words of the open approval.
        text: String,
        /// It tells of the profile, of other orders or of reasons that are the person's own: not aloud where others may hear.
        is_private: bool,
    },
    /// Tell the faces.
    Emit(ErrandEvent),
    /// Wake the session with a tick at this time.
    WakeAt(Timestamp),
    /// The turn is over.
    TurnDone {
        /// Number of the turn.
        turn: u64,
        /// It was stopped.
        cancelled: bool,
    },
}

/// Something to be made durable.
#[derive(Debug, Clone)]
pub struct Write {
    /// What.
    pub record: Record,
    /// By when.
    pub due: Due,
}

/// By when something must be durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// On the disk before the step goes on: money, consent, the person's rules.
    Flushed,
    /// In the journal before the step goes on, so that no effect is without its decision.
    BeforeEffect,
    /// In the journal a moment after the turn ends: a decision about what changes nothing outside, asking shops what they
    /// have included.
    TurnEnd,
}

/// Kinds of records.
#[derive(Debug, Clone)]
pub enum Record {
    /// A decision of the gate.
    Decision(Box<Decision>),
    /// A purchase as it stands.
    Purchase(Box<Purchase>),
    /// Money reserved, charged or released.
    Spend(Spend),
    /// A consent given, refused or withdrawn.
    Consent(Box<ConsentReceipt>),
    /// The profile after a change.
    Profile(Box<Profile>),
    /// An order.
    Order(Box<Order>),
    /// Something to be reminded of, as it stands now.
    Reminder(Box<Reminder>),
    /// Something between the person and the desk.
    Desk(Box<crate::desk::DeskEntry>),
}

/// Whether shops are asked how they deliver, beside what they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskDelivery {
    /// The answer waits for it.
    Needed,
    /// The answer waits a moment for it.
    WhenQuick,
    /// It is known already.
    Not,
}

/// Something to be done outside, with its permit where it changes anything.
#[derive(Debug)]
pub enum Deed {
    /// Ask shops for products; each answers as an [`crate::Input::Shop`].
    Search {
        /// The permit.
        act: Authorized<SearchShops>,
        /// Whether to ask for delivery windows and terms as well.
        delivery: AskDelivery,
    },
    /// Read a product with options chosen.
    Product {
        /// Shop.
        merchant: MerchantId,
        /// Product.
        product: ForeignId,
        /// Options.
        selected: Vec<(String, String)>,
    },
    /// Open a checkout.
    Open(Authorized<OpenCheckout>),
    /// Bring it to a state.
    Update(Authorized<UpdateCheckout>),
    /// Read it.
    Reread {
        /// Shop.
        merchant: MerchantId,
        /// Checkout.
        checkout: ForeignId,
        /// Wait this long before, in milliseconds: for polling.
        after_ms: u64,
    },
    /// List its delivery windows.
    Slots {
        /// Shop.
        merchant: MerchantId,
        /// Checkout.
        checkout: ForeignId,
    },
    /// Hold one.
    Hold(Authorized<HoldSlot>),
    /// Pay, with the approval of this name that the keeper holds.
    Complete {
        /// The permit.
        act: Authorized<CompleteCheckout>,
        /// The approval.
        approval: ApprovalId,
    },
    /// Repeat a completion whose answer was lost: the same bytes under the same key.
    Resend {
        /// Shop.
        merchant: MerchantId,
        /// Purchase whose stored request it is.
        purchase: PurchaseId,
    },
    /// Give up a checkout.
    Cancel(Authorized<CancelCheckout>),
    /// Read an order.
    ReadOrder {
        /// Shop.
        merchant: MerchantId,
        /// Order.
        order: ForeignId,
    },
    /// List delivery windows of an order.
    OrderSlots {
        /// Shop.
        merchant: MerchantId,
        /// Order.
        order: ForeignId,
    },
    /// Book or move one.
    Book(Authorized<BookSlot>),
    /// Cancel an order.
    CancelOrder(Authorized<CancelOrder>),
    /// Send it back.
    ReturnOrder(Authorized<ReturnOrder>),
}

impl Deed {
    /// Its name, for those who trace it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Search { .. } => "search",
            Self::Product { .. } => "product",
            Self::Open(_) => "open",
            Self::Update(_) => "update",
            Self::Reread { .. } => "reread",
            Self::Slots { .. } => "slots",
            Self::Hold(_) => "hold",
            Self::Complete { .. } => "complete",
            Self::Resend { .. } => "resend",
            Self::Cancel(_) => "cancel",
            Self::ReadOrder { .. } => "read_order",
            Self::OrderSlots { .. } => "order_slots",
            Self::Book(_) => "book",
            Self::CancelOrder(_) => "cancel_order",
            Self::ReturnOrder(_) => "return_order",
        }
    }
}
