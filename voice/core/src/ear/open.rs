use std::fmt;
use std::ops::Range;

use errand_types::Language;

use super::TurnId;
use super::blocks::Blocks;
use super::hold::{Expects, Meaning, Row, row};
use super::loudness::Loudness;
use super::ring::Ring;
use crate::frame::{SampleIdx, samples};
use crate::utterance::{Care, Utterance};

/// A turn that is being spoken.
pub(super) struct Open {
    pub(super) turn: TurnId,
    first: SampleIdx,
    pcm: Blocks,
    care: Care,
    onset: SampleIdx,
    /// The place behind the last voice, and how much voice there was.
    voice_end: SampleIdx,
    voiced: u64,
    /// How long the detector has been between "on" and "off" since it was off.
    unsure: u64,
    is_silent: bool,
    pub(super) loudness: Loudness,
    /// From where to where somebody near spoke, once only what is far goes on.
    pub(super) near: Option<(SampleIdx, SampleIdx)>,
    text: Option<String>,
    meaning: Meaning,
    attempts: u32,
    /// The attempt that still holds.
    attempt: Option<u32>,
}

/// How long the detector may waver before a silence is none, in samples: 64 ms.
const WAVER: u64 = 1_024;

impl Open {
    pub(super) fn new(
        turn: TurnId,
        first: SampleIdx,
        onset: SampleIdx,
        pcm: Vec<i16>,
        care: Care,
    ) -> Self {
        Self {
            turn,
            first,
            pcm: pcm.into(),
            care,
            onset,
            voice_end: onset,
            voiced: 0,
            unsure: 0,
            is_silent: false,
            loudness: Loudness::default(),
            near: None,
            text: None,
            meaning: Meaning::Unknown,
            attempts: 0,
            attempt: None,
        }
    }

    /// The newest of its sound, at most so many samples.
    pub(super) fn newest(&self, most: u64) -> Vec<i16> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.part(self.pcm.len().saturating_sub(most)..usize::MAX)
    }

    /// Its sound, in samples behind its beginning.
    pub(super) fn part(&self, range: Range<usize>) -> Vec<i16> {
        self.pcm.part(range)
    }

    pub(super) fn push(&mut self, pcm: impl Iterator<Item = i16>) {
        self.pcm.push(pcm);
    }

    pub(super) fn length(&self) -> u64 {
        self.pcm.len() as u64
    }

    pub(super) fn onset(&self) -> SampleIdx {
        self.onset
    }

    pub(super) fn voice_end(&self) -> SampleIdx {
        self.voice_end
    }

    pub(super) fn attempt(&self) -> Option<u32> {
        self.attempt
    }

    /// Voice up to a place.
    pub(super) fn hear(&mut self, end: SampleIdx, voiced: u64) {
        self.voice_end = self.voice_end.max(end);
        self.voiced = self.voiced.saturating_add(voiced);
        self.is_silent = false;
        self.unsure = 0;
    }

    /// A judgement of the detector. Tells the attempt that it makes void.
    pub(super) fn judge(
        &mut self,
        end: SampleIdx,
        block: u64,
        is_on: bool,
        is_off: bool,
    ) -> Option<u32> {
        if is_off {
            self.is_silent = true;
            self.unsure = 0;
            return None;
        }
        if self.is_silent && !is_on {
            // Between the two thresholds after a silence: an echo of the room, or somebody going on quietly.
            self.unsure = self.unsure.saturating_add(block);
            if self.unsure < WAVER {
                return None;
            }
        }
        self.hear(end, block);
        self.attempt.take()
    }

    pub(super) fn understood(&mut self, text: &str, meaning: Meaning) {
        self.text = Some(text.to_owned());
        self.meaning = meaning;
    }

    /// From now on a secret is open.
    pub(super) fn seal(&mut self) {
        self.care = Care::Sealed;
    }

    /// Something of it was said while a secret was open.
    pub(super) fn is_sealed(&self) -> bool {
        self.care == Care::Sealed
    }

    pub(super) fn is_worth_reading(&self, least: u64) -> bool {
        let has_words = self.text.as_ref().is_some_and(|t| !t.trim().is_empty());
        self.voiced >= least || has_words
    }

    pub(super) fn row(&self, language: Language, expects: Expects) -> Row {
        row(language, self.text.as_deref(), self.meaning, expects)
    }

    /// The next attempt, unless one holds already.
    pub(super) fn speculate(&mut self) -> Option<(u32, Utterance)> {
        if self.attempt.is_some() {
            return None;
        }
        self.attempts = self.attempts.saturating_add(1);
        self.attempt = Some(self.attempts);
        Some((self.attempts, self.utterance()))
    }

    /// What was near, with a little before and behind it, out of a turn in which something else sounded all along.
    pub(super) fn near_utterance(
        &self,
        (from, to): (SampleIdx, SampleIdx),
        before_ms: u64,
        behind_ms: u64,
    ) -> Utterance {
        let first = from.minus(samples(before_ms)).max(self.first);
        let place = |at: SampleIdx| usize::try_from(at.since(self.first)).unwrap_or(usize::MAX);
        let pcm = self
            .pcm
            .part(place(first)..place(to.plus(samples(behind_ms))));
        Utterance::new(first, pcm, self.voiced, self.care)
    }

    pub(super) fn utterance(&self) -> Utterance {
        Utterance::new(self.first, self.part(0..usize::MAX), self.voiced, self.care)
    }
}

impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Open({:?} at {}, {} samples)",
            self.turn,
            self.first,
            self.pcm.len()
        )
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if self.care == Care::Sealed {
            self.pcm.wipe();
        }
    }
}

/// A turn that ended a moment ago and may still go on.
#[derive(Debug)]
pub(super) struct Ended {
    open: Open,
    at: SampleIdx,
}

impl Ended {
    pub(super) fn new(open: Open, at: SampleIdx) -> Self {
        Self { open, at }
    }

    /// Whether speech at a place still belongs to it.
    pub(super) fn can_go_on_at(&self, onset: SampleIdx, within: u64) -> bool {
        onset.since(self.at) <= within
    }

    /// The turn as if it had never ended.
    pub(super) fn reopen(mut self, onset: SampleIdx, ring: &Ring) -> Open {
        self.open.onset = onset;
        let (_, since) = ring.since(self.at);
        self.open.push(since.into_iter());
        self.open.attempt = None;
        self.open.near = None;
        self.open.text = None;
        self.open.meaning = Meaning::Unknown;
        self.open
    }
}
