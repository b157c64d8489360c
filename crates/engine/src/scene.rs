//! What a planner sees: references and names, nothing secret.

use errand_model::{
    CartItem, Open, OpenKind, OrderBrief, Private, Scene, ShopName, Shown, Speaker, Talk,
};
use errand_protocol::errand::{Role, Utterance};
use errand_types::{OfferRef, Order, Profile, Text};

use crate::ctx::Ctx;
use crate::session::{Known, OpenQuestion, Session};

impl Session {
    /// What a planner sees of this session.
    pub fn scene(&self, ctx: &Ctx<'_>) -> Scene {
        Scene {
            agent: self.agent.clone(),
            tools: self.tools(ctx),
            now: ctx.now,
            zone: ctx.profile.zone.clone(),
            currency: ctx.profile.currency,
            language: ctx.language(),
            shops: ctx
                .merchants
                .values()
                .map(|m| ShopName {
                    id: m.id.clone(),
                    name: m.name.clone(),
                })
                .collect(),
            need: self.results.last().map(|r| r.need.clone()),
            shown: self
                .shown
                .iter()
                .filter_map(|o| self.knows(o).map(|k| shown(o, k)))
                .collect(),
            focus: self.focus.clone(),
            configuring: self.configuring.as_ref().and_then(|(offer, choices)| {
                let known = self.knows(offer)?;
                Some((
                    offer.clone(),
                    known.product.configuration.clone()?,
                    choices.clone(),
                ))
            }),
            assembly: self
                .assembled
                .as_ref()
                .map(|whole| whole.args.domain.clone()),
            cart: self
                .cart
                .lines
                .iter()
                .map(|l| CartItem {
                    offer: l.offer.clone(),
                    title: l.title.clone(),
                    quantity: l.quantity,
                    words: self.knows(&l.offer).map(kind_words).unwrap_or_default(),
                })
                .collect(),
            wish: self.wish.clone(),
            open: self.open.as_ref().map(open),
            orders: ctx
                .orders
                .iter()
                .take(20)
                .map(|o| self.brief(o, ctx))
                .collect(),
            lost: self.lost,
        }
    }

    /// What was said before this sentence, for planners that are not on this machine: bounded, and without what is private.
    ///
    /// It costs more than all of an offline turn, so it is made only where somebody reads it.
    pub fn talk(&self, text: &str, ctx: &Ctx<'_>) -> Talk {
        let under_way = self
            .run
            .as_ref()
            .filter(|run| run.plan.steps.iter().any(|s| !s.status.is_final()));
        let errand = under_way.map_or(self.id.as_str(), |run| run.plan.id.as_str());
        // What is being said now is no earlier talk.
        let is_now = |u: &Utterance| u.role == Role::User && u.text == text;
        let last = usize::from(self.transcript.back().is_some_and(is_now));
        let earlier = self.transcript.len().saturating_sub(last);
        let said = self.transcript.iter().take(earlier).map(|u| {
            let by = match u.role {
                Role::User => Speaker::Person,
                Role::Assistant | Role::Desk => Speaker::Errand,
            };
            (by, u.text.as_str())
        });
        Talk::new(errand, text, said, &private(ctx.profile))
    }

    fn brief(&self, order: &Order, ctx: &Ctx<'_>) -> OrderBrief {
        let what: Vec<String> = order
            .lines
            .iter()
            .map(|l| format!("{} × {}", l.ordered, l.title))
            .collect();
        let lines: Option<Vec<(OfferRef, u32)>> = order
            .lines
            .iter()
            .map(|l| Some((crate::again::offer_of(order, l, &self.known)?, l.ordered)))
            .collect();
        OrderBrief {
            words: order.lines.iter().flat_map(|l| l.words.clone()).collect(),
            id: order.id.clone(),
            number: Text::clip(&crate::words::order_number(order, ctx)),
            what: Text::clip(&what.join(", ")),
            merchant: order.merchant.clone(),
            state: order.state,
            // All of it or nothing: half of an order is not "that again".
            lines: lines.unwrap_or_default(),
        }
    }

    fn tools(&self, ctx: &Ctx<'_>) -> Vec<Text<60>> {
        let own = ctx
            .agents
            .get(self.agent.as_str())
            .map(|a| a.tools.clone())
            .unwrap_or_default();
        if self.depth > 0 {
            return own.into_iter().collect();
        }
        // The front agent delegates: every tool that some agent has is within reach.
        let mut all = own;
        all.extend(ctx.agents.iter().flat_map(|a| a.tools.iter().cloned()));
        all.into_iter().collect()
    }
}

fn shown(offer: &OfferRef, known: &Known) -> Shown {
    let options = known.variant.options.iter().map(|(_, value)| value.clone());
    let attributes = known
        .product
        .attributes
        .iter()
        .take(12)
        .map(|a| Text::clip(a.value.as_str()));
    Shown {
        offer: offer.clone(),
        title: known.product.title.clone(),
        brand: known.product.brand.clone(),
        price: known.variant.price,
        rating: known.product.rating,
        words: options.chain(attributes).collect(),
        delivery: known.delivery,
        configurable: known.product.configuration.is_some(),
    }
}

/// What a product is and who makes it, for people who do not say its name.
pub(crate) fn kind_words(known: &Known) -> Vec<Text<80>> {
    let product = &known.product;
    let kinds = product.categories.iter().map(|c| Text::clip(c.as_str()));
    let brand = product.brand.iter().map(|b| Text::clip(b.as_str()));
    kinds.chain(brand).take(8).collect()
}

fn open(question: &OpenQuestion) -> Open {
    let (kind, text) = match question {
        OpenQuestion::Choose => (OpenKind::Choose, "which one?"),
        OpenQuestion::Consent { .. } => (OpenKind::Consent, "may the shop learn that?"),
        OpenQuestion::Purchase { .. } => (OpenKind::Approval, "buy exactly this?"),
        OpenQuestion::CancelOrder(_) => (OpenKind::YesNo, "cancel the order?"),
        OpenQuestion::ReturnOrder(..) => (OpenKind::YesNo, "send it back?"),
        OpenQuestion::MoveOrder { .. } => (OpenKind::YesNo, "move the delivery?"),
        OpenQuestion::Planner(text) => (OpenKind::Planner, text.as_str()),
        OpenQuestion::Reminder(_) => (OpenKind::YesNo, "buy it again?"),
        OpenQuestion::Remind(..) => (OpenKind::YesNo, "remind of it?"),
        OpenQuestion::Person => (OpenKind::YesNo, "bring in a person?"),
        OpenQuestion::Show(_) => (OpenKind::YesNo, "may the desk see that?"),
        OpenQuestion::Helped => (OpenKind::YesNo, "did the person help?"),
    };
    Open {
        kind,
        text: Text::clip(text),
    }
}

/// Everything of a person that no planner outside is told, wherever it was said.
fn private(profile: &Profile) -> Private {
    let mut private = Private::default();
    let mut hide = |kind, value: Option<&str>| {
        if let Some(value) = value {
            private.add(kind, value);
        }
    };
    hide("name", profile.name.as_ref().map(Text::as_str));
    hide("e-mail", profile.email.as_ref().map(Text::as_str));
    hide("phone", profile.phone.as_ref().map(Text::as_str));
    for address in &profile.addresses {
        hide("street", Some(address.street.as_str()));
        hide("town", Some(address.locality.as_str()));
        hide("postal code", Some(address.postal_code.as_str()));
    }
    for instrument in &profile.wallet {
        hide("token", Some(instrument.token.as_str()));
        hide("card", Some(instrument.last_digits.as_str()));
    }
    private
}
