//! Opening, changing and reading checkouts. Paying has a file of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use errand_gate::{CancelCheckout, HoldSlot, OpenCheckout, UpdateCheckout};
use errand_types::{
    Checkout, CheckoutMessage, CheckoutStatus, DeliveryOffer, ForeignId, MessageKind, OfferRef,
    PurchaseId, Severity, Slot, Text, TotalsCheck,
};
use serde_json::{Value, json};

use crate::caller::{Answered, Request};
use crate::discover::ShopProfile;
use crate::error::MerchantError;
use crate::op::Op;
use crate::port::StoredRequest;
use crate::profile::SLOTS;
use crate::read;
use crate::read::checkout::{Context, Snapshot};
use crate::read::delivery::is_same_place;
use crate::shop::UcpMerchant;
use crate::wire::Method;
use crate::write::{self, Chosen};

/// Rounds of one update: the shop may give our address its own id and its groups new ones.
const ROUNDS: u32 = 3;
/// Codes of our own in a checkout's messages begin with this.
pub(crate) const OURS: &str = "errand.";

impl UcpMerchant {
    pub(crate) async fn do_open(&self, act: OpenCheckout) -> Result<Checkout, MerchantError> {
        let profile = self.profile().await?;
        let body = write::open(&act, profile.dialect);
        let change = Change {
            op: Op::CreateCheckout,
            method: Method::Post,
            segments: &["checkout-sessions"],
            body,
        };
        let answered = self.change(&profile, &act.purchase, change).await?;
        let mut snapshot = self.take(Op::CreateCheckout, &profile, &answered, None)?;
        compare_lines(&act.lines, &mut snapshot.checkout);
        Ok(self.remember(snapshot).checkout.clone())
    }

    /// Reads a checkout from the shop.
    pub(crate) async fn fetch(&self, id: &ForeignId) -> Result<Arc<Snapshot>, MerchantError> {
        let profile = self.profile().await?;
        let answered = self
            .get(
                &profile,
                Op::GetCheckout,
                &["checkout-sessions", id.as_str()],
            )
            .await?;
        let previous = self.remembered(id);
        let mut snapshot = self.take(Op::GetCheckout, &profile, &answered, previous.as_deref())?;
        if let Some(previous) = &previous {
            keep_notices(&previous.checkout, &mut snapshot.checkout);
        }
        Ok(self.remember(snapshot))
    }

    /// The last answer about a checkout, or a fresh one when there is none.
    pub(crate) async fn last(&self, id: &ForeignId) -> Result<Arc<Snapshot>, MerchantError> {
        match self.remembered(id) {
            Some(snapshot) => Ok(snapshot),
            None => self.fetch(id).await,
        }
    }

    pub(crate) async fn do_update(&self, act: UpdateCheckout) -> Result<Checkout, MerchantError> {
        let profile = self.profile().await?;
        let mut last = self.last(&act.checkout).await?;
        self.may_change(&last.checkout.status)?;
        let mut place_id = String::new();
        for round in 0..ROUNDS {
            if let Some(place) = &act.share.destination {
                let same = last
                    .delivery
                    .destinations
                    .iter()
                    .find(|known| is_same_place(known, place));
                let known_as = same
                    .and_then(|known| known.id.as_ref())
                    .or(place.id.as_ref());
                place_id = known_as
                    .map_or(write::DESTINATION, ForeignId::as_str)
                    .to_owned();
            }
            let picks = act
                .option
                .as_ref()
                .and_then(|key| last.delivery.picks.get(key));
            let had_picks = picks.is_some();
            let destination = act
                .share
                .destination
                .as_ref()
                .map(|place| (place, place_id.as_str()));
            let body = write::update(&act, &last, Chosen { destination, picks }, profile.dialect);
            let segments = ["checkout-sessions", act.checkout.as_str()];
            let change = Change {
                op: Op::UpdateCheckout,
                method: Method::Put,
                segments: &segments,
                body,
            };
            let answered = self.change(&profile, &act.purchase, change).await?;
            let mut snapshot = self.take(Op::UpdateCheckout, &profile, &answered, Some(&last))?;
            let status = snapshot.checkout.status.clone();
            let again = round.saturating_add(1) < ROUNDS
                && self.may_change(&status).is_ok()
                && needs_another_round(&act, &snapshot, &place_id, had_picks);
            if !again {
                compare_lines(&act.lines, &mut snapshot.checkout);
                if snapshot.checkout.currency != last.checkout.currency {
                    add(
                        &mut snapshot.checkout,
                        "currency_changed",
                        "The currency is another one than before",
                    );
                }
                if act.option.is_some() && snapshot.checkout.selected_option != act.option {
                    add(
                        &mut snapshot.checkout,
                        "option_gone",
                        "The chosen delivery is no longer offered",
                    );
                }
                return Ok(self.remember(snapshot).checkout.clone());
            }
            last = self.remember(snapshot);
        }
        Ok(last.checkout.clone())
    }

    pub(crate) async fn do_slots(&self, checkout: &ForeignId) -> Result<Vec<Slot>, MerchantError> {
        let profile = self.profile().await?;
        if !profile.capabilities.contains_key(SLOTS) {
            return Ok(Vec::new());
        }
        let segments = ["checkout-sessions", checkout.as_str(), "delivery-slots"];
        let answered = self.get(&profile, Op::Slots, &segments).await?;
        Ok(read::delivery::slots(&answered.body))
    }

    /// Windows that are free at the moment. A shop that has windows but no such list does not say.
    pub(crate) async fn do_windows(&self) -> Result<Option<DeliveryOffer>, MerchantError> {
        let profile = self.profile().await?;
        if !profile.capabilities.contains_key(SLOTS) {
            return Ok(None);
        }
        match self.get(&profile, Op::Slots, &["delivery-slots"]).await {
            Ok(answered) => Ok(Some(DeliveryOffer {
                slots: read::delivery::slots(&answered.body),
                standard: read::delivery::standard(&answered.body),
            })),
            Err(MerchantError::NotFound { .. } | MerchantError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn do_hold(&self, act: HoldSlot) -> Result<Checkout, MerchantError> {
        let profile = self.profile().await?;
        self.needs(&profile, SLOTS, Op::HoldSlot)?;
        let last = self.last(&act.checkout).await?;
        self.may_change(&last.checkout.status)?;
        let segments = [
            "checkout-sessions",
            act.checkout.as_str(),
            "delivery-slots",
            act.slot.as_str(),
            "hold",
        ];
        let change = Change {
            op: Op::HoldSlot,
            method: Method::Post,
            segments: &segments,
            body: json!({}),
        };
        let answered = self.change(&profile, &act.purchase, change).await?;
        let mut snapshot = self.take(Op::HoldSlot, &profile, &answered, Some(&last))?;
        keep_notices(&last.checkout, &mut snapshot.checkout);
        Ok(self.remember(snapshot).checkout.clone())
    }

    pub(crate) async fn do_cancel(&self, act: CancelCheckout) -> Result<Checkout, MerchantError> {
        let profile = self.profile().await?;
        let segments = ["checkout-sessions", act.checkout.as_str(), "cancel"];
        let change = Change {
            op: Op::CancelCheckout,
            method: Method::Post,
            segments: &segments,
            body: json!({}),
        };
        match self.change(&profile, &act.purchase, change).await {
            Ok(answered) => {
                let previous = self.remembered(&act.checkout);
                let snapshot =
                    self.take(Op::CancelCheckout, &profile, &answered, previous.as_deref())?;
                Ok(self.remember(snapshot).checkout.clone())
            }
            // "Cannot be canceled" is no state: the shop says which one it is in.
            Err(MerchantError::Conflict { .. }) => {
                Ok(self.fetch(&act.checkout).await?.checkout.clone())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a checkout in this state may be changed.
    pub(crate) fn may_change(&self, status: &CheckoutStatus) -> Result<(), MerchantError> {
        let merchant = self.caller.label.clone();
        match status {
            CheckoutStatus::NeedsInput | CheckoutStatus::Ready => Ok(()),
            CheckoutStatus::Processing => Err(MerchantError::InProgress { merchant }),
            CheckoutStatus::NeedsBuyer
            | CheckoutStatus::Completed
            | CheckoutStatus::Canceled
            | CheckoutStatus::Expired
            | CheckoutStatus::Unknown(_) => Err(MerchantError::NotReady {
                merchant,
                why: word(status).to_owned(),
            }),
        }
    }

    pub(crate) fn needs(
        &self,
        profile: &ShopProfile,
        capability: &str,
        op: Op,
    ) -> Result<(), MerchantError> {
        if profile.capabilities.contains_key(capability) {
            Ok(())
        } else {
            Err(MerchantError::Unsupported {
                merchant: self.caller.label.clone(),
                op,
            })
        }
    }

    /// Sends a change after its exact bytes and key were written down.
    pub(crate) async fn change(
        &self,
        profile: &ShopProfile,
        purchase: &PurchaseId,
        change: Change<'_>,
    ) -> Result<Answered, MerchantError> {
        let op = change.op;
        let url = self.address(profile, op, change.segments)?;
        let stored = StoredRequest {
            key: self.caller.uuid(),
            method: change.method.name().to_owned(),
            url: url.as_str().to_owned(),
            body: change.body.to_string(),
            sent_at: self.clock.now(),
        };
        let noted = self
            .intents
            .note(purchase, op.intent().unwrap_or_default(), &stored)
            .await;
        // INVARIANT: nothing leaves before its intent is durable; recovery relies on it.
        noted.map_err(|_| MerchantError::IntentNotWritten {
            merchant: self.caller.label.clone(),
            op,
        })?;
        let request = Request {
            op,
            method: change.method,
            url: &url,
            body: Some(&stored.body),
            key: Some(&stored.key),
            dialect: Some(profile.dialect),
        };
        self.caller.call(request).await
    }

    pub(crate) async fn get(
        &self,
        profile: &ShopProfile,
        op: Op,
        segments: &[&str],
    ) -> Result<Answered, MerchantError> {
        let url = self.address(profile, op, segments)?;
        let request = Request {
            op,
            method: Method::Get,
            url: &url,
            body: None,
            key: None,
            dialect: Some(profile.dialect),
        };
        let answered = self.caller.call(request).await?;
        self.refuses(op, &answered)?;
        Ok(answered)
    }

    /// Reads a checkout out of an answer and notes beside it what was decided about its sums.
    pub(crate) fn take(
        &self,
        op: Op,
        profile: &ShopProfile,
        answered: &Answered,
        previous: Option<&Snapshot>,
    ) -> Result<Snapshot, MerchantError> {
        self.refuses(op, answered)?;
        let context = Context {
            merchant: &self.id,
            dialect: profile.dialect,
            now: self.clock.now(),
            previous,
        };
        let unreadable = |what| MerchantError::Unreadable {
            merchant: self.caller.label.clone(),
            op,
            what,
        };
        let mut snapshot = read::checkout::read(&answered.body, context).map_err(unreadable)?;
        if profile.dialect.is_first() && snapshot.checkout.payment.is_empty() {
            // In the first version the profile lists the handlers, and checkouts repeat an empty list. Later ones list
            // them with the checkout, and there an empty list means none.
            snapshot.checkout.payment.clone_from(&profile.handlers);
        }
        if snapshot.checkout.totals.check != TotalsCheck::Consistent {
            self.caller
                .log
                .flag(answered.entry, "totals_mismatch", Value::Bool(true));
        }
        Ok(snapshot)
    }
}

/// A request that changes something at the shop.
pub(crate) struct Change<'a> {
    pub(crate) op: Op,
    pub(crate) method: Method,
    pub(crate) segments: &'a [&'a str],
    pub(crate) body: Value,
}

/// Whether the answer shows that the same wish has to be told once more in the shop's own ids.
fn needs_another_round(
    act: &UpdateCheckout,
    snapshot: &Snapshot,
    place_id: &str,
    had_picks: bool,
) -> bool {
    if let Some(place) = &act.share.destination
        && snapshot.delivery.selected_destination.as_deref() == Some(place_id)
        && snapshot.delivery.destination.is_none()
    {
        let renamed = snapshot
            .delivery
            .destinations
            .iter()
            .find(|known| is_same_place(known, place));
        if renamed
            .and_then(|known| known.id.as_ref())
            .is_some_and(|id| id.as_str() != place_id)
        {
            return true;
        }
    }
    let Some(key) = &act.option else { return false };
    !had_picks
        && snapshot.checkout.selected_option.as_ref() != Some(key)
        && snapshot.delivery.picks.contains_key(key)
}

/// Compares goods and quantities with what was asked for. A difference goes back to the person, unless the shop itself
/// says what is wrong with them.
fn compare_lines(wanted: &[(OfferRef, u32)], checkout: &mut Checkout) {
    let mut asked: BTreeMap<&str, u64> = BTreeMap::new();
    for (offer, quantity) in wanted {
        let sum = asked.entry(offer.variant.as_str()).or_default();
        *sum = sum.saturating_add(u64::from(*quantity));
    }
    let mut shown: BTreeMap<&str, u64> = BTreeMap::new();
    for line in &checkout.lines {
        let sum = shown.entry(line.variant.as_str()).or_default();
        *sum = sum.saturating_add(u64::from(line.quantity));
    }
    let differs = asked != shown;
    let is_explained = checkout
        .messages
        .iter()
        .any(|message| message.kind == MessageKind::Error);
    if differs && !is_explained {
        add(
            checkout,
            "lines_changed",
            "The shop answered with other goods or quantities than asked for",
        );
    }
}

/// What we noticed ourselves stays noticed until an update clears it.
fn keep_notices(old: &Checkout, new: &mut Checkout) {
    let ours = old
        .messages
        .iter()
        .filter(|message| message.code.as_str().starts_with(OURS));
    new.messages.extend(ours.cloned());
}

/// Adds a message of our own, which keeps the checkout from being paid.
pub(crate) fn add(checkout: &mut Checkout, code: &str, words: &str) {
    checkout.messages.push(CheckoutMessage {
        kind: MessageKind::Error,
        code: Text::clip(&format!("{OURS}{code}")),
        severity: Severity::Unknown,
        path: None,
        text: Text::clip(words),
        disclosure: false,
    });
}

/// The protocol's word for a state.
pub(crate) fn word(status: &CheckoutStatus) -> &str {
    match status {
        CheckoutStatus::NeedsInput => "incomplete",
        CheckoutStatus::NeedsBuyer => "requires_escalation",
        CheckoutStatus::Ready => "ready_for_complete",
        CheckoutStatus::Processing => "complete_in_progress",
        CheckoutStatus::Completed => "completed",
        CheckoutStatus::Canceled => "canceled",
        CheckoutStatus::Expired => "expired",
        CheckoutStatus::Unknown(word) => word.as_str(),
    }
}
