use errand_types::{Choice, ConfigOption, Configuration, Language, Money};

use crate::said::{chosen as said, left_out};

/// Options of one product that are read.
const OPTIONS_MAX: usize = 20;
/// Values of one option that are read; a mask has as many bits to spare.
const VALUES_MAX: usize = 40;
/// Rules of one product that are read.
const RULES_MAX: usize = 100;
/// Narrowings for one question with all its side questions.
const STEPS_MAX: u32 = 20_000;
/// Narrowings for one completion.
const STEPS_EACH: u32 = 4_000;

/// How much work is left for one question.
#[derive(Debug)]
pub(crate) struct Budget(u32);

impl Budget {
    pub(crate) fn for_one_question() -> Self {
        Self(STEPS_MAX)
    }
}

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The cheapest, or the best found before the work ran out.
    Found {
        values: Vec<usize>,
        price: Money,
        exact: bool,
    },
    /// There is none.
    None,
    /// The work ran out before one was found.
    GaveUp,
}

/// A wish for an option or a value that does not exist.
#[derive(Debug)]
pub(crate) struct Unknown {
    pub(crate) choice: Choice,
    pub(crate) because: String,
}

/// "When `when` has the value, `then` is one of the mask."
#[derive(Debug, Clone, Copy)]
struct Rule {
    when: usize,
    value: usize,
    then: usize,
    mask: u64,
}

/// A configuration as numbers. INVARIANT: every mask has a bit only where the option has a value.
#[derive(Debug)]
pub(crate) struct Model<'a> {
    config: &'a Configuration,
    base: Money,
    pub(crate) language: Language,
    costs: Vec<Vec<i64>>,
    /// Rules with their place in the shop's list.
    rules: Vec<(usize, Rule)>,
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

fn bit(value: usize) -> u64 {
    u32::try_from(value)
        .ok()
        .and_then(|v| 1_u64.checked_shl(v))
        .unwrap_or(0)
}

fn bits(mask: u64) -> impl Iterator<Item = usize> {
    (0..VALUES_MAX).filter(move |v| mask & bit(*v) != 0)
}

impl<'a> Model<'a> {
    pub(crate) fn new(config: &'a Configuration, base: Money, language: Language) -> Self {
        let costs = config
            .options
            .iter()
            .take(OPTIONS_MAX)
            .map(|o| {
                o.values
                    .iter()
                    .take(VALUES_MAX)
                    .map(|v| v.delta.minor())
                    .collect()
            })
            .collect();
        let mut model = Self {
            config,
            base,
            language,
            costs,
            rules: Vec::new(),
        };
        model.rules = config
            .rules
            .iter()
            .take(RULES_MAX)
            .enumerate()
            .filter_map(|(at, r)| {
                let (when, value) = model.locate(&r.when)?;
                let then = model.position(r.option.as_str())?;
                let mask = r
                    .allowed
                    .iter()
                    .filter_map(|v| model.value(then, v.as_str()))
                    .fold(0, |m, v| m | bit(v));
                Some((
                    at,
                    Rule {
                        when,
                        value,
                        then,
                        mask,
                    },
                ))
            })
            .collect();
        model
    }

    pub(crate) fn options(&self) -> &'a [ConfigOption] {
        let all = &self.config.options;
        all.get(..OPTIONS_MAX.min(all.len())).unwrap_or_default()
    }

    /// Where an option stands, whatever its case.
    pub(crate) fn position(&self, option: &str) -> Option<usize> {
        self.options()
            .iter()
            .position(|o| same(o.name.as_str(), option))
    }

    fn value(&self, option: usize, label: &str) -> Option<usize> {
        let values = &self.options().get(option)?.values;
        values
            .iter()
            .take(VALUES_MAX)
            .position(|v| same(v.label.as_str(), label))
    }

    fn locate(&self, choice: &Choice) -> Option<(usize, usize)> {
        let option = self.position(choice.option.as_str())?;
        Some((option, self.value(option, choice.value.as_str())?))
    }

    /// One wish for each option, or none.
    pub(crate) fn wishes(&self, choices: &[Choice]) -> Result<Vec<Option<usize>>, Unknown> {
        let mut wishes = vec![None; self.options().len()];
        for choice in choices {
            let unknown = |known: Vec<&str>, what: String| Unknown {
                choice: choice.clone(),
                because: said::there_is(self.language, what, known.join(", ")),
            };
            let Some(option) = self.position(choice.option.as_str()) else {
                let known = self.options().iter().map(|o| o.name.as_str()).collect();
                return Err(unknown(
                    known,
                    said::no_option(self.language, &choice.option),
                ));
            };
            let Some(value) = self.value(option, choice.value.as_str()) else {
                let values = self
                    .options()
                    .get(option)
                    .map(|o| o.values.as_slice())
                    .unwrap_or_default();
                let known = values.iter().map(|v| v.label.as_str()).collect();
                return Err(unknown(
                    known,
                    said::no_value(self.language, &choice.value, &choice.option),
                ));
            };
            if let Some(wish) = wishes.get_mut(option) {
                *wish = Some(value);
            }
        }
        Ok(wishes)
    }

    /// Values as choices, in the shop's order and spelling.
    pub(crate) fn choices(&self, values: &[usize]) -> Vec<Choice> {
        self.options()
            .iter()
            .zip(values)
            .filter_map(|(o, v)| {
                Some(Choice {
                    option: o.name.clone(),
                    value: o.values.get(*v)?.label.clone(),
                })
            })
            .collect()
    }

    /// Wishes as choices.
    pub(crate) fn wished(&self, wishes: &[Option<usize>]) -> Vec<(usize, Choice)> {
        let option = |at: usize| self.options().get(at);
        wishes
            .iter()
            .enumerate()
            .filter_map(|(at, wish)| {
                let o = option(at)?;
                let value = o.values.get((*wish)?)?.label.clone();
                Some((
                    at,
                    Choice {
                        option: o.name.clone(),
                        value,
                    },
                ))
            })
            .collect()
    }

    /// Two wishes that one rule forbids together.
    pub(crate) fn clash(&self, wishes: &[Option<usize>]) -> Option<(usize, usize)> {
        let wish = |at: usize| wishes.get(at).copied().flatten();
        self.rules
            .iter()
            .map(|(_, r)| r)
            .find(|r| {
                wish(r.when) == Some(r.value) && wish(r.then).is_some_and(|v| r.mask & bit(v) == 0)
            })
            .map(|r| (r.when, r.then))
    }

    /// How many rules there are.
    pub(crate) fn rule_count(&self) -> usize {
        self.rules.len()
    }

    /// A rule in words: the shop's, or ours where the shop says nothing.
    pub(crate) fn rule_text(&self, rule: usize) -> Option<String> {
        let (at, _) = self.rules.get(rule)?;
        let rule = self.config.rules.get(*at)?;
        if !rule.because.is_blank() {
            return Some(
                rule.because
                    .as_str()
                    .trim()
                    .trim_end_matches('.')
                    .to_owned(),
            );
        }
        let allowed: Vec<&str> = rule
            .allowed
            .iter()
            .map(errand_types::Text::as_str)
            .collect();
        let (o, v) = (&rule.when.option, &rule.when.value);
        Some(if allowed.is_empty() {
            said::never_with(self.language, o, v, &rule.option)
        } else {
            said::only_with(
                self.language,
                o,
                v,
                &rule.option,
                allowed.join(&left_out::brand_or(self.language)),
            )
        })
    }

    /// The cheapest whole that keeps all wishes.
    pub(crate) fn cheapest(&self, wishes: &[Option<usize>], budget: &mut Budget) -> Outcome {
        let rules: Vec<Rule> = self.rules.iter().map(|(_, r)| *r).collect();
        self.cheapest_under(&rules, wishes, budget)
    }

    /// The same with some rules put aside; `keep` answers for each rule.
    pub(crate) fn cheapest_keeping(
        &self,
        keep: &[bool],
        wishes: &[Option<usize>],
        budget: &mut Budget,
    ) -> Outcome {
        let rules: Vec<Rule> = self
            .rules
            .iter()
            .zip(keep)
            .filter(|(_, k)| **k)
            .map(|((_, r), _)| *r)
            .collect();
        self.cheapest_under(&rules, wishes, budget)
    }

    fn cheapest_under(
        &self,
        rules: &[Rule],
        wishes: &[Option<usize>],
        budget: &mut Budget,
    ) -> Outcome {
        if budget.0 == 0 {
            return Outcome::GaveUp;
        }
        budget.0 = budget.0.saturating_sub(1);
        let mut domains: Vec<u64> = self
            .costs
            .iter()
            .zip(wishes)
            .map(|(costs, wish)| {
                wish.map_or_else(|| (0..costs.len()).fold(0, |m, v| m | bit(v)), bit)
            })
            .collect();
        if !propagate(rules, &mut domains) {
            return Outcome::None;
        }
        let mut values = vec![0_usize; domains.len()];
        let mut sum = self.base.minor();
        let mut exact = true;
        // Options without a rule between them have nothing to do with each other.
        for part in parts(rules, domains.len()) {
            let steps = STEPS_EACH.min(budget.0);
            let mut search = Search {
                costs: &self.costs,
                rules,
                part: &part,
                best: None,
                steps,
            };
            search.run(&domains);
            budget.0 = budget.0.saturating_sub(steps.saturating_sub(search.steps));
            let ran_out = search.steps == 0;
            match search.best {
                Some((cost, found)) => {
                    sum = sum.saturating_add(cost);
                    exact &= !ran_out;
                    for (at, value) in found {
                        if let Some(slot) = values.get_mut(at) {
                            *slot = value;
                        }
                    }
                }
                None if ran_out => return Outcome::GaveUp,
                None => return Outcome::None,
            }
        }
        Money::checked(sum, self.base.currency()).map_or(Outcome::None, |price| Outcome::Found {
            values,
            price,
            exact,
        })
    }
}

/// Takes away values that no longer stand. `false`: an option has none left.
fn propagate(rules: &[Rule], domains: &mut [u64]) -> bool {
    loop {
        let before = domains.to_vec();
        for rule in rules {
            let (Some(&when), Some(&then)) = (domains.get(rule.when), domains.get(rule.then))
            else {
                continue;
            };
            let held = bit(rule.value);
            if when == held
                && rule.when != rule.then
                && let Some(d) = domains.get_mut(rule.then)
            {
                *d &= rule.mask;
            }
            let is_possible = if rule.when == rule.then {
                rule.mask & held != 0
            } else {
                then & rule.mask != 0
            };
            if !is_possible && let Some(d) = domains.get_mut(rule.when) {
                *d &= !held;
            }
        }
        if domains.contains(&0) {
            return false;
        }
        if before == domains {
            return true;
        }
    }
}

/// Groups of options that rules tie together, in the shop's order.
fn parts(rules: &[Rule], options: usize) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..options).collect();
    for rule in rules {
        let (Some(&a), Some(&b)) = (group.get(rule.when), group.get(rule.then)) else {
            continue;
        };
        for g in &mut group {
            if *g == a.max(b) {
                *g = a.min(b);
            }
        }
    }
    (0..options)
        .map(|id| {
            group
                .iter()
                .enumerate()
                .filter(|(_, g)| **g == id)
                .map(|(at, _)| at)
                .collect::<Vec<_>>()
        })
        .filter(|part| !part.is_empty())
        .collect()
}

/// Branch and bound over the options of one part.
struct Search<'a> {
    costs: &'a [Vec<i64>],
    rules: &'a [Rule],
    part: &'a [usize],
    best: Option<(i64, Vec<(usize, usize)>)>,
    steps: u32,
}

impl Search<'_> {
    fn cost(&self, option: usize, value: usize) -> i64 {
        self.costs
            .get(option)
            .and_then(|c| c.get(value))
            .copied()
            .unwrap_or(0)
    }

    /// The least that the open options can cost, whatever the rules.
    fn bound(&self, domains: &[u64]) -> i64 {
        self.part
            .iter()
            .filter_map(|o| {
                bits(domains.get(*o).copied()?)
                    .map(|v| self.cost(*o, v))
                    .min()
            })
            .fold(0, i64::saturating_add)
    }

    fn run(&mut self, domains: &[u64]) {
        let bound = self.bound(domains);
        if self.steps == 0 || self.best.as_ref().is_some_and(|(cost, _)| bound >= *cost) {
            return;
        }
        self.steps = self.steps.saturating_sub(1);
        let open = self
            .part
            .iter()
            .copied()
            .filter(|o| domains.get(*o).is_some_and(|d| d.count_ones() > 1))
            .min_by_key(|o| domains.get(*o).map_or(0, |d| d.count_ones()));
        let Some(option) = open else {
            let values = self
                .part
                .iter()
                .filter_map(|o| Some((*o, bits(*domains.get(*o)?).next()?)))
                .collect();
            self.best = Some((bound, values));
            return;
        };
        let mut values: Vec<usize> = bits(domains.get(option).copied().unwrap_or(0)).collect();
        values.sort_by_key(|v| (self.cost(option, *v), *v));
        for value in values {
            let mut narrowed = domains.to_vec();
            if let Some(d) = narrowed.get_mut(option) {
                *d = bit(value);
            }
            if propagate(self.rules, &mut narrowed) {
                self.run(&narrowed);
            } else {
                self.steps = self.steps.saturating_sub(1);
            }
        }
    }
}
