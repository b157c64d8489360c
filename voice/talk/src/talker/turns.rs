//! The turns of the person that are not over for us yet.

use std::collections::VecDeque;
use std::sync::Arc;

use errand_voice_core::{Care, Floor, Hidden, Nothing, Row, SampleIdx, TurnId, Utterance};

use crate::event::{How, Times};
use crate::talker::messages::JobId;

/// Turns that are looked after at once.
const TURNS_MAX: usize = 8;

/// How far the reading of a turn is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    /// Not begun.
    Unread,
    /// Begun in the silence; good if nothing is said since.
    Attempt { attempt: u32, job: JobId },
    /// Begun when it was over.
    Final { job: JobId },
    /// No worker was free.
    Waits { next: SampleIdx },
    /// Known.
    Known { attempt: Option<u32> },
    /// Nobody could.
    Failed,
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Over {
    pub(super) voice_end: SampleIdx,
    pub(super) decided: SampleIdx,
    pub(super) row: Row,
    /// The attempt that holds, where one does.
    pub(super) attempt: Option<u32>,
}

/// One turn.
#[derive(Debug)]
pub(super) struct Spoken {
    pub(super) turn: TurnId,
    pub(super) at: SampleIdx,
    pub(super) voice: SampleIdx,
    pub(super) is_sealed: bool,
    /// Our own sound was heard during it.
    pub(super) over_ours: bool,
    pub(super) was_told: bool,
    pub(super) floor: Option<Floor>,
    pub(super) nothing: Option<Nothing>,
    pub(super) over: Option<Over>,
    pub(super) state: State,
    pub(super) utterance: Option<Arc<Utterance>>,
    pub(super) text: Hidden,
    pub(super) how: Option<How>,
    pub(super) transcript_at: Option<SampleIdx>,
    /// What was sent of it, and under which key, before they went on.
    pub(super) sent: Option<(String, Hidden)>,
    /// They went on and it was not told yet.
    pub(super) is_rejoined: bool,
    pub(super) is_concluded: bool,
    /// Its first words are to be looked at as soon as there are any.
    pub(super) wants_look: bool,
    /// Sound of it that was given to a partial reading, in samples.
    pub(super) listened: usize,
    pub(super) times: Option<Times>,
    /// How often it was sent, for its keys.
    pub(super) sends: u32,
    /// Since when it has waited for a free worker.
    pub(super) waited_since: Option<SampleIdx>,
}

impl Spoken {
    pub(super) fn new(turn: TurnId, at: SampleIdx, voice: SampleIdx, is_sealed: bool) -> Self {
        Self {
            turn,
            at,
            voice,
            is_sealed,
            over_ours: false,
            was_told: false,
            floor: None,
            nothing: None,
            over: None,
            state: State::Unread,
            utterance: None,
            text: Hidden::default(),
            how: None,
            transcript_at: None,
            sent: None,
            is_rejoined: false,
            is_concluded: false,
            wants_look: false,
            listened: 0,
            times: None,
            sends: 0,
            waited_since: None,
        }
    }

    /// The job whose answer would be the reading of the turn.
    pub(super) fn job(&self) -> Option<JobId> {
        match self.state {
            State::Attempt { job, .. } | State::Final { job } => Some(job),
            State::Unread | State::Waits { .. } | State::Known { .. } | State::Failed => None,
        }
    }

    /// Words that were said since it was sent, when they went on after that.
    pub(super) fn fresh_words(&self) -> String {
        let Some((_, before)) = &self.sent else {
            return self.text.as_str().to_owned();
        };
        let said: Vec<String> = plain(self.text.as_str());
        let old: Vec<String> = plain(before.as_str());
        let same = said.iter().zip(&old).take_while(|(a, b)| a == b).count();
        if same == old.len() {
            said.get(same..).unwrap_or_default().join(" ")
        } else {
            // The whole was understood otherwise than its beginning.
            said.join(" ")
        }
    }
}

fn plain(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The turns.
#[derive(Debug, Default)]
pub(super) struct Turns {
    all: VecDeque<Spoken>,
}

impl Turns {
    pub(super) fn begin(&mut self, spoken: Spoken) {
        while self.all.len() >= TURNS_MAX {
            let oldest = self.all.iter().position(|t| t.is_concluded).unwrap_or(0);
            self.all.remove(oldest);
        }
        self.all.push_back(spoken);
    }

    pub(super) fn get(&mut self, turn: TurnId) -> Option<&mut Spoken> {
        self.all.iter_mut().rev().find(|t| t.turn == turn)
    }

    pub(super) fn of_job(&mut self, job: JobId) -> Option<&mut Spoken> {
        self.all.iter_mut().find(|t| t.job() == Some(job))
    }

    pub(super) fn remove(&mut self, turn: TurnId) {
        self.all.retain(|t| t.turn != turn);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Spoken> {
        self.all.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Spoken> {
        self.all.iter_mut()
    }

    /// Somebody has the floor and has not stopped: we do not begin to speak.
    pub(super) fn is_somebody_speaking(&self) -> bool {
        self.all.iter().any(|t| t.was_told && t.over.is_none())
    }

    /// Somebody spoke and we do not know yet what.
    pub(super) fn is_unread(&self) -> bool {
        self.all.iter().any(|t| !t.is_concluded && t.over.is_some())
    }

    /// While our sound is heard.
    pub(super) fn note_ours(&mut self) {
        for turn in self.all.iter_mut().filter(|t| t.over.is_none()) {
            turn.over_ours = true;
        }
    }

    /// An approval is open from now on: what is being said belongs to it.
    /// Tells which turns, and the readings of theirs that are not wanted any more.
    pub(super) fn seal(&mut self) -> Vec<(TurnId, Option<JobId>)> {
        let mut sealed = Vec::new();
        for turn in self.all.iter_mut().filter(|t| t.over.is_none()) {
            sealed.push((turn.turn, turn.job()));
            turn.is_sealed = true;
            turn.state = State::Unread;
            turn.text = Hidden::default();
            turn.utterance = turn.utterance.take().map(|heard| {
                let voiced = u64::try_from(heard.voiced().as_millis()).unwrap_or(0);
                let voiced = errand_voice_core::samples(voiced);
                let pcm = heard.pcm().to_vec();
                Arc::new(Utterance::new(heard.first(), pcm, voiced, Care::Sealed))
            });
        }
        sealed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_counts_when_somebody_goes_on() {
        let mut spoken = Spoken::new(TurnId(1), SampleIdx::ZERO, SampleIdx::ZERO, false);
        spoken.text = "Order coffee and milk".into();
        assert_eq!(spoken.fresh_words(), "Order coffee and milk");

        spoken.sent = Some(("k".into(), "order coffee".into()));
        assert_eq!(spoken.fresh_words(), "and milk");
        spoken.text = "Order coffee.".into();
        assert_eq!(spoken.fresh_words(), "");
        spoken.text = "order toffee apples".into();
        assert_eq!(spoken.fresh_words(), "order toffee apples");
    }
}
