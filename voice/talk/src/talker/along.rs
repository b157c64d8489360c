//! Words while somebody still speaks: for whoever reads along, and to know whether a sound has words at all.

use std::ops::Range;
use std::sync::Arc;

use errand_voice_core::{
    Care, EarInput, Partial, SampleIdx, TurnId, TurnInput, Utterance, samples,
};

use super::turns::State;
use super::{Talker, TalkerEffect};
use crate::event::VoiceEvent;
use crate::talker::messages::ReadKind;

/// So much voice has a word in it, in milliseconds.
const LOOK_MS: u64 = 450;
/// A quick reading looks at so much of the beginning, in milliseconds.
const QUICK_MS: u64 = 800;
/// What lies before the voice and is read with it, in milliseconds.
const BEFORE_MS: u64 = 300;
/// New sound that is worth another look at the words so far, in samples: 200 ms.
const PARTIAL_EVERY: u64 = 3_200;

impl Talker {
    /// Sound of the open turn for whoever reads along, and for nobody while an approval is open.
    pub(super) fn listen_on(&mut self) {
        if !self.config.partials {
            return;
        }
        let Some((turn, length)) = self.listener.ear().open() else {
            return;
        };
        let Some(spoken) = self.turns.get(turn).filter(|t| !t.is_sealed) else {
            return;
        };
        if length >= PARTIAL_EVERY.saturating_add(spoken.listened as u64) {
            let pcm = self.listener.ear().sound(spoken.listened..usize::MAX);
            spoken.listened = spoken.listened.saturating_add(pcm.len());
            self.out.push(TalkerEffect::PartialSound { turn, pcm });
        }
    }

    /// Sound of the open turn that was told before ([`TalkerEffect::PartialSound`]), in samples behind its beginning. Empty where that turn is
    /// over, or an approval has been opened since.
    pub fn sound_of(&mut self, turn: TurnId, range: Range<usize>) -> Vec<i16> {
        let ear = self.listener.ear();
        let is_open = ear.open().is_some_and(|(open, _)| open == turn);
        let is_sealed = self.turns.get(turn).is_none_or(|spoken| spoken.is_sealed);
        if is_open && !is_sealed {
            ear.sound(range)
        } else {
            Vec::new()
        }
    }

    /// A look at the first words is worth it once there is a word to see; our sound is held by then.
    pub(super) fn look_on(&mut self, turn: TurnId, voice_ms: u64) {
        let spoken = self.turns.get(turn);
        let is_due = spoken.is_some_and(|spoken| {
            let is_due = spoken.wants_look && voice_ms >= LOOK_MS;
            spoken.wants_look &= !is_due;
            is_due
        });
        if is_due {
            self.read_quickly(turn);
        }
    }

    fn read_quickly(&mut self, turn: TurnId) {
        let Some((first, mut pcm)) = self.beginning(turn) else {
            return;
        };
        pcm.truncate(usize::try_from(samples(QUICK_MS)).unwrap_or(usize::MAX));
        let is_sealed = self.turns.get(turn).is_some_and(|spoken| spoken.is_sealed);
        let kind = if is_sealed {
            ReadKind::ClosedQuick
        } else {
            ReadKind::Quick
        };
        self.ask(turn, kind, spoken_now(kind, first, pcm));
    }

    /// Whether somebody only listens aloud. What is said to an open approval is none of it. `is_whole`: it may be all that they say.
    pub(super) fn look(&mut self, turn: TurnId, is_whole: bool) {
        let is_sealed = self.turns.get(turn).is_none_or(|spoken| spoken.is_sealed);
        let beginning = self.beginning(turn).filter(|_| !is_sealed);
        let asked = beginning.and_then(|(first, pcm)| {
            let to = first.plus(pcm.len() as u64);
            let otherwise = self.listener.subtracted(first, to).filter(|_| is_whole);
            let otherwise = otherwise.map(|pcm| spoken_now(ReadKind::Look, first, pcm));
            let utterance = spoken_now(ReadKind::Look, first, pcm);
            self.ask_twice(turn, ReadKind::Look, utterance, otherwise)
        });
        if asked.is_none() {
            self.tell_turn(TurnInput::Looked { turn, looked: None });
        }
    }

    /// The sound so far of a turn that is being spoken; of one that goes on only what is new.
    fn beginning(&mut self, turn: TurnId) -> Option<(SampleIdx, Vec<i16>)> {
        let (open, _) = self.listener.ear().open()?;
        if open != turn {
            return None;
        }
        let voice = self.listener.ear().voice().map(|(_, from, _)| from);
        let first = self.turns.get(turn)?.at;
        let begins = voice.unwrap_or(first).minus_ms(BEFORE_MS).max(first);
        let skip = usize::try_from(begins.since(first)).unwrap_or(usize::MAX);
        Some((begins, self.listener.ear().sound(skip..usize::MAX)))
    }

    pub(super) fn on_partial(&mut self, turn: TurnId, partial: &Partial) {
        let is_asked = self.telling.is_asked() || self.browse.has_options();
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        let is_known = matches!(spoken.state, State::Known { .. });
        if spoken.is_sealed || spoken.over.is_some() || is_known {
            return;
        }
        spoken.text = partial.text.as_str().into();
        let (fresh, was_told) = (spoken.fresh_words(), spoken.was_told);
        self.tell_turn(TurnInput::Words {
            turn,
            text: &fresh,
            is_final: false,
        });
        let meaning = self.reader.read(&partial.text, is_asked);
        let effects = self.listener.tell(EarInput::Partial {
            turn,
            text: &partial.text,
            meaning,
        });
        self.on_ear(effects);
        let was_told = was_told || self.turns.get(turn).is_some_and(|t| t.was_told);
        if was_told {
            self.tell(VoiceEvent::Partial {
                turn,
                text: partial.text.as_str().into(),
                stable_words: partial.stable_words,
            });
        }
    }
}

/// The beginning of a turn that is being spoken.
fn spoken_now(kind: ReadKind, first: SampleIdx, pcm: Vec<i16>) -> Arc<Utterance> {
    let care = if kind.is_sealed() {
        Care::Sealed
    } else {
        Care::Ordinary
    };
    let voiced = pcm.len() as u64;
    Arc::new(Utterance::new(first, pcm, voiced, care))
}
