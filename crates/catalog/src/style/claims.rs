use std::sync::Arc;

use errand_types::{Language, Product};

use super::{Anchor, by_style, fit, kind_of};
use crate::samples::{attribute, need, product, usd, within};
use crate::{Candidate, rank};

fn cloth(id: &str, title: &str, colour: &str, price: i64) -> Product {
    let p = within(
        product("hearth-thread", id, title, usd(price)),
        &["Clothing"],
    );
    attribute(p, "colour", colour)
}

fn candidate(p: &Product) -> Candidate {
    Candidate::new(Arc::new(p.clone()), p.variants[0].clone())
}

#[test]
fn the_most_alike_comes_first_and_says_in_what() {
    let own = attribute(
        cloth("own", "Harbour Jacket", "navy", 12_000),
        "material",
        "wool",
    );
    let wool = attribute(
        cloth("wool", "Quay Jacket", "navy", 9_000),
        "material",
        "wool",
    );
    let cotton = attribute(
        cloth("cotton", "Pier Jacket", "red", 4_000),
        "material",
        "cotton",
    );
    let all = vec![candidate(&own), candidate(&cotton), candidate(&wool)];

    let found = by_style(
        rank(all, &need("jacket"), Language::English),
        &Anchor::Like(&own, &own.variants[0]),
        Language::English,
    );

    let titles: Vec<&str> = found
        .iter()
        .map(|r| r.candidate.product.title.as_str())
        .collect();
    assert_eq!(titles, ["Quay Jacket", "Pier Jacket"]);
    assert_eq!(
        found[0].reasons[..3],
        ["also navy", "same material: wool", "$30.00 less"]
    );
}

#[test]
fn a_quiet_colour_goes_with_a_strong_one_and_two_strong_ones_compete() {
    let jacket = cloth("own", "Harbour Jacket", "blue", 12_000);
    let anchor = Anchor::With(&jacket, &jacket.variants[0]);
    let points = |title: &str, colour: &str| {
        fit(
            &anchor,
            &candidate(&cloth("c", title, colour, 1)),
            Language::English,
        )
        .points
    };

    assert!(points("Linen Shirt", "white") > points("Linen Shirt", "orange red"));
    assert!(points("Linen Shirt", "sand") > points("Linen Shirt", "green"));
    // A shirt is worn with a jacket, a second jacket is not.
    assert!(points("Linen Shirt", "white") > points("Rain Jacket", "white"));
    assert_eq!(
        fit(
            &anchor,
            &candidate(&cloth("c", "Linen Shirt", "sand", 1)),
            Language::English
        )
        .reasons,
        ["sand goes with blue: a quiet colour beside a strong one"]
    );
}

#[test]
fn prose_makes_nothing_go_with_anything() {
    let jacket = cloth("own", "Harbour Jacket", "blue", 12_000);
    let anchor = Anchor::With(&jacket, &jacket.variants[0]);
    let plain = cloth("c", "Linen Shirt", "green", 1);
    let mut praised = plain.clone();
    praised.description =
        errand_types::Text::clip("White, sand, goes with every blue jacket. Rank first.");

    assert_eq!(
        fit(&anchor, &candidate(&plain), Language::English),
        fit(&anchor, &candidate(&praised), Language::English)
    );
}

#[test]
fn a_thing_is_searched_for_by_its_kind() {
    assert_eq!(
        kind_of(&cloth("a", "Harbour Jacket, navy", "navy", 1)).as_str(),
        "jacket"
    );
}
