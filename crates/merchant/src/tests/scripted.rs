//! A wire that answers what a test tells it to, in the time that it tells it to, without a network.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use errand_types::{Clock, MerchantId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::kit::{Chance, Notes};
use crate::port::BoxFuture;
use crate::shop::{ClientConfig, Connector, Doors, UcpMerchant};
use crate::wire::{Incoming, Lost, Outgoing, Wire};
use crate::wirelog::WireLog;

/// What happens to one request.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Answer(u16, Value),
    Header(u16, &'static str, &'static str),
    Lost(Lost),
    Hang,
}

type Script = dyn Fn(&Outgoing, usize) -> Step + Send + Sync;

pub(super) struct ScriptedWire {
    script: Box<Script>,
    sent: Mutex<Vec<(Duration, Outgoing)>>,
    started: Instant,
    under_way: AtomicUsize,
    pub(super) peak: AtomicUsize,
}

impl std::fmt::Debug for ScriptedWire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScriptedWire")
    }
}

impl ScriptedWire {
    /// `script` gets each request and how many of the same path came before.
    pub(super) fn new(
        script: impl Fn(&Outgoing, usize) -> Step + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            script: Box::new(script),
            sent: Mutex::new(Vec::new()),
            started: Instant::now(),
            under_way: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        })
    }

    /// Requests of a path with when they left.
    pub(super) fn of(&self, path: &str) -> Vec<(Duration, Outgoing)> {
        let sent = self.sent.lock().unwrap();
        sent.iter()
            .filter(|(_, request)| request.url.path() == path)
            .cloned()
            .collect()
    }
}

struct Under<'a>(&'a AtomicUsize);

impl Drop for Under<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Wire for ScriptedWire {
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, Lost>> {
        let before = {
            let mut sent = self.sent.lock().unwrap();
            let before = sent
                .iter()
                .filter(|(_, old)| old.url.path() == request.url.path())
                .count();
            sent.push((self.started.elapsed(), request.clone()));
            before
        };
        let step = (self.script)(&request, before);
        Box::pin(async move {
            let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.peak.fetch_max(now, Ordering::SeqCst);
            let _under = Under(&self.under_way);
            let headers =
                |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
            match step {
                Step::Answer(status, body) => Ok(Incoming {
                    status,
                    headers: headers("content-type", "application/json"),
                    body,
                    is_json: true,
                    size: 0,
                }),
                Step::Header(status, name, value) => Ok(Incoming {
                    status,
                    headers: headers(name, value),
                    body: json!({}),
                    is_json: true,
                    size: 0,
                }),
                Step::Lost(lost) => Err(lost),
                Step::Hang => std::future::pending().await,
            }
        })
    }

    fn fetch(&self, _url: url::Url, _cap: usize) -> BoxFuture<'_, Result<(u16, Vec<u8>), Lost>> {
        Box::pin(async { Err(Lost::NoAnswer) })
    }
}

/// A clock that goes with the time of the test's runtime.
#[derive(Debug)]
pub(super) struct RuntimeClock(Instant);

impl RuntimeClock {
    pub(super) fn start() -> Arc<Self> {
        Arc::new(Self(Instant::now()))
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        let start = Timestamp::from_second(1_795_255_200).unwrap();
        start
            .checked_add(SignedDuration::try_from(self.0.elapsed()).unwrap())
            .unwrap()
    }
}

pub(super) fn connector(wire: Arc<ScriptedWire>, notes: &Notes) -> Connector {
    let doors = Doors {
        clock: RuntimeClock::start(),
        ids: Arc::new(Chance::default()),
        intents: Arc::new(notes.clone()),
        log: WireLog::new(200),
        jitter_seed: 3,
    };
    Connector::over(
        ClientConfig {
            loopback: true,
            ..ClientConfig::default()
        },
        doors,
        wire,
    )
}

pub(super) fn client(wire: &Arc<ScriptedWire>, notes: &Notes) -> UcpMerchant {
    named(wire, notes, "shop")
}

pub(super) fn named(wire: &Arc<ScriptedWire>, notes: &Notes, name: &str) -> UcpMerchant {
    connector(Arc::clone(wire), notes)
        .stranger("http://127.0.0.1:9", MerchantId::parse(name).unwrap())
        .unwrap()
}

pub(super) fn profile() -> Value {
    json!({ "version": "2026-04-08",
        "services": { "dev.ucp.shopping": [{ "transport": "rest", "endpoint": "http://127.0.0.1:9" }] },
        "capabilities": { "dev.ucp.shopping.checkout": [{}], "dev.ucp.shopping.catalog.search": [{}], "dev.ucp.shopping.order": [{}] } })
}

pub(super) fn checkout() -> Value {
    json!({ "id": "c1", "status": "ready_for_complete", "currency": "USD",
        "ucp": { "payment_handlers": { "dev.errand.testpay": [{ "id": "testpay", "available_instruments": [{ "type": "card" }] }] } },
        "line_items": [{ "id": "l", "item": { "id": "tea", "price": 500 }, "quantity": 1 }],
        "totals": [{ "type": "subtotal", "amount": 500 }, { "type": "total", "amount": 500 }] })
}

/// A shop that answers everything right but for what `odd` does.
pub(super) fn shop(
    odd: impl Fn(&Outgoing, usize) -> Option<Step> + Send + Sync + 'static,
) -> Arc<ScriptedWire> {
    ScriptedWire::new(move |request, before| {
        if let Some(step) = odd(request, before) {
            return step;
        }
        match request.url.path() {
            "/.well-known/ucp" => Step::Answer(200, profile()),
            "/checkout-sessions" | "/checkout-sessions/c1" => Step::Answer(200, checkout()),
            "/catalog/search" => Step::Answer(
                200,
                json!({ "products": [], "pagination": { "has_next_page": false } }),
            ),
            _ => Step::Answer(404, json!({})),
        }
    })
}
