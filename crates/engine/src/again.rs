//! The same again: what was bought in an earlier conversation is read at its shop before it goes into the cart.

use std::collections::BTreeMap;
use std::sync::Arc;

use errand_gate::ActionKind;
use errand_types::{CallId, OfferRef, Order, OrderLine, Product, ToolCall};

use crate::ctx::Ctx;
use crate::effect::Deed;
use crate::failure::Failure;
use crate::orders::OrderOp;
use crate::outbox::Outbox;
use crate::session::{Known, Session, Waiting};
use crate::words;

/// What was bought, as something that can be bought again; `None` when neither the order nor this conversation knows.
pub(crate) fn offer_of(
    order: &Order,
    line: &OrderLine,
    known: &BTreeMap<OfferRef, Arc<Known>>,
) -> Option<OfferRef> {
    let is_it = |o: &&OfferRef| o.merchant == order.merchant && o.variant == line.variant;
    if let Some(offer) = known.keys().find(is_it) {
        return Some(offer.clone());
    }
    Some(OfferRef {
        merchant: order.merchant.clone(),
        product: line.product.clone()?,
        variant: line.variant.clone(),
    })
}

impl Session {
    /// Whether a call puts something into the cart that only an earlier conversation saw.
    pub(crate) fn is_from_before(&self, call: &ToolCall, ctx: &Ctx<'_>) -> bool {
        self.unseen(call)
            .is_some_and(|offer| was_bought(offer, ctx))
    }

    fn unseen<'c>(&self, call: &'c ToolCall) -> Option<&'c OfferRef> {
        match call {
            ToolCall::CartAdd(args) if !self.known.contains_key(&args.offer) => Some(&args.offer),
            _ => None,
        }
    }

    /// Asks the shops about everything in these calls that was bought before and is not known here.
    pub(crate) fn look_up(
        &mut self,
        calls: &[ToolCall],
        tainted: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let agent = self.doer(ctx, "search");
        let actor = self.actor(ctx, &agent, "search", tainted);
        let asked = crate::facts::base(ctx, &actor);
        if !self.allowed(ActionKind::Search, &asked, ctx, out) {
            return;
        }
        for call in calls {
            let Some(offer) = self.unseen(call).filter(|o| was_bought(o, ctx)).cloned() else {
                continue;
            };
            let call = CallId::fresh(ctx.ids);
            let deed = Deed::Product {
                merchant: offer.merchant.clone(),
                product: offer.product.clone(),
                selected: Vec::new(),
            };
            let op = OrderOp::LookUp(offer);
            self.waiting.insert(call.clone(), Waiting::Order(op));
            out.deed(call, deed);
        }
    }

    /// The shop told what it has now; once all did, the calls that waited go on.
    pub(crate) fn looked_up(
        &mut self,
        offer: &OfferRef,
        answer: Result<Box<Product>, Failure>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let shop = ctx.shop_name(&offer.merchant);
        match answer {
            Ok(product) => match found(offer, *product) {
                Some(known) => {
                    self.known.insert(offer.clone(), Arc::new(known));
                }
                None => out.say(words::not_sold_any_more(
                    ctx.language(),
                    &title(offer, ctx),
                    &shop,
                )),
            },
            Err(failure) => out.say(words::not_looked_up(
                ctx.language(),
                &title(offer, ctx),
                &shop,
                &failure,
            )),
        }
        if self.is_searching() {
            return;
        }
        let is_here = |call: &ToolCall| match call {
            ToolCall::CartAdd(args) => self.known.contains_key(&args.offer),
            _ => true,
        };
        let (mut calls, tainted) = std::mem::take(&mut self.after_search);
        calls.retain(is_here);
        // Without anything of it there is nothing to buy either, whatever else lies in the cart.
        if !calls.iter().any(|c| matches!(c, ToolCall::CartAdd(_))) {
            calls.retain(|c| !matches!(c, ToolCall::Buy(_)));
        }
        if !calls.is_empty() {
            self.after_search = (calls, tainted);
            self.run_waiting_calls(ctx, out);
        }
    }
}

fn was_bought(offer: &OfferRef, ctx: &Ctx<'_>) -> bool {
    line_of(offer, ctx).is_some()
}

fn title(offer: &OfferRef, ctx: &Ctx<'_>) -> String {
    line_of(offer, ctx).map_or_else(String::new, |line| line.title.to_string())
}

fn line_of<'c>(offer: &OfferRef, ctx: &Ctx<'c>) -> Option<&'c OrderLine> {
    let orders = ctx
        .orders
        .iter()
        .filter(|order| order.merchant == offer.merchant);
    orders
        .flat_map(|order| &order.lines)
        .find(|line| line.variant == offer.variant && line.product.as_ref() == Some(&offer.product))
}

/// The variant that was bought, if it can be had.
fn found(offer: &OfferRef, product: Product) -> Option<Known> {
    let variant = product.variants.iter().find(|v| v.id == offer.variant)?;
    if !variant.availability.is_offerable() {
        return None;
    }
    Some(Known {
        variant: variant.clone(),
        product: Arc::new(product),
        need: None,
        confirmed: Vec::new(),
        reasons: Vec::new(),
        delivery: None,
        delivery_cost: None,
        also: Vec::new(),
        choices: Vec::new(),
        named: Vec::new(),
    })
}
