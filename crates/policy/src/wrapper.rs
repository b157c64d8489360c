use cedar_policy::{Authorizer, Decision as CedarDecision, Entities, PolicySet, Request};

use crate::load::Slice;

/// What Cedar says, made safe. There is no configuration, no cache and no way past it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// A policy erred. Cedar skips one that errs, so a forbid that errs forbids nothing: whatever was decided without
    /// it is not believed.
    Failed(Vec<String>),
    /// No permit applies.
    NoPermit,
    /// Forbidden by these; those that would only ask are named too.
    Deny(Vec<String>),
    /// Only the person can lift these.
    Ask(Vec<String>),
    /// Permitted by these.
    Allow(Vec<String>),
}

/// The only caller of the authoriser. Both sets are always asked, so that reasons are complete.
pub(crate) fn rule(slice: &Slice, request: &Request, entities: &Entities) -> Ruling {
    let hard = ask(&slice.hard, request, entities);
    let soft = ask(&slice.ask, request, entities);
    let mut erred: Vec<String> = hard.erred;
    erred.extend(soft.erred);
    if !erred.is_empty() {
        return Ruling::Failed(erred);
    }
    match (hard.is_allowed, soft.is_allowed) {
        (true, true) => Ruling::Allow(hard.reasons),
        (true, false) => Ruling::Ask(soft.reasons),
        (false, _) if hard.reasons.is_empty() => Ruling::NoPermit,
        (false, soft_allows) => {
            let mut reasons = hard.reasons;
            if !soft_allows {
                reasons.extend(soft.reasons);
            }
            Ruling::Deny(reasons)
        }
    }
}

struct Answer {
    is_allowed: bool,
    reasons: Vec<String>,
    erred: Vec<String>,
}

fn ask(set: &PolicySet, request: &Request, entities: &Entities) -> Answer {
    let response = Authorizer::new().is_authorized(request, set, entities);
    let diagnostics = response.diagnostics();
    let erred = diagnostics.errors().map(|error| match error {
        cedar_policy::AuthorizationError::PolicyEvaluationError(e) => e.policy_id().to_string(),
    });
    let mut reasons: Vec<String> = diagnostics.reason().map(ToString::to_string).collect();
    reasons.sort();
    Answer {
        is_allowed: response.decision() == CedarDecision::Allow,
        reasons,
        erred: erred.collect(),
    }
}
