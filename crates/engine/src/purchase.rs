//! One purchase at one shop: quote, approve, pay, confirm, schedule, undo.

mod approve;
mod pay;
mod quote;
mod settle;

pub(crate) use approve::{after, pick_instrument, seconds};

use std::collections::BTreeMap;
use std::sync::Arc;

use errand_gate::Decision;
use errand_protocol::errand::ApprovalPlace;
use errand_trust::{Transaction, TxDigest};
use errand_types::{
    ApprovalId, CallId, Checkout, Choice, DataClass, ForeignId, Handoff, MerchantId, Money,
    OfferRef, OrderId, PurchaseId, SessionId, Slot, Text, UserId, Wish,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::facts::Actor;
use crate::failure::Failure;
use crate::outbox::Outbox;
use crate::session::Known;

/// One purchase at one shop. Serialised whole at each transition: any process can take it up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Purchase {
    /// Its name.
    pub id: PurchaseId,
    /// The session that it belongs to.
    pub session: SessionId,
    /// The person.
    pub user: UserId,
    /// The shop.
    pub merchant: MerchantId,
    /// What is bought.
    pub lines: Vec<PurchaseLine>,
    /// When it should arrive.
    pub wish: Option<Wish>,
    /// Highest sum that the person named for everything.
    pub total_max: Option<Money>,
    /// Discount codes of the person.
    pub codes: Vec<Text<60>>,
    /// Where it stands.
    pub state: PurchaseState,
    /// The checkout as the shop last told it.
    pub checkout: Option<Checkout>,
    /// Counts changes at the shop; each has its own idempotency key.
    pub revision: u32,
    /// What the shop was given.
    pub shared: Vec<DataClass>,
    /// The delivery window that is held.
    pub slot: Option<Slot>,
    /// The wish could not be met; this says how near it came.
    pub missed: Option<Text<200>>,
    /// Asked again after a change: what changed, for the person.
    pub changed: Option<Text<300>>,
    /// Level of the approval that was given.
    pub approved_level: Option<u8>,
    /// An approval by voice did not reach: it is asked on a screen from now on.
    #[serde(default)]
    pub screen_only: bool,
    /// The order.
    pub order: Option<OrderId>,
    /// The call that it waits for.
    pub call: Option<CallId>,
    /// Revision of the cart that it was made from.
    pub cart_revision: u64,
    /// When it began.
    pub started_at: Timestamp,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseLine {
    /// What.
    pub offer: OfferRef,
    /// Its name.
    pub title: Text<200>,
    /// Pieces.
    pub quantity: u32,
    /// Chosen options.
    pub choices: Vec<Choice>,
    /// What kind of thing it is and who makes it.
    #[serde(default)]
    pub words: Vec<Text<80>>,
    /// How many days one piece lasts, where the shop says so.
    #[serde(default)]
    pub lasts_days: Option<u16>,
}

/// Where a purchase stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "at")]
pub enum PurchaseState {
    /// The shop is asked to open a checkout.
    Opening,
    /// The person must be asked what the shop may know.
    NeedsConsent {
        /// What it wants to know.
        classes: Vec<DataClass>,
        /// The question, once it was put.
        approval: Option<ApprovalId>,
    },
    /// The shop is told who and where.
    Sharing,
    /// The shop is asked for delivery windows.
    Windows,
    /// A window is being held.
    Holding {
        /// How many were tried.
        tries: u8,
    },
    /// An option is being selected.
    Selecting,
    /// Exact price known; the person must be asked.
    Quoted,
    /// The person is asked.
    Asked {
        /// The question.
        approval: ApprovalId,
        /// Exactly what would be paid.
        transaction: Box<Transaction>,
        /// Its digest.
        digest: TxDigest,
        /// When it was put.
        asked_at: Timestamp,
        /// Where it is answered.
        #[serde(default)]
        place: ApprovalPlace,
        /// Why it was asked aloud and is answered on a screen, in words.
        #[serde(default)]
        why_page: Option<Text<300>>,
    },
    /// Approved; the shop is asked once more what it wants now.
    Rechecking {
        /// The approval.
        approval: ApprovalId,
        /// What was approved.
        transaction: Box<Transaction>,
        /// Its digest.
        digest: TxDigest,
        /// Level of proof.
        level: u8,
        /// When it was given.
        given_at: Timestamp,
    },
    /// The request to pay is on its way.
    Paying,
    /// No answer was seen: it may be paid.
    Unknown {
        /// How often was asked.
        tries: u8,
        /// The request was repeated under its key.
        resent: bool,
    },
    /// Paid; the order is being read.
    Confirming {
        /// The shop's order.
        number: ForeignId,
        /// How often it was tried.
        tries: u8,
    },
    /// Paid; the delivery window is being listed again.
    Relisting {
        /// The shop's order.
        number: ForeignId,
    },
    /// Paid; the delivery window is being booked.
    Booking {
        /// The shop's order.
        number: ForeignId,
    },
    /// Bought.
    Done,
    /// The person goes on at the shop.
    HandedOver {
        /// Where.
        handoff: Handoff,
    },
    /// The checkout is being given up.
    Undoing,
    /// Over; nothing was bought.
    Ended {
        /// Why, in words.
        why: Text<300>,
    },
}

impl PurchaseState {
    /// Whether nothing more happens by itself.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Done | Self::HandedOver { .. } | Self::Ended { .. } => true,
            Self::Opening
            | Self::NeedsConsent { .. }
            | Self::Sharing
            | Self::Windows
            | Self::Holding { .. }
            | Self::Selecting
            | Self::Quoted
            | Self::Asked { .. }
            | Self::Rechecking { .. }
            | Self::Paying
            | Self::Unknown { .. }
            | Self::Confirming { .. }
            | Self::Relisting { .. }
            | Self::Booking { .. }
            | Self::Undoing => false,
        }
    }

    /// Whether money may have moved or has moved.
    pub fn is_past_payment(&self) -> bool {
        matches!(
            self,
            Self::Paying
                | Self::Unknown { .. }
                | Self::Confirming { .. }
                | Self::Relisting { .. }
                | Self::Booking { .. }
                | Self::Done
        )
    }
}

/// What a purchase works with during one step.
pub(crate) struct Work<'a, 'c> {
    pub(crate) ctx: &'a Ctx<'c>,
    pub(crate) out: &'a mut Outbox,
    pub(crate) known: &'a BTreeMap<OfferRef, Arc<Known>>,
    pub(crate) actor: &'a Actor,
}

/// What the session must know about a step of a purchase.
#[derive(Debug)]
pub(crate) enum Progress {
    /// It goes on by itself.
    Going,
    /// It needs the person; the session asks when it is its turn.
    NeedsPerson,
    /// The gate said no.
    Refused(Box<Decision>),
    /// The shop or the payment failed; nothing was bought.
    Failed(Failure),
    /// Bought: the order is in the outbox.
    Bought(Box<errand_types::Order>),
    /// Paid or not, nobody knows yet.
    Unknown,
    /// The person goes on at the shop.
    HandedOver(Handoff),
    /// It was dropped.
    Dropped,
}

impl Purchase {
    /// Lines as the shop wants them.
    pub(crate) fn wanted(&self) -> Vec<(OfferRef, u32)> {
        self.lines
            .iter()
            .map(|l| (l.offer.clone(), l.quantity))
            .collect()
    }

    /// Writes this purchase down, before anything else of the step happens.
    pub(crate) fn save(&self, out: &mut Outbox) {
        out.write(crate::effect::Record::Purchase(Box::new(self.clone())));
    }

    /// Where the open question is answered.
    pub(crate) fn place(&self) -> ApprovalPlace {
        match &self.state {
            PurchaseState::Asked { place, .. } => *place,
            _ => ApprovalPlace::Page,
        }
    }

    /// Why a question that was asked aloud is answered on a screen.
    pub(crate) fn why_page(&self) -> Option<&str> {
        match &self.state {
            PurchaseState::Asked { why_page, .. } => why_page.as_ref().map(Text::as_str),
            _ => None,
        }
    }

    pub(crate) fn next_call(&mut self, ctx: &Ctx<'_>) -> CallId {
        let call = CallId::fresh(ctx.ids);
        self.call = Some(call.clone());
        call
    }

    /// What it is, in words: `2 × Marcala Medium`.
    pub(crate) fn what(&self) -> String {
        let parts: Vec<String> = self
            .lines
            .iter()
            .map(|l| format!("{} × {}", l.quantity, l.title))
            .collect();
        parts.join(", ")
    }

    pub(crate) fn fail(&mut self, out: &mut Outbox, failure: Failure) -> Progress {
        self.state = PurchaseState::Ended {
            why: Text::clip(&failure.text),
        };
        self.call = None;
        self.save(out);
        Progress::Failed(failure)
    }
}
