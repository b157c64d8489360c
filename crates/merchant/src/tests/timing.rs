//! Retries, deadlines, the breaker and the cap, in time that the tests hold in their hands.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use errand_gate::{CompleteCheckout, OpenCheckout, SearchShops};
use errand_types::{
    Checkout, Currency, ForeignId, Instrument, MerchantId, OfferRef, PurchaseId, Text,
};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::kit::{self, Notes};
use super::scripted::{RuntimeClock, Step, checkout, client, named, profile, shop};
use crate::error::{MerchantError, Unreached};
use crate::many::search_all;
use crate::op::Op;
use crate::port::{BoxFuture, IntentLog, IntentNotWritten, Merchant, StoredRequest};
use crate::shop::{ClientConfig, Connector, Doors, UcpMerchant};
use crate::wire::{Lost, Outgoing};
use crate::wirelog::WireLog;

const CREATE: &str = "/checkout-sessions";
const READ: &str = "/checkout-sessions/c1";
const COMPLETE: &str = "/checkout-sessions/c1/complete";

fn id() -> ForeignId {
    ForeignId::parse("c1").unwrap()
}

fn header<'a>(request: &'a Outgoing, name: &str) -> Option<&'a str> {
    request
        .headers
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.as_str())
}

/// Time between one request and the next.
fn gap(sent: &[(Duration, Outgoing)], at: usize) -> Duration {
    sent[at + 1].0.saturating_sub(sent[at].0)
}

async fn open(client: &UcpMerchant) -> Result<Checkout, MerchantError> {
    let tea = ForeignId::parse("tea").unwrap();
    let act = OpenCheckout {
        purchase: PurchaseId::from_tail("p").unwrap(),
        merchant: client.id.clone(),
        lines: vec![(
            OfferRef {
                merchant: client.id.clone(),
                product: tea.clone(),
                variant: tea,
            },
            1,
        )],
        choices: Vec::new(),
        currency: Currency::USD,
    };
    client.open(kit::permit(act).unwrap()).await
}

async fn pay(client: &UcpMerchant, checkout: &Checkout) -> Result<Checkout, MerchantError> {
    let (digest, approved) = kit::approval(checkout, "Shop", "visa").unwrap();
    let act = CompleteCheckout {
        purchase: PurchaseId::from_tail("p").unwrap(),
        merchant: client.id.clone(),
        checkout: checkout.id.clone(),
        total: checkout.totals.total,
        digest: *digest.as_bytes(),
        handler: Text::clip("dev.errand.testpay"),
        handler_id: Text::clip("testpay"),
    };
    let card = Instrument {
        handler: Text::clip("dev.errand.testpay"),
        kind: Text::clip("card"),
        brand: Text::clip("visa"),
        last_digits: Text::clip("4242"),
        token: Text::clip("success_token"),
    };
    client
        .complete(kit::permit(act).unwrap(), approved, card)
        .await
}

fn on(
    path: &'static str,
    step: impl Fn(usize) -> Option<Step> + Send + Sync + 'static,
) -> impl Fn(&Outgoing, usize) -> Option<Step> + Send + Sync {
    move |request, before| {
        if request.url.path() == path {
            step(before)
        } else {
            None
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_tried_again_with_growing_waits() {
    let wire = shop(on(READ, |before| {
        (before < 2).then_some(Step::Answer(500, json!({})))
    }));
    let client = client(&wire, &Notes::default());

    let read = client.checkout(&id()).await.unwrap();

    let sent = wire.of(READ);
    assert_eq!(read.id, id());
    assert_eq!(sent.len(), 3);
    let waits = [gap(&sent, 0), gap(&sent, 1)];
    assert!(
        waits[0] >= Duration::from_millis(100) && waits[0] <= Duration::from_millis(201),
        "{waits:?}"
    );
    assert!(
        waits[1] >= Duration::from_millis(200) && waits[1] <= Duration::from_millis(401),
        "{waits:?}"
    );
    assert_ne!(
        header(&sent[0].1, "Request-Id"),
        header(&sent[1].1, "Request-Id")
    );
}

#[tokio::test(start_paused = true)]
async fn a_shop_that_asks_for_time_gets_it() {
    let wire = shop(on(READ, |before| {
        (before == 0).then_some(Step::Header(429, "retry-after", "3"))
    }));
    let client = client(&wire, &Notes::default());

    client.checkout(&id()).await.unwrap();

    let sent = wire.of(READ);
    assert_eq!(gap(&sent, 0).as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_shop_that_asks_for_a_day_is_not_waited_for() {
    let wire = shop(on(READ, |_| {
        Some(Step::Header(503, "retry-after", "86400"))
    }));
    let client = client(&wire, &Notes::default());
    let started = Instant::now();

    let error = client.checkout(&id()).await.unwrap_err();

    assert!(
        matches!(error, MerchantError::Busy { retry_in: Some(day), .. } if day.as_secs() == 86_400),
        "{error}"
    );
    assert!(started.elapsed() <= Duration::from_secs(8));
}

#[tokio::test(start_paused = true)]
async fn a_change_without_an_answer_is_repeated_under_the_same_key_with_the_same_bytes() {
    let wire = shop(on(CREATE, |before| (before == 0).then_some(Step::Hang)));
    let notes = Notes::default();
    let client = client(&wire, &notes);

    open(&client).await.unwrap();

    let sent = wire.of(CREATE);
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].1.body, sent[1].1.body);
    assert_eq!(
        header(&sent[0].1, "Idempotency-Key"),
        header(&sent[1].1, "Idempotency-Key")
    );
    assert_eq!(notes.all().len(), 1, "one intent, however many attempts");
}

#[tokio::test(start_paused = true)]
async fn not_sent_and_unknown_are_told_apart() {
    let refused = Step::Lost(Lost::NotSent(Unreached::Connect));
    let cases: Vec<(Vec<Step>, &str)> = vec![
        (
            vec![refused.clone(), refused.clone(), refused.clone()],
            "SHOP-0001",
        ),
        (
            vec![Step::Lost(Lost::NoAnswer), refused.clone(), refused.clone()],
            "SHOP-0003",
        ),
        (
            vec![refused.clone(), Step::Lost(Lost::NoAnswer), refused],
            "SHOP-0003",
        ),
        (vec![Step::Hang, Step::Hang, Step::Hang], "SHOP-0003"),
        (
            vec![
                Step::Answer(500, json!({})),
                Step::Answer(500, json!({})),
                Step::Answer(500, json!({})),
            ],
            "SHOP-0007",
        ),
    ];
    for (steps, code) in cases {
        let shown = format!("{steps:?}");
        let wire = shop(on(CREATE, move |before| Some(steps[before].clone())));
        let client = client(&wire, &Notes::default());

        let error = open(&client).await.unwrap_err();

        assert_eq!(error.code(), code, "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_without_an_answer_changed_nothing() {
    let wire = shop(on(READ, |_| Some(Step::Hang)));
    let client = client(&wire, &Notes::default());
    let started = Instant::now();

    let error = client.checkout(&id()).await.unwrap_err();

    assert!(
        matches!(
            error,
            MerchantError::NoAnswer {
                op: Op::GetCheckout,
                ..
            }
        ) && !error.may_have_happened()
    );
    assert!(started.elapsed() <= Duration::from_secs(8));
}

#[tokio::test(start_paused = true)]
async fn a_payment_is_sent_once_and_heard_out_to_its_deadline() {
    let wire = shop(on(COMPLETE, |_| Some(Step::Hang)));
    let client = client(&wire, &Notes::default());
    let checkout = open(&client).await.unwrap();
    let started = Instant::now();

    let error = pay(&client, &checkout).await.unwrap_err();

    assert!(matches!(
        error,
        MerchantError::OutcomeUnknown {
            op: Op::Complete,
            ..
        }
    ));
    assert_eq!(started.elapsed().as_secs(), 25);
    assert_eq!(wire.of(COMPLETE).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_payment_that_never_left_is_known_not_to_have_happened() {
    let wire = shop(on(COMPLETE, |_| {
        Some(Step::Lost(Lost::NotSent(Unreached::Connect)))
    }));
    let client = client(&wire, &Notes::default());
    let checkout = open(&client).await.unwrap();

    let error = pay(&client, &checkout).await.unwrap_err();

    assert!(matches!(error, MerchantError::NotSent { .. }) && !error.may_have_happened());
}

#[derive(Debug)]
struct FullDisk;

impl IntentLog for FullDisk {
    fn note<'a>(
        &'a self,
        _: &'a PurchaseId,
        _: &'a str,
        _: &'a StoredRequest,
    ) -> BoxFuture<'a, Result<(), IntentNotWritten>> {
        Box::pin(std::future::ready(Err(IntentNotWritten("no space".into()))))
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_leaves_when_its_intent_cannot_be_written_down() {
    let wire = shop(|_, _| None);
    let doors = Doors {
        clock: RuntimeClock::start(),
        ids: Arc::new(kit::Chance::default()),
        intents: Arc::new(FullDisk),
        log: WireLog::new(10),
        jitter_seed: 0,
    };
    let config = ClientConfig {
        loopback: true,
        ..ClientConfig::default()
    };
    let connector = Connector::over(
        config,
        doors,
        Arc::clone(&wire) as Arc<dyn crate::wire::Wire>,
    );
    let client = connector
        .stranger("http://127.0.0.1:9", MerchantId::parse("shop").unwrap())
        .unwrap();

    let error = open(&client).await.unwrap_err();

    assert!(matches!(error, MerchantError::IntentNotWritten { .. }));
    assert!(wire.of(CREATE).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_shop_that_keeps_failing_is_left_alone_and_then_tried_with_one_request() {
    let wire = shop(on(READ, |before| {
        (before < 5).then_some(Step::Lost(Lost::NotSent(Unreached::Connect)))
    }));
    let client = client(&wire, &Notes::default());
    client.profile().await.unwrap();
    let first = client.checkout(&id()).await.unwrap_err();
    let second = client.checkout(&id()).await.unwrap_err();
    let sent = wire.of(READ).len();

    let third = client.checkout(&id()).await.unwrap_err();
    let during = wire.of(READ).len();
    tokio::time::advance(Duration::from_secs(6)).await;
    let fourth = client.checkout(&id()).await;

    assert!(matches!(first, MerchantError::NotSent { .. }));
    assert!(matches!(
        second,
        MerchantError::Paused { .. } | MerchantError::NotSent { .. }
    ));
    assert!(matches!(third, MerchantError::Paused { .. }), "{third}");
    assert_eq!(
        (sent, during),
        (5, 5),
        "nothing was sent while it was left alone"
    );
    assert!(fourth.is_ok());
}

#[tokio::test(start_paused = true)]
async fn no_more_than_the_cap_are_under_way_and_none_waits_for_ever() {
    let wire = shop(on(READ, |_| Some(Step::Hang)));
    let client = client(&wire, &Notes::default());
    client.profile().await.unwrap();
    let checkout = id();

    let results = join_all((0..20).map(|_| client.checkout(&checkout))).await;

    let crowded = results
        .iter()
        .filter(|result| matches!(result, Err(MerchantError::Crowded { .. })))
        .count();
    assert_eq!(crowded, 12);
    assert_eq!(wire.peak.load(Ordering::SeqCst), 8);
}

#[tokio::test(start_paused = true)]
async fn searching_many_shops_gives_the_quick_ones_at_once_and_the_dead_one_at_the_deadline() {
    let quick = shop(|_, _| None);
    let dead = shop(on("/catalog/search", |_| Some(Step::Hang)));
    let notes = Notes::default();
    let shops: Vec<Arc<dyn Merchant>> = vec![
        Arc::new(named(&dead, &notes, "dead")),
        Arc::new(named(&quick, &notes, "quick")),
        Arc::new(named(&quick, &notes, "other")),
        Arc::new(named(&quick, &notes, "unasked")),
    ];
    let merchants = ["dead", "quick", "other"].map(|name| MerchantId::parse(name).unwrap());
    let act = SearchShops {
        merchants: merchants.to_vec(),
        query: Text::clip("tea"),
        price_max: None,
        limit: 5,
    };
    let act = kit::permit(act).unwrap();
    let started = Instant::now();
    let mut heard = Vec::new();

    search_all(
        &shops,
        &act,
        Duration::from_secs(3),
        &CancellationToken::new(),
        |id, found| {
            heard.push((
                id.as_str().to_owned(),
                found.is_ok(),
                started.elapsed().as_secs(),
            ));
        },
    )
    .await;

    assert_eq!(heard.len(), 3);
    assert!(
        heard[..2]
            .iter()
            .all(|(name, found, at)| name != "dead" && *found && *at == 0),
        "{heard:?}"
    );
    assert_eq!(heard[2], ("dead".to_owned(), false, 3));
}

#[tokio::test(start_paused = true)]
async fn a_search_that_is_stopped_reports_nothing_more() {
    let dead = shop(on("/catalog/search", |_| Some(Step::Hang)));
    let shops: Vec<Arc<dyn Merchant>> = vec![Arc::new(client(&dead, &Notes::default()))];
    let merchants = vec![MerchantId::parse("shop").unwrap()];
    let act = SearchShops {
        merchants,
        query: Text::clip("tea"),
        price_max: None,
        limit: 5,
    };
    let act = kit::permit(act).unwrap();
    let stop = CancellationToken::new();
    let stopper = stop.clone();
    let mut heard = 0;

    let stopping = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stopper.cancel();
    };
    let searching = search_all(&shops, &act, Duration::from_secs(60), &stop, |_, _| {
        heard += 1;
    });
    tokio::join!(searching, stopping);

    assert_eq!(heard, 0);
}

#[tokio::test(start_paused = true)]
async fn a_profile_is_read_once_a_minute_however_many_ask() {
    let wire = shop(|_, _| None);
    let client = client(&wire, &Notes::default());

    let together = join_all((0..10).map(|_| client.learn())).await;
    let first = wire.of("/.well-known/ucp").len();
    tokio::time::advance(Duration::from_secs(59)).await;
    client.learn().await.unwrap();
    let before = wire.of("/.well-known/ucp").len();
    tokio::time::advance(Duration::from_secs(2)).await;
    client.learn().await.unwrap();

    assert!(together.iter().all(Result::is_ok));
    assert_eq!(
        (first, before, wire.of("/.well-known/ucp").len()),
        (1, 1, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn a_profile_that_cannot_be_refreshed_serves_an_hour_longer() {
    let wire = shop(on("/.well-known/ucp", |before| {
        Some(if before == 0 {
            Step::Answer(200, profile())
        } else {
            Step::Answer(404, json!({}))
        })
    }));
    let client = client(&wire, &Notes::default());
    client.learn().await.unwrap();

    tokio::time::advance(Duration::from_secs(30 * 60)).await;
    let within = client.learn().await;
    tokio::time::advance(Duration::from_secs(40 * 60)).await;
    let beyond = client.learn().await;

    assert!(within.is_ok());
    assert!(matches!(beyond, Err(MerchantError::NotAShop { .. })));
}

#[tokio::test(start_paused = true)]
async fn an_update_after_a_restart_reads_the_checkout_first() {
    let wire = shop(on(READ, |_| Some(Step::Answer(200, checkout()))));
    let client = client(&wire, &Notes::default());
    let tea = ForeignId::parse("tea").unwrap();
    let act = errand_gate::UpdateCheckout {
        purchase: PurchaseId::from_tail("p").unwrap(),
        revision: 1,
        merchant: client.id.clone(),
        checkout: id(),
        lines: vec![(
            OfferRef {
                merchant: client.id.clone(),
                product: tea.clone(),
                variant: tea,
            },
            1,
        )],
        share: errand_gate::BuyerShare::default(),
        option: None,
        codes: Vec::new(),
        currency: Currency::USD,
    };

    client.update(kit::permit(act).unwrap()).await.unwrap();

    let sent = wire.of(READ);
    assert_eq!(
        sent.iter()
            .map(|(_, request)| request.method.name())
            .collect::<Vec<_>>(),
        ["GET", "PUT"]
    );
    let body: serde_json::Value = serde_json::from_str(sent[1].1.body.as_ref().unwrap()).unwrap();
    assert_eq!(
        body,
        json!({ "line_items": [{ "id": "l", "item": { "id": "tea" }, "quantity": 1 }] })
    );
}
