//! The evaluator against a slow and obvious one, over random trees, products and rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use errand_types::{Attribute, LabelRule, Product, RuleKind, Source, Text};
use errand_values::{Evaluator, Labels, Question};
use proptest::prelude::*;

use crate::fixture::{attribute, now, product};

/// Words that share no stem and are no part of each other.
const WORDS: [&str; 8] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "hazel",
];

#[derive(Debug, Clone)]
struct World {
    /// Parents of each label, always with a lower number, so that there is no cycle.
    parents: Vec<BTreeSet<usize>>,
    avoid_level: u8,
    strict: bool,
    /// Materials that the shop lists; `None`: it states no list.
    materials: Option<Vec<usize>>,
    free_from: Vec<usize>,
    prose: Vec<usize>,
    rules: Vec<(bool, usize, bool)>,
}

fn worlds() -> impl Strategy<Value = World> {
    let some = || prop::collection::vec(0..WORDS.len(), 0..3);
    let parents = prop::collection::vec(
        prop::collection::btree_set(0..WORDS.len(), 0..3),
        WORDS.len(),
    );
    let rules = prop::collection::vec((any::<bool>(), 0..WORDS.len(), any::<bool>()), 1..8);
    let lists = (
        prop::option::of(prop::collection::vec(0..WORDS.len(), 1..4)),
        some(),
        some(),
    );
    (parents, 1..3_u8, any::<bool>(), lists, rules).prop_map(
        |(parents, avoid_level, strict, lists, rules)| {
            let below =
                |(at, set): (usize, BTreeSet<usize>)| set.into_iter().filter(|p| *p < at).collect();
            let (materials, free_from, prose) = lists;
            let parents = parents.into_iter().enumerate().map(below).collect();
            World {
                parents,
                avoid_level,
                strict,
                materials,
                free_from,
                prose,
                rules,
            }
        },
    )
}

impl World {
    fn labels(&self) -> Labels {
        let mut text = format!(
            "version = 1\n[[namespace]]\nid = \"contains\"\nstrict = {}\navoid_level = {}\nrequire_level = 1\n\
             [[kind]]\nid = \"material\"\nattributes = [\"material\"]\n\
             [[kind]]\nid = \"food\"\nattributes = [\"ingredient\"]\nnot_in = [\"wear\"]\n",
            self.strict, self.avoid_level
        );
        for (at, parents) in self.parents.iter().enumerate() {
            let parents: Vec<String> = parents
                .iter()
                .map(|p| format!("\"contains:{}\"", WORDS[*p]))
                .collect();
            writeln!(
                text,
                "[[label]]\nid = \"contains:{0}\"\nword = \"{0}\"\nkinds = [\"material\", \"food\"]\nparents = [{1}]",
                WORDS[at],
                parents.join(", ")
            )
            .unwrap();
        }
        Labels::load(&text).unwrap()
    }

    fn product(&self) -> Product {
        let mut product = product("Thing", &["wear"]);
        let mut add = |name: &str, list: &[usize]| {
            product
                .attributes
                .extend(list.iter().map(|at| attribute(name, WORDS[*at])));
        };
        add("material", self.materials.as_deref().unwrap_or_default());
        add("free_from", &self.free_from);
        let prose: Vec<&str> = self.prose.iter().map(|at| WORDS[*at]).collect();
        product.description = Text::clip(&prose.join(". "));
        product
    }

    fn rules(&self) -> Vec<LabelRule> {
        let rule = |(number, (is_avoid, at, strict)): (usize, &(bool, usize, bool))| LabelRule {
            id: Text::clip(&format!("r{number}")),
            kind: if *is_avoid {
                RuleKind::Avoid
            } else {
                RuleKind::Require
            },
            label: Text::clip(&format!("contains:{}", WORDS[*at])),
            category: None,
            strict: *strict,
            said: Text::clip("said"),
        };
        self.rules.iter().enumerate().map(rule).collect()
    }

    fn is_above(&self, above: usize, below: usize) -> bool {
        above == below || self.parents[below].iter().any(|p| self.is_above(above, *p))
    }

    /// Best evidence for a yes: whatever at or below the label is stated.
    fn yes(&self, label: usize) -> Option<u8> {
        let stated = |list: &[usize]| list.iter().any(|l| self.is_above(label, *l));
        if stated(self.materials.as_deref().unwrap_or_default()) {
            Some(1)
        } else {
            stated(&self.prose).then_some(0)
        }
    }

    /// Best evidence for a no: what is stated at or above it, or a list that does not have it.
    fn no(&self, label: usize) -> Option<u8> {
        if self.free_from.iter().any(|l| self.is_above(*l, label)) {
            return Some(1);
        }
        let materials = self.materials.as_ref()?;
        let is_open = materials
            .iter()
            .any(|l| *l != label && self.is_above(*l, label));
        (!is_open && self.yes(label).is_none_or(|level| level == 0)).then_some(1)
    }

    /// What each rule comes to, by the table of the design page.
    fn expected(&self) -> BTreeMap<String, Vec<&'static str>> {
        let mut out: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
        for (number, (is_avoid, label, strict)) in self.rules.iter().enumerate() {
            let code = match (is_avoid, self.yes(*label), self.no(*label)) {
                (true, Some(_), _) => "VALUE-0001",
                (true, None, Some(no)) if no >= self.avoid_level => "",
                (true, None, Some(_)) if *strict => "VALUE-0002",
                (true, None, None) if *strict || self.strict => "VALUE-0002",
                (true, None, _) => "VALUE-0003",
                (false, Some(yes), None) if yes >= 1 => "confirmed",
                (false, None, Some(_)) => "VALUE-0005",
                (false, _, _) => "VALUE-0004",
            };
            if !code.is_empty() {
                out.entry(if code == "confirmed" {
                    "confirmed".into()
                } else {
                    format!("r{number}")
                })
                .or_default()
                .push(code);
            }
        }
        out
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn the_evaluator_says_what_the_table_says(world in worlds()) {
        let evaluator = Evaluator::new(world.labels(), Vec::new());
        let rules = world.rules();
        let found = evaluator.evaluate(&world.product(), &Question { rules: &rules, ..Question::default() }, now());
        let mut got: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for hit in found.hits() {
            got.entry(hit.rule.clone()).or_default().push(&hit.code);
        }
        if !found.confirmed.is_empty() {
            got.insert("confirmed".into(), vec!["confirmed"; found.confirmed.len()]);
        }
        prop_assert_eq!(got, world.expected());
    }

    #[test]
    fn another_rule_never_makes_a_product_fit_that_did_not(world in worlds(), more in (any::<bool>(), 0..WORDS.len(), any::<bool>())) {
        let evaluator = Evaluator::new(world.labels(), Vec::new());
        let product = world.product();
        let few = world.rules();
        let many = { let mut w = world; w.rules.push(more); w.rules() };
        let fits = |rules: &[LabelRule]| {
            evaluator.evaluate(&product, &Question { rules, ..Question::default() }, now()).is_fitting()
        };
        prop_assert!(fits(&few) || !fits(&many));
    }

    #[test]
    fn whatever_a_shop_writes_there_is_an_answer(
        texts in prop::collection::vec(".{0,40}", 6),
        name in "(material|ingredient|origin|hazard|free_from|allergen_may_contain|.{0,5})",
    ) {
        let mut odd = product(&texts[0], &[&texts[1]]);
        odd.description = Text::clip(&texts[2]);
        odd.attributes.push(Attribute { name: Text::clip(&name), value: Text::clip(&texts[3]), source: Source::Metadata });
        odd.certificates.push(crate::fixture::certificate(&texts[4], Some(&texts[5])));
        let rules: Vec<_> = ["allergen:nuts", "contains:leather", "cert:fairtrade-intl", "origin:pe"]
            .into_iter()
            .flat_map(|l| [crate::fixture::rule(RuleKind::Avoid, l, false), crate::fixture::rule(RuleKind::Require, l, false)])
            .collect();
        let found = crate::fixture::evaluator().evaluate(&odd, &Question { rules: &rules, ..Question::default() }, now());
        prop_assert!(found.confirmed.iter().all(|c| c.label != "cert:fairtrade-intl"), "confirmed without a number in the register");
        prop_assert!(!found.is_fitting(), "a rule and its opposite cannot both hold");
    }
}
