//! "Something like this one but cheaper", "a shirt that goes with the blue jacket": a search held against a thing.

use errand_model::{Draft, DraftStep, Proposal, Question, Scene, Shown, Thought};
use errand_types::{CompareArgs, Money, Need, OfferRef, Sort, StyleHow, StyleWish, Text, ToolCall};
use serde::Deserialize;

use crate::lexicon::OfflineError;
use crate::refer::{Bound, Pool, it, named};

const ENGLISH: &str = include_str!("../lang/en/style.toml");
/// Bytes of a turn that are searched for such a phrase; longer turns are pasted text.
const SEARCHED_MAX: usize = 300;

/// The phrases of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Styling {
    like: Vec<String>,
    with: Vec<String>,
    but: Vec<String>,
    cheaper: Vec<String>,
    it: Vec<String>,
    ordinal: Vec<String>,
    bare: Vec<String>,
    ask_kind: String,
}

/// What a sentence came to.
#[derive(Debug, PartialEq)]
pub(crate) enum Styled {
    /// Everything is said.
    Whole(Box<Thought>),
    /// What stands before the phrase names the kind of thing and is read by itself.
    Kind { rest: String, style: StyleWish },
}

impl Styling {
    pub(crate) fn english() -> Result<Self, OfflineError> {
        toml::from_str(ENGLISH).map_err(|e| OfflineError::File {
            file: "style.toml",
            cause: e.to_string(),
        })
    }

    /// `None` when the sentence holds nothing against a thing, or when it cannot be told which thing.
    pub(crate) fn read(&self, text: &str, scene: &Scene) -> Option<Styled> {
        if text.len() > SEARCHED_MAX {
            return None;
        }
        let plain = text
            .trim()
            .trim_end_matches(['.', '!', '?'])
            .to_ascii_lowercase();
        self.like(&plain, scene)
            .or_else(|| self.with(&plain, scene))
    }

    fn like(&self, text: &str, scene: &Scene) -> Option<Styled> {
        let (_, after) = split(text, &self.like)?;
        let (thing, change) = self.change(after);
        let offer = self.bind(thing, scene)?;
        let shown = scene.shown.iter().find(|s| s.offer == offer);
        let mut need = Need {
            style: Some(StyleWish {
                how: StyleHow::Like,
                offer: Some(offer),
                said: Text::clip(thing),
            }),
            ..Need::default()
        };
        if let Some(change) = change {
            self.differ(change, shown, &mut need);
        }
        let calls = vec![
            ToolCall::Search(need),
            ToolCall::Compare(CompareArgs::default()),
        ];
        Some(Styled::Whole(Box::new(thought(Proposal::Calls(calls)))))
    }

    /// The thing, and what shall be different: `this one`, `cheaper`.
    fn change<'t>(&self, after: &'t str) -> (&'t str, Option<&'t str>) {
        match split(after, &self.but) {
            Some((thing, change)) => (trim(thing), Some(trim(change))),
            None => (trim(after), None),
        }
    }

    fn differ(&self, change: &str, shown: Option<&Shown>, need: &mut Need) {
        if self.cheaper.iter().any(|c| change.contains(c.as_str())) {
            need.sort = Some(Sort::Cheapest);
            let below = shown.map(|s| s.price).filter(|p| p.minor() > 1);
            need.price_max = below.map(|p| Money::new(p.minor().saturating_sub(1), p.currency()));
            return;
        }
        let word = change
            .trim_start_matches("in ")
            .trim_start_matches("with ")
            .trim();
        if !word.is_empty() && word.split(' ').count() <= 3 {
            need.must.push(Text::clip(word));
        }
    }

    fn with(&self, text: &str, scene: &Scene) -> Option<Styled> {
        let (before, after) = split(text, &self.with)?;
        let thing = trim(after);
        let (before, has_thing) = (trim(before), !thing.is_empty());
        if !has_thing {
            return None;
        }
        let is_bare = before
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .all(|w| self.bare.iter().any(|b| b == w));
        if is_bare {
            let text = self.ask_kind.replace("{what}", thing);
            return Some(Styled::Whole(Box::new(thought(Proposal::Ask(Question {
                text: Text::clip(&text),
                chips: Vec::new(),
            })))));
        }
        Some(Styled::Kind {
            rest: before.to_owned(),
            style: StyleWish {
                how: StyleHow::With,
                offer: self.bind(thing, scene),
                said: Text::clip(thing),
            },
        })
    }

    /// Which product of the talk is meant.
    fn bind(&self, thing: &str, scene: &Scene) -> Option<OfferRef> {
        let bare = thing.strip_prefix("the ").unwrap_or(thing);
        let bound = if self.it.iter().any(|i| i == thing) {
            it(scene, Pool::Shown)
        } else if let Some(at) = self.ordinal.iter().position(|o| {
            bare == o
                || bare
                    .strip_prefix(o.as_str())
                    .is_some_and(|rest| rest == " one")
        }) {
            let nth = scene.shown.get(at);
            nth.map_or(Bound::Nothing, |s| Bound::These(vec![s.offer.clone()]))
        } else {
            let own = ["my ", "our ", "that ", "this "];
            let name = own
                .iter()
                .find_map(|o| bare.strip_prefix(o))
                .unwrap_or(bare);
            named(name, scene, Pool::Shown)
        };
        match bound {
            Bound::These(offers) => offers.into_iter().next(),
            Bound::Torn(_) | Bound::Nothing => None,
        }
    }
}

/// Holds the searches of what the rest came to against the thing.
pub(crate) fn held(mut thought: Thought, style: &StyleWish) -> Thought {
    let give = |call: &mut ToolCall| {
        if let ToolCall::Search(need) = call {
            need.style = Some(style.clone());
        }
    };
    match &mut thought.proposal {
        Proposal::Plan(Draft { steps, .. }) => {
            for DraftStep { call, .. } in steps {
                give(call);
            }
        }
        Proposal::Calls(calls) => {
            for call in calls {
                give(call);
            }
        }
        Proposal::Ask(_) | Proposal::Say(_) => {}
    }
    thought
}

fn thought(proposal: Proposal) -> Thought {
    Thought {
        proposal,
        understood: None,
        tainted: false,
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.'))
}

/// The text before and after the first of these phrases that stands in it as whole words, the longest phrase first.
fn split<'t>(text: &'t str, phrases: &[String]) -> Option<(&'t str, &'t str)> {
    let mut by_length: Vec<&String> = phrases.iter().collect();
    by_length.sort_by_key(|p| std::cmp::Reverse(p.len()));
    by_length.into_iter().find_map(|phrase| {
        let at = crate::combine::place(text, phrase)?;
        let end = at.checked_add(phrase.len())?;
        Some((text.get(..at)?, text.get(end..)?))
    })
}
