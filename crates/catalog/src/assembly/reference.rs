//! A slow and obvious solver to hold the real one against: it tries every whole and every set of wishes.

use std::fmt::Write as _;

use errand_types::{Currency, Money};
use proptest::prelude::*;

use super::{Listing, Op, Raw, Stock, Want, Wish};

/// A part: everything it states, or not.
#[derive(Debug, Clone)]
pub(super) struct PartSpec {
    pub(super) price: Option<i64>,
    pub(super) word: Option<u8>,
    pub(super) list: Vec<u8>,
    pub(super) n: Option<i64>,
    pub(super) m: Option<i64>,
    pub(super) yes: Option<bool>,
    pub(super) brand: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Empty {
    Never,
    Always,
    /// When the part of the next slot says yes.
    When,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Tie {
    /// Both state the same word.
    Equal,
    /// The word of the first is in the list of the second.
    OneOf,
    /// The number of the first is at most the other number of the second.
    AtMost,
}

#[derive(Debug, Clone)]
pub(super) enum WishSpec {
    AtLeast(usize, i64),
    AtMost(usize, i64),
    Is(usize, u8),
    Not(usize, u8),
    NotBrand(u8),
    With(usize, bool),
    Budget(i64),
}

#[derive(Debug, Clone)]
pub(super) struct Spec {
    pub(super) slots: Vec<(Empty, Vec<PartSpec>)>,
    pub(super) ties: Vec<(usize, usize, Tie)>,
    /// Slots whose `n` comes together, the slot whose `m` bears it, and what is added.
    pub(super) sum: Option<(Vec<usize>, usize, i64)>,
    pub(super) wishes: Vec<WishSpec>,
}

/// A place in each slot, `None` for an empty one.
pub(super) type Whole = Vec<Option<usize>>;

impl Spec {
    /// The same as the text of a domain.
    pub(super) fn toml(&self) -> String {
        let mut text = String::from("id = \"x\"\nword = \"thing\"\n");
        let count = self.slots.len();
        for (at, (empty, _)) in self.slots.iter().enumerate() {
            let next = (at + 1) % count;
            let empty = match empty {
                Empty::Never => "never".to_owned(),
                Empty::Always => "always".to_owned(),
                Empty::When => format!("s{next}.yes"),
            };
            let _ = write!(
                text,
                "[[slot]]\nid = \"s{at}\"\nword = \"slot {at}\"\nleave_out = \"{empty}\"\n"
            );
            for (id, kind) in [
                ("word", "word"),
                ("list", "words"),
                ("n", "number"),
                ("m", "number"),
                ("yes", "yes_no"),
            ] {
                let _ = write!(
                    text,
                    "[[slot.attribute]]\nid = \"{id}\"\nword = \"{id}\"\nkind = \"{kind}\"\nfrom = [\"{id}\"]\n"
                );
            }
        }
        for (at, (a, b, tie)) in self.ties.iter().enumerate() {
            let test = match tie {
                Tie::Equal => format!("left = \"s{a}.word\"\nequal = \"s{b}.word\""),
                Tie::OneOf => format!("left = \"s{a}.word\"\none_of = \"s{b}.list\""),
                Tie::AtMost => format!("left = \"s{a}.n\"\nat_most = \"s{b}.m\""),
            };
            let _ = write!(
                text,
                "[[relation]]\nid = \"r{at}\"\nword = \"tie\"\nbetween = [\"s{a}\", \"s{b}\"]\n[[relation.test]]\n{test}\nyes = \"\"\nno = \"they do not go together\"\n"
            );
        }
        if let Some((terms, bearer, plus)) = &self.sum {
            let terms: Vec<String> = terms.iter().map(|s| format!("\"s{s}.n\"")).collect();
            let _ = write!(
                text,
                "[[sum]]\nid = \"sum\"\nword = \"sum\"\nof = [{}]\nplus = \"{plus}\"\nat_most = \"s{bearer}.m\"\nno = \"too much\"\n",
                terms.join(", ")
            );
        }
        text.push_str(
            "[[goal]]\nid = \"most\"\nword = \"most\"\n[[goal.part]]\nof = \"s0.n\"\nweight = 3\n",
        );
        if count > 1 {
            text.push_str("[[goal.part]]\nof = \"s1.n\"\nweight = 1\nup_to = \"4\"\n");
        }
        text
    }

    pub(super) fn fill(&self, stock: &mut Stock<'_>) {
        for (slot, (_, parts)) in self.slots.iter().enumerate() {
            for (at, part) in parts.iter().enumerate() {
                let brand = part.brand.map(|b| format!("brand{b}"));
                let listing = Listing {
                    id: &format!("p{at}"),
                    title: "a part",
                    brand: brand.as_deref(),
                    price: part.price.map(|p| Money::new(p, Currency::USD)),
                };
                let state = |name: &str| match name {
                    "word" => part.word.map(|w| Raw::Text(format!("w{w}"))),
                    "list" => {
                        let list = part.list.iter().map(|w| format!("w{w}"));
                        (!part.list.is_empty()).then(|| Raw::List(list.collect()))
                    }
                    "n" => part.n.map(|n| Raw::Number(n.to_string())),
                    "m" => part.m.map(|m| Raw::Number(m.to_string())),
                    _ => part.yes.map(Raw::Bool),
                };
                stock.add(&format!("s{slot}"), listing, &state).unwrap();
            }
        }
    }

    pub(super) fn wishes(&self, stock: &Stock<'_>) -> Vec<Wish> {
        let read = |of: String, is: Op, value: String| {
            Wish::read(stock.domain(), &Want { of, is, value }).unwrap()
        };
        let wishes = self.wishes.iter().map(|wish| match wish {
            WishSpec::AtLeast(s, n) => read(format!("s{s}.n"), Op::AtLeast, n.to_string()),
            WishSpec::AtMost(s, n) => read(format!("s{s}.n"), Op::AtMost, n.to_string()),
            WishSpec::Is(s, w) => read(format!("s{s}.word"), Op::Is, format!("w{w}")),
            WishSpec::Not(s, w) => read(format!("s{s}.word"), Op::Not, format!("w{w}")),
            WishSpec::NotBrand(b) => read(String::new(), Op::NotBrand, format!("brand{b}")),
            WishSpec::With(s, with) => {
                let with = if *with { "yes" } else { "no" };
                read(format!("s{s}"), Op::With, with.to_owned())
            }
            WishSpec::Budget(minor) => Wish::budget(Money::new(*minor, Currency::USD)),
        });
        wishes.collect()
    }

    /// Every whole that the rules allow.
    pub(super) fn wholes(&self) -> Vec<Whole> {
        let mut wholes: Vec<Whole> = vec![Vec::new()];
        for (empty, parts) in &self.slots {
            let mut next = Vec::new();
            for whole in &wholes {
                for (at, part) in parts.iter().enumerate() {
                    if part.price.is_some() {
                        next.push([whole.clone(), vec![Some(at)]].concat());
                    }
                }
                if *empty != Empty::Never {
                    next.push([whole.clone(), vec![None]].concat());
                }
            }
            wholes = next;
        }
        wholes.retain(|whole| self.stands(whole));
        wholes
    }

    fn part(&self, whole: &Whole, slot: usize) -> Option<&PartSpec> {
        Some(&self.slots[slot].1[whole[slot]?])
    }

    fn stands(&self, whole: &Whole) -> bool {
        let count = self.slots.len();
        for (at, (empty, _)) in self.slots.iter().enumerate() {
            let beside = self.part(whole, (at + 1) % count).and_then(|p| p.yes);
            if whole[at].is_none() && *empty == Empty::When && beside != Some(true) {
                return false;
            }
        }
        let tied = self.ties.iter().all(|(a, b, tie)| {
            let (Some(a), Some(b)) = (self.part(whole, *a), self.part(whole, *b)) else {
                return true;
            };
            match tie {
                Tie::Equal => a.word.is_some() && a.word == b.word,
                Tie::OneOf => a.word.is_some_and(|w| b.list.contains(&w)),
                Tie::AtMost => matches!((a.n, b.m), (Some(n), Some(m)) if n <= m),
            }
        });
        let borne = self.sum.as_ref().is_none_or(|(terms, bearer, plus)| {
            let Some(bearer) = self.part(whole, *bearer) else {
                return true;
            };
            let parts = terms.iter().filter_map(|s| self.part(whole, *s));
            let all: Option<i64> = parts.map(|p| p.n).sum();
            matches!((all, bearer.m), (Some(all), Some(m)) if all + plus <= m)
        });
        tied && borne
    }

    pub(super) fn price(&self, whole: &Whole) -> i64 {
        let parts = (0..self.slots.len()).filter_map(|s| self.part(whole, s));
        parts.map(|p| p.price.unwrap()).sum()
    }

    /// Points of the goal; `None`: it cannot be told.
    pub(super) fn points(&self, whole: &Whole) -> Option<i64> {
        let of = |slot: usize, up_to: i64| match whole.get(slot)? {
            None => Some(0),
            Some(_) => Some(self.part(whole, slot)?.n?.min(up_to)),
        };
        let second = if self.slots.len() > 1 { of(1, 4)? } else { 0 };
        Some(of(0, i64::MAX)? * 3 + second)
    }

    pub(super) fn meets(&self, whole: &Whole, wish: &WishSpec) -> bool {
        let part = |slot: &usize| self.part(whole, *slot);
        match wish {
            WishSpec::AtLeast(s, n) => part(s).and_then(|p| p.n).is_some_and(|v| v >= *n),
            WishSpec::AtMost(s, n) => part(s).and_then(|p| p.n).is_some_and(|v| v <= *n),
            WishSpec::Is(s, w) => part(s).and_then(|p| p.word) == Some(*w),
            WishSpec::Not(s, w) => part(s).is_none_or(|p| p.word.is_some_and(|v| v != *w)),
            WishSpec::NotBrand(b) => {
                let parts = (0..self.slots.len()).filter_map(|s| self.part(whole, s));
                parts.into_iter().all(|p| p.brand != Some(*b))
            }
            WishSpec::With(s, with) => part(s).is_some() == *with,
            WishSpec::Budget(minor) => self.price(whole) <= *minor,
        }
    }

    /// The first smallest set of wishes that no whole meets.
    pub(super) fn smallest_clash(&self, wholes: &[Whole]) -> Option<Vec<usize>> {
        let count = self.wishes.len();
        let mut sets: Vec<Vec<usize>> = (0_u32..1 << count)
            .map(|set| (0..count).filter(|at| set >> at & 1 == 1).collect())
            .collect();
        sets.sort_by_key(|set: &Vec<usize>| (set.len(), set.clone()));
        sets.into_iter().find(|set| {
            !wholes
                .iter()
                .any(|whole| set.iter().all(|at| self.meets(whole, &self.wishes[*at])))
        })
    }
}

fn part() -> impl Strategy<Value = PartSpec> {
    let few = || prop::option::weighted(0.9, 0_i64..6);
    (
        prop::option::weighted(0.95, 0_i64..60),
        prop::option::weighted(0.9, 0_u8..3),
        prop::collection::vec(0_u8..3, 0..3),
        few(),
        few(),
        prop::option::weighted(0.9, any::<bool>()),
        prop::option::weighted(0.9, 0_u8..3),
    )
        .prop_map(|(price, word, list, n, m, yes, brand)| PartSpec {
            price,
            word,
            list,
            n,
            m,
            yes,
            brand,
        })
}

fn wish(slots: usize) -> impl Strategy<Value = WishSpec> {
    let slot = 0..slots;
    prop_oneof![
        (slot.clone(), 0_i64..6).prop_map(|(s, n)| WishSpec::AtLeast(s, n)),
        (slot.clone(), 0_i64..6).prop_map(|(s, n)| WishSpec::AtMost(s, n)),
        (slot.clone(), 0_u8..3).prop_map(|(s, w)| WishSpec::Is(s, w)),
        (slot.clone(), 0_u8..3).prop_map(|(s, w)| WishSpec::Not(s, w)),
        (0_u8..3).prop_map(WishSpec::NotBrand),
        (slot, any::<bool>()).prop_map(|(s, w)| WishSpec::With(s, w)),
        (0_i64..150).prop_map(WishSpec::Budget),
    ]
}

/// A small domain with its parts and wishes. Relations may run in circles.
pub(super) fn spec() -> impl Strategy<Value = Spec> {
    (2_usize..=4).prop_flat_map(|count| {
        let empty = prop_oneof![
            4 => Just(Empty::Never),
            1 => Just(Empty::Always),
            2 => Just(Empty::When)
        ];
        let slots =
            prop::collection::vec((empty, prop::collection::vec(part(), 1..6)), count..=count);
        let tie = prop_oneof![Just(Tie::Equal), Just(Tie::OneOf), Just(Tie::AtMost)];
        let ties = prop::collection::vec((0..count, 1..count, tie), 0..5).prop_map(move |ties| {
            let apart = ties.into_iter();
            let apart = apart.map(|(a, by, tie)| (a, (a + by) % count, tie));
            apart.collect::<Vec<_>>()
        });
        let sum = prop::option::of((
            prop::collection::btree_set(0..count, 1..=count),
            0..count,
            -2_i64..4,
        ));
        let sum = sum.prop_map(|sum| {
            sum.map(|(terms, bearer, plus)| (terms.into_iter().collect(), bearer, plus))
        });
        let wishes = prop::collection::vec(wish(count), 0..6);
        (slots, ties, sum, wishes).prop_map(|(mut slots, ties, sum, wishes)| {
            slots[0].0 = Empty::Never;
            Spec {
                slots,
                ties,
                sum,
                wishes,
            }
        })
    })
}
