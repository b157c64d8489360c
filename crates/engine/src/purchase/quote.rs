//! From the cart to an exact price: open, share under a consent, choose how it arrives.

use std::sync::Arc;

use errand_gate::{BuyerShare, HoldSlot, OpenCheckout, UpdateCheckout};
use errand_types::{
    Checkout, CheckoutMessage, CheckoutStatus, ConsentReceipt, DataClass, Destination, Handoff,
    HandoffReason, Language, MessageKind, MethodKind, Purpose, Severity, Slot, Text,
};

use super::{Progress, Purchase, PurchaseState, Work};
use crate::effect::Deed;
use crate::facts;
use crate::failure::{Failure, FailureKind};
use crate::words;

const HOLD_TRIES_MAX: u8 = 3;

impl Purchase {
    /// Asks the shop to open a checkout that names nobody.
    pub(crate) fn open(&mut self, work: &mut Work<'_, '_>) -> Progress {
        let mut asked = facts::base(work.ctx, work.actor);
        asked.merchant = Some(facts::merchant(work.ctx, &self.merchant));
        asked.items = self.items(work);
        let act = OpenCheckout {
            purchase: self.id.clone(),
            merchant: self.merchant.clone(),
            lines: self.wanted(),
            choices: self.lines.iter().map(|l| l.choices.clone()).collect(),
            currency: work.ctx.profile.currency,
        };
        let call = self.next_call(work.ctx);
        match work.out.permit(work.ctx, &call, &asked, act) {
            Ok(permit) => {
                self.state = PurchaseState::Opening;
                self.save(work.out);
                work.out.deed(call, Deed::Open(permit));
                Progress::Going
            }
            Err(decision) => self.refuse(work, decision),
        }
    }

    pub(crate) fn refuse(
        &mut self,
        work: &mut Work<'_, '_>,
        decision: Box<errand_gate::Decision>,
    ) -> Progress {
        self.give_up(work, "refused by your rules");
        Progress::Refused(decision)
    }

    pub(crate) fn items(&self, work: &Work<'_, '_>) -> Vec<errand_gate::ItemFacts> {
        self.lines
            .iter()
            .map(|l| {
                facts::item(
                    work.ctx,
                    &l.offer,
                    work.known.get(&l.offer).map(Arc::as_ref),
                    l.quantity,
                    None,
                )
            })
            .collect()
    }

    /// The shop answered an open, an update or a hold.
    pub(crate) fn on_checkout(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Box<Checkout>, Failure>,
    ) -> Progress {
        self.call = None;
        let checkout = match answer {
            Ok(checkout) => *checkout,
            Err(failure) => return self.on_quote_failure(work, failure),
        };
        if let Some(failure) = lies(work.ctx.language(), self, &checkout) {
            return self.fail(work.out, failure);
        }
        self.checkout = Some(checkout);
        match self.state {
            PurchaseState::Opening => self.after_open(work),
            PurchaseState::Sharing => self.choose_arrival(work),
            PurchaseState::Holding { .. } | PurchaseState::Selecting => self.quoted(work),
            _ => Progress::Going,
        }
    }

    fn on_quote_failure(&mut self, work: &mut Work<'_, '_>, failure: Failure) -> Progress {
        match self.state {
            // Somebody else took the window: look again, a bounded number of times.
            PurchaseState::Holding { tries }
                if tries < HOLD_TRIES_MAX && failure.kind != FailureKind::Unknown =>
            {
                self.list_windows(work, tries)
            }
            // Before payment an unknown outcome has changed nothing that matters: an unpaid checkout.
            _ => self.fail(work.out, failure),
        }
    }

    fn after_open(&mut self, work: &mut Work<'_, '_>) -> Progress {
        if let Some(progress) = self.stopped_by_messages(work) {
            return progress;
        }
        if work.ctx.profile.addresses.is_empty()
            && self.checkout.as_ref().is_some_and(wants_address)
        {
            let failure =
                words::no_address(work.ctx.language(), &work.ctx.shop_name(&self.merchant));
            return self.fail(work.out, failure);
        }
        let classes = self.needed_classes(work);
        let share = facts::share(work.ctx, &self.merchant, Purpose::Delivery, &classes, None);
        if share.receipt_match {
            return self.share(work, &classes, None);
        }
        self.state = PurchaseState::NeedsConsent {
            classes,
            approval: None,
        };
        self.save(work.out);
        Progress::NeedsPerson
    }

    /// What the shop needs to deliver, as far as we hold it.
    fn needed_classes(&self, work: &Work<'_, '_>) -> Vec<DataClass> {
        let profile = work.ctx.profile;
        let wanted = work
            .ctx
            .merchants
            .get(&self.merchant)
            .map(|m| m.wants.clone())
            .unwrap_or_default();
        let mut classes = vec![];
        if profile.name.is_some() {
            classes.push(DataClass::Name);
        }
        if !profile.addresses.is_empty() {
            classes.push(DataClass::Address);
        }
        if wanted.contains(&DataClass::Email) && profile.email.is_some() {
            classes.push(DataClass::Email);
        }
        if wanted.contains(&DataClass::Phone) && profile.phone.is_some() {
            classes.push(DataClass::Phone);
        }
        classes.sort_unstable();
        classes
    }

    /// Tells the shop who and where. Decided again each time: a consent withdrawn in between stops it.
    pub(crate) fn share(
        &mut self,
        work: &mut Work<'_, '_>,
        classes: &[DataClass],
        fresh: Option<&ConsentReceipt>,
    ) -> Progress {
        match self.update_act(work, classes, fresh, None) {
            Ok((call, deed)) => {
                self.state = PurchaseState::Sharing;
                self.shared = classes.to_vec();
                self.save(work.out);
                work.out.deed(call, deed);
                Progress::Going
            }
            Err(progress) => progress,
        }
    }

    fn update_act(
        &mut self,
        work: &mut Work<'_, '_>,
        classes: &[DataClass],
        fresh: Option<&ConsentReceipt>,
        option: Option<Text<400>>,
    ) -> Result<(errand_types::CallId, Deed), Progress> {
        let Some(checkout) = self.checkout.as_ref().map(|c| c.id.clone()) else {
            return Err(self.fail(
                work.out,
                words::lost_checkout(work.ctx.language(), &work.ctx.shop_name(&self.merchant)),
            ));
        };
        let mut asked = facts::base(work.ctx, work.actor);
        asked.merchant = Some(facts::merchant(work.ctx, &self.merchant));
        asked.share = Some(facts::share(
            work.ctx,
            &self.merchant,
            Purpose::Delivery,
            classes,
            fresh,
        ));
        self.revision = self.revision.saturating_add(1);
        let act = UpdateCheckout {
            purchase: self.id.clone(),
            revision: self.revision,
            merchant: self.merchant.clone(),
            checkout,
            lines: self.wanted(),
            share: buyer_share(work.ctx.profile, classes),
            option,
            codes: self.codes.clone(),
            currency: work.ctx.profile.currency,
        };
        let call = self.next_call(work.ctx);
        match work.out.permit(work.ctx, &call, &asked, act) {
            Ok(permit) => Ok((call, Deed::Update(permit))),
            Err(decision) => Err(self.refuse(work, decision)),
        }
    }

    fn choose_arrival(&mut self, work: &mut Work<'_, '_>) -> Progress {
        if let Some(progress) = self.stopped_by_messages(work) {
            return progress;
        }
        let has_slots = work
            .ctx
            .merchants
            .get(&self.merchant)
            .is_some_and(|m| m.slots);
        if has_slots && self.wish.is_some() {
            self.list_windows(work, 0)
        } else {
            self.select_option(work)
        }
    }

    fn list_windows(&mut self, work: &mut Work<'_, '_>, tries: u8) -> Progress {
        let Some(checkout) = self.checkout.as_ref().map(|c| c.id.clone()) else {
            return self.fail(
                work.out,
                words::lost_checkout(work.ctx.language(), &work.ctx.shop_name(&self.merchant)),
            );
        };
        self.state = if tries == 0 {
            PurchaseState::Windows
        } else {
            PurchaseState::Holding { tries }
        };
        let call = self.next_call(work.ctx);
        work.out.deed(
            call,
            Deed::Slots {
                merchant: self.merchant.clone(),
                checkout,
            },
        );
        Progress::Going
    }

    /// The shop listed its windows: hold the one that fits best, or the nearest.
    pub(crate) fn on_slots(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Vec<Slot>, Failure>,
    ) -> Progress {
        self.call = None;
        let tries = match self.state {
            PurchaseState::Holding { tries } => tries,
            _ => 0,
        };
        let slots = answer.unwrap_or_default();
        let Some(slot) = self.best_slot(&slots) else {
            return self.select_option(work);
        };
        let Some(checkout) = self.checkout.as_ref().map(|c| c.id.clone()) else {
            return self.fail(
                work.out,
                words::lost_checkout(work.ctx.language(), &work.ctx.shop_name(&self.merchant)),
            );
        };
        self.missed = self.missed_by(&slot, work);
        let mut asked = facts::base(work.ctx, work.actor);
        asked.merchant = Some(facts::merchant(work.ctx, &self.merchant));
        self.revision = self.revision.saturating_add(1);
        let act = HoldSlot {
            purchase: self.id.clone(),
            revision: self.revision,
            merchant: self.merchant.clone(),
            checkout,
            slot: slot.id.clone(),
        };
        let call = self.next_call(work.ctx);
        match work.out.permit(work.ctx, &call, &asked, act) {
            Ok(permit) => {
                self.slot = Some(slot);
                self.state = PurchaseState::Holding {
                    tries: tries.saturating_add(1),
                };
                self.save(work.out);
                work.out.deed(call, Deed::Hold(permit));
                Progress::Going
            }
            Err(decision) => self.refuse(work, decision),
        }
    }

    /// Earliest window that meets the wish, then the cheapest; else the nearest to what was wished.
    fn best_slot(&self, slots: &[Slot]) -> Option<Slot> {
        let wish = self.wish.as_ref()?;
        let cost = |s: &Slot| s.price.map_or(0, errand_types::Money::minor);
        let shipped = || slots.iter().filter(|s| s.method == MethodKind::Shipping);
        let fits = shipped()
            .filter(|s| wish.is_met_by(&s.window))
            .min_by_key(|s| (s.window.start, cost(s)));
        let distance = |s: &Slot| {
            let target = wish.earliest.unwrap_or(wish.latest);
            s.window.start.duration_since(target).abs()
        };
        fits.or_else(|| shipped().min_by_key(|s| (distance(s), cost(s))))
            .cloned()
    }

    fn missed_by(&self, slot: &Slot, work: &Work<'_, '_>) -> Option<Text<200>> {
        let wish = self.wish.as_ref()?;
        if wish.is_met_by(&slot.window) {
            return None;
        }
        let missed = words::not_free(wish, &slot.window, work.ctx);
        Some(Text::clip(&missed))
    }

    /// No bookable window: select the option that fits the wish best, or the cheapest.
    fn select_option(&mut self, work: &mut Work<'_, '_>) -> Progress {
        let Some(checkout) = &self.checkout else {
            return self.fail(
                work.out,
                words::lost_checkout(work.ctx.language(), &work.ctx.shop_name(&self.merchant)),
            );
        };
        let cost =
            |o: &errand_types::FulfillmentOption| o.cost.map_or(0, errand_types::Money::minor);
        let shipped = || {
            checkout
                .options
                .iter()
                .filter(|o| o.method != MethodKind::Pickup)
        };
        let meets = |o: &errand_types::FulfillmentOption| match (&self.wish, &o.window) {
            (Some(wish), Some(window)) => window.end <= wish.latest,
            (Some(_), None) => false,
            (None, _) => true,
        };
        let fits = shipped().filter(|o| meets(o)).min_by_key(|o| cost(o));
        let soonest = || shipped().min_by_key(|o| (o.window.map(|w| w.end), cost(o)));
        let chosen = fits
            .or_else(soonest)
            .or_else(|| checkout.options.first())
            .cloned();
        let Some(option) = chosen else {
            return self.quoted(work);
        };
        self.missed = match (&self.wish, &option.window) {
            (Some(wish), window) if !meets(&option) => {
                let near = window
                    .map_or_else(|| option.title.to_string(), |w| words::window(&w, work.ctx));
                let missed = words::not_promised(work.ctx.language(), wish, &near);
                Some(Text::clip(&missed))
            }
            _ => None,
        };
        if checkout.selected_option.as_ref() == Some(&option.key) {
            return self.quoted(work);
        }
        let classes = self.shared.clone();
        match self.update_act(work, &classes, None, Some(option.key)) {
            Ok((call, deed)) => {
                self.state = PurchaseState::Selecting;
                self.save(work.out);
                work.out.deed(call, deed);
                Progress::Going
            }
            Err(progress) => progress,
        }
    }

    /// The price is exact; the session asks the person when it is this purchase's turn.
    pub(crate) fn quoted(&mut self, work: &mut Work<'_, '_>) -> Progress {
        if let Some(progress) = self.stopped_by_messages(work) {
            return progress;
        }
        if let Some(checkout) = &self.checkout {
            if let Some(slot) = &checkout.slot {
                self.slot = Some(slot.clone());
            }
            let ready = matches!(checkout.status, CheckoutStatus::Ready);
            if !ready {
                return self.hand_over(work, HandoffReason::BuyerInput);
            }
        }
        self.state = PurchaseState::Quoted;
        self.save(work.out);
        Progress::NeedsPerson
    }

    /// Errors of the shop that we cannot repair with facts that we hold.
    fn stopped_by_messages(&mut self, work: &mut Work<'_, '_>) -> Option<Progress> {
        let checkout = self.checkout.as_ref()?;
        let errors: Vec<&CheckoutMessage> = checkout
            .messages
            .iter()
            .filter(|m| m.kind == MessageKind::Error)
            .collect();
        if let Some(message) = errors.iter().find(|m| is_out_of_stock(m)) {
            let failure = words::out_of_stock(
                work.ctx.language(),
                &work.ctx.shop_name(&self.merchant),
                message.text.as_str(),
                &self.what(),
            );
            return Some(self.fail(work.out, failure));
        }
        let wants_buyer = matches!(checkout.status, CheckoutStatus::NeedsBuyer)
            || errors.iter().any(|m| is_for_buyer(m.severity));
        if wants_buyer {
            let review = errors.iter().any(|m| m.severity == Severity::BuyerReview);
            let reason = if review {
                HandoffReason::BuyerReview
            } else {
                HandoffReason::BuyerInput
            };
            return Some(self.hand_over(work, reason));
        }
        let fatal = errors
            .iter()
            .find(|m| m.severity == Severity::Unrecoverable)?;
        let failure = words::shop_refused(
            work.ctx.language(),
            &work.ctx.shop_name(&self.merchant),
            fatal.text.as_str(),
        );
        Some(self.fail(work.out, failure))
    }

    /// Hands the prepared checkout to the person; without an address to go on at, it fails honestly.
    pub(crate) fn hand_over(&mut self, work: &mut Work<'_, '_>, reason: HandoffReason) -> Progress {
        let shop = work.ctx.shop_name(&self.merchant);
        let Some(checkout) = &self.checkout else {
            return self.fail(work.out, words::lost_checkout(work.ctx.language(), &shop));
        };
        let Some(url) = checkout.continue_url.clone() else {
            let said = checkout
                .messages
                .first()
                .map(|m| m.text.to_string())
                .unwrap_or_default();
            return self.fail(
                work.out,
                words::shop_refused(work.ctx.language(), &shop, &said),
            );
        };
        let host = words::host_of(url.as_str());
        let handoff = Handoff {
            url,
            host: Text::clip(&host),
            reason,
            expires_at: checkout.expires_at,
        };
        self.state = PurchaseState::HandedOver {
            handoff: handoff.clone(),
        };
        self.save(work.out);
        Progress::HandedOver(handoff)
    }
}

fn is_for_buyer(severity: Severity) -> bool {
    match severity {
        Severity::BuyerInput | Severity::BuyerReview => true,
        Severity::Recoverable | Severity::Unrecoverable | Severity::Unknown => false,
    }
}

/// Whether the shop says that it cannot go on without an address.
fn wants_address(checkout: &Checkout) -> bool {
    checkout.messages.iter().any(|m| {
        m.kind == MessageKind::Error
            && m.path
                .as_ref()
                .is_some_and(|path| path.as_str().contains("destination"))
    })
}

/// Whether the shop says that it has not enough of something.
pub(super) fn is_out_of_stock(message: &CheckoutMessage) -> bool {
    message.kind == MessageKind::Error
        && matches!(
            message.code.as_str(),
            "out_of_stock" | "item_unavailable" | "insufficient_stock"
        )
}

/// What of the profile these classes amount to. Nothing else leaves.
fn buyer_share(profile: &errand_types::Profile, classes: &[DataClass]) -> BuyerShare {
    let may = |class: DataClass| classes.contains(&class);
    let name = profile.name.clone().filter(|_| may(DataClass::Name));
    let destination = profile
        .addresses
        .first()
        .filter(|_| may(DataClass::Address))
        .map(|a| Destination {
            id: None,
            name: name.clone(),
            street: Some(a.street.clone()),
            locality: Some(a.locality.clone()),
            region: a.region.clone(),
            postal_code: Some(a.postal_code.clone()),
            country: Some(a.country.clone()),
        });
    BuyerShare {
        name,
        email: profile.email.clone().filter(|_| may(DataClass::Email)),
        phone: profile.phone.clone().filter(|_| may(DataClass::Phone)),
        destination,
        classes: classes.to_vec(),
    }
}

/// A checkout that is not about what was asked for: other things, other quantities, another currency.
fn lies(language: Language, purchase: &Purchase, checkout: &Checkout) -> Option<Failure> {
    if checkout.lines.is_empty() {
        return None;
    }
    let wanted: u64 = purchase.lines.iter().map(|l| u64::from(l.quantity)).sum();
    let got: u64 = checkout.lines.iter().map(|l| u64::from(l.quantity)).sum();
    let named = |variant: &errand_types::ForeignId| {
        purchase.lines.iter().any(|l| l.offer.variant == *variant)
    };
    let stranger = checkout.lines.iter().find(|l| !named(&l.variant));
    if wanted == got && stranger.is_none() {
        return None;
    }
    Some(words::other_goods(language, checkout, wanted, got))
}
