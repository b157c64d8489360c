//! From a need to products that fit: every shop is asked, every candidate is checked, all of them are ranked here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use errand_catalog::{Candidate, Cause, Excluded, left_out, matching, nearest, rank, within_total};
use errand_gate::{ActionKind, ItemFacts, SearchShops};
use errand_protocol::errand::{ErrandEvent, ExcludedItem, ExcludedPart, ExcludedView, PartView};
use errand_types::limits::{CANDIDATES_MAX, SHOWN_MAX};
use errand_types::{
    CallId, MerchantId, MethodKind, Need, OfferRef, Preference, Product, Slot, StepId, StepStatus,
    Window,
};

use crate::ctx::Ctx;
use crate::effect::Deed;
use crate::facts;
use crate::failure::Failure;
use crate::input::ShopAnswer;
use crate::outbox::Outbox;
use crate::session::{Known, Results, Session, Waiting};
use crate::words;

/// Candidates that the gate looks at one by one; the values evaluator sees all.
const GATED: usize = 10;
/// Products asked of each shop.
const PER_SHOP: u16 = 60;
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
                self.set_step(step, StepStatus::Failed, Some("no shop to ask".into()));
            }
            out.say(words::NO_SHOPS);
            return;
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
                    self.set_step(step, StepStatus::Failed, Some("not allowed".into()));
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
        let windows = need.delivery.is_some();
        let searching = Searching {
            step: step.cloned(),
            need,
            waiting: asked.into_iter().collect(),
            parts,
            products: Vec::new(),
            windows: BTreeMap::new(),
            answered: 0,
            tainted,
        };
        self.waiting
            .insert(call.clone(), Waiting::Search(Box::new(searching)));
        out.deed(
            call,
            Deed::Search {
                act: permit,
                windows,
            },
        );
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
                if let Some(windows) = answer.windows {
                    searching.windows.insert(merchant.clone(), windows);
                }
                searching.answered = searching.answered.saturating_add(1);
                (
                    StepStatus::Done,
                    if count == 0 {
                        "nothing".to_owned()
                    } else {
                        words::products(count)
                    },
                )
            }
            Err(failure) => {
                out.notice(
                    "no",
                    &failure.code,
                    format!("{name} did not answer"),
                    words::shop_silent(&name, &failure),
                );
                out.say(words::went_on_without(&name));
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
            ..
        } = searching;
        let total = products.len();
        let (candidates, mut excluded) = matching(&products, &need);
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
                None => fitting.push(with_delivery(candidate, &confirmed, &windows, &need, ctx)),
            }
            judged.insert(item.offer.clone(), (item, confirmed));
        }
        let (fitting, over) = within_total(fitting, &need);
        excluded.extend(over);
        let ranked = rank(fitting, &need);
        let ranked = self.gated(ranked, &judged, tainted, &mut excluded, ctx, out);

        let left = left_out(&excluded);
        let near = if ranked.is_empty() {
            nearest(&excluded, &need)
        } else {
            None
        };
        let excluded_view = (left.total > 0).then(|| excluded_view(&left, &excluded, ctx));
        for r in &ranked {
            self.learn(
                &r.candidate,
                &need,
                r.reasons.clone(),
                judged.get(&r.candidate.offer),
            );
        }
        if let Some(near) = &near
            && let Some(product) = products
                .iter()
                .find(|p| p.merchant == near.offer.merchant && p.id == near.offer.product)
            && let Some(variant) = product.variants.iter().find(|v| v.id == near.offer.variant)
        {
            let candidate = Candidate::new(Arc::clone(product), variant.clone());
            self.learn(&candidate, &need, Vec::new(), None);
        }
        let results = Results {
            id: CallId::fresh(ctx.ids).to_string(),
            step: step.clone(),
            need,
            offers: ranked.iter().map(|r| r.candidate.offer.clone()).collect(),
            shown: 0,
            told: false,
            excluded: excluded_view,
            nearest: near.map(|n| (n.offer, n.text)),
        };
        if self.results.len() >= RESULTS_MAX {
            self.results.remove(0);
        }
        let fits = results.offers.len();
        self.results.push(results);

        let Some(step) = step else {
            self.show_found(ctx, out);
            return;
        };
        let asked = parts.len();
        let found = if answered == asked {
            words::products(total)
        } else {
            format!("{}, {answered} of {asked} shops", words::products(total))
        };
        let status = if answered == 0 {
            StepStatus::Failed
        } else {
            StepStatus::Done
        };
        self.set_step(&step, status, Some(found));
        self.checked(&step, fits, left.total, ctx, out);
        if answered == 0 {
            out.say(words::NO_SHOP_ANSWERED);
            self.drop_run(ctx, out);
            return;
        }
        self.go_on(ctx, out);
        self.finish_plan_without_compare(ctx, out);
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

    /// The handful that would be shown goes through the gate one by one.
    fn gated(
        &mut self,
        ranked: Vec<errand_catalog::Ranked>,
        judged: &BTreeMap<OfferRef, (ItemFacts, Vec<String>)>,
        tainted: bool,
        excluded: &mut Vec<Excluded>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> Vec<errand_catalog::Ranked> {
        let agent = self.doer(ctx, "search");
        let actor = self.actor(ctx, &agent, "search", tainted);
        let mut kept = Vec::new();
        let mut ranked = ranked.into_iter();
        while kept.len() < GATED {
            let some: Vec<_> = ranked.by_ref().take(GATED - kept.len()).collect();
            if some.is_empty() {
                break;
            }
            let asked = some.iter().map(|r| {
                let mut asked = facts::base(ctx, &actor);
                asked.merchant = Some(facts::merchant(ctx, &r.candidate.offer.merchant));
                let item = judged.get(&r.candidate.offer).map(|(item, _)| item.clone());
                asked.items = item.into_iter().collect();
                asked
            });
            let asked: Vec<_> = asked.collect();
            let decisions = out.decide_each(ctx, ActionKind::Recommend, &asked);
            for (r, decision) in some.into_iter().zip(decisions) {
                if decision.verdict == errand_gate::Verdict::Allow {
                    kept.push(r);
                } else {
                    let first = decision.reasons.into_iter().next();
                    let text = first.map(|r| r.text).unwrap_or_default();
                    excluded.push(Excluded::of(&r.candidate, Cause::Avoid, "", text));
                }
            }
        }
        kept
    }

    fn learn(
        &mut self,
        candidate: &Candidate,
        need: &Need,
        reasons: Vec<String>,
        judged: Option<&(ItemFacts, Vec<String>)>,
    ) {
        // A shop that says the same again costs no second copy, here and in the journal.
        let old = self.known.get(&candidate.offer).map(|old| &old.product);
        let product = old
            .filter(|old| old.says_the_same(&candidate.product))
            .unwrap_or(&candidate.product);
        let known = Known {
            product: Arc::clone(product),
            variant: candidate.variant.clone(),
            need: Some(Box::new(need.clone())),
            confirmed: judged
                .map(|(_, confirmed)| confirmed.clone())
                .unwrap_or_default(),
            reasons,
            delivery: candidate.delivery,
            choices: Vec::new(),
            // "A desk 140 cm wide" names an option already.
            named: candidate
                .product
                .configuration
                .as_ref()
                .map(|c| errand_catalog::wished(c, need))
                .unwrap_or_default(),
        };
        self.known.insert(candidate.offer.clone(), known);
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
                words::fit(fits)
            } else {
                format!("{}, {left} left out", words::fit(fits))
            };
            self.set_step(&step, StepStatus::Done, Some(found));
            self.show_plan(ctx, out);
        }
    }

    /// Lists what was found, or says what stood in the way and what comes nearest.
    pub(crate) fn show_found(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        let Some(at) = self.results.len().checked_sub(1) else {
            out.say(words::NOTHING_TO_SHOW);
            return;
        };
        let Some(result) = self.results.get_mut(at) else {
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
                out.say(words::NO_MORE);
            } else {
                self.nothing_fits(&need, excluded.as_ref(), near, out);
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
        let said = words::found(&view);
        out.emit(ErrandEvent::Products(view));
        out.say(said);
    }

    pub(crate) fn nothing_fits(
        &mut self,
        need: &Need,
        excluded: Option<&ExcludedView>,
        near: Option<(OfferRef, String)>,
        out: &mut Outbox,
    ) {
        if let Some(result) = self.results.iter_mut().rev().find(|r| r.need == *need) {
            result.told = true;
        }
        let mut said = words::nothing_fits(need.what.as_str(), excluded);
        if let Some((offer, text)) = near {
            said.push(' ');
            said.push_str(&text);
            self.shown = vec![offer.clone()];
            self.focus = Some(offer);
        }
        out.say(said);
    }
}

fn with_delivery(
    mut candidate: Candidate,
    confirmed: &[String],
    windows: &BTreeMap<MerchantId, Vec<Slot>>,
    need: &Need,
    ctx: &Ctx<'_>,
) -> Candidate {
    candidate.confirmed = confirmed.to_vec();
    candidate.preferred = is_preferred(&candidate, ctx);
    if let Some(slot) = first_slot(windows.get(&candidate.offer.merchant), need) {
        candidate.delivery = Some(slot.window);
        candidate.delivery_text = Some(words::window(&slot.window, &ctx.zone()));
        candidate.delivery_cost = slot.price;
    }
    candidate
}

fn is_preferred(candidate: &Candidate, ctx: &Ctx<'_>) -> bool {
    ctx.profile.preferences.iter().any(|p| match p {
        Preference::PreferMerchant(m) => *m == candidate.offer.merchant,
        Preference::PreferBrand(b) => candidate
            .product
            .brand
            .as_ref()
            .is_some_and(|brand| brand.as_str().eq_ignore_ascii_case(b.as_str())),
        Preference::BlockMerchant(_) | Preference::BlockBrand(_) => false,
    })
}

/// Earliest window that meets the wish, then the cheapest.
fn first_slot<'s>(windows: Option<&'s Vec<Slot>>, need: &Need) -> Option<&'s Slot> {
    let wish = need.delivery.as_ref()?;
    let cost = |s: &Slot| s.price.map_or(0, errand_types::Money::minor);
    windows?
        .iter()
        .filter(|s| s.method == MethodKind::Shipping && wish.is_met_by(&s.window))
        .min_by_key(|s| (s.window.start, cost(s)))
}

/// Rules, age and the delivery wish: what `matching` does not know.
fn ruled_out(
    candidate: &Candidate,
    item: &ItemFacts,
    windows: &BTreeMap<MerchantId, Vec<Slot>>,
    need: &Need,
    ctx: &Ctx<'_>,
) -> Option<Excluded> {
    if let Some(hit) = item.violations.first() {
        return Some(Excluded::of(candidate, Cause::Avoid, "", hit.text.clone()));
    }
    // A lenient "nobody says" is shown with its warning; something required that is not confirmed is not.
    if let Some(hit) = item.unconfirmed.iter().find(|hit| hit.code != "VALUE-0003") {
        return Some(Excluded::of(candidate, Cause::Label, "", hit.text.clone()));
    }
    if item.min_age > 0 && !item.age_ok {
        let text = words::age_unknown(item.min_age);
        return Some(Excluded::of(
            candidate,
            Cause::Age,
            &item.min_age.to_string(),
            text,
        ));
    }
    // Only a shop that says which windows it has can be left out for having none.
    let wish = need.delivery.as_ref()?;
    let offered = windows.get(&candidate.offer.merchant)?;
    if first_slot(Some(offered), need).is_some() {
        return None;
    }
    let soonest: Option<Window> = offered.iter().map(|s| s.window).min();
    let text = words::cannot_come(wish.said.as_str(), soonest.as_ref(), &ctx.zone());
    Some(Excluded::of(
        candidate,
        Cause::Delivery,
        wish.said.as_str(),
        text,
    ))
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
