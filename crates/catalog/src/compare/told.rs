use std::collections::BTreeSet;

use errand_sentences::upper;
use errand_types::{Language, Money, Need};

use super::hundredths;
use crate::ask::Ask;
use crate::degree::Degree;
use crate::phrases::{count, spoken, stars};
use crate::said::compared as said;
use crate::{Candidate, ShopName};

/// What is said about the products.
pub(super) struct Told<'a> {
    items: &'a [&'a Candidate],
    shop: ShopName<'a>,
    all_fit: bool,
    cheapest: Option<&'a Candidate>,
    highest: Option<&'a Candidate>,
    degrees: Vec<Degree>,
    /// Why the first goes with what it was held against.
    beside: Option<String>,
    language: Language,
}

impl<'a> Told<'a> {
    pub(super) fn about(
        items: &'a [&'a Candidate],
        need: &Need,
        beside: Option<String>,
        shop: ShopName<'a>,
        language: Language,
    ) -> Self {
        let ask = Ask::read(need);
        let fits = |c: &Candidate| {
            let in_time = need
                .delivery
                .as_ref()
                .is_none_or(|wish| c.delivery.is_some_and(|w| wish.is_met_by(&w)));
            let in_price = need
                .price_max
                .is_none_or(|max| c.variant.price.exceeds(max) == Ok(false));
            in_time && in_price && (need.labels.is_empty() || !c.confirmed.is_empty())
        };
        let currencies: BTreeSet<&str> = items
            .iter()
            .map(|c| c.variant.price.currency().code())
            .collect();
        let cheapest = items
            .iter()
            .copied()
            .min_by_key(|c| c.variant.price.minor());
        let highest = items.iter().copied().rev().max_by_key(|c| hundredths(c));
        let alone = |one: &Candidate, same: &dyn Fn(&Candidate) -> bool| {
            items
                .iter()
                .filter(|c| c.offer != one.offer && same(c))
                .count()
                == 0
        };
        Self {
            items,
            shop,
            degrees: Degree::over(ask.must.iter().map(|(_, phrase)| phrase), items),
            beside,
            language,
            all_fit: items.iter().all(|c| fits(c)),
            cheapest: cheapest.filter(|one| {
                currencies.len() == 1 && alone(one, &|c| c.variant.price == one.variant.price)
            }),
            highest: highest.filter(|one| {
                hundredths(one).is_some() && alone(one, &|c| hundredths(c) == hundredths(one))
            }),
        }
    }

    fn is(which: Option<&Candidate>, one: &Candidate) -> bool {
        which.is_some_and(|w| w.offer == one.offer)
    }

    fn name(&self, one: &Candidate) -> String {
        let short = short(one.product.title.as_str());
        let shares = self
            .items
            .iter()
            .any(|c| c.offer != one.offer && self::short(c.product.title.as_str()) == short);
        // Two of one shop are told apart by their whole names.
        let same_shop = self.items.iter().any(|c| {
            c.offer != one.offer
                && c.offer.merchant == one.offer.merchant
                && self::short(c.product.title.as_str()) == short
        });
        let title = one.product.title.as_str().trim();
        if same_shop && title.chars().count() <= 60 {
            title.to_owned()
        } else if shares {
            said::name_from(self.language, short, (self.shop)(&one.offer.merchant))
        } else {
            short
        }
    }

    pub(super) fn text(&self) -> String {
        let language = self.language;
        let Some(first) = self.items.first() else {
            return said::nothing_to_compare(language);
        };
        let name = self.name(first);
        if self.items.len() == 1 {
            let price = first.variant.price;
            let only = if self.all_fit {
                said::only_fits(language, name, price)
            } else {
                said::only_closest(language, name, price)
            };
            return self.with_beside(only);
        }
        let n = count(language, self.items.len());
        let opening = if self.all_fit {
            said::these_fit(language, n)
        } else {
            said::side_by_side(language, n)
        };
        let amount = |m: Money| errand_sentences::money(language, m);
        format!("{opening} {}", self.advice(first, &name, &amount))
    }

    /// The same to be read aloud. What is said aloud is English so far; any other language reads out what it shows.
    pub(super) fn spoken(&self) -> String {
        if self.language != Language::English {
            return self.text();
        }
        let Some(first) = self.items.first() else {
            return "There is nothing to compare.".to_owned();
        };
        let name = self.name(first);
        let from = (self.shop)(&first.offer.merchant);
        let price = spoken(first.variant.price);
        if self.items.len() == 1 {
            return format!("I found one: {name} from {from} at {price}.");
        }
        let fit = if self.all_fit { " that fit" } else { "" };
        format!(
            "I found {}{fit}. {}",
            count(self.language, self.items.len()),
            self.advice(first, &name, &spoken)
        )
    }

    /// Which one to take and why, and the other that somebody might rather take.
    fn advice(&self, first: &Candidate, name: &str, say: &dyn Fn(Money) -> String) -> String {
        let language = self.language;
        let price = say(first.variant.price);
        let cheaper = self.cheapest.filter(|c| c.offer != first.offer);
        let higher = self.highest.filter(|c| c.offer != first.offer);
        let both = cheaper
            .zip(higher)
            .filter(|(a, b)| a.offer == b.offer)
            .map(|(c, _)| {
                said::and_highest_and_least(language, self.name(c), say(c.variant.price))
            });
        let least = cheaper.map(|c| {
            let (name, price) = (self.name(c), say(c.variant.price));
            match given_up(first, c, &self.degrees, language) {
                Some(less) => said::and_least_but(language, name, price, less),
                None => said::and_least(language, name, price),
            }
        });
        let best = higher.map(|c| said::and_highest(language, self.name(c)));
        let degree = self.degrees.iter().find_map(|d| d.praise(first, language));
        let why = match (
            Self::is(self.highest, first),
            Self::is(self.cheapest, first),
        ) {
            (_, false) if degree.is_some() => {
                said::take_degree(language, price, degree.unwrap_or_default())
            }
            (true, true) => said::take_both(language, price),
            (true, false) => {
                let rating = first.product.rating;
                let stars = rating.map(|r| stars(language, r.hundredths));
                said::take_highest(language, price, stars.unwrap_or_default())
            }
            (false, true) => said::take_least(language, price),
            (false, false) => said::take_balance(language, price),
        };
        let rest: Vec<String> = match both {
            Some(both) => vec![both],
            None => best.into_iter().chain(least).collect(),
        };
        let why = if rest.is_empty() {
            why
        } else {
            format!("{why}; {}", rest.join(", "))
        };
        self.with_beside(said::i_would_take(language, name, why))
    }

    /// And why it goes with what it was held against.
    fn with_beside(&self, text: String) -> String {
        match &self.beside {
            Some(why) => format!("{text} {}.", upper(why)),
            None => text,
        }
    }
}

/// A title short enough for a sentence: its first part, at most 48 characters, cut between words.
fn short(title: &str) -> String {
    let first = title.split([',', '(', '|']).next().unwrap_or(title).trim();
    let first = if first.is_empty() {
        title.trim()
    } else {
        first
    };
    if first.chars().count() <= 48 {
        return first.to_owned();
    }
    let cut: String = first.chars().take(47).collect();
    let cut = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(front, _)| front);
    format!("{cut}…")
}

/// What one gives up with the cheaper one: `is rated 4.3`.
fn given_up(
    first: &Candidate,
    cheaper: &Candidate,
    degrees: &[Degree],
    language: Language,
) -> Option<String> {
    let (ours, theirs) = (hundredths(first), hundredths(cheaper));
    let is_later = first
        .delivery
        .zip(cheaper.delivery)
        .is_some_and(|(a, b)| b.start > a.end);
    let confirmed = !first.confirmed.is_empty() && cheaper.confirmed.is_empty();
    let rated = match (ours, theirs) {
        (Some(a), Some(b)) if b < a => cheaper
            .product
            .rating
            .map(|r| said::is_rated(language, stars(language, r.hundredths))),
        (Some(_), None) => Some(said::nobody_rated(language)),
        (_, _) => None,
    };
    let degrees = degrees
        .iter()
        .filter_map(|d| d.blame(cheaper, first, language));
    let less: Vec<String> = degrees
        .chain(rated)
        .chain(is_later.then(|| said::comes_later(language)))
        .chain(confirmed.then(|| said::nothing_confirmed(language)))
        .take(2)
        .collect();
    (!less.is_empty()).then(|| errand_sentences::list(language, &less))
}
