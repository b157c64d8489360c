//! The file of a domain as it is written, before it is checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

pub(super) type Name = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) id: Name,
    pub(super) word: String,
    #[serde(default)]
    pub(super) words: Vec<String>,
    pub(super) slot: Vec<SlotRow>,
    #[serde(default)]
    pub(super) relation: Vec<RelationRow>,
    #[serde(default)]
    pub(super) sum: Vec<SumRow>,
    #[serde(default)]
    pub(super) goal: Vec<GoalRow>,
    #[serde(default, rename = "use")]
    pub(super) uses: Vec<UseRow>,
    #[serde(default)]
    pub(super) phrase: Vec<PhraseRow>,
    #[serde(default)]
    pub(super) compare: Vec<CompareRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SlotRow {
    pub(super) id: Name,
    pub(super) word: String,
    #[serde(default)]
    pub(super) words: Vec<String>,
    #[serde(default)]
    pub(super) listed: Vec<String>,
    pub(super) leave_out: Option<Name>,
    #[serde(default)]
    pub(super) attribute: Vec<AttributeRow>,
    #[serde(default)]
    pub(super) need: Vec<NeedRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributeRow {
    pub(super) id: Name,
    pub(super) word: String,
    pub(super) kind: Name,
    pub(super) unit: Option<String>,
    pub(super) from: Vec<String>,
    #[serde(default)]
    pub(super) positive: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NeedRow {
    pub(super) attribute: Option<Name>,
    pub(super) is: Option<Vec<String>>,
    pub(super) yes: Option<bool>,
    pub(super) title_lacks: Option<Vec<String>>,
    pub(super) because: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationRow {
    pub(super) id: Name,
    pub(super) word: String,
    pub(super) between: (Name, Name),
    pub(super) unless: Option<Name>,
    pub(super) test: Vec<TestRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestRow {
    pub(super) left: Name,
    pub(super) equal: Option<Name>,
    pub(super) one_of: Option<Name>,
    pub(super) at_most: Option<Name>,
    pub(super) is: Option<Vec<String>>,
    #[serde(default)]
    pub(super) also: BTreeMap<String, String>,
    pub(super) yes: Name,
    pub(super) no: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SumRow {
    pub(super) id: Name,
    pub(super) word: String,
    pub(super) of: Vec<Name>,
    pub(super) plus: Option<Name>,
    pub(super) at_most: Name,
    pub(super) no: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GoalRow {
    pub(super) id: Name,
    pub(super) word: String,
    pub(super) part: Vec<GoalPartRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GoalPartRow {
    pub(super) of: Name,
    pub(super) weight: Spanned<i64>,
    pub(super) up_to: Option<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UseRow {
    pub(super) id: Name,
    pub(super) word: String,
    #[serde(default)]
    pub(super) words: Vec<String>,
    pub(super) goal: Option<Name>,
    pub(super) wants: Vec<WantRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PhraseRow {
    pub(super) words: Vec<String>,
    pub(super) wants: Vec<WantRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompareRow {
    pub(super) words: Vec<String>,
    pub(super) of: Name,
    pub(super) to: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WantRow {
    pub(super) of: Name,
    pub(super) at_least: Option<String>,
    pub(super) at_most: Option<String>,
    pub(super) is: Option<String>,
    pub(super) not: Option<String>,
    pub(super) with: Option<bool>,
}
