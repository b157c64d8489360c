//! Questions to the person and their answers.

use errand_protocol::errand::{
    ApprovalOutcome, ApprovalPlace, ApprovalResolved, ErrandEvent, Role,
};
use errand_types::{
    ApprovalId, By, ConsentId, ConsentReceipt, ConsentState, PurchaseId, Purpose, StepStatus, Text,
};

use crate::ctx::Ctx;
use crate::effect::{Effect, Record};
use crate::input::{Answer, Judgement};
use crate::outbox::Outbox;
use crate::purchase::{Purchase, PurchaseState};
use crate::session::{OpenQuestion, Session};
use crate::words;

impl Session {
    pub(crate) fn on_answered(
        &mut self,
        turn: u64,
        answer: &Answer,
        text: &Text<2000>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        self.begin(turn);
        self.utter(Role::User, text.as_str());
        let Some(open) = self.open.clone() else {
            out.say(words::nothing_open(ctx.language()));
            return;
        };
        match (open, answer) {
            (OpenQuestion::Consent { purchase, approval }, Answer::Yes) => {
                self.consent(&purchase, &approval, true, ctx, out);
            }
            (OpenQuestion::Consent { purchase, approval }, Answer::No) => {
                self.consent(&purchase, &approval, false, ctx, out);
            }
            (OpenQuestion::Purchase { purchase, .. }, Answer::Yes | Answer::Unclear) => {
                out.say(self.need_words(&purchase, answer, ctx));
            }
            (OpenQuestion::Purchase { purchase, approval }, Answer::No) => {
                self.drop_purchase(&purchase, Some(&approval), ctx, out);
            }
            (OpenQuestion::CancelOrder(order), Answer::Yes) => {
                self.open = None;
                self.cancel_now(&order, ctx, out);
            }
            (OpenQuestion::ReturnOrder(order, reason), Answer::Yes) => {
                self.open = None;
                self.return_now(&order, &reason, ctx, out);
            }
            (OpenQuestion::MoveOrder { order, slot, .. }, Answer::Yes) => {
                self.open = None;
                self.move_now(&order, &slot, ctx, out);
            }
            (
                OpenQuestion::CancelOrder(_)
                | OpenQuestion::ReturnOrder(..)
                | OpenQuestion::MoveOrder { .. },
                Answer::No,
            ) => {
                self.open = None;
                out.say(words::left_as_is(ctx.language()));
            }
            (OpenQuestion::Reminder(id), answer) => self.answer_reminder(&id, answer, ctx, out),
            (OpenQuestion::Remind(..), answer) => self.answer_reminder_offer(answer, ctx, out),
            (OpenQuestion::Person, answer) => self.answer_person(answer, ctx, out),
            (OpenQuestion::Show(facts), answer) => self.answer_show(facts, answer, ctx, out),
            (OpenQuestion::Helped, answer) => self.answer_helped(answer, ctx, out),
            (OpenQuestion::Choose | OpenQuestion::Planner(_), Answer::No) => {
                self.open = None;
                self.stop(ctx, out);
            }
            (OpenQuestion::Choose | OpenQuestion::Planner(_), Answer::Yes) => {
                out.say(words::which_one(ctx.language()));
            }
            (_, Answer::Why) => self.why_open(ctx, out),
            (_, Answer::Repeat | Answer::Unclear) => self.repeat_open(ctx, out),
        }
    }

    /// A yes, or nothing that is an answer, where two words are needed.
    fn need_words(&self, purchase: &PurchaseId, answer: &Answer, ctx: &Ctx<'_>) -> String {
        let place = self.purchases.iter().find(|p| p.id == *purchase);
        let by_voice = place.is_some_and(|p| p.place() == ApprovalPlace::Voice);
        let spoken = self.way.by == By::Spoken;
        match (by_voice, answer) {
            (true, Answer::Unclear) => words::say_words(ctx.language()),
            (true, _) => words::need_words_said(ctx.language()),
            (false, _) if spoken => words::answer_on_screen(ctx.language()),
            (false, _) => words::need_words(ctx.language()),
        }
    }

    /// The person said what a shop may know.
    pub(crate) fn consent(
        &mut self,
        id: &PurchaseId,
        approval: &ApprovalId,
        yes: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        self.open = None;
        let Some(at) = self.purchases.iter().position(|p| p.id == *id) else {
            return;
        };
        let Some(purchase) = self.purchases.get(at) else {
            return;
        };
        let PurchaseState::NeedsConsent { classes, .. } = purchase.state.clone() else {
            return;
        };
        let merchant = purchase.merchant.clone();
        let shop = ctx.shop_name(&merchant);
        let notice = words::consent_question(ctx.language(), &shop, &classes);
        let state = if yes {
            ConsentState::Given
        } else {
            ConsentState::Refused
        };
        let receipt = ConsentReceipt {
            id: ConsentId::fresh(ctx.ids),
            merchant,
            classes: classes.clone(),
            purpose: Purpose::Delivery,
            notice_hash: Text::clip(&errand_trust::base64url(&errand_trust::sha256(
                notice.as_bytes(),
            ))),
            given_at: ctx.now,
            method: Text::clip(match self.way.by {
                By::Typed => "typed answer",
                By::Spoken => "spoken answer",
            }),
            expires_at: None,
            state,
            withdrawn_at: None,
        };
        out.write(Record::Consent(Box::new(receipt.clone())));
        let outcome = if yes {
            ApprovalOutcome::Granted
        } else {
            ApprovalOutcome::Refused
        };
        let text = if yes {
            words::consent_given(ctx.language(), &shop, &classes)
        } else {
            words::consent_refused(ctx.language(), &shop)
        };
        out.emit(resolved(approval, outcome, &text, None));
        out.say(text);
        if yes {
            self.with_purchase(at, ctx, out, |p, work| {
                p.share(work, &classes, Some(&receipt))
            });
            self.show_disclosure(Some(&receipt), ctx, out);
        } else {
            self.with_purchase(at, ctx, out, |p, work| {
                p.give_up(work, "the shop may not know where to deliver");
                crate::purchase::Progress::Dropped
            });
        }
    }

    /// The two words were judged by the keeper of approvals.
    pub(crate) fn on_judged(
        &mut self,
        turn: Option<u64>,
        approval: &ApprovalId,
        judgement: &Judgement,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        if let Some(turn) = turn {
            self.begin(turn);
            self.utter(Role::User, "(two words)");
        }
        let Some(OpenQuestion::Purchase {
            purchase,
            approval: open,
        }) = self.open.clone()
        else {
            out.say(words::nothing_open(ctx.language()));
            return;
        };
        if open != *approval {
            out.say(words::other_approval(ctx.language()));
            return;
        }
        match judgement {
            Judgement::Granted { level } => {
                self.open = None;
                let text = words::approved(ctx.language(), *level);
                out.emit(resolved(approval, ApprovalOutcome::Granted, &text, None));
                self.set_tool(
                    "buy",
                    StepStatus::Running,
                    Some(words::approved_paying(ctx.language())),
                );
                self.show_plan(ctx, out);
                if let Some(at) = self.purchases.iter().position(|p| p.id == purchase) {
                    let level = *level;
                    self.with_purchase(at, ctx, out, |p, work| p.granted(work, level));
                }
            }
            // The keeper has closed this approval: no further try of it can be right.
            Judgement::Wrong { left: 0 } => {
                let text = words::tries_used_up(ctx.language());
                out.emit(resolved(approval, ApprovalOutcome::Locked, &text, Some(0)));
                out.say(text);
                self.drop_purchase(&purchase, None, ctx, out);
            }
            Judgement::Wrong { left } => {
                let text = words::wrong_words(ctx.language(), *left);
                out.emit(resolved(
                    approval,
                    ApprovalOutcome::Wrong,
                    &text,
                    Some(*left),
                ));
                out.say(text);
            }
            Judgement::Locked { .. } => {
                let text = words::locked(ctx.language());
                out.emit(resolved(approval, ApprovalOutcome::Locked, &text, None));
                out.say(text);
                self.drop_purchase(&purchase, None, ctx, out);
            }
            // Not looked at and not counted: the question stays as it is.
            Judgement::NeedsScreen => out.say(words::answer_on_screen(ctx.language())),
            Judgement::OtherVoice => self.on_other_voice(&purchase, approval, ctx, out),
            Judgement::Gone => {
                let text = words::expired(ctx.language());
                out.emit(resolved(approval, ApprovalOutcome::Expired, &text, None));
                out.say(text);
                self.expire(&purchase, ctx, out);
            }
        }
    }

    /// Words that were spoken into a room are not for whoever else is in it: the question goes to the screen.
    fn on_other_voice(
        &mut self,
        purchase: &PurchaseId,
        approval: &ApprovalId,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let is_it = |p: &Purchase| p.id == *purchase && p.is_asked_by_voice();
        let Some(at) = self.purchases.iter().position(is_it) else {
            out.say(words::answer_on_screen(ctx.language()));
            return;
        };
        let text = words::void_other_voice(ctx.language());
        out.emit(resolved(approval, ApprovalOutcome::Void, &text, None));
        self.open = None;
        self.with_purchase(at, ctx, out, Purchase::other_voice);
    }

    /// Time went by.
    pub(crate) fn on_tick(&mut self, is_heard: bool, ctx: &Ctx<'_>, out: &mut Outbox) {
        let expired = self.purchases.iter().find_map(|p| match &p.state {
            PurchaseState::Asked {
                approval,
                transaction,
                ..
            } if transaction.expires <= ctx.now => Some((p.id.clone(), approval.clone())),
            _ => None,
        });
        if let Some((purchase, approval)) = expired {
            out.push(Effect::VoidApproval(approval.clone()));
            out.emit(resolved(
                &approval,
                ApprovalOutcome::Expired,
                &words::expired(ctx.language()),
                None,
            ));
            out.say(words::expired(ctx.language()));
            self.expire(&purchase, ctx, out);
        }
        self.keep_asking(ctx, out);
        self.desk_tick(ctx, out);
        self.look_after(ctx, out);
        if is_heard {
            self.tell_reminders(false, ctx, out);
        } else {
            Self::wake_for_reminders(ctx, out);
        }
    }

    /// An approval ran out: the cart stays as it is, and "buy it" asks again.
    fn expire(&mut self, purchase: &PurchaseId, ctx: &Ctx<'_>, out: &mut Outbox) {
        if matches!(&self.open, Some(OpenQuestion::Purchase { purchase: p, .. }) if p == purchase) {
            self.open = None;
        }
        if let Some(at) = self.purchases.iter().position(|p| p.id == *purchase) {
            self.with_purchase(at, ctx, out, |p, work| {
                p.give_up(work, "the approval ran out");
                crate::purchase::Progress::Dropped
            });
        }
    }

    /// Taken up again: what was open is void, and says so.
    pub(crate) fn on_resumed(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        match self.open.clone() {
            Some(OpenQuestion::Purchase { purchase, approval }) => {
                self.open = None;
                out.push(Effect::VoidApproval(approval.clone()));
                out.emit(resolved(
                    &approval,
                    ApprovalOutcome::Void,
                    &words::void_after_resume(ctx.language()),
                    None,
                ));
                out.say(words::void_after_resume(ctx.language()));
                if let Some(at) = self.purchases.iter().position(|p| p.id == purchase) {
                    self.with_purchase(at, ctx, out, super::purchase::Purchase::quoted);
                }
            }
            Some(OpenQuestion::Consent { purchase, approval }) => {
                self.open = None;
                out.emit(resolved(
                    &approval,
                    ApprovalOutcome::Void,
                    &words::asked_again(ctx.language()),
                    None,
                ));
                if let Some(at) = self.purchases.iter().position(|p| p.id == purchase)
                    && let Some(p) = self.purchases.get_mut(at)
                    && let PurchaseState::NeedsConsent { approval, .. } = &mut p.state
                {
                    *approval = None;
                }
                self.ask_next(ctx, out);
            }
            Some(_) | None => {}
        }
    }

    /// Says why the open question is put.
    fn why_open(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        let text = match &self.open {
            Some(OpenQuestion::Consent { purchase, .. }) => {
                let shop = self
                    .purchases
                    .iter()
                    .find(|p| p.id == *purchase)
                    .map(|p| ctx.shop_name(&p.merchant));
                words::why_consent(ctx.language(), shop.unwrap_or_default())
            }
            Some(OpenQuestion::Purchase { purchase, .. }) => {
                let asked = self.purchases.iter().find(|p| p.id == *purchase);
                match asked.and_then(Purchase::why_page) {
                    Some(why) => words::why_screen(ctx.language(), why.to_string()),
                    None if asked.is_some_and(|p| p.place() == ApprovalPlace::Voice) => {
                        words::why_words_said(ctx.language())
                    }
                    None => words::why_words(ctx.language()),
                }
            }
            Some(_) | None => words::why_question(ctx.language()),
        };
        out.say(text);
    }

    fn repeat_open(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        match self.open.clone() {
            Some(OpenQuestion::Purchase { purchase, .. }) => {
                if let Some(p) = self.purchases.iter().find(|p| p.id == purchase) {
                    out.say(words::approval(p, ctx));
                }
            }
            Some(OpenQuestion::Consent { purchase, .. }) => {
                if let Some(p) = self.purchases.iter().find(|p| p.id == purchase)
                    && let PurchaseState::NeedsConsent { classes, .. } = &p.state
                {
                    out.say(words::consent_question(
                        ctx.language(),
                        &ctx.shop_name(&p.merchant),
                        classes,
                    ));
                }
            }
            Some(OpenQuestion::Choose) => out.say(words::which_one(ctx.language())),
            Some(OpenQuestion::Planner(text)) => out.say(text.to_string()),
            Some(OpenQuestion::MoveOrder { said, .. }) => out.say(said),
            Some(
                OpenQuestion::CancelOrder(_)
                | OpenQuestion::ReturnOrder(..)
                | OpenQuestion::Reminder(_)
                | OpenQuestion::Remind(..)
                | OpenQuestion::Person
                | OpenQuestion::Show(_)
                | OpenQuestion::Helped,
            ) => out.say(words::yes_or_no(ctx.language())),
            None => out.say(words::nothing_open(ctx.language())),
        }
    }

    pub(crate) fn show_disclosure(
        &self,
        fresh: Option<&ConsentReceipt>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let receipts: Vec<ConsentReceipt> = ctx.consents.iter().chain(fresh).cloned().collect();
        out.emit(ErrandEvent::Disclosure {
            entries: crate::views::disclosure(&receipts, ctx),
        });
    }
}

pub(crate) fn resolved(
    approval: &ApprovalId,
    outcome: ApprovalOutcome,
    text: &str,
    tries_left: Option<u8>,
) -> ErrandEvent {
    ErrandEvent::ApprovalResolved(ApprovalResolved {
        id: approval.clone(),
        outcome,
        text: text.to_owned(),
        tries_left,
    })
}
