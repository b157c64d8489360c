//! What is said around a person at the desk.

use errand_protocol::desk::{DeskFact, DeskReason};
use errand_types::Language;

pub(crate) use said::{
    desk_all_gone, desk_back, desk_chip_leave, desk_chip_leave_queue, desk_closed, desk_declined,
    desk_helped, desk_idle, desk_left, desk_moved_up, desk_nobody_saw, desk_offer,
    desk_offer_aside, desk_reads, desk_released, desk_says, desk_sent_away, desk_thanks,
    desk_waiting, did_ask_to_see, did_asked, did_back, did_call, did_call_refused, did_help,
    did_idle, did_left, did_nobody, did_not_help, did_not_say, did_note, did_read, did_reason,
    did_release, did_say, did_send_away, did_take, from_to, no_desk, seen_at, suggest_first,
    suggest_need, suggest_tried, suggest_unknown, tried_approve, tried_pay, tried_search,
    wants_pieces, wants_under, why_not_worked, why_nothing_fits, why_rule, why_unknown,
    why_words_wrong, you_did_not_show, you_showed,
};

use super::list;

mod said {
    errand_sentences::sentences! {
        DESK = "desk";
        no_desk(); desk_offer(); desk_offer_aside(); desk_declined(); desk_closed(); desk_waiting(place);
        desk_moved_up(place); desk_all_gone(); taken(name); taken_because(name, why);
        sees_talk(); sees_plan(); sees_cart(); sees_refused(); fact_town(); fact_window(); fact_number();
        desk_reads(name); asks_to_see(name, what); shown(); not_shown(); desk_back(name, line); desk_helped();
        desk_thanks(); desk_left(); desk_sent_away(name); desk_idle(name); desk_released(name);
        desk_chip_leave_queue(); desk_chip_leave(); chip_yes(); chip_no(); desk_says(name, text); desk_nobody_saw();
        did_asked(); did_reason(reason); did_nobody(); did_left(); did_take(name, why); did_read(name); did_say(name);
        did_call(name, tool); did_call_refused(name, tool); did_ask_to_see(name, facts); you_showed(facts);
        you_did_not_show(facts); did_note(name); did_back(name, line); did_release(name); did_idle(name);
        did_send_away(name); did_help(); did_not_help(); did_not_say(); seen_at(when, what); from_to(from, to);
        suggest_unknown(); suggest_first(title, shop, price); suggest_tried(what, why); suggest_need(wanted);
        wants_pieces(n); wants_under(price); tried_search(what); tried_approve(); tried_pay(); why_words_wrong();
        why_rule(); why_unknown(); why_not_worked(); why_nothing_fits();
        reason_unknown(); reason_asked(); reason_refused(); reason_shop(); reason_words(); reason_not_understood();
        reason_slow();
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::DESK
}

pub(crate) fn desk_taken(language: Language, name: &str, why: &str) -> String {
    if why.is_empty() {
        said::taken(language, name)
    } else {
        said::taken_because(language, name, why)
    }
}

/// What somebody at the desk sees, as a list.
pub(crate) fn desk_sees(
    language: Language,
    allowed: impl Iterator<Item = DeskFact>,
) -> Vec<String> {
    let base = [
        said::sees_talk(language),
        said::sees_plan(language),
        said::sees_cart(language),
        said::sees_refused(language),
    ];
    let allowed = allowed.map(|fact| desk_fact(language, fact));
    base.into_iter().chain(allowed).collect()
}

pub(crate) fn desk_fact(language: Language, fact: DeskFact) -> String {
    match fact {
        DeskFact::Town => said::fact_town(language),
        DeskFact::Window => said::fact_window(language),
        DeskFact::OrderNumber => said::fact_number(language),
    }
}

/// Why an errand is in the queue.
pub(crate) fn desk_reason(language: Language, reason: DeskReason) -> String {
    match reason {
        DeskReason::OutcomeUnknown => said::reason_unknown(language),
        DeskReason::Asked => said::reason_asked(language),
        DeskReason::Refused => said::reason_refused(language),
        DeskReason::ShopFailed => said::reason_shop(language),
        DeskReason::WordsFailed => said::reason_words(language),
        DeskReason::NotUnderstood => said::reason_not_understood(language),
        DeskReason::Slow => said::reason_slow(language),
    }
}

pub(crate) fn desk_ask_to_see(language: Language, name: &str, facts: &[DeskFact]) -> String {
    let what: Vec<String> = facts.iter().map(|f| desk_fact(language, *f)).collect();
    said::asks_to_see(language, name, list(language, &what))
}

pub(crate) fn desk_shown(language: Language, yes: bool) -> String {
    if yes {
        said::shown(language)
    } else {
        said::not_shown(language)
    }
}

pub(crate) fn desk_chips_yes_no(language: Language) -> Vec<String> {
    vec![said::chip_yes(language), said::chip_no(language)]
}
