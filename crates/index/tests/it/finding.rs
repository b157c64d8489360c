use errand_index::{Ask, Filter, Wish};
use errand_types::Currency;

use crate::shelf::{dollars, found, ids, index, shelf};

#[test]
fn the_thing_stands_above_what_is_made_for_it() {
    let index = index(&shelf());

    let notebooks = found(&index, "notebook");
    assert_eq!(notebooks.len(), 4);
    assert!(
        notebooks[..2].iter().all(|id| id.starts_with("nb-")),
        "{notebooks:?}"
    );
    assert_eq!(found(&index, "keyboard").first().unwrap(), "kb-1");
    assert_eq!(found(&index, "notebook bag").first().unwrap(), "bag-1");
    assert_eq!(
        found(&index, "stand for notebook").first().unwrap(),
        "stand-1"
    );
}

#[test]
fn slips_joined_and_split_words_are_understood_and_told() {
    let index = index(&shelf());

    let answer = index.search(&Ask::words("keybaord")).unwrap();
    assert_eq!(answer.hits.first().unwrap().key.id.as_str(), "kb-1");
    assert_eq!(
        answer.understood.corrected,
        [("keybaord".to_owned(), "keyboard".to_owned())]
    );
    assert_eq!(found(&index, "head phones").first().unwrap(), "ph-1");
    assert_eq!(
        found(&index, "note book")
            .first()
            .map(|id| id.starts_with("nb-")),
        Some(true)
    );
    assert_eq!(found(&index, "headphone").first().unwrap(), "ph-1");
}

#[test]
fn a_model_number_is_found_however_it_is_written() {
    let index = index(&shelf());

    for written in [
        "MLT-D1082S",
        "mltd1082s",
        "mlt d1082s",
        "MLT D1082S toner",
        "4006381333931",
    ] {
        assert_eq!(found(&index, written).first().unwrap(), "ml-1", "{written}");
    }
}

#[test]
fn sizes_fit_in_any_unit_and_in_ranges() {
    let index = index(&shelf());

    assert_eq!(found(&index, "32 inch tv").first().unwrap(), "tv-32");
    assert_eq!(found(&index, "55\" tv").first().unwrap(), "tv-55");
    assert_eq!(
        found(&index, "tv between 50 and 60 inches")
            .first()
            .unwrap(),
        "tv-55"
    );
    assert_eq!(
        found(&index, "dishwasher under 45 dB").first().unwrap(),
        "dw-45"
    );
}

#[test]
fn a_price_in_words_is_a_wish() {
    let index = index(&shelf());
    let mut ask = Ask::words("notebook under $500");
    ask.currency = Some(Currency::parse("USD").unwrap());

    let found = ids(&index, &ask);
    assert_eq!(found.first().unwrap(), "nb-2");
    assert!(!found.contains(&"nb-1".to_owned()));
}

#[test]
fn every_hit_fulfils_every_wish() {
    let index = index(&shelf());
    let with = |filter: Filter| {
        let ask = Ask {
            filter,
            ..Ask::words("dishwasher")
        };
        let mut found = ids(&index, &ask);
        found.sort();
        found
    };
    let none = Filter::default;

    assert_eq!(with(none()), ["dw-45", "dw-60", "dw-old"]);
    assert_eq!(
        with(Filter {
            available: true,
            ..none()
        }),
        ["dw-45", "dw-60"]
    );
    assert_eq!(
        with(Filter {
            brands: vec!["BRUM".into()],
            ..none()
        }),
        ["dw-60", "dw-old"]
    );
    assert_eq!(
        with(Filter {
            price_max: Some(dollars(40_000)),
            ..none()
        }),
        ["dw-60", "dw-old"]
    );
    assert_eq!(
        with(Filter {
            price_min: Some(dollars(40_000)),
            ..none()
        }),
        ["dw-45"]
    );
    assert_eq!(
        with(Filter {
            rating_min: Some(400),
            ..none()
        }),
        ["dw-45"]
    );
    assert_eq!(
        with(Filter {
            delivery_days_max: Some(7),
            ..none()
        }),
        ["dw-45"]
    );
    assert_eq!(
        with(Filter {
            labels: vec!["Energy-A".into()],
            ..none()
        }),
        ["dw-45"]
    );
    let white = vec![("Colour".to_owned(), "WHITE".to_owned())];
    assert_eq!(
        with(Filter {
            attributes: white,
            ..none()
        }),
        ["dw-45"]
    );
    assert_eq!(
        with(Filter {
            merchants: vec!["volt-wire".into()],
            ..none()
        })
        .len(),
        3
    );
}

#[test]
fn wishes_alone_are_a_search_and_another_currency_is_no_price() {
    let index = index(&shelf());
    let euro = errand_types::Money::new(1_000_000, Currency::parse("EUR").unwrap());
    let by = |filter: Filter| {
        let ask = Ask {
            filter,
            ..Ask::default()
        };
        index.search(&ask).unwrap()
    };

    let keys = by(Filter {
        brands: vec!["Keys".into()],
        ..Filter::default()
    });
    assert_eq!(keys.hits.len(), 3);
    let euros = by(Filter {
        price_max: Some(euro),
        ..Filter::default()
    });
    assert_eq!(euros.hits.len(), 0);
    assert!(matches!(euros.in_the_way[..], [Wish::PriceMax { .. }]));
}

#[test]
fn when_nothing_fits_the_nearest_is_shown_with_the_wish_in_the_way() {
    let index = index(&shelf());
    let ask = Ask {
        filter: Filter {
            price_max: Some(dollars(50_000)),
            delivery_days_max: Some(1),
            available: true,
            ..Filter::default()
        },
        ..Ask::words("dishwasher 45 cm")
    };

    let answer = index.search(&ask).unwrap();
    assert_eq!(answer.hits.len(), 0);
    assert_eq!(answer.in_the_way, [Wish::Delivery { days: 1 }]);
    assert_eq!(
        answer.alternatives.first().unwrap().key.id.as_str(),
        "dw-45"
    );
    assert_eq!(answer.in_the_way[0].to_string(), "there within 1 days");
}

#[test]
fn words_that_no_product_has_are_named_and_something_is_shown() {
    let index = index(&shelf());

    let answer = index.search(&Ask::words("zzyzx qqfoo")).unwrap();
    assert_eq!(answer.hits.len(), 0);
    assert_eq!(answer.understood.unknown, ["zzyzx", "qqfoo"]);
    assert!(matches!(&answer.in_the_way[..], [Wish::Words { words }] if words.len() == 2));
    assert!(!answer.alternatives.is_empty());
}

#[test]
fn facets_count_what_was_found() {
    let index = index(&shelf());
    let ask = Ask {
        facets: true,
        ..Ask::words("dishwasher")
    };

    let answer = index.search(&ask).unwrap();
    let facet = |name: &str| {
        let facet = answer.facets.iter().find(|facet| facet.name == name);
        facet.map(|facet| facet.values.clone()).unwrap_or_default()
    };
    assert_eq!(
        facet("brand"),
        [("Brum".to_owned(), 2), ("Calma".to_owned(), 1)]
    );
    assert_eq!(
        facet("availability"),
        [("in stock".to_owned(), 2), ("out of stock".to_owned(), 1)]
    );
}

#[test]
fn the_same_question_has_the_same_answer_in_the_same_order() {
    let forward = index(&shelf());
    let mut reversed = shelf();
    reversed.reverse();
    let backward = index(&reversed);

    for words in ["notebook", "dishwasher 45 cm", "keys keyboard", "black"] {
        assert_eq!(found(&forward, words), found(&backward, words), "{words}");
    }
}
