use errand_gate::RuleHit;

/// A hit of the values evaluator as a fact of the gate. The two crates do not know each other; this one knows both.
pub fn gate_hit(hit: &errand_values::RuleHit) -> RuleHit {
    RuleHit {
        code: hit.code.clone(),
        rule: hit.rule.clone(),
        said: hit.said.clone(),
        text: hit.text.clone(),
        remedy: hit.remedy.clone(),
        evidence: hit.evidence,
    }
}

/// All hits of a list as facts of the gate.
pub fn gate_hits(hits: &[errand_values::RuleHit]) -> Vec<RuleHit> {
    hits.iter().map(gate_hit).collect()
}
