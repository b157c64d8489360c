use errand_index::limits::{HITS_MAX, QUERY_WORDS_MAX};
use errand_index::{Ask, Dimension, Filter, IndexError, Measure, ProductIndex};
use errand_types::Text;
use proptest::prelude::*;

use crate::shelf::{found, index, product, shelf};

#[test]
fn nothing_asked_is_an_error_that_says_so() {
    let index = index(&shelf());

    for empty in ["", "   ", "\u{0}\u{7}\u{200b}", "?!,.-/"] {
        let error = index.search(&Ask::words(empty)).unwrap_err();
        assert!(matches!(error, IndexError::NothingAsked), "{empty:?}");
    }
}

#[test]
fn an_endless_query_is_cut_and_says_so() {
    let index = index(&shelf());

    let endless = "keyboard lamp notebook ".repeat(100_000);
    let answer = index.search(&Ask::words(&endless)).unwrap();
    assert!(answer.understood.is_cut);
    assert!(!answer.hits.is_empty());
    let many: Vec<String> = (0..200).map(|n| format!("w{n}")).collect();
    let many = many.join(" ");
    let answer = index.search(&Ask::words(&many)).unwrap();
    assert!(answer.understood.is_cut);
    assert!(answer.understood.unknown.len() <= QUERY_WORDS_MAX);
}

#[test]
fn look_alike_letters_and_hidden_characters_change_nothing() {
    let index = index(&shelf());

    let plain = found(&index, "notebook bag");
    assert_eq!(found(&index, "n\u{043e}teb\u{043e}\u{043e}k bag"), plain);
    assert_eq!(found(&index, "ＮＯＴＥＢＯＯＫ bag"), plain);
    assert_eq!(found(&index, "note\u{200b}book\u{0} bag\u{202e}"), plain);
}

#[test]
fn other_scripts_are_words_like_others() {
    let mut products = shelf();
    products.push(product("ru", "Принтер лазерный"));
    products.push(product("ja", "プリンター"));
    let index = index(&products);

    assert_eq!(found(&index, "принтер"), ["ru"]);
    assert_eq!(found(&index, "プリンター"), ["ja"]);
    assert_eq!(index.search(&Ask::words("打印机")).unwrap().hits.len(), 0);
}

#[test]
fn the_language_of_the_engine_is_not_spoken() {
    let index = index(&shelf());

    for query in [
        "title:notebook",
        "notebook AND NOT bag",
        "note*",
        "((( lamp",
        "\"notebook",
        "notebook^1000",
        "[a TO z]",
    ] {
        index.search(&Ask::words(query)).unwrap();
    }
    assert_eq!(found(&index, "notebook)").len(), 4);
}

#[test]
fn numbers_out_of_range_and_wishes_without_end_are_bounded() {
    let index = index(&shelf());
    let ask = Ask {
        filter: Filter {
            rating_min: Some(u16::MAX),
            delivery_days_max: Some(0),
            brands: vec!["x".repeat(10_000); 1_000],
            labels: vec![String::new(); 1_000],
            measures: vec![
                Measure {
                    dimension: Dimension::Length,
                    low: u64::MAX,
                    high: 0,
                };
                1_000
            ],
            ..Filter::default()
        },
        limit: usize::MAX,
        ..Ask::words("tv 99999999999999999999 inch under $99999999999999999999")
    };

    let answer = index.search(&ask).unwrap();
    assert!(answer.hits.is_empty() && !answer.in_the_way.is_empty());
    assert!(answer.alternatives.len() <= HITS_MAX);
}

#[test]
fn an_empty_index_answers() {
    let empty = ProductIndex::in_memory().unwrap();

    let answer = empty.search(&Ask::words("anything")).unwrap();
    assert!(answer.hits.is_empty() && answer.alternatives.is_empty());
}

#[test]
fn loud_words_of_a_shop_do_not_lift_its_product() {
    let mut products = shelf();
    let mut loud = product(
        "loud",
        "Keyboard cover best keyboard keyboard keyboard keyboard",
    );
    loud.description = Text::clip(&"keyboard ".repeat(200));
    products.push(loud);
    let index = index(&products);

    assert_eq!(found(&index, "compact keyboard").first().unwrap(), "kb-1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_answered_within_the_bound(text in "\\PC{0,300}", limit in 0_usize..2_000) {
        static INDEX: std::sync::OnceLock<ProductIndex> = std::sync::OnceLock::new();
        let index = INDEX.get_or_init(|| index(&shelf()));
        let ask = Ask { limit, facets: true, ..Ask::words(&text) };
        match index.search(&ask) {
            Ok(answer) => {
                prop_assert!(answer.hits.len() <= limit.clamp(10, HITS_MAX));
                prop_assert!(!answer.hits.is_empty() || !answer.alternatives.is_empty());
                prop_assert!(answer.understood.unknown.len() <= QUERY_WORDS_MAX);
            }
            Err(error) => prop_assert!(matches!(error, IndexError::NothingAsked)),
        }
    }

    #[test]
    fn any_bytes_as_a_query_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        static INDEX: std::sync::OnceLock<ProductIndex> = std::sync::OnceLock::new();
        let index = INDEX.get_or_init(|| index(&shelf()));
        let text = String::from_utf8_lossy(&bytes);
        let answer = index.search(&Ask::words(&text));
        prop_assert!(matches!(answer, Ok(_) | Err(IndexError::NothingAsked)));
    }

    #[test]
    fn any_product_can_be_taken_in_and_found_by_its_key(title in "\\PC{0,200}", prose in "\\PC{0,400}") {
        let mut strange = product("strange", &title);
        strange.description = Text::clip(&prose);
        strange.brand = Some(Text::clip(&prose));
        strange.mpn = Some(Text::clip(&title));
        strange.attributes = vec![(Text::clip(&title), Text::clip(&prose))];
        let index = index(std::slice::from_ref(&strange));
        let read = index.get(&strange.key.merchant, &strange.key.id).unwrap();
        prop_assert_eq!(read, Some(strange));
    }
}
