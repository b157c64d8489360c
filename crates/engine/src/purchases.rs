//! The purchases of a session: one for each shop, quoted side by side, put to the person one after the other.

use errand_gate::ActionKind;
use errand_protocol::errand::{ApprovalOutcome, ErrandEvent, HandoffView};
use errand_types::{
    ApprovalId, BuyArgs, CallId, Cart, MerchantId, OfferRef, PurchaseId, ScheduleArgs, StepId,
    StepStatus, Text,
};

use crate::asks::resolved;
use crate::ctx::Ctx;
use crate::effect::Effect;
use crate::facts::{self, Actor};
use crate::input::Outcome;
use crate::orders::OrderOp;
use crate::outbox::Outbox;
use crate::purchase::{Progress, Purchase, PurchaseLine, PurchaseState, Work};
use crate::session::{OpenQuestion, Session, Waiting};
use crate::views;
use crate::words;

/// Purchases kept in the session once they are over.
const KEPT: usize = 6;

/// How a purchase came to its end.
#[derive(Debug, Clone, Copy)]
enum Over<'a> {
    Bought,
    /// The person dropped it.
    Dropped,
    /// It did not happen, and why.
    Not(&'a str),
}

impl Session {
    /// The buy step of a plan: choose where that was left open, then begin.
    pub(crate) fn buy_step(
        &mut self,
        step: &StepId,
        args: &BuyArgs,
        tainted: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let (open, missing) = self.take_the_best(step, tainted, ctx, out);
        if missing && self.cart.lines.is_empty() {
            self.set_step(
                step,
                StepStatus::Skipped,
                Some(words::bought_nothing(ctx.language())),
            );
            self.skip_delivery();
            return;
        }
        if open {
            self.set_step(
                step,
                StepStatus::NeedsYou,
                Some(words::choose_which(ctx.language())),
            );
            self.open = Some(OpenQuestion::Choose);
            out.say(words::which_one(ctx.language()));
            return;
        }
        let is_choosing = |w: &Waiting| matches!(w, Waiting::Order(OrderOp::Configure(..)));
        if self.waiting.values().any(is_choosing) {
            self.set_step(
                step,
                StepStatus::NeedsYou,
                Some(words::choose_options(ctx.language())),
            );
            return;
        }
        if args.cart_only {
            self.set_step(
                step,
                StepStatus::Done,
                Some(words::in_the_cart(ctx.language())),
            );
            self.show_plan(ctx, out);
            return;
        }
        let agent = self.doer(ctx, "buy");
        let actor = self.actor(ctx, &agent, "buy", tainted);
        self.buy(args, &actor, ctx, out);
    }

    fn skip_delivery(&mut self) {
        self.set_tool("schedule", StepStatus::Skipped, None);
    }

    /// Puts the best of each search into the cart, unless the person wanted to compare: then they choose.
    ///
    /// Returns whether a choice is open, and whether a search brought nothing.
    fn take_the_best(
        &mut self,
        step: &StepId,
        tainted: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> (bool, bool) {
        let Some(run) = &self.run else {
            return (false, false);
        };
        let plan = run.plan.clone();
        let all: Vec<StepId> = plan
            .steps
            .iter()
            .filter(|s| s.tool.as_str() == "search")
            .map(|s| s.id.clone())
            .collect();
        // "Add filters to my cart and show me presses" takes the filters only; a step that names no search means all.
        let needed = run.needed_by(step);
        let named: Vec<StepId> = all.iter().filter(|s| needed.contains(s)).cloned().collect();
        let searches = if named.is_empty() { all } else { named };
        let single = searches.len() == 1;
        let is_combined = plan
            .steps
            .iter()
            .any(|s| s.tool.as_str() == "combine" && s.status == StepStatus::Done);
        if is_combined {
            return (false, false);
        }
        let mut missing = false;
        for search in searches {
            let Some(result) = self
                .results
                .iter()
                .find(|r| r.step.as_ref() == Some(&search))
                .cloned()
            else {
                continue;
            };
            let Some(best) = result.offers.first().cloned() else {
                missing = true;
                if !result.told {
                    self.nothing_fits(
                        &result.need,
                        result.excluded.as_ref(),
                        result.nearest.clone(),
                        ctx,
                        out,
                    );
                }
                continue;
            };
            if single && result.need.compare.is_some() && result.offers.len() > 1 {
                return (true, false);
            }
            let quantity = i64::from(result.need.pieces());
            let agent = self.doer(ctx, "cart_add");
            let actor = self.actor(ctx, &agent, "cart_add", tainted);
            let args = errand_types::CartArgs {
                offer: best,
                quantity,
            };
            self.take(&args, &actor, ctx, out);
        }
        (false, missing)
    }

    fn take(
        &mut self,
        args: &errand_types::CartArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let title = self
            .knows(&args.offer)
            .map(|k| (k.product.title.to_string(), k.variant.price));
        if self.run_call(
            errand_types::ToolCall::CartAdd(args.clone()),
            actor.tainted,
            ctx,
            out,
        ) && let Some((title, price)) = title
        {
            out.say(words::took(
                ctx.language(),
                args.quantity,
                &title,
                ctx.shop_name(&args.offer.merchant),
                price,
            ));
        }
    }

    pub(crate) fn buy(
        &mut self,
        args: &BuyArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        if self.cart.lines.is_empty() {
            out.say(words::cart_empty(ctx.language()));
            return false;
        }
        if args.cart_only {
            return true;
        }
        if self.purchases.iter().any(|p| !p.state.is_final()) {
            self.void_open_purchase(ctx, out);
        }
        if let Some(unknown) = self
            .purchases
            .iter()
            .find(|p| matches!(p.state, PurchaseState::Unknown { .. }))
        {
            out.say(words::still_unknown(
                ctx.language(),
                ctx.shop_name(&unknown.merchant),
            ));
            return false;
        }
        let merchants: Vec<MerchantId> = by_shop(&self.cart)
            .into_iter()
            .filter(|m| args.merchant.as_ref().is_none_or(|only| only == m))
            .collect();
        if merchants.is_empty() {
            out.say(words::cart_empty(ctx.language()));
            return false;
        }
        let count = merchants.len();
        for merchant in merchants {
            let purchase = self.purchase_of(&merchant, args, ctx);
            self.purchases.push(purchase);
            let at = self.purchases.len().saturating_sub(1);
            let agent = actor.agent.clone();
            let tainted = actor.tainted;
            self.with_purchase_as(at, &agent, tainted, ctx, out, Purchase::open);
        }
        self.set_tool(
            "buy",
            StepStatus::Running,
            Some(words::asking_price(ctx.language(), count)),
        );
        self.show_plan(ctx, out);
        true
    }

    fn purchase_of(&self, merchant: &MerchantId, args: &BuyArgs, ctx: &Ctx<'_>) -> Purchase {
        let lines = self
            .cart
            .lines
            .iter()
            .filter(|l| l.offer.merchant == *merchant);
        let wish = self.cart.lines.iter().find_map(|l| l.delivery.clone());
        Purchase {
            id: PurchaseId::fresh(ctx.ids),
            session: self.id.clone(),
            user: self.user.clone(),
            merchant: merchant.clone(),
            lines: lines
                .map(|l| {
                    let known = self.knows(&l.offer);
                    PurchaseLine {
                        offer: l.offer.clone(),
                        title: l.title.clone(),
                        quantity: l.quantity,
                        choices: known.map(|k| k.choices.clone()).unwrap_or_default(),
                        words: known.map(crate::scene::kind_words).unwrap_or_default(),
                        lasts_days: known.and_then(|k| k.product.lasts_days()),
                    }
                })
                .collect(),
            wish: self.wish.clone().or(wish),
            total_max: self.total_max,
            codes: args.codes.clone(),
            state: PurchaseState::Opening,
            checkout: None,
            revision: 0,
            shared: Vec::new(),
            slot: None,
            missed: None,
            changed: None,
            approved_level: None,
            screen_only: false,
            order: None,
            call: None,
            cart_revision: self.cart.revision,
            started_at: ctx.now,
        }
    }

    pub(crate) fn schedule(
        &mut self,
        args: &ScheduleArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let facts = facts::base(ctx, actor);
        if !self.allowed(ActionKind::Configure, &facts, ctx, out) {
            return false;
        }
        self.wish = Some(args.wish.clone());
        for line in &mut self.cart.lines {
            line.delivery = Some(args.wish.clone());
        }
        self.cart.revision = self.cart.revision.saturating_add(1);
        let was_asked = self.purchases.iter().any(|p| !p.state.is_final());
        self.void_open_purchase(ctx, out);
        self.cart_changed(ctx, out);
        out.say(words::wish_kept(ctx.language(), &args.wish));
        if was_asked {
            // Whoever moves the delivery buys nothing: that is asked anew by the one who does.
            let agent = self.doer(ctx, "buy");
            let buyer = self.actor(ctx, &agent, "buy", actor.tainted);
            return self.buy(&BuyArgs::default(), &buyer, ctx, out);
        }
        true
    }

    /// Runs one step of a purchase and follows up on how it went.
    pub(crate) fn with_purchase(
        &mut self,
        at: usize,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
        step: impl FnOnce(&mut Purchase, &mut Work<'_, '_>) -> Progress,
    ) {
        let agent = self.doer(ctx, "buy");
        self.with_purchase_as(at, &agent, false, ctx, out, step);
    }

    fn with_purchase_as(
        &mut self,
        at: usize,
        agent: &errand_types::AgentName,
        tainted: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
        step: impl FnOnce(&mut Purchase, &mut Work<'_, '_>) -> Progress,
    ) {
        let actor = self.actor(ctx, agent, "buy", tainted);
        let Some(purchase) = self.purchases.get_mut(at) else {
            return;
        };
        let mut work = Work {
            ctx,
            out,
            known: &self.known,
            actor: &actor,
        };
        let progress = step(purchase, &mut work);
        let id = purchase.id.clone();
        if let Some(call) = purchase.call.clone() {
            self.waiting.insert(call, Waiting::Purchase(id.clone()));
        }
        self.follow(&id, progress, ctx, out);
    }

    /// The outcome of a deed.
    pub(crate) fn on_done(
        &mut self,
        call: &CallId,
        outcome: Outcome,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        if self.looked_after(call, &outcome, ctx, out) {
            return;
        }
        match self.waiting.remove(call) {
            Some(Waiting::Purchase(id)) => self.on_purchase_done(&id, outcome, ctx, out),
            Some(Waiting::Order(op)) => self.on_order_done(op, outcome, ctx, out),
            // A search that was stopped, or a checkout that was given up: nobody waits for it.
            Some(Waiting::Search(_) | Waiting::Part(_)) | None => {}
        }
    }

    fn on_purchase_done(
        &mut self,
        id: &PurchaseId,
        outcome: Outcome,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(at) = self.purchases.iter().position(|p| p.id == *id) else {
            return;
        };
        self.with_purchase(at, ctx, out, |p, work| match (&p.state, outcome) {
            (PurchaseState::Windows | PurchaseState::Holding { .. }, Outcome::Slots(answer)) => {
                p.on_slots(work, answer)
            }
            (PurchaseState::Rechecking { .. }, Outcome::Checkout(answer)) => {
                p.rechecked(work, answer)
            }
            (PurchaseState::Paying, Outcome::Checkout(answer)) => p.paid(work, answer),
            (PurchaseState::Unknown { resent: true, .. }, Outcome::Checkout(answer)) => {
                p.resent_or_read(work, answer)
            }
            (PurchaseState::Unknown { .. }, Outcome::Checkout(answer)) => {
                p.reconciled(work, answer)
            }
            (PurchaseState::Undoing, Outcome::Checkout(answer)) => p.undone(work, answer),
            (PurchaseState::Confirming { .. }, Outcome::Order(answer)) => p.confirmed(work, answer),
            (PurchaseState::Relisting { .. }, Outcome::Slots(answer)) => p.relisted(work, answer),
            (PurchaseState::Booking { .. }, Outcome::Order(answer)) => p.booked(work, answer),
            (_, Outcome::Checkout(answer)) => p.on_checkout(work, answer),
            (_, Outcome::Slots(_) | Outcome::Order(_) | Outcome::Product(_)) => Progress::Going,
        });
    }

    fn follow(&mut self, id: &PurchaseId, progress: Progress, ctx: &Ctx<'_>, out: &mut Outbox) {
        match progress {
            Progress::Going => {}
            Progress::NeedsPerson => self.ask_next(ctx, out),
            Progress::Refused(decision) => {
                self.explain(&decision, ctx, out);
                let why = words::refused_by_rules(ctx.language());
                self.purchase_over(id, Over::Not(&why), ctx, out);
            }
            Progress::Failed(failure) => {
                out.notice(
                    "no",
                    &failure.code,
                    words::not_bought_headline(ctx.language(), &failure),
                    failure.text.clone(),
                );
                out.say(words::not_bought(ctx.language(), &failure));
                self.purchase_over(id, Over::Not(&failure.text), ctx, out);
            }
            Progress::Bought(order) => self.bought(id, *order, ctx, out),
            Progress::Unknown => {
                let shop = self
                    .purchases
                    .iter()
                    .find(|p| p.id == *id)
                    .map(|p| ctx.shop_name(&p.merchant));
                let text = words::paid_unknown(ctx.language(), shop.unwrap_or_default());
                out.notice(
                    "ask",
                    "PAY-0002",
                    words::paid_unknown_headline(ctx.language()),
                    text.clone(),
                );
                out.say(text);
            }
            Progress::HandedOver(handoff) => {
                let shop = self
                    .purchases
                    .iter()
                    .find(|p| p.id == *id)
                    .map(|p| ctx.shop_name(&p.merchant));
                let text = words::handed_over(ctx.language(), &shop.unwrap_or_default(), &handoff);
                out.emit(ErrandEvent::Handoff(HandoffView {
                    from: Text::clip("buyer"),
                    to: Text::clip("shop"),
                    kind: "shop".to_owned(),
                    reason: text.clone(),
                    url: Some(handoff.url.to_string()),
                    host: Some(handoff.host.to_string()),
                    desk: None,
                }));
                out.say(text);
                let why = words::go_on_there(ctx.language());
                self.purchase_over(id, Over::Not(&why), ctx, out);
            }
            Progress::Dropped => self.purchase_over(id, Over::Dropped, ctx, out),
        }
    }

    fn bought(
        &mut self,
        id: &PurchaseId,
        order: errand_types::Order,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(purchase) = self.purchases.iter().find(|p| p.id == *id).cloned() else {
            return;
        };
        let lines: Vec<OfferRef> = purchase.lines.iter().map(|l| l.offer.clone()).collect();
        self.cart.lines.retain(|l| !lines.contains(&l.offer));
        self.cart.revision = self.cart.revision.saturating_add(1);
        self.undo.clear();
        self.cart_changed(ctx, out);
        let level = purchase.approved_level.unwrap_or(0);
        let view = views::order_view(&order, level, ctx);
        self.set_tool(
            "buy",
            StepStatus::Running,
            Some(words::paid_to(
                ctx.language(),
                order.total,
                ctx.shop_name(&order.merchant),
            )),
        );
        self.set_tool("schedule", StepStatus::Running, view.delivery_text.clone());
        out.emit(ErrandEvent::Receipt {
            order: Box::new(view.clone()),
        });
        self.bought_in_time(&order, ctx, out);
        out.say(words::bought(
            &order,
            &view,
            purchase.missed.as_ref().map(Text::as_str),
            ctx,
        ));
        self.purchase_over(id, Over::Bought, ctx, out);
    }

    /// One purchase came to an end: the next is asked, or the plan ends.
    fn purchase_over(&mut self, id: &PurchaseId, over: Over<'_>, ctx: &Ctx<'_>, out: &mut Outbox) {
        if matches!(&self.open, Some(OpenQuestion::Purchase { purchase, .. } | OpenQuestion::Consent { purchase, .. }) if purchase == id)
        {
            self.open = None;
        }
        self.ask_next(ctx, out);
        if self.purchases.iter().any(|p| !p.state.is_final()) {
            return;
        }
        match over {
            Over::Bought => {
                self.set_tool("buy", StepStatus::Done, None);
                self.set_tool("schedule", StepStatus::Done, None);
                self.wish = None;
                self.total_max = None;
            }
            Over::Dropped => {
                let dropped = words::step_dropped(ctx.language());
                self.set_tool("buy", StepStatus::Cancelled, Some(dropped));
                self.set_tool("schedule", StepStatus::Cancelled, None);
            }
            Over::Not(why) => self.repair(why, ctx, out),
        }
        self.show_plan(ctx, out);
        self.purchases
            .retain(|p| !p.state.is_final() || p.id == *id);
        while self.purchases.len() > KEPT {
            self.purchases.remove(0);
        }
    }

    /// Puts the next question to the person, when none is open.
    pub(crate) fn ask_next(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        if matches!(
            self.open,
            Some(OpenQuestion::Purchase { .. } | OpenQuestion::Consent { .. })
        ) {
            return;
        }
        // While one shop is being paid the next is not asked: one thing at a time.
        if self
            .purchases
            .iter()
            .any(|p| p.state.is_past_payment() && !p.state.is_final())
        {
            return;
        }
        let next = self.purchases.iter().position(|p| {
            matches!(
                p.state,
                PurchaseState::NeedsConsent { .. } | PurchaseState::Quoted
            )
        });
        let Some(at) = next else { return };
        match self.purchases.get(at).map(|p| p.state.clone()) {
            Some(PurchaseState::NeedsConsent { classes, .. }) => {
                self.ask_consent(at, &classes, ctx, out);
            }
            Some(PurchaseState::Quoted) => self.ask_purchase(at, ctx, out),
            Some(_) | None => {}
        }
    }

    fn ask_consent(
        &mut self,
        at: usize,
        classes: &[errand_types::DataClass],
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let approval = ApprovalId::fresh(ctx.ids);
        let Some(purchase) = self.purchases.get_mut(at) else {
            return;
        };
        if let PurchaseState::NeedsConsent {
            approval: asked, ..
        } = &mut purchase.state
        {
            *asked = Some(approval.clone());
        }
        let purchase = purchase.clone();
        self.open = Some(OpenQuestion::Consent {
            purchase: purchase.id.clone(),
            approval: approval.clone(),
        });
        let shop = ctx.shop_name(&purchase.merchant);
        let question = words::consent_question(ctx.language(), &shop, classes);
        let view = views::consent_view(&approval, &purchase, classes, &question, ctx);
        self.set_tool(
            "buy",
            StepStatus::NeedsYou,
            Some(words::may_know_where(ctx.language(), &shop)),
        );
        self.show_plan(ctx, out);
        out.emit(ErrandEvent::ApprovalRequired {
            approval: Box::new(view),
        });
        out.say(question);
    }

    fn ask_purchase(&mut self, at: usize, ctx: &Ctx<'_>, out: &mut Outbox) {
        let agent = self.doer(ctx, "buy");
        let actor = self.actor(ctx, &agent, "buy", false);
        let Some(purchase) = self.purchases.get_mut(at) else {
            return;
        };
        let mut work = Work {
            ctx,
            out,
            known: &self.known,
            actor: &actor,
        };
        let asked = purchase.ask(&mut work);
        let purchase = purchase.clone();
        match asked {
            Ok(approval) => {
                self.open = Some(OpenQuestion::Purchase {
                    purchase: purchase.id.clone(),
                    approval: approval.clone(),
                });
                let view = views::approval_view(&approval, &purchase, ctx);
                let language = ctx.language();
                let total = view.amount.map(|a| errand_sentences::money(language, a));
                let total = total.unwrap_or_default();
                self.set_tool(
                    "buy",
                    StepStatus::NeedsYou,
                    Some(words::your_approval(language, total, &view.payee.name)),
                );
                self.show_plan(ctx, out);
                out.emit(ErrandEvent::ApprovalRequired {
                    approval: Box::new(view),
                });
                out.say(words::approval(&purchase, ctx));
            }
            Err(progress) => self.follow(&purchase.id, progress, ctx, out),
        }
    }

    /// The person said no to a purchase, or the plan was stopped.
    pub(crate) fn drop_purchase(
        &mut self,
        id: &PurchaseId,
        approval: Option<&ApprovalId>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        if let Some(approval) = approval {
            out.push(Effect::VoidApproval(approval.clone()));
            out.emit(resolved(
                approval,
                ApprovalOutcome::Refused,
                &words::dropped(ctx.language()),
                None,
            ));
        }
        self.open = None;
        if let Some(at) = self.purchases.iter().position(|p| p.id == *id) {
            out.say(words::dropped(ctx.language()));
            self.with_purchase(at, ctx, out, |p, work| {
                p.give_up(work, "dropped");
                Progress::Dropped
            });
        }
    }

    /// The cart or the wish changed: what was quoted or asked for the old one is void.
    pub(crate) fn void_open_purchase(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        if let Some(
            OpenQuestion::Purchase { approval, .. } | OpenQuestion::Consent { approval, .. },
        ) = self.open.clone()
        {
            out.push(Effect::VoidApproval(approval.clone()));
            out.emit(resolved(
                &approval,
                ApprovalOutcome::Void,
                &words::void_changed(ctx.language()),
                None,
            ));
            self.open = None;
        }
        let actor = self.actor(ctx, &self.doer(ctx, "buy"), "buy", false);
        for purchase in &mut self.purchases {
            if !purchase.state.is_final() && !purchase.state.is_past_payment() {
                if let Some(call) = &purchase.call {
                    self.waiting.remove(call);
                }
                let mut work = Work {
                    ctx,
                    out,
                    known: &self.known,
                    actor: &actor,
                };
                purchase.give_up(&mut work, "the cart changed");
            }
        }
        self.purchases.retain(|p| !p.state.is_final());
    }

    /// Purchases whose outcome is unknown are asked for again when their time has come.
    pub(crate) fn keep_asking(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        for at in 0..self.purchases.len() {
            let due = self.purchases.get(at).is_some_and(|p| {
                matches!(p.state, PurchaseState::Unknown { .. }) && p.call.is_none()
            });
            if due {
                self.with_purchase(at, ctx, out, |p, work| match p.state {
                    PurchaseState::Unknown { resent, .. } => p.unknown(work, 1, resent),
                    _ => Progress::Going,
                });
            }
        }
    }

    /// A purchase was found unfinished after the process died.
    pub(crate) fn on_recover(
        &mut self,
        id: &PurchaseId,
        intent: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(at) = self.purchases.iter().position(|p| p.id == *id) else {
            return;
        };
        self.with_purchase(at, ctx, out, |p, work| p.recover(work, intent));
    }

    pub(crate) fn on_stop(&mut self, turn: Option<u64>, ctx: &Ctx<'_>, out: &mut Outbox) {
        let stopped = self.turn;
        if let Some(turn) = turn {
            self.begin(turn);
        }
        self.stop(ctx, out);
        if let Some(stopped) = stopped.filter(|s| turn != Some(*s)) {
            out.push(Effect::TurnDone {
                turn: stopped,
                cancelled: true,
            });
            if turn.is_none() {
                self.turn = None;
            }
        }
    }

    /// Stops the plan. A payment under way is heard out.
    pub(crate) fn stop(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        self.tour = None;
        let paying = self
            .purchases
            .iter()
            .any(|p| p.state.is_past_payment() && !p.state.is_final());
        self.waiting.remove(&crate::turn::think_call());
        let is_under_way = self
            .run
            .as_ref()
            .is_some_and(|run| run.plan.steps.iter().any(|s| !s.status.is_final()));
        if is_under_way {
            self.desk.stuck.note(crate::signals::Signal::Abandoned);
        }
        self.void_open_purchase(ctx, out);
        self.drop_run(ctx, out);
        self.open = None;
        out.say(if paying {
            words::stopped_while_paying(ctx.language())
        } else {
            words::stopped(ctx.language())
        });
    }
}

/// Shops of a cart, in the order of its lines.
pub(crate) fn by_shop(cart: &Cart) -> Vec<MerchantId> {
    let mut shops: Vec<MerchantId> = Vec::new();
    for line in &cart.lines {
        if !shops.contains(&line.offer.merchant) {
            shops.push(line.offer.merchant.clone());
        }
    }
    shops
}
