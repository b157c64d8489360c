use std::path::Path;

use errand_gate::{ActionKind, Ask, Decide, Decision, Facts, Reason, Verdict};

use crate::load::{LoadError, Loaded, Slice, load, read_dir};
use crate::request::{BadFacts, Stores, build, check, is_same};
use crate::wrapper::{Ruling, rule};
use crate::{lint, reasons};

/// The gate with Cedar behind it. Pure after loading: the same facts give the same verdict.
pub struct CedarGate(Loaded, Stores);

impl std::fmt::Debug for CedarGate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CedarGate({} policies)", self.0.rules.len())
    }
}

impl CedarGate {
    /// The gate with the policies that this build carries.
    pub fn builtin() -> Result<Self, LoadError> {
        load(&[]).map(Self::of)
    }

    /// The gate with the policies of this build and every `*.cedar` file of an operator's directory. Those may only
    /// forbid. One bad file refuses all; the caller keeps the gate that it has.
    pub fn with_operator_dir(dir: &Path) -> Result<Self, LoadError> {
        load(&read_dir(dir)?).map(Self::of)
    }

    /// The same from texts, by name of the file.
    pub fn with_operator_files(files: &[(String, String)]) -> Result<Self, LoadError> {
        load(files).map(Self::of)
    }

    fn of(loaded: Loaded) -> Self {
        Self(loaded, Stores::default())
    }

    /// Names of all policies, sorted, with their stable codes.
    pub fn policies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .rules
            .iter()
            .map(|(id, rule)| (id.as_str(), rule.code.as_str()))
    }

    /// Decides with all policies in one set instead of those of the action; the outcome is the same and slower. For
    /// checks of the cutting.
    #[doc(hidden)]
    pub fn decide_unsliced(&self, ask: &Ask<'_>) -> Decision {
        record(ask, self.judge(ask.action, ask.facts, &self.0.whole))
    }

    fn judge(&self, kind: ActionKind, facts: &Facts, slice: &Slice) -> (Verdict, Vec<Reason>) {
        self.explain(kind, facts, self.rule(kind, facts, slice))
    }

    /// What the policies say; without a request nothing.
    fn rule(&self, kind: ActionKind, facts: &Facts, slice: &Slice) -> Result<Ruling, BadFacts> {
        let (request, entities) = build(&self.0.schema, &self.0.names, &self.1, kind, facts)?;
        Ok(rule(slice, &request, &entities))
    }

    fn explain(
        &self,
        kind: ActionKind,
        facts: &Facts,
        ruling: Result<Ruling, BadFacts>,
    ) -> (Verdict, Vec<Reason>) {
        let failed = || (Verdict::Deny, vec![reasons::engine_error(facts.language)]);
        let Ok(ruling) = ruling else { return failed() };
        let (verdict, ids) = match ruling {
            Ruling::Failed(_) => return failed(),
            Ruling::NoPermit => {
                let reason = reasons::no_permit(facts.language, kind.name());
                return (Verdict::Deny, vec![reason]);
            }
            Ruling::Deny(ids) => (Verdict::Deny, ids),
            Ruling::Ask(ids) => (Verdict::Ask, ids),
            Ruling::Allow(ids) => (Verdict::Allow, ids),
        };
        let reasons = reasons::of(&ids, &self.0.rules, facts);
        // INVARIANT: a verdict without a reason of its own strictness is not explained, and what is not explained does
        // not happen.
        if reasons.iter().any(|r| r.verdict == verdict) {
            (verdict, reasons)
        } else {
            failed()
        }
    }
}

fn record(ask: &Ask<'_>, (verdict, reasons): (Verdict, Vec<Reason>)) -> Decision {
    debug_assert!(reasons.iter().all(|r| lint::is_code(&r.code)));
    Decision {
        id: ask.id.clone(),
        call: ask.call.clone(),
        action: ask.action.name().to_owned(),
        verdict,
        reasons,
        epoch: ask.epoch,
        at: ask.now,
    }
}

impl Decide for CedarGate {
    fn decide(&self, ask: &Ask<'_>) -> Decision {
        let judged = if let Some(slice) = self.0.slices.get(&ask.action) {
            self.judge(ask.action, ask.facts, slice)
        } else {
            let reason = reasons::no_permit(ask.facts.language, ask.action.name());
            (Verdict::Deny, vec![reason])
        };
        record(ask, judged)
    }

    /// Several things found at one shop have one and the same request to Cedar, which is a pure function: it is put once,
    /// and each of them has its own reasons. Nothing is kept from one call of this to the next.
    fn decide_each(&self, asks: &[Ask<'_>]) -> Vec<Decision> {
        let mut last: Option<(&Ask<'_>, Ruling)> = None;
        let mut decisions = Vec::with_capacity(asks.len());
        for ask in asks {
            let Some(slice) = self.0.slices.get(&ask.action) else {
                decisions.push(self.decide(ask));
                continue;
            };
            let known = last.as_ref().filter(|(before, _)| {
                before.action == ask.action
                    && is_same(before.facts, ask.facts)
                    && check(ask.facts).is_ok()
            });
            let ruling = match known {
                Some((_, ruling)) => Ok(ruling.clone()),
                None => self.rule(ask.action, ask.facts, slice),
            };
            last = ruling.clone().ok().map(|ruling| (ask, ruling));
            decisions.push(record(ask, self.explain(ask.action, ask.facts, ruling)));
        }
        decisions
    }
}
