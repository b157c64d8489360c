//! Scenes on which cases play: Tuesday 24 November 2026, 10:00 in New York.

use errand_model::{CartItem, Open, OpenKind, OrderBrief, Scene, ShopName, Shown};
use errand_offline::{Lexicon, OfflineModel};
use errand_types::{
    ConfigOption, ConfigValue, Configuration, Currency, ForeignId, MerchantId, Money, Need,
    OfferRef, OrderId, OrderState, Rating, Text,
};

pub(crate) fn lexicon() -> Lexicon {
    let labels = [
        ("fair trade", "cert:fairtrade-intl"),
        ("organic", "cert:organic"),
        ("vegan", "diet:vegan"),
        ("gluten free", "free:gluten"),
        ("leather", "contains:leather"),
        ("palm oil", "contains:palm-oil"),
        ("nuts", "contains:nuts"),
        ("peanuts", "contains:peanuts"),
        ("plastic", "contains:plastic"),
        ("milk", "contains:milk"),
    ];
    let kinds = [
        "coffee beans",
        "coffee",
        "desk lamp",
        "towels",
        "milk",
        "eggs",
        "bread",
        "desk",
        "bicycle",
        "chocolate",
        "apples",
        "bananas",
        "jacket",
        "soap",
        "shoes",
    ];
    Lexicon {
        labels: labels
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect(),
        categories: kinds.iter().map(|k| (*k).to_owned()).collect(),
        brands: vec!["Harbor Roast".into(), "Lumino".into()],
    }
}

pub(crate) fn model() -> OfflineModel {
    OfflineModel::new(&lexicon()).expect("the language files read")
}

pub(crate) fn offer(n: &str) -> OfferRef {
    OfferRef {
        merchant: MerchantId::parse("pantry-lane").unwrap(),
        product: ForeignId::parse(&format!("p-{n}")).unwrap(),
        variant: ForeignId::parse(n).unwrap(),
    }
}

fn shown(n: &str, title: &str, minor: i64, stars: u16, words: &[&str]) -> Shown {
    Shown {
        offer: offer(n),
        title: Text::clip(title),
        brand: None,
        price: Money::new(minor, Currency::USD),
        rating: Some(Rating {
            hundredths: stars,
            count: 100,
        }),
        words: words.iter().map(|w| Text::clip(w)).collect(),
        delivery: None,
        configurable: false,
    }
}

fn item(n: &str, title: &str, quantity: u32) -> CartItem {
    CartItem {
        words: Vec::new(),
        offer: offer(n),
        title: Text::clip(title),
        quantity,
    }
}

fn order(id: &str, number: &str, what: &str, n: &str) -> OrderBrief {
    OrderBrief {
        words: Vec::new(),
        id: OrderId::from_tail(id).unwrap(),
        number: Text::clip(number),
        what: Text::clip(what),
        merchant: MerchantId::parse("pantry-lane").unwrap(),
        state: OrderState::Placed,
        lines: vec![(offer(n), 2)],
    }
}

fn configuration() -> Configuration {
    let value = |label: &str| ConfigValue {
        label: Text::clip(label),
        delta: Money::zero(Currency::USD),
    };
    let option = |name: &str, values: &[&str]| ConfigOption {
        name: Text::clip(name),
        values: values.iter().map(|v| value(v)).collect(),
    };
    Configuration {
        options: vec![
            option("Width", &["120 cm", "140 cm", "160 cm"]),
            option("Top", &["Oak", "Walnut", "White laminate"]),
            option("Frame", &["White", "Black"]),
            option("Legs", &["Steel frame", "Electric lift"]),
            option("Drawers", &["None", "One", "Two"]),
        ],
        rules: Vec::new(),
    }
}

/// A scene by name: `start`, `choose`, `shown`, `cart`, `chosen`, `orders`, `desk`, `two`, `euro`, `lost1`, `lost2`.
#[expect(
    clippy::too_many_lines,
    reason = "a list of scenes reads best in one place"
)]
pub(crate) fn scene(name: &str) -> Scene {
    let shop = |id: &str, name: &str| ShopName {
        id: MerchantId::parse(id).unwrap(),
        name: Text::clip(name),
    };
    let mut scene = Scene {
        agent: Text::clip("concierge"),
        tools: Vec::new(),
        now: "2026-11-24T15:00:00Z".parse().unwrap(),
        zone: Text::clip("America/New_York"),
        currency: Currency::USD,
        language: errand_types::Language::English,
        shops: vec![
            shop("pantry-lane", "Pantry Lane"),
            shop("volt-wire", "Volt & Wire"),
            shop("hearth-thread", "Hearth & Thread"),
        ],
        need: None,
        shown: Vec::new(),
        focus: None,
        configuring: None,
        assembly: None,
        cart: Vec::new(),
        wish: None,
        open: None,
        orders: Vec::new(),
        lost: 0,
    };
    let coffees = || {
        vec![
            shown(
                "sidamo",
                "Sidamo Whole Bean",
                1240,
                460,
                &["whole bean", "light roast"],
            ),
            shown(
                "marcala",
                "Marcala Medium",
                1120,
                480,
                &["ground", "medium roast"],
            ),
            shown(
                "cajamarca",
                "Cajamarca Dark",
                980,
                430,
                &["whole bean", "dark roast"],
            ),
        ]
    };
    let need = || Need {
        what: Text::clip("coffee beans"),
        quantity: Some(2),
        price_max: Some(Money::new(1500, Currency::USD)),
        ..Need::default()
    };
    let open = |kind| {
        Some(Open {
            kind,
            text: Text::clip("Which one?"),
        })
    };
    match name {
        "start" => {}
        "choose" => {
            scene.shown = coffees();
            scene.need = Some(need());
            scene.open = open(OpenKind::Choose);
        }
        "shown" => {
            scene.shown = coffees();
            scene.need = Some(Need {
                quantity: None,
                ..need()
            });
        }
        "two" => {
            scene.shown = coffees().into_iter().take(2).collect();
            scene.need = Some(need());
            scene.focus = Some(offer("sidamo"));
            scene.open = open(OpenKind::Choose);
        }
        "focus" => {
            scene.shown = coffees();
            scene.need = Some(Need {
                quantity: None,
                ..need()
            });
            scene.focus = Some(offer("marcala"));
        }
        "chosen" => {
            scene.shown = coffees();
            scene.need = Some(need());
            scene.focus = Some(offer("marcala"));
            scene.cart = vec![item("marcala", "Marcala Medium", 2)];
            scene.open = open(OpenKind::Approval);
        }
        "cart" => {
            scene.cart = vec![
                item("towel", "Linen bath towel", 2),
                item("lamp", "Lumino desk lamp", 1),
                item("marcala", "Marcala Medium coffee", 2),
            ];
        }
        "orders" => {
            scene.orders = vec![
                order("o1", "PL-40718", "2 × Marcala Medium coffee", "marcala"),
                order("o2", "VW-112", "Lumino desk lamp", "lamp"),
                order("o3", "HT-9", "4 × Linen bath towel", "towel"),
            ];
        }
        "desk" => {
            scene.shown = vec![Shown {
                configurable: true,
                ..shown("desk", "Fjord standing desk", 39900, 450, &["oak"])
            }];
            scene.focus = Some(offer("desk"));
            scene.need = Some(Need {
                what: Text::clip("desk"),
                ..Need::default()
            });
            scene.configuring = Some((offer("desk"), configuration(), Vec::new()));
        }
        "desks" => {
            scene.shown = vec![
                Shown {
                    configurable: true,
                    ..shown("desk", "Fjord standing desk", 39900, 450, &["oak"])
                },
                shown("desk2", "Plain desk", 12900, 400, &["white"]),
            ];
            scene.need = Some(Need {
                what: Text::clip("desk"),
                ..Need::default()
            });
            scene.open = open(OpenKind::Choose);
        }
        "euro" => {
            scene.currency = Currency::EUR;
            scene.zone = Text::clip("Europe/Berlin");
        }
        "lost1" => scene.lost = 1,
        "lost2" => scene.lost = 2,
        other => panic!("no scene is called {other}"),
    }
    scene
}
