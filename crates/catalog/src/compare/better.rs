//! Which way is better, for attributes of which everybody agrees.

use super::Best;
use crate::words::words;

/// Words of an attribute's name, which end of it is better, and what people say who care about it. All words are stems.
const DIRECTIONS: [(&str, Best, &[&str]); 20] = [
    ("noise", Best::Lowest, &["quiet", "silent", "loud"]),
    ("loudness", Best::Lowest, &["quiet", "silent", "loud"]),
    ("db", Best::Lowest, &["quiet", "silent", "loud"]),
    (
        "consumption",
        Best::Lowest,
        &["efficient", "economical", "energy"],
    ),
    ("kwh", Best::Lowest, &["efficient", "economical", "energy"]),
    ("carbon", Best::Lowest, &["climate", "sustainable", "green"]),
    ("latency", Best::Lowest, &["fast", "quick"]),
    ("weight", Best::Lowest, &["light", "lightweight", "heavy"]),
    ("battery", Best::Highest, &["long", "battery"]),
    ("runtime", Best::Highest, &["long", "battery"]),
    (
        "warranty",
        Best::Highest,
        &["durable", "reliable", "guarantee"],
    ),
    ("lumen", Best::Highest, &["bright"]),
    ("brightness", Best::Highest, &["bright"]),
    ("resolution", Best::Highest, &["sharp"]),
    ("storage", Best::Highest, &["big", "large"]),
    ("capacity", Best::Highest, &["big", "large"]),
    ("memory", Best::Highest, &["fast", "quick"]),
    ("load", Best::Highest, &["sturdy", "strong"]),
    ("wash", Best::Highest, &["durable"]),
    ("refresh", Best::Highest, &["smooth", "fast"]),
];

/// Which end of an attribute is better, where that is beyond taste.
pub(crate) fn direction(name: &str) -> Option<Best> {
    entry(name).map(|(_, best, _)| *best)
}

/// Words by which somebody asks for this attribute without naming it: `quiet` for the noise.
pub(crate) fn asked_by(name: &str) -> &'static [&'static str] {
    entry(name).map_or(&[], |(_, _, asked)| asked)
}

fn entry(name: &str) -> Option<&'static (&'static str, Best, &'static [&'static str])> {
    let name = words(&name.replace('_', " "));
    DIRECTIONS
        .iter()
        .find(|(word, _, _)| name.iter().any(|w| w == word))
}

/// The numbers of one attribute in thousandths, where all that say something say one number in the same unit.
pub(crate) fn measured(said: &[Vec<String>]) -> Option<Vec<Option<i64>>> {
    let mut units = std::collections::BTreeSet::new();
    let read: Option<Vec<Option<i64>>> = said
        .iter()
        .map(|values| match values.as_slice() {
            [] => Some(None),
            [one] => {
                let (number, unit) = number(one)?;
                units.insert(unit);
                Some(Some(number))
            }
            _ => None,
        })
        .collect();
    read.filter(|_| units.len() == 1)
}

/// `44 dB` as 44,000 thousandths of `db`.
fn number(text: &str) -> Option<(i64, String)> {
    let text = text.trim();
    let at = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(at)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || whole.len() > 9 || part.len() > 3 {
        return None;
    }
    let thousandths = format!("{whole}{part:0<3}").parse().ok()?;
    let unit = unit.trim().to_lowercase();
    let is_plain = !unit.contains(|c: char| c.is_ascii_digit());
    is_plain.then_some((thousandths, unit))
}
