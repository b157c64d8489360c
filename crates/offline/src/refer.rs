//! What "the second one", "it" and "the Marcala" stand for.

use errand_model::{Scene, Shown};
use errand_types::{OfferRef, Text};
use serde::Deserialize;

use crate::text::{stem, words_of};

/// How something is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// By rank in what was shown.
    Nth,
    /// The last one shown.
    Last,
    /// The first so many.
    FirstN,
    /// The last so many.
    LastN,
    Cheapest,
    Dearest,
    BestRated,
    Soonest,
    It,
    Both,
    All,
    Other,
    /// By words of its title.
    #[serde(skip)]
    Named,
}

/// A reference as said; tokens `from..to` hold the name of a named one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refer {
    pub(crate) way: Way,
    pub(crate) count: Option<i64>,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// What a reference stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bound {
    These(Vec<OfferRef>),
    /// Several fit: their titles.
    Torn(Vec<String>),
    /// Nothing on the table fits.
    Nothing,
}

/// Where to look for a named thing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pool {
    Shown,
    Cart,
}

pub(crate) fn bind(refer: &Refer, name: &str, scene: &Scene, pool: Pool) -> Bound {
    let shown = &scene.shown;
    let one = |found: Option<&Shown>| {
        found.map_or(Bound::Nothing, |s| Bound::These(vec![s.offer.clone()]))
    };
    let many = |found: Vec<OfferRef>| {
        if found.is_empty() {
            Bound::Nothing
        } else {
            Bound::These(found)
        }
    };
    let count = refer
        .count
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(1);
    let offers = || shown.iter().map(|s| s.offer.clone());
    match refer.way {
        Way::Nth if shown.is_empty() && pool == Pool::Cart => count
            .checked_sub(1)
            .and_then(|i| scene.cart.get(i))
            .map_or(Bound::Nothing, |c| Bound::These(vec![c.offer.clone()])),
        Way::Nth => one(count.checked_sub(1).and_then(|i| shown.get(i))),
        Way::Last => one(shown.last()),
        Way::FirstN | Way::LastN if count > shown.len() => Bound::Nothing,
        Way::FirstN => many(offers().take(count).collect()),
        Way::LastN => many(offers().skip(shown.len() - count).collect()),
        Way::Cheapest => one(by_price(shown, true)),
        Way::Dearest => one(by_price(shown, false)),
        Way::BestRated => one(shown
            .iter()
            .enumerate()
            .filter_map(|(i, s)| s.rating.map(|r| (s, r, i)))
            .max_by_key(|(_, r, i)| (r.hundredths, r.count, std::cmp::Reverse(*i)))
            .map(|(s, _, _)| s)),
        Way::Soonest => one(shown
            .iter()
            .enumerate()
            .filter_map(|(i, s)| s.delivery.map(|w| (s, w, i)))
            .min_by_key(|(_, w, i)| (w.end, *i))
            .map(|(s, _, _)| s)),
        Way::It => it(scene, pool),
        Way::Both if shown.len() == 2 => many(offers().collect()),
        Way::Both => titles(shown),
        Way::All => many(offers().collect()),
        Way::Other => other(scene),
        Way::Named => named(name, scene, pool),
    }
}

fn by_price(shown: &[Shown], lowest: bool) -> Option<&Shown> {
    let first = shown.first()?;
    // Prices of two currencies have no order.
    if shown
        .iter()
        .any(|s| s.price.currency() != first.price.currency())
    {
        return None;
    }
    let key = |(i, s): &(usize, &Shown)| (s.price.minor(), *i);
    let all = shown.iter().enumerate();
    if lowest {
        all.min_by_key(key).map(|(_, s)| s)
    } else {
        all.max_by_key(|(i, s)| (s.price.minor(), std::cmp::Reverse(*i)))
            .map(|(_, s)| s)
    }
}

fn titles(shown: &[Shown]) -> Bound {
    if shown.is_empty() {
        Bound::Nothing
    } else {
        Bound::Torn(
            shown
                .iter()
                .take(3)
                .map(|s| s.title.as_str().to_owned())
                .collect(),
        )
    }
}

/// The offer the talk is about; with none, the only one that it can be.
pub(crate) fn it(scene: &Scene, pool: Pool) -> Bound {
    let in_cart = |offer: &OfferRef| scene.cart.iter().any(|c| c.offer == *offer);
    if let Some(focus) = &scene.focus
        && (pool == Pool::Shown || in_cart(focus))
    {
        return Bound::These(vec![focus.clone()]);
    }
    if pool == Pool::Cart {
        return match scene.cart.as_slice() {
            [] => Bound::Nothing,
            [only] => Bound::These(vec![only.offer.clone()]),
            several => Bound::Torn(
                several
                    .iter()
                    .take(3)
                    .map(|c| c.title.as_str().to_owned())
                    .collect(),
            ),
        };
    }
    if let Some((offer, _, _)) = &scene.configuring {
        return Bound::These(vec![offer.clone()]);
    }
    match scene.shown.as_slice() {
        [only] => Bound::These(vec![only.offer.clone()]),
        [] => match scene.cart.as_slice() {
            [only] => Bound::These(vec![only.offer.clone()]),
            _ => Bound::Nothing,
        },
        several => titles(several),
    }
}

fn other(scene: &Scene) -> Bound {
    let rest: Vec<&Shown> = scene
        .shown
        .iter()
        .filter(|s| scene.focus.as_ref() != Some(&s.offer))
        .collect();
    match rest.as_slice() {
        [] => Bound::Nothing,
        [only] => Bound::These(vec![only.offer.clone()]),
        several => Bound::Torn(
            several
                .iter()
                .take(3)
                .map(|s| s.title.as_str().to_owned())
                .collect(),
        ),
    }
}

/// Things whose words hold every word of the name, in the pool and then in the other one.
pub(crate) fn named(name: &str, scene: &Scene, pool: Pool) -> Bound {
    let shown = || -> Vec<(&OfferRef, &str, bool)> {
        scene
            .shown
            .iter()
            .map(|s| {
                let brand = s.brand.iter().map(errand_types::Text::as_str);
                let words = s.words.iter().map(errand_types::Text::as_str);
                let texts: Vec<&str> = std::iter::once(s.title.as_str())
                    .chain(brand)
                    .chain(words)
                    .collect();
                (&s.offer, s.title.as_str(), carries(name, &texts))
            })
            .collect()
    };
    let cart = || -> Vec<(&OfferRef, &str, bool)> {
        scene
            .cart
            .iter()
            .map(|c| {
                (
                    &c.offer,
                    c.title.as_str(),
                    carries_any(name, c.title.as_str(), &c.words),
                )
            })
            .collect()
    };
    let pools = match pool {
        Pool::Shown => [shown(), cart()],
        Pool::Cart => [cart(), Vec::new()],
    };
    for list in pools {
        let hits: Vec<_> = list.into_iter().filter(|(_, _, fits)| *fits).collect();
        match hits.as_slice() {
            [] => {}
            [(offer, _, _)] => return Bound::These(vec![(*offer).clone()]),
            several => {
                // "The milk" is the milk, though butter stands on the same shelf.
                let mut titled = several
                    .iter()
                    .filter(|(_, title, _)| carries(name, &[title]));
                if pool == Pool::Cart
                    && let (Some((offer, _, _)), None) = (titled.next(), titled.next())
                {
                    return Bound::These(vec![(*offer).clone()]);
                }
                return Bound::Torn(
                    several
                        .iter()
                        .take(3)
                        .map(|(_, title, _)| (*title).to_owned())
                        .collect(),
                );
            }
        }
    }
    Bound::Nothing
}

/// The same for a title and words beside it.
pub(crate) fn carries_any(name: &str, title: &str, words: &[Text<80>]) -> bool {
    let texts: Vec<&str> = std::iter::once(title)
        .chain(words.iter().map(Text::as_str))
        .collect();
    carries(name, &texts)
}

/// Whether every word of a name stands in one of the texts, singular or plural.
pub(crate) fn carries(name: &str, texts: &[&str]) -> bool {
    let held: Vec<String> = texts.iter().flat_map(|t| words_of(t, 40)).collect();
    let name = words_of(name, 12);
    let mut any = false;
    for word in name.iter().filter(|w| {
        !matches!(
            w.as_str(),
            "the"
                | "my"
                | "a"
                | "an"
                | "one"
                | "ones"
                | "that"
                | "those"
                | "these"
                | "this"
                | "of"
                | "all"
                | "some"
                | "der"
                | "die"
                | "das"
                | "den"
                | "dem"
                | "mein"
                | "meine"
                | "meinen"
        )
    }) {
        any = true;
        if !held.iter().any(|h| stem(h) == stem(word)) {
            return false;
        }
    }
    any
}
