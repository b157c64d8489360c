//! Adjectives of degree: "quiet" is no word that a shop says or does not say, but the noise that it states.

use errand_types::{Language, Product, Source};

use crate::Candidate;
use crate::compare::{Best, asked_by, direction, measured};
use crate::said::compared as said;

/// Adjectives that mean one end of a number and nothing else; all are stems. Of the words by which somebody asks for an
/// attribute most are none: "green" is a colour too, and who wants it heavy does not want the lowest weight.
const DEGREES: [&str; 6] = [
    "quiet",
    "silent",
    "lightweight",
    "efficient",
    "economical",
    "bright",
];

/// What a candidate states about a wish of degree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stated {
    /// The attribute: `noise`.
    pub(crate) name: String,
    /// As the shop states it: `38 dB`.
    pub(crate) text: String,
}

/// What a product states about the attribute that an adjective asks for; `None`: the word is of another kind, or the
/// product states no number for it.
pub(crate) fn stated(product: &Product, phrase: &[String]) -> Option<Stated> {
    let [word] = phrase else { return None };
    if !DEGREES.contains(&word.as_str()) {
        return None;
    }
    product
        .attributes
        .iter()
        .filter(|a| a.source != Source::Prose)
        .find(|a| {
            asked_by(a.name.as_str()).contains(&word.as_str())
                && measured(&[vec![a.value.to_string()]]).is_some()
        })
        .map(|a| Stated {
            name: a.name.as_str().replace('_', " ").to_lowercase(),
            text: a.value.to_string(),
        })
}

/// A wish of degree over several candidates: each with its number in thousandths of one unit.
#[derive(Debug)]
pub(crate) struct Degree {
    name: String,
    best: Best,
    values: Vec<(errand_types::OfferRef, i64, String)>,
}

impl Degree {
    /// The wishes of degree among phrases, where at least two candidates state numbers in the same unit that differ.
    pub(crate) fn over<'a>(
        phrases: impl Iterator<Item = &'a Vec<String>>,
        candidates: &[&Candidate],
    ) -> Vec<Self> {
        phrases
            .filter_map(|phrase| Self::of(phrase, candidates))
            .collect()
    }

    fn of(phrase: &[String], candidates: &[&Candidate]) -> Option<Self> {
        let said: Vec<Option<Stated>> = candidates
            .iter()
            .map(|c| stated(&c.product, phrase))
            .collect();
        let name = said.iter().flatten().next()?.name.clone();
        let texts: Vec<Vec<String>> = said
            .iter()
            .map(|s| s.iter().map(|s| s.text.clone()).collect())
            .collect();
        let numbers = measured(&texts)?;
        let values: Vec<_> = candidates
            .iter()
            .zip(numbers)
            .zip(said)
            .filter_map(|((c, number), said)| Some((c.offer.clone(), number?, said?.text)))
            .collect();
        let differs = values
            .iter()
            .any(|(_, v, _)| values.first().is_some_and(|f| f.1 != *v));
        differs.then_some(Self {
            best: direction(&name)?,
            name,
            values,
        })
    }

    fn ends(&self) -> Option<(i64, i64)> {
        let low = self.values.iter().map(|(_, v, _)| *v).min()?;
        let high = self.values.iter().map(|(_, v, _)| *v).max()?;
        Some(match self.best {
            Best::Highest => (low, high),
            Best::Lowest | Best::Earliest => (high, low),
        })
    }

    fn value(&self, c: &Candidate) -> Option<(i64, &str)> {
        let (_, value, text) = self.values.iter().find(|(offer, ..)| *offer == c.offer)?;
        Some((*value, text))
    }

    /// 0 for the worst or what is not stated, `most` for the best, in between by its distance.
    pub(crate) fn points(&self, c: &Candidate, most: i64) -> i64 {
        self.ends()
            .zip(self.value(c))
            .and_then(|((worst, best), (value, _))| {
                let whole = best.saturating_sub(worst);
                value
                    .saturating_sub(worst)
                    .saturating_mul(most)
                    .checked_div(whole)
            })
            .unwrap_or(0)
    }

    /// `lowest noise: 38 dB`, for the best.
    pub(crate) fn reason(&self, c: &Candidate, language: Language) -> Option<String> {
        let text = self.best_of(c)?;
        Some(match self.best {
            Best::Highest => said::best_high(language, &self.name, text),
            Best::Lowest | Best::Earliest => said::best_low(language, &self.name, text),
        })
    }

    /// `the lowest noise with 38 dB`, for the best.
    pub(crate) fn praise(&self, c: &Candidate, language: Language) -> Option<String> {
        let text = self.best_of(c)?;
        Some(match self.best {
            Best::Highest => said::praise_high(language, &self.name, text),
            Best::Lowest | Best::Earliest => said::praise_low(language, &self.name, text),
        })
    }

    /// `has a noise of 49 dB`, where that is worse than another's.
    pub(crate) fn blame(
        &self,
        c: &Candidate,
        than: &Candidate,
        language: Language,
    ) -> Option<String> {
        let (ours, text) = self.value(c)?;
        let (theirs, _) = self.value(than)?;
        let is_worse = match self.best {
            Best::Highest => ours < theirs,
            Best::Lowest | Best::Earliest => ours > theirs,
        };
        is_worse.then(|| said::blame(language, &self.name, text))
    }

    fn best_of(&self, c: &Candidate) -> Option<&str> {
        let (_, best) = self.ends()?;
        let (value, text) = self.value(c)?;
        (value == best).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use errand_types::{Language, Need, Text};

    use crate::samples::{attribute, need, product, usd};
    use crate::{Ranked, matching, rank};

    fn found(must: &str) -> Vec<Ranked> {
        let machine = |id: &str, noise: &str, weight: &str| {
            let one = product("volt", id, "Dishwasher", usd(40_000));
            let one = attribute(one, "noise", noise);
            Arc::new(attribute(
                attribute(one, "weight", weight),
                "carbon_g",
                "190000",
            ))
        };
        let shelf = [
            machine("a", "44 dB", "38 kg"),
            machine("b", "38 dB", "52 kg"),
        ];
        let need = Need {
            must: vec![Text::clip(must)],
            ..need("dishwasher")
        };
        rank(
            matching(&shelf, &need, Language::English).0,
            &need,
            Language::English,
        )
    }

    fn ids(found: &[Ranked]) -> Vec<&str> {
        found
            .iter()
            .map(|r| r.candidate.product.id.as_str())
            .collect()
    }

    #[test]
    fn the_quiet_one_has_the_lowest_noise_and_says_so() {
        let found = found("quiet");

        assert_eq!(ids(&found), ["b", "a"]);
        assert!(found[0].reasons.contains(&"lowest noise: 38 dB".to_owned()));
        assert_eq!(ids(&self::found("lightweight")), ["a", "b"]);
    }

    #[test]
    fn a_colour_and_the_other_end_of_a_number_are_no_degree() {
        for word in ["green", "heavy", "loud", "large"] {
            assert!(found(word).is_empty(), "{word}");
        }
    }
}
