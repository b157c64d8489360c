//! Pronunciations. Pure.

use std::collections::{BTreeMap, BTreeSet};

/// The part of a dictionary that a grammar needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Picked<'a> {
    /// Lines of the dictionary.
    pub(crate) lines: String,
    /// The words that have a pronunciation.
    pub(crate) known: BTreeSet<&'a str>,
}

/// Picks the lines of the wanted words, with every variant: `read`, `read(2)`.
///
/// A decoder with these lines alone is made in a fraction of the time of one with all 134,000.
pub(crate) fn pick<'a>(dictionary: &str, wanted: &BTreeSet<&'a str>) -> Picked<'a> {
    let mut picked = Picked::default();
    for line in dictionary.lines() {
        let Some(written) = line.split([' ', '\t', '(']).next() else {
            continue;
        };
        if let Some(word) = wanted.get(written) {
            picked.known.insert(word);
            picked.lines.push_str(line);
            picked.lines.push('\n');
        }
    }
    picked
}

/// The ways to say each of the wanted words, as the sounds of the acoustic model.
pub(crate) fn pronunciations<'a>(
    dictionary: &'a str,
    wanted: &BTreeSet<&'a str>,
) -> BTreeMap<&'a str, Vec<Vec<&'a str>>> {
    let mut ways = BTreeMap::<&str, Vec<Vec<&str>>>::new();
    for line in dictionary.lines() {
        let written = line.split([' ', '\t', '(']).next().unwrap_or_default();
        if let Some(word) = wanted.get(written) {
            let way = line.split_whitespace().skip(1).collect();
            ways.entry(word).or_default().push(way);
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanted_words_come_with_all_their_pronunciations() {
        let dictionary = "bread B R EH D\nread R EH D\nread(2) R IY D\nready R EH D IY\n";
        let wanted = BTreeSet::from(["read", "xyzzy"]);

        let picked = pick(dictionary, &wanted);

        assert_eq!(picked.lines, "read R EH D\nread(2) R IY D\n");
        assert_eq!(picked.known, BTreeSet::from(["read"]));
    }
}
