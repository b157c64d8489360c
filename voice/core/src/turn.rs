//! Who has the floor: what speech over our own does, by the state of the conversation.

mod look;
mod messages;
mod profile;

#[cfg(test)]
mod tests;

use std::fmt;

use errand_types::Language;

use look::Look;
pub use messages::{Again, Duplex, Floor, Nothing, TurnEffect, TurnInput};
pub use profile::{Own, Phase, Profile, Profiles};

use crate::ear::TurnId;
use crate::frame::SampleIdx;
use crate::lang::{Lang, words};
use crate::nod::{Lead, Nod};
use crate::ports::{EchoPath, EchoState};

/// So long after speech was confirmed there is a word in it, in milliseconds; where a look found that it is speech, only what is
/// read of more than that says otherwise.
const WORD_MS: u64 = 200;
const LOOKED_WORD_MS: u64 = 600;
/// Longer than this nothing is a backchannel, in milliseconds of voice: 800, and 100 that a detector hears behind the last of it in noise.
const BACKCHANNEL_MS: u64 = 900;
/// After so long we begin the clause anew instead of going on in its middle, in milliseconds.
const CLAUSE_MS: u64 = 2_000;
/// An interruption without a word is none after so long, in milliseconds.
const FALSE_MS: u64 = 2_000;
/// A canceller that does less than this for so long is not trusted with both ways at once; more for as long is again.
const ERLE_LOW_DB: f32 = 10.0;
const ERLE_GOOD_DB: f32 = 13.0;
const ERLE_MS: u64 = 3_000;
/// One that has never shown what it does is believed sooner: it needs about a second of sound to learn the room.
const PROVEN_MS: u64 = 1_000;

/// How far a turn of the person has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Heard, and nothing done.
    Heard,
    /// Our sound is quieter.
    Ducked { at: SampleIdx },
    /// Our sound is held.
    Held { at: SampleIdx },
    /// We went on speaking; words may still come.
    Resumed,
    /// It has the floor.
    Taken(Floor),
    /// It counts as nothing.
    Nothing,
}

struct Said {
    turn: TurnId,
    voice_ms: u64,
    /// The place behind the last of it.
    until: SampleIdx,
    /// Voice that was heard while our echo could not be told from it.
    gated_ms: u64,
    /// `None` while nothing was read.
    words: Option<Vec<String>>,
    is_final: bool,
    is_over: bool,
    is_asked: bool,
    look: Look,
    /// What the last look told.
    nod: Option<Nod>,
    /// Up to here that look saw.
    seen: SampleIdx,
    /// Up to here a look saw that was one at all that was said, and how far apart nods and words that stop us were in it.
    whole: Option<SampleIdx>,
    lead: Option<Lead>,
    /// Our sound was held for it and goes on.
    went_on: bool,
    stage: Stage,
}

impl Said {
    /// Voice that can be none of our echo, in milliseconds.
    fn fresh_ms(&self) -> u64 {
        self.voice_ms.saturating_sub(self.gated_ms)
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Said({:?}, {} ms, {:?})",
            self.turn, self.voice_ms, self.stage
        )
    }
}

/// The machine. One per conversation; its time is that of the microphone's stream.
#[derive(Debug)]
pub struct Turn {
    language: Language,
    profiles: Profiles,
    /// Whether words come while somebody speaks.
    streams: bool,
    /// Somebody can tell a nod from other speech.
    looks: bool,
    /// Our sound can be held and go on. A client's can only be stopped.
    holds: bool,
    phase: Phase,
    is_sounding: bool,
    duplex: Duplex,
    /// Whether our sound comes back, as far as a canceller of ours knows.
    path: EchoPath,
    /// The canceller has shown what it does, or there is none to wait for.
    is_proven: bool,
    /// Since when the canceller has been the other way than `duplex` believes.
    erle_since: Option<SampleIdx>,
    said: Option<Said>,
}

impl Turn {
    /// A conversation in which nobody has spoken. `streams`: the recogniser tells words while somebody speaks.
    pub fn new(language: Language, profiles: Profiles, streams: bool) -> Self {
        Self {
            language,
            profiles,
            streams,
            looks: false,
            holds: true,
            phase: Phase::Listening,
            is_sounding: false,
            duplex: Duplex::Full,
            path: EchoPath::Unknown,
            is_proven: true,
            erle_since: None,
            said: None,
        }
    }

    /// The same behind a canceller of ours, which has to learn the room first: until it has shown what it does, or that there is no
    /// echo at all, only the wake word and stop words are heard while we speak.
    #[must_use]
    pub fn until_proven(mut self) -> Self {
        self.duplex = Duplex::Half;
        self.is_proven = false;
        self
    }

    /// The same where a recogniser can tell a nod in its middle: whoever speaks over us is looked at, and our sound goes on, quieter,
    /// until they are known to want the floor.
    #[must_use]
    pub fn looking(mut self) -> Self {
        self.looks = true;
        self
    }

    /// The same where our sound cannot be held and go on: whoever is known to want the floor has it.
    #[must_use]
    pub fn without_holding(mut self) -> Self {
        self.holds = false;
        self
    }

    /// Whether both may speak at once, at the moment.
    pub fn duplex(&self) -> Duplex {
        self.duplex
    }

    /// Whether what is heard can be none of our own sound: both may speak at once, and not only because no echo was heard so far. A
    /// microphone that is opened while we speak hears one of which nobody knew.
    pub fn is_echo_out(&self) -> bool {
        self.duplex == Duplex::Full && self.path != EchoPath::Absent
    }

    /// Fixes it, as the configuration may.
    pub fn set_duplex(&mut self, duplex: Duplex) {
        self.duplex = duplex;
    }

    /// Other profiles from now on.
    pub fn set_profiles(&mut self, profiles: Profiles) {
        self.profiles = profiles;
    }

    /// The phase.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// One input at a place in the microphone's stream.
    pub fn step(&mut self, input: TurnInput<'_>, now: SampleIdx) -> Vec<TurnEffect> {
        let mut out = Vec::new();
        match input {
            TurnInput::Phase(phase) => self.phase = phase,
            TurnInput::Sounding(is_sounding) => {
                self.is_sounding = is_sounding;
                self.erle_since = None;
            }
            TurnInput::Voice { turn, from, until } => self.on_voice(turn, from, until),
            TurnInput::Looked { turn, looked } => self.on_looked(turn, looked, now),
            TurnInput::Words {
                turn,
                text,
                is_final,
            } => {
                if let Some(said) = self.said.as_mut().filter(|said| said.turn == turn) {
                    said.words = Some(words(text));
                    said.is_final |= is_final;
                }
            }
            TurnInput::Over { turn } => {
                if let Some(said) = self.said.as_mut().filter(|said| said.turn == turn) {
                    said.is_over = true;
                }
            }
            TurnInput::Wake => self.on_wake(&mut out),
            TurnInput::Echo(state) => self.on_echo(state, now, &mut out),
            TurnInput::Tick => {}
        }
        if let Some(mut said) = self.said.take() {
            self.judge(&mut said, now, &mut out);
            let is_done = said.is_final && matches!(said.stage, Stage::Taken(_) | Stage::Nothing);
            self.said = (!is_done).then_some(said);
        }
        out
    }

    fn on_voice(&mut self, turn: TurnId, from: SampleIdx, until: SampleIdx) {
        let voice_ms = until.ms_since(from);
        if let Some(said) = self.said.as_mut().filter(|said| said.turn == turn) {
            (said.voice_ms, said.until) = (voice_ms, until);
            return;
        }
        // A turn of before that is still being read has nothing to say about the floor any more; what it did to our sound is this
        // one's to undo.
        let before = self.said.as_ref().map(|said| said.stage);
        let open = |stage: &Stage| matches!(stage, Stage::Ducked { .. } | Stage::Held { .. });
        let stage = before.filter(open).unwrap_or(Stage::Heard);
        self.said = Some(Said {
            turn,
            voice_ms,
            until,
            gated_ms: 0,
            words: None,
            is_final: false,
            is_over: false,
            is_asked: false,
            look: Look::first(from),
            nod: None,
            seen: from,
            whole: None,
            lead: None,
            went_on: false,
            stage,
        });
    }

    /// The wake word while we speak: stop and listen.
    fn on_wake(&mut self, out: &mut Vec<TurnEffect>) {
        if self.is_sounding && self.profiles.of(self.phase).own == Own::Stops {
            out.push(TurnEffect::Stop);
            self.is_sounding = false;
        }
    }

    fn on_echo(&mut self, state: EchoState, now: SampleIdx, out: &mut Vec<TurnEffect>) {
        let before = std::mem::replace(&mut self.path, state.path);
        match state.path {
            EchoPath::Absent => self.turn_to(Duplex::Full, out),
            // What was believed of another room, or of none, is not believed of this one.
            EchoPath::Unknown | EchoPath::Present if before == EchoPath::Absent => self.doubt(out),
            EchoPath::Unknown if before == EchoPath::Present => self.doubt(out),
            EchoPath::Unknown => {}
            EchoPath::Present => {
                if let Some(db) = state.erle_db {
                    self.on_erle(db, now, out);
                }
            }
        }
    }

    fn doubt(&mut self, out: &mut Vec<TurnEffect>) {
        self.is_proven = false;
        self.turn_to(Duplex::Half, out);
    }

    fn turn_to(&mut self, duplex: Duplex, out: &mut Vec<TurnEffect>) {
        self.erle_since = None;
        if self.duplex != duplex {
            self.duplex = duplex;
            out.push(TurnEffect::Duplex(duplex));
        }
    }

    fn on_erle(&mut self, db: f32, now: SampleIdx, out: &mut Vec<TurnEffect>) {
        let other = match self.duplex {
            Duplex::Full if db < ERLE_LOW_DB => Duplex::Half,
            Duplex::Half if db >= ERLE_GOOD_DB => Duplex::Full,
            Duplex::Full | Duplex::Half => {
                self.erle_since = None;
                return;
            }
        };
        if !self.is_sounding {
            self.erle_since = None;
            return;
        }
        let since = *self.erle_since.get_or_insert(now);
        let needed_ms = if self.is_proven { ERLE_MS } else { PROVEN_MS };
        if now.ms_since(since) >= needed_ms {
            self.is_proven = true;
            self.turn_to(other, out);
        }
    }

    fn judge(&mut self, said: &mut Said, now: SampleIdx, out: &mut Vec<TurnEffect>) {
        match said.stage {
            Stage::Nothing => {}
            Stage::Taken(floor) => self.after_taken(said, floor, out),
            Stage::Heard | Stage::Ducked { .. } | Stage::Held { .. } | Stage::Resumed => {
                self.judge_open(said, now, out);
            }
        }
    }

    fn after_taken(&mut self, said: &mut Said, floor: Floor, out: &mut Vec<TurnEffect>) {
        // The words came after the voice: a payment cannot be stopped, and the person hears so.
        if floor == Floor::Queued && self.wants_to_cancel(said) {
            said.stage = Stage::Taken(Floor::TooLate);
            out.push(TurnEffect::Takes {
                turn: said.turn,
                floor: Floor::TooLate,
            });
        }
        if floor == Floor::Early && said.is_final && self.phase == Phase::Confirming {
            said.stage = Stage::Taken(Floor::Answer);
            if !self.is_stop(said) {
                out.push(TurnEffect::TermsAgain);
            }
        }
    }

    fn judge_open(&mut self, said: &mut Said, now: SampleIdx, out: &mut Vec<TurnEffect>) {
        let profile = *self.profiles.of(self.phase);
        if self.is_stop(said) {
            self.take(said, profile, now, out);
            return;
        }
        if self.is_sounding && self.duplex == Duplex::Half && profile.own == Own::Stops {
            said.gated_ms = said.voice_ms;
            if said.is_over && said.is_final {
                self.nothing(said, Nothing::Gated, now, out);
            }
            return;
        }
        if self.is_looking(said, profile, now) {
            if said.nod == Some(Nod::Stop) {
                self.take(said, profile, now, out);
            } else {
                self.look(said, profile, now, out);
            }
            return;
        }
        if profile.backchannel && said.is_in_doubt(now) {
            return;
        }
        let count = said.words.as_ref().map(Vec::len);
        let is_spoken = said.fresh_ms() >= profile.confirm_ms;
        let is_backchannel = profile.backchannel && self.is_backchannel(said);
        if is_backchannel {
            if said.is_over {
                self.nothing(said, Nothing::Backchannel, now, out);
                return;
            }
        } else if count.unwrap_or(0) >= profile.words && (is_spoken || said.is_over) {
            self.take(said, profile, now, out);
            return;
        }
        let is_empty = said.is_final && count == Some(0);
        if said.is_over && is_empty {
            self.nothing(said, Nothing::Noise, now, out);
            return;
        }
        self.wait(said, profile, is_backchannel, now, out);
    }

    /// Where no echo was heard so far it may be the first of one, and that is found out within this time.
    fn hold_ms(&self, profile: Profile) -> u64 {
        match self.path {
            EchoPath::Absent => profile.confirm_ms + WORD_MS,
            EchoPath::Unknown | EchoPath::Present => profile.confirm_ms,
        }
    }

    /// Nothing is decided yet: our sound becomes quieter, is held, or goes on.
    fn wait(
        &mut self,
        said: &mut Said,
        profile: Profile,
        is_backchannel: bool,
        now: SampleIdx,
        out: &mut Vec<TurnEffect>,
    ) {
        let is_ours = self.is_sounding && profile.own == Own::Stops;
        if !self.streams && !said.is_asked && said.fresh_ms() >= profile.confirm_ms {
            said.is_asked = true;
            out.push(TurnEffect::ReadQuickly { turn: said.turn });
        }
        let is_empty = said.words.as_ref().is_some_and(Vec::is_empty);
        // Who reads along has no word yet where there is hardly one to hear.
        let word_ms = if self.looks { LOOKED_WORD_MS } else { WORD_MS };
        let is_early = self.streams && said.fresh_ms() < profile.confirm_ms + word_ms;
        let is_wordless = is_empty && !is_early;
        let hold_ms = self.hold_ms(profile);
        match said.stage {
            Stage::Heard if is_ours && profile.duck_ms.is_some_and(|ms| said.fresh_ms() >= ms) => {
                said.stage = Stage::Ducked { at: now };
                out.push(TurnEffect::Duck);
            }
            Stage::Heard | Stage::Ducked { .. }
                if is_ours
                    && (said.words.is_none() || (is_empty && is_early))
                    && said.fresh_ms() >= hold_ms =>
            {
                let at = match said.stage {
                    Stage::Ducked { at } => at,
                    Stage::Heard
                    | Stage::Held { .. }
                    | Stage::Resumed
                    | Stage::Taken(_)
                    | Stage::Nothing => now,
                };
                said.stage = Stage::Held { at };
                out.push(TurnEffect::Hold);
            }
            Stage::Ducked { .. } if is_wordless && said.is_asked => {
                said.stage = Stage::Resumed;
                said.went_on = true;
                out.push(TurnEffect::Unduck);
            }
            Stage::Held { at } if is_backchannel || is_wordless || now.ms_since(at) >= FALSE_MS => {
                said.stage = Stage::Resumed;
                out.push(TurnEffect::Resume(from(at, now)));
            }
            Stage::Heard
            | Stage::Ducked { .. }
            | Stage::Held { .. }
            | Stage::Resumed
            | Stage::Taken(_)
            | Stage::Nothing => {}
        }
    }

    fn take(
        &mut self,
        said: &mut Said,
        profile: Profile,
        now: SampleIdx,
        out: &mut Vec<TurnEffect>,
    ) {
        let was_sounding = self.is_sounding;
        let is_held = matches!(said.stage, Stage::Held { .. });
        // What was held and went on may not be told to sound again yet.
        let was_held = is_held || said.went_on;
        if profile.own == Own::Stops && (was_sounding || was_held) {
            out.push(TurnEffect::Stop);
            self.is_sounding = false;
        } else if profile.own == Own::GoesOn {
            // It was held, or quieter, before a payment began.
            go_on(said.stage, now, out);
        }
        let floor = match self.phase {
            Phase::Listening | Phase::Speaking => Floor::New,
            Phase::Thinking => Floor::Amends,
            Phase::Confirming if was_sounding || is_held => Floor::Early,
            Phase::Confirming => Floor::Answer,
            Phase::Committing if self.wants_to_cancel(said) => Floor::TooLate,
            Phase::Committing => Floor::Queued,
        };
        said.stage = Stage::Taken(floor);
        out.push(TurnEffect::Takes {
            turn: said.turn,
            floor,
        });
        // The words may be known to their end already.
        self.after_taken(said, floor, out);
    }

    fn nothing(
        &mut self,
        said: &mut Said,
        why: Nothing,
        now: SampleIdx,
        out: &mut Vec<TurnEffect>,
    ) {
        go_on(said.stage, now, out);
        said.stage = Stage::Nothing;
        out.push(TurnEffect::Nothing {
            turn: said.turn,
            why,
        });
    }

    fn is_stop(&self, said: &Said) -> bool {
        let lang = Lang::of(self.language);
        said.words.as_ref().is_some_and(|w| lang.stop.is_in(w))
    }

    fn wants_to_cancel(&self, said: &Said) -> bool {
        let lang = Lang::of(self.language);
        said.words.as_ref().is_some_and(|w| lang.cancel.is_in(w))
    }

    fn is_backchannel(&self, said: &Said) -> bool {
        let lang = Lang::of(self.language);
        said.voice_ms < BACKCHANNEL_MS && said.words.as_ref().is_some_and(|w| said.is_nod(w, lang))
    }
}

/// What was done to our sound is undone.
fn go_on(stage: Stage, now: SampleIdx, out: &mut Vec<TurnEffect>) {
    match stage {
        Stage::Ducked { .. } => out.push(TurnEffect::Unduck),
        Stage::Held { at } => out.push(TurnEffect::Resume(from(at, now))),
        Stage::Heard | Stage::Resumed | Stage::Taken(_) | Stage::Nothing => {}
    }
}

/// Where to go on after our sound was held.
fn from(held_at: SampleIdx, now: SampleIdx) -> Again {
    if now.ms_since(held_at) > CLAUSE_MS {
        Again::Clause
    } else {
        Again::Ducked
    }
}
