use std::sync::Arc;

use errand_protocol::errand::{
    ApprovalOutcome, ApprovalResolved, ApprovalView, PolicyView, ProductsView,
};
use errand_types::{ApprovalId, Clock};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::*;

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-26T12:00:00Z".parse().unwrap()
    }
}

fn manner(language: Language) -> Manner {
    Manner {
        language,
        zone: TimeZone::UTC,
        clock: Arc::new(Noon),
    }
}

fn say(kept: &str) -> What {
    What::Say {
        live: format!("{kept} amber violin"),
        kept: kept.to_owned(),
        is_private: false,
    }
}

fn errand(event: ErrandEvent) -> What {
    What::Errand {
        live: Box::new(event),
        kept: None,
    }
}

fn started(key: &str) -> What {
    What::TurnStarted {
        key: key.to_owned(),
    }
}

fn done(status: TurnStatus) -> What {
    What::TurnDone { status }
}

fn usd(minor: i64) -> Value {
    json!({ "minor": minor, "currency": "USD" })
}

fn products(count: u32) -> What {
    let card = |n: u32| {
        json!({
            "n": n, "offer": { "merchant": "pantry-lane", "product": format!("p{n}"), "variant": "v" },
            "title": format!("Coffee Number {n}, 340 g (SKU NM-{n})"), "variant": null, "brand": null,
            "merchant": "pantry-lane", "merchant_name": "Pantry Lane", "price": usd(1_240), "quantity": 1,
            "price_all": usd(1_240), "unit_price": null, "rating": null, "availability": "in",
            "first_delivery": { "start": "2026-11-27T13:00:00Z", "end": "2026-11-27T15:00:00Z" }, "delivery_text": null,
            "evidence": [], "reasons": [], "detail": null,
            "drawing": { "kind": "coffee", "colour": "green", "shape": 1 }, "configurable": false,
        })
    };
    let items: Vec<Value> = (1..=count).map(card).collect();
    let view: ProductsView = serde_json::from_value(json!({
        "query_id": "q", "what": "coffee", "ordered_by": "best", "items": items, "more": 2, "excluded": null,
    }))
    .unwrap();
    errand(ErrandEvent::Products(view))
}

fn approval(place: &str) -> What {
    let view: ApprovalView = serde_json::from_value(json!({
        "id": "apr_1", "kind": "purchase", "summary": "Pay $24.10 to Pantry Lane", "amount": usd(2_410),
        "payee": { "merchant": "pantry-lane", "name": "Pantry Lane", "legal_name": "Pantry Lane Ltd", "bought_before": 3 },
        "lines": [], "totals": [], "delivery": null, "delivery_text": null, "destination": "home, Mill Lane",
        "instrument": null, "discloses": [], "discloses_text": "", "purpose": null, "disclosures": [], "cart_revision": 1,
        "level": 35, "where": place, "words": "amber violin", "tries_left": 3, "limits": [],
        "asked_at": "2026-11-26T10:00:00Z", "expires_at": "2026-11-26T10:02:00Z",
    }))
    .unwrap();
    errand(ErrandEvent::ApprovalRequired {
        approval: Box::new(view),
    })
}

/// The answer to a sentence in whose turn this happened.
fn answer(language: Language, happened: Vec<What>) -> Gathered {
    let happened = [started("k")]
        .into_iter()
        .chain(happened)
        .chain([done(TurnStatus::Completed)])
        .map(|what| (Some(2), what));
    gathered(language, happened.collect()).unwrap()
}

fn gathered(language: Language, happened: Vec<(Option<u64>, What)>) -> Option<Gathered> {
    let mut gathering = Gathering::new("k", &manner(language));
    happened
        .into_iter()
        .find_map(|(turn, what)| gathering.step(&Emitted { turn, what }))
}

#[test]
fn what_a_person_bought_before_is_no_answer_to_a_room() {
    let private = What::Say {
        live: "You bought coffee in May.".to_owned(),
        kept: "You bought coffee in May.".to_owned(),
        is_private: true,
    };

    for language in [Language::English, Language::German] {
        let answer = answer(language, vec![private.clone()]);
        assert!(!answer.text.contains("May"), "{language:?}: {answer:?}");
    }
    assert_eq!(
        answer(Language::English, vec![private]).text,
        "That is private, and others may hear it."
    );
}

#[test]
fn an_answer_is_what_was_said_in_its_turn_and_nothing_live() {
    let answer = gathered(
        Language::English,
        vec![
            (Some(1), say("Of an older turn.")),
            (Some(2), started("k")),
            (None, say("An order was shipped.")),
            (Some(2), say("Three fit.")),
            (Some(2), say("Which one?")),
            (Some(1), done(TurnStatus::Completed)),
            (Some(2), done(TurnStatus::Completed)),
        ],
    );

    assert_eq!(
        answer,
        Some(Gathered {
            is_handled: true,
            text: "Three fit. Which one?".to_owned()
        })
    );
}

#[test]
fn what_was_found_is_told_for_the_ear_and_not_as_it_is_shown() {
    let shown = "Five coffees, the best first:\n1. Coffee Number 1, 340 g (SKU NM-1) · $12.40 · Pantry Lane\n2. Coffee …";
    let told = answer(Language::English, vec![products(5), say(shown)]);

    assert_eq!(
        told.text,
        "Seven fit. The first is Coffee Number one, twelve dollars forty, tomorrow; the second Coffee Number two, twelve \
         dollars forty, tomorrow; the third Coffee Number three, twelve dollars forty, tomorrow. Which one?"
    );
}

#[test]
fn a_long_text_is_told_in_two_sentences_with_its_question() {
    let shown = "It costs $4.20. It comes on Friday. It is made in Italy. It weighs 340 g. Shall I take it?";
    let told = answer(Language::English, vec![say(shown)]);

    assert_eq!(
        told.text,
        "It costs four dollars twenty. There is more. Shall I take it?"
    );
}

#[test]
fn a_refusal_is_told_with_what_did_not_happen_and_the_safest_remedy() {
    let view: PolicyView = serde_json::from_value(json!({
        "decision_id": null, "decision": "deny", "code": "LIMIT-0001", "headline": "Over your limit, not bought",
        "text": "cart is $64.20, limit is $50.00", "not": "Nothing was bought.",
        "remedies": ["raise the limit on your phone."], "rules": ["limit.purchase"], "about": "cart",
    }))
    .unwrap();
    let told = answer(
        Language::English,
        vec![
            say("Over your limit: the cart is $64.20, the limit is $50.00 (limit.purchase)."),
            errand(ErrandEvent::Policy(view)),
        ],
    );

    assert_eq!(
        told.text,
        "Over your limit, not bought. Nothing was bought. Raise the limit on your phone?"
    );
}

#[test]
fn terms_of_an_approval_are_told_whole_as_they_are_shown_and_sent_to_the_page() {
    let shown = "$24.10 to Pantry Lane. Another voice. I have put it on your screen. Nothing is bought yet.";
    let told = answer(Language::English, vec![approval("page"), say(shown)]);

    assert_eq!(
        told.text,
        format!("{shown} Confirm it on errand's page; here it can only be declined.")
    );
    assert!(!told.text.contains("amber"), "never its words");
}

#[test]
fn declining_an_approval_is_told() {
    let resolved = ApprovalResolved {
        id: ApprovalId::parse("apr_1").unwrap(),
        outcome: ApprovalOutcome::Refused,
        text: "Dropped. Nothing was bought.".to_owned(),
        tries_left: None,
    };
    let told = answer(
        Language::English,
        vec![
            errand(ErrandEvent::ApprovalResolved(resolved)),
            say("Dropped. Nothing was bought."),
        ],
    );

    assert_eq!(told.text, "Dropped. Nothing was bought.");
}

#[test]
fn a_language_that_is_only_shown_is_told_as_it_is_shown() {
    let shown = "Drei passen. Eins kostet 4,20 €. Zwei kostet 5,20 €. Drei kostet 6,20 €. Welches?";
    let told = answer(Language::German, vec![products(3), say(shown)]);

    assert_eq!(told.text, shown);
}

#[test]
fn a_turn_that_was_taken_over_is_not_handled() {
    let answer = gathered(
        Language::English,
        vec![
            (Some(2), started("k")),
            (Some(2), done(TurnStatus::Cancelled)),
        ],
    )
    .unwrap();

    assert!(!answer.is_handled);
    assert_eq!(answer.text, "That was stopped. Nothing was bought.");
}

#[test]
fn the_turn_of_another_sentence_is_not_its_answer() {
    assert_eq!(
        gathered(
            Language::English,
            vec![
                (Some(2), started("other")),
                (Some(2), say("Not for us.")),
                (Some(2), done(TurnStatus::Completed)),
            ]
        ),
        None
    );
}
