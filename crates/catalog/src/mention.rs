use std::collections::BTreeMap;

use crate::words::{words, words_up_to};

/// Words of a text that are read.
const TEXT_WORDS_MAX: usize = 2_000;
/// Words of one name.
const NAME_WORDS_MAX: usize = 24;

/// Words within which the words of a quality may stand.
const WINDOW: usize = 6;

/// Names that a text may mention: the goods and the qualities that shops state. Built once, asked often.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// By first word; the longest name first.
    by_first: BTreeMap<String, Vec<(Vec<String>, usize)>>,
    /// Each name in every spelling that was given.
    spellings: Vec<Vec<String>>,
}

impl Names {
    /// Reads names. Those that are the same words are one name in several spellings.
    pub fn of<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        let mut found = Self::default();
        for name in names {
            let mut read = words(name.as_ref());
            read.truncate(NAME_WORDS_MAX);
            let Some(first) = read.first().cloned() else {
                continue;
            };
            let own = name.as_ref().to_owned();
            let same_start = found.by_first.entry(first).or_default();
            if let Some((_, at)) = same_start.iter().find(|(known, _)| *known == read) {
                if let Some(known) = found.spellings.get_mut(*at)
                    && !known.contains(&own)
                {
                    known.push(own);
                }
                continue;
            }
            same_start.push((read, found.spellings.len()));
            same_start.sort_by_key(|(words, at)| (std::cmp::Reverse(words.len()), *at));
            found.spellings.push(vec![own]);
        }
        found
    }

    /// The names that stand in a text, in its order, each once and in the spelling of the text where that is one of its own.
    /// Of names that overlap the one that begins first counts, and of those the longest: `coconut flan` is no flan.
    pub fn in_text(&self, text: &str) -> Vec<&str> {
        let said = words_up_to(text, TEXT_WORDS_MAX);
        let mut found: Vec<usize> = Vec::new();
        let mut at = 0;
        while let Some(word) = said.get(at) {
            let rest = said.get(at..).unwrap_or_default();
            let hit = self
                .by_first
                .get(word)
                .and_then(|names| names.iter().find(|(name, _)| rest.starts_with(name)));
            at = at.saturating_add(hit.map_or(1, |(name, _)| name.len()));
            found.extend(
                hit.map(|(_, name)| *name)
                    .filter(|name| !found.contains(name)),
            );
        }
        found
            .iter()
            .filter_map(|name| self.spelled(*name, text))
            .collect()
    }

    /// Like [`Names::in_text`] for qualities, which people say in their own way: `accepting credit cards` for `business accepts
    /// credit cards`. The words that say what a quality is must all stand within a few words of each other.
    pub fn loosely_in_text(&self, text: &str) -> Vec<&str> {
        let said = words_up_to(text, TEXT_WORDS_MAX);
        let mut found = self.in_text(text);
        for (name, at) in self.by_first.values().flatten() {
            let telling: Vec<&String> = name.iter().filter(|w| !is_general(w)).collect();
            let stands = !telling.is_empty()
                && (0..said.len()).any(|from| {
                    let to = from.saturating_add(WINDOW).min(said.len());
                    let near = said.get(from..to).unwrap_or_default();
                    telling.iter().all(|w| near.iter().any(|n| alike(w, n)))
                });
            if let Some(name) = self.spelled(*at, text).filter(|_| stands)
                && !found.contains(&name)
            {
                found.push(name);
            }
        }
        found
    }

    fn spelled(&self, name: usize, text: &str) -> Option<&str> {
        let spellings = self.spellings.get(name)?;
        let lower = text.to_lowercase();
        let said = spellings.iter().find(|s| lower.contains(&s.to_lowercase()));
        said.or(spellings.first()).map(String::as_str)
    }
}

/// Words of a quality that do not say which one it is.
fn is_general(word: &str) -> bool {
    matches!(
        word,
        "business"
            | "accept"
            | "offer"
            | "provide"
            | "take"
            | "service"
            | "available"
            | "has"
            | "is"
            | "a"
            | "the"
            | "of"
    )
}

/// Two forms of one word: `insured` and `insurance`.
fn alike(a: &str, b: &str) -> bool {
    let shared = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    a == b || (shared >= 5 && shared.saturating_add(4) >= a.len().max(b.len()))
}

/// A name as it is however it is spelled: two titles with one key are called the same.
pub fn name_key(name: &str) -> String {
    words(name).join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_that_begins_first_is_meant() {
        let names = Names::of([
            "Flan",
            "Coconut Flan",
            "Flan with Caramel",
            "Outdoor Seating",
        ]);

        assert_eq!(
            names.in_text("A coconut flan (1) and a FLAN, outdoors or with outdoor-seating?"),
            ["Coconut Flan", "Flan", "Outdoor Seating"]
        );
        let spelled = Names::of(["Jalapeño Poppers", "Jalapeno Poppers"]);
        assert_eq!(
            spelled.in_text("two jalapeno poppers"),
            ["Jalapeno Poppers"]
        );
        assert!(names.in_text("caramel").is_empty());
        assert!(names.in_text(&"\u{200b}x ".repeat(50_000)).is_empty());
        assert!(Names::of(["", "!!!"]).in_text("anything").is_empty());
    }

    #[test]
    fn a_quality_may_be_said_in_other_words_and_is_not_made_up() {
        let names = Names::of([
            "business accepts credit cards",
            "free estimate",
            "after hours service",
        ]);

        assert_eq!(
            names.loosely_in_text("who offers both credit card payment and after-hours service"),
            ["after hours service", "business accepts credit cards"]
        );
        assert!(
            names
                .loosely_in_text("an estimate that is fair and quick; they say that parking is free, my credit is fine")
                .is_empty()
        );
    }

    #[test]
    fn a_title_is_called_by_its_name_and_by_nothing_less() {
        assert_eq!(name_key("Chili-Lime Ricé"), name_key("chili lime rice"));
        assert_ne!(name_key("Chili Lime Rice"), name_key("lime rice"));
    }
}
