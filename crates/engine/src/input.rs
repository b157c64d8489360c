use errand_model::{Thought, Tone};
use errand_types::{
    ApprovalId, CallId, Checkout, DeliveryTerms, MerchantId, Order, Product, PurchaseId, Slot,
    Text, Told, ToolCall, Way,
};

use crate::desk::{DeskAct, DeskBy};
use crate::failure::Failure;

/// What happens to a session.
#[derive(Debug, Clone)]
pub enum Input {
    /// The person said something that is not an answer to an open question.
    Said {
        /// Number of the turn.
        turn: u64,
        /// The words.
        text: Text<2000>,
        /// Whether some of it was cut.
        cut: bool,
        /// How it sounds.
        tone: Tone,
        /// How it was heard, and how its answer is told.
        way: Way,
    },
    /// The person answered an open question, by the closed grammar.
    Answered {
        /// Number of the turn.
        turn: u64,
        /// The answer.
        answer: Answer,
        /// The words, for the transcript.
        text: Text<2000>,
        /// How it was heard; `None`: beside the conversation, on a screen.
        way: Option<Way>,
    },
    /// The person pressed something on a face: calls of theirs, without a planner in between.
    Pressed {
        /// Number of the turn.
        turn: u64,
        /// The calls.
        calls: Vec<ToolCall>,
        /// What was pressed, for the transcript.
        text: Text<2000>,
    },
    /// A planner read the turn.
    Thought {
        /// Number of the turn.
        turn: u64,
        /// What it proposes.
        thought: Thought,
        /// What the person should know about how it came about: a language model that did not answer.
        notice: Option<String>,
    },
    /// A shop answered a search.
    Shop {
        /// The call.
        call: CallId,
        /// The shop.
        merchant: MerchantId,
        /// What it said.
        answer: Result<ShopAnswer, Failure>,
    },
    /// A deed came to an end.
    Done {
        /// The call.
        call: CallId,
        /// How.
        outcome: Outcome,
    },
    /// The two words were judged.
    Judged {
        /// Number of the turn, when it was an answer in the conversation.
        turn: Option<u64>,
        /// The approval.
        approval: ApprovalId,
        /// How.
        judgement: Judgement,
        /// How they were given; `None`: beside the conversation, on a screen, or not at all.
        way: Option<Way>,
    },
    /// Somebody at the desk does something; the driver asked [`crate::Session::desk_may`] first.
    Desk {
        /// Number of the turn.
        turn: u64,
        /// Who.
        by: DeskBy,
        /// What.
        act: DeskAct,
    },
    /// Somebody at the desk reads this errand.
    DeskRead(DeskBy),
    /// Time went by: approvals may have run out.
    Tick {
        /// Somebody is connected, and spoke here last: what is told now is told to somebody, and once.
        is_heard: bool,
    },
    /// The session is taken up again after its connection broke or its process died: open approvals are void.
    Resumed {
        /// How the connection that is there now is told.
        told: Told,
    },
    /// A purchase of this session was found unfinished in the journal.
    Recover {
        /// Which.
        purchase: PurchaseId,
        /// A request to pay was written down before the process died.
        intent: bool,
    },
    /// The person wants it to stop.
    Stop {
        /// Number of the turn.
        turn: Option<u64>,
    },
}

/// An answer by the closed grammar. Words of an approval never come here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No, cancel, stop.
    No,
    /// Why?
    Why,
    /// Say it again.
    Repeat,
    /// None of these, while a question is answered by voice and nothing else is listened to.
    Unclear,
}

/// How two words were judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// They were the ones.
    Granted {
        /// Level of proof.
        level: u8,
    },
    /// They were not.
    Wrong {
        /// Tries left.
        left: u8,
    },
    /// Too many wrong tries.
    Locked {
        /// Until when, when that is known.
        until: Option<jiff::Timestamp>,
    },
    /// Spoken, where only a screen answers: not looked at, and not counted.
    NeedsScreen,
    /// Spoken by a voice that may approve nothing: not looked at, and not counted.
    OtherVoice,
    /// Time ran out, or what it was about changed.
    Gone,
}

/// What one shop found.
#[derive(Debug, Clone)]
pub struct ShopAnswer {
    /// Products.
    pub products: Vec<Product>,
    /// Delivery windows that it has at the moment, without naming anybody. `None`: it does not say before checkout.
    pub windows: Option<Vec<Slot>>,
    /// What its standard delivery costs. `None`: it does not say before checkout, or was not asked.
    pub terms: Option<DeliveryTerms>,
}

/// How a deed ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A checkout as the shop has it now.
    Checkout(Result<Box<Checkout>, Failure>),
    /// Delivery windows.
    Slots(Result<Vec<Slot>, Failure>),
    /// An order as the shop has it now; what only we know is not filled in.
    Order(Result<Box<Order>, Failure>),
    /// A product with chosen options.
    Product(Result<Box<Product>, Failure>),
}
