//! The little that has to be known about English goods to tell a thing from what only sounds like it.
//!
//! Every word here is a stem, as [`crate::words::words`] gives it. The lists are short on purpose: they hold what people
//! say every day and what no shop's categories tell.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Two words for one thing; the first is what shops mostly write.
const SAME: &[(&str, &[&str])] = &[
    ("sofa", &["couch", "settee"]),
    ("sweater", &["jumper", "pullover"]),
    ("television", &["tv", "telly"]),
    ("bicycle", &["bike"]),
    ("refrigerator", &["fridge"]),
    ("sneaker", &["trainer"]),
    ("trouser", &["pant"]),
    ("backpack", &["rucksack"]),
    ("phone", &["smartphone", "cellphone", "handphone"]),
    ("diaper", &["nappy"]),
    ("computer", &["pc"]),
    ("vacuum", &["hoover"]),
    ("crisp", &["chip"]),
    ("biscuit", &["cooky"]),
    ("yogurt", &["yoghurt", "joghurt"]),
    ("bookcase", &["bookshelf"]),
    ("bin", &["trash", "garbage"]),
    ("duvet", &["comforter"]),
    ("curtain", &["drape"]),
    ("chickpea", &["garbanzo"]),
    ("pan", &["skillet"]),
    ("tshirt", &["tee"]),
    ("children", &["kid"]),
];

/// What a word takes in when it names the thing: a loaf is bread, and so is a focaccia.
const KINDS: &[(&str, &[&str])] = &[
    (
        "bread",
        &[
            "loaf",
            "sourdough",
            "focaccia",
            "baguette",
            "brioche",
            "ciabatta",
            "toast",
        ],
    ),
    (
        "cheese",
        &[
            "cheddar",
            "mozzarella",
            "brie",
            "gouda",
            "parmesan",
            "feta",
            "camembert",
        ],
    ),
    (
        "beer",
        &["ale", "stout", "lager", "pilsner", "porter", "ipa"],
    ),
    (
        "pasta",
        &[
            "spaghetti",
            "penne",
            "fusilli",
            "tagliatelle",
            "lasagne",
            "lasagna",
            "rigatoni",
            "macaroni",
            "linguine",
            "noodle",
        ],
    ),
    (
        "wine",
        &[
            "rioja",
            "veltliner",
            "noir",
            "riesling",
            "merlot",
            "chardonnay",
            "chianti",
            "prosecco",
            "malbec",
        ],
    ),
    ("soap", &["liquid"]),
    ("hand", &["soap"]),
    ("light", &["bulb", "led"]),
    ("frying", &["pan"]),
    ("external", &["portable"]),
    ("blue", &["navy"]),
    ("red", &["rioja", "noir", "merlot", "malbec", "chianti"]),
    (
        "white",
        &["veltliner", "riesling", "chardonnay", "sauvignon"],
    ),
    ("headphone", &["earbud", "earphone", "headset"]),
    ("earbud", &["earphone"]),
    ("chair", &["armchair"]),
    ("seat", &["chair", "armchair", "stool"]),
    ("sho", &["sneaker", "boot", "loafer", "sandal", "derby"]),
    ("computer", &["laptop"]),
    ("machine", &["maker"]),
    ("maker", &["machine"]),
    ("detergent", &["liquid", "powder", "wash"]),
    ("flower", &["bouquet", "rose", "tulip", "orchid", "lily"]),
    ("cereal", &["muesli", "granola", "oat"]),
    ("nut", &["cashew", "almond", "hazelnut", "walnut", "peanut"]),
    ("watch", &["smartwatch"]),
    ("underwear", &["brief", "boxer", "panty"]),
];

/// A word before the name that makes it another thing: peanut butter is no butter.
const OTHERS: &[(&str, &[&str])] = &[
    (
        "butter",
        &["peanut", "almond", "cashew", "nut", "shea", "body", "cocoa"],
    ),
    (
        "milk",
        &[
            "coconut",
            "oat",
            "almond",
            "soy",
            "soya",
            "rice",
            "hazelnut",
            "body",
            "cleansing",
        ],
    ),
    (
        "cream",
        &[
            "ice", "hand", "day", "night", "face", "body", "shaving", "foot", "eye",
        ],
    ),
    (
        "bag",
        &["tea", "bin", "freezer", "sleeping", "vacuum", "bean"],
    ),
    (
        "oil",
        &["chain", "motor", "engine", "essential", "beard", "lamp"],
    ),
    ("soap", &["floor", "stain"]),
    ("towel", &["tea", "paper"]),
    ("watch", &["stop"]),
    ("pen", &["tablet"]),
    ("bed", &["dog", "cat", "pet", "sofa"]),
    ("mat", &["mouse"]),
    ("book", &["note", "cheque"]),
    ("bicycle", &["balance", "exercise"]),
    ("glass", &["screen", "magnifying"]),
    ("candle", &["led"]),
];

/// How a thing is cut, packed or counted; the thing itself stands before it or in the category.
const FORMS: &[&str] = &[
    "bean", "capsule", "pod", "powder", "granule", "flake", "leaf", "sheet", "fillet", "frame",
    "bar", "button", "square", "drop", "block", "stick", "stem", "cell", "kit", "pouch", "cube",
];

/// Praise behind a name names nothing.
const PRAISE: &[&str] = &[
    "best",
    "premium",
    "quality",
    "luxury",
    "ultimate",
    "amazing",
    "deluxe",
    "exclusive",
    "bestseller",
    "seller",
    "top",
    "choice",
    "guaranteed",
    "superior",
    "perfect",
    "favorite",
    "favourite",
    "rated",
    "award",
    "winning",
    "finest",
    "original",
    "authentic",
    "recommended",
    "sale",
    "offer",
    "deal",
    "new",
    "no1",
    "excellent",
    "great",
    "must",
    "buy",
];

const UNITS: &[&str] = &[
    "g", "kg", "mg", "ml", "cl", "l", "oz", "lb", "cm", "mm", "m", "km", "inch", "in", "ft", "w",
    "kw", "v", "gb", "tb", "mb", "mah", "mp", "hz", "lux", "cup", "pack", "piece", "pc", "stem",
    "cores", "watt", "iu", "port", "spf", "gbit",
];

/// The word that stands for all that mean the same.
pub(crate) fn same(word: &str) -> Option<&'static str> {
    // Every word of every title is asked about: a look-up, not a walk through the list.
    static ONES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let pairs = SAME.iter().rev();
        pairs
            .flat_map(|(one, others)| others.iter().map(|other| (*other, *one)))
            .collect()
    });
    ONES.get(word).copied()
}

/// Other words that name a thing of this kind.
pub(crate) fn kinds(word: &str) -> &'static [&'static str] {
    static OF: LazyLock<HashMap<&str, &[&str]>> =
        LazyLock::new(|| KINDS.iter().rev().copied().collect());
    OF.get(word).copied().unwrap_or_default()
}

/// Whether the word before the name makes it something else.
pub(crate) fn is_other(before: &str, name: &str) -> bool {
    OTHERS
        .iter()
        .any(|(one, befores)| *one == name && befores.contains(&before))
}

/// Whether a word says only how a thing is cut, packed or counted.
pub(crate) fn is_form(word: &str) -> bool {
    FORMS.contains(&word)
}

/// Whether a word only praises.
pub(crate) fn is_praise(word: &str) -> bool {
    PRAISE.contains(&word)
}

/// Whether a word is a unit behind a number.
pub(crate) fn is_unit(word: &str) -> bool {
    UNITS.contains(&word)
}
