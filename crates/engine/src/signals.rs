//! Signs that a talk is stuck, and when they are enough to offer a person.
//!
//! Points for each sign, which fade from turn to turn and fade faster when something went well. All whole numbers, so that
//! the same talk is judged alike everywhere. The score leaves this module as a yes or no and as reasons; nobody is shown
//! how annoyed somebody is.

use std::collections::{BTreeSet, VecDeque};

use errand_model::{Annoyed, Tone};
use errand_protocol::desk::DeskReason;
use serde::{Deserialize, Serialize};

/// Points from which a person is offered.
pub const OFFER_AT: u32 = 80;
/// Signs that are kept; each fades to nothing long before.
const NOTED_MAX: usize = 24;
/// Sentences that a new one is held against.
const SAID_MAX: usize = 4;
/// Words of a sentence that are compared.
const WORDS_MAX: usize = 60;
/// Turns between an offer that was declined and the next one.
const OFFER_GAP: u64 = 12;
/// Turns within which corrections of one thing belong together.
const CORRECTION_SPAN: u64 = 4;

/// One sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The same again, after it had not worked.
    Repeat,
    /// The same in other words, after it had not worked.
    Rephrase,
    /// A mild word of annoyance.
    Annoyed,
    /// A strong one.
    Furious,
    /// Nothing was understood.
    Lost,
    /// Nothing was found.
    Nothing,
    /// A shop or a step failed.
    Failed,
    /// A payment whose outcome is not known.
    Unknown,
    /// It took long.
    Waited,
    /// A rule refused.
    Refused,
    /// The two words were wrong.
    WordsWrong,
    /// The same thing was corrected again.
    Corrected,
    /// Written in capitals.
    Shouted,
    /// An errand was given up half-way.
    Abandoned,
}

impl Signal {
    /// Every sign.
    pub const ALL: [Self; 14] = [
        Self::Repeat,
        Self::Rephrase,
        Self::Annoyed,
        Self::Furious,
        Self::Lost,
        Self::Nothing,
        Self::Failed,
        Self::Unknown,
        Self::Waited,
        Self::Refused,
        Self::WordsWrong,
        Self::Corrected,
        Self::Shouted,
        Self::Abandoned,
    ];

    /// Its points when it is fresh.
    pub fn points(self) -> u32 {
        match self {
            Self::Repeat | Self::Annoyed | Self::Abandoned => 25,
            Self::Rephrase => 15,
            Self::Furious => 50,
            Self::Lost | Self::Corrected | Self::WordsWrong => 30,
            Self::Nothing | Self::Waited | Self::Shouted => 20,
            Self::Failed | Self::Refused => 35,
            Self::Unknown => 60,
        }
    }

    /// What the desk is told of it, where that is more than that somebody is stuck.
    fn reason(self) -> DeskReason {
        match self {
            Self::Unknown => DeskReason::OutcomeUnknown,
            Self::Refused => DeskReason::Refused,
            Self::Failed => DeskReason::ShopFailed,
            Self::WordsWrong => DeskReason::WordsFailed,
            Self::Waited => DeskReason::Slow,
            Self::Repeat
            | Self::Rephrase
            | Self::Annoyed
            | Self::Furious
            | Self::Lost
            | Self::Nothing
            | Self::Corrected
            | Self::Shouted
            | Self::Abandoned => DeskReason::NotUnderstood,
        }
    }
}

/// What a correction is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// The thing.
    What,
    /// Its price.
    Price,
    /// How many.
    Quantity,
    /// When it comes.
    When,
}

/// A sign and the turn that it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Which.
    pub signal: Signal,
    /// Number of the turn, counted here.
    pub turn: u64,
}

/// The machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stuck {
    turn: u64,
    noted: VecDeque<Noted>,
    said: VecDeque<BTreeSet<String>>,
    /// The turn before did not work.
    missed: bool,
    /// This one does not.
    missing: bool,
    /// Something went well in this turn.
    went_well: bool,
    /// The person writes in capitals by habit.
    shouts_always: bool,
    corrected: Vec<(Slot, u64)>,
    offered: Option<u64>,
}

impl Stuck {
    /// A sentence begins a turn.
    pub fn hear(&mut self, text: &str, tone: Tone) {
        self.turn = self.turn.saturating_add(1);
        self.missed = std::mem::take(&mut self.missing);
        self.went_well = false;
        // Whoever begins in capitals writes like that.
        if self.turn == 1 {
            self.shouts_always = tone.shouts;
        }
        let words = words(text);
        if self.missed {
            let nearest = self.said.iter().map(|old| overlap(old, &words)).max();
            match nearest {
                Some(70..) => self.note(Signal::Repeat),
                Some(25..) => self.note(Signal::Rephrase),
                Some(_) | None => {}
            }
        }
        match tone.annoyed {
            Some(Annoyed::Strongly) => self.note(Signal::Furious),
            Some(Annoyed::Mildly) => self.note(Signal::Annoyed),
            None => {}
        }
        if tone.shouts && !self.shouts_always {
            self.note(Signal::Shouted);
        }
        self.said.push_back(words);
        while self.said.len() > SAID_MAX {
            self.said.pop_front();
        }
    }

    /// Something happened in this turn. The same sign counts once a turn.
    pub fn note(&mut self, signal: Signal) {
        match signal {
            Signal::Lost
            | Signal::Nothing
            | Signal::Failed
            | Signal::Refused
            | Signal::Unknown
            | Signal::WordsWrong => self.missing = true,
            Signal::Repeat
            | Signal::Rephrase
            | Signal::Annoyed
            | Signal::Furious
            | Signal::Waited
            | Signal::Corrected
            | Signal::Shouted
            | Signal::Abandoned => {}
        }
        let noted = Noted {
            signal,
            turn: self.turn,
        };
        if self.noted.contains(&noted) {
            return;
        }
        self.noted.push_back(noted);
        while self.noted.len() > NOTED_MAX {
            self.noted.pop_front();
        }
    }

    /// The person corrected something. The first time is talk; the same thing again is a sign.
    pub fn corrected(&mut self, slot: Slot) {
        let since = self.turn.saturating_sub(CORRECTION_SPAN);
        self.corrected.retain(|(_, turn)| *turn >= since);
        let is_again = self
            .corrected
            .iter()
            .any(|(old, turn)| *old == slot && *turn < self.turn);
        self.corrected.push((slot, self.turn));
        if is_again {
            self.note(Signal::Corrected);
        }
    }

    /// Something went well: a thing was taken, an order placed. Once a turn, what stands is halved.
    pub fn went_well(&mut self) {
        if std::mem::replace(&mut self.went_well, true) {
            return;
        }
        // Two turns older: about half of the points.
        for noted in &mut self.noted {
            noted.turn = noted.turn.saturating_sub(2);
        }
    }

    /// The points now.
    pub fn score(&self) -> u32 {
        self.noted
            .iter()
            .fold(0_u32, |sum, n| sum.saturating_add(self.points(*n)))
    }

    /// Three quarters are left of a sign with each turn.
    fn points(&self, noted: Noted) -> u32 {
        let age = self.turn.saturating_sub(noted.turn).min(16);
        (0..age).fold(noted.signal.points(), |points, _| {
            points.saturating_mul(3).checked_div(4).unwrap_or(0)
        })
    }

    /// Whether to offer a person now. Answers yes once; after that there is a pause.
    pub fn offers(&mut self) -> bool {
        let is_free = self
            .offered
            .is_none_or(|at| self.turn.saturating_sub(at) >= OFFER_GAP);
        if !is_free || self.score() < OFFER_AT {
            return false;
        }
        self.offered = Some(self.turn);
        true
    }

    /// Why a person is called in: what has the most points by now.
    pub fn reason(&self) -> DeskReason {
        let mut sums: std::collections::BTreeMap<DeskReason, u32> =
            std::collections::BTreeMap::new();
        for noted in &self.noted {
            let sum = sums.entry(noted.signal.reason()).or_default();
            *sum = sum.saturating_add(self.points(*noted));
        }
        sums.into_iter()
            .max_by_key(|(_, points)| *points)
            .map_or(DeskReason::NotUnderstood, |(reason, _)| reason)
    }

    /// Signs that still count, oldest first.
    pub fn signs(&self) -> impl Iterator<Item = Noted> + '_ {
        self.noted.iter().copied().filter(|n| self.points(*n) > 0)
    }

    /// A person was here: what was is settled.
    pub fn settle(&mut self) {
        self.noted.clear();
        self.missing = false;
        self.offered = None;
    }
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .take(WORDS_MAX)
        .map(str::to_lowercase)
        .collect()
}

/// Words in common of all words, in hundredths.
fn overlap(a: &BTreeSet<String>, b: &BTreeSet<String>) -> usize {
    let common = a.intersection(b).count();
    let all = a.union(b).count();
    common.saturating_mul(100).checked_div(all).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calm() -> Tone {
        Tone::default()
    }

    #[test]
    fn the_third_time_that_nothing_is_understood_offers_a_person_and_the_second_does_not() {
        let mut stuck = Stuck::default();
        let mut offered = Vec::new();
        for text in ["fnord", "the fnord thing", "fnord fnord please"] {
            stuck.hear(text, calm());
            stuck.note(Signal::Lost);
            offered.push(stuck.offers());
        }

        assert_eq!(offered, [false, false, true]);
        assert_eq!(stuck.reason(), DeskReason::NotUnderstood);
    }

    #[test]
    fn an_offer_is_made_once_and_after_a_while_again() {
        let mut stuck = Stuck::default();
        let furious = Tone {
            annoyed: Some(Annoyed::Strongly),
            ..calm()
        };
        let mut offers = 0_u32;
        for turn in 0..12 {
            stuck.hear(&format!("this is useless {turn}"), furious);
            offers += u32::from(stuck.offers());
        }
        assert_eq!(offers, 1);

        stuck.hear("still useless", furious);
        stuck.hear("still useless", furious);
        assert!(stuck.offers());
    }

    #[test]
    fn the_same_sentence_again_counts_only_where_it_had_not_worked() {
        let mut stuck = Stuck::default();
        for _ in 0..20 {
            stuck.hear("show me more", calm());
        }
        assert_eq!(stuck.score(), 0);

        stuck.note(Signal::Nothing);
        stuck.hear("show me more", calm());
        assert!(stuck.signs().any(|n| n.signal == Signal::Repeat));
    }

    #[test]
    fn a_correction_is_talk_and_the_same_correction_again_is_a_sign() {
        let mut stuck = Stuck::default();
        stuck.hear("no, two", calm());
        stuck.corrected(Slot::Quantity);
        stuck.hear("I meant decaf", calm());
        stuck.corrected(Slot::What);
        assert_eq!(stuck.score(), 0);

        stuck.hear("no, two", calm());
        stuck.corrected(Slot::Quantity);
        assert!(stuck.signs().any(|n| n.signal == Signal::Corrected));
    }

    #[test]
    fn refusals_are_named_as_the_reason_when_they_are_what_there_is() {
        let mut stuck = Stuck::default();
        for n in 0..3 {
            stuck.hear(&format!("buy thing {n}"), calm());
            stuck.note(Signal::Refused);
        }
        assert!(stuck.offers());
        assert_eq!(stuck.reason(), DeskReason::Refused);
    }

    #[test]
    fn who_writes_in_capitals_from_the_start_does_not_shout() {
        let loud = Tone {
            shouts: true,
            ..calm()
        };
        let mut stuck = Stuck::default();
        for _ in 0..10 {
            stuck.hear("I NEED TWO BAGS", loud);
        }
        assert_eq!(stuck.score(), 0);
    }

    proptest! {
        /// One thing that goes wrong now and then is an ordinary errand, however long it is.
        #[test]
        fn an_ordinary_errand_never_gets_a_person_offered(
            troubles in proptest::collection::vec((0_usize..Signal::ALL.len(), 4_u32..9), 0..40),
        ) {
            let mut stuck = Stuck::default();
            let mut n = 0_u32;
            for (which, gap) in troubles {
                for _ in 0..gap {
                    n += 1;
                    // Sentences without a word in common: each is a new wish.
                    stuck.hear(&format!("wish{n}"), calm());
                    prop_assert!(!stuck.offers());
                }
                let signal = Signal::ALL[which];
                // A lost payment calls for a person by itself.
                if signal != Signal::Unknown {
                    stuck.note(signal);
                }
                prop_assert!(!stuck.offers(), "{:?}", stuck.signs().collect::<Vec<_>>());
            }
        }

        /// Whatever happened before, quiet turns bring the points down to nothing.
        #[test]
        fn everything_fades(signals in proptest::collection::vec(0_usize..Signal::ALL.len(), 0..60)) {
            let mut stuck = Stuck::default();
            for (n, which) in signals.into_iter().enumerate() {
                stuck.hear(&format!("a{n}"), calm());
                stuck.note(Signal::ALL[which]);
            }
            stuck.hear("b", calm());
            let mut last = stuck.score();
            for n in 0..16 {
                stuck.hear(&format!("c{n}"), calm());
                prop_assert!(stuck.score() <= last);
                last = stuck.score();
            }
            prop_assert_eq!(last, 0);
        }

        /// Any sentences whatsoever: bounded, and no panic.
        #[test]
        fn any_text_is_heard(texts in proptest::collection::vec(".{0,200}", 0..20)) {
            let mut stuck = Stuck::default();
            for text in texts {
                stuck.hear(&text, calm());
                stuck.note(Signal::Lost);
            }
            prop_assert!(stuck.said.len() <= SAID_MAX && stuck.noted.len() <= NOTED_MAX);
        }
    }
}
