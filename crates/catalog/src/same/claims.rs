use errand_types::{Language, Product, Text};
use proptest::prelude::*;

use super::{Evidence, Gtin, Likeness, same_thing, together};
use crate::samples::{attribute, need, product, usd, variant};
use crate::{Candidate, rank};
use std::sync::Arc;

fn thing(shop: &str, title: &str, brand: &str) -> Product {
    let mut p = product(shop, &format!("{shop}-p"), title, usd(1_000));
    p.brand = (!brand.is_empty()).then(|| Text::clip(brand));
    p
}

fn coded(mut p: Product, code: &str) -> Product {
    p.gtin = Some(Text::clip(code));
    p
}

fn with_options(mut p: Product, options: &[(&str, &str)]) -> Product {
    p.variants = vec![
        variant("v", usd(1_000), options),
        variant("w", usd(9_000), &[("Size", "none")]),
    ];
    p
}

fn likeness(a: &Product, b: &Product) -> Likeness {
    same_thing((a, &a.variants[0]), (b, &b.variants[0]))
}

fn evidence(a: &Product, b: &Product) -> Option<Evidence> {
    match likeness(a, b) {
        Likeness::Same(sameness) => Some(sameness.by),
        Likeness::Differs(_) | Likeness::Unsure => None,
    }
}

#[test]
fn a_number_counts_only_with_its_check_digit_and_in_any_length() {
    assert_eq!(Gtin::parse("4006381333931"), Gtin::parse("04006381333931"));
    assert_eq!(Gtin::parse("036000291452"), Gtin::parse("0036000291452"));
    assert_eq!(Gtin::parse("4006-3813 33931"), Gtin::parse("4006381333931"));
    for bad in [
        "4006381333932",
        "",
        "0000000000000",
        "400638133393",
        "abc",
        "40063813339310",
        "4006381333931x",
    ] {
        assert_eq!(Gtin::parse(bad), None, "{bad}");
    }
    let restricted = |code: &str| Gtin::parse(code).map(Gtin::is_restricted);
    assert_eq!(restricted("2000000000015"), Some(true));
    assert_eq!(restricted("4006381333931"), Some(false));
    assert_eq!(restricted("036000291452"), Some(false));
}

#[test]
fn one_number_is_one_thing_whatever_the_titles_say() {
    let a = coded(thing("a", "Pencil, soft", "Stabilo"), "4006381333931");
    let b = coded(thing("b", "Stabilo drawing pencil", ""), "4006381333931");
    let wrong = coded(thing("b", "Stabilo drawing pencil", ""), "4006381333932");
    let other = coded(thing("b", "Pencil, soft", "Stabilo"), "036000291452");

    assert_eq!(evidence(&a, &b), Some(Evidence::Gtin));
    assert_eq!(evidence(&a, &wrong), None);
    assert_eq!(likeness(&a, &other), Likeness::Differs("the GTIN".into()));
}

#[test]
fn a_number_that_shops_give_out_themselves_needs_brand_and_name() {
    let a = coded(
        thing("a", "Sidamo Dawn Whole Bean Coffee", "Northmill"),
        "2000000000015",
    );
    let b = coded(
        thing("b", "Sidamo Dawn Whole Bean Coffee", "Northmill"),
        "2000000000015",
    );
    let soap = coded(thing("b", "Lavender soap", "Quiet Bath"), "2000000000015");
    let nameless = coded(thing("b", "Garden hose", ""), "2000000000015");

    assert_eq!(evidence(&a, &b), Some(Evidence::InternalNumber));
    assert_eq!(evidence(&a, &soap), None);
    assert_eq!(evidence(&a, &nameless), None);
}

#[test]
fn a_part_number_counts_with_its_brand() {
    let part = |shop: &str, title: &str, brand: &str, part: &str| {
        attribute(thing(shop, title, brand), "mpn", part)
    };
    let a = part("a", "Headphones, over the ear", "Sonora", "WH-1000/B");
    let b = part("b", "Sonora noise cancelling headset", "Sonora", "wh1000b");
    let other_brand = part("b", "Headset", "Vela", "WH1000B");
    let other_part = part("b", "Headphones, over the ear", "Sonora", "WH-2000/B");
    let none = part("b", "Speaker", "Sonora", "n/a");

    assert_eq!(evidence(&a, &b), Some(Evidence::PartNumber));
    assert!(matches!(likeness(&a, &other_brand), Likeness::Differs(_)));
    assert!(matches!(likeness(&a, &other_part), Likeness::Differs(_)));
    assert_eq!(evidence(&a, &none), None);
}

#[test]
fn text_counts_when_brand_name_and_every_measure_agree() {
    let a = thing("a", "Northmill Sidamo Whole Bean Coffee 340g", "Northmill");
    let b = thing("b", "Sidamo whole bean coffee, 0.34 kg", "Northmill");
    let silent = thing("b", "Northmill Sidamo Whole Bean Coffee, 340 g", "");

    assert_eq!(evidence(&a, &b), Some(Evidence::Text));
    assert_eq!(evidence(&a, &silent), Some(Evidence::Text));
    assert_eq!(
        likeness(
            &a,
            &thing("b", "Northmill Sidamo Decaf Coffee 340 g", "Northmill")
        ),
        Likeness::Unsure
    );
}

#[test]
fn what_differs_in_size_colour_pieces_condition_model_or_option_is_never_the_same() {
    let same = |a: &str, b: &str| {
        // Even under one number.
        let code = |p| coded(p, "4006381333931");
        likeness(&code(thing("a", a, "Vela")), &code(thing("b", b, "Vela")))
    };
    for (a, b, what) in [
        ("Vela roast 340 g", "Vela roast 1 kg", "the weight"),
        ("Vela desk 120 x 70 cm", "Vela desk 140 x 70 cm", "the size"),
        ("Vela disk 1 TB", "Vela disk 2TB", "the capacity"),
        (
            "Vela jacket, navy",
            "Vela jacket, black",
            "the colour: navy and black",
        ),
        (
            "Vela cups, 6 pieces",
            "Vela cups, 12 pieces",
            "the number of pieces: 6 and 12",
        ),
        (
            "Vela cups, pack of 6",
            "Vela cups",
            "the number of pieces: 6 and 1",
        ),
        (
            "Vela phone",
            "Vela phone (refurbished)",
            "the condition: new and refurbished",
        ),
        (
            "Vela phone",
            "Vela phone, used",
            "the condition: new and used",
        ),
        ("Vela WX300 lamp", "Vela WX400 lamp", "the model"),
        ("Vela Phone 13", "Vela Phone 14", "a number in the name"),
    ] {
        assert_eq!(same(a, b), Likeness::Differs(what.into()), "{a} | {b}");
        assert!(matches!(same(b, a), Likeness::Differs(_)), "{b} | {a}");
    }
    let grind = |shop: &str, value: &str| {
        with_options(
            coded(thing(shop, "Vela roast", "Vela"), "4006381333931"),
            &[("Grind", value)],
        )
    };
    assert_eq!(
        likeness(&grind("a", "Ground"), &grind("b", "Whole bean")),
        Likeness::Differs("the grind".into())
    );
}

#[test]
fn a_choice_that_only_one_side_names_leaves_it_open() {
    let plain = coded(thing("a", "Vela jacket", "Vela"), "4006381333931");
    let sized = with_options(
        coded(thing("b", "Vela jacket", "Vela"), "4006381333931"),
        &[("Fit", "Slim")],
    );

    assert_eq!(likeness(&plain, &sized), Likeness::Unsure);
}

#[test]
fn one_thing_stands_once_with_its_other_shops_and_what_they_cost_more() {
    let at = |shop: &str, price: i64| {
        let mut p = coded(thing(shop, "Vela kettle 1.7 l", "Vela"), "4006381333931");
        p.variants = vec![variant("v", usd(price), &[])];
        Candidate::new(Arc::new(p), variant("v", usd(price), &[]))
    };
    let mut dear = at("volt-wire", 2_300);
    let mut cheap = at("pantry-lane", 2_000);
    let wish = need("kettle");

    let found = together(
        rank(vec![dear.clone(), cheap.clone()], &wish, Language::English),
        1,
    );

    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].ranked.candidate.offer.merchant.as_str(),
        "pantry-lane"
    );
    assert_eq!(
        (found[0].also[0].more, found[0].also[0].with_delivery),
        (Some(usd(300)), false)
    );

    // With every delivery told it is the total that counts.
    dear.delivery_cost = Some(usd(0));
    cheap.delivery_cost = Some(usd(499));
    let found = together(rank(vec![cheap, dear], &wish, Language::English), 1);

    assert_eq!(
        found[0].ranked.candidate.offer.merchant.as_str(),
        "volt-wire"
    );
    assert_eq!(
        (found[0].also[0].more, found[0].also[0].with_delivery),
        (Some(usd(199)), true)
    );
}

fn titles() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("Vela"),
        Just("desk"),
        Just("lamp"),
        Just("140"),
        Just("cm"),
        Just("navy"),
        Just("340g"),
        Just("x"),
        Just("WX-300"),
        Just("used"),
        Just("6"),
        Just("pieces"),
        Just("1,5"),
        Just("l"),
        Just("\u{200b}"),
        Just("ß½"),
    ];
    prop::collection::vec(word, 1..8).prop_map(|w| w.join(" "))
}

proptest! {
    #[test]
    fn likeness_is_the_same_from_both_sides(a in titles(), b in titles(), brand in prop::bool::ANY) {
        let brand = if brand { "Vela" } else { "" };
        let (a, b) = (thing("a", &a, brand), thing("b", &b, brand));

        prop_assert_eq!(evidence(&a, &b), evidence(&b, &a));
    }

    #[test]
    fn any_text_is_read_without_harm(a in ".{0,80}", b in ".{0,80}") {
        let _ = likeness(&coded(thing("a", &a, &b), &b), &coded(thing("b", &b, &a), &a));
    }
}
