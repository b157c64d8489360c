use std::collections::HashMap;

use crate::fold::{Token, stems};
use crate::labels::LabelId;

/// What a phrase says about a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The phrase means the label.
    Is,
    /// The phrase contains a word of the label and does not mean it.
    IsNot,
}

/// Phrases by their first word.
#[derive(Debug, Default)]
pub(crate) struct Phrases(HashMap<String, Vec<Phrase>>);

#[derive(Debug)]
struct Phrase {
    rest: Vec<String>,
    label: LabelId,
    meaning: Meaning,
}

/// A place in a text where a label is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) label: LabelId,
    pub(crate) from: usize,
    /// The word after the last.
    pub(crate) to: usize,
}

impl Phrases {
    pub(crate) fn of<'a>(rows: impl Iterator<Item = (&'a str, LabelId, Meaning)>) -> Self {
        let mut by_first: HashMap<String, Vec<Phrase>> = HashMap::new();
        for (words, label, meaning) in rows {
            let mut words = stems(words).into_iter();
            if let Some(first) = words.next() {
                by_first.entry(first).or_default().push(Phrase {
                    rest: words.collect(),
                    label,
                    meaning,
                });
            }
        }
        Self(by_first)
    }

    /// Where a text means which label. A longer phrase that is none of a label hides the shorter one that is.
    pub(crate) fn spans(&self, tokens: &[Token]) -> Vec<Span> {
        let mut is = Vec::new();
        let mut is_not: Vec<Span> = Vec::new();
        for (from, token) in tokens.iter().enumerate() {
            let Some(phrases) = self.0.get(&token.stem) else {
                continue;
            };
            for phrase in phrases {
                let behind = tokens.get(from + 1..).unwrap_or_default();
                if behind.len() < phrase.rest.len()
                    || !behind.iter().zip(&phrase.rest).all(|(t, p)| t.stem == *p)
                {
                    continue;
                }
                let span = Span {
                    label: phrase.label,
                    from,
                    to: from + 1 + phrase.rest.len(),
                };
                match phrase.meaning {
                    Meaning::Is => is.push(span),
                    Meaning::IsNot => is_not.push(span),
                }
            }
        }
        let is_hidden = |span: &Span| {
            is_not.iter().any(|n| {
                n.label == span.label
                    && n.from <= span.from
                    && span.to <= n.to
                    && n.to - n.from > span.to - span.from
            })
        };
        is.retain(|span| !is_hidden(span));
        is
    }
}

/// Words behind which a named thing is absent: "no leather", "free from nuts".
const ABSENT_BEFORE: [&str; 6] = ["no", "not", "without", "non", "never", "zero"];
/// Words that end the reach of an absence: "no sugar but with milk".
const PRESENT_AGAIN: [&str; 7] = ["contain", "with", "made", "but", "and", "only", "includ"];
/// Words between which and the next the thing is what the product is for: "polish for leather".
const MEANT_FOR: [&str; 2] = ["for", "unlike"];
/// Words before which a thing is only looked like: "leather style".
const ABSENT_BEHIND: [&str; 7] = [
    "free",
    "look",
    "style",
    "effect",
    "alternative",
    "substitute",
    "imitation",
];
/// Words behind which a sentence tells of taste: coffee with notes of honey has no honey in it.
const TASTES_OF: [&str; 8] = [
    "taste",
    "tasting",
    "note",
    "hint",
    "aroma",
    "reminiscent",
    "smell",
    "scent",
];
/// How far a sentence of taste reaches.
const TASTE_REACH: usize = 12;
/// How far an absence reaches.
const REACH: usize = 4;

/// Whether the words around a place in prose say that the thing is *not* there. Reading prose this way can only make a
/// fact unknown: no sentence of a shop ever makes it false.
pub(crate) fn is_denied(tokens: &[Token], span: Span) -> bool {
    let is = |token: &Token, words: &[&str]| words.contains(&token.stem.as_str());
    let behind = tokens.get(span.to).filter(|t| !t.starts_clause);
    if behind.is_some_and(|t| is(t, &ABSENT_BEHIND)) {
        return true;
    }
    let sentence = tokens.get(..=span.from).unwrap_or_default().iter().rev();
    let first = sentence
        .clone()
        .position(|t| t.starts_sentence)
        .unwrap_or(0);
    if sentence
        .skip(1)
        .take(first.min(TASTE_REACH))
        .any(|t| is(t, &TASTES_OF))
    {
        return true;
    }
    let mut starts_clause = tokens.get(span.from).is_none_or(|t| t.starts_clause);
    for (step, token) in tokens
        .get(..span.from)
        .unwrap_or_default()
        .iter()
        .rev()
        .take(REACH)
        .enumerate()
    {
        if starts_clause || is(token, &PRESENT_AGAIN) {
            return false;
        }
        if is(token, &ABSENT_BEFORE) || (step == 0 && is(token, &MEANT_FOR)) {
            return true;
        }
        let before = span
            .from
            .checked_sub(step + 2)
            .and_then(|at| tokens.get(at));
        if is(token, &["from", "of"]) && before.is_some_and(|t| t.stem == "free") {
            return true;
        }
        starts_clause = token.starts_clause;
    }
    false
}
