//! Several things from several shops: who supplies which, by what the person wants most.

use std::collections::BTreeMap;
use std::sync::Arc;

use errand_catalog::{CombineError, Errand, Goal, Supply, Terms, combination_told};
use errand_gate::ActionKind;
use errand_types::{BuyArgs, CartLine, CombineArgs, CombineGoal, Language, MerchantId, OfferRef};

use crate::ctx::Ctx;
use crate::facts::Actor;
use crate::outbox::Outbox;
use crate::session::{Results, Session};
use crate::words;

/// A thing that is wanted, and who has it.
struct Wanted {
    /// In words: `2 × milk`.
    said: String,
    quantity: u32,
    offers: Vec<OfferRef>,
    /// What lies in the cart for it.
    in_cart: Option<OfferRef>,
}

impl Session {
    /// Chooses who supplies what and puts that into the cart, in place of what lay there for the same things.
    pub(crate) fn combine(
        &mut self,
        args: CombineArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let wanted = self.wanted(ctx.language());
        if wanted.is_empty() {
            out.say(words::nothing_to_combine(ctx.language()));
            return false;
        }
        let lines: Vec<Vec<Supply>> = wanted.iter().map(|w| self.supplies(w)).collect();
        let terms = self.terms_by_shop();
        let errand = Errand {
            lines: &lines,
            terms: &terms,
            goal: goal(args.goal),
            parcels_max: None,
        };
        let found = match errand_catalog::combine(&errand) {
            Ok(found) => found,
            Err(error) => {
                let thing = match &error {
                    CombineError::NobodyHas(at) => wanted.get(*at).map(|w| w.said.as_str()),
                    _ => None,
                };
                out.say(words::not_combined(ctx.language(), &error, thing));
                return false;
            }
        };
        for (want, offer) in wanted.iter().zip(&found.picks) {
            let asked = self.item_facts(offer, want.quantity, actor, ctx);
            if !self.allowed(ActionKind::CartAdd, &asked, ctx, out) {
                return false;
            }
        }
        let was_asked = self.purchases.iter().any(|p| !p.state.is_final());
        if !self.take_all(&wanted, &found.picks, ctx, out) {
            return false;
        }
        self.void_open_purchase(ctx, out);
        self.cart_changed(ctx, out);
        let things: Vec<String> = wanted.iter().map(|w| w.said.clone()).collect();
        let name = |shop: &MerchantId| ctx.shop_name(shop);
        out.say(words::combined(
            ctx.language(),
            args.goal,
            &combination_told(&errand, &found, &things, &name, ctx.language()),
        ));
        if was_asked {
            return self.buy(&BuyArgs::default(), actor, ctx, out);
        }
        true
    }

    /// What is wanted: the things of the errand under way, each from whoever fits, and what else lies in the cart, each the same
    /// thing from whoever has it.
    fn wanted(&self, language: Language) -> Vec<Wanted> {
        let results: Vec<&Results> = match &self.run {
            Some(run) => self
                .results
                .iter()
                .filter(|r| r.step.as_ref().is_some_and(|s| run.plan.step(s).is_some()))
                .filter(|r| !r.offers.is_empty())
                .map(Arc::as_ref)
                .collect(),
            None => Vec::new(),
        };
        let mut taken: Vec<&OfferRef> = Vec::new();
        let mut wanted = Vec::new();
        for result in results {
            let offers: Vec<OfferRef> = result
                .offers
                .iter()
                .flat_map(|o| self.with_twins(o))
                .collect();
            let line = self
                .cart
                .lines
                .iter()
                .find(|l| offers.contains(&l.offer) && !taken.contains(&&l.offer));
            taken.extend(line.map(|l| &l.offer));
            let quantity = line.map_or(result.need.pieces(), |l| l.quantity);
            wanted.push(Wanted {
                said: words::pieces(language, quantity, result.need.what.as_str()),
                quantity,
                offers,
                in_cart: line.map(|l| l.offer.clone()),
            });
        }
        for line in &self.cart.lines {
            if !taken.contains(&&line.offer) {
                wanted.push(Wanted {
                    said: words::pieces(language, line.quantity, line.title.as_str()),
                    quantity: line.quantity,
                    offers: self.with_twins(&line.offer),
                    in_cart: Some(line.offer.clone()),
                });
            }
        }
        wanted
    }

    /// An offer and the same thing elsewhere, from whichever side it was seen.
    fn with_twins(&self, offer: &OfferRef) -> Vec<OfferRef> {
        let mut all = vec![offer.clone()];
        let ours = self.knows(offer).into_iter().flat_map(|k| &k.also);
        all.extend(ours.map(|a| a.offer.clone()));
        for (leader, known) in &self.known {
            if known.also.iter().any(|a| a.offer == *offer) {
                all.push(leader.clone());
                all.extend(known.also.iter().map(|a| a.offer.clone()));
            }
        }
        let mut once: Vec<OfferRef> = Vec::new();
        for one in all {
            if !once.contains(&one) {
                once.push(one);
            }
        }
        once
    }

    fn supplies(&self, wanted: &Wanted) -> Vec<Supply> {
        let supply = |offer: &OfferRef| {
            let known = self.knows(offer)?;
            // What has options is taken only as it was configured.
            let is_open = known.product.configuration.is_some() && known.choices.is_empty();
            if is_open || !known.variant.availability.is_offerable() {
                return None;
            }
            let carbon = errand_catalog::carbon_stated(&known.product);
            Some(Supply {
                offer: offer.clone(),
                price: known.variant.price.times(wanted.quantity).ok()?,
                carbon_g: carbon.map(|grams| grams.saturating_mul(i64::from(wanted.quantity))),
            })
        };
        wanted.offers.iter().filter_map(supply).collect()
    }

    /// What shops told about their delivery; where a day is wished, the window that meets it.
    fn terms_by_shop(&self) -> BTreeMap<MerchantId, Terms> {
        let mut terms: BTreeMap<MerchantId, Terms> = BTreeMap::new();
        for (shop, told) in &self.terms {
            let told = Terms {
                shipping: Some(told.price),
                free_from: told.free_from,
                arrives: told.window.map(|w| w.end),
            };
            terms.insert(shop.clone(), told);
        }
        if self.wish.is_none() {
            return terms;
        }
        for (offer, known) in &self.known {
            if let Some(window) = known.delivery {
                let told = Terms {
                    shipping: known.delivery_cost,
                    free_from: None,
                    arrives: Some(window.end),
                };
                terms.insert(offer.merchant.clone(), told);
            }
        }
        terms
    }

    fn take_all(
        &mut self,
        wanted: &[Wanted],
        picks: &[OfferRef],
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        self.keep_undo();
        let before = self.cart.clone();
        for old in wanted.iter().filter_map(|w| w.in_cart.as_ref()) {
            // Gone already when two things were one line.
            let _ = self.cart.set_quantity(old, 0);
        }
        for (want, offer) in wanted.iter().zip(picks) {
            let Some(known) = self.knows(offer) else {
                continue;
            };
            let line = CartLine {
                offer: offer.clone(),
                title: words::line_title(known),
                quantity: want.quantity,
                unit_price: known.variant.price,
                delivery: self.wish.clone(),
            };
            if let Err(error) = self.cart.add(line) {
                self.undo.pop();
                let revision = self.cart.revision.saturating_add(1);
                self.cart = errand_types::Cart { revision, ..before };
                out.say(words::cart_error(ctx.language(), &error));
                return false;
            }
        }
        true
    }
}

fn goal(goal: CombineGoal) -> Goal {
    match goal {
        CombineGoal::FewestParcels => Goal::FewestParcels,
        CombineGoal::LowestTotal => Goal::LowestTotal,
        CombineGoal::Earliest => Goal::Earliest,
        CombineGoal::LowestCarbon => Goal::LowestCarbon,
    }
}
