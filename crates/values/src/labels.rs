use std::collections::{BTreeMap, HashMap};

use errand_types::Language;
use serde::Deserialize;

use crate::fold::stems;
use crate::phrases::{Meaning, Phrases};

/// The vocabulary of this project.
pub static LABELS_TOML: &str = include_str!("../../../policies/labels.toml");

/// The words for its labels in the other languages.
static OTHER_WORDS: [(Language, &str); Language::ALL.len() - 1] = [(
    Language::German,
    include_str!("../../../policies/lang/de-labels.toml"),
)];

/// Most labels that one vocabulary may have.
pub const LABELS_MAX: usize = 2_048;
/// Largest vocabulary file in bytes.
const FILE_BYTES_MAX: usize = 1 << 20;

/// A label of one loaded vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LabelId(u16);

impl LabelId {
    pub(crate) fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// What a person can avoid or require: labels, what they imply, and the words that mean them.
#[derive(Debug)]
pub struct Labels {
    list: Vec<Label>,
    ids: HashMap<String, LabelId>,
    pub(crate) phrases: Phrases,
    pub(crate) marketing: Phrases,
    pub(crate) kinds: Vec<Kind>,
    synonyms: Vec<(String, String)>,
}

#[derive(Debug)]
pub(crate) struct Label {
    pub(crate) id: String,
    pub(crate) namespace: Namespace,
    /// In English, as the vocabulary has it.
    word: String,
    /// In other languages.
    in_other: BTreeMap<Language, String>,
    pub(crate) strict: bool,
    pub(crate) avoid_level: u8,
    pub(crate) require_level: u8,
    pub(crate) kinds: Vec<usize>,
    pub(crate) is_in_prose: bool,
    /// All labels above, itself included.
    pub(crate) up: Vec<LabelId>,
    /// All labels below, itself included.
    pub(crate) down: Vec<LabelId>,
    /// What a confirmed certificate rules out, the labels below included.
    pub(crate) excludes: Vec<LabelId>,
}

impl Label {
    /// The word for a person; the English one where the vocabulary is not the one of this build.
    pub(crate) fn word(&self, language: Language) -> &str {
        self.in_other.get(&language).unwrap_or(&self.word)
    }
}

/// The part of an id before the colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Namespace {
    Contains,
    Allergen,
    Cert,
    Origin,
    Hazard,
    Cat,
}

/// A list that a product may state, such as its materials.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) attributes: Vec<String>,
    /// Stems of category words in which it does not exist.
    pub(crate) not_in: Vec<String>,
}

/// Why a vocabulary is refused; the one in use stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelsError {
    /// Not readable.
    #[error("the label file cannot be read: {0}")]
    Parse(String),
    /// Too large.
    #[error(
        "the label file is larger than {FILE_BYTES_MAX} bytes or has more than {LABELS_MAX} labels"
    )]
    TooLarge,
    /// A namespace that nobody knows.
    #[error("label `{0}` is in no known namespace")]
    Namespace(String),
    /// Twice the same id.
    #[error("label `{0}` is there twice")]
    Duplicate(String),
    /// A parent, an exclusion or a kind that is not there.
    #[error("label `{label}` names `{unknown}`, which is not there")]
    Unknown {
        /// The label.
        label: String,
        /// What it names.
        unknown: String,
    },
    /// A language has no word for a label, or one for what is none.
    #[error("the words of `{language}` and the labels differ at `{label}`")]
    Unsaid {
        /// Code of the language.
        language: &'static str,
        /// The label.
        label: String,
    },
    /// A label is above itself.
    #[error("label `{0}` is above itself")]
    Cycle(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    marketing: Vec<String>,
    namespace: Vec<NamespaceRow>,
    #[serde(default)]
    kind: Vec<KindRow>,
    label: Vec<LabelRow>,
    #[serde(default)]
    origins: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamespaceRow {
    id: String,
    strict: bool,
    avoid_level: u8,
    require_level: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindRow {
    id: String,
    attributes: Vec<String>,
    #[serde(default)]
    not_in: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelRow {
    id: String,
    word: String,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default)]
    parents: Vec<String>,
    #[serde(default)]
    excludes: Vec<String>,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default = "yes")]
    prose: bool,
}

fn yes() -> bool {
    true
}

impl Namespace {
    fn parse(raw: &str) -> Option<Self> {
        Some(match raw {
            "contains" => Self::Contains,
            "allergen" => Self::Allergen,
            "cert" => Self::Cert,
            "origin" => Self::Origin,
            "hazard" => Self::Hazard,
            "cat" => Self::Cat,
            _ => return None,
        })
    }

    fn of(id: &str) -> Option<Self> {
        Self::parse(id.split_once(':')?.0)
    }
}

impl Labels {
    /// The vocabulary that this build carries.
    pub fn builtin() -> Result<Self, LabelsError> {
        let mut labels = Self::load(LABELS_TOML)?;
        for (language, text) in OTHER_WORDS {
            labels.translate(language, text)?;
        }
        Ok(labels)
    }

    /// Takes in the words of a language: one for every label, and none for what is no label.
    fn translate(&mut self, language: Language, text: &str) -> Result<(), LabelsError> {
        let mut words: BTreeMap<String, String> =
            toml::from_str(text).map_err(|e| LabelsError::Parse(e.message().to_owned()))?;
        let unsaid = |label: &str| LabelsError::Unsaid {
            language: language.code(),
            label: label.to_owned(),
        };
        for label in &mut self.list {
            let word = words.remove(&label.id).filter(|w| !w.trim().is_empty());
            let word = word.ok_or_else(|| unsaid(&label.id))?;
            label.in_other.insert(language, word);
        }
        match words.keys().next() {
            Some(stray) => Err(unsaid(stray)),
            None => Ok(()),
        }
    }

    /// Reads a vocabulary, whole or not at all.
    pub fn load(text: &str) -> Result<Self, LabelsError> {
        if text.len() > FILE_BYTES_MAX {
            return Err(LabelsError::TooLarge);
        }
        let mut file: File =
            toml::from_str(text).map_err(|e| LabelsError::Parse(e.message().to_owned()))?;
        if file.version != 1 {
            return Err(LabelsError::Parse(format!(
                "version {} is not known",
                file.version
            )));
        }
        let origins = std::mem::take(&mut file.origins);
        file.label
            .extend(origins.into_iter().filter_map(origin_row));
        if file.label.len() > LABELS_MAX {
            return Err(LabelsError::TooLarge);
        }
        let ids = number(&file.label)?;
        let (above, below) = edges(&file.label, &ids)?;
        let mut labels = Vec::with_capacity(file.label.len());
        for row in &file.label {
            labels.push(label(row, &file, &ids, &above, &below)?);
        }
        let kinds = file.kind.iter().map(KindRow::read).collect();
        let marketing = Phrases::of(
            file.marketing
                .iter()
                .map(|m| (m.as_str(), LabelId(0), Meaning::Is)),
        );
        Ok(Self {
            phrases: phrases(&file.label, &ids),
            synonyms: synonyms(&file.label),
            list: labels,
            ids,
            marketing,
            kinds,
        })
    }

    /// The label of an id such as `contains:leather`.
    pub fn id(&self, id: &str) -> Option<LabelId> {
        self.ids.get(id).copied()
    }

    /// The id of a label.
    pub fn name(&self, label: LabelId) -> &str {
        self.label(label).map_or("", |l| &l.id)
    }

    /// The word for a person: `leather`, `Fairtrade`; `Leder`.
    pub fn word(&self, label: LabelId, language: Language) -> &str {
        self.label(label).map_or("", |l| l.word(language))
    }

    /// The id that a whole phrase means: `fair-trade` gives `cert:fairtrade-intl`. Words only propose; a phrase with
    /// no label, marketing words among them, gives `None`. An allergen comes before an ingredient of the same name.
    pub fn find(&self, phrase: &str) -> Option<&str> {
        let wanted = stems(phrase).join(" ");
        let hits = self.synonyms.iter().filter(|(words, _)| *words == wanted);
        hits.map(|(_, id)| id.as_str())
            .min_by_key(|id| precedence(id))
    }

    /// Every phrase that people say for a label, folded and stemmed, with its id.
    pub fn synonyms(&self) -> impl Iterator<Item = (&str, &str)> {
        self.synonyms
            .iter()
            .map(|(words, id)| (words.as_str(), id.as_str()))
    }

    /// Marketing words in a text: they have no checked meaning and count neither way.
    pub fn has_marketing(&self, text: &str) -> bool {
        !self.marketing.spans(&crate::fold::tokens(text)).is_empty()
    }

    /// How many labels there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All ids, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|l| l.id.as_str())
    }

    pub(crate) fn label(&self, label: LabelId) -> Option<&Label> {
        self.list.get(label.at())
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (LabelId, &Label)> {
        self.list
            .iter()
            .enumerate()
            .filter_map(|(at, label)| Some((LabelId(u16::try_from(at).ok()?), label)))
    }
}

/// Which label a word of two meanings proposes: the one whose miss would hurt most.
fn precedence(id: &str) -> u8 {
    match Namespace::of(id) {
        Some(Namespace::Allergen) => 0,
        Some(Namespace::Cert) => 1,
        Some(Namespace::Contains) => 2,
        Some(Namespace::Origin) => 3,
        Some(Namespace::Hazard) => 4,
        Some(Namespace::Cat) | None => 5,
    }
}

fn origin_row((code, names): (String, Vec<String>)) -> Option<LabelRow> {
    let word = names.first()?.clone();
    let mut words = vec![code.clone()];
    words.extend(names);
    Some(LabelRow {
        id: format!("origin:{code}"),
        word,
        words,
        except: Vec::new(),
        parents: Vec::new(),
        excludes: Vec::new(),
        kinds: Vec::new(),
        prose: false,
    })
}

fn number(rows: &[LabelRow]) -> Result<HashMap<String, LabelId>, LabelsError> {
    let mut ids = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        if Namespace::of(&row.id).is_none() {
            return Err(LabelsError::Namespace(row.id.clone()));
        }
        let number = u16::try_from(at).map_err(|_| LabelsError::TooLarge)?;
        if ids.insert(row.id.clone(), LabelId(number)).is_some() {
            return Err(LabelsError::Duplicate(row.id.clone()));
        }
    }
    Ok(ids)
}

type Edges = Vec<Vec<LabelId>>;

fn edges(rows: &[LabelRow], ids: &HashMap<String, LabelId>) -> Result<(Edges, Edges), LabelsError> {
    let mut above: Edges = vec![Vec::new(); rows.len()];
    let mut below: Edges = vec![Vec::new(); rows.len()];
    for (at, row) in rows.iter().enumerate() {
        let child = LabelId(u16::try_from(at).map_err(|_| LabelsError::TooLarge)?);
        for parent in lookup(&row.id, &row.parents, ids)? {
            if let Some(list) = above.get_mut(at) {
                list.push(parent);
            }
            if let Some(list) = below.get_mut(parent.at()) {
                list.push(child);
            }
        }
    }
    let is_cyclic = |row: &&LabelRow| {
        ids.get(&row.id).is_some_and(|id| {
            above
                .get(id.at())
                .is_some_and(|p| p.iter().any(|p| closure(*p, &above).contains(id)))
        })
    };
    match rows.iter().find(is_cyclic) {
        Some(row) => Err(LabelsError::Cycle(row.id.clone())),
        None => Ok((above, below)),
    }
}

fn lookup(
    label: &str,
    names: &[String],
    ids: &HashMap<String, LabelId>,
) -> Result<Vec<LabelId>, LabelsError> {
    let find = |name: &String| {
        ids.get(name).copied().ok_or_else(|| LabelsError::Unknown {
            label: label.to_owned(),
            unknown: name.clone(),
        })
    };
    names.iter().map(find).collect()
}

/// Everything reachable from a label, itself included; ends also where there is a cycle.
fn closure(from: LabelId, edges: &Edges) -> Vec<LabelId> {
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(label) = reached.get(next).copied() {
        for neighbour in edges.get(label.at()).into_iter().flatten() {
            if !reached.contains(neighbour) {
                reached.push(*neighbour);
            }
        }
        next += 1;
    }
    reached
}

fn label(
    row: &LabelRow,
    file: &File,
    ids: &HashMap<String, LabelId>,
    above: &Edges,
    below: &Edges,
) -> Result<Label, LabelsError> {
    let unknown = |name: &str| LabelsError::Unknown {
        label: row.id.clone(),
        unknown: name.to_owned(),
    };
    let namespace = Namespace::of(&row.id).ok_or_else(|| LabelsError::Namespace(row.id.clone()))?;
    let prefix = row.id.split_once(':').map_or("", |(prefix, _)| prefix);
    let rule = file
        .namespace
        .iter()
        .find(|n| n.id == prefix)
        .ok_or_else(|| unknown(prefix))?;
    let kind = |name: &String| {
        file.kind
            .iter()
            .position(|k| k.id == *name)
            .ok_or_else(|| unknown(name))
    };
    let own = ids.get(&row.id).copied().ok_or_else(|| unknown(&row.id))?;
    let mut excludes: Vec<LabelId> = lookup(&row.id, &row.excludes, ids)?
        .into_iter()
        .flat_map(|id| closure(id, below))
        .collect();
    excludes.sort_unstable();
    excludes.dedup();
    Ok(Label {
        id: row.id.clone(),
        namespace,
        word: row.word.clone(),
        in_other: BTreeMap::new(),
        strict: rule.strict,
        avoid_level: rule.avoid_level,
        require_level: rule.require_level,
        kinds: row.kinds.iter().map(kind).collect::<Result<_, _>>()?,
        is_in_prose: row.prose,
        up: closure(own, above),
        down: closure(own, below),
        excludes,
    })
}

impl KindRow {
    fn read(&self) -> Kind {
        let not_in = self.not_in.iter().flat_map(|word| stems(word)).collect();
        Kind {
            attributes: self.attributes.clone(),
            not_in,
        }
    }
}

fn phrases(rows: &[LabelRow], ids: &HashMap<String, LabelId>) -> Phrases {
    let of_row = |row: &LabelRow| {
        let id = ids.get(&row.id).copied().unwrap_or(LabelId(0));
        let scheme = row.id.strip_prefix("cert:").map(str::to_owned);
        let means = std::iter::once(row.word.clone())
            .chain(row.words.clone())
            .chain(scheme);
        let means: Vec<_> = means.map(|words| (words, id, Meaning::Is)).collect();
        let except = row
            .except
            .clone()
            .into_iter()
            .map(move |words| (words, id, Meaning::IsNot));
        means.into_iter().chain(except)
    };
    let all: Vec<_> = rows.iter().flat_map(of_row).collect();
    Phrases::of(
        all.iter()
            .map(|(words, id, meaning)| (words.as_str(), *id, *meaning)),
    )
}

fn synonyms(rows: &[LabelRow]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for row in rows {
        let mut add = |words: &str| out.push((stems(words).join(" "), row.id.clone()));
        if row.id.starts_with("origin:") {
            // "turkey" alone is a bird, and "pe" nothing that people say.
            for name in row.words.iter().skip(1) {
                for lead in ["from", "made in", "grown in", "product of"] {
                    add(&format!("{lead} {name}"));
                }
            }
        } else if !row.id.starts_with("hazard:age") {
            add(&row.word);
            row.words.iter().for_each(|words| add(words));
            if let Some(scheme) = row.id.strip_prefix("cert:") {
                add(scheme);
            }
        }
    }
    out.retain(|(words, _)| !words.is_empty());
    out.sort_unstable();
    out.dedup();
    out
}
