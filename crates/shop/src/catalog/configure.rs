//! Goods that are put together to order: which combinations exist and what they cost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::product::Choices;

/// Options of a configurable product and the rules between them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The choices in canonical order.
    pub options: Vec<ConfigOption>,
    /// Rules; a combination must satisfy all.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// One choice.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigOption {
    /// Name such as `Frame`.
    pub name: String,
    /// Values; the first is the default.
    pub values: Vec<ConfigValue>,
}

/// One value of a choice.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigValue {
    /// Label such as `Oak`.
    pub label: String,
    /// Cents on top of the base price; may be negative.
    #[serde(default)]
    pub price_delta_minor: i64,
    /// Colour word for drawings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Certificate numbers that this value brings, as in the issuers' register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
}

/// If all of `if` is chosen, each option in `then` is limited to the labels given.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Option and label.
    #[serde(rename = "if")]
    pub when: BTreeMap<String, String>,
    /// Option and allowed labels.
    pub then: BTreeMap<String, Vec<String>>,
    /// Why, for people.
    pub because: String,
}

/// Why a combination cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigureError {
    /// The product has no such option.
    #[error("there is no option `{0}`")]
    UnknownOption(String),
    /// The option has no such value.
    #[error("`{option}` has no value `{value}`")]
    UnknownValue {
        /// Option name.
        option: String,
        /// What was asked for.
        value: String,
    },
    /// An option was left open in a variant id.
    #[error("`{0}` is not chosen")]
    Missing(String),
    /// A rule forbids it.
    #[error("`{value}` for `{option}` does not go with the rest: {because}")]
    Forbidden {
        /// Option name.
        option: String,
        /// Chosen value.
        value: String,
        /// The rule's reason.
        because: String,
    },
}

/// Upper bound of search steps when open choices are filled in.
const STEPS_MAX: u32 = 20_000;

impl Configuration {
    /// The canonical variant id of a complete combination of product `base`.
    pub fn variant_id(&self, base: &str, choices: &Choices) -> String {
        let mut id = base.to_owned();
        for option in &self.options {
            if let Some(label) = choices.get(&option.name) {
                id.push('~');
                id.push_str(&slug(&option.name));
                id.push('=');
                id.push_str(&slug(label));
            }
        }
        id
    }

    /// Reads the part of a variant id after the product id.
    ///
    /// # Errors
    /// [`ConfigureError`] when an option or value is unknown, left out, out of order or
    /// forbidden.
    pub fn parse(&self, parts: &str) -> Result<Choices, ConfigureError> {
        let mut given = parts.split('~');
        let mut choices = Choices::new();
        for option in &self.options {
            let part = given.next().unwrap_or_default();
            let missing = || ConfigureError::Missing(option.name.clone());
            let (name, value) = part.split_once('=').ok_or_else(missing)?;
            if name != slug(&option.name) {
                return Err(missing());
            }
            let found = option
                .values
                .iter()
                .find(|known| slug(&known.label) == value);
            let known = found.ok_or_else(|| ConfigureError::UnknownValue {
                option: option.name.clone(),
                value: value.to_owned(),
            })?;
            choices.insert(option.name.clone(), known.label.clone());
        }
        if let Some(extra) = given.next() {
            return Err(ConfigureError::UnknownOption(extra.to_owned()));
        }
        self.check(&choices)?;
        Ok(choices)
    }

    /// Checks the choices made so far against all rules.
    ///
    /// # Errors
    /// [`ConfigureError::Forbidden`] for the first rule that is broken, or the unknown parts.
    pub fn check(&self, choices: &Choices) -> Result<(), ConfigureError> {
        for (name, value) in choices {
            let option = self
                .option(name)
                .ok_or_else(|| ConfigureError::UnknownOption(name.clone()))?;
            if !option.values.iter().any(|known| known.label == *value) {
                return Err(ConfigureError::UnknownValue {
                    option: name.clone(),
                    value: value.clone(),
                });
            }
        }
        for rule in &self.rules {
            if !rule
                .when
                .iter()
                .all(|(name, value)| choices.get(name) == Some(value))
            {
                continue;
            }
            for (name, allowed) in &rule.then {
                if let Some(value) = choices.get(name).filter(|value| !allowed.contains(value)) {
                    return Err(ConfigureError::Forbidden {
                        option: name.clone(),
                        value: value.clone(),
                        because: rule.because.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Fills the open options, each with its first value that still leads to a whole
    /// combination. `None` when the choices made rule out every combination.
    pub fn complete(&self, choices: &Choices) -> Option<Choices> {
        self.check(choices).ok()?;
        let mut steps = 0;
        let mut draft = choices.clone();
        self.fill(0, &mut draft, &mut steps).then_some(draft)
    }

    /// Cents on top of the base price for these choices; `None` when it does not fit.
    pub fn delta(&self, choices: &Choices) -> Option<i64> {
        let mut sum = 0_i64;
        for option in &self.options {
            let label = choices.get(&option.name)?;
            let value = option.values.iter().find(|value| value.label == *label)?;
            sum = sum.checked_add(value.price_delta_minor)?;
        }
        Some(sum)
    }

    /// The option with this name.
    pub fn option(&self, name: &str) -> Option<&ConfigOption> {
        self.options.iter().find(|option| option.name == name)
    }

    /// A short human title of a combination, in canonical order.
    pub(crate) fn title(&self, choices: &Choices) -> String {
        let labels = self
            .options
            .iter()
            .filter_map(|option| choices.get(&option.name));
        labels.map(String::as_str).collect::<Vec<_>>().join(" / ")
    }

    fn fill(&self, at: usize, draft: &mut Choices, steps: &mut u32) -> bool {
        *steps += 1;
        if *steps > STEPS_MAX {
            return false;
        }
        let Some(option) = self.options.get(at) else {
            return self.check(draft).is_ok();
        };
        if draft.contains_key(&option.name) {
            return self.fill(at + 1, draft, steps);
        }
        for value in &option.values {
            draft.insert(option.name.clone(), value.label.clone());
            if self.check(draft).is_ok() && self.fill(at + 1, draft, steps) {
                return true;
            }
        }
        draft.remove(&option.name);
        false
    }
}

/// Lower case letters and digits with single dashes between.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars().map(plain) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if letter == '+' {
            slug.push_str("-plus");
        } else if letter != '\'' && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// The letter without its accent, for the few that the shelves use.
fn plain(letter: char) -> char {
    match letter {
        'é' | 'è' | 'ê' => 'e',
        'ü' => 'u',
        'ö' => 'o',
        'ä' => 'a',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bicycle() -> Configuration {
        toml::from_str(
            r#"
            options = [
              { name = "Frame", values = [ { label = "Steel" }, { label = "Carbon", price_delta_minor = 90000 } ] },
              { name = "Brakes", values = [ { label = "Rim" }, { label = "Disc", price_delta_minor = 8000 } ] },
            ]
            rules = [ { if = { Frame = "Carbon" }, then = { Brakes = ["Disc"] }, because = "carbon rims would overheat" } ]
            "#,
        )
        .unwrap()
    }

    fn choices(pairs: &[(&str, &str)]) -> Choices {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_combination_survives_the_trip_through_its_variant_id() {
        let all = choices(&[("Frame", "Carbon"), ("Brakes", "Disc")]);

        let id = bicycle().variant_id("vw-bike", &all);

        assert_eq!(id, "vw-bike~frame=carbon~brakes=disc");
        assert_eq!(bicycle().parse("frame=carbon~brakes=disc"), Ok(all));
    }

    #[test]
    fn a_forbidden_combination_is_refused_with_its_reason() {
        let error = bicycle().parse("frame=carbon~brakes=rim").unwrap_err();

        assert!(error.to_string().contains("carbon rims would overheat"));
    }

    #[test]
    fn an_id_out_of_order_or_with_strangers_is_refused() {
        assert!(bicycle().parse("brakes=disc~frame=steel").is_err());
        assert!(bicycle().parse("frame=steel").is_err());
        assert!(
            bicycle()
                .parse("frame=steel~brakes=rim~bell=brass")
                .is_err()
        );
        assert!(bicycle().parse("frame=wood~brakes=rim").is_err());
    }

    #[test]
    fn open_choices_are_filled_so_that_the_rules_hold() {
        let filled = bicycle()
            .complete(&choices(&[("Frame", "Carbon")]))
            .unwrap();

        assert_eq!(filled.get("Brakes").map(String::as_str), Some("Disc"));
        assert_eq!(bicycle().delta(&filled), Some(98_000));
    }
}
