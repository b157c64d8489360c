//! What a step says about whether the talk is stuck, read from what it tells the faces.

use errand_model::Proposal;
use errand_protocol::errand::{ApprovalOutcome, ErrandEvent, NoticeView, PolicyView};
use errand_types::{Language, Need, Text, ToolCall};

use super::{Stage, TRIED_MAX, Tried};
use crate::ctx::Ctx;
use crate::effect::Effect;
use crate::outbox::Outbox;
use crate::session::{OpenQuestion, Session};
use crate::signals::{Signal, Slot};
use crate::words;

/// Seconds that a turn may take before it counts as a long wait.
const WAIT_S: i64 = 10;

impl Session {
    /// Takes the signs out of what one step wants done.
    pub(crate) fn watch(&mut self, ctx: &Ctx<'_>, out: &Outbox) {
        let language = ctx.language();
        for effect in out.effects() {
            let Effect::Emit(event) = effect else {
                continue;
            };
            match event {
                ErrandEvent::Policy(view) if view.decision != "allow" => {
                    self.was_refused(view, language);
                }
                ErrandEvent::Notice(notice) => self.was_told(notice, language),
                ErrandEvent::ApprovalResolved(resolved) => match resolved.outcome {
                    ApprovalOutcome::Wrong | ApprovalOutcome::Locked => {
                        self.desk.stuck.note(Signal::WordsWrong);
                        self.tried(
                            &words::tried_approve(language),
                            &words::why_words_wrong(language),
                            None,
                            Vec::new(),
                        );
                    }
                    ApprovalOutcome::Granted => self.desk.stuck.went_well(),
                    ApprovalOutcome::Refused | ApprovalOutcome::Expired | ApprovalOutcome::Void => {
                    }
                },
                ErrandEvent::Cart { .. }
                | ErrandEvent::Receipt { .. }
                | ErrandEvent::Comparison(_)
                | ErrandEvent::Assembly(_) => self.desk.stuck.went_well(),
                ErrandEvent::Products(found) if !found.items.is_empty() => {
                    self.desk.stuck.went_well();
                }
                ErrandEvent::Policy(_)
                | ErrandEvent::Products(_)
                | ErrandEvent::Resumed(_)
                | ErrandEvent::State(_)
                | ErrandEvent::Plan { .. }
                | ErrandEvent::Configuration(_)
                | ErrandEvent::ApprovalRequired { .. }
                | ErrandEvent::Delivery { .. }
                | ErrandEvent::Orders { .. }
                | ErrandEvent::Handoff(_)
                | ErrandEvent::Disclosure { .. }
                | ErrandEvent::Planner(_)
                | ErrandEvent::Question { .. } => {}
            }
        }
    }

    fn was_refused(&mut self, view: &PolicyView, language: Language) {
        self.desk.stuck.note(Signal::Refused);
        // The headline and the names of rules; what the person said for a rule, and why, stays out.
        self.tried(
            &view.headline,
            &words::why_rule(language),
            Some(&view.code),
            view.rules.clone(),
        );
    }

    fn was_told(&mut self, notice: &NoticeView, language: Language) {
        if notice.code == "PAY-0002" {
            self.desk.stuck.note(Signal::Unknown);
            self.tried(
                &words::tried_pay(language),
                &words::why_unknown(language),
                Some(&notice.code),
                Vec::new(),
            );
        } else if notice.tone == "no" {
            self.desk.stuck.note(Signal::Failed);
            self.tried(
                &notice.headline,
                &words::why_not_worked(language),
                Some(&notice.code),
                Vec::new(),
            );
        }
    }

    /// Keeps what was tried; the same again is counted.
    pub(crate) fn tried(&mut self, what: &str, why: &str, code: Option<&str>, rules: Vec<String>) {
        let tried = Tried {
            what: Text::clip(what),
            why: Text::clip(why),
            code: code.filter(|c| !c.is_empty()).map(Text::clip),
            rules,
            times: 1,
        };
        let known = &mut self.desk.tried;
        if let Some(old) = known
            .iter_mut()
            .find(|old| old.what == tried.what && old.why == tried.why)
        {
            old.times = old.times.saturating_add(1);
            return;
        }
        known.push_back(tried);
        while known.len() > TRIED_MAX {
            known.pop_front();
        }
    }

    /// Marks an answer that the desk does not see, or a room not hear, and keeps which orders are the matter of this talk.
    pub(crate) fn keep_from_desk(&mut self, call: &ToolCall) {
        self.private_answer |= is_private(call);
        self.private_aloud |= is_private_aloud(call);
        let order = match call {
            _ if self.by_desk => None,
            ToolCall::OrderStatus(args) | ToolCall::OrderCancel(args) => args.order.clone(),
            ToolCall::OrderReturn(args) => args.order.clone(),
            ToolCall::OrderMove(args) => args.order.clone(),
            _ => None,
        };
        self.desk.orders.extend(order);
    }

    /// Nothing fitted.
    pub(crate) fn found_nothing(&mut self, what: &str, language: Language) {
        self.desk.stuck.note(Signal::Nothing);
        let what = words::tried_search(language, what);
        let why = words::why_nothing_fits(language);
        self.tried(&what, &why, None, Vec::new());
    }

    /// What the person corrected, when they did: the slot that a proposal would change.
    pub(crate) fn watch_correction(&mut self, proposal: &Proposal) {
        if !std::mem::take(&mut self.corrects) {
            return;
        }
        let calls: Vec<&ToolCall> = match proposal {
            Proposal::Plan(draft) => draft.steps.iter().map(|s| &s.call).collect(),
            Proposal::Calls(calls) => calls.iter().collect(),
            Proposal::Ask(_) | Proposal::Say(_) => Vec::new(),
        };
        let before = self.results.last().map(|r| r.need.clone());
        for call in calls {
            let slot = match call {
                ToolCall::CartSet(_) => Some(Slot::Quantity),
                ToolCall::Schedule(_) | ToolCall::OrderMove(_) => Some(Slot::When),
                ToolCall::Search(need) => before.as_ref().and_then(|old| differs(old, need)),
                _ => None,
            };
            if let Some(slot) = slot {
                self.desk.stuck.corrected(slot);
                return;
            }
        }
    }

    /// A turn ends: was it long, and is it time to offer a person?
    pub(crate) fn offer_person(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        if let Some(began) = self.began.take()
            && ctx.now.duration_since(began).as_secs() >= WAIT_S
        {
            self.desk.stuck.note(Signal::Waited);
        }
        let is_alone = self.desk.stage == Stage::Alone;
        if !is_alone || !ctx.desk.open || !self.desk.stuck.offers() {
            return;
        }
        let language = ctx.language();
        // What the person is asked about money or a choice stays as it is; the offer then only says how.
        if matches!(self.open, None | Some(OpenQuestion::Planner(_))) {
            let text = words::desk_offer(language);
            self.open = Some(OpenQuestion::Person);
            out.emit(ErrandEvent::Question {
                text: text.clone(),
                chips: words::desk_chips_yes_no(language),
            });
            out.say(text);
        } else {
            out.say(words::desk_offer_aside(language));
        }
    }
}

fn differs(old: &Need, new: &Need) -> Option<Slot> {
    if old.what != new.what {
        Some(Slot::What)
    } else if old.price_max != new.price_max {
        Some(Slot::Price)
    } else if old.pieces() != new.pieces() {
        Some(Slot::Quantity)
    } else if old.delivery != new.delivery {
        Some(Slot::When)
    } else {
        None
    }
}

/// What tells a room full of people of a person's rules, of who knows what about them, or of what they bought before. Where one order is
/// is told aloud: whoever asks for it there wants to hear it. So is what was just said and is only confirmed.
fn is_private_aloud(call: &ToolCall) -> bool {
    matches!(
        call,
        ToolCall::ProfileShow(_)
            | ToolCall::ConsentShow(_)
            | ToolCall::OrderList(_)
            | ToolCall::Why(_)
            | ToolCall::DeskShow(_)
    )
}

/// What tells of more than this errand: the profile, other orders, who knows what. The desk does not see the answer.
fn is_private(call: &ToolCall) -> bool {
    matches!(
        call,
        ToolCall::ProfileShow(_)
            | ToolCall::ConsentShow(_)
            | ToolCall::OrderList(_)
            | ToolCall::Remind(_)
            | ToolCall::Why(_)
            | ToolCall::DeskShow(_)
            | ToolCall::RuleAdd(_)
            | ToolCall::RuleRemove(_)
            | ToolCall::LimitSet(_)
    )
}
