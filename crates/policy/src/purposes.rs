use errand_types::{DataClass, Purpose};
use serde::Deserialize;

use crate::names::{class_id, purpose_id};

/// The purposes of this build, as text.
pub static PURPOSES_TOML: &str = include_str!("../../../policies/purposes.toml");

/// What is known about one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeInfo {
    /// Which.
    #[serde(rename = "id")]
    pub purpose: Purpose,
    /// How it is said to a person: `the delivery`.
    pub word: String,
    /// Nearest term of the W3C Data Privacy Vocabulary.
    pub dpv: String,
    /// What holds without a receipt.
    pub standing: PurposeStanding,
    /// The most that it may ever take; `None`: what its receipt names.
    #[serde(default)]
    pub classes: Option<Vec<DataClass>>,
}

/// What holds for a purpose without a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum PurposeStanding {
    /// It needs no personal data.
    #[serde(rename = "nothing leaves")]
    NothingLeaves,
    /// The person is asked.
    #[serde(rename = "ask")]
    Ask,
    /// It is refused.
    #[serde(rename = "refused")]
    Refused,
}

/// Why the purposes cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the purposes cannot be read: {0}")]
pub struct PurposesError(String);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    purpose: Vec<PurposeInfo>,
}

/// The twelve purposes with their words.
pub fn purposes() -> Result<Vec<PurposeInfo>, PurposesError> {
    let file: File =
        toml::from_str(PURPOSES_TOML).map_err(|e| PurposesError(e.message().to_owned()))?;
    Ok(file.purpose)
}

/// The name of a purpose in policies: `price_quote`.
pub fn purpose_name(purpose: Purpose) -> &'static str {
    purpose_id(purpose)
}

/// The name of a kind of data in policies: `address.full`.
pub fn class_name(class: DataClass) -> &'static str {
    class_id(class)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use errand_types::Language;

    use super::*;

    #[test]
    fn the_file_has_every_purpose_once_in_the_words_that_are_used() {
        let all = purposes().unwrap();
        assert_eq!(all.len(), 12);
        assert_eq!(
            all.iter().map(|p| p.purpose).collect::<BTreeSet<_>>().len(),
            12
        );
        for info in &all {
            let said = errand_sentences::purpose(Language::English, info.purpose);
            assert_eq!(info.word, said);
            assert!(!info.dpv.is_empty());
        }
    }

    #[test]
    fn the_names_in_policies_are_those_of_the_types() {
        for info in purposes().unwrap() {
            let name = serde_json::to_value(info.purpose).unwrap();
            assert_eq!(name.as_str(), Some(purpose_name(info.purpose)));
            for class in info.classes.into_iter().flatten() {
                assert_eq!(
                    serde_json::to_value(class).unwrap().as_str(),
                    Some(class_name(class))
                );
            }
        }
    }
}
