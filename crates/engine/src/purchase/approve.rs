//! Asking the person, and what follows from the answer.

use errand_gate::{Channel, CompleteCheckout, Decision, Verdict};
use errand_protocol::errand::ApprovalPlace;
use errand_trust::{Proof, SPOKEN_TTL_MAX, TTL_MAX, Transaction, TxLine, destination_digest};
use errand_types::{ApprovalId, Checkout, HandoffReason, Instrument, Language, PaymentOffer, Text};
use jiff::{SignedDuration, Timestamp};

use super::{Progress, Purchase, PurchaseState, Work};
use crate::effect::{Deed, Effect, Record};
use crate::facts;
use crate::failure::Failure;
use crate::ledger::{Spend, SpendState};
use crate::words;

/// How long a question holds, by where it is answered.
pub(crate) fn seconds(place: ApprovalPlace) -> i64 {
    match place {
        ApprovalPlace::Page => TTL_MAX.as_secs(),
        ApprovalPlace::Voice => SPOKEN_TTL_MAX.as_secs(),
    }
}

/// Where a question is answered, from what the gate says to asking it: by voice only when nothing but the approval itself is
/// missing. Else the first reason that is not that says why not.
fn place_of(channel: Channel, decision: &Decision) -> (ApprovalPlace, Option<Text<300>>) {
    if channel == Channel::Screen {
        return (ApprovalPlace::Page, None);
    }
    let mut others = decision
        .reasons
        .iter()
        .filter(|r| r.rule != APPROVAL_MISSING);
    match others.next() {
        None => (ApprovalPlace::Voice, None),
        Some(reason) => (ApprovalPlace::Page, Some(Text::clip(&reason.text))),
    }
}

/// The rule that asks for any approval at all.
const APPROVAL_MISSING: &str = "approval.missing";

impl Purchase {
    /// Puts the purchase to the person, if the gate would let it happen once it is approved.
    ///
    /// Returns the name of the question.
    pub(crate) fn ask(&mut self, work: &mut Work<'_, '_>) -> Result<ApprovalId, Progress> {
        let Some(checkout) = self.checkout.clone() else {
            return Err(self.fail(
                work.out,
                words::lost_checkout(work.ctx.language(), &work.ctx.shop_name(&self.merchant)),
            ));
        };
        let offered = pick_instrument(&checkout, &work.ctx.profile.wallet);
        if offered.is_none() && checkout.continue_url.is_some() {
            return Err(self.hand_over(work, HandoffReason::Unsupported));
        }
        if let Some(failure) = self.over_total_max(work.ctx.language(), &checkout) {
            self.give_up(work, "over what you allowed for everything");
            return Err(Progress::Failed(failure));
        }
        let mut asked = match self.payment_facts(work, &checkout, offered.is_some()) {
            Ok(facts) => facts,
            Err(failure) => return Err(self.fail(work.out, failure)),
        };
        // A voice that is not known is a voice: the gate says why it gets no words.
        if work.actor.way.is_voice() && !self.screen_only {
            asked.channel = Channel::Voice;
        }
        let call = self.next_call(work.ctx);
        let decision = work.out.decide(
            work.ctx,
            &call,
            errand_gate::ActionKind::CheckoutComplete,
            &asked,
        );
        self.call = None;
        if decision.verdict == errand_gate::Verdict::Deny {
            return Err(self.refuse(work, Box::new(decision)));
        }
        let approval = ApprovalId::fresh(work.ctx.ids);
        let (place, why_page) = place_of(asked.channel, &decision);
        // What was approved by voice and did not reach says why it is asked again here.
        let why_page = why_page.or_else(|| self.changed.clone().filter(|_| self.screen_only));
        let expires = after(work.ctx.now, seconds(place));
        let nonce = work.ctx.ids.nonce();
        let transaction = self.transaction(work, &checkout, expires, nonce);
        let digest = transaction.digest();
        self.state = PurchaseState::Asked {
            approval: approval.clone(),
            transaction: Box::new(transaction.clone()),
            digest,
            asked_at: work.ctx.now,
            place,
            why_page,
        };
        self.save(work.out);
        work.out.push(Effect::OpenApproval {
            approval: approval.clone(),
            transaction: Box::new(transaction),
            place,
        });
        work.out.push(Effect::WakeAt(expires));
        Ok(approval)
    }

    fn over_total_max(&self, language: Language, checkout: &Checkout) -> Option<Failure> {
        let max = self.total_max?;
        match checkout.totals.total.exceeds(max) {
            Ok(false) => None,
            Ok(true) | Err(_) => Some(words::over_total(language, checkout.totals.total, max)),
        }
    }

    fn payment_facts(
        &self,
        work: &Work<'_, '_>,
        checkout: &Checkout,
        offered: bool,
    ) -> Result<errand_gate::Facts, Failure> {
        let mut asked = facts::base(work.ctx, work.actor);
        asked.merchant = Some(facts::merchant(work.ctx, &self.merchant));
        asked.items = self.items(work);
        asked.money = Some(
            facts::money(work.ctx, work.ctx.profile, &self.id, checkout, offered).map_err(
                |_| words::not_countable(work.ctx.language(), &work.ctx.shop_name(&self.merchant)),
            )?,
        );
        asked.speech = Some(
            facts::speech(work.ctx, work.actor.way, self, checkout).map_err(|_| {
                words::not_countable(work.ctx.language(), &work.ctx.shop_name(&self.merchant))
            })?,
        );
        Ok(asked)
    }

    /// Exactly what would be paid, from the checkout as the shop has it.
    pub(crate) fn transaction(
        &self,
        work: &Work<'_, '_>,
        checkout: &Checkout,
        expires: Timestamp,
        nonce: [u8; 16],
    ) -> Transaction {
        let payee = work
            .ctx
            .merchants
            .get(&self.merchant)
            .map_or_else(|| self.merchant.to_string(), |m| m.legal_name.to_string());
        let instrument = pick_instrument(checkout, &work.ctx.profile.wallet)
            .map_or_else(String::new, |(i, offer)| {
                format!("{} {} {}", offer.handler, i.brand, i.last_digits)
            });
        Transaction {
            user: self.user.clone(),
            session: self.session.clone(),
            merchant: self.merchant.clone(),
            payee,
            currency: checkout.totals.total.currency(),
            total: checkout.totals.total,
            lines: checkout
                .lines
                .iter()
                .map(|l| TxLine {
                    variant: l.variant.clone(),
                    quantity: l.quantity,
                    unit_minor: l.unit_price.map_or(0, errand_types::Money::minor),
                })
                .collect(),
            entries: checkout
                .totals
                .entries
                .iter()
                .map(|e| (e.kind, e.amount.minor()))
                .collect(),
            destination: checkout
                .destination
                .as_ref()
                .map_or([0; 32], destination_digest),
            option: checkout
                .selected_option
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            window: self.slot.as_ref().map(|s| s.window),
            slot: self.slot.as_ref().map(|s| s.id.clone()),
            recurring: false,
            instrument,
            policy_epoch: work.ctx.profile.epoch,
            expires,
            nonce,
        }
    }

    /// The two words were right: ask the shop once more what it wants now, before anything is paid.
    pub(crate) fn granted(&mut self, work: &mut Work<'_, '_>, level: u8) -> Progress {
        let PurchaseState::Asked {
            approval,
            transaction,
            digest,
            ..
        } = &self.state
        else {
            return Progress::Going;
        };
        let Some(checkout) = self.checkout.as_ref().map(|c| c.id.clone()) else {
            return self.fail(
                work.out,
                words::lost_checkout(work.ctx.language(), &work.ctx.shop_name(&self.merchant)),
            );
        };
        self.state = PurchaseState::Rechecking {
            approval: approval.clone(),
            transaction: transaction.clone(),
            digest: *digest,
            level,
            given_at: work.ctx.now,
        };
        self.approved_level = Some(level);
        self.save(work.out);
        let call = self.next_call(work.ctx);
        work.out.deed(
            call,
            Deed::Reread {
                merchant: self.merchant.clone(),
                checkout,
                after_ms: 0,
            },
        );
        Progress::Going
    }

    /// The two words are asked for by voice.
    pub(crate) fn is_asked_by_voice(&self) -> bool {
        matches!(
            self.state,
            PurchaseState::Asked {
                place: ApprovalPlace::Voice,
                ..
            }
        )
    }

    /// Another voice answered than may approve it: the gate says why, and it is asked on a screen from now on.
    pub(crate) fn other_voice(&mut self, work: &mut Work<'_, '_>) -> Progress {
        let (PurchaseState::Asked { approval, .. }, Some(checkout)) =
            (self.state.clone(), self.checkout.clone())
        else {
            return Progress::Going;
        };
        work.out.push(Effect::VoidApproval(approval));
        let offered = pick_instrument(&checkout, &work.ctx.profile.wallet).is_some();
        let mut asked = match self.payment_facts(work, &checkout, offered) {
            Ok(facts) => facts,
            Err(failure) => return self.fail(work.out, failure),
        };
        asked.channel = Channel::Voice;
        let call = self.next_call(work.ctx);
        let action = errand_gate::ActionKind::CheckoutComplete;
        let decision = work.out.decide(work.ctx, &call, action, &asked);
        self.call = None;
        if decision.verdict == Verdict::Deny {
            return self.refuse(work, Box::new(decision));
        }
        (_, self.changed) = place_of(Channel::Voice, &decision);
        self.screen_only = true;
        self.state = PurchaseState::Quoted;
        self.save(work.out);
        Progress::NeedsPerson
    }

    /// The shop said what it wants now. One cent or one line different, and the approval is void.
    pub(crate) fn rechecked(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Box<Checkout>, Failure>,
    ) -> Progress {
        self.call = None;
        let PurchaseState::Rechecking {
            approval,
            transaction,
            digest,
            level,
            given_at,
        } = self.state.clone()
        else {
            return Progress::Going;
        };
        let now = match answer {
            Ok(checkout) => *checkout,
            Err(failure) => {
                work.out.push(Effect::VoidApproval(approval));
                return self.fail(work.out, failure);
            }
        };
        let before = self.checkout.replace(now.clone());
        let wanted = self.transaction(work, &now, transaction.expires, transaction.nonce);
        if wanted.digest() != digest {
            work.out.push(Effect::VoidApproval(approval));
            let changed = words::what_changed(work.ctx.language(), before.as_ref(), &now);
            self.changed = Some(Text::clip(&changed));
            self.state = PurchaseState::Quoted;
            self.save(work.out);
            return Progress::NeedsPerson;
        }
        let Some((instrument, offer)) = pick_instrument(&now, &work.ctx.profile.wallet) else {
            work.out.push(Effect::VoidApproval(approval));
            return self.hand_over(work, HandoffReason::Unsupported);
        };
        let act = CompleteCheckout {
            purchase: self.id.clone(),
            merchant: self.merchant.clone(),
            checkout: now.id.clone(),
            total: now.totals.total,
            digest: *digest.as_bytes(),
            handler: instrument.handler.clone(),
            handler_id: offer.handler_id,
        };
        let mut asked = match self.payment_facts(work, &now, true) {
            Ok(facts) => facts,
            Err(failure) => return self.fail(work.out, failure),
        };
        asked.auth_level = level;
        asked.approval = Some(facts::approval(
            level,
            given_at,
            work.ctx.now,
            (&transaction, &digest),
            &wanted,
        ));
        let call = self.next_call(work.ctx);
        match work.out.permit(work.ctx, &call, &asked, act) {
            Ok(permit) => {
                // INVARIANT: reserved and written down before the request exists; recovery relies on it.
                work.out.write(Record::Spend(Spend {
                    purchase: self.id.clone(),
                    amount: now.totals.total,
                    at: work.ctx.now,
                    state: SpendState::Reserved,
                    spoken: level < Proof::Screen.level(),
                }));
                self.state = PurchaseState::Paying;
                self.save(work.out);
                work.out.deed(
                    call,
                    Deed::Complete {
                        act: permit,
                        approval,
                    },
                );
                Progress::Going
            }
            // What was approved by voice does not reach any more: another purchase by voice came first.
            Err(decision) if decision.verdict == Verdict::Ask && level < Proof::Screen.level() => {
                work.out.push(Effect::VoidApproval(approval));
                self.call = None;
                self.screen_only = true;
                let why = decision.deciding().next().map(|r| r.text.as_str());
                self.changed = why.map(Text::clip);
                self.state = PurchaseState::Quoted;
                self.save(work.out);
                Progress::NeedsPerson
            }
            Err(decision) => {
                work.out.push(Effect::VoidApproval(approval));
                self.refuse(work, decision)
            }
        }
    }
}

/// The instrument of the wallet that this checkout takes, with the offer that it fits.
pub(crate) fn pick_instrument<'w>(
    checkout: &Checkout,
    wallet: &'w [Instrument],
) -> Option<(&'w Instrument, PaymentOffer)> {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    wallet.iter().find_map(|instrument| {
        let takes = |offer: &&PaymentOffer| {
            offer.handler == instrument.handler
                && (offer.types.is_empty()
                    || offer
                        .types
                        .iter()
                        .any(|t| same(t.as_str(), instrument.kind.as_str())))
                && (offer.brands.is_empty()
                    || offer
                        .brands
                        .iter()
                        .any(|b| same(b.as_str(), instrument.brand.as_str())))
        };
        checkout
            .payment
            .iter()
            .find(takes)
            .map(|offer| (instrument, offer.clone()))
    })
}

/// A time some seconds on.
pub(crate) fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(now)
}
