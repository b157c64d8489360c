//! Scenes and sentences of the bench, of every kind that people say.

use errand_model::{CartItem, Open, OpenKind, OrderBrief, Scene, ShopName, Shown};
use errand_types::{
    Currency, ForeignId, Language, MerchantId, Money, Need, OfferRef, OrderId, OrderState, Rating,
    Text,
};
use jiff::Timestamp;

pub(super) const TURNS: [(&str, &str); 42] = [
    (
        "start",
        "I need fair-trade coffee beans under 15 dollars, two bags. Compare the best three and have them here Saturday morning.",
    ),
    ("start", "milk, a dozen eggs and bread by Friday"),
    ("start", "a desk lamp under 40"),
    (
        "start",
        "find me a corlin feberba with a lid in white for less than thirty dollars",
    ),
    (
        "start",
        "I'm looking for waterproof hiking boots in size 42, not leather, rated 4 stars or better",
    ),
    ("start", "cofee beens and toothpatse"),
    ("start", "something for a headache"),
    ("start", "never anything with palm oil"),
    ("start", "set my limit to 80 dollars per day"),
    ("start", "show me my limits and rules"),
    ("start", "what can you do"),
    (
        "start",
        "she told him that they went there yesterday because it was late",
    ),
    (
        "start",
        "order two bath towels, a desk lamp from Volt & Wire and some soap, 100 dollars in total, between 5 and 7 pm on Friday",
    ),
    (
        "start",
        "i would like a gift basket with gourmet crackers and cheese that comes in a box and costs at most 60 dollars",
    ),
    ("start", "what's the weather like tomorrow"),
    ("start", "I want to talk to a person"),
    ("shown", "the second one"),
    ("shown", "not that, the other one"),
    ("shown", "cheaper"),
    ("shown", "only whole bean"),
    ("shown", "compare the first two"),
    ("shown", "which one would you recommend"),
    ("shown", "does the first one contain nuts?"),
    ("shown", "why did you leave out the Sidamo"),
    ("shown", "no, two of them"),
    ("shown", "I meant decaf"),
    (
        "shown",
        "take the Marcala and have it here tomorrow evening",
    ),
    ("choose", "the cheaper one, but three of them"),
    ("choose", "number 2"),
    ("choose", "the one with the best rating please"),
    ("cart", "remove the towels"),
    ("cart", "make it three"),
    ("cart", "what's in my cart"),
    ("cart", "check out"),
    ("cart", "drop the towels, keep the rest"),
    ("cart", "tomorrow evening after six would be best"),
    (
        "cart",
        "yes please, and then deliver it on Saturday morning",
    ),
    ("orders", "where is my order"),
    ("orders", "send the towels back, they are too small"),
    ("orders", "cancel the lamp"),
    ("orders", "move the delivery to Thursday afternoon"),
    ("orders", "the same coffee again"),
];

/// Tuesday 24 November 2026, 10:00 in New York.
pub(super) fn now() -> anyhow::Result<Timestamp> {
    Ok("2026-11-24T15:00:00Z".parse()?)
}

fn offer(n: &str) -> anyhow::Result<OfferRef> {
    Ok(OfferRef {
        merchant: MerchantId::parse("pantry-lane")?,
        product: ForeignId::parse(&format!("p-{n}"))?,
        variant: ForeignId::parse(n)?,
    })
}

fn shown(n: &str, title: &str, minor: i64, stars: u16) -> anyhow::Result<Shown> {
    Ok(Shown {
        offer: offer(n)?,
        title: Text::clip(title),
        brand: Some(Text::clip("Harbor Roast")),
        price: Money::new(minor, Currency::USD),
        rating: Some(Rating {
            hundredths: stars,
            count: 100,
        }),
        words: ["whole bean", "ground", "medium roast", "250 g", "arabica"]
            .map(Text::clip)
            .to_vec(),
        delivery: None,
        configurable: false,
    })
}

fn item(n: &str, title: &str, quantity: u32) -> anyhow::Result<CartItem> {
    Ok(CartItem {
        words: Vec::new(),
        offer: offer(n)?,
        title: Text::clip(title),
        quantity,
    })
}

fn order(id: &str, number: &str, what: &str, n: &str) -> anyhow::Result<OrderBrief> {
    Ok(OrderBrief {
        words: Vec::new(),
        id: OrderId::from_tail(id)?,
        number: Text::clip(number),
        what: Text::clip(what),
        merchant: MerchantId::parse("pantry-lane")?,
        state: OrderState::Placed,
        lines: vec![(offer(n)?, 2)],
    })
}

pub(super) fn scene(name: &str) -> anyhow::Result<Scene> {
    let shop = |id: &str, name: &str| -> anyhow::Result<ShopName> {
        Ok(ShopName {
            id: MerchantId::parse(id)?,
            name: Text::clip(name),
        })
    };
    let mut scene = Scene {
        agent: Text::clip("concierge"),
        tools: Vec::new(),
        now: now()?,
        zone: Text::clip("America/New_York"),
        currency: Currency::USD,
        language: Language::English,
        assembly: None,
        shops: vec![
            shop("pantry-lane", "Pantry Lane")?,
            shop("volt-wire", "Volt & Wire")?,
            shop("hearth-thread", "Hearth & Thread")?,
        ],
        need: None,
        shown: Vec::new(),
        focus: None,
        configuring: None,
        cart: Vec::new(),
        wish: None,
        open: None,
        orders: Vec::new(),
        lost: 0,
    };
    if matches!(name, "shown" | "choose") {
        scene.shown = vec![
            shown("sidamo", "Sidamo Whole Bean", 1240, 460)?,
            shown("marcala", "Marcala Medium", 1120, 480)?,
            shown("cajamarca", "Cajamarca Dark", 980, 430)?,
        ];
        scene.focus = Some(offer("marcala")?);
        scene.need = Some(Need {
            what: Text::clip("coffee beans"),
            quantity: Some(2),
            ..Need::default()
        });
    }
    if name == "choose" {
        scene.open = Some(Open {
            kind: OpenKind::Choose,
            text: Text::clip("Which one?"),
        });
    }
    if name == "cart" {
        scene.cart = vec![
            item("towel", "Linen bath towel", 2)?,
            item("lamp", "Lumino desk lamp", 1)?,
            item("marcala", "Marcala Medium coffee", 2)?,
        ];
    }
    if name == "orders" {
        scene.orders = vec![
            order("o1", "PL-40718", "2 × Marcala Medium coffee", "marcala")?,
            order("o2", "VW-112", "Lumino desk lamp", "lamp")?,
            order("o3", "HT-9", "4 × Linen bath towel", "towel")?,
        ];
    }
    Ok(scene)
}
