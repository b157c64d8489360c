//! What was not bought, and why.

use errand_types::{Checkout, Language, Money};

use super::upper;
use crate::failure::{Failure, FailureKind};

mod said {
    errand_sentences::sentences! {
        FAILING = "failing";
        sold_out_headline(); refused_headline(); changed_headline(); needs_you_headline(); too_late_headline();
        not_bought_headline(); not_bought_next(why); not_bought_again(why); not_bought_again_or_other(why);
        price_changed(); price_changed_to(old, new); price_changed_by(old, new, parts); part_changed(part, old, new);
        goods_changed();
        lost_checkout(shop); checkout_gone(shop); out_of_stock(shop, what, text); order_not_taken(shop, text);
        no_reason(); payment_refused(shop); payment_refused_says(shop, text); not_paid_after_all(shop);
        interrupted(shop); other_things(shop); other_number(shop, got, wanted); over_total(total, max);
        not_countable(shop); no_address(shop);
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::FAILING
}

pub(crate) fn not_bought_headline(language: Language, failure: &Failure) -> String {
    match failure.kind {
        FailureKind::OutOfStock => said::sold_out_headline(language),
        FailureKind::PaymentRefused => said::refused_headline(language),
        FailureKind::Changed => said::changed_headline(language),
        FailureKind::NeedsBuyer => said::needs_you_headline(language),
        FailureKind::TooLate => said::too_late_headline(language),
        FailureKind::NotDone | FailureKind::Unknown => said::not_bought_headline(language),
    }
}

pub(crate) fn not_bought(language: Language, failure: &Failure) -> String {
    let why = upper(&failure.text);
    match failure.kind {
        FailureKind::OutOfStock => said::not_bought_next(language, why),
        FailureKind::PaymentRefused => said::not_bought_again(language, why),
        FailureKind::Changed
        | FailureKind::NeedsBuyer
        | FailureKind::TooLate
        | FailureKind::NotDone
        | FailureKind::Unknown => said::not_bought_again_or_other(language, why),
    }
}

/// What is different now, old and new.
pub(crate) fn what_changed(
    language: Language,
    before: Option<&Checkout>,
    now: &Checkout,
) -> String {
    let Some(before) = before else {
        return said::price_changed(language);
    };
    let (old, new) = (before.totals.total, now.totals.total);
    if old == new {
        return said::goods_changed(language);
    }
    let parts: Vec<String> = now
        .totals
        .entries
        .iter()
        .filter_map(|e| {
            let was = before
                .totals
                .entries
                .iter()
                .find(|b| b.kind == e.kind && b.label == e.label)?;
            (was.amount != e.amount)
                .then(|| said::part_changed(language, &e.label, was.amount, e.amount))
        })
        .collect();
    if parts.is_empty() {
        said::price_changed_to(language, old, new)
    } else {
        said::price_changed_by(language, old, new, parts.join(", "))
    }
}

fn failure(kind: FailureKind, code: &str, text: String) -> Failure {
    Failure {
        kind,
        code: code.to_owned(),
        text,
        after_ms: 0,
    }
}

fn not_done(code: &str, text: String) -> Failure {
    failure(FailureKind::NotDone, code, text)
}

pub(crate) fn lost_checkout(language: Language, shop: &str) -> Failure {
    not_done("PAY-0003", said::lost_checkout(language, shop))
}

pub(crate) fn checkout_gone(language: Language, shop: &str) -> Failure {
    not_done("PAY-0003", said::checkout_gone(language, shop))
}

pub(crate) fn out_of_stock(language: Language, shop: &str, text: &str, what: &str) -> Failure {
    let text = said::out_of_stock(language, shop, what, text);
    failure(FailureKind::OutOfStock, "PAY-0004", text)
}

pub(crate) fn shop_refused(language: Language, shop: &str, text: &str) -> Failure {
    let text = if text.is_empty() {
        said::no_reason(language)
    } else {
        text.to_owned()
    };
    not_done("PAY-0005", said::order_not_taken(language, shop, text))
}

pub(crate) fn payment_refused(language: Language, shop: &str, text: &str) -> Failure {
    let text = if text.is_empty() {
        said::payment_refused(language, shop)
    } else {
        said::payment_refused_says(language, shop, text)
    };
    failure(FailureKind::PaymentRefused, "PAY-0001", text)
}

pub(crate) fn not_paid_after_all(language: Language, shop: &str) -> Failure {
    not_done("PAY-0006", said::not_paid_after_all(language, shop))
}

pub(crate) fn interrupted(language: Language, shop: &str) -> Failure {
    not_done("PAY-0007", said::interrupted(language, shop))
}

pub(crate) fn other_goods(
    language: Language,
    checkout: &Checkout,
    wanted: u64,
    got: u64,
) -> Failure {
    let shop = checkout.merchant.as_str();
    let text = if wanted == got {
        said::other_things(language, shop)
    } else {
        said::other_number(language, shop, got, wanted)
    };
    failure(FailureKind::Changed, "PAY-0008", text)
}

pub(crate) fn over_total(language: Language, total: Money, max: Money) -> Failure {
    let text = said::over_total(language, total, max);
    failure(FailureKind::Changed, "PAY-0009", text)
}

pub(crate) fn not_countable(language: Language, shop: &str) -> Failure {
    not_done("PAY-0010", said::not_countable(language, shop))
}

pub(crate) fn no_address(language: Language, shop: &str) -> Failure {
    not_done("PAY-0011", said::no_address(language, shop))
}
