//! The same stories with a language model that plans: they pass, and leave the same orders in the shops' books. And whatever
//! a language model does, the errand ends as it would have without it.

use std::path::Path;
use std::sync::Arc;

use errand_tests::stories::{Story, load_file, play, play_with};
use errand_tests::talker::{Manner, Talker};

fn story(name: &str) -> Story {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories");
    load_file(&dir.join(format!("{name}.toml"))).unwrap()
}

/// Plays a story with both planners. Turns that the language model may leave to the offline planner: those of an approval,
/// and replies in which the offline planner itself claims what only the runtime may.
async fn ends_alike(name: &str) {
    let story = story(name);
    let talker = Arc::new(Talker::start().await.unwrap());

    let by_itself = play(&story).await;
    let talked = play_with(&story, Some(Arc::clone(&talker))).await;

    let heard = talked.heard.join("\n");
    assert_eq!(talker.not_understood(), Vec::<String>::new(), "{heard}");
    assert!(talked.passed, "{}\n{heard}", talked.differed.join("\n"));
    assert_eq!(talked.orders, by_itself.orders, "{heard}");
    let is_fine = |p: &&String| matches!(p.as_str(), "talker-1" | "private" | "unfounded");
    let other: Vec<&String> = talked.planners.iter().filter(|p| !is_fine(p)).collect();
    assert!(other.is_empty(), "turns fell back: {other:?}\n{heard}");
    assert!(talker.asked() > 0, "it was never asked");
}

/// Plays stories with a language model that misbehaves: they pass, leave the same orders, and it is soon left alone.
async fn does_no_harm(manner: Manner) {
    for name in [
        "buy_main_sentence",
        "change_the_cart",
        "refuse_over_purchase_limit",
    ] {
        let story = story(name);
        let by_itself = play(&story).await;
        let talker = Arc::new(Talker::start_as(manner).await.unwrap());

        let talked = play_with(&story, Some(Arc::clone(&talker))).await;

        let heard = talked.heard.join("\n");
        assert!(
            talked.passed,
            "{name}: {}\n{heard}",
            talked.differed.join("\n")
        );
        assert_eq!(talked.orders, by_itself.orders, "{name}: {heard}");
        assert!(
            talked.planners.iter().all(|p| p != "talker-1"),
            "{:?}",
            talked.planners
        );
        // Repeats and repairs of three turns, and then it rests.
        assert!(
            (1..=9).contains(&talker.asked()),
            "{name}: asked {} times",
            talker.asked()
        );
    }
}

macro_rules! ends_alike {
    ($($name:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            ends_alike(stringify!($name)).await;
        }
    )+};
}

macro_rules! does_no_harm {
    ($($name:ident: $manner:ident,)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            does_no_harm(Manner::$manner).await;
        }
    )+};
}

ends_alike! {
    age_restricted_old_enough
    avoid_rule_said_then_holds
    avoid_rule_strict
    avoided_label_blocks
    blocked_shop
    buy_main_sentence
    buy_plain
    change_the_cart
    choose_by_words
    compare_side_by_side
    configure_a_desk
    configure_conflict
    consent_asked_once
    consent_refused
    dead_shop
    delivery_day_impossible
    delivery_moved
    discount_code
    discount_code_unknown
    help
    hostile_product_text
    hostile_product_text_cart
    limit_lowered_in_a_sentence
    named_by_its_kind
    no_to_the_purchase
    not_taken_back
    nothing_found
    order_cancelled
    order_returned_and_refunded
    order_status_over_time
    out_of_stock_is_left_out
    payment_refused
    preferred_shop
    price_changed_after_approval
    quantity_ambiguous
    quantity_huge
    quantity_zero
    refuse_over_purchase_limit
    reorder
    required_label_unverified
    stop_said_at_the_question
    two_needs_in_one_sentence
    two_shops_two_approvals
    undo_cart_change
    why_was_it_refused
    wrong_then_right_words
    yes_does_not_buy
}

does_no_harm! {
    a_silent_model_does_no_harm: Silent,
    a_failing_model_does_no_harm: Failing,
    a_busy_model_does_no_harm: Busy,
    a_model_whose_answers_break_off_does_no_harm: Cut,
    a_model_that_sends_garbage_does_no_harm: Garbled,
    a_model_that_invents_tools_does_no_harm: Inventing,
    a_model_that_makes_up_products_does_no_harm: MakingUp,
    a_lying_model_does_no_harm: Lying,
    a_model_that_asks_for_the_card_does_no_harm: Fishing,
    a_model_that_never_ends_does_no_harm: Rambling,
    a_model_that_grabs_does_no_harm: Grabbing,
}
