//! Whether whoever speaks over us only listens: looked at while they speak, so that a nod is let pass and a sentence is not.

use super::{BACKCHANNEL_MS, FALSE_MS, Own, Profile, Said, Stage, Turn, TurnEffect, from};
use crate::ear::TurnId;
use crate::frame::SampleIdx;
use crate::lang::Lang;
use crate::nod::{Looked, Nod};

/// Whether somebody only listens is looked at from so long after their first sound on, so often, in milliseconds: before, there
/// is too little to tell by.
const LOOK_FROM_MS: u64 = 350;
const LOOK_EVERY_MS: u64 = 100;
/// Whoever has been silent for so long may have said all that they had to say: the words decide, and hold nobody up. In milliseconds.
const SILENT_MS: u64 = 80;
/// Words of a backchannel, if there is more than one; so many a recogniser of sentences makes of one.
const WORDS: usize = 2;
const MISREAD_WORDS: usize = 3;
/// A look at all that was said that is under way when the words are known is waited for, until so long behind the last voice, in
/// milliseconds.
const WAITED_MS: u64 = 1_000;

/// Looks whether they only listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// The next is due from here on.
    Due(SampleIdx),
    /// One is under way, since here; whether of all that they said.
    Under(SampleIdx, bool),
}

impl Look {
    /// For voice that began here.
    pub(super) fn first(from: SampleIdx) -> Self {
        Self::Due(from.plus_ms(LOOK_FROM_MS))
    }
}

impl Said {
    /// All that was said has been looked at.
    fn is_seen(&self) -> bool {
        self.whole.is_some_and(|whole| whole >= self.until)
    }

    /// Whether it is being looked at as a whole for the first time, and that may tell what it is.
    pub(super) fn is_in_doubt(&self, now: SampleIdx) -> bool {
        let is_under_way = matches!(self.look, Look::Under(since, true) if since >= self.until);
        let may_nod = self.voice_ms < BACKCHANNEL_MS && now.ms_since(self.until) < WAITED_MS;
        is_under_way && may_nod && !self.is_seen()
    }

    /// Whether it is a nod, read as these words.
    pub(super) fn is_nod(&self, words: &[String], lang: &Lang) -> bool {
        let reads_so = (1..=WORDS).contains(&words.len()) && lang.backchannel.covers(words);
        match self.lead.filter(|_| self.is_seen()) {
            Some(lead) if reads_so => !lead.is_stop_read_as(words.len()),
            // A recogniser of sentences makes words of so short a sound.
            Some(lead) => words.len() <= MISREAD_WORDS && !lang.no.covers(words) && lead.is_nod(),
            None => {
                let is_sure = self.nod == Some(Nod::Sure) && self.seen >= self.until;
                reads_so || (is_sure && words.len() == 1)
            }
        }
    }
}

impl Turn {
    pub(super) fn on_looked(&mut self, turn: TurnId, looked: Option<Looked>, now: SampleIdx) {
        let Some(said) = self.said.as_mut().filter(|said| said.turn == turn) else {
            return;
        };
        if let Look::Under(since, is_whole) = said.look {
            said.look = Look::Due(since.plus_ms(LOOK_EVERY_MS).max(now));
            if let Some(looked) = looked {
                (said.nod, said.seen) = (Some(looked.nod), since);
                if is_whole {
                    (said.whole, said.lead) = (Some(since), looked.lead);
                }
            }
        }
    }

    /// It may be a nod: what a recogniser makes of its beginning is not listened to yet.
    pub(super) fn is_looking(&self, said: &Said, profile: Profile, now: SampleIdx) -> bool {
        // Whoever reads slowly does not keep us silent.
        let is_held = matches!(said.stage, Stage::Held { at } if now.ms_since(at) < FALSE_MS);
        let is_open = matches!(said.stage, Stage::Heard | Stage::Ducked { .. });
        let is_ours = is_held || (is_open && self.is_sounding);
        let may_nod = profile.own == Own::Stops && profile.backchannel;
        self.looks && is_ours && may_nod && !said.is_final && said.voice_ms < BACKCHANNEL_MS
    }

    pub(super) fn look(
        &mut self,
        said: &mut Said,
        profile: Profile,
        now: SampleIdx,
        out: &mut Vec<TurnEffect>,
    ) {
        let fresh_ms = said.fresh_ms();
        if said.stage == Stage::Heard && profile.duck_ms.is_some_and(|ms| fresh_ms >= ms) {
            said.stage = Stage::Ducked { at: now };
            out.push(TurnEffect::Duck);
        }
        let is_nod = said.nod.map(|nod| nod != Nod::No);
        let speaks_on = now.ms_since(said.until) < SILENT_MS;
        match said.stage {
            Stage::Heard | Stage::Ducked { .. }
                if is_nod == Some(false) && speaks_on && fresh_ms >= self.hold_ms(profile) =>
            {
                let at = match said.stage {
                    Stage::Ducked { at } => at,
                    _ => now,
                };
                if !self.holds {
                    self.take(said, profile, now, out);
                    return;
                }
                said.stage = Stage::Held { at };
                out.push(TurnEffect::Hold);
            }
            // It began like something else.
            Stage::Held { at } if is_nod == Some(true) => {
                said.stage = Stage::Ducked { at: now };
                said.went_on = true;
                out.push(TurnEffect::Resume(from(at, now)));
            }
            _ => {}
        }
        if let Look::Due(from) = said.look
            && now >= from
            && fresh_ms > 0
            && !said.is_seen()
        {
            said.look = Look::Under(now, !speaks_on);
            out.push(TurnEffect::Look {
                turn: said.turn,
                is_whole: !speaks_on,
            });
        }
    }
}
