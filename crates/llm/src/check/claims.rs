use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::text::{Word, folded, is_currency, number, number_in_words, sentences, spaced, words};
use crate::prompt::LabelWord;

static DATA: &str = include_str!("../../data/claims.toml");

/// Something that a text claims.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Claim {
    Money(String),
    Percent(String),
    Number(String),
    /// Minutes since midnight.
    Time(u16),
    Day(u8),
    Month(u8),
    /// A word with digits in it: an order's number, a model.
    Code(String),
    /// An address of a page or of mail.
    Link,
    Never(String),
    Firm(String),
    Loose(String),
    /// A name with a capital letter, folded.
    Name(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    never: Vec<String>,
    firm: Vec<String>,
    loose: Vec<String>,
    polite: Vec<String>,
    deny: Vec<String>,
    plain: Vec<String>,
    days: Vec<Vec<String>>,
    months: Vec<Vec<String>>,
    money: Vec<String>,
    percent: Vec<String>,
    units: Vec<String>,
}

/// The words that claim.
#[derive(Debug)]
pub(crate) struct Claims {
    never: Vec<String>,
    firm: Vec<String>,
    loose: Vec<String>,
    polite: Vec<String>,
    deny: Vec<String>,
    plain: BTreeSet<String>,
    days: BTreeMap<String, u8>,
    months: BTreeMap<String, u8>,
    money: BTreeSet<String>,
    percent: BTreeSet<String>,
    units: BTreeSet<String>,
}

/// What one sentence claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// With single spaces, for looking for names in it.
    pub(crate) spaced: String,
    pub(crate) claims: BTreeSet<Claim>,
    /// It says that something is not so.
    pub(crate) denies: bool,
}

impl Claims {
    /// The words that come with errand, and those of the labels: certificates hold only where a tool's result says so, and
    /// what a thing contains is never told freely.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(crate) fn new(labels: &[LabelWord]) -> Result<Self, String> {
        let mut file: File = toml::from_str(DATA).map_err(|e| format!("claims.toml: {e}"))?;
        for label in labels {
            let list = if label.id.starts_with("allergen:") || label.id.starts_with("hazard:") {
                &mut file.never
            } else if label.id.starts_with("cert:") || label.id.starts_with("org:") {
                &mut file.firm
            } else {
                continue;
            };
            list.push(label.words.clone());
        }
        let phrases = |list: Vec<String>| -> Vec<String> {
            let mut list: Vec<String> = list
                .iter()
                .map(|p| spaced(p))
                .filter(|p| p.len() > 2)
                .collect();
            list.sort_unstable();
            list.dedup();
            list
        };
        let numbered = |lists: Vec<Vec<String>>| -> BTreeMap<String, u8> {
            let pairs = lists.into_iter().zip(0_u8..);
            pairs
                .flat_map(|(names, n)| names.into_iter().map(move |name| (name, n)))
                .collect()
        };
        Ok(Self {
            never: phrases(file.never),
            firm: phrases(file.firm),
            loose: phrases(file.loose),
            polite: phrases(file.polite),
            deny: phrases(file.deny),
            plain: file.plain.into_iter().collect(),
            days: numbered(file.days),
            months: numbered(file.months),
            money: file.money.into_iter().collect(),
            percent: file.percent.into_iter().collect(),
            units: file.units.into_iter().collect(),
        })
    }

    /// What each sentence of a text claims.
    pub(crate) fn read(&self, text: &str) -> Vec<Sentence> {
        let is_german = is_german(text);
        sentences(text)
            .into_iter()
            .map(|s| self.sentence(s, is_german))
            .collect()
    }

    /// Whether words for a thing claim something besides: a price, a link, a deed.
    pub(crate) fn is_more_than_a_thing(&self, text: &str) -> bool {
        self.read(text)
            .iter()
            .flat_map(|s| &s.claims)
            .any(|claim| match claim {
                Claim::Money(_) | Claim::Percent(_) | Claim::Time(_) | Claim::Link => true,
                Claim::Never(word) => word.contains("password") || word.contains("card number"),
                Claim::Number(_)
                | Claim::Day(_)
                | Claim::Month(_)
                | Claim::Code(_)
                | Claim::Firm(_)
                | Claim::Loose(_)
                | Claim::Name(_) => false,
            })
    }

    fn sentence(&self, sentence: &str, is_german: bool) -> Sentence {
        let spaced = self.polite.iter().fold(spaced(sentence), |text, phrase| {
            text.replace(phrase.as_str(), " ")
        });
        let mut claims = BTreeSet::new();
        for (list, make) in [
            (&self.never, Claim::Never as fn(String) -> Claim),
            (&self.firm, Claim::Firm),
            (&self.loose, Claim::Loose),
        ] {
            let found = list
                .iter()
                .filter(|phrase| spaced.contains(phrase.as_str()));
            claims.extend(found.map(|phrase| make(phrase.trim().to_owned())));
        }
        let words = words(sentence);
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let rest = words.get(at..).unwrap_or_default();
            if let Some((value, used)) = number_in_words(rest)
                && let Some(unit) = rest.get(used).filter(|w| self.units.contains(&w.low))
            {
                claims.insert(self.with_unit(value.to_string(), &unit.low));
                at = at.saturating_add(used);
                continue;
            }
            let before = at.checked_sub(1).and_then(|b| words.get(b));
            claims.extend(self.word(word, before, rest.get(1)));
            if !is_german && before.is_some() {
                claims.extend(self.name(word));
            }
            at = at.saturating_add(1);
        }
        Sentence {
            denies: self.deny.iter().any(|d| spaced.contains(d.as_str())),
            spaced,
            claims,
        }
    }

    fn word(
        &self,
        word: &Word<'_>,
        before: Option<&Word<'_>>,
        after: Option<&Word<'_>>,
    ) -> Option<Claim> {
        let low = word.low.as_str();
        if is_link(low) {
            return Some(Claim::Link);
        }
        if let Some(day) = self
            .days
            .get(low)
            .filter(|_| low.len() > 3 || starts_big(word.raw))
        {
            return Some(Claim::Day(*day));
        }
        let is_by_number = |w: Option<&Word<'_>>| {
            w.is_some_and(|w| w.low.starts_with(|c: char| c.is_ascii_digit()))
        };
        let is_sure = low.len() > 3 && low != "march";
        if let Some(month) = self.months.get(low)
            && (is_sure || is_by_number(before) || is_by_number(after))
        {
            return Some(Claim::Month(*month));
        }
        if !low.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let next = after.map(|w| w.low.as_str()).unwrap_or_default();
        let previous = before.map(|w| w.low.as_str()).unwrap_or_default();
        Some(self.numeral(low, previous, next)).flatten()
    }

    fn numeral(&self, low: &str, previous: &str, next: &str) -> Option<Claim> {
        if low.contains(is_currency) {
            let bare: String = low
                .chars()
                .filter(|c| !is_currency(*c) && !c.is_alphabetic())
                .collect();
            return Some(number(&bare).map_or_else(|| Claim::Code(low.to_owned()), Claim::Money));
        }
        if let Some(value) = low.strip_suffix('%') {
            return Some(number(value).map_or_else(|| Claim::Code(low.to_owned()), Claim::Percent));
        }
        if let Some(minutes) = clock(low, next) {
            return Some(Claim::Time(minutes));
        }
        if let Some(value) = number(low) {
            if self.money.contains(previous) && previous.len() == 3 {
                return Some(Claim::Money(value));
            }
            return Some(self.with_unit(value, next));
        }
        let digits = low
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))
            .unwrap_or(0);
        let (value, unit) = low.split_at(digits);
        if let (Some(value), true) = (number(value), unit.chars().all(char::is_alphabetic)) {
            return match unit {
                // "the 2nd" is a place in a row.
                "st" | "nd" | "rd" | "th" if value.len() == 1 => None,
                "k" => Some(Claim::Code(low.to_owned())),
                _ => Some(Claim::Number(value)),
            };
        }
        Some(Claim::Code(low.to_owned()))
    }

    fn with_unit(&self, value: String, unit: &str) -> Claim {
        if matches!(unit, "cent" | "cents") {
            return Claim::Money(hundredth(&value));
        }
        if self.money.contains(unit) {
            return Claim::Money(value);
        }
        if self.percent.contains(unit) {
            return Claim::Percent(value);
        }
        Claim::Number(value)
    }

    fn name(&self, word: &Word<'_>) -> Option<Claim> {
        let low = word.low.trim_end_matches("'s");
        let is_name = starts_big(word.raw)
            && low.chars().count() >= 2
            && !low.contains(|c: char| c.is_ascii_digit())
            && !self.plain.contains(low)
            && !self.days.contains_key(low)
            && !self.months.contains_key(low);
        is_name.then(|| Claim::Name(low.to_owned()))
    }
}

fn starts_big(raw: &str) -> bool {
    raw.chars().next().is_some_and(char::is_uppercase)
}

fn is_link(low: &str) -> bool {
    let host = low.split(['/', '?']).next().unwrap_or_default();
    let parts: Vec<&str> = host.split('.').collect();
    let is_host = parts.len() >= 2
        && parts
            .iter()
            .all(|p| !p.is_empty() && p.chars().all(|c| c.is_alphanumeric() || c == '-'))
        && parts
            .last()
            .is_some_and(|p| p.len() >= 2 && p.chars().all(char::is_alphabetic));
    low.contains("://")
        || low.starts_with("www.")
        || (low.contains('@') && low.len() > 1)
        || is_host
}

/// `9:30`, `9am`, `9 am`, `18 uhr`.
fn clock(low: &str, next: &str) -> Option<u16> {
    let (digits, mark) = match low.find(|c: char| c.is_alphabetic()) {
        Some(at) => low.split_at(at),
        None => (low, next),
    };
    let is_mark = matches!(mark, "am" | "pm" | "a.m" | "p.m" | "uhr");
    let (hours, minutes) = match digits.split_once(':') {
        Some((h, m)) if m.len() == 2 => (h, m),
        None if is_mark => (digits, "0"),
        Some(_) | None => return None,
    };
    let (mut hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    if mark.starts_with('p') && hours < 12 {
        hours = hours.saturating_add(12);
    }
    if mark.starts_with('a') && hours == 12 {
        hours = 0;
    }
    (hours < 25 && minutes < 60).then(|| hours.saturating_mul(60).saturating_add(minutes))
}

fn hundredth(value: &str) -> String {
    let cents: u64 = value.parse().unwrap_or(u64::MAX);
    number(&format!("{}.{:02}", cents / 100, cents % 100)).unwrap_or_default()
}

/// German writes every noun with a capital, so capitals say nothing there.
fn is_german(text: &str) -> bool {
    const GERMAN: &[&str] = &[
        "der", "die", "das", "und", "ist", "ich", "nicht", "ein", "eine", "dir", "für", "mit",
        "wir", "es",
    ];
    const ENGLISH: &[&str] = &[
        "the", "and", "is", "you", "i", "to", "of", "it", "for", "are", "this", "or",
    ];
    let text = folded(text);
    let count = |list: &[&str]| {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words.filter(|w| list.contains(w)).count()
    };
    let german = count(GERMAN);
    german >= 2 && german > count(ENGLISH)
}
