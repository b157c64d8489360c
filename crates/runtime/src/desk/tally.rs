//! How the desk does, in numbers.

use std::collections::{BTreeMap, BTreeSet};

use errand_engine::{DeskDeed, DeskEntry};
use errand_protocol::desk::{DeskReason, DeskStats};
use errand_types::SessionId;
use jiff::Timestamp;

use crate::metrics;

/// Waits that the median is taken from: the latest.
const WAITS_MAX: usize = 10_000;

/// Sums over everything between people and the desk.
#[derive(Debug, Default)]
pub(super) struct Tally {
    began: u64,
    /// Conversations in which somebody asked, or was called in.
    asked_in: BTreeSet<SessionId>,
    /// Hand-backs of a conversation that did not come back since.
    resolved: BTreeMap<SessionId, u64>,
    waits: Vec<u64>,
    backs: Vec<Timestamp>,
    stats: DeskStats,
}

impl Tally {
    pub(super) fn count(&mut self, entry: &DeskEntry, waited: Option<u64>) {
        let stats = &mut self.stats;
        let one = |count: &mut u64| *count = count.saturating_add(1);
        match &entry.deed {
            DeskDeed::Began => one(&mut self.began),
            DeskDeed::Asked { .. } => {
                one(&mut stats.asked);
                self.asked_in.insert(entry.session.clone());
                // Whoever comes back was not helped for good.
                self.resolved.remove(&entry.session);
            }
            DeskDeed::NobodyThere => {
                one(&mut stats.nobody_there);
                self.asked_in.insert(entry.session.clone());
            }
            DeskDeed::Taken(_) => {
                one(&mut stats.taken);
                if self.waits.len() >= WAITS_MAX {
                    self.waits.remove(0);
                }
                self.waits.extend(waited);
            }
            DeskDeed::Back(_) => {
                one(&mut stats.handed_back);
                one(self.resolved.entry(entry.session.clone()).or_default());
                if self.backs.len() >= WAITS_MAX {
                    self.backs.remove(0);
                }
                self.backs.push(entry.at);
            }
            DeskDeed::Left => one(&mut stats.left),
            DeskDeed::SentAway => one(&mut stats.sent_away),
            DeskDeed::Helped(Some(true)) => one(&mut stats.helped),
            DeskDeed::Helped(Some(false)) => one(&mut stats.not_helped),
            DeskDeed::Helped(None) => one(&mut stats.not_said),
            DeskDeed::Reason(_)
            | DeskDeed::Read
            | DeskDeed::Said
            | DeskDeed::Called { .. }
            | DeskDeed::AskedToSee(_)
            | DeskDeed::Shown { .. }
            | DeskDeed::Noted
            | DeskDeed::Released
            | DeskDeed::Idle => {}
        }
    }

    pub(super) fn done_since(&self, midnight: Timestamp) -> u32 {
        let count = self.backs.iter().filter(|at| **at >= midnight).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    pub(super) fn stats(&self) -> DeskStats {
        let asked_in = u64::try_from(self.asked_in.len()).unwrap_or(u64::MAX);
        // A conversation from before there was a desk may ask in it as well.
        let conversations = self.began.max(asked_in);
        let contained = conversations.saturating_sub(asked_in);
        let mut waits = self.waits.clone();
        waits.sort_unstable();
        DeskStats {
            conversations,
            contained,
            containment_permille: contained
                .saturating_mul(1_000)
                .checked_div(conversations)
                .unwrap_or(1_000),
            wait_s_median: at_share(&waits, 50),
            wait_s_p90: at_share(&waits, 90),
            resolved: self.resolved.values().sum(),
            ..self.stats.clone()
        }
    }
}

/// The value that so many hundredths do not exceed; nearest rank.
fn at_share(sorted: &[u64], hundredths: usize) -> Option<u64> {
    let rank = sorted.len().saturating_mul(hundredths).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// Counts one entry in `/metrics`.
pub(super) fn measure(entry: &DeskEntry, waited: Option<u64>, waiting: usize) {
    let count = |name: &'static str| ::metrics::counter!(name).increment(1);
    match &entry.deed {
        DeskDeed::Began => count(metrics::CONVERSATIONS),
        DeskDeed::Asked { reason, .. } => {
            ::metrics::counter!(metrics::DESK_ASKED, "reason" => word(*reason)).increment(1);
        }
        DeskDeed::NobodyThere => count(metrics::DESK_NOBODY),
        DeskDeed::Taken(_) => {
            count(metrics::DESK_TAKEN);
            if let Some(seconds) = waited {
                let seconds = f64::from(u32::try_from(seconds).unwrap_or(u32::MAX));
                ::metrics::histogram!(metrics::DESK_WAIT_SECONDS).record(seconds);
            }
        }
        DeskDeed::Back(_) => count(metrics::DESK_BACK),
        DeskDeed::Left => count(metrics::DESK_LEFT),
        DeskDeed::SentAway => count(metrics::DESK_SENT_AWAY),
        DeskDeed::Helped(answer) => {
            let answer = match answer {
                Some(true) => "yes",
                Some(false) => "no",
                None => "not_said",
            };
            ::metrics::counter!(metrics::DESK_HELPED, "answer" => answer).increment(1);
        }
        DeskDeed::Reason(_)
        | DeskDeed::Read
        | DeskDeed::Said
        | DeskDeed::Called { .. }
        | DeskDeed::AskedToSee(_)
        | DeskDeed::Shown { .. }
        | DeskDeed::Noted
        | DeskDeed::Released
        | DeskDeed::Idle => {}
    }
    ::metrics::gauge!(metrics::DESK_WAITING)
        .set(f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)));
}

fn word(reason: DeskReason) -> &'static str {
    match reason {
        DeskReason::OutcomeUnknown => "outcome_unknown",
        DeskReason::Asked => "asked",
        DeskReason::Refused => "refused",
        DeskReason::ShopFailed => "shop_failed",
        DeskReason::WordsFailed => "words_failed",
        DeskReason::NotUnderstood => "not_understood",
        DeskReason::Slow => "slow",
    }
}

#[cfg(test)]
mod tests {
    use errand_types::Language;

    use super::*;

    fn entry(session: &str, second: i64, deed: DeskDeed) -> DeskEntry {
        DeskEntry {
            at: Timestamp::from_second(second).unwrap(),
            session: SessionId::parse(session).unwrap(),
            by: None,
            deed,
        }
    }

    fn asked() -> DeskDeed {
        DeskDeed::Asked {
            reason: DeskReason::Asked,
            language: Language::English,
            who: errand_types::Text::clip("Kim"),
        }
    }

    #[test]
    fn containment_waits_and_what_came_back_are_counted() {
        let mut tally = Tally::default();
        for (n, session) in ["sess_a", "sess_b", "sess_c", "sess_d"]
            .into_iter()
            .enumerate()
        {
            tally.count(
                &entry(session, i64::try_from(n).unwrap(), DeskDeed::Began),
                None,
            );
        }
        let taken = || DeskDeed::Taken(errand_types::Text::clip("to help"));
        let back = || DeskDeed::Back(errand_types::Text::clip("done"));
        tally.count(&entry("sess_a", 10, asked()), None);
        tally.count(&entry("sess_a", 40, taken()), Some(30));
        tally.count(&entry("sess_a", 90, back()), None);
        tally.count(&entry("sess_a", 91, DeskDeed::Helped(Some(true))), None);
        tally.count(&entry("sess_b", 100, asked()), None);
        tally.count(&entry("sess_b", 101, taken()), Some(1));
        tally.count(&entry("sess_b", 120, back()), None);
        // It did not help: back in the queue.
        tally.count(&entry("sess_b", 130, asked()), None);

        let stats = tally.stats();

        assert_eq!((stats.conversations, stats.contained), (4, 2));
        assert_eq!(stats.containment_permille, 500);
        assert_eq!((stats.asked, stats.taken, stats.handed_back), (3, 2, 2));
        assert_eq!(stats.resolved, 1);
        assert_eq!((stats.wait_s_median, stats.wait_s_p90), (Some(1), Some(30)));
        assert_eq!((stats.helped, stats.not_helped, stats.not_said), (1, 0, 0));
        assert_eq!(tally.done_since(Timestamp::from_second(100).unwrap()), 1);
    }

    #[test]
    fn with_no_conversation_everything_is_contained() {
        let stats = Tally::default().stats();

        assert_eq!(stats.containment_permille, 1_000);
        assert_eq!(stats.wait_s_median, None);
    }
}
