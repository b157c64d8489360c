//! What the desk is shown and what it may send: bodies of the calls under `/desk/api`, and what the person sees of it.
//!
//! The desk sees one errand at a time and little of it. That bound is in the types here: no body has a field for an
//! address, a number to call, a card, a limit, a label or a reason behind a rule, and every text in them is [`Seen`],
//! which is made by one function that takes what is private out. What has no field and no way through that function
//! cannot reach the desk.

use errand_types::{
    Availability, DeskId, Language, MerchantId, Money, OfferRef, OrderId, OrderState, SessionId,
    StepStatus, ToolCall,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Takes what is private out of a text. Made for one person and one errand.
pub trait Hide {
    /// The text without what the desk never sees.
    fn hide(&self, text: &str) -> String;
}

/// A text that the desk may see. It is not read from outside; it is made by [`Seen::through`], and a name by [`Seen::first_name`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Seen(String);

impl Seen {
    /// The text as the desk sees it.
    pub fn through(hide: &dyn Hide, text: &str) -> Self {
        Self(hide.hide(text))
    }

    /// What somebody is called at the desk: the first name and nothing behind it, or a letter.
    pub fn first_name(name: Option<&str>) -> Self {
        let first = name.and_then(|name| name.split_whitespace().next());
        Self(first.unwrap_or("K.").chars().take(40).collect())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the desk sees only after the person agreed, for this errand.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DeskFact {
    /// The town of the delivery, without street and number.
    Town,
    /// When it is to come.
    Window,
    /// The shop's number of an order of this errand.
    OrderNumber,
}

impl DeskFact {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Town, Self::Window, Self::OrderNumber];
}

/// Why an errand is in the queue. There is no score in it and nothing about the person.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DeskReason {
    /// A payment was sent and its outcome is not known.
    OutcomeUnknown,
    /// The person asked.
    Asked,
    /// Rules refused more than once.
    Refused,
    /// A shop did not do its part.
    ShopFailed,
    /// The two words were wrong more than once.
    WordsFailed,
    /// errand did not understand, or the same was said again.
    NotUnderstood,
    /// It took too long.
    Slow,
}

impl DeskReason {
    /// The same in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::OutcomeUnknown => "outcome of a payment unknown",
            Self::Asked => "asked for a person",
            Self::Refused => "refused more than once",
            Self::ShopFailed => "a shop failed",
            Self::WordsFailed => "the two words failed",
            Self::NotUnderstood => "not understood",
            Self::Slow => "took too long",
        }
    }
}

/// Answer of `GET /desk/api/queue`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskQueue {
    /// Whoever asks.
    pub me: DeskPerson,
    /// They are at the desk, and the person is told so.
    pub here: bool,
    /// Errands that wait: outcome unknown first, then the oldest.
    pub waiting: Vec<DeskTicket>,
    /// Errands that whoever asks holds.
    pub mine: Vec<DeskTicket>,
    /// Errands handed back today, by everybody.
    pub done_today: u32,
}

/// Somebody at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeskPerson {
    /// Which.
    pub id: DeskId,
    /// The name that the person is shown.
    pub name: String,
}

/// One errand in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskTicket {
    /// Which.
    pub session: SessionId,
    /// First name, or a letter.
    pub who: Seen,
    /// Why it is here.
    pub reason: DeskReason,
    /// The same in words.
    pub reason_text: String,
    /// When it came.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// Seconds that it waits, or is held.
    pub waited_s: u64,
    /// Language of the person.
    pub language: Language,
}

/// Answer of `GET /desk/api/errands/{session}`: one errand as the desk sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskErrand {
    /// Which.
    pub session: SessionId,
    /// First name, or a letter.
    pub who: Seen,
    /// Language of the person.
    pub language: Language,
    /// Why it is here.
    pub reason: DeskReason,
    /// The same in words.
    pub reason_text: String,
    /// When the person came into the queue.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// Who holds it.
    pub holder: Option<String>,
    /// Whoever asks holds it.
    pub mine: bool,
    /// What was said, oldest first. Words of shops may be in what errand said.
    pub talk: Vec<DeskUtterance>,
    /// What is wanted, from what was searched for.
    pub wants: Vec<Seen>,
    /// What was tried, and why it did not do: a template over facts.
    pub tried: Vec<DeskTried>,
    /// Goal and steps of the plan.
    pub plan: Vec<DeskStep>,
    /// Products last shown. Titles are the shops' words.
    pub products: Vec<DeskProduct>,
    /// The cart. Titles are the shops' words.
    pub cart: Vec<DeskLine>,
    /// What the person is asked at the moment.
    pub open: Option<DeskOpen>,
    /// Orders of this errand.
    pub orders: Vec<DeskOrder>,
    /// What the person agreed to show, for this errand.
    pub allowed: Vec<DeskFact>,
    /// Town of the delivery, if allowed.
    pub town: Option<Seen>,
    /// When it is to come, if allowed.
    pub window: Option<Seen>,
    /// Notes of the desk; the person does not see them.
    pub notes: Vec<DeskNote>,
    /// What could be said, each with the fact behind it. Nothing is sent by itself.
    pub suggestions: Vec<DeskSuggestion>,
}

/// One thing said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskUtterance {
    /// Who.
    pub by: crate::errand::Role,
    /// The words.
    pub text: Seen,
}

/// Something tried, and why it did not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskTried {
    /// What.
    pub what: Seen,
    /// Why not.
    pub why: Seen,
    /// Stable code, for a refusal or a failure.
    pub code: Option<String>,
    /// Names of the rules that refused it.
    pub rules: Vec<String>,
    /// How often.
    pub times: u32,
}

/// One step of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskStep {
    /// What it is.
    pub title: Seen,
    /// Where it stands.
    pub status: StepStatus,
    /// What it found.
    pub found: Option<Seen>,
}

/// One product that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskProduct {
    /// Its number in the list.
    pub n: u32,
    /// Which.
    pub offer: OfferRef,
    /// The shop's name for it.
    pub title: Seen,
    /// The shop.
    pub merchant: MerchantId,
    /// The shop's own name.
    pub merchant_name: Seen,
    /// Price of one piece.
    pub price: Money,
    /// Whether it can be had.
    pub availability: Availability,
}

/// One line of the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskLine {
    /// Which.
    pub offer: OfferRef,
    /// The shop's name for it.
    pub title: Seen,
    /// The shop's own name.
    pub merchant_name: Seen,
    /// Pieces.
    pub quantity: u32,
    /// Price of one piece, where it is known.
    pub price: Option<Money>,
}

/// What the person is asked; never the words of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskOpen {
    /// Which of those shown.
    Choice,
    /// May a shop learn something.
    Consent,
    /// Buy exactly this.
    Approval,
    /// Something that can be undone, by yes or no.
    YesNo,
    /// A question of errand.
    Question,
}

/// An order of this errand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskOrder {
    /// Our name for it.
    pub id: OrderId,
    /// What was bought.
    pub what: Seen,
    /// Where it stands.
    pub state: OrderState,
    /// The shop's number, if allowed.
    pub number: Option<Seen>,
}

/// A note of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskNote {
    /// Who wrote it.
    pub by: String,
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// What.
    pub text: Seen,
}

/// Something that could be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskSuggestion {
    /// The words, to be edited.
    pub text: Seen,
    /// The fact behind it.
    pub evidence: Seen,
}

/// Answer of everything that the desk does to an errand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskDone {
    /// What the person was told of it.
    pub said: Vec<Seen>,
    /// What was refused, with the same reasons that errand itself would get.
    pub refused: Vec<DeskRefusal>,
    /// The errand now; absent once it was handed back.
    pub errand: Option<DeskErrand>,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskRefusal {
    /// Stable code.
    pub code: String,
    /// What.
    pub headline: Seen,
    /// What happened, and what did not.
    pub text: Seen,
    /// Names of the rules.
    pub rules: Vec<String>,
}

/// Body of `POST /desk/api/errands/{session}/take`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskTake {
    /// Why they take it; the person sees it.
    pub why: String,
}

/// Body of `…/act`: a call like any planner's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct DeskCall(pub ToolCall);

/// Body of `…/say`, `…/note` and `…/back`: what is said, noted, or was agreed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskText {
    /// The words.
    pub text: String,
}

/// Body of `…/see`: what the person is asked to show.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskSee {
    /// Which facts.
    pub facts: Vec<DeskFact>,
}

/// Body of `POST /desk/api/here`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskHere {
    /// At the desk, or away from it.
    pub here: bool,
}

/// Body of `POST /api/desk/people`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskPair {
    /// The name that people are shown.
    pub name: String,
}

/// Answer of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeskPaired {
    /// Who.
    pub person: DeskPerson,
    /// Their token; shown once, stored only as a digest.
    pub token: String,
}

impl std::fmt::Debug for DeskPaired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeskPaired({}, <redacted>)", self.person.id)
    }
}

/// One thing that the desk did, as the person is told it: `GET /api/desk/seen`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeskSeenView {
    /// The conversation.
    pub session: SessionId,
    /// When it began.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// When it was last so.
    #[schemars(with = "String")]
    pub until: Timestamp,
    /// Who, when it was somebody at the desk.
    pub person: Option<String>,
    /// In words: `Mara read this errand`.
    pub text: String,
}

/// Answer of `GET /api/desk/stats`: how the desk does, over everything that is in the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeskStats {
    /// Conversations.
    pub conversations: u64,
    /// Conversations in which nobody was asked for or called in.
    pub contained: u64,
    /// The share of them, in thousandths.
    pub containment_permille: u64,
    /// Times that an errand came into the queue.
    pub asked: u64,
    /// Times that somebody asked and nobody was there.
    pub nobody_there: u64,
    /// Times that it was taken over.
    pub taken: u64,
    /// Half of them were taken over within this many seconds.
    pub wait_s_median: Option<u64>,
    /// Nine of ten.
    pub wait_s_p90: Option<u64>,
    /// Times that it was handed back.
    pub handed_back: u64,
    /// Of those, conversations that did not come back to the desk.
    pub resolved: u64,
    /// People who left the queue.
    pub left: u64,
    /// People who sent the person away.
    pub sent_away: u64,
    /// "Did that help?": yes.
    pub helped: u64,
    /// No.
    pub not_helped: u64,
    /// Not answered.
    pub not_said: u64,
}
