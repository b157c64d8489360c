//! Each story file is a test; what differed is told line by line.

use std::path::{Path, PathBuf};

use errand_tests::stories::{load_dir, load_file, play};

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stories")
}

async fn holds(name: &str) {
    let story = load_file(&dir().join(format!("{name}.toml"))).unwrap();
    let outcome = play(&story).await;
    assert!(
        outcome.passed,
        "{}\n{}\n\n{}",
        story.about,
        outcome.differed.join("\n"),
        outcome.heard.join("\n")
    );
}

macro_rules! stories {
    ($($name:ident)+) => {
        const NAMES: &[&str] = &[$(stringify!($name)),+];
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                holds(stringify!($name)).await;
            }
        )+
    };
}

stories! {
    a_person_please
    age_restricted_old_enough
    age_restricted_too_young
    age_restricted_without_age
    answer_lost_after_the_charge
    approval_expires
    avoid_rule_said_then_holds
    avoid_rule_strict
    avoided_label_blocks
    blocked_shop
    blocked_shop_in_the_profile
    build_a_computer
    build_conflict
    build_within_less
    busy_shop_is_asked_again
    buy_main_sentence
    buy_plain
    care_delivered_and_broken
    care_late_told_unasked
    change_the_cart
    cheaper_than_the_cheapest
    choose_by_words
    compare_by_carbon
    compare_by_rating
    compare_names_the_shop
    compare_side_by_side
    compare_two_named
    configure_a_desk
    configure_conflict
    consent_asked_once
    consent_refused
    consent_withdrawn_mid_checkout
    currency_not_of_the_shops
    de_abbrechen
    de_bestellung_stornieren
    de_eine_liste
    de_farbe_und_marke
    de_frage_zum_produkt
    de_guenstiger
    de_handtuecher_raus
    de_hilfe_und_danke
    de_ich_meinte
    de_ja_aber
    de_kaffee_kaufen
    de_korb_leeren
    de_laden_gesperrt
    de_liefertermin_verschieben
    de_limit_gesenkt
    de_menge_im_satz
    de_menge_korrigiert
    de_nein_zum_kauf
    de_nein_zur_weitergabe
    de_noch_mal
    de_regel_gilt
    de_samstag_vormittag
    de_schalter_angebot
    de_schalter_ein_mensch_hilft
    de_schalter_niemand_da
    de_schalter_weg
    de_schalter_wer_hat_gelesen
    de_schreibtisch_nach_mass
    de_ueber_dem_limit
    de_vergleichen_und_waehlen
    de_warenkorb_zeigen
    de_warum_nicht
    de_zurueckschicken
    de_zustimmung_zurueckgenommen
    de_zwei_laeden
    de_zwei_wuensche
    dead_shop
    delivery_day_impossible
    delivery_moved
    desk_access_taken_away
    desk_asked_and_answered
    desk_changes_no_rules
    desk_everybody_leaves
    desk_finds_and_asks_for_the_approval
    desk_helps_with_an_order_of_the_talk
    desk_idle_goes_back_to_the_queue
    desk_keeps_enforcing_while_held
    desk_killed_while_answered
    desk_killed_while_waiting
    desk_left_the_queue
    desk_never_sees_what_is_typed
    desk_nobody_there
    desk_not_before_it_is_taken
    desk_not_shown
    desk_offer_declined
    desk_offered_after_three_misses
    desk_offered_to_the_annoyed
    desk_opens_later
    desk_passed_on
    desk_question_skipped
    desk_reads_no_news_of_orders
    desk_reads_no_other_errand
    desk_refused_like_errand
    desk_seen_after_a_reconnect
    desk_sees_what_was_agreed
    desk_sent_away_in_one_word
    desk_two_people_one_errand
    desk_who_saw_my_errand
    discount_code
    discount_code_unknown
    does_it_fit
    escalation_handed_over
    fit_after_a_build
    fit_named_parts
    green_is_a_colour
    help
    help_fits_the_moment
    hostile_product_text
    hostile_product_text_cart
    killed_after_the_purchase
    killed_before_the_words
    killed_while_paying
    limit_lowered_in_a_sentence
    named_by_its_kind
    no_address
    no_to_the_purchase
    no_way_to_pay
    not_taken_back
    not_understood_three_times
    nothing_found
    one_left_to_compare
    open_words_do_not_travel
    order_cancel_thought_better_of
    order_cancelled
    order_returned_and_refunded
    order_status_over_time
    order_too_late_to_cancel
    out_of_stock_at_completion
    out_of_stock_is_left_out
    payment_refused
    payment_times_out_charged
    payment_times_out_not_charged
    preferred_shop
    price_changed_after_approval
    price_raised_on_the_shelf
    quantity_ambiguous
    quantity_huge
    quantity_negative
    quantity_zero
    quiet_dishwasher
    quiet_hours
    reconnect_in_the_middle
    reconnect_while_searching
    refuse_over_day_limit
    refuse_over_month_limit
    refuse_over_purchase_limit
    reorder
    required_label_unverified
    resumed_on_another_device
    same_thing_blocked_shop
    same_thing_cheaper_shop_first
    same_thing_once
    same_thing_other_shop_asked
    same_thing_sold_out
    search_brand
    search_by_rating
    search_capacity
    search_cheapest_first
    search_colour
    search_more
    search_nothing_nearest
    search_price_band
    search_shop_named
    search_size_in_words
    search_then_refined
    search_why_this
    several_bought
    several_cheapest_overall
    several_earliest
    several_fewest_parcels
    several_least_carbon
    several_nothing_wanted
    several_one_shop_dead
    several_recombined
    several_undone
    shop_answers_in_another_currency
    shop_lies_about_totals
    shop_sends_fewer_pieces
    shop_wants_the_person_on_its_page
    sizes_stay_two
    slow_shop
    something_cheaper_waits
    stop_said_at_the_question
    stop_while_searching
    style_goes_with
    style_like_but_cheaper
    style_what_goes_with
    substitute_desk_for_budget
    substitute_nearest_brand
    substitute_other_shop
    talk_add_then_more
    talk_budget_left
    talk_by_name
    talk_cheaper_after_shown
    talk_contents_of_the_second
    talk_deliver_then_pickup_day
    talk_drop_one_keep_the_rest
    talk_empty_and_again
    talk_gift_within
    talk_half_dozen_then_fewer
    talk_headache
    talk_i_meant_decaf
    talk_list_with_numbers
    talk_misspelled
    talk_mixed_scripts
    talk_more_then_last
    talk_no_two_of_them
    talk_not_that_the_other
    talk_off_topic_then_shop
    talk_pasted_orders_do_nothing
    talk_polite_and_long
    talk_prefer_a_shop
    talk_recipe
    talk_rule_then_removed
    talk_side_question_in_checkout
    talk_swap_in_the_cart
    talk_thanks_in_between
    talk_two_of_the_first
    talk_two_orders_which_one
    talk_undo_then_go_on
    talk_what_would_i_pay
    talk_who_knows_what
    talk_yes_but_saturday
    talk_yes_to_nothing
    tour_in_three_turns
    two_needs_in_one_sentence
    two_shops_one_refused
    two_shops_two_approvals
    undo_after_purchase_is_cancelling
    undo_cart_change
    why_was_it_refused
    words_by_http
    wrong_then_right_words
    wrong_words_three_times
    yes_does_not_buy
}

#[test]
fn every_story_file_is_a_test() {
    let files = load_dir(&dir()).unwrap();
    let stems: Vec<&str> = files
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap())
        .collect();
    let mut names = NAMES.to_vec();
    names.sort_unstable();

    assert_eq!(stems, names);
    assert!(names.len() >= 40);
}
