//! From sound to turns: what the ear and the rules of interrupting say, and what follows.

use errand_voice_core::{
    EarEffect, EarInput, Floor, Frame, Heard, ItemId, MouthInput, Nothing, TurnEffect, TurnId,
    TurnInput,
};

use super::turns::{Over, Spoken, State};
use super::{Talker, TalkerEffect};
use crate::config::{DetectionKind, Echo, Playback};
use crate::event::{Cause, Note, VoiceEvent};

impl Talker {
    pub(super) fn on_frame(&mut self, capture: &Frame, render: &Frame) {
        let effects = self.listener.hear(capture, render);
        self.on_ear(effects);
        if self.voicing.is_sounding() {
            self.turns.note_ours();
        }
        if self.config.echo == Echo::Ours {
            self.tell_turn(TurnInput::Echo(self.listener.echo()));
        }
        match self.listener.ear().voice() {
            Some((turn, from, until)) => {
                self.tell_turn(TurnInput::Voice { turn, from, until });
                self.look_on(turn, until.ms_since(from));
            }
            None => self.tell_turn(TurnInput::Tick),
        }
        self.listen_on();
    }

    pub(super) fn on_gap(&mut self, samples: u64) {
        let ms = errand_voice_core::duration(samples).as_millis();
        let ms = u64::try_from(ms).unwrap_or(u64::MAX);
        if samples > 0 {
            self.tell(VoiceEvent::Note(Note::Gap { ms }));
        }
        let effects = self.listener.gap(samples);
        self.on_ear(effects);
    }

    /// The key stops our sound at once: nobody has to speak over us.
    pub(super) fn on_press(&mut self) {
        if self.config.detection.interrupts {
            self.tell_turn(TurnInput::Wake);
        }
        let effects = self.listener.tell(EarInput::Press);
        self.on_ear(effects);
    }

    pub(super) fn on_ear(&mut self, effects: Vec<EarEffect>) {
        for effect in effects {
            self.on_ear_effect(effect);
        }
    }

    fn on_ear_effect(&mut self, effect: EarEffect) {
        match effect {
            EarEffect::Woken { phrase, score, end } => {
                self.tell(VoiceEvent::Woken { phrase, score, end });
                self.tell_turn(TurnInput::Wake);
            }
            EarEffect::Started { turn, at, voice } => {
                let is_sealed = self.approving.is_open();
                self.turns.begin(Spoken::new(turn, at, voice, is_sealed));
                if self.config.detection.kind == DetectionKind::Push {
                    // Who presses a key has the floor, whatever is heard.
                    self.take(turn, self.floor_now());
                }
            }
            EarEffect::Rejoined { turn } => self.on_rejoined(turn),
            EarEffect::Speculate {
                turn,
                attempt,
                utterance,
            } => self.read_attempt(turn, attempt, utterance),
            EarEffect::Withdraw { turn, attempt } => self.withdraw(turn, attempt),
            EarEffect::Ended {
                turn,
                voice_end,
                heard,
                row,
            } => {
                let decided = self.heard_until();
                let attempt = match &heard {
                    Heard::Attempt(attempt) => Some(*attempt),
                    Heard::Sound(_) => None,
                };
                let over = Over {
                    voice_end,
                    decided,
                    row,
                    attempt,
                };
                self.on_over(turn, over, heard);
            }
            EarEffect::Dropped { turn } => self.on_dropped(turn, None),
            EarEffect::Reprompt => self.reprompt(),
            EarEffect::Idle => self.on_idle(),
        }
    }

    fn on_over(&mut self, turn: TurnId, over: Over, heard: Heard) {
        self.out.push(TalkerEffect::PartialEnd { turn });
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        spoken.over = Some(over);
        if spoken.was_told && !spoken.is_rejoined {
            self.tell_stopped(turn, over);
        }
        let spoken = self.turns.get(turn);
        let state = spoken.as_ref().map(|s| s.state.clone());
        let kept = spoken.and_then(|s| s.utterance.clone());
        match heard {
            Heard::Sound(utterance) => self.read_final(turn, utterance),
            // The attempt could not be made, or failed.
            Heard::Attempt(_) if state == Some(State::Unread) => {
                if let Some(utterance) = kept {
                    self.read_final(turn, (*utterance).clone());
                }
            }
            Heard::Attempt(_) => {}
        }
        self.tell_turn(TurnInput::Over { turn });
        self.tell_final(turn);
        self.conclude(turn);
    }

    /// The words of an attempt that holds are final now.
    fn tell_final(&mut self, turn: TurnId) {
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        if spoken.is_sealed || !matches!(spoken.state, State::Known { .. }) {
            return;
        }
        let fresh = spoken.fresh_words();
        self.tell_turn(TurnInput::Words {
            turn,
            text: &fresh,
            is_final: true,
        });
    }

    fn tell_stopped(&mut self, turn: TurnId, over: Over) {
        self.tell(VoiceEvent::SpeechStopped {
            turn,
            voice_end: over.voice_end,
            decided: over.decided,
            row: over.row,
        });
    }

    /// They go on right after their turn ended. What was sent is only withdrawn when there are new words: a cough kills no answer.
    fn on_rejoined(&mut self, turn: TurnId) {
        let Some(spoken) = self.turns.get(turn) else {
            // Nobody could read its beginning: it begins now.
            let voice = self.listener.ear().voice().map(|(_, from, _)| from);
            let voice = voice.unwrap_or_else(|| self.heard_until());
            self.turns.begin(Spoken::new(turn, voice, voice, false));
            return;
        };
        let job = spoken.job();
        spoken.over = None;
        spoken.state = State::Unread;
        spoken.utterance = None;
        spoken.is_concluded = false;
        spoken.listened = 0;
        let was_sent = spoken.sent.is_some();
        if was_sent {
            spoken.floor = None;
            spoken.nothing = None;
            spoken.is_rejoined = true;
        }
        if let Some(job) = job {
            self.stop_read(job);
        }
        if !was_sent {
            self.tell(VoiceEvent::Rejoined { turn });
        }
    }

    pub(super) fn on_dropped(&mut self, turn: TurnId, why: Option<Nothing>) {
        self.out.push(TalkerEffect::PartialEnd { turn });
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        let (was_told, was_sent, job) = (spoken.was_told, spoken.sent.is_some(), spoken.job());
        if let Some(job) = job {
            self.stop_read(job);
        }
        self.turns.remove(turn);
        self.tell_turn(TurnInput::Over { turn });
        self.tell_turn(TurnInput::Words {
            turn,
            text: "",
            is_final: true,
        });
        // What was sent of it before is answered; only the noise behind it is dropped.
        if !was_sent {
            self.tell(VoiceEvent::Dropped {
                turn,
                was_told,
                why,
            });
        }
    }

    /// Gives the machine of interrupting something to think about.
    pub(super) fn tell_turn(&mut self, input: TurnInput<'_>) {
        let now = self.heard_until();
        let effects = self.turn.step(input, now);
        for effect in effects {
            self.on_turn_effect(effect);
        }
    }

    fn on_turn_effect(&mut self, effect: TurnEffect) {
        let is_counted = self.config.playback == Playback::Counted;
        match effect {
            // A client has our sound already: it can be stopped and nothing else.
            TurnEffect::Duck if is_counted => self.tell_mouth(MouthInput::Duck),
            TurnEffect::Unduck if is_counted => self.tell_mouth(MouthInput::Unduck),
            TurnEffect::Hold if is_counted => self.tell_mouth(MouthInput::Hold),
            TurnEffect::Resume(again) if is_counted => self.tell_mouth(MouthInput::Resume(again)),
            TurnEffect::Duck | TurnEffect::Unduck | TurnEffect::Hold | TurnEffect::Resume(_) => {}
            TurnEffect::Stop => {
                self.stop_speaking();
                self.telling.mute();
            }
            TurnEffect::Takes { turn, floor } => self.take(turn, floor),
            TurnEffect::Nothing { turn, why } => {
                if let Some(spoken) = self.turns.get(turn) {
                    spoken.nothing = Some(why);
                }
                self.conclude(turn);
            }
            TurnEffect::ReadQuickly { turn } => {
                if let Some(spoken) = self.turns.get(turn) {
                    spoken.wants_look = true;
                }
            }
            TurnEffect::Look { turn, is_whole } => self.look(turn, is_whole),
            TurnEffect::TermsAgain => self.terms_again(),
            TurnEffect::Duplex(duplex) => self.tell(VoiceEvent::Note(Note::Duplex(duplex))),
        }
    }

    fn floor_now(&self) -> Floor {
        use errand_voice_core::Phase;
        match self.phase {
            Phase::Listening | Phase::Speaking => Floor::New,
            Phase::Thinking => Floor::Amends,
            Phase::Confirming => Floor::Answer,
            Phase::Committing => Floor::Queued,
        }
    }

    fn take(&mut self, turn: TurnId, floor: Floor) {
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        if spoken.floor == Some(floor) {
            return;
        }
        spoken.floor = Some(floor);
        let (at, voice, over) = (spoken.at, spoken.voice, spoken.over);
        let is_first = !std::mem::replace(&mut spoken.was_told, true);
        let is_rejoined = std::mem::take(&mut spoken.is_rejoined);
        self.yield_to(floor);
        if is_rejoined {
            self.on_withdrawn(turn);
        }
        if is_first {
            self.tell(VoiceEvent::SpeechStarted { turn, at, voice });
        }
        self.tell(VoiceEvent::Taken { turn, floor });
        if (is_first || is_rejoined)
            && let Some(over) = over
        {
            self.tell_stopped(turn, over);
        }
        self.conclude(turn);
    }

    /// What we were about to say is not begun over somebody who has the floor.
    fn yield_to(&mut self, floor: Floor) {
        let waits = matches!(floor, Floor::Queued | Floor::TooLate);
        let may_stop = self.config.detection.interrupts || self.approving.is_open();
        if !waits && may_stop && self.voicing.is_speaking() && !self.voicing.is_sounding() {
            self.stop_speaking();
            self.telling.mute();
        }
    }

    /// There are new words behind a turn that was sent: its answer is withdrawn.
    fn on_withdrawn(&mut self, turn: TurnId) {
        let was_sent = self.turns.get(turn).is_some_and(|t| t.sent.is_some());
        self.tell(VoiceEvent::Rejoined { turn });
        if was_sent {
            self.stop_speaking();
            self.telling.mute();
            self.tell(VoiceEvent::StopTurn);
        }
    }

    fn reprompt(&mut self) {
        self.tell(VoiceEvent::Note(Note::Reprompted));
        if self.approving.is_open() {
            self.remind();
        } else {
            let question = self.telling.last_question();
            let text = question.map_or_else(
                || "Are you still there?".to_owned(),
                |question| question.as_str().to_owned(),
            );
            self.say_text(Cause::Hearing, None, &text);
        }
    }

    fn on_idle(&mut self) {
        self.telling.asked(false);
        self.approving.rest();
        self.tell(VoiceEvent::Note(Note::Idle));
    }

    /// The first sound of an answer was heard: nothing can be joined to the turn before it any more.
    pub(super) fn on_answer_heard(&mut self, _: ItemId) {
        let effects = self.listener.tell(EarInput::Authorised);
        self.on_ear(effects);
    }
}
