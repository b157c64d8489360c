//! The little that has to be known about English goods to tell a thing from what only sounds like it.
//!
//! Every word here is a stem, as [`crate::words::words`] gives it. The lists are short on purpose: they hold what people
//! say every day and what no shop's categories tell.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Words of a name at most.
const NAME_WORDS: usize = 6;

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
    ("large", &["big"]),
    ("w", &["watt"]),
    ("l", &["liter", "litre"]),
    ("ml", &["milliliter", "millilitre"]),
    ("g", &["gram", "gramme"]),
    ("cm", &["centimeter", "centimetre"]),
    ("mm", &["millimeter", "millimetre"]),
    ("m", &["meter", "metre"]),
];

/// Two names of more than one word for one thing; the first is what shops mostly write.
const NAMES: &[(&str, &[&str])] = &[
    (
        "kitchen roll",
        &[
            "paper towel",
            "kitchen paper",
            "kitchen towel",
            "household roll",
        ],
    ),
    (
        "bin bag",
        &["bin liner", "rubbish bag", "refuse sack", "bin sack"],
    ),
    ("phone", &["cell phone", "mobile phone"]),
    ("laundry powder", &["washing powder"]),
    (
        "toilet paper",
        &[
            "toilet roll",
            "loo roll",
            "loo paper",
            "bathroom tissue",
            "toilet tissue",
        ],
    ),
    (
        "dish liquid",
        &[
            "washing up liquid",
            "dishwashing liquid",
            "dish detergent",
            "dish washing liquid",
        ],
    ),
    (
        "plaster",
        &["band aid", "sticking plaster", "adhesive bandage"],
    ),
    ("cling film", &["plastic wrap", "cling wrap", "food wrap"]),
    (
        "aluminium foil",
        &["aluminum foil", "tin foil", "kitchen foil", "tinfoil"],
    ),
    (
        "baking parchment",
        &["parchment paper", "baking paper", "greaseproof paper"],
    ),
    ("bathrobe", &["dressing gown", "bath robe"]),
    ("power bank", &["portable charger"]),
    ("extension lead", &["extension cord", "extension cable"]),
    (
        "usb stick",
        &[
            "flash drive",
            "thumb drive",
            "usb drive",
            "memory stick",
            "pen drive",
        ],
    ),
    ("hard disk", &["hard drive", "hdd"]),
    ("graphics card", &["video card", "gpu"]),
    (
        "sunscreen",
        &[
            "sun cream",
            "sun block",
            "sunblock",
            "sun lotion",
            "sun screen",
        ],
    ),
    (
        "laptop",
        &[
            "notebook computer",
            "notebook pc",
            "portable computer",
            "laptop computer",
        ],
    ),
    ("pruning shear", &["secateur", "pruning scissor"]),
    (
        "french press",
        &["cafetiere", "coffee press", "coffee plunger"],
    ),
    ("smoke alarm", &["smoke detector"]),
    ("screen glass", &["screen protector"]),
    ("phone case", &["phone cover"]),
    ("game controller", &["gamepad", "game pad", "joypad"]),
    ("belt bag", &["fanny pack", "bum bag", "waist bag"]),
    (
        "rain boot",
        &["rubber boot", "gum boot", "wellington boot", "wellington"],
    ),
    ("jigsaw", &["jigsaw puzzle"]),
    ("throw", &["throw blanket"]),
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
    ("blanket", &["throw"]),
    ("puzzle", &["jigsaw"]),
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

/// A name, and the words that it is put in the place of.
type Renamed = (Vec<String>, Vec<String>);

/// Puts one name in the place of others for the same thing: `kitchen`, `roll` for `paper`, `towel`.
pub(crate) fn unify(words: &mut Vec<String>) {
    // By the first word: of every title each word is asked about once.
    static BY_FIRST: LazyLock<HashMap<String, Vec<Renamed>>> = LazyLock::new(|| {
        let mut by_first: HashMap<String, Vec<Renamed>> = HashMap::new();
        for (one, others) in NAMES {
            let one = crate::words::stems(one, NAME_WORDS);
            for other in *others {
                let said = crate::words::stems(other, NAME_WORDS);
                if let Some(first) = said.first() {
                    by_first
                        .entry(first.clone())
                        .or_default()
                        .push((said, one.clone()));
                }
            }
        }
        for list in by_first.values_mut() {
            list.sort_by_key(|(said, _)| std::cmp::Reverse(said.len()));
        }
        by_first
    });
    let mut at = 0_usize;
    while let Some(word) = words.get(at) {
        let rest = words.get(at..).unwrap_or_default();
        let found = BY_FIRST
            .get(word)
            .and_then(|list| list.iter().find(|(said, _)| rest.starts_with(said)))
            .map(|(said, one)| (said.len(), one));
        if let Some((taken, one)) = found {
            words.splice(at..at.saturating_add(taken), one.iter().cloned());
            at = at.saturating_add(one.len());
        } else {
            at = at.saturating_add(1);
        }
    }
}

/// What a word means too, where nothing of the first meaning is sold.
const ALSO: &[(&str, &str)] = &[("notebook", "laptop"), ("puzzle", "jigsaw")];

/// What a word means as soon as a price of so many of the currency's units is spoken of: nobody sets aside 1,000 for paper.
const BY_PRICE: &[(&str, &str, i64)] = &[("notebook", "laptop", 150)];

/// The thing as a price says that it is meant; `None`: as it was said.
pub fn meant_by_price(need: &errand_types::Need) -> Option<String> {
    let limit = need.price_max.or(need.total_max).or(need.price_min)?;
    let unit = 10_i64.checked_pow(limit.currency().exponent())?;
    let mut name = crate::words::stems(need.what.as_str(), NAME_WORDS);
    let mut is_other = false;
    for word in &mut name {
        let meant = BY_PRICE.iter().find(|(one, ..)| one == word);
        if let Some((_, other, least)) = meant
            && limit.minor() >= least.checked_mul(unit)?
        {
            (*other).clone_into(word);
            is_other = true;
        }
    }
    is_other.then(|| name.join(" "))
}

/// The name that shops mostly have for a thing, where people say another: `vacuum` for `hoover`, and `laptop` for
/// `notebook`, which may be of paper. `None`: there is no other.
///
/// For when nothing was found: the person's own word comes first.
pub fn other_name(what: &str) -> Option<String> {
    let surface = what.to_lowercase();
    let said: Vec<&str> = surface
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let is_renamed = said.iter().any(|word| {
        let singular = word.strip_suffix('s').unwrap_or(word);
        same(word).or_else(|| same(singular)).is_some()
    });
    let mut name = crate::words::stems(what, NAME_WORDS);
    let before = name.clone();
    unify(&mut name);
    let is_unified = name != before;
    let mut is_other = is_renamed || is_unified;
    for word in &mut name {
        if let Some((_, other)) = ALSO.iter().find(|(one, _)| one == word) {
            (*other).clone_into(word);
            is_other = true;
        }
    }
    (is_other && !name.is_empty()).then(|| name.join(" "))
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
