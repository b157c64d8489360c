use std::fmt::Write as _;
use std::sync::PoisonError;

use errand_model::Turn;

use crate::OfflineModel;
use crate::clause::clauses;
use crate::text::Heard;

impl OfflineModel {
    /// Every stage of reading a turn, for people who look into why it was read that way.
    pub fn explain(&self, turn: &Turn) -> String {
        let mut out = String::new();
        let heard = Heard::new(turn.text.as_str(), &self.lang(turn.scene.language).short);
        let vocab = self.vocab.read().unwrap_or_else(PoisonError::into_inner);
        let (scan, decision) = self.understand(heard, &turn.scene, &vocab);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "text      {}", scan.heard.shown);
        let words: Vec<&str> = scan.heard.tokens.iter().map(|t| t.text.as_str()).collect();
        let _ = writeln!(out, "tokens    {}", words.join(" | "));
        for at in 0..words.len() {
            let mut tag = |name: &str, end: usize, value: String| {
                let _ = writeln!(
                    out,
                    "tag       {name:<8} “{}” {value}",
                    scan.heard.said(at, end)
                );
            };
            if let Some((end, n)) = scan.nums.get(at).copied().flatten() {
                tag("number", end, n.to_string());
            }
            if let Some((end, amount)) = scan.amounts.get(at).and_then(Option::as_ref) {
                tag(
                    "money",
                    *end,
                    format!(
                        "{} thousandths of {}",
                        amount.milli,
                        amount.currency.as_deref().unwrap_or("home currency")
                    ),
                );
            }
            if let Some((_, end, when)) = scan.times.get(at).copied().flatten() {
                tag("time", end, format!("{when:?}"));
            }
            if let Some((end, id)) = scan.labels.get(at).and_then(Option::as_ref) {
                tag("label", *end, id.clone());
            }
            if let Some((end, shop)) = scan.shops.get(at).copied().flatten() {
                tag(
                    "shop",
                    end,
                    turn.scene
                        .shops
                        .get(shop)
                        .map_or_else(String::new, |s| s.id.to_string()),
                );
            }
            for (end, refer) in scan.refs.get(at).into_iter().flatten() {
                tag("ref", *end, format!("{:?} {:?}", refer.way, refer.count));
            }
        }
        for clause in clauses(&scan) {
            let said = scan.heard.said(clause.from, clause.to);
            let _ = match &clause.hit {
                Some(hit) => writeln!(
                    out,
                    "clause    “{said}” {:?}, cost {}, by `{}`",
                    hit.verb, hit.cost, hit.pattern
                ),
                None => writeln!(out, "clause    “{said}” free words"),
            };
        }
        let _ = writeln!(out, "decided   {:?}", decision.proposal);
        if let Some(understood) = decision.understood {
            let _ = writeln!(out, "understood {understood}");
        }
        out
    }
}
