//! Payloads of `errand.*` server events. State events carry the whole state with a growing `revision`, so that a lost
//! one heals itself. Text of shops appears only in fields whose documentation says so.

use errand_types::{
    AgentName, ApprovalId, Availability, CartId, Choice, DataClass, DecisionId, MerchantId, Money,
    OfferRef, OrderId, OrderState, PlanId, Purpose, Rating, SessionId, StepId, StepStatus,
    TotalKind, Window,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything errand adds to the Realtime protocol. Sent only to connections that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
#[expect(
    clippy::large_enum_variant,
    reason = "the frequent ones are the large ones; it is boxed where it is kept"
)]
pub enum ErrandEvent {
    /// A connection took up its session again.
    #[serde(rename = "errand.session.resumed")]
    Resumed(Resumed),
    /// The whole conversation, cart and plan, after a resume that the log no longer reached.
    #[serde(rename = "errand.session.state")]
    State(Box<SessionView>),
    /// A plan was made or changed.
    #[serde(rename = "errand.plan.updated")]
    Plan {
        /// The whole plan.
        plan: PlanView,
    },
    /// Products found.
    #[serde(rename = "errand.products")]
    Products(ProductsView),
    /// Products side by side.
    #[serde(rename = "errand.comparison")]
    Comparison(ComparisonView),
    /// Options of a configurable product.
    #[serde(rename = "errand.configuration")]
    Configuration(ConfigurationView),
    /// A whole put together from parts, or why there is none.
    #[serde(rename = "errand.assembly")]
    Assembly(AssemblyView),
    /// The cart changed.
    #[serde(rename = "errand.cart.updated")]
    Cart {
        /// The whole cart.
        cart: CartView,
    },
    /// The person must answer: a consent, or a purchase.
    #[serde(rename = "errand.approval.required")]
    ApprovalRequired {
        /// What is asked.
        approval: Box<ApprovalView>,
    },
    /// It was answered, ran out, or became void.
    #[serde(rename = "errand.approval.resolved")]
    ApprovalResolved(ApprovalResolved),
    /// Bought. Sent once for each order.
    #[serde(rename = "errand.receipt")]
    Receipt {
        /// The order.
        order: Box<OrderView>,
    },
    /// An order or its delivery changed.
    #[serde(rename = "errand.delivery.updated")]
    Delivery {
        /// The order, whole.
        order: Box<OrderView>,
    },
    /// Orders, on request.
    #[serde(rename = "errand.orders")]
    Orders {
        /// Latest first.
        orders: Vec<OrderView>,
    },
    /// Control moves.
    #[serde(rename = "errand.handoff")]
    Handoff(HandoffView),
    /// A rule changed or stopped something.
    #[serde(rename = "errand.policy.explained")]
    Policy(PolicyView),
    /// Who knows what, now.
    #[serde(rename = "errand.disclosure.updated")]
    Disclosure {
        /// One entry for each shop that knows or will learn something.
        entries: Vec<DisclosureView>,
    },
    /// Something the person should know that is no refusal: a shop that does not answer, a warning of a shop.
    #[serde(rename = "errand.notice")]
    Notice(NoticeView),
    /// Who planned this turn. Sent once for each turn that a language model could have planned.
    #[serde(rename = "errand.planner")]
    Planner(PlannerView),
    /// One short question with answers to tap.
    #[serde(rename = "errand.question")]
    Question {
        /// The question.
        text: String,
        /// Answers to tap, at most three.
        chips: Vec<String>,
    },
}

/// A connection took up its session again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resumed {
    /// The session.
    pub session_id: SessionId,
    /// Last event that the client had.
    pub from_event_id: Option<String>,
    /// Events that follow from the log.
    pub replayed: u64,
    /// The log no longer reaches back; `errand.session.state` follows.
    pub gap: bool,
}

/// Whole state of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionView {
    /// The session.
    pub session_id: SessionId,
    /// What was said, oldest first.
    pub transcript: Vec<Utterance>,
    /// The plan, if there is one.
    pub plan: Option<PlanView>,
    /// Products last shown.
    pub products: Option<ProductsView>,
    /// Comparison last shown.
    pub comparison: Option<ComparisonView>,
    /// The cart.
    pub cart: CartView,
    /// What waits for an answer, without its words: an approval that was open when the connection broke is void.
    pub approval: Option<Box<ApprovalView>>,
    /// Who knows what.
    pub disclosure: Vec<DisclosureView>,
    /// A person at the desk who is waited for or who answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskHandoff>,
}

/// One thing said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Utterance {
    /// `user`, `assistant` or `desk`.
    pub role: Role,
    /// The words.
    pub text: String,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// errand.
    Assistant,
    /// Somebody at the desk.
    Desk,
}

/// A plan as shown: the route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanView {
    /// Which.
    pub id: PlanId,
    /// Grows with each change.
    pub revision: u64,
    /// What the whole is for.
    pub goal: String,
    /// The steps in order.
    pub steps: Vec<StepView>,
}

/// One step of the route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepView {
    /// Which.
    pub id: StepId,
    /// What it is: `Searching three shops`.
    pub title: String,
    /// Who does it.
    pub agent: AgentName,
    /// Where it stands.
    pub status: StepStatus,
    /// What it found: `17 coffees`.
    pub found: Option<String>,
    /// Parts that run side by side: one for each shop asked.
    pub parts: Vec<PartView>,
}

/// One part of a step: a shop that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartView {
    /// Its name: the shop.
    pub name: String,
    /// Where it stands.
    pub status: StepStatus,
    /// What it found, or why not: `11 coffees`, `no answer, 3.0 s`.
    pub found: Option<String>,
}

/// Products found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductsView {
    /// Names this result.
    pub query_id: String,
    /// What was looked for.
    pub what: String,
    /// How they are ordered, in words: `by how well they fit; not paid for`.
    pub ordered_by: String,
    /// The products in order.
    pub items: Vec<ProductCard>,
    /// How many more fit and are not shown.
    pub more: u32,
    /// What was left out and why.
    pub excluded: Option<ExcludedView>,
}

/// One product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductCard {
    /// Its number in the list, from 1: "the second one".
    pub n: u32,
    /// Which.
    pub offer: OfferRef,
    /// The shop's name for it.
    pub title: String,
    /// Name of the variant, when there are several.
    pub variant: Option<String>,
    /// Brand.
    pub brand: Option<String>,
    /// The shop.
    pub merchant: MerchantId,
    /// The shop's own name.
    pub merchant_name: String,
    /// Price of one piece.
    pub price: Money,
    /// Pieces asked for.
    pub quantity: u32,
    /// Price of all pieces asked for.
    pub price_all: Money,
    /// Price per unit in words: `$3.29 per 100 g`.
    pub unit_price: Option<String>,
    /// Stars.
    pub rating: Option<Rating>,
    /// Whether it can be had.
    pub availability: Availability,
    /// First delivery that fits, as the shop offers it now.
    pub first_delivery: Option<Window>,
    /// That delivery in words: `Sat 28 Nov, 8 to 10`.
    pub delivery_text: Option<String>,
    /// What is confirmed and by whom: `fair trade: in the register`.
    pub evidence: Vec<String>,
    /// Why it is here, best reason first.
    pub reasons: Vec<String>,
    /// The same thing in other shops: `also at Volt & Wire for $3.00 more`.
    #[serde(default)]
    pub also: Vec<String>,
    /// What distinguishes it in a few words: `Ethiopia · 340 g`.
    pub detail: Option<String>,
    /// Drawing to show.
    pub drawing: DrawingView,
    /// It has options to choose.
    pub configurable: bool,
}

/// Our own drawing of a kind of thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DrawingView {
    /// Kind: `coffee`, `desk`; unknown kinds are drawn as a parcel.
    pub kind: String,
    /// Colour word: `terracotta`.
    pub colour: String,
    /// Shape number, 0 to 2.
    pub shape: u8,
}

/// What was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExcludedView {
    /// How many.
    pub total: u32,
    /// In words: `I left out 14: 6 certificates not confirmed, 5 over $15.00, 3 cannot come on Saturday`.
    pub text: String,
    /// By cause.
    pub parts: Vec<ExcludedPart>,
    /// Each one with its reason, at most 60.
    pub items: Vec<ExcludedItem>,
}

/// One cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExcludedPart {
    /// Stable word: `price`, `label`, `delivery`.
    pub cause: String,
    /// How many.
    pub count: u32,
}

/// One product left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExcludedItem {
    /// The shop's name for it.
    pub title: String,
    /// The shop's own name.
    pub merchant_name: String,
    /// Why.
    pub text: String,
}

/// Products side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComparisonView {
    /// Names this comparison.
    pub id: String,
    /// Columns, those that the person named first.
    pub criteria: Vec<CriterionView>,
    /// Rows.
    pub rows: Vec<ComparisonRow>,
    /// Which one is recommended.
    pub recommended: Option<OfferRef>,
    /// The recommendation with its reason, at most two sentences.
    pub text: String,
    /// The same for the ear.
    pub spoken: String,
    /// What was left out.
    pub excluded: Option<ExcludedView>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CriterionView {
    /// Stable word: `price`.
    pub key: String,
    /// Heading: `Per bag`.
    pub label: String,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComparisonRow {
    /// The product.
    pub card: ProductCard,
    /// One value for each column.
    pub values: Vec<ValueView>,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ValueView {
    /// In words.
    pub text: String,
    /// What it is best in: `Lowest`, `Highest`.
    pub best: Option<String>,
}

/// Options of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigurationView {
    /// The product, with the price of the present choices.
    pub card: ProductCard,
    /// All options.
    pub options: Vec<OptionView>,
    /// The present choices, complete.
    pub choices: Vec<Choice>,
    /// What stands in the way of what was asked, when it does.
    pub conflict: Option<String>,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OptionView {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<OptionValueView>,
}

/// One value of an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OptionValueView {
    /// Its label.
    pub label: String,
    /// It is chosen.
    pub chosen: bool,
    /// Why it cannot be chosen now, and the way out.
    pub impossible: Option<String>,
    /// What choosing it would change.
    pub delta: Money,
}

/// A whole put together from parts of shops, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AssemblyView {
    /// What it is: `computer`.
    pub what: String,
    /// Its parts in their order; empty when there is none.
    pub parts: Vec<AssemblyPartView>,
    /// What the parts cost together, before delivery and tax.
    pub price: Option<Money>,
    /// The person's limit.
    pub price_max: Option<Money>,
    /// What was wished, in words.
    pub wishes: Vec<String>,
    /// Nothing better exists among what the shops answered.
    pub exact: bool,
    /// Wishes that cannot hold together, when there is none.
    pub conflict: Vec<String>,
    /// What to give up, and what it costs then.
    pub give_up: Vec<String>,
}

/// One part of a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AssemblyPartView {
    /// What it is in the whole: `processor`.
    pub slot: String,
    /// Which.
    pub offer: OfferRef,
    /// The shop's name for it.
    pub title: String,
    /// The shop's own name.
    pub merchant_name: String,
    /// Its price.
    pub price: Money,
    /// Why it is another than before, when it is.
    pub changed: Option<String>,
}

/// The cart, by shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CartView {
    /// Which.
    pub id: CartId,
    /// Grows with each change.
    pub revision: u64,
    /// One group for each shop: each is its own payment.
    pub groups: Vec<CartGroup>,
    /// Sum of all groups before delivery and tax; absent when empty.
    pub subtotal: Option<Money>,
    /// When it should arrive, in words.
    pub wish: Option<String>,
}

/// Lines of one shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CartGroup {
    /// The shop.
    pub merchant: MerchantId,
    /// The shop's own name.
    pub merchant_name: String,
    /// Its lines.
    pub lines: Vec<LineView>,
    /// Their sum before delivery and tax.
    pub subtotal: Money,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineView {
    /// Which, where it is still known.
    pub offer: Option<OfferRef>,
    /// The shop's name for it.
    pub title: String,
    /// Pieces.
    pub quantity: u32,
    /// Price of one piece.
    pub unit_price: Option<Money>,
    /// Price of the line.
    pub total: Option<Money>,
}

/// What the person is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalView {
    /// Which.
    pub id: ApprovalId,
    /// Consent to share data, or a purchase.
    pub kind: ApprovalKind,
    /// The question in one sentence.
    pub summary: String,
    /// Amount, for a purchase.
    pub amount: Option<Money>,
    /// Who gets the money or the data.
    pub payee: PayeeView,
    /// What, for a purchase.
    pub lines: Vec<LineView>,
    /// The shop's sums in its order and words: delivery, tax, discounts.
    pub totals: Vec<TotalView>,
    /// When it comes.
    pub delivery: Option<Window>,
    /// The same in words: `Saturday 28 November, 8 to 10`, or how sure it is.
    pub delivery_text: Option<String>,
    /// Where it goes: the person's word and the street only.
    pub destination: Option<String>,
    /// How it is paid: `visa ending in 4242`.
    pub instrument: Option<String>,
    /// What the shop learns.
    pub discloses: Vec<DataClass>,
    /// The same in words: `Your name and address, for this delivery. Not your e-mail or phone.`
    pub discloses_text: String,
    /// For what.
    pub purpose: Option<Purpose>,
    /// Warnings of the shop that must be read, in its own words.
    pub disclosures: Vec<String>,
    /// Revision of the cart that it is bound to.
    pub cart_revision: u64,
    /// Level of proof that is asked: 10 for a consent, 30 for two words that are spoken, 35 for two on a screen.
    pub level: u8,
    /// Where it is answered. An older runtime knows screens alone.
    #[serde(rename = "where", default)]
    pub place: ApprovalPlace,
    /// Why it was asked aloud and is answered on a screen all the same, in words: `$25.90 is over the $20.00 that you
    /// let me take by voice`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_page: Option<String>,
    /// The two words to type, or to say where `where` is `voice`. Present only on the live connection of an enrolled
    /// screen, or where they may be spoken; never in a log, a record or a replay. In a conversation that is held aloud
    /// the words of a question for the screen are read over HTTP alone: `GET /api/approvals/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Tries left.
    pub tries_left: u8,
    /// Limits and what this would use of them.
    pub limits: Vec<LimitView>,
    /// When the question was put.
    #[schemars(with = "String")]
    pub asked_at: Timestamp,
    /// When it runs out.
    #[schemars(with = "String")]
    pub expires_at: Timestamp,
}

/// Where a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalPlace {
    /// On an enrolled screen: the page, a terminal. Nothing that is spoken answers it, but a no.
    #[default]
    Page,
    /// Aloud, in the conversation; on a screen as well.
    Voice,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// May this shop learn that.
    Consent,
    /// Buy exactly this.
    Purchase,
}

/// Who gets the money or the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayeeView {
    /// Our name.
    pub merchant: MerchantId,
    /// The shop's own name.
    pub name: String,
    /// The legal name.
    pub legal_name: String,
    /// How often was bought here.
    pub bought_before: u32,
}

/// One of the shop's sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TotalView {
    /// Kind.
    pub kind: TotalKind,
    /// The shop's label.
    pub label: String,
    /// Signed amount.
    pub amount: Money,
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LimitView {
    /// `This purchase`, `Today`, `November`.
    pub name: String,
    /// Used, this purchase included.
    pub used: Money,
    /// The limit.
    pub max: Money,
}

/// An answered question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalResolved {
    /// Which.
    pub id: ApprovalId,
    /// How it ended.
    pub outcome: ApprovalOutcome,
    /// In words: `Approved by two words`, `Expired, nothing was bought`.
    pub text: String,
    /// Tries left, when it stays open.
    pub tries_left: Option<u8>,
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalOutcome {
    /// Yes.
    Granted,
    /// No.
    Refused,
    /// Time ran out.
    Expired,
    /// What it was about changed.
    Void,
    /// Those were not the words; it stays open.
    Wrong,
    /// Too many wrong tries.
    Locked,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderView {
    /// Our name.
    pub id: OrderId,
    /// The shop's number.
    pub number: String,
    /// The shop.
    pub merchant: MerchantId,
    /// The shop's own name.
    pub merchant_name: String,
    /// What was bought.
    pub lines: Vec<LineView>,
    /// The sums.
    pub totals: Vec<TotalView>,
    /// What was paid.
    pub total: Money,
    /// Where it stands.
    pub state: OrderState,
    /// The same in words: `packed, leaves tomorrow`.
    pub state_text: String,
    /// When it comes.
    pub delivery: Option<Window>,
    /// The same in words, truthful about how sure it is: `booked`, `estimated`.
    pub delivery_text: Option<String>,
    /// Until when it can be cancelled for free.
    #[schemars(with = "Option<String>")]
    pub cancel_until: Option<Timestamp>,
    /// Until when it can be sent back.
    #[schemars(with = "Option<String>")]
    pub return_until: Option<Timestamp>,
    /// What happened, oldest first, in words with times.
    pub events: Vec<OrderEventView>,
    /// Money given back.
    pub refunded: Option<Money>,
    /// How it was approved: `by two words`.
    pub approved_by: Option<String>,
    /// When it was placed.
    #[schemars(with = "String")]
    pub placed_at: Timestamp,
    /// Drawing of the first line.
    pub drawing: DrawingView,
}

/// One event of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderEventView {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// In words.
    pub text: String,
}

/// Control moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandoffView {
    /// From whom.
    pub from: AgentName,
    /// To whom; `human` for a person, `shop` for a page of the shop.
    pub to: AgentName,
    /// `agent`, `human` or `shop`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// Where to go on, for a page of the shop.
    pub url: Option<String>,
    /// Host of that address, shown before it is opened.
    pub host: Option<String>,
    /// How it stands with the desk, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskHandoff>,
}

/// How it stands with a person at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeskHandoff {
    /// Where it stands.
    pub state: DeskState,
    /// Who answers.
    pub person: Option<String>,
    /// Place in the queue, from 1.
    pub place: Option<u32>,
    /// What they see, in words.
    pub sees: Vec<String>,
    /// The same in whole sentences.
    pub text: String,
    /// What can be said now: `leave the queue`.
    pub chips: Vec<String>,
}

/// Where a hand-over to a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskState {
    /// In the queue.
    Waiting,
    /// Nobody is there; errand goes on.
    Closed,
    /// A person answers.
    Taken,
    /// The person left the queue.
    Left,
    /// The person sent them away.
    SentAway,
    /// Handed back.
    Back,
}

/// A rule changed or stopped something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyView {
    /// The decision record.
    pub decision_id: Option<DecisionId>,
    /// `allow`, `ask` or `deny`.
    pub decision: String,
    /// Stable code of the hardest reason.
    pub code: String,
    /// What, with the fact of money: `Over your limit, not bought`.
    pub headline: String,
    /// What happened, with numbers.
    pub text: String,
    /// What did not happen.
    pub not: String,
    /// What can be done, safest first.
    pub remedies: Vec<String>,
    /// Names of the rules.
    pub rules: Vec<String>,
    /// What it is about.
    pub about: String,
}

/// What one shop knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DisclosureView {
    /// The shop.
    pub merchant: MerchantId,
    /// Its own name.
    pub merchant_name: String,
    /// What it knows, in the person's words: `your name`, `“coffee beans”`.
    pub knows: Vec<String>,
    /// For what, in words.
    pub purpose: String,
    /// It will learn this if the person agrees; it does not know it yet.
    pub pending: bool,
    /// The consent was withdrawn; what it learned before it may still hold.
    pub withdrawn: bool,
}

/// Something the person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeView {
    /// `info`, `ask` (needs you or unknown), `no` (failed), `ok`.
    pub tone: String,
    /// Stable code.
    pub code: String,
    /// What, in a few words.
    pub headline: String,
    /// What happened and what did not.
    pub text: String,
    /// What can be done.
    pub actions: Vec<String>,
}

/// Who planned a turn, and what that took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannerView {
    /// Name of the planner whose proposal was taken: that of the language model, or `offline`.
    pub planner: String,
    /// Why it was not the language model; absent when it was.
    pub fallback: Option<PlannerFallback>,
    /// Requests that were sent to the language model.
    pub requests: u32,
    /// Tokens of its prompts.
    pub tokens_in: u64,
    /// Tokens of its answers.
    pub tokens_out: u64,
    /// What that cost, in millionths of a unit of the currency that its prices are configured in; 0 where none are.
    pub cost_micros: u64,
    /// Milliseconds that the language model was waited for.
    pub waited_ms: u64,
}

/// Why a language model did not plan a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannerFallback {
    /// `too_slow`, `unreachable`, `busy`, `unreadable`, `refused`, `unfounded`, `idle`, `over_budget`, `resting` or `private`.
    pub reason: String,
    /// The same in a sentence. Nothing that the model or its server wrote is in it.
    pub text: String,
}
