//! "From as few shops as possible": the measure by which an errand is shared out between shops.

use std::collections::HashSet;

use errand_model::{Draft, DraftStep, Proposal, Thought};
use errand_types::{CombineArgs, CombineGoal, Language, Text, ToolCall};
use serde::Deserialize;

use crate::lang::read;
use crate::lexicon::OfflineError;

/// Bytes of a turn that are searched for such a phrase; longer turns are pasted text.
const SEARCHED_MAX: usize = 600;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    bare: Vec<String>,
    fewest_parcels: Measure,
    lowest_total: Measure,
    earliest: Measure,
    lowest_carbon: Measure,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measure {
    said: String,
    phrases: Vec<String>,
}

/// The phrases of one language.
#[derive(Debug)]
pub(crate) struct Combining {
    /// The step of a plan; `{said}` is the measure.
    title: String,
    bare: Vec<String>,
    /// Longest first, so that the whole phrase is taken.
    phrases: Vec<Phrase>,
    said: Vec<(CombineGoal, String)>,
}

/// What names a measure.
#[derive(Debug)]
struct Phrase {
    text: String,
    /// Its longest word: a sentence without it is not searched.
    word: String,
    goal: CombineGoal,
}

impl Phrase {
    fn new(text: String, goal: CombineGoal) -> Self {
        let longest = words(&text).max_by_key(|word| word.len());
        let word = longest.unwrap_or_default().to_owned();
        Self { text, word, goal }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// A measure and the rest of the sentence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) goal: CombineGoal,
    /// What else was said; `None` when it names nothing.
    pub(crate) rest: Option<String>,
}

impl Combining {
    pub(crate) fn of(language: Language) -> Result<Self, OfflineError> {
        let file: File = match language {
            Language::English => read("en/combine.toml", include_str!("../lang/en/combine.toml"))?,
            Language::German => read("de/combine.toml", include_str!("../lang/de/combine.toml"))?,
        };
        let mut phrases = Vec::new();
        let mut said = Vec::new();
        for (goal, measure) in [
            (CombineGoal::FewestParcels, file.fewest_parcels),
            (CombineGoal::LowestTotal, file.lowest_total),
            (CombineGoal::Earliest, file.earliest),
            (CombineGoal::LowestCarbon, file.lowest_carbon),
        ] {
            let all = measure.phrases.into_iter();
            phrases.extend(all.map(|text| Phrase::new(text, goal)));
            said.push((goal, measure.said));
        }
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.text.len()));
        Ok(Self {
            title: file.title,
            bare: file.bare,
            phrases,
            said,
        })
    }

    /// Takes the measure out of a sentence; `None` when it names none.
    pub(crate) fn cut(&self, text: &str) -> Option<Cut> {
        if text.len() > SEARCHED_MAX {
            return None;
        }
        // Same length in bytes, so that places in it are places in the text.
        let lower = text.to_ascii_lowercase();
        let said: HashSet<&str> = words(&lower).collect();
        let (at, phrase) = self
            .phrases
            .iter()
            .filter(|phrase| said.contains(phrase.word.as_str()))
            .find_map(|phrase| Some((place(&lower, &phrase.text)?, phrase)))?;
        let goal = phrase.goal;
        let before = text.get(..at)?;
        let after = text.get(at.checked_add(phrase.text.len())?..)?;
        let edge =
            |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.' | ':' | '-' | '!' | '?');
        let rest = format!(
            "{} {}",
            before.trim_end_matches(edge),
            after.trim_start_matches(edge)
        );
        let rest = rest.trim().to_owned();
        let words = rest.split(|c: char| !(c.is_alphanumeric() || c == '\''));
        let is_bare = words
            .filter(|w| !w.is_empty())
            .all(|w| self.bare.iter().any(|b| b.eq_ignore_ascii_case(w)));
        Some(Cut {
            goal,
            rest: (!is_bare).then_some(rest),
        })
    }

    /// The call alone, for what is wanted already.
    pub(crate) fn alone(&self, goal: CombineGoal) -> Thought {
        Thought {
            proposal: Proposal::Calls(vec![ToolCall::Combine(CombineArgs { goal })]),
            understood: None,
            tainted: false,
        }
    }

    /// The measure put into what the rest of the sentence came to: after the searches, before the purchase.
    pub(crate) fn join(&self, goal: CombineGoal, mut thought: Thought) -> Thought {
        let said = self
            .said
            .iter()
            .find(|(of, _)| *of == goal)
            .map(|(_, said)| said.as_str())
            .unwrap_or_default();
        thought.proposal = match thought.proposal {
            Proposal::Plan(draft) => {
                let told = thought.understood.map(|u| format!("{u}, {said}"));
                thought.understood = told.map(|told| Text::clip(&told));
                Proposal::Plan(planned(draft, goal, &self.title.replace("{said}", said)))
            }
            Proposal::Calls(mut calls) => {
                let buys = calls.iter().position(|c| matches!(c, ToolCall::Buy(_)));
                let call = ToolCall::Combine(CombineArgs { goal });
                calls.insert(buys.unwrap_or(calls.len()), call);
                Proposal::Calls(calls)
            }
            other @ (Proposal::Ask(_) | Proposal::Say(_)) => other,
        };
        thought
    }
}

/// A plan whose searches end in one choice over all shops instead of a comparison each.
fn planned(mut draft: Draft, goal: CombineGoal, title: &str) -> Draft {
    let key: Text<40> = Text::clip("combine");
    draft
        .steps
        .retain(|s| !matches!(s.call, ToolCall::Compare(_)));
    let searches: Vec<Text<40>> = draft
        .steps
        .iter()
        .filter(|s| matches!(s.call, ToolCall::Search(_)))
        .map(|s| s.key.clone())
        .collect();
    for step in &mut draft.steps {
        if matches!(step.call, ToolCall::Buy(_)) {
            step.needs = vec![key.clone()];
        }
    }
    let after = draft
        .steps
        .iter()
        .rposition(|s| matches!(s.call, ToolCall::Search(_)))
        .map_or(draft.steps.len(), |at| at.saturating_add(1));
    let step = DraftStep {
        key,
        agent: Text::clip("buyer"),
        title: Text::clip(title),
        call: ToolCall::Combine(CombineArgs { goal }),
        needs: searches,
    };
    draft.steps.insert(after, step);
    draft
}

/// Where a phrase stands with a word's edge on both sides.
pub(crate) fn place(text: &str, phrase: &str) -> Option<usize> {
    text.match_indices(phrase).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|t| t.chars().next_back());
        let end = at.saturating_add(phrase.len());
        let after = text.get(end..).and_then(|t| t.chars().next());
        [before, after]
            .into_iter()
            .all(|c| c.is_none_or(|c| !c.is_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measure_is_taken_out_and_the_rest_is_read_by_itself() {
        let combining = Combining::of(Language::English).unwrap();
        let cut = |text| combining.cut(text).map(|c| (c.goal, c.rest));

        assert_eq!(
            cut("Get milk, bread and soap, from as few shops as possible."),
            Some((
                CombineGoal::FewestParcels,
                Some("Get milk, bread and soap".into())
            ))
        );
        for text in [
            "get everything from as few shops as possible",
            "Cheapest overall please!",
            "I'd like all of it in one parcel",
        ] {
            assert!(matches!(cut(text), Some((_, None))), "{text}");
        }
        assert_eq!(
            cut("what is the cheapest combination?"),
            Some((CombineGoal::LowestTotal, None))
        );
        for text in [
            "the cheapest",
            "coffee from one shopkeeper",
            "something cheaper",
            "soap as soon as possible",
            "",
        ] {
            assert_eq!(cut(text), None, "{text}");
        }
        assert_eq!(cut(&"from one shop ".repeat(100)), None);
    }
}
