use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use errand_engine::{AskDelivery, Deed, Failure, Outcome, ShopAnswer};
use errand_gate::{Authorized, SearchShops};
use errand_merchant::{Merchant, MerchantError, OrderSnapshot, StoredRequest};
use errand_trust::{Approved, TxDigest};
use errand_types::{
    ApprovalId, Checkout, DeliveryOffer, Instrument, Language, MerchantId, PurchaseId, Slot, Text,
};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::failure::gone;

/// How long an answer waits for terms that it could do without.
const QUICK: Duration = Duration::from_millis(400);

/// The shops by our names.
pub trait Shops: Send + Sync + std::fmt::Debug {
    /// A connected shop.
    fn shop(&self, id: &MerchantId) -> Option<Arc<dyn Merchant>>;
}

/// What only the runtime holds and a deed may need: approvals, instruments, stored requests.
pub trait Keeper: Send + Sync + std::fmt::Debug {
    /// Hands an approval over, once.
    fn take_approval(&self, id: &ApprovalId) -> Option<Approved<TxDigest>>;

    /// The instrument of the wallet for a payment handler.
    fn instrument(&self, handler: &Text<120>) -> Option<Instrument>;

    /// The stored request to pay of a purchase.
    fn stored<'a>(
        &'a self,
        purchase: &'a PurchaseId,
    ) -> Pin<Box<dyn Future<Output = Option<StoredRequest>> + Send + 'a>>;
}

/// What a deed reports: each shop of a search by itself, everything else once.
#[derive(Debug)]
pub enum Report {
    /// A shop answered a search.
    Shop(MerchantId, Result<ShopAnswer, Failure>),
    /// The deed is over.
    Done(Outcome),
}

/// Carries out a deed and reports through the channel, failures in the language of the person. Bounded in time by the shops' own deadlines.
///
/// # Cancel safety
/// May be dropped at any await. A change at a shop whose answer was not seen is *unknown*: its intent was written down
/// before it was sent.
pub async fn perform(
    deed: Deed,
    shops: &dyn Shops,
    keeper: &dyn Keeper,
    language: Language,
    reports: &mpsc::Sender<Report>,
) {
    let asked = Asked::now(language);
    let report = match deed {
        Deed::Search { act, delivery } => {
            search(act, delivery, shops, language, reports).await;
            return;
        }
        Deed::Product {
            merchant,
            product,
            selected,
        } => {
            let answer = match shops.shop(&merchant) {
                Some(shop) => shop.product(&product, &selected).await.map(Box::new),
                None => {
                    return report_done(reports, Outcome::Product(Err(asked.gone(&merchant))))
                        .await;
                }
            };
            Outcome::Product(answer.map_err(|e| asked.failure(&e)))
        }
        Deed::Open(act) => match shops.shop(&act.act().merchant) {
            Some(shop) => checkout(shop.open(act).await, asked),
            None => Outcome::Checkout(Err(asked.gone(&act.act().merchant))),
        },
        Deed::Update(act) => match shops.shop(&act.act().merchant) {
            Some(shop) => checkout(shop.update(act).await, asked),
            None => Outcome::Checkout(Err(asked.gone(&act.act().merchant))),
        },
        Deed::Reread {
            merchant,
            checkout: id,
            after_ms,
        } => {
            tokio::time::sleep(Duration::from_millis(after_ms)).await;
            match shops.shop(&merchant) {
                Some(shop) => checkout(shop.checkout(&id).await, asked),
                None => Outcome::Checkout(Err(asked.gone(&merchant))),
            }
        }
        Deed::Slots { merchant, checkout } => match shops.shop(&merchant) {
            Some(shop) => slots(shop.slots(&checkout).await, asked),
            None => Outcome::Slots(Err(asked.gone(&merchant))),
        },
        Deed::Hold(act) => match shops.shop(&act.act().merchant) {
            Some(shop) => checkout(shop.hold(act).await, asked),
            None => Outcome::Checkout(Err(asked.gone(&act.act().merchant))),
        },
        Deed::Complete { act, approval } => {
            let merchant = act.act().merchant.clone();
            let instrument = keeper.instrument(&act.act().handler);
            match (
                shops.shop(&merchant),
                keeper.take_approval(&approval),
                instrument,
            ) {
                (Some(shop), Some(approved), Some(instrument)) => {
                    checkout(shop.complete(act, approved, instrument).await, asked)
                }
                // Fail closed: without shop, approval or instrument nothing leaves.
                (_, _, _) => Outcome::Checkout(Err(asked.gone(&merchant))),
            }
        }
        Deed::Resend { merchant, purchase } => {
            match (shops.shop(&merchant), keeper.stored(&purchase).await) {
                (Some(shop), Some(stored)) => checkout(shop.resend_complete(&stored).await, asked),
                (_, _) => Outcome::Checkout(Err(asked.gone(&merchant))),
            }
        }
        Deed::Cancel(act) => match shops.shop(&act.act().merchant) {
            Some(shop) => checkout(shop.cancel(act).await, asked),
            None => Outcome::Checkout(Err(asked.gone(&act.act().merchant))),
        },
        Deed::ReadOrder {
            merchant,
            order: id,
        } => match shops.shop(&merchant) {
            Some(shop) => order(shop.order(&id).await, asked),
            None => Outcome::Order(Err(asked.gone(&merchant))),
        },
        Deed::OrderSlots { merchant, order } => match shops.shop(&merchant) {
            Some(shop) => slots(shop.order_slots(&order).await, asked),
            None => Outcome::Slots(Err(asked.gone(&merchant))),
        },
        Deed::Book(act) => match shops.shop(&act.act().merchant) {
            Some(shop) => order(shop.book(act).await, asked),
            None => Outcome::Order(Err(asked.gone(&act.act().merchant))),
        },
        Deed::CancelOrder(act) => match shops.shop(&act.act().merchant) {
            Some(shop) => order(shop.cancel_order(act).await, asked),
            None => Outcome::Order(Err(asked.gone(&act.act().merchant))),
        },
        Deed::ReturnOrder(act) => match shops.shop(&act.act().merchant) {
            Some(shop) => order(shop.return_order(act).await, asked),
            None => Outcome::Order(Err(asked.gone(&act.act().merchant))),
        },
    };
    report_done(reports, report).await;
}

async fn report_done(reports: &mpsc::Sender<Report>, outcome: Outcome) {
    // A closed channel means that the session is gone; the journal knows what was intended.
    let _ = reports.send(Report::Done(outcome)).await;
}

/// Asks every shop at once. A slow or dead one holds up nobody: each reports for itself.
async fn search(
    act: Authorized<SearchShops>,
    delivery: AskDelivery,
    shops: &dyn Shops,
    language: Language,
    reports: &mpsc::Sender<Report>,
) {
    let act = Arc::new(act);
    let mut asked = JoinSet::new();
    for id in act.act().merchants.clone() {
        let Some(shop) = shops.shop(&id) else {
            let failure = gone(&id, language);
            let _ = reports.send(Report::Shop(id, Err(failure))).await;
            continue;
        };
        let act = Arc::clone(&act);
        asked.spawn(async move {
            let asked = Asked::now(language);
            // Without its windows a shop is still worth asking: fail soft. Without an answer its windows are worth nothing.
            let windows = async { Ok(delivers(&*shop, delivery).await) };
            let answer = tokio::try_join!(shop.search(&act), windows);
            let answer = answer
                .map(|(found, offer)| {
                    let (windows, terms) = match offer {
                        Some(offer) => (Some(offer.slots), offer.standard),
                        None => (None, None),
                    };
                    ShopAnswer {
                        products: found.products,
                        windows,
                        terms,
                    }
                })
                .map_err(|e| asked.failure(&e));
            (id, answer)
        });
    }
    while let Some(done) = asked.join_next().await {
        if let Ok((id, answer)) = done
            && reports.send(Report::Shop(id, answer)).await.is_err()
        {
            return;
        }
    }
}

/// How a shop delivers, as far as it says so in time.
async fn delivers(shop: &dyn Merchant, delivery: AskDelivery) -> Option<DeliveryOffer> {
    match delivery {
        AskDelivery::Not => None,
        AskDelivery::Needed => shop.windows().await.unwrap_or_default(),
        AskDelivery::WhenQuick => tokio::time::timeout(QUICK, shop.windows())
            .await
            .ok()?
            .unwrap_or_default(),
    }
}

fn checkout(answer: Result<Checkout, MerchantError>, asked: Asked) -> Outcome {
    Outcome::Checkout(answer.map(Box::new).map_err(|e| asked.failure(&e)))
}

fn slots(answer: Result<Vec<Slot>, MerchantError>, asked: Asked) -> Outcome {
    Outcome::Slots(answer.map_err(|e| asked.failure(&e)))
}

fn order(answer: Result<OrderSnapshot, MerchantError>, asked: Asked) -> Outcome {
    Outcome::Order(
        answer
            .map(|OrderSnapshot(order)| Box::new(order))
            .map_err(|e| asked.failure(&e)),
    )
}

/// When a shop was asked, and in which language it is told what came of it.
#[derive(Debug, Clone, Copy)]
struct Asked {
    at: Instant,
    language: Language,
}

impl Asked {
    fn now(language: Language) -> Self {
        Self {
            at: Instant::now(),
            language,
        }
    }

    fn failure(self, error: &MerchantError) -> Failure {
        let after_ms = u64::try_from(self.at.elapsed().as_millis()).unwrap_or(u64::MAX);
        crate::failure(error, after_ms, self.language)
    }

    fn gone(self, merchant: &MerchantId) -> Failure {
        gone(merchant, self.language)
    }
}
