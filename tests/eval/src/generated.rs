//! Products made up by a fixed rule, as many as wanted, for measuring what many cost: the same on every machine.

use errand_index::Document;
use errand_types::{Availability, Currency, ForeignId, MerchantId, Money, Rating, Text};

/// A generator of numbers (xorshift); not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Below `most`.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() >> 16).unwrap_or_default() % most.max(1)
    }

    /// Below `most`, small numbers much more often than large ones, as words of a language are.
    fn often(&mut self, most: usize) -> usize {
        let uniform = self.below(1 << 20) + 1;
        let all = f64::from(u32::try_from(most).unwrap_or(u32::MAX)) + 1.0;
        let share = f64::from(u32::try_from(uniform).unwrap_or(1)) / f64::from(1_u32 << 20);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and most + 1"
        )]
        let rank = all.powf(share) as usize;
        rank.saturating_sub(1).min(most.saturating_sub(1))
    }
}

const COLOURS: [&str; 12] = [
    "black", "white", "grey", "blue", "red", "green", "silver", "brown", "pink", "yellow",
    "orange", "purple",
];
const MATERIALS: [&str; 8] = [
    "steel",
    "plastic",
    "oak",
    "cotton",
    "leather",
    "glass",
    "aluminium",
    "paper",
];
const PREPOSITIONS: [&str; 2] = ["for", "with"];
const SYLLABLES: [&str; 24] = [
    "ba", "cor", "dim", "el", "fan", "gri", "hol", "in", "jas", "kel", "lum", "mon", "nor", "ost",
    "pra", "qui", "ras", "sol", "tem", "ul", "ver", "wex", "yan", "zet",
];

/// The word with a number: syllables of it, so that words are as long and as different as those of a catalog.
fn word(mut number: usize) -> String {
    let mut out = String::new();
    loop {
        out.push_str(
            SYLLABLES
                .get(number % SYLLABLES.len())
                .copied()
                .unwrap_or("a"),
        );
        number /= SYLLABLES.len();
        if number == 0 && out.len() >= 4 {
            return out;
        }
    }
}

const BRANDS: usize = 3_000;
const TYPES: usize = 800;
const WORDS: usize = 20_000;

fn brand(number: usize) -> String {
    format!("{}ix", word(number + 31))
}

fn kind(number: usize) -> String {
    format!("{}er", word(number * 7 + 11))
}

fn pick<'a>(dice: &mut Dice, list: &[&'a str]) -> &'a str {
    list.get(dice.below(list.len()))
        .copied()
        .unwrap_or_default()
}

/// The product with a number.
pub(crate) fn product(number: u64, shop: &MerchantId, dollars: Currency) -> Document {
    let mut dice = Dice::new(number + 1);
    let maker = brand(dice.often(BRANDS));
    let kind_of = kind(dice.often(TYPES));
    let colour = pick(&mut dice, &COLOURS);
    let material = pick(&mut dice, &MATERIALS);
    let size = dice.below(200) + 10;
    let model = format!(
        "{}-{}",
        word(dice.below(500)).to_uppercase(),
        dice.below(100_000)
    );
    let mut some = |most: usize| -> String {
        let words: Vec<String> = (0..most).map(|_| word(dice.often(WORDS))).collect();
        words.join(" ")
    };
    let (first, prose) = (some(2), some(14));
    // Every fifth is made for another kind of thing.
    let made_for = dice.below(5) == 0;
    let other = if made_for {
        format!(
            " {} {}",
            pick(&mut dice, &PREPOSITIONS),
            kind(dice.often(TYPES))
        )
    } else {
        String::new()
    };
    let title = format!("{maker} {first} {kind_of}{other} {size} cm {colour} {model}");
    let id = ForeignId::parse(&format!("g{number}"));
    let id = id.unwrap_or_else(|_| unreachable_id());
    let mut document = Document::named(shop.clone(), id, &title);
    document.brand = Some(Text::clip(&maker));
    document.categories = vec![Text::clip(&kind_of)];
    document.description = Text::clip(&prose);
    document.mpn = Some(Text::clip(&model));
    let attribute = |name: &str, value: &str| (Text::clip(name), Text::clip(value));
    document.attributes = vec![
        attribute("colour", colour),
        attribute("material", material),
        attribute("width", &format!("{size} cm")),
        attribute(
            "wireless",
            if number.is_multiple_of(3) {
                "yes"
            } else {
                "no"
            },
        ),
    ];
    let price = i64::try_from(dice.below(200_000)).unwrap_or_default() + 99;
    document.price = Some(Money::new(price, dollars));
    let hundredths = u16::try_from(dice.below(401)).unwrap_or_default() + 100;
    document.rating = Some(Rating {
        hundredths,
        count: 12,
    });
    document.availability = if number.is_multiple_of(7) {
        Availability::Out
    } else {
        Availability::In
    };
    document
}

fn unreachable_id() -> ForeignId {
    #[expect(clippy::expect_used, reason = "a constant of the right form")]
    ForeignId::parse("g").expect("`g` is an id")
}

/// Queries over the made-up products: the most frequent words as well as rare ones, model numbers and slips.
pub(crate) fn queries(count: usize) -> Vec<String> {
    let mut dice = Dice::new(77);
    (0..count)
        .map(|number| {
            let kind_of = kind(dice.often(TYPES));
            let colour = pick(&mut dice, &COLOURS);
            match number % 8 {
                0 => kind_of,
                1 => format!("{} {kind_of}", brand(dice.often(BRANDS))),
                2 => format!("{colour} {kind_of} {} cm", dice.below(200) + 10),
                3 => format!("{} {kind_of}", word(dice.often(WORDS))),
                4 => format!(
                    "{} {colour} {kind_of} {}",
                    word(dice.often(WORDS)),
                    pick(&mut dice, &MATERIALS)
                ),
                5 => format!("{}-{}", word(dice.below(500)), dice.below(100_000)),
                6 => kind_of.chars().skip(1).collect(),
                _ => format!(
                    "wireless {colour} {kind_of} for {}",
                    kind(dice.often(TYPES))
                ),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_is_the_same_product() {
        let shop = MerchantId::parse("made-up").unwrap();
        let dollars = Currency::parse("USD").unwrap();
        let one = product(7, &shop, dollars);

        assert_eq!(one, product(7, &shop, dollars));
        assert_ne!(one.title, product(8, &shop, dollars).title);
        assert_eq!(queries(16), queries(16));
    }
}
