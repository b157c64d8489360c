//! Paying: every rule that stands between an approval and money.

use errand_gate::CompleteCheckout;
use errand_trust::{Approved, TxDigest};
use errand_types::{
    Checkout, CheckoutMessage, CheckoutStatus, ForeignId, Instrument, MessageKind, PaymentOffer,
    Severity, Text, TotalsCheck,
};
use jiff::SignedDuration;
use serde_json::json;
use url::Url;

use crate::caller::{Answered, Request};
use crate::checkout::{Change, OURS, word};
use crate::discover::ShopProfile;
use crate::error::{ApprovedPart, MerchantError};
use crate::op::Op;
use crate::port::StoredRequest;
use crate::read::checkout::Snapshot;
use crate::shop::UcpMerchant;
use crate::wire::Method;
use crate::wirelog::without;
use crate::write;

/// How long shops keep idempotency keys.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
const FULFILLMENT: &str = "dev.ucp.shopping.fulfillment";

impl UcpMerchant {
    pub(crate) async fn do_complete(
        &self,
        act: CompleteCheckout,
        approval: &Approved<TxDigest>,
        instrument: &Instrument,
    ) -> Result<Checkout, MerchantError> {
        if *approval.digest().as_bytes() != act.digest {
            return Err(self.not_as_approved(ApprovedPart::Digest));
        }
        let profile = self.profile().await?;
        let last = self.last(&act.checkout).await?;
        self.may_be_paid(&profile, &act, &last)?;
        let offer = self.offer(&act, &last.checkout, instrument)?;
        let instrument_id = format!("pi_{}", self.caller.ids.tail());
        let mut body = write::complete(&offer, instrument, &instrument_id, profile.dialect);
        if !self.guards.hygiene
            && let Some(map) = body.as_object_mut()
        {
            map.insert("buyer".to_owned(), json!({ "first_name": "Nobody" }));
            map.insert("currency".to_owned(), json!(act.total.currency().code()));
            map.insert("line_items".to_owned(), json!([]));
        }
        let segments = ["checkout-sessions", act.checkout.as_str(), "complete"];
        let change = Change {
            op: Op::Complete,
            method: Method::Post,
            segments: &segments,
            body,
        };
        let answered = self.change(&profile, &act.purchase, change).await;
        let token = instrument.token.as_str();
        let mut checkout = self
            .after_payment(&profile, &act.checkout, answered, token)
            .await?;
        if checkout.status == CheckoutStatus::Completed && checkout.totals.total != act.total {
            // Too late to refuse, and never to be hidden.
            checkout.messages.push(CheckoutMessage {
                kind: MessageKind::Warning,
                code: Text::clip(&format!("{OURS}charged_differs")),
                severity: Severity::Unknown,
                path: None,
                text: Text::clip("The shop completed with another amount than was approved"),
                disclosure: true,
            });
        }
        Ok(checkout)
    }

    /// Everything that must hold of the last answer before money moves.
    fn may_be_paid(
        &self,
        profile: &ShopProfile,
        act: &CompleteCheckout,
        last: &Snapshot,
    ) -> Result<(), MerchantError> {
        let merchant = || self.caller.label.clone();
        let checkout = &last.checkout;
        self.may_change(&checkout.status)?;
        if let Some(message) = checkout
            .messages
            .iter()
            .find(|message| stands_in_the_way(message, &checkout.status))
        {
            let why = if message.code.is_blank() {
                word(&checkout.status)
            } else {
                message.code.as_str()
            };
            return Err(MerchantError::NotReady {
                merchant: merchant(),
                why: why.to_owned(),
            });
        }
        if checkout.currency != act.total.currency() {
            return Err(self.not_as_approved(ApprovedPart::Currency));
        }
        if self.guards.totals {
            let found = checkout.totals.total;
            match &checkout.totals.check {
                TotalsCheck::Consistent => {}
                TotalsCheck::Mismatch { expected, .. } => {
                    return Err(MerchantError::TotalsMismatch {
                        merchant: merchant(),
                        expected: Some(*expected),
                        found,
                    });
                }
                TotalsCheck::Uncheckable(_) => {
                    return Err(MerchantError::TotalsMismatch {
                        merchant: merchant(),
                        expected: None,
                        found,
                    });
                }
            }
        }
        if checkout.totals.total != act.total {
            return Err(self.not_as_approved(ApprovedPart::Total));
        }
        let is_chosen = checkout.selected_option.is_some();
        if !is_chosen && !checkout.options.is_empty() {
            return Err(self.not_as_approved(ApprovedPart::Option));
        }
        // Shops of the first version say "ready" before anything about delivery was chosen.
        if !is_chosen
            && profile.dialect.is_first()
            && profile.capabilities.contains_key(FULFILLMENT)
        {
            return Err(MerchantError::NotReady {
                merchant: merchant(),
                why: "delivery_not_chosen".to_owned(),
            });
        }
        Ok(())
    }

    /// The offer of the last answer that this instrument may be used with. Without one nothing is sent.
    fn offer(
        &self,
        act: &CompleteCheckout,
        checkout: &Checkout,
        instrument: &Instrument,
    ) -> Result<PaymentOffer, MerchantError> {
        let offers = checkout
            .payment
            .iter()
            .filter(|offer| offer.handler == act.handler);
        let offers: Vec<PaymentOffer> = offers.cloned().collect();
        let found = write::matching(&offers, act.handler_id.as_str(), instrument).cloned();
        let fallback = || {
            let unguarded = !self.guards.offers;
            unguarded.then(|| PaymentOffer {
                handler: act.handler.clone(),
                handler_id: act.handler_id.clone(),
                types: Vec::new(),
                brands: Vec::new(),
            })
        };
        found
            .or_else(fallback)
            .ok_or_else(|| MerchantError::PaymentUnsupported {
                merchant: self.caller.label.clone(),
            })
    }

    pub(crate) async fn do_resend(
        &self,
        stored: &StoredRequest,
    ) -> Result<Checkout, MerchantError> {
        let merchant = self.caller.label.clone();
        let age = self.clock.now().duration_since(stored.sent_at);
        if age >= KEPT || age < SignedDuration::from_mins(-5) {
            return Err(MerchantError::TooOld {
                merchant,
                hours: age.as_hours(),
            });
        }
        let profile = self.profile().await?;
        let (url, checkout) = self.own_completion(&profile, stored)?;
        let request = Request {
            op: Op::Complete,
            method: Method::Post,
            url: &url,
            body: Some(&stored.body),
            key: Some(&stored.key),
            dialect: Some(profile.dialect),
        };
        let answered = self.caller.call(request).await;
        let token = token_of(&stored.body);
        self.after_payment(&profile, &checkout, answered, &token)
            .await
    }

    /// A stored request goes only to the address that this shop has for completing a checkout: it holds a token.
    fn own_completion(
        &self,
        profile: &ShopProfile,
        stored: &StoredRequest,
    ) -> Result<(Url, ForeignId), MerchantError> {
        let foreign = || MerchantError::ForeignRequest {
            merchant: self.caller.label.clone(),
        };
        let url = Url::parse(&stored.url).map_err(|_| foreign())?;
        let mut segments = url.path_segments().into_iter().flatten().rev();
        let is_completion =
            segments.next() == Some("complete") && stored.method == Method::Post.name();
        let raw = segments
            .next()
            .filter(|_| is_completion)
            .ok_or_else(foreign)?;
        let decoded = percent_decoded(raw).ok_or_else(foreign)?;
        let id = ForeignId::parse(&decoded).map_err(|_| foreign())?;
        let ours = self.address(
            profile,
            Op::Complete,
            &["checkout-sessions", id.as_str(), "complete"],
        )?;
        if ours != url {
            return Err(foreign());
        }
        Ok((url, id))
    }

    /// What a completion came to. The token is taken out of whatever the shop says before anybody reads it.
    async fn after_payment(
        &self,
        profile: &ShopProfile,
        id: &ForeignId,
        answered: Result<Answered, MerchantError>,
        token: &str,
    ) -> Result<Checkout, MerchantError> {
        let answered = match answered {
            Ok(answered) => Answered {
                body: without(answered.body, token),
                ..answered
            },
            // "Already completed" or "in another state": the shop says which.
            Err(error @ MerchantError::Conflict { .. }) => {
                let seen = self.look(id).await?;
                return if seen.checkout.status == CheckoutStatus::Completed {
                    self.with_order(seen).await
                } else {
                    Err(error)
                };
            }
            Err(error) => return Err(error),
        };
        // Without the shop's own lines a completed answer is laid over the last one.
        let previous = self.remembered(id);
        let unknown = || MerchantError::OutcomeUnknown {
            merchant: self.caller.label.clone(),
            op: Op::Complete,
        };
        let snapshot = match self.take(Op::Complete, profile, &answered, previous.as_deref()) {
            Ok(snapshot) => snapshot,
            Err(error @ MerchantError::Refused { .. }) => return Err(error),
            Err(_) => return Err(unknown()),
        };
        let snapshot = self.remember(snapshot);
        if snapshot.checkout.status == CheckoutStatus::Completed {
            return self.with_order((*snapshot).clone()).await;
        }
        Ok(snapshot.checkout.clone())
    }

    async fn look(&self, id: &ForeignId) -> Result<Snapshot, MerchantError> {
        let unknown = |_| MerchantError::OutcomeUnknown {
            merchant: self.caller.label.clone(),
            op: Op::Complete,
        };
        self.fetch(id)
            .await
            .map(|snapshot| (*snapshot).clone())
            .map_err(unknown)
    }

    /// A completed checkout names its order. One that does not is looked at once more, and then the person is told.
    async fn with_order(&self, snapshot: Snapshot) -> Result<Checkout, MerchantError> {
        if snapshot.checkout.order.is_some() {
            return Ok(snapshot.checkout);
        }
        let seen = self.look(&snapshot.checkout.id).await?;
        if seen.checkout.order.is_some() {
            return Ok(seen.checkout);
        }
        Err(MerchantError::NoOrder {
            merchant: self.caller.label.clone(),
            checkout: seen.checkout.id,
        })
    }

    fn not_as_approved(&self, part: ApprovedPart) -> MerchantError {
        MerchantError::NotAsApproved {
            merchant: self.caller.label.clone(),
            part,
        }
    }
}

/// Whether a message keeps a checkout from being paid. A ready checkout may still carry what went wrong with the last
/// card; an incomplete one is missing whatever its errors name.
fn stands_in_the_way(message: &CheckoutMessage, status: &CheckoutStatus) -> bool {
    if message.kind != MessageKind::Error {
        return false;
    }
    let is_ours = message.code.as_str().starts_with(OURS);
    match message.severity {
        Severity::BuyerInput | Severity::BuyerReview | Severity::Unrecoverable => true,
        Severity::Recoverable | Severity::Unknown => is_ours || *status != CheckoutStatus::Ready,
    }
}

/// The credential in a stored completion, to be taken out of the answer.
fn token_of(body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let paths = [
        "/payment/instruments/0/credential/token",
        "/payment_data/credential/token",
    ];
    paths
        .iter()
        .find_map(|path| body.pointer(path)?.as_str())
        .unwrap_or_default()
        .to_owned()
}

fn percent_decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
