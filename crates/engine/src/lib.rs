//! The engine: pure machines for the conversation, the plan and each purchase.
//!
//! `step(input, ctx) -> Vec<Effect>`: it never awaits, never reads a clock, never draws a random number; [`Ctx`] carries
//! what it may know. Everything that changes the world outside leaves as an [`Effect::Do`] with a permit of the gate
//! inside. This crate must not know async, sockets, SQL or wall time.
//!
//! Start reading at [`Session::step`], then [`Purchase`].

mod again;
mod agents;
mod asks;
mod assembly;
mod calls;
mod care;
mod combining;
mod ctx;
mod desk;
mod effect;
mod facts;
mod failure;
mod fitting;
mod guide;
mod input;
mod judging;
mod ledger;
mod options;
mod orders;
mod outbox;
mod plans;
mod profile_calls;
mod purchase;
mod purchases;
mod remind;
mod scene;
mod search;
mod session;
mod signals;
mod turn;
mod views;
mod words;

pub use agents::{Agent, Agents, Budgets};
pub use assembly::Assembled;
pub use care::Care;
pub use ctx::{Ctx, MerchantCard};
pub use desk::{
    DESK_AGENT, DESK_TOOLS, Desk, DeskAct, DeskBy, DeskDeed, DeskEntry, DeskFault, DeskNow, Stage,
    Ticket, desk_seen,
};
pub use effect::{AskDelivery, Deed, Due, Effect, Record, Write};
pub use failure::{Failure, FailureKind};
pub use guide::Tour;
pub use input::{Answer, Input, Judgement, Outcome, ShopAnswer};
pub use ledger::{Ledger, Spend, SpendState};
pub use purchase::{Purchase, PurchaseState};
pub use session::{AlsoAt, Known, OpenQuestion, Results, Session, TRANSCRIPT_MAX};
pub use signals::{OFFER_AT, Signal, Slot, Stuck};
pub use views::{decision_view, disclosure, order_view, profile_view};
pub use words::{books, check_sentences, words_on_screen};
