use errand_types::{
    Choice, ConfigOption, ConfigRule, ConfigValue, Configuration, Language, Money, Text,
};
use proptest::prelude::*;

use super::{Configured, Conflict, ValueState, configure};
use crate::samples::usd;

fn option(name: &str, values: &[(&str, i64)]) -> ConfigOption {
    ConfigOption {
        name: Text::clip(name),
        values: values
            .iter()
            .map(|(l, d)| ConfigValue {
                label: Text::clip(l),
                delta: usd(*d),
            })
            .collect(),
    }
}

fn choice(option: &str, value: &str) -> Choice {
    Choice {
        option: Text::clip(option),
        value: Text::clip(value),
    }
}

fn rule(when: Choice, option: &str, allowed: &[&str], because: &str) -> ConfigRule {
    ConfigRule {
        when,
        option: Text::clip(option),
        allowed: allowed.iter().map(|a| Text::clip(a)).collect(),
        because: Text::clip(because),
    }
}

fn desk() -> Configuration {
    Configuration {
        options: vec![
            option(
                "Width",
                &[("120 cm", 0), ("140 cm", 2000), ("160 cm", 4000)],
            ),
            option("Top", &[("oak", 5000), ("birch", 0), ("black", 1000)]),
            option("Legs", &[("fixed", 0), ("height-adjustable", 12000)]),
        ],
        rules: vec![
            rule(
                choice("Legs", "height-adjustable"),
                "Width",
                &["160 cm"],
                "the motor needs the long frame",
            ),
            rule(choice("Top", "oak"), "Width", &["120 cm", "140 cm"], ""),
        ],
    }
}

fn values(done: &Configured) -> Vec<&str> {
    done.choices.iter().map(|c| c.value.as_str()).collect()
}

fn state<'a>(done: &'a Configured, option: &str, value: &str) -> &'a super::ValueView {
    let option = done.options.iter().find(|o| o.name == option).unwrap();
    option.values.iter().find(|v| v.label == value).unwrap()
}

#[test]
fn what_was_not_said_is_filled_with_the_cheapest_that_fits() {
    let done = configure(
        &desk(),
        usd(20000),
        &[choice("legs", "Height-Adjustable")],
        None,
        Language::English,
    )
    .unwrap();

    assert_eq!(values(&done), ["160 cm", "birch", "height-adjustable"]);
    assert_eq!(done.price, usd(36000));
    assert!(done.exact);
}

#[test]
fn an_impossible_value_says_why_and_what_to_change() {
    let done = configure(
        &desk(),
        usd(20000),
        &[choice("Width", "140 cm")],
        Some(usd(23000)),
        Language::English,
    )
    .unwrap();

    assert_eq!(
        state(&done, "Legs", "height-adjustable").state,
        ValueState::Impossible {
            because: "the motor needs the long frame".into(),
            way_out: Some("choose 160 cm for Width (plus $140.00)".into()),
        }
    );
    assert_eq!(state(&done, "Width", "140 cm").state, ValueState::Chosen);
    assert_eq!(
        state(&done, "Top", "black").state,
        ValueState::Available { over: false }
    );
    assert_eq!(state(&done, "Top", "black").delta, usd(1000));
    assert_eq!(
        state(&done, "Top", "oak").state,
        ValueState::Available { over: true }
    );
    assert_eq!(state(&done, "Width", "120 cm").delta, usd(-2000));
}

#[test]
fn wishes_that_cannot_stand_together_are_named_and_no_others() {
    let wishes = [
        choice("Top", "oak"),
        choice("Width", "140 cm"),
        choice("Legs", "height-adjustable"),
    ];

    let conflict = configure(&desk(), usd(20000), &wishes, None, Language::English).unwrap_err();

    assert_eq!(
        conflict.wishes,
        [
            choice("Width", "140 cm"),
            choice("Legs", "height-adjustable")
        ]
    );
    assert_eq!(conflict.because, ["the motor needs the long frame"]);
    assert_eq!(conflict.price_max, None);
    let ways: Vec<&str> = conflict.give_up.iter().map(|g| g.text.as_str()).collect();
    assert_eq!(ways, ["without Legs: height-adjustable it is $270.00"]);
}

#[test]
fn a_conflict_over_two_rules_names_both_of_them() {
    let wishes = [choice("Top", "oak"), choice("Legs", "height-adjustable")];

    let conflict = configure(&desk(), usd(20000), &wishes, None, Language::English).unwrap_err();

    assert_eq!(conflict.wishes, wishes);
    assert_eq!(
        conflict.because,
        [
            "the motor needs the long frame",
            "Top: oak only with Width: 120 cm or 140 cm"
        ]
    );
    assert_eq!(conflict.give_up.len(), 2);
    assert_eq!(
        conflict.give_up[0].choice,
        Some(choice("Legs", "height-adjustable"))
    );
}

#[test]
fn the_price_limit_is_a_wish_like_the_others() {
    let conflict = configure(
        &desk(),
        usd(20000),
        &[choice("Legs", "height-adjustable")],
        Some(usd(30000)),
        Language::English,
    )
    .unwrap_err();

    assert_eq!(conflict.wishes, [choice("Legs", "height-adjustable")]);
    assert_eq!(conflict.price_max, Some(usd(30000)));
    assert!(
        conflict
            .because
            .contains(&"it would be $360.00, $60.00 over your $300.00".to_owned()),
        "{conflict:?}"
    );
    let ways: Vec<&str> = conflict.give_up.iter().map(|g| g.text.as_str()).collect();
    assert_eq!(
        ways,
        [
            "without Legs: height-adjustable it is $200.00",
            "without the price limit it is $360.00"
        ]
    );
}

#[test]
fn a_value_that_does_not_exist_is_answered_with_those_that_do() {
    let conflict = configure(
        &desk(),
        usd(20000),
        &[choice("Top", "walnut")],
        None,
        Language::English,
    )
    .unwrap_err();

    assert_eq!(
        conflict.because,
        ["there is no `walnut` for Top; there is oak, birch, black"]
    );
}

#[test]
fn of_two_choices_for_one_option_the_last_counts() {
    let done = configure(
        &desk(),
        usd(0),
        &[choice("Top", "oak"), choice("Top", "black")],
        None,
        Language::English,
    )
    .unwrap();

    assert_eq!(values(&done), ["120 cm", "black", "fixed"]);
}

#[test]
fn a_shop_that_sends_a_monstrous_configuration_gets_a_bounded_answer() {
    let labels: Vec<String> = (0..60).map(|n| format!("v{n}")).collect();
    let values: Vec<(&str, i64)> = labels.iter().map(|l| (l.as_str(), -7)).collect();
    let options: Vec<ConfigOption> = (0..40).map(|n| option(&format!("o{n}"), &values)).collect();
    let rules = (0..400)
        .map(|n| {
            let (from, to) = (n % 20, (n * 7 + 3) % 20);
            let labels = [
                labels[(n * 11) % 40].as_str(),
                labels[(n * 5) % 40].as_str(),
            ];
            rule(
                choice(&format!("o{from}"), &format!("v{}", n % 40)),
                &format!("o{to}"),
                &labels,
                "",
            )
        })
        .collect();

    let done = configure(
        &Configuration { options, rules },
        usd(100_000),
        &[],
        None,
        Language::English,
    )
    .unwrap();

    assert_eq!(done.choices.len(), 20);
}

/// A configuration as small numbers: values of each option with deltas, rules by index.
type Small = (Vec<Vec<i64>>, Vec<(usize, usize, usize, Vec<bool>)>);

fn small() -> impl Strategy<Value = (Small, Vec<Option<usize>>, Option<i64>)> {
    let deltas = prop::collection::vec(prop::collection::vec(-300_i64..900, 1..4), 1..5);
    let rules = prop::collection::vec(
        (
            0_usize..5,
            0_usize..4,
            0_usize..5,
            prop::collection::vec(any::<bool>(), 4),
        ),
        0..7,
    );
    let wishes = prop::collection::vec(prop::option::of(0_usize..4), 5);
    ((deltas, rules), wishes, prop::option::of(0_i64..2500))
}

fn build((deltas, rules): &Small) -> Configuration {
    let options: Vec<ConfigOption> = deltas
        .iter()
        .enumerate()
        .map(|(o, d)| {
            let labels: Vec<String> = (0..d.len()).map(|v| format!("v{v}")).collect();
            option(
                &format!("o{o}"),
                &labels
                    .iter()
                    .map(String::as_str)
                    .zip(d.iter().copied())
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    let rules = rules
        .iter()
        .map(|(o, v, then, mask)| {
            let allowed: Vec<String> = mask
                .iter()
                .enumerate()
                .filter(|(_, m)| **m)
                .map(|(i, _)| format!("v{i}"))
                .collect();
            let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
            rule(
                choice(&format!("o{o}"), &format!("v{v}")),
                &format!("o{then}"),
                &allowed,
                "",
            )
        })
        .collect();
    Configuration { options, rules }
}

fn wished(small: &Small, wishes: &[Option<usize>]) -> Vec<Choice> {
    let fits = |o: usize, v: usize| small.0.get(o).is_some_and(|d| v < d.len());
    wishes
        .iter()
        .enumerate()
        .filter_map(|(o, w)| {
            w.filter(|v| fits(o, *v))
                .map(|v| choice(&format!("o{o}"), &format!("v{v}")))
        })
        .collect()
}

/// Cheapest by trying everything.
fn brute(config: &Configuration, base: i64, wishes: &[Choice]) -> Option<i64> {
    let mut wholes: Vec<(Vec<Choice>, i64)> = vec![(Vec::new(), base)];
    for o in &config.options {
        wholes = wholes
            .into_iter()
            .flat_map(|(front, price)| {
                o.values.iter().map(move |v| {
                    let mut next = front.clone();
                    next.push(Choice {
                        option: o.name.clone(),
                        value: v.label.clone(),
                    });
                    (next, price + v.delta.minor())
                })
            })
            .collect();
    }
    let keeps = |whole: &[Choice]| {
        let rules_hold = config.rules.iter().all(|r| {
            !whole.contains(&r.when)
                || whole
                    .iter()
                    .find(|c| c.option == r.option)
                    .is_none_or(|c| r.allowed.contains(&c.value))
        });
        rules_hold && wishes.iter().all(|w| whole.contains(w))
    };
    wholes
        .into_iter()
        .filter(|(whole, _)| keeps(whole))
        .map(|(_, price)| price)
        .min()
}

fn feasible(config: &Configuration, wishes: &[Choice], limit: Option<Money>) -> bool {
    brute(config, 1000, wishes).is_some_and(|price| limit.is_none_or(|max| price <= max.minor()))
}

fn check(
    config: &Configuration,
    wishes: &[Choice],
    limit: Option<Money>,
) -> Result<Configured, Conflict> {
    configure(config, usd(1000), wishes, limit, Language::English)
}

proptest! {
    #[test]
    fn the_completion_is_the_cheapest_that_exists_and_a_conflict_is_smallest((small, wishes, limit) in small()) {
        let config = build(&small);
        let wishes = wished(&small, &wishes);
        let limit = limit.map(usd);

        match check(&config, &wishes, limit) {
            Ok(done) => {
                prop_assert_eq!(Some(done.price.minor()), brute(&config, 1000, &wishes));
                prop_assert!(done.exact);
                prop_assert!(wishes.iter().all(|w| done.choices.contains(w)));
                prop_assert_eq!(brute(&config, 1000, &done.choices), Some(done.price.minor()));
            }
            Err(conflict) => {
                prop_assert!(!feasible(&config, &wishes, limit));
                prop_assert!(!feasible(&config, &conflict.wishes, conflict.price_max));
                for at in 0..conflict.wishes.len() {
                    let mut fewer = conflict.wishes.clone();
                    fewer.remove(at);
                    prop_assert!(feasible(&config, &fewer, conflict.price_max), "not smallest: {:?}", conflict);
                }
                if conflict.price_max.is_some() {
                    prop_assert!(feasible(&config, &conflict.wishes, None));
                }
                prop_assert!(!conflict.because.is_empty());
                for way in &conflict.give_up {
                    let left: Vec<Choice> =
                        wishes.iter().filter(|w| Some(*w) != way.choice.as_ref()).cloned().collect();
                    prop_assert_eq!(brute(&config, 1000, &left), Some(way.price.minor()));
                }
            }
        }
    }

    #[test]
    fn each_value_that_is_offered_can_be_had_at_the_price_it_names((small, wishes, _) in small()) {
        let config = build(&small);
        let wishes = wished(&small, &wishes);
        let Ok(done) = check(&config, &wishes, None) else { return Ok(()) };

        for option in &done.options {
            for value in &option.values {
                let mut next: Vec<Choice> =
                    wishes.iter().filter(|w| w.option.as_str() != option.name).cloned().collect();
                next.push(choice(&option.name, &value.label));
                let truth = brute(&config, 1000, &next);
                match value.state {
                    ValueState::Chosen => prop_assert!(done.choices.contains(&choice(&option.name, &value.label))),
                    ValueState::Available { .. } => {
                        prop_assert_eq!(truth.map(|t| t - done.price.minor()), Some(value.delta.minor()));
                    }
                    ValueState::Impossible { .. } => prop_assert_eq!(truth, None),
                }
            }
        }
    }
}
