//! Facts for the gate, computed from our own stores by id; never from what a call claims.

use errand_gate::{
    ApprovalFacts, Facts, ItemFacts, MerchantFacts, MoneyFacts, RuleHit, ShareFacts, SpeechFacts,
};
use errand_trust::SPOKEN_ASKS_MAX;
use errand_types::{
    Address, AgentName, Checkout, DataClass, Destination, MerchantId, Money, MoneyError, Need,
    OfferRef, OrderState, Product, Profile, PurchaseId, Purpose, Text, TotalsCheck, VoiceMatch,
    Way,
};

use errand_values::Question;

use crate::ctx::Ctx;
use crate::purchase::Purchase;
use crate::session::Known;

/// Who acts and how it came about.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) agent: AgentName,
    pub(crate) granted: bool,
    pub(crate) tainted: bool,
    pub(crate) user_asked: bool,
    pub(crate) depth: u8,
    pub(crate) over_budget: bool,
    /// How the person's sentence was heard.
    pub(crate) way: Way,
}

/// Facts that hold for any action of this actor.
pub(crate) fn base(ctx: &Ctx<'_>, actor: &Actor) -> Facts {
    Facts {
        granted: actor.granted,
        tainted: actor.tainted,
        user_asked: actor.user_asked,
        depth: actor.depth,
        over_turn_budget: actor.over_budget,
        language: ctx.language(),
        in_quiet_hours: ctx
            .profile
            .quiet
            .is_some_and(|q| q.covers(ctx.local_minute())),
        ..Facts::of(actor.agent.as_str(), ctx.profile.user.as_str())
    }
}

/// Facts about a shop.
pub(crate) fn merchant(ctx: &Ctx<'_>, id: &MerchantId) -> MerchantFacts {
    let card = ctx.merchants.get(id);
    MerchantFacts {
        id: id.clone(),
        name: ctx.shop_name(id),
        listed: card.is_some(),
        blocked: ctx.profile.blocks_merchant(id),
        forbids_agents: card.is_some_and(|c| c.forbids_agents),
        bad_signature: card.is_some_and(|c| c.bad_signature),
    }
}

/// Facts about one product: what the person's rules, and the labels asked for this time, say about it.
pub(crate) fn item(
    ctx: &Ctx<'_>,
    offer: &OfferRef,
    known: Option<&Known>,
    quantity: u32,
    need: Option<&Need>,
) -> ItemFacts {
    let Some(known) = known else {
        return ItemFacts {
            offer: offer.clone(),
            title: offer.product.to_string(),
            quantity,
            known: false,
            violations: Vec::new(),
            unconfirmed: Vec::new(),
            min_age: 0,
            age_ok: false,
        };
    };
    let need = need.or(known.need.as_deref());
    judge(ctx, offer, &known.product, quantity, need).0
}

/// Facts about a product at hand, and what of it is confirmed, in words.
pub(crate) fn judge(
    ctx: &Ctx<'_>,
    offer: &OfferRef,
    product: &Product,
    quantity: u32,
    need: Option<&Need>,
) -> (ItemFacts, Vec<String>) {
    let (labels, avoid) = need.map_or((&[][..], &[][..]), |n| {
        (n.labels.as_slice(), n.avoid.as_slice())
    });
    let question = Question {
        rules: &ctx.profile.rules,
        need_labels: labels,
        need_avoid: avoid,
        preferences: &ctx.profile.preferences,
        age: ctx.profile.age,
        language: ctx.language(),
    };
    let evaluation = ctx.values.evaluate(product, &question, ctx.now);
    let min_age = product.min_age.unwrap_or(0);
    let item = ItemFacts {
        offer: offer.clone(),
        title: product.title.to_string(),
        quantity,
        known: true,
        violations: evaluation.violations.into_iter().map(hit).collect(),
        unconfirmed: evaluation.unconfirmed.into_iter().map(hit).collect(),
        min_age,
        age_ok: ctx.profile.age.is_some_and(|age| age >= min_age),
    };
    let confirmed = evaluation
        .confirmed
        .into_iter()
        .map(|c| format!("{} {}", ctx.label_word(&c.label), c.text));
    (item, confirmed.collect())
}

fn hit(hit: errand_values::RuleHit) -> RuleHit {
    RuleHit {
        code: hit.code,
        rule: hit.rule,
        said: hit.said,
        text: hit.text,
        remedy: hit.remedy,
        evidence: hit.evidence,
    }
}

/// Facts about what a purchase would cost now.
pub(crate) fn money(
    ctx: &Ctx<'_>,
    profile: &Profile,
    purchase: &PurchaseId,
    checkout: &Checkout,
    instrument_offered: bool,
) -> Result<MoneyFacts, MoneyError> {
    let total = checkout.totals.total;
    let limits = profile.limits;
    let currency_ok = total.currency() == limits.purchase.currency();
    let zone = ctx.zone();
    let own = ctx
        .ledger
        .of(purchase)
        .filter(|s| s.state != crate::ledger::SpendState::Released)
        .map(|s| s.amount);
    let with = |sum: Money| -> Result<Money, MoneyError> {
        let others = match own {
            Some(own) => sum.minus(own)?,
            None => sum,
        };
        others.plus(total)
    };
    let (day, month) = if currency_ok {
        let currency = total.currency();
        (
            with(ctx.ledger.day(currency, ctx.now, &zone)?)?,
            with(ctx.ledger.month(currency, ctx.now, &zone)?)?,
        )
    } else {
        (total, total)
    };
    // In another currency nothing can be compared: every limit counts as passed.
    let over = |sum: Money, limit: Money| {
        if currency_ok {
            sum.exceeds(limit)
        } else {
            Ok(true)
        }
    };
    let text = |money| errand_sentences::money(ctx.language(), money);
    Ok(MoneyFacts {
        total_text: text(total),
        limits_text: [text(limits.purchase), text(limits.day), text(limits.month)],
        sums_text: [text(day), text(month)],
        positive: total.minor() > 0,
        currency_ok,
        consistent: checkout.totals.check == TotalsCheck::Consistent,
        over_purchase_limit: over(total, limits.purchase)?,
        over_day_limit: over(day, limits.day)?,
        over_month_limit: over(month, limits.month)?,
        recurring: false,
        instrument_offered,
    })
}

/// Facts about approving a purchase by voice alone.
pub(crate) fn speech(
    ctx: &Ctx<'_>,
    way: Way,
    purchase: &Purchase,
    checkout: &Checkout,
) -> Result<SpeechFacts, MoneyError> {
    let profile = ctx.profile;
    let total = checkout.totals.total;
    let (cap, day) = (profile.speech_cap(), profile.speech_day());
    let own = ctx
        .ledger
        .of(&purchase.id)
        .filter(|s| s.spoken && s.state != crate::ledger::SpendState::Released);
    let before = ctx.ledger.spoken(total.currency(), ctx.now)?;
    let others = match own {
        Some(own) => before.minus(own.amount)?,
        None => before,
    };
    let sum = others.plus(total)?;
    let bought_before = ctx
        .orders
        .iter()
        .any(|o| o.merchant == purchase.merchant && o.state != OrderState::Cancelled);
    // Where nothing may be bought, no amount is the reason.
    let off = cap.minor() <= 0;
    let text = |money| errand_sentences::money(ctx.language(), money);
    Ok(SpeechFacts {
        limits_text: [text(cap), text(day)],
        sum_text: text(sum),
        off,
        // In another currency nothing can be compared: every cap counts as passed.
        over_cap: !off && total.exceeds(cap).unwrap_or(true),
        over_day: !off && sum.exceeds(day).unwrap_or(true),
        known_merchant: bought_before || profile.speech.merchants.contains(&purchase.merchant),
        saved_address: checkout
            .destination
            .as_ref()
            .is_some_and(|to| profile.addresses.iter().any(|saved| is_saved(saved, to))),
        asked_often: ctx.spoken_asks >= SPOKEN_ASKS_MAX,
        stranger: way.stranger,
        alike: way.voice.map(|voice| voice.alike),
        alike_least: way.voice.map_or(0, |voice| voice.least),
        other_voice: way.voice.is_some_and(VoiceMatch::is_other),
    })
}

/// Whether something goes to a saved address. A field that the shop leaves out or changes makes it another one: a digital
/// delivery goes nowhere that was saved.
fn is_saved(saved: &Address, to: &Destination) -> bool {
    let same = |saved: Option<&str>, to: Option<&str>| match (saved, to) {
        (Some(saved), Some(to)) => saved.trim().eq_ignore_ascii_case(to.trim()),
        (None, to) => to.is_none_or(str::is_empty),
        (Some(saved), None) => saved.is_empty(),
    };
    same(
        Some(saved.street.as_str()),
        to.street.as_ref().map(Text::as_str),
    ) && same(
        Some(saved.locality.as_str()),
        to.locality.as_ref().map(Text::as_str),
    ) && same(
        saved.region.as_ref().map(Text::as_str),
        to.region.as_ref().map(Text::as_str),
    ) && same(
        Some(saved.postal_code.as_str()),
        to.postal_code.as_ref().map(Text::as_str),
    ) && same(
        Some(saved.country.as_str()),
        to.country.as_ref().map(Text::as_str),
    )
}

/// Facts about an approval: everything compared here, so that no policy compares amounts.
pub(crate) fn approval(
    level: u8,
    given_at: jiff::Timestamp,
    now: jiff::Timestamp,
    approved: (&errand_trust::Transaction, &errand_trust::TxDigest),
    wanted: &errand_trust::Transaction,
) -> ApprovalFacts {
    let age = now.duration_since(given_at).as_secs();
    let (transaction, digest) = approved;
    ApprovalFacts {
        level,
        age_s: u32::try_from(age).unwrap_or(u32::MAX),
        consumed: false,
        same_session: transaction.session == wanted.session,
        digest_matches: *digest == wanted.digest(),
        total_matches: transaction.total == wanted.total,
        payee_matches: transaction.payee == wanted.payee && transaction.merchant == wanted.merchant,
    }
}

/// Facts about personal data that would go to a shop. `fresh`: a consent given in this very step.
pub(crate) fn share(
    ctx: &Ctx<'_>,
    to: &MerchantId,
    purpose: Purpose,
    classes: &[DataClass],
    fresh: Option<&errand_types::ConsentReceipt>,
) -> ShareFacts {
    let permits = |class: DataClass| {
        ctx.consents
            .iter()
            .chain(fresh)
            .any(|receipt| receipt.permits(to, class, purpose, ctx.now))
    };
    ShareFacts {
        purpose,
        classes: classes.to_vec(),
        receipt_match: classes.iter().all(|class| permits(*class)),
        refused_before: false,
    }
}
