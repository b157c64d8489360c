//! What a turn of the person comes to once it is over and read, and when what of it happened.

use errand_voice_core::{Command, Floor, Generation, Hidden, Reply, TurnId, read_command};

use super::Talker;
use super::turns::State;
use crate::event::{Cause, How, Times, VoiceEvent};

impl Talker {
    /// Acts on a turn as soon as everything about it is known: it is over, it was read, and what it counts as.
    pub(super) fn conclude(&mut self, turn: TurnId) {
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        if spoken.is_concluded || spoken.over.is_none() {
            return;
        }
        if spoken.is_sealed {
            self.conclude_sealed(turn);
            return;
        }
        let (State::Known { .. }, Some(how)) = (&spoken.state, spoken.how) else {
            return;
        };
        if let Some(why) = spoken.nothing {
            let (was_told, was_sent) = (spoken.was_told, spoken.sent.is_some());
            spoken.is_concluded = true;
            spoken.is_rejoined = false;
            if !was_sent {
                self.turns.remove(turn);
                self.tell(VoiceEvent::Dropped {
                    turn,
                    was_told,
                    why: Some(why),
                });
            }
            return;
        }
        let Some(floor) = spoken.floor else {
            return;
        };
        spoken.is_concluded = true;
        spoken.utterance = None;
        let text = spoken.text.clone();
        self.time_begin(turn);
        self.tell(VoiceEvent::Transcript {
            turn,
            text: text.clone(),
            how,
        });
        if text.as_str().is_empty() {
            self.time_over();
            return;
        }
        if !self.config.detection.answers {
            self.telling.left_to_face(turn);
            return;
        }
        self.act(turn, floor, &text, how);
    }

    fn act(&mut self, turn: TurnId, floor: Floor, text: &Hidden, _how: How) {
        match floor {
            Floor::Queued => self.queue(turn),
            Floor::TooLate => {
                self.say_text(
                    Cause::Hearing,
                    Some(turn),
                    "It is too late to stop the payment. When it is through, you can ask me to cancel the order.",
                );
            }
            Floor::New | Floor::Amends | Floor::Answer | Floor::Early => {
                let command = read_command(self.config.language, text.as_str());
                let is_done = command.is_some_and(|command| self.command(turn, command));
                if !is_done {
                    let amends = floor == Floor::Amends || self.telling.is_running();
                    self.send(turn, amends);
                }
            }
        }
    }

    /// Carries out a voice command here. `false`: the conversation has to answer it.
    fn command(&mut self, turn: TurnId, command: Command) -> bool {
        if !self.browse.knows(command) {
            return false;
        }
        match self.browse.step(command) {
            Reply::Say(sentences) => {
                self.telling.unmute();
                self.time_answer();
                self.say_all(Cause::Command, Some(turn), sentences);
            }
            Reply::Pace(pace, sentences) => {
                self.telling.unmute();
                self.voicing.set_pace(pace);
                self.tell(VoiceEvent::Pace(pace));
                self.time_answer();
                if !sentences.is_empty() {
                    self.say_all(Cause::Command, Some(turn), sentences);
                }
            }
            Reply::Volume { up } => {
                self.telling.unmute();
                self.tell(VoiceEvent::Volume { up });
            }
            Reply::Pass(Command::Stop) => {
                self.stop_speaking();
                // Who wants quiet is not asked again by itself.
                self.telling.asked(false);
                if self.telling.is_running() {
                    self.telling.mute();
                    self.tell(VoiceEvent::StopTurn);
                }
            }
            Reply::Pass(Command::Wait) => self.telling.asked(false),
            Reply::Pass(_) => return false,
        }
        true
    }

    /// Gives a turn to the conversation.
    pub(super) fn send(&mut self, turn: TurnId, amends: bool) {
        let now = self.now();
        if self.telling.is_running() {
            // What was being answered is answered otherwise now.
            self.stop_speaking();
        } else {
            self.close_answer();
        }
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        let Some(how) = spoken.how else {
            return;
        };
        spoken.sends = spoken.sends.saturating_add(1);
        let key = format!("voice-{}-{}", turn.0, spoken.sends);
        let text = spoken.text.clone();
        let amends = amends || spoken.sent.is_some();
        spoken.sent = Some((key.clone(), text.clone()));
        if let Some(times) = &mut spoken.times {
            times.sent = Some(now);
        }
        self.telling.sent(turn);
        self.waits.said(now);
        self.tell(VoiceEvent::Say {
            turn,
            key,
            text,
            how,
            amends,
        });
    }

    fn time_begin(&mut self, turn: TurnId) {
        self.time_over();
        let (now, mic) = (self.now(), self.heard_until());
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        let Some(over) = spoken.over else {
            return;
        };
        let at = |place: errand_voice_core::SampleIdx| now.minus(mic.since(place));
        spoken.times = Some(Times {
            turn,
            voice_end: at(over.voice_end),
            decided: at(over.decided),
            row: over.row,
            transcript: spoken.transcript_at,
            reading: spoken.how.map(|how| how.took),
            sent: None,
            answer: None,
            ready: None,
            out: None,
            heard: None,
        });
    }

    /// The times of turns whose answer will have no more sound.
    pub(super) fn time_over(&mut self) {
        if self.voicing.is_speaking() {
            return;
        }
        let done: Vec<Times> = self
            .turns
            .iter_mut()
            .filter_map(|t| t.times.take())
            .collect();
        for times in done {
            self.tell(VoiceEvent::Times(times));
        }
    }

    /// The first word of an answer came.
    pub(super) fn time_answer(&mut self) {
        let now = self.now();
        let timed = self
            .turns
            .iter_mut()
            .filter_map(|t| t.times.as_mut())
            .last();
        if let Some(times) = timed {
            times.answer.get_or_insert(now);
        }
    }

    fn timed(&mut self, turn: Option<TurnId>) -> Option<&mut Times> {
        self.turns.get(turn?)?.times.as_mut()
    }

    pub(super) fn time_ready(&mut self, generation: Generation) {
        let now = self.now();
        let turn = self.voicing.items.of(generation).and_then(|item| item.turn);
        if let Some(times) = self.timed(turn) {
            times.ready.get_or_insert(now);
        }
    }

    pub(super) fn time_out(&mut self, turn: Option<TurnId>) {
        let now = self.now();
        if let Some(times) = self.timed(turn) {
            times.out.get_or_insert(now);
        }
    }

    /// Its first sound was heard: nothing more is to be known.
    pub(super) fn time_heard(&mut self, turn: Option<TurnId>) {
        let now = self.now();
        let Some(turn) = turn else {
            return;
        };
        if let Some(spoken) = self.turns.get(turn)
            && let Some(mut times) = spoken.times.take()
        {
            times.heard = Some(now);
            self.tell(VoiceEvent::Times(times));
        }
    }
}
