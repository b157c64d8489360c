//! Paying, and finding out what happened when no answer came.

use errand_gate::CancelCheckout;
use errand_types::{Checkout, CheckoutStatus, HandoffReason, MessageKind, Text};

use super::approve::after;
use super::quote::is_out_of_stock;
use super::{Progress, Purchase, PurchaseState, Work};
use crate::effect::{Deed, Effect, Record};
use crate::facts;
use crate::failure::{Failure, FailureKind};
use crate::ledger::{Spend, SpendState};
use crate::words;

/// Asked this often in quick succession; after that once a minute.
const QUICK_TRIES: u8 = 6;
/// After this many answers that leave it open, the stored request is repeated under its key.
const RESEND_AFTER: u8 = 3;

impl Purchase {
    /// The shop answered the request to pay, or did not.
    pub(crate) fn paid(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Box<Checkout>, Failure>,
    ) -> Progress {
        self.call = None;
        match answer {
            Ok(checkout) => self.on_completion(work, *checkout),
            Err(failure) => match failure.kind {
                FailureKind::Unknown => self.unknown(work, 0, false),
                FailureKind::NotDone
                | FailureKind::OutOfStock
                | FailureKind::PaymentRefused
                | FailureKind::Changed
                | FailureKind::TooLate => {
                    self.release(work);
                    self.fail(work.out, failure)
                }
                FailureKind::NeedsBuyer => {
                    self.release(work);
                    self.hand_over(work, HandoffReason::BuyerReview)
                }
            },
        }
    }

    fn on_completion(&mut self, work: &mut Work<'_, '_>, checkout: Checkout) -> Progress {
        let status = checkout.status.clone();
        let order = checkout.order.clone();
        let before = self.checkout.replace(checkout);
        match (status, order) {
            (CheckoutStatus::Completed, Some(number)) => {
                self.settle_spend(work, SpendState::Charged);
                self.confirm(work, number, 0)
            }
            (
                CheckoutStatus::Completed | CheckoutStatus::Processing | CheckoutStatus::Unknown(_),
                _,
            ) => self.unknown(work, 0, false),
            (CheckoutStatus::NeedsBuyer, _) => {
                self.release(work);
                self.hand_over(work, HandoffReason::BuyerReview)
            }
            (CheckoutStatus::NeedsInput | CheckoutStatus::Ready, _) => {
                self.release(work);
                self.not_taken(work, before.as_ref())
            }
            (CheckoutStatus::Canceled | CheckoutStatus::Expired, _) => {
                self.release(work);
                let failure =
                    words::checkout_gone(work.ctx.language(), &work.ctx.shop_name(&self.merchant));
                self.fail(work.out, failure)
            }
        }
    }

    /// The shop took no money: sold out, another price since the last look, or the bank said no.
    fn not_taken(&mut self, work: &mut Work<'_, '_>, before: Option<&Checkout>) -> Progress {
        let shop = work.ctx.shop_name(&self.merchant);
        let Some(now) = self.checkout.as_ref() else {
            return self.fail(work.out, words::lost_checkout(work.ctx.language(), &shop));
        };
        if let Some(message) = now.messages.iter().find(|m| is_out_of_stock(m)) {
            let failure = words::out_of_stock(
                work.ctx.language(),
                &shop,
                message.text.as_str(),
                &self.what(),
            );
            return self.fail(work.out, failure);
        }
        if before.is_some_and(|b| b.totals.total != now.totals.total) {
            let changed = words::what_changed(work.ctx.language(), before, now);
            self.changed = Some(Text::clip(&changed));
            self.state = PurchaseState::Quoted;
            self.save(work.out);
            return Progress::NeedsPerson;
        }
        let refused = now.messages.iter().find(|m| m.kind == MessageKind::Error);
        let said = refused.map(|m| m.text.to_string()).unwrap_or_default();
        self.fail(
            work.out,
            words::payment_refused(work.ctx.language(), &shop, &said),
        )
    }

    /// Nobody knows: ask the shop, never buy again.
    pub(crate) fn unknown(&mut self, work: &mut Work<'_, '_>, tries: u8, resent: bool) -> Progress {
        let is_news = !matches!(self.state, PurchaseState::Unknown { .. });
        self.state = PurchaseState::Unknown { tries, resent };
        self.save(work.out);
        let Some(checkout) = self.checkout.as_ref().map(|c| c.id.clone()) else {
            // Without a checkout nothing can have been paid: there was nothing to pay for.
            self.release(work);
            return self.fail(
                work.out,
                words::lost_checkout(work.ctx.language(), &work.ctx.shop_name(&self.merchant)),
            );
        };
        if tries < QUICK_TRIES {
            let call = self.next_call(work.ctx);
            let after_ms = if tries == 0 {
                0
            } else {
                250_u64.saturating_mul(1 << tries.min(5))
            };
            work.out.deed(
                call,
                Deed::Reread {
                    merchant: self.merchant.clone(),
                    checkout,
                    after_ms,
                },
            );
        } else {
            work.out.push(Effect::WakeAt(after(work.ctx.now, 60)));
        }
        if is_news {
            Progress::Unknown
        } else {
            Progress::Going
        }
    }

    /// The shop was asked how it stands.
    pub(crate) fn reconciled(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Box<Checkout>, Failure>,
    ) -> Progress {
        self.call = None;
        let PurchaseState::Unknown { tries, resent } = self.state else {
            return Progress::Going;
        };
        let tries = tries.saturating_add(1);
        let Ok(checkout) = answer else {
            return self.unknown(work, tries, resent);
        };
        match checkout.status {
            CheckoutStatus::Completed if checkout.order.is_some() => {
                self.on_completion(work, *checkout)
            }
            CheckoutStatus::Canceled | CheckoutStatus::Expired => {
                self.on_completion(work, *checkout)
            }
            CheckoutStatus::Ready | CheckoutStatus::NeedsInput
                if !resent && tries >= RESEND_AFTER =>
            {
                self.resend(work, tries)
            }
            // Not paid as far as the shop knows: give the checkout up, so that a late request cannot pay it either.
            CheckoutStatus::Ready | CheckoutStatus::NeedsInput if resent => self.undo(work),
            CheckoutStatus::Completed
            | CheckoutStatus::Ready
            | CheckoutStatus::NeedsInput
            | CheckoutStatus::NeedsBuyer
            | CheckoutStatus::Processing
            | CheckoutStatus::Unknown(_) => self.unknown(work, tries, resent),
        }
    }

    fn resend(&mut self, work: &mut Work<'_, '_>, tries: u8) -> Progress {
        self.state = PurchaseState::Unknown {
            tries,
            resent: true,
        };
        self.save(work.out);
        let call = self.next_call(work.ctx);
        work.out.deed(
            call,
            Deed::Resend {
                merchant: self.merchant.clone(),
                purchase: self.id.clone(),
            },
        );
        Progress::Going
    }

    /// The repeated request was answered.
    pub(crate) fn resent(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Box<Checkout>, Failure>,
    ) -> Progress {
        self.call = None;
        let PurchaseState::Unknown { tries, .. } = self.state else {
            return Progress::Going;
        };
        match answer {
            Ok(checkout) => self.on_completion(work, *checkout),
            Err(_) => self.unknown(work, tries.saturating_add(1), true),
        }
    }

    /// After a repeated request the shop may be read or may have answered it: both say how it stands.
    pub(crate) fn resent_or_read(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Box<Checkout>, Failure>,
    ) -> Progress {
        match answer {
            Ok(checkout) => self.reconciled(work, Ok(checkout)),
            Err(failure) => self.resent(work, Err(failure)),
        }
    }

    /// Gives up a checkout whose payment never arrived, and waits until the shop has said so.
    fn undo(&mut self, work: &mut Work<'_, '_>) -> Progress {
        let Some(checkout) = self.checkout.as_ref().map(|c| c.id.clone()) else {
            return Progress::Going;
        };
        let mut asked = facts::base(work.ctx, work.actor);
        asked.merchant = Some(facts::merchant(work.ctx, &self.merchant));
        let act = CancelCheckout {
            purchase: self.id.clone(),
            merchant: self.merchant.clone(),
            checkout,
        };
        let call = self.next_call(work.ctx);
        match work.out.permit(work.ctx, &call, &asked, act) {
            Ok(permit) => {
                self.state = PurchaseState::Undoing;
                self.save(work.out);
                work.out.deed(call, Deed::Cancel(permit));
                Progress::Going
            }
            Err(_) => self.unknown(work, QUICK_TRIES, true),
        }
    }

    /// The shop answered the giving up. Only its own word that the checkout is cancelled counts.
    pub(crate) fn undone(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Box<Checkout>, Failure>,
    ) -> Progress {
        self.call = None;
        match answer {
            Ok(checkout)
                if matches!(
                    checkout.status,
                    CheckoutStatus::Canceled | CheckoutStatus::Expired
                ) =>
            {
                self.release(work);
                let failure = words::not_paid_after_all(
                    work.ctx.language(),
                    &work.ctx.shop_name(&self.merchant),
                );
                self.fail(work.out, failure)
            }
            Ok(_) | Err(_) => self.unknown(work, 1, true),
        }
    }

    /// Takes a purchase up again after the process died in the middle of it.
    pub(crate) fn recover(&mut self, work: &mut Work<'_, '_>, intent: bool) -> Progress {
        self.call = None;
        match self.state.clone() {
            // The request to pay was never written down, so it was never sent.
            PurchaseState::Paying if !intent => {
                self.release(work);
                self.give_up(work, "interrupted before paying");
                Progress::Failed(words::interrupted(
                    work.ctx.language(),
                    &work.ctx.shop_name(&self.merchant),
                ))
            }
            PurchaseState::Paying => self.unknown(work, 0, true),
            PurchaseState::Unknown { resent, .. } => self.unknown(work, 1, resent),
            PurchaseState::Undoing => self.unknown(work, 1, true),
            PurchaseState::Confirming { number, .. }
            | PurchaseState::Relisting { number }
            | PurchaseState::Booking { number } => self.confirm(work, number, 0),
            PurchaseState::Done
            | PurchaseState::HandedOver { .. }
            | PurchaseState::Ended { .. } => Progress::Going,
            // Before payment: the approval is void, the cart is as it was, "buy it" asks again.
            PurchaseState::Opening
            | PurchaseState::NeedsConsent { .. }
            | PurchaseState::Sharing
            | PurchaseState::Windows
            | PurchaseState::Holding { .. }
            | PurchaseState::Selecting
            | PurchaseState::Quoted
            | PurchaseState::Asked { .. }
            | PurchaseState::Rechecking { .. } => {
                // The sum may be reserved already: that is written just before the state that says so.
                self.release(work);
                self.give_up(work, "interrupted before paying");
                Progress::Failed(words::interrupted(
                    work.ctx.language(),
                    &work.ctx.shop_name(&self.merchant),
                ))
            }
        }
    }

    pub(crate) fn release(&mut self, work: &mut Work<'_, '_>) {
        self.settle_spend(work, SpendState::Released);
    }

    fn settle_spend(&mut self, work: &mut Work<'_, '_>, state: SpendState) {
        let Some(old) = work.ctx.ledger.of(&self.id) else {
            return;
        };
        work.out.write(Record::Spend(Spend {
            state,
            ..old.clone()
        }));
    }
}
