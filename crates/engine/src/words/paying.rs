//! Asking whether to buy, and what came of it.

use errand_protocol::errand::ApprovalPlace;
use errand_types::{
    Checkout, Handoff, HandoffReason, Instrument, Language, Order, Precision, Text, TotalKind,
    Window, Wish,
};

pub(crate) use said::{
    answer_on_screen, asked_again, dropped, expired, locked, other_approval, paid_unknown,
    paid_unknown_headline, still_unknown, this_purchase, today, tries_used_up, void_after_resume,
    void_changed, void_other_voice, why_question, why_screen, why_words, why_words_said,
    wrong_words,
};

use super::{WORDS, lower, upper, window};
use crate::ctx::Ctx;
use crate::purchase::Purchase;

mod said {
    errand_sentences::sentences! {
        PAYING = "paying";
        need_words(words); need_words_said(words); say_words(words); answer_on_screen(); other_approval();
        expired(); tries_used_up(); locked(); dropped(); void_changed(); void_other_voice(); void_after_resume(); asked_again();
        why_words(); why_words_said(); why_question(); why_screen(why);
        summary(total, shop, what); held(window); estimated_by_shop(window); in_its_words(said); no_time_said();
        not_free(wish, near); not_promised(wish, near);
        on_screen(total, shop, why); on_screen_unpriced(why);
        you_would_pay(total, payee, what); you_would_pay_with(total, payee, what, extras);
        delivery_to(place, arrival); delivery_at(arrival); shop_learns(shop, learns); shop_says(shop, text);
        type_words(total, words); say_these_words(total, words); card(brand, digits); this_purchase(); today();
        approved(how); by_words(); by_words_spoken(); by_words_and_pin(); by_phone(); by_two_people();
        wrong_words(left); bought_for(total, shop, number); comes(when); cancel_free(when);
        handed_over(shop, why, host, url); wants_input(); wants_review(); wants_other_payment();
        wants_you_to_finish(); has_odd_sums(); has_a_notice();
        paid_unknown_headline(); paid_unknown(shop); still_unknown(shop);
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::PAYING
}

/// A yes, where two words are needed.
pub(crate) fn need_words(language: Language) -> String {
    said::need_words(language, WORDS)
}

pub(crate) fn need_words_said(language: Language) -> String {
    said::need_words_said(language, WORDS)
}

pub(crate) fn say_words(language: Language) -> String {
    said::say_words(language, WORDS)
}

pub(crate) fn card(language: Language, instrument: &Instrument) -> String {
    said::card(language, &instrument.brand, &instrument.last_digits)
}

pub(crate) fn purchase_summary(language: Language, purchase: &Purchase, shop: &str) -> String {
    let total = purchase.checkout.as_ref().map(|c| c.totals.total);
    let total = total.map(|total| errand_sentences::money(language, total));
    said::summary(language, total.unwrap_or_default(), shop, purchase.what())
}

/// The window that comes nearest to a wish.
pub(crate) fn not_free(wish: &Wish, at: &Window, ctx: &Ctx<'_>) -> String {
    said::not_free(ctx.language(), &wish.said, window(at, ctx))
}

pub(crate) fn not_promised(language: Language, wish: &Wish, offered: &str) -> String {
    said::not_promised(language, &wish.said, offered)
}

/// When it comes, truthful about how sure that is.
pub(crate) fn arrival(purchase: &Purchase, at: Option<&Window>, ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    let base = match (&purchase.slot, at) {
        (Some(slot), _) => said::held(language, window(&slot.window, ctx)),
        (None, Some(at)) => said::estimated_by_shop(language, window(at, ctx)),
        (None, None) => purchase
            .checkout
            .as_ref()
            .and_then(|c| {
                c.options
                    .iter()
                    .find(|o| Some(&o.key) == c.selected_option.as_ref())
            })
            .map_or_else(
                || said::no_time_said(language),
                |o| match o.precision {
                    Precision::Prose => {
                        let said = o.description.as_ref();
                        said::in_its_words(language, said.map_or(o.title.as_str(), Text::as_str))
                    }
                    Precision::Slot | Precision::Range | Precision::None => o.title.to_string(),
                },
            ),
    };
    match &purchase.missed {
        Some(missed) => format!("{base}. {}", upper(missed.as_str())),
        None => base,
    }
}

/// Asked aloud, answered on a screen: why, how much, and where. No words, and no address.
fn on_screen(purchase: &Purchase, why: &str, ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    match &purchase.checkout {
        Some(checkout) => {
            let shop = ctx.shop_name(&purchase.merchant);
            said::on_screen(language, checkout.totals.total, shop, why)
        }
        None => said::on_screen_unpriced(language, why),
    }
}

/// What there is to pay besides the goods: `Delivery $4.00, Tax $1.20`.
fn extras(language: Language, checkout: &Checkout) -> String {
    let entries = checkout.totals.entries.iter();
    let extras: Vec<String> = entries
        .filter(|e| e.kind != TotalKind::Subtotal && e.amount.minor() != 0)
        .map(|e| {
            format!(
                "{} {}",
                e.label,
                errand_sentences::money(language, e.amount)
            )
        })
        .collect();
    extras.join(", ")
}

/// The whole question for faces that draw nothing. [`WORDS`] is filled in on the live connection only.
pub(crate) fn approval(purchase: &Purchase, ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    if let Some(why) = purchase.why_page() {
        return on_screen(purchase, why, ctx);
    }
    let shop = ctx.shop_name(&purchase.merchant);
    let legal = ctx
        .merchants
        .get(&purchase.merchant)
        .map_or(shop.clone(), |m| m.legal_name.to_string());
    let Some(checkout) = &purchase.checkout else {
        return String::new();
    };
    let at = purchase.slot.as_ref().map(|s| s.window).or_else(|| {
        checkout
            .options
            .iter()
            .find(|o| Some(&o.key) == checkout.selected_option.as_ref())
            .and_then(|o| o.window)
    });
    let total = checkout.totals.total;
    let mut told: Vec<String> = purchase.changed.iter().map(|c| format!("{c}.")).collect();
    let extras = extras(language, checkout);
    told.push(if extras.is_empty() {
        said::you_would_pay(language, total, legal, purchase.what())
    } else {
        said::you_would_pay_with(language, total, legal, purchase.what(), extras)
    });
    let arrival = arrival(purchase, at.as_ref(), ctx);
    // A street is nothing to be told to a room.
    let to = (purchase.place() == ApprovalPlace::Page)
        .then(|| ctx.profile.addresses.first())
        .flatten();
    told.push(match to {
        Some(address) => said::delivery_to(language, super::place(address), arrival),
        None => said::delivery_at(language, arrival),
    });
    let learns = lower(&super::they_learn(language, &purchase.shared));
    told.push(said::shop_learns(language, &shop, learns));
    let notices = checkout.messages.iter();
    told.extend(
        notices
            .filter(|m| m.disclosure || m.kind == errand_types::MessageKind::Warning)
            .map(|m| said::shop_says(language, &shop, m.text.as_str().trim_end_matches('.'))),
    );
    told.push(match purchase.place() {
        ApprovalPlace::Page => said::type_words(language, total, WORDS),
        ApprovalPlace::Voice => said::say_these_words(language, total, WORDS),
    });
    told.join(" ")
}

pub(crate) fn approved(language: Language, level: u8) -> String {
    said::approved(language, approved_by(language, level))
}

pub(crate) fn approved_by(language: Language, level: u8) -> String {
    match level {
        30 => said::by_words_spoken(language),
        40 => said::by_words_and_pin(language),
        50 => said::by_phone(language),
        60 => said::by_two_people(language),
        _ => said::by_words(language),
    }
}

pub(crate) fn bought(
    order: &Order,
    view: &errand_protocol::errand::OrderView,
    missed: Option<&str>,
    ctx: &Ctx<'_>,
) -> String {
    let language = ctx.language();
    let shop = ctx.shop_name(&order.merchant);
    let number = super::order_number(order, ctx);
    let mut told = vec![said::bought_for(language, order.total, shop, number)];
    told.extend(
        view.delivery_text
            .iter()
            .map(|when| said::comes(language, when)),
    );
    told.extend(missed.map(|missed| format!("{}.", upper(missed))));
    told.extend(order.cancel_until.map(|until| {
        let until = until.to_zoned(ctx.zone());
        said::cancel_free(language, errand_sentences::moment(language, &until))
    }));
    told.join(" ")
}

pub(crate) fn handed_over(language: Language, shop: &str, handoff: &Handoff) -> String {
    let why = match handoff.reason {
        HandoffReason::BuyerInput => said::wants_input(language),
        HandoffReason::BuyerReview => said::wants_review(language),
        HandoffReason::Unsupported => said::wants_other_payment(language),
        HandoffReason::Tier => said::wants_you_to_finish(language),
        HandoffReason::Mismatch => said::has_odd_sums(language),
        HandoffReason::Disclosure => said::has_a_notice(language),
    };
    said::handed_over(language, shop, why, &handoff.host, handoff.url.as_str())
}
