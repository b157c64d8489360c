//! "Something like this one but cheaper", "a shirt that goes with the blue jacket": a search held against a thing.

use errand_model::{Draft, DraftStep, Proposal, Question, Scene, Shown, Thought};
use errand_types::{
    CompareArgs, Language, Money, Need, OfferRef, Sort, StyleHow, StyleWish, Text, ToolCall,
};
use serde::Deserialize;

use crate::german::GoodsNamed;
use crate::lang::read;
use crate::lexicon::OfflineError;
use crate::refer::{Bound, Pool, it, named};

/// Bytes of a turn that are searched for such a phrase; longer turns are pasted text.
const SEARCHED_MAX: usize = 300;

/// The phrases of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Styling {
    like: Vec<String>,
    with: Vec<String>,
    /// Before the thing, where one of `until` stands behind it.
    with_until: Vec<String>,
    until: Vec<String>,
    but: Vec<String>,
    cheaper: Vec<String>,
    it: Vec<String>,
    ordinal: Vec<String>,
    ordinal_ends: Vec<String>,
    one: Vec<String>,
    own: Vec<String>,
    by: Vec<String>,
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
    pub(crate) fn of(language: Language) -> Result<Self, OfflineError> {
        match language {
            Language::English => read("en/style.toml", include_str!("../lang/en/style.toml")),
            Language::German => read("de/style.toml", include_str!("../lang/de/style.toml")),
        }
    }

    /// `None` when the sentence holds nothing against a thing, or when it cannot be told which thing.
    /// `goods`: names of goods in the words of shops, where the language has others.
    pub(crate) fn read(&self, text: &str, scene: &Scene, goods: &GoodsNamed) -> Option<Styled> {
        if text.len() > SEARCHED_MAX {
            return None;
        }
        let plain = text.trim().trim_end_matches(['.', '!', '?']).to_lowercase();
        self.like(&plain, scene, goods)
            .or_else(|| self.with(&plain, scene, goods))
    }

    fn like(&self, text: &str, scene: &Scene, goods: &GoodsNamed) -> Option<Styled> {
        let (_, after) = split(text, &self.like)?;
        let (thing, change) = self.change(after);
        let offer = self.bind(thing, scene, goods)?;
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
            self.differ(&goods.words(change), change, shown, &mut need);
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

    /// `word`: the change in the words of shops.
    fn differ(&self, word: &str, change: &str, shown: Option<&Shown>, need: &mut Need) {
        if self.cheaper.iter().any(|c| change.contains(c.as_str())) {
            need.sort = Some(Sort::Cheapest);
            let below = shown.map(|s| s.price).filter(|p| p.minor() > 1);
            need.price_max = below.map(|p| Money::new(p.minor().saturating_sub(1), p.currency()));
            return;
        }
        let mut word = word;
        for by in &self.by {
            word = word.trim_start_matches(by.as_str());
        }
        let word = word.trim();
        if !word.is_empty() && word.split(' ').count() <= 3 {
            need.must.push(Text::clip(word));
        }
    }

    fn with(&self, text: &str, scene: &Scene, goods: &GoodsNamed) -> Option<Styled> {
        let (before, after) = self.goes_with(text)?;
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
                offer: self.bind(thing, scene, goods),
                said: Text::clip(thing),
            },
        })
    }

    /// What stands before, and the thing that it should go with.
    fn goes_with<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str)> {
        split(text, &self.with).or_else(|| {
            let until = self
                .until
                .iter()
                .find_map(|end| text.strip_suffix(end.as_str()))?;
            split(until, &self.with_until)
        })
    }

    /// Which product of the talk is meant.
    fn bind(&self, thing: &str, scene: &Scene, goods: &GoodsNamed) -> Option<OfferRef> {
        let mut own = self.own.iter();
        let bare = own
            .find_map(|own| thing.strip_prefix(own.as_str()))
            .unwrap_or(thing);
        let bound = if self.it.iter().any(|i| i == thing) {
            it(scene, Pool::Shown)
        } else if let Some(at) = self.ordinal.iter().position(|o| {
            let ends = |rest: &str| {
                let rest = rest.trim_start();
                self.one.iter().any(|one| one == rest)
                    || self.ordinal_ends.iter().any(|e| e == rest)
            };
            bare.strip_prefix(o.as_str()).is_some_and(ends)
        }) {
            let nth = scene.shown.get(at);
            nth.map_or(Bound::Nothing, |s| Bound::These(vec![s.offer.clone()]))
        } else {
            named(&goods.words(bare), scene, Pool::Shown)
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
