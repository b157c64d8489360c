//! What the person declared: rules, limits, consents.

use errand_protocol::errand::DisclosureView;
use errand_types::{LabelRule, LimitKind, Money, Preference, RuleKind};

use super::list;
use crate::ctx::Ctx;

pub(crate) const RULE_THERE: &str = "That is already your rule";
pub(crate) const NEGATIVE_LIMIT: &str =
    "A limit cannot be below zero. Your limits are as they were";
pub(crate) const NOTHING_SHARED: &str = "No shop has a consent of yours that stands";

pub(crate) fn unknown_label(label: &str) -> String {
    format!(
        "I have no checked label for \"{label}\", so a rule on it would do nothing. Your rules are as they were"
    )
}

pub(crate) fn rule_added(rule: &LabelRule, word: &str) -> String {
    let place = rule
        .category
        .as_ref()
        .map(|c| format!(" in {c}"))
        .unwrap_or_default();
    match (rule.kind, rule.strict) {
        (RuleKind::Avoid, true) => {
            format!("Kept: no {word}{place}, and nothing where it cannot be ruled out.")
        }
        (RuleKind::Avoid, false) => format!("Kept: no {word}{place}."),
        (RuleKind::Require, _) => {
            format!("Kept: only {word}{place}, and only where it is confirmed.")
        }
    }
}

pub(crate) fn rule_removed(rule: &LabelRule) -> String {
    format!("Removed your rule `{}`.", rule.id)
}

pub(crate) fn no_such_rule(what: &str) -> String {
    format!("You have no rule about {what}")
}

pub(crate) fn other_currency(amount: Money, limit: Money) -> String {
    format!(
        "Your limits are in {}, so {amount} cannot be set. They are as they were",
        limit.currency()
    )
}

pub(crate) fn limit_set(kind: LimitKind, before: Money, now: Money) -> String {
    let name = match kind {
        LimitKind::Purchase => "one purchase",
        LimitKind::Day => "one day",
        LimitKind::Month => "one month",
        LimitKind::Voice if now.minor() == 0 => {
            return "Nothing is bought by voice any more. On your screen it goes on as before."
                .to_owned();
        }
        LimitKind::Voice => "one purchase by voice",
    };
    format!("Your limit for {name} is {now} now, before {before}.")
}

pub(crate) fn preference(preference: &Preference, ctx: &Ctx<'_>) -> String {
    match preference {
        Preference::PreferMerchant(m) => {
            format!("Kept: {} is ranked a little higher.", ctx.shop_name(m))
        }
        Preference::BlockMerchant(m) => format!(
            "Kept: nothing from {}. It is not asked any more.",
            ctx.shop_name(m)
        ),
        Preference::PreferBrand(b) => format!("Kept: {b} is ranked a little higher."),
        Preference::BlockBrand(b) => format!("Kept: nothing by {b}."),
    }
}

/// What is left of the day and of the month, once something was spent or reserved.
fn left(ctx: &Ctx<'_>) -> String {
    let (limits, zone) = (&ctx.profile.limits, ctx.zone());
    let currency = limits.purchase.currency();
    let (Ok(day), Ok(month)) = (
        ctx.ledger.day(currency, ctx.now, &zone),
        ctx.ledger.month(currency, ctx.now, &zone),
    ) else {
        return String::new();
    };
    let rest = |of: Money, spent: Money| {
        of.minus(spent)
            .ok()
            .filter(|rest| rest.minor() > 0)
            .map_or_else(|| "nothing".to_owned(), |rest| rest.to_string())
    };
    if month.minor() <= 0 {
        return " Nothing of it is spent.".to_owned();
    }
    format!(
        " Today {day} is spent and {} left, this month {month} and {} left.",
        rest(limits.day, day),
        rest(limits.month, month)
    )
}

pub(crate) fn profile(ctx: &Ctx<'_>) -> String {
    let p = ctx.profile;
    let limits = format!(
        "You allow {} for one purchase, {} a day, {} a month.",
        p.limits.purchase, p.limits.day, p.limits.month
    );
    let by_voice = match p.speech_cap() {
        cap if cap.minor() == 0 => " Nothing is bought by voice.".to_owned(),
        cap => format!(
            " By voice {cap} for one purchase and {} within 24 hours.",
            p.speech_day()
        ),
    };
    let limits = format!("{limits}{}{by_voice}", left(ctx));
    let rules: Vec<String> = p
        .rules
        .iter()
        .map(|r| {
            let word = ctx.label_word(r.label.as_str());
            let place = r
                .category
                .as_ref()
                .map(|c| format!(" in {c}"))
                .unwrap_or_default();
            match r.kind {
                RuleKind::Avoid => format!("no {word}{place}"),
                RuleKind::Require => format!("only {word}{place}"),
            }
        })
        .collect();
    let rules = if rules.is_empty() {
        "You have no rules.".to_owned()
    } else {
        format!("Your rules: {}.", list(&rules))
    };
    let preferences: Vec<String> = p
        .preferences
        .iter()
        .map(|one| match one {
            Preference::PreferMerchant(m) => format!("{} preferred", ctx.shop_name(m)),
            Preference::BlockMerchant(m) => format!("{} blocked", ctx.shop_name(m)),
            Preference::PreferBrand(b) => format!("{b} preferred"),
            Preference::BlockBrand(b) => format!("{b} blocked"),
        })
        .collect();
    let preferences = if preferences.is_empty() {
        String::new()
    } else {
        format!(" {}.", super::upper(&list(&preferences)))
    };
    format!("{limits} {rules}{preferences}")
}

pub(crate) fn who_knows(entries: &[DisclosureView]) -> String {
    let standing: Vec<String> = entries
        .iter()
        .filter(|e| !e.withdrawn)
        .map(|e| {
            format!(
                "{} knows {}, for {}",
                e.merchant_name,
                list(&e.knows),
                e.purpose
            )
        })
        .collect();
    let withdrawn: Vec<String> = entries
        .iter()
        .filter(|e| e.withdrawn)
        .map(|e| e.merchant_name.clone())
        .collect();
    let head = if standing.is_empty() {
        "No shop has a consent of yours that stands.".to_owned()
    } else {
        format!("{}. Anyone else: nothing.", standing.join(". "))
    };
    if withdrawn.is_empty() {
        head
    } else {
        format!(
            "{head} You took it back from {}; what it learned before it may still hold.",
            list(&withdrawn)
        )
    }
}

pub(crate) fn withdrawn(shops: &[String]) -> String {
    format!(
        "Taken back from {}. From now on it gets nothing; what it learned for orders before it may still hold.",
        list(shops)
    )
}
