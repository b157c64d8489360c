//! Whether the person asked for what a proposal would do. A prompt holds text by shops, so a call that nothing in the
//! person's own words speaks for counts as the shops' wish: tainted, and the gate keeps it from money, deliveries, orders,
//! rules and consent.

use std::collections::BTreeMap;

use errand_model::{Proposal, Scene, Speaker, Talk};

use super::knowledge::calls;
use super::text::spaced;

static DATA: &str = include_str!("../../data/licence.toml");

/// The words by which people ask for such things.
#[derive(Debug)]
pub(crate) struct Licence(BTreeMap<String, Vec<String>>);

impl Licence {
    /// The words that come with errand.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(crate) fn new() -> Result<Self, String> {
        let lists: BTreeMap<String, Vec<String>> =
            toml::from_str(DATA).map_err(|e| format!("licence.toml: {e}"))?;
        Ok(Self(
            lists
                .into_iter()
                .map(|(tool, words)| (tool, words.iter().map(|w| spaced(w)).collect()))
                .collect(),
        ))
    }

    /// Whether a proposal counts as a stranger's wish. `own`: what the offline planner reads in the same words; what it
    /// finds there too was asked for.
    pub(crate) fn is_tainted(
        &self,
        proposal: &Proposal,
        own: Option<&Proposal>,
        text: &str,
        (scene, talk): (&Scene, &Talk),
    ) -> bool {
        let errand_spoke = talk.recent.iter().any(|s| s.by == Speaker::Errand);
        let quotes_strangers = errand_spoke
            || !scene.shown.is_empty()
            || !scene.cart.is_empty()
            || !scene.orders.is_empty()
            || scene.configuring.is_some();
        if !quotes_strangers {
            return false;
        }
        let text = spaced(text);
        let own: Vec<&str> = own
            .map(calls)
            .unwrap_or_default()
            .iter()
            .map(|c| c.name())
            .collect();
        calls(proposal).iter().any(|call| {
            self.0.get(call.name()).is_some_and(|words| {
                !own.contains(&call.name()) && !words.iter().any(|w| text.contains(w.as_str()))
            })
        })
    }
}
