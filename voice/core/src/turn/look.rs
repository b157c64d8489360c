//! Whether whoever speaks over us only listens: looked at while they speak, so that a nod is let pass and a sentence is not.

use super::{BACKCHANNEL_MS, FALSE_MS, Own, Profile, Said, Stage, Turn, TurnEffect, from};
use crate::ear::TurnId;
use crate::frame::SampleIdx;
use crate::nod::Nod;

/// Whether somebody only listens is looked at from so long after their first sound on, so often, in milliseconds: before, there
/// is too little to tell by.
const LOOK_FROM_MS: u64 = 350;
const LOOK_EVERY_MS: u64 = 100;
/// Whoever has been silent for so long may have said all that they had to say: the words decide, and hold nobody up. In milliseconds.
const SILENT_MS: u64 = 80;

/// Looks whether they only listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// The next is due from here on.
    Due(SampleIdx),
    /// One is under way, since here.
    Under(SampleIdx),
}

impl Look {
    /// For voice that began here.
    pub(super) fn first(from: SampleIdx) -> Self {
        Self::Due(from.plus_ms(LOOK_FROM_MS))
    }
}

impl Turn {
    pub(super) fn on_looked(&mut self, turn: TurnId, nod: Option<Nod>, now: SampleIdx) {
        let Some(said) = self.said.as_mut().filter(|said| said.turn == turn) else {
            return;
        };
        if let Look::Under(since) = said.look {
            said.look = Look::Due(since.plus_ms(LOOK_EVERY_MS).max(now));
            if nod.is_some() {
                (said.nod, said.seen) = (nod, since);
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
        {
            said.look = Look::Under(now);
            out.push(TurnEffect::Look { turn: said.turn });
        }
    }
}
