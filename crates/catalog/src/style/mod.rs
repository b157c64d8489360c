//! What is like a thing, and what goes with it: by stated attributes, a palette and a few rules, each with its reason.

#[cfg(test)]
mod claims;
mod palette;

use std::collections::BTreeSet;

use errand_types::{Language, Product, Source, Text, Variant};

use crate::page::Page;
use crate::said::compared as said;
use crate::words::{heading, holds, words};
use crate::{Candidate, Ranked};
use palette::{Depth, Family, are_together, beside, colour, is_kind};

/// What the person holds a search against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor<'a> {
    /// Something like this.
    Like(&'a Product, &'a Variant),
    /// Something that goes with this.
    With(&'a Product, &'a Variant),
    /// Something that goes with a thing that was only described: `the blue jacket`.
    WithSaid(&'a str),
}

/// Attributes that make two things alike, with what one that is the same is worth.
const LIKE: [(&str, i64); 9] = [
    ("material", 30),
    ("pattern", 25),
    ("style", 25),
    ("fit", 20),
    ("occasion", 15),
    ("origin", 10),
    ("width", 15),
    ("size", 10),
    ("unit", 10),
];
/// What somebody who has one wears or places beside it should share.
const WITH: [(&str, i64); 3] = [("style", 30), ("occasion", 25), ("season", 20)];

/// How well something stands to an anchor, 0 to 200, with the reasons, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Points.
    pub points: i64,
    /// In words: `also navy`, `also wool`.
    pub reasons: Vec<String>,
}

/// Orders what was ranked by how well it stands to an anchor; among equals the ranking stays. The anchor itself is left out,
/// and its reasons go before the others.
pub fn by_style(ranked: Vec<Ranked>, anchor: &Anchor<'_>, language: Language) -> Vec<Ranked> {
    let own = match anchor {
        Anchor::Like(product, _) | Anchor::With(product, _) => {
            Some((&product.merchant, &product.id))
        }
        Anchor::WithSaid(_) => None,
    };
    let mut fitted: Vec<(Fit, Ranked)> = ranked
        .into_iter()
        .filter(|r| Some((&r.candidate.offer.merchant, &r.candidate.offer.product)) != own)
        .map(|r| (fit(anchor, &r.candidate, language), r))
        .collect();
    fitted.sort_by_key(|(fit, _)| std::cmp::Reverse(fit.points));
    fitted
        .into_iter()
        .map(|(fit, mut r)| {
            let rest = std::mem::take(&mut r.reasons);
            r.reasons = fit.reasons.into_iter().chain(rest).collect();
            r
        })
        .collect()
}

/// How well a candidate stands to the anchor.
pub fn fit(anchor: &Anchor<'_>, candidate: &Candidate, language: Language) -> Fit {
    let theirs = Traits::of(&candidate.product, &candidate.variant);
    match anchor {
        Anchor::Like(product, variant) => like(&Traits::of(product, variant), &theirs, language),
        Anchor::With(product, variant) => with(&Traits::of(product, variant), &theirs, language),
        Anchor::WithSaid(text) => with(&Traits::said(text), &theirs, language),
    }
}

/// The words to search with for something like this: the kind of thing it is, as its shop names it.
pub fn kind_of(product: &Product) -> Text<200> {
    let mut shelves = product.categories.iter().map(Text::as_str);
    let known: Vec<String> = shelves.clone().flat_map(words).collect();
    // `Harbour Jacket` names what it is; of `Marcala Medium` only the shelf knows that it is coffee.
    let named = Page::of(product).head();
    let kind = named.filter(|head| known.contains(head) || is_kind(head));
    Text::clip(kind.as_deref().or(shelves.next_back()).unwrap_or_default())
}

#[derive(Debug)]
struct Traits {
    kind: Vec<String>,
    colours: Vec<(String, Family, Depth)>,
    stated: Vec<(String, BTreeSet<String>)>,
    price: Option<errand_types::Money>,
}

impl Traits {
    fn of(product: &Product, variant: &Variant) -> Self {
        let attributes = product
            .attributes
            .iter()
            .filter(|a| a.source != Source::Prose)
            .map(|a| (a.name.as_str(), a.value.as_str()));
        let options = variant
            .options
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()));
        let own_colour = options.clone().any(|(n, _)| is_colour(n));
        let mut stated: Vec<(String, BTreeSet<String>)> = Vec::new();
        let mut colour_words: Vec<String> = Vec::new();
        let mut add = |name: &str, value: &str| {
            let name = words(name).join(" ");
            match stated.iter_mut().find(|(n, _)| *n == name) {
                Some((_, values)) => values.extend(words(value)),
                None => stated.push((name, words(value).into_iter().collect())),
            }
        };
        for (name, value) in options {
            if is_colour(name) {
                colour_words.extend(words(value));
            } else {
                add(name, value);
            }
        }
        for (name, value) in attributes {
            if !is_colour(name) {
                add(name, value);
            } else if !own_colour {
                colour_words.extend(words(value));
            }
        }
        if colour_words.is_empty() {
            colour_words = words(heading(product.title.as_str()));
        }
        let colours = colour_words
            .into_iter()
            .filter_map(|w| colour(&w).map(|(family, depth)| (w, family, depth)))
            .collect();
        let page = Page::of(product);
        let shelves = product.categories.iter().flat_map(|c| words(c.as_str()));
        Self {
            kind: page.head().into_iter().chain(shelves).collect(),
            colours,
            stated,
            price: Some(variant.price),
        }
    }

    /// What a few words say: its kind is their last one.
    fn said(text: &str) -> Self {
        let all = words(text);
        Self {
            colours: all
                .iter()
                .filter_map(|w| colour(w).map(|(family, depth)| (w.clone(), family, depth)))
                .collect(),
            kind: all.into_iter().rev().take(1).collect(),
            stated: Vec::new(),
            price: None,
        }
    }

    fn says(&self, name: &str) -> Option<&BTreeSet<String>> {
        self.stated.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// What both state alike, in words.
    fn shared(&self, other: &Self, name: &str) -> Option<String> {
        let both: Vec<String> = self
            .says(name)?
            .intersection(other.says(name)?)
            .cloned()
            .collect();
        (!both.is_empty()).then(|| both.join(" "))
    }
}

fn is_colour(name: &str) -> bool {
    holds(&words(name), &["color".to_owned()])
}

fn like(own: &Traits, theirs: &Traits, language: Language) -> Fit {
    let mut points = 0_i64;
    let mut reasons = Vec::new();
    let kind = own.kind.first().filter(|k| theirs.kind.contains(k));
    if kind.is_some() {
        points = points.saturating_add(60);
    }
    let same = own
        .colours
        .iter()
        .find(|(word, _, _)| theirs.colours.iter().any(|(w, _, _)| w == word));
    let near = || {
        theirs.colours.iter().find(|(_, family, depth)| {
            own.colours
                .iter()
                .any(|(_, f, d)| f == family && d == depth)
        })
    };
    if let Some((word, _, _)) = same {
        points = points.saturating_add(40);
        reasons.push(said::also(language, word));
    } else if let Some((word, _, _)) = near() {
        points = points.saturating_add(20);
        reasons.push(said::close_in_colour(language, word));
    }
    for (name, worth) in LIKE {
        if let Some(value) = own.shared(theirs, name) {
            points = points.saturating_add(worth);
            reasons.push(said::same(language, name, value));
        }
    }
    let less = own.price.zip(theirs.price);
    if let Some(less) = less.and_then(|(own, theirs)| own.minus(theirs).ok())
        && less.minor() > 0
    {
        reasons.push(said::less(language, less));
    }
    reasons.truncate(4);
    Fit {
        points: points.min(200),
        reasons,
    }
}

fn with(own: &Traits, theirs: &Traits, language: Language) -> Fit {
    let mut points = 0_i64;
    let mut reasons = Vec::new();
    // Of several colours each pair counts, and the weakest decides: one clash is a clash.
    let pairs = own
        .colours
        .iter()
        .flat_map(|a| theirs.colours.iter().map(move |b| (a, b)));
    let judged = pairs.map(|(a, b)| (beside((a.1, a.2), (b.1, b.2)), &a.0, &b.0));
    if let Some(((worth, rule), a, b)) = judged.min_by_key(|((worth, _), _, _)| *worth) {
        points = points.saturating_add(worth);
        if worth >= 60 {
            reasons.push(said::goes_with(language, b, a, rule.told(language)));
        }
    }
    match are_together(&own.kind, &theirs.kind) {
        Some(true) => points = points.saturating_add(40),
        Some(false) => points = points.saturating_sub(40),
        None => {}
    }
    for (name, worth) in WITH {
        if let Some(value) = own.shared(theirs, name) {
            points = points.saturating_add(worth);
            reasons.push(said::same(language, name, value));
        }
    }
    Fit {
        points: points.clamp(0, 200),
        reasons,
    }
}
