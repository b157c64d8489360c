//! Carrying out tool calls. Each one is decided by the gate, whoever proposed it.

use std::sync::Arc;

use errand_catalog::{Candidate, Ranked};
use errand_gate::{ActionKind, Decision, Verdict};
use errand_protocol::errand::ErrandEvent;
use errand_types::{
    CallId, CartArgs, CartLine, CompareArgs, DetailsArgs, HandoffArgs, OfferRef, StepId,
    StepStatus, Text, ToolCall,
};

use crate::ctx::Ctx;
use crate::facts::{self, Actor};
use crate::outbox::Outbox;
use crate::session::{Known, OpenQuestion, Session};
use crate::views;
use crate::words;

impl Session {
    /// Runs one call that is no step of a plan. `false`: it did not happen, and what follows it should not either.
    pub(crate) fn run_call(
        &mut self,
        call: ToolCall,
        tainted: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        self.calls = self.calls.saturating_add(1);
        self.keep_from_desk(&call);
        let agent = self.doer(ctx, call.name());
        let actor = self.actor(ctx, &agent, call.name(), tainted);
        match call {
            ToolCall::Search(need) => {
                self.search(None, need, tainted, ctx, out);
                true
            }
            ToolCall::Compare(args) => self.compare(&args, &actor, ctx, out),
            ToolCall::Details(args) => self.details(&args, &actor, ctx, out),
            ToolCall::Configure(args) => self.configure(&args, &actor, ctx, out),
            ToolCall::Assemble(args) => self.assemble(args, &actor, ctx, out),
            ToolCall::AssemblyTake(_) => self.assembly_take(&actor, ctx, out),
            ToolCall::CartAdd(args) => self.cart_add(&args, &actor, ctx, out),
            ToolCall::CartSet(args) => self.cart_set(&args, &actor, ctx, out),
            ToolCall::CartClear(_) => self.cart_clear(&actor, ctx, out),
            ToolCall::CartShow(_) => self.cart_show(ctx, out),
            ToolCall::CartUndo(_) => self.cart_undo(ctx, out),
            ToolCall::Combine(args) => self.combine(args, &actor, ctx, out),
            ToolCall::Buy(args) => self.buy(&args, &actor, ctx, out),
            ToolCall::Schedule(args) => self.schedule(&args, &actor, ctx, out),
            ToolCall::OrderList(_) => self.order_list(&actor, ctx, out),
            ToolCall::OrderStatus(args) => self.order_status(&args, &actor, ctx, out),
            ToolCall::OrderCancel(args) => self.order_cancel(&args, &actor, ctx, out),
            ToolCall::OrderReturn(args) => self.order_return(&args, &actor, ctx, out),
            ToolCall::OrderMove(args) => self.order_move(&args, &actor, ctx, out),
            ToolCall::Remind(args) => self.remind(&args, &actor, ctx, out),
            ToolCall::RuleAdd(args) => self.rule_add(&args, &actor, ctx, out),
            ToolCall::RuleRemove(args) => self.rule_remove(&args, &actor, ctx, out),
            ToolCall::LimitSet(args) => self.limit_set(&args, &actor, ctx, out),
            ToolCall::Prefer(args) => self.prefer(&args, &actor, ctx, out),
            ToolCall::ProfileShow(_) => self.profile_show(ctx, out),
            ToolCall::ConsentShow(_) => self.consent_show(ctx, out),
            ToolCall::ConsentWithdraw(args) => self.consent_withdraw(&args, &actor, ctx, out),
            ToolCall::Why(args) => self.why(&args, ctx, out),
            ToolCall::DeskShow(_) => self.desk_show(ctx, out),
            ToolCall::Handoff(args) => self.handoff(&args, &actor, ctx, out),
            ToolCall::Stop(_) => {
                self.stop(ctx, out);
                true
            }
            ToolCall::Help(args) => {
                self.help(args.tour, ctx, out);
                true
            }
        }
    }

    /// Asks the gate about something that changes nothing outside; explains a no. Returns whether it may happen.
    pub(crate) fn allowed(
        &mut self,
        action: ActionKind,
        facts: &errand_gate::Facts,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let call = CallId::fresh(ctx.ids);
        let decision = out.decide(ctx, &call, action, facts);
        if decision.verdict == Verdict::Allow {
            return true;
        }
        self.explain(&decision, ctx, out);
        false
    }

    /// Tells the person about a no: what happened, what did not, what can be done.
    pub(crate) fn explain(&mut self, decision: &Decision, ctx: &Ctx<'_>, out: &mut Outbox) {
        let view = views::policy(decision, ctx);
        out.say(words::refusal(ctx.language(), &view));
        out.emit(ErrandEvent::Policy(view));
    }

    pub(crate) fn item_facts(
        &self,
        offer: &OfferRef,
        quantity: u32,
        actor: &Actor,
        ctx: &Ctx<'_>,
    ) -> errand_gate::Facts {
        let mut asked = facts::base(ctx, actor);
        asked.merchant = Some(facts::merchant(ctx, &offer.merchant));
        asked.items = vec![facts::item(ctx, offer, self.knows(offer), quantity, None)];
        asked
    }

    fn compare(
        &mut self,
        args: &CompareArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let offers = self.to_compare(args);
        if offers.is_empty() {
            out.say(words::nothing_to_compare(ctx.language()));
            return false;
        }
        let mut asked = facts::base(ctx, actor);
        asked.items = offers
            .iter()
            .map(|o| facts::item(ctx, o, self.knows(o), 1, None))
            .collect();
        if !self.allowed(ActionKind::Compare, &asked, ctx, out) {
            return false;
        }
        self.show_comparison(&offers, &args.by, ctx, out);
        true
    }

    fn to_compare(&self, args: &CompareArgs) -> Vec<OfferRef> {
        if !args.offers.is_empty() {
            let known = args.offers.iter().filter(|o| self.known.contains_key(o));
            return known
                .take(errand_types::limits::SHOWN_MAX)
                .cloned()
                .collect();
        }
        let count = usize::from(args.count.unwrap_or(3)).clamp(1, errand_types::limits::SHOWN_MAX);
        // What the person looks at comes first; without it, the best of the last search.
        if args.count.is_none() && self.shown.len() > 1 {
            return self.shown.clone();
        }
        self.results
            .last()
            .map(|r| r.offers.iter().take(count).cloned().collect())
            .unwrap_or_default()
    }

    pub(crate) fn show_comparison(
        &mut self,
        offers: &[OfferRef],
        by: &[Text<60>],
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let need = offers
            .first()
            .and_then(|o| self.knows(o))
            .and_then(|k| k.need.as_deref().cloned())
            .unwrap_or_default();
        let items: Vec<Ranked> = offers
            .iter()
            .filter_map(|o| self.knows(o).map(|k| ranked(o, k, ctx)))
            .collect();
        let by: Vec<String> = by.iter().map(ToString::to_string).collect();
        let name = |shop: &errand_types::MerchantId| ctx.shop_name(shop);
        let comparison = errand_catalog::compare(
            &items,
            &need,
            &by,
            self.anchor(&need).as_ref(),
            &name,
            ctx.language(),
        );
        self.shown = offers.to_vec();
        self.focus.clone_from(&comparison.recommended);
        let excluded = self.results.last().and_then(|r| r.excluded.clone());
        if let Some(result) = self.results.last_mut() {
            let result = Arc::make_mut(result);
            result.shown = result.shown.max(offers.len());
        }
        let last = self.results.last();
        let nearest = last.and_then(|r| Some((r, r.nearest.as_ref()?)));
        let said = match (offers, nearest) {
            ([only], Some((_, (near, text)))) if only == near => {
                words::only_one(ctx.language(), text)
            }
            ([only], Some((found, (_, text)))) if found.offers.contains(only) => {
                format!("{} {text}", comparison.text)
            }
            _ => comparison.text.clone(),
        };
        let left = excluded.as_ref().map(|e| e.text.clone());
        let lines = words::numbered(ctx.language(), &comparison);
        let view = self.comparison_view(comparison, &need, excluded, ctx);
        out.emit(ErrandEvent::Comparison(view));
        out.say(lines);
        match left {
            Some(left) => out.say(format!("{said} {left}.")),
            None => out.say(said),
        }
    }

    /// The compare step of a plan, over what its search brought.
    pub(crate) fn compare_step(
        &mut self,
        step: &StepId,
        args: &CompareArgs,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let result = self.results_for(step).cloned();
        let Some(result) = result else {
            self.set_step(
                step,
                StepStatus::Failed,
                Some(words::nothing_compared(ctx.language())),
            );
            return;
        };
        if result.offers.is_empty() {
            self.set_step(
                step,
                StepStatus::Done,
                Some(words::fits_nothing(ctx.language())),
            );
            self.nothing_fits(
                &result.need,
                result.excluded.as_ref(),
                result.nearest.clone(),
                ctx,
                out,
            );
            return;
        }
        let count = usize::from(args.count.or(result.need.compare).unwrap_or(3)).clamp(1, 6);
        let offers: Vec<OfferRef> = result.offers.iter().take(count).cloned().collect();
        let agent = self.doer(ctx, "compare");
        let actor = self.actor(
            ctx,
            &agent,
            "compare",
            self.run.as_ref().is_some_and(|r| r.tainted),
        );
        let mut asked = facts::base(ctx, &actor);
        asked.items = offers
            .iter()
            .map(|o| facts::item(ctx, o, self.knows(o), 1, None))
            .collect();
        if !self.allowed(ActionKind::Compare, &asked, ctx, out) {
            self.set_step(
                step,
                StepStatus::Failed,
                Some(words::not_allowed(ctx.language())),
            );
            return;
        }
        let best = offers
            .first()
            .and_then(|o| self.knows(o))
            .map(|k| k.product.title.to_string());
        self.set_step(
            step,
            StepStatus::Done,
            best.map(|b| {
                let language = ctx.language();
                words::best_is(language, words::products(language, offers.len()), b)
            }),
        );
        self.show_comparison(&offers, &args.by, ctx, out);
    }

    /// Results that a step is about: those of the search that it needs, directly or through other steps.
    pub(crate) fn results_for(&self, step: &StepId) -> Option<&crate::session::Results> {
        let wanted = self.run.as_ref()?.needed_by(step);
        self.results
            .iter()
            .rev()
            .find(|r| r.step.as_ref().is_some_and(|s| wanted.contains(&s)))
            .map(Arc::as_ref)
    }

    fn details(
        &mut self,
        args: &DetailsArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let about = args.about.as_ref().map(Text::as_str);
        let fit = about.filter(|about| errand_catalog::assembly::asks_whether_it_fits(about));
        let found = || self.shown.first().filter(|first| self.is_asked(first, fit));
        let Some(offer) = args.offer.as_ref().or_else(found).cloned() else {
            return self.whole_details(fit, actor, ctx, out);
        };
        let asked = self.item_facts(&offer, 1, actor, ctx);
        if !self.allowed(ActionKind::Compare, &asked, ctx, out) {
            return false;
        }
        let Some(known) = self.knows(&offer) else {
            return false;
        };
        let said = match fit.and_then(|about| self.fits(&offer, about, ctx.language())) {
            Some(answer) => answer,
            None => words::details(
                ctx.language(),
                known,
                about,
                &ctx.shop_name(&offer.merchant),
                ctx,
            ),
        };
        out.say(said);
        self.focus = Some(offer);
        true
    }

    /// A question with no product at hand: about the parts that stand or lie in the cart.
    fn whole_details(
        &mut self,
        fit: Option<&str>,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let asked = facts::base(ctx, actor);
        if !self.allowed(ActionKind::Compare, &asked, ctx, out) {
            return false;
        }
        let said = fit.and_then(|about| self.parts_fit(about, ctx.language()));
        let is_answered = said.is_some();
        out.say(said.unwrap_or_else(|| words::nothing_at_hand(ctx.language())));
        is_answered
    }

    fn cart_add(
        &mut self,
        args: &CartArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let quantity = u32::try_from(args.quantity.max(0)).unwrap_or(u32::MAX);
        let asked = self.item_facts(&args.offer, quantity, actor, ctx);
        if !self.allowed(ActionKind::CartAdd, &asked, ctx, out) {
            return false;
        }
        let Some(known) = self.knows(&args.offer).cloned() else {
            return false;
        };
        if known.product.configuration.is_some() && known.choices.is_empty() {
            // A thing with options goes into the cart once they are chosen.
            let args = errand_types::ConfigureArgs {
                offer: args.offer.clone(),
                choices: Vec::new(),
            };
            self.configure(&args, actor, ctx, out);
            // Not in the cart yet: what was to follow waits until the options are chosen.
            return false;
        }
        let line = CartLine {
            offer: args.offer.clone(),
            title: words::line_title(&known),
            quantity,
            unit_price: known.variant.price,
            delivery: self.wish.clone(),
        };
        self.keep_undo();
        if let Err(error) = self.cart.add(line) {
            self.undo.pop();
            out.say(words::cart_error(ctx.language(), &error));
            return false;
        }
        self.focus = Some(args.offer.clone());
        self.open = self
            .open
            .take()
            .filter(|q| !matches!(q, OpenQuestion::Choose));
        self.cart_changed(ctx, out);
        if !self.is_about_to_buy() {
            out.say(words::added(
                ctx.language(),
                &known,
                quantity,
                &ctx.shop_name(&args.offer.merchant),
            ));
        }
        true
    }

    fn is_about_to_buy(&self) -> bool {
        self.wants_to_buy()
    }

    fn cart_set(
        &mut self,
        args: &CartArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let quantity = u32::try_from(args.quantity.max(0)).unwrap_or(u32::MAX);
        if quantity > 0 {
            let asked = self.item_facts(&args.offer, quantity, actor, ctx);
            if !self.allowed(ActionKind::CartAdd, &asked, ctx, out) {
                return false;
            }
        }
        let title = self
            .cart
            .lines
            .iter()
            .find(|l| l.offer == args.offer)
            .map(|l| l.title.to_string());
        self.keep_undo();
        if let Err(error) = self.cart.set_quantity(&args.offer, quantity) {
            self.undo.pop();
            out.say(words::cart_error(ctx.language(), &error));
            return false;
        }
        self.void_open_purchase(ctx, out);
        self.cart_changed(ctx, out);
        out.say(words::set(
            ctx.language(),
            &title.unwrap_or_default(),
            quantity,
        ));
        true
    }

    fn cart_clear(&mut self, actor: &Actor, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let asked = facts::base(ctx, actor);
        if !self.allowed(ActionKind::Configure, &asked, ctx, out) {
            return false;
        }
        self.keep_undo();
        self.cart.clear();
        self.void_open_purchase(ctx, out);
        self.cart_changed(ctx, out);
        out.say(words::cart_emptied(ctx.language()));
        true
    }

    fn cart_show(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let view = self.cart_view(ctx);
        out.say(words::cart(ctx.language(), &view));
        out.emit(ErrandEvent::Cart { cart: view });
        true
    }

    fn cart_undo(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let Some(mut old) = self.undo.pop() else {
            out.say(words::nothing_to_undo(ctx.language()));
            return false;
        };
        // The revision only ever grows, so that nothing approved for an older cart fits a newer one.
        old.revision = self.cart.revision.saturating_add(1);
        self.cart = old;
        self.void_open_purchase(ctx, out);
        self.cart_changed(ctx, out);
        let view = self.cart_view(ctx);
        out.say(words::undone(
            ctx.language(),
            words::cart(ctx.language(), &view),
        ));
        true
    }

    pub(crate) fn cart_changed(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        out.emit(ErrandEvent::Cart {
            cart: self.cart_view(ctx),
        });
    }

    fn configure(
        &mut self,
        args: &errand_types::ConfigureArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let asked = self.item_facts(&args.offer, 1, actor, ctx);
        if !self.allowed(ActionKind::Configure, &asked, ctx, out) {
            return false;
        }
        self.choose_options(args, ctx, out)
    }

    fn handoff(
        &mut self,
        args: &HandoffArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let to = args.to.as_str();
        if to == "human" {
            // A stranger's text does not put anybody into a queue.
            return !actor.tainted && self.ask_person(true, ctx, out);
        }
        let allowed_to = ctx
            .agents
            .get(self.agent.as_str())
            .is_some_and(|a| a.handoff.iter().any(|h| h.as_str() == to));
        let mut asked = facts::base(ctx, actor);
        asked.granted = asked.granted && allowed_to && ctx.agents.get(to).is_some();
        asked.depth = self.depth.saturating_add(1);
        if !self.allowed(ActionKind::Handoff, &asked, ctx, out) {
            return false;
        }
        let from = std::mem::replace(&mut self.agent, args.to.clone());
        self.depth = self.depth.saturating_add(1);
        out.emit(ErrandEvent::Handoff(errand_protocol::errand::HandoffView {
            from,
            to: args.to.clone(),
            kind: "agent".to_owned(),
            reason: args.reason.to_string(),
            url: None,
            host: None,
            desk: None,
        }));
        true
    }
}

fn ranked(offer: &OfferRef, known: &Known, ctx: &Ctx<'_>) -> Ranked {
    let mut candidate = Candidate::new(Arc::clone(&known.product), known.variant.clone());
    candidate.offer = offer.clone();
    candidate.confirmed.clone_from(&known.confirmed);
    candidate.delivery = known.delivery;
    candidate.delivery_cost = known.delivery_cost;
    candidate.delivery_text = known.delivery.as_ref().map(|w| words::window(w, ctx));
    Ranked {
        candidate,
        score: 0,
        reasons: known.reasons.clone(),
    }
}
