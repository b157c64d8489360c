//! A shop that answers what a test tells it to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use futures_util::stream;
use serde_json::{Value, json};

/// A request as the shop saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) bytes: Bytes,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }
}

/// What it answers.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Json(u16, Value),
    /// Status, content type, extra header, bytes.
    Raw(u16, &'static str, Option<(&'static str, String)>, Bytes),
    /// Headers at once, then one byte a second.
    Drip,
    /// Nothing, ever.
    Hang,
}

type Script = dyn Fn(&Seen, usize) -> Reply + Send + Sync;

#[derive(Clone)]
struct Inner {
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A running shop; it ends with the runtime of its test.
pub(crate) struct Fake {
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Fake {
    /// `script` gets each request, how many like it (method and path) came before, and answers. `{{base}}` in JSON
    /// becomes the shop's address.
    pub(crate) async fn start(
        script: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let own = base.clone();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let filled = move |request: &Seen, before: usize| match script(request, before) {
            Reply::Json(status, body) => Reply::Json(
                status,
                serde_json::from_str(&body.to_string().replace("{{base}}", &own)).unwrap(),
            ),
            other => other,
        };
        let inner = Inner {
            script: Arc::new(filled),
            seen: Arc::clone(&seen),
        };
        let app = Router::new().fallback(answer).with_state(inner);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn of(&self, method: &str, path: &str) -> Vec<Seen> {
        self.seen()
            .into_iter()
            .filter(|seen| seen.is(method, path))
            .collect()
    }
}

async fn answer(
    State(inner): State<Inner>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response<Body> {
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let request = Seen {
        method: method.to_string(),
        path: uri.path().to_owned(),
        headers,
        body,
        bytes,
    };
    let before = {
        let mut seen = inner.seen.lock().unwrap();
        let before = seen
            .iter()
            .filter(|old| old.is(&request.method, &request.path))
            .count();
        seen.push(request.clone());
        before
    };
    let response = Response::builder();
    match (inner.script)(&request, before) {
        Reply::Json(status, body) => response
            .status(status)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
        Reply::Raw(status, kind, extra, bytes) => {
            let mut response = response.status(status).header("content-type", kind);
            if let Some((name, value)) = extra {
                response = response.header(name, value);
            }
            response.body(Body::from(bytes)).unwrap()
        }
        Reply::Drip => {
            let drops = stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
            });
            response
                .status(200)
                .header("content-type", "application/json")
                .body(Body::from_stream(drops))
                .unwrap()
        }
        Reply::Hang => {
            std::future::pending::<()>().await;
            response.status(500).body(Body::empty()).unwrap()
        }
    }
}

/// The profile of a shop of 2026-04-08 with everything that this client uses.
pub(crate) fn profile() -> Value {
    let plain = json!([{ "version": "2026-04-08" }]);
    let extends = |parent: &str| json!([{ "version": "2026-04-08", "extends": parent }]);
    json!({
        "ucp": {
            "version": "2026-04-08",
            "services": { "dev.ucp.shopping": [{ "version": "2026-04-08", "transport": "rest", "endpoint": "{{base}}" }] },
            "capabilities": {
                "dev.ucp.shopping.checkout": plain,
                "dev.ucp.shopping.order": plain,
                "dev.ucp.shopping.catalog.search": plain,
                "dev.ucp.shopping.catalog.lookup": plain,
                "dev.ucp.shopping.fulfillment": extends("dev.ucp.shopping.checkout"),
                "dev.errand.delivery_slots": extends("dev.ucp.shopping.checkout"),
                "dev.errand.order_care": extends("dev.ucp.shopping.order"),
            },
        },
        "merchant": { "name": "Fake Lane", "legal_name": "Fake Lane Ltd" },
    })
}

/// A ready checkout of one line.
pub(crate) fn checkout() -> Value {
    json!({
        "ucp": {
            "version": "2026-04-08", "status": "success",
            "payment_handlers": { "dev.errand.testpay": [{
                "id": "testpay", "available_instruments": [{ "type": "card", "constraints": { "brands": ["visa"] } }],
            }] },
        },
        "id": "c1", "status": "ready_for_complete", "currency": "USD",
        "line_items": [{ "id": "li1", "item": { "id": "tea", "title": "Tea", "price": 500 }, "quantity": 2 }],
        "totals": [
            { "type": "subtotal", "amount": 1000 }, { "type": "tax", "amount": 80 }, { "type": "total", "amount": 1080 },
        ],
        "messages": [],
        "continue_url": "{{base}}/pages/c1",
    })
}

/// A checkout with some members replaced.
pub(crate) fn checkout_with(changes: &Value) -> Value {
    let mut body = checkout();
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// The order of that checkout.
pub(crate) fn order() -> Value {
    json!({
        "id": "o1", "checkout_id": "c1", "currency": "USD",
        "line_items": [{ "id": "li1", "item": { "id": "tea", "title": "Tea", "price": 500 },
                         "quantity": { "original": 2, "total": 2, "fulfilled": 0 }, "status": "processing" }],
        "fulfillment": { "expectations": [], "events": [] }, "adjustments": [],
        "totals": [{ "type": "subtotal", "amount": 1000 }, { "type": "tax", "amount": 80 }, { "type": "total", "amount": 1080 }],
    })
}

/// A shop that does everything right, but for what `odd` answers.
pub(crate) async fn shop(
    odd: impl Fn(&Seen, usize) -> Option<Reply> + Send + Sync + 'static,
) -> Fake {
    Fake::start(move |seen, before| {
        if let Some(reply) = odd(seen, before) {
            return reply;
        }
        match (seen.method.as_str(), seen.path.as_str()) {
            ("GET", "/.well-known/ucp") => Reply::Json(200, profile()),
            ("POST", "/checkout-sessions") => Reply::Json(201, checkout()),
            ("GET" | "PUT", "/checkout-sessions/c1") => Reply::Json(200, checkout()),
            ("POST", "/checkout-sessions/c1/complete") => {
                Reply::Json(200, checkout_with(&json!({ "status": "completed", "order": { "id": "o1" } })))
            }
            ("POST", "/checkout-sessions/c1/cancel") => Reply::Json(200, checkout_with(&json!({ "status": "canceled" }))),
            ("GET", "/orders/o1") => Reply::Json(200, order()),
            ("POST", "/orders/o1/cancel") => {
                let mut canceled = order();
                canceled["fulfillment"]["events"] =
                    json!([{ "id": "e", "type": "canceled", "occurred_at": "2026-11-21T10:00:00Z" }]);
                Reply::Json(200, canceled)
            }
            _ => Reply::Json(404, json!({ "code": "not_found", "content": "There is no such page here." })),
        }
    })
    .await
}
