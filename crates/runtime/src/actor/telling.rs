//! What a person and those who listen are told. The two words go to those who listen now and are kept nowhere.

use std::sync::Arc;

use errand_protocol::errand::{ApprovalOutcome, ApprovalPlace, ErrandEvent};
use errand_types::{ApprovalId, Told};

use super::{Actor, OpenWords};
use crate::house::{Emitted, What};
use crate::metrics;
use crate::person;

impl Actor {
    pub(super) fn say(&mut self, text: String, is_private: bool) {
        let language = person::lock(&self.person).profile.language;
        let kept = text.replace("{words}", &errand_engine::words_on_screen(language));
        let live = match self.told_words() {
            Some(open) => text.replace("{words}", &open.words),
            None => kept.clone(),
        };
        self.report.said.push(kept.clone());
        self.send(What::Say {
            live,
            kept,
            is_private,
        });
    }

    /// The open words, as far as those who listen may be told them: a conversation that is held aloud is told only words
    /// that may be spoken. A screen beside it asks for the others by name.
    fn told_words(&self) -> Option<&OpenWords> {
        let shown = self.session.way.told == Told::Screen;
        self.words
            .as_ref()
            .filter(|open| shown || open.place == ApprovalPlace::Voice)
    }

    /// The words of a question, for an enrolled screen that asks for them.
    pub(super) fn words_of(&self, id: &ApprovalId) -> Option<String> {
        self.words
            .as_ref()
            .filter(|open| open.approval == *id)
            .map(|open| open.words.clone())
    }

    pub(super) fn emit(&mut self, event: ErrandEvent) {
        match &event {
            ErrandEvent::ApprovalRequired { approval } => {
                self.runtime
                    .0
                    .approvals
                    .note(&approval.id, &self.session.id);
            }
            ErrandEvent::ApprovalResolved(resolved) => {
                self.report.outcome = Some((resolved.outcome, resolved.text.clone()));
                // Wrong words leave the question open; everything else ends it.
                if resolved.outcome != ApprovalOutcome::Wrong {
                    self.words = None;
                }
            }
            ErrandEvent::Receipt { order } => {
                ::metrics::counter!(metrics::ORDERS).increment(1);
                self.report.order = Some((**order).clone());
            }
            ErrandEvent::Policy(policy) => {
                self.report.refused = Some(policy.code.clone());
                self.report.policies.push(policy.clone());
            }
            ErrandEvent::Notice(notice) if notice.code == "PAY-0002" => {
                ::metrics::counter!(metrics::OUTCOMES_UNKNOWN).increment(1);
            }
            _ => {}
        }
        let (live, kept) = match event {
            ErrandEvent::ApprovalRequired { approval } => {
                let mut with_words = approval.clone();
                with_words.words = self
                    .told_words()
                    .filter(|open| open.approval == approval.id)
                    .map(|open| open.words.clone());
                let kept = with_words
                    .words
                    .is_some()
                    .then(|| Box::new(ErrandEvent::ApprovalRequired { approval }));
                (
                    ErrandEvent::ApprovalRequired {
                        approval: with_words,
                    },
                    kept,
                )
            }
            other => (other, None),
        };
        self.send(What::Errand {
            live: Box::new(live),
            kept,
        });
    }

    pub(super) fn send(&self, what: What) {
        let turn = self.turn.map(|(n, _)| n);
        // Nobody listening is no fault: the state is asked for when somebody comes.
        let _ = self.events.send(Arc::new(Emitted { turn, what }));
    }
}
