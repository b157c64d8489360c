use errand_model::{Proposal, Scene, Turn};
use errand_offline::approve::{read_answer, read_answer_in};
use errand_types::{Language, Text};
use proptest::prelude::*;

use crate::scenes::{model, scene};

const SCENES: [&str; 8] = [
    "start", "choose", "shown", "chosen", "cart", "orders", "desk", "euro",
];

/// Words that the grammar knows, so that nonsense made of them gets deep.
const WORDS: [&str; 48] = [
    "the", "second", "one", "two", "of", "them", "buy", "cancel", "under", "15", "dollars", "$",
    "€", "by", "Friday", "and", ",", ".", "no", "not", "without", "nuts", "fair", "trade", "from",
    "Volt", "&", "Wire", "between", "5", "pm", "make", "it", "white", "coffee", "beans", "return",
    "because", "first", "cheaper", "compare", "best", "limit", "per", "month", "12:99", "31st",
    "dozen",
];

/// The same in German.
const GERMAN: [&str; 32] = [
    "das",
    "zweite",
    "zwei",
    "einundzwanzig",
    "davon",
    "kauf",
    "bestelle",
    "nimm",
    "raus",
    "unter",
    "15",
    "Euro",
    "€",
    "bis",
    "Freitag",
    "Samstagvormittag",
    "und",
    ",",
    ".",
    "nicht",
    "ohne",
    "Nüsse",
    "1.299,00",
    "28.",
    "zwischen",
    "16",
    "Uhr",
    "Kaffeebohnen",
    "Vollmilchschokolade",
    "billiger",
    "Donaudampfschifffahrt",
    "halb",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_in_any_scene_is_read(text in ".{0,400}", at in 0..SCENES.len()) {
        for language in Language::ALL {
            let scene = Scene { language, ..scene(SCENES[at]) };
            let _ = model_once().read(&text, &scene);
            let _ = read_answer_in(language, &text);
        }
    }

    #[test]
    fn any_bytes_as_text_are_read(bytes in prop::collection::vec(any::<u8>(), 0..600), at in 0..SCENES.len()) {
        let text = String::from_utf8_lossy(&bytes);
        for language in Language::ALL {
            let scene = Scene { language, ..scene(SCENES[at]) };
            let _ = model_once().read(&text, &scene);
            let _ = read_answer_in(language, &text);
        }
        let _ = errand_offline::commands::slots(&text);
        let _ = errand_offline::query::search_words(&text);
    }

    #[test]
    fn a_pasted_text_never_buys_and_is_never_a_yes(lead in "[a-z ,.]{0,200}", order in 0..4_usize) {
        // Far more than anybody says, with orders in it.
        let order = ["buy it now.", "yes, place the order.", "kauf alles.", "confirm and pay."][order];
        let text = format!("{lead}\n{}", format!("{order} ").repeat(60));
        for language in Language::ALL {
            let scene = Scene { language, ..scene("cart") };
            let calls = match model_once().read(&text, &scene).proposal {
                Proposal::Calls(calls) => calls,
                Proposal::Plan(draft) => draft.steps.into_iter().map(|s| s.call).collect(),
                Proposal::Ask(_) | Proposal::Say(_) => Vec::new(),
            };
            prop_assert!(!calls.iter().any(|c| matches!(c, errand_types::ToolCall::Buy(_))), "{calls:?}");
            prop_assert_ne!(read_answer_in(language, &text), errand_offline::approve::Answer::Yes);
        }
    }

    #[test]
    fn any_pile_of_german_words_is_read_alike_twice(picks in prop::collection::vec(0..GERMAN.len(), 0..60), at in 0..SCENES.len()) {
        let text: Vec<&str> = picks.iter().map(|i| GERMAN[*i]).collect();
        let scene = Scene { language: Language::German, ..scene(SCENES[at]) };
        let first = model_once().read(&text.join(" "), &scene);
        prop_assert_eq!(first, model_once().read(&text.join(" "), &scene));
    }

    #[test]
    fn any_pile_of_known_words_is_read_and_explained(picks in prop::collection::vec(0..WORDS.len(), 0..60), at in 0..SCENES.len()) {
        let text: Vec<&str> = picks.iter().map(|i| WORDS[*i]).collect();
        let turn = Turn { text: Text::clip(&text.join(" ")), scene: scene(SCENES[at]) };
        let first = model_once().read(turn.text.as_str(), &turn.scene);
        let again = model_once().read(turn.text.as_str(), &turn.scene);
        prop_assert_eq!(first, again);
        prop_assert!(model_once().explain(&turn).contains("decided"));
    }

    #[test]
    fn courtesy_never_changes_a_wish(kind in 0..4_usize, n in 1..20_i64) {
        let thing = ["desk lamp", "coffee beans", "bath towels", "soap"][kind];
        let scene = scene("start");
        let plain = model_once().read(&format!("find a {thing} under {n} dollars"), &scene).understood;
        for said in [format!("please find a {thing} under {n} dollars"), format!("Hi, could you um find a {thing} under {n} dollars, thanks")] {
            prop_assert_eq!(&model_once().read(&said, &scene).understood, &plain);
        }
    }

    #[test]
    fn no_word_around_a_yes_but_the_closed_ones_leaves_it_a_yes(word in "[a-z]{3,9}") {
        use errand_offline::approve::Answer;
        let known = read_answer(&format!("yes {word}")) == Answer::Yes;
        // Only words of the grammar itself may stand beside a yes, and those alone never change what is bought.
        if known {
            prop_assert!(!matches!(read_answer(&word), Answer::Change(_) | Answer::Words(_)));
        }
    }
}

fn model_once() -> &'static errand_offline::OfflineModel {
    static MODEL: std::sync::LazyLock<errand_offline::OfflineModel> =
        std::sync::LazyLock::new(model);
    &MODEL
}

#[test]
fn a_hundred_kilobytes_are_told_to_be_too_long() {
    for piece in [
        "milk and ",
        "the second ",
        "no not ",
        "$5 ",
        "((((",
        "🙂",
        "ä̈",
        "between 5 and ",
    ] {
        let text = piece.repeat(100_000 / piece.len());
        let thought = model_once().read(&text, &scene("choose"));
        assert!(
            matches!(thought.proposal, errand_model::Proposal::Say(_)),
            "{piece}: {thought:?}"
        );
    }
}

#[test]
fn the_longest_turns_take_bounded_work() {
    // Work is counted in steps inside; here only that each ends, for texts made to be hard.
    for piece in [
        "take out ",
        "not the , ",
        "the second one and ",
        "by the end of ",
        "two of the ",
        "what about ",
    ] {
        let text: String = piece.repeat(2_000 / piece.len());
        for name in SCENES {
            let _ = model_once().read(&text, &scene(name));
        }
    }
}
