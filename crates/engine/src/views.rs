//! State as the faces draw it.

use errand_catalog::Comparison;
use errand_gate::{Decision, Verdict};
use errand_protocol::api::{ProfileView, VoiceLimits, WhyView};
use errand_protocol::errand::{
    ApprovalKind, ApprovalPlace, ApprovalView, CartGroup, CartView, ComparisonRow, ComparisonView,
    CriterionView, DisclosureView, DrawingView, ExcludedView, LimitView, LineView, OrderEventView,
    OrderView, PayeeView, PolicyView, ProductCard, ProductsView, SessionView, TotalView, ValueView,
};
use errand_trust::Proof;
use errand_types::{
    ApprovalId, ConsentReceipt, ConsentState, DataClass, Language, MerchantId, Money, Need,
    OfferRef, Order, Purpose, TotalEntry,
};

use crate::ctx::Ctx;
use crate::purchase::pick_instrument;
use crate::purchase::{Purchase, PurchaseState};
use crate::purchases::by_shop;
use crate::session::{Known, Results, Session};
use crate::words;

impl Session {
    /// Everything, for a face that lost track.
    pub fn view(&self, ctx: &Ctx<'_>) -> SessionView {
        let approval = self.purchases.iter().find_map(|p| match &p.state {
            PurchaseState::Asked { approval, .. } => {
                Some(Box::new(approval_view(approval, p, ctx)))
            }
            PurchaseState::NeedsConsent {
                classes,
                approval: Some(approval),
            } => {
                let question =
                    words::consent_question(ctx.language(), &ctx.shop_name(&p.merchant), classes);
                Some(Box::new(consent_view(approval, p, classes, &question, ctx)))
            }
            _ => None,
        });
        SessionView {
            session_id: self.id.clone(),
            transcript: self.transcript.iter().cloned().collect(),
            plan: self.plan_view(),
            products: self
                .results
                .last()
                .filter(|r| r.shown > 0)
                .map(|r| self.products_view(r, &self.shown, ctx)),
            comparison: None,
            cart: self.cart_view(ctx),
            approval,
            disclosure: disclosure(ctx.consents, ctx),
            desk: self.desk_handoff(ctx),
        }
    }

    pub(crate) fn products_view(
        &self,
        result: &Results,
        page: &[OfferRef],
        ctx: &Ctx<'_>,
    ) -> ProductsView {
        let cards = page.iter().zip(1_u32..).filter_map(|(offer, n)| {
            self.known
                .get(offer)
                .map(|k| self.card(n, offer, k, &result.need, ctx))
        });
        let more = result.offers.len().saturating_sub(result.shown);
        ProductsView {
            query_id: result.id.clone(),
            what: result.need.what.to_string(),
            ordered_by: words::ordered_by(ctx.language(), &result.need),
            items: cards.collect(),
            more: u32::try_from(more).unwrap_or(u32::MAX),
            excluded: result.excluded.clone(),
        }
    }

    pub(crate) fn card(
        &self,
        n: u32,
        offer: &OfferRef,
        known: &Known,
        need: &Need,
        ctx: &Ctx<'_>,
    ) -> ProductCard {
        let quantity = need.pieces();
        let price = known.variant.price;
        let single = known.product.variants.len() < 2;
        ProductCard {
            n,
            offer: offer.clone(),
            title: known.product.title.to_string(),
            variant: (!single).then(|| known.variant.title.to_string()),
            brand: known.product.brand.as_ref().map(ToString::to_string),
            merchant: offer.merchant.clone(),
            merchant_name: ctx.shop_name(&offer.merchant),
            price,
            quantity,
            price_all: price.times(quantity).unwrap_or(price),
            unit_price: errand_catalog::unit_price(&known.product, &known.variant, ctx.language()),
            rating: known.product.rating,
            availability: known.variant.availability,
            first_delivery: known.delivery,
            delivery_text: known.delivery.as_ref().map(|w| words::window(w, ctx)),
            evidence: known.confirmed.clone(),
            reasons: known.reasons.clone(),
            also: known.also.iter().map(|a| words::also(a, ctx)).collect(),
            detail: errand_catalog::detail(&known.product, &known.variant, ctx.language()),
            drawing: drawing(known),
            configurable: known.product.configuration.is_some(),
        }
    }

    pub(crate) fn comparison_view(
        &self,
        comparison: Comparison,
        need: &Need,
        excluded: Option<ExcludedView>,
        ctx: &Ctx<'_>,
    ) -> ComparisonView {
        let rows = comparison
            .rows
            .into_iter()
            .zip(1_u32..)
            .filter_map(|(row, n)| {
                let known = self.knows(&row.offer)?;
                Some(ComparisonRow {
                    card: self.card(n, &row.offer, known, need, ctx),
                    values: row
                        .values
                        .into_iter()
                        .map(|v| ValueView {
                            text: v.text,
                            best: v.best,
                        })
                        .collect(),
                })
            });
        ComparisonView {
            id: self
                .results
                .last()
                .map(|r| r.id.clone())
                .unwrap_or_default(),
            rows: rows.collect(),
            criteria: comparison
                .criteria
                .into_iter()
                .map(|c| CriterionView {
                    key: c.key,
                    label: c.label,
                })
                .collect(),
            recommended: comparison.recommended,
            text: comparison.text,
            spoken: comparison.spoken,
            excluded,
        }
    }

    pub(crate) fn cart_view(&self, ctx: &Ctx<'_>) -> CartView {
        let groups = by_shop(&self.cart).into_iter().map(|merchant| {
            let lines = self
                .cart
                .lines
                .iter()
                .filter(|l| l.offer.merchant == merchant);
            let lines: Vec<LineView> = lines
                .map(|l| LineView {
                    offer: Some(l.offer.clone()),
                    title: l.title.to_string(),
                    quantity: l.quantity,
                    unit_price: Some(l.unit_price),
                    total: l.unit_price.times(l.quantity).ok(),
                })
                .collect();
            let currency = lines
                .iter()
                .find_map(|l| l.unit_price)
                .map_or(ctx.profile.currency, Money::currency);
            let subtotal = Money::sum(currency, lines.iter().filter_map(|l| l.total));
            CartGroup {
                merchant_name: ctx.shop_name(&merchant),
                merchant,
                lines,
                subtotal: subtotal.unwrap_or_else(|_| Money::zero(currency)),
            }
        });
        CartView {
            id: self.cart.id.clone(),
            revision: self.cart.revision,
            groups: groups.collect(),
            subtotal: self.cart.subtotal().and_then(Result::ok),
            wish: self.wish.as_ref().map(|w| w.said.to_string()),
        }
    }
}

fn drawing(known: &Known) -> DrawingView {
    let word = known.product.drawing.as_ref().map(ToString::to_string);
    let colour = known
        .product
        .attributes
        .iter()
        .find(|a| matches!(a.name.as_str(), "colour" | "color"))
        .map(|a| a.value.to_string());
    drawing_of(word, colour, known.product.id.as_str())
}

fn drawing_of(word: Option<String>, colour: Option<String>, id: &str) -> DrawingView {
    // A stable shape for each product, so that neighbours differ and the same thing looks the same tomorrow.
    let sum = id.bytes().fold(0_u32, |sum, b| {
        sum.wrapping_mul(31).wrapping_add(u32::from(b))
    });
    DrawingView {
        kind: word.unwrap_or_else(|| "parcel".to_owned()),
        colour: colour.unwrap_or_else(|| "sand".to_owned()),
        shape: u8::try_from(sum % 3).unwrap_or(0),
    }
}

/// What would be bought, as the person sees it before agreeing.
pub(crate) fn approval_view(
    approval: &ApprovalId,
    purchase: &Purchase,
    ctx: &Ctx<'_>,
) -> ApprovalView {
    let checkout = purchase.checkout.as_ref();
    let total = checkout.map(|c| c.totals.total);
    let window = purchase
        .slot
        .as_ref()
        .map(|s| s.window)
        .or_else(|| option_window(purchase));
    let (asked_at, place, why_page) = match &purchase.state {
        PurchaseState::Asked {
            asked_at,
            place,
            why_page,
            ..
        } => (
            *asked_at,
            *place,
            why_page.as_ref().map(ToString::to_string),
        ),
        _ => (ctx.now, ApprovalPlace::Page, None),
    };
    let proof = match place {
        ApprovalPlace::Page => Proof::Screen,
        ApprovalPlace::Voice => Proof::Spoken,
    };
    let instrument = checkout.and_then(|c| pick_instrument(c, &ctx.profile.wallet));
    let shop = ctx.shop_name(&purchase.merchant);
    ApprovalView {
        id: approval.clone(),
        kind: ApprovalKind::Purchase,
        summary: words::purchase_summary(ctx.language(), purchase, &shop),
        amount: total,
        payee: payee(&purchase.merchant, ctx),
        lines: purchase_lines(purchase),
        totals: checkout
            .map(|c| totals(&c.totals.entries))
            .unwrap_or_default(),
        delivery: window,
        delivery_text: Some(words::arrival(purchase, window.as_ref(), ctx)),
        destination: ctx.profile.addresses.first().map(words::place),
        instrument: instrument.map(|(i, _)| words::card(ctx.language(), i)),
        discloses: purchase.shared.clone(),
        discloses_text: words::they_learn(ctx.language(), &purchase.shared),
        purpose: Some(Purpose::Order),
        disclosures: checkout
            .map(|c| {
                c.messages
                    .iter()
                    .filter(|m| m.disclosure)
                    .map(|m| m.text.to_string())
                    .collect()
            })
            .unwrap_or_default(),
        cart_revision: purchase.cart_revision,
        level: proof.level(),
        place,
        why_page,
        words: None,
        tries_left: 3,
        limits: limit_views(purchase, ctx),
        asked_at,
        expires_at: crate::purchase::after(asked_at, crate::purchase::seconds(place)),
    }
}

pub(crate) fn consent_view(
    approval: &ApprovalId,
    purchase: &Purchase,
    classes: &[DataClass],
    question: &str,
    ctx: &Ctx<'_>,
) -> ApprovalView {
    ApprovalView {
        id: approval.clone(),
        kind: ApprovalKind::Consent,
        summary: question.to_owned(),
        amount: None,
        payee: payee(&purchase.merchant, ctx),
        lines: Vec::new(),
        totals: Vec::new(),
        delivery: None,
        delivery_text: None,
        destination: ctx.profile.addresses.first().map(words::place),
        instrument: None,
        discloses: classes.to_vec(),
        discloses_text: words::they_learn(ctx.language(), classes),
        purpose: Some(Purpose::Delivery),
        disclosures: Vec::new(),
        cart_revision: purchase.cart_revision,
        level: 10,
        place: ApprovalPlace::Page,
        why_page: None,
        words: None,
        tries_left: 3,
        limits: Vec::new(),
        asked_at: ctx.now,
        // A consent costs nothing while it waits; it is asked again whenever the session is taken up.
        expires_at: crate::purchase::after(ctx.now, 3_600),
    }
}

fn option_window(purchase: &Purchase) -> Option<errand_types::Window> {
    let checkout = purchase.checkout.as_ref()?;
    checkout
        .options
        .iter()
        .find(|o| Some(&o.key) == checkout.selected_option.as_ref())?
        .window
}

fn payee(merchant: &MerchantId, ctx: &Ctx<'_>) -> PayeeView {
    let card = ctx.merchants.get(merchant);
    let before = ctx
        .orders
        .iter()
        .filter(|o| o.merchant == *merchant)
        .count();
    PayeeView {
        merchant: merchant.clone(),
        name: ctx.shop_name(merchant),
        legal_name: card.map_or_else(|| merchant.to_string(), |c| c.legal_name.to_string()),
        bought_before: u32::try_from(before).unwrap_or(u32::MAX),
    }
}

fn purchase_lines(purchase: &Purchase) -> Vec<LineView> {
    let priced = |variant: &errand_types::ForeignId| {
        purchase
            .checkout
            .as_ref()
            .and_then(|c| c.lines.iter().find(|l| l.variant == *variant))
    };
    purchase
        .lines
        .iter()
        .map(|l| {
            let line = priced(&l.offer.variant);
            let unit = line.and_then(|l| l.unit_price);
            LineView {
                offer: Some(l.offer.clone()),
                title: l.title.to_string(),
                quantity: l.quantity,
                unit_price: unit,
                total: line
                    .and_then(|l| l.total)
                    .or_else(|| unit.and_then(|u| u.times(l.quantity).ok())),
            }
        })
        .collect()
}

fn totals(entries: &[TotalEntry]) -> Vec<TotalView> {
    entries
        .iter()
        .map(|e| TotalView {
            kind: e.kind,
            label: e.label.to_string(),
            amount: e.amount,
        })
        .collect()
}

fn limit_views(purchase: &Purchase, ctx: &Ctx<'_>) -> Vec<LimitView> {
    let Some(total) = purchase.checkout.as_ref().map(|c| c.totals.total) else {
        return Vec::new();
    };
    let limits = ctx.profile.limits;
    let zone = ctx.zone();
    let currency = total.currency();
    let with = |sum: Result<Money, _>| sum.and_then(|s| s.plus(total)).unwrap_or(total);
    let day = with(ctx.ledger.day(currency, ctx.now, &zone));
    let month = with(ctx.ledger.month(currency, ctx.now, &zone));
    vec![
        LimitView {
            name: words::this_purchase(ctx.language()),
            used: total,
            max: limits.purchase,
        },
        LimitView {
            name: words::today(ctx.language()),
            used: day,
            max: limits.day,
        },
        LimitView {
            name: words::month(ctx),
            used: month,
            max: limits.month,
        },
    ]
}

/// An order as shown; `level` names how it was approved, 0 when that is not told here.
pub fn order_view(order: &Order, level: u8, ctx: &Ctx<'_>) -> OrderView {
    let lines: Vec<LineView> = order
        .lines
        .iter()
        .map(|l| LineView {
            offer: None,
            title: l.title.to_string(),
            quantity: l.ordered,
            unit_price: l.unit_price,
            total: l.unit_price.and_then(|u| u.times(l.ordered).ok()),
        })
        .collect();
    let first = order
        .lines
        .first()
        .map(|l| l.title.to_string())
        .unwrap_or_default();
    let refunds = order
        .adjustments
        .iter()
        .filter(|a| {
            matches!(a.kind.as_str(), "refund" | "cancellation" | "return")
                && a.status.as_str() == "completed"
        })
        .filter_map(|a| a.amount)
        .map(|a| Money::new(a.minor().saturating_abs(), a.currency()));
    let refunded = Money::sum(order.total.currency(), refunds)
        .ok()
        .filter(|m| m.minor() > 0);
    OrderView {
        id: order.id.clone(),
        number: words::order_number(order, ctx),
        merchant: order.merchant.clone(),
        merchant_name: ctx.shop_name(&order.merchant),
        lines,
        totals: totals(&order.entries),
        total: order.total,
        state: order.state,
        state_text: words::order_state(ctx.language(), order.state),
        delivery: order.expected,
        delivery_text: order
            .expected
            .as_ref()
            .map(|w| words::expected(w, order, ctx)),
        cancel_until: order.cancel_until,
        return_until: order.return_until,
        events: order
            .events
            .iter()
            .map(|e| OrderEventView {
                at: e.at,
                text: words::order_event(ctx.language(), e),
            })
            .collect(),
        refunded,
        approved_by: (level > 0).then(|| words::approved_by(ctx.language(), level)),
        placed_at: order.placed_at,
        drawing: drawing_of(None, None, &first),
    }
}

/// Who knows what, from the receipts themselves.
pub fn disclosure(receipts: &[ConsentReceipt], ctx: &Ctx<'_>) -> Vec<DisclosureView> {
    let language = ctx.language();
    let mut entries: Vec<DisclosureView> = Vec::new();
    for receipt in receipts {
        if receipt.state == ConsentState::Refused {
            continue;
        }
        let withdrawn = receipt.state != ConsentState::Given;
        let knows: Vec<String> = receipt
            .classes
            .iter()
            .map(|c| words::your_class(language, words::class_word(language, *c)))
            .collect();
        entries.retain(|e| !(e.merchant == receipt.merchant && e.withdrawn));
        if let Some(entry) = entries
            .iter_mut()
            .find(|e| e.merchant == receipt.merchant && !e.withdrawn)
        {
            for word in knows {
                if !entry.knows.contains(&word) {
                    entry.knows.push(word);
                }
            }
            entry.withdrawn = withdrawn;
        } else {
            entries.push(DisclosureView {
                merchant: receipt.merchant.clone(),
                merchant_name: ctx.shop_name(&receipt.merchant),
                knows,
                purpose: errand_sentences::purpose(ctx.language(), receipt.purpose),
                pending: false,
                withdrawn,
            });
        }
    }
    entries
}

/// Limits, rules and preferences.
pub fn profile_view(ctx: &Ctx<'_>) -> ProfileView {
    let profile = ctx.profile;
    ProfileView {
        name: profile.name.as_ref().map(ToString::to_string),
        zone: profile.zone.to_string(),
        limits: profile.limits,
        voice: VoiceLimits {
            purchase: profile.speech_cap(),
            day: profile.speech_day(),
        },
        rules: profile.rules.clone(),
        preferences: profile.preferences.clone(),
        addresses: profile.addresses.iter().map(words::place).collect(),
        wallet: profile
            .wallet
            .iter()
            .map(|i| words::card(ctx.language(), i))
            .collect(),
    }
}

/// A refusal or a question of the gate, for the person.
pub(crate) fn policy(decision: &Decision, ctx: &Ctx<'_>) -> PolicyView {
    let hardest = decision.deciding().next().or(decision.reasons.first());
    let texts: Vec<&str> = decision.deciding().map(|r| r.text.as_str()).collect();
    let mut remedies: Vec<String> = Vec::new();
    for reason in decision.deciding() {
        if !reason.remedy.is_empty() && !remedies.contains(&reason.remedy) {
            remedies.push(reason.remedy.clone());
        }
    }
    let code = hardest.map(|r| r.code.clone()).unwrap_or_default();
    PolicyView {
        decision_id: Some(decision.id.clone()),
        decision: verdict(decision.verdict).to_owned(),
        headline: words::headline(ctx.language(), &code, &decision.action),
        text: texts.join(". "),
        not: words::did_not(ctx.language(), &decision.action),
        remedies,
        rules: decision.deciding().map(|r| r.rule.clone()).collect(),
        about: hardest.map(|r| r.subject.clone()).unwrap_or_default(),
        code,
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allow",
        Verdict::Ask => "ask",
        Verdict::Deny => "deny",
    }
}

/// A decision record for the page of reasons.
pub fn decision_view(decision: &Decision, language: Language) -> WhyView {
    let hardest = decision.deciding().next().or(decision.reasons.first());
    let about = hardest
        .map(|r| r.subject.as_str())
        .filter(|s| !s.is_empty());
    WhyView {
        decision: decision.id.to_string(),
        at: decision.at,
        verdict: verdict(decision.verdict).to_owned(),
        headline: words::decided(language, decision.verdict, &decision.action, about),
        reasons: decision.reasons.iter().map(|r| r.text.clone()).collect(),
        remedies: decision
            .deciding()
            .map(|r| r.remedy.clone())
            .filter(|r| !r.is_empty())
            .collect(),
        codes: decision.reasons.iter().map(|r| r.code.clone()).collect(),
    }
}
