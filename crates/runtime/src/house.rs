//! The port between faces and the runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use errand_protocol::api::{
    ApprovalAnswered, ConsentsView, DoctorView, MerchantView, OrderChanged, Paired, ProfileView,
    SessionBrief, WhyView,
};
use errand_protocol::desk::{
    DeskDone, DeskErrand, DeskPaired, DeskPerson, DeskQueue, DeskSeenView, DeskStats,
};
use errand_protocol::errand::{ApprovalView, DisclosureView, ErrandEvent, OrderView, SessionView};
use errand_types::{ApprovalId, DeviceId, MerchantId, OrderId, SessionId, Told, UserId, Way};
use tokio::sync::broadcast;

/// What somebody at the desk does, and who: words of this port.
pub use errand_engine::{DeskAct, DeskBy};

/// A future that can be stored.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Who is at the other end: an enrolled device of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The person.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
}

/// Which session a connection wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A new one.
    New,
    /// This one, again.
    Resume(SessionId),
}

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Never heard of, or of another person: the same answer, so that nobody learns which.
    #[error("there is no session `{0}`")]
    Unknown(SessionId),
    /// Ended by time.
    #[error("session `{0}` has ended")]
    Expired(SessionId),
    /// As many sessions as this process may hold.
    #[error("all {limit} sessions of this runtime are taken")]
    Full {
        /// The limit.
        limit: usize,
    },
    /// Going down.
    #[error("the runtime is shutting down")]
    Draining,
    /// The journal does not answer.
    #[error("the journal cannot be read: {0}")]
    Unavailable(String),
}

/// What a call of the house can end with when it does not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct HouseError {
    /// Kind, for the face's status code.
    pub kind: ErrorKind,
    /// Stable code: `RUN-0003`.
    pub code: &'static str,
    /// What happened and what did not.
    pub message: String,
    /// What can be done.
    pub hint: Option<String>,
}

/// Kinds of errors, from which a face picks its status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// What was named does not exist, or belongs to somebody else.
    NotFound,
    /// The request cannot be understood.
    BadRequest,
    /// It conflicts with how things stand.
    Conflict,
    /// The gate said no.
    Refused,
    /// Too much at once.
    Busy,
    /// A shop or the journal does not answer.
    Unavailable,
}

/// Everything a face may do. Calls are decided and journalled behind it; a face never reaches around.
pub trait House: Send + Sync + std::fmt::Debug {
    /// Who holds this token; `None` for nobody. Constant time in the token.
    fn authenticate(&self, token: &str) -> Option<Principal>;

    /// Opens or takes up a session.
    fn session<'a>(
        &'a self,
        who: &'a Principal,
        wanted: Wanted,
    ) -> BoxFuture<'a, Result<Arc<dyn Conversation>, OpenError>>;

    /// Open sessions of a person, latest first.
    fn sessions<'a>(
        &'a self,
        who: &'a Principal,
    ) -> BoxFuture<'a, Result<Vec<SessionBrief>, HouseError>>;

    /// Orders, latest first, as last known; each is refreshed from its shop when that is due.
    fn orders<'a>(
        &'a self,
        who: &'a Principal,
    ) -> BoxFuture<'a, Result<Vec<OrderView>, HouseError>>;

    /// One order, refreshed from its shop.
    fn order<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a OrderId,
    ) -> BoxFuture<'a, Result<OrderView, HouseError>>;

    /// Cancels an order.
    fn cancel_order<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a OrderId,
    ) -> BoxFuture<'a, Result<OrderChanged, HouseError>>;

    /// Sends an order back.
    fn return_order<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a OrderId,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<OrderChanged, HouseError>>;

    /// Moves a delivery to a time in the person's words.
    fn move_order<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a OrderId,
        when: &'a str,
    ) -> BoxFuture<'a, Result<OrderChanged, HouseError>>;

    /// Connected shops.
    fn merchants(&self) -> BoxFuture<'_, Result<Vec<MerchantView>, HouseError>>;

    /// Connects a shop by its address.
    fn add_merchant<'a>(
        &'a self,
        who: &'a Principal,
        url: &'a str,
    ) -> BoxFuture<'a, Result<MerchantView, HouseError>>;

    /// Disconnects a shop.
    fn remove_merchant<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a MerchantId,
    ) -> BoxFuture<'a, Result<(), HouseError>>;

    /// What works and what does not.
    fn doctor(&self) -> BoxFuture<'_, DoctorView>;

    /// Names of goods as people say them, for whoever hears: at most 300, and none is about a person.
    fn words(&self) -> Vec<String>;

    /// Limits, rules, preferences.
    fn profile<'a>(&'a self, who: &'a Principal) -> BoxFuture<'a, Result<ProfileView, HouseError>>;

    /// Who knows what.
    fn consents<'a>(
        &'a self,
        who: &'a Principal,
    ) -> BoxFuture<'a, Result<ConsentsView, HouseError>>;

    /// Takes back consent from one shop.
    fn withdraw<'a>(
        &'a self,
        who: &'a Principal,
        merchant: &'a MerchantId,
    ) -> BoxFuture<'a, Result<Vec<DisclosureView>, HouseError>>;

    /// Latest decisions, newest first, at most 100; about something when words are given.
    fn why<'a>(
        &'a self,
        who: &'a Principal,
        about: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<WhyView>, HouseError>>;

    /// An open question, with its words: the caller is an enrolled screen.
    fn approval<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a ApprovalId,
    ) -> BoxFuture<'a, Result<ApprovalView, HouseError>>;

    /// Answers an open question: the words, `yes` for a consent, or `no`. Waits until a purchase is carried out, at
    /// most 60 s.
    fn answer<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a ApprovalId,
        answer: &'a str,
    ) -> BoxFuture<'a, Result<ApprovalAnswered, HouseError>>;

    /// The desk of this installation; `None` where a house has no room for one.
    fn desk(&self) -> Option<&dyn DeskRoom> {
        None
    }

    /// Enrols another device of the same person.
    fn pair<'a>(
        &'a self,
        who: &'a Principal,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Paired, HouseError>>;
}

/// The room where people help. Everything in it is recorded, and the person whose errand it is can read the record.
pub trait DeskRoom: Send + Sync + std::fmt::Debug {
    /// Somebody was given access: without anybody there is no desk, and nothing of it is shown.
    fn exists(&self) -> bool;

    /// Who at the desk holds this token; `None` for nobody. Constant time in the token.
    fn authenticate(&self, token: &str) -> Option<DeskBy>;

    /// Gives somebody access. For the operator alone.
    fn pair<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<DeskPaired, HouseError>>;

    /// Who has access.
    fn people(&self) -> Vec<DeskPerson>;

    /// Takes it away, by name. What they hold goes back into the queue when it was idle for long.
    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), HouseError>>;

    /// How the desk does, over everything in the journal.
    fn stats(&self) -> DeskStats;

    /// The queue, as somebody at the desk sees it. Asking for it counts as being there.
    fn queue(&self, by: &DeskBy) -> DeskQueue;

    /// Comes to the desk, or leaves it. Sessions that wait are told when nobody is left.
    fn here<'a>(&'a self, by: &'a DeskBy, here: bool) -> BoxFuture<'a, ()>;

    /// One errand, as the desk may see it. Recorded as read.
    fn errand<'a>(
        &'a self,
        by: &'a DeskBy,
        id: &'a SessionId,
    ) -> BoxFuture<'a, Result<DeskErrand, HouseError>>;

    /// Does something to an errand; answers when it is done.
    fn act<'a>(
        &'a self,
        by: &'a DeskBy,
        id: &'a SessionId,
        act: DeskAct,
    ) -> BoxFuture<'a, Result<DeskDone, HouseError>>;

    /// What the desk saw and did of a person's errands, in their language, latest first.
    fn seen<'a>(
        &'a self,
        who: &'a Principal,
    ) -> BoxFuture<'a, Result<Vec<DeskSeenView>, HouseError>>;
}

/// One session as a face sees it. Outlives its connections.
pub trait Conversation: Send + Sync + std::fmt::Debug {
    /// Which.
    fn id(&self) -> &SessionId;

    /// Hears one sentence of the person. `key` names it: the same key again is heard once. `way` is how it was heard and
    /// how its answer is told: a face that speaks says [`Told::Aloud`] with every sentence, also with one that was typed.
    /// The answer comes as events of the turn that [`Emitted::turn`] numbers, beginning with [`What::TurnStarted`] that
    /// carries the key.
    ///
    /// The two words of an approval are given the same way; the closed grammar reads them before any planner.
    fn say<'a>(
        &'a self,
        text: &'a str,
        key: &'a str,
        way: Way,
    ) -> BoxFuture<'a, Result<(), HouseError>>;

    /// Stops the turn under way and the plan. A payment under way is heard out.
    fn stop(&self) -> BoxFuture<'_, Result<(), HouseError>>;

    /// Everything, for a face that lost track. Open approvals are without their words.
    fn view(&self) -> BoxFuture<'_, Result<SessionView, HouseError>>;

    /// Somebody took the session up again and is told what happens from now on, shown or aloud. What was open is void and
    /// is asked anew, so that its words reach the connection that is there now and no other; aloud they are not asked
    /// before the person speaks again.
    fn taken_up(&self, told: Told) {
        let _ = told;
    }

    /// What happens from now on. A reader that falls behind is told `Lagged` and asks for [`Conversation::view`].
    fn events(&self) -> broadcast::Receiver<Arc<Emitted>>;
}

/// Something that happened in a session.
#[derive(Debug, Clone)]
pub struct Emitted {
    /// Number of the turn that it belongs to; `None` for what happens by itself (an order that was shipped).
    pub turn: Option<u64>,
    /// What.
    pub what: What,
}

/// What happened.
///
/// In a conversation whose answers are told aloud no `live` holds words of an approval that may not be spoken: they are
/// there only where its `place` is [`ApprovalPlace::Voice`](errand_protocol::errand::ApprovalPlace), and a screen reads the
/// others with [`House::approval`]. A face that speaks may therefore speak `live`, as long as it says [`Told::Aloud`] with
/// every sentence and whenever it takes a session up.
#[derive(Clone)]
pub enum What {
    /// A sentence was heard and is being worked on.
    TurnStarted {
        /// Its key.
        key: String,
    },
    /// One or more whole sentences to the person.
    Say {
        /// As shown on the live connection of the enrolled screen; may hold the two words.
        live: String,
        /// As kept in logs, records and replays: without the words.
        kept: String,
        /// Not aloud where others than the person may hear it.
        is_private: bool,
    },
    /// State for faces that draw it. `live` may hold the two words of an approval.
    Errand {
        /// As shown on the live connection.
        live: Box<ErrandEvent>,
        /// As kept for replays, when that differs.
        kept: Option<Box<ErrandEvent>>,
    },
    /// The turn is over.
    TurnDone {
        /// How.
        status: TurnStatus,
    },
}

impl std::fmt::Debug for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TurnStarted { key } => write!(f, "TurnStarted({key})"),
            Self::Say { kept, .. } => write!(f, "Say({kept:?})"),
            Self::Errand { live, kept } => {
                if kept.is_some() {
                    f.write_str("Errand(<redacted>)")
                } else {
                    write!(f, "Errand({live:?})")
                }
            }
            Self::TurnDone { status } => write!(f, "TurnDone({status:?})"),
        }
    }
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnStatus {
    /// Answered.
    Completed,
    /// Stopped by the person, or taken over by the next sentence.
    Cancelled,
    /// A fault of ours; what was said says so.
    Failed,
}
