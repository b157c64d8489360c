//! What the rules of this build say in other languages than the one in which they are written.

use std::collections::BTreeMap;

use errand_types::Language;
use serde::Deserialize;

use crate::load::{LoadError, Rule};
use crate::slots;

/// The languages besides English, each with its file.
const FILES: [(Language, &str, &str); Language::ALL.len() - 1] = [(
    Language::German,
    "lang/de.toml",
    include_str!("../../../policies/lang/de.toml"),
)];

/// The sentences of one rule in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts {
    pub(crate) reason: String,
    pub(crate) remedy: String,
    #[serde(default)]
    pub(crate) said: Option<String>,
    #[serde(default)]
    pub(crate) about: Option<String>,
}

/// Gives every rule of the house its sentences in every language. An operator's rules are told as the operator wrote them.
pub(crate) fn translate(rules: &mut BTreeMap<String, Rule>) -> Result<(), LoadError> {
    for (language, file, text) in FILES {
        add(rules, language, file, text)?;
    }
    Ok(())
}

fn add(
    rules: &mut BTreeMap<String, Rule>,
    language: Language,
    file: &str,
    text: &str,
) -> Result<(), LoadError> {
    let mut all: BTreeMap<String, Texts> = toml::from_str(text).map_err(|e| LoadError::Parse {
        file: file.to_owned(),
        cause: e.message().to_owned(),
    })?;
    let bad = |policy: &str, why: String| LoadError::Lint {
        policy: policy.to_owned(),
        why: format!("{file}: {why}"),
    };
    for (id, rule) in rules.iter_mut().filter(|(_, rule)| !rule.is_operator) {
        let texts = all
            .remove(id)
            .ok_or_else(|| bad(id, "it says nothing in this language".to_owned()))?;
        let parts = [
            ("reason", Some(&rule.texts.reason), Some(&texts.reason)),
            ("remedy", Some(&rule.texts.remedy), Some(&texts.remedy)),
            ("said", rule.texts.said.as_ref(), texts.said.as_ref()),
            ("about", rule.texts.about.as_ref(), texts.about.as_ref()),
        ];
        for (part, own, other) in parts {
            let (own, other) = (
                own.map_or("", String::as_str),
                other.map_or("", String::as_str),
            );
            if own.is_empty() != other.is_empty() || slots::used(own) != slots::used(other) {
                let why = format!("`{part}` does not tell of the same as the rule does");
                return Err(bad(id, why));
            }
        }
        rule.in_other.insert(language, texts);
    }
    match all.keys().next() {
        Some(id) => Err(bad(id, "there is no such policy".to_owned())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::load;

    fn fault(change: impl Fn(&str) -> String) -> String {
        let (language, file, text) = FILES[0];
        let mut rules = load(&[]).unwrap().rules;
        add(&mut rules, language, file, &change(text))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_rule_that_a_language_leaves_out_or_tells_otherwise_is_refused() {
        let without = |text: &str| text.replace("[\"money.day-limit\"]", "[\"money.days-limit\"]");
        assert!(fault(without).contains("`money.day-limit`: lang/de.toml: it says nothing"));
        let slot =
            |text: &str| text.replace("käme der heutige Tag auf {sum_day}", "ist es zu viel");
        assert!(fault(slot).contains("`reason` does not tell of the same"));
        let more = |text: &str| format!("{text}\n[\"a.b\"]\nreason = \"\"\nremedy = \"\"\n");
        assert!(fault(more).contains("there is no such policy"));
    }
}
