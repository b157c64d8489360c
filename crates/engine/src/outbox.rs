use errand_gate::{Act, ActionKind, Ask, Authorized, Decision, Facts, Refusal, authorize};
use errand_protocol::errand::{ErrandEvent, NoticeView};
use errand_types::{CallId, DecisionId};

use crate::ctx::Ctx;
use crate::desk::DeskDeed;
use crate::effect::{Deed, Due, Effect, Record, Write};

/// Collects what one step wants done.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    effects: Vec<Effect>,
}

impl Outbox {
    pub(crate) fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// What was collected so far.
    pub(crate) fn effects(&self) -> impl Iterator<Item = &Effect> {
        self.effects.iter()
    }

    pub(crate) fn say(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            // The session knows what it is about.
            self.effects.push(Effect::Say {
                text,
                is_private: false,
            });
        }
    }

    pub(crate) fn emit(&mut self, event: ErrandEvent) {
        self.effects.push(Effect::Emit(event));
    }

    pub(crate) fn notice(
        &mut self,
        tone: &str,
        code: &str,
        headline: impl Into<String>,
        text: impl Into<String>,
    ) {
        self.emit(ErrandEvent::Notice(NoticeView {
            tone: tone.to_owned(),
            code: code.to_owned(),
            headline: headline.into(),
            text: text.into(),
            actions: Vec::new(),
        }));
    }

    pub(crate) fn write(&mut self, record: Record) {
        let due = match &record {
            Record::Decision(_) => Due::BeforeEffect,
            // That a conversation began is counted and nothing hangs on it; who saw it is kept like a consent.
            Record::Desk(entry) if entry.deed == DeskDeed::Began => Due::TurnEnd,
            Record::Purchase(_)
            | Record::Spend(_)
            | Record::Consent(_)
            | Record::Order(_)
            | Record::Profile(_)
            | Record::Reminder(_)
            | Record::Desk(_) => Due::Flushed,
        };
        self.effects.push(Effect::Write(Write { record, due }));
    }

    pub(crate) fn deed(&mut self, call: CallId, deed: Deed) {
        self.effects.push(Effect::Do {
            call,
            deed: Box::new(deed),
        });
    }

    /// Asks the gate for a permit and writes the one record of that decision down, whatever it is.
    pub(crate) fn permit<A: Act>(
        &mut self,
        ctx: &Ctx<'_>,
        call: &CallId,
        facts: &Facts,
        act: A,
    ) -> Result<Authorized<A>, Box<Decision>> {
        let kind = act.kind();
        let ask = self.ask(ctx, call, kind, facts);
        match authorize(ctx.gate, &ask, act) {
            // Asking shops what they have costs nothing and can be done twice: its decision is written with the turn.
            Ok((permit, decision)) if kind == ActionKind::Search => {
                self.note(&decision);
                Ok(permit)
            }
            Ok((permit, decision)) => {
                self.write(Record::Decision(Box::new(decision)));
                Ok(permit)
            }
            Err(refusal) => {
                let (Refusal::Ask(decision) | Refusal::Deny(decision)) = refusal;
                self.write(Record::Decision(decision.clone()));
                Err(decision)
            }
        }
    }

    /// Asks the gate about something that changes nothing outside.
    pub(crate) fn decide(
        &mut self,
        ctx: &Ctx<'_>,
        call: &CallId,
        action: ActionKind,
        facts: &Facts,
    ) -> Decision {
        let decision = ctx.gate.decide(&self.ask(ctx, call, action, facts));
        self.note(&decision);
        decision
    }

    /// Asks the gate the same about each of several things that change nothing outside.
    pub(crate) fn decide_each(
        &mut self,
        ctx: &Ctx<'_>,
        action: ActionKind,
        facts: &[Facts],
    ) -> Vec<Decision> {
        let asks: Vec<Ask<'_>> = facts
            .iter()
            .map(|facts| self.ask(ctx, &CallId::fresh(ctx.ids), action, facts))
            .collect();
        let decisions = ctx.gate.decide_each(&asks);
        for decision in &decisions {
            self.note(decision);
        }
        decisions
    }

    fn note(&mut self, decision: &Decision) {
        self.effects.push(Effect::Write(Write {
            record: Record::Decision(Box::new(decision.clone())),
            due: Due::TurnEnd,
        }));
    }

    fn ask<'f>(
        &self,
        ctx: &Ctx<'_>,
        call: &CallId,
        action: ActionKind,
        facts: &'f Facts,
    ) -> Ask<'f> {
        Ask {
            id: DecisionId::fresh(ctx.ids),
            call: call.clone(),
            action,
            facts,
            epoch: ctx.profile.epoch,
            now: ctx.now,
        }
    }

    /// Durable things first, in their order; the rest in its order.
    pub(crate) fn finish(self) -> Vec<Effect> {
        let (mut writes, rest): (Vec<Effect>, Vec<Effect>) = self
            .effects
            .into_iter()
            .partition(|e| matches!(e, Effect::Write(_)));
        writes.extend(rest);
        writes
    }
}
