//! A small shelf of products to search.

use errand_index::{Ask, Document, ProductIndex};
use errand_types::{Availability, Currency, ForeignId, MerchantId, Money, Rating, Text};

pub(crate) fn shop(name: &str) -> MerchantId {
    MerchantId::parse(name).unwrap()
}

pub(crate) fn product(id: &str, title: &str) -> Document {
    let mut product = Document::named(shop("volt-wire"), ForeignId::parse(id).unwrap(), title);
    product.availability = Availability::In;
    product
}

pub(crate) fn dollars(minor: i64) -> Money {
    Money::new(minor, Currency::parse("USD").unwrap())
}

/// Priced, branded and rated.
pub(crate) fn offer(id: &str, title: &str, brand: &str, minor: i64, hundredths: u16) -> Document {
    let mut product = product(id, title);
    product.brand = Some(Text::clip(brand));
    product.price = Some(dollars(minor));
    product.rating = Some(Rating {
        hundredths,
        count: 9,
    });
    product
}

pub(crate) fn with(mut product: Document, attributes: &[(&str, &str)]) -> Document {
    for (name, value) in attributes {
        product
            .attributes
            .push((Text::clip(name), Text::clip(value)));
    }
    product
}

pub(crate) fn shelf() -> Vec<Document> {
    let mut dishwasher = with(
        offer("dw-45", "Slim dishwasher 45 cm", "Calma", 45_900, 450),
        &[("noise", "42 dB"), ("colour", "white")],
    );
    dishwasher.delivery_days = Some(3);
    dishwasher.labels = vec![Text::clip("energy-a")];
    let mut loud = with(
        offer("dw-60", "Dishwasher 60 cm", "Brum", 39_900, 380),
        &[("noise", "52 dB")],
    );
    loud.delivery_days = Some(12);
    let mut gone = offer("dw-old", "Dishwasher 45 cm compact", "Brum", 19_900, 300);
    gone.availability = Availability::Out;
    let mut toner = offer("ml-1", "Laser toner MLT-D1082S", "Samsun", 5_900, 400);
    toner.mpn = Some(Text::clip("MLT-D1082S"));
    toner.gtins = vec![Text::clip("4006381333931")];
    vec![
        dishwasher,
        loud,
        gone,
        toner,
        with(
            offer("nb-1", "Aero notebook 15.6 inch", "Aero", 89_900, 440),
            &[("colour", "grey")],
        ),
        with(
            offer("nb-2", "Pocket notebook 11 inch", "Aero", 49_900, 400),
            &[("colour", "black")],
        ),
        with(
            offer(
                "bag-1",
                "Notebook bag 15.6 inch notebook bag",
                "Carry",
                3_900,
                460,
            ),
            &[("colour", "black")],
        ),
        offer(
            "stand-1",
            "Aluminium stand for notebook",
            "Carry",
            2_900,
            410,
        ),
        offer("kb-1", "Compact keyboard", "Keys", 4_900, 430),
        offer("kb-2", "Keyboard cover", "Keys", 900, 350),
        offer("kb-3", "Keyboard/mouse cable 2 m", "Keys", 700, 300),
        offer("tv-32", "LCD TV 81.3 cm", "Vista", 29_900, 420),
        offer("tv-55", "LCD TV 139.7 cm", "Vista", 59_900, 450),
        offer("ph-1", "Stereo headphones", "Sono", 7_900, 470),
    ]
}

pub(crate) fn index(products: &[Document]) -> ProductIndex {
    let index = ProductIndex::in_memory().unwrap();
    let mut writer = index.writer().unwrap();
    for product in products {
        writer.upsert(product).unwrap();
    }
    writer.commit().unwrap();
    drop(writer);
    index
}

pub(crate) fn ids(index: &ProductIndex, ask: &Ask) -> Vec<String> {
    let answer = index.search(ask).unwrap();
    answer
        .hits
        .iter()
        .map(|hit| hit.key.id.as_str().to_owned())
        .collect()
}

pub(crate) fn found(index: &ProductIndex, words: &str) -> Vec<String> {
    ids(index, &Ask::words(words))
}
