use std::collections::BTreeSet;

use errand_types::{Money, Need};

use super::hundredths;
use crate::ask::Ask;
use crate::degree::Degree;
use crate::phrases::{count, spoken, stars};
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
}

impl<'a> Told<'a> {
    pub(super) fn about(
        items: &'a [&'a Candidate],
        need: &Need,
        beside: Option<String>,
        shop: ShopName<'a>,
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
            format!("{short} from {}", (self.shop)(&one.offer.merchant))
        } else {
            short
        }
    }

    pub(super) fn text(&self) -> String {
        let Some(first) = self.items.first() else {
            return "There is nothing to compare.".to_owned();
        };
        let name = self.name(first);
        if self.items.len() == 1 {
            let fits = if self.all_fit {
                "fits everything you asked for"
            } else {
                "comes closest"
            };
            let beside = self
                .beside
                .as_ref()
                .map_or_else(String::new, |why| format!(" {}.", upper(why)));
            return format!("Only {name} {fits}, at {}.{beside}", first.variant.price);
        }
        let n = count(self.items.len());
        let opening = if self.all_fit {
            format!("These {n} fit everything you asked for.")
        } else {
            format!("Here are {n} side by side; not all of them fit everything you asked for.")
        };
        format!(
            "{opening} {}",
            self.advice(first, &name, &|m: Money| m.to_string())
        )
    }

    pub(super) fn spoken(&self) -> String {
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
            count(self.items.len()),
            self.advice(first, &name, &spoken)
        )
    }

    /// Which one to take and why, and the other that somebody might rather take.
    fn advice(&self, first: &Candidate, name: &str, say: &dyn Fn(Money) -> String) -> String {
        let price = say(first.variant.price);
        let cheaper = self.cheapest.filter(|c| c.offer != first.offer);
        let higher = self.highest.filter(|c| c.offer != first.offer);
        let both = cheaper
            .zip(higher)
            .filter(|(a, b)| a.offer == b.offer)
            .map(|(c, _)| {
                format!(
                    "{} is rated highest and costs least at {}",
                    self.name(c),
                    say(c.variant.price)
                )
            });
        let least = cheaper.map(|c| {
            let least = format!("{} costs least at {}", self.name(c), say(c.variant.price));
            match given_up(first, c, &self.degrees) {
                Some(less) => format!("{least} {less}"),
                None => least,
            }
        });
        let best = higher.map(|c| format!("{} is rated highest", self.name(c)));
        let degree = self.degrees.iter().find_map(|d| d.praise(first));
        let why = match (
            Self::is(self.highest, first),
            Self::is(self.cheapest, first),
        ) {
            (_, false) if degree.is_some() => {
                format!("at {price} it has {}", degree.unwrap_or_default())
            }
            (true, true) => format!("it is rated highest and costs least at {price}"),
            (true, false) => {
                let stars = first
                    .product
                    .rating
                    .map(|r| stars(r.hundredths))
                    .unwrap_or_default();
                format!("at {price} it is rated highest with {stars}")
            }
            (false, true) => format!("it costs least at {price}"),
            (false, false) => format!("at {price} it has the best balance"),
        };
        let rest: Vec<String> = match both {
            Some(both) => vec![both],
            None => best.into_iter().chain(least).collect(),
        };
        let rest = if rest.is_empty() {
            String::new()
        } else {
            format!("; {}", rest.join(", "))
        };
        let beside = self
            .beside
            .as_ref()
            .map_or_else(String::new, |why| format!(" {}.", upper(why)));
        format!("I would take {name}: {why}{rest}.{beside}")
    }
}

fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
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

/// What one gives up with the cheaper one: `but is rated 4.3`.
fn given_up(first: &Candidate, cheaper: &Candidate, degrees: &[Degree]) -> Option<String> {
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
            .map(|r| format!("is rated {}", stars(r.hundredths))),
        (Some(_), None) => Some("nobody rated it".to_owned()),
        (_, _) => None,
    };
    let degrees = degrees.iter().filter_map(|d| d.blame(cheaper, first));
    let less: Vec<String> = degrees
        .chain(rated)
        .chain(is_later.then(|| "comes later".to_owned()))
        .chain(confirmed.then(|| "nothing about it is confirmed".to_owned()))
        .take(2)
        .collect();
    (!less.is_empty()).then(|| format!("but {}", less.join(" and ")))
}
