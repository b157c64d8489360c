use std::collections::BTreeMap;

use errand_gate::{Facts, Reason, RuleHit, RuleSource, Verdict};
use errand_types::Language;

use crate::lint::is_code;
use crate::load::Rule;
use crate::slots::{self, clean, fill};

/// Code of a hit that is shown with a warning and bought only when the person approves.
pub(crate) const DOUBTFUL: &str = "VALUE-0003";
/// Code of a refusal because something could not be checked.
pub(crate) const ENGINE: &str = "GATE-0001";
/// Code of a refusal because nothing permits it.
const NO_PERMIT: &str = "GATE-0002";
/// Most reasons of one decision; a count of the rest stands in the last.
const REASONS_MAX: usize = 200;

/// The reasons of policies that matched, strictest first.
pub(crate) fn of(ids: &[String], rules: &BTreeMap<String, Rule>, facts: &Facts) -> Vec<Reason> {
    let mut out: Vec<Reason> = ids
        .iter()
        .filter_map(|id| Some((id, rules.get(id)?)))
        .flat_map(|(id, rule)| reasons(id, rule, facts))
        .collect();
    out.sort_by(|a, b| b.verdict.cmp(&a.verdict).then_with(|| a.rule.cmp(&b.rule)));
    out.truncate(REASONS_MAX);
    out
}

fn reasons(id: &str, rule: &Rule, facts: &Facts) -> Vec<Reason> {
    let verdict = rule.verdict;
    let each: Vec<Reason> = hits(rule.each.as_deref(), facts)
        .map(|(title, hit)| of_hit(id, rule, verdict, title, hit))
        .collect();
    if !each.is_empty() {
        return each;
    }
    let texts = rule.texts(facts.language);
    vec![Reason {
        code: rule.code.clone(),
        rule: id.to_owned(),
        source: source(rule, facts),
        verdict,
        subject: texts
            .about
            .as_deref()
            .map(|about| fill(about, facts))
            .unwrap_or_default(),
        text: capital(&fill(&texts.reason, facts)),
        remedy: capital(&fill(&texts.remedy, facts)),
        evidence: None,
    }]
}

/// The hits that a policy gives one by one.
fn hits<'a>(each: Option<&str>, facts: &'a Facts) -> impl Iterator<Item = (&'a str, &'a RuleHit)> {
    let which = match each {
        Some("violations") => Some((true, false)),
        Some("unconfirmed") => Some((false, false)),
        Some("doubtful") => Some((false, true)),
        Some(_) | None => None,
    };
    facts.items.iter().flat_map(move |item| {
        let list = match which {
            Some((true, _)) => item.violations.as_slice(),
            Some((false, _)) => item.unconfirmed.as_slice(),
            None => &[],
        };
        let is_doubtful =
            which.is_some_and(|(is_violation, is_doubtful)| !is_violation && is_doubtful);
        let is_violation = which.is_some_and(|(is_violation, _)| is_violation);
        list.iter()
            .filter(move |hit| is_violation || (hit.code == DOUBTFUL) == is_doubtful)
            .map(|hit| (item.title.as_str(), hit))
    })
}

fn of_hit(id: &str, rule: &Rule, verdict: Verdict, title: &str, hit: &RuleHit) -> Reason {
    Reason {
        code: if is_code(&hit.code) {
            hit.code.clone()
        } else {
            rule.code.clone()
        },
        rule: format!("{id}/{}", clean(&hit.rule)),
        source: RuleSource::You(clean(&hit.said)),
        verdict,
        subject: clean(title),
        text: capital(&clean_long(&hit.text)),
        remedy: capital(&clean_long(&hit.remedy)),
        evidence: hit.evidence.map(|level| level.min(4)),
    }
}

fn source(rule: &Rule, facts: &Facts) -> RuleSource {
    match &rule.texts(facts.language).said {
        _ if rule.is_operator => RuleSource::Operator,
        _ if rule.is_law => RuleSource::Law,
        Some(said) => RuleSource::You(fill(said, facts)),
        None => RuleSource::House,
    }
}

/// A refusal because something could not be checked. The cause is for the log of whoever runs this, not for the
/// person: it may hold names of policies.
pub(crate) fn engine_error(language: Language) -> Reason {
    Reason {
        code: ENGINE.into(),
        rule: "gate.engine".into(),
        source: RuleSource::House,
        verdict: Verdict::Deny,
        subject: String::new(),
        text: slots::not_checked(language),
        remedy: slots::not_checked_remedy(language),
        evidence: None,
    }
}

/// A refusal because nothing permits it.
pub(crate) fn no_permit(language: Language, action: &str) -> Reason {
    Reason {
        code: NO_PERMIT.into(),
        rule: "gate.no-permit".into(),
        source: RuleSource::House,
        verdict: Verdict::Deny,
        subject: String::new(),
        text: slots::no_permit(language, action),
        remedy: slots::no_permit_remedy(language),
        evidence: None,
    }
}

fn clean_long(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(400).collect()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
