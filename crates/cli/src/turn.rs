use errand_protocol::errand::{
    ApprovalOutcome, ApprovalResolved, ApprovalView, AssemblyView, CartView, ComparisonView,
    ConfigurationView, DeskState, ErrandEvent, ExcludedView, HandoffView, NoticeView, OrderView,
    PlanView, PolicyView, ProductsView, SessionView,
};
use errand_types::StepStatus;
use serde::Deserialize;
use serde_json::Value;

use crate::fault::Exit;

/// Notice of a payment whose outcome is not known.
const OUTCOME_UNKNOWN: &str = "PAY-0002";
/// The same item again: it was heard the first time.
const DUPLICATE_ITEM: &str = "item_create_duplicate_item_id";

/// One thing that a face shows, in the order in which it came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Beat {
    /// The connection has its session.
    Session,
    /// What was missed has been told again; `true`: not all of it, the whole state follows.
    Resumed(bool),
    /// A response began.
    Started,
    /// The route.
    Plan(PlanView),
    /// Products.
    Products(ProductsView),
    /// Products side by side.
    Comparison(ComparisonView),
    /// Options.
    Configuration(Box<ConfigurationView>),
    /// A whole from parts.
    Assembly(Box<AssemblyView>),
    /// The cart.
    Cart(CartView),
    /// The person must answer.
    Approval(Box<ApprovalView>),
    /// It was answered.
    Resolved(ApprovalResolved),
    /// Bought.
    Receipt(Box<OrderView>),
    /// An order changed.
    Delivery(Box<OrderView>),
    /// Orders.
    Orders(Vec<OrderView>),
    /// Control moves.
    Handoff(HandoffView),
    /// A rule said something.
    Policy(PolicyView),
    /// Something to know.
    Notice(NoticeView),
    /// A short question.
    Question(String, Vec<String>),
    /// Whole sentences.
    Say(String),
    /// The whole state, after a gap.
    State(Box<SessionView>),
    /// The response is over.
    Over(Ended),
    /// A request of ours failed.
    Refused(String),
}

/// How a response ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Answered.
    Completed,
    /// Stopped.
    Cancelled,
    /// A fault.
    Failed,
}

/// What the whole came to, in the words of `--json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Answered.
    Answered,
    /// Bought.
    Bought,
    /// An approval is open.
    ApprovalRequired,
    /// A rule said no.
    Refused,
    /// A question is open.
    Question,
    /// It did not work.
    Failed,
    /// The outcome of a payment is unknown.
    Unknown,
}

/// Everything heard in one turn.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent things that may have been heard"
)]
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    /// The session, once known.
    pub(crate) session: Option<String>,
    /// A person is waited for, or answers.
    pub(crate) with_desk: bool,
    /// Last event, to resume from.
    pub(crate) last_event: Option<String>,
    /// Sentences.
    pub(crate) texts: Vec<String>,
    /// The route.
    pub(crate) plan: Option<PlanView>,
    /// Products last shown.
    pub(crate) products: Option<ProductsView>,
    /// Comparison last shown.
    pub(crate) comparison: Option<ComparisonView>,
    /// The cart.
    pub(crate) cart: Option<CartView>,
    /// The open approval.
    pub(crate) approval: Option<Box<ApprovalView>>,
    /// It was put in this turn.
    pub(crate) is_put: bool,
    /// Orders placed in this turn.
    pub(crate) receipts: Vec<OrderView>,
    /// Refusals.
    pub(crate) refusals: Vec<PolicyView>,
    /// Records of decisions.
    pub(crate) decisions: Vec<String>,
    /// The open question.
    pub(crate) question: Option<String>,
    /// How it ended.
    pub(crate) ended: Option<Ended>,
    /// Products were shown in this turn.
    carded: bool,
    /// Titles of the parts of a whole that were drawn.
    parts: Vec<String>,
    unknown: bool,
    changed: bool,
    no_shop: bool,
    response: Option<String>,
}

impl Heard {
    /// Whether a sentence says what the box of the approval that was put in this turn shows, and nothing else.
    pub(crate) fn is_in_the_box(&self, text: &str) -> bool {
        let words = self.approval.as_ref().and_then(|a| a.words.as_deref());
        self.is_put && words.is_some_and(|words| text.contains(words))
    }

    /// Forgets the last turn; what lasts (session, what was shown, an open approval) stays.
    pub(crate) fn next_turn(&mut self) {
        *self = Self {
            session: self.session.take(),
            last_event: self.last_event.take(),
            products: self.products.take(),
            comparison: self.comparison.take(),
            cart: self.cart.take(),
            approval: self.approval.take(),
            with_desk: self.with_desk,
            ..Self::default()
        };
    }

    /// What was left out of the last answer.
    pub(crate) fn excluded(&self) -> Option<&ExcludedView> {
        let compared = self.comparison.as_ref().and_then(|c| c.excluded.as_ref());
        compared.or_else(|| self.products.as_ref().and_then(|p| p.excluded.as_ref()))
    }

    /// Takes one event in. `None`: nothing to show.
    pub(crate) fn hear(&mut self, event: &Value) -> Option<Beat> {
        if let Some(id) = event.get("event_id").and_then(Value::as_str) {
            self.last_event = Some(id.to_owned());
        }
        let kind = event.get("type")?.as_str()?;
        let text = |path: &str| {
            event
                .pointer(path)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        match kind {
            "session.created" => {
                self.session = text("/session/id").or_else(|| self.session.take());
                Some(Beat::Session)
            }
            "response.created" => {
                self.response = text("/response/id");
                Some(Beat::Started)
            }
            "response.output_text.done" => {
                let said = text("/text").filter(|t| !t.trim().is_empty())?;
                self.texts.push(said.clone());
                Some(Beat::Say(said))
            }
            "response.done" => {
                let is_ours = self.response.is_none() || text("/response/id") == self.response;
                let ended = match text("/response/status").as_deref() {
                    Some("completed") => Ended::Completed,
                    Some("cancelled") => Ended::Cancelled,
                    _ => Ended::Failed,
                };
                is_ours.then(|| {
                    self.ended = Some(ended);
                    Beat::Over(ended)
                })
            }
            "error" => {
                let is_harmless = text("/error/code").as_deref() == Some(DUPLICATE_ITEM);
                let message =
                    text("/error/message").unwrap_or_else(|| "the request was refused".to_owned());
                (!is_harmless).then_some(Beat::Refused(message))
            }
            errand if errand.starts_with("errand.") => {
                // A newer runtime may say more than this client knows.
                ErrandEvent::deserialize(event)
                    .ok()
                    .and_then(|e| self.errand(e))
            }
            _ => None,
        }
    }

    fn errand(&mut self, event: ErrandEvent) -> Option<Beat> {
        Some(match event {
            ErrandEvent::Disclosure { .. } | ErrandEvent::Planner(_) => return None,
            ErrandEvent::Resumed(resumed) => Beat::Resumed(resumed.gap),
            ErrandEvent::State(view) => {
                self.products.clone_from(&view.products);
                self.comparison.clone_from(&view.comparison);
                self.cart = Some(view.cart.clone());
                self.with_desk = view.desk.is_some();
                Beat::State(view)
            }
            ErrandEvent::Plan { plan } => {
                self.plan = Some(plan.clone());
                Beat::Plan(plan)
            }
            ErrandEvent::Products(products) => {
                self.products = Some(products.clone());
                self.carded = true;
                self.comparison = None;
                Beat::Products(products)
            }
            ErrandEvent::Comparison(comparison) => {
                self.comparison = Some(comparison.clone());
                self.carded = true;
                Beat::Comparison(comparison)
            }
            ErrandEvent::Configuration(view) => Beat::Configuration(Box::new(view)),
            ErrandEvent::Assembly(view) => {
                self.carded = true;
                self.parts = view.parts.iter().map(|p| p.title.clone()).collect();
                Beat::Assembly(Box::new(view))
            }
            ErrandEvent::Cart { cart } => {
                self.cart = Some(cart.clone());
                Beat::Cart(cart)
            }
            ErrandEvent::ApprovalRequired { approval } => {
                self.approval = Some(approval.clone());
                self.is_put = true;
                Beat::Approval(approval)
            }
            ErrandEvent::ApprovalResolved(resolved) => {
                self.resolve(&resolved);
                Beat::Resolved(resolved)
            }
            ErrandEvent::Receipt { order } => {
                self.receipts.push((*order).clone());
                Beat::Receipt(order)
            }
            ErrandEvent::Delivery { order } => Beat::Delivery(order),
            ErrandEvent::Orders { orders } => Beat::Orders(orders),
            ErrandEvent::Handoff(view) => {
                if let Some(desk) = &view.desk {
                    self.with_desk = matches!(desk.state, DeskState::Waiting | DeskState::Taken);
                }
                Beat::Handoff(view)
            }
            ErrandEvent::Policy(view) => {
                self.decisions
                    .extend(view.decision_id.as_ref().map(ToString::to_string));
                if view.decision == "deny" {
                    self.refusals.push(view.clone());
                }
                Beat::Policy(view)
            }
            ErrandEvent::Notice(view) => {
                self.unknown |= view.code == OUTCOME_UNKNOWN;
                self.no_shop |= view.tone == "no" && view.code.starts_with("SHOP-");
                Beat::Notice(view)
            }
            ErrandEvent::Question { text, chips } => {
                self.question = Some(text.clone());
                Beat::Question(text, chips)
            }
        })
    }

    fn resolve(&mut self, resolved: &ApprovalResolved) {
        let stays = resolved.outcome == ApprovalOutcome::Wrong;
        if let Some(open) = self.approval.as_mut().filter(|a| a.id == resolved.id) {
            if stays {
                open.tries_left = resolved.tries_left.unwrap_or(open.tries_left);
            } else {
                self.approval = None;
            }
        }
        self.changed |= resolved.outcome == ApprovalOutcome::Void;
    }

    /// A sentence without what the table above it already shows: errand says the list again for faces that draw none.
    pub(crate) fn not_repeated(&self, text: &str) -> String {
        if !self.carded {
            return text.to_owned();
        }
        let compared = self
            .comparison
            .iter()
            .flat_map(|c| c.rows.iter().map(|r| &r.card));
        let titles: Vec<&str> = compared
            .chain(self.products.iter().flat_map(|p| &p.items))
            .map(|card| card.title.as_str())
            .collect();
        let is_row = |line: &&str| {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            let rest = rest.strip_prefix(". ").filter(|_| rest.len() < line.len());
            rest.is_some_and(|rest| {
                titles.iter().any(|t| rest.starts_with(t))
                    || self.parts.iter().any(|t| rest.contains(t.as_str()))
            })
        };
        let mut kept = text
            .lines()
            .filter(|l| !is_row(l))
            .collect::<Vec<_>>()
            .join("\n");
        if let Some(excluded) = self.excluded().filter(|e| !e.text.is_empty()) {
            kept = kept
                .replace(&format!("{}.", excluded.text), "")
                .replace(&excluded.text, "");
        }
        let lines = kept.lines().map(|l| l.trim_end().replace("  ", " "));
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// What it came to and how the process ends. The fact of money goes first.
    pub(crate) fn outcome(&self) -> (Outcome, Exit) {
        let showed = self.products.is_some() || self.comparison.is_some();
        let search_failed = self.plan.as_ref().is_some_and(|p| {
            p.steps
                .iter()
                .any(|s| s.status == StepStatus::Failed && !s.parts.is_empty())
        });
        if self.unknown && self.receipts.is_empty() {
            (Outcome::Unknown, Exit::Unknown)
        } else if self.approval.is_some() {
            (Outcome::ApprovalRequired, Exit::Approval)
        } else if !self.receipts.is_empty() {
            (Outcome::Bought, Exit::Done)
        } else if self.ended == Some(Ended::Cancelled) {
            (Outcome::Failed, Exit::Interrupted)
        } else if self.ended == Some(Ended::Failed) || self.ended.is_none() {
            (Outcome::Failed, Exit::Fault)
        } else if self.changed {
            (Outcome::Failed, Exit::Changed)
        } else if !self.refusals.is_empty() && !showed {
            (Outcome::Refused, Exit::Refused)
        } else if self.question.is_some() {
            (Outcome::Question, Exit::Question)
        } else if (self.no_shop || search_failed) && !showed {
            (Outcome::Failed, Exit::NoShop)
        } else {
            (Outcome::Answered, Exit::Done)
        }
    }
}

/// Takes the two words out of a sentence: they belong on an enrolled screen with somebody before it.
pub(crate) fn without_words(text: &str, words: Option<&str>) -> String {
    match words {
        Some(words) if !words.is_empty() => text.replace(words, "(two words)"),
        _ => text.to_owned(),
    }
}
