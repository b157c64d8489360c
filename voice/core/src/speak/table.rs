use std::collections::BTreeMap;
use std::sync::LazyLock;

use errand_types::{Language, Money, aloud};
use serde::Deserialize;

/// The table of one language, as in its file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) days: Vec<String>,
    pub(super) months: Vec<String>,
    pub(super) ordinals: Vec<String>,
    pub(super) yesterday: String,
    pub(super) today: String,
    pub(super) tomorrow: String,
    pub(super) units: BTreeMap<String, [String; 2]>,
    pub(super) words: BTreeMap<String, String>,
    pub(super) commands: BTreeMap<String, Vec<String>>,
    pub(super) ranks: BTreeMap<String, usize>,
}

static ENGLISH: LazyLock<Option<Table>> =
    LazyLock::new(|| toml::from_str(include_str!("../../lang/en.aloud.toml")).ok());

/// Turns facts and text into words that a voice reads rightly. There is one for each language whose tables are complete;
/// another language is shown and not read in a wrong accent.
#[derive(Debug, Clone, Copy)]
pub struct Speakable {
    pub(super) table: &'static Table,
    /// Whether a screen shows what is not read out.
    pub(super) has_screen: bool,
}

impl Speakable {
    /// For a language, beside a screen; `None` where its tables are not complete. English is.
    pub fn of(language: Language) -> Option<Self> {
        match language {
            Language::English => ENGLISH.as_ref().map(|table| Self {
                table,
                has_screen: true,
            }),
            Language::German => None,
        }
    }

    /// The same where nothing but what is said reaches anybody.
    #[must_use]
    pub fn without_screen(self) -> Self {
        Self {
            has_screen: false,
            ..self
        }
    }

    /// A whole number: `forty-two`.
    pub fn number(self, n: u64) -> String {
        aloud::number(n)
    }

    /// A decimal number as written: `4.6` is `four point six`.
    pub fn decimal(self, text: &str) -> Option<String> {
        let (whole, part) = text.split_once('.')?;
        if part.is_empty() || !part.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let whole = aloud::number(whole.parse().ok()?);
        Some(format!("{whole} point {}", aloud::digits(part)))
    }

    /// An amount where money moves: `twenty-four dollars and ten cents`.
    pub fn money(self, money: Money) -> String {
        aloud::money(money, aloud::Said::Full)
    }

    /// An amount where things are compared: `twenty-four dollars ten`.
    pub fn price(self, money: Money) -> String {
        aloud::money(money, aloud::Said::Short)
    }

    /// Pieces of something: `two bags`, with the word as it stands for many.
    pub fn pieces(self, count: u32, one: &str, many: &str) -> String {
        let word = if count == 1 { one } else { many };
        format!("{} {word}", aloud::number(u64::from(count)))
    }

    /// A measure: `340` and `g` are `three hundred forty grams`. `None` for a unit that nobody knows.
    pub fn quantity(self, number: &str, unit: &str) -> Option<String> {
        let [one, many] = self.table.units.get(unit)?;
        let plain = number.replace(',', "");
        if let Some(said) = self.decimal(&plain) {
            return Some(format!("{said} {many}"));
        }
        let count: u64 = plain.parse().ok()?;
        let word = if count == 1 { one } else { many };
        Some(format!("{} {word}", aloud::number(count)))
    }

    /// The number of an order by its last four digits: `ending in four two four two`. `None` where it has fewer.
    pub fn order_number(self, number: &str) -> Option<String> {
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        let last = digits
            .len()
            .checked_sub(4)
            .and_then(|from| digits.get(from..))?;
        let last: String = last.iter().collect();
        Some(format!("ending in {}", aloud::digits(&last)))
    }
}

#[cfg(test)]
mod tests {
    use errand_types::Currency;

    use super::*;

    #[test]
    fn the_table_of_english_is_complete() {
        let table: Table = toml::from_str(include_str!("../../lang/en.aloud.toml")).unwrap();

        assert_eq!(
            (table.days.len(), table.months.len(), table.ordinals.len()),
            (7, 12, 31)
        );
        assert!(table.commands.values().all(|phrases| !phrases.is_empty()));
    }

    #[test]
    fn facts_become_words() {
        let say = Speakable::of(Language::English).unwrap();
        let usd = |minor| Money::new(minor, Currency::USD);

        assert_eq!(say.money(usd(2_410)), "twenty-four dollars and ten cents");
        assert_eq!(say.price(usd(1_240)), "twelve dollars forty");
        assert_eq!(
            say.quantity("340", "g").unwrap(),
            "three hundred forty grams"
        );
        assert_eq!(say.quantity("1", "kg").unwrap(), "one kilogram");
        assert_eq!(say.quantity("1.5", "l").unwrap(), "one point five liters");
        assert_eq!(say.quantity("3", "furlongs"), None);
        assert_eq!(say.decimal("4.65").unwrap(), "four point six five");
        assert_eq!(
            say.order_number("PL-2026-004242").unwrap(),
            "ending in four two four two"
        );
        assert_eq!(say.order_number("A-12"), None);
        assert!(Speakable::of(Language::German).is_none());
    }
}
