//! What the desk sees: made here and nowhere else.
//!
//! Every text goes through [`Hidden`]. It takes out the person's name but the first, address, phone, e-mail, ways to pay,
//! numbers of orders that were not shown, and everything that a rule of theirs says: its own words, and the words of its
//! label, since what somebody may not eat or will not wear tells of health and belief. The shapes of addresses, numbers to
//! call, cards and secrets go as well, whoever typed them.

use errand_model::{Private, mask};
use errand_protocol::desk::{
    DeskErrand, DeskFact, DeskLine, DeskNote, DeskOpen, DeskOrder, DeskProduct, DeskReason,
    DeskRefusal, DeskStep, DeskSuggestion, DeskTried, DeskUtterance, Hide, Seen,
};
use errand_protocol::errand::PolicyView;
use errand_types::{Language, Need, Order, Text};

use super::{DeskBy, Stage};
use crate::ctx::Ctx;
use crate::session::{OpenQuestion, Session};
use crate::words;

/// The one mask of the desk.
#[derive(Debug)]
pub(crate) struct Hidden {
    private: Private,
    /// Names of shops, longest first: one that sounds like a street is no address of anybody.
    shops: Vec<String>,
}

impl Hide for Hidden {
    fn hide(&self, text: &str) -> String {
        let mark = |n: usize| format!("\u{e000}{n}\u{e001}");
        let mut text: String = text.chars().filter(|c| !is_mark(*c)).collect();
        for (n, shop) in self.shops.iter().enumerate() {
            text = text.replace(shop, &mark(n));
        }
        text = mask(&text, &self.private);
        for (n, shop) in self.shops.iter().enumerate() {
            text = text.replace(&mark(n), shop);
        }
        text
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{e000}' | '\u{e001}')
}

/// Words that say nothing of their own in the words of a rule; hiding them would hide half of the language.
const EVERYDAY: [&str; 40] = [
    "nothing",
    "without",
    "please",
    "never",
    "always",
    "anything",
    "something",
    "since",
    "because",
    "about",
    "these",
    "those",
    "there",
    "their",
    "would",
    "should",
    "could",
    "products",
    "things",
    "product",
    "thing",
    "items",
    "contains",
    "containing",
    "avoid",
    "require",
    "shops",
    "nichts",
    "keine",
    "keinen",
    "immer",
    "bitte",
    "etwas",
    "wegen",
    "meine",
    "meinen",
    "möchte",
    "einen",
    "niemals",
    "sachen",
];

impl Session {
    /// The errand as the desk sees it; `None` when it is not in the queue.
    pub fn desk_errand(&self, by: &DeskBy, ctx: &Ctx<'_>) -> Option<DeskErrand> {
        let (ticket, holder) = match &self.desk.stage {
            Stage::Alone => return None,
            Stage::Waiting(ticket) => (ticket, None),
            Stage::Taken { by, ticket, .. } => (ticket, Some(by)),
        };
        let hidden = self.hidden(ctx);
        let see = |text: &str| Seen::through(&hidden, text);
        Some(DeskErrand {
            session: self.id.clone(),
            who: Seen::first_name(ctx.profile.name.as_ref().map(Text::as_str)),
            language: ctx.language(),
            reason: ticket.reason,
            reason_text: ticket.reason.text().to_owned(),
            since: ticket.since,
            holder: holder.map(|h| h.name.to_string()),
            mine: holder.is_some_and(|h| h.id == by.id),
            talk: self.desk_talk(&see),
            wants: self.desk_wants(&see, ctx),
            tried: self.desk_tried(&see),
            plan: self.desk_plan(&see),
            products: self.desk_products(&see, ctx),
            cart: self.desk_cart(&see, ctx),
            open: self.open.as_ref().map(open),
            orders: self.desk_orders(&see, ctx),
            allowed: self.desk.allowed.iter().copied().collect(),
            town: self.desk_town(ctx),
            window: self.desk_window(&see, ctx),
            notes: self.desk_notes(&see),
            suggestions: self.desk_suggestions(ticket.reason, &see, ctx),
        })
    }

    /// A refusal as the desk sees it.
    pub fn desk_refusal(&self, view: &PolicyView, ctx: &Ctx<'_>) -> DeskRefusal {
        let hidden = self.hidden(ctx);
        DeskRefusal {
            code: view.code.clone(),
            headline: Seen::through(&hidden, &view.headline),
            text: Seen::through(&hidden, &format!("{}. {}", view.text, view.not)),
            rules: view.rules.clone(),
        }
    }

    /// A text as the desk sees it.
    pub fn desk_sees(&self, text: &str, ctx: &Ctx<'_>) -> Seen {
        Seen::through(&self.hidden(ctx), text)
    }

    fn hidden(&self, ctx: &Ctx<'_>) -> Hidden {
        let profile = ctx.profile;
        let mut private = Private::default();
        if let Some(name) = &profile.name {
            // The first name stays; whoever has only one is called by it.
            let mut parts = name.as_str().split_whitespace();
            parts.next();
            parts.for_each(|part| private.add("name", part));
        }
        let plain = [
            ("e-mail", profile.email.as_ref().map(Text::as_str)),
            ("phone", profile.phone.as_ref().map(Text::as_str)),
        ];
        for (kind, value) in plain {
            private.add(kind, value.unwrap_or_default());
        }
        for address in &profile.addresses {
            private.add("street", address.street.as_str());
            let street: Vec<&str> = address
                .street
                .as_str()
                .split_whitespace()
                .filter(|word| !word.chars().any(|c| c.is_ascii_digit()))
                .collect();
            private.add("street", &street.join(" "));
            private.add("postal code", address.postal_code.as_str());
            if !self.desk.allowed.contains(&DeskFact::Town) {
                private.add("town", address.locality.as_str());
            }
        }
        for way in &profile.wallet {
            private.add("token", way.token.as_str());
            private.add("card", way.last_digits.as_str());
        }
        for rule in &profile.rules {
            // Whole, and each part of it: "no pork, I keep halal" is also said in pieces.
            private.add("rule", rule.said.as_str());
            let parts = rule.said.as_str().split([',', ';', '.', ':']);
            parts.for_each(|part| private.add("rule", part));
            let words = rule.said.as_str().split(|c: char| !c.is_alphabetic());
            let words = words.filter(|word| word.chars().count() >= 5);
            words
                .filter(|word| !EVERYDAY.contains(&word.to_lowercase().as_str()))
                .for_each(|word| private.add("rule", word));
            private.add("rule", &ctx.label_word(rule.label.as_str()));
            let bare = rule.label.as_str().rsplit(':').next().unwrap_or_default();
            private.add("rule", bare);
            private.add("rule", &bare.replace('-', " "));
        }
        for order in ctx.orders {
            let is_shown =
                self.desk.allowed.contains(&DeskFact::OrderNumber) && self.has_order(&order.id);
            if !is_shown {
                private.add("order number", order.number.as_str());
                private.add("order number", &words::order_number(order, ctx));
            }
        }
        let mut shops: Vec<String> = ctx.merchants.values().map(|m| m.name.to_string()).collect();
        shops.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Hidden { private, shops }
    }

    fn desk_talk(&self, see: &impl Fn(&str) -> Seen) -> Vec<DeskUtterance> {
        let count = u64::try_from(self.transcript.len()).unwrap_or(u64::MAX);
        let first = self.desk.uttered.saturating_sub(count).saturating_add(1);
        self.transcript
            .iter()
            .zip(first..)
            .filter(|(_, n)| !self.desk.withheld.contains(n))
            .map(|(said, _)| DeskUtterance {
                by: said.role,
                text: see(&said.text),
            })
            .collect()
    }

    fn desk_wants(&self, see: &impl Fn(&str) -> Seen, ctx: &Ctx<'_>) -> Vec<Seen> {
        let needs = self.results.iter().rev().take(3).map(|r| &r.need);
        needs
            .map(|need| see(&wants(need, ctx.language())))
            .collect()
    }

    fn desk_tried(&self, see: &impl Fn(&str) -> Seen) -> Vec<DeskTried> {
        let tried = self.desk.tried.iter();
        tried
            .map(|t| DeskTried {
                what: see(t.what.as_str()),
                why: see(t.why.as_str()),
                code: t.code.as_ref().map(ToString::to_string),
                rules: t.rules.clone(),
                times: t.times,
            })
            .collect()
    }

    fn desk_plan(&self, see: &impl Fn(&str) -> Seen) -> Vec<DeskStep> {
        let steps = self.run.iter().flat_map(|run| run.plan.steps.iter());
        steps
            .map(|step| DeskStep {
                title: see(step.title.as_str()),
                status: step.status,
                found: step.found.as_ref().map(|f| see(f.as_str())),
            })
            .collect()
    }

    fn desk_products(&self, see: &impl Fn(&str) -> Seen, ctx: &Ctx<'_>) -> Vec<DeskProduct> {
        let shown = self.shown.iter().zip(1_u32..);
        shown
            .filter_map(|(offer, n)| {
                let known = self.knows(offer)?;
                Some(DeskProduct {
                    n,
                    offer: offer.clone(),
                    title: see(known.product.title.as_str()),
                    merchant: offer.merchant.clone(),
                    merchant_name: see(&ctx.shop_name(&offer.merchant)),
                    price: known.variant.price,
                    availability: known.variant.availability,
                })
            })
            .collect()
    }

    fn desk_cart(&self, see: &impl Fn(&str) -> Seen, ctx: &Ctx<'_>) -> Vec<DeskLine> {
        let lines = self.cart.lines.iter();
        lines
            .map(|line| DeskLine {
                offer: line.offer.clone(),
                title: see(line.title.as_str()),
                merchant_name: see(&ctx.shop_name(&line.offer.merchant)),
                quantity: line.quantity,
                price: Some(line.unit_price),
            })
            .collect()
    }

    fn desk_orders(&self, see: &impl Fn(&str) -> Seen, ctx: &Ctx<'_>) -> Vec<DeskOrder> {
        let own = ctx.orders.iter().filter(|o| self.has_order(&o.id));
        own.map(|order| DeskOrder {
            id: order.id.clone(),
            what: see(&what(order)),
            state: order.state,
            number: self
                .desk
                .allowed
                .contains(&DeskFact::OrderNumber)
                .then(|| see(&words::order_number(order, ctx))),
        })
        .collect()
    }

    fn desk_town(&self, ctx: &Ctx<'_>) -> Option<Seen> {
        if !self.desk.allowed.contains(&DeskFact::Town) {
            return None;
        }
        let town = ctx.profile.addresses.first()?.locality.as_str();
        Some(Seen::through(&self.hidden(ctx), town))
    }

    fn desk_window(&self, see: &impl Fn(&str) -> Seen, ctx: &Ctx<'_>) -> Option<Seen> {
        if !self.desk.allowed.contains(&DeskFact::Window) {
            return None;
        }
        let booked = ctx
            .orders
            .iter()
            .filter(|o| self.has_order(&o.id))
            .find_map(|o| o.slot.as_ref().map(|s| s.window).or(o.expected));
        match (booked, &self.wish) {
            (Some(window), _) => Some(see(&words::window(&window, ctx))),
            (None, Some(wish)) => Some(see(wish.said.as_str())),
            (None, None) => Some(see("nothing is agreed")),
        }
    }

    fn desk_notes(&self, see: &impl Fn(&str) -> Seen) -> Vec<DeskNote> {
        let notes = self.desk.notes.iter();
        notes
            .map(|note| DeskNote {
                by: note.by.to_string(),
                at: note.at,
                text: see(note.text.as_str()),
            })
            .collect()
    }

    /// What could be said next, each from a fact that the desk sees too.
    fn desk_suggestions(
        &self,
        reason: DeskReason,
        see: &impl Fn(&str) -> Seen,
        ctx: &Ctx<'_>,
    ) -> Vec<DeskSuggestion> {
        let language = ctx.language();
        let mut all = Vec::new();
        let mut add = |text: String, evidence: String| {
            all.push(DeskSuggestion {
                text: see(&text),
                evidence: see(&evidence),
            });
        };
        if reason == DeskReason::OutcomeUnknown {
            add(
                words::suggest_unknown(language),
                "a payment whose outcome is unknown".into(),
            );
        }
        if let Some((offer, known)) = self
            .shown
            .first()
            .and_then(|offer| self.knows(offer).map(|known| (offer, known)))
        {
            let (title, price, shop) = (
                known.product.title.as_str(),
                known.variant.price,
                ctx.shop_name(&offer.merchant),
            );
            add(
                words::suggest_first(language, title, &shop, price),
                format!("the first product shown: {title}, {shop}, {price}"),
            );
        }
        for tried in self.desk.tried.iter().rev().take(2) {
            add(
                words::suggest_tried(language, &tried.what, &tried.why),
                format!("tried {} times: {}, {}", tried.times, tried.what, tried.why),
            );
        }
        if let Some(result) = self.results.last() {
            let wanted = wants(&result.need, language);
            add(
                words::suggest_need(language, &wanted),
                format!("last search: {wanted}"),
            );
        }
        all
    }
}

/// What was wanted, without labels: those tell of rules.
fn wants(need: &Need, language: Language) -> String {
    let mut parts = vec![need.what.to_string()];
    if let Some(count) = need.quantity {
        parts.push(words::wants_pieces(language, count));
    }
    if let Some(price) = need.price_max {
        parts.push(words::wants_under(language, price));
    }
    parts.extend(need.must.iter().map(ToString::to_string));
    parts.extend(need.brands.iter().map(ToString::to_string));
    parts.join(", ")
}

fn what(order: &Order) -> String {
    let lines = order.lines.iter();
    let all: Vec<String> = lines
        .map(|l| format!("{} × {}", l.ordered, l.title))
        .collect();
    all.join(", ")
}

fn open(question: &OpenQuestion) -> DeskOpen {
    match question {
        OpenQuestion::Choose => DeskOpen::Choice,
        OpenQuestion::Consent { .. } => DeskOpen::Consent,
        OpenQuestion::Purchase { .. } => DeskOpen::Approval,
        OpenQuestion::CancelOrder(_)
        | OpenQuestion::ReturnOrder(..)
        | OpenQuestion::MoveOrder { .. }
        | OpenQuestion::Reminder(_)
        | OpenQuestion::Remind(..)
        | OpenQuestion::Show(_) => DeskOpen::YesNo,
        OpenQuestion::Planner(_) | OpenQuestion::Person | OpenQuestion::Helped => {
            DeskOpen::Question
        }
    }
}
