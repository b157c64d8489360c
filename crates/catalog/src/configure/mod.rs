#[cfg(test)]
mod claims;
mod conflict;
mod solve;

use errand_types::{Choice, Configuration, Language, Money};

use crate::said::chosen as said;
use conflict::explain;
use solve::{Budget, Model, Outcome};

/// Options fully chosen, with what else is possible from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// One value for each option, in the shop's order of options.
    pub choices: Vec<Choice>,
    /// Price of the base with these choices.
    pub price: Money,
    /// Every option with every value and what it would mean.
    pub options: Vec<OptionState>,
    /// No cheaper completion exists. `false` only when a product had more combinations than could be checked.
    pub exact: bool,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionState {
    /// Its name.
    pub name: String,
    /// Its values in the shop's order.
    pub values: Vec<ValueView>,
}

/// One value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueView {
    /// Its label.
    pub label: String,
    /// What it would mean to choose it.
    pub state: ValueState,
    /// What choosing it would add to the present price; zero for the chosen one and for what cannot be chosen.
    pub delta: Money,
}

/// What it would mean to choose a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueState {
    /// It is chosen.
    Chosen,
    /// It can be chosen and everything wished stays.
    Available {
        /// The price would pass the person's limit.
        over: bool,
    },
    /// It cannot be chosen while everything wished stays.
    Impossible {
        /// Why, in the shop's words where it gives them.
        because: String,
        /// What to change to have it: `choose 160 cm for Width (plus $40.00)`. `None`: no single change helps.
        way_out: Option<String>,
    },
}

/// What was wished cannot be had together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these wishes cannot stand together: {}", because.join("; "))]
pub struct Conflict {
    /// Wishes that cannot stand together; without any one of them the others can.
    pub wishes: Vec<Choice>,
    /// The price limit, when it is one of those wishes.
    pub price_max: Option<Money>,
    /// Why, in the shop's words where it gives them.
    pub because: Vec<String>,
    /// What to give up, cheapest result first; each one alone is enough.
    pub give_up: Vec<GiveUp>,
}

/// One way out of a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveUp {
    /// The wish to give up; `None` is the price limit.
    pub choice: Option<Choice>,
    /// What the cheapest choice costs then.
    pub price: Money,
    /// In words: `without Legs: height-adjustable it is $289.00`.
    pub text: String,
}

/// Completes what was chosen to the cheapest whole that the shop's rules allow.
///
/// Of several choices for one option the last counts. The work is bounded: a product whose combinations cannot all be
/// checked gets the best that was found, marked as such.
///
/// # Errors
/// [`Conflict`] with a smallest set of wishes that cannot stand together, and each way out of it.
pub fn configure(
    config: &Configuration,
    base: Money,
    choices: &[Choice],
    price_max: Option<Money>,
    language: Language,
) -> Result<Configured, Conflict> {
    let model = Model::new(config, base, language);
    let mut budget = Budget::for_one_question();
    let wishes = model.wishes(choices).map_err(|unknown| Conflict {
        wishes: vec![unknown.choice],
        price_max: None,
        because: vec![unknown.because],
        give_up: Vec::new(),
    })?;
    match model.cheapest(&wishes, &mut budget) {
        Outcome::Found {
            values,
            price,
            exact,
        } if price_max.is_none_or(|max| price.exceeds(max) == Ok(false)) => Ok(Configured {
            choices: model.choices(&values),
            price,
            options: states(&model, &wishes, (&values, price), price_max, &mut budget),
            exact,
        }),
        Outcome::Found { .. } | Outcome::None | Outcome::GaveUp => {
            Err(explain(&model, &wishes, price_max, &mut budget))
        }
    }
}

fn states(
    model: &Model<'_>,
    wishes: &[Option<usize>],
    present: (&[usize], Money),
    price_max: Option<Money>,
    budget: &mut Budget,
) -> Vec<OptionState> {
    let (values, price) = present;
    let nothing = Money::zero(price.currency());
    model
        .options()
        .iter()
        .enumerate()
        .map(|(at, option)| {
            let chosen = values.get(at).copied();
            let views = option.values.iter().enumerate().map(|(v, value)| {
                let (state, delta) = if chosen == Some(v) {
                    (ValueState::Chosen, nothing)
                } else {
                    other(
                        model,
                        &with(wishes, at, v),
                        (at, v),
                        price,
                        price_max,
                        budget,
                    )
                };
                ValueView {
                    label: value.label.to_string(),
                    state,
                    delta,
                }
            });
            OptionState {
                name: option.name.to_string(),
                values: views.collect(),
            }
        })
        .collect()
}

fn with(wishes: &[Option<usize>], at: usize, value: usize) -> Vec<Option<usize>> {
    wishes
        .iter()
        .enumerate()
        .map(|(i, w)| if i == at { Some(value) } else { *w })
        .collect()
}

fn other(
    model: &Model<'_>,
    wishes: &[Option<usize>],
    (at, value): (usize, usize),
    present: Money,
    price_max: Option<Money>,
    budget: &mut Budget,
) -> (ValueState, Money) {
    let nothing = Money::zero(present.currency());
    match model.cheapest(wishes, budget) {
        Outcome::Found { price, .. } => {
            let over = price_max.is_some_and(|max| price.exceeds(max) != Ok(false));
            (
                ValueState::Available { over },
                price.minus(present).unwrap_or(nothing),
            )
        }
        Outcome::GaveUp => {
            let because = said::too_many(model.language);
            (
                ValueState::Impossible {
                    because,
                    way_out: None,
                },
                nothing,
            )
        }
        Outcome::None => {
            let conflict = explain(model, wishes, None, budget);
            let because = conflict.because.join("; ");
            let way_out = way_out(model, wishes, (at, value), present, &conflict, budget);
            (ValueState::Impossible { because, way_out }, nothing)
        }
    }
}

/// The cheapest way to have this value: give up one of the wishes that it fights with, and say what takes its place.
fn way_out(
    model: &Model<'_>,
    wishes: &[Option<usize>],
    wanted: (usize, usize),
    present: Money,
    conflict: &Conflict,
    budget: &mut Budget,
) -> Option<String> {
    let mut best: Option<(Money, String)> = None;
    for choice in &conflict.wishes {
        let Some(at) = model
            .position(choice.option.as_str())
            .filter(|at| *at != wanted.0)
        else {
            continue;
        };
        let freed: Vec<Option<usize>> = wishes
            .iter()
            .enumerate()
            .map(|(i, w)| if i == at { None } else { *w })
            .collect();
        if let Outcome::Found { values, price, .. } = model.cheapest(&freed, budget)
            && best
                .as_ref()
                .is_none_or(|(least, _)| price.minor() < least.minor())
            && let Some(instead) = model.choices(&values).into_iter().nth(at)
        {
            let text = said::choose(
                model.language,
                &instead.value,
                &instead.option,
                change(model.language, price, present),
            );
            best = Some((price, text));
        }
    }
    best.map(|(_, text)| text)
}

fn change(language: Language, price: Money, present: Money) -> String {
    match price.minus(present) {
        Ok(more) if more.minor() > 0 => said::plus(language, more),
        Ok(less) if less.minor() < 0 => said::minus(
            language,
            Money::new(less.minor().saturating_neg(), less.currency()),
        ),
        Ok(_) | Err(_) => said::same_price(language),
    }
}
