//! The person's side: asking for somebody, waiting, being answered, sending them away.

use errand_protocol::desk::{DeskFact, DeskReason, Seen};
use errand_protocol::errand::{DeskHandoff, DeskState, ErrandEvent, HandoffView, Role};
use errand_types::Text;
use jiff::SignedDuration;

use super::{Desk, DeskBy, DeskDeed, DeskEntry, IDLE_S, LOOK_S, Stage, Ticket};
use crate::ctx::Ctx;
use crate::effect::{Effect, Record};
use crate::input::Answer;
use crate::outbox::Outbox;
use crate::purchase::PurchaseState;
use crate::session::{OpenQuestion, Session};
use crate::words;

impl Session {
    /// The person asked for a person, or agreed to be offered one. Always answered, whatever else is under way.
    pub(crate) fn ask_person(&mut self, asked: bool, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let language = ctx.language();
        match &self.desk.stage {
            Stage::Waiting(ticket) => {
                out.say(words::desk_waiting(language, ticket.place));
                return true;
            }
            Stage::Taken { by, .. } => {
                out.say(words::desk_reads(language, by.name.as_str()));
                return true;
            }
            Stage::Alone => {}
        }
        if !ctx.desk.exists {
            out.say(words::no_desk(language));
            return false;
        }
        if !ctx.desk.open {
            let text = words::desk_closed(language);
            self.desk_event(DeskState::Closed, &text, ctx, out);
            out.say(text);
            self.desk_entry(None, DeskDeed::NobodyThere, ctx, out);
            return false;
        }
        let reason = self.desk_reason(asked);
        self.desk.stage = Stage::Waiting(Ticket {
            since: ctx.now,
            reason,
            place: self.place(reason, ctx),
        });
        self.show_waiting(ctx, out);
        let deed = DeskDeed::Asked {
            reason,
            language,
            who: Text::clip(Seen::first_name(ctx.profile.name.as_ref().map(Text::as_str)).as_str()),
        };
        self.desk_entry(None, deed, ctx, out);
        true
    }

    fn desk_reason(&self, asked: bool) -> DeskReason {
        if self.has_unknown_outcome() {
            DeskReason::OutcomeUnknown
        } else if asked {
            DeskReason::Asked
        } else {
            self.desk.stuck.reason()
        }
    }

    fn has_unknown_outcome(&self) -> bool {
        self.purchases
            .iter()
            .any(|p| matches!(p.state, PurchaseState::Unknown { .. }))
    }

    /// Its place in the queue: as the runtime has it, or behind everybody who waits.
    fn place(&self, reason: DeskReason, ctx: &Ctx<'_>) -> u32 {
        let waiting = &ctx.desk.waiting;
        let at = match waiting.iter().position(|id| *id == self.id) {
            Some(at) => at,
            None if reason == DeskReason::OutcomeUnknown => 0,
            None => waiting.len(),
        };
        u32::try_from(at.saturating_add(1)).unwrap_or(u32::MAX)
    }

    fn show_waiting(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        let Stage::Waiting(ticket) = &self.desk.stage else {
            return;
        };
        let text = words::desk_waiting(ctx.language(), ticket.place);
        self.desk_event(DeskState::Waiting, &text, ctx, out);
        out.say(text);
        wake(ctx, LOOK_S, out);
    }

    pub(crate) fn wake_when_idle(&self, ctx: &Ctx<'_>, out: &mut Outbox) {
        wake(ctx, IDLE_S, out);
    }

    /// A sentence of somebody who waits or is answered. `true`: it was for the desk, and no planner reads it.
    pub(crate) fn heard_by_desk(&mut self, leaves: bool, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let language = ctx.language();
        match (self.desk.stage.clone(), leaves) {
            (Stage::Alone, _) | (Stage::Waiting(_), false) => false,
            (Stage::Waiting(_), true) => {
                self.desk_over();
                let text = words::desk_left(language);
                self.desk_event(DeskState::Left, &text, ctx, out);
                out.say(text);
                self.desk_entry(None, DeskDeed::Left, ctx, out);
                true
            }
            (Stage::Taken { by, .. }, true) => {
                self.desk_over();
                if matches!(self.open, Some(OpenQuestion::Show(_))) {
                    self.open = None;
                }
                let text = words::desk_sent_away(language, by.name.as_str());
                self.desk_event(DeskState::SentAway, &text, ctx, out);
                out.say(text);
                self.desk_entry(Some(by), DeskDeed::SentAway, ctx, out);
                true
            }
            (
                Stage::Taken {
                    by,
                    ticket,
                    last,
                    told,
                },
                false,
            ) => {
                if !told {
                    out.say(words::desk_reads(language, by.name.as_str()));
                }
                self.desk.stage = Stage::Taken {
                    by,
                    ticket,
                    last,
                    told: true,
                };
                true
            }
        }
    }

    /// Questions of the desk that another sentence answers with a no.
    pub(crate) fn let_go_of_desk_questions(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        match &self.open {
            Some(OpenQuestion::Person) => self.open = None,
            Some(OpenQuestion::Helped) => {
                self.open = None;
                self.desk_entry(None, DeskDeed::Helped(None), ctx, out);
            }
            Some(OpenQuestion::Show(facts)) => {
                let facts = facts.clone();
                self.open = None;
                self.desk_entry(None, DeskDeed::Shown { facts, yes: false }, ctx, out);
            }
            Some(_) | None => {}
        }
    }

    pub(crate) fn answer_person(&mut self, answer: &Answer, ctx: &Ctx<'_>, out: &mut Outbox) {
        self.open = None;
        match answer {
            Answer::Yes => {
                self.ask_person(false, ctx, out);
            }
            Answer::No => out.say(words::desk_declined(ctx.language())),
            Answer::Why | Answer::Repeat | Answer::Unclear => {
                self.open = Some(OpenQuestion::Person);
                out.say(words::desk_offer(ctx.language()));
            }
        }
    }

    pub(crate) fn answer_show(
        &mut self,
        facts: Vec<DeskFact>,
        answer: &Answer,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let language = ctx.language();
        let yes = match answer {
            Answer::Yes => true,
            Answer::No => false,
            Answer::Why | Answer::Repeat | Answer::Unclear => {
                if let Stage::Taken { by, .. } = &self.desk.stage {
                    out.say(words::desk_ask_to_see(language, by.name.as_str(), &facts));
                }
                return;
            }
        };
        self.open = None;
        // Only whoever asked gets to see it: nobody holds it any more, nothing is shown.
        let yes = yes && matches!(self.desk.stage, Stage::Taken { .. });
        if yes {
            self.desk.allowed.extend(facts.iter().copied());
        }
        out.say(words::desk_shown(language, yes));
        self.desk_entry(None, DeskDeed::Shown { facts, yes }, ctx, out);
    }

    pub(crate) fn answer_helped(&mut self, answer: &Answer, ctx: &Ctx<'_>, out: &mut Outbox) {
        let helped = match answer {
            Answer::Yes => Some(true),
            Answer::No => Some(false),
            Answer::Why | Answer::Repeat | Answer::Unclear => {
                out.say(words::desk_helped(ctx.language()));
                return;
            }
        };
        self.open = None;
        out.say(words::desk_thanks(ctx.language()));
        self.desk_entry(None, DeskDeed::Helped(helped), ctx, out);
    }

    /// Time went by for whoever waits or is answered.
    pub(crate) fn desk_tick(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        let language = ctx.language();
        match self.desk.stage.clone() {
            Stage::Alone => {}
            Stage::Waiting(_) if !ctx.desk.open && !ctx.desk.settling => {
                self.desk_over();
                let text = words::desk_all_gone(language);
                self.desk_event(DeskState::Closed, &text, ctx, out);
                out.say(text);
                self.desk_entry(None, DeskDeed::NobodyThere, ctx, out);
            }
            Stage::Waiting(mut ticket) => {
                if self.has_unknown_outcome() && ticket.reason != DeskReason::OutcomeUnknown {
                    ticket.reason = DeskReason::OutcomeUnknown;
                    self.desk_entry(None, DeskDeed::Reason(ticket.reason), ctx, out);
                }
                let place = self.place(ticket.reason, ctx);
                let moved = std::mem::replace(&mut ticket.place, place) != place;
                self.desk.stage = Stage::Waiting(ticket);
                if moved {
                    let text = words::desk_moved_up(language, place);
                    self.desk_event(DeskState::Waiting, &text, ctx, out);
                    out.say(text);
                }
                wake(ctx, LOOK_S, out);
            }
            Stage::Taken { by, last, .. } => {
                if ctx.now.duration_since(last).as_secs() >= IDLE_S {
                    self.desk_release(by, DeskDeed::Idle, ctx, out);
                } else {
                    wake(ctx, LOOK_S, out);
                }
            }
        }
    }

    /// Back into the queue, at the old place.
    pub(crate) fn desk_release(
        &mut self,
        by: DeskBy,
        deed: DeskDeed,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Stage::Taken { ticket, .. } = self.desk.stage.clone() else {
            return;
        };
        let language = ctx.language();
        let text = if deed == DeskDeed::Idle {
            words::desk_idle(language, by.name.as_str())
        } else {
            words::desk_released(language, by.name.as_str())
        };
        self.desk.stage = Stage::Waiting(ticket);
        if matches!(self.open, Some(OpenQuestion::Show(_))) {
            self.open = None;
        }
        self.desk_event(DeskState::Waiting, &text, ctx, out);
        out.say(text);
        self.desk_entry(Some(by), deed, ctx, out);
        wake(ctx, LOOK_S, out);
    }

    /// What was agreed to be shown holds for this time only.
    pub(crate) fn desk_over(&mut self) {
        self.desk.stage = Stage::Alone;
        self.desk.allowed.clear();
        self.desk.read.clear();
        self.desk.stuck.settle();
    }

    /// After a restart: what the journal knows about the queue counts more than a state that was kept a turn earlier.
    pub fn adopt_desk(&mut self, stage: Stage) {
        let is_same = matches!(
            (&self.desk.stage, &stage),
            (Stage::Alone, Stage::Alone) | (Stage::Waiting(_), Stage::Waiting(_))
        ) || matches!((&self.desk.stage, &stage),
            (Stage::Taken { by: a, .. }, Stage::Taken { by: b, .. }) if a.id == b.id);
        if !is_same {
            self.desk.stage = stage;
        }
    }

    /// The first sentence of a conversation, where there is a desk.
    pub(crate) fn count_conversation(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        if ctx.desk.exists && !std::mem::replace(&mut self.desk.began, true) {
            self.desk_entry(None, DeskDeed::Began, ctx, out);
        }
    }

    pub(crate) fn desk_entry(
        &self,
        by: Option<DeskBy>,
        deed: DeskDeed,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        out.write(Record::Desk(Box::new(DeskEntry {
            at: ctx.now,
            session: self.id.clone(),
            by,
            deed,
        })));
    }

    pub(crate) fn desk_event(&self, state: DeskState, text: &str, ctx: &Ctx<'_>, out: &mut Outbox) {
        let desk = self.desk_view(state, text, ctx);
        out.emit(ErrandEvent::Handoff(HandoffView {
            from: self.agent.clone(),
            to: Text::clip("human"),
            kind: "human".to_owned(),
            reason: text.to_owned(),
            url: None,
            host: None,
            desk: Some(desk),
        }));
    }

    fn desk_view(&self, state: DeskState, text: &str, ctx: &Ctx<'_>) -> DeskHandoff {
        let language = ctx.language();
        let (person, place) = match &self.desk.stage {
            Stage::Alone => (None, None),
            Stage::Waiting(ticket) => (None, Some(ticket.place)),
            Stage::Taken { by, .. } => (Some(by.name.to_string()), None),
        };
        let chips = match state {
            DeskState::Waiting => vec![words::desk_chip_leave_queue(language)],
            DeskState::Taken => vec![words::desk_chip_leave(language)],
            DeskState::Closed | DeskState::Left | DeskState::SentAway | DeskState::Back => {
                Vec::new()
            }
        };
        DeskHandoff {
            state,
            sees: if person.is_some() {
                words::desk_sees(language, self.desk.allowed.iter().copied())
            } else {
                Vec::new()
            },
            person,
            place,
            text: text.to_owned(),
            chips,
        }
    }

    /// How it stands with the desk, for a face that lost track.
    pub(crate) fn desk_handoff(&self, ctx: &Ctx<'_>) -> Option<DeskHandoff> {
        let language = ctx.language();
        match &self.desk.stage {
            Stage::Alone => None,
            Stage::Waiting(ticket) => {
                let text = words::desk_waiting(language, ticket.place);
                Some(self.desk_view(DeskState::Waiting, &text, ctx))
            }
            Stage::Taken { by, .. } => {
                let text = words::desk_taken(language, by.name.as_str(), "");
                Some(self.desk_view(DeskState::Taken, &text, ctx))
            }
        }
    }

    pub(crate) fn utter_for_desk(&mut self, role: Role) {
        self.desk.uttered = self.desk.uttered.saturating_add(1);
        if self.private_answer && role == Role::Assistant {
            self.desk.withheld.push_back(self.desk.uttered);
            while self.desk.withheld.len() > 64 {
                self.desk.withheld.pop_front();
            }
        }
    }
}

impl Desk {
    /// Whether a person holds this errand, so that errand proposes nothing.
    pub fn is_taken(&self) -> bool {
        matches!(self.stage, Stage::Taken { .. })
    }
}

fn wake(ctx: &Ctx<'_>, seconds: i64, out: &mut Outbox) {
    if let Ok(at) = ctx.now.checked_add(SignedDuration::from_secs(seconds)) {
        out.push(Effect::WakeAt(at));
    }
}
