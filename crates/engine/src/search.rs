//! From a need to products that fit: every shop is asked, every candidate is checked, all of them are ranked here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use errand_catalog::{
    Candidate, Cause, Excluded, left_out, matching, nearest, rank, together, within_total,
};
use errand_gate::{ItemFacts, SearchShops};
use errand_protocol::errand::{ErrandEvent, ExcludedItem, ExcludedPart, ExcludedView, PartView};
use errand_types::limits::{CANDIDATES_MAX, SHOWN_MAX};
use errand_types::{
    CallId, MerchantId, Need, OfferRef, Product, Slot, StepId, StepStatus, Text, ToolCall,
};

use crate::ctx::Ctx;
use crate::effect::{AskDelivery, Deed};
use crate::facts;
use crate::failure::Failure;
use crate::input::ShopAnswer;
use crate::judging::ruled_out;
use crate::outbox::Outbox;
use crate::session::{Results, Session, Waiting};
use crate::words;

/// Products asked of each shop.
const PER_SHOP: u16 = 60;
/// Products that are put side by side when nobody said how many.
const COMPARED: usize = 3;
/// Results kept for the plan under way.
const RESULTS_MAX: usize = 12;

/// A search under way.
#[derive(Debug, Clone)]
pub(crate) struct Searching {
    pub(crate) step: Option<StepId>,
    pub(crate) need: Need,
    pub(crate) waiting: BTreeSet<MerchantId>,
    pub(crate) parts: Vec<PartView>,
    pub(crate) products: Vec<Arc<Product>>,
    pub(crate) windows: BTreeMap<MerchantId, Vec<Slot>>,
    pub(crate) answered: usize,
    pub(crate) tainted: bool,
    /// Whether another name of the thing is looked for, because nothing has the one that was said.
    pub(crate) is_renamed: bool,
}

impl Session {
    pub(crate) fn search(
        &mut self,
        step: Option<&StepId>,
        need: Need,
        tainted: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let asked: Vec<MerchantId> = ctx
            .merchants
            .keys()
            .filter(|id| need.merchants.is_empty() || need.merchants.contains(id))
            .filter(|id| !ctx.profile.blocks_merchant(id))
            .cloned()
            .collect();
        if asked.is_empty() {
            if let Some(step) = step {
                self.set_step(
                    step,
                    StepStatus::Failed,
                    Some(words::no_shop(ctx.language())),
                );
            }
            out.say(words::no_shops(ctx.language()));
            return;
        }
        let mut need = self.in_style(need);
        if let Some(meant) = errand_catalog::meant_by_price(&need) {
            need.what = Text::clip(&meant);
        }
        if need.delivery.is_some() {
            self.wish.clone_from(&need.delivery);
        }
        self.total_max = need.total_max.or(self.total_max);
        let agent = self.doer(ctx, "search");
        let actor = self.actor(ctx, &agent, "search", tainted);
        let facts = facts::base(ctx, &actor);
        let call = CallId::fresh(ctx.ids);
        self.calls = self.calls.saturating_add(1);
        let act = SearchShops {
            merchants: asked.clone(),
            query: need.what.clone(),
            price_max: None,
            limit: PER_SHOP,
        };
        let permit = match out.permit(ctx, &call, &facts, act) {
            Ok(permit) => permit,
            Err(decision) => {
                if let Some(step) = step {
                    self.set_step(
                        step,
                        StepStatus::Failed,
                        Some(words::not_allowed(ctx.language())),
                    );
                }
                self.explain(&decision, ctx, out);
                return;
            }
        };
        let parts: Vec<PartView> = asked
            .iter()
            .map(|id| PartView {
                name: ctx.shop_name(id),
                status: StepStatus::Running,
                found: None,
            })
            .collect();
        if let Some(step) = step {
            self.set_parts(step, parts.clone());
        }
        let known = asked.iter().all(|shop| self.terms.contains_key(shop));
        let delivery = match &need.delivery {
            Some(_) => AskDelivery::Needed,
            None if known => AskDelivery::Not,
            None => AskDelivery::WhenQuick,
        };
        let searching = Searching {
            step: step.cloned(),
            need,
            waiting: asked.into_iter().collect(),
            parts,
            products: Vec::new(),
            windows: BTreeMap::new(),
            answered: 0,
            tainted,
            is_renamed: false,
        };
        self.waiting
            .insert(call.clone(), Waiting::Search(Box::new(searching)));
        out.deed(
            call,
            Deed::Search {
                act: permit,
                delivery,
            },
        );
    }

    /// Nothing has the name that was said: the one that shops mostly have is looked for, once, and that is told.
    fn search_by_other_name(
        &mut self,
        step: Option<&StepId>,
        need: Need,
        other: &str,
        tainted: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        out.say(words::by_other_name(ctx.language(), &need.what, other));
        let need = Need {
            what: Text::clip(other),
            ..need
        };
        let before: BTreeSet<CallId> = self.waiting.keys().cloned().collect();
        self.search(step, need, tainted, ctx, out);
        for (call, waiting) in &mut self.waiting {
            if let Waiting::Search(searching) = waiting
                && !before.contains(call)
            {
                searching.is_renamed = true;
            }
        }
    }

    pub(crate) fn on_shop(
        &mut self,
        call: &CallId,
        merchant: &MerchantId,
        answer: Result<ShopAnswer, Failure>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        if matches!(self.waiting.get(call), Some(Waiting::Part(_))) {
            self.part_answered(call, merchant, answer, ctx, out);
            return;
        }
        let Some(Waiting::Search(searching)) = self.waiting.get_mut(call) else {
            return;
        };
        if !searching.waiting.remove(merchant) {
            return;
        }
        let name = ctx.shop_name(merchant);
        let (status, found) = match answer {
            Ok(answer) => {
                let count = answer.products.len();
                let room = CANDIDATES_MAX.saturating_sub(searching.products.len());
                searching
                    .products
                    .extend(answer.products.into_iter().take(room).map(Arc::new));
                if let Some(terms) = answer.terms {
                    self.terms.insert(merchant.clone(), terms);
                }
                if let Some(windows) = answer.windows {
                    searching.windows.insert(merchant.clone(), windows);
                }
                searching.answered = searching.answered.saturating_add(1);
                (
                    StepStatus::Done,
                    if count == 0 {
                        words::found_nothing(ctx.language())
                    } else {
                        words::products(ctx.language(), count)
                    },
                )
            }
            Err(failure) => {
                out.notice(
                    "no",
                    &failure.code,
                    words::silent_headline(ctx.language(), &name),
                    words::shop_silent(ctx.language(), &name, &failure),
                );
                out.say(words::went_on_without(ctx.language(), &name));
                (StepStatus::Failed, failure.text)
            }
        };
        if let Some(part) = searching.parts.iter_mut().find(|p| p.name == name) {
            part.status = status;
            part.found = Some(found);
        }
        let (parts, step) = (searching.parts.clone(), searching.step.clone());
        let is_over = searching.waiting.is_empty();
        if let Some(step) = &step {
            self.set_parts(step, parts);
            self.show_plan(ctx, out);
        }
        if is_over && let Some(Waiting::Search(searching)) = self.waiting.remove(call) {
            self.searched(*searching, ctx, out);
            self.run_waiting_calls(ctx, out);
        }
    }

    /// Every shop has answered or was given up: check, rank, keep.
    fn searched(&mut self, searching: Searching, ctx: &Ctx<'_>, out: &mut Outbox) {
        let Searching {
            step,
            need,
            products,
            windows,
            answered,
            parts,
            tainted,
            is_renamed,
            ..
        } = searching;
        let (total, language) = (products.len(), ctx.language());
        let (candidates, mut excluded) = matching(&products, &need, language);
        let mut fitting = Vec::new();
        let mut judged: BTreeMap<OfferRef, (ItemFacts, Vec<String>)> = BTreeMap::new();
        for candidate in candidates {
            let (item, confirmed) = facts::judge(
                ctx,
                &candidate.offer,
                &candidate.product,
                need.pieces(),
                Some(&need),
            );
            match ruled_out(&candidate, &item, &windows, &need, ctx) {
                Some(why) => excluded.push(why),
                None => {
                    fitting.push(self.with_delivery(candidate, &confirmed, &windows, &need, ctx));
                }
            }
            judged.insert(item.offer.clone(), (item, confirmed));
        }
        let (fitting, over) = within_total(fitting, &need, language);
        excluded.extend(over);
        let ranked = self.styled(rank(fitting, &need, language), &need, language);
        let things = together(ranked, need.pieces());
        if things.is_empty()
            && answered > 0
            && !is_renamed
            && let Some(other) = errand_catalog::other_name(need.what.as_str())
        {
            self.search_by_other_name(step.as_ref(), need, &other, tainted, ctx, out);
            return;
        }
        let things = self.gated(things, &judged, tainted, &mut excluded, ctx, out);

        let left = left_out(&excluded, language);
        // Where one thing fits, what it can be held against comes nearest.
        let near = if things.len() <= 1 {
            nearest(&excluded, &need, &|shop| ctx.shop_name(shop), language)
        } else {
            None
        };
        let excluded_view = (left.total > 0).then(|| excluded_view(&left, &excluded, ctx));
        for thing in &things {
            self.learn_thing(thing, &need, &judged);
        }
        if let Some(near) = &near {
            self.learn_nearest(&near.offer, &products, &need);
        }
        let results = Results {
            id: CallId::fresh(ctx.ids).to_string(),
            step: step.clone(),
            need,
            offers: things
                .iter()
                .map(|t| t.ranked.candidate.offer.clone())
                .collect(),
            shown: 0,
            told: false,
            excluded: excluded_view,
            nearest: near.map(|n| (n.offer, n.text)),
        };
        if self.results.len() >= RESULTS_MAX {
            self.results.remove(0);
        }
        let fits = results.offers.len();
        self.results.push(Arc::new(results));

        let Some(step) = step else {
            self.show_or_compare(ctx, out);
            return;
        };
        let asked = parts.len();
        let all = words::products(language, total);
        let found = if answered == asked {
            all
        } else {
            words::some_of_shops(language, all, answered, asked)
        };
        let status = if answered == 0 {
            StepStatus::Failed
        } else {
            StepStatus::Done
        };
        self.set_step(&step, status, Some(found));
        self.checked(&step, fits, left.total, ctx, out);
        if answered == 0 {
            out.say(words::no_shop_answered(ctx.language()));
            self.drop_run(ctx, out);
            return;
        }
        self.go_on(ctx, out);
        self.finish_plan_without_compare(ctx, out);
    }

    /// What comes nearest may be spoken of like what fits.
    fn learn_nearest(&mut self, offer: &OfferRef, products: &[Arc<Product>], need: &Need) {
        let product = products
            .iter()
            .find(|p| p.merchant == offer.merchant && p.id == offer.product);
        if let Some(product) = product
            && let Some(variant) = product.variants.iter().find(|v| v.id == offer.variant)
        {
            let candidate = Candidate::new(Arc::clone(product), variant.clone());
            self.learn(&candidate, need, Vec::new(), None);
        }
    }

    /// Shows what was found, unless a comparison that was asked for in the same breath does that.
    fn show_or_compare(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        let is_compared = matches!(self.after_search.0.first(), Some(ToolCall::Compare(_)));
        let best: Vec<OfferRef> = match self.results.last() {
            Some(result) if is_compared && !self.is_searching() => {
                result.offers.iter().take(COMPARED).cloned().collect()
            }
            _ => Vec::new(),
        };
        if best.is_empty() {
            self.after_search
                .0
                .retain(|call| !matches!(call, ToolCall::Compare(_)));
            self.show_found(ctx, out);
        } else {
            self.shown = best;
        }
    }

    /// A plan that only searches ends with what was found.
    fn finish_plan_without_compare(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        let is_over = self.run.as_ref().is_some_and(|run| run.plan.is_over());
        if is_over && self.shown_nothing_yet() {
            self.show_found(ctx, out);
        }
    }

    fn shown_nothing_yet(&self) -> bool {
        self.results.last().is_some_and(|r| r.shown == 0 && !r.told)
    }

    fn checked(
        &mut self,
        search: &StepId,
        fits: usize,
        left: u32,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(run) = &self.run else { return };
        let is_check = |s: &&errand_types::Step| {
            s.tool.as_str() == crate::plans::CHECK && s.needs.contains(search)
        };
        if let Some(step) = run.plan.steps.iter().find(is_check).map(|s| s.id.clone()) {
            let found = if left == 0 {
                words::fit(ctx.language(), fits)
            } else {
                words::some_left_out(ctx.language(), words::fit(ctx.language(), fits), left)
            };
            self.set_step(&step, StepStatus::Done, Some(found));
            self.show_plan(ctx, out);
        }
    }

    /// Lists what was found, or says what stood in the way and what comes nearest.
    pub(crate) fn show_found(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        let Some(at) = self.results.len().checked_sub(1) else {
            out.say(words::nothing_to_show(ctx.language()));
            return;
        };
        let Some(result) = self.results.get_mut(at).map(Arc::make_mut) else {
            return;
        };
        let page: Vec<OfferRef> = result
            .offers
            .iter()
            .skip(result.shown)
            .take(SHOWN_MAX)
            .cloned()
            .collect();
        if page.is_empty() {
            let again = result.shown > 0;
            let (need, excluded, near) = (
                result.need.clone(),
                result.excluded.clone(),
                result.nearest.clone(),
            );
            if again {
                out.say(words::no_more(ctx.language()));
            } else {
                self.nothing_fits(&need, excluded.as_ref(), near, ctx, out);
            }
            return;
        }
        result.shown = result.shown.saturating_add(page.len());
        let result = result.clone();
        self.shown.clone_from(&page);
        self.focus = if page.len() == 1 {
            page.first().cloned()
        } else {
            None
        };
        let view = self.products_view(&result, &page, ctx);
        let said = words::found(ctx.language(), &view);
        out.emit(ErrandEvent::Products(view));
        out.say(said);
    }

    pub(crate) fn nothing_fits(
        &mut self,
        need: &Need,
        excluded: Option<&ExcludedView>,
        near: Option<(OfferRef, String)>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        if let Some(result) = self.results.iter_mut().rev().find(|r| r.need == *need) {
            Arc::make_mut(result).told = true;
        }
        self.found_nothing(need.what.as_str(), ctx.language());
        let mut said = words::nothing_fits(ctx.language(), need.what.as_str(), excluded);
        if let Some((offer, text)) = near {
            said.push(' ');
            said.push_str(&text);
            self.shown = vec![offer.clone()];
            self.focus = Some(offer);
        }
        out.say(said);
    }
}

fn excluded_view(
    left: &errand_catalog::LeftOut,
    excluded: &[Excluded],
    ctx: &Ctx<'_>,
) -> ExcludedView {
    ExcludedView {
        total: left.total,
        text: left.text.clone(),
        parts: left
            .parts
            .iter()
            .map(|(cause, count)| ExcludedPart {
                cause: cause.code().to_owned(),
                count: *count,
            })
            .collect(),
        items: excluded
            .iter()
            .filter(|e| e.cause != Cause::Thing)
            .take(60)
            .map(|e| ExcludedItem {
                title: e.title.clone(),
                merchant_name: ctx.shop_name(&e.merchant),
                text: e.text.clone(),
            })
            .collect(),
    }
}
