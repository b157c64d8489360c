use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cedar_policy::{
    ActionConstraint, Effect, EntityUid, Policy, PolicyId, PolicySet, Schema, ValidationMode,
    Validator,
};
use errand_gate::{ActionKind, Verdict};
use errand_types::Language;

use crate::files::{POLICIES, SCHEMA};
use crate::lint;
use crate::names::Names;
use crate::texts::{self, Texts};

/// Largest policy file in bytes.
const FILE_BYTES_MAX: usize = 256 * 1024;
/// Most files of an operator.
const FILES_MAX: usize = 100;
/// Most policies in all.
const POLICIES_MAX: usize = 1_000;
/// How deep a policy may look into entities. The facts are in the context, so not at all.
const DEREF_LEVEL_MAX: u32 = 1;

/// Where a policy comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    House,
    Operator,
}

/// Why a set of policies is refused, whole. The one in use stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The directory or a file of it cannot be read.
    #[error("the policy directory cannot be read: {0}")]
    Read(String),
    /// Too many or too large files.
    #[error("policy files are too large or too many")]
    TooLarge,
    /// Not Cedar.
    #[error("policy file `{file}` cannot be read: {cause}")]
    Parse {
        /// Which.
        file: String,
        /// Why.
        cause: String,
    },
    /// The schema is not one.
    #[error("the schema cannot be read: {0}")]
    Schema(String),
    /// It does not fit the schema, or it can never match. Warnings count.
    #[error("the policies do not fit the schema: {0}")]
    Invalid(String),
    /// Against the rules of the house.
    #[error("policy `{policy}`: {why}")]
    Lint {
        /// Which.
        policy: String,
        /// Why.
        why: String,
    },
    /// Two policies of one name.
    #[error("policy `{0}` is there twice")]
    Duplicate(String),
    /// Templates have slots that somebody would have to fill.
    #[error("policy file `{0}` holds a template")]
    Template(String),
}

/// What a policy says to people.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) code: String,
    /// As it is written.
    pub(crate) texts: Texts,
    /// In the other languages.
    pub(crate) in_other: BTreeMap<Language, Texts>,
    /// What it comes to when it matches.
    pub(crate) verdict: Verdict,
    pub(crate) is_law: bool,
    pub(crate) is_operator: bool,
    pub(crate) each: Option<String>,
}

impl Rule {
    /// What it says in a language; an operator's rule is told as it was written.
    pub(crate) fn texts(&self, language: Language) -> &Texts {
        self.in_other.get(&language).unwrap_or(&self.texts)
    }
}

/// The policies that can apply to one action: permits and forbids, and apart from them what the person may lift.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) hard: PolicySet,
    pub(crate) ask: PolicySet,
}

/// Everything that was loaded, checked and cut.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) schema: Schema,
    pub(crate) names: Names,
    pub(crate) rules: BTreeMap<String, Rule>,
    pub(crate) slices: BTreeMap<ActionKind, Slice>,
    /// Everything in one, to hold the slices against.
    pub(crate) whole: Slice,
}

/// Reads the files of an operator's directory: every `*.cedar` in it, by name.
pub(crate) fn read_dir(dir: &Path) -> Result<Vec<(String, String)>, LoadError> {
    let failed = |e: std::io::Error| LoadError::Read(format!("{}: {e}", dir.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_none_or(|e| e != "cedar") {
            continue;
        }
        if files.len() >= FILES_MAX {
            return Err(LoadError::TooLarge);
        }
        let size = std::fs::metadata(&path).map_err(failed)?.len();
        if size > FILE_BYTES_MAX as u64 {
            return Err(LoadError::TooLarge);
        }
        let name = path
            .file_stem()
            .and_then(|n| n.to_str())
            .unwrap_or_default()
            .to_owned();
        files.push((name, std::fs::read_to_string(&path).map_err(failed)?));
    }
    files.sort();
    Ok(files)
}

/// Loads the policies of this build and those of an operator, all or none.
pub(crate) fn load(operator: &[(String, String)]) -> Result<Loaded, LoadError> {
    let house = POLICIES
        .iter()
        .map(|(name, text)| (*name, *text, Origin::House));
    let theirs = operator
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str(), Origin::Operator));
    let mut loaded = load_files(SCHEMA, house.chain(theirs))?;
    texts::translate(&mut loaded.rules)?;
    for book in crate::slots::books() {
        book.check().map_err(|e| LoadError::Parse {
            file: "slots".to_owned(),
            cause: e.to_string(),
        })?;
    }
    Ok(loaded)
}

pub(crate) fn load_files<'a>(
    schema: &str,
    files: impl Iterator<Item = (&'a str, &'a str, Origin)>,
) -> Result<Loaded, LoadError> {
    let (schema, mut warnings) =
        Schema::from_cedarschema_str(schema).map_err(|e| LoadError::Schema(e.to_string()))?;
    if let Some(warning) = warnings.next() {
        return Err(LoadError::Schema(warning.to_string()));
    }
    let names = Names::new().map_err(LoadError::Schema)?;
    let mut rules = BTreeMap::new();
    let mut policies: Vec<(Policy, bool)> = Vec::new();
    for (file, text, origin) in files {
        for policy in parse(file, text, origin)? {
            let id = policy.id().to_string();
            let rule = rule(&policy, origin);
            policies.push((policy, rule.verdict == Verdict::Ask));
            if rules.insert(id.clone(), rule).is_some() {
                return Err(LoadError::Duplicate(id));
            }
            if policies.len() > POLICIES_MAX {
                return Err(LoadError::TooLarge);
            }
        }
    }
    validate(&schema, policies.iter().map(|(policy, _)| policy.clone()))?;
    let mut slices = BTreeMap::new();
    for kind in ActionKind::ALL {
        let action = names
            .action(kind)
            .ok_or_else(|| LoadError::Schema(format!("no action `{}`", kind.name())))?;
        let mut of_action = Vec::new();
        for (policy, is_ask) in policies
            .iter()
            .filter(|(policy, _)| can_apply(policy, action))
        {
            of_action.push((without_action(policy)?, *is_ask));
        }
        slices.insert(kind, slice(of_action.iter())?);
    }
    let whole = slice(policies.iter())?;
    Ok(Loaded {
        schema,
        names,
        rules,
        slices,
        whole,
    })
}

/// Policies of a file under their own names.
fn parse(file: &str, text: &str, origin: Origin) -> Result<Vec<Policy>, LoadError> {
    if text.len() > FILE_BYTES_MAX {
        return Err(LoadError::TooLarge);
    }
    let failed = |cause: String| LoadError::Parse {
        file: file.to_owned(),
        cause,
    };
    let set: PolicySet = text
        .parse()
        .map_err(|e: cedar_policy::ParseErrors| failed(e.to_string()))?;
    if set.templates().next().is_some() {
        return Err(LoadError::Template(file.to_owned()));
    }
    let mut out = Vec::new();
    for policy in set.policies() {
        let own = policy.annotation("id").unwrap_or_default();
        let name = match origin {
            Origin::House => own.to_owned(),
            Origin::Operator => format!("op/{file}/{own}"),
        };
        lint::check(if own.is_empty() { file } else { &name }, policy, origin)?;
        out.push(policy.new_id(PolicyId::new(name)));
    }
    out.sort_by_key(|policy| policy.id().to_string());
    Ok(out)
}

fn rule(policy: &Policy, origin: Origin) -> Rule {
    let text = |key: &str| policy.annotation(key).map(str::to_owned);
    Rule {
        code: text("code").unwrap_or_default(),
        texts: Texts {
            reason: text("reason").unwrap_or_default(),
            remedy: text("remedy").unwrap_or_default(),
            said: text("said"),
            about: text("about"),
        },
        in_other: BTreeMap::new(),
        verdict: match (policy.effect(), policy.annotation("verdict")) {
            (Effect::Permit, _) => Verdict::Allow,
            (Effect::Forbid, Some("ask")) => Verdict::Ask,
            (Effect::Forbid, Some(_) | None) => Verdict::Deny,
        },
        is_law: policy.annotation("by") == Some("law"),
        is_operator: origin == Origin::Operator,
        each: text("each"),
    }
}

/// Strict, with the depth of dereferencing bounded; a warning is an error, because a policy that can never match and a
/// name of look-alike letters are only warnings.
fn validate(schema: &Schema, policies: impl Iterator<Item = Policy>) -> Result<(), LoadError> {
    let set = PolicySet::from_policies(policies).map_err(|e| LoadError::Invalid(e.to_string()))?;
    let validator = Validator::new(schema.clone());
    let result = validator.validate_with_level(&set, ValidationMode::Strict, DEREF_LEVEL_MAX);
    let errors: BTreeSet<String> = result
        .validation_errors()
        .map(ToString::to_string)
        .collect();
    let warnings: BTreeSet<String> = result
        .validation_warnings()
        .map(ToString::to_string)
        .collect();
    match errors.into_iter().chain(warnings).next() {
        Some(first) => Err(LoadError::Invalid(first)),
        None => Ok(()),
    }
}

/// Whether the scope of a policy leaves an action in. Only `action`, `action ==` and `action in [..]` are written, and
/// no action is in another, so what is cut here could not have matched.
fn can_apply(policy: &Policy, action: &EntityUid) -> bool {
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::In(actions) => actions.contains(action),
        ActionConstraint::Eq(one) => one == *action,
    }
}

/// The same policy without its list of actions. In a slice of one action the list is always true, and building a set
/// of names for each decision would cost more than the rest of the policy.
fn without_action(policy: &Policy) -> Result<Policy, LoadError> {
    let failed = |why: String| LoadError::Lint {
        policy: policy.id().to_string(),
        why,
    };
    let mut body = policy.to_json().map_err(|e| failed(e.to_string()))?;
    let scope = body
        .get_mut("action")
        .ok_or_else(|| failed("it has no scope".to_owned()))?;
    *scope = serde_json::json!({ "op": "All" });
    Policy::from_json(Some(policy.id().clone()), body).map_err(|e| failed(e.to_string()))
}

fn slice<'a>(policies: impl Iterator<Item = &'a (Policy, bool)>) -> Result<Slice, LoadError> {
    let failed = |e: cedar_policy::PolicySetError| LoadError::Invalid(e.to_string());
    // The one permit of the ask set: what is in there can only ask.
    let everything = Policy::parse(
        Some(PolicyId::new("ask.everything")),
        "permit (principal, action, resource);",
    )
    .map_err(|e| LoadError::Invalid(e.to_string()))?;
    let mut slice = Slice {
        hard: PolicySet::new(),
        ask: PolicySet::new(),
    };
    slice.ask.add(everything).map_err(failed)?;
    for (policy, is_ask) in policies {
        let set = if *is_ask {
            &mut slice.ask
        } else {
            &mut slice.hard
        };
        set.add(policy.clone()).map_err(failed)?;
    }
    Ok(slice)
}
