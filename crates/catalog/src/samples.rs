//! Products for the tests of this crate.

use std::sync::Arc;

use errand_types::{
    Attribute, Availability, Currency, ForeignId, MerchantId, Money, Need, Product, Rating, Source,
    Text, Variant,
};
use jiff::Timestamp;

pub(crate) fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

pub(crate) fn need(what: &str) -> Need {
    Need {
        what: Text::clip(what),
        ..Need::default()
    }
}

pub(crate) fn product(merchant: &str, id: &str, title: &str, price: Money) -> Product {
    Product {
        merchant: MerchantId::parse(merchant).unwrap(),
        id: ForeignId::parse(id).unwrap(),
        title: Text::clip(title),
        description: Text::default(),
        brand: None,
        company: None,
        categories: Vec::new(),
        tags: Vec::new(),
        variants: vec![variant(&format!("{id}-1"), price, &[])],
        rating: None,
        attributes: Vec::new(),
        certificates: Vec::new(),
        min_age: None,
        gtin: None,
        configuration: None,
        drawing: None,
        seen_at: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn variant(id: &str, price: Money, options: &[(&str, &str)]) -> Variant {
    Variant {
        id: ForeignId::parse(id).unwrap(),
        title: Text::default(),
        price,
        availability: Availability::In,
        options: options
            .iter()
            .map(|(n, v)| (Text::clip(n), Text::clip(v)))
            .collect(),
    }
}

pub(crate) fn within(mut p: Product, categories: &[&str]) -> Product {
    p.categories = categories.iter().map(|c| Text::clip(c)).collect();
    p
}

pub(crate) fn rated(mut p: Product, hundredths: u16, count: u32) -> Product {
    p.rating = Some(Rating { hundredths, count });
    p
}

pub(crate) fn attribute(mut p: Product, name: &str, value: &str) -> Product {
    p.attributes.push(Attribute {
        name: Text::clip(name),
        value: Text::clip(value),
        source: Source::Metadata,
    });
    p
}

/// Three coffees, as in the main job, and two things that only have to do with coffee.
pub(crate) fn coffees() -> Vec<Arc<Product>> {
    let beans = |p: Product| within(p, &["Groceries", "Coffee"]);
    let mut sidamo = rated(
        beans(product(
            "pantry-lane",
            "sidamo",
            "Sidamo Whole Bean",
            usd(1240),
        )),
        460,
        212,
    );
    sidamo = attribute(attribute(sidamo, "unit", "340 g"), "origin", "Ethiopia");
    let mut marcala = rated(
        beans(product(
            "pantry-lane",
            "marcala",
            "Marcala Medium",
            usd(1120),
        )),
        480,
        148,
    );
    marcala = attribute(attribute(marcala, "unit", "340 g"), "origin", "Honduras");
    marcala.variants = vec![
        variant("marcala-ground", usd(1090), &[("Grind", "Ground")]),
        variant("marcala-bean", usd(1120), &[("Grind", "Whole bean")]),
    ];
    let mut cajamarca = rated(
        beans(product(
            "hearth-thread",
            "cajamarca",
            "Cajamarca Dark",
            usd(980),
        )),
        430,
        96,
    );
    cajamarca = attribute(attribute(cajamarca, "unit", "340 g"), "origin", "Peru");
    cajamarca.variants = vec![variant(
        "cajamarca-bean",
        usd(980),
        &[("Grind", "Whole bean")],
    )];
    let ground = attribute(
        beans(product(
            "pantry-lane",
            "house",
            "House Blend, ground",
            usd(700),
        )),
        "form",
        "ground",
    );
    let grinder = within(
        product("hearth-thread", "mill", "Coffee bean grinder", usd(1400)),
        &["Kitchen", "Grinders"],
    );
    [sidamo, marcala, cajamarca, ground, grinder]
        .into_iter()
        .map(Arc::new)
        .collect()
}

/// What the shops of the samples call themselves.
pub(crate) fn shop(merchant: &MerchantId) -> String {
    match merchant.as_str() {
        "pantry-lane" => "Pantry Lane",
        "volt-wire" => "Volt & Wire",
        "hearth-thread" => "Hearth & Thread",
        other => other,
    }
    .to_owned()
}
