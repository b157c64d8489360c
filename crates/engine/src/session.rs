use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use errand_model::Thought;
use errand_protocol::desk::DeskFact;
use errand_protocol::errand::{ExcludedView, PartView, Role, Utterance};
use errand_types::limits::HANDOFF_DEPTH_MAX;
use errand_types::{
    AgentName, ApprovalId, By, CallId, Cart, CartId, Choice, DeliveryTerms, ForeignId, MerchantId,
    Money, Need, OfferRef, OrderId, Plan, Product, PurchaseId, ReminderId, SessionId, StepId, Text,
    ToolCall, UserId, Variant, Way, Window, Wish,
};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::assembly::{Assembled, Gathering, PartSearch};
use crate::care::Care;
use crate::ctx::Ctx;
use crate::desk::Desk;
use crate::effect::Effect;
use crate::facts::Actor;
use crate::guide::Tour;
use crate::input::Input;
use crate::outbox::Outbox;
use crate::purchase::Purchase;
use crate::search::Searching;

/// Utterances kept in the session's own state; the journal has them all.
pub const TRANSCRIPT_MAX: usize = 60;
/// Products kept: those shown, those in the cart and a few more.
const KNOWN_MAX: usize = 48;
/// Cart states kept for undo.
const UNDO_MAX: usize = 10;
/// Tool calls of one turn.
pub(crate) const CALLS_PER_TURN: u32 = 40;

/// One conversation of one person. Serialisable; everything that happens to it goes through [`Session::step`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// The person.
    pub user: UserId,
    /// The agent that the person talks with.
    pub agent: AgentName,
    /// Hand-offs between the person and that agent.
    pub depth: u8,
    /// What was said, the last of it. Like `known` and `results` it is left out when the session is written down: whoever
    /// keeps sessions writes down what is new of it.
    #[serde(default, skip_serializing)]
    pub transcript: VecDeque<Utterance>,
    /// How much was said since the beginning.
    #[serde(default)]
    pub uttered: u64,
    /// Products that were shown here or lie in the cart. Left out when the session is written down: products are large
    /// and change seldom, so whoever keeps sessions keeps them apart, each once, and puts them back.
    #[serde(skip)]
    pub known: BTreeMap<OfferRef, Arc<Known>>,
    /// What was last found.
    #[serde(default, skip_serializing, deserialize_with = "shared")]
    pub results: Vec<Arc<Results>>,
    /// Products as last listed to the person, in order.
    pub shown: Vec<OfferRef>,
    /// What the talk is about.
    pub focus: Option<OfferRef>,
    /// The configurable product at hand, with its choices.
    pub configuring: Option<(OfferRef, Vec<Choice>)>,
    /// The whole that was put together last.
    #[serde(default)]
    pub assembled: Option<Assembled>,
    /// The cart.
    pub cart: Cart,
    /// Earlier carts, latest last.
    pub undo: Vec<Cart>,
    /// When the things in the cart should arrive.
    pub wish: Option<Wish>,
    /// Highest sum for everything.
    pub total_max: Option<Money>,
    /// What shops told about their delivery in this session.
    #[serde(default)]
    pub terms: BTreeMap<MerchantId, DeliveryTerms>,
    /// The errand under way.
    pub run: Option<PlanRun>,
    /// Purchases that are not over, and the last few that are.
    pub purchases: Vec<Purchase>,
    /// What waits for the person.
    pub open: Option<OpenQuestion>,
    /// How the person's last sentence was heard, and how its answer is told.
    #[serde(default)]
    pub way: Way,
    /// Turns in a row in which nothing was understood.
    pub lost: u8,
    /// Deeds under way. After a crash they are gone; the purchases know how to go on.
    #[serde(skip)]
    pub(crate) waiting: BTreeMap<CallId, Waiting>,
    /// Parts of a whole that shops are being asked for.
    #[serde(skip)]
    pub(crate) gathering: Option<Box<Gathering>>,
    /// The turn under way.
    #[serde(skip)]
    pub(crate) turn: Option<u64>,
    /// Calls used in this turn.
    #[serde(skip)]
    pub(crate) calls: u32,
    /// Calls of this turn that wait for its searches, and whether a stranger's text is behind them.
    #[serde(skip)]
    pub(crate) after_search: (Vec<ToolCall>, bool),
    /// Something was said to the person in this turn.
    #[serde(skip)]
    pub(crate) answered: bool,
    /// The tour, while it goes on.
    #[serde(default)]
    pub tour: Option<Tour>,
    /// Orders that are looked after.
    #[serde(default)]
    pub care: Care,
    /// Reminders that were told here: one that was told elsewhere, where perhaps nobody heard, is told again.
    #[serde(default)]
    pub reminded: Vec<ReminderId>,
    /// How it stands with a person at the desk.
    #[serde(default)]
    pub desk: Desk,
    /// This turn is an act of the desk: it is the desk that the gate is asked about.
    #[serde(skip)]
    pub(crate) by_desk: bool,
    /// What this turn says tells of more than this errand.
    #[serde(skip)]
    pub(crate) private_answer: bool,
    /// Others in the room do not hear it.
    #[serde(skip)]
    pub(crate) private_aloud: bool,
    /// The sentence of this turn corrects something.
    #[serde(skip)]
    pub(crate) corrects: bool,
    /// When the turn under way began.
    #[serde(skip)]
    pub(crate) began: Option<Timestamp>,
}

/// A product that a shop showed in this session, with the variant that was meant.
///
/// A journal of earlier versions holds it without the product, and it is read back as `Known<()>`: see [`Known::of`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known<P = Arc<Product>> {
    /// The product.
    #[serde(skip)]
    pub product: P,
    /// The variant.
    pub variant: Variant,
    /// What was wanted when it was found.
    pub need: Option<Box<Need>>,
    /// What is confirmed, in words.
    pub confirmed: Vec<String>,
    /// Why it was shown.
    pub reasons: Vec<String>,
    /// First delivery that fits.
    pub delivery: Option<Window>,
    /// What that delivery, or the standard one, costs as far as the shop told.
    #[serde(default)]
    pub delivery_cost: Option<Money>,
    /// The same thing in other shops, cheapest first.
    #[serde(default)]
    pub also: Vec<AlsoAt>,
    /// Chosen options, complete.
    pub choices: Vec<Choice>,
    /// Those of them that the person named. The others may change when one of these does.
    #[serde(default)]
    pub named: Vec<Choice>,
}

/// The same thing in another shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlsoAt {
    /// The offer there.
    pub offer: OfferRef,
    /// What it costs more, negative when less; `None` where that cannot be said.
    pub more: Option<Money>,
    /// The delivery is in that difference; otherwise it is the price on the shelf.
    pub with_delivery: bool,
}

/// What one search brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// Names it.
    pub id: String,
    /// The step that it belongs to.
    pub step: Option<StepId>,
    /// What was wanted.
    pub need: Need,
    /// What fits, best first.
    pub offers: Vec<OfferRef>,
    /// How many of them were shown so far.
    pub shown: usize,
    /// The person was told that nothing fits.
    #[serde(default)]
    pub told: bool,
    /// What does not, and why.
    pub excluded: Option<ExcludedView>,
    /// The nearest thing when nothing fits.
    pub nearest: Option<(OfferRef, String)>,
}

/// Of an older journal, where they stand in the session itself.
fn shared<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Arc<Results>>, D::Error> {
    let results = Vec::<Results>::deserialize(from)?;
    Ok(results.into_iter().map(Arc::new).collect())
}

/// A plan under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanRun {
    /// The plan.
    pub plan: Plan,
    /// The calls of its steps.
    pub calls: BTreeMap<StepId, ToolCall>,
    /// Parts of steps that run side by side.
    pub parts: BTreeMap<StepId, Vec<PartView>>,
    /// The plan came from a stranger's text.
    pub tainted: bool,
}

impl PlanRun {
    /// A step and everything that it needs, directly or through other steps.
    pub(crate) fn needed_by<'a>(&'a self, step: &'a StepId) -> Vec<&'a StepId> {
        let mut wanted: Vec<&StepId> = vec![step];
        for _ in 0..self.plan.steps.len() {
            let more: Vec<&StepId> = wanted
                .iter()
                .filter_map(|id| self.plan.step(id))
                .flat_map(|s| s.needs.iter())
                .filter(|id| !wanted.contains(id))
                .collect();
            if more.is_empty() {
                break;
            }
            wanted.extend(more);
        }
        wanted
    }
}

/// What waits for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenQuestion {
    /// Which one of those shown.
    Choose,
    /// May a shop learn something.
    Consent {
        /// The purchase that needs it.
        purchase: PurchaseId,
        /// The question.
        approval: ApprovalId,
    },
    /// Buy exactly this.
    Purchase {
        /// The purchase.
        purchase: PurchaseId,
        /// The question.
        approval: ApprovalId,
    },
    /// Cancel that order.
    CancelOrder(OrderId),
    /// Send that order back.
    ReturnOrder(OrderId, Text<200>),
    /// Move that delivery, which was found to be free.
    MoveOrder {
        /// The order.
        order: OrderId,
        /// The window.
        slot: ForeignId,
        /// In words.
        said: String,
    },
    /// A question of the planner.
    Planner(Text<200>),
    /// Shall what a reminder is about be bought again.
    Reminder(ReminderId),
    /// Shall they be reminded of what came with this order.
    Remind(OrderId, ForeignId),
    /// Shall a person be brought in.
    Person,
    /// May the desk see this, for this errand.
    Show(Vec<DeskFact>),
    /// Did the person at the desk help.
    Helped,
}

/// What a deed under way belongs to.
#[derive(Debug, Clone)]
pub(crate) enum Waiting {
    Search(Box<Searching>),
    Part(PartSearch),
    Purchase(PurchaseId),
    Order(crate::orders::OrderOp),
}

impl Known<()> {
    /// What was written down, with its product.
    pub fn of(self, product: Arc<Product>) -> Known {
        Known {
            product,
            variant: self.variant,
            need: self.need,
            confirmed: self.confirmed,
            reasons: self.reasons,
            delivery: self.delivery,
            delivery_cost: self.delivery_cost,
            also: self.also,
            choices: self.choices,
            named: self.named,
        }
    }
}

impl Session {
    /// A session in which nothing was said yet.
    pub fn new(id: SessionId, user: UserId, ctx: &Ctx<'_>) -> Self {
        let front = ctx
            .agents
            .get("concierge")
            .map_or_else(|| Text::clip("concierge"), |a| a.name.clone());
        Self {
            id,
            user,
            agent: front,
            depth: 0,
            transcript: VecDeque::new(),
            uttered: 0,
            known: BTreeMap::new(),
            results: Vec::new(),
            shown: Vec::new(),
            focus: None,
            configuring: None,
            assembled: None,
            cart: Cart::empty(CartId::fresh(ctx.ids)),
            undo: Vec::new(),
            wish: None,
            total_max: None,
            terms: BTreeMap::new(),
            run: None,
            purchases: Vec::new(),
            open: None,
            way: Way::TYPED,
            lost: 0,
            tour: None,
            care: Care::default(),
            waiting: BTreeMap::new(),
            gathering: None,
            turn: None,
            calls: 0,
            answered: false,
            after_search: (Vec::new(), false),
            reminded: Vec::new(),
            desk: Desk::default(),
            by_desk: false,
            private_answer: false,
            private_aloud: false,
            corrects: false,
            began: None,
        }
    }

    /// How an answer was heard. A spoken one whose voice was not compared is of whoever spoke before.
    fn way_of_answer(&self, way: Option<Way>) -> Way {
        let way = way.unwrap_or(self.way);
        if way.by == By::Spoken && way.voice.is_none() {
            return way.compared(self.way.voice);
        }
        way
    }

    /// One step. Never awaits; the driver makes every [`Effect::Write`] durable before it does the rest.
    pub fn step(&mut self, input: Input, ctx: &Ctx<'_>) -> Vec<Effect> {
        let mut out = Outbox::default();
        match input {
            Input::Said {
                turn,
                text,
                cut,
                tone,
                way,
            } => {
                self.way = way;
                self.on_said(turn, (&text, cut, tone), ctx, &mut out);
            }
            Input::Desk { turn, by, act } => self.on_desk(turn, by, act, ctx, &mut out),
            Input::DeskRead(by) => self.on_desk_read(by, ctx, &mut out),
            Input::Answered {
                turn,
                answer,
                text,
                way,
            } => {
                self.way = self.way_of_answer(way);
                self.on_answered(turn, &answer, &text, ctx, &mut out);
            }
            Input::Pressed { turn, calls, text } => {
                self.on_pressed(turn, calls, &text, ctx, &mut out);
            }
            Input::Thought {
                turn,
                thought,
                notice,
            } => self.on_thought(turn, thought, notice, ctx, &mut out),
            Input::Shop {
                call,
                merchant,
                answer,
            } => self.on_shop(&call, &merchant, answer, ctx, &mut out),
            Input::Done { call, outcome } => self.on_done(&call, outcome, ctx, &mut out),
            Input::Judged {
                turn,
                approval,
                judgement,
                way,
            } => {
                self.way = way.unwrap_or(self.way);
                self.on_judged(turn, &approval, &judgement, ctx, &mut out);
            }
            Input::Tick { is_heard } => self.on_tick(is_heard, ctx, &mut out),
            Input::Resumed { told } => {
                // Nobody has spoken yet to the connection that is there now.
                self.way = Way { told, ..Way::TYPED };
                self.on_resumed(ctx, &mut out);
            }
            Input::Recover { purchase, intent } => {
                self.on_recover(&purchase, intent, ctx, &mut out);
            }
            Input::Stop { turn } => self.on_stop(turn, ctx, &mut out),
        }
        self.watch(ctx, &out);
        self.settle(ctx, &mut out);
        let mut effects = out.finish();
        self.remember(&mut effects);
        effects
    }

    /// Ends the turn when nothing of it is under way any more.
    fn settle(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        if let Some(turn) = self.turn
            && self.waiting.is_empty()
        {
            self.go_along(ctx, out);
            self.offer_person(ctx, out);
            self.by_desk = false;
            out.push(Effect::TurnDone {
                turn,
                cancelled: false,
            });
            self.turn = None;
            self.calls = 0;
            self.prune();
            self.look_after(ctx, out);
            self.tell_reminders(true, ctx, out);
        }
    }

    /// Keeps what is said for the transcript, and marks what is not for everybody's ears.
    fn remember(&mut self, effects: &mut [Effect]) {
        for effect in effects {
            if let Effect::Say { text, is_private } = effect {
                *is_private = self.private_aloud;
                self.utter(Role::Assistant, &text.replace("{words}", "(two words)"));
            }
        }
        if self.turn.is_none() {
            (self.private_answer, self.private_aloud) = (false, false);
        }
    }

    pub(crate) fn utter(&mut self, role: Role, text: &str) {
        let text: String = text.chars().take(2_000).collect();
        self.transcript.push_back(Utterance { role, text });
        self.uttered = self.uttered.saturating_add(1);
        self.utter_for_desk(role);
        while self.transcript.len() > TRANSCRIPT_MAX {
            self.transcript.pop_front();
        }
    }

    /// What is known of an offer that was shown here or lies in the cart.
    pub fn knows(&self, offer: &OfferRef) -> Option<&Known> {
        self.known.get(offer).map(Arc::as_ref)
    }

    /// Forgets products that nobody can refer to any more.
    fn prune(&mut self) {
        if self.known.len() <= KNOWN_MAX {
            return;
        }
        let results = &self.results;
        let kept = |offer: &OfferRef| {
            self.cart.lines.iter().any(|l| l.offer == *offer)
                || self.shown.contains(offer)
                || self.focus.as_ref() == Some(offer)
                || self.configuring.as_ref().is_some_and(|(o, _)| o == offer)
                || self
                    .assembled
                    .as_ref()
                    .is_some_and(|w| w.parts.contains(offer))
                || results.iter().any(|r| {
                    r.offers
                        .iter()
                        .take(r.shown.saturating_add(6))
                        .any(|o| o == offer)
                })
                || self
                    .purchases
                    .iter()
                    .any(|p| !p.state.is_final() && p.lines.iter().any(|l| l.offer == *offer))
        };
        let keep: Vec<OfferRef> = self.known.keys().filter(|o| kept(o)).cloned().collect();
        self.known.retain(|offer, _| keep.contains(offer));
        for result in &mut self.results {
            if !result.offers.iter().all(|o| self.known.contains_key(o)) {
                let result = Arc::make_mut(result);
                result.offers.retain(|o| self.known.contains_key(o));
            }
        }
    }

    pub(crate) fn keep_undo(&mut self) {
        self.undo.push(self.cart.clone());
        if self.undo.len() > UNDO_MAX {
            self.undo.remove(0);
        }
    }

    /// Who acts: an agent with what it was granted by its parent, the front agent.
    pub(crate) fn actor(
        &self,
        ctx: &Ctx<'_>,
        agent: &AgentName,
        tool: &str,
        tainted: bool,
    ) -> Actor {
        if self.by_desk {
            return self.desk_actor(tool, self.calls > CALLS_PER_TURN);
        }
        let root = ctx.agents.root_grants(
            ctx.profile.limits.purchase,
            CALLS_PER_TURN.saturating_sub(self.calls),
        );
        let is_front = *agent == self.agent;
        let mut grants = Some(root);
        for _ in 0..self.depth {
            grants = grants.and_then(|g| g.narrow(&g));
        }
        let grants = grants.and_then(|g| ctx.agents.grants(agent, &g));
        Actor {
            agent: agent.clone(),
            granted: grants.is_some_and(|g| g.covers(tool)),
            tainted,
            user_asked: !tainted,
            depth: self.depth.saturating_add(u8::from(!is_front)),
            over_budget: self.calls > CALLS_PER_TURN || self.depth >= HANDOFF_DEPTH_MAX,
            way: self.way,
        }
    }

    /// Who does a tool: the front agent if it has it, else the specialist that it delegates to.
    pub(crate) fn doer(&self, ctx: &Ctx<'_>, tool: &str) -> AgentName {
        if ctx.agents.can(&self.agent, tool) {
            return self.agent.clone();
        }
        // Only the front agent delegates; one that was handed the talk has what it has.
        if self.depth == 0
            && let Some(owner) = ctx.agents.owner_of(tool, &self.agent)
        {
            return owner.name.clone();
        }
        self.agent.clone()
    }

    pub(crate) fn on_thought(
        &mut self,
        turn: u64,
        thought: Thought,
        notice: Option<String>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        if self.turn != Some(turn) {
            return;
        }
        if let Some(notice) = notice {
            out.notice(
                "info",
                "MODEL-0001",
                crate::words::without_model(ctx.language()),
                notice,
            );
        }
        self.propose(thought, ctx, out);
    }
}
