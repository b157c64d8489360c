//! What a search found, held against rules, deliveries and the gate.

use std::collections::BTreeMap;
use std::sync::Arc;

use errand_catalog::{Anchor, Candidate, Cause, Excluded, Offers, Ranked, by_style};
use errand_gate::{ActionKind, Decision, ItemFacts};
use errand_types::{
    CallId, ConsentState, Language, MerchantId, MethodKind, Need, OfferRef, Preference, Purpose,
    Slot, StyleHow, Window,
};
use errand_values::{CLAIM, Value};

use crate::ctx::Ctx;
use crate::facts;
use crate::outbox::Outbox;
use crate::session::{AlsoAt, Known, Session};
use crate::words;

/// Candidates that the gate looks at one by one; the values evaluator sees all.
const GATED: usize = 10;
/// Other shops of one thing that the gate looks at.
const ALSO: usize = 2;

impl Session {
    /// The handful that would be shown goes through the gate one by one, each with the other shops that have it.
    pub(crate) fn gated(
        &mut self,
        things: Vec<Offers>,
        judged: &BTreeMap<OfferRef, (ItemFacts, Vec<String>)>,
        tainted: bool,
        excluded: &mut Vec<Excluded>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> Vec<Offers> {
        let agent = self.doer(ctx, "search");
        let actor = self.actor(ctx, &agent, "search", tainted);
        let asked = |candidate: &Candidate| {
            let mut asked = facts::base(ctx, &actor);
            asked.merchant = Some(facts::merchant(ctx, &candidate.offer.merchant));
            let item = judged.get(&candidate.offer).map(|(item, _)| item.clone());
            asked.items = item.into_iter().collect();
            asked
        };
        let refused = |decision: Decision| {
            let why = decision.reasons.into_iter().next().map(|r| r.text);
            (decision.verdict != errand_gate::Verdict::Allow).then(|| why.unwrap_or_default())
        };
        // Most likely these are all that is looked at, and asked together they cost little more than one.
        let first = || {
            things.iter().take(GATED).flat_map(|thing| {
                let also = thing.also.iter().take(ALSO).map(|a| &a.candidate);
                std::iter::once(&thing.ranked.candidate).chain(also)
            })
        };
        let facts: Vec<_> = first().map(asked).collect();
        let decisions = out.decide_each(ctx, ActionKind::Recommend, &facts);
        let offers = first().map(|candidate| candidate.offer.clone());
        let known: BTreeMap<OfferRef, Option<String>> =
            offers.zip(decisions.into_iter().map(refused)).collect();
        let mut refusal = |candidate: &Candidate| -> Option<String> {
            if let Some(refusal) = known.get(&candidate.offer) {
                return refusal.clone();
            }
            let call = CallId::fresh(ctx.ids);
            refused(out.decide(ctx, &call, ActionKind::Recommend, &asked(candidate)))
        };
        let mut kept = Vec::new();
        for mut thing in things {
            if kept.len() >= GATED {
                break;
            }
            if let Some(text) = refusal(&thing.ranked.candidate) {
                excluded.push(Excluded::of(
                    &thing.ranked.candidate,
                    Cause::Avoid,
                    "",
                    text,
                ));
                // What one shop may not offer, another may.
                let Some(next) = thing
                    .also
                    .iter()
                    .position(|a| refusal(&a.candidate).is_none())
                else {
                    continue;
                };
                let next = thing.also.remove(next);
                thing = Offers {
                    ranked: Ranked {
                        candidate: next.candidate,
                        ..thing.ranked
                    },
                    also: Vec::new(),
                };
            }
            thing.also.truncate(ALSO);
            thing.also.retain(|a| refusal(&a.candidate).is_none());
            kept.push(thing);
        }
        kept
    }

    /// Keeps a thing and the other shops that have it.
    pub(crate) fn learn_thing(
        &mut self,
        thing: &Offers,
        need: &Need,
        judged: &BTreeMap<OfferRef, (ItemFacts, Vec<String>)>,
    ) {
        let Ranked {
            candidate, reasons, ..
        } = &thing.ranked;
        self.learn(
            candidate,
            need,
            reasons.clone(),
            judged.get(&candidate.offer),
        );
        for also in &thing.also {
            let judged = judged.get(&also.candidate.offer);
            self.learn(&also.candidate, need, Vec::new(), judged);
        }
        if let Some(known) = self.known.get_mut(&candidate.offer) {
            Arc::make_mut(known).also = thing
                .also
                .iter()
                .map(|a| AlsoAt {
                    offer: a.candidate.offer.clone(),
                    more: a.more,
                    with_delivery: a.with_delivery,
                })
                .collect();
        }
    }

    pub(crate) fn learn(
        &mut self,
        candidate: &Candidate,
        need: &Need,
        reasons: Vec<String>,
        judged: Option<&(ItemFacts, Vec<String>)>,
    ) {
        // A shop that says the same again costs no second copy, here and in the journal.
        let old = self.knows(&candidate.offer).map(|old| &old.product);
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
            delivery_cost: candidate.delivery_cost,
            also: Vec::new(),
            choices: Vec::new(),
            // "A desk 140 cm wide" names an option already.
            named: candidate
                .product
                .configuration
                .as_ref()
                .map(|c| errand_catalog::wished(c, need))
                .unwrap_or_default(),
        };
        self.known.insert(candidate.offer.clone(), Arc::new(known));
    }

    /// "Something like this one" is of its kind, unless another kind was said.
    pub(crate) fn in_style(&self, mut need: Need) -> Need {
        let offer = need.style.as_ref().and_then(|s| s.offer.as_ref());
        if need.what.is_blank()
            && let Some(known) = offer.and_then(|o| self.knows(o))
        {
            need.what = errand_catalog::kind_of(&known.product);
        }
        need
    }

    /// Held against the thing that the person named, if they named one.
    pub(crate) fn styled(
        &self,
        ranked: Vec<Ranked>,
        need: &Need,
        language: Language,
    ) -> Vec<Ranked> {
        match self.anchor(need) {
            Some(anchor) => by_style(ranked, &anchor, language),
            None => ranked,
        }
    }

    /// What a need is held against.
    pub(crate) fn anchor<'a>(&'a self, need: &'a Need) -> Option<Anchor<'a>> {
        let style = need.style.as_ref()?;
        let known = style.offer.as_ref().and_then(|o| self.knows(o));
        match (style.how, known) {
            (StyleHow::Like, Some(k)) => Some(Anchor::Like(&k.product, &k.variant)),
            (StyleHow::With, Some(k)) => Some(Anchor::With(&k.product, &k.variant)),
            (StyleHow::With, None) => Some(Anchor::WithSaid(style.said.as_str())),
            (StyleHow::Like, None) => None,
        }
    }

    pub(crate) fn with_delivery(
        &self,
        mut candidate: Candidate,
        confirmed: &[String],
        windows: &BTreeMap<MerchantId, Vec<Slot>>,
        need: &Need,
        ctx: &Ctx<'_>,
    ) -> Candidate {
        candidate.confirmed = confirmed.to_vec();
        candidate.preferred = is_preferred(&candidate, ctx);
        candidate.bought_before = was_bought(&candidate, ctx);
        let merchant = &candidate.offer.merchant;
        if let Some(slot) = first_slot(windows.get(merchant), need) {
            candidate.delivery = Some(slot.window);
            candidate.delivery_text = Some(words::window(&slot.window, ctx));
            candidate.delivery_cost = slot.price;
        } else if let Some(terms) = self.terms.get(merchant)
            && let Ok(goods) = candidate.price_all(need)
        {
            candidate.delivery_cost = Some(terms.price_of(goods));
        }
        candidate
    }
}

/// Bought before, where the person allowed that shop's orders to count for what they are shown.
fn was_bought(candidate: &Candidate, ctx: &Ctx<'_>) -> bool {
    let merchant = &candidate.offer.merchant;
    let may = ctx.consents.iter().any(|receipt| {
        receipt.merchant == *merchant
            && receipt.purpose == Purpose::Personalisation
            && receipt.state == ConsentState::Given
    });
    may && ctx
        .orders
        .iter()
        .filter(|order| order.merchant == *merchant)
        .any(|order| {
            order
                .lines
                .iter()
                .any(|l| l.variant == candidate.offer.variant)
        })
}

fn is_preferred(candidate: &Candidate, ctx: &Ctx<'_>) -> bool {
    ctx.profile.preferences.iter().any(|p| match p {
        Preference::PreferMerchant(m) => *m == candidate.offer.merchant,
        Preference::PreferBrand(b) => candidate
            .product
            .brand
            .as_ref()
            .is_some_and(|brand| brand.as_str().eq_ignore_ascii_case(b.as_str())),
        Preference::PreferLabel(label) => carries(candidate, label.as_str(), ctx),
        Preference::BlockMerchant(_) | Preference::BlockBrand(_) => false,
    })
}

/// Whether a label is true of a product by more than the prose of its shop.
fn carries(candidate: &Candidate, label: &str, ctx: &Ctx<'_>) -> bool {
    ctx.values.labels().id(label).is_some_and(|label| {
        let facts = ctx.values.facts(&candidate.product, ctx.now);
        matches!(facts.value(label), (Value::True, Some(level)) if level >= CLAIM)
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
pub(crate) fn ruled_out(
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
        let text = words::age_unknown(ctx.language(), item.min_age);
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
    let text = words::cannot_come(wish.said.as_str(), soonest.as_ref(), ctx);
    Some(Excluded::of(
        candidate,
        Cause::Delivery,
        wish.said.as_str(),
        text,
    ))
}
