//! What the person declared: rules, limits, consents.

use errand_protocol::errand::DisclosureView;
use errand_types::{LabelRule, Language, LimitKind, Money, Preference, RuleKind};

pub(crate) use said::{negative_limit, no_such_rule, nothing_shared, rule_there, unknown_label};

use super::list;
use crate::ctx::Ctx;

mod said {
    errand_sentences::sentences! {
        DECLARED = "declared";
        rule_there(); negative_limit(); nothing_shared(); unknown_label(label);
        avoids_strictly(no_label); avoids(no_label); requires(only_label);
        no_label(label); no_label_in(label, category); only_label(label); only_label_in(label, category);
        rule_removed(rule); no_such_rule(what); other_currency(currency, amount);
        purchase_limit(now, before); day_limit(now, before); month_limit(now, before); voice_limit(now, before);
        voice_off(); ranked_higher(name); shop_blocked(shop); brand_blocked(brand);
        nothing_spent(); spent(day, day_left, month, month_left); nothing_left(); you_allow(purchase, day, month);
        none_by_voice(); by_voice(purchase, day); no_rules(); your_rules(rules); is_preferred(name); is_blocked(name);
        it_knows(shop, what, purpose); nobody_knows(); others_nothing(known); you_took_back(shops); withdrawn(shops);
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::DECLARED
}

/// `no palm oil`, `only organic in coffee`.
fn rule(rule: &LabelRule, ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    let word = ctx.label_word(rule.label.as_str());
    match (rule.kind, &rule.category) {
        (RuleKind::Avoid, None) => said::no_label(language, word),
        (RuleKind::Avoid, Some(category)) => said::no_label_in(language, word, category),
        (RuleKind::Require, None) => said::only_label(language, word),
        (RuleKind::Require, Some(category)) => said::only_label_in(language, word, category),
    }
}

pub(crate) fn rule_added(added: &LabelRule, ctx: &Ctx<'_>) -> String {
    let (language, what) = (ctx.language(), rule(added, ctx));
    match (added.kind, added.strict) {
        (RuleKind::Avoid, true) => said::avoids_strictly(language, what),
        (RuleKind::Avoid, false) => said::avoids(language, what),
        (RuleKind::Require, _) => said::requires(language, what),
    }
}

pub(crate) fn rule_removed(language: Language, rule: &LabelRule) -> String {
    said::rule_removed(language, &rule.id)
}

pub(crate) fn other_currency(language: Language, amount: Money, limit: Money) -> String {
    said::other_currency(language, limit.currency().code(), amount)
}

pub(crate) fn limit_set(language: Language, kind: LimitKind, before: Money, now: Money) -> String {
    match kind {
        LimitKind::Purchase => said::purchase_limit(language, now, before),
        LimitKind::Day => said::day_limit(language, now, before),
        LimitKind::Month => said::month_limit(language, now, before),
        LimitKind::Voice if now.minor() == 0 => said::voice_off(language),
        LimitKind::Voice => said::voice_limit(language, now, before),
    }
}

pub(crate) fn preference(preference: &Preference, ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    match preference {
        Preference::PreferMerchant(m) => said::ranked_higher(language, ctx.shop_name(m)),
        Preference::BlockMerchant(m) => said::shop_blocked(language, ctx.shop_name(m)),
        Preference::PreferBrand(b) => said::ranked_higher(language, b),
        Preference::BlockBrand(b) => said::brand_blocked(language, b),
        Preference::PreferLabel(l) => said::ranked_higher(language, ctx.label_word(l.as_str())),
    }
}

/// What is left of the day and of the month, once something was spent or reserved.
fn left(ctx: &Ctx<'_>) -> Option<String> {
    let language = ctx.language();
    let (limits, zone) = (&ctx.profile.limits, ctx.zone());
    let currency = limits.purchase.currency();
    let day = ctx.ledger.day(currency, ctx.now, &zone).ok()?;
    let month = ctx.ledger.month(currency, ctx.now, &zone).ok()?;
    let rest = |of: Money, spent: Money| {
        let rest = of.minus(spent).ok().filter(|rest| rest.minor() > 0);
        rest.map_or_else(
            || said::nothing_left(language),
            |rest| errand_sentences::money(language, rest),
        )
    };
    if month.minor() <= 0 {
        return Some(said::nothing_spent(language));
    }
    let (day_left, month_left) = (rest(limits.day, day), rest(limits.month, month));
    Some(said::spent(language, day, day_left, month, month_left))
}

pub(crate) fn profile(ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    let p = ctx.profile;
    let limits = &p.limits;
    let mut told = vec![said::you_allow(
        language,
        limits.purchase,
        limits.day,
        limits.month,
    )];
    told.extend(left(ctx));
    told.push(match p.speech_cap() {
        cap if cap.minor() == 0 => said::none_by_voice(language),
        cap => said::by_voice(language, cap, p.speech_day()),
    });
    let rules: Vec<String> = p.rules.iter().map(|r| rule(r, ctx)).collect();
    told.push(if rules.is_empty() {
        said::no_rules(language)
    } else {
        said::your_rules(language, list(language, &rules))
    });
    let preferences: Vec<String> = p
        .preferences
        .iter()
        .map(|one| match one {
            Preference::PreferMerchant(m) => said::is_preferred(language, ctx.shop_name(m)),
            Preference::BlockMerchant(m) => said::is_blocked(language, ctx.shop_name(m)),
            Preference::PreferBrand(b) => said::is_preferred(language, b),
            Preference::BlockBrand(b) => said::is_blocked(language, b),
            Preference::PreferLabel(l) => said::is_preferred(language, ctx.label_word(l.as_str())),
        })
        .collect();
    if !preferences.is_empty() {
        let preferences = list(language, &preferences);
        told.push(format!("{}.", super::upper(&preferences)));
    }
    told.join(" ")
}

pub(crate) fn who_knows(language: Language, entries: &[DisclosureView]) -> String {
    let standing: Vec<String> = entries
        .iter()
        .filter(|e| !e.withdrawn)
        .map(|e| {
            let what = list(language, &e.knows);
            said::it_knows(language, &e.merchant_name, what, &e.purpose)
        })
        .collect();
    let withdrawn: Vec<String> = entries
        .iter()
        .filter(|e| e.withdrawn)
        .map(|e| e.merchant_name.clone())
        .collect();
    let head = if standing.is_empty() {
        said::nobody_knows(language)
    } else {
        said::others_nothing(language, standing.join(". "))
    };
    if withdrawn.is_empty() {
        head
    } else {
        let back = said::you_took_back(language, list(language, &withdrawn));
        format!("{head} {back}")
    }
}

pub(crate) fn withdrawn(language: Language, shops: &[String]) -> String {
    said::withdrawn(language, list(language, shops))
}
