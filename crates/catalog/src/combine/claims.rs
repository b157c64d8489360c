use std::collections::BTreeMap;

use errand_types::{Currency, ForeignId, Language, MerchantId, Money, OfferRef};
use jiff::Timestamp;
use proptest::prelude::*;

use super::{Combination, CombineError, Errand, Goal, Supply, Terms, combine, told};
use crate::samples::usd;

fn shop(at: usize) -> MerchantId {
    MerchantId::parse(&format!("shop-{at}")).unwrap()
}

fn supply(at: usize, id: &str, price: i64, carbon_g: Option<i64>) -> Supply {
    Supply {
        offer: OfferRef {
            merchant: shop(at),
            product: ForeignId::parse(id).unwrap(),
            variant: ForeignId::parse(id).unwrap(),
        },
        price: usd(price),
        carbon_g,
    }
}

fn terms(shipping: i64, free_from: Option<i64>, arrives: i64) -> Terms {
    Terms {
        shipping: Some(usd(shipping)),
        free_from: free_from.map(usd),
        arrives: Timestamp::from_second(arrives).ok(),
    }
}

/// Every choice there is, by the same key.
fn brute(errand: &Errand<'_>) -> Option<[i64; 5]> {
    let mut choices: Vec<Vec<&Supply>> = vec![Vec::new()];
    for line in errand.lines {
        choices = choices
            .into_iter()
            .flat_map(|c| {
                line.iter().map(move |s| {
                    let mut c = c.clone();
                    c.push(s);
                    c
                })
            })
            .collect();
    }
    choices
        .iter()
        .map(|picks| key(errand, picks))
        .filter(|(parcels, _)| errand.parcels_max.is_none_or(|max| *parcels <= max))
        .map(|(_, key)| key)
        .min()
}

fn key(errand: &Errand<'_>, picks: &[&Supply]) -> (usize, [i64; 5]) {
    let mut goods: BTreeMap<&MerchantId, i64> = BTreeMap::new();
    for s in picks {
        *goods.entry(&s.offer.merchant).or_default() += s.price.minor();
    }
    let everybody = errand.lines.iter().flatten().map(|s| &s.offer.merchant);
    let dearest = everybody
        .filter_map(|m| errand.terms.get(m)?.shipping)
        .map(Money::minor)
        .max()
        .unwrap_or(0);
    let (mut total, mut last) = (0, 0);
    for (merchant, worth) in &goods {
        let told = errand.terms.get(merchant);
        let shipping = told.and_then(|t| t.shipping);
        let free = shipping.is_some()
            && told
                .and_then(|t| t.free_from)
                .is_some_and(|f| *worth >= f.minor());
        total += worth
            + if free {
                0
            } else {
                shipping.map_or(dearest, Money::minor)
            };
        let arrives = told.and_then(|t| t.arrives);
        last = last.max(arrives.map_or(i64::MAX / 4, Timestamp::as_second));
    }
    let parcels = goods.len();
    let n = i64::try_from(parcels).unwrap();
    let silent = i64::try_from(picks.iter().filter(|s| s.carbon_g.is_none()).count()).unwrap();
    let carbon: i64 = picks.iter().filter_map(|s| s.carbon_g).sum();
    let key = match errand.goal {
        Goal::FewestParcels => [n, total, last, silent, carbon],
        Goal::LowestTotal => [total, n, last, silent, carbon],
        Goal::Earliest => [last, total, n, silent, carbon],
        Goal::LowestCarbon => [silent, carbon, total, n, last],
    };
    (parcels, key)
}

fn key_of(errand: &Errand<'_>, found: &Combination) -> [i64; 5] {
    let picks: Vec<&Supply> = errand
        .lines
        .iter()
        .zip(&found.picks)
        .map(|(line, offer)| line.iter().find(|s| s.offer == *offer).unwrap())
        .collect();
    key(errand, &picks).1
}

fn goals() -> impl Strategy<Value = Goal> {
    prop_oneof![
        Just(Goal::FewestParcels),
        Just(Goal::LowestTotal),
        Just(Goal::Earliest),
        Just(Goal::LowestCarbon),
    ]
}

type Problem = (Vec<Vec<Supply>>, BTreeMap<MerchantId, Terms>);

fn problems() -> impl Strategy<Value = Problem> {
    let line = prop::collection::vec(
        (0_usize..4, 1_i64..2_000, prop::option::of(0_i64..500)),
        1..5,
    );
    let told = (
        prop::option::of(0_i64..900),
        prop::option::of(500_i64..4_000),
        prop::option::of(0_i64..10),
    );
    (
        prop::collection::vec(line, 1..5),
        prop::collection::vec(prop::option::of(told), 4),
    )
        .prop_map(|(lines, shops)| {
            let lines = lines
                .into_iter()
                .enumerate()
                .map(|(l, offers)| {
                    let offers = offers.into_iter().enumerate();
                    offers
                        .map(|(o, (at, price, carbon))| {
                            supply(at, &format!("l{l}o{o}"), price, carbon)
                        })
                        .collect()
                })
                .collect();
            let told = shops.into_iter().enumerate().filter_map(|(at, t)| {
                let (shipping, free, arrives) = t?;
                let terms = Terms {
                    shipping: shipping.map(usd),
                    free_from: free.map(usd),
                    arrives: arrives.and_then(|s| Timestamp::from_second(s).ok()),
                };
                Some((shop(at), terms))
            });
            (lines, told.collect())
        })
}

proptest! {
    #[test]
    fn no_choice_is_better_than_the_one_that_is_given(
        (lines, terms) in problems(), goal in goals(), parcels_max in prop::option::of(1_usize..4),
    ) {
        let errand = Errand { lines: &lines, terms: &terms, goal, parcels_max };

        let found = combine(&errand);

        match (found, brute(&errand)) {
            (Ok(found), Some(best)) => {
                prop_assert!(found.is_proven);
                prop_assert_eq!(key_of(&errand, &found), best);
            }
            (Err(CombineError::TooFewShops(_)), None) => {}
            (found, best) => prop_assert!(false, "{found:?} {best:?}"),
        }
    }

    #[test]
    fn the_order_of_the_offers_moves_nothing(
        (lines, terms) in problems(), goal in goals(), turns in 0_usize..4,
    ) {
        let turned: Vec<Vec<Supply>> = lines
            .iter()
            .map(|line| {
                let mut line = line.clone();
                let by = turns % line.len();
                line.rotate_left(by);
                line.reverse();
                line
            })
            .collect();
        let of = |lines: &[Vec<Supply>]| {
            combine(&Errand { lines, terms: &terms, goal, parcels_max: None })
        };

        prop_assert_eq!(of(&lines), of(&turned));
    }
}

#[test]
fn a_dearer_thing_is_taken_where_it_makes_the_delivery_free() {
    let lines = [
        vec![supply(0, "desk", 4_000, None)],
        vec![
            supply(0, "cheap-lamp", 900, None),
            supply(0, "dear-lamp", 1_000, None),
        ],
    ];
    let told = BTreeMap::from([(shop(0), terms(599, Some(5_000), 0))]);

    let errand = Errand {
        lines: &lines,
        terms: &told,
        goal: Goal::LowestTotal,
        parcels_max: None,
    };
    let found = combine(&errand).unwrap();

    assert_eq!(found.picks[1].product.as_str(), "dear-lamp");
    assert_eq!(
        (found.total, found.parcels[0].shipping),
        (usd(5_000), Some(usd(0)))
    );
}

#[test]
fn silence_about_the_delivery_never_pays_and_is_said() {
    let lines = [vec![supply(0, "a", 1_000, None), supply(1, "b", 900, None)]];
    let told = BTreeMap::from([(shop(0), terms(100, None, 0))]);
    let errand = Errand {
        lines: &lines,
        terms: &told,
        goal: Goal::LowestTotal,
        parcels_max: None,
    };

    let found = combine(&errand).unwrap();

    assert_eq!((found.total, found.silent().count()), (usd(900), 1));
    let text = told_of(&errand, &found);
    assert_eq!(
        text,
        "One parcel, everything from Wells & Sons. $9.00 for the goods alone. Wells & Sons does not say before the \
         checkout what delivery costs; that comes on top."
    );
}

fn told_of(errand: &Errand<'_>, found: &Combination) -> String {
    let names = |m: &MerchantId| match m.as_str() {
        "shop-0" => "Pantry Lane".to_owned(),
        _ => "Wells & Sons".to_owned(),
    };
    told(
        errand,
        found,
        &["milk".into(), "bread".into(), "soap".into()],
        &names,
        Language::English,
    )
}

#[test]
fn the_choice_says_what_the_other_way_would_have_cost() {
    let lines = [
        vec![supply(0, "milk", 300, None), supply(1, "milk", 900, None)],
        vec![supply(0, "bread", 400, None), supply(1, "bread", 450, None)],
        vec![supply(0, "soap", 1_500, None), supply(1, "soap", 200, None)],
    ];
    let told = BTreeMap::from([
        (shop(0), terms(200, None, 0)),
        (shop(1), terms(100, None, 0)),
    ]);
    let of = |goal| {
        let errand = Errand {
            lines: &lines,
            terms: &told,
            goal,
            parcels_max: None,
        };
        told_of(&errand, &combine(&errand).unwrap())
    };

    assert_eq!(
        of(Goal::LowestTotal),
        "Two parcels: milk and bread from Pantry Lane; soap from Wells & Sons. $12.00 with delivery; $4.50 less than \
         all from Wells & Sons."
    );
    assert_eq!(
        of(Goal::FewestParcels),
        "One parcel, everything from Wells & Sons. $16.50 with delivery; $4.50 more than in two parcels."
    );
}

#[test]
fn what_cannot_be_combined_is_said() {
    let none = BTreeMap::new();
    let of = |lines: &[Vec<Supply>], parcels_max| {
        combine(&Errand {
            lines,
            terms: &none,
            goal: Goal::LowestTotal,
            parcels_max,
        })
    };
    let euro = Supply {
        price: Money::new(1, Currency::EUR),
        ..supply(0, "e", 1, None)
    };

    assert_eq!(of(&[], None), Err(CombineError::Nothing));
    assert_eq!(of(&[vec![], vec![]], None), Err(CombineError::NobodyHas(0)));
    assert_eq!(
        of(&[vec![supply(0, "a", 1, None)], vec![euro]], None),
        Err(CombineError::Currencies)
    );
    assert_eq!(
        of(
            &[vec![supply(0, "a", 1, None)], vec![supply(1, "b", 1, None)]],
            Some(1)
        ),
        Err(CombineError::TooFewShops(1))
    );
    let many = vec![vec![supply(0, "a", 1, None)]; 41];
    assert_eq!(of(&many, None), Err(CombineError::TooMany(41)));
}

#[test]
fn a_large_errand_is_answered_within_its_bounds() {
    let lines: Vec<Vec<Supply>> = (0..40)
        .map(|l| {
            (0..6)
                .flat_map(|at| (0..4).map(move |o| (at, o)))
                .map(|(at, o)| {
                    let price = i64::try_from((l * 37 + at * 101 + o * 53) % 700 + 100).unwrap();
                    supply(at, &format!("l{l}a{at}o{o}"), price, None)
                })
                .collect()
        })
        .collect();
    let told = (0..6)
        .map(|at| (shop(at), terms(499, Some(6_000), 0)))
        .collect();
    let errand = Errand {
        lines: &lines,
        terms: &told,
        goal: Goal::LowestTotal,
        parcels_max: None,
    };

    let found = combine(&errand).unwrap();

    assert_eq!(found.picks.len(), 40);
}
