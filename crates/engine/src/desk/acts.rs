//! What somebody at the desk does.

use std::collections::BTreeSet;

use errand_gate::{ActionKind, Verdict};
use errand_protocol::desk::DeskFact;
use errand_protocol::errand::{DeskState, ErrandEvent, Role};
use errand_types::{CallId, OrderId, Text, ToolCall};

use super::{
    DESK_AGENT, DESK_TOOLS, DeskAct, DeskBy, DeskDeed, DeskFault, NOTES_MAX, Note, READ_SPAN_S,
    Stage,
};
use crate::ctx::Ctx;
use crate::effect::Effect;
use crate::facts::{self, Actor};
use crate::outbox::Outbox;
use crate::session::{OpenQuestion, Session};
use crate::words;

impl Session {
    /// Whether somebody at the desk may do this now.
    ///
    /// # Errors
    /// [`DeskFault`]: the errand is over, or held by somebody else, or not taken yet.
    pub fn desk_may(&self, by: &DeskBy, act: &DeskAct) -> Result<(), DeskFault> {
        match (&self.desk.stage, act) {
            (Stage::Alone, _) => Err(DeskFault::Over),
            (Stage::Waiting(_), DeskAct::Take { .. }) => Ok(()),
            (Stage::Waiting(_), _) => Err(DeskFault::NotYours),
            (Stage::Taken { by: holder, .. }, _) if holder.id == by.id => Ok(()),
            (Stage::Taken { by: holder, .. }, _) => Err(DeskFault::Held(holder.name.clone())),
        }
    }

    /// Whether somebody at the desk may read this errand now: while it waits anybody there, then who holds it.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub fn desk_may_read(&self, by: &DeskBy) -> Result<(), DeskFault> {
        match &self.desk.stage {
            Stage::Alone => Err(DeskFault::Over),
            Stage::Waiting(_) => Ok(()),
            Stage::Taken { by: holder, .. } if holder.id == by.id => Ok(()),
            Stage::Taken { by: holder, .. } => Err(DeskFault::Held(holder.name.clone())),
        }
    }

    /// Somebody reads it. Many reads within a minute are one entry.
    pub(crate) fn on_desk_read(&mut self, by: DeskBy, ctx: &Ctx<'_>, out: &mut Outbox) {
        if self.desk_may_read(&by).is_err() {
            return;
        }
        let is_new = self
            .desk
            .read
            .get(&by.id)
            .is_none_or(|at| ctx.now.duration_since(*at).as_secs() >= READ_SPAN_S);
        if is_new {
            self.desk.read.insert(by.id.clone(), ctx.now);
            self.desk_entry(Some(by), DeskDeed::Read, ctx, out);
        }
    }

    pub(crate) fn on_desk(
        &mut self,
        turn: u64,
        by: DeskBy,
        act: DeskAct,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        self.begin(turn);
        // The driver asked before; whoever did not changes nothing.
        if self.desk_may(&by, &act).is_err() {
            return;
        }
        if let Stage::Taken { last, .. } = &mut self.desk.stage {
            *last = ctx.now;
            self.wake_when_idle(ctx, out);
        }
        match act {
            DeskAct::Take { why } => self.desk_take(by, &why, ctx, out),
            DeskAct::Say(text) => {
                self.utter(Role::Desk, text.as_str());
                out.push(Effect::Relay(words::desk_says(
                    ctx.language(),
                    by.name.as_str(),
                    text.as_str(),
                )));
                self.desk_entry(Some(by), DeskDeed::Said, ctx, out);
            }
            DeskAct::Call(call) => self.desk_call(by, *call, ctx, out),
            DeskAct::See(facts) => self.desk_ask_to_see(by, facts, ctx, out),
            DeskAct::Note(text) => {
                if self.desk.notes.len() < NOTES_MAX {
                    self.desk.notes.push(Note {
                        by: by.name.clone(),
                        at: ctx.now,
                        text,
                    });
                }
                self.desk_entry(Some(by), DeskDeed::Noted, ctx, out);
            }
            DeskAct::Back(line) => self.desk_back(by, line, ctx, out),
            DeskAct::Release => self.desk_release(by, DeskDeed::Released, ctx, out),
        }
    }

    fn desk_take(&mut self, by: DeskBy, why: &Text<200>, ctx: &Ctx<'_>, out: &mut Outbox) {
        let Stage::Waiting(ticket) = self.desk.stage.clone() else {
            return;
        };
        self.desk.stage = Stage::Taken {
            by: by.clone(),
            ticket,
            last: ctx.now,
            told: false,
        };
        // An offer that nobody answered is answered by this.
        if matches!(self.open, Some(OpenQuestion::Person)) {
            self.open = None;
        }
        let text = words::desk_taken(ctx.language(), by.name.as_str(), why.as_str());
        self.desk_event(DeskState::Taken, &text, ctx, out);
        out.say(text);
        self.wake_when_idle(ctx, out);
        self.desk_entry(Some(by), DeskDeed::Taken(why.clone()), ctx, out);
    }

    fn desk_back(&mut self, by: DeskBy, line: Text<200>, ctx: &Ctx<'_>, out: &mut Outbox) {
        let language = ctx.language();
        self.desk_over();
        let text = words::desk_back(language, by.name.as_str(), line.as_str());
        self.desk_event(DeskState::Back, &text, ctx, out);
        out.say(text);
        self.desk_entry(Some(by), DeskDeed::Back(line), ctx, out);
        // Asked once, and never in the way of another question.
        if self.open.is_none() {
            let text = words::desk_helped(language);
            self.open = Some(OpenQuestion::Helped);
            out.emit(ErrandEvent::Question {
                text: text.clone(),
                chips: words::desk_chips_yes_no(language),
            });
            out.say(text);
        } else {
            self.desk_entry(None, DeskDeed::Helped(None), ctx, out);
        }
    }

    fn desk_ask_to_see(
        &mut self,
        by: DeskBy,
        facts: BTreeSet<DeskFact>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let facts: Vec<DeskFact> = facts.difference(&self.desk.allowed).copied().collect();
        // A question about money is never put aside for this one.
        let is_free = matches!(
            self.open,
            None | Some(OpenQuestion::Choose | OpenQuestion::Planner(_) | OpenQuestion::Show(_))
        );
        if facts.is_empty() || !is_free {
            return;
        }
        let language = ctx.language();
        let text = words::desk_ask_to_see(language, by.name.as_str(), &facts);
        self.open = Some(OpenQuestion::Show(facts.clone()));
        out.emit(ErrandEvent::Question {
            text: text.clone(),
            chips: words::desk_chips_yes_no(language),
        });
        out.say(text);
        self.desk_entry(Some(by), DeskDeed::AskedToSee(facts), ctx, out);
    }

    /// A call of the desk goes the way of every call: through the gate, which knows who asks.
    fn desk_call(&mut self, by: DeskBy, call: ToolCall, ctx: &Ctx<'_>, out: &mut Outbox) {
        let tool = Text::clip(call.name());
        self.by_desk = true;
        let done = if is_for_the_desk(&call) && self.is_of_this_errand(&call) {
            self.run_call(call, false, ctx, out)
        } else {
            self.desk_refused(&call, ctx, out);
            false
        };
        let refused = !done
            && out
                .effects()
                .any(|e| matches!(e, Effect::Emit(ErrandEvent::Policy(_))));
        self.desk_entry(Some(by), DeskDeed::Called { tool, refused }, ctx, out);
    }

    /// Asks the gate, so that the no is its own and stands in the record with its reasons.
    fn desk_refused(&mut self, call: &ToolCall, ctx: &Ctx<'_>, out: &mut Outbox) {
        let actor = self.desk_actor(call.name(), false);
        let mut asked = facts::base(ctx, &actor);
        asked.owner = self.is_of_this_errand(call);
        let decision = out.decide(ctx, &CallId::fresh(ctx.ids), kind(call), &asked);
        if decision.verdict != Verdict::Allow {
            self.explain(&decision, ctx, out);
        }
    }

    /// The desk as one who asks: with its tools, and nothing that the person themselves asked for.
    pub(crate) fn desk_actor(&self, tool: &str, over_budget: bool) -> Actor {
        let is_order = matches!(tool, "order_cancel" | "order_return");
        Actor {
            agent: Text::clip(DESK_AGENT),
            granted: DESK_TOOLS.contains(&tool),
            tainted: false,
            // An order is changed on the person's own yes, which is asked for after this.
            user_asked: is_order,
            depth: 1,
            over_budget,
            way: self.way,
        }
    }

    /// Whether a call stays within this errand: an order of another one is none of the desk's business.
    fn is_of_this_errand(&self, call: &ToolCall) -> bool {
        let order = match call {
            ToolCall::OrderStatus(args) | ToolCall::OrderCancel(args) => &args.order,
            ToolCall::OrderReturn(args) => &args.order,
            ToolCall::OrderMove(args) => &args.order,
            _ => return true,
        };
        order.as_ref().is_some_and(|id| self.has_order(id))
    }

    /// Whether an order was the matter of this conversation.
    pub(crate) fn has_order(&self, id: &OrderId) -> bool {
        self.desk.orders.contains(id) || self.purchases.iter().any(|p| p.order.as_ref() == Some(id))
    }
}

fn is_for_the_desk(call: &ToolCall) -> bool {
    DESK_TOOLS.contains(&call.name())
}

/// Under which name a call that the desk may not make is decided.
fn kind(call: &ToolCall) -> ActionKind {
    match call {
        ToolCall::RuleAdd(_) | ToolCall::ConsentWithdraw(_) => ActionKind::PolicyTighten,
        ToolCall::RuleRemove(_) | ToolCall::LimitSet(_) => ActionKind::PolicyLoosen,
        ToolCall::Prefer(_) | ToolCall::Remind(_) => ActionKind::MemoryWrite,
        ToolCall::Handoff(_) => ActionKind::Handoff,
        ToolCall::OrderCancel(_) => ActionKind::OrderCancel,
        ToolCall::OrderReturn(_) => ActionKind::OrderReturn,
        _ => ActionKind::OrderRead,
    }
}
