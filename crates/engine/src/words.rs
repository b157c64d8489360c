//! Every sentence that errand says, in the person's language. The texts are data, in `lang/<code>/` of this crate; here is
//! only which of them is said and with which facts. Written once; the faces render them alike.
//!
//! Every no has three parts: what happened, what did not, what can be done.

mod after;
mod cart;
mod combining;
mod declared;
mod desk;
mod failing;
mod found;
mod guide;
mod paying;
mod remind;
mod steps;
mod whole;

pub(crate) use after::*;
pub(crate) use cart::*;
pub(crate) use combining::*;
pub(crate) use declared::*;
pub(crate) use desk::*;
pub(crate) use failing::*;
pub(crate) use found::*;
pub(crate) use guide::*;
pub(crate) use paying::*;
pub(crate) use remind::*;
pub(crate) use steps::*;
pub(crate) use whole::*;

use errand_gate::Verdict;
use errand_protocol::errand::PolicyView;
use errand_types::{Address, DataClass, Language, Order, Window};

use errand_sentences::{Book, SentencesError};

pub(crate) use errand_sentences::{
    count_word, heading_inside, list, list_or, lower, one_decimal, quoted, upper,
};
pub(crate) use said::{
    cut, long_text, nothing_at_hand, nothing_heard, nothing_open, nothing_to_do, said_on, stopped,
    stopped_while_paying, without_model, yes_or_no,
};

use crate::ctx::Ctx;

mod said {
    errand_sentences::sentences! {
        COMMON = "common";
        nothing_heard(); cut(); long_text(); nothing_at_hand(); nothing_to_do(); nothing_open(); stopped();
        stopped_while_paying(); yes_or_no(); without_model(); words_on_screen();
        some_shops(n, word); some_products(n); pieces_of(quantity, what); said_on(said, day);
                class_name(); class_email(); class_phone(); class_postcode(); class_address(); class_payment(); class_items();
        class_age();
        refused(headline, text, not); not_bought_too(headline);
        head_limit(); head_value(); head_age(); head_quiet(); head_consent(); head_merchant(); head_taint();
        head_approval(); head_speech(); head_auth(); head_grant(); head_own(); head_gate(); head_other();
        not_bought(); not_shared(); not_in_cart(); not_ruled(); not_ordered(); not_changed();
        decided_allowed(what); decided_asked(what); decided_refused(what); decided_about(decided, about);
        doing_search(); doing_compare(); doing_recommend(); doing_configure(); doing_cart_add();
        doing_checkout_open(); doing_checkout_complete(); doing_checkout_cancel(); doing_delivery_schedule();
        doing_handoff(); doing_data_share(); doing_memory_write(); doing_policy_loosen(); doing_policy_tighten();
        doing_order_read(); doing_order_cancel(); doing_order_return(); doing_other();
    }
}

/// That every language says everything that is told of an errand. To be asked once, before anybody is told anything.
///
/// # Errors
///
/// [`SentencesError`] names the file and the sentence.
pub fn check_sentences() -> Result<(), SentencesError> {
    errand_sentences::check()?;
    books().try_for_each(Book::check)
}

/// The sentences that are told of an errand: of this crate and of those that it tells from.
pub fn books() -> impl Iterator<Item = &'static Book> {
    own_books()
        .into_iter()
        .chain(errand_catalog::books())
        .chain(errand_values::books())
}

fn own_books() -> [&'static Book; 13] {
    [
        &said::COMMON,
        after::book(),
        cart::book(),
        combining::book(),
        declared::book(),
        desk::book(),
        failing::book(),
        found::book(),
        guide::book(),
        paying::book(),
        remind::book(),
        steps::book(),
        whole::book(),
    ]
}

/// What stands in a kept text in place of the two words of an approval, which are kept nowhere.
pub fn words_on_screen(language: Language) -> String {
    said::words_on_screen(language)
}

/// Where the two words of an approval stand in a text: they are filled in on the live connection only.
pub(crate) const WORDS: &str = "{words}";

pub(crate) fn shops(language: Language, count: usize) -> String {
    let word = count_word(language, u32::try_from(count).unwrap_or(u32::MAX));
    said::some_shops(language, count, word)
}

pub(crate) fn products(language: Language, count: usize) -> String {
    said::some_products(language, count)
}

/// `2 × towels`.
pub(crate) fn times(language: Language, quantity: u32, what: &str) -> String {
    said::pieces_of(language, quantity, what)
}

/// In the person's zone and language: `Sat 28 Nov, 8 to 10`.
pub(crate) fn window(window: &Window, ctx: &Ctx<'_>) -> String {
    errand_sentences::window(ctx.language(), window, &ctx.zone())
}

/// The day in the person's words, for the record of what they said: `3 May`.
pub(crate) fn day(ctx: &Ctx<'_>) -> String {
    errand_sentences::day(ctx.language(), ctx.local().date())
}

pub(crate) fn month(ctx: &Ctx<'_>) -> String {
    errand_sentences::month(ctx.language(), ctx.local().date())
}

/// The person's word for an address and its street, never the whole.
pub(crate) fn place(address: &Address) -> String {
    let street: String = address
        .street
        .as_str()
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .collect();
    format!("{}, {}", address.label, street.trim())
}

/// The word for what a shop may know: `address`; in German with its article and in the case of what is known.
pub(crate) fn class_word(language: Language, class: DataClass) -> String {
    match class {
        DataClass::Name => said::class_name(language),
        DataClass::Email => said::class_email(language),
        DataClass::Phone => said::class_phone(language),
        DataClass::Postcode => said::class_postcode(language),
        DataClass::Address => said::class_address(language),
        DataClass::PaymentToken => said::class_payment(language),
        DataClass::OrderItems => said::class_items(language),
        DataClass::AgeOver => said::class_age(language),
    }
}

pub(crate) fn class_words(language: Language, classes: &[DataClass]) -> String {
    let words: Vec<String> = classes.iter().map(|c| class_word(language, *c)).collect();
    list(language, &words)
}

/// The shop's number where it is short enough to read out; else the shop's initials and the last six characters.
pub(crate) fn order_number(order: &Order, ctx: &Ctx<'_>) -> String {
    const READABLE: usize = 16;
    let number = order.number.as_str();
    if number.chars().count() <= READABLE {
        return number.to_owned();
    }
    let shop = ctx.shop_name(&order.merchant);
    let initials: String = shop
        .split_whitespace()
        .filter_map(|w| w.chars().find(|c| c.is_alphanumeric()))
        .collect();
    let plain: Vec<char> = number.chars().filter(|c| c.is_alphanumeric()).collect();
    let tail: String = plain.iter().rev().take(6).rev().collect();
    format!("{}-{}", initials.to_uppercase(), tail.to_uppercase())
}

pub(crate) fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default().to_owned()
}

/// Three sentences: what happened, what did not, what can be done.
pub(crate) fn refusal(language: Language, view: &PolicyView) -> String {
    let text = sentence(&view.text);
    let mut text = said::refused(language, &view.headline, text, &view.not);
    if let Some(remedy) = view.remedies.first() {
        text.push(' ');
        text.push_str(&upper(&sentence(remedy)));
        text.push('.');
    }
    text
}

fn sentence(text: &str) -> String {
    text.trim_end_matches('.').to_owned()
}

/// Five words with the fact of money.
pub(crate) fn headline(language: Language, code: &str, action: &str) -> String {
    let head = match code.split('-').next().unwrap_or_default() {
        "LIMIT" => said::head_limit(language),
        "VALUE" => said::head_value(language),
        "AGE" => said::head_age(language),
        "QUIET" => said::head_quiet(language),
        "CONSENT" => said::head_consent(language),
        "MERCH" => said::head_merchant(language),
        "TAINT" => said::head_taint(language),
        "APPROVAL" => said::head_approval(language),
        "SPEECH" => said::head_speech(language),
        "AUTH" => said::head_auth(language),
        "GRANT" => said::head_grant(language),
        "OWN" => said::head_own(language),
        "GATE" => said::head_gate(language),
        _ => said::head_other(language),
    };
    if matches!(action, "checkout.complete" | "checkout.open") {
        said::not_bought_too(language, head)
    } else {
        head
    }
}

pub(crate) fn did_not(language: Language, action: &str) -> String {
    match action {
        "checkout.complete" | "checkout.open" => said::not_bought(language),
        "data.share" => said::not_shared(language),
        "cart.add" => said::not_in_cart(language),
        "policy.loosen" | "policy.tighten" => said::not_ruled(language),
        "order.cancel" | "order.return" | "delivery.schedule" => said::not_ordered(language),
        _ => said::not_changed(language),
    }
}

fn doing(language: Language, action: &str) -> String {
    match action {
        "search" => said::doing_search(language),
        "compare" => said::doing_compare(language),
        "recommend" => said::doing_recommend(language),
        "configure" => said::doing_configure(language),
        "cart.add" => said::doing_cart_add(language),
        "checkout.open" => said::doing_checkout_open(language),
        "checkout.complete" => said::doing_checkout_complete(language),
        "checkout.cancel" => said::doing_checkout_cancel(language),
        "delivery.schedule" => said::doing_delivery_schedule(language),
        "handoff" => said::doing_handoff(language),
        "data.share" => said::doing_data_share(language),
        "memory.write" => said::doing_memory_write(language),
        "policy.loosen" => said::doing_policy_loosen(language),
        "policy.tighten" => said::doing_policy_tighten(language),
        "order.read" => said::doing_order_read(language),
        "order.cancel" => said::doing_order_cancel(language),
        "order.return" => said::doing_order_return(language),
        _ => said::doing_other(language),
    }
}

/// `Refused: paying, coffee`.
pub(crate) fn decided(
    language: Language,
    verdict: Verdict,
    action: &str,
    about: Option<&str>,
) -> String {
    let what = doing(language, action);
    let decided = match verdict {
        Verdict::Allow => said::decided_allowed(language, what),
        Verdict::Ask => said::decided_asked(language, what),
        Verdict::Deny => said::decided_refused(language, what),
    };
    match about {
        Some(about) => said::decided_about(language, decided, about),
        None => decided,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_every_sentence_with_the_same_facts() {
        check_sentences().unwrap();
    }
}
