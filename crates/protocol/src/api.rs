//! Bodies of the HTTP calls beside the socket. All need `Authorization: Bearer`.

use errand_types::{
    ApprovalId, DataClass, LabelRule, Limits, MerchantId, Money, OrderId, Preference, SessionId,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::errand::{ApprovalOutcome, DisclosureView, OrderView};

/// Body of every error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorBody {
    /// The error.
    pub error: ApiError,
}

/// An error with a stable code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiError {
    /// Stable code: `HTTP-0004`.
    pub code: String,
    /// What happened and what did not.
    pub message: String,
    /// What can be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// A connected shop: answer of `GET /api/merchants` (as a list) and of `POST /api/merchants`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MerchantView {
    /// Our name.
    pub id: MerchantId,
    /// Its own name.
    pub name: String,
    /// Legal name.
    pub legal_name: String,
    /// Where it is.
    pub origin: String,
    /// Protocol and version: `UCP 2026-04-08`.
    pub protocol: String,
    /// What it can do, in words: `search`, `checkout`, `delivery windows`.
    pub can: Vec<String>,
    /// What it cannot: `returns by protocol`.
    pub cannot: Vec<String>,
    /// What it wants to know to deliver.
    pub wants: Vec<DataClass>,
    /// It answers. `None`: not asked lately.
    pub alive: Option<bool>,
    /// Milliseconds of its last answer.
    pub latency_ms: Option<u32>,
}

/// Body of `POST /api/merchants`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMerchant {
    /// Address of the shop.
    pub url: String,
}

/// Answer of `GET /api/doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DoctorView {
    /// No check failed.
    pub ok: bool,
    /// The checks.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Stable word: `shops`.
    pub id: String,
    /// How it is.
    pub state: CheckState,
    /// In words.
    pub detail: String,
    /// What to type.
    pub fix: Option<String>,
}

/// How a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Works.
    Ok,
    /// Not set up, which is fine.
    Off,
    /// Does not work.
    Fail,
}

/// Answer of `GET /api/words`: names of goods as people say them, for a device that hears by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct WordsView {
    /// Lower case, one space between words, 300 at most: kinds of goods, makers, short titles.
    pub names: Vec<String>,
}

/// Answer of `GET /api/profile`: limits, rules and preferences; addresses by their label only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileView {
    /// Name for greetings, if known.
    pub name: Option<String>,
    /// Time zone.
    pub zone: String,
    /// Limits.
    pub limits: Limits,
    /// What may be bought by voice alone.
    pub voice: VoiceLimits,
    /// Rules.
    pub rules: Vec<LabelRule>,
    /// Preferences.
    pub preferences: Vec<Preference>,
    /// Labels of saved addresses, with the street: `Home, Elm Street`.
    pub addresses: Vec<String>,
    /// Ways to pay: `visa ending in 4242`.
    pub wallet: Vec<String>,
}

/// What may be bought by voice alone, at shops that were bought from before and to saved addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VoiceLimits {
    /// One purchase; zero: nothing.
    pub purchase: Money,
    /// Any 24 hours.
    pub day: Money,
}

/// Answer of `GET /api/consents`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsentsView {
    /// Who knows what.
    pub entries: Vec<DisclosureView>,
}

/// One decision in `GET /api/why`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WhyView {
    /// The record.
    pub decision: String,
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// `allow`, `ask` or `deny`.
    pub verdict: String,
    /// What it was about: `Allowed: name and address to Pantry Lane`.
    pub headline: String,
    /// Each reason in words.
    pub reasons: Vec<String>,
    /// What can be done.
    pub remedies: Vec<String>,
    /// Codes of the reasons.
    pub codes: Vec<String>,
}

/// Body of `POST /api/approvals/{id}`.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerApproval {
    /// The two words, `yes` (for a consent) or `no`.
    pub answer: String,
}

impl std::fmt::Debug for AnswerApproval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AnswerApproval(<redacted>)")
    }
}

/// Answer of `POST /api/approvals/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalAnswered {
    /// Which.
    pub id: ApprovalId,
    /// How it stands now.
    pub outcome: ApprovalOutcome,
    /// In words.
    pub text: String,
    /// The order, when the purchase was carried out before this answer.
    pub order: Option<OrderView>,
}

/// Body of `POST /api/orders/{id}/return`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReturnOrderBody {
    /// Why.
    pub reason: String,
}

/// Body of `POST /api/orders/{id}/move`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveOrderBody {
    /// When, in the person's words: `Saturday evening`.
    pub when: String,
}

/// Answer of `POST /api/orders/{id}/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderChanged {
    /// Which.
    pub id: OrderId,
    /// It was done.
    pub done: bool,
    /// In words.
    pub text: String,
    /// The order now.
    pub order: Option<OrderView>,
}

/// Answer of `POST /api/devices/pair`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Paired {
    /// Name of the new device.
    pub device: String,
    /// Its token; shown once, stored only as a digest.
    pub token: String,
}

impl std::fmt::Debug for Paired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Paired({}, <redacted>)", self.device)
    }
}

/// One session in `GET /api/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionBrief {
    /// Which.
    pub id: SessionId,
    /// Its last sentence by the person.
    pub last: Option<String>,
    /// When something last happened.
    #[schemars(with = "String")]
    pub at: Timestamp,
}
