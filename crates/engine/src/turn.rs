//! What the person says, and what a planner makes of it.

use errand_model::{Proposal, Thought, Tone, Turn};
use errand_protocol::errand::{ErrandEvent, Role};
use errand_types::{Text, ToolCall};

use crate::ctx::Ctx;
use crate::effect::Effect;
use crate::outbox::Outbox;
use crate::session::{OpenQuestion, Session, Waiting};
use crate::signals::Signal;
use crate::words;

impl Session {
    pub(crate) fn begin(&mut self, turn: u64) {
        self.turn = Some(turn);
        self.calls = 0;
        self.answered = false;
        self.by_desk = false;
        (self.private_answer, self.private_aloud) = (false, false);
        self.after_search.0.clear();
    }

    pub(crate) fn on_said(
        &mut self,
        turn: u64,
        (text, cut, tone): (&Text<2000>, bool, Tone),
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        self.begin(turn);
        self.began = Some(ctx.now);
        self.utter(Role::User, text.as_str());
        if text.is_blank() {
            out.say(words::nothing_heard(ctx.language()));
            return;
        }
        if cut {
            out.notice(
                "info",
                "SAY-0001",
                words::long_text(ctx.language()),
                words::cut(ctx.language()),
            );
        }
        self.let_go_of_desk_questions(ctx, out);
        if self.heard_by_desk(tone.leaves, ctx, out) {
            return;
        }
        self.count_conversation(ctx, out);
        self.desk.stuck.hear(text.as_str(), tone);
        self.corrects = tone.corrects;
        // Heard before any planner, so that none can lose it.
        if tone.asks {
            self.ask_person(true, ctx, out);
            return;
        }
        let ask = Turn {
            text: text.clone(),
            scene: self.scene(ctx),
        };
        out.push(Effect::Think {
            turn,
            ask: Box::new(ask),
        });
        // The turn stays open until the thought is in.
        self.waiting.insert(
            think_call(),
            Waiting::Order(crate::orders::OrderOp::Thinking),
        );
    }

    pub(crate) fn on_pressed(
        &mut self,
        turn: u64,
        calls: Vec<ToolCall>,
        text: &Text<2000>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        self.begin(turn);
        self.utter(Role::User, text.as_str());
        self.run_calls(calls, false, ctx, out);
    }

    pub(crate) fn propose(&mut self, thought: Thought, ctx: &Ctx<'_>, out: &mut Outbox) {
        self.waiting.remove(&think_call());
        let tainted = thought.tainted;
        self.watch_correction(&thought.proposal);
        match thought.proposal {
            Proposal::Plan(draft) => {
                self.lost = 0;
                self.let_go_of_reminders();
                self.start_plan(draft, thought.understood.as_ref(), tainted, ctx, out);
            }
            Proposal::Calls(calls) => {
                self.lost = 0;
                if matches!(self.open, Some(OpenQuestion::Planner(_))) {
                    self.open = None;
                }
                self.run_calls(calls, tainted, ctx, out);
                // A sentence about something else leaves a reminder for the next time.
                self.let_go_of_reminders();
            }
            Proposal::Ask(question) => {
                self.lost = self.lost.saturating_add(1);
                self.desk.stuck.note(Signal::Lost);
                self.tried(
                    &words::understand(ctx.language()),
                    &words::not_clear(ctx.language()),
                    None,
                    Vec::new(),
                );
                if self.open.is_none() {
                    self.open = Some(OpenQuestion::Planner(question.text.clone()));
                }
                out.say(question.text.as_str());
                out.emit(ErrandEvent::Question {
                    text: question.text.to_string(),
                    chips: question
                        .chips
                        .iter()
                        .take(3)
                        .map(ToString::to_string)
                        .collect(),
                });
            }
            Proposal::Say(text) => {
                self.lost = 0;
                out.say(text.as_str());
            }
        }
    }

    pub(crate) fn run_calls(
        &mut self,
        calls: Vec<ToolCall>,
        tainted: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        if calls.is_empty() {
            out.say(words::nothing_to_do(ctx.language()));
        }
        let mut calls = calls
            .into_iter()
            .take(crate::session::CALLS_PER_TURN as usize);
        while let Some(call) = calls.next() {
            // What follows a search is about what it finds: it waits until every shop has answered.
            if self.is_searching() && !matches!(call, ToolCall::Search(_)) {
                let rest = std::iter::once(call).chain(calls).collect();
                self.after_search = (rest, tainted);
                return;
            }
            if self.is_from_before(&call, ctx) {
                let rest: Vec<ToolCall> = std::iter::once(call).chain(calls).collect();
                self.look_up(&rest, tainted, ctx, out);
                self.after_search = (rest, tainted);
                return;
            }
            if !self.run_call(call, tainted, ctx, out) {
                break;
            }
        }
    }

    pub(crate) fn is_searching(&self) -> bool {
        let is_search = |w: &Waiting| {
            matches!(
                w,
                Waiting::Search(_) | Waiting::Order(crate::orders::OrderOp::LookUp(_))
            )
        };
        self.waiting.values().any(is_search)
    }

    /// The calls that waited for the searches of this turn.
    pub(crate) fn run_waiting_calls(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        if self.is_searching() || self.after_search.0.is_empty() {
            return;
        }
        let (calls, tainted) = std::mem::take(&mut self.after_search);
        self.run_calls(calls, tainted, ctx, out);
    }
}

/// Stands for the planner's answer among the things that a turn waits for.
pub(crate) fn think_call() -> errand_types::CallId {
    #[expect(clippy::expect_used, reason = "a fixed, well-formed tail")]
    errand_types::CallId::from_tail("think").expect("well-formed")
}
