use std::collections::VecDeque;

use errand_protocol::errand::ApprovalView;
use errand_voice_core::{ClosedGrammar, Hints, ItemId, SampleIdx, Transcript, TurnId};

/// Transcripts that wait for their turn to be over.
const KEPT_MAX: usize = 4;

/// How an approval is answered here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// The words are spoken, and spoken back.
    Spoken,
    /// The words are on the person's screen, and spoken back.
    Screen,
    /// On the page alone; here it can be refused.
    Page,
}

/// An approval that is open.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) view: Box<ApprovalView>,
    pub(super) mode: Mode,
    pub(super) grammar: Option<ClosedGrammar>,
    pub(super) terms: Option<ItemId>,
    /// Where our last sound about it was over, in the stream of the microphone.
    pub(super) quiet_from: Option<SampleIdx>,
    pub(super) were_terms_heard: bool,
    pub(super) is_answering: bool,
    pub(super) rests: bool,
}

/// The approval that is open, if one is.
#[derive(Debug, Default)]
pub(super) struct Approving {
    pub(super) open: Option<Open>,
    pub(super) kept: VecDeque<(TurnId, Vec<Transcript>)>,
}

impl Approving {
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The answer is being judged.
    pub(super) fn is_answering(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.is_answering)
    }

    /// We are silent, and the person is to answer.
    pub(super) fn is_waiting(&self) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.were_terms_heard && !open.is_answering && !open.rests && open.mode != Mode::Page
        })
    }

    /// Nobody answers: it is not asked again.
    pub(super) fn rest(&mut self) {
        if let Some(open) = &mut self.open {
            open.rests = true;
        }
    }

    pub(super) fn hints(&self) -> Option<Hints> {
        let grammar = self.open.as_ref()?.grammar.as_ref()?;
        Some(grammar.hints().clone())
    }

    pub(super) fn keep(&mut self, turn: TurnId, transcripts: Vec<Transcript>) {
        if self.kept.len() >= KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back((turn, transcripts));
    }

    pub(super) fn take(&mut self, turn: TurnId) -> Option<Vec<Transcript>> {
        let at = self.kept.iter().rposition(|(kept, _)| *kept == turn)?;
        self.kept.remove(at).map(|(_, transcripts)| transcripts)
    }

    /// Our sound is over; a client's loudspeaker may lag behind.
    pub(super) fn silent(&mut self, mic: SampleIdx, lag_ms: u64) {
        if let Some(open) = &mut self.open {
            open.quiet_from = Some(mic.plus_ms(lag_ms));
        }
    }

    /// Where our terms were over. Far in the future while they were not heard to their end: no answer is after that.
    ///
    /// INVARIANT: our own voice answers nothing. Whatever begins before we were silent again is no answer, for what we say
    /// about it may hold the words.
    pub(super) fn terms_end(&self, speaks: bool) -> Option<SampleIdx> {
        let open = self.open.as_ref()?;
        if !speaks {
            return None;
        }
        let quiet_from = open.quiet_from.filter(|_| open.were_terms_heard);
        Some(quiet_from.unwrap_or(SampleIdx::new(u64::MAX / 2)))
    }
}
